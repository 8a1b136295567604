#include "portfolio/optimizers/lots_exact.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <span>
#include <stop_token>
#include <utility>

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/constants.h"
#include "portfolio/optimizers/lots_sampling.h"

namespace quanta::portfolio {
namespace {

double real(unsigned x) { return x; }

/// What rounding may do to a value, about: N (max |b| + N max |A|) bounds its terms.
double value_rounding(const LotProblem& problem) {
  double slope = 0.0;
  for (const double b : problem.linear) slope = std::max(slope, std::abs(b));
  double curvature = 0.0;
  for (const double a : problem.quadratic.values()) curvature = std::max(curvature, std::abs(a));
  const double lots = problem.n_lots;
  return 1e-15 * lots * (slope + lots * curvature);
}

// ---- enumeration ----

/// Tie tolerance as a share of (worst - best).
constexpr double kTie = 1e-12;
/// More tasks than this and the tree is cut at its first level instead of its second.
constexpr std::size_t kMaxTasks = 4096;
/// Fewer z than this are enumerated on the caller's thread.
constexpr std::uint64_t kInPlace = 50'000;

struct Summary {
  double best = kInfinity;
  double worst = -kInfinity;
  double sum = 0.0;
  std::uint64_t count = 0;
  std::uint64_t n_best = 0;
  std::vector<unsigned> lots;
};

/// Depth first over the assets that hold lots, in rising order. At each depth `slope` holds
/// b_j + 2 sum_i A_ij z_i, so that t lots more in asset j change the value by
/// slope_j t + A_jj t^2, and all ways to place a last lot cost one addition each.
class Enumeration {
 public:
  /// Values up to `tie_limit` are counted as best. Once the stop is requested, run() ends early.
  Enumeration(const LotProblem& problem, double tie_limit, std::stop_token stop)
      : problem_(problem),
        stop_(std::move(stop)),
        n_(problem.n_assets()),
        tie_limit_(tie_limit),
        grouped_(!problem.groups.empty()),
        parts_(parts_of(problem)),
        held_(parts_.parts.size()),
        lots_(n_),
        slopes_((std::min<std::size_t>(n_, problem.n_lots) + 1) * n_) {}

  struct Choice {
    std::size_t asset;
    unsigned lots;
  };

  /// All z that begin with these choices (assets rising) and place `left` more lots after them.
  Summary run(std::span<const Choice> prefix, unsigned left) {
    summary_ = {};
    std::ranges::fill(lots_, 0U);
    std::ranges::fill(held_, 0U);
    lacking_ = 0;
    for (const LotParts::Part& part : parts_.parts) lacking_ += part.low;
    std::ranges::copy(problem_.linear, slopes_.begin());
    double value = 0.0;
    std::size_t first = 0;
    std::size_t depth = 0;
    for (const Choice& choice : prefix) {
      if (!fits(choice)) return {};
      value = place(depth++, choice, value);
      first = choice.asset + 1;
    }
    if (left == 0) {
      leaf(value);
    } else {
      visit(depth, first, left, value);
    }
    return std::move(summary_);
  }

  /// The choices of lots for asset j where `left` are to be placed in it and those after it.
  template <class Body>
  void for_each_choice(std::size_t first, unsigned left, const Body& body) const {
    for (std::size_t j = first; j < n_; ++j) {
      const std::uint64_t room_after = std::uint64_t{problem_.max_lots} * (n_ - j - 1);
      if (room_after + problem_.max_lots < left) break;
      const unsigned least = left > room_after ? static_cast<unsigned>(left - room_after) : 1U;
      for (unsigned t = std::max(least, 1U); t <= std::min(problem_.max_lots, left); ++t) {
        body(Choice{j, t});
      }
    }
  }

 private:
  /// Adds the choice: the value after it, and the slopes of later assets at the next depth.
  double place(std::size_t depth, Choice choice, double value) {
    const double* slope = slopes_.data() + depth * n_;
    double* next = slopes_.data() + (depth + 1) * n_;
    const std::span<const double> row = problem_.quadratic.row(choice.asset);
    const double t = choice.lots;
    for (std::size_t l = choice.asset + 1; l < n_; ++l) next[l] = slope[l] + 2.0 * t * row[l];
    lots_[choice.asset] = choice.lots;
    if (grouped_) hold(choice.asset, choice.lots);
    return value + (slope[choice.asset] + row[choice.asset] * t) * t;
  }

