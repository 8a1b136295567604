#include "portfolio/optimizers/perspective_bound.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "core/constants.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kMaxRounds = 60;
constexpr int kMaxRoundsWithoutRise = 5;

enum class Piece : std::uint8_t { kZero, kInside, kLower, kUpper };

/// Solves S y = r for a symmetric positive semidefinite S of few rows in place, by elimination
/// with the largest diagonal as pivot; a dependent row gets 0.
void solve_rows(MatrixXd& s, VectorXd& r) {
  const Index m = r.size();
  VectorXd y = VectorXd::Zero(m);
  std::vector<Index> order;
  std::vector<bool> used(static_cast<std::size_t>(m));
  const VectorXd first = s.diagonal();
  for (Index round = 0; round < m; ++round) {
    Index pivot = -1;
    for (Index i = 0; i < m; ++i) {
      if (used[static_cast<std::size_t>(i)] || !(s(i, i) > 1e-11 * first[i])) continue;
      if (pivot < 0 || s(i, i) / first[i] > s(pivot, pivot) / first[pivot]) pivot = i;
    }
    if (pivot < 0) break;
    used[static_cast<std::size_t>(pivot)] = true;
    order.push_back(pivot);
    for (Index i = 0; i < m; ++i) {
      if (used[static_cast<std::size_t>(i)]) continue;
      const double factor = s(i, pivot) / s(pivot, pivot);
      s.row(i) -= factor * s.row(pivot);
      r[i] -= factor * r[pivot];
    }
  }
  for (std::size_t at = order.size(); at-- > 0;) {
    const Index i = order[at];
    double sum = r[i];
    for (std::size_t later = at + 1; later < order.size(); ++later) {
      sum -= s(i, order[later]) * y[order[later]];
    }
    y[i] = sum / s(i, i);
  }
  r = y;
}

/// One solve of a node: the assets of the node in one list, the held ones first.
class Solver {
 public:
  Solver(const CardinalityProblem& problem, const std::vector<std::vector<double>>& rows,
         const std::vector<double>& limits, std::size_t n_equalities, const CardinalityNode& node,
         std::span<const double> d)
      : problem_(problem),
        rows_(rows),
        limits_(limits),
        n_equalities_(n_equalities),
        n_held_(node.held.size()),
        assets_(node.held) {
    assets_.insert(assets_.end(), node.open.begin(), node.open.end());
    const std::size_t n = assets_.size();
    d_.resize(n);
    root_d_.resize(n);
    for (std::size_t a = 0; a < n; ++a) {
      d_[a] = d[assets_[a]];
      root_d_[a] = std::sqrt(d_[a]);
    }
    x_.assign(n, 0.0);
    y_.assign(limits.size(), 0.0);
    piece_.assign(n, Piece::kInside);
    full_.assign(n, 1);
    active_.assign(limits.size(), false);
    std::fill_n(active_.begin(), n_equalities, true);
    g_.resize(n);
    q_.resize(n);
    phi_.resize(n);
  }

  void start(std::span<const double> x, std::span<const double> y) {
    const std::size_t n = assets_.size();
    double total = 0.0;
    for (std::size_t a = 0; a < n && !x.empty(); ++a) {
      x_[a] = std::clamp(x[assets_[a]], lower(a), problem_.upper[assets_[a]]);
      total += x_[a];
    }
    if (!(total > 0.0)) std::ranges::fill(x_, 1.0 / static_cast<double>(n));
    for (std::size_t a = 0; a < n; ++a) {
      if (a >= n_held_ && x_[a] <= 1e-12) piece_[a] = Piece::kZero;
    }
    for (std::size_t r = n_equalities_; r < y.size(); ++r) active_[r] = y[r] > 0.0;
  }

