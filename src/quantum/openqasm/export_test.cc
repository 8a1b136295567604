#include "quantum/openqasm/export.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/openqasm/to_circuit.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr unsigned kQubits = 5;

std::vector<Amplitude> matrix_of(const Circuit& circuit) {
  Operation whole{.gate = Gate::kDefined,
                  .payload = std::make_shared<const Payload>(
                      Payload{.body = std::make_shared<const Circuit>(circuit)})};
  for (unsigned q = 0; q < circuit.n_qubits(); ++q) whole.qubits.push_back(q);
  return operand_matrix(whole, {});
}

double distance(std::vector<Amplitude> a, const std::vector<Amplitude>& b, bool up_to_phase) {
  if (a.size() != b.size()) return HUGE_VAL;
  if (up_to_phase) {
    Amplitude overlap = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) overlap += std::conj(a[i]) * b[i];
    for (Amplitude& x : a) x *= overlap / std::abs(overlap);
  }
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

Circuit read_back(const std::string& text, const std::map<std::string, std::string>& inputs = {}) {
  const auto program = parse(text, "exported");
  EXPECT_TRUE(program.has_value()) << to_text(program.error()) << "\n" << text;
  auto circuit = to_circuit(*program, inputs);
  EXPECT_TRUE(circuit.has_value()) << to_text(circuit.error()) << "\n" << text;
  return circuit.value_or(Circuit());
}

void expect_same_both_ways(const Circuit& circuit) {
  const std::vector<Amplitude> wanted = matrix_of(circuit);
  const auto three = to_openqasm3(circuit);
  ASSERT_TRUE(three.has_value()) << three.error().message;
  EXPECT_LT(distance(matrix_of(read_back(*three)), wanted, false), 1e-12) << *three;
  const auto two = to_openqasm2(circuit);
  ASSERT_TRUE(two.has_value()) << two.error().message;
  EXPECT_LT(distance(matrix_of(read_back(*two)), wanted, true), 1e-12) << *two;
}

/// Random qubits, angles and payloads.
class Source {
 public:
  explicit Source(std::uint64_t seed) : stream_(seed, "export test", 0) {}

  unsigned below(unsigned n) { return static_cast<unsigned>(stream_.below(n)); }

  double angle() {
    return below(3) == 0 ? (static_cast<double>(below(17)) - 8) * std::numbers::pi / 8
                         : 7 * stream_.uniform() - 3.5;
  }

  std::vector<unsigned> qubits(unsigned n) {
    std::vector<unsigned> all(kQubits);
    std::iota(all.begin(), all.end(), 0U);
    for (unsigned i = 0; i < n; ++i) std::swap(all[i], all[i + below(kQubits - i)]);
    all.resize(n);
    return all;
  }

  Circuit small_circuit(unsigned n) {
    Circuit circuit(n);
    for (int k = 0; k < 6; ++k) {
      const unsigned q = below(n);
      circuit.u(angle(), angle(), angle(), q);
      if (n > 1) circuit.cx(q, (q + 1 + below(n - 1)) % n);
    }
    circuit.add_global_phase(angle());
    return circuit;
  }

  /// The gate under up to three controls, as far as qubits reach.
  Operation operation(Gate gate) {
    unsigned n = properties(gate).n_qubits;
    if (n == 0) n = 1 + below(3);
    const unsigned n_controls = below(std::min(4U, kQubits - n + 1));
    Operation result{.gate = gate, .qubits = qubits(n + n_controls), .n_controls = n_controls};
    result.control_state = below(2) == 0 ? (1U << n_controls) - 1 : below(1U << n_controls);
    for (unsigned k = 0; k < properties(gate).n_angles; ++k) result.angles.emplace_back(angle());
    Payload payload;
    switch (gate) {
      case Gate::kUnitary:
        payload.numbers = matrix_of(small_circuit(n));
        break;
      case Gate::kDiagonal:
        for (unsigned x = 0; x < 1U << n; ++x) payload.numbers.push_back(std::polar(1.0, angle()));
        break;
      case Gate::kPermutation:
        payload.images.resize(std::size_t{1} << n);
        std::iota(payload.images.begin(), payload.images.end(), 0U);
        for (unsigned i = 0; i + 1 < payload.images.size(); ++i) {
          std::swap(payload.images[i],
                    payload.images[i + below(static_cast<unsigned>(payload.images.size()) - i)]);
        }
        break;
      case Gate::kPauliExponential:
        for (unsigned q = 0; q < n; ++q) payload.paulis += "IXYZ"[below(4)];
        break;
      case Gate::kDefined:
        payload.name = "box";
        payload.body = std::make_shared<const Circuit>(small_circuit(n));
        break;
      default:
        break;
    }
    if (gate >= Gate::kUnitary) result.payload = std::make_shared<const Payload>(payload);
    return result;
  }

