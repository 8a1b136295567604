#include "portfolio/optimizers/critical_line.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <Eigen/Cholesky>
#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/constants.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {
namespace {

constexpr double kProvenResidual = 1e-8;
constexpr double kRounding = 1e-11;  // slopes below it, relative, are rounding

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// value + slope t.
struct Line {
  Eigen::VectorXd value;
  Eigen::VectorXd slope;
};

/// What ends a piece of the line.
struct Event {
  enum class Kind { kFreeMeetsLower, kFreeMeetsUpper, kBoundLetsGo, kRowMeets, kRowLetsGo };
  double t = kInfinity;
  Kind kind = Kind::kFreeMeetsLower;
  std::size_t index = 0;  ///< of the variable or the inequality
};

class Tracer {
 public:
  Tracer(const ParametricProgram& program, const QuadraticSolution& start)
      : program_(program),
        here_(program.base),
        n_(program.reward.size()),
        n_equality_(program.base.equality_value.size()),
        n_inequality_(program.base.inequality_limit.size()),
        states_(start.states),
        x_(Eigen::Map<const Eigen::VectorXd>(start.x.data(), static_cast<Eigen::Index>(n_))),
        row_active_(n_inequality_, 0),
        multiplier_now_(start.equality_multiplier) {
    for (std::size_t r = 0; r < n_inequality_; ++r) {
      row_active_[r] = start.inequality_multiplier[r] > 0.0 ? 1 : 0;
      multiplier_now_.push_back(start.inequality_multiplier[r]);
    }
  }

  Result<CriticalLine> run(const Execution& execution) {
    CriticalLine line;
    double t = 0.0;
    const std::size_t most_rounds = 50 * (n_ + n_inequality_) + 1000;
    for (std::size_t round = 0; round < most_rounds; ++round) {
      if (execution.cancelled()) return cancelled_error();
      QUANTA_CHECK(solve_piece());
      if (round == 0) QUANTA_CHECK(note(t, line));
      const Event event = next_event(t);
      if (event.t == kInfinity) {
        line.bounded = x_line_.slope.cwiseAbs().maxCoeff() <= kRounding * slope_scale_;
        if (!line.bounded) line.ray.assign(x_line_.slope.begin(), x_line_.slope.end());
        return line;
      }
      const bool moved = event.t > t;
      t = std::max(t, event.t);
      x_ = x_line_.value + t * x_line_.slope;
      for (std::size_t r = 0; r < rows_.size(); ++r) {
        const auto at = static_cast<Eigen::Index>(r);
        multiplier_now_[rows_[r]] = multiplier_.value[at] + t * multiplier_.slope[at];
      }
      apply(event);
      if (moved) QUANTA_CHECK(note(t, line));
    }
    return fail(ErrorKind::kInternal, "the critical line turns in a circle", "constraints");
  }

 private:
  Eigen::Map<const RowMatrix> quadratic() const {
    const auto n = static_cast<Eigen::Index>(n_);
    return {program_.base.quadratic.data(), n, n};
  }

  std::span<const double> row(std::size_t r) const {
    return r < n_equality_ ? program_.base.equality.row(r)
                           : program_.base.inequality.row(r - n_equality_);
  }
  double limit(std::size_t r) const {
    return r < n_equality_ ? program_.base.equality_value[r]
                           : program_.base.inequality_limit[r - n_equality_];
  }