  PerspectivePoint run(double cutoff) {
    PerspectivePoint best;
    int without_rise = 0;
    for (int round = 0; round < kMaxRounds && without_rise < kMaxRoundsWithoutRise; ++round) {
      classify();
      // A ridge where the system is singular: x is then near the solution, which suffices for a
      // bound.
      const bool exact = newton(0.0);
      if (!exact && !newton(1e-9) && !newton(1e-4)) break;
      const double bound = evaluate();
      if (!(bound > best.bound + 1e-10 * std::abs(best.bound))) ++without_rise;
      if (bound > best.bound) {
        if (bound > best.bound + 1e-10 * std::abs(best.bound)) without_rise = 0;
        best.bound = bound;
        keep(best);
      }
      if (best.bound >= cutoff) break;
      if (!update()) {
        best.bound = std::max(best.bound, bound);
        keep(best);
        best.converged = exact && rows_hold();
        break;
      }
    }
    return best;
  }

 private:
  double lower(std::size_t a) const { return a < n_held_ ? problem_.lower[assets_[a]] : 0.0; }
  double upper(std::size_t a) const { return problem_.upper[assets_[a]]; }

  /// Which of the open assets inside have z = 1, by the closed form of
  ///   min 1/2 sum d x^2 / z  subject to  sum z <= K', z <= 1:
  /// the largest sqrt(d) x have, the others z = sqrt(d) x / sigma.
  void classify() {
    std::ranges::fill(full_, 1);
    std::vector<std::size_t> inside;
    std::size_t places = problem_.most_held - n_held_;
    for (std::size_t a = n_held_; a < assets_.size(); ++a) {
      if (piece_[a] == Piece::kInside) inside.push_back(a);
      if (piece_[a] == Piece::kUpper && places > 0) --places;
    }
    places_ = 0.0;
    sigma_ = 0.0;
    if (inside.size() <= places) return;
    if (places == 0) {
      for (const std::size_t a : inside) {
        piece_[a] = Piece::kZero;
        x_[a] = 0.0;
      }
      sigma_ = kInfinity;
      return;
    }
    const auto size = [&](std::size_t a) { return root_d_[a] * x_[a]; };
    std::ranges::stable_sort(inside, [&](auto a, auto b) { return size(a) > size(b); });
    double tail = 0.0;
    for (const std::size_t a : inside) tail += size(a);
    std::size_t first = 0;
    while (first + 1 < places && size(inside[first]) * static_cast<double>(places - first) > tail) {
      tail -= size(inside[first]);
      ++first;
    }
    for (std::size_t i = first; i < inside.size(); ++i) full_[inside[i]] = 0;
    places_ = static_cast<double>(places - first);
    sigma_ = tail / places_;
  }

