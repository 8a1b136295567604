#include "quantum/simulator/simulate.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <stop_token>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/simulator/random_circuit_for_tests.h"

namespace quanta::quantum {
namespace {

std::vector<InstructionSet> supported_sets() {
  std::vector<InstructionSet> sets = {InstructionSet::kScalar};
  for (const auto set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= best_instruction_set()) sets.push_back(set);
  }
  return sets;
}

template <class Real>
double distance(std::span<const std::complex<Real>> got, std::span<const Amplitude> expected) {
  EXPECT_EQ(got.size(), expected.size());
  double most = 0.0;
  for (std::size_t x = 0; x < expected.size(); ++x) {
    most = std::max(most, std::abs(Amplitude(got[x]) - expected[x]));
  }
  return most;
}

/// Rounding of 1e-16 (6e-8) for each gate that an amplitude goes through, with room.
constexpr double kDoubleRoom = 1e-13;
constexpr double kSingleRoom = 2e-5;

void expect_equals_plain(const Circuit& circuit) {
  const std::vector<Amplitude> expected = simulate_plainly(circuit.expand());
  for (const InstructionSet set : supported_sets()) {
    SCOPED_TRACE(to_text(set));
    const Execution execution{.instruction_set = set};
    EXPECT_LT(distance(simulate(circuit, {}, execution)->amplitudes(), expected), kDoubleRoom);
    EXPECT_LT(distance(simulate_single(circuit, {}, execution)->amplitudes(), expected),
              kSingleRoom);
  }
}

/// Rotations that leave no amplitude zero or real.
void stir(Circuit& circuit, RandomStream& stream) {
  for (unsigned q = 0; q < circuit.n_qubits(); ++q) {
    circuit.u(random_angle(stream) + 0.3, random_angle(stream), random_angle(stream), q);
  }
  for (unsigned q = 0; q + 1 < circuit.n_qubits(); ++q) circuit.cp(0.7 + q, q, q + 1);
}

/// Gates between the lowest and the highest qubits.
void stir_ends(Circuit& circuit) {
  const unsigned n = circuit.n_qubits();
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned low = i % 4;
    const unsigned high = n - 1 - i % 3;
    circuit.ry(0.3 + i, low).rx(0.7 * i, high).cx(low, high).cp(0.2 + i, high, low);
    circuit.rxx(0.1 * i, high, low).ccx(low, high, n / 2).u(0.1, 0.2 * i, 0.3, n / 2);
  }
}

// Each gate alone, three times, on any qubits, between others that show its phases.
TEST(Simulate, EveryGateWithUpToThreeControlsEqualsItsMatrix) {
  for (unsigned g = 0; g < static_cast<unsigned>(Gate::kDefined); ++g) {
    const auto gate = static_cast<Gate>(g);
    SCOPED_TRACE(gate_name(gate));
    for (unsigned n_controls = 0; n_controls <= 3; ++n_controls) {
      SCOPED_TRACE(n_controls);
      for (const unsigned n : {4U + n_controls, 9U}) {
        RandomStream stream(100 * g + n_controls, "test gates", n);
        Circuit circuit(n);
        stir(circuit, stream);
        for (int i = 0; i < 3; ++i) {
          ASSERT_TRUE(circuit.append(random_operation(gate, n_controls, n, stream)).has_value());
        }
        stir(circuit, stream);
        expect_equals_plain(circuit);
      }
    }
  }
}

TEST(Simulate, RandomCircuitsOfAllGatesEqualThePlainSimulation) {
  for (unsigned n = 1; n <= 10; ++n) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      SCOPED_TRACE(testing::Message() << n << " qubits, seed " << seed);
      RandomStream stream(seed, "test circuits", n);
      expect_equals_plain(random_circuit(n, 10 + 4 * seed, stream));
    }
  }
}

// Blocks have at most 2^15 (single) or 2^14 (double) amplitudes: from 15 qubits on there are
// several sweeps with different windows.
TEST(Simulate, RandomCircuitsThatNeedManySweepsEqualThePlainSimulation) {
  for (unsigned n = 14; n <= 18; ++n) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      SCOPED_TRACE(testing::Message() << n << " qubits, seed " << seed);
      RandomStream stream(seed, "test circuits", n);
      expect_equals_plain(random_circuit(n, 50, stream));
    }
  }
}

