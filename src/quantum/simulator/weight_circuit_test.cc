#include "quantum/simulator/weight_circuit.h"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 28;

TEST(WeightForm, IsFoundWhereTheWeightIsKept) {
  const struct {
    const char* name;
    bool keeps;
    std::function<void(Circuit&)> build;
  } cases[] = {
      {"nothing", true, [](Circuit&) {}},
      {"x at the start", true, [](Circuit& c) { c.x(0).x(2).x(0); }},
      {"diagonals", true, [](Circuit& c) { c.x(0).rz(0.3, 0).cz(0, 1).cp(0.2, 2, 1).t(3); }},
      {"swaps", true, [](Circuit& c) { c.x(1).swap(0, 1).add(Gate::kIswap, {1, 2}); }},
      {"fsim and xx+yy", true,
       [](Circuit& c) {
         c.add(Gate::kFsim, {0, 1}, {0.3, 0.2}).add(Gate::kXxPlusYy, {1, 2}, {0.4, 0.1});
       }},
      {"rxx and ryy of one angle", true, [](Circuit& c) { c.rxx(0.7, 0, 1).ryy(0.7, 0, 1); }},
      {"and a gate elsewhere between", true,
       [](Circuit& c) { c.rxx(0.7, 0, 1).rz(0.2, 3).ryy(0.7, 1, 0); }},
      {"a step of a Dicke preparation", true,
       [](Circuit& c) { c.x(1).cx(0, 1).cry(0.8, 1, 0).cx(0, 1); }},
      {"h twice", true, [](Circuit& c) { c.h(2).h(2); }},
      {"controlled swap", true,
       [](Circuit& c) { c.x(0).x(1).add_controlled(Gate::kSwap, 1, {0, 1, 2}); }},
      {"x behind a diagonal", false, [](Circuit& c) { c.z(0).x(0); }},
      {"a lone cx", false, [](Circuit& c) { c.x(0).cx(0, 1); }},
      {"h", false, [](Circuit& c) { c.h(0); }},
      {"rxx alone", false, [](Circuit& c) { c.rxx(0.7, 0, 1); }},
      {"rxx and ryy of two angles", false, [](Circuit& c) { c.rxx(0.7, 0, 1).ryy(0.6, 0, 1); }},
      {"xx-yy", false, [](Circuit& c) { c.add(Gate::kXxMinusYy, {0, 1}, {0.4, 0.1}); }},
      {"mended on too many qubits", false,
       [](Circuit& c) { c.h(0).cx(0, 1).cx(1, 2).cx(2, 3).cx(3, 4).cx(3, 4).h(0); }},
      {"a prepared state", false, [](Circuit& c) { ASSERT_TRUE(c.prepare({0, 1}, {0})); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Circuit circuit(5);
    c.build(circuit);
    EXPECT_EQ(weight_form(circuit).has_value(), c.keeps);
  }
  EXPECT_FALSE(weight_form(Circuit(64)).has_value());
  EXPECT_FALSE(weight_form(Circuit(0)).has_value());
}

/// k ones, then gates of every kind that keeps the weight, on random qubits.
Circuit weight_circuit(unsigned n, unsigned k, std::uint64_t seed) {
  RandomStream stream(seed, "test weight circuit");
  Circuit circuit(n);
  circuit.add_global_phase(0.4);
  for (unsigned q = 0; q < k; ++q) circuit.x((5 * q) % n);
  for (int i = 0; i < 40; ++i) {
    const auto a = static_cast<unsigned>(stream.below(n));
    const unsigned b = (a + 1 + static_cast<unsigned>(stream.below(n - 1))) % n;
    const unsigned c = (a + 1) % n == b ? (a + 2) % n : (a + 1) % n;
    const double angle = 6.0 * stream.uniform();
    switch (stream.below(9)) {
      case 0:
        circuit.add(Gate::kXxPlusYy, {a, b}, {angle, 0.7});
        break;
      case 1:
        circuit.rxx(angle, a, b).ryy(angle, a, b);
        break;
      case 2:
        circuit.add(Gate::kFsim, {a, b}, {angle, 0.2});
        break;
      case 3:
        circuit.add_controlled(Gate::kIswap, 1, {c, a, b});
        break;
      case 4:
        circuit.cx(a, b).cry(angle, b, a).cx(a, b);
        break;
      case 5:
        circuit.rz(angle, a).crz(angle, b, c);
        break;
      case 6:
        EXPECT_TRUE(circuit.diagonal({1.0, Amplitude(0, 1), -1.0, 1.0}, {a, c}));
        break;
      case 7:
        EXPECT_TRUE(circuit.permutation({0, 2, 4, 3, 1, 5, 6, 7}, {a, b, c}));
        break;
      default:
        EXPECT_TRUE(circuit.pauli_exponential("ZIZ", angle, {a, b, c}));
    }
  }
  return circuit;
}

TEST(WeightState, IsTheStateOfTheWholeSpace) {
  for (const auto& [n, k] : {std::pair{4U, 2U}, {6U, 1U}, {7U, 3U}, {9U, 8U}, {5U, 0U}}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      SCOPED_TRACE(testing::Message() << n << " choose " << k << ", seed " << seed);
      const Circuit circuit = weight_circuit(n, k, seed);
      const std::vector<Amplitude> whole = simulate_plainly(circuit);
      const auto form = weight_form(circuit);
      ASSERT_TRUE(form.has_value());
      EXPECT_EQ(form->weight(), k);
      const auto state = WeightState::simulate(*form, kLimit, {});
      ASSERT_TRUE(state.has_value());
      ASSERT_EQ(state->amplitudes().size(), binomial(n, k));
      for (std::size_t r = 0; r < state->amplitudes().size(); ++r) {
        EXPECT_NEAR(std::abs(state->amplitudes()[r] - whole[state->states()[r]]), 0.0, 1e-13);
      }
      EXPECT_NEAR(state->norm({}), 1.0, 1e-13);
      for (unsigned q = 0; q < n; ++q) {
        PauliString z{.x = 0, .z = std::uint64_t{1} << q};
        EXPECT_NEAR(state->marginals({})[q], (1.0 - expectation_plainly(whole, z)) / 2, 1e-13);
      }
      RandomStream stream(seed, "test strings");
      for (int i = 0; i < 20; ++i) {
        const PauliString string{.x = stream.below(1U << n), .z = stream.below(1U << n)};
        EXPECT_NEAR(state->expectation(string, {}), expectation_plainly(whole, string), 1e-13);
      }
    }
  }
}

TEST(WeightState, NeedsNoMoreThanItsAmplitudes) {
  // 2^40 amplitudes would be 16 TiB; of weight 3 there are C(40, 3) = 9880.
  const Circuit circuit = weight_circuit(40, 3, 1);
  const auto form = weight_form(circuit);
  ASSERT_TRUE(form.has_value());
  const std::size_t bytes = 9880 * WeightState::kBytesPerAmplitude;
  const auto state = WeightState::simulate(*form, bytes, {});
  ASSERT_TRUE(state.has_value()) << state.error().message;
  EXPECT_NEAR(state->norm({}), 1.0, 1e-12);
  const auto refused = WeightState::simulate(*form, bytes - 1, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kResource);
}

TEST(WeightState, IsTheSameForAnyNumberOfThreads) {
  const auto form = weight_form(weight_circuit(16, 7, 2));  // 11,440 amplitudes: three chunks
  ASSERT_TRUE(form.has_value());
  const auto one = WeightState::simulate(*form, kLimit, {}).value();
  for (const std::size_t n_threads : {2U, 7U}) {
    ThreadPool pool(n_threads);
    const Execution execution{.pool = &pool};
    const auto many = WeightState::simulate(*form, kLimit, execution).value();
    EXPECT_TRUE(std::ranges::equal(one.amplitudes(), many.amplitudes()));
    EXPECT_EQ(one.marginals({}), many.marginals(execution));
  }
}

}  // namespace
}  // namespace quanta::quantum
