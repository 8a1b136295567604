#include "quantum/algorithm/maximum_likelihood_amplitude_estimation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "core/constants.h"

namespace quanta::quantum {
namespace {

constexpr std::uint64_t kMostPieces = std::uint64_t{1} << 22;

class Likelihood {
 public:
  explicit Likelihood(std::span<const EstimationRound> rounds) {
    for (const EstimationRound& round : rounds) {
      terms_.push_back({2.0 * static_cast<double>(round.power) + 1.0,
                        static_cast<double>(round.good),
                        static_cast<double>(round.shots - round.good)});
    }
  }

  double value(double theta) const {
    double sum = 0.0;
    for (const Term& term : terms_) {
      const double angle = term.scale * theta;
      if (term.good > 0.0) sum += 2.0 * term.good * std::log(std::abs(std::sin(angle)));
      if (term.bad > 0.0) sum += 2.0 * term.bad * std::log(std::abs(std::cos(angle)));
    }
    return sum;
  }

  double slope(double theta) const {
    double sum = 0.0;
    for (const Term& term : terms_) {
      const double tangent = std::tan(term.scale * theta);
      sum += 2.0 * term.scale * (term.good / tangent - term.bad * tangent);
    }
    return sum;
  }

  /// Where the sines and cosines vanish, 0 and pi/2 included: l is concave in between.
  std::vector<double> borders() const {
    std::vector<double> list;
    for (const Term& term : terms_) {
      for (double j = 0.0; j <= term.scale; j += 1.0) {
        list.push_back(j / term.scale * (std::numbers::pi / 2.0));
      }
    }
    std::ranges::sort(list);
    list.erase(std::ranges::unique(list).begin(), list.end());
    return list;
  }

 private:
  struct Term {
    double scale;
    double good;
    double bad;
  };
  std::vector<Term> terms_;
};

/// The x between two points where a function that is true at `yes` and false at `no` changes.
template <class Predicate>
double bisect(double yes, double no, const Predicate& predicate) {
  for (int round = 0; round < 100; ++round) {
    const double middle = 0.5 * (yes + no);
    if (middle == yes || middle == no) break;
    (predicate(middle) ? yes : no) = middle;
  }
  return yes;
}

struct Peak {
  double theta = 0.0;
  double value = -kInfinity;
};

/// The highest point of l on one concave piece.
Peak peak_of(const Likelihood& l, double low, double high) {
  const double theta = bisect(low, high, [&](double x) { return x == low || l.slope(x) > 0.0; });
  Peak best{theta, l.value(theta)};
  for (const double end : {low, high}) {  // where only sines or only cosines count
    if (const double value = l.value(end); value > best.value) best = {end, value};
  }
  return best;
}

struct LikelihoodMaximum {
  Peak peak;
  Interval thetas;  ///< the hull of l >= peak - drop
};

/// The tangent at a piece's middle bounds l on it, so that few pieces need a closer look.
LikelihoodMaximum maximize(const Likelihood& l, double drop) {
  const std::vector<double> borders = l.borders();
  const std::size_t n = borders.size() - 1;
  std::vector<double> bounds(n);
  LikelihoodMaximum result;
  for (std::size_t i = 0; i < n; ++i) {
    const double middle = 0.5 * (borders[i] + borders[i + 1]);
    const double value = l.value(middle);
    bounds[i] = value + std::abs(l.slope(middle)) * 0.5 * (borders[i + 1] - borders[i]);
    if (value > result.peak.value) result.peak = {middle, value};
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!(bounds[i] >= result.peak.value)) continue;
    const Peak peak = peak_of(l, borders[i], borders[i + 1]);
    if (peak.value > result.peak.value) result.peak = peak;
  }
  const double least = result.peak.value - drop;
  const auto inside = [&](double theta) { return l.value(theta) >= least; };
  // The outermost pieces that reach the level, and where l crosses it on their outer side.
  result.thetas = {result.peak.theta, result.peak.theta};
  for (std::size_t i = 0; i < n && borders[i] < result.thetas.low; ++i) {
    if (!(bounds[i] >= least)) continue;
    const Peak peak = peak_of(l, borders[i], borders[i + 1]);
    if (peak.value < least) continue;
    result.thetas.low = inside(borders[i]) ? borders[i] : bisect(peak.theta, borders[i], inside);
    break;
  }
  for (std::size_t i = n; i-- > 0;) {
    if (!(borders[i + 1] > result.thetas.high)) break;
    if (!(bounds[i] >= least)) continue;
    const Peak peak = peak_of(l, borders[i], borders[i + 1]);
    if (peak.value < least) continue;
    result.thetas.high =
        inside(borders[i + 1]) ? borders[i + 1] : bisect(peak.theta, borders[i + 1], inside);
    break;
  }
  return result;
}

Result<void> check(const MaximumLikelihoodOptions& options) {
  if (options.powers.empty()) return bad_input("powers", "at least one power of Q is needed");
  std::uint64_t pieces = 0;
  for (const std::uint64_t k : options.powers) {
    pieces += k < kMostPieces ? 2 * k + 1 : kMostPieces + 1;
    if (pieces > kMostPieces) {
      return bad_input("powers",
                       fmt::format("the sum of 2k + 1 exceeds {} at k = {}", kMostPieces, k));
    }
  }
  QUANTA_CHECK(check_shots(options.shots));
  return check_alpha(options.alpha);
}

}  // namespace

