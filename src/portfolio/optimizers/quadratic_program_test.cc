#include "portfolio/optimizers/quadratic_program.h"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"
#include "core/sums.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

QuadraticProgram box_program(Matrix quadratic, std::vector<double> linear, double lower,
                             double upper) {
  const std::size_t n = linear.size();
  return {.quadratic = std::move(quadratic),
          .linear = std::move(linear),
          .equality = {},
          .equality_value = {},
          .inequality = {},
          .inequality_limit = {},
          .lower = std::vector<double>(n, lower),
          .upper = std::vector<double>(n, upper)};
}

// By hand: min x^2 + y^2 - 2x - 5y (Q = 2I). Without limits (1, 2.5), value -7.25. Nocedal and
// Wright, Numerical Optimization, example 16.4, adds x - 2y >= -2, -x - 2y >= -6, -x + 2y >= -2 and
// x, y >= 0; its solution is (1.4, 1.7).
TEST(QuadraticProgram, SolvesAPublishedExample) {
  QuadraticProgram p = box_program(Matrix(2, 2, {2, 0, 0, 2}), {-2, -5}, -kInfinity, kInfinity);
  const auto free = solve_quadratic_program(p, {}).value();
  EXPECT_NEAR(free.x[0], 1.0, 1e-15);
  EXPECT_NEAR(free.x[1], 2.5, 1e-15);
  EXPECT_NEAR(free.value, -7.25, 1e-14);
  p.inequality = Matrix(3, 2, {-1, 2, 1, 2, 1, -2});
  p.inequality_limit = {2, 6, 2};
  p.lower = {0, 0};
  const auto limited = solve_quadratic_program(p, {}).value();
  EXPECT_NEAR(limited.x[0], 1.4, 1e-14);
  EXPECT_NEAR(limited.x[1], 1.7, 1e-14);
  EXPECT_NEAR(limited.inequality_multiplier[0], 0.8, 1e-14);
  EXPECT_EQ(limited.inequality_multiplier[1], 0.0);
  EXPECT_EQ(limited.inequality_multiplier[2], 0.0);
  EXPECT_NEAR(dual_bound(p, limited).bound, limited.value, 1e-14);
}

// A linear program: min -x - 2y with x + y <= 1.5 in the unit square: (0.5, 1), value -2.5.
TEST(QuadraticProgram, SolvesALinearProgram) {
  QuadraticProgram p = box_program(Matrix(2, 2), {-1, -2}, 0.0, 1.0);
  p.inequality = Matrix(1, 2, 1.0);
  p.inequality_limit = {1.5};
  const auto solution = solve_quadratic_program(p, {}).value();
  EXPECT_NEAR(solution.x[0], 0.5, 1e-12);
  EXPECT_NEAR(solution.x[1], 1.0, 1e-12);
  EXPECT_NEAR(solution.inequality_multiplier[0], 1.0, 1e-9);
  EXPECT_NEAR(dual_bound(p, solution).bound, -2.5, 1e-11);
}

TEST(QuadraticProgram, StartsFromAGuessAndEndsTheSame) {
  QuadraticProgram p =
      box_program(Matrix(3, 3, {4, 1, 0, 1, 9, 2, 0, 2, 16}), {-1, -1, -8}, 0.0, 0.4);
  p.equality = Matrix(1, 3, 1.0);
  p.equality_value = {1.0};
  const auto cold = solve_quadratic_program(p, {}).value();
  const auto warm = solve_quadratic_program(p, {}, cold.states).value();
  EXPECT_EQ(warm.iterations, 1);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(warm.x[i], cold.x[i], 1e-15);
  using enum BoundState;
  for (const auto first : {kFree, kAtLower, kAtUpper}) {
    for (const auto second : {kFree, kAtLower, kAtUpper}) {
      const std::vector<BoundState> start{first, second, kAtLower};
      const auto other = solve_quadratic_program(p, {}, start).value();
      for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(other.x[i], cold.x[i], 1e-13);
    }
  }
}

