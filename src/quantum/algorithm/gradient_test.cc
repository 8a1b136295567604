#include "quantum/algorithm/gradient.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/json.h"
#include "core/random.h"
#include "quantum/algorithm/generator.h"
#include "quantum/algorithm/parameter_shift.h"
#include "quantum/simulator/observables.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

PauliSum random_observable(unsigned n, std::size_t n_terms, std::uint64_t seed) {
  RandomStream stream(seed, "test observable");
  PauliSum sum{.n_qubits = n, .terms = {}};
  const std::uint64_t all = (std::uint64_t{1} << n) - 1;
  for (std::size_t t = 0; t < n_terms; ++t) {
    sum.terms.push_back({{stream.next() & all, stream.next() & all}, stream.normal()});
  }
  return sum;
}

std::vector<double> random_parameters(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test parameters");
  std::vector<double> result(n);
  for (double& x : result) x = 2.0 * stream.normal();
  return result;
}

/// Distinct qubits in random order.
std::vector<unsigned> random_qubits(unsigned n, std::size_t k, RandomStream& stream) {
  std::vector<unsigned> all(n);
  for (unsigned q = 0; q < n; ++q) all[q] = q;
  for (std::size_t i = 0; i < k; ++i) std::swap(all[i], all[i + stream.below(n - i)]);
  all.resize(k);
  return all;
}

/// A gate with random controls; its angles are combinations of the circuit's first parameters.
void add_random(Circuit& circuit, Gate gate, RandomStream& stream, unsigned max_controls) {
  const GateProperties& known = properties(gate);
  std::shared_ptr<const Payload> payload;
  std::size_t n_operands = known.n_qubits;
  if (gate == Gate::kPauliExponential) {
    n_operands = 1 + stream.below(3);
    Payload p;
    for (std::size_t i = 0; i < n_operands; ++i) p.paulis += "IXYZ"[stream.below(4)];
    payload = std::make_shared<const Payload>(p);
  }
  Operation operation{.gate = gate,
                      .n_controls = static_cast<unsigned>(stream.below(max_controls + 1)),
                      .payload = payload};
  operation.qubits = random_qubits(circuit.n_qubits(), operation.n_controls + n_operands, stream);
  operation.control_state = stream.next() & ((1U << operation.n_controls) - 1);
  for (unsigned i = 0; i < known.n_angles; ++i) {
    Angle angle(stream.normal());
    for (std::uint64_t t = stream.below(3); t-- > 0;) {
      angle = angle + (stream.normal() > 0 ? 1.0 : -0.7) *
                          circuit.parameter(std::to_string(stream.below(6)));
    }
    operation.angles.push_back(angle);
  }
  const auto added = circuit.append(std::move(operation));
  ASSERT_TRUE(added.has_value()) << added.error().message;
}

Circuit with_parameters(unsigned n) {
  Circuit circuit(n);
  for (int i = 0; i < 6; ++i) (void)circuit.parameter(std::to_string(i));
  return circuit;
}

/// Fixed gates that leave no amplitude zero or real.
void stir(Circuit& circuit, RandomStream& stream) {
  for (unsigned q = 0; q < circuit.n_qubits(); ++q) {
    circuit.u(stream.normal(), stream.normal(), stream.normal(), q);
  }
  for (unsigned q = 0; q + 1 < circuit.n_qubits(); ++q) circuit.cx(q, q + 1);
}

void expect_gradients_agree(const Circuit& circuit, const PauliSum& observable,
                            std::uint64_t seed) {
  const auto parameters = random_parameters(circuit.parameters().size(), seed);
  const auto adjoint = adjoint_gradient(circuit, parameters, observable, {}, {}).value();
  const auto shift = parameter_shift_gradient(circuit, parameters, observable, {}, {}).value();
  const auto difference =
      finite_difference_gradient(circuit, parameters, observable, 0.02, {}, {}).value();
  EXPECT_NEAR(adjoint.energy, shift.energy, 1e-12);
  EXPECT_EQ(shift.energy, difference.energy);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_NEAR(adjoint.gradient[i], shift.gradient[i], 1e-12) << "parameter " << i;
    EXPECT_NEAR(adjoint.gradient[i], difference.gradient[i], 1e-9) << "parameter " << i;
  }
}

