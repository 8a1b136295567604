#include "portfolio/frontier/pareto_front.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <Eigen/Core>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/frontier/pareto_proof.h"
#include "portfolio/frontier/risk_model.h"
#include "portfolio/objectives/mean_variance.h"
#include "portfolio/objectives/scenario_proof.h"
#include "portfolio/optimizers/allowed_weights.h"
#include "portfolio/optimizers/cutting_plane.h"
#include "portfolio/optimizers/piecewise_linear.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Point = std::vector<double>;

constexpr double kMet = 1e-9;
/// The share of the other risk at an end, in units of the two ranges.
constexpr double kEndShare = 1e-6;
/// How far beyond its least a piecewise linear risk is let at the end, beside its range.
constexpr double kEndRoom = 1e-9;
/// Ranges of risks, beside their size, that are rounding.
constexpr double kNoRange = 1e-9;
/// A risk, beside its size, that is rounding; of squares.
constexpr double kNoise = 1e-14;
constexpr double kSquareNoise = 1e-12;
/// A fall of the objective, beside its range and value, that is rounding or that the next Newton
/// step squares away.
constexpr double kArrived = 1e-13;
/// The same where no step longer than this share of Newton's leads down.
constexpr double kStalled = 1e-8;
constexpr double kLeastStep = 1e-10;
/// How far a limit may be exceeded, beside its size.
constexpr double kAtLimit = 1e-13;
/// Where a limit is left, in shares of what is beyond it.
constexpr double kNearLimit = 1e-3;
/// Of the cutting plane: of piecewise linear risks, and with EVaR, which has no vertex to end in.
constexpr double kCuttingPlaneGap = 1e-13;
constexpr double kEntropicGap = 1e-10;
/// How near the steps are to equal, beside the range.
constexpr double kStepRoom = 1e-10;
/// A rise of the objective, beside its range, over this share of the constraint's that is none.
constexpr double kFlat = 1e-13;
constexpr double kFlatStep = 1e-3;
constexpr int kMostHalvings = 40;
/// How far an end may be above the least, beside the size of the risk.
constexpr double kMissedEnd = 1e-8;
constexpr int kMostNewtonSteps = 100;
/// Gradients of tangents that are the same, beside their size.
constexpr double kSameCut = 1e-12;
/// A gap, beside the range of the objective, that is as small as it gets.
constexpr double kExact = 1e-12;
constexpr int kMostBoundarySteps = 6;
constexpr int kMostCutRounds = 1000;
constexpr int kMostTangentRounds = 2000;
constexpr int kMostSlopes = 100;
constexpr int kMostPenalties = 10;

// ---- What may be wrong, and each risk alone -----------------------------------------------------

Result<void> check_shapes(const ParetoProblem& p) {
  if (p.n_points < 2) {
    return bad_input("points", fmt::format("{} points; a front has at least 2", p.n_points));
  }
  const std::size_t n = p.bounds.lower.size();
  for (const ParetoRisk& risk : p.risks) {
    if (risk.scenario == ScenarioRisk::kMissedGrowth) {
      return bad_input("risks", "growth is no risk; a front is of two risks");
    }
    const std::size_t columns = risk.scenario ? p.returns.columns() : risk.form.columns();
    if (columns != n || (!risk.linear.empty() && risk.linear.size() != n)) {
      return bad_input("risks", fmt::format("a risk of {} assets and bounds of {}", columns, n));
    }
  }
  return {};
}

struct Least {
  Point weights;
  RiskDual dual;
  Certificate certificate;
};

Result<Least> least_of(const ParetoProblem& p, std::size_t k, const Execution& execution) {
  const ParetoRisk& risk = p.risks[k];
  if (risk.scenario) {
    QUANTA_TRY(ScenarioAnswer answer, optimize_scenario_risk(scenario_problem(p, k), execution));
    return Least{std::move(answer.weights),
                 {.at = {}, .scenarios = std::move(answer.dual)},
                 answer.certificate};
  }
  MeanVarianceProblem alone{.mean = Point(risk.form.rows()),
                            .covariance = risk.form,
                            .bounds = p.bounds,
                            .limits = p.limits};
  const bool follows = !risk.linear.empty();
  if (follows) {
    alone.objective = Objective::kTrackingError;
    alone.benchmark_covariance = risk.linear;
    alone.benchmark_variance = risk.constant;
  }
  QUANTA_TRY(ContinuousAnswer answer, optimize_mean_variance(alone, execution));
  Certificate proof = answer.certificate;
  if (follows) {  // of the root
    proof.best *= proof.best;
    proof.bound *= proof.bound;
    proof.gap = proof.best - proof.bound;
  }
  return Least{answer.weights, {.at = answer.weights, .scenarios = {}}, proof};
}

