#include "portfolio/objectives/selection.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace quanta::portfolio {
namespace {

const Matrix kCovariance(3, 3, {4.0, 1.0, 0.5, 1.0, 9.0, 2.0, 0.5, 2.0, 1.0});
const std::vector<double> kMean = {0.3, 0.7, 0.1};

TEST(Selection, IsTheObjectiveOverZeroAndOne) {
  const auto problem = selection_problem(kCovariance, kMean, 0.5, 2).value();
  EXPECT_EQ(problem.n_lots, 2U);
  EXPECT_EQ(problem.max_lots, 1U);
  // q (4 + 1 + 2 x 0.5) - (0.3 + 0.1), by hand.
  EXPECT_NEAR(value(problem, std::vector<unsigned>{1, 0, 1}), 0.5 * 6.0 - 0.4, 1e-15);
}

TEST(Lots, AreTheObjectiveOverSharesOfTheWhole) {
  const auto problem = lot_problem(kCovariance, kMean, 2.0, 4, 3).value();
  // x = (3/4, 1/4, 0): x'Sx = 9/16 x 4 + 1/16 x 9 + 2 x 3/16 x 1.
  EXPECT_NEAR(value(problem, std::vector<unsigned>{3, 1, 0}),
              2.0 * (36.0 + 9.0 + 6.0) / 16.0 - (0.9 + 0.7) / 4.0, 1e-14);
  EXPECT_EQ(lot_problem(kCovariance, kMean, 2.0, 4, 100).value().max_lots, 4U);
}

TEST(Lots, CountsWhatIsFeasible) {
  const auto count = [](std::size_t n, unsigned n_lots, unsigned max_lots) {
    return n_feasible({Matrix(n, n), std::vector<double>(n), n_lots, max_lots});
  };
  EXPECT_EQ(count(24, 12, 1), 2'704'156U);
  EXPECT_EQ(count(5, 8, 8), 495U);  // C(12, 4)
  EXPECT_EQ(count(3, 6, 2), 1U);
  EXPECT_EQ(count(2, 3, 2), 2U);
  EXPECT_EQ(count(64, 32, 1), 1'832'624'140'942'590'534U);
  EXPECT_EQ(count(1000, 500, 1), std::numeric_limits<std::uint64_t>::max());
  // The counts on the way are beyond 64 bits, the result is not.
  EXPECT_EQ(count(200, 199, 1), 200U);
}

TEST(Selection, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Matrix with_nan = kCovariance;
  with_nan(1, 2) = nan;
  Matrix skew = kCovariance;
  skew(2, 0) = 0.7;
  const struct {
    const char* name;
    Matrix covariance;
    std::vector<double> mean;
    double risk_weight;
    unsigned k;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no assets", Matrix(), {}, 1.0, 1, ErrorKind::kBadInput, "mean"},
      {"sizes", Matrix(2, 2), kMean, 1.0, 1, ErrorKind::kBadInput, "covariance"},
      {"not a number", with_nan, kMean, 1.0, 1, ErrorKind::kBadInput, "covariance"},
      {"not symmetric", skew, kMean, 1.0, 1, ErrorKind::kBadInput, "covariance"},
      {"mean", kCovariance, {0.1, nan, 0.1}, 1.0, 1, ErrorKind::kBadInput, "mean"},
      {"negative q", kCovariance, kMean, -1.0, 1, ErrorKind::kBadInput, "risk-weight"},
      {"q not a number", kCovariance, kMean, nan, 1, ErrorKind::kBadInput, "risk-weight"},
      {"k of none", kCovariance, kMean, 1.0, 0, ErrorKind::kBadInput, "select"},
      {"k above n", kCovariance, kMean, 1.0, 4, ErrorKind::kInfeasible, "select"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = selection_problem(c.covariance, c.mean, c.risk_weight, c.k);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(Lots, NameTheFieldAtFault) {
  const struct {
    const char* name;
    unsigned n_lots;
    unsigned max_lots;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no lots", 0, 1, ErrorKind::kBadInput, "lots"},
      {"too many", kMaxLots + 1, kMaxLots, ErrorKind::kBadInput, "lots"},
      {"no room", 4, 0, ErrorKind::kBadInput, "max-lots"},
      {"do not fit", 7, 2, ErrorKind::kInfeasible, "lots"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = lot_problem(kCovariance, kMean, 1.0, c.n_lots, c.max_lots);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
  EXPECT_EQ(lot_problem(kCovariance, kMean, -0.1, 2, 1).error().field, "risk-weight");
}

}  // namespace
}  // namespace quanta::portfolio
