/// Panels of returns whose true means and covariance are known. For tests only.
#pragma once

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
#include "statistics/moments.h"

namespace quanta::portfolio {

/// How returns follow each other; means and covariance of a day are those of TrueMoments in each.
enum class Dynamics {
  kNormal,          ///< independent, multivariate normal
  kAutoregressive,  ///< r_t - m = 0.3 (r_(t-1) - m) + normal
  kMarketGarch,     ///< one GARCH(1,1) variance (0.08, 0.9) for all assets together
  kOwnGarch,        ///< five independent factors, each with such a variance of its own
};

constexpr auto enum_names(Dynamics) {
  using enum Dynamics;
  using Name = std::string_view;
  return std::array{std::pair{kNormal, Name("independent normal")},
                    std::pair{kAutoregressive, Name("autoregressive, 0.3")},
                    std::pair{kMarketGarch, Name("common GARCH")},
                    std::pair{kOwnGarch, Name("separate GARCHs")}};
}

struct TrueMoments {
  std::vector<double> mean;
  Matrix covariance;
  Matrix factor;  ///< lower triangular, covariance = L L'
};

/// Five assets of 250 days a year: means 7 to 11 %, volatilities 16 to 22 %, correlations 0.3. The
/// optima of the four objectives hold all five of them, long. With correlations of 0.7 the
/// long-only portfolio of least variance holds three.
inline TrueMoments true_moments(double correlation = 0.3) {
  constexpr std::size_t n = 5;
  TrueMoments out{.mean = {}, .covariance = Matrix(n, n), .factor = Matrix(n, n)};
  const std::array<double, n> mean = {0.07, 0.08, 0.085, 0.10, 0.11};
  const std::array<double, n> sigma = {0.16, 0.17, 0.18, 0.20, 0.22};
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

/// Utility with delta = 3, the target return in the middle of the means, the ratio above 0.
inline Result<std::vector<double>> simulated_weights(const statistics::Moments& moments,
                                                     Objective objective, double lower,
                                                     double upper) {
  auto answer = optimize_mean_variance({.mean = moments.mean,
                                        .covariance = moments.covariance,
                                        .bounds = uniform_bounds(moments.mean.size(), lower, upper),
                                        .objective = objective,
                                        .target = 0.095 / 250,
                                        .risk_aversion = 3.0},
                                       {});
  if (!answer) return std::unexpected(std::move(answer).error());
  return std::move(answer->weights);
}

}  // namespace quanta::portfolio
