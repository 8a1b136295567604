#include "portfolio/optimizers/quadratic_program.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A gap and a miss of the rows, beside value and x, that count as rounding.
constexpr double kProvenProgram = 1e-9;
constexpr int kMostPrices = 6;

double largest(const VectorXd& x) { return x.size() == 0 ? 0.0 : x.lpNorm<Eigen::Infinity>(); }

/// The program with each row scaled to a largest entry of 1; the equalities come first.
struct Scaled {
  Eigen::Map<const MatrixXd> q;
  VectorXd c, lower, upper;
  RowMatrix rows;
  VectorXd limits;
  VectorXd row_scale;  // row of the program = row_scale x row here
  Index n_equalities = 0;
  double curvature = 0.0;  // largest diagonal entry of q; 1 where q is zero

  explicit Scaled(const QuadraticProgram& p)
      : q(p.quadratic.data(), static_cast<Index>(p.linear.size()),
          static_cast<Index>(p.linear.size())),
        c(Eigen::Map<const VectorXd>(p.linear.data(), q.rows())),
        lower(Eigen::Map<const VectorXd>(p.lower.data(), q.rows())),
        upper(Eigen::Map<const VectorXd>(p.upper.data(), q.rows())) {
    n_equalities = static_cast<Index>(p.equality.rows());
    const Index n_rows = n_equalities + static_cast<Index>(p.inequality.rows());
    rows.resize(n_rows, q.rows());
    limits.resize(n_rows);
    row_scale.resize(n_rows);
    for (Index r = 0; r < n_rows; ++r) {
      const bool equal = r < n_equalities;
      const auto at = static_cast<std::size_t>(equal ? r : r - n_equalities);
      const std::span<const double> row = equal ? p.equality.row(at) : p.inequality.row(at);
      rows.row(r) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), q.rows());
      const double size = rows.row(r).lpNorm<Eigen::Infinity>();
      row_scale[r] = size > 0.0 ? size : 1.0;
      rows.row(r) /= row_scale[r];
      limits[r] = (equal ? p.equality_value[at] : p.inequality_limit[at]) / row_scale[r];
    }
    curvature = q.rows() > 0 ? q.diagonal().maxCoeff() : 0.0;
    if (!(curvature > 0.0)) curvature = 1.0;
  }

  Index n() const { return q.rows(); }
  Index n_rows() const { return rows.rows(); }
  Index n_inequalities() const { return n_rows() - n_equalities; }
};

/// A point with the multipliers of the rows (>= 0 for inequalities at an optimum).
struct Iterate {
  VectorXd x;
  VectorXd y;
  std::vector<BoundState> states;
  std::vector<bool> row_active;
};

// ---- The problem on one set of active constraints -----------------------------------------------