TEST(QuadraticProgram, SaysWhyThereIsNoAnswer) {
  const Matrix identity(2, 2, {1, 0, 0, 1});
  QuadraticProgram crossed = box_program(identity, {0, 0}, 1.0, 0.0);
  QuadraticProgram nowhere = box_program(identity, {0, 0}, kInfinity, kInfinity);
  QuadraticProgram too_much = box_program(identity, {0, 0}, 0.0, 1.0);
  too_much.equality = Matrix(1, 2, 1.0);
  too_much.equality_value = {3.0};
  QuadraticProgram against = box_program(identity, {0, 0}, -kInfinity, kInfinity);
  against.equality = Matrix(1, 2, 1.0);
  against.equality_value = {1.0};
  against.inequality = Matrix(2, 2, {1, -1, 1, 1});
  against.inequality_limit = {5.0, 0.5};
  QuadraticProgram fixed = box_program(identity, {0, 0}, 1.0, 1.0);
  fixed.equality = Matrix(1, 2, 1.0);
  fixed.equality_value = {3.0};
  QuadraticProgram partly = box_program(identity, {0, 0}, 0.0, 1.0);
  partly.lower[0] = 1.0;
  partly.inequality = Matrix(1, 2, {2.0, 1.0});
  partly.inequality_limit = {1.0};
  QuadraticProgram endless = box_program(Matrix(2, 2, {1, 0, 0, 0}), {0, -1}, 0.0, kInfinity);
  QuadraticProgram endless_mix =
      box_program(Matrix(2, 2, {1, 1, 1, 1}), {0, -1}, -kInfinity, kInfinity);
  QuadraticProgram sizes = box_program(identity, {0, 0}, 0.0, 1.0);
  sizes.equality_value = {1.0};
  const struct {
    const char* name;
    const QuadraticProgram& program;
    ErrorKind kind;
    const char* field;
    const char* says;
  } cases[] = {
      {"crossed bounds", crossed, ErrorKind::kInfeasible, "bounds", "variable 1"},
      {"bounds at infinity", nowhere, ErrorKind::kInfeasible, "bounds", "variable 1"},
      {"a sum out of reach", too_much, ErrorKind::kInfeasible, "constraints", "equality row 1"},
      {"rows against each other", against, ErrorKind::kInfeasible, "constraints",
       "equality row 1, inequality row 2"},
      {"everything fixed", fixed, ErrorKind::kInfeasible, "constraints", "fixed"},
      {"one variable fixed", partly, ErrorKind::kInfeasible, "constraints", "inequality row 1"},
      {"no curvature along a free axis", endless, ErrorKind::kInfeasible, "objective", "limit"},
      {"no curvature along a mix", endless_mix, ErrorKind::kInfeasible, "objective", "limit"},
      {"sizes", sizes, ErrorKind::kInternal, "", "sizes"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto solution = solve_quadratic_program(c.program, {});
    ASSERT_FALSE(solution.has_value());
    EXPECT_EQ(solution.error().kind, c.kind);
    EXPECT_EQ(solution.error().field, c.field);
    EXPECT_NE(solution.error().message.find(c.says), std::string::npos) << solution.error().message;
  }
}

// Any point and any multipliers give a bound; by hand for min x^2/2 over [1, 2] (least 1/2, at 1).
TEST(DualBound, HoldsForAnyMultipliers) {
  QuadraticProgram p = box_program(Matrix(1, 1, 1.0), {0.0}, 1.0, 2.0);
  EXPECT_DOUBLE_EQ(dual_bound(p, std::vector<double>{1.0}, {}, {}).bound, 0.5);
  // At 2 the tangent is 2 - 2 (2 - v), at v = 1 that is 0.
  const DualBound worse = dual_bound(p, std::vector<double>{2.0}, {}, {});
  EXPECT_DOUBLE_EQ(worse.value, 2.0);
  EXPECT_DOUBLE_EQ(worse.bound, 0.0);
  EXPECT_DOUBLE_EQ(worse.kkt_residual, 1.0);
  EXPECT_EQ(worse.infeasibility, 0.0);
  EXPECT_DOUBLE_EQ(dual_bound(p, std::vector<double>{0.25}, {}, {}).infeasibility, 0.75);
  p.inequality = Matrix(1, 1, -1e-6);  // x >= 1.5, in small numbers
  p.inequality_limit = {-1.5e-6};
  EXPECT_DOUBLE_EQ(dual_bound(p, std::vector<double>{1.0}, {}, std::vector{0.0}).infeasibility,
                   0.5);
  p.inequality = {};
  p.inequality_limit = {};
  p.lower = {-kInfinity};
  p.upper = {kInfinity};
  // Curvature bounds what no limit does: the tangent at 2 with it is exact, least 0.
  EXPECT_DOUBLE_EQ(dual_bound(p, std::vector<double>{2.0}, {}, {}).bound, 0.0);
  p.quadratic = Matrix(1, 1, 0.0);
  p.linear = {1.0};
  EXPECT_DOUBLE_EQ(dual_bound(p, std::vector<double>{0.0}, {}, {}).bound, -1e4);
}

TEST(LargestOnBudget, FillsFromTheBestDown) {
  const std::vector<double> g{0.1, 0.3, 0.2};
  const auto most = [&](std::vector<double> lower, std::vector<double> upper) {
    return largest_on_budget(g, lower, upper, 1.0);
  };
  EXPECT_DOUBLE_EQ(most({0, 0, 0}, {1, 1, 1}).value, 0.3);
  EXPECT_DOUBLE_EQ(most({0, 0, 0}, {1, 0.5, 1}).value, 0.25);
  EXPECT_DOUBLE_EQ(most({0, 0, 0}, {1, 0.5, 1}).price, 0.2);
  EXPECT_DOUBLE_EQ(most({0.2, 0, 0}, {1, 0.5, 1}).value, 0.02 + 0.15 + 0.06);
  EXPECT_DOUBLE_EQ(most({-1, 0, 0}, {1, 1.5, 1}).value, -0.1 + 0.45 + 0.1);
  EXPECT_EQ(most({0.5, 0.5, 0.5}, {1, 1, 1}).value, -kInfinity);
  EXPECT_EQ(most({0, 0, 0}, {0.3, 0.3, 0.3}).value, -kInfinity);
  EXPECT_EQ(most({-kInfinity, 0, 0}, {1, kInfinity, 1}).value, kInfinity);
  EXPECT_DOUBLE_EQ(most({-kInfinity, 0, 0}, {1, 2, 1}).value, 0.6 + 0.2 - 0.2);
  EXPECT_DOUBLE_EQ(most({0, -kInfinity, 0}, {1, 0.5, 1}).value, 0.25);
  const std::vector<double> ten(10, 0.1);  // their sum is 1 - 1.1e-16
  EXPECT_DOUBLE_EQ(largest_on_budget(ten, std::vector(10, 0.0), ten, 1.0).value, 0.1);
  EXPECT_EQ(largest_on_budget({}, {}, {}, 1.0).value, -kInfinity);
}

// ---- Random programs ----------------------------------------------------------------------------

double small() { return *rc::gen::inRange(-100, 101) / 100.0; }

/// Q = M'M of any rank, a feasible point, rows through or beside it. With `inside` the point lies
/// strictly within the box and the inequalities, so that multipliers are bounded.
QuadraticProgram random_program(bool inside) {
  const auto n = static_cast<std::size_t>(*rc::gen::inRange(1, 12));
  const auto rank = static_cast<std::size_t>(*rc::gen::inRange(0, 14));
  Matrix root(rank, n);
  for (std::size_t r = 0; r < rank; ++r) {
    for (double& value : root.row(r)) value = small();
  }
  QuadraticProgram p = box_program(Matrix(n, n), std::vector<double>(n), -1.0, 1.0);
  std::vector<double> point(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t r = 0; r < rank; ++r) p.quadratic(i, j) += root(r, i) * root(r, j);
    }
    p.linear[i] = small();
    p.lower[i] = small();
    p.upper[i] = p.lower[i] + *rc::gen::inRange(0, 200) / 100.0;
    const int quarters = inside ? *rc::gen::inRange(1, 4) : *rc::gen::inRange(0, 5);
    point[i] = p.lower[i] + (p.upper[i] - p.lower[i]) * quarters / 4.0;
  }
  const auto rows = [&](std::size_t count, Matrix& matrix, std::vector<double>& limits,
                        bool slack) {
    matrix = Matrix(count, n);
    for (std::size_t r = 0; r < count; ++r) {
      double at_point = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        matrix(r, i) = small();
        at_point += matrix(r, i) * point[i];
      }
      limits.push_back(at_point + (slack ? *rc::gen::inRange(inside ? 1 : 0, 3) * 0.1 : 0.0));
    }
  };
  rows(static_cast<std::size_t>(*rc::gen::inRange(0, 3)), p.equality, p.equality_value, false);
  rows(static_cast<std::size_t>(*rc::gen::inRange(0, 4)), p.inequality, p.inequality_limit, true);
  return p;
}

