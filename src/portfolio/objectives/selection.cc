#include "portfolio/objectives/selection.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace quanta::portfolio {
namespace {

Result<void> check(const Matrix& covariance, std::span<const double> mean, double risk_weight) {
  const std::size_t n = mean.size();
  if (n == 0) return bad_input("mean", "there is no asset to choose from");
  if (covariance.rows() != n || covariance.columns() != n) {
    return bad_input("covariance", fmt::format("{} x {} for {} assets: {} x {} is needed",
                                               covariance.rows(), covariance.columns(), n, n, n));
  }
  double largest = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(mean[i])) {
      return bad_input("mean", fmt::format("the mean of asset {} is {}", i + 1, mean[i]));
    }
    for (std::size_t j = 0; j < n; ++j) {
      if (!std::isfinite(covariance(i, j))) {
        return bad_input("covariance",
                         fmt::format("row {}, column {} is {}", i + 1, j + 1, covariance(i, j)));
      }
      largest = std::max(largest, std::abs(covariance(i, j)));
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (std::abs(covariance(i, j) - covariance(j, i)) > 1e-9 * largest) {
        return bad_input(
            "covariance",
            fmt::format("row {}, column {} is {}, but row {}, column {} is {}: it must "
                        "be symmetric",
                        i + 1, j + 1, covariance(i, j), j + 1, i + 1, covariance(j, i)));
      }
    }
  }
  if (!(risk_weight >= 0.0 && std::isfinite(risk_weight))) {
    return bad_input("risk-weight",
                     fmt::format("{} is not a number that is zero or larger", risk_weight));
  }
  return {};
}

/// A = q S / unit^2, b = -mu / unit, with A made exactly symmetric.
LotProblem make(const Matrix& covariance, std::span<const double> mean, double risk_weight,
                double unit) {
  const std::size_t n = mean.size();
  LotProblem problem{.quadratic = Matrix(n, n), .linear = std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    problem.linear[i] = -mean[i] / unit;
    for (std::size_t j = 0; j < n; ++j) {
      const double both = 0.5 * (covariance(i, j) + covariance(j, i));
      problem.quadratic(i, j) = risk_weight * both / (unit * unit);
    }
  }
  return problem;
}

__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

std::uint64_t saturated(Wide x) { return x > kMost ? kMost : static_cast<std::uint64_t>(x); }

/// [r]: ways to place r <= n_lots lots in that many assets. Entries saturate; a window of them
/// summed in 128 bits is then either exact or saturated too.
std::vector<std::uint64_t> ways_within(std::size_t n_assets, std::size_t max_lots,
                                       std::size_t n_lots) {
  std::vector<std::uint64_t> ways(n_lots + 1);
  ways[0] = 1;
  std::vector<std::uint64_t> next(n_lots + 1);
  for (std::size_t i = 0; i < n_assets; ++i) {
    Wide window = 0;
    for (std::size_t r = 0; r <= n_lots; ++r) {
      window += ways[r];
      if (r > max_lots) window -= ways[r - max_lots - 1];
      next[r] = saturated(window);
    }
    ways.swap(next);
  }
  return ways;
}

}  // namespace

Result<LotProblem> selection_problem(const Matrix& covariance, std::span<const double> mean,
                                     double risk_weight, unsigned k) {
  QUANTA_CHECK(check(covariance, mean, risk_weight));
  if (k == 0) return bad_input("select", "at least one asset must be selected");
  if (k > mean.size()) {
    return infeasible("select",
                      fmt::format("{} assets cannot be selected out of {}", k, mean.size()));
  }
  LotProblem problem = make(covariance, mean, risk_weight, 1.0);
  problem.n_lots = k;
  problem.max_lots = 1;
  return problem;
}

Result<LotProblem> lot_problem(const Matrix& covariance, std::span<const double> mean,
                               double risk_weight, unsigned n_lots, unsigned max_lots) {
  QUANTA_CHECK(check(covariance, mean, risk_weight));
  if (n_lots == 0 || n_lots > kMaxLots) {
    return bad_input("lots",
                     fmt::format("{} lots: between 1 and {} can be placed", n_lots, kMaxLots));
  }
  if (max_lots == 0) return bad_input("max-lots", "at least one lot must be allowed in an asset");
  const std::uint64_t room = std::uint64_t{max_lots} * mean.size();
  if (n_lots > room) {
    return infeasible("lots", fmt::format("{} lots do not fit: {} assets of at most {} hold {}",
                                          n_lots, mean.size(), max_lots, room));
  }
  LotProblem problem = make(covariance, mean, risk_weight, n_lots);
  problem.n_lots = n_lots;
  problem.max_lots = std::min(max_lots, n_lots);
  return problem;
}