/// Solves  min 1/2 x'Qx + c'x  with the variables of `at.states` on their bounds and the rows of
/// `at.row_active` as equations, starting from `at`. The system is regularised by a proximal term
/// and the exact residual refined away, so that a singular Q gives the nearest solution. Returns
/// the gradient Qx + c + rows'y over all variables; nothing where the set contradicts itself or
/// the objective falls without limit.
std::optional<VectorXd> solve_on_set(const Scaled& p, Iterate& at, double proximal) {
  std::vector<Index> free;
  std::vector<Index> rows;
  for (Index i = 0; i < p.n(); ++i) {
    const BoundState state = at.states[static_cast<std::size_t>(i)];
    if (state == BoundState::kAtLower) at.x[i] = p.lower[i];
    if (state == BoundState::kAtUpper) at.x[i] = p.upper[i];
    if (state == BoundState::kFree) free.push_back(i);
  }
  for (Index r = 0; r < p.n_rows(); ++r) {
    if (at.row_active[static_cast<std::size_t>(r)]) {
      rows.push_back(r);
    } else {
      at.y[r] = 0.0;
    }
  }
  const auto f = static_cast<Index>(free.size());
  const auto m = static_cast<Index>(rows.size());

  MatrixXd factor(f, f);
  for (Index j = 0; j < f; ++j) {
    const double* const column = p.q.data() + free[static_cast<std::size_t>(j)] * p.n();
    for (Index i = j; i < f; ++i) factor(i, j) = column[free[static_cast<std::size_t>(i)]];
    factor(j, j) += 1e-9 * factor(j, j) + proximal * p.curvature;
  }
  const Eigen::LLT<Eigen::Ref<MatrixXd>> cholesky(factor);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  MatrixXd half(f, m);  // L^-1 rows'
  for (Index r = 0; r < m; ++r) {
    for (Index i = 0; i < f; ++i) {
      half(i, r) = p.rows(rows[static_cast<std::size_t>(r)], free[static_cast<std::size_t>(i)]);
    }
  }
  if (f > 0 && m > 0) cholesky.matrixL().solveInPlace(half);
  MatrixXd schur = half.transpose() * half;
  VectorXd schur_scale(m);
  for (Index r = 0; r < m; ++r) {
    schur_scale[r] = schur(r, r) > 0.0 ? 1.0 / std::sqrt(schur(r, r)) : 0.0;
  }
  schur = schur_scale.asDiagonal() * schur * schur_scale.asDiagonal();
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> rows_solver(m, m);
  rows_solver.setThreshold(1e-13);
  if (m > 0) rows_solver.compute(schur);

  VectorXd gradient(p.n());
  VectorXd dual(f);
  VectorXd primal(m);
  double previous = kInfinity;
  for (int round = 0; round < 40; ++round) {
    const VectorXd curvature = p.q * at.x;
    const VectorXd pull = p.rows.transpose() * at.y;
    gradient = curvature + p.c + pull;
    // The last term: where all forces vanish at the optimum, rounding of Qx is what is left.
    const double scale = std::max(largest(curvature) + largest(p.c) + largest(pull),
                                  1e-3 * p.curvature * largest(at.x));
    for (Index i = 0; i < f; ++i) dual[i] = -gradient[free[static_cast<std::size_t>(i)]];
    double error = scale > 0.0 ? largest(dual) / scale : 0.0;
    for (Index r = 0; r < m; ++r) {
      const Index row = rows[static_cast<std::size_t>(r)];
      primal[r] = p.limits[row] - p.rows.row(row).dot(at.x);
      const double size = std::abs(p.limits[row]) + p.rows.row(row).cwiseAbs().dot(at.x.cwiseAbs());
      error = std::max(error, size > 0.0 ? std::abs(primal[r]) / size : 0.0);
    }
    if (!std::isfinite(error)) return std::nullopt;
    if (error <= 1e-15 || (round > 0 && error > 0.7 * previous)) {
      return error <= 1e-12 ? std::optional(gradient) : std::nullopt;
    }
    previous = error;
    if (f > 0) cholesky.matrixL().solveInPlace(dual);
    if (m > 0) {
      const VectorXd right = schur_scale.asDiagonal() * (half.transpose() * dual - primal);
      const VectorXd step = schur_scale.asDiagonal() * rows_solver.solve(right);
      dual -= half * step;
      for (Index r = 0; r < m; ++r) at.y[rows[static_cast<std::size_t>(r)]] += step[r];
    }
    if (f > 0) cholesky.matrixU().solveInPlace(dual);
    for (Index i = 0; i < f; ++i) at.x[free[static_cast<std::size_t>(i)]] += dual[i];
  }
  return previous <= 1e-12 ? std::optional(gradient) : std::nullopt;
}

/// The same with the weakest proximal term that works. A weak one is refined away in few rounds,
/// but where a free variable has no curvature it makes several rows look like one.
std::optional<VectorXd> solve_on_set(const Scaled& p, Iterate& at) {
  const Iterate start = at;
  for (const double proximal : {1e-13, 1e-9, 1e-5}) {
    at = start;
    if (auto gradient = solve_on_set(p, at, proximal)) return gradient;
    if (p.n_rows() < 2) break;
  }
  return std::nullopt;
}

