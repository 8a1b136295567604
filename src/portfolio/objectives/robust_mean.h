/// Portfolios for means that are known only within a set: the best by the worst of them.
///
///   RobustProblem problem{.mean = mean, .covariance = covariance,
///                         .bounds = uniform_bounds(n, 0.0, 1.0), .objective = Objective::kUtility,
///                         .radius = 2.0, .uncertainty = covariance_of_the_means};
///   QUANTA_TRY(const RobustAnswer answer, optimize_robust_mean(problem, execution));
///   answer.worst_return;          // m'w less what the means may be off
#pragma once

#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::portfolio {

/// The worst return of w over the means m + e + f with |e_i| <= box_i (box) and
/// f'U^-1 f <= radius^2 (ellipsoid) is
///   worst(w) = m'w - sum_i box_i |w_i| - radius sqrt(w'Uw).
struct RobustProblem {
  std::vector<double> mean;  ///< m, n
  Matrix covariance;         ///< S, n x n, positive semidefinite
  Bounds bounds;
  std::vector<LinearLimit> limits = {};
  Objective objective = Objective::kUtility;  ///< kUtility: largest worst(w) - delta/2 w'Sw.
                                              ///< kTargetReturn: least w'Sw, worst(w) >= target
  double risk_aversion = 3.0;                 ///< delta > 0
  double target = 0.0;
  std::vector<double> box = {};  ///< n, >= 0; empty: no box
  double radius = 0.0;           ///< >= 0
  Matrix uncertainty = {};       ///< U, n x n, positive semidefinite, with a radius
};

/// A mean of the set and multipliers, which prove the value: whatever the means are, the best
/// portfolio for this one is as good as the best for the worst.
struct RobustDual {
  std::vector<double> shift;   ///< e, n: within the box
  std::vector<double> limits;  ///< of each limit: > 0 its lower side, < 0 its upper side
  double target = 0.0;         ///< >= 0, of worst(w) >= target
};

struct RobustAnswer {
  std::vector<double> weights;  ///< as ContinuousAnswer
  double value = 0.0;           ///< utility or variance
  double expected_return = 0.0;
  double worst_return = 0.0;
  double variance = 0.0;
  RobustDual dual;
  /// proven: gap <= 1e-8 x |value|, and the constraints met to 1e-9, by robust_proof.
  Certificate certificate;
  ShadowPrices shadow_prices;
  int iterations = 0;  ///< quadratic programs
};

/// Newton's method: the root is smooth where w'Uw > 0, and each step solves a quadratic program,
/// in bought and sold parts where the box meets weights of both signs. kTargetReturn: the utility
/// whose worst return is the target, by bracketing its risk aversion. Sources: Ben-Tal, Nemirovski,
/// Math. of OR 23 (1998); Goldfarb, Iyengar, Math. of OR 28 (2003); Tütüncü, Koenig, Annals of OR
/// 132 (2004) for the box.
///
/// Errors, with the field they name:
///   kBadInput    "mean", "covariance", "bounds", "limits", "target", "risk_aversion": as
///                optimize_mean_variance; "box": not n, negative, not finite; "radius": negative,
///                not finite; "uncertainty": not n x n, not finite, not positive semidefinite;
///                "objective": neither of the two.
///   kInfeasible  "bounds", "limits": contradict each other; "target": above the largest worst
///                return (says it); "objective": without bounds, it rises without limit.
///   kCancelled
/// Deterministic; one thread. Cost: some 5 quadratic programs, with a target some 60.
Result<RobustAnswer> optimize_robust_mean(const RobustProblem& problem, const Execution& execution);

}  // namespace quanta::portfolio