  /// x on the assets inside, y and sigma for the pieces as they are.
  bool newton(double ridge) {
    inside_.clear();
    for (std::size_t a = 0; a < assets_.size(); ++a) {
      if (piece_[a] == Piece::kInside) inside_.push_back(a);
      if (piece_[a] == Piece::kLower) x_[a] = lower(a);
      if (piece_[a] == Piece::kUpper) x_[a] = upper(a);
      if (piece_[a] == Piece::kZero) x_[a] = 0.0;
    }
    const auto f = static_cast<Index>(inside_.size());
    if (f == 0) return true;
    const auto asset = [&](Index i) { return assets_[inside_[static_cast<std::size_t>(i)]]; };
    MatrixXd m(f, f);
    VectorXd right(f);
    for (Index j = 0; j < f; ++j) {
      const std::span<const double> column = problem_.quadratic.row(asset(j));
      for (Index i = j; i < f; ++i) m(i, j) = column[asset(i)];
      const std::size_t a = inside_[static_cast<std::size_t>(j)];
      if (full_[a] == 0) m(j, j) -= d_[a];
      right[j] = -problem_.linear[asset(j)];
    }
    if (places_ > 0.0) {
      for (Index j = 0; j < f; ++j) {
        const std::size_t a = inside_[static_cast<std::size_t>(j)];
        if (full_[a] != 0) continue;
        for (Index i = j; i < f; ++i) {
          const std::size_t b = inside_[static_cast<std::size_t>(i)];
          if (full_[b] == 0) m(i, j) += root_d_[a] * root_d_[b] / places_;
        }
      }
    }
    rows_active_.clear();
    for (std::size_t r = 0; r < limits_.size(); ++r) {
      if (active_[r]) rows_active_.push_back(r);
    }
    const auto n_rows = static_cast<Index>(rows_active_.size());
    MatrixXd half(f, n_rows);
    VectorXd row_right(n_rows);
    for (Index r = 0; r < n_rows; ++r) {
      const std::size_t row = rows_active_[static_cast<std::size_t>(r)];
      for (Index i = 0; i < f; ++i) half(i, r) = rows_[row][asset(i)];
      row_right[r] = limits_[row];
    }
    for (std::size_t a = 0; a < assets_.size(); ++a) {
      if (piece_[a] == Piece::kInside || x_[a] == 0.0) continue;
      const std::span<const double> column = problem_.quadratic.row(assets_[a]);
      for (Index i = 0; i < f; ++i) right[i] -= column[asset(i)] * x_[a];
      for (Index r = 0; r < n_rows; ++r) {
        row_right[r] -= rows_[rows_active_[static_cast<std::size_t>(r)]][assets_[a]] * x_[a];
      }
    }
    if (ridge > 0.0) m.diagonal().array() += ridge * std::max(m.diagonal().maxCoeff(), 1e-300);
    const Eigen::LLT<Eigen::Ref<MatrixXd>> cholesky(m);
    if (cholesky.info() != Eigen::Success) return false;
    cholesky.matrixL().solveInPlace(half);
    cholesky.matrixL().solveInPlace(right);
    MatrixXd schur = half.transpose() * half;
    VectorXd y = half.transpose() * right - row_right;
    solve_rows(schur, y);
    right -= half * y;
    cholesky.matrixU().solveInPlace(right);
    if (!right.allFinite() || !y.allFinite()) return false;
    std::ranges::fill(y_, 0.0);
    for (Index r = 0; r < n_rows; ++r) y_[rows_active_[static_cast<std::size_t>(r)]] = y[r];
    double tail = 0.0;
    for (Index i = 0; i < f; ++i) {
      const std::size_t a = inside_[static_cast<std::size_t>(i)];
      x_[a] = right[i];
      if (full_[a] == 0) tail += root_d_[a] * right[i];
    }
    if (places_ > 0.0) sigma_ = tail / places_;
    return true;
  }

  /// The bound at x and y; fills g = Rx + c, q and phi.
  double evaluate() {
    const std::size_t n = assets_.size();
    for (std::size_t a = 0; a < n; ++a) g_[a] = -d_[a] * x_[a];
    for (std::size_t b = 0; b < n; ++b) {
      if (x_[b] == 0.0) continue;
      const double* const column = problem_.quadratic.row(assets_[b]).data();
      const double xb = x_[b];
      for (std::size_t a = 0; a < n; ++a) g_[a] += column[assets_[a]] * xb;
    }
    double bound = 0.0;
    for (std::size_t a = 0; a < n; ++a) {
      bound -= 0.5 * x_[a] * g_[a];
      g_[a] += problem_.linear[assets_[a]];
      q_[a] = g_[a];
    }
    for (std::size_t r = 0; r < limits_.size(); ++r) {
      const double y = r < n_equalities_ ? y_[r] : std::max(y_[r], 0.0);
      if (y == 0.0) continue;
      bound -= y * limits_[r];
      const double* const row = rows_[r].data();
      for (std::size_t a = 0; a < n; ++a) q_[a] += y * row[assets_[a]];
    }
    order_.clear();
    for (std::size_t a = 0; a < n; ++a) {
      const double low = problem_.lower[assets_[a]];
      const double high = upper(a);
      const double at =
          d_[a] > 0.0 ? std::clamp(-q_[a] / d_[a], low, high) : (q_[a] > 0.0 ? low : high);
      phi_[a] = at * (q_[a] + 0.5 * d_[a] * at);
      if (a < n_held_) {
        bound += phi_[a];
      } else if (phi_[a] < 0.0) {
        order_.push_back(phi_[a]);
      }
    }
    const std::size_t places = problem_.most_held - n_held_;
    last_in_ = 0.0;
    first_out_ = 0.0;
    if (order_.size() > places) {
      const auto middle = order_.begin() + static_cast<std::ptrdiff_t>(places);
      std::nth_element(order_.begin(), middle, order_.end());
      first_out_ = *middle;
      order_.erase(middle, order_.end());
    }
    std::ranges::sort(order_);  // the sum in one order, whatever nth_element did
    for (const double phi : order_) bound += phi;
    if (order_.size() == places && places > 0) last_in_ = order_.back();
    return bound;
  }