  /// Whether its group's upper limit leaves room.
  bool fits(Choice choice) const {
    const std::size_t p = parts_.of[choice.asset];
    return !grouped_ || held_[p] + choice.lots <= parts_.parts[p].high;
  }

  void hold(std::size_t asset, unsigned lots) {
    const std::size_t p = parts_.of[asset];
    const unsigned low = parts_.parts[p].low;
    lacking_ -= std::min(lots, low - std::min(low, held_[p]));
    held_[p] += lots;
  }

  void release(std::size_t asset, unsigned lots) {
    const std::size_t p = parts_.of[asset];
    const unsigned low = parts_.parts[p].low;
    held_[p] -= lots;
    lacking_ += std::min(lots, low - std::min(low, held_[p]));
  }

  void leaf(double value) {
    if (lacking_ > 0) return;
    summary_.sum += value;
    ++summary_.count;
    summary_.worst = std::max(summary_.worst, value);
    if (value < summary_.best) {
      summary_.best = value;
      summary_.lots = lots_;
    }
    if (value <= tie_limit_) ++summary_.n_best;
  }

  void last_lot(std::size_t depth, std::size_t first, double value) {
    const double* slope = slopes_.data() + depth * n_;
    const double* quadratic = problem_.quadratic.data();
    double least = kInfinity;
    double most = -kInfinity;
    double sum = 0.0;
    for (std::size_t j = first; j < n_; ++j) {
      const double step = slope[j] + quadratic[j * n_ + j];
      least = step < least ? step : least;
      most = step > most ? step : most;
      sum += step;
    }
    const auto count = n_ - first;
    summary_.count += count;
    summary_.sum += sum + value * static_cast<double>(count);
    summary_.worst = std::max(summary_.worst, value + most);
    if (value + least < summary_.best) {
      summary_.best = value + least;
      summary_.lots = lots_;
      for (std::size_t j = first; j < n_; ++j) {
        if (slope[j] + quadratic[j * n_ + j] == least) {
          summary_.lots[j] = 1;
          break;
        }
      }
    }
    if (value + least <= tie_limit_) {
      for (std::size_t j = first; j < n_; ++j) {
        if (value + (slope[j] + quadratic[j * n_ + j]) <= tie_limit_) ++summary_.n_best;
      }
    }
  }

  /// The same where groups have limits.
  void last_lot_grouped(std::size_t depth, std::size_t first, double value) {
    const double* slope = slopes_.data() + depth * n_;
    for (std::size_t j = first; j < n_; ++j) {
      const LotParts::Part& part = parts_.parts[parts_.of[j]];
      const unsigned held = held_[parts_.of[j]];
      if (held >= part.high || (lacking_ == 1 && held >= part.low)) continue;
      lots_[j] = 1;
      hold(j, 1);
      leaf(value + (slope[j] + problem_.quadratic(j, j)));
      release(j, 1);
      lots_[j] = 0;
    }
  }

  void visit(std::size_t depth, std::size_t first, unsigned left, double value) {
    if (lacking_ > left) return;
    if (left == 1) {
      grouped_ ? last_lot_grouped(depth, first, value) : last_lot(depth, first, value);
      return;
    }
    if (stop_.stop_requested()) return;
    for_each_choice(first, left, [&](Choice choice) {
      if (!fits(choice)) return;
      const double next = place(depth, choice, value);
      if (choice.lots == left) {
        leaf(next);
      } else {
        visit(depth + 1, choice.asset + 1, left - choice.lots, next);
      }
      lots_[choice.asset] = 0;
      if (grouped_) release(choice.asset, choice.lots);
    });
  }