// ---- Solvers ------------------------------------------------------------------------------------

/// Weights with the least of share_0 x objective + share_1 x constraint, in units of their ranges.
struct Solved {
  Point weights;
  std::array<double, 2> shares = {1.0, 0.0};
  std::array<RiskDual, 2> tangents;
};

std::array<double, 2> shares_of(double slope) {
  return {1.0 / (1.0 + slope), slope / (1.0 + slope)};
}

void add_to(std::vector<double>& sum, const std::vector<double>& part, double share) {
  sum.resize(part.size());
  for (std::size_t i = 0; i < part.size(); ++i) sum[i] += share * part[i];
}

/// The sets of duals are convex: a mixture of some is one.
void add_to(RiskDual& sum, const RiskDual& part, double share) {
  add_to(sum.scenarios.scenarios, part.scenarios.scenarios, share);
  add_to(sum.scenarios.peaks, part.scenarios.peaks, share);
}

/// Points between which a risk's tangents lie.
Point between(const Point& from, const Point& to, double share) {
  Point out(from.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = from[i] + share * (to[i] - from[i]);
  return out;
}

/// factor times a risk, in a sum.
struct Part {
  const RiskModel* risk;
  double factor;
};

struct Local {
  double value = 0.0;
  VectorXd gradient;
};

Local local_of(std::span<const Part> parts, std::span<const double> weights) {
  const auto n = static_cast<Index>(weights.size());
  Local out{.value = 0.0, .gradient = VectorXd::Zero(n)};
  for (const Part& part : parts) {
    const Tangent tangent = part.risk->tangent(weights);
    out.value += part.factor * tangent.value;
    out.gradient += part.factor * Eigen::Map<const VectorXd>(tangent.gradient.data(), n);
  }
  return out;
}

/// Finds points of the front, objective against constraint.
class Tracer {
 public:
  Tracer(AllowedWeights allowed, std::array<const RiskModel*, 2> risks, std::array<double, 2> units,
         Execution execution)
      : allowed_(std::move(allowed)),
        risks_(risks),
        units_(units),
        execution_(std::move(execution)) {}

  int iterations() const { return iterations_; }
  /// Both smooth: the least with the shares of this slope.
  Result<Solved> with_slope(double slope, const Point& start);
  /// The objective alone smooth: its least with the constraint at most this, which it is `inside`.
  Result<Solved> with_limit(double limit, const Point& inside);
  /// Neither smooth: the least of objective + slope x max(0, constraint - limit), in units of the
  /// ranges; without a limit of objective + slope x constraint.
  Result<Solved> by_tangents(double slope, std::optional<double> limit);

 private:
  struct Cut {
    Point at;
    Tangent tangent;
  };
  Result<bool> newton(std::span<const Part> parts, QuadraticProgram& program, Point& at,
                      bool allowed);
  QuadraticProgram with_cuts(std::span<const Cut> cuts, double limit) const;
  void cut(const Point& at, const Tangent& tangent);
  void cut_between(const Point& inside, Point& outside, Tangent tangent, double limit);
  struct CutProof {
    Point multipliers;
    double gap = 0.0;  ///< of the weights, by their tangent
  };
  Result<CutProof> proof_by_cuts(const Point& weights, double limit) const;
  Result<void> polish(Point& weights, CutProof& proof, double limit);

  AllowedWeights allowed_;
  std::array<const RiskModel*, 2> risks_;
  std::array<double, 2> units_;
  Execution execution_;
  std::vector<Cut> cuts_;  ///< of the constraint; they hold for every limit
  int iterations_ = 0;
};

/// The least of the sum over the program's rows and bounds. `allowed`: `at` meets them; else the
/// first step is taken whole, after which it does. Whether the least has been reached.
Result<bool> Tracer::newton(std::span<const Part> parts, QuadraticProgram& program, Point& at,
                            bool allowed) {
  const auto n = static_cast<Index>(at.size());
  const bool exact = std::ranges::all_of(parts, [](const Part& p) { return p.risk->quadratic(); });
  Local here = local_of(parts, at);
  QuadraticSolution solution;
  bool arrived = false;
  for (int step = 0; step < kMostNewtonSteps && !arrived; ++step) {
    if (execution_.cancelled()) return cancelled_error();
    ++iterations_;
    program.quadratic = Matrix(at.size(), at.size());
    for (const Part& part : parts) part.risk->add_curvature(at, part.factor, program.quadratic);
    Eigen::Map<MatrixXd> form(program.quadratic.data(), n, n);
    const VectorXd w = Eigen::Map<const VectorXd>(at.data(), n);
    Eigen::Map<VectorXd>(program.linear.data(), n) = here.gradient - form * w;
    // Constant on the budget; EVaR has no curvature along the weights themselves.
    form.array() += form.trace() / static_cast<double>(n * n);
    QUANTA_TRY(solution, solve_quadratic_program(program, execution_, solution.states));
    const VectorXd change = Eigen::Map<const VectorXd>(solution.x.data(), n) - w;
    const double slope = here.gradient.dot(change);
    arrived = exact || (allowed && std::abs(slope) <= kArrived * (1.0 + std::abs(here.value)));
    if (allowed && !arrived && slope > 0.0) return true;  // the program knows nothing better
    Point next = solution.x;
    Local there = local_of(parts, next);
    double length = 1.0;
    const bool judged = allowed && !arrived;
    allowed = true;
    while (judged && !(there.value <= here.value + 1e-4 * length * slope) && length > kLeastStep) {
      length *= 0.5;
      next = between(at, solution.x, length);
      there = local_of(parts, next);
    }
    if (length <= kLeastStep) {  // no step leads down: what is left is rounding, or a kink
      arrived = std::abs(slope) <= kStalled;
      break;
    }
    at = std::move(next);
    here = std::move(there);
  }
  return arrived;
}

Result<Solved> Tracer::with_slope(double slope, const Point& start) {
  Solved out{.weights = start, .shares = shares_of(slope), .tangents = {}};
  const std::array<Part, 2> parts = {Part{risks_[0], out.shares[0] / units_[0]},
                                     Part{risks_[1], out.shares[1] / units_[1]}};
  QuadraticProgram program = program_over(allowed_, 0);
  QUANTA_CHECK(newton(parts, program, out.weights, true));
  for (std::size_t k = 0; k < 2; ++k) out.tangents[k] = risks_[k]->dual(out.weights);
  return out;
}

QuadraticProgram Tracer::with_cuts(std::span<const Cut> cuts, double limit) const {
  QuadraticProgram program = program_over(allowed_, 0);
  const Matrix rows = std::move(program.inequality);
  program.inequality = Matrix(rows.rows() + cuts.size(), program.linear.size());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::ranges::copy(rows.row(r), program.inequality.row(r).begin());
  }
  for (const Cut& cut : cuts) {
    const std::size_t r = program.inequality_limit.size();
    std::ranges::copy(cut.tangent.gradient, program.inequality.row(r).begin());
    program.inequality_limit.push_back(limit - cut.tangent.constant);
  }
  return program;
}