/// Rotations on all qubits and a neighbour's sign, layer by layer.
Circuit layered(unsigned n, unsigned depth, std::uint64_t seed) {
  Circuit circuit(n);
  RandomStream stream(seed, "test layers", n);
  for (unsigned layer = 0; layer < depth; ++layer) {
    for (unsigned q = 0; q < n; ++q) {
      const double angle = random_angle(stream);
      const Gate gates[] = {Gate::kRx, Gate::kRy, Gate::kRz};
      circuit.add(gates[stream.below(3)], {q}, {angle});
    }
    for (unsigned q = layer % 2; q + 1 < n; q += 2) circuit.cz(q, q + 1);
  }
  return circuit;
}

Circuit fourier(unsigned n) {
  Circuit circuit(n);
  for (unsigned q = n; q-- > 0;) {
    circuit.h(q);
    for (unsigned j = q; j-- > 0;) {
      circuit.cp(std::numbers::pi / std::pow(2.0, q - j), q, j);
    }
  }
  for (unsigned q = 0; q < n / 2; ++q) circuit.swap(q, n - 1 - q);
  return circuit;
}

TEST(Simulate, LayersAndWindowsOfAnyShapeEqualThePlainSimulation) {
  expect_equals_plain(layered(16, 20, 1));
  expect_equals_plain(layered(17, 6, 2));
  for (const unsigned n : {1U, 2U, 6U, 7U, 8U, 15U, 17U}) {  // fewer qubits than a tile, a block
    SCOPED_TRACE(n);
    Circuit circuit = layered(n, 3, 3);
    const Circuit transform = fourier(n);
    for (const Operation& operation : transform.operations()) {
      ASSERT_TRUE(circuit.append(operation).has_value());
    }
    expect_equals_plain(circuit);
  }
  Circuit high(18);  // only qubits that no window has at first
  for (unsigned q = 15; q < 18; ++q) high.h(q).t(q);
  high.cx(15, 17).swap(16, 17).rxx(0.4, 15, 16).cp(0.3, 17, 15);
  expect_equals_plain(high);
  Circuit wide(17);  // each gate joins the lowest and the highest qubits
  stir_ends(wide);
  expect_equals_plain(wide);
}

TEST(Simulate, FourierTransformOfABasisStateIsAPlaneWave) {
  constexpr unsigned kQubits = 16;
  constexpr std::size_t kSize = std::size_t{1} << kQubits;
  constexpr std::size_t kStart = 0b1011'0010'1110'0101;
  Circuit circuit(kQubits);
  for (unsigned q = 0; q < kQubits; ++q) {
    if ((kStart >> q & 1) != 0) circuit.x(q);
  }
  const Circuit transform = fourier(kQubits);
  for (const Operation& operation : transform.operations()) {
    ASSERT_TRUE(circuit.append(operation).has_value());
  }
  for (const InstructionSet set : supported_sets()) {
    const auto state = simulate(circuit, {}, {.instruction_set = set}).value();
    double most = 0.0;
    for (std::size_t y = 0; y < kSize; ++y) {
      const double turns = static_cast<double>(kStart * y % kSize) / kSize;
      const Amplitude expected = std::polar(1.0 / 256, 2 * std::numbers::pi * turns);
      most = std::max(most, std::abs(state.amplitudes()[y] - expected));
    }
    EXPECT_LT(most, 1e-16) << to_text(set);
  }
}

// More elements than are planned at once, and factors far beyond the range of float: every turn of
// pi/2 leaves sqrt(1/2) to be applied.
TEST(Simulate, LongCircuitsKeepTheirNormAndPhases) {
  for (const unsigned n : {2U, 9U, 16U}) {
    SCOPED_TRACE(n);
    Circuit circuit(n);
    RandomStream stream(5, "test long", n);
    const int n_gates = n == 16 ? 700 : 6000;
    for (int i = 0; i < n_gates; ++i) {
      const auto q = static_cast<unsigned>(stream.below(n));
      circuit.ry(std::numbers::pi / 2, q).p(0.1 + stream.uniform(), q);
      if (i % 3 == 0) circuit.cz(q, (q + 1) % n);
    }
    const std::vector<Amplitude> expected = simulate_plainly(circuit);
    for (const InstructionSet set : supported_sets()) {
      const Execution execution{.instruction_set = set};
      EXPECT_LT(distance(simulate(circuit, {}, execution)->amplitudes(), expected), 1e-12);
      EXPECT_LT(distance(simulate_single(circuit, {}, execution)->amplitudes(), expected), 1e-4);
    }
  }
}

