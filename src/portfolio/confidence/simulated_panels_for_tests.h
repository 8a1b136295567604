/// Panels of returns whose true means and covariance are known. For tests only.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/enum_text.h"
#include "core/matrix.h"
#include "core/random.h"
#include "core/result.h"
#include "portfolio/objectives/mean_variance.h"
#include "statistics/moment_posterior.h"
#include "statistics/moments.h"

namespace quanta::portfolio {

/// How returns follow each other; means and covariance of a day are those of TrueMoments in each.
enum class Dynamics {
  kNormal,          ///< independent, multivariate normal
  kAutoregressive,  ///< r_t - m = 0.3 (r_(t-1) - m) + normal
  kMarketGarch,     ///< one GARCH(1,1) variance (0.08, 0.9) for all assets together
  kOwnGarch,        ///< independent factors, each with such a variance of its own
  kHeavyTails,      ///< multivariate t with 5 degrees of freedom, independent
};

constexpr auto enum_names(Dynamics) {
  using enum Dynamics;
  using Name = std::string_view;
  return std::array{std::pair{kNormal, Name("independent normal")},
                    std::pair{kAutoregressive, Name("autoregressive, 0.3")},
                    std::pair{kMarketGarch, Name("common GARCH")},
                    std::pair{kOwnGarch, Name("separate GARCHs")},
                    std::pair{kHeavyTails, Name("independent t(5)")}};
}

struct TrueMoments {
  std::vector<double> mean;
  Matrix covariance;
  Matrix factor;  ///< lower triangular, covariance = L L'
};

/// The truths that panels are drawn from; all of 250 days a year.
enum class Truth {
  kFive,       ///< means 7 to 11 %, volatilities 16 to 22 %; the optima hold all five
  kAlike,      ///< the same volatilities, all means 9 %
  kUnlike,     ///< the same volatilities, means 2, 5, 10, 15 and 20 %; bounds bind
  kTwenty,     ///< means 4 to 12 %, volatilities 15 to 34 %, in no order; bounds bind
  kTwentyFair  ///< those volatilities, each mean half of it
};

constexpr auto enum_names(Truth) {
  using enum Truth;
  using Name = std::string_view;
  return std::array{std::pair{kFive, Name("five")}, std::pair{kAlike, Name("five, equal means")},
                    std::pair{kUnlike, Name("five, 2 to 20 %")}, std::pair{kTwenty, Name("twenty")},
                    std::pair{kTwentyFair, Name("twenty, equal ratios")}};
}

/// All correlations are equal. With 0.7 the long-only portfolio of least variance of kFive holds
/// three.
inline TrueMoments true_moments(double correlation = 0.3, Truth truth = Truth::kFive) {
  std::vector<double> mean = {0.07, 0.08, 0.085, 0.10, 0.11};
  std::vector<double> sigma = {0.16, 0.17, 0.18, 0.20, 0.22};
  if (truth == Truth::kAlike) mean.assign(5, 0.09);
  if (truth == Truth::kUnlike) mean = {0.02, 0.05, 0.10, 0.15, 0.20};
  if (truth == Truth::kTwenty || truth == Truth::kTwentyFair) {
    mean.clear();
    sigma.clear();
    for (std::size_t i = 0; i < 20; ++i) {
      sigma.push_back(0.15 + 0.01 * static_cast<double>(i));
      mean.push_back(truth == Truth::kTwenty ? 0.04 + 0.004 * static_cast<double>((7 * i) % 21)
                                             : 0.5 * sigma.back());
    }
  }
  const std::size_t n = mean.size();
  TrueMoments out{.mean = {}, .covariance = Matrix(n, n), .factor = Matrix(n, n)};
  for (std::size_t i = 0; i < n; ++i) {
    out.mean.push_back(mean[i] / 250);
    for (std::size_t j = 0; j < n; ++j) {
      out.covariance(i, j) = (i == j ? 1.0 : correlation) * sigma[i] * sigma[j] / 250;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = out.covariance(i, j);
      for (std::size_t k = 0; k < j; ++k) rest -= out.factor(i, k) * out.factor(j, k);
      out.factor(i, j) = i == j ? std::sqrt(rest) : rest / out.factor(j, j);
    }
  }
  return out;
}

/// Days of them after 500 that are thrown away.
inline Matrix simulate_panel(const TrueMoments& truth, Dynamics dynamics, std::size_t n_periods,
                             std::uint64_t seed) {
  constexpr std::size_t kBefore = 500;
  constexpr double kAlpha = 0.08;
  constexpr double kBeta = 0.9;
  const std::size_t n = truth.mean.size();
  RandomStream random(seed, "simulated panel");
  Matrix returns(n_periods, n);
  std::vector<double> shock(n, 0.0);
  std::vector<double> variance(n, 1.0);
  for (std::size_t t = 0; t < kBefore + n_periods; ++t) {
    double square = 0.0;
    if (dynamics == Dynamics::kHeavyTails) {  // t(5) has the variance 5/3
      std::ranges::fill(variance, 3.0 / statistics::draw_chi_squared(5.0, random));
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double normal = random.normal();
      shock[i] = dynamics == Dynamics::kAutoregressive
                     ? 0.3 * shock[i] + std::sqrt(1 - 0.09) * normal
                     : std::sqrt(variance[i]) * normal;
      square += shock[i] * shock[i] / static_cast<double>(n);
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (dynamics == Dynamics::kMarketGarch || dynamics == Dynamics::kOwnGarch) {
        const double last = dynamics == Dynamics::kMarketGarch ? square : shock[i] * shock[i];
        variance[i] = 1.0 - kAlpha - kBeta + kAlpha * last + kBeta * variance[i];
      }
      if (t < kBefore) continue;
      double sum = truth.mean[i];
      for (std::size_t k = 0; k <= i; ++k) sum += truth.factor(i, k) * shock[k];
      returns(t - kBefore, i) = sum;
    }
  }
  return returns;
}

/// Utility with delta = 3, the target return a little above the mean of the means (9.5 % a year of
/// kFive), the ratio above 0.
inline MeanVarianceProblem simulated_problem(const statistics::Moments& moments,
                                             Objective objective, double lower, double upper,
                                             double target = 0.095 / 250) {
  return {.mean = moments.mean,
          .covariance = moments.covariance,
          .bounds = uniform_bounds(moments.mean.size(), lower, upper),
          .objective = objective,
          .target = target,
          .risk_aversion = 3.0};
}

inline Result<std::vector<double>> simulated_weights(const statistics::Moments& moments,
                                                     Objective objective, double lower,
                                                     double upper, double target = 0.095 / 250) {
  auto answer =
      optimize_mean_variance(simulated_problem(moments, objective, lower, upper, target), {});
  if (!answer) return std::unexpected(std::move(answer).error());
  return std::move(answer->weights);
}

}  // namespace quanta::portfolio