TEST(Gradient, NamesTheFieldAtFault) {
  const auto good = parse_pauli_sum(std::vector{std::pair<std::string, double>{"ZZ", 1.0}}, 2);
  const PauliSum observable = *good;
  const auto ansatz = [](auto change) {
    Circuit circuit(2, 1);
    circuit.ry(circuit.parameter("a"), 0).cx(0, 1);
    change(circuit);
    return circuit;
  };
  const Circuit plain = ansatz([](Circuit&) {});
  Circuit fixed(2);
  fixed.h(0);
  Circuit wide(40);
  wide.ry(wide.parameter("a"), 0);
  const struct {
    const char* name;
    Circuit circuit;
    std::vector<double> parameters;
    PauliSum observable;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no qubits", Circuit(0), {}, observable, ErrorKind::kBadInput, "circuit"},
      {"length of the observable",
       plain,
       {0.1},
       {3, {{{0, 7}, 1.0}}},
       ErrorKind::kBadInput,
       "observable"},
      {"letters beyond", plain, {0.1}, {2, {{{4, 0}, 1.0}}}, ErrorKind::kBadInput, "observable"},
      {"no terms", plain, {0.1}, {2, {}}, ErrorKind::kBadInput, "observable"},
      {"coefficient", plain, {0.1}, {2, {{{0, 3}, kNan}}}, ErrorKind::kBadInput, "observable"},
      {"none", fixed, {}, observable, ErrorKind::kBadInput, "parameters"},
      {"too few", plain, {}, observable, ErrorKind::kBadInput, "parameters"},
      {"too many", plain, {0.1, 0.2}, observable, ErrorKind::kBadInput, "parameters"},
      {"not finite", plain, {kNan}, observable, ErrorKind::kBadInput, "parameters"},
      {"reset",
       ansatz([](Circuit& c) { c.reset(0); }),
       {0.1},
       observable,
       ErrorKind::kBadInput,
       "circuit"},
      {"after measuring",
       ansatz([](Circuit& c) { c.measure(0, 0).x(0); }),
       {0.1},
       observable,
       ErrorKind::kBadInput,
       "circuit"},
      {"condition",
       ansatz([](Circuit& c) {
         (void)c.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1}});
       }),
       {0.1},
       observable,
       ErrorKind::kBadInput,
       "circuit"},
      {"late preparation",
       ansatz([](Circuit& c) { (void)c.prepare({0.6, 0.8}, {0}); }),
       {0.1},
       observable,
       ErrorKind::kBadInput,
       "circuit"},
      {"memory", wide, {0.1}, {40, {{{0, 1}, 1.0}}}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const auto& result :
         {adjoint_gradient(c.circuit, c.parameters, c.observable, {}, {}),
          parameter_shift_gradient(c.circuit, c.parameters, c.observable, {}, {}),
          finite_difference_gradient(c.circuit, c.parameters, c.observable, 0.02, {}, {})}) {
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().kind, c.kind);
      EXPECT_EQ(result.error().field, c.field) << result.error().message;
    }
  }
  const PauliSum huge{2, {{{0, 1}, 1e308}, {{0, 2}, 1e308}}};
  const auto overflow = adjoint_gradient(plain, std::vector{0.1}, huge, {}, {});
  ASSERT_FALSE(overflow.has_value());
  EXPECT_EQ(overflow.error().field, "observable");
  for (const double step : {0.0, -1.0, kNan, std::numeric_limits<double>::infinity()}) {
    const auto result =
        finite_difference_gradient(plain, std::vector{0.1}, observable, step, {}, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, "step");
  }
}

// dU/dt = -i G U against a difference of the matrix itself.
TEST(Gradient, GeneratorsAreThoseOfTheMatrices) {
  std::size_t n_angles = 0;
  for (const GateProperties& known : gate_table()) {
    if (!has_matrix(known.gate)) continue;
    for (unsigned i = 0; i < known.n_angles; ++i) {
      SCOPED_TRACE(testing::Message() << known.name << ", angle " << i);
      ++n_angles;
      std::vector<double> angles = random_parameters(known.n_angles, 5 + i);
      const auto u = gate_matrix(known.gate, angles);
      const auto g = generator_matrix(known.gate, angles, i);
      constexpr double kStep = 1e-3;
      auto at = [&](double shift) {
        auto moved = angles;
        moved[i] += shift;
        return gate_matrix(known.gate, moved);
      };
      const auto up = at(kStep);
      const auto down = at(-kStep);
      const auto up2 = at(2 * kStep);
      const auto down2 = at(-2 * kStep);
      const std::size_t n = std::size_t{1} << known.n_qubits;
      for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t c = 0; c < n; ++c) {
          Amplitude gu = 0.0;
          for (std::size_t k = 0; k < n; ++k) gu += g[r * n + k] * u[k * n + c];
          const std::size_t e = r * n + c;
          const Amplitude slope = (8.0 * (up[e] - down[e]) - (up2[e] - down2[e])) / (12.0 * kStep);
          EXPECT_NEAR(std::abs(Amplitude(0, -1) * gu - slope), 0.0, 1e-11);
          EXPECT_NEAR(std::abs(g[e] - std::conj(g[c * n + r])), 0.0, 1e-15);
        }
      }
    }
  }
  EXPECT_EQ(n_angles, 20U);
}