/// Primal-dual active set from `at`. True when it ends on an optimum, which is then in `at`.
bool active_set_rounds(const Scaled& p, Iterate& at, int& iterations, const Execution& execution) {
  std::size_t fewest_changes = std::numeric_limits<std::size_t>::max();
  int rounds_without_progress = 0;
  while (rounds_without_progress < 6 && !execution.cancelled()) {
    ++iterations;
    const std::optional<VectorXd> gradient = solve_on_set(p, at);
    if (!gradient) return false;
    const double dual_room =
        1e-13 * (largest(p.c) + largest(*gradient - p.c)) + 1e-16 * p.curvature * largest(at.x);
    const double primal_room = 1e-13 * largest(at.x);
    std::size_t changes = 0;
    for (Index i = 0; i < p.n(); ++i) {
      BoundState& state = at.states[static_cast<std::size_t>(i)];
      const BoundState before = state;
      const double g = (*gradient)[i];
      if (state == BoundState::kFree) {
        if (at.x[i] < p.lower[i] - primal_room) state = BoundState::kAtLower;
        if (at.x[i] > p.upper[i] + primal_room) state = BoundState::kAtUpper;
      } else if (p.lower[i] < p.upper[i] &&
                 (state == BoundState::kAtLower ? g < -dual_room : g > dual_room)) {
        state = BoundState::kFree;
      }
      changes += state != before;
    }
    for (Index r = p.n_equalities; r < p.n_rows(); ++r) {
      const bool before = at.row_active[static_cast<std::size_t>(r)];
      bool active = false;
      if (before) {
        active = at.y[r] >= -dual_room;
      } else {
        const double room =
            1e-13 * (std::abs(p.limits[r]) + p.rows.row(r).cwiseAbs().dot(at.x.cwiseAbs()));
        active = p.rows.row(r).dot(at.x) > p.limits[r] + room;
      }
      at.row_active[static_cast<std::size_t>(r)] = active;
      if (active != before) ++changes;
    }
    if (changes == 0) {
      at.x = at.x.cwiseMax(p.lower).cwiseMin(p.upper);
      return true;
    }
    if (changes < fewest_changes) {
      fewest_changes = changes;
      rounds_without_progress = 0;
    } else {
      ++rounds_without_progress;
    }
  }
  return false;
}

// ---- Interior point -----------------------------------------------------------------------------

struct InteriorPoint {
  VectorXd x, y, slack, z_lower, z_upper;
  bool converged = false;
};

/// The error for rows that contradict each other or the bounds: those with weight in y.
Error contradiction(const Scaled& p, const VectorXd& y) {
  std::string names;
  for (Index r = 0; r < p.n_rows(); ++r) {
    if (std::abs(y[r]) < 1e-6 * largest(y)) continue;
    const bool equal = r < p.n_equalities;
    names += fmt::format("{}{} row {}", names.empty() ? "" : ", ",
                         equal ? "equality" : "inequality", (equal ? r : r - p.n_equalities) + 1);
  }
  return {ErrorKind::kInfeasible,
          fmt::format("no point within the bounds satisfies {}", names),
          "constraints",
          {}};
}

Error endless() {
  return {ErrorKind::kInfeasible,
          "the objective falls without limit: some direction without bounds costs no risk",
          "objective",
          {}};
}

/// Why no optimum exists, from the directions that diverging iterates take.
std::optional<Error> divergence(const Scaled& p, const InteriorPoint& at) {
  // Farkas: y (with y >= 0 on inequalities) whose combined row asks for more than the box allows.
  const double size = largest(at.y);
  if (size > 0.0) {
    VectorXd y = at.y / size;
    y.tail(p.n_inequalities()) = y.tail(p.n_inequalities()).cwiseMax(0.0);
    const VectorXd row = p.rows.transpose() * y;
    double least = 0.0;
    double terms = 0.0;
    for (Index i = 0; i < p.n(); ++i) {
      if (std::abs(row[i]) < 1e-9) continue;
      const double worst = row[i] > 0.0 ? p.lower[i] : p.upper[i];
      least += row[i] * worst;
      terms += std::abs(row[i] * worst);
    }
    const double limit = y.dot(p.limits);
    if (least > limit + 1e-9 * (terms + y.cwiseAbs().dot(p.limits.cwiseAbs()))) {
      return contradiction(p, y);
    }
  }
  const double reach = largest(at.x);
  if (reach < 1e6) return std::nullopt;
  const VectorXd ray = at.x / reach;
  const VectorXd along = p.rows * ray;
  bool is_ray = largest(p.q * ray) <= 1e-6 * p.curvature && p.c.dot(ray) < 0.0;
  for (Index r = 0; r < p.n_rows(); ++r) {
    is_ray = is_ray && (r < p.n_equalities ? std::abs(along[r]) : along[r]) <= 1e-5;
  }
  for (Index i = 0; i < p.n(); ++i) {
    is_ray = is_ray && (std::isinf(p.lower[i]) || ray[i] > -1e-5) &&
             (std::isinf(p.upper[i]) || ray[i] < 1e-5);
  }
  if (!is_ray) return std::nullopt;
  return endless();
}