  /// x, the rows' multipliers and the gradient as lines in t, for the present active set.
  Result<void> solve_piece() {
    free_.clear();
    for (std::size_t i = 0; i < n_; ++i) {
      if (states_[i] == BoundState::kFree) free_.push_back(i);
    }
    rows_.clear();
    for (std::size_t r = 0; r < n_equality_; ++r) rows_.push_back(r);
    for (std::size_t r = 0; r < n_inequality_; ++r) {
      if (row_active_[r] != 0) rows_.push_back(n_equality_ + r);
    }
    const auto f = static_cast<Eigen::Index>(free_.size());
    const auto m = static_cast<Eigen::Index>(rows_.size());
    const auto n = static_cast<Eigen::Index>(n_);
    const auto q = quadratic();

    Eigen::VectorXd held = x_;
    for (const std::size_t i : free_) held[static_cast<Eigen::Index>(i)] = 0.0;
    const Eigen::VectorXd pull = times_quadratic(held);
    Eigen::MatrixXd block(f, f);
    Eigen::MatrixXd a(f, m);  // the rows on the free variables, as columns
    Eigen::MatrixXd p(f, 2);
    for (Eigen::Index i = 0; i < f; ++i) {
      const std::size_t at = free_[static_cast<std::size_t>(i)];
      const auto row_i = static_cast<Eigen::Index>(at);
      for (Eigen::Index j = 0; j < f; ++j) {
        block(i, j) = q(row_i, static_cast<Eigen::Index>(free_[static_cast<std::size_t>(j)]));
      }
      for (Eigen::Index r = 0; r < m; ++r) a(i, r) = row(rows_[static_cast<std::size_t>(r)])[at];
      p(i, 0) = -program_.base.linear[at] - pull[row_i];
      p(i, 1) = program_.reward[at];
    }
    Eigen::MatrixXd rest(m, 2);
    for (Eigen::Index r = 0; r < m; ++r) {
      const std::size_t number = rows_[static_cast<std::size_t>(r)];
      const auto values = row(number);
      double sum = 0.0;
      for (std::size_t i = 0; i < n_; ++i) sum += values[i] * held[static_cast<Eigen::Index>(i)];
      rest(r, 0) = limit(number) - sum;
      rest(r, 1) = 0.0;
    }
    // S x + A u = p, A'x = rest, on a unit diagonal of S so that pivots tell of dependence alone.
    const Eigen::VectorXd unit = block.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    const Eigen::LLT<Eigen::MatrixXd> cholesky(unit.asDiagonal() * block * unit.asDiagonal());
    if (f > 0 &&
        (cholesky.info() != Eigen::Success || cholesky.matrixLLT().diagonal().minCoeff() < 1e-7)) {
      return bad_input("covariance",
                       "singular on the assets that are held, so that the frontier is not unique; "
                       "shrinkage (--cov ledoit-wolf-identity) makes it regular");
    }
    const auto lower = cholesky.matrixL();
    const Eigen::MatrixXd z = lower.solve(Eigen::MatrixXd(unit.asDiagonal() * a));
    const Eigen::MatrixXd y = lower.solve(Eigen::MatrixXd(unit.asDiagonal() * p));
    // A row that says nothing new of the free variables keeps the multiplier that it has: it held
    // until now, and goes on holding until a bound lets go of another variable in the row.
    const std::vector<Eigen::Index> own = independent(z);
    Eigen::MatrixXd u = Eigen::MatrixXd::Zero(m, 2);
    for (Eigen::Index r = 0; r < m; ++r) {
      u(r, 0) = multiplier_now_[rows_[static_cast<std::size_t>(r)]];
    }
    for (const Eigen::Index r : own) u.row(r).setZero();
    const auto k = static_cast<Eigen::Index>(own.size());
    Eigen::MatrixXd z_own(f, k);
    Eigen::MatrixXd rest_own(k, 2);
    for (Eigen::Index r = 0; r < k; ++r) {
      z_own.col(r) = z.col(own[static_cast<std::size_t>(r)]);
      rest_own.row(r) = rest.row(own[static_cast<std::size_t>(r)]);
    }
    const Eigen::MatrixXd wanted = z_own.transpose() * (y - z * u) - rest_own;
    const Eigen::MatrixXd u_own = (z_own.transpose() * z_own).ldlt().solve(wanted);
    for (Eigen::Index r = 0; r < k; ++r) u.row(own[static_cast<std::size_t>(r)]) = u_own.row(r);
    const Eigen::MatrixXd solved =
        unit.asDiagonal() * cholesky.matrixU().solve(Eigen::MatrixXd(y - z * u));
    const Eigen::MatrixXd alone = unit.asDiagonal() * cholesky.matrixU().solve(y);
    slope_scale_ = f > 0 ? alone.col(1).cwiseAbs().maxCoeff() : 0.0;

    x_line_ = {held, Eigen::VectorXd::Zero(n)};
    for (Eigen::Index i = 0; i < f; ++i) {
      const auto at = static_cast<Eigen::Index>(free_[static_cast<std::size_t>(i)]);
      x_line_.value[at] = solved(i, 0);
      x_line_.slope[at] = solved(i, 1);
    }
    multiplier_ = {u.col(0), u.col(1)};
    gradient_ = {times_quadratic(x_line_.value), times_quadratic(x_line_.slope)};
    for (std::size_t i = 0; i < n_; ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      gradient_.value[at] += program_.base.linear[i];
      gradient_.slope[at] -= program_.reward[i];
      for (Eigen::Index r = 0; r < m; ++r) {
        const double entry = row(rows_[static_cast<std::size_t>(r)])[i];
        gradient_.value[at] += entry * u(r, 0);
        gradient_.slope[at] += entry * u(r, 1);
      }
    }
    return {};
  }