/// Adds it, unless it is there: rows that are one leave a program no unique multipliers.
void Tracer::cut(const Point& at, const Tangent& tangent) {
  const double room = kSameCut * largest_entry(tangent.gradient);
  const bool known = std::ranges::any_of(cuts_, [&](const Cut& other) {
    double apart = std::abs(other.tangent.constant - tangent.constant);
    for (std::size_t i = 0; i < at.size(); ++i) {
      apart = std::max(apart, std::abs(other.tangent.gradient[i] - tangent.gradient[i]));
    }
    return apart <= room;
  });
  if (!known) cuts_.push_back({at, tangent});
}

/// Adds a cut outside, and one where the way there leaves the limit, which is where it then is:
/// from outside each tangent leads nearer to it.
void Tracer::cut_between(const Point& inside, Point& outside, Tangent tangent, double limit) {
  const double beyond = tangent.value - limit;
  cut(outside, tangent);
  for (int step = 0; step < kMostBoundarySteps && tangent.value > limit + kNearLimit * beyond;
       ++step) {
    const double fall = tangent.value - tangent.constant - dot(tangent.gradient, inside);
    if (!(fall > 0.0)) return;
    outside = between(outside, inside, std::min(1.0, (tangent.value - limit) / fall));
    tangent = risks_[1]->tangent(outside);
  }
  cut(outside, tangent);
}