/// Mehrotra's predictor-corrector. All variables have lower < upper.
Result<InteriorPoint> interior_point(const Scaled& p, int& iterations, const Execution& execution) {
  const Index n = p.n();
  const Index m = p.n_equalities;
  const Index k = p.n_inequalities();
  const auto a = p.rows.topRows(m);
  const auto g = p.rows.bottomRows(k);
  const auto b = p.limits.head(m);
  const auto h = p.limits.tail(k);

  // Start: the least-norm solution of the equations, pushed inside the box.
  InteriorPoint at;
  at.x = VectorXd::Zero(n);
  if (m > 0) at.x = a.completeOrthogonalDecomposition().solve(b);
  const double typical = std::max(at.x.cwiseAbs().mean(), 1e-3);
  VectorXd has_lower(n), has_upper(n);
  for (Index i = 0; i < n; ++i) {
    has_lower[i] = std::isinf(p.lower[i]) ? 0.0 : 1.0;
    has_upper[i] = std::isinf(p.upper[i]) ? 0.0 : 1.0;
    const double margin = std::min(0.25 * (p.upper[i] - p.lower[i]), 0.5 * typical);
    at.x[i] = std::clamp(at.x[i], p.lower[i] + margin, p.upper[i] - margin);
  }
  at.y = VectorXd::Zero(m + k);
  at.slack = (h - g * at.x).cwiseAbs().cwiseMax(0.5 * typical);
  const double pairs = has_lower.sum() + has_upper.sum() + static_cast<double>(k);
  const double force = std::max({largest(p.q * at.x + p.c), 1e-3 * p.curvature, 1e-300});
  const auto room_below = [&](const VectorXd& x) -> VectorXd {
    return (has_lower.array() > 0.0).select(x - p.lower, VectorXd::Ones(n));
  };
  const auto room_above = [&](const VectorXd& x) -> VectorXd {
    return (has_upper.array() > 0.0).select(p.upper - x, VectorXd::Ones(n));
  };
  at.z_lower = force * typical * has_lower.cwiseQuotient(room_below(at.x));
  at.z_upper = force * typical * has_upper.cwiseQuotient(room_above(at.x));
  at.y.tail(k) = force * typical * at.slack.cwiseInverse();

  MatrixXd system(n, n);
  double last_complementarity = kInfinity;
  for (int round = 0; round < 200; ++round) {
    if (execution.cancelled()) return cancelled_error();
    ++iterations;
    const VectorXd below = room_below(at.x);
    const VectorXd above = room_above(at.x);
    const auto w = at.y.tail(k);
    const VectorXd curvature = p.q * at.x;
    const VectorXd pull = p.rows.transpose() * at.y;
    const VectorXd dual = curvature + p.c + pull - at.z_lower + at.z_upper;
    const VectorXd primal = a * at.x - b;
    const VectorXd rows_left = g * at.x + at.slack - h;
    const double complementarity = at.z_lower.cwiseProduct(has_lower).dot(below) +
                                   at.z_upper.cwiseProduct(has_upper).dot(above) + w.dot(at.slack);
    const double objective = 0.5 * at.x.dot(curvature) + p.c.dot(at.x);
    const double dual_scale = largest(curvature) + largest(p.c) + largest(pull);
    const double primal_scale = 1.0 + largest(p.limits);
    const double feasibility = std::max(largest(primal), largest(rows_left)) / primal_scale;
    // What rounding leaves of Qx and x'Qx, where both vanish at the optimum.
    const double dual_noise = 1e-16 * p.curvature * largest(at.x);
    const double noise = dual_noise * largest(at.x);
    const double size = std::abs(objective) + 1e-4 * dual_scale;
    at.converged = feasibility <= 1e-10 && largest(dual) <= 1e-9 * dual_scale + dual_noise &&
                   complementarity <= 1e-10 * size + noise;
    if (feasibility <= 1e-13 && largest(dual) <= 1e-13 * dual_scale + dual_noise &&
        complementarity <= 1e-14 * size + noise) {
      break;
    }
    if (round % 5 == 4 && !at.converged) {
      if (auto error = divergence(p, at)) return std::unexpected(*std::move(error));
    }

    const VectorXd weight = at.z_lower.cwiseProduct(has_lower).cwiseQuotient(below) +
                            at.z_upper.cwiseProduct(has_upper).cwiseQuotient(above);
    const VectorXd row_weight = w.cwiseQuotient(at.slack);
    system.triangularView<Eigen::Lower>() = p.q;
    system.diagonal() += weight;
    system.diagonal().array() += 1e-10 * std::max(p.curvature, 1e-3 * force);
    for (Index r = 0; r < k; ++r) {
      system.selfadjointView<Eigen::Lower>().rankUpdate(g.row(r).transpose(), row_weight[r]);
    }
    const Eigen::LLT<Eigen::Ref<MatrixXd>> cholesky(system);
    if (cholesky.info() != Eigen::Success) break;
    const MatrixXd inverse_rows = m > 0 ? MatrixXd(cholesky.solve(a.transpose())) : MatrixXd(n, 0);
    Eigen::CompleteOrthogonalDecomposition<MatrixXd> schur;
    if (m > 0) schur.compute(a * inverse_rows);

    VectorXd dx, dy(m), ds, dw, dz_lower, dz_upper;
    // t_*: how much each product of slack and multiplier is to change, to first order.
    const auto newton = [&](const VectorXd& t_lower, const VectorXd& t_upper,
                            const VectorXd& t_row) {
      VectorXd right = -dual + t_lower.cwiseQuotient(below) - t_upper.cwiseQuotient(above);
      if (k > 0) {
        right -= g.transpose() * (t_row + w.cwiseProduct(rows_left)).cwiseQuotient(at.slack);
      }
      dx = cholesky.solve(right);
      if (m > 0) {
        dy = schur.solve(a * dx + primal);
        dx -= inverse_rows * dy;
      }
      ds = -rows_left - g * dx;
      dw = (t_row - w.cwiseProduct(ds)).cwiseQuotient(at.slack);
      dz_lower =
          has_lower.cwiseProduct((t_lower - at.z_lower.cwiseProduct(dx)).cwiseQuotient(below));
      dz_upper =
          has_upper.cwiseProduct((t_upper + at.z_upper.cwiseProduct(dx)).cwiseQuotient(above));
    };
    const auto longest_step = [&] {
      double step = 1.0;
      for (Index i = 0; i < n; ++i) {
        if (has_lower[i] > 0.0) {
          if (dx[i] < 0.0) step = std::min(step, -below[i] / dx[i]);
          if (dz_lower[i] < 0.0) step = std::min(step, -at.z_lower[i] / dz_lower[i]);
        }
        if (has_upper[i] > 0.0) {
          if (dx[i] > 0.0) step = std::min(step, above[i] / dx[i]);
          if (dz_upper[i] < 0.0) step = std::min(step, -at.z_upper[i] / dz_upper[i]);
        }
      }
      for (Index r = 0; r < k; ++r) {
        if (ds[r] < 0.0) step = std::min(step, -at.slack[r] / ds[r]);
        if (dw[r] < 0.0) step = std::min(step, -w[r] / dw[r]);
      }
      return step;
    };

    const VectorXd now_lower = at.z_lower.cwiseProduct(below).cwiseProduct(has_lower);
    const VectorXd now_upper = at.z_upper.cwiseProduct(above).cwiseProduct(has_upper);
    const VectorXd now_row = w.cwiseProduct(at.slack);
    newton(-now_lower, -now_upper, -now_row);
    double step = longest_step();
    if (pairs > 0.0) {
      const double mean = complementarity / pairs;
      const double after =
          (at.z_lower + step * dz_lower).cwiseProduct(has_lower).dot(below + step * dx) +
          (at.z_upper + step * dz_upper).cwiseProduct(has_upper).dot(above - step * dx) +
          (w + step * dw).dot(at.slack + step * ds);
      // Mehrotra's second-order term can cycle: it counts as much as the affine step was worth, and
      // not at all after a round that made no progress.
      const bool stalled = complementarity > 0.9 * last_complementarity;
      last_complementarity = complementarity;
      const double centring =
          stalled ? 0.3 : std::pow(std::clamp(after / complementarity, 0.0, 1.0), 3.0);
      const double second = stalled ? 0.0 : step * step;
      const double goal = centring * mean;
      const VectorXd t_lower = (has_lower * goal - now_lower - second * dx.cwiseProduct(dz_lower))
                                   .cwiseProduct(has_lower);
      const VectorXd t_upper = (has_upper * goal - now_upper + second * dx.cwiseProduct(dz_upper))
                                   .cwiseProduct(has_upper);
      const VectorXd t_row = VectorXd::Constant(k, goal) - now_row - second * ds.cwiseProduct(dw);
      newton(t_lower, t_upper, t_row);
      step = std::min(1.0, 0.995 * longest_step());
    }
    if (!std::isfinite(step) || !dx.allFinite() || !dy.allFinite()) break;
    at.x += step * dx;
    at.y.head(m) += step * dy;
    at.y.tail(k) += step * dw;
    at.slack += step * ds;
    at.z_lower += step * dz_lower;
    at.z_upper += step * dz_upper;
    if (step < 1e-11) break;
  }
  if (!at.converged) {
    if (auto error = divergence(p, at)) return std::unexpected(*std::move(error));
    // Far out, what the rows miss is rounding of large numbers.
    const double room = 1e-7 * (1.0 + largest(p.limits) + largest(at.x));
    if (largest(a * at.x - b) > room || (k > 0 && (g * at.x - h).maxCoeff() > room)) {
      return std::unexpected(contradiction(p, at.y));
    }
    // Feasible, but no multipliers balance the objective: nothing limits it.
    const VectorXd pull = p.rows.transpose() * at.y;
    const VectorXd slope = p.q * at.x + p.c;
    if (largest(slope + pull - at.z_lower + at.z_upper) > 1e-4 * (largest(slope) + largest(pull)) &&
        (has_lower.minCoeff() == 0.0 || has_upper.minCoeff() == 0.0)) {
      return std::unexpected(endless());
    }
  }
  return at;
}

