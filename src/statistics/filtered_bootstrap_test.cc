#include "statistics/filtered_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "statistics/moments.h"

namespace quanta::statistics {
namespace {

/// Three assets whose variances follow their own squares (own = 1) or those of all (0), or neither.
Matrix cyclic_returns(std::size_t n_periods, double weight, double persistence, double own,
                      std::uint64_t seed) {
  RandomStream random(seed, "test returns");
  Matrix out(n_periods, 3);
  std::vector<double> g(3, 1.0);
  for (std::size_t t = 0; t < n_periods + 300; ++t) {
    std::vector<double> x(3);
    double all = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      x[i] = std::sqrt(g[i]) * random.normal();
      all += x[i] * x[i] / 3;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      g[i] = 1 - persistence + weight * (own * x[i] * x[i] + (1 - own) * all) +
             (persistence - weight) * g[i];
      if (t >= 300) out(t - 300, i) = 0.001 * static_cast<double>(i + 1) + 0.01 * x[i];
    }
  }
  return out;
}

TEST(FilteredBootstrap, NamesTheFieldAtFault) {
  Matrix broken = cyclic_returns(20, 0, 0, 0, 1);
  broken(3, 1) = std::numeric_limits<double>::quiet_NaN();
  Matrix constant = cyclic_returns(20, 0, 0, 0, 1);
  for (std::size_t t = 0; t < 20; ++t) constant(t, 2) = 0.5;
  const struct {
    const char* name;
    Matrix returns;
    const char* says;
  } cases[] = {{"empty", Matrix(), ""},
               {"not a number", broken, "row 4"},
               {"a constant", constant, "singular"},
               {"as many assets as periods", cyclic_returns(3, 0, 0, 0, 1), "singular"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto filtered = filter_returns(c.returns, 1, {});
    ASSERT_FALSE(filtered.has_value());
    EXPECT_EQ(filtered.error().field, "returns");
    EXPECT_NE(filtered.error().message.find(c.says), std::string::npos) << filtered.error().message;
  }
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(
      filter_returns(cyclic_returns(20, 0, 0, 0, 1), 1, {.stop = source.get_token()}).error().kind,
      ErrorKind::kCancelled);
}

// The parameters that made 800 periods are found within the grid's neighbours.
TEST(FilteredBootstrap, FindsTheCyclesThatAreThere) {
  const auto likeliest = [](const Matrix& returns) {
    const auto filtered = filter_returns(returns, 1, {}).value();
    double sum = 0.0;
    for (const VolatilityCycles& cycles : filtered.cycles) sum += cycles.chance;
    EXPECT_NEAR(sum, 1.0, 1e-12);
    return *std::ranges::max_element(filtered.cycles, {}, &VolatilityCycles::chance);
  };
  const VolatilityCycles own = likeliest(cyclic_returns(800, 0.08, 0.95, 1.0, 2));
  EXPECT_NEAR(own.weight, 0.08, 0.051);
  EXPECT_NEAR(own.persistence, 0.95, 0.041);
  EXPECT_GE(own.own, 0.75);
  const VolatilityCycles common = likeliest(cyclic_returns(800, 0.08, 0.95, 0.0, 3));
  EXPECT_NEAR(common.persistence, 0.95, 0.041);
  EXPECT_LE(common.own, 0.25);
  EXPECT_LE(likeliest(cyclic_returns(800, 0.0, 0.5, 0.0, 4)).weight, 0.02);
}

TEST(FilteredBootstrap, DrawsLieAroundTheSample) {
  const Matrix returns = cyclic_returns(150, 0.1, 0.95, 1.0, 5);
  const Moments sample = estimate_moments(returns, {}).value();
  const FilteredReturns filtered = filter_returns(returns, 6, {}).value();
  const std::size_t draws = 300;
  Matrix sum(3, 3);
  std::vector<double> mean(3, 0.0);
  for (std::size_t d = 0; d < draws; ++d) {
    RandomStream random(7, "test draw", d);
    const Moments drawn = estimate_moments(filtered_resample(filtered, random), {}).value();
    for (std::size_t i = 0; i < 3; ++i) {
      mean[i] += drawn.mean[i] / draws;
      for (std::size_t j = 0; j < 3; ++j) sum(i, j) += drawn.covariance(i, j) / draws;
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const double variance = sample.covariance(i, i);
    EXPECT_NEAR(mean[i], sample.mean[i], 5 * std::sqrt(variance / (150.0 * draws)));
    for (std::size_t j = 0; j < 3; ++j) {
      // A draw of a variance spreads by some 0.4 of it, and both averages are of hundreds.
      EXPECT_NEAR(sum(i, j), sample.covariance(i, j),
                  0.15 * std::sqrt(variance * sample.covariance(j, j)));
    }
  }
}

// Own cycles make a sample variance of 500 periods vary far more than independent rows do.
TEST(FilteredBootstrap, VariancesVaryAsMuchAsTheirCyclesMakeThem) {
  const auto spread = [](const Matrix& returns) {
    const FilteredReturns filtered = filter_returns(returns, 6, {}).value();
    double mean = 0.0;
    double square = 0.0;
    const int draws = 100;
    for (std::uint64_t d = 0; d < draws; ++d) {
      RandomStream random(7, "test draw", d);
      const double drawn =
          estimate_moments(filtered_resample(filtered, random), {}).value().covariance(0, 0);
      mean += drawn / draws;
      square += drawn * drawn / draws;
    }
    return std::sqrt(square - mean * mean) / mean;
  };
  // Of independent normal numbers: sqrt(2 / 500) = 0.063.
  EXPECT_NEAR(spread(cyclic_returns(500, 0.0, 0.5, 0.0, 8)), 0.063, 0.03);
  EXPECT_GT(spread(cyclic_returns(500, 0.1, 0.975, 1.0, 9)), 0.15);
}

TEST(FilteredBootstrap, SameBitsForAnyNumberOfThreads) {
  const Matrix returns = cyclic_returns(60, 0.1, 0.95, 1.0, 5);
  const FilteredReturns one = filter_returns(returns, 6, {}).value();
  for (const std::size_t threads : {2U, 7U}) {
    ThreadPool pool(threads);
    const FilteredReturns many = filter_returns(returns, 6, {.pool = &pool}).value();
    EXPECT_EQ(many.to_sample, one.to_sample);
    RandomStream a(1, "test draw");
    RandomStream b(1, "test draw");
    EXPECT_EQ(filtered_resample(many, a), filtered_resample(one, b));
  }
}

}  // namespace
}  // namespace quanta::statistics
