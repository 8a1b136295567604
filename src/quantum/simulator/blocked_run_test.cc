#include "quantum/simulator/blocked_run.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "quantum/circuit/algebra.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/simulator/random_circuit_for_tests.h"

namespace quanta::quantum {
namespace {

/// Im <phi| Pi P |psi> letter by letter: X flips, Z signs, Y = i X Z.
double overlap_plainly(std::span<const Amplitude> phi, std::span<const Amplitude> psi,
                       const ControlledPauli& pauli) {
  static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  const Amplitude ys = kPowers[std::popcount(pauli.string.x & pauli.string.z) & 3];
  double sum = 0.0;
  for (std::size_t x = 0; x < psi.size(); ++x) {
    if ((x & pauli.control_mask) != pauli.control_value) continue;
    const double sign = (std::popcount(x & pauli.string.z) & 1) != 0 ? -1.0 : 1.0;
    sum += (std::conj(phi[x ^ pauli.string.x]) * ys * sign * psi[x]).imag();
  }
  return sum;
}

/// Strings of no, one and many X or Y, every third under controls, in front of random operations.
std::vector<Reading> random_readings(unsigned n_qubits, std::size_t n_operations, std::size_t count,
                                     RandomStream& stream) {
  const std::uint64_t all = (std::uint64_t{1} << n_qubits) - 1;
  std::vector<Reading> readings(count);
  for (std::size_t i = 0; i < count; ++i) {
    Reading& r = readings[i];
    r.before = stream.below(n_operations + 1);
    if (i % 3 == 0) r.pauli.control_mask = stream.next() & stream.next() & all;
    r.pauli.control_value = stream.next() & r.pauli.control_mask;
    const std::uint64_t free = all & ~r.pauli.control_mask;
    const std::uint64_t one = std::uint64_t{1} << stream.below(n_qubits);
    const std::uint64_t x[] = {0, one, stream.next(), stream.next() & stream.next()};
    r.pauli.string = {.x = x[stream.below(4)] & free, .z = stream.next() & stream.next() & free};
    if (i % 4 == 0) r.pauli.string.z &= r.pauli.string.x;
  }
  std::ranges::stable_sort(readings, {}, &Reading::before);
  return readings;
}

std::vector<Amplitude> random_state(unsigned n_qubits, RandomStream& stream) {
  std::vector<Amplitude> state(std::size_t{1} << n_qubits);
  double norm = 0.0;
  for (Amplitude& a : state) {
    a = {stream.normal(), stream.normal()};
    norm += std::norm(a);
  }
  for (Amplitude& a : state) a /= std::sqrt(norm);
  return state;
}

/// Both states are laid out as the run wants it.
std::vector<double> read(const Execution& execution, const Circuit& circuit,
                         std::span<const Reading> readings, std::span<const Amplitude> psi,
                         std::span<const Amplitude> phi, std::uint64_t zero = 0) {
  const unsigned n = circuit.n_qubits();
  const std::size_t half = stored_amplitudes(n);
  AmplitudeArray<Amplitude> pair(2 * half);
  auto* const numbers = reinterpret_cast<double*>(pair.data());
  PairedRun run(execution, circuit.operations(), {}, readings, n, zero);
  pair[0] = 1.0;
  const std::vector<unsigned> position = run.prepare(execution, {}, {}, numbers).value();
  EXPECT_EQ(pair[0], Amplitude(1.0));
  for (std::size_t w = 0; w < psi.size(); ++w) {
    std::size_t at = 0;
    for (unsigned q = 0; q < n; ++q) at |= (w >> q & 1) << position[q];
    pair[at] = psi[w];
    pair[half + at] = phi[w];
  }
  return std::move(run).read(execution, position, numbers).value();
}

TEST(PairedRun, IsWhatThePlainSimulatorGivesForAllGates) {
  for (const unsigned n : {1U, 2U, 3U, 5U, 7U, 9U, 15U}) {
    for (std::uint64_t repeat = 0; repeat < (n < 9 ? 8 : 1); ++repeat) {
      RandomStream stream(n, "test readings", repeat);
      const Circuit circuit = random_circuit(n, 16, stream);
      const auto readings = random_readings(n, 16, 24, stream);
      const auto psi = random_state(n, stream);
      const auto phi = random_state(n, stream);
      std::vector<double> expected;
      auto psi_now = psi;
      auto phi_now = phi;
      std::size_t done = 0;
      for (const Reading& reading : readings) {
        for (; done < reading.before; ++done) {
          apply_plainly(circuit.operations()[done], {}, psi_now);
          apply_plainly(circuit.operations()[done], {}, phi_now);
        }
        expected.push_back(overlap_plainly(phi_now, psi_now, reading.pauli));
      }
      for (const auto set :
           {InstructionSet::kScalar, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
        if (set > best_instruction_set()) continue;
        SCOPED_TRACE(testing::Message() << n << " qubits, " << to_text(set));
        const auto values = read({.instruction_set = set}, circuit, readings, psi, phi);
        for (std::size_t i = 0; i < readings.size(); ++i) {
          EXPECT_NEAR(values[i], expected[i], 1e-12) << i;
        }
      }
    }
  }
}

// Where psi ends as |0> blocks of zeros are left out: layers that several windows share, qubits
// that change places, a permutation of many qubits in between, qubits that nothing touches.
TEST(PairedRun, ReadsTheSameWhereItIsToldOfZeros) {
  constexpr unsigned kQubits = 16;
  constexpr std::uint64_t kUntold = 1U << 4;  // ends as no |0>
  for (std::uint64_t repeat = 0; repeat < 3; ++repeat) {
    RandomStream stream(repeat, "test zeros");
    Circuit forward(kQubits);
    forward.rx(0.4, 4);
    for (unsigned layer = 0; layer < 2; ++layer) {
      for (unsigned q = 0; q + 1 < kQubits; ++q) forward.u(stream.normal(), 0.4, 0.7, q);
      for (unsigned i = 0; i < kQubits; ++i) {
        const unsigned a = static_cast<unsigned>(stream.below(kQubits - 1));
        forward.crx(stream.normal(), a, (a + 1 + static_cast<unsigned>(repeat)) % (kQubits - 1));
      }
      if (repeat == 1) forward.swap(2, 15).swap(0, 9);
      if (repeat == 2) {
        std::vector<std::uint32_t> images(32);
        for (std::uint32_t i = 0; i < images.size(); ++i) images[i] = (5 * i + 3) % 32;
        ASSERT_TRUE(forward.permutation(images, {7, 2, 14, 0, 8}).has_value());
      }
    }
    std::vector<Amplitude> psi(std::size_t{1} << kQubits);
    psi[0] = 1.0;
    for (const Operation& operation : forward.operations()) apply_plainly(operation, {}, psi);
    Circuit back(kQubits);
    for (std::size_t i = forward.operations().size(); i-- > 1;) {
      ASSERT_TRUE(back.append(inverse(forward.operations()[i])).has_value());
    }
    const auto phi = random_state(kQubits, stream);
    std::vector<Reading> readings;
    for (std::size_t i = 0; i < back.operations().size(); ++i) {
      const std::uint64_t one = std::uint64_t{1} << back.operations()[i].qubits[0];
      const std::uint64_t other = std::uint64_t{1} << stream.below(kQubits - 1);
      readings.push_back({i, {.string = {.x = i % 3 == 0 ? 0 : one, .z = one | other}}});
    }
    const auto expected = read({}, back, readings, psi, phi);
    const auto values = read({}, back, readings, psi, phi, ~kUntold);
    for (std::size_t i = 0; i < readings.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-13);
  }
}

// The way back begins on other qubits than those at the low positions, where the run leaves them.
TEST(PairedRun, PreparesTheStateWhereTheFirstSweepWantsIt) {
  constexpr unsigned kQubits = 16;
  RandomStream stream(5, "test positions");
  Circuit forward(kQubits);
  const auto layers = [&](unsigned first) {
    for (int layer = 0; layer < 2; ++layer) {
      for (unsigned i = 0; i < 14; ++i) forward.ry(stream.normal(), first + i);
      for (unsigned i = 0; i < 14; ++i) forward.cx(first + i, first + (i + 1) % 14);
    }
  };
  layers(0);
  forward.swap(1, 12).cx(0, 15).cx(1, 14);
  layers(2);
  Circuit back(kQubits);
  std::vector<Reading> readings;
  for (std::size_t i = forward.operations().size(); i-- > 0;) {
    const Operation& operation = forward.operations()[i];
    const std::uint64_t one = std::uint64_t{1} << operation.qubits[0];
    if (i % 5 == 0)
      readings.push_back({back.operations().size(), {.string = {.x = one, .z = one}}});
    ASSERT_TRUE(back.append(inverse(operation)).has_value());
  }
  const std::size_t size = std::size_t{1} << kQubits;
  std::vector<Amplitude> psi(size);
  psi[0] = 1.0;
  for (const Operation& operation : forward.operations()) apply_plainly(operation, {}, psi);
  auto phi = random_state(kQubits, stream);

  PairedRun run({}, back.operations(), {}, readings, kQubits, ~std::uint64_t{0});
  AmplitudeArray<Amplitude> pair(2 * size);
  auto* const numbers = reinterpret_cast<double*>(pair.data());
  pair[0] = 1.0;
  const auto position = run.prepare({}, forward.operations(), {}, numbers).value();
  EXPECT_GE(position[0], 5U);
  for (std::size_t w = 0; w < size; ++w) {
    std::size_t at = 0;
    for (unsigned q = 0; q < kQubits; ++q) at |= (w >> q & 1) << position[q];
    // The global phase that the run leaves is one.
    ASSERT_NEAR(std::abs(pair[at] - psi[w]), 0.0, 1e-13);
    pair[size + at] = phi[w];
  }
  const auto values = std::move(run).read({}, position, numbers).value();
  std::size_t done = 0;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    for (; done < readings[i].before; ++done) {
      apply_plainly(back.operations()[done], {}, psi);
      apply_plainly(back.operations()[done], {}, phi);
    }
    EXPECT_NEAR(values[i], overlap_plainly(phi, psi, readings[i].pauli), 1e-12);
  }
}

// A permutation that one pass over everything does carries phases along, so they come first.
TEST(PairedRun, AppliesPhasesBeforeAPermutation) {
  constexpr unsigned kQubits = 9;
  RandomStream stream(3, "test readings");
  Circuit circuit(kQubits);
  for (unsigned q = 0; q < kQubits; ++q) circuit.ry(0.2 + q, q).p(0.3 * q + 0.1, q);
  for (unsigned q = 0; q + 1 < kQubits; ++q) circuit.cp(0.7 + q, q, q + 1);
  std::vector<std::uint32_t> images(32);
  for (std::uint32_t i = 0; i < images.size(); ++i) images[i] = (5 * i + 3) % 32;
  ASSERT_TRUE(circuit.permutation(images, {7, 2, 4, 0, 8}).has_value());
  const auto psi = random_state(kQubits, stream);
  const auto phi = random_state(kQubits, stream);
  auto psi_now = psi;
  auto phi_now = phi;
  for (const Operation& operation : circuit.operations()) {
    apply_plainly(operation, {}, psi_now);
    apply_plainly(operation, {}, phi_now);
  }
  std::vector<Reading> readings;
  for (unsigned q = 0; q < kQubits; ++q) {
    readings.push_back(
        {circuit.operations().size(), {.string = {.x = std::uint64_t{1} << q, .z = 3}}});
  }
  const auto values = read({}, circuit, readings, psi, phi);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    EXPECT_NEAR(values[i], overlap_plainly(phi_now, psi_now, readings[i].pauli), 1e-12) << i;
  }
}

TEST(PairedRun, TheSameBitsForAnyThreads) {
  constexpr unsigned kQubits = 16;  // eight blocks
  RandomStream stream(1, "test readings");
  Circuit circuit(kQubits);
  for (unsigned q = 0; q < kQubits; ++q) circuit.u(0.3, 0.1 * q, 0.2, q);
  for (unsigned q = 0; q + 1 < kQubits; ++q) circuit.cx(q, q + 1);
  const auto readings = random_readings(kQubits, circuit.operations().size(), 60, stream);
  const auto psi = random_state(kQubits, stream);
  const auto phi = random_state(kQubits, stream);
  const auto reference = read({}, circuit, readings, psi, phi);
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(read({.pool = &pool}, circuit, readings, psi, phi), reference);
  }
}

TEST(PairedRun, StopsWhereItIsTold) {
  std::stop_source source;
  source.request_stop();
  Circuit circuit(3);
  circuit.h(0);
  AmplitudeArray<double> pair(4 * stored_amplitudes(3));
  const std::vector<Reading> readings = {{.before = 1, .pauli = {.string = {.x = 1}}}};
  const Execution stopped{.stop = source.get_token()};
  PairedRun run(stopped, circuit.operations(), {}, readings, 3, 0);
  const auto prepared = run.prepare(stopped, circuit.operations(), {}, pair.data());
  ASSERT_FALSE(prepared.has_value());
  EXPECT_EQ(prepared.error().kind, ErrorKind::kCancelled);
  const auto result = std::move(run).read(stopped, std::vector{0U, 1U, 2U}, pair.data());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