// ---- Putting together ---------------------------------------------------------------------------

QuadraticSolution finish(const QuadraticProgram& program, const Scaled& p, const Iterate& at,
                         int iterations) {
  QuadraticSolution out;
  const auto n = static_cast<std::size_t>(p.n());
  out.x.assign(at.x.begin(), at.x.end());
  out.states = at.states;
  out.iterations = iterations;
  const VectorXd gradient = p.q * at.x + p.c + p.rows.transpose() * at.y;
  out.lower_multiplier.resize(n);
  out.upper_multiplier.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double g = gradient[static_cast<Index>(i)];
    if (at.states[i] == BoundState::kFree) continue;
    if (std::isfinite(program.lower[i])) out.lower_multiplier[i] = std::max(g, 0.0);
    if (std::isfinite(program.upper[i])) out.upper_multiplier[i] = std::max(-g, 0.0);
    // A free choice of side is left only to a variable whose two bounds coincide.
    if (at.states[i] == BoundState::kAtLower && program.lower[i] < program.upper[i]) {
      out.upper_multiplier[i] = 0.0;
    }
    if (at.states[i] == BoundState::kAtUpper && program.lower[i] < program.upper[i]) {
      out.lower_multiplier[i] = 0.0;
    }
  }
  for (Index r = 0; r < p.n_rows(); ++r) {
    const double multiplier = at.y[r] / p.row_scale[r];
    if (r < p.n_equalities) {
      out.equality_multiplier.push_back(multiplier);
    } else {
      out.inequality_multiplier.push_back(std::max(multiplier, 0.0));
    }
  }
  out.value = 0.5 * at.x.dot(p.q * at.x) + p.c.dot(at.x);
  return out;
}

