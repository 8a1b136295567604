#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "quantum/transpiler/merge.h"
#include "quantum/transpiler/passes.h"
#include "quantum/transpiler/two_qubit.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Whether it can be part of a block: a gate on one or two qubits, all its angles numbers.
bool fits_block(const Operation& operation) {
  return is_unitary(operation) && !operation.condition && operation.qubits.size() <= 2 &&
         operation.gate != Gate::kDefined && operation.has_numbers();
}

struct Block {
  std::array<unsigned, 2> qubits = {};
  std::vector<std::size_t> places = {};  ///< of its operations, in order
  std::size_t two_qubit_gates = 0;
  std::size_t operands = 0;
};

/// Longest chains through a few operations on two wires: [i][j] from wire i at the front to wire j
/// at the back; none where no chain leads there.
struct Chains {
  static constexpr std::int64_t kNoChain = -1;
  std::array<std::array<std::int64_t, 2>, 2> longest = {{{0, kNoChain}, {kNoChain, 0}}};

  void add(const Operation& operation, const std::array<unsigned, 2>& qubits, std::int64_t weight) {
    for (auto& from : longest) {
      if (operation.qubits.size() == 1) {
        std::int64_t& wire = from[operation.qubits[0] == qubits[0] ? 0 : 1];
        if (wire != kNoChain) wire += weight;
        continue;
      }
      const std::int64_t both = std::max(from[0], from[1]) + weight;
      from = {both, both};
    }
  }
};

/// One measure of depth: how deep the program is before and behind each place.
class Levels {
 public:
  using Weight = std::size_t (*)(const Operation&);

  Levels(const Program& program, Weight weight_of)
      : weight_(weight_of),
        before_(program.n_qubits, program.n_bits),
        behind_(program.operations.size()) {
    Depths backwards(program.n_qubits, program.n_bits);
    for (std::size_t i = program.operations.size(); i-- > 0;) {
      const Operation& operation = program.operations[i];
      for (std::size_t j = 0; j < std::min<std::size_t>(2, operation.qubits.size()); ++j) {
        behind_[i][j] = backwards.qubit(operation.qubits[j]);
      }
      backwards.add(operation, weight_of(operation));
    }
    depth_ = backwards.longest();
  }

  /// The longest chain behind operation `place` on `qubit`, one of its first two.
  std::int64_t behind(const Operation& operation, std::size_t place, unsigned qubit) const {
    return static_cast<std::int64_t>(behind_[place][operation.qubits[0] == qubit ? 0 : 1]);
  }

  /// Whether the depth of the whole stays when the block has these chains.
  bool fits(const Block& block, const Chains& chains, const std::array<std::int64_t, 2>& behind) {
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) {
        if (chains.longest[i][j] == Chains::kNoChain) continue;
        const auto ahead = static_cast<std::int64_t>(before_.qubit(block.qubits[i]));
        if (ahead + chains.longest[i][j] + behind[j] > static_cast<std::int64_t>(depth_)) {
          return false;
        }
      }
    }
    return true;
  }

  void pass(const Operation& operation) { before_.add(operation, weight_(operation)); }
  std::int64_t weight(const Operation& operation) const {
    return static_cast<std::int64_t>(weight_(operation));
  }

 private:
  Weight weight_;
  Depths before_;
  std::vector<std::array<std::size_t, 2>> behind_;
  std::size_t depth_ = 0;
};

class Blocks {
 public:
  Blocks(Program& program, const Basis& basis)
      : program_(program),
        basis_(basis),
        open_(program.n_qubits, kNone),
        waiting_(program.n_qubits),
        ends_(program.operations.size(), kNone),
        inside_(program.operations.size()),
        depth_(program, depth_of),
        two_qubit_depth_(program, two_qubit_depth_of) {}

  void run() {
    collect();
    std::vector<Operation> rewritten;
    const auto emit = [&](Operation operation) {
      depth_.pass(operation);
      two_qubit_depth_.pass(operation);
      rewritten.push_back(std::move(operation));
    };
    for (std::size_t i = 0; i < program_.operations.size(); ++i) {
      if (!inside_[i]) emit(program_.operations[i]);
      if (ends_[i] == kNone) continue;
      const Block& block = blocks_[ends_[i]];
      if (auto better = improved(block)) {
        program_.phase = sum_modulo(program_.phase, better->phase);
        for (Operation& operation : better->operations) emit(canonical(std::move(operation)));
      } else {
        for (const std::size_t place : block.places) emit(program_.operations[place]);
      }
    }
    program_.operations = std::move(rewritten);
  }