  const LotProblem& problem_;
  std::stop_token stop_;
  std::size_t n_;
  double tie_limit_;
  bool grouped_;
  LotParts parts_;
  std::vector<unsigned> held_;  // lots in each part
  std::uint64_t lacking_ = 0;   // lots that parts need to reach their least
  std::vector<unsigned> lots_;
  std::vector<double> slopes_;  // one row for each depth
  Summary summary_;
};

/// Nothing where the execution was stopped on the way.
std::optional<ExactLots> enumerate(const LotProblem& problem, std::uint64_t feasible,
                                   const Execution& execution) {
  // Tasks: the first one or two choices, in the order of the search.
  struct Task {
    std::vector<Enumeration::Choice> prefix;
    unsigned left;
  };
  std::vector<Task> tasks;
  const Enumeration shape(problem, -kInfinity, execution.stop);
  const std::size_t choices = problem.n_assets() * problem.max_lots;
  const bool deep = choices * choices <= kMaxTasks;
  shape.for_each_choice(0, problem.n_lots, [&](Enumeration::Choice one) {
    const unsigned left = problem.n_lots - one.lots;
    if (!deep || left == 0) {
      tasks.push_back({{one}, left});
      return;
    }
    shape.for_each_choice(one.asset + 1, left, [&](Enumeration::Choice two) {
      tasks.push_back({{one, two}, left - two.lots});
    });
  });

  std::vector<Summary> summaries(tasks.size());
  // Few z are seen before another thread is awake.
  const std::size_t grain = feasible < kInPlace ? tasks.size() : 1;
  parallel_for(execution, tasks.size(), grain, [&](std::size_t begin, std::size_t end) {
    Enumeration enumeration(problem, -kInfinity, execution.stop);
    for (std::size_t t = begin; t < end; ++t) {
      summaries[t] = enumeration.run(tasks[t].prefix, tasks[t].left);
    }
  });
  if (execution.cancelled()) return std::nullopt;
  Summary total;
  for (const Summary& part : summaries) {
    total.sum += part.sum;
    total.count += part.count;
    total.worst = std::max(total.worst, part.worst);
    if (part.best < total.best) {
      total.best = part.best;
      total.lots = part.lots;
    }
  }
  // Now that the range is known, the ties are counted where there can be any.
  const double tie_limit =
      total.best + std::max(kTie * (total.worst - total.best), value_rounding(problem));
  Enumeration counting(problem, tie_limit, execution.stop);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (summaries[t].best <= tie_limit) {
      total.n_best += counting.run(tasks[t].prefix, tasks[t].left).n_best;
    }
  }
  if (execution.cancelled()) return std::nullopt;

  ExactLots result;
  result.value = value(problem, total.lots);
  result.lots = std::move(total.lots);
  result.certificate = {result.value, result.value, 0.0, true};
  result.iterations = total.count;
  result.enumerated = true;
  result.statistics = LotStatistics{total.count, total.n_best, total.worst,
                                    total.sum / static_cast<double>(total.count)};
  return result;
}

// ---- branch and bound ----

/// Descents that give the first incumbent: this many, or as many as about 10^8 operations allow.
constexpr double kMostStarts = 50.0;
/// Steps of the relaxation's solver at a node, per asset.
constexpr std::size_t kStepsPerAsset = 20;

/// The largest diagonal of its kind such that A - D is positive semidefinite with a margin for
/// rounding: least eigenvalue of A times the identity, or that of the correlation form times the
/// variances, whichever sums to more. Negative where A is indefinite.
std::vector<double> convex_diagonal(const LotProblem& problem) {
  const auto n = static_cast<Eigen::Index>(problem.n_assets());
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> a(problem.quadratic.data(), n, n);
  const auto least_eigenvalue = [](const Eigen::MatrixXd& m) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(m, Eigen::EigenvaluesOnly);
    const auto& values = solver.eigenvalues();
    const double size = std::max(std::abs(values[0]), std::abs(values[values.size() - 1]));
    return values[0] - 1e-12 * static_cast<double>(values.size()) * size;
  };
  Eigen::VectorXd d = Eigen::VectorXd::Constant(n, least_eigenvalue(a));
  if (a.diagonal().minCoeff() > 0.0) {
    const Eigen::VectorXd inverse = a.diagonal().cwiseSqrt().cwiseInverse();
    const double least = least_eigenvalue(inverse.asDiagonal() * a * inverse.asDiagonal());
    const Eigen::VectorXd scaled = least * a.diagonal();
    if (scaled.sum() > d.sum()) d = scaled;
  }
  return {d.begin(), d.end()};
}