TEST(Simulate, WholeStateOperationsMeetPendingPhasesAndMovedQubits) {
  constexpr unsigned kQubits = 16;
  RandomStream stream(3, "test whole");
  Circuit circuit(kQubits);
  std::vector<Amplitude> start(8);
  for (Amplitude& a : start) a = {stream.normal(), stream.normal()};
  double norm = 0.0;
  for (const Amplitude& a : start) norm += std::norm(a);
  for (Amplitude& a : start) a /= std::sqrt(norm);
  circuit.h(0).h(15).cz(0, 15).swap(2, 14).t(15);
  ASSERT_TRUE(circuit.prepare(start, {14, 1, 6}).has_value());
  const auto all = random_qubits(kQubits, kQubits, stream);
  for (unsigned q = 0; q < kQubits; ++q) circuit.ry(0.3 + q, q).cp(0.2 * q, q, (q + 1) % kQubits);
  circuit.swap(0, 9).swap(9, 15);
  for (const Gate gate : {Gate::kPermutation, Gate::kDiagonal, Gate::kPermutation}) {
    Operation operation{.gate = gate, .qubits = all, .n_controls = 2, .control_state = 1};
    Payload payload;
    for (std::uint32_t i = 0; i < 1U << (kQubits - 2); ++i) {
      payload.images.push_back(i);
      payload.numbers.push_back(std::polar(1.0, 0.001 * i));
    }
    std::shuffle(payload.images.begin(), payload.images.end(), stream);
    operation.payload = std::make_shared<const Payload>(std::move(payload));
    ASSERT_TRUE(circuit.append(std::move(operation)).has_value());
    for (unsigned q = 0; q < kQubits; ++q) circuit.rx(0.1 * q, q).cz(q, (q + 3) % kQubits);
  }
  ASSERT_TRUE(circuit.pauli_exponential("XYZIXYZXYXYXYXYX", 0.7, all).has_value());
  expect_equals_plain(circuit);
}

TEST(Simulate, SameBitsForAnyNumberOfThreads) {
  RandomStream stream(8, "test circuits");
  Circuit circuit = layered(18, 4, 9);
  const Circuit more = random_circuit(18, 30, stream);
  for (const Operation& operation : more.operations()) {
    ASSERT_TRUE(circuit.append(operation).has_value());
  }
  for (const InstructionSet set : supported_sets()) {
    const auto one = simulate(circuit, {}, {.instruction_set = set}).value();
    const auto one_single = simulate_single(circuit, {}, {.instruction_set = set}).value();
    for (const std::size_t n_threads : {1U, 2U, 7U}) {
      ThreadPool pool(n_threads);
      const Execution execution{.pool = &pool, .instruction_set = set};
      EXPECT_TRUE(
          std::ranges::equal(simulate(circuit, {}, execution)->amplitudes(), one.amplitudes()));
      EXPECT_TRUE(std::ranges::equal(simulate_single(circuit, {}, execution)->amplitudes(),
                                     one_single.amplitudes()));
    }
  }
}

TEST(Simulate, GoesOnFromAnyState) {
  RandomStream stream(4, "test circuits");
  const Circuit first = random_circuit(16, 30, stream);
  const Circuit second = random_circuit(16, 30, stream);
  Circuit both = first;
  for (const Operation& operation : second.operations()) {
    ASSERT_TRUE(both.append(operation).has_value());
  }
  both.add_global_phase(second.global_phase());
  for (const InstructionSet set : supported_sets()) {
    const Execution execution{.instruction_set = set};
    auto state = simulate(first, {}, execution).value();
    ASSERT_TRUE(state
                    .apply(execution, second.operations(), {},
                           {.global_phase = second.global_phase().value({})})
                    .has_value());
    const auto expected = simulate(both, {}, execution).value();
    EXPECT_LT(distance(state.amplitudes(), expected.amplitudes()), 1e-14);
  }
}

TEST(Simulate, PassesOverTerminalMeasurementsAndTakesParameters) {
  Circuit circuit(2, 2);
  const Angle theta = circuit.parameter("theta");
  circuit.ry(theta, 0).ry(2.0 * theta + 0.5, 1).measure(0, 0).barrier().measure(1, 1);
  const std::vector parameters = {0.4};
  const auto state = simulate(circuit, {.parameters = parameters}, {}).value();
  EXPECT_NEAR(state.amplitudes()[0].real(), std::cos(0.2) * std::cos(0.65), 1e-15);
  EXPECT_NEAR(state.amplitudes()[3].real(), std::sin(0.2) * std::sin(0.65), 1e-15);
}