std::vector<std::uint64_t> exponential_powers(unsigned m) {
  assert(m >= 1 && m <= 40);
  std::vector<std::uint64_t> powers = {0};
  for (unsigned j = 0; j < m; ++j) powers.push_back(std::uint64_t{1} << j);
  return powers;
}

std::vector<std::uint64_t> linear_powers(unsigned m) {
  std::vector<std::uint64_t> powers;
  for (std::uint64_t k = 0; k <= m; ++k) powers.push_back(k);
  return powers;
}

Result<LikelihoodEstimate> estimate_by_likelihood(AmplitudeOracle& oracle,
                                                  const MaximumLikelihoodOptions& options,
                                                  std::uint64_t seed, const Execution& execution) {
  QUANTA_CHECK(check(options));
  RandomStream random(seed, "maximum likelihood amplitude estimation");
  LikelihoodEstimate estimate;
  estimate.confidence = 1.0 - options.alpha;
  estimate.source = oracle.source();
  for (const std::uint64_t k : options.powers) {
    QUANTA_TRY(const std::uint64_t good, oracle.measure(k, options.shots, random, execution));
    add_round(estimate, {.power = k, .shots = options.shots, .good = good});
  }
  const double z = normal_quantile(1.0 - options.alpha / 2.0);
  const LikelihoodMaximum maximum = maximize(Likelihood(estimate.rounds), 0.5 * z * z);
  const double theta = maximum.peak.theta;
  estimate.value = amplitude_of(theta);
  estimate.log_likelihood = maximum.peak.value;
  estimate.interval = {amplitude_of(maximum.thetas.low), amplitude_of(maximum.thetas.high)};

  double about_theta = 0.0;  // 4 sum shots (2k + 1)^2, whatever theta is
  for (const EstimationRound& round : estimate.rounds) {
    const double scale = 2.0 * static_cast<double>(round.power) + 1.0;
    about_theta += 4.0 * static_cast<double>(round.shots) * scale * scale;
  }
  const double a = estimate.value;
  estimate.fisher_information = about_theta / (4.0 * a * (1.0 - a));
  const double half = z / std::sqrt(about_theta);
  estimate.fisher_interval = {amplitude_of(std::max(0.0, theta - half)),
                              amplitude_of(std::min(std::numbers::pi / 2.0, theta + half))};
  return estimate;
}

}  // namespace quanta::quantum