struct TreeNode {
  std::vector<unsigned> low;   // z_i >= low_i
  std::vector<unsigned> high;  // z_i <= high_i
  std::vector<double> point;   // the parent's continuous minimiser
  double bound = -kInfinity;   // the parent's
};

/// The relaxation of a node: least y'By + b'y + sum_i f_i(y_i), B = A - D, over low <= y <= high
/// with sum N, where f_i is the convex hull over [low_i, high_i] of d_i z^2 on the integers:
/// piecewise linear for d_i >= 0, one chord otherwise.
class Relaxation {
 public:
  explicit Relaxation(const LotProblem& problem)
      : problem_(problem),
        n_(problem.n_assets()),
        parts_(parts_of(problem)),
        d_(convex_diagonal(problem)),
        slope_(n_) {
    for (std::size_t i = 0; i < n_; ++i) {
      double row = std::abs(problem.linear[i]);
      for (const double a : problem.quadratic.row(i)) row += std::abs(a) * problem.max_lots;
      scale_ = std::max(scale_, row * problem.max_lots);
    }
  }

  /// A bound on the node, with the minimiser in node.point and an integer point of the node in
  /// `integers`.
  double solve(TreeNode& node, std::vector<unsigned>& integers) {
    start(node);
    descend(node);
    return bound(node, integers);
  }

  /// What rounding may do to a bound.
  double rounding() const { return 1e-13 * scale_ * static_cast<double>(n_); }

 private:
  double b(std::size_t i, std::size_t j) const {
    return problem_.quadratic(i, j) - (i == j ? d_[i] : 0.0);
  }

  /// Slope of f_i for the unit from t to t + 1.
  double hull_slope(const TreeNode& node, std::size_t i, double t) const {
    return d_[i] >= 0.0 ? d_[i] * (2.0 * t + 1.0)
                        : d_[i] * (real(node.low[i]) + real(node.high[i]));
  }