  /// Qx by the rows of the symmetric Q: a cost of n for each entry of x that is not zero.
  Eigen::VectorXd times_quadratic(const Eigen::VectorXd& x) const {
    Eigen::VectorXd product = Eigen::VectorXd::Zero(x.size());
    for (Eigen::Index j = 0; j < x.size(); ++j) {
      if (x[j] != 0.0) product += x[j] * quadratic().row(j).transpose();
    }
    return product;
  }

  /// Columns of z that are not a mix of those before them.
  static std::vector<Eigen::Index> independent(const Eigen::MatrixXd& z) {
    std::vector<Eigen::Index> own;
    Eigen::MatrixXd basis(z.rows(), 0);
    for (Eigen::Index r = 0; r < z.cols() && basis.cols() < z.rows(); ++r) {
      Eigen::VectorXd rest = z.col(r);
      for (int twice = 0; twice < 2; ++twice) rest -= basis * (basis.transpose() * rest);
      const double length = rest.norm();
      if (!(length > 1e-9 * z.col(r).norm())) continue;
      basis.conservativeResize(Eigen::NoChange, basis.cols() + 1);
      basis.rightCols(1) = rest / length;
      own.push_back(r);
    }
    return own;
  }

  Event next_event(double t) const {
    Event first;
    // `room` above zero is lost at `rate`: it is gone at t + room / rate.
    const auto consider = [&](double room, double rate, double least_rate, Event::Kind kind,
                              std::size_t index) {
      if (!(rate > least_rate)) return;
      const double at = t + std::max(0.0, room) / rate;
      if (at < first.t) first = {at, kind, index};
    };
    const double reward_scale =
        Eigen::Map<const Eigen::VectorXd>(program_.reward.data(), static_cast<Eigen::Index>(n_))
            .cwiseAbs()
            .maxCoeff();
    for (std::size_t i = 0; i < n_; ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      const double x = x_line_.value[at] + t * x_line_.slope[at];
      const double g = gradient_.value[at] + t * gradient_.slope[at];
      switch (states_[i]) {
        case BoundState::kFree:
          consider(x - program_.base.lower[i], -x_line_.slope[at], kRounding * slope_scale_,
                   Event::Kind::kFreeMeetsLower, i);
          consider(program_.base.upper[i] - x, x_line_.slope[at], kRounding * slope_scale_,
                   Event::Kind::kFreeMeetsUpper, i);
          break;
        case BoundState::kAtLower:
          if (program_.base.lower[i] == program_.base.upper[i]) break;
          consider(g, -gradient_.slope[at], kRounding * reward_scale, Event::Kind::kBoundLetsGo, i);
          break;
        case BoundState::kAtUpper:
          if (program_.base.lower[i] == program_.base.upper[i]) break;
          consider(-g, gradient_.slope[at], kRounding * reward_scale, Event::Kind::kBoundLetsGo, i);
          break;
      }
    }
    std::size_t active = n_equality_;
    for (std::size_t r = 0; r < n_inequality_; ++r) {
      if (row_active_[r] != 0) {
        const auto at = static_cast<Eigen::Index>(active++);
        consider(multiplier_.value[at] + t * multiplier_.slope[at], -multiplier_.slope[at],
                 kRounding * reward_scale, Event::Kind::kRowLetsGo, r);
        continue;
      }
      const auto values = program_.base.inequality.row(r);
      double sum = 0.0;
      double rate = 0.0;
      double size = 0.0;
      for (std::size_t i = 0; i < n_; ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        sum += values[i] * (x_line_.value[at] + t * x_line_.slope[at]);
        rate += values[i] * x_line_.slope[at];
        size = std::max(size, std::abs(values[i]));
      }
      consider(program_.base.inequality_limit[r] - sum, rate, kRounding * size * slope_scale_,
               Event::Kind::kRowMeets, r);
    }
    return first;
  }

