#include "quantum/simulator/state_vector.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;
constexpr double kHalfRoot = std::numbers::sqrt2 / 2;
const Gate1 kHadamard = {kHalfRoot, kHalfRoot, kHalfRoot, -kHalfRoot};
// Control is operand 0, the low bit of the index: |01> -> |11>.
const Gate2 kControlledNot = {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0};
constexpr Amplitude kI{0.0, 1.0};

TEST(StateVector, StartsInZero) {
  const auto state = StateVector::zero(3, kLimit).value();
  EXPECT_EQ(state.n_qubits(), 3U);
  ASSERT_EQ(state.amplitudes().size(), 8U);
  EXPECT_EQ(state.amplitudes()[0], Amplitude(1.0));
  EXPECT_DOUBLE_EQ(state.norm({}), 1.0);
}

TEST(StateVector, MakesABellPairOnTheQubitsAskedFor) {
  auto state = StateVector::zero(3, kLimit).value();
  state.apply({}, kHadamard, 2);
  state.apply({}, kControlledNot, 2, 0);  // control 2, target 0
  for (std::size_t x = 0; x < 8; ++x) {
    const double expected = x == 0 || x == 5 ? kHalfRoot : 0.0;
    EXPECT_NEAR(std::abs(state.amplitudes()[x] - expected), 0.0, 1e-15) << x;
  }
  EXPECT_NEAR(state.probabilities()[5], 0.5, 1e-15);
}

TEST(StateVector, TellsOperandsApart) {
  auto state = StateVector::zero(2, kLimit).value();
  const Gate1 x = {0, 1, 1, 0};
  state.apply({}, x, 1);
  state.apply({}, kControlledNot, 0, 1);  // control 0 is off
  EXPECT_EQ(state.amplitudes()[2], Amplitude(1.0));
  state.apply({}, kControlledNot, 1, 0);
  EXPECT_EQ(state.amplitudes()[3], Amplitude(1.0));
}

TEST(StateVector, ExchangeIsItsMatrixOnAnyPairWithAnyThreads) {
  const double beta = 0.83;
  const double c = std::cos(beta);
  const Amplitude s = -kI * std::sin(beta);
  const Gate2 matrix = {1, 0, 0, 0, 0, c, s, 0, 0, s, c, 0, 0, 0, 0, 1};
  RandomStream stream(3, "test state");
  constexpr unsigned kQubits = 17;  // runs longer than a chunk
  std::vector<Amplitude> start(std::size_t{1} << kQubits);
  double norm = 0.0;
  for (auto& a : start) {
    a = {stream.normal(), stream.normal()};
    norm += std::norm(a);
  }
  for (auto& a : start) a /= std::sqrt(norm);
  ThreadPool pool(7);
  for (const auto& [i, j] : {std::pair{0U, 1U}, {1U, 0U}, {3U, 16U}, {16U, 15U}, {16U, 0U}}) {
    SCOPED_TRACE(testing::Message() << i << ", " << j);
    auto expected = StateVector::from_amplitudes(start).value();
    auto got = expected;
    auto parallel = expected;
    expected.apply({}, matrix, i, j);
    got.exchange({}, i, j, beta);
    parallel.exchange({.pool = &pool}, i, j, beta);
    for (std::size_t x = 0; x < start.size(); ++x) {
      ASSERT_NEAR(std::abs(got.amplitudes()[x] - expected.amplitudes()[x]), 0.0, 1e-16);
      ASSERT_EQ(got.amplitudes()[x], parallel.amplitudes()[x]);
    }
  }
}

TEST(StateVector, PhasesAndExpectationFollowTheCost) {
  auto state = StateVector::zero(2, kLimit).value();
  state.apply({}, kHadamard, 0);
  state.apply({}, kHadamard, 1);
  const std::vector<double> cost = {0.0, 1.0, 2.0, 5.0};
  EXPECT_NEAR(state.expectation({}, cost), 2.0, 1e-15);
  state.multiply_phase({}, cost, std::numbers::pi);
  const double signs[] = {1.0, -1.0, 1.0, -1.0};
  for (std::size_t x = 0; x < 4; ++x) {
    EXPECT_NEAR(std::abs(state.amplitudes()[x] - 0.5 * signs[x]), 0.0, 1e-15);
  }
}

TEST(StateVector, MeasuresMidwayByProbabilityAndCollapse) {
  Circuit circuit(3);
  circuit.ry(1.1, 0).cx(0, 2).ry(0.4, 1);
  auto state = StateVector::zero(3, kLimit).value();
  ASSERT_TRUE(state.apply({}, circuit.operations(), {}).has_value());
  const double one = std::pow(std::sin(0.55), 2);
  EXPECT_NEAR(state.probability_of_one({}, 0), one, 1e-15);
  EXPECT_NEAR(state.probability_of_one({}, 2), one, 1e-15);
  for (const bool outcome : {false, true}) {
    auto after = state;
    after.collapse({}, 0, outcome, outcome ? one : 1.0 - one);
    EXPECT_NEAR(after.norm({}), 1.0, 1e-15);
    EXPECT_NEAR(after.probability_of_one({}, 2), outcome ? 1.0 : 0.0, 1e-15);  // entangled with 0
    EXPECT_NEAR(after.probability_of_one({}, 1), std::pow(std::sin(0.2), 2), 1e-15);
    for (std::size_t x = 0; x < 8; ++x) {
      if ((x & 1) != std::size_t{outcome}) {
        EXPECT_EQ(after.amplitudes()[x], Amplitude(0.0));
      }
    }
  }
}