  /// Moves the parent's point into the node's box and onto the sum, then takes the slopes.
  void start(TreeNode& node) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      node.point[i] = std::clamp(node.point[i], real(node.low[i]), real(node.high[i]));
      sum += node.point[i];
    }
    double lack = problem_.n_lots - sum;
    for (std::size_t i = 0; i < n_ && lack != 0.0; ++i) {
      const double moved = std::clamp(node.point[i] + lack, real(node.low[i]), real(node.high[i]));
      lack -= moved - node.point[i];
      node.point[i] = moved;
    }
    for (std::size_t i = 0; i < n_; ++i) {
      double sum_i = 0.0;
      for (std::size_t j = 0; j < n_; ++j) sum_i += b(i, j) * node.point[j];
      slope_[i] = problem_.linear[i] + 2.0 * sum_i;
    }
  }

  /// Moves weight between the two assets that gain most by it, up to the next kink of the hull.
  void descend(TreeNode& node) {
    constexpr double kKink = 1e-12;
    for (std::size_t step = 0; step < kStepsPerAsset * n_; ++step) {
      std::size_t up = n_;
      std::size_t down = n_;
      double up_slope = kInfinity;
      double down_slope = -kInfinity;
      for (std::size_t i = 0; i < n_; ++i) {
        const double y = node.point[i];
        if (y < node.high[i] - kKink) {
          const double s = slope_[i] + hull_slope(node, i, std::floor(y + kKink));
          if (s < up_slope) {
            up_slope = s;
            up = i;
          }
        }
        if (y > node.low[i] + kKink) {
          const double s = slope_[i] + hull_slope(node, i, std::ceil(y - kKink) - 1.0);
          if (s > down_slope) {
            down_slope = s;
            down = i;
          }
        }
      }
      if (up == n_ || down == n_ || !(up_slope < down_slope - 1e-9 * scale_) || up == down) return;
      const double curvature = 2.0 * (b(up, up) + b(down, down) - 2.0 * b(up, down));
      double length =
          std::min(kinked(up) ? std::floor(node.point[up] + kKink) + 1.0 - node.point[up]
                              : node.high[up] - node.point[up],
                   kinked(down) ? node.point[down] - (std::ceil(node.point[down] - kKink) - 1.0)
                                : node.point[down] - node.low[down]);
      if (curvature > 0.0) length = std::min(length, (down_slope - up_slope) / curvature);
      node.point[up] += length;
      node.point[down] -= length;
      for (std::size_t i = 0; i < n_; ++i) slope_[i] += 2.0 * length * (b(i, up) - b(i, down));
    }
  }

  bool kinked(std::size_t i) const { return d_[i] > 0.0; }

  /// z'Bz >= 2 y'Bz - y'By for every z, so the least of the separable rest over the integers is a
  /// bound whatever y is: lot by lot to the cheapest asset, exact because each f_i is convex. With
  /// groups each is first brought to its least that way, and then takes no more than its most; that
  /// is exact too, the cost of a group being convex in its number of lots.
  double bound(const TreeNode& node, std::vector<unsigned>& integers) {
    double total = 0.0;
    unsigned left = problem_.n_lots;
    using Offer = std::pair<double, std::size_t>;
    using Offers = std::priority_queue<Offer, std::vector<Offer>, std::greater<>>;
    std::vector<Offers> offers(parts_.parts.size());
    std::vector<unsigned> held(parts_.parts.size());
    integers = node.low;
    for (std::size_t i = 0; i < n_; ++i) {
      const double y = node.point[i];
      // y'By = sum_i y_i (By)_i and 2 (By)_i = slope_i - b_i, taken afresh against drift.
      double field = 0.0;
      for (std::size_t j = 0; j < n_; ++j) field += b(i, j) * node.point[j];
      slope_[i] = problem_.linear[i] + 2.0 * field;
      total -= y * field;
      const double low = node.low[i];
      total += slope_[i] * low + d_[i] * low * low;
      left -= node.low[i];
      held[parts_.of[i]] += node.low[i];
      if (node.low[i] < node.high[i]) {
        offers[parts_.of[i]].emplace(slope_[i] + hull_slope(node, i, low), i);
      }
    }
    const auto take = [&](std::size_t p) {
      const auto [price, i] = offers[p].top();
      offers[p].pop();
      total += price;
      if (++integers[i] < node.high[i]) {
        offers[p].emplace(slope_[i] + hull_slope(node, i, integers[i]), i);
      }
      ++held[p];
      --left;
    };
    for (std::size_t p = 0; p < held.size(); ++p) {
      while (held[p] < parts_.parts[p].low) take(p);
    }
    while (left > 0) {
      std::size_t cheapest = held.size();
      for (std::size_t p = 0; p < held.size(); ++p) {
        if (held[p] >= parts_.parts[p].high || offers[p].empty()) continue;
        if (cheapest == held.size() || offers[p].top() < offers[cheapest].top()) cheapest = p;
      }
      take(cheapest);
    }
    return total - rounding();
  }

  const LotProblem& problem_;
  std::size_t n_;
  LotParts parts_;
  std::vector<double> d_;
  std::vector<double> slope_;  // b + 2 B y
  double scale_ = 0.0;
};

/// Draws in what a sum in [least, most] of these assets implies: none can hold fewer or more than
/// the others leave to it. False where the node is empty.
bool tighten(TreeNode& node, std::span<const std::size_t> assets, std::uint64_t least,
             std::uint64_t most) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (const std::size_t i : assets) {
    low += node.low[i];
    high += node.high[i];
  }
  if (low > most || high < least) return false;
  for (const std::size_t i : assets) {
    const std::uint64_t at_most = most - (low - node.low[i]);
    const std::uint64_t others = high - node.high[i];
    const std::uint64_t at_least = others < least ? least - others : 0;
    // Against the sums of before: still implied, and one pass is enough to stay finite.
    node.high[i] = static_cast<unsigned>(std::min<std::uint64_t>(node.high[i], at_most));
    node.low[i] = static_cast<unsigned>(std::max<std::uint64_t>(node.low[i], at_least));
  }
  return true;
}