Result<void> check(const QuadraticProgram& p) {
  const std::size_t n = p.linear.size();
  const auto rows_fit = [n](const Matrix& rows, const std::vector<double>& limits) {
    return rows.rows() == limits.size() && (rows.rows() == 0 || rows.columns() == n);
  };
  if (n == 0 || p.quadratic.rows() != n || p.quadratic.columns() != n || p.lower.size() != n ||
      p.upper.size() != n || !rows_fit(p.equality, p.equality_value) ||
      !rows_fit(p.inequality, p.inequality_limit)) {
    return fail(ErrorKind::kInternal, "the sizes of a quadratic program do not agree");
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (p.lower[i] <= p.upper[i] && p.lower[i] < kInfinity && p.upper[i] > -kInfinity) continue;
    return infeasible("bounds", fmt::format("variable {}: no number lies between {} and {}", i + 1,
                                            p.lower[i], p.upper[i]));
  }
  return {};
}

/// The program without the variables whose bounds coincide: `kept` are the others.
QuadraticProgram without_fixed(const QuadraticProgram& p, const std::vector<std::size_t>& kept) {
  const std::size_t n = kept.size();
  QuadraticProgram out{.quadratic = Matrix(n, n),
                       .linear = {},
                       .equality = Matrix(p.equality.rows(), n),
                       .equality_value = p.equality_value,
                       .inequality = Matrix(p.inequality.rows(), n),
                       .inequality_limit = p.inequality_limit,
                       .lower = {},
                       .upper = {}};
  for (std::size_t a = 0; a < n; ++a) {
    const std::size_t i = kept[a];
    out.linear.push_back(p.linear[i]);
    out.lower.push_back(p.lower[i]);
    out.upper.push_back(p.upper[i]);
    for (std::size_t c = 0; c < n; ++c) out.quadratic(a, c) = p.quadratic(i, kept[c]);
    for (std::size_t r = 0; r < p.equality.rows(); ++r) out.equality(r, a) = p.equality(r, i);
    for (std::size_t r = 0; r < p.inequality.rows(); ++r) out.inequality(r, a) = p.inequality(r, i);
  }
  for (std::size_t i = 0; i < p.linear.size(); ++i) {
    if (p.lower[i] < p.upper[i]) continue;
    for (std::size_t a = 0; a < n; ++a) out.linear[a] += p.quadratic(kept[a], i) * p.lower[i];
    for (std::size_t r = 0; r < p.equality.rows(); ++r) {
      out.equality_value[r] -= p.equality(r, i) * p.lower[i];
    }
    for (std::size_t r = 0; r < p.inequality.rows(); ++r) {
      out.inequality_limit[r] -= p.inequality(r, i) * p.lower[i];
    }
  }
  return out;
}

