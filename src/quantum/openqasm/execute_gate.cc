#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/openqasm/executor.h"
#include "quantum/openqasm/gate_power.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr std::size_t kMostAtOnce = 1'000'000;      // operations that one statement makes
constexpr std::uint64_t kMostBody = 4'000'000;      // expanded operations of one defined gate
constexpr std::uint64_t kMostInverted = 1'000'000;  // the same, where it is built anew
constexpr std::uint64_t kMostInMatrix = 10'000;     // the same, where it becomes a matrix
constexpr std::uint64_t kMostStored = 1'000'000;    // operations of bodies that are kept
constexpr unsigned kMostMatrixQubits = 5;

bool is_finite(const Angle& angle) {
  return std::isfinite(angle.constant) &&
         std::ranges::all_of(angle.terms,
                             [](const Angle::Term& t) { return std::isfinite(t.factor); });
}

/// Whether some angle of it has no number.
bool is_open(const Operation& operation) {
  if (operation.gate == Gate::kDefined) {
    const Circuit& body = *operation.payload->body;
    return !body.global_phase().is_number() || std::ranges::any_of(body.operations(), is_open);
  }
  return !operation.has_numbers();
}

/// Whether a turn more of the gate's angle is a global phase, which nothing tells.
bool repeats_after_a_turn(const GateUse& use) {
  if (use.target == GateUse::Target::kPhase) return true;
  if (use.target == GateUse::Target::kDefined) return false;
  return use.library.gate == Gate::kP || (use.library.n_qubits() == 1 && use.n_controls == 0);
}

/// The angle in (-pi, pi].
double principal(double angle) {
  const double wrapped = std::remainder(angle, 2 * std::numbers::pi);
  return wrapped <= -std::numbers::pi + 1e-12 ? std::numbers::pi : wrapped;
}

}  // namespace

Result<void> Executor::step_on_qubits(const Instruction& i) {
  std::vector<Value>& stack = m_.stack;
  switch (i.op) {
    case Op::kCheckQubits: {
      const auto& qubits = std::get<Qubits>(stack.back());
      if (qubits.numbers.size() == i.a) return {};
      return fault(i.at, fmt::format("{} qubits are found where {} are expected",
                                     qubits.numbers.size(), i.a));
    }
    case Op::kGate:
      return gate(code_.uses[i.a], i.at);
    case Op::kMeasure: {
      const auto qubits = std::get<Qubits>(pop());
      std::vector<unsigned> sorted = qubits.numbers;
      std::ranges::sort(sorted);
      if (std::ranges::adjacent_find(sorted) != sorted.end()) {
        return fault(i.at, "the same qubit is measured twice at once");
      }
      m_.n_operations += qubits.numbers.size();
      if (m_.n_operations > limits_.operations) {
        return too_much(i.at, fmt::format("more than {} quantum operations", limits_.operations));
      }
      if (tracer_ != nullptr) {
        QUANTA_TRY(Bits outcome, tracer_->measure(qubits.numbers, i.at));
        stack.emplace_back(std::move(outcome));
        return {};
      }
      if (qubits.numbers.empty()) {
        stack.emplace_back(Bits{});
        return {};
      }
      stack.emplace_back(Bits{});  // filled as the outcomes come in
      m_.measured = qubits.numbers;
      return {};
    }
    case Op::kReset: {
      const auto qubits = std::get<Qubits>(pop());
      m_.n_operations += qubits.numbers.size();
      if (m_.n_operations > limits_.operations) {
        return too_much(i.at, fmt::format("more than {} quantum operations", limits_.operations));
      }
      if (tracer_ != nullptr) return tracer_->reset(qubits.numbers, i.at);
      m_.resets = qubits.numbers;
      return {};
    }
    case Op::kBarrierAdd: {
      const auto qubits = std::get<Qubits>(pop());
      std::vector<unsigned>& all = m_.barrier;
      all.insert(all.end(), qubits.numbers.begin(), qubits.numbers.end());
      if (all.size() > std::size_t{2} * Circuit::kMaxQubits) {
        std::ranges::sort(all);
        all.erase(std::ranges::unique(all).begin(), all.end());
      }
      return {};
    }
    default: {  // kBarrier
      std::vector<unsigned> all = std::exchange(m_.barrier, {});
      if (i.a == 0) {
        const unsigned n = building_ != nullptr ? building_->n_qubits : code_.n_qubits;
        for (unsigned q = 0; q < n; ++q) all.push_back(q);
      }
      // In the order they are named, each once.
      std::vector<char> seen(Circuit::kMaxQubits);
      std::erase_if(all, [&seen](unsigned q) { return std::exchange(seen[q], 1) == 1; });
      workshop_.n_instructions += all.size() / 16;
      if (all.empty()) return {};
      return add({.gate = Gate::kBarrier, .qubits = std::move(all)}, {}, i.at);
    }
  }
}