 private:
  RandomStream stream_;
};

TEST(OpenqasmExport, EveryGateComesBackAsItWas) {
  for (std::size_t g = 0; g <= static_cast<std::size_t>(Gate::kDefined); ++g) {
    const auto gate = static_cast<Gate>(g);
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      SCOPED_TRACE(std::string(gate_name(gate)) + ", seed " + std::to_string(seed));
      Source source(1000 * g + seed);
      Circuit circuit(kQubits);
      const auto added = circuit.append(source.operation(gate));
      ASSERT_TRUE(added.has_value()) << added.error().message;
      expect_same_both_ways(circuit);
    }
  }
}

TEST(OpenqasmExport, RandomCircuitsComeBackAsTheyWere) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Source source(seed);
    Circuit circuit(kQubits);
    for (int k = 0; k < 25; ++k) {
      const auto gate = static_cast<Gate>(source.below(static_cast<unsigned>(Gate::kDefined) + 1));
      ASSERT_TRUE(circuit.append(source.operation(gate)).has_value());
    }
    circuit.barrier();
    circuit.add_global_phase(source.angle());
    expect_same_both_ways(circuit);
  }
}

TEST(OpenqasmExport, ManyControlsNeedNoOtherQubits) {
  for (const unsigned n : {5U, 6U, 7U, 8U}) {
    SCOPED_TRACE(n);
    Circuit circuit(n + 1);
    std::vector<unsigned> qubits(n + 1);
    std::iota(qubits.begin(), qubits.end(), 0U);
    circuit.add_controlled(Gate::kX, n, qubits);
    circuit.add_controlled(Gate::kRy, n, qubits, {0.3});
    circuit.add_controlled(Gate::kH, n, qubits);
    const auto text = to_openqasm2(circuit);
    ASSERT_TRUE(text.has_value());
    EXPECT_LT(distance(matrix_of(read_back(*text)), matrix_of(circuit), true), 1e-11);
  }
  // The number of gates is quadratic: twice the controls make about four times the gates.
  const auto n_gates = [](unsigned n) {
    Circuit circuit(n + 1);
    std::vector<unsigned> qubits(n + 1);
    std::iota(qubits.begin(), qubits.end(), 0U);
    circuit.add_controlled(Gate::kX, n, qubits);
    return read_back(to_openqasm2(circuit).value()).expand().operations().size();
  };
  EXPECT_LT(n_gates(48), 6 * n_gates(24));
}

TEST(OpenqasmExport, PreparesStates) {
  Source source(7);
  for (const unsigned n : {1U, 2U, 4U}) {
    std::vector<Amplitude> state = simulate_plainly(source.small_circuit(n));
    if (n == 2) state = {0.0, 0.6, 0.0, {0.0, -0.8}};
    Circuit circuit(n);
    std::vector<unsigned> qubits(n);
    std::iota(qubits.begin(), qubits.end(), 0U);
    ASSERT_TRUE(circuit.prepare(state, qubits).has_value());
    EXPECT_LT(distance(simulate_plainly(read_back(to_openqasm3(circuit).value())), state, false),
              1e-13);
    EXPECT_LT(distance(simulate_plainly(read_back(to_openqasm2(circuit).value())), state, true),
              1e-13);
  }
}

TEST(OpenqasmExport, WritesAnglesThatAreReadAsTheSameNumbers) {
  Source source(3);
  Circuit circuit(1);
  for (int k = 0; k < 200; ++k) circuit.rx(source.angle(), 0);
  for (const double x : {0.0, -0.0, 1e-300, 1e300, 5.0, std::numbers::pi / 7, 1e-17})
    circuit.rx(x, 0);
  for (const auto& text : {to_openqasm2(circuit).value(), to_openqasm3(circuit).value()}) {
    const Circuit back = read_back(text);
    ASSERT_EQ(back.operations().size(), circuit.operations().size());
    for (std::size_t i = 0; i < back.operations().size(); ++i) {
      EXPECT_NEAR(back.operations()[i].angles[0].constant,
                  circuit.operations()[i].angles[0].constant, 1e-15);
    }
  }
}

