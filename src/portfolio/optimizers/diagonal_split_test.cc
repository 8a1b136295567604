#include "portfolio/optimizers/diagonal_split.h"

#include <cmath>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"

namespace quanta::portfolio {
namespace {

double least_eigenvalue(const Matrix& q, const std::vector<double>& d) {
  const auto n = static_cast<Eigen::Index>(q.rows());
  Eigen::MatrixXd rest = Eigen::Map<const Eigen::MatrixXd>(q.data(), n, n);
  for (Eigen::Index i = 0; i < n; ++i) rest(i, i) -= d[static_cast<std::size_t>(i)];
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(rest).eigenvalues()[0];
}

// max d1 + d2 with (a - d1)(a - d2) >= b^2: d1 = d2 = a - |b|. With gains g1, g2 the edge is where
// (a - d1) / (a - d2) = g2 / g1, so a - d1 = |b| sqrt(g2 / g1).
TEST(DiagonalSplit, MeetsTheClosedFormOfTwo) {
  const Matrix q(2, 2, {1.0, 0.4, 0.4, 1.0});
  const std::vector<std::uint32_t> both = {0, 1};
  const std::vector<double> even = diagonal_split(q, both, std::vector{1.0, 1.0}, {}, 60, {});
  EXPECT_NEAR(even[0] + even[1], 1.2, 0.005);
  EXPECT_LE(even[0] + even[1], 1.2);
  const std::vector<double> uneven = diagonal_split(q, both, std::vector{1.0, 0.25}, {}, 60, {});
  EXPECT_NEAR(uneven[0] + 0.25 * uneven[1], 0.85, 0.005);
  EXPECT_LE(uneven[0] + 0.25 * uneven[1], 0.85);
}

TEST(DiagonalSplit, LeavesNothingWhereThereIsNothingToTake) {
  const Matrix ones(3, 3, 1.0);
  const std::vector<std::uint32_t> all = {0, 1, 2};
  const std::vector<double> gain(3, 1.0);
  EXPECT_EQ(diagonal_split(ones, all, gain, {}, 10, {}), std::vector<double>(3, 0.0));
  EXPECT_EQ(diagonal_split(ones, {}, {}, {}, 10, {}), std::vector<double>(3, 0.0));
}

TEST(DiagonalSplit, TakesAllOfADiagonal) {
  const Matrix q(2, 2, {2.0, 0.0, 0.0, 3.0});
  const std::vector<std::uint32_t> both = {0, 1};
  const std::vector<double> d = diagonal_split(q, both, std::vector{1.0, 1.0}, {}, 40, {});
  EXPECT_NEAR(d[0], 2.0, 0.01);
  EXPECT_NEAR(d[1], 3.0, 0.01);
}

RC_GTEST_PROP(DiagonalSplitProperty, TheRestIsPositiveSemidefinite, (std::uint16_t seed)) {
  const std::size_t n = 2 + seed % 9;
  RandomStream stream(seed, "split");
  Matrix q(n, n);
  for (std::size_t f = 0; f < n + 1; ++f) {
    std::vector<double> loading(n);
    for (double& l : loading) l = stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) q(i, j) += loading[i] * loading[j];
    }
  }
  std::vector<std::uint32_t> kept;
  std::vector<double> gain;
  for (std::uint32_t i = 0; i < n; ++i) {
    kept.push_back(i);
    gain.push_back(stream.uniform());
  }
  std::vector<double> d = diagonal_split(q, kept, gain, {}, 12, {});
  for (int again = 0; again < 2; ++again) {
    double size = 0.0;
    for (std::size_t i = 0; i < n; ++i) size = std::max(size, q(i, i));
    RC_ASSERT(least_eigenvalue(q, d) >= -1e-13 * size);
    for (const double di : d) RC_ASSERT(di >= 0.0);
    d = diagonal_split(q, kept, gain, d, 4, {});  // from where it stands
  }
}

}  // namespace
}  // namespace quanta::portfolio