/// Hands an operation on: into the body that is being built, to the tracer, or to the caller.
Result<void> Executor::add(Operation operation, const Extent& extent, Position at) {
  for (const Angle& angle : operation.angles) {
    if (!is_finite(angle)) return fault(at, "an angle is not a finite number");
  }
  const unsigned n_controls = operation.n_controls + extent.n_controls;
  if (n_controls > 64) return fault(at, "more than 64 controls on one gate");
  if (building_ != nullptr) {
    built_.n_operations += extent.n_operations;
    built_.n_controls = std::max(built_.n_controls, n_controls);
    workshop_.n_underway += extent.n_operations;
    if (workshop_.n_underway > kMostBody) {
      return too_much(
          at, fmt::format("gate \"{}\" has more than {} operations", building_->name, kMostBody));
    }
    m_.operations.push_back(std::move(operation));
    return {};
  }
  m_.n_operations += extent.n_operations;
  if (m_.n_operations > limits_.operations) {
    return too_much(at, fmt::format("more than {} quantum operations", limits_.operations));
  }
  if (tracer_ != nullptr) return tracer_->operation(std::move(operation), at);
  m_.operations.push_back(std::move(operation));
  return {};
}

Result<GateBody> Executor::body(std::uint32_t number, const std::vector<Angle>& parameters,
                                Position at) {
  const DefinedGate& gate = code_.gates[number];
  if (gate.opaque) {
    return fault(at, fmt::format("gate \"{}\" is opaque: what it does is not said", gate.name));
  }
  std::vector<double> key;
  for (const Angle& parameter : parameters) {
    key.push_back(parameter.constant);
    key.push_back(static_cast<double>(parameter.terms.size()));
    for (const Angle::Term& term : parameter.terms) {
      key.push_back(term.parameter);
      key.push_back(term.factor);
    }
  }
  if (const auto found = workshop_.bodies.find({number, key}); found != workshop_.bodies.end()) {
    return found->second;
  }
  Memory memory;
  memory.position = gate.entry;
  memory.variables.resize(gate.n_variables);
  std::ranges::transform(parameters, memory.variables.begin(), [](const Angle& angle) {
    return angle.is_number() ? Value(angle.constant) : Value(Symbolic{angle});
  });
  Executor builder(code_, limits_, memory, workshop_, nullptr);
  builder.building_ = &gate;
  // What it makes waits for nobody.
  std::vector<Operation> operations;
  while (!memory.done) {
    QUANTA_CHECK(builder.run());
    for (Operation& operation : memory.operations) operations.push_back(std::move(operation));
    memory.operations.clear();
  }
  workshop_.n_underway -= builder.built_.n_operations;
  Circuit circuit(gate.n_qubits);
  for (const std::string& name : code_.parameters) static_cast<void>(circuit.parameter(name));
  for (Operation& operation : operations) {
    if (const auto added = circuit.append(std::move(operation)); !added) {
      return placed(added.error(), at);
    }
  }
  if (!is_finite(memory.global_phase)) return fault(at, "an angle is not a finite number");
  circuit.add_global_phase(memory.global_phase);
  workshop_.n_stored += circuit.operations().size() + 1;
  if (workshop_.n_stored > kMostStored) {
    workshop_.bodies.clear();
    workshop_.n_stored = circuit.operations().size() + 1;
  }
  GateBody built{.extent = builder.built_};
  built.extent.n_operations = std::max<std::uint64_t>(built.extent.n_operations, 1);
  built.payload = std::make_shared<const Payload>(
      Payload{.name = gate.name, .body = std::make_shared<const Circuit>(std::move(circuit))});
  workshop_.bodies.emplace(std::pair(number, std::move(key)), built);
  return built;
}