  /// Moves assets and rows to the pieces that x, y and q ask for; false where none moves.
  bool update() {
    double force = 0.0;
    double reach = 0.0;
    for (std::size_t a = 0; a < assets_.size(); ++a) {
      force = std::max(force, std::abs(q_[a]));
      force = std::max(force, std::abs(g_[a]));
      reach = std::max(reach, std::abs(x_[a]));
    }
    const double dual_room = 1e-12 * force;
    const double primal_room = 1e-13 * reach;
    bool moved = false;
    const std::vector<char> full_before = full_;
    for (std::size_t a = 0; a < assets_.size(); ++a) {
      const Piece before = piece_[a];
      Piece& piece = piece_[a];
      if (piece == Piece::kInside) {
        if (x_[a] < lower(a) - primal_room) piece = a < n_held_ ? Piece::kLower : Piece::kZero;
        if (x_[a] > upper(a) + primal_room) piece = Piece::kUpper;
        if (piece == Piece::kZero) x_[a] = 0.0;
        if (piece == Piece::kLower) x_[a] = lower(a);
        if (piece == Piece::kUpper) x_[a] = upper(a);
      } else if (piece == Piece::kZero) {
        if (q_[a] + sigma_ * root_d_[a] < -dual_room) piece = Piece::kInside;
      } else if (lower(a) < upper(a)) {
        const double slope = q_[a] + d_[a] * x_[a];
        if (piece == Piece::kLower ? slope < -dual_room : slope > dual_room) {
          piece = Piece::kInside;
        }
      }
      moved = moved || piece != before;
    }
    for (std::size_t r = n_equalities_; r < limits_.size(); ++r) {
      const bool before = active_[r];
      if (before) {
        active_[r] = y_[r] >= 0.0;
      } else {
        double at = 0.0;
        double size = std::abs(limits_[r]);
        for (std::size_t a = 0; a < assets_.size(); ++a) {
          at += rows_[r][assets_[a]] * x_[a];
          size += std::abs(rows_[r][assets_[a]] * x_[a]);
        }
        active_[r] = at > limits_[r] + 1e-13 * size;
      }
      moved = moved || active_[r] != before;
    }
    if (moved) return true;
    classify();  // of the x just found: does it give the pieces that it was computed with?
    return full_ != full_before;
  }

  /// Rows that contradict each other on the assets inside leave some unmet.
  bool rows_hold() const {
    for (std::size_t r = 0; r < limits_.size(); ++r) {
      double at = 0.0;
      double size = std::abs(limits_[r]);
      for (std::size_t a = 0; a < assets_.size(); ++a) {
        at += rows_[r][assets_[a]] * x_[a];
        size += std::abs(rows_[r][assets_[a]] * x_[a]);
      }
      const double miss = r < n_equalities_ ? std::abs(at - limits_[r]) : at - limits_[r];
      if (miss > 1e-12 * size) return false;
    }
    return true;
  }