Result<LotProblem> with_groups(LotProblem problem, std::vector<LotGroup> groups) {
  if (!groups.empty() && problem.n_lots > kMaxGroupedLots) {
    return bad_input("group", fmt::format("limits of groups go with at most {} lots, not {}",
                                          kMaxGroupedLots, problem.n_lots));
  }
  std::vector<bool> taken(problem.n_assets());
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::size_t n_free = problem.n_assets();
  for (LotGroup& group : groups) {
    for (const std::size_t i : group.assets) {
      if (i >= taken.size() || taken[i]) {
        return bad_input("group", fmt::format("{}: asset {} is {}", group.name, i + 1,
                                              i < taken.size() ? "in two groups" : "not there"));
      }
      taken[i] = true;
    }
    if (group.low > group.high) {
      return bad_input("group", fmt::format("{}: the least, {}, is above the most, {}", group.name,
                                            group.low, group.high));
    }
    const std::uint64_t room = std::uint64_t{problem.max_lots} * group.assets.size();
    if (group.low > room) {
      return infeasible("group", fmt::format("{}: at least {} are asked for, and it holds at most "
                                             "{}",
                                             group.name, group.low, room));
    }
    group.high = static_cast<unsigned>(std::min<std::uint64_t>(group.high, room));
    n_free -= group.assets.size();
    least += group.low;
    most += group.high;
  }
  most += std::uint64_t{problem.max_lots} * n_free;
  if (least > problem.n_lots || most < problem.n_lots) {
    return infeasible("group",
                      least > problem.n_lots
                          ? fmt::format("the groups ask for at least {} together, and {} are to be "
                                        "chosen: lower their least or choose more",
                                        least, problem.n_lots)
                          : fmt::format("the groups leave room for at most {}, and {} are to be "
                                        "chosen: raise their most or choose fewer",
                                        most, problem.n_lots));
  }
  problem.groups = std::move(groups);
  return problem;
}

LotParts parts_of(const LotProblem& problem) {
  const std::size_t n_groups = problem.groups.size();
  LotParts result;
  result.parts.resize(n_groups + 1);
  result.of.assign(problem.n_assets(), n_groups);
  for (std::size_t g = 0; g < n_groups; ++g) {
    const LotGroup& group = problem.groups[g];
    result.parts[g] = {group.assets, group.low, std::min(group.high, problem.n_lots)};
    for (const std::size_t i : group.assets) result.of[i] = g;
  }
  result.parts.back().high = problem.n_lots;
  for (std::size_t i = 0; i < result.of.size(); ++i) {
    if (result.of[i] == n_groups) result.parts.back().assets.push_back(i);
  }
  return result;
}

bool is_feasible(const LotProblem& problem, std::span<const unsigned> lots) {
  if (lots.size() != problem.n_assets()) return false;
  std::uint64_t sum = 0;
  for (const unsigned z : lots) {
    if (z > problem.max_lots) return false;
    sum += z;
  }
  if (sum != problem.n_lots) return false;
  return std::ranges::all_of(problem.groups, [&](const LotGroup& group) {
    std::uint64_t held = 0;
    for (const std::size_t i : group.assets) held += lots[i];
    return held >= group.low && held <= group.high;
  });
}

double value(const LotProblem& problem, std::span<const unsigned> lots) {
  assert(lots.size() == problem.n_assets());
  double sum = 0.0;
  for (std::size_t i = 0; i < lots.size(); ++i) {
    if (lots[i] == 0) continue;
    double field = 0.0;
    for (std::size_t j = 0; j < lots.size(); ++j) field += problem.quadratic(i, j) * lots[j];
    sum += lots[i] * (problem.linear[i] + field);
  }
  return sum;
}

std::uint64_t n_feasible(const LotProblem& problem) {
  const std::size_t n_lots = problem.n_lots;
  std::vector<std::uint64_t> ways(n_lots + 1);  // [r]: to place r lots in the parts so far
  ways[0] = 1;
  for (const LotParts::Part& part : parts_of(problem).parts) {
    const std::vector<std::uint64_t> within =
        ways_within(part.assets.size(), problem.max_lots, std::min<std::size_t>(part.high, n_lots));
    if (problem.groups.empty()) return within[n_lots];
    std::vector<std::uint64_t> next(n_lots + 1);
    for (std::size_t m = part.low; m < within.size(); ++m) {
      if (within[m] == 0) continue;
      for (std::size_t r = m; r <= n_lots; ++r) {
        next[r] = saturated(Wide{next[r]} + std::min(Wide{within[m]} * ways[r - m], Wide{kMost}));
      }
    }
    ways.swap(next);
  }
  return ways[n_lots];
}

}  // namespace quanta::portfolio