/// Those that prove the most of these weights: of the linear program with the objective's tangent
/// there, to the last bits, which those of the quadratic program need not be.
Result<Tracer::CutProof> Tracer::proof_by_cuts(const Point& weights, double limit) const {
  Polyhedron polyhedron = allowed_.polyhedron;
  for (double& bound : polyhedron.lower) bound = std::max(bound, -kFarWeight);
  for (double& bound : polyhedron.upper) bound = std::min(bound, kFarWeight);
  const std::size_t n_rows = polyhedron.rows.size();
  for (const Cut& cut : cuts_) {
    polyhedron.rows.push_back({cut.tangent.gradient, limit - cut.tangent.constant, false});
  }
  const Point gradient = risks_[0]->tangent(weights).gradient;
  Point objective = gradient;
  const double scale = std::max(largest_entry(gradient), std::numeric_limits<double>::min());
  for (double& g : objective) g /= scale;
  PiecewiseLinearSimplex simplex(std::move(objective), polyhedron.lower, polyhedron.upper);
  const std::vector<double> sizes = add_rows(polyhedron, 0, simplex);
  QUANTA_CHECK(simplex.minimize(execution_));
  const std::vector<double> rows = simplex.row_multipliers();
  CutProof out;
  for (std::size_t r = n_rows; r < rows.size(); ++r) {
    out.multipliers.push_back(scale * rows[r] / sizes[r]);
  }
  out.gap = dot(gradient, weights) - dot(gradient, simplex.x());
  return out;
}

/// The weights again, with the cuts alone that prove them: those are independent of each other,
/// while the rows of all cuts may meet in one point, where the quadratic program is less exact.
Result<void> Tracer::polish(Point& weights, CutProof& proof, double limit) {
  std::vector<Cut> kept;
  for (std::size_t j = 0; j < cuts_.size(); ++j) {
    if (proof.multipliers[j] > 0.0) kept.push_back(cuts_[j]);
  }
  Point other = weights;
  const Part part{risks_[0], 1.0 / units_[0]};
  QuadraticProgram program = with_cuts(kept, limit);
  QUANTA_CHECK(newton({&part, 1}, program, other, true));
  if (risks_[1]->tangent(other).value > limit + kAtLimit * (std::abs(limit) + units_[1])) return {};
  QUANTA_TRY(CutProof better, proof_by_cuts(other, limit));
  if (better.gap < proof.gap) {
    weights = std::move(other);
    proof = std::move(better);
  }
  return {};
}

Result<Solved> Tracer::with_limit(double limit, const Point& inside) {
  const Part part{risks_[0], 1.0 / units_[0]};
  const double room = kAtLimit * (std::abs(limit) + units_[1]);
  Solved out{.weights = inside, .shares = {}, .tangents = {}};
  std::size_t n_cuts = 0;
  for (int round = 0; round < kMostCutRounds; ++round) {
    n_cuts = cuts_.size();
    QuadraticProgram program = with_cuts(cuts_, limit);
    QUANTA_TRY(const bool arrived, newton({&part, 1}, program, out.weights, false));
    Tangent tangent = risks_[1]->tangent(out.weights);
    if (tangent.value <= limit + room || !arrived) break;
    Point outside = out.weights;
    cut_between(inside, outside, std::move(tangent), limit);
    if (cuts_.size() == n_cuts) break;  // none is new: what is beyond is rounding
    out.weights = std::move(outside);
  }
  cuts_.resize(n_cuts);
  QUANTA_TRY(CutProof proof, proof_by_cuts(out.weights, limit));
  if (proof.gap > kExact * units_[0]) QUANTA_CHECK(polish(out.weights, proof, limit));
  const Point& multipliers = proof.multipliers;
  double slope = 0.0;
  for (const double multiplier : multipliers) slope += multiplier;
  for (std::size_t j = 0; j < n_cuts; ++j) {
    if (multipliers[j] <= 0.0) continue;
    add_to(out.tangents[1], risks_[1]->dual(cuts_[j].at), multipliers[j] / slope);
  }
  out.tangents[0] = risks_[0]->dual(out.weights);
  out.shares = shares_of(slope * units_[1] / units_[0]);
  return out;
}