TEST(Simulate, ZerosThatTheAlgebraGivesAreZero) {
  Circuit circuit(4);  // a Bell pair, kicked phases, an adder's carry: only 0, 1 and i
  circuit.h(0).cx(0, 1).s(1).cz(0, 1).h(2).cx(2, 3).cx(2, 3).h(2).ccx(0, 1, 3).cx(1, 0);
  for (const InstructionSet set : supported_sets()) {
    const auto state = simulate(circuit, {}, {.instruction_set = set}).value();
    for (std::size_t x = 0; x < 16; ++x) {
      if (x == 0 || x == 0b1010) continue;
      EXPECT_EQ(state.amplitudes()[x], Amplitude(0.0)) << x;
    }
  }
}

TEST(Simulate, NamesTheFieldAtFault) {
  Circuit parametrised(2);
  (void)parametrised.parameter("theta");
  Circuit reset(2);
  reset.h(0).reset(0);
  Circuit conditional(1, 1);
  ASSERT_TRUE(
      conditional.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1, false}})
          .has_value());
  Circuit behind(2, 1);
  behind.measure(0, 0).cx(0, 1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const struct {
    const char* name;
    Circuit circuit;
    std::vector<double> parameters;
    std::size_t memory_limit;
    ErrorKind kind;
    const char* field;
    const char* message;
  } cases[] = {
      {"no qubits", Circuit(), {}, 1 << 20, ErrorKind::kBadInput, "circuit", "no qubits"},
      {"a parameter less", parametrised, {}, 1 << 20, ErrorKind::kBadInput, "parameters", "0"},
      {"not a number", parametrised, {nan}, 1 << 20, ErrorKind::kBadInput, "parameters", "nan"},
      {"reset", reset, {}, 1 << 20, ErrorKind::kBadInput, "circuit", "\"reset\""},
      {"condition", conditional, {}, 1 << 20, ErrorKind::kBadInput, "circuit", "\"x\""},
      {"gate behind measurement", behind, {}, 1 << 20, ErrorKind::kBadInput, "circuit", "\"cx\""},
      {"too large", Circuit(21), {}, 1 << 20, ErrorKind::kResource, "qubits", "fits 16 qubits"},
      {"far too large", Circuit(4096), {}, 1 << 20, ErrorKind::kResource, "qubits", "fits 16"},
      {"beyond 32 bits", Circuit(40), {}, ~std::size_t{0}, ErrorKind::kResource, "qubits", "32"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const SimulateOptions options{.parameters = c.parameters, .memory_limit = c.memory_limit};
    const auto result = simulate(c.circuit, options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
    EXPECT_NE(result.error().message.find(c.message), std::string::npos) << result.error().message;
  }
  EXPECT_TRUE(simulate_single(Circuit(17), {.memory_limit = 1 << 20}, {}).has_value());
  EXPECT_FALSE(simulate_single(Circuit(18), {.memory_limit = 1 << 20}, {}).has_value());
}

TEST(Simulate, SaysWhatMemoryItTakesBeforehand) {
  EXPECT_EQ(simulation_memory(24, Precision::kSingle).amplitudes, 8.0 * (1 << 24));
  EXPECT_EQ(simulation_memory(24, Precision::kDouble).amplitudes, 16.0 * (1 << 24));
  for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
    const SimulationMemory memory = simulation_memory(24, precision, 2);
    EXPECT_LT(memory.workspace, 0.05 * memory.amplitudes);
  }
}

TEST(Simulate, StopsBetweenSweepsAndReportsWhereAsked) {
  const Circuit circuit = layered(17, 20, 1);
  std::stop_source stop;
  int reports = 0;
  double last = 0.0;
  Execution execution{.stop = stop.get_token()};
  execution.progress = [&](double fraction, std::string_view) {
    ++reports;
    EXPECT_GE(fraction, last);
    last = fraction;
  };
  ASSERT_TRUE(simulate(circuit, {}, execution).has_value());
  EXPECT_EQ(reports, 0);
  ASSERT_TRUE(simulate(circuit, {.report = true}, execution).has_value());
  EXPECT_GT(reports, 2);
  EXPECT_EQ(last, 1.0);
  last = 0.0;
  execution.progress = [&](double, std::string_view) { stop.request_stop(); };
  EXPECT_EQ(simulate(circuit, {.report = true}, execution).error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
