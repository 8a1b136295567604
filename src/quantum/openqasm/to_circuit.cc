#include "quantum/openqasm/to_circuit.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/code.h"
#include "quantum/openqasm/executor.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr std::uint64_t kMostOperations = 4'000'000;

/// Collects the operations. Bits are numbered as the machine's registers have them; behind those
/// come bits of our own, for outcomes that the program keeps in none.
class Flattener final : public Tracer {
 public:
  explicit Flattener(const Code& code) : code_(code) {
    for (std::size_t r = 0; r < code.bit_registers.size(); ++r) {
      registers_.emplace(code.bit_variables[r], r);
    }
    if (!code.bit_registers.empty()) {
      n_bits_ = code.bit_registers.back().begin + code.bit_registers.back().size;
    }
    n_own_ = n_bits_;
    holds_.resize(n_bits_);
    last_store_.resize(n_bits_);
  }

  Result<void> operation(Operation operation, Position at) override {
    if (operation.gate != Gate::kBarrier) {
      QUANTA_TRY(operation.condition, condition(at));
    }
    operations_.push_back(std::move(operation));
    return {};
  }

  Result<Bits> measure(const std::vector<unsigned>& qubits, Position at) override {
    QUANTA_TRY(const std::optional<Condition> guard, condition(at));
    Bits outcomes;
    for (const unsigned qubit : qubits) {
      outcomes.cells.push_back(Bits::kFirstOutcome + static_cast<std::uint32_t>(outcomes_.size()));
      outcomes_.push_back({.operation = operations_.size()});
      operations_.push_back({.gate = Gate::kMeasure, .qubits = {qubit}, .condition = guard});
    }
    return outcomes;
  }

  Result<void> reset(const std::vector<unsigned>& qubits, Position at) override {
    QUANTA_TRY(const std::optional<Condition> guard, condition(at));
    for (const unsigned qubit : qubits) {
      operations_.push_back({.gate = Gate::kReset, .qubits = {qubit}, .condition = guard});
    }
    return {};
  }

  bool begin_if(const Predicate& predicate, std::uint32_t begin, std::uint32_t end,
                std::size_t depth, std::uint32_t alive, Position at) override {
    const Value outside = now();
    Value inside = conjunction(outside, predicate);
    if (std::holds_alternative<std::uint64_t>(inside)) return false;
    branches_.push_back(
        {predicate, outside, std::move(inside), begin, end, depth, alive, at, false});
    return true;
  }

  bool begin_else(std::uint32_t end, std::size_t depth) override {
    if (branches_.empty()) return false;
    Branch& top = branches_.back();
    if (top.end != end || top.depth != depth || top.in_else) return false;
    top.in_else = true;
    top.inside = conjunction(top.outside, negation(top.predicate));
    return !std::holds_alternative<std::uint64_t>(top.inside);
  }

  void end_if(std::uint32_t end, std::size_t depth) override {
    if (!branches_.empty() && branches_.back().end == end && branches_.back().depth == depth) {
      branches_.pop_back();
    }
  }

  Result<void> jump(std::uint32_t target, std::size_t depth, Position at) override {
    for (const Branch& branch : branches_) {
      const bool leaves = target == UINT32_MAX ||
                          (branch.depth == depth && (target < branch.begin || target > branch.end));
      if (leaves) {
        return refused(at, fmt::format("it leaves the branch of line {}, which hangs on a "
                                       "measured value",
                                       branch.at.line));
      }
    }
    return {};
  }

  Result<void> store(std::uint32_t variable, const Value& before, Value& value,
                     const std::vector<std::uint32_t>* offsets, Position at) override {
    const bool guarded = !branches_.empty() && variable < branches_.back().alive;
    const auto found = registers_.find(variable);
    if (found != registers_.end()) {
      return store_bits(code_.bit_registers[found->second], before, value, offsets, guarded, at);
    }
    if (guarded && !(value == before)) value = Unknown{};
    return {};
  }