Result<Solved> Tracer::by_tangents(double slope, std::optional<double> limit) {
  const auto counts = [&](const Tangent& tangent) { return !limit || tangent.value > *limit; };
  const auto sum = [&](std::span<const double> weights) {
    Tangent out = risks_[0]->tangent(weights);
    out.value /= units_[0];
    out.constant /= units_[0];
    for (double& g : out.gradient) g /= units_[0];
    const Tangent other = risks_[1]->tangent(weights);
    if (!counts(other)) return out;
    out.value += slope * (other.value - limit.value_or(0.0)) / units_[1];
    out.constant += slope * (other.constant - limit.value_or(0.0)) / units_[1];
    for (std::size_t i = 0; i < out.gradient.size(); ++i) {
      out.gradient[i] += slope * other.gradient[i] / units_[1];
    }
    return out;
  };
  const bool entropic = risks_[0]->entropic() || risks_[1]->entropic();
  QUANTA_TRY(
      const CuttingPlaneAnswer answer,
      minimize_by_tangents(allowed_.polyhedron, sum, entropic ? kEntropicGap : kCuttingPlaneGap,
                           kMostTangentRounds, execution_));
  if (answer.stopped) return cancelled_error();
  iterations_ += answer.iterations;
  Solved out{.weights = answer.x, .shares = {}, .tangents = {}};
  std::array<double, 2> total = {};
  for (const CuttingPlaneAnswer::Support& support : answer.supports) {
    total[0] += support.multiplier;
    if (counts(risks_[1]->tangent(support.at))) total[1] += support.multiplier;
  }
  for (const CuttingPlaneAnswer::Support& support : answer.supports) {
    add_to(out.tangents[0], risks_[0]->dual(support.at), support.multiplier / total[0]);
    if (!counts(risks_[1]->tangent(support.at))) continue;
    add_to(out.tangents[1], risks_[1]->dual(support.at), support.multiplier / total[1]);
  }
  out.shares = shares_of(slope * total[1] / total[0]);
  return out;
}

// ---- The front ----------------------------------------------------------------------------------

/// objective and constraint, by their places in the problem.
struct Sides {
  std::size_t objective = 0;
  std::size_t constraint = 1;
};

/// Both smooth: the slope whose least has the constraint at a limit, between those that are known
/// to be on either side (regula falsi with the Illinois rule, in the logarithm).
class SlopeSearch {
 public:
  struct Known {
    double log_slope;
    double constraint;
    Solved solved;
  };
  SlopeSearch(Tracer& tracer, const RiskModel& constraint) : tracer_(&tracer), risk_(&constraint) {}

  Result<Solved> solve(double slope, const Point& start) {
    QUANTA_TRY(Solved solved, tracer_->with_slope(slope, start));
    const double value = risk_->tangent(solved.weights).value;
    known_.push_back({std::log(slope), value, solved});
    return solved;
  }

  Result<Solved> at(double limit, double room) {
    const auto above = [&](const Known& k) { return k.constraint >= limit; };
    Known low = *std::ranges::max_element(
        known_, {}, [&](const Known& k) { return above(k) ? k.log_slope : -kInfinity; });
    Known high = *std::ranges::min_element(
        known_, {}, [&](const Known& k) { return above(k) ? kInfinity : k.log_slope; });
    double over = low.constraint - limit;
    double under = limit - high.constraint;
    int last = 0;
    for (int round = 0; round < kMostSlopes && high.log_slope - low.log_slope > 1e-13; ++round) {
      const double share = over / (over + under);
      const double middle = low.log_slope + share * (high.log_slope - low.log_slope);
      QUANTA_TRY(Solved solved,
                 solve(std::exp(middle), between(low.solved.weights, high.solved.weights, share)));
      const Known& found = known_.back();
      const double miss = found.constraint - limit;
      if (std::abs(miss) <= room) return solved;
      if (miss > 0.0) {
        low = found;
        over = miss;
        if (last > 0) under *= 0.5;
        last = 1;
      } else {
        high = found;
        under = -miss;
        if (last < 0) over *= 0.5;
        last = -1;
      }
    }
    // One slope belongs to a whole piece of the front: all between are best for it.
    const double gap = low.constraint - high.constraint;
    Solved out = high.solved;
    if (gap > 0.0) {
      out.weights =
          between(low.solved.weights, high.solved.weights, (low.constraint - limit) / gap);
    }
    return out;
  }

