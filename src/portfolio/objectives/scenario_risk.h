/// Portfolios of least risk over scenarios: what was lost on each day counts, not a covariance.
///
///   ScenarioProblem problem{.returns = returns, .risk = ScenarioRisk::kCvar, .alpha = 0.95,
///                           .bounds = uniform_bounds(n, 0.0, 1.0)};
///   QUANTA_TRY(const ScenarioAnswer answer, optimize_scenario_risk(problem, execution));
///   answer.value;                 // mean loss of the worst 5 % of the periods
///   answer.certificate.proven;    // portfolio/objectives/scenario_proof.h recomputes it
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::portfolio {

/// With r_t the row t of T returns, loss_t = -r_t'w and the drawdown of the sum of returns
///   d_t = max over 0 <= s <= t of (c_s - c_t),  c_t = r_1'w + ... + r_t'w,  c_0 = 0:
enum class ScenarioRisk {
  kCvar,  ///< mean of the worst (1 - alpha) T losses, a fraction of the last one where that is no
          ///< whole number: min over z of z + sum max(0, loss_t - z) / ((1 - alpha) T).
          ///< Rockafellar, Uryasev, J. of Risk 2 (2000)
  kCdar,  ///< the same of the drawdowns. Chekhlov, Uryasev, Zabarankin, IJTAF 8 (2005)
  kMad,   ///< mean |(r_t - m)'w|, m the means of the returns. Konno, Yamazaki, Man. Sci. 37 (1991)
  kSemivariance,  ///< mean of max(0, (m - r_t)'w)^2. Markowitz 1959
  kEvar,          ///< min over z > 0 of z ln(mean exp(loss_t / z) / (1 - alpha)).
                  ///< Ahmadi-Javid, J. Optim. Theory Appl. 155 (2012)
  kMaxDrawdown,   ///< max d_t
  kMissedGrowth,  ///< -mean ln(1 + r_t'w), whose least is Kelly's portfolio of largest growth;
                  ///< infinite where a period loses everything. Kelly, Bell System Tech. J. 35
                  ///< (1956); Cover, IEEE Trans. Inf. Theory 30 (1984)
};

/// T scenarios of n assets; every risk is per period, as the returns are.
struct ScenarioProblem {
  Matrix returns;  ///< T x n simple returns, in order of time; T >= 2
  ScenarioRisk risk = ScenarioRisk::kCvar;
  double alpha = 0.95;  ///< kCvar, kCdar, kEvar: confidence, in (0, 1)
  Bounds bounds;        ///< of weights, which sum to 1
  std::vector<LinearLimit> limits = {};
  std::optional<double> target = {};    ///< least mean'w
  std::vector<double> mean = {};        ///< n, with a target: in its unit of time
  std::optional<Trading> trading = {};  ///< its cost is added to the risk; without impact
  double max_leverage = kInfinity;      ///< of sum |w|; >= 1
};

/// What proves the value: weights of the scenarios, chosen by the other side of the duality. g, the
/// gradient that they make, is a lower bound g'w of the risk for every w, but for kSemivariance,
/// where it is g'w - T/4 sum_t y_t^2, and for kMissedGrowth,
/// g'w + 1/T sum_t (ln(T y_t) + 1 - T y_t): tangents of the logarithm.
struct ScenarioDual {
  /// y, T. kCvar, kCdar, kMaxDrawdown, kEvar: probabilities, at most 1 / ((1 - alpha) T) for the
  /// first two, and for kEvar with relative entropy sum y_t ln(T y_t) <= -ln(1 - alpha).
  /// kMad: |y_t| <= 1/T. kSemivariance: y_t >= 0. kMissedGrowth: y_t > 0.
  std::vector<double> scenarios;
  /// kCdar, kMaxDrawdown: p, T + 1: probability of the peak at s = 0..T from which the drawdown
  /// counts; sum_{s<=k} p_s >= sum_{t<=k} y_t for every k, so that no peak is later than its fall.
  std::vector<double> peaks;
  std::vector<double> limits;  ///< of each limit: > 0 its lower side, < 0 its upper side
  double target = 0.0;         ///< >= 0
  double leverage = 0.0;       ///< >= 0, of sum |w|
  double turnover = 0.0;       ///< >= 0, of sum |w - w0|
};

struct ScenarioAnswer {
  std::vector<double> weights;  ///< as ContinuousAnswer
  double value = 0.0;           ///< the risk, and what trading costs
  double turnover = 0.0;        ///< sum |w - w0|, where there is a start
  double leverage = 0.0;        ///< sum |w|
  ScenarioDual dual;
  /// proven: gap <= 1e-8 x |value|, and the constraints met to 1e-9, by scenario_proof.
  Certificate certificate;
  ShadowPrices shadow_prices;
  int iterations = 0;       ///< exchanges of the simplex method, tangents, or Newton steps
  std::string_view method;  ///< "simplex on the kinks", "cutting plane", "newton"
  bool stopped = false;     ///< by execution.stop: the best found, and the highest bound known then
};

/// The best weights and the proof that they are.
///
/// kCvar and kMad: the simplex method on the kinks of the objective, which ends in a vertex.
/// kCdar and kMaxDrawdown: cutting plane; a vertex as well. kSemivariance: Newton's method with a
/// quadratic program over the periods below the mean. kMissedGrowth: Newton's method. kEvar:
/// Newton's method in (w, z), and the cutting plane where its optimum has no z > 0. Where weights
/// have no bounds, optimality is proven for weights up to 10^4. With (1 - alpha) T <= 1 the tail is
/// the one worst period, and EVaR and CVaR are the largest loss.
///
/// Errors, with the field they name:
///   kBadInput    "returns": fewer than 2 rows, no assets, not finite (names row and column);
///                "alpha": not in (0, 1); "bounds", "limits", "target", "mean", "trading": sizes
///                that differ, not finite; "cost", "impact", "max_turnover", "max_leverage": as
///                optimize_mean_variance, and no impact.
///   kInfeasible  "bounds", "limits", "max_turnover", "max_leverage": as optimize_mean_variance;
///                "target": above the largest return
///                within bounds and limits (says it); "objective": without bounds some mix of
///                assets loses in no scenario, so that nothing limits it; kMissedGrowth: all
///                allowed weights lose everything in some period ("bounds").
/// Where execution.stop ends it early there is no error: the answer is the best found, at the least
/// some weights that are allowed, and its certificate says how far from the least risk they can be.
/// Deterministic; one thread. Cost: kCvar and kMad, a few hundred products of the returns with a
/// vector; kCdar and kMaxDrawdown as many tangents as the cuts that meet in the vertex, some n.
Result<ScenarioAnswer> optimize_scenario_risk(const ScenarioProblem& problem,
                                              const Execution& execution);

}  // namespace quanta::portfolio
