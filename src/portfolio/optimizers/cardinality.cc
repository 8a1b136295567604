#include "portfolio/optimizers/cardinality.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/constants.h"
#include "portfolio/optimizers/choice_relaxation.h"
#include "portfolio/optimizers/diagonal_split.h"
#include "portfolio/optimizers/factor.h"
#include "portfolio/optimizers/perspective_bound.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {
namespace {

/// A node is closed when its bound is within this of the best value, relative.
constexpr double kCloseEnough = 1e-8;
constexpr double kProven = 1e-6;
/// Of the order of the work, which must not depend on threads: nodes that one round takes from the
/// queue, and what each explores below it.
constexpr std::size_t kRoundNodes = 32;
constexpr std::size_t kSubtreeNodes = 16;
/// Numbers that the queue may hold. Beyond, it is emptied from its newest, hence deepest, end,
/// where nodes are closed sooner than they come.
constexpr std::size_t kQueueNumbers = 20'000'000;
constexpr std::size_t kSwapCandidates = 40;
constexpr int kRootSweeps = 20;
constexpr int kRootSplits = 30;
constexpr int kRootSplitSweeps = 10;
constexpr int kNodeSweeps = 8;
/// How much of a new split's aim is the latest relaxation; the rest is what it aimed at before.
/// The split that is best against all relaxations at once is a saddle point, and aiming at the
/// latest alone would circle around it.
constexpr double kRootMix = 0.15;
constexpr double kNodeMix = 0.5;

using Split = std::shared_ptr<const std::vector<double>>;

struct Node {
  CardinalityNode decided;
  Split split;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> gain;  // what the split aims at, n
  double bound = -kInfinity;
  std::uint64_t order = 0;
};

struct Incumbent {
  double value = kInfinity;
  std::vector<double> x;
};

/// What one worker brings back from a node and the small tree below it.
struct Explored {
  std::vector<Node> open;
  Incumbent best;
  double least_closed = kInfinity;  // bounds of the nodes it closed
  std::uint64_t nodes = 0;
};

Result<void> check_quadratic(const CardinalityProblem& p) {
  const std::size_t n = p.linear.size();
  if (n == 0 || p.quadratic.rows() != n || p.quadratic.columns() != n) {
    return bad_input("covariance", fmt::format("is {} x {} for {} assets", p.quadratic.rows(),
                                               p.quadratic.columns(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(p.linear[i])) {
      return bad_input("mean", fmt::format("entry {} is {}", i + 1, p.linear[i]));
    }
    for (std::size_t j = 0; j < n; ++j) {
      const double entry = p.quadratic(i, j);
      if (!std::isfinite(entry)) {
        return bad_input("covariance", fmt::format("row {}, column {} is {}", i + 1, j + 1, entry));
      }
      const double size = std::abs(p.quadratic(i, i)) + std::abs(p.quadratic(j, j));
      if (std::abs(entry - p.quadratic(j, i)) > 1e-9 * size) {
        return bad_input("covariance", fmt::format("row {}, column {} is {} and its mirror {}",
                                                   i + 1, j + 1, entry, p.quadratic(j, i)));
      }
    }
  }
  // A negative eigenvalue would make every bound a guess.
  if (!factor_up_to_rounding(p.quadratic)) {
    return bad_input("covariance",
                     "not positive semidefinite, so that some portfolio would have a negative "
                     "variance; shrinkage or complete data give one that is");
  }
  return {};
}

Result<void> check(const CardinalityProblem& p) {
  QUANTA_CHECK(check_quadratic(p));
  const std::size_t n = p.linear.size();
  if (p.lower.size() != n || p.upper.size() != n) {
    return bad_input("bounds", fmt::format("{} lower and {} upper limits for {} assets",
                                           p.lower.size(), p.upper.size(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (p.lower[i] >= 0.0 && p.lower[i] <= p.upper[i] && std::isfinite(p.upper[i])) continue;
    return bad_input("bounds",
                     fmt::format("asset {}: {} to {} is no range for a limited number of assets, "
                                 "which needs 0 <= lower <= upper, both finite",
                                 i + 1, p.lower[i], p.upper[i]));
  }
  for (std::size_t r = 0; r < p.rows.size(); ++r) {
    const LinearLimit& row = p.rows[r];
    const bool fits =
        row.coefficients.size() == n &&
        std::ranges::all_of(row.coefficients, [](double a) { return std::isfinite(a); });
    if (!fits || !(row.lower <= row.upper) || row.lower == kInfinity || row.upper == -kInfinity) {
      return bad_input("rows",
                       fmt::format("row {} needs {} finite coefficients and a range, not {} "
                                   "to {}",
                                   r + 1, n, row.lower, row.upper));
    }
  }
  if (p.most_held == 0) return bad_input("select", "at least one asset must be allowed");
  for (const std::size_t i : p.must) {
    if (i >= n) return bad_input("must", fmt::format("asset {} of {}", i + 1, n));
  }
  if (p.must.size() > p.most_held) {
    return infeasible("select", fmt::format("{} assets must be held, and {} are allowed",
                                            p.must.size(), p.most_held));
  }
  return {};
}

class Search {
 public:
  Search(const CardinalityProblem& problem, const Execution& execution)
      : problem_(problem),
        execution_(execution),
        relaxation_(problem),
        no_split_(problem.linear.size(), 0.0) {}

  std::size_t n() const { return problem_.linear.size(); }
  std::size_t places() const { return problem_.most_held; }

  static double cutoff(const Incumbent& best) {
    return best.value < kInfinity ? best.value - kCloseEnough * std::abs(best.value) : kInfinity;
  }

  double value(const std::vector<double>& x) const {
    double total = 0.0;
    for (std::size_t i = 0; i < n(); ++i) {
      if (x[i] == 0.0) continue;
      const std::span<const double> row = problem_.quadratic.row(i);
      double sum = 0.0;
      for (std::size_t j = 0; j < n(); ++j) sum += row[j] * x[j];
      total += x[i] * (0.5 * sum + problem_.linear[i]);
    }
    return total;
  }

  /// The best weights when exactly `held` are held. False where that cannot beat `best`.
  bool try_held(const std::vector<std::uint32_t>& held, Incumbent& best) const {
    if (held.empty()) return false;
    CardinalityNode node{held, {}};
    std::ranges::sort(node.held);
    if (relaxation_.contradicts(node)) return false;
    PerspectivePoint point = relaxation_.solve(node, no_split_, best.x, {}, cutoff(best));
    if (point.bound >= cutoff(best)) return false;
    if (!point.converged) {
      Result<std::vector<double>> x = by_general_solver(node);
      if (!x) return false;
      point.x = *std::move(x);
    }
    for (const std::uint32_t i : node.held) {
      point.x[i] = std::clamp(point.x[i], problem_.lower[i], problem_.upper[i]);
    }
    const double reached = value(point.x);
    if (!(reached < cutoff(best))) return false;
    best.value = reached;
    best.x = std::move(point.x);
    return true;
  }

  /// Whether nothing below the node is feasible: asked while there is no incumbent, where bounds
  /// close nothing. What carries the relaxation is tried as a first one.
  bool hopeless(const CardinalityNode& node, Incumbent& best) const {
    if (best.value < kInfinity) return false;
    const auto relaxed = relax_choice(problem_, node, execution_);
    if (!relaxed) return false;  // cancelled
    if (!relaxed->feasible) return true;
    if (relaxed->support.size() <= places() && try_held(relaxed->support, best)) descend(best);
    return false;
  }

  /// Where Newton's pieces do not settle. To the end even when stopped: it is small, and what it
  /// says of a leaf must be so.
  Result<std::vector<double>> by_general_solver(const CardinalityNode& node) const {
    const std::size_t f = node.held.size();
    QuadraticProgram program{.quadratic = Matrix(f, f),
                             .linear = {},
                             .equality = {},
                             .equality_value = {},
                             .inequality = {},
                             .inequality_limit = {},
                             .lower = {},
                             .upper = {}};
    std::vector<double> equalities(f, 1.0);
    std::vector<double> inequalities;
    program.equality_value.push_back(1.0);
    for (std::size_t a = 0; a < f; ++a) {
      program.linear.push_back(problem_.linear[node.held[a]]);
      program.lower.push_back(problem_.lower[node.held[a]]);
      program.upper.push_back(problem_.upper[node.held[a]]);
      for (std::size_t b = 0; b < f; ++b)
        program.quadratic(a, b) = problem_.quadratic(node.held[a], node.held[b]);
    }
    for (const LinearLimit& row : problem_.rows) {
      if (row.lower == row.upper) {
        for (const std::uint32_t i : node.held) equalities.push_back(row.coefficients[i]);
        program.equality_value.push_back(row.upper);
        continue;
      }
      for (const double sign : {1.0, -1.0}) {
        const double limit = sign > 0.0 ? row.upper : -row.lower;
        if (std::isinf(limit)) continue;
        for (const std::uint32_t i : node.held) inequalities.push_back(sign * row.coefficients[i]);
        program.inequality_limit.push_back(limit);
      }
    }
    program.equality = Matrix(program.equality_value.size(), f, std::move(equalities));
    if (!program.inequality_limit.empty()) {
      program.inequality = Matrix(program.inequality_limit.size(), f, std::move(inequalities));
    }
    QUANTA_TRY(const QuadraticSolution solved, solve_quadratic_program(program, Execution{}));
    std::vector<double> x(n(), 0.0);
    for (std::size_t a = 0; a < f; ++a) x[node.held[a]] = solved.x[a];
    return x;
  }

  /// The assets of the largest share, the held ones first.
  std::vector<std::uint32_t> rounded(const CardinalityNode& node,
                                     const PerspectivePoint& point) const {
    std::vector<std::uint32_t> held = node.held;
    std::vector<std::uint32_t> order;
    for (const std::uint32_t i : node.open) {
      if (point.x[i] > 0.0) order.push_back(i);
    }
    std::ranges::stable_sort(order, [&](auto a, auto b) {
      return std::pair(point.share[a], point.x[a]) > std::pair(point.share[b], point.x[b]);
    });
    for (const std::uint32_t i : order) {
      if (held.size() < places()) held.push_back(i);
    }
    return held;
  }

  /// Exchanges one asset, drops one or takes one in, as long as that is better.
  void descend(Incumbent& best) const {
    std::vector<bool> fixed(n());
    for (const std::size_t i : problem_.must) fixed[i] = true;
    bool better = best.value < kInfinity;
    while (better && !execution_.cancelled()) {
      better = false;
      std::vector<std::uint32_t> held;
      for (std::uint32_t i = 0; i < n(); ++i) {
        if (best.x[i] > 0.0) held.push_back(i);
      }
      const PerspectivePoint at = relaxation_.solve({held, {}}, no_split_, best.x, {}, kInfinity);
      // The gain of a first step into asset i, over its curvature.
      std::vector<std::pair<double, std::uint32_t>> candidates;
      for (std::uint32_t i = 0; i < n(); ++i) {
        if (best.x[i] > 0.0 || !(problem_.upper[i] > 0.0)) continue;
        const std::span<const double> row = problem_.quadratic.row(i);
        double q = problem_.linear[i] + relaxation_.pull(i, at.y);
        for (const std::uint32_t j : held) q += row[j] * best.x[j];
        candidates.emplace_back(q / std::sqrt(std::max(row[i], 1e-300)), i);
      }
      std::ranges::sort(candidates);
      if (candidates.size() > kSwapCandidates) candidates.resize(kSwapCandidates);
      const std::vector<std::uint32_t> from = held;
      for (const auto& [gain, in] : candidates) {
        if (from.size() < places()) {
          std::vector<std::uint32_t> more = from;
          more.push_back(in);
          better = try_held(more, best) || better;
        }
        for (const std::uint32_t out : from) {
          if (fixed[out]) continue;
          std::vector<std::uint32_t> other = from;
          std::ranges::replace(other, out, in);
          better = try_held(other, best) || better;
        }
      }
      for (const std::uint32_t out : from) {
        if (fixed[out]) continue;
        std::vector<std::uint32_t> fewer = from;
        std::erase(fewer, out);
        better = try_held(fewer, best) || better;
      }
    }
  }

  /// A new split for the node, which pays where its relaxation leaves room: asset i's d counts
  /// x_i^2 (1 / z_i - 1) there, which is the bound's derivative. `mix` of that and the rest of what
  /// the node's split aimed at before.
  void split(Node& node, const PerspectivePoint& point, int sweeps, double mix) const {
    std::vector<double> latest(n(), 0.0);
    double latest_total = 0.0;
    double before_total = 0.0;
    for (const std::uint32_t i : node.decided.open) {
      if (point.share[i] > 0.0) {
        latest[i] = point.x[i] * point.x[i] * (1.0 / point.share[i] - 1.0);
      }
      latest_total += latest[i] * problem_.quadratic(i, i);
      before_total += node.gain[i] * problem_.quadratic(i, i);
    }
    std::vector<double> gain(n(), 0.0);
    for (const std::uint32_t i : node.decided.open) {
      if (latest_total > 0.0) gain[i] += mix * latest[i] / latest_total;
      if (before_total > 0.0) gain[i] += (1.0 - mix) * node.gain[i] / before_total;
    }
    node.gain = std::move(gain);
    aim(node, sweeps);
  }

  /// The split for the node's gain, from the split it has.
  void aim(Node& node, int sweeps) const {
    std::vector<std::uint32_t> kept = node.decided.held;
    kept.insert(kept.end(), node.decided.open.begin(), node.decided.open.end());
    std::vector<double> gain;
    for (const std::uint32_t i : kept) gain.push_back(node.gain[i]);
    node.split = std::make_shared<const std::vector<double>>(
        diagonal_split(problem_.quadratic, kept, gain, *node.split, sweeps, execution_));
  }

  /// Fixes the assets whose other choice would lift the bound above the best value.
  void fix(CardinalityNode& node, const PerspectivePoint& point, double best) const {
    if (best == kInfinity) return;
    CardinalityNode next{node.held, {}};
    const double room = best - point.bound;
    for (const std::uint32_t i : node.open) {
      const double phi = point.phi[i];
      const bool among_best = phi <= point.phi_last_in && phi < 0.0;
      if (!among_best && phi - point.phi_last_in > room) continue;
      if (among_best && point.phi_first_out - phi > room && next.held.size() < places()) {
        next.held.push_back(i);
        continue;
      }
      next.open.push_back(i);
    }
    if (next.held.size() == places()) next.open.clear();
    node = std::move(next);
  }

  /// Bounds the node, with the split it inherited and with one of its own; closes it or splits it
  /// in two, which are put on `stack`, the one that holds more last.
  void expand(Node node, std::vector<Node>& stack, Explored& out) const {
    if (node.bound >= cutoff(out.best)) {
      out.least_closed = std::min(out.least_closed, node.bound);
      return;
    }
    ++out.nodes;
    if (relaxation_.contradicts(node.decided) || hopeless(node.decided, out.best)) return;
    PerspectivePoint point;
    for (const bool inherited : {true, false}) {
      if (!inherited) {
        if (node.decided.open.empty() || point.x.empty()) break;
        split(node, point, kNodeSweeps, kNodeMix);
      }
      point = relaxation_.solve(node.decided, *node.split, node.x, node.y, cutoff(out.best));
      node.bound = std::max(node.bound, point.bound);
      if (!point.x.empty()) {
        node.x = point.x;
        node.y = point.y;
        if (node.bound < cutoff(out.best) && try_held(rounded(node.decided, point), out.best)) {
          descend(out.best);
        }
        fix(node.decided, point, out.best.value);
      }
      if (node.bound >= cutoff(out.best)) {
        out.least_closed = std::min(out.least_closed, node.bound);
        return;
      }
    }
    if (node.decided.open.empty()) {
      close_leaf(node, out);
    } else {
      branch(std::move(node), point, stack);
    }
  }

  /// Nothing is left to decide: the node's bound is its value.
  void close_leaf(const Node& node, Explored& out) const {
    if (relaxation_.contradicts(node.decided)) return;
    try_held(node.decided.held, out.best);
    const PerspectivePoint leaf =
        relaxation_.solve(node.decided, no_split_, node.x, node.y, kInfinity);
    // Where Newton did not end, the value of the general solver stands, which is exact as well.
    double bound = std::max(node.bound, leaf.bound);
    if (!leaf.converged) {
      const Result<std::vector<double>> x = by_general_solver(node.decided);
      if (x) bound = std::max(bound, value(*x));
      if (!x && x.error().kind == ErrorKind::kInfeasible) return;
    }
    out.least_closed = std::min(out.least_closed, bound);
  }

  void branch(Node node, const PerspectivePoint& point, std::vector<Node>& stack) const {
    const auto score = [&](std::uint32_t i) {
      if (point.x.empty()) return std::pair(0.0, problem_.quadratic(i, i));
      const double share = point.share[i];
      const double room =
          share > 0.0 ? point.x[i] * point.x[i] * (1.0 / share - 1.0) * (*node.split)[i] : 0.0;
      return std::pair(room, point.x[i]);
    };
    std::size_t chosen = 0;
    for (std::size_t a = 1; a < node.decided.open.size(); ++a) {
      if (score(node.decided.open[a]) > score(node.decided.open[chosen])) chosen = a;
    }
    const std::uint32_t asset = node.decided.open[chosen];
    node.decided.open.erase(node.decided.open.begin() + static_cast<std::ptrdiff_t>(chosen));
    Node with = node;
    with.decided.held.push_back(asset);
    if (with.decided.held.size() == places()) with.decided.open.clear();
    node.x[asset] = 0.0;
    stack.push_back(std::move(node));
    stack.push_back(std::move(with));
  }

  Explored explore(Node node, const Incumbent& best) const {
    Explored out;
    out.best = best;
    std::vector<Node> stack;
    stack.push_back(std::move(node));
    while (!stack.empty() && out.nodes < kSubtreeNodes && !execution_.cancelled()) {
      Node next = std::move(stack.back());
      stack.pop_back();
      expand(std::move(next), stack, out);
    }
    out.open = std::move(stack);
    return out;
  }

  /// The root's split, its point and a first incumbent.
  Node root(Incumbent& best) const {
    Node node;
    std::vector<bool> is_held(n());
    for (const std::size_t i : problem_.must) {
      if (!is_held[i]) node.decided.held.push_back(static_cast<std::uint32_t>(i));
      is_held[i] = true;
    }
    for (std::uint32_t i = 0; i < n(); ++i) {
      if (!is_held[i] && problem_.upper[i] > 0.0) node.decided.open.push_back(i);
    }
    if (node.decided.held.size() == places()) node.decided.open.clear();
    node.split = std::make_shared<const std::vector<double>>(no_split_);
    node.x.assign(n(), 0.0);
    node.gain.assign(n(), 0.0);
    for (std::size_t i = 0; i < n(); ++i) {
      if (problem_.quadratic(i, i) > 0.0) node.gain[i] = 1.0 / problem_.quadratic(i, i);
    }
    for (int round = 0; round <= kRootSplits; ++round) {
      const PerspectivePoint point =
          relaxation_.solve(node.decided, *node.split, node.x, node.y, kInfinity);
      if (point.x.empty()) break;
      node.bound = std::max(node.bound, point.bound);
      node.x = point.x;
      node.y = point.y;
      if (try_held(rounded(node.decided, point), best)) descend(best);
      fix(node.decided, point, best.value);
      if (node.bound >= cutoff(best) || node.decided.open.empty() || execution_.cancelled()) break;
      if (round == 0) {
        aim(node, kRootSweeps);
      } else {
        split(node, point, kRootSplitSweeps, kRootMix);
      }
    }
    return node;
  }

 private:
  const CardinalityProblem& problem_;
  const Execution& execution_;
  PerspectiveBound relaxation_;
  std::vector<double> no_split_;
};

/// The open nodes: the least bound first, of equal ones the older.
class Queue {
 public:
  explicit Queue(std::size_t n) : limit_(kQueueNumbers / (4 * n) + 1) {}

  bool empty() const { return nodes_.empty(); }

  void push(Node node) {
    node.order = ++order_;
    nodes_.push_back(std::move(node));
    std::ranges::push_heap(nodes_, later);
  }

  std::vector<Node> take(std::size_t count) {
    count = std::min(count, nodes_.size());
    const auto from = nodes_.end() - static_cast<std::ptrdiff_t>(count);
    const bool full = nodes_.size() > limit_;
    if (full) {
      std::ranges::nth_element(nodes_, from, {}, &Node::order);
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        std::ranges::pop_heap(nodes_.begin(), nodes_.end() - static_cast<std::ptrdiff_t>(i), later);
      }
    }
    std::vector<Node> out(std::make_move_iterator(from), std::make_move_iterator(nodes_.end()));
    nodes_.erase(from, nodes_.end());
    if (full) {
      std::ranges::sort(out, {}, &Node::order);
      std::ranges::make_heap(nodes_, later);
    }
    return out;
  }

  double least_bound() const {
    double least = kInfinity;
    for (const Node& node : nodes_) least = std::min(least, node.bound);
    return least;
  }

 private:
  static bool later(const Node& a, const Node& b) {
    return std::pair(a.bound, a.order) > std::pair(b.bound, b.order);
  }

  std::size_t limit_;
  std::uint64_t order_ = 0;
  std::vector<Node> nodes_;  // a heap by `later`
};

}  // namespace

Result<CardinalityAnswer> solve_cardinality(const CardinalityProblem& problem,
                                            const CardinalityOptions& options,
                                            const Execution& execution) {
  QUANTA_CHECK(check(problem));
  CardinalityProblem exact = problem;  // to the last bit symmetric
  for (std::size_t i = 0; i < exact.linear.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      exact.quadratic(i, j) = exact.quadratic(j, i) =
          0.5 * (exact.quadratic(i, j) + exact.quadratic(j, i));
    }
  }
  const Search search(exact, execution);
  CardinalityAnswer answer;
  Incumbent best;
  Queue queue(problem.linear.size());
  Node root = search.root(best);
  answer.root_bound = std::min(root.bound, best.value);
  double least_closed = kInfinity;
  if (root.bound < Search::cutoff(best)) {
    queue.push(std::move(root));
  } else {
    least_closed = root.bound;
  }
  while (!queue.empty() && !execution.cancelled() && answer.nodes < options.max_nodes) {
    std::vector<Node> taken = queue.take(kRoundNodes);
    std::vector<Explored> explored(taken.size());
    parallel_for(execution, taken.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        explored[i] = search.explore(std::move(taken[i]), best);
      }
    });
    for (Explored& part : explored) {
      answer.nodes += part.nodes;
      least_closed = std::min(least_closed, part.least_closed);
      if (part.best.value < best.value) best = std::move(part.best);
      for (Node& node : part.open) queue.push(std::move(node));
    }
  }
  answer.stopped = !queue.empty();
  if (best.value == kInfinity) {
    if (answer.stopped) return cancelled_error();
    return infeasible("constraints",
                      fmt::format("no {} assets or fewer satisfy the limits and rows together",
                                  problem.most_held));
  }
  answer.weights = std::move(best.x);
  answer.value = search.value(answer.weights);
  for (std::size_t i = 0; i < answer.weights.size(); ++i) {
    if (answer.weights[i] > 0.0) answer.held.push_back(i);
  }
  answer.certificate.best = answer.value;
  answer.certificate.bound = std::min({least_closed, queue.least_bound(), answer.value});
  answer.certificate.gap = answer.value - answer.certificate.bound;
  answer.certificate.proven = answer.certificate.gap <= kProven * std::abs(answer.value);
  return answer;
}

}  // namespace quanta::portfolio