TEST(StateVector, AppliesARunOfOperationsWithTheirPhases) {
  Circuit body(1);
  const Angle theta = body.parameter("theta");
  body.rz(theta, 0).ry(2.0 * theta, 0);
  body.add_global_phase(0.3);
  Circuit circuit(2);
  (void)circuit.parameter("theta");
  circuit.h(1);
  ASSERT_TRUE(circuit.defined("turn", body, {0}).has_value());
  circuit.cx(1, 0).barrier();
  auto state = StateVector::zero(2, kLimit).value();
  const std::vector parameters = {0.7};
  ASSERT_TRUE(state.apply({}, circuit.operations(), parameters).has_value());
  const auto expected = simulate_plainly(circuit, parameters);
  for (std::size_t x = 0; x < 4; ++x) {
    EXPECT_NEAR(std::abs(state.amplitudes()[x] - expected[x]), 0.0, 1e-15) << x;
  }
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(state.apply({.stop = stop.get_token()}, circuit.operations(), parameters).error().kind,
            ErrorKind::kCancelled);
}

TEST(StateVector, NamesTheFieldAtFault) {
  EXPECT_EQ(StateVector::zero(0, kLimit).error().field, "qubits");
  const auto large = StateVector::zero(40, kLimit);
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().kind, ErrorKind::kResource);
  EXPECT_EQ(large.error().message, "40 qubits need 17.59 TB; the limit of 1.074 GB fits 26 qubits");
  EXPECT_EQ(StateVector::zero(3, 127).error().kind, ErrorKind::kResource);
  EXPECT_TRUE(StateVector::zero(3, 128).has_value());

  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<Amplitude>& bad :
       {std::vector<Amplitude>{}, {1.0}, {1.0, 0.0, 0.0}, {1.0, 1.0}, {nan, 0.0}}) {
    const auto result = StateVector::from_amplitudes(bad);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, "amplitudes");
  }
}

TEST(StateVector, WidensAndDropsAQubit) {
  Circuit circuit(3);
  circuit.ry(0.4, 0).rx(1.1, 1).cx(0, 2).cx(1, 2).rz(0.3, 2);
  auto state = StateVector::zero(3, kLimit).value();
  ASSERT_TRUE(state.apply({}, circuit.operations(), {}));
  StateVector wide = state;
  wide.widen(2);
  ASSERT_EQ(wide.amplitudes().size(), 32U);
  for (std::size_t x = 0; x < 32; ++x) {
    EXPECT_EQ(wide.amplitudes()[x], x < 8 ? state.amplitudes()[x] : Amplitude{}) << x;
  }
  for (unsigned q = 0; q < 3; ++q) {
    const double one = state.probability_of_one({}, q);
    StateVector zero_left = state;
    const StateVector one_left = zero_left.split({}, q, {1.0 - one, one});
    for (const bool outcome : {false, true}) {
      const double probability = outcome ? one : 1.0 - one;
      StateVector collapsed = state;
      collapsed.collapse({}, q, outcome, probability);
      StateVector half = state;
      half.drop({}, q, outcome, probability);
      ASSERT_EQ(half.n_qubits(), 2U);
      for (std::size_t i = 0; i < 4; ++i) {
        // Qubit 2 in the place of q, which has the outcome.
        std::size_t x = i;
        if (q < 2) x = (i & ~(std::size_t{1} << q)) | (i >> q & 1) << 2;
        x |= std::size_t{outcome} << q;
        EXPECT_NEAR(std::abs(half.amplitudes()[i] - collapsed.amplitudes()[x]), 0.0, 1e-15);
        EXPECT_EQ((outcome ? one_left : zero_left).amplitudes()[i], half.amplitudes()[i]);
      }
      half.widen(1);
      EXPECT_EQ(half.amplitudes()[5], Amplitude{});
    }
  }
}

TEST(StateVector, IsSplitAndWidenedAlikeWhereItIsLarge) {
  // More than a piece and a chunk; each amplitude is its own.
  constexpr unsigned kQubits = 20;
  Circuit circuit(kQubits);
  for (unsigned q = 0; q < kQubits; ++q) circuit.ry(0.3 + 0.1 * q, q).rz(0.2 * q, q);
  auto state = StateVector::zero(kQubits, kLimit).value();
  ASSERT_TRUE(state.apply({}, circuit.operations(), {}));
  ThreadPool pool(3);
  for (const unsigned q : {0U, 7U, kQubits - 1}) {
    const double one = state.probability_of_one({}, q);
    StateVector low = state;
    StateVector zero = state;
    const StateVector high = low.split({.pool = &pool}, q, {1.0 - one, one});
    StateVector dropped = state;
    zero.drop({.pool = &pool}, q, false, 1.0 - one);
    dropped.drop({}, q, true, one);
    EXPECT_TRUE(std::ranges::equal(low.amplitudes(), zero.amplitudes()));
    EXPECT_TRUE(std::ranges::equal(high.amplitudes(), dropped.amplitudes()));
    // A product state: without the qubit, and with the last one in its place.
    for (const std::size_t i : {std::size_t{0}, std::size_t{1} << 18, std::size_t{0x5a5a5}}) {
      std::size_t x = i;
      if (q < kQubits - 1) x = (i & ~(std::size_t{1} << q)) | (i >> q & 1) << (kQubits - 1);
      x |= std::size_t{1} << q;
      EXPECT_NEAR(std::abs(high.amplitudes()[i] - state.amplitudes()[x] / std::sqrt(one)), 0.0,
                  1e-15);
    }
    dropped.widen(1);
    EXPECT_EQ(dropped.amplitudes().size(), state.amplitudes().size());
    EXPECT_TRUE(std::ranges::all_of(dropped.amplitudes().last(std::size_t{1} << (kQubits - 1)),
                                    [](const Amplitude& a) { return a == Amplitude{}; }));
  }
}

}  // namespace
}  // namespace quanta::quantum
