#include "portfolio/optimizers/piecewise_linear.h"

#include <algorithm>
#include <cmath>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"

namespace quanta::portfolio {
namespace {

constexpr double kInfinity = PiecewiseLinearSimplex::kInfinity;

struct Row {
  std::vector<double> coefficients;
  double offset = 0.0;
  double least = 0.0;
  double most = 0.0;
};

struct Program {
  std::vector<double> linear, lower, upper;
  std::vector<Row> rows;
};

PiecewiseLinearSimplex simplex_of(const Program& p) {
  PiecewiseLinearSimplex out(p.linear, p.lower, p.upper);
  for (const Row& row : p.rows) out.add_row(row.coefficients, row.offset, row.least, row.most);
  return out;
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// The objective by its definition; infinite where a constraint is broken by more than rounding.
double value_at(const Program& p, std::span<const double> x) {
  double value = dot(p.linear, x);
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (x[j] < p.lower[j] - 1e-11 || x[j] > p.upper[j] + 1e-11) return kInfinity;
  }
  for (const Row& row : p.rows) {
    const double excess = dot(row.coefficients, x) - row.offset;
    const double slope = excess > 0.0 ? row.most : row.least;
    if (std::isinf(slope) && std::abs(excess) > 1e-11) return kInfinity;
    if (std::isfinite(slope)) value += slope * excess;
  }
  return value;
}

std::vector<double> x_of(const PiecewiseLinearSimplex& simplex) {
  return {simplex.x().begin(), simplex.x().end()};
}

/// The value that the multipliers prove: their Lagrangian at its least over the box.
double bound_of(const Program& p, const std::vector<double>& y) {
  std::vector<double> g = p.linear;
  double bound = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_GE(y[i], p.rows[i].least);
    EXPECT_LE(y[i], p.rows[i].most);
    bound -= y[i] * p.rows[i].offset;
    for (std::size_t j = 0; j < g.size(); ++j) g[j] += y[i] * p.rows[i].coefficients[j];
  }
  for (std::size_t j = 0; j < g.size(); ++j) {
    const double at = g[j] > 0.0 ? p.lower[j] : p.upper[j];
    if (std::isinf(at)) {
      EXPECT_NEAR(g[j], 0.0, 1e-10);
    } else {
      bound += g[j] * at;
    }
  }
  return bound;
}

TEST(PiecewiseLinear, SaysWhyThereIsNoOptimum) {
  const double inf = kInfinity;
  const struct {
    const char* name;
    Program program;
    const char* field;
  } cases[] = {
      {"a sum above the bounds", {{0, 0}, {0, 0}, {1, 1}, {{{1, 1}, 3, -inf, inf}}}, "constraints"},
      {"rows that exclude each other",
       {{0, 0}, {0, 0}, {5, 5}, {{{1, 1}, 1, 0, inf}, {{-1, -1}, -2, 0, inf}}},
       "constraints"},
      {"two equations for one sum",
       {{0, 0}, {-inf, -inf}, {inf, inf}, {{{1, 1}, 1, -inf, inf}, {{1, 1}, 2, -inf, inf}}},
       "constraints"},
      {"nothing limits it", {{-1, 0}, {0, 0}, {inf, 1}, {}}, "objective"},
      {"a ramp that is too flat", {{-1}, {-inf}, {inf}, {{{1}, 0, 0, 0.5}}}, "objective"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    PiecewiseLinearSimplex simplex = simplex_of(c.program);
    const auto result = simplex.minimize({});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::kInfeasible);
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(PiecewiseLinear, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  PiecewiseLinearSimplex simplex({-1.0}, {0.0}, {1.0});
  const auto result = simplex.minimize({.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

// The sum of |x - a| is least at the median, max(0, .) with slopes 1 - q and q at the quantile.
TEST(PiecewiseLinear, FindsMedianAndQuantile) {
  const std::vector<double> points = {7, 1, 4, 9, 2, 8, 5};
  for (const auto& [quantile, want] : {std::pair{0.5, 5.0}, {0.2, 2.0}, {0.9, 9.0}}) {
    PiecewiseLinearSimplex simplex({0.0}, {-kInfinity}, {kInfinity});
    for (const double a : points) simplex.add_row(std::vector{1.0}, a, -quantile, 1 - quantile);
    ASSERT_TRUE(simplex.minimize({}).has_value());
    EXPECT_EQ(simplex.x()[0], want) << quantile;
  }
}

// Klee and Minty: maximise sum 10^(n-j) x_j with 2 sum_{j<i} 10^(i-j) x_j + x_i <= 100^(i-1).
TEST(PiecewiseLinear, SolvesKleeMinty) {
  PiecewiseLinearSimplex simplex({-100, -10, -1}, {0, 0, 0}, {kInfinity, kInfinity, kInfinity});
  simplex.add_row(std::vector<double>{1, 0, 0}, 1, 0, kInfinity);
  simplex.add_row(std::vector<double>{20, 1, 0}, 100, 0, kInfinity);
  simplex.add_row(std::vector<double>{200, 20, 1}, 10'000, 0, kInfinity);
  ASSERT_TRUE(simplex.minimize({}).has_value());
  EXPECT_NEAR(simplex.x()[2], 10'000, 1e-9);
  EXPECT_NEAR(simplex.x()[0], 0, 1e-12);
}

// Beale's example, on which the largest-descent rule circles for ever without a precaution.
TEST(PiecewiseLinear, LeavesBealesCircle) {
  PiecewiseLinearSimplex simplex({-0.75, 150, -0.02, 6}, {0, 0, 0, 0},
                                 {kInfinity, kInfinity, kInfinity, kInfinity});
  simplex.add_row(std::vector<double>{0.25, -60, -0.04, 9}, 0, 0, kInfinity);
  simplex.add_row(std::vector<double>{0.5, -90, -0.02, 3}, 0, 0, kInfinity);
  simplex.add_row(std::vector<double>{0, 0, 1, 0}, 1, 0, kInfinity);
  ASSERT_TRUE(simplex.minimize({}).has_value());
  EXPECT_NEAR(dot(std::vector<double>{-0.75, 150, -0.02, 6}, x_of(simplex)), -0.05, 1e-12);
}

Program random_program(RandomStream& random, bool ties) {
  const std::size_t n = 2 + static_cast<std::size_t>(random.uniform() * 5);
  const auto number = [&] { return ties ? std::round(2 * random.normal()) : random.normal(); };
  Program p;
  std::vector<double> inside;
  for (std::size_t j = 0; j < n; ++j) {
    const bool open = random.uniform() < 0.2;
    p.linear.push_back(open ? 0.0 : number());
    p.lower.push_back(open ? -kInfinity : -1.0);
    p.upper.push_back(open ? kInfinity : random.uniform() < 0.2 ? -1.0 : 2.0);
    inside.push_back(open ? number() : p.upper[j] < 0.0 ? -1.0 : ties ? 0.0 : random.uniform());
  }
  const auto add = [&](double least, double most, double room) {
    Row row{.coefficients = std::vector<double>(n), .offset = 0, .least = least, .most = most};
    for (double& c : row.coefficients) c = number();
    row.offset = dot(row.coefficients, inside) + room;
    p.rows.push_back(std::move(row));
  };
  add(-kInfinity, kInfinity, 0.0);
  if (random.uniform() < 0.5) add(0.0, kInfinity, ties ? 0.0 : random.uniform());
  if (random.uniform() < 0.5) add(0.0, kInfinity, ties ? 0.0 : random.uniform());
  for (int k = 0; k < 12; ++k) add(-1.0, random.uniform() < 0.5 ? 1.0 : 2.0, number());
  return p;
}

RC_GTEST_PROP(PiecewiseLinear, MultipliersProveTheValue, (std::uint64_t seed, bool ties)) {
  RandomStream random(seed, "piecewise", 0);
  const Program p = random_program(random, ties);
  PiecewiseLinearSimplex simplex = simplex_of(p);
  const auto done = simplex.minimize({});
  RC_ASSERT(done.has_value());
  const double value = value_at(p, x_of(simplex));
  RC_ASSERT(std::isfinite(value));
  RC_ASSERT(std::abs(value - bound_of(p, simplex.row_multipliers())) <=
            1e-10 * (1.0 + std::abs(value)));
}

RC_GTEST_PROP(PiecewiseLinear, MendsWhatAddedRowsBreak, (std::uint64_t seed)) {
  RandomStream random(seed, "repair", 0);
  Program p = random_program(random, false);
  std::erase_if(p.rows, [](const Row& row) { return std::isfinite(row.most); });
  for (std::size_t j = 0; j < p.linear.size(); ++j) {
    p.lower[j] = std::max(p.lower[j], -3.0);
    p.upper[j] = std::min(p.upper[j], 3.0);
  }
  PiecewiseLinearSimplex step_by_step = simplex_of(p);
  if (!step_by_step.minimize({})) return;  // the inside point may lie beyond the closer bounds
  for (int k = 0; k < 6; ++k) {
    Row row{.coefficients = {}, .offset = 0, .least = 0, .most = kInfinity};
    for (std::size_t j = 0; j < p.linear.size(); ++j) row.coefficients.push_back(random.normal());
    row.offset = dot(row.coefficients, x_of(step_by_step)) - 0.3 * random.uniform();
    step_by_step.add_row(row.coefficients, row.offset, row.least, row.most);
    p.rows.push_back(row);
    PiecewiseLinearSimplex at_once = simplex_of(p);
    const bool feasible = at_once.minimize({}).has_value();
    RC_ASSERT(step_by_step.repair({}).has_value() == feasible);
    if (!feasible) return;
    const double value = value_at(p, x_of(step_by_step));
    RC_ASSERT(std::abs(value - value_at(p, x_of(at_once))) <= 1e-10 * (1.0 + std::abs(value)));
  }
}

}  // namespace
}  // namespace quanta::portfolio