 private:
  Tracer* tracer_;
  const RiskModel* risk_;
  std::vector<Known> known_;
};

/// How a pair is traced; the constraint's values fall along the front from the objective's least.
class Front {
 public:
  Front(const std::array<const RiskModel*, 2>& risks, std::array<Point, 2> alone,
        AllowedWeights allowed, const Execution& execution)
      : risks_(risks),
        alone_(std::move(alone)),
        smooth_(risks[1]->smooth()),
        kinks_(!risks[0]->smooth()),
        sizes_({risks[0]->size(), risks[1]->size()}),
        units_(ranges()),
        tracer_(std::move(allowed), risks, units_, execution),
        search_(tracer_, *risks[1]) {}

  const std::array<double, 2>& units() const { return units_; }
  const std::array<double, 2>& sizes() const { return sizes_; }
  bool of_squares(std::size_t side) const {
    return risks_[side]->smooth() && !risks_[side]->entropic();
  }
  int iterations() const { return tracer_.iterations(); }
  std::string_view method() const {
    return smooth_ ? "newton" : kinks_ ? "cutting plane" : "newton with cuts";
  }
  double constraint_at(const Solved& solved) const {
    return risks_[1]->tangent(solved.weights).value;
  }

  /// Whether the ends are two portfolios, and not one that is best for both.
  bool has_range(const Solved& first, const Solved& last) const {
    for (std::size_t k = 0; k < 2; ++k) {
      const double range = std::abs(value(k, last.weights) - value(k, first.weights));
      if (!(range > 2.0 * kNoRange * sizes_[k])) return false;
    }
    return true;
  }

  /// The portfolio that is the least of both, where one is: proven by the tangents of each.
  std::optional<Solved> best_of_both(std::array<RiskDual, 2> tangents) const {
    for (std::size_t k = 0; k < 2; ++k) {
      if (units_[k] > kNoRange * sizes_[k]) continue;
      return Solved{.weights = alone_[1 - k],
                    .shares = {units_[0] / sizes_[0], units_[1] / sizes_[1]},
                    .tangents = std::move(tangents)};
    }
    return std::nullopt;
  }

  /// The end where the objective is least.
  Result<Solved> first() {
    if (kinks_) return tracer_.by_tangents(kEndShare, {});
    if (smooth_) return search_.solve(kEndShare, alone_[0]);
    Solved out{.weights = alone_[0], .shares = {1.0, 0.0}, .tangents = {}};
    out.tangents[0] = risks_[0]->dual(out.weights);
    return out;
  }

  /// The end where the constraint is.
  Result<Solved> last() {
    if (kinks_) return tracer_.by_tangents(1.0 / kEndShare, {});
    if (smooth_) return search_.solve(1.0 / kEndShare, alone_[1]);
    auto solved = tracer_.with_limit(value(1, alone_[1]) + kEndRoom * units_[1], alone_[1]);
    if (solved || solved.error().kind != ErrorKind::kInfeasible) return solved;
    return Solved{.weights = alone_[1], .shares = {0.0, 1.0}, .tangents = {}};  // too little room
  }

  /// Between them; `before` has less of the constraint.
  Result<Solved> between_ends(double limit, const Solved& before) {
    if (smooth_) return search_.at(limit, kStepRoom * units_[1]);
    if (!kinks_) return tracer_.with_limit(limit, before.weights);
    // The front is convex: nowhere is it steeper from here on than on the way from before.
    const double rise = (limit - constraint_at(before)) / units_[1];
    const double fall = (value(0, before.weights) - value(0, alone_[0])) / units_[0];
    double penalty = 2.0 * std::min(fall / rise, 1.0 / kEndShare);
    QUANTA_TRY(Solved solved, tracer_.by_tangents(penalty, limit));
    for (int round = 0;
         round < kMostPenalties && constraint_at(solved) > limit + kStepRoom * units_[1]; ++round) {
      penalty *= 8.0;
      QUANTA_TRY(solved, tracer_.by_tangents(penalty, limit));
    }
    return solved;
  }