TEST(OpenqasmExport, KeepsMeasurementsConditionsAndRegisters) {
  Circuit circuit;
  ASSERT_TRUE(circuit.add_qubits("q", 3).has_value());
  ASSERT_TRUE(circuit.add_bits("c", 2).has_value());
  ASSERT_TRUE(circuit.add_bits("d", 2).has_value());
  circuit.h(0).measure(0, 0).measure(1, 1).reset(0).measure(0, 2).measure(2, 3);
  const auto add = [&](Gate gate, unsigned qubit, Condition condition) {
    ASSERT_TRUE(
        circuit.append({.gate = gate, .qubits = {qubit}, .condition = condition}).has_value());
  };
  add(Gate::kX, 1, {.bits = {0, 1}, .value = 2});
  add(Gate::kH, 2, {.bits = {2, 3}, .value = 3});
  EXPECT_EQ(read_back(to_openqasm3(circuit).value()), circuit);
  EXPECT_EQ(read_back(to_openqasm2(circuit).value()), circuit);
  add(Gate::kZ, 2, {.bits = {1}, .value = 1});
  add(Gate::kY, 2, {.bits = {3}, .value = 0});
  add(Gate::kS, 2, {.bits = {0, 1}, .value = 1, .negated = true});
  EXPECT_EQ(read_back(to_openqasm3(circuit).value()), circuit);
  // OpenQASM 2 lists the values of the register: z twice, y twice, s three times.
  EXPECT_EQ(read_back(to_openqasm2(circuit).value()).operations().size(),
            circuit.operations().size() + 1 + 1 + 2);
  add(Gate::kT, 2, {.bits = {1, 2}, .value = 1});
  EXPECT_EQ(read_back(to_openqasm3(circuit).value()), circuit);
  const auto refused = to_openqasm2(circuit);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().field, "circuit");
  EXPECT_EQ(
      refused.error().message,
      "operation 11, \"t\": its condition needs bits of two registers, which OpenQASM 2 cannot "
      "say");
}

TEST(OpenqasmExport, NamedParametersBecomeInputs) {
  Circuit circuit(2);
  const Angle a = circuit.parameter("alpha");
  const Angle b = circuit.parameter("β");
  circuit.rx(a, 0).rzz(2.0 * a - 0.5 * b + 0.25, 0, 1).u(a, b, a - b, 1);
  Circuit body(2);
  (void)body.parameter("alpha");
  body.ry(body.parameter("β"), 0).cx(0, 1);
  ASSERT_TRUE(circuit.defined("layer", body, {1, 0}).has_value());
  const std::string text = to_openqasm3(circuit).value();
  const Circuit back = read_back(text, {{"alpha", "0.3"}, {"__", "-1.25"}});
  const Circuit bound = circuit.bind(std::vector{0.3, -1.25}).value();
  EXPECT_LT(distance(matrix_of(back), matrix_of(bound), false), 1e-14) << text;
  const auto refused = to_openqasm2(circuit);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().field, "circuit");
}

TEST(OpenqasmExport, NamesDoNotCollide) {
  Circuit circuit;
  ASSERT_TRUE(circuit.add_qubits("gate", 1).has_value());
  ASSERT_TRUE(circuit.add_qubits("x", 1).has_value());
  ASSERT_TRUE(circuit.add_qubits("$0", 1).has_value());
  ASSERT_TRUE(circuit.add_bits("x", 1).has_value());
  Circuit body(1);
  body.t(0);
  ASSERT_TRUE(circuit.defined("h", body, {1}).has_value());
  body.s(0);
  ASSERT_TRUE(circuit.defined("h", body, {2}).has_value());
  circuit.h(0);
  expect_same_both_ways(circuit);
}

TEST(OpenqasmExport, RefusesWhatIsTooLarge) {
  Circuit circuit(9);
  std::vector<std::uint32_t> images(512);
  std::iota(images.begin(), images.end(), 0U);
  ASSERT_TRUE(circuit.permutation(images, {0, 1, 2, 3, 4, 5, 6, 7, 8}).has_value());
  for (const auto& text : {to_openqasm2(circuit), to_openqasm3(circuit)}) {
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error().field, "circuit");
    EXPECT_EQ(
        text.error().message,
        "operation 0, \"permutation\": permutation on 9 qubits cannot be written: at most 8 are "
        "possible");
  }
}

}  // namespace
}  // namespace quanta::quantum::openqasm
