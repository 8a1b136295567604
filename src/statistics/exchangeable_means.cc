#include "statistics/exchangeable_means.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/sums.h"
#include "statistics/eigen_view.h"
#include "statistics/moment_posterior.h"

namespace quanta::statistics {

Result<ExchangeableMeans> exchangeable_means(std::span<const double> mean, const Matrix& covariance,
                                             double scale) {
  const std::size_t n = mean.size();
  if (n < 3) {
    return bad_input(
        "means", fmt::format("differences of {} means are not drawn together; at least 3 are", n));
  }
  if (covariance.rows() != n || covariance.columns() != n) {
    return bad_input("means", fmt::format("{} means with a covariance of {} x {}", n,
                                          covariance.rows(), covariance.columns()));
  }
  const auto size = static_cast<Eigen::Index>(n);
  const Eigen::LLT<RowMatrix> cholesky(view(covariance));
  if (cholesky.info() != Eigen::Success || !(cholesky.rcond() > 1e-14) || !(scale > 0.0)) {
    return bad_input("means", fmt::format("the covariance of the {} averages is singular, so that "
                                          "they cannot be drawn together",
                                          n));
  }
  const Eigen::VectorXd inverse = cholesky.solve(Eigen::VectorXd::Ones(size));
  const double sum = inverse.sum();
  ExchangeableMeans out{.mean = {mean.begin(), mean.end()},
                        .level_weights = std::vector<double>(n),
                        .level = 0.0,
                        .level_variance = scale / sum,
                        .distance = 0.0};
  for (std::size_t i = 0; i < n; ++i) {
    out.level_weights[i] = inverse[static_cast<Eigen::Index>(i)] / sum;
  }
  out.level = dot(out.level_weights, mean);
  Eigen::VectorXd difference = Eigen::Map<const Eigen::VectorXd>(mean.data(), size);
  difference.array() -= out.level;
  out.distance = std::max(0.0, difference.dot(cholesky.solve(difference)) / scale);
  return out;
}

DrawnMeans draw_means(const ExchangeableMeans& means, std::span<const double> deviation,
                      RandomStream& random) {
  const std::size_t n = means.mean.size();
  assert(deviation.size() == n);
  const double shape = 0.5 * static_cast<double>(n - 2);
  const double kept = 1.0 - draw_gamma_below_one(shape, 0.5 * means.distance, random);
  const double shift = dot(means.level_weights, deviation);
  DrawnMeans out{.mean = std::vector<double>(n), .level = means.level + shift};
  for (std::size_t i = 0; i < n; ++i) {
    out.mean[i] =
        out.level + kept * (means.mean[i] - means.level) + std::sqrt(kept) * (deviation[i] - shift);
  }
  return out;
}

double draw_gamma_below_one(double shape, double rate, RandomStream& random) {
  assert(shape >= 0.5 && rate >= 0.0);
  if (rate > std::max(shape - std::sqrt(shape), 0.5 * shape)) {
    while (true) {
      const double drawn = draw_chi_squared(2.0 * shape, random) / (2.0 * rate);
      if (drawn <= 1.0) return drawn;
    }
  }
  // x = -log B has the log-concave density exp(-shape x - rate e^-x), below its tangent at 0.
  while (true) {
    const double x = -std::log(random.uniform_open()) / (shape - rate);
    if (random.uniform() < std::exp(-rate * (x + std::expm1(-x)))) return std::exp(-x);
  }
}

}  // namespace quanta::statistics
