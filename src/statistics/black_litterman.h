/// Expected returns from a market in balance and the views of an investor.
///
///   BlackLitterman problem{.covariance = S, .market_weights = w, .delta = 2.5, .tau = 0.05};
///   problem.views.push_back({.weights = {{0, 1.0}}, .value = 0.20});               // absolute
///   problem.views.push_back({.weights = {{3, 1.0}, {7, -1.0}}, .value = 0.03});    // relative
///   QUANTA_TRY(const Posterior posterior, black_litterman(problem));
///
/// Source: Black and Litterman, Financial Analysts Journal 48 (1992); He and Litterman (1999);
/// confidences: Idzorek (2005) in the closed form of Walters, The Black-Litterman Model in Detail
/// (2014), section 5.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// The portfolio p = sum of weight x asset is expected to return `value`, in the unit and per the
/// period of the covariance.
struct View {
  std::vector<std::pair<std::size_t, double>> weights;  ///< (asset, weight), each asset once
  double value = 0.0;
  /// In [0, 1]: 0 leaves the prior, 1 makes the view hold exactly. Unset: its variance is
  /// tau p'Sp (He and Litterman), which is a confidence of one half.
  std::optional<double> confidence = {};
};

struct BlackLitterman {
  Matrix covariance;                   ///< S, n x n, positive semidefinite
  std::vector<double> market_weights;  ///< n, any sum
  double delta = 2.5;                  ///< risk aversion of the market, positive
  double tau = 0.05;                   ///< uncertainty of the prior, positive
  std::vector<View> views;
};

struct Posterior {
  std::vector<double> prior;  ///< pi = delta S w
  std::vector<double> mean;   ///< pi + tau S P' (tau P S P' + Omega)^-1 (q - P pi)
  Matrix covariance;          ///< S + M,  M = tau S - tau S P' (tau P S P' + Omega)^-1 P tau S
};

/// Omega is diagonal: tau p'Sp (1 - c) / c for a view of confidence c; a view of confidence 0 is
/// left out. Errors: kBadInput, field "covariance" (not square, symmetric, finite),
/// "market_weights" (length, not finite), "delta", "tau" (not positive), "views" (an asset that is
/// none or twice, no weight, a number that is not finite, a confidence outside [0, 1], a portfolio
/// without risk, or certain views that contradict each other: names the view). Cost: O(n^2 k + k^3)
/// for k views.
Result<Posterior> black_litterman(const BlackLitterman& problem);

}  // namespace quanta::statistics
