#include "quantum/simulator/elements.h"

#include <bit>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

/// The elements of gates on one and two qubits, one after the other on all amplitudes.
std::vector<Amplitude> play(const ElementList& list, unsigned n_qubits) {
  std::vector<Amplitude> state(std::size_t{1} << n_qubits);
  state[0] = list.factor;
  for (const Element& element : list.elements) {
    if (element.kind == Element::Kind::kPhase) {
      for (std::size_t x = 0; x < state.size(); ++x) {
        if ((x & element.watched) == element.watched) state[x] *= std::polar(1.0, element.angle);
      }
      continue;
    }
    EXPECT_EQ(element.kind, Element::Kind::kTurn);
    static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const std::vector<Amplitude> old = state;
    for (std::size_t x = 0; x < state.size(); ++x) {
      const std::size_t y = x ^ element.mixed;  // P|y> = i^(number of Y) (-1)^(y . z) |x>
      const int quarter =
          std::popcount(element.mixed & element.z) + 2 * std::popcount(y & element.z);
      state[x] = std::cos(element.angle / 2) * old[x] -
                 Amplitude(0, std::sin(element.angle / 2)) * kPowers[quarter & 3] * old[y];
    }
  }
  return state;
}

double distance(const Circuit& circuit) {
  const std::vector<Amplitude> expected = simulate_plainly(circuit);
  const std::vector<Amplitude> found =
      play(elements_of(circuit.operations(), {}, circuit.n_qubits()), circuit.n_qubits());
  double most = 0.0;
  for (std::size_t x = 0; x < expected.size(); ++x) {
    most = std::max(most, std::abs(found[x] - expected[x]));
  }
  return most;
}

/// Gates that together are all but diagonal: the phases of the small elements are rounding noise.
TEST(Elements, KeepPhasesWhereGatesNearlyCancel) {
  constexpr double kPi = std::numbers::pi;
  RandomStream stream(1, "test elements");
  for (int i = 0; i < 200; ++i) {
    const double a = 2.0 * kPi * stream.uniform();
    const double b = 2.0 * kPi * stream.uniform();
    const double tiny = std::pow(10.0, -17.0 * stream.uniform());
    Circuit circuit(3);
    circuit.cx(1, 2).u(kPi / 2, a, 0, 2).u(kPi / 2, kPi, b, 2).cx(0, 2);
    circuit.ry(0.3 + tiny, 1).ry(-0.3, 1).cx(1, 2).rx(kPi + tiny, 2).cx(0, 2);
    EXPECT_LT(distance(circuit), 1e-14) << a << " " << b << " " << tiny;
  }
}

}  // namespace
}  // namespace quanta::quantum