  void keep(PerspectivePoint& best) const {
    const std::size_t n = problem_.linear.size();
    best.x.assign(n, 0.0);
    best.share.assign(n, 0.0);
    best.phi.assign(n, 0.0);
    best.y = y_;
    for (std::size_t a = 0; a < assets_.size(); ++a) {
      best.x[assets_[a]] = x_[a];
      best.phi[assets_[a]] = phi_[a];
      double share = x_[a] > 0.0 ? 1.0 : 0.0;
      if (a < n_held_) share = 1.0;
      if (full_[a] == 0 && share > 0.0 && sigma_ > 0.0) {
        share = std::min(1.0, root_d_[a] * x_[a] / sigma_);
      }
      best.share[assets_[a]] = share;
    }
    best.phi_last_in = last_in_;
    best.phi_first_out = first_out_;
  }

  const CardinalityProblem& problem_;
  const std::vector<std::vector<double>>& rows_;
  const std::vector<double>& limits_;
  std::size_t n_equalities_;
  std::size_t n_held_;
  std::vector<std::uint32_t> assets_;
  std::vector<double> d_, root_d_, x_, y_, g_, q_, phi_, order_;
  std::vector<Piece> piece_;
  std::vector<char> full_;
  std::vector<bool> active_;
  std::vector<std::size_t> inside_, rows_active_;
  double places_ = 0.0;  // K' of the assets with z < 1
  double sigma_ = 0.0;   // z = sqrt(d) x / sigma
  double last_in_ = 0.0;
  double first_out_ = 0.0;
};

}  // namespace

PerspectiveBound::PerspectiveBound(const CardinalityProblem& problem) : problem_(problem) {
  const std::size_t n = problem.linear.size();
  rows_.emplace_back(n, 1.0);
  limits_.push_back(1.0);
  for (const LinearLimit& row : problem.rows) {
    if (row.lower == row.upper) {
      rows_.push_back(row.coefficients);
      limits_.push_back(row.upper);
    }
  }
  n_equalities_ = rows_.size();
  for (const LinearLimit& row : problem.rows) {
    if (row.lower == row.upper) continue;
    if (std::isfinite(row.upper)) {
      rows_.push_back(row.coefficients);
      limits_.push_back(row.upper);
    }
    if (std::isfinite(row.lower)) {
      std::vector<double> turned = row.coefficients;
      for (double& a : turned) a = -a;
      rows_.push_back(std::move(turned));
      limits_.push_back(-row.lower);
    }
  }
}

PerspectivePoint PerspectiveBound::solve(const CardinalityNode& node, std::span<const double> d,
                                         std::span<const double> start_x,
                                         std::span<const double> start_y, double cutoff) const {
  Solver solver(problem_, rows_, limits_, n_equalities_, node, d);
  solver.start(start_x, start_y);
  return solver.run(cutoff);
}

double PerspectiveBound::pull(std::size_t asset, std::span<const double> y) const {
  double sum = 0.0;
  for (std::size_t r = 0; r < y.size(); ++r) sum += y[r] * rows_[r][asset];
  return sum;
}

bool PerspectiveBound::contradicts(const CardinalityNode& node) const {
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::uint32_t> assets = node.held;
  assets.insert(assets.end(), node.open.begin(), node.open.end());
  for (std::size_t a = 0; a < assets.size(); ++a) {
    lower.push_back(a < node.held.size() ? problem_.lower[assets[a]] : 0.0);
    upper.push_back(problem_.upper[assets[a]]);
  }
  std::vector<double> row(assets.size());
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (const double sign : {1.0, -1.0}) {
      if (r >= n_equalities_ && sign < 0.0) continue;
      double size = std::abs(limits_[r]);
      for (std::size_t a = 0; a < assets.size(); ++a) {
        row[a] = -sign * rows_[r][assets[a]];
        size = std::max(size, std::abs(row[a]));
      }
      const double least = -largest_on_budget(row, lower, upper, 1.0).value;
      if (least > sign * limits_[r] + 1e-10 * size) return true;
    }
  }
  return false;
}

}  // namespace quanta::portfolio
