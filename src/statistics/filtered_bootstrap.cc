#include "statistics/filtered_bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/parallel.h"
#include "core/sums.h"
#include "statistics/eigen_view.h"
#include "statistics/moments.h"

namespace quanta::statistics {
namespace {

constexpr std::array kWeights = {0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.13, 0.17, 0.22};
constexpr std::array kPersistences = {0.5,   0.7,   0.8,   0.87, 0.92, 0.95,
                                      0.965, 0.975, 0.985, 0.99, 0.995};
constexpr std::array kOwn = {0.0, 0.25, 0.5, 0.75, 1.0};
constexpr std::size_t kPaths = 400;
constexpr std::size_t kParts = 20;  // sums of paths that are formed beside each other

/// g of the next period from that of one with the scaled returns x.
void advance(const VolatilityCycles& cycles, std::span<const double> x, std::span<double> g) {
  const double all = dot(x, x) / static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    g[i] = 1.0 - cycles.persistence +
           cycles.weight * (cycles.own * x[i] * x[i] + (1.0 - cycles.own) * all) +
           (cycles.persistence - cycles.weight) * g[i];
  }
}

double log_likelihood(const VolatilityCycles& cycles, const Matrix& scaled) {
  std::vector<double> g(scaled.columns(), 1.0);
  double sum = 0.0;
  for (std::size_t t = 0; t < scaled.rows(); ++t) {
    const std::span<const double> x = scaled.row(t);
    for (std::size_t i = 0; i < x.size(); ++i) sum -= std::log(g[i]) + x[i] * x[i] / g[i];
    advance(cycles, x, g);
  }
  return 0.5 * sum;
}

/// Centred columns with variance 1 (divided by T).
void standardise(Matrix& rows) {
  const double n_rows = static_cast<double>(rows.rows());
  for (std::size_t i = 0; i < rows.columns(); ++i) {
    double mean = 0.0;
    double square = 0.0;
    for (std::size_t t = 0; t < rows.rows(); ++t) mean += rows(t, i) / n_rows;
    for (std::size_t t = 0; t < rows.rows(); ++t) {
      rows(t, i) -= mean;
      square += rows(t, i) * rows(t, i) / n_rows;
    }
    const double scale = 1.0 / std::sqrt(square);
    for (std::size_t t = 0; t < rows.rows(); ++t) rows(t, i) *= scale;
  }
}

/// Scaled returns of the recursion, T x n.
Matrix path(const FilteredReturns& filtered, RandomStream& random) {
  const Matrix& scaled = filtered.scaled;
  const std::size_t n_periods = scaled.rows();
  double left = random.uniform();
  std::size_t chosen = 0;
  while (chosen + 1 < filtered.cycles.size() && left >= filtered.cycles[chosen].chance) {
    left -= filtered.cycles[chosen++].chance;
  }
  const VolatilityCycles& cycles = filtered.cycles[chosen];
  const std::size_t start = random.below(n_periods);
  std::vector<double> g(scaled.columns(), 1.0);
  std::vector<double> at_start;
  Matrix residuals = scaled;
  for (std::size_t t = 0; t < n_periods; ++t) {
    if (t == start) at_start = g;
    for (std::size_t i = 0; i < g.size(); ++i) residuals(t, i) /= std::sqrt(g[i]);
    advance(cycles, scaled.row(t), g);
  }
  standardise(residuals);
  g = std::move(at_start);
  Matrix out(n_periods, g.size());
  for (std::size_t t = 0; t < n_periods; ++t) {
    const std::span<const double> z = residuals.row(random.below(n_periods));
    for (std::size_t i = 0; i < g.size(); ++i) out(t, i) = std::sqrt(g[i]) * z[i];
    advance(cycles, out.row(t), g);
  }
  return out;
}

std::vector<VolatilityCycles> cycles_of(const Matrix& scaled, const Execution& execution) {
  std::vector<VolatilityCycles> grid = {{}};
  for (const double weight : kWeights) {
    for (const double persistence : kPersistences) {
      for (const double own : kOwn) grid.push_back({weight, persistence, own, 0.0});
    }
  }
  parallel_for(execution, grid.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end && !execution.cancelled(); ++k) {
      grid[k].chance = log_likelihood(grid[k], scaled);
    }
  });
  double most = -kInfinity;
  for (const VolatilityCycles& cycles : grid) most = std::max(most, cycles.chance);
  double sum = 0.0;
  for (VolatilityCycles& cycles : grid) sum += cycles.chance = std::exp(cycles.chance - most);
  for (VolatilityCycles& cycles : grid) cycles.chance /= sum;
  return grid;
}

/// The average covariance of kPaths paths.
RowMatrix covariance_of_paths(const FilteredReturns& filtered, std::uint64_t seed,
                              const Execution& execution) {
  const auto n = static_cast<Eigen::Index>(filtered.mean.size());
  std::vector<RowMatrix> parts(kParts, RowMatrix::Zero(n, n));
  parallel_for(execution, kParts, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t part = begin; part < end; ++part) {
      for (std::size_t k = part; k < kPaths && !execution.cancelled(); k += kParts) {
        RandomStream random(seed, "paths of volatility cycles", k);
        const Matrix drawn = path(filtered, random);
        const RowMatrix centred = view(drawn).rowwise() - view(drawn).colwise().mean().eval();
        parts[part] +=
            centred.transpose() * centred / static_cast<double>((drawn.rows() - 1) * kPaths);
      }
    }
  });
  RowMatrix sum = RowMatrix::Zero(n, n);
  for (const RowMatrix& part : parts) sum += part;
  return sum;
}

}  // namespace

Result<FilteredReturns> filter_returns(const Matrix& returns, std::uint64_t seed,
                                       const Execution& execution) {
  QUANTA_TRY(Moments moments, estimate_moments(returns, {}));
  const std::size_t n = returns.columns();
  QUANTA_TRY(const CovarianceRank rank, covariance_rank(moments.covariance));
  if (rank.singular) {
    return bad_input("returns",
                     fmt::format("the covariance of the {} assets is singular (rank {}): some mix "
                                 "of them shows no risk at all, and has no volatility cycles",
                                 n, rank.rank));
  }
  FilteredReturns out{
      .mean = std::move(moments.mean), .scaled = returns, .to_sample = {}, .cycles = {}};
  standardise(out.scaled);
  out.cycles = cycles_of(out.scaled, execution);
  const RowMatrix of_paths = covariance_of_paths(out, seed, execution);
  if (execution.cancelled()) return cancelled_error();
  const RowMatrix from = Eigen::LLT<RowMatrix>(of_paths).matrixL();
  const RowMatrix to = Eigen::LLT<RowMatrix>(view(moments.covariance)).matrixL();
  // to x from^-1
  out.to_sample =
      to_matrix(from.triangularView<Eigen::Lower>().transpose().solve(to.transpose()).transpose());
  return out;
}

Matrix filtered_resample(const FilteredReturns& filtered, RandomStream& random) {
  Matrix out = path(filtered, random);
  for (std::size_t t = 0; t < out.rows(); ++t) {
    const std::vector<double> turned = times(filtered.to_sample, out.row(t));
    for (std::size_t i = 0; i < turned.size(); ++i) out(t, i) = filtered.mean[i] + turned[i];
  }
  return out;
}

}  // namespace quanta::statistics
