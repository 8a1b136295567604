#include "portfolio/optimizers/dual_bound.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Dense>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {
namespace {

constexpr double kFurthestWeight = 1e4;

/// What a violation of a row means for x: divided by its largest entry, so that a row of daily
/// returns is held to as many digits as one of ones.
double in_units_of_x(double violation, std::span<const double> row) {
  double size = 0.0;
  for (const double entry : row) size = std::max(size, std::abs(entry));
  return size > 0.0 ? violation / size : violation;
}

}  // namespace

DualBound dual_bound(const QuadraticProgram& program, std::span<const double> x,
                     std::span<const double> equality_multiplier,
                     std::span<const double> inequality_multiplier) {
  const std::size_t n = x.size();
  DualBound out;
  std::vector<double> g(n);  // first Qx, row by row of the symmetric Q: most of x is often zero
  for (std::size_t j = 0; j < n; ++j) {
    if (x[j] == 0.0) continue;
    const std::span<const double> row = program.quadratic.row(j);
    for (std::size_t i = 0; i < n; ++i) g[i] += row[i] * x[j];
  }
  for (std::size_t i = 0; i < n; ++i) {
    out.value += x[i] * (0.5 * g[i] + program.linear[i]);
    g[i] += program.linear[i];
  }
  double lagrangian = out.value;
  for (std::size_t r = 0; r < program.equality.rows(); ++r) {
    const double violation = dot(program.equality.row(r), x) - program.equality_value[r];
    out.infeasibility =
        std::max(out.infeasibility, in_units_of_x(std::abs(violation), program.equality.row(r)));
    lagrangian += equality_multiplier[r] * violation;
    for (std::size_t i = 0; i < n; ++i) g[i] += equality_multiplier[r] * program.equality(r, i);
  }
  for (std::size_t r = 0; r < program.inequality.rows(); ++r) {
    const double multiplier = std::max(inequality_multiplier[r], 0.0);
    const double excess = dot(program.inequality.row(r), x) - program.inequality_limit[r];
    out.infeasibility =
        std::max(out.infeasibility, in_units_of_x(excess, program.inequality.row(r)));
    out.kkt_residual = std::max(out.kkt_residual, std::abs(std::min(-excess, multiplier)));
    lagrangian += multiplier * excess;
    for (std::size_t i = 0; i < n; ++i) g[i] += multiplier * program.inequality(r, i);
  }

  double over_box = 0.0;
  std::vector<double> unlimited(n);  // the part of g that no bound limits
  double unlimited_in_reach = 0.0;
  bool any_unlimited = false;
  for (std::size_t i = 0; i < n; ++i) {
    const double lower = program.lower[i];
    const double upper = program.upper[i];
    out.infeasibility = std::max({out.infeasibility, lower - x[i], x[i] - upper});
    const double projected = std::min(std::max(x[i] - g[i], lower), upper);
    out.kkt_residual = std::max(out.kkt_residual, std::abs(x[i] - projected));
    if (g[i] == 0.0) continue;
    const double worst = g[i] > 0.0 ? lower : upper;
    if (std::isinf(worst)) {
      any_unlimited = true;
      unlimited[i] = g[i];
      unlimited_in_reach -= std::abs(g[i]) * (kFurthestWeight + std::abs(x[i]));
    } else {
      over_box += g[i] * (worst - x[i]);
    }
  }
  if (any_unlimited) {
    const double by_curvature = least_by_curvature(program.quadratic, unlimited);
    over_box += by_curvature > -kInfinity ? by_curvature : unlimited_in_reach;
  }
  out.bound = lagrangian + over_box;
  return out;
}

double least_by_curvature(const Matrix& quadratic, std::span<const double> g) {
  const auto n = static_cast<Eigen::Index>(g.size());
  const Eigen::Map<const Eigen::MatrixXd> map(quadratic.data(), n, n);
  const Eigen::LLT<Eigen::MatrixXd> cholesky(map);
  if (cholesky.info() != Eigen::Success || !(cholesky.rcond() > 1e-13)) return -kInfinity;
  const Eigen::VectorXd root =
      cholesky.matrixL().solve(Eigen::Map<const Eigen::VectorXd>(g.data(), n));
  return -0.5 * root.squaredNorm();
}

BudgetMaximum largest_on_budget(std::span<const double> g, std::span<const double> lower,
                                std::span<const double> upper, double total) {
  const std::size_t n = g.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return g[a] > g[b]; });
  double lowest_funding = kInfinity;  // assets without lower limit can fund better ones
  double best_endless = -kInfinity;
  double most = 0.0;
  std::vector<double> least_after(n + 1);  // sum of the lower limits of order[k], order[k + 1], …
  for (std::size_t k = n; k-- > 0;) {
    const std::size_t i = order[k];
    least_after[k] = least_after[k + 1] + lower[i];
    most += upper[i];
    if (std::isinf(lower[i])) lowest_funding = std::min(lowest_funding, g[i]);
    if (std::isinf(upper[i])) best_endless = std::max(best_endless, g[i]);
  }
  const double room = kSumRoom * (1.0 + std::abs(total));
  if (n == 0 || least_after[0] > total + room || most < total - room) {
    return {.value = -kInfinity};
  }
  if (best_endless > lowest_funding) return {.value = kInfinity};

  // The price of the budget is the g at which filling from the best down reaches the total: every
  // better asset is at its upper limit, every worse one at its lower. Any price gives an upper
  // bound (weak duality), this one the least.
  double price = g[order.back()];
  double filled = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    filled += upper[order[k]];
    if (filled + least_after[k + 1] >= total) {
      price = g[order[k]];
      break;
    }
  }
  double value = price * total;
  for (std::size_t i = 0; i < n; ++i) {
    const double above = g[i] - price;
    if (above > 0.0) value += above * upper[i];
    if (above < 0.0) value += above * lower[i];
  }
  return {.value = value, .price = price};
}

}  // namespace quanta::portfolio