Result<Executor::Core> Executor::powered(Core core, const GateUse::Power& power,
                                         const Value& exponent, const GateUse& use, Position at) {
  const auto too_large = [&](std::string_view what) {
    return too_much(at, fmt::format("\"{}\" is too large to be {}", use.name, what));
  };
  const auto invert = [&]() {
    std::ranges::reverse(core.operations);
    for (Operation& operation : core.operations) operation = inverse(operation);
  };
  if (power.inverse) {
    if (core.n_expanded() > kMostInverted) return too_large("inverted");
    invert();
    core.phase = -core.phase;
    return core;
  }
  if (power.whole) {
    const auto* number = std::get_if<std::uint64_t>(&exponent);
    if (number == nullptr) return hangs_on_outcome(at, "the exponent of pow");
    const std::int64_t n = as_signed(*number);
    if (n < 0 && core.n_expanded() > kMostInverted) return too_large("inverted");
    Core result{.phase = static_cast<double>(n) * core.phase, .each = core.each};
    if (core.operations.size() == 1) {
      Result<std::vector<Operation>> row = whole_power(core.operations[0], n, kMostAtOnce);
      if (!row) return placed(row.error(), at);
      result.operations = *std::move(row);
    } else if (!core.operations.empty()) {
      const std::uint64_t times =
          n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
      if (times > kMostAtOnce / core.operations.size()) return too_large("repeated so often");
      if (n < 0) invert();
      for (std::uint64_t k = 0; k < times; ++k) {
        result.operations.insert(result.operations.end(), core.operations.begin(),
                                 core.operations.end());
      }
    }
    if (result.operations.size() > kMostBody / result.each.n_operations) {
      return too_large("repeated so often");
    }
    return result;
  }
  const auto* real = std::get_if<double>(&exponent);
  if (real == nullptr) return hangs_on_outcome(at, "the exponent of pow");
  if (!core.phase.is_number() || std::ranges::any_of(core.operations, is_open)) {
    return fault(
        at, fmt::format("\"{}\" to the power {} needs the values of its inputs", use.name, *real));
  }
  if (core.operations.empty()) {
    core.phase = *real * principal(core.phase.constant);
    return core;
  }
  if (core.operations.size() == 1 && core.phase == Angle(0.0) &&
      core.operations[0].gate != Gate::kDefined) {
    core.operations[0] = principal_power(core.operations[0], *real);
    return core;
  }
  const unsigned n = use.target == GateUse::Target::kDefined ? code_.gates[use.defined].n_qubits
                                                             : use.library.n_qubits();
  if (n > kMostMatrixQubits || core.n_expanded() > kMostInMatrix) {
    return too_large(
        fmt::format("raised to the power {}: at most {} qubits and {} operations are "
                    "possible",
                    *real, kMostMatrixQubits, kMostInMatrix));
  }
  Circuit circuit(n);
  for (const Operation& operation : core.operations) {
    if (const auto added = circuit.append(operation); !added) return placed(added.error(), at);
  }
  circuit.add_global_phase(core.phase);
  Operation whole{.gate = Gate::kDefined,
                  .payload = std::make_shared<const Payload>(
                      Payload{.body = std::make_shared<const Circuit>(std::move(circuit))})};
  for (unsigned q = 0; q < n; ++q) whole.qubits.push_back(q);
  return Core{.operations = {principal_power(whole, *real)}};
}

