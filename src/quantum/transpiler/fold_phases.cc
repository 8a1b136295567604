#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "core/random.h"
#include "quantum/transpiler/commutation.h"
#include "quantum/transpiler/merge.h"
#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/passes.h"

namespace quanta::quantum {
namespace {

using Label = std::array<std::uint64_t, 2>;

struct LabelHash {
  std::size_t operator()(const Label& label) const { return label[0]; }
};

/// A sum of path variables modulo 2, and 1 more where `flipped`.
struct Parity {
  Label label = {};
  bool flipped = false;

  Parity operator^(const Parity& other) const {
    return {{label[0] ^ other.label[0], label[1] ^ other.label[1]}, flipped != other.flipped};
  }
};

/// All turns R_z(t) of one parity (not flipped), and where they stand.
struct Group {
  struct Member {
    std::size_t place = 0;
    bool flipped = false;
  };
  Angle total = {};
  std::vector<Member> members = {};
};

class Folding {
 public:
  Folding(Program& program, const Basis& basis, bool from_zero)
      : program_(program), basis_(basis), labels_(1, "phase folding"), parities_(program.n_qubits) {
    if (from_zero) return;
    for (Parity& parity : parities_) parity = fresh();
  }

  void run() {
    for (std::size_t i = 0; i < program_.operations.size(); ++i) visit(i);
    slots_.assign(std::make_move_iterator(program_.operations.begin()),
                  std::make_move_iterator(program_.operations.end()));
    for (Group& group : groups_) settle(group);
    program_.operations.clear();
    for (auto& slot : slots_) {
      if (slot) program_.operations.push_back(*std::move(slot));
    }
  }

 private:
  Parity fresh() { return {{labels_.next(), labels_.next()}, false}; }

  void visit(std::size_t place) {
    const Operation& operation = program_.operations[place];
    const auto& q = operation.qubits;
    const bool plain = is_unitary(operation) && !operation.condition;
    if (plain && operation.n_controls == 0) {
      if (const auto turn = phase_turn(operation)) {
        add(parities_[q[0]], place, *turn);
        return;
      }
      switch (operation.gate) {
        case Gate::kX:
          parities_[q[0]].flipped = !parities_[q[0]].flipped;
          return;
        case Gate::kSwap:
          std::swap(parities_[q[0]], parities_[q[1]]);
          return;
        case Gate::kRzz:
          add(parities_[q[0]] ^ parities_[q[1]], place, {operation.angles[0], true});
          return;
        default:
          break;
      }
    }
    if (plain && operation.gate == Gate::kX && operation.n_controls == 1) {
      parities_[q[1]] = parities_[q[1]] ^ parities_[q[0]];
      if (operation.control_state == 0) parities_[q[1]].flipped = !parities_[q[1]].flipped;
      return;
    }
    for (std::size_t i = 0; i < q.size(); ++i) {
      const Axis axis = axis_of(operation, i);
      if (axis != Axis::kZ && axis != Axis::kEvery) parities_[q[i]] = fresh();
    }
  }

  void add(const Parity& parity, std::size_t place, const PhaseTurn& turn) {
    const auto [found, is_new] = index_.try_emplace(parity.label, groups_.size());
    if (is_new) groups_.emplace_back();
    Group& group = groups_[found->second];
    group.total = sum_modulo(group.total, parity.flipped ? -turn.angle : turn.angle, 4 * kPi);
    group.members.push_back({place, parity.flipped});
    if (parity.label == Label{}) constant_ = found->second;
  }

  void settle(Group& group) {
    const bool constant = constant_ && &group == &groups_[*constant_];
    if (group.members.size() < 2 && !constant) return;
    std::optional<Merged> rest = Merged{};
    std::size_t survivor = group.members.front().place;
    if (constant) {  // R_z(t) of a known 0 is e^{-it/2}
      rest->phase = -0.5 * group.total;
    } else {
      std::erase_if(group.total.terms,
                    [](const Angle::Term& term) { return std::abs(term.factor) < kNoAngle; });
      Group::Member at = group.members.front();
      for (const auto& member : group.members) {
        if (slots_[member.place]->gate == Gate::kRzz) continue;
        at = member;
        break;
      }
      survivor = at.place;
      const Angle t = at.flipped ? -group.total : group.total;
      rest = turn_at(*slots_[survivor], t);
      if (!rest) return;
    }
    for (const auto& member : group.members) {
      // What is folded are R_z(t): a phase gate is one with e^{it/2}.
      if (const Operation& old = *slots_[member.place]; old.gate != Gate::kRzz) {
        if (const auto turn = phase_turn(old); !turn->is_rz) {
          program_.phase = sum_modulo(program_.phase, 0.5 * turn->angle);
        }
      }
      slots_[member.place].reset();
    }
    program_.phase = sum_modulo(program_.phase, rest->phase);
    if (rest->operation) slots_[survivor] = std::move(rest->operation);
  }

  /// R_z(t) on the parity that `old` turns.
  std::optional<Merged> turn_at(const Operation& old, const Angle& t) const {
    if (old.gate != Gate::kRzz) {
      auto merged = phase_gate(old.qubits[0], t, basis_);
      if (merged) merged->phase = merged->phase - 0.5 * t;
      return merged;
    }
    Operation sum = old;
    sum.angles = {t};
    if (auto none = without_effect(sum, basis_)) return none;
    Angle phase;
    if (t.is_number()) {
      sum.angles[0].constant = wrapped_angle(t.constant);
      phase = std::remainder(std::round(t.constant / (2 * kPi)), 2.0) * kPi;
    }
    return Merged{.operation = std::move(sum), .phase = phase};
  }

  Program& program_;
  const Basis& basis_;
  RandomStream labels_;
  std::vector<Parity> parities_;
  std::unordered_map<Label, std::size_t, LabelHash> index_;
  std::vector<Group> groups_;
  std::optional<std::size_t> constant_;  ///< the group of the parity that is always 0
  std::vector<std::optional<Operation>> slots_;
};

}  // namespace

void fold_phases(Program& program, const Basis& basis, bool from_zero) {
  Folding(program, basis, from_zero).run();
}

}  // namespace quanta::quantum