/// What the sum and the groups imply. Where that leaves anything, every part can be brought within
/// its limits and all of them to the sum.
bool tighten(TreeNode& node, const LotProblem& problem, const LotParts& parts,
             std::span<const std::size_t> all) {
  if (!tighten(node, all, problem.n_lots, problem.n_lots)) return false;
  if (problem.groups.empty()) return true;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  for (const LotParts::Part& part : parts.parts) {
    if (!tighten(node, part.assets, part.low, part.high)) return false;
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    for (const std::size_t i : part.assets) {
      low += node.low[i];
      high += node.high[i];
    }
    least += std::max<std::uint64_t>(low, part.low);
    most += std::min<std::uint64_t>(high, part.high);
  }
  return least <= problem.n_lots && most >= problem.n_lots;
}

Result<ExactLots> branch_and_bound(const LotProblem& problem, const ExactLotsOptions& options,
                                   const Execution& execution) {
  const std::size_t n = problem.n_assets();
  const double size = static_cast<double>(n) * static_cast<double>(n) * problem.n_lots;
  const auto starts = static_cast<std::uint64_t>(std::clamp(1e8 / size, 1.0, kMostStarts));
  // Without the stop: there must be an incumbent to return.
  QUANTA_TRY(SampledLots incumbent, swap_descent(problem, starts, 1, {.pool = execution.pool}));
  Relaxation relaxation(problem);
  const LotParts parts = parts_of(problem);
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});

  std::vector<TreeNode> open;
  open.push_back(
      {std::vector<unsigned>(n), std::vector<unsigned>(n, problem.max_lots),
       std::vector<double>(n, static_cast<double>(problem.n_lots) / static_cast<double>(n))});
  std::uint64_t n_nodes = 0;
  std::vector<unsigned> integers;
  // A node within rounding of the incumbent cannot improve it by more than that.
  const double room = 2.0 * relaxation.rounding();
  double least_left_out = kInfinity;  // bound of the nodes that were not searched for this
  const auto hopeless = [&](double bound) {
    if (bound < incumbent.value - room) return false;
    least_left_out = std::min(least_left_out, bound);
    return true;
  };
  while (!open.empty() &&
         (n_nodes == 0 || (n_nodes < options.max_nodes && !execution.cancelled()))) {
    TreeNode node = std::move(open.back());
    open.pop_back();
    if (hopeless(node.bound) || !tighten(node, problem, parts, all)) continue;
    ++n_nodes;
    node.bound = std::max(node.bound, relaxation.solve(node, integers));
    const double found = value(problem, integers);
    if (found < incumbent.value) {
      incumbent.value = found;
      incumbent.lots = integers;
    }
    if (hopeless(node.bound)) continue;

    // Branch where the point is farthest from whole numbers, else where there is most choice.
    std::size_t asset = n;
    double most = -1.0;
    for (std::size_t i = 0; i < n; ++i) {
      if (node.low[i] == node.high[i]) continue;
      const double y = node.point[i];
      const double urgency = std::abs(y - std::round(y)) + 1e-6 * (node.high[i] - node.low[i]);
      if (urgency > most) {
        most = urgency;
        asset = i;
      }
    }
    if (asset == n) continue;  // a single point, which has been tried
    const auto split = static_cast<unsigned>(
        std::clamp(std::floor(node.point[asset]), real(node.low[asset]), node.high[asset] - 1.0));
    TreeNode below = node;
    below.high[asset] = split;
    node.low[asset] = split + 1;
    // The side of the point is searched first.
    if (node.point[asset] - split <= 0.5) std::swap(node, below);
    open.push_back(std::move(below));
    open.push_back(std::move(node));
  }

  ExactLots result;
  result.value = incumbent.value;
  result.lots = std::move(incumbent.lots);
  result.iterations = n_nodes;
  double bound = std::min(result.value, least_left_out);
  for (const TreeNode& node : open) bound = std::min(bound, node.bound);
  result.certificate = {result.value, bound, result.value - bound,
                        result.value - bound <= 1e-9 * std::abs(result.value) + room};
  return result;
}

}  // namespace

Result<ExactLots> solve_exactly(const LotProblem& problem, const ExactLotsOptions& options,
                                const Execution& execution) {
  const std::uint64_t feasible = n_feasible(problem);
  if (feasible <= options.enumerate_up_to) {
    if (auto all = enumerate(problem, feasible, execution)) return *std::move(all);
  }
  return branch_and_bound(problem, options, execution);
}

}  // namespace quanta::portfolio