  /// Of a smooth objective, whose least others may have with less of the constraint: the end that
  /// has the least of that.
  Result<Solved> without_flat(Solved first, const Solved& last) {
    if (kinks_ || smooth_) return first;
    const double least = value(0, first.weights);
    double high = constraint_at(first);
    double low = constraint_at(last);
    const auto as_good = [&](const Solved& other) {
      return value(0, other.weights) <= least + kFlat * units_[0];
    };
    double limit = high - kFlatStep * (high - low);
    for (int round = 0; round < kMostHalvings && high > low; ++round) {
      QUANTA_TRY(Solved other, tracer_.with_limit(limit, last.weights));
      if (as_good(other)) {
        high = limit;
        other.shares = {1.0, 0.0};  // and the tangent of the least
        other.tangents[0] = first.tangents[0];
        first = std::move(other);
      } else if (round == 0) {
        break;
      } else {
        low = limit;
      }
      limit = 0.5 * (low + high);
    }
    return first;
  }

 private:
  double value(std::size_t k, const Point& weights) const {
    return risks_[k]->tangent(weights).value;
  }
  /// What each risk is at the other's least beyond its own, or at least some share of its size.
  std::array<double, 2> ranges() const {
    std::array<double, 2> out = {};
    for (std::size_t k = 0; k < 2; ++k) {
      const double range = value(k, alone_[1 - k]) - value(k, alone_[k]);
      out[k] = std::max({range, kNoRange * sizes_[k], std::numeric_limits<double>::min()});
    }
    return out;
  }

  std::array<const RiskModel*, 2> risks_;
  std::array<Point, 2> alone_;
  bool smooth_;
  bool kinks_;
  std::array<double, 2> sizes_;
  std::array<double, 2> units_;
  Tracer tracer_;
  SlopeSearch search_;
};

ParetoPoint point_of(const ParetoProblem& p, Sides sides, const Front& front, Solved solved) {
  ParetoPoint out{
      .weights = clean_weights(p.bounds.lower, p.bounds.upper, std::move(solved.weights)),
      .values = {},
      .dual = {},
      .certificate = {}};
  for (std::size_t side = 0; side < 2; ++side) {
    const std::size_t k = side == 0 ? sides.objective : sides.constraint;
    out.dual.shares[k] = solved.shares[side] / front.units()[side];
    out.dual.tangents[k] = std::move(solved.tangents[side]);
  }
  const AllowedWeights allowed = allowed_weights(p.bounds, p.limits);
  if (auto best = best_multipliers(allowed, pareto_gradient(p, out.dual).gradient, {})) {
    out.dual.limits = std::move(best->limits);
  }
  const ParetoProof proof = pareto_proof(p, out.weights, out.dual);
  out.values = proof.values;
  double room = kProvenGap * std::abs(proof.value);
  for (std::size_t side = 0; side < 2; ++side) {  // what rounding leaves of a risk that vanishes
    room += (front.of_squares(side) ? kSquareNoise : kNoise) * front.sizes()[side] *
            solved.shares[side] / front.units()[side];
  }
  out.certificate.best = proof.value;
  out.certificate.bound = std::min(proof.bound, proof.value);
  out.certificate.gap = proof.value - out.certificate.bound;
  out.certificate.proven = out.certificate.gap <= room && proof.bound - proof.value <= room &&
                           proof.infeasibility <= kMet;
  return out;
}