  Result<Circuit> finish(const Memory& memory) {
    std::vector<bool> kept(code_.bit_registers.size(), true);
    for (std::size_t r = 0; r < kept.size(); ++r) {
      const Register& place = code_.bit_registers[r];
      const auto* bits = std::get_if<Bits>(&memory.variables[code_.bit_variables[r]]);
      if (bits == nullptr) continue;
      bool measured = false;
      for (unsigned i = 0; i < place.size; ++i) measured |= holds_[place.begin + i].has_value();
      for (unsigned i = 0; i < place.size; ++i) {
        const std::uint32_t cell = bits->cells[i];
        if (cell == 1 && !measured) kept[r] = false;  // a constant of the program
        const bool lost = cell < Bits::kFirstOutcome && (holds_[place.begin + i] || cell == 1);
        if (measured && lost) {
          return refused(last_store_[place.begin + i],
                         fmt::format("{}[{}] is set to {}; bits of a circuit hold outcomes only",
                                     place.name, i, cell));
        }
      }
    }
    for (Outcome& outcome : outcomes_) {
      if (outcome.bit) continue;
      QUANTA_CHECK(keep(outcome, {}));
    }
    Circuit circuit;
    for (const std::string& name : code_.parameters) static_cast<void>(circuit.parameter(name));
    for (const Register& r : code_.qubit_registers)
      QUANTA_CHECK(circuit.add_qubits(r.name, r.size));
    std::vector<unsigned> moved(n_bits_);
    for (std::size_t r = 0; r < kept.size(); ++r) {
      const Register& place = code_.bit_registers[r];
      if (!kept[r]) continue;
      for (unsigned i = 0; i < place.size; ++i) moved[place.begin + i] = circuit.n_bits() + i;
      QUANTA_CHECK(circuit.add_bits(place.name, place.size));
    }
    if (n_bits_ > n_own_) {
      std::string name = "scratch";
      const auto taken = [&](const Register& r) { return r.name == name; };
      while (std::ranges::any_of(code_.bit_registers, taken)) name += "_";
      for (unsigned b = n_own_; b < n_bits_; ++b) moved[b] = circuit.n_bits() + b - n_own_;
      QUANTA_CHECK(circuit.add_bits(std::move(name), n_bits_ - n_own_));
    }
    for (Operation& operation : operations_) {
      if (operation.bit) operation.bit = moved[*operation.bit];
      if (operation.condition) {
        for (unsigned& bit : operation.condition->bits) bit = moved[bit];
      }
      QUANTA_CHECK(circuit.append(std::move(operation)));
    }
    circuit.add_global_phase(memory.global_phase);
    return circuit;
  }

 private:
  struct Outcome {
    std::size_t operation = 0;  ///< the measurement
    std::optional<unsigned> bit = {};
  };
  /// An if that is being gone through.
  struct Branch {
    Predicate predicate = {};
    Value outside = {};  ///< what must hold for the if to be reached
    Value inside = {};   ///< the same and the branch's own condition
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::size_t depth = 0;
    std::uint32_t alive = 0;
    Position at = {};
    bool in_else = false;
  };

  std::unexpected<Error> refused(Position at, std::string_view why) const {
    return fail(ErrorKind::kInfeasible, fmt::format("no single circuit does this: {}", why), {},
                {code_.file, at.line, at.column});
  }

  /// What must hold for the place that the program has come to.
  Value now() const {
    return branches_.empty() ? Value(std::uint64_t{1}) : branches_.back().inside;
  }

  /// Gives the outcome a bit of our own.
  Result<void> keep(Outcome& outcome, Position at) {
    if (n_bits_ == Circuit::kMaxBits) {
      return fail(ErrorKind::kResource, fmt::format("more than {} outcomes", Circuit::kMaxBits), {},
                  {code_.file, at.line, at.column});
    }
    outcome.bit = n_bits_;
    operations_[outcome.operation].bit = n_bits_++;
    holds_.emplace_back(static_cast<std::uint32_t>(&outcome - outcomes_.data()));
    return {};
  }

  /// The same for the operation that comes next.
  Result<std::optional<Condition>> condition(Position at) {
    if (branches_.empty()) return std::optional<Condition>();
    const auto* predicate = std::get_if<Predicate>(&branches_.back().inside);
    if (predicate == nullptr) {
      return refused(at,
                     fmt::format("the conditions around it, the last one in line {}, do not make "
                                 "one comparison of bits with a constant",
                                 branches_.back().at.line));
    }
    Condition result{.negated = predicate->negated};
    for (const auto& [number, value] : predicate->all) {
      Outcome& outcome = outcomes_[number];
      if (!outcome.bit) QUANTA_CHECK(keep(outcome, at));
      if (holds_[*outcome.bit] != number) {
        return refused(at, fmt::format("the condition of line {} hangs on a bit that has been "
                                       "measured anew",
                                       branches_.back().at.line));
      }
      const std::size_t place = result.bits.size();
      if (place >= 64 && value) {
        return refused(at, "the condition asks more than 64 bits to be 1");
      }
      if (value) result.value |= std::uint64_t{1} << place;
      result.bits.push_back(*outcome.bit);
    }
    return std::optional(std::move(result));
  }