// Every gate with an angle, with 0 to 2 controls, between fixed gates.
TEST(Gradient, AdjointEqualsParameterShiftAndDifferencesForEveryGate) {
  std::vector<Gate> gates;
  for (const GateProperties& known : gate_table()) {
    if (known.n_angles > 0) gates.push_back(known.gate);
  }
  EXPECT_EQ(gates.size(), 14U);
  constexpr unsigned kQubits = 4;
  for (const Gate gate : gates) {
    SCOPED_TRACE(gate_name(gate));
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      SCOPED_TRACE(seed);
      RandomStream stream(seed, "test circuit");
      Circuit circuit = with_parameters(kQubits);
      stir(circuit, stream);
      for (int i = 0; i < 3; ++i) add_random(circuit, gate, stream, 2 - (i == 0 ? 2 : 0));
      stir(circuit, stream);
      expect_gradients_agree(circuit, random_observable(kQubits, 5, seed), seed);
    }
  }
}

// All gates in random order: segments of every kind, parameters shared, defined gates under
// controls, barriers, terminal measurements.
TEST(Gradient, AdjointEqualsParameterShiftOnRandomCircuits) {
  constexpr unsigned kQubits = 5;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream stream(seed, "test circuit");
    Circuit circuit = with_parameters(kQubits);
    circuit.add_global_phase(circuit.parameter("0"));
    ASSERT_TRUE(circuit.prepare({0.6, Amplitude(0, 0.8)}, {2}).has_value());
    for (int i = 0; i < 40; ++i) {
      const auto gate = static_cast<Gate>(stream.below(static_cast<std::uint64_t>(Gate::kUnitary)));
      add_random(circuit, stream.below(8) == 0 ? Gate::kPauliExponential : gate, stream,
                 properties(gate).n_qubits > 3 ? 1 : 2);
      if (stream.below(10) == 0) circuit.barrier();
    }
    Circuit body = with_parameters(2);
    body.add_global_phase(0.5 * body.parameter("1"));
    for (int i = 0; i < 4; ++i) add_random(body, Gate::kU, stream, 1);
    Operation defined{.gate = Gate::kDefined,
                      .qubits = {4, 1, 3},
                      .n_controls = 1,
                      .control_state = stream.below(2),
                      .payload = std::make_shared<const Payload>(
                          Payload{.name = "box", .body = std::make_shared<const Circuit>(body)})};
    ASSERT_TRUE(circuit.append(std::move(defined)).has_value());
    circuit.ry(circuit.parameter("2"), 0).measure_all();
    expect_gradients_agree(circuit, random_observable(kQubits, 8, seed), seed);
  }
}

// Layers of commuting rotations, which are read off in one go.
TEST(Gradient, AdjointEqualsParameterShiftOnLayers) {
  constexpr unsigned kQubits = 6;
  Circuit circuit(kQubits);
  unsigned next = 0;
  const auto fresh = [&] { return circuit.parameter(std::to_string(next++)); };
  for (unsigned q = 0; q < kQubits; ++q) circuit.h(q);
  for (int layer = 0; layer < 2; ++layer) {
    for (unsigned a = 0; a < kQubits; ++a) {
      for (unsigned b = a + 1; b < kQubits; ++b) circuit.rzz(fresh(), a, b);
      circuit.rz(fresh(), a);
    }
    circuit.cp(fresh(), 1, 4).cz(0, 2);
    for (unsigned q = 0; q < kQubits; ++q) circuit.rx(fresh(), q).rz(fresh(), q).ry(fresh(), q);
    for (unsigned q = 0; q + 1 < kQubits; ++q) circuit.cx(q, q + 1);
  }
  expect_gradients_agree(circuit, random_observable(kQubits, 12, 3), 4);
}

// A diagonal gate that a later H turns stands in the way of the diagonal gates behind that.
TEST(Gradient, AdjointEqualsParameterShiftWhereADiagonalGateIsTurned) {
  Circuit circuit(2);
  circuit.h(0).ry(0.4, 1).rz(circuit.parameter("a"), 0).h(0).cz(0, 1).rx(0.7, 0).rx(0.3, 1);
  circuit.rzz(circuit.parameter("b"), 0, 1).rz(circuit.parameter("c"), 0).h(1);
  expect_gradients_agree(circuit, random_observable(2, 6, 9), 2);
}

