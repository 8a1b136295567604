#include "quantum/algorithm/split_cost.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/algorithm/cost_quantile.h"

namespace quanta::quantum {
namespace {

QuadraticCost random_cost(unsigned n) {
  RandomStream stream(n, "test cost");
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n, 1e9)};
  for (unsigned i = 0; i < n; ++i) {
    cost.linear[i] = stream.normal();
    for (unsigned j = i + 1; j < n; ++j) cost.quadratic(i, j) = stream.normal();
  }
  cost.constant = stream.normal();
  return cost;
}

// Below, at and above the 12 bits of a block; what lies below the diagonal is never read.
TEST(SplitCost, IsThePolynomialOfEveryStateAndKnowsItsStatistics) {
  for (const unsigned n : {1U, 2U, 11U, 12U, 13U, 17U}) {
    SCOPED_TRACE(n);
    const QuadraticCost cost = random_cost(n);
    const SplitCost split(cost);
    std::vector<double> block(std::size_t{1} << split.n_low());
    ASSERT_EQ(split.n_blocks() * block.size(), std::size_t{1} << n);
    double least = 1e300;
    double most = -1e300;
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t high = 0; high < split.n_blocks(); ++high) {
      split.block(high, block);
      for (std::size_t low = 0; low < block.size(); ++low) {
        const std::size_t x = high * block.size() + low;
        ASSERT_NEAR(split(x), value(cost, x), 1e-11);
        ASSERT_EQ(split(x), block[low]);
        least = std::min(least, split(x));
        most = std::max(most, split(x));
        sum += split(x);
        squares += split(x) * split(x);
      }
    }
    const double size = std::ldexp(1.0, static_cast<int>(n));
    for (const std::size_t threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const auto statistics = split.statistics({.pool = &pool});
      EXPECT_EQ(statistics.minimum, least);
      EXPECT_EQ(statistics.maximum, most);
      EXPECT_NEAR(statistics.mean, sum / size, 1e-10);
      EXPECT_NEAR(statistics.deviation, std::sqrt(squares / size - (sum / size) * (sum / size)),
                  1e-9);
    }
  }
}

double quantile_of(const std::vector<std::pair<double, double>>& outcomes, double alpha,
                   std::size_t n_parts) {
  double least = 1e300;
  double most = -1e300;
  for (const auto& [cost, probability] : outcomes) {
    least = std::min(least, cost);
    most = std::max(most, cost);
  }
  return cost_quantile(
      Execution{}, n_parts,
      [&](std::size_t part, const auto& take) {
        for (std::size_t i = part; i < outcomes.size(); i += n_parts) {
          take(outcomes[i].first, outcomes[i].second);
        }
      },
      least, most, alpha);
}

TEST(CostQuantile, IsTheLeastCostThatReachesTheShare) {
  RandomStream stream(3, "test outcomes");
  for (const bool repeated : {false, true}) {
    std::vector<std::pair<double, double>> outcomes(5000);
    double total = 0.0;
    for (auto& [cost, probability] : outcomes) {
      cost = repeated ? static_cast<double>(stream.below(9)) : stream.normal();
      probability = stream.uniform();
      total += probability;
    }
    for (auto& outcome : outcomes) outcome.second /= total;
    auto sorted = outcomes;
    std::ranges::sort(sorted);
    for (const double alpha : {1e-6, 0.1, 0.5, 0.999}) {
      double below = 0.0;
      double expected = sorted.back().first;
      for (const auto& [cost, probability] : sorted) {
        below += probability;
        if (below < alpha) continue;
        expected = cost;
        break;
      }
      for (const std::size_t n_parts : {1UL, 3UL}) {
        EXPECT_EQ(quantile_of(outcomes, alpha, n_parts), expected);
      }
    }
    EXPECT_EQ(quantile_of(outcomes, 1.0 + 1e-9, 2), sorted.back().first);
  }
  EXPECT_EQ(quantile_of({{2.5, 1.0}}, 0.3, 1), 2.5);
  // Costs a few last digits apart, and so far apart that no bin width is a number.
  EXPECT_EQ(quantile_of({{1.0, 0.5}, {std::nextafter(1.0, 2.0), 0.5}}, 0.6, 1),
            std::nextafter(1.0, 2.0));
  EXPECT_EQ(quantile_of({{-1e308, 0.5}, {1e308, 0.5}}, 0.6, 1), 1e308);
}

}  // namespace
}  // namespace quanta::quantum
