/// Discrete portfolios as one form: n integers z_i in [0, M] with sum N, least z'Az + b'z.
///
///   QUANTA_TRY(const LotProblem problem, lot_problem(covariance, mean, 1.0, 8, 4));
///   QUANTA_TRY(const ExactLots exact, solve_exactly(problem, {}, execution));
///
/// `selection` (k of n): M = 1, N = k, A = q S, b = -mu: least q x'Sx - mu'x over 0/1 choices of
/// exactly k. `lots`: x = z/N, so A = q S / N^2, b = -mu / N: the same objective over N equal lots,
/// at most M of them in one asset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::portfolio {

/// More lots than this are refused: weights in steps of a hundred thousandth need no integers.
inline constexpr unsigned kMaxLots = 100'000;

/// Limits of the lots that a group of assets holds together; of a selection, how many of them.
struct LotGroup {
  std::string name = {};
  std::vector<std::size_t> assets = {};
  unsigned low = 0;
  unsigned high = kMaxLots;
};

/// More lots than this take no groups: random picks under limits cost N^2.
inline constexpr unsigned kMaxGroupedLots = 2'000;

struct LotProblem {
  Matrix quadratic;                   ///< A, n x n, symmetric
  std::vector<double> linear;         ///< b, n
  unsigned n_lots = 0;                ///< N
  unsigned max_lots = 1;              ///< M
  std::vector<LotGroup> groups = {};  ///< no asset in two of them

  std::size_t n_assets() const { return linear.size(); }
};

/// covariance S (n x n) and mean mu (n) in the same period; risk_weight q >= 0.
/// Errors: kBadInput with the field "covariance" (not square, not finite, not symmetric),
/// "mean" (wrong length, not finite), "risk-weight" (negative or NaN), "select" (k = 0);
/// kInfeasible, field "select", where k > n.
Result<LotProblem> selection_problem(const Matrix& covariance, std::span<const double> mean,
                                     double risk_weight, unsigned k);

/// Errors: as above with the fields "lots" (N = 0, or above kMaxLots) and "max-lots" (M = 0);
/// kInfeasible, field "lots", where N > n M. An M above N is the same as N.
Result<LotProblem> lot_problem(const Matrix& covariance, std::span<const double> mean,
                               double risk_weight, unsigned n_lots, unsigned max_lots);

/// The problem with limits of groups. Errors: kBadInput, field "group" (an asset that there is not,
/// or in two groups, a low limit above the high one, more than kMaxGroupedLots lots); kInfeasible,
/// field "group", where the limits leave no z: says which, or what they leave together.
Result<LotProblem> with_groups(LotProblem problem, std::vector<LotGroup> groups);

/// The assets in parts, each with its limits: the groups, and last those of no group with 0 to N.
struct LotParts {
  struct Part {
    std::vector<std::size_t> assets = {};
    unsigned low = 0;
    unsigned high = 0;
  };
  std::vector<Part> parts = {};
  std::vector<std::size_t> of = {};  ///< the part of each asset
};
LotParts parts_of(const LotProblem& problem);

/// Whether z has the sum N, at most M in each asset, and each group within its limits.
bool is_feasible(const LotProblem& problem, std::span<const unsigned> lots);

/// z'Az + b'z.
double value(const LotProblem& problem, std::span<const unsigned> lots);

/// How many z are feasible, saturating at 2^64 - 1. O(n N), with groups O(groups N^2) more.
std::uint64_t n_feasible(const LotProblem& problem);

}  // namespace quanta::portfolio
