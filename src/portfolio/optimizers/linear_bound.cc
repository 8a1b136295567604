#include "portfolio/optimizers/linear_bound.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/constants.h"

namespace quanta::portfolio {
namespace {

constexpr double kFar = 1e4;

/// low <= coefficients'w <= high, for each limit and the target.
template <class Visit>
void for_each_row(const WeightConstraints& c, const Visit& visit) {
  for (std::size_t r = 0; r < c.limits.size(); ++r) {
    visit(r, std::span<const double>(c.limits[r].coefficients), c.limits[r].lower,
          c.limits[r].upper);
  }
  if (c.target != nullptr) visit(c.limits.size(), c.mean, *c.target, kInfinity);
}

/// The function whose minimum is the bound: slope_i w_i + sum_k price_k |w_i - c_ki|, within the
/// bounds, and a constant.
struct KinkedFunction {
  std::span<const WeightDistance> distances;
  std::vector<double> slope;  // n
  std::vector<double> price;  // one per distance
  std::vector<double> lower;
  std::vector<double> upper;
  double constant = 0.0;

  double at(std::size_t i, double w, double budget) const {
    double out = (slope[i] - budget) * w;
    for (std::size_t k = 0; k < price.size(); ++k) {
      out += price[k] * std::abs(w - distances[k].center[i]);
    }
    return out;
  }

  /// Right or left of w.
  double slope_at(std::size_t i, double w, bool right) const {
    double out = slope[i];
    for (std::size_t k = 0; k < price.size(); ++k) {
      const double center = distances[k].center[i];
      out += w > center || (w == center && right) ? price[k] : -price[k];
    }
    return out;
  }

  /// The bounds of asset i and the kinks between, rising.
  std::vector<double> corners(std::size_t i) const {
    std::vector<double> out = {lower[i], upper[i]};
    for (const WeightDistance& distance : distances) {
      const double center = distance.center[i];
      if (center > lower[i] && center < upper[i]) out.push_back(center);
    }
    std::ranges::sort(out);
    return out;
  }
};

KinkedFunction kinked(const WeightConstraints& constraints, std::span<const double> g,
                      std::span<const double> limit_multipliers, double target_multiplier,
                      std::span<const double> distance_multipliers) {
  const std::size_t n = g.size();
  KinkedFunction out{.distances = constraints.distances,
                     .slope = {g.begin(), g.end()},
                     .price = {},
                     .lower = constraints.bounds.lower,
                     .upper = constraints.bounds.upper};
  for (std::size_t k = 0; k < constraints.distances.size(); ++k) {
    const WeightDistance& distance = constraints.distances[k];
    const bool limited = std::isfinite(distance.most) && k < distance_multipliers.size();
    const double v = limited ? std::max(distance_multipliers[k], 0.0) : 0.0;
    out.price.push_back(distance.cost + v);
    if (limited) out.constant -= v * distance.most;
    for (std::size_t i = 0; i < n; ++i) {
      out.lower[i] = std::max(out.lower[i], distance.center[i] - distance.most);
      out.upper[i] = std::min(out.upper[i], distance.center[i] + distance.most);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    out.lower[i] = std::max(out.lower[i], -kFar);
    out.upper[i] = std::max(std::min(out.upper[i], kFar), out.lower[i]);
  }
  for_each_row(constraints,
               [&](std::size_t r, std::span<const double> coefficients, double low, double high) {
                 double u = r < limit_multipliers.size() ? limit_multipliers[r] : 0.0;
                 if (r == constraints.limits.size()) u = std::max(target_multiplier, 0.0);
                 const double limit = u > 0.0 ? low : high;
                 if (u == 0.0 || std::isinf(limit))
                   return;  // a multiplier of no limit proves nothing
                 for (std::size_t i = 0; i < n; ++i) out.slope[i] -= u * coefficients[i];
                 out.constant += u * limit;
               });
  return out;
}

/// The slope that the sum reaches 1 at, when the pieces between corners are filled from the least
/// slope up. Any price gives a bound (weak duality), this one the highest.
double price_of_budget(const KinkedFunction& function) {
  struct Piece {
    double slope = 0.0;
    double length = 0.0;
  };
  std::vector<Piece> pieces;
  double filled = 0.0;
  for (std::size_t i = 0; i < function.slope.size(); ++i) {
    const std::vector<double> corners = function.corners(i);
    filled += corners.front();
    for (std::size_t k = 0; k + 1 < corners.size(); ++k) {
      pieces.push_back({function.slope_at(i, corners[k], true), corners[k + 1] - corners[k]});
    }
  }
  std::ranges::sort(pieces, {}, &Piece::slope);
  for (const Piece& piece : pieces) {
    filled += piece.length;
    if (filled >= 1.0 - kSumRoom) return piece.slope;
  }
  return pieces.empty() ? 0.0 : pieces.back().slope;
}

}  // namespace

double linear_bound(const WeightConstraints& constraints, std::span<const double> g,
                    std::span<const double> limit_multipliers, double target_multiplier,
                    std::span<const double> distance_multipliers) {
  const KinkedFunction function =
      kinked(constraints, g, limit_multipliers, target_multiplier, distance_multipliers);
  const double budget = price_of_budget(function);
  double bound = function.constant + budget;
  for (std::size_t i = 0; i < g.size(); ++i) {
    double least = kInfinity;
    for (const double w : function.corners(i)) least = std::min(least, function.at(i, w, budget));
    bound += least;
  }
  return bound;
}

WeightSlopes weight_slopes(const WeightConstraints& constraints, std::span<const double> weights,
                           std::span<const double> g, std::span<const double> limit_multipliers,
                           double target_multiplier, std::span<const double> distance_multipliers) {
  const KinkedFunction function =
      kinked(constraints, g, limit_multipliers, target_multiplier, distance_multipliers);
  WeightSlopes out{.budget = price_of_budget(function), .right = {}, .left = {}};
  for (std::size_t i = 0; i < g.size(); ++i) {
    out.right.push_back(function.slope_at(i, weights[i], true) - out.budget);
    out.left.push_back(function.slope_at(i, weights[i], false) - out.budget);
  }
  return out;
}

double distance_between(std::span<const double> weights, std::span<const double> center) {
  double out = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) out += std::abs(weights[i] - center[i]);
  return out;
}

double infeasibility_of(const WeightConstraints& constraints, std::span<const double> weights) {
  double out = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    out = std::max(
        {out, constraints.bounds.lower[i] - weights[i], weights[i] - constraints.bounds.upper[i]});
  }
  out = std::max(out, std::abs(sum - 1.0));
  for (const WeightDistance& limit : constraints.distances) {
    out = std::max(out, distance_between(weights, limit.center) - limit.most);
  }
  for_each_row(constraints,
               [&](std::size_t, std::span<const double> coefficients, double low, double high) {
                 double size = 0.0;
                 double at = 0.0;
                 for (std::size_t i = 0; i < weights.size(); ++i) {
                   size = std::max(size, std::abs(coefficients[i]));
                   at += coefficients[i] * weights[i];
                 }
                 if (size > 0.0) out = std::max({out, (low - at) / size, (at - high) / size});
               });
  return out;
}

}  // namespace quanta::portfolio