RC_GTEST_PROP(QuadraticProgramProperty, MeetsItsDualBound, ()) {
  const QuadraticProgram p = random_program(true);
  const auto solution = solve_quadratic_program(p, {});
  if (!solution) RC_FAIL(solution.error().message);
  const DualBound proof = dual_bound(p, *solution);
  RC_ASSERT(proof.infeasibility <= 1e-9);
  RC_ASSERT(proof.kkt_residual <= 1e-7);
  RC_ASSERT(std::abs(proof.value - proof.bound) <= 1e-9 * (1.0 + std::abs(proof.value)));
  for (std::size_t i = 0; i < p.linear.size(); ++i) {
    if (solution->states[i] == BoundState::kAtLower) RC_ASSERT(solution->x[i] == p.lower[i]);
    if (solution->states[i] == BoundState::kAtUpper) RC_ASSERT(solution->x[i] == p.upper[i]);
    RC_ASSERT(solution->lower_multiplier[i] >= 0.0 && solution->upper_multiplier[i] >= 0.0);
  }
}

/// Rows through one allowed point, often with nothing left around it.
QuadraticProgram tight_program(std::uint64_t seed) {
  RandomStream random(seed, "tight programs");
  const std::size_t n = 2 + seed % 5;
  Matrix root(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (double& value : root.row(i)) value = random.normal();
  }
  Matrix q(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) q(i, j) = dot(root.row(i), root.row(j));
    q(i, i) += 0.1;
  }
  const double upper = seed % 3 == 0 ? 3.0 : kInfinity;
  QuadraticProgram p = box_program(q, std::vector<double>(n, 0.0), 0.0, upper);
  std::vector<double> point(n);
  for (double& value : point) value = random.uniform() < 0.4 ? 0.0 : 2.0 * random.uniform();
  p.inequality = Matrix(1 + seed % 3, n);
  for (std::size_t r = 0; r < p.inequality.rows(); ++r) {
    double at_point = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      p.inequality(r, i) = random.normal();
      at_point += p.inequality(r, i) * point[i];
    }
    p.inequality_limit.push_back(at_point + (random.uniform() < 0.5 ? 0.0 : random.uniform()));
  }
  return p;
}

