/// Exact mean-variance portfolios: full investment, bounds per asset, one objective.
///
///   MeanVarianceProblem problem{.mean = moments.mean, .covariance = moments.covariance,
///                               .bounds = uniform_bounds(n, 0.0, 1.0),
///                               .objective = Objective::kMinVariance};
///   QUANTA_TRY(const ContinuousAnswer answer, optimize_mean_variance(problem, execution));
///   answer.weights;               // sum to 1
///   answer.certificate.proven;    // the bound of an independent argument meets the value
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "core/enum_text.h"
#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {

enum class Objective {
  kMinVariance,    ///< least w'Sw
  kMaxSharpe,      ///< largest (m'w - risk_free) / sqrt(w'Sw)
  kTargetReturn,   ///< least w'Sw with m'w >= target
  kUtility,        ///< largest m'w - risk_aversion / 2 x w'Sw
  kTrackingError,  ///< least sqrt(w'Sw - 2 b'w + v), the deviation of the return beyond a benchmark
};

constexpr auto enum_names(Objective) {
  using enum Objective;
  return std::array{std::pair{kMinVariance, std::string_view("min-variance")},
                    std::pair{kMaxSharpe, std::string_view("max-sharpe")},
                    std::pair{kTargetReturn, std::string_view("target-return")},
                    std::pair{kUtility, std::string_view("utility")},
                    std::pair{kTrackingError, std::string_view("tracking-error")}};
}

/// Whether an objective is better when smaller or when larger.
enum class Sense { kMinimize, kMaximize };

constexpr auto enum_names(Sense) {
  return std::array{std::pair{Sense::kMinimize, std::string_view("minimize")},
                    std::pair{Sense::kMaximize, std::string_view("maximize")}};
}

constexpr Sense sense_of(Objective objective) {
  return objective == Objective::kMaxSharpe || objective == Objective::kUtility ? Sense::kMaximize
                                                                                : Sense::kMinimize;
}

/// What it costs to come from the weights that are held.
struct Trading {
  std::vector<double> current;      ///< w0, n
  double cost = 0.0;                ///< taken from the objective: cost x sum |w - w0|; >= 0
  double max_turnover = kInfinity;  ///< of sum |w - w0|; >= 0
  /// Market impact, n or none: sum impact_i (w_i - w0_i)^2 is taken from the objective; >= 0.
  std::vector<double> impact = {};

  bool costs() const { return cost > 0.0 || !impact.empty(); }
};

/// n assets; mean and covariance in one unit of time (the caller's: a year, a week), and so are
/// target, risk_free and the answer's value.
struct MeanVarianceProblem {
  std::vector<double> mean;  ///< n, fractions
  Matrix covariance;         ///< n x n, symmetric, positive semidefinite (singular is fine)
  Bounds bounds;
  Objective objective = Objective::kMinVariance;
  double target = 0.0;         ///< kTargetReturn: the least return
  double risk_free = 0.0;      ///< kMaxSharpe
  double risk_aversion = 3.0;  ///< kUtility: delta > 0
  std::vector<LinearLimit> limits = {};
  std::optional<Trading> trading = {};  ///< without costs for kMaxSharpe and kTrackingError
  double max_leverage = kInfinity;      ///< of sum |w|, what is held long
                                        ///< and short together; >= 1
  std::vector<double> benchmark_covariance = {};  ///< kTrackingError: b, n
  double benchmark_variance = 0.0;                ///< kTrackingError: v
};

/// What each constraint costs: the change of `value` per unit by which its right side rises. For a
/// minimised value: lower >= 0, upper <= 0, target >= 0; for a maximised one the other way round.
/// Zero where a constraint does not bind.
struct ShadowPrices {
  double sum = 0.0;              ///< of sum(w) = 1
  std::vector<double> lower;     ///< n, of w >= lower
  std::vector<double> upper;     ///< n, of w <= upper
  std::optional<double> target;  ///< kTargetReturn; missing when the target is the largest return
                                 ///< there is, because beyond it nothing is feasible
  struct Limit {
    double lower = 0.0;
    double upper = 0.0;
  };
  std::vector<Limit> limits;  ///< one for each of the problem's
  double turnover = 0.0;      ///< of sum |w - w0| <= max_turnover
  double leverage = 0.0;      ///< of sum |w| <= max_leverage
};

struct ContinuousAnswer {
  std::vector<double> weights;  ///< sum 1 within 1e-12; exactly on a bound where one binds; no -0,
                                ///< nothing between 0 and 1e-12
  double value = 0.0;           ///< of the objective at `weights`
  Sense sense = Sense::kMinimize;
  double expected_return = 0.0;  ///< m'w
  double variance = 0.0;         ///< w'Sw
  double turnover = 0.0;         ///< sum |w - w0|, where there is a start
  double leverage = 0.0;         ///< sum |w|
  /// proven: gap <= 1e-8 x |value| by Lagrangian duality, and the constraints met to 1e-9. Where S
  /// is singular and weights have no bounds, optimizers/dual_bound.h says how far it looks.
  Certificate certificate;
  ShadowPrices shadow_prices;
  int iterations = 0;  ///< rounds of the quadratic program, over all of its solves
};

/// The best weights and the proof that they are. Deterministic; same bits for any thread count.
///
/// A singular covariance (more assets than dates) is no error: the value is unique and exact, the
/// weights are one of the best; covariance_rank() in statistics/moments.h tells the caller to warn.
///
/// Errors, with the field they name:
///   kBadInput    "mean", "covariance", "bounds": sizes that differ, none, not finite (the bounds:
///                NaN), not symmetric, not positive semidefinite; "target", "risk_free",
///                "risk_aversion": not finite, or not positive.
///                "limits", "trading": sizes that differ, not finite; the objective takes no cost.
///                "cost", "impact", "max_turnover", "max_leverage": negative or not a number.
///   kInfeasible  "limits", "max_turnover", "max_leverage": limits and bounds contradict each
///                other. "bounds": lower above upper; the bounds sum to less or more than 1.
///                "target": above the largest return within the bounds (says it).
///                "risk_free": no portfolio within the bounds beats it (says the largest return).
///                "objective": no maximum exists (no bounds and a portfolio without risk that
///                earns, or a ratio that keeps rising).
///   kCancelled   execution.stop was requested.
/// Cost: a few Cholesky factorisations of the held assets. Source: Markowitz 1952; the ratio by
/// the parametric form of the same quadratic program.
Result<ContinuousAnswer> optimize_mean_variance(const MeanVarianceProblem& problem,
                                                const Execution& execution);

}  // namespace quanta::portfolio
