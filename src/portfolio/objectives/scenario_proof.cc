#include "portfolio/objectives/scenario_proof.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/objectives/shadow_prices.h"
#include "portfolio/optimizers/linear_bound.h"

namespace quanta::portfolio {
namespace {

constexpr double kRounding = 1e-9;

std::vector<double> losses(const ScenarioProblem& p, std::span<const double> weights) {
  std::vector<double> out(p.returns.rows());
  for (std::size_t t = 0; t < out.size(); ++t) out[t] = -dot(p.returns.row(t), weights);
  return out;
}

std::vector<double> drawdowns(std::vector<double> losses) {
  double below_peak = 0.0;
  for (double& at : losses) {
    below_peak = std::max(0.0, below_peak + at);
    at = below_peak;
  }
  return losses;
}

/// The mean of the worst share 1 - alpha.
double tail_mean(std::vector<double> values, double alpha) {
  std::ranges::sort(values, std::greater<>());
  const double share = 1.0 / ((1.0 - alpha) * static_cast<double>(values.size()));
  double left = 1.0;
  double mean = 0.0;
  for (const double value : values) {
    const double weight = std::min(share, left);
    mean += weight * value;
    left -= weight;
    if (left <= 0.0) break;
  }
  return mean;
}

/// z ln(mean exp(x / z)) - z ln(1 - alpha) at the best z. Its derivative in z is -ln(1 - alpha)
/// less the relative entropy of the tilted weights, which falls from the logarithm of T over the
/// number of largest values, at z = 0, to 0.
double entropic_risk(const std::vector<double>& x, double alpha) {
  const double largest = std::ranges::max(x);
  const double spread = largest - std::ranges::min(x);
  const double level = -std::log1p(-alpha);
  const auto count = static_cast<double>(x.size());
  if (!(spread > 0.0)) return largest;
  // exp((x - largest) / z): its mean, and the entropy of the weights that it gives.
  double mean = 0.0;
  const auto entropy = [&](double z) {
    double sum = 0.0;
    double moment = 0.0;
    for (const double value : x) {
      const double exponent = (value - largest) / z;
      const double tilt = std::exp(exponent);
      sum += tilt;
      moment += tilt * exponent;
    }
    mean = sum / count;
    return moment / sum - std::log(mean);
  };
  double low = spread * 1e-13;
  double high = spread;
  if (entropy(low) <= level) return largest + low * (level + std::log(mean));
  while (entropy(high) > level && high < 1e12 * spread) high *= 4.0;
  for (int round = 0; round < 200 && high > low * (1.0 + 1e-15); ++round) {
    const double middle = std::sqrt(low * high);
    (entropy(middle) > level ? low : high) = middle;
  }
  entropy(high);
  return largest + high * (level + std::log(mean));
}

bool adds_to_one(std::vector<double>& y) {
  for (double& value : y) {
    if (!(value >= -kRounding)) return false;
    value = std::max(value, 0.0);
  }
  const double sum = std::accumulate(y.begin(), y.end(), 0.0);
  if (!(std::abs(sum - 1.0) <= kRounding)) return false;
  for (double& value : y) value /= sum;
  return true;
}

/// Probabilities of at most `share` each.
bool mend_tail(std::vector<double>& y, double share) {
  double sum = 0.0;
  double room = 0.0;
  for (double& value : y) {
    if (!(value >= -kRounding && value <= share + kRounding)) return false;
    value = std::clamp(value, 0.0, share);
    sum += value;
    room += share - value;
  }
  if (!(std::abs(sum - 1.0) <= kRounding)) return false;
  for (double& value : y) {
    value = sum >= 1.0 ? value / sum : value + (1.0 - sum) / room * (share - value);
  }
  return true;
}

/// Probabilities near enough to equal ones; the relative entropy is convex, so that a mixture with
/// those has at most its share of it.
bool mend_entropy(std::vector<double>& y, double level) {
  if (!adds_to_one(y)) return false;
  const auto count = static_cast<double>(y.size());
  double entropy = 0.0;
  for (const double value : y) {
    if (value > 0.0) entropy += value * std::log(value * count);
  }
  if (!(entropy <= level + kRounding)) return false;
  const double keep = entropy > level ? level / entropy : 1.0;
  for (double& value : y) value = keep * value + (1.0 - keep) / count;
  return true;
}

bool mend(const ScenarioProblem& p, std::vector<double>& y) {
  const std::size_t n_periods = p.returns.rows();
  if (y.size() != n_periods) return false;
  const auto count = static_cast<double>(n_periods);
  switch (p.risk) {
    case ScenarioRisk::kCvar:
    case ScenarioRisk::kCdar:
      return mend_tail(y, 1.0 / ((1.0 - p.alpha) * count));
    case ScenarioRisk::kMaxDrawdown:
      return adds_to_one(y);
    case ScenarioRisk::kEvar:
      return mend_entropy(y, -std::log1p(-p.alpha));
    case ScenarioRisk::kMad:
      for (double& value : y) {
        if (!(std::abs(value) <= 1.0 / count + kRounding)) return false;
        value = std::clamp(value, -1.0 / count, 1.0 / count);
      }
      return true;
    case ScenarioRisk::kSemivariance:
      for (double& value : y) {
        if (!(value >= -kRounding)) return false;
        value = std::max(value, 0.0);
      }
      return true;
    case ScenarioRisk::kMissedGrowth:
      return std::ranges::all_of(y, [](double value) { return value > 0.0; });
  }
  return false;
}

bool of_drawdowns(ScenarioRisk risk) {
  return risk == ScenarioRisk::kCdar || risk == ScenarioRisk::kMaxDrawdown;
}

/// How much of the drawdowns' weight lies across each period: -loss of it is what they count.
bool spread_over_periods(const std::vector<double>& peaks, std::vector<double>& y) {
  if (peaks.size() != y.size() + 1) return false;
  double across = 0.0;
  for (std::size_t t = y.size(); t-- > 0;) {
    // Here y[t] is of the drawdown after period t + 1, and a peak after it covers it no more.
    across += y[t] - peaks[t + 1];
    if (!(peaks[t + 1] >= -kRounding && across >= -kRounding)) return false;
    y[t] = std::max(across, 0.0);
  }
  return true;
}

}  // namespace

double scenario_risk(const ScenarioProblem& p, std::span<const double> weights) {
  std::vector<double> loss = losses(p, weights);
  const auto count = static_cast<double>(loss.size());
  double mean_loss = 0.0;
  for (const double value : loss) mean_loss += value / count;
  double sum = 0.0;
  switch (p.risk) {
    case ScenarioRisk::kCvar:
      return tail_mean(std::move(loss), p.alpha);
    case ScenarioRisk::kCdar:
      return tail_mean(drawdowns(std::move(loss)), p.alpha);
    case ScenarioRisk::kMaxDrawdown:
      return std::ranges::max(drawdowns(std::move(loss)));
    case ScenarioRisk::kEvar:
      return entropic_risk(loss, p.alpha);
    case ScenarioRisk::kMad:
      for (const double value : loss) sum += std::abs(value - mean_loss);
      return sum / count;
    case ScenarioRisk::kSemivariance:
      for (const double value : loss) {
        const double below = std::max(0.0, value - mean_loss);
        sum += below * below;
      }
      return sum / count;
    case ScenarioRisk::kMissedGrowth:
      for (const double value : loss) {
        if (!(value < 1.0)) return kInfinity;
        sum -= std::log1p(-value);
      }
      return sum / count;
  }
  return kInfinity;
}

ScenarioGradient scenario_gradient(const ScenarioProblem& p, const ScenarioDual& dual) {
  const std::size_t n = p.returns.columns();
  const auto count = static_cast<double>(p.returns.rows());
  ScenarioGradient out{.gradient = std::vector<double>(n)};
  std::vector<double> y = dual.scenarios;
  bool holds = mend(p, y);
  if (holds && of_drawdowns(p.risk)) holds = spread_over_periods(dual.peaks, y);
  if (!holds) {
    out.constant = -kInfinity;
    return out;
  }
  // Of returns less their means: the same with the mean of y taken from each y.
  if (p.risk == ScenarioRisk::kMad || p.risk == ScenarioRisk::kSemivariance) {
    if (p.risk == ScenarioRisk::kSemivariance) out.constant = -0.25 * count * dot(y, y);
    const double mean = std::accumulate(y.begin(), y.end(), 0.0) / count;
    for (double& value : y) value -= mean;
  }
  if (p.risk == ScenarioRisk::kMissedGrowth) {
    for (const double value : y) {
      const double beyond = count * value - 1.0;
      out.constant += (std::log1p(beyond) - beyond) / count;
    }
  }
  const double sign = p.risk == ScenarioRisk::kMad ? 1.0 : -1.0;
  for (std::size_t t = 0; t < y.size(); ++t) {
    if (y[t] == 0.0) continue;
    const std::span<const double> row = p.returns.row(t);
    for (std::size_t i = 0; i < n; ++i) out.gradient[i] += sign * y[t] * row[i];
  }
  return out;
}

ScenarioProof scenario_proof(const ScenarioProblem& p, std::span<const double> weights,
                             const ScenarioDual& dual) {
  ScenarioProof out{.value = scenario_risk(p, weights)};
  const ScenarioGradient found = scenario_gradient(p, dual);
  const std::vector<WeightDistance> distances =
      distances_of(weights.size(), p.max_leverage, p.trading);
  std::vector<double> prices;
  if (std::isfinite(p.max_leverage)) prices.push_back(dual.leverage);
  if (p.trading) {
    prices.push_back(dual.turnover);
    out.value += p.trading->cost * distance_between(weights, p.trading->current);
  }
  const WeightConstraints constraints{.bounds = p.bounds,
                                      .limits = p.limits,
                                      .mean = p.mean,
                                      .target = p.target ? &*p.target : nullptr,
                                      .distances = distances};
  out.infeasibility = infeasibility_of(constraints, weights);
  out.bound =
      found.constant + linear_bound(constraints, found.gradient, dual.limits, dual.target, prices);
  // The dual of nothing at all, or of drawdowns from where they are, proves 0.
  const bool signless = p.risk == ScenarioRisk::kCvar || p.risk == ScenarioRisk::kEvar ||
                        p.risk == ScenarioRisk::kMissedGrowth;
  if (found.constant > -kInfinity && !signless) out.bound = std::max(out.bound, 0.0);
  return out;
}

}  // namespace quanta::portfolio