  void apply(const Event& event) {
    const auto at = static_cast<Eigen::Index>(event.index);
    switch (event.kind) {
      case Event::Kind::kFreeMeetsLower:
        states_[event.index] = BoundState::kAtLower;
        x_[at] = program_.base.lower[event.index];
        break;
      case Event::Kind::kFreeMeetsUpper:
        states_[event.index] = BoundState::kAtUpper;
        x_[at] = program_.base.upper[event.index];
        break;
      case Event::Kind::kBoundLetsGo:
        states_[event.index] = BoundState::kFree;
        break;
      case Event::Kind::kRowMeets:
        row_active_[event.index] = 1;
        break;
      case Event::Kind::kRowLetsGo:
        row_active_[event.index] = 0;
        break;
    }
  }

  /// Adds the point at t, proven by code of its own.
  Result<void> note(double t, CriticalLine& line) {
    Corner corner{.t = t, .x = {}, .equality_multiplier = {}, .inequality_multiplier = {}};
    const Eigen::VectorXd x = x_line_.value + t * x_line_.slope;
    corner.x.assign(x.begin(), x.end());
    for (std::size_t i = 0; i < n_; ++i) {  // rounding must not leave the box
      corner.x[i] = std::clamp(corner.x[i], program_.base.lower[i], program_.base.upper[i]);
      if (states_[i] != BoundState::kFree) corner.x[i] = x_[static_cast<Eigen::Index>(i)];
    }
    corner.inequality_multiplier.assign(n_inequality_, 0.0);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const auto at = static_cast<Eigen::Index>(r);
      const double u = multiplier_.value[at] + t * multiplier_.slope[at];
      if (rows_[r] < n_equality_) {
        corner.equality_multiplier.push_back(u);
      } else {
        corner.inequality_multiplier[rows_[r] - n_equality_] = std::max(0.0, u);
      }
    }
    for (std::size_t i = 0; i < n_; ++i) {
      here_.linear[i] = program_.base.linear[i] - t * program_.reward[i];
    }
    const DualBound proof =
        dual_bound(here_, corner.x, corner.equality_multiplier, corner.inequality_multiplier);
    corner.kkt_residual = std::max(proof.kkt_residual, proof.infeasibility);
    // The gradient grows with t; the residual is told beside it.
    if (!(corner.kkt_residual <= kProvenResidual * (1.0 + t))) {
      return fail(ErrorKind::kInternal,
                  fmt::format("a corner of the frontier could not be proven (residual {:.3g}): "
                              "limits meet in one point there",
                              corner.kkt_residual),
                  "constraints");
    }
    line.corners.push_back(std::move(corner));
    return {};
  }

  const ParametricProgram& program_;
  QuadraticProgram here_;  ///< the program at the t of a corner
  std::size_t n_;
  std::size_t n_equality_;
  std::size_t n_inequality_;
  std::vector<BoundState> states_;
  Eigen::VectorXd x_;  ///< held variables stand exactly on their bounds
  std::vector<char> row_active_;
  std::vector<double> multiplier_now_;  ///< of all rows, equalities first

  std::vector<std::size_t> free_;
  std::vector<std::size_t> rows_;  ///< equalities, then active inequalities
  double slope_scale_ = 0.0;       ///< of x without the rows: what its slopes are judged by
  Line x_line_;
  Line multiplier_;  ///< of rows_
  Line gradient_;    ///< zero on free variables
};

}  // namespace

Result<CriticalLine> trace_critical_line(const ParametricProgram& program,
                                         const Execution& execution) {
  if (program.reward.size() != program.base.linear.size()) {
    return fail(ErrorKind::kInternal, "reward and program differ in size", "reward");
  }
  QUANTA_TRY(const QuadraticSolution start, solve_quadratic_program(program.base, execution));
  return Tracer(program, start).run(execution);
}

}  // namespace quanta::portfolio