double certified_gap(const QuadraticProgram& program, const QuadraticSolution& solution) {
  const DualBound proof = dual_bound(program, solution);
  // An infeasible point may lie below its bound; it must not look better for that.
  return std::abs(proof.value - proof.bound) + proof.infeasibility * std::abs(proof.value);
}

/// `exact`: the active set ended, so that the answer needs no other look.
Result<QuadraticSolution> solve_as_stated(const QuadraticProgram& program,
                                          const Execution& execution,
                                          std::span<const BoundState> start, bool& exact) {
  const std::size_t n = program.linear.size();
  const Scaled p(program);
  const auto rows = static_cast<std::size_t>(p.n_rows());

  Iterate at;
  at.x = VectorXd::Zero(p.n());
  at.y = VectorXd::Zero(p.n_rows());
  at.states.assign(n, BoundState::kFree);
  at.row_active.assign(rows, false);
  std::fill_n(at.row_active.begin(), p.n_equalities, true);
  if (start.size() == n) at.states.assign(start.begin(), start.end());
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < n; ++i) {
    if (program.lower[i] < program.upper[i]) {
      kept.push_back(i);
    } else {
      at.states[i] = BoundState::kAtLower;
    }
  }

  int iterations = 0;
  exact = active_set_rounds(p, at, iterations, execution);
  if (exact) return finish(program, p, at, iterations);
  if (execution.cancelled()) return cancelled_error();

  // The interior point has no inside where two bounds coincide.
  const QuadraticProgram inner_program = without_fixed(program, kept);
  if (kept.empty()) {
    return infeasible("constraints",
                      "every variable is fixed by its bounds, and the rows ask for "
                      "something else");
  }
  const Scaled inner(inner_program);
  QUANTA_TRY(const InteriorPoint inside, interior_point(inner, iterations, execution));
  for (std::size_t i = 0; i < n; ++i) at.x[static_cast<Index>(i)] = program.lower[i];
  // The scale of a row can differ where its largest entry belonged to a fixed variable.
  at.y = inside.y.cwiseQuotient(inner.row_scale).cwiseProduct(p.row_scale);
  for (std::size_t a = 0; a < kept.size(); ++a) {
    const auto j = static_cast<Index>(a);
    const std::size_t i = kept[a];
    at.x[static_cast<Index>(i)] = inside.x[j];
    at.states[i] = BoundState::kFree;
    const double below = inside.x[j] - inner.lower[j];
    const double above = inner.upper[j] - inside.x[j];
    const double force = std::max(inner.curvature, largest(inner.c));
    if (below * force < inside.z_lower[j]) at.states[i] = BoundState::kAtLower;
    if (above * force < inside.z_upper[j]) at.states[i] = BoundState::kAtUpper;
  }
  for (Index r = p.n_equalities; r < p.n_rows(); ++r) {
    at.row_active[static_cast<std::size_t>(r)] = inside.slack[r - p.n_equalities] < inside.y[r];
  }
  Iterate interior = at;
  for (std::size_t i = 0; i < n; ++i) {
    double& x = interior.x[static_cast<Index>(i)];
    BoundState& state = interior.states[i];
    if (state == BoundState::kFree) continue;
    const double bound = state == BoundState::kAtLower ? program.lower[i] : program.upper[i];
    if (std::abs(x - bound) <= 1e-10 * (1.0 + std::abs(bound))) {
      x = bound;
    } else {
      state = BoundState::kFree;
    }
  }
  const bool again = active_set_rounds(p, at, iterations, execution);
  if (execution.cancelled()) return cancelled_error();
  QuadraticSolution by_interior = finish(program, p, interior, iterations);
  if (!again) return by_interior;
  QuadraticSolution by_active_set = finish(program, p, at, iterations);
  return certified_gap(program, by_active_set) <= certified_gap(program, by_interior)
             ? by_active_set
             : by_interior;
}

// ---- Where the rows leave no inside -------------------------------------------------------------

