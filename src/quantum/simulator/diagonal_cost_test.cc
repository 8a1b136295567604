#include "quantum/simulator/diagonal_cost.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kSize = 1300;  // three pieces, the last one short

/// One byte, two bytes, eight bytes a value.
std::vector<std::vector<double>> costs() {
  std::vector<std::vector<double>> result;
  RandomStream stream(1, "test cost");
  for (const std::size_t levels : {7UL, 400UL}) {
    std::vector<double> cost(kSize);
    for (auto& c : cost) c = 0.37 * static_cast<double>(stream.below(levels)) - 20.0;
    result.push_back(cost);
  }
  std::vector<double> cost(70000);  // more levels than two bytes tell
  for (auto& c : cost) c = stream.normal();
  result.push_back(cost);
  return result;
}

template <class Real>
std::vector<std::complex<Real>> random_state(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test state");
  std::vector<std::complex<Real>> state(n);
  for (auto& a : state) {
    a = {static_cast<Real>(stream.normal()), static_cast<Real>(stream.normal())};
  }
  return state;
}

TEST(DiagonalCost, KeepsRepeatedValuesInTwoBytesAtTheMost) {
  const auto all = costs();
  EXPECT_EQ(DiagonalCost(all[0]).bytes(), kSize + 7 * 8);
  EXPECT_LE(DiagonalCost(all[1]).bytes(), 2 * kSize + 400 * 8);
  EXPECT_EQ(DiagonalCost(all[2]).bytes(), 8 * all[2].size());
}

template <class Real>
void expect_what_it_says(InstructionSet set, double tolerance) {
  for (const auto& values : costs()) {
    SCOPED_TRACE(testing::Message() << to_text(set) << ", " << values.size() << " values");
    const DiagonalCost cost(values);
    ASSERT_EQ(cost.size(), values.size());
    for (std::size_t x = 0; x < values.size(); ++x) ASSERT_EQ(cost[x], values[x]);
    const std::size_t begin = 3;
    const std::size_t end = kSize - 2;
    const auto psi = random_state<Real>(values.size(), 1);
    const auto phi = random_state<Real>(values.size(), 2);
    const auto phases = cost.template phases<Real>(set, 0.7);
    auto multiplied = psi;
    cost.multiply(set, phases, multiplied.data(), begin, end);
    auto psi_both = psi;
    auto phi_both = phi;
    const double overlap =
        cost.multiply_both(set, phases, psi_both.data(), phi_both.data(), begin, end);
    double expected_overlap = 0.0;
    for (std::size_t x = 0; x < values.size(); ++x) {
      const bool inside = x >= begin && x < end;
      const auto factor =
          inside ? std::complex<Real>(std::polar(1.0, -0.7 * values[x])) : std::complex<Real>(1);
      ASSERT_NEAR(static_cast<double>(std::abs(multiplied[x] - psi[x] * factor)), 0.0, tolerance);
      ASSERT_NEAR(static_cast<double>(std::abs(psi_both[x] - psi[x] * factor)), 0.0, tolerance);
      ASSERT_NEAR(static_cast<double>(std::abs(phi_both[x] - phi[x] * factor)), 0.0, tolerance);
      if (inside) {
        expected_overlap += values[x] * static_cast<double>((std::conj(phi[x]) * psi[x]).imag());
      }
    }
    EXPECT_NEAR(overlap, expected_overlap, tolerance * 1e4);
    for (const std::optional<double>& threshold : {std::optional<double>{}, std::optional(-0.4)}) {
      const DiagonalCost::Observable observable{threshold};
      auto observed = random_state<Real>(values.size(), 3);
      cost.observe(observable, psi.data(), observed.data(), begin, end);
      double expected = 0.0;
      for (std::size_t x = begin; x < end; ++x) {
        const double o = threshold ? std::min(values[x] - *threshold, 0.0) : values[x];
        expected += o * static_cast<double>(std::norm(psi[x]));
        ASSERT_NEAR(static_cast<double>(std::abs(observed[x] - psi[x] * static_cast<Real>(o))), 0.0,
                    tolerance * 100);
      }
      EXPECT_NEAR(cost.expectation(set, observable, psi.data(), begin, end), expected,
                  tolerance * 1e4);
    }
  }
}

TEST(DiagonalCost, MultipliesAndObservesOnEveryInstructionSetInBothPrecisions) {
  for (const auto set : {InstructionSet::kScalar, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    expect_what_it_says<double>(set, 1e-13);
    expect_what_it_says<float>(set, 1e-5);
  }
}

}  // namespace
}  // namespace quanta::quantum