 private:
  /// Finds the blocks; each is written at the place of its last operation, before which nothing
  /// else touches its qubits.
  void collect() {
    for (std::size_t i = 0; i < program_.operations.size(); ++i) {
      const Operation& operation = program_.operations[i];
      const auto& q = operation.qubits;
      if (!fits_block(operation)) {
        for (const unsigned qubit : q) close(qubit);
        for (const unsigned qubit : q) waiting_[qubit].clear();
        continue;
      }
      if (q.size() == 1) {
        if (open_[q[0]] != kNone) {
          add(blocks_[open_[q[0]]], i);
        } else {
          waiting_[q[0]].push_back(i);
        }
        continue;
      }
      if (open_[q[0]] == kNone || open_[q[0]] != open_[q[1]]) {
        close(q[0]);
        close(q[1]);
        Block block{.qubits = {q[0], q[1]}};
        for (const unsigned qubit : q) {
          for (const std::size_t place : std::exchange(waiting_[qubit], {})) add(block, place);
        }
        std::ranges::sort(block.places);
        open_[q[0]] = open_[q[1]] = blocks_.size();
        blocks_.push_back(std::move(block));
      }
      add(blocks_[open_[q[0]]], i);
    }
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      for (const std::size_t place : blocks_[b].places) inside_[place] = true;
      ends_[blocks_[b].places.back()] = b;
    }
  }

  void add(Block& block, std::size_t place) const {
    const std::size_t n = program_.operations[place].qubits.size();
    block.places.push_back(place);
    block.operands += n;
    if (n == 2) ++block.two_qubit_gates;
  }

  void close(unsigned qubit) {
    if (open_[qubit] == kNone) return;
    const auto qubits = blocks_[open_[qubit]].qubits;
    for (const unsigned q : qubits) open_[q] = kNone;
  }

  std::optional<GateSequence> improved(const Block& block) {
    const std::size_t n = block.places.size();
    // One two-qubit gate and at most one other: no circuit of the same class has fewer.
    if (n <= 2 && block.two_qubit_gates == 1) return std::nullopt;
    Matrix4 matrix = kIdentity4;
    for (const std::size_t place : block.places) {
      matrix = matrix4(program_.operations[place], block.qubits) * matrix;
    }
    GateSequence gates = synthesise(matrix, basis_, block.qubits);
    std::size_t two_qubit_gates = 0;
    std::size_t operands = 0;
    Chains chains;
    Chains two_qubit_chains;
    for (const Operation& operation : gates.operations) {
      operands += operation.qubits.size();
      if (operation.qubits.size() == 2) ++two_qubit_gates;
      chains.add(operation, block.qubits, depth_.weight(operation));
      two_qubit_chains.add(operation, block.qubits, two_qubit_depth_.weight(operation));
    }
    if (gates.operations.size() > n || two_qubit_gates > block.two_qubit_gates ||
        operands >= block.operands) {
      return std::nullopt;
    }
    const auto behind = behind_block(block, depth_);
    const auto two_qubit_behind = behind_block(block, two_qubit_depth_);
    if (!depth_.fits(block, chains, behind) ||
        !two_qubit_depth_.fits(block, two_qubit_chains, two_qubit_behind)) {
      return std::nullopt;
    }
    return gates;
  }

  /// The longest chains behind the block on each of its qubits.
  std::array<std::int64_t, 2> behind_block(const Block& block, const Levels& levels) const {
    std::array<std::int64_t, 2> behind = {-1, -1};
    for (auto place = block.places.rbegin(); place != block.places.rend(); ++place) {
      const Operation& operation = program_.operations[*place];
      for (const unsigned q : operation.qubits) {
        std::int64_t& wire = behind[q == block.qubits[0] ? 0 : 1];
        if (wire < 0) wire = levels.behind(operation, *place, q);
      }
      if (behind[0] >= 0 && behind[1] >= 0) break;
    }
    return behind;
  }

  Program& program_;
  const Basis& basis_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> open_;                  ///< the block that a qubit is in
  std::vector<std::vector<std::size_t>> waiting_;  ///< gates on one qubit since its last block
  std::vector<std::size_t> ends_;                  ///< the block that ends at a place
  std::vector<bool> inside_;
  Levels depth_;
  Levels two_qubit_depth_;
};

}  // namespace

void resynthesise_blocks(Program& program, const Basis& basis) { Blocks(program, basis).run(); }

}  // namespace quanta::quantum