/// From the objective's least to the constraint's.
Result<std::vector<Solved>> trace(Front& front, std::size_t n_points, const Execution& execution) {
  QUANTA_TRY(Solved first, front.first());
  QUANTA_TRY(Solved last, front.last());
  QUANTA_TRY(first, front.without_flat(std::move(first), last));
  const double low = front.constraint_at(last);
  const double high = front.constraint_at(first);
  std::vector<Solved> out;
  if (!front.has_range(first, last)) {
    out.push_back(std::move(first));
    return out;
  }
  out.push_back(std::move(last));
  for (std::size_t i = 1; i + 1 < n_points; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(n_points - 1);
    auto solved = front.between_ends(low + share * (high - low), out.back());
    if (!solved) {
      if (solved.error().kind != ErrorKind::kCancelled) {
        return std::unexpected(std::move(solved).error());
      }
      break;
    }
    out.push_back(*std::move(solved));
    execution.report(share, "front");
  }
  out.push_back(std::move(first));
  std::ranges::reverse(out);
  return out;
}

Result<ParetoFront> front_of(const ParetoProblem& problem, const std::array<RiskModel, 2>& models,
                             const std::array<Least, 2>& least, const Execution& execution) {
  const Sides sides = models[1].smooth() && !models[0].smooth() ? Sides{1, 0} : Sides{0, 1};
  Front front({&models[sides.objective], &models[sides.constraint]},
              {least[sides.objective].weights, least[sides.constraint].weights},
              allowed_weights(problem.bounds, problem.limits), execution);
  std::vector<Solved> traced;
  if (auto best = front.best_of_both({least[sides.objective].dual, least[sides.constraint].dual})) {
    traced.push_back(*std::move(best));
  } else {
    QUANTA_TRY(traced, trace(front, problem.n_points, execution));
  }
  ParetoFront out{.points = {},
                  .least = {least[0].certificate, least[1].certificate},
                  .stepped = sides.constraint,
                  .iterations = front.iterations(),
                  .method = front.method(),
                  .stopped = traced.size() > 1 && traced.size() < problem.n_points};
  for (Solved& solved : traced) {
    out.points.push_back(point_of(problem, sides, front, std::move(solved)));
  }
  // An end without a proof: that of its own risk alone.
  for (const std::size_t side : {0, 1}) {
    const std::size_t k = side == 0 ? sides.objective : sides.constraint;
    ParetoPoint& end = side == 0 ? out.points.front() : out.points.back();
    if (end.certificate.proven || (side == 1 && out.stopped)) continue;
    Solved alone{.weights = least[k].weights, .shares = {}, .tangents = {}};
    alone.shares[side] = 1.0;
    alone.tangents[side] = least[k].dual;
    ParetoPoint other = point_of(problem, sides, front, std::move(alone));
    if (other.certificate.proven) end = std::move(other);
  }
  if (sides.objective == 1) std::ranges::reverse(out.points);
  return out;
}

/// How many points are proven; none where an end is not the least of its risk.
std::size_t n_proven(const ParetoFront& front, const std::array<RiskModel, 2>& models) {
  for (std::size_t k = 0; k < 2; ++k) {
    const ParetoPoint& end = k == 0 ? front.points.front() : front.points.back();
    const double beyond = end.values[k] - front.least[k].best;
    if (!(beyond <= kMissedEnd * models[k].size())) return 0;
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      front.points, [](const ParetoPoint& point) { return point.certificate.proven; }));
}

}  // namespace

Result<ParetoFront> pareto_front(const ParetoProblem& problem, const Execution& execution) {
  QUANTA_CHECK(check_shapes(problem));
  QUANTA_TRY(Least first, least_of(problem, 0, execution));
  QUANTA_TRY(Least second, least_of(problem, 1, execution));
  if (execution.cancelled()) return cancelled_error();  // they are the best so far, no ends
  const std::array<Least, 2> least = {std::move(first), std::move(second)};
  std::array<RiskModel, 2> models = {RiskModel(problem, 0), RiskModel(problem, 1)};
  auto front = front_of(problem, models, least, execution);
  const std::size_t proven = front ? n_proven(*front, models) : 0;
  const bool entropic =
      (models[0].entropic() && models[0].smooth()) || (models[1].entropic() && models[1].smooth());
  if (!entropic || (front && (proven == front->points.size() || front->stopped)) ||
      execution.cancelled()) {
    return front;
  }
  for (RiskModel& model : models) model.without_derivatives();
  auto other = front_of(problem, models, least, execution);
  return other && n_proven(*other, models) > proven ? std::move(other) : std::move(front);
}

}  // namespace quanta::portfolio