/// One more variable t >= 0 by which every row may be missed, at `price`: any x is allowed with a
/// large t, and a price above the multipliers' sum makes t zero wherever the rows can be met (exact
/// penalty: Nocedal, Wright, Numerical Optimization (2006), 17.2).
QuadraticProgram elastic(const QuadraticProgram& p, double price) {
  const std::size_t n = p.linear.size();
  const std::size_t m = p.equality.rows();
  const std::size_t k = p.inequality.rows();
  QuadraticProgram out{.quadratic = Matrix(n + 1, n + 1),
                       .linear = p.linear,
                       .equality = {},
                       .equality_value = {},
                       .inequality = Matrix(2 * m + k, n + 1),
                       .inequality_limit = {},
                       .lower = p.lower,
                       .upper = p.upper};
  for (std::size_t i = 0; i < n; ++i)
    std::ranges::copy(p.quadratic.row(i), out.quadratic.row(i).begin());
  out.linear.push_back(price);
  out.lower.push_back(0.0);
  out.upper.push_back(kInfinity);
  const auto add = [&](std::span<const double> row, double sign, double limit) {
    const std::size_t r = out.inequality_limit.size();
    for (std::size_t i = 0; i < n; ++i) out.inequality(r, i) = sign * row[i];
    out.inequality(r, n) = -largest_entry(row);
    out.inequality_limit.push_back(sign * limit);
  };
  for (std::size_t r = 0; r < m; ++r) {
    add(p.equality.row(r), 1.0, p.equality_value[r]);
    add(p.equality.row(r), -1.0, p.equality_value[r]);
  }
  for (std::size_t r = 0; r < k; ++r) add(p.inequality.row(r), 1.0, p.inequality_limit[r]);
  return out;
}

bool is_proven(const QuadraticProgram& program, const QuadraticSolution& solution) {
  const DualBound proof = dual_bound(program, solution);
  return std::abs(proof.value - proof.bound) <= kProvenProgram * (1.0 + std::abs(proof.value)) &&
         proof.infeasibility <= kProvenProgram * (1.0 + largest_entry(solution.x));
}

/// By way of the elastic program; nothing where that proves no answer either.
std::optional<QuadraticSolution> solve_by_penalty(const QuadraticProgram& program,
                                                  const Execution& execution) {
  const std::size_t n = program.linear.size();
  const std::size_t m = program.equality.rows();
  double price = 1.0 + largest_entry(program.linear) + largest_entry(program.quadratic.values());
  for (int round = 0; round < kMostPrices; ++round, price *= 100.0) {
    bool exact = false;
    const auto solved = solve_as_stated(elastic(program, price), execution, {}, exact);
    if (!solved) continue;
    QuadraticSolution out;
    out.x.assign(solved->x.begin(), solved->x.begin() + static_cast<std::ptrdiff_t>(n));
    for (std::size_t r = 0; r < m; ++r) {
      out.equality_multiplier.push_back(solved->inequality_multiplier[2 * r] -
                                        solved->inequality_multiplier[2 * r + 1]);
    }
    out.inequality_multiplier.assign(
        solved->inequality_multiplier.begin() + static_cast<std::ptrdiff_t>(2 * m),
        solved->inequality_multiplier.end());
    const auto first = [n](const auto& all) {
      return std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
    };
    out.lower_multiplier = first(solved->lower_multiplier);
    out.upper_multiplier = first(solved->upper_multiplier);
    out.states = first(solved->states);
    out.value = solved->value - price * solved->x[n];
    out.iterations = solved->iterations;
    if (is_proven(program, out)) return out;
  }
  return std::nullopt;
}

}  // namespace

Result<QuadraticSolution> solve_quadratic_program(const QuadraticProgram& program,
                                                  const Execution& execution,
                                                  std::span<const BoundState> start) {
  QUANTA_CHECK(check(program));
  bool exact = false;
  auto solution = solve_as_stated(program, execution, start, exact);
  if (exact || (solution ? is_proven(program, *solution)
                         : solution.error().kind != ErrorKind::kInfeasible)) {
    return solution;
  }
  // Rows that only just leave room, and an interior point that finds none.
  auto by_penalty = solve_by_penalty(program, execution);
  if (by_penalty) return *std::move(by_penalty);
  if (execution.cancelled()) return cancelled_error();
  return solution;
}

Matrix with_row(const Matrix& rows, std::span<const double> values, double sign) {
  Matrix out(rows.rows() + 1, values.size());
  std::ranges::copy(rows.values(), out.data());
  for (std::size_t i = 0; i < values.size(); ++i) out(rows.rows(), i) = sign * values[i];
  return out;
}

}  // namespace quanta::portfolio
