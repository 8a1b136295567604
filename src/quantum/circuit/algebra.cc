#include "quantum/circuit/algebra.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <numbers>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

constexpr std::size_t kMostOperations = 10'000'000;

std::vector<Amplitude> adjoint(const std::vector<Amplitude>& matrix, std::size_t n) {
  std::vector<Amplitude> result(matrix.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) result[j * n + i] = std::conj(matrix[i * n + j]);
  }
  return result;
}

Circuit inverse_body(const Circuit& body) {
  auto undone = inverse(body);
  assert(undone.has_value());  // a defined gate is unitary
  return *std::move(undone);
}

/// "foo" to "foo_dg" and back.
std::string inverse_name(const std::string& name) {
  constexpr std::string_view kEnding = "_dg";
  return name.ends_with(kEnding) ? name.substr(0, name.size() - kEnding.size())
                                 : name + std::string(kEnding);
}

Payload inverse(Gate gate, const Payload& payload, std::size_t n_operands) {
  Payload undone = payload;
  switch (gate) {
    case Gate::kUnitary:
      undone.numbers = adjoint(payload.numbers, std::size_t{1} << n_operands);
      break;
    case Gate::kDiagonal:
      for (Amplitude& a : undone.numbers) a = std::conj(a);
      break;
    case Gate::kPermutation:
      for (std::uint32_t x = 0; x < payload.images.size(); ++x)
        undone.images[payload.images[x]] = x;
      break;
    case Gate::kDefined:
      undone.name = inverse_name(payload.name);
      undone.body = std::make_shared<const Circuit>(inverse_body(*payload.body));
      break;
    default:
      break;
  }
  return undone;
}

/// The angle of one circuit in the parameters of another, which knows all their names.
Angle renamed(const Angle& angle, const Circuit& from, Circuit& to) {
  Angle result(angle.constant);
  for (const Angle::Term& term : angle.terms) {
    result = result + term.factor * to.parameter(from.parameters()[term.parameter]);
  }
  return result;
}

Operation renamed(const Operation& operation, const Circuit& from, Circuit& to);

/// The body of a defined gate in the parameters of the circuit that it is put into.
std::shared_ptr<const Circuit> renamed_body(const Circuit& body, const Circuit& from, Circuit& to) {
  Circuit result(body.n_qubits());
  for (const Operation& inner : body.operations()) {
    Operation moved = renamed(inner, from, to);
    for (const std::string& name : to.parameters()) (void)result.parameter(name);
    [[maybe_unused]] const auto added = result.append(std::move(moved));
    assert(added.has_value());
  }
  result.add_global_phase(renamed(body.global_phase(), from, to));
  return std::make_shared<const Circuit>(std::move(result));
}

Operation renamed(const Operation& operation, const Circuit& from, Circuit& to) {
  Operation result = operation;
  for (Angle& angle : result.angles) angle = renamed(angle, from, to);
  if (operation.gate == Gate::kDefined && !from.parameters().empty()) {
    Payload payload = *operation.payload;
    payload.body = renamed_body(*payload.body, from, to);
    result.payload = std::make_shared<const Payload>(std::move(payload));
  }
  return result;
}

}  // namespace

Operation inverse(const Operation& operation) {
  assert(is_unitary(operation));
  Operation undone = operation;
  if (properties(operation.gate).self_inverse) return undone;
  switch (operation.gate) {
    case Gate::kS:
      undone.gate = Gate::kSdg;
      break;
    case Gate::kSdg:
      undone.gate = Gate::kS;
      break;
    case Gate::kT:
      undone.gate = Gate::kTdg;
      break;
    case Gate::kTdg:
      undone.gate = Gate::kT;
      break;
    case Gate::kSx:
      undone.gate = Gate::kSxdg;
      break;
    case Gate::kSxdg:
      undone.gate = Gate::kSx;
      break;
    case Gate::kU:
      undone.angles = {-operation.angles[0], -operation.angles[2], -operation.angles[1],
                       -operation.angles[3]};
      break;
    case Gate::kIswap:
      undone.gate = Gate::kXxPlusYy;  // whose angle -pi is iswap
      undone.angles = {std::numbers::pi, 0.0};
      break;
    case Gate::kDcx:
      std::swap(undone.qubits[operation.n_controls], undone.qubits[operation.n_controls + 1]);
      break;
    case Gate::kFsim:
      for (Angle& angle : undone.angles) angle = -angle;
      break;
    case Gate::kRc3x:
      undone.gate = Gate::kUnitary;
      undone.payload = std::make_shared<const Payload>(
          Payload{.numbers = adjoint(gate_matrix(Gate::kRc3x, {}), 16)});
      break;
    case Gate::kUnitary:
    case Gate::kDiagonal:
    case Gate::kPermutation:
    case Gate::kDefined:
      undone.payload = std::make_shared<const Payload>(
          inverse(operation.gate, *operation.payload, operation.operands().size()));
      break;
    default:  // rotations: the first angle turns, further ones are axes
      undone.angles[0] = -operation.angles[0];
      break;
  }
  return undone;
}

Result<Circuit> inverse(const Circuit& circuit) {
  Circuit undone = circuit.without_operations();
  undone.add_global_phase(-circuit.global_phase());
  for (std::size_t i = circuit.operations().size(); i-- > 0;) {
    const Operation& operation = circuit.operations()[i];
    if (operation.gate == Gate::kBarrier) {
      QUANTA_CHECK(undone.append(operation));
      continue;
    }
    if (!is_unitary(operation) || operation.condition) {
      return bad_input("circuit",
                       fmt::format("operation {}, \"{}\", cannot be undone or controlled", i,
                                   operation_name(operation)));
    }
    QUANTA_CHECK(undone.append(inverse(operation)));
  }
  return undone;
}