Result<Executor::Core> Executor::core(const GateUse& use, const std::vector<Angle>& parameters,
                                      const std::vector<Value>& exponents, Position at) {
  Core core;
  if (use.target == GateUse::Target::kPhase) {
    core.phase = parameters[0];
  } else {
    const bool defined = use.target == GateUse::Target::kDefined;
    const unsigned n = defined ? code_.gates[use.defined].n_qubits : use.library.n_qubits();
    std::vector<unsigned> own(n);
    for (unsigned q = 0; q < n; ++q) own[q] = q;
    if (defined) {
      QUANTA_TRY(const GateBody built, body(use.defined, parameters, at));
      core.operations.push_back(
          {.gate = Gate::kDefined, .qubits = std::move(own), .payload = built.payload});
      core.each = built.extent;
    } else {
      core.operations.push_back(operation(use.library, parameters, std::move(own)));
      for (const Angle& angle : core.operations[0].angles) {
        if (!is_finite(angle)) return fault(at, "an angle is not a finite number");
      }
    }
  }
  // Exponents lie in the order they are written, powers in that of their effect.
  std::size_t next = exponents.size();
  for (const GateUse::Power& power : use.powers) {
    const Value exponent = power.inverse ? Value(std::uint64_t{0}) : exponents[--next];
    QUANTA_TRY(core, powered(std::move(core), power, exponent, use, at));
  }
  return core;
}

Result<void> Executor::gate(const GateUse& use, Position at) {
  std::vector<Qubits> operands(use.n_operands);
  for (std::size_t k = use.n_operands; k-- > 0;) operands[k] = std::get<Qubits>(pop());
  std::vector<Angle> parameters(use.n_parameters);
  for (std::size_t k = use.n_parameters; k-- > 0;) {
    const Value parameter = pop();
    if (const auto* symbolic = std::get_if<Symbolic>(&parameter)) {
      if (symbolic->modulo && !repeats_after_a_turn(use)) {
        return fault(at, fmt::format("what is taken modulo a turn cannot be an angle of \"{}\" "
                                     "before the inputs in it have values; a float can",
                                     use.name));
      }
      parameters[k] = symbolic->angle;
      continue;
    }
    const auto* number = std::get_if<double>(&parameter);
    if (number == nullptr) return hangs_on_outcome(at, "a parameter");
    parameters[k] = *number + 0.0;  // so that -0 and 0 are the same body
  }
  std::vector<Value> exponents;
  for (const GateUse::Power& power : use.powers) {
    if (!power.inverse) exponents.push_back(pop());
  }
  std::ranges::reverse(exponents);

  std::size_t lanes = 1;
  for (const Qubits& operand : operands) {
    const std::size_t n = operand.numbers.size();
    if (n == 1) continue;
    if (lanes != 1 && lanes != n) {
      return fault(at, fmt::format("a register of {} qubits beside one of {}", n, lanes));
    }
    lanes = n;
  }
  QUANTA_TRY(const Core core, this->core(use, parameters, exponents, at));
  if (lanes > 0 && core.operations.size() > kMostAtOnce / lanes) {
    return too_much(at, fmt::format("the statement makes more than {} operations", kMostAtOnce));
  }
  if (use.n_controls == 0) m_.global_phase = m_.global_phase + core.phase;
  std::vector<unsigned> qubits(use.n_operands);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (std::size_t k = 0; k < qubits.size(); ++k) {
      qubits[k] = operands[k].numbers[operands[k].numbers.size() == 1 ? 0 : lane];
    }
    std::vector<unsigned> sorted = qubits;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) {
      return fault(at, fmt::format("\"{}\" acts on the same qubit twice", use.name));
    }
    const std::span controls = std::span(qubits).first(use.n_controls);
    const std::span own = std::span(qubits).subspan(use.n_controls);
    if (use.n_controls > 0 && core.phase != Angle(0.0)) {
      for (Operation& phase : controlled_phase(core.phase, controls, use.control_state)) {
        QUANTA_CHECK(add(std::move(phase), {}, at));
      }
    }
    for (const Operation& operation : core.operations) {
      Operation moved = operation;
      moved.qubits.assign(controls.begin(), controls.end());
      for (const unsigned q : operation.qubits) moved.qubits.push_back(own[q]);
      moved.n_controls = operation.n_controls + use.n_controls;
      if (use.n_controls > 0) {
        const std::uint64_t inner =
            use.n_controls == 64 ? 0 : operation.control_state << use.n_controls;
        moved.control_state = inner | use.control_state;
      }
      QUANTA_CHECK(add(std::move(moved), core.each, at));
    }
  }
  return {};
}

}  // namespace quanta::quantum::openqasm