// Enough qubits for several blocks, some of zeros: one that is prepared and one that nothing
// touches.
TEST(Gradient, AdjointEqualsParameterShiftWhereBlocksAreZero) {
  constexpr unsigned kQubits = 17;
  Circuit circuit(kQubits);
  ASSERT_TRUE(circuit.prepare({0.6, Amplitude(0, 0.8)}, {16}).has_value());
  RandomStream stream(1, "test circuit");
  unsigned next = 0;
  const auto angle = [&](unsigned q) {
    return q % 9 == 0 ? circuit.parameter(std::to_string(next++)) : Angle(stream.normal());
  };
  for (const unsigned first : {0U, 2U}) {
    for (int layer = 0; layer < 2; ++layer) {
      for (unsigned i = 0; i < 14; ++i) circuit.ry(angle(i), first + i).rz(angle(i + 4), first + i);
      for (unsigned i = 0; i < 14; ++i) circuit.cx(first + i, first + (i + 1) % 14);
    }
    if (first == 0) circuit.swap(1, 12).cx(0, 15).cx(16, 14);
  }
  expect_gradients_agree(circuit, random_observable(kQubits, 4, 7), 3);
}

TEST(Gradient, ScalesWithTheObservable) {
  Circuit circuit(2);
  circuit.ry(circuit.parameter("a"), 0).cx(0, 1);
  for (const double c : {1e-300, -1.0, 1e300}) {
    const auto z = adjoint_gradient(circuit, std::vector{0.3}, {2, {{{0, 1}, c}}}, {}, {}).value();
    EXPECT_NEAR(z.energy / c, std::cos(0.3), 1e-14);
    EXPECT_NEAR(z.gradient[0] / c, -std::sin(0.3), 1e-14);
  }
}

TEST(Gradient, IsZeroWhereNothingDepends) {
  Circuit circuit(2);
  circuit.ry(circuit.parameter("a"), 0).cx(0, 1);
  (void)circuit.parameter("unused");
  circuit.add_global_phase(circuit.parameter("phase"));
  const std::vector<double> at = {0.3, 0.4, 0.5};
  const auto identity = adjoint_gradient(circuit, at, {2, {{{}, 2.5}}}, {}, {}).value();
  EXPECT_NEAR(identity.energy, 2.5, 1e-15);
  for (const double g : identity.gradient) EXPECT_NEAR(g, 0.0, 1e-15);
  const auto nothing = adjoint_gradient(circuit, at, {2, {{{0, 1}, 0.0}}}, {}, {}).value();
  EXPECT_EQ(nothing.energy, 0.0);
  EXPECT_EQ(nothing.gradient, std::vector<double>(3));
  const auto z = adjoint_gradient(circuit, at, {2, {{{0, 1}, 1.0}}}, {}, {}).value();
  EXPECT_NEAR(z.energy, std::cos(0.3), 1e-15);
  EXPECT_NEAR(z.gradient[0], -std::sin(0.3), 1e-15);
  EXPECT_EQ(z.gradient[1], 0.0);
  EXPECT_EQ(z.gradient[2], 0.0);

  Circuit phase_only(1);
  phase_only.add_global_phase(phase_only.parameter("phase"));
  EXPECT_EQ(adjoint_gradient(phase_only, std::vector{0.3}, {1, {{{0, 1}, 1.0}}}, {}, {})->gradient,
            std::vector<double>(1));
}

TEST(Gradient, SameBitsForAnyThreadsAndLastDigitsForInstructionSets) {
  constexpr unsigned kQubits = 16;  // four blocks
  Circuit circuit(kQubits);
  for (unsigned q = 0; q < kQubits; ++q) {
    circuit.ry(circuit.parameter("y" + std::to_string(q)), q);
    circuit.rz(circuit.parameter("z" + std::to_string(q)), q);
  }
  for (unsigned q = 0; q + 1 < kQubits; ++q) circuit.crx(circuit.parameter("c"), q, q + 1);
  const PauliSum observable = random_observable(kQubits, 6, 1);
  const auto parameters = random_parameters(circuit.parameters().size(), 2);
  const auto reference = adjoint_gradient(circuit, parameters, observable, {}, {}).value();
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const auto result =
        adjoint_gradient(circuit, parameters, observable, {}, {.pool = &pool}).value();
    EXPECT_EQ(result.energy, reference.energy);
    EXPECT_EQ(result.gradient, reference.gradient);
  }
  for (const auto set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    SCOPED_TRACE(to_text(set));
    const auto result =
        adjoint_gradient(circuit, parameters, observable, {}, {.instruction_set = set}).value();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_NEAR(result.gradient[i], reference.gradient[i], 1e-12);
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
