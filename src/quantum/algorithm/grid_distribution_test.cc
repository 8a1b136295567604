#include "quantum/algorithm/grid_distribution.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include <gtest/gtest.h>

#include "quantum/algorithm/expected_for_tests.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(GridDistribution, NamesTheFieldAtFault) {
  const Matrix unit(2, 2, {1.0, 0.2, 0.2, 1.0});
  const struct {
    const char* name;
    std::vector<double> mean;
    Matrix covariance;
    std::vector<unsigned> qubits;
    std::vector<Interval> bounds;
    const char* field;
  } cases[] = {
      {"no dimension", {}, Matrix(), {}, {}, "mean"},
      {"mean not a number", {0.0, kNaN}, unit, {2, 2}, {{-1, 1}, {-1, 1}}, "mean"},
      {"covariance too small", {0.0, 0.0}, Matrix(1, 1, 1.0), {2, 2}, {}, "covariance"},
      {"covariance not finite", {0.0}, Matrix(1, 1, kInfinity), {2}, {{0, 1}}, "covariance"},
      {"not symmetric", {0, 0}, Matrix(2, 2, {1.0, 0.2, 0.3, 1.0}), {2, 2}, {}, "covariance"},
      {"not definite", {0, 0}, Matrix(2, 2, {1.0, 2.0, 2.0, 1.0}), {2, 2}, {}, "covariance"},
      {"no variance", {0.0}, Matrix(1, 1, 0.0), {2}, {}, "covariance"},
      {"too few axes", {0.0, 0.0}, unit, {2}, {}, "qubits"},
      {"an axis without qubits", {0.0, 0.0}, unit, {2, 0}, {}, "qubits"},
      {"too many qubits", {0.0, 0.0}, unit, {6, 7}, {}, "qubits"},
      {"far too many qubits", {0.0, 0.0}, unit, {1, ~0U}, {}, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const auto& grid : {log_normal_grid(c.mean, c.covariance, c.qubits),
                             normal_grid(c.mean, c.covariance, c.bounds, c.qubits)}) {
      ASSERT_FALSE(grid.has_value());
      EXPECT_EQ(grid.error().kind, ErrorKind::kBadInput);
      EXPECT_EQ(grid.error().field, c.field);
    }
  }
  const Matrix one(1, 1, 1.0);
  const std::vector<double> zero = {0.0};
  const std::vector<unsigned> two = {2};
  const auto bounded = [&](std::vector<Interval> bounds) {
    return normal_grid(zero, one, bounds, two);
  };
  EXPECT_EQ(bounded({}).error().field, "bounds");
  EXPECT_EQ(bounded({{1.0, 1.0}}).error().field, "bounds");
  EXPECT_EQ(bounded({{kNaN, 1.0}}).error().field, "bounds");
  EXPECT_EQ(bounded({{0.0, kInfinity}}).error().field, "bounds");
  EXPECT_EQ(log_normal_grid(zero, one, two, 0.0).error().field, "deviations");
  EXPECT_EQ(log_normal_grid(zero, one, two, kNaN).error().field, "deviations");
  EXPECT_EQ(log_normal_grid(std::vector<double>{1e4}, one, two).error().field, "mean");
}

// The grid of the published option examples, by an independent program:
// shared/data/expected/quantum/amplitude_estimation.json.
TEST(GridDistribution, HasTheExpectedLogNormalGrid) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const auto& p = book.at("parameters");
  const std::vector<double> mean = {number(p.at("mu"))};
  const double sigma = number(p.at("sigma"));
  const auto grid =
      log_normal_grid(mean, Matrix(1, 1, sigma * sigma), std::vector<unsigned>{3}).value();
  EXPECT_NEAR(grid.axes[0].low, number(p.at("low")), 1e-12);
  EXPECT_NEAR(grid.axes[0].high, number(p.at("high")), 1e-12);
  const auto& expected = book.at("grid3");
  ASSERT_EQ(grid.probabilities.size(), expected.at("p").as_array().size());
  for (std::size_t i = 0; i < grid.probabilities.size(); ++i) {
    EXPECT_NEAR(grid.value(i, 0), number(expected.at("x").at(i)), 1e-12);
    EXPECT_NEAR(grid.probabilities[i], number(expected.at("p").at(i)), 1e-12);
  }
}

// The ratio of two points' probabilities is that of the densities: with covariance
// [[2, 1], [1, 2]], whose inverse is [[2, -1], [-1, 2]] / 3.
TEST(GridDistribution, IsProportionalToTheDensity) {
  const std::vector<double> mean = {0.5, -1.0};
  const Matrix covariance(2, 2, {2.0, 1.0, 1.0, 2.0});
  const std::vector<unsigned> qubits = {2, 3};
  const std::vector<Interval> bounds = {{-1.0, 2.0}, {-4.0, 3.0}};
  const auto normal = normal_grid(mean, covariance, bounds, qubits).value();
  const auto log_normal = log_normal_grid(mean, covariance, qubits, 1.5).value();
  const auto log_density = [&](double x, double y) {
    const double dx = x - mean[0];
    const double dy = y - mean[1];
    return -(2 * dx * dx - 2 * dx * dy + 2 * dy * dy) / 6.0;
  };
  ASSERT_EQ(normal.probabilities.size(), 32U);
  EXPECT_EQ(normal.register_of(0), (std::vector<unsigned>{0, 1}));
  EXPECT_EQ(normal.register_of(1), (std::vector<unsigned>{2, 3, 4}));
  for (const auto* grid : {&normal, &log_normal}) {
    EXPECT_NEAR(std::accumulate(grid->probabilities.begin(), grid->probabilities.end(), 0.0), 1.0,
                1e-14);
    std::optional<double> first;
    for (std::size_t position = 0; position < 32; ++position) {
      EXPECT_EQ(grid->index(position, 0), position % 4);
      EXPECT_EQ(grid->index(position, 1), position / 4);
      double x = grid->value(position, 0);
      double y = grid->value(position, 1);
      double jacobian = 0.0;
      if (grid == &log_normal) {
        if (x <= 0.0 || y <= 0.0) {
          EXPECT_EQ(grid->probabilities[position], 0.0);  // the cut lower end is a point too
          continue;
        }
        jacobian = std::log(x) + std::log(y);
        x = std::log(x);
        y = std::log(y);
      }
      const double constant =
          std::log(grid->probabilities[position]) - log_density(x, y) + jacobian;
      if (!first) first = constant;
      EXPECT_NEAR(constant, *first, 1e-12);
    }
  }
}

TEST(GridDistribution, FindsTheFirstPointAtOrAbove) {
  const GridAxis axis{.low = 1.0, .high = 2.5, .qubits = 2};  // 1, 1.5, 2, 2.5
  EXPECT_EQ(axis.first_at_least(-3.0), 0U);
  EXPECT_EQ(axis.first_at_least(1.5), 1U);
  EXPECT_EQ(axis.first_at_least(std::nextafter(1.5, 2.0)), 1U);
  EXPECT_EQ(axis.first_at_least(1.6), 2U);
  EXPECT_EQ(axis.first_at_least(2.6), 4U);
}

}  // namespace
}  // namespace quanta::quantum