Result<Circuit> compose(Circuit circuit, const Circuit& other, std::span<const unsigned> qubits,
                        std::span<const unsigned> bits) {
  const auto check = [](std::string_view field, std::span<const unsigned> places, unsigned needed,
                        unsigned there) -> Result<void> {
    if (!places.empty() && places.size() != needed) {
      return bad_input(field, fmt::format("{} places for {}", places.size(), needed));
    }
    if (places.empty() && needed > there) {
      return bad_input(field, fmt::format("{} do not fit into {}", needed, there));
    }
    std::vector<unsigned> sorted(places.begin(), places.end());
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) {
      return bad_input(field, "one is named twice");
    }
    if (!sorted.empty() && sorted.back() >= there) {
      return bad_input(field, fmt::format("there is no {} among {}", sorted.back(), there));
    }
    return {};
  };
  QUANTA_CHECK(check("qubits", qubits, other.n_qubits(), circuit.n_qubits()));
  QUANTA_CHECK(check("bits", bits, other.n_bits(), circuit.n_bits()));
  for (const Operation& operation : other.operations()) {
    Operation moved = renamed(operation, other, circuit);
    if (!qubits.empty()) {
      for (unsigned& q : moved.qubits) q = qubits[q];
    }
    if (!bits.empty()) {
      if (moved.bit) moved.bit = bits[*moved.bit];
      if (moved.condition) {
        for (unsigned& b : moved.condition->bits) b = bits[b];
      }
    }
    QUANTA_CHECK(circuit.append(std::move(moved)));
  }
  circuit.add_global_phase(renamed(other.global_phase(), other, circuit));
  return circuit;
}

Result<Circuit> tensor(const Circuit& low, const Circuit& high) {
  if (low.n_qubits() + high.n_qubits() > Circuit::kMaxQubits ||
      low.n_bits() + high.n_bits() > Circuit::kMaxBits) {
    return bad_input("circuit", fmt::format("{} and {} qubits are more than {} together",
                                            low.n_qubits(), high.n_qubits(), Circuit::kMaxQubits));
  }
  Circuit both(low.n_qubits() + high.n_qubits(), low.n_bits() + high.n_bits());
  const auto place = [](unsigned begin, unsigned n) {
    std::vector<unsigned> places(n);
    for (unsigned i = 0; i < n; ++i) places[i] = begin + i;
    return places;
  };
  QUANTA_TRY(both, compose(std::move(both), low, place(0, low.n_qubits()), place(0, low.n_bits())));
  return compose(std::move(both), high, place(low.n_qubits(), high.n_qubits()),
                 place(low.n_bits(), high.n_bits()));
}

Result<Circuit> power(const Circuit& circuit, std::int64_t n) {
  const std::size_t times = n < 0 ? -static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
  if (times > 0 && circuit.operations().size() > kMostOperations / times) {
    return bad_input("exponent", fmt::format("{} times {} operations are more than {}", times,
                                             circuit.operations().size(), kMostOperations));
  }
  Circuit once = circuit;
  if (n < 0) {
    QUANTA_TRY(once, inverse(circuit));
  }
  Circuit result = circuit.without_operations();
  for (std::size_t i = 0; i < times; ++i) {
    for (const Operation& operation : once.operations()) QUANTA_CHECK(result.append(operation));
  }
  result.add_global_phase(static_cast<double>(times) * once.global_phase());
  return result;
}

Result<Circuit> controlled(const Circuit& circuit, unsigned n_controls,
                           std::optional<std::uint64_t> control_state) {
  if (n_controls == 0 || n_controls > 64) {
    return bad_input("controls", fmt::format("{} controls: 1 to 64 are possible", n_controls));
  }
  if (n_controls + circuit.n_qubits() > Circuit::kMaxQubits) {
    return bad_input("controls", fmt::format("more than {} qubits", Circuit::kMaxQubits));
  }
  const std::uint64_t all =
      n_controls == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n_controls) - 1;
  const std::uint64_t state = control_state.value_or(all) & all;
  std::vector<unsigned> controls(n_controls);
  for (unsigned c = 0; c < n_controls; ++c) controls[c] = c;

  Circuit result(n_controls + circuit.n_qubits(), circuit.n_bits());
  for (const std::string& name : circuit.parameters()) (void)result.parameter(name);
  if (circuit.global_phase() != Angle()) {
    const bool on_one = (state >> (n_controls - 1) & 1) != 0;
    if (!on_one) result.x(n_controls - 1);
    QUANTA_CHECK(result.append({.gate = Gate::kP,
                                .qubits = controls,
                                .n_controls = n_controls - 1,
                                .control_state = state & ~(std::uint64_t{1} << (n_controls - 1)),
                                .angles = {circuit.global_phase()}}));
    if (!on_one) result.x(n_controls - 1);
  }
  for (std::size_t i = 0; i < circuit.operations().size(); ++i) {
    Operation moved = circuit.operations()[i];
    for (unsigned& q : moved.qubits) q += n_controls;
    if (moved.gate != Gate::kBarrier) {
      if (!is_unitary(moved) || moved.condition) {
        return bad_input("circuit",
                         fmt::format("operation {}, \"{}\", cannot be undone or controlled", i,
                                     operation_name(moved)));
      }
      if (moved.n_controls + n_controls > 64) {
        return bad_input("controls", "more than 64 controls on one gate");
      }
      moved.qubits.insert(moved.qubits.begin(), controls.begin(), controls.end());
      moved.control_state = n_controls == 64 ? state : moved.control_state << n_controls | state;
      moved.n_controls += n_controls;
    }
    QUANTA_CHECK(result.append(std::move(moved)));
  }
  return result;
}

}  // namespace quanta::quantum