TEST(QuadraticProgram, FindsTheOptimumWhereRowsHardlyLeaveAPoint) {
  for (std::uint64_t seed = 0; seed < 6'000; ++seed) {
    const QuadraticProgram p = tight_program(seed);
    const auto solution = solve_quadratic_program(p, {});
    ASSERT_TRUE(solution) << "seed " << seed << ": " << solution.error().message;
    const DualBound proof = dual_bound(p, *solution);
    EXPECT_LE(proof.infeasibility, 1e-8) << "seed " << seed;
    EXPECT_NEAR(proof.value, proof.bound, 1e-8 * (1.0 + std::abs(proof.value))) << "seed " << seed;
  }
}

RC_GTEST_PROP(QuadraticProgramProperty, NoMultipliersGiveABoundAboveTheOptimum, ()) {
  const QuadraticProgram p = random_program(false);
  const auto solution = solve_quadratic_program(p, {});
  if (!solution) RC_FAIL(solution.error().message);
  RC_ASSERT(dual_bound(p, *solution).infeasibility <= 1e-8);
  std::vector<double> x(p.linear.size());
  std::vector<double> y(p.equality.rows());
  std::vector<double> w(p.inequality.rows());
  for (double& value : x) value = 2.0 * small();
  for (double& value : y) value = 5.0 * small();
  for (double& value : w) value = 5.0 * small();
  RC_ASSERT(dual_bound(p, x, y, w).bound <= solution->value + 1e-9);
}

}  // namespace
}  // namespace quanta::portfolio