  Result<void> store_bits(const Register& place, const Value& before, Value& value,
                          const std::vector<std::uint32_t>* offsets, bool guarded, Position at) {
    auto* bits = std::get_if<Bits>(&value);
    if (bits == nullptr) {
      return refused(at, fmt::format("what {} is set to is made of measured values", place.name));
    }
    const auto* old = std::get_if<Bits>(&before);
    for (std::size_t k = 0; k < bits->cells.size(); ++k) {
      const std::uint32_t item = offsets == nullptr ? static_cast<std::uint32_t>(k) : (*offsets)[k];
      const unsigned bit = place.begin + item;
      std::uint32_t& cell = bits->cells[k];
      last_store_[bit] = at;
      if (code_.version == 2 && old == nullptr) {  // begins as 0; conditions name it all the same
        cell = Bits::kFirstOutcome + static_cast<std::uint32_t>(outcomes_.size());
        holds_[bit] = static_cast<std::uint32_t>(outcomes_.size());
        outcomes_.push_back({.operation = kNoOperation, .bit = bit});
        continue;
      }
      const std::uint32_t was = old == nullptr ? 0 : old->cells[item];
      if (cell == was && old != nullptr) continue;
      if (cell < Bits::kFirstOutcome) {
        if (guarded) {
          return refused(at, fmt::format("{}[{}] is assigned to in the branch of line {}, which "
                                         "hangs on a measured value",
                                         place.name, item, branches_.back().at.line));
        }
        continue;
      }
      QUANTA_CHECK(store_outcome(place, item, was, cell - Bits::kFirstOutcome, guarded, at));
    }
    return {};
  }

  Result<void> store_outcome(const Register& place, std::uint32_t item, std::uint32_t was,
                             std::uint32_t number, bool guarded, Position at) {
    const unsigned bit = place.begin + item;
    Outcome& outcome = outcomes_[number];
    if (outcome.bit) {
      return refused(at, fmt::format("{}[{}] is a copy of an outcome that is kept elsewhere",
                                     place.name, item));
    }
    if (guarded) {
      // Where the measurement does not take place the bit stays as it was, so it must hold that.
      const bool resident = was < Bits::kFirstOutcome ? was == 0 && !holds_[bit]
                                                      : holds_[bit] == was - Bits::kFirstOutcome;
      QUANTA_TRY(const std::optional<Condition> guard, condition(at));
      if (!resident || operations_[outcome.operation].condition != guard) {
        return refused(at, fmt::format("{}[{}] is assigned to in the branch of line {}, which "
                                       "hangs on a measured value",
                                       place.name, item, branches_.back().at.line));
      }
    }
    for (std::size_t k = outcome.operation + 1; k < operations_.size(); ++k) {
      const Operation& later = operations_[k];
      if (later.bit == bit || (later.condition && std::ranges::find(later.condition->bits, bit) !=
                                                      later.condition->bits.end())) {
        return refused(at, fmt::format("{}[{}] is used between the measurement and this assignment "
                                       "of its outcome",
                                       place.name, item));
      }
    }
    outcome.bit = bit;
    operations_[outcome.operation].bit = bit;
    holds_[bit] = number;
    return {};
  }

  static constexpr std::size_t kNoOperation = SIZE_MAX;

  const Code& code_;
  std::unordered_map<std::uint32_t, std::size_t> registers_;  ///< by their variables
  std::vector<Operation> operations_;
  std::vector<Outcome> outcomes_;
  std::vector<Branch> branches_;
  std::vector<std::optional<std::uint32_t>> holds_;  ///< the outcome that each bit holds
  std::vector<Position> last_store_;
  unsigned n_bits_ = 0;
  unsigned n_own_ = 0;  ///< the first bit of our own
};

Result<Circuit> flattened(const Program& program, const std::map<std::string, std::string>& inputs,
                          const Limits& limits, bool open_inputs) {
  QUANTA_TRY(const Code code, compile(program.syntax(), inputs, open_inputs));
  Limits most = limits;
  most.operations = std::min(most.operations, kMostOperations);
  Flattener flattener(code);
  Memory memory = Executor::start(code);
  Workshop workshop;
  QUANTA_CHECK(Executor(code, most, memory, workshop, &flattener).run());
  return flattener.finish(memory);
}

}  // namespace

Result<Circuit> to_circuit(const Program& program, const std::map<std::string, std::string>& inputs,
                           const Limits& limits) {
  return flattened(program, inputs, limits, false);
}

Result<Circuit> to_open_circuit(const Program& program,
                                const std::map<std::string, std::string>& inputs,
                                const Limits& limits) {
  return flattened(program, inputs, limits, true);
}

}  // namespace quanta::quantum::openqasm
