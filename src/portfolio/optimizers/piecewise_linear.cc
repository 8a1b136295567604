#include "portfolio/optimizers/piecewise_linear.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include <Eigen/Core>
#include <Eigen/LU>

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A descent that is smaller than this beside the terms whose sum it is, is rounding.
constexpr double kNoise = 1e-12;
/// What additions and subtractions leave of a gradient that vanishes, beside what it has been.
constexpr double kLeftOver = 1e-14;
/// Rates below this, beside the largest entry of the edge, are none.
constexpr double kNoRate = 1e-10;
constexpr double kRoom = 1e-10;
constexpr double kExact = 1e-12;
constexpr int kPivotsPerInverse = 100;
constexpr int kStalled = 25;

/// Which of two edges an endless circle of steps of length 0 tries first: any order that does not
/// repeat will do.
double shuffle(std::uint64_t pivot, std::uint64_t position) {
  std::uint64_t bits = (pivot << 20U) + position + 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return 0.01 + static_cast<double>(bits >> 40U) * 0x1p-24;
}

}  // namespace

/// The point and what holds it.
class PiecewiseLinearSimplex::Vertex {
 public:
  Vertex(std::vector<double> linear, std::vector<double> lower, std::vector<double> upper);

  void add_row(std::span<const double> coefficients, double offset, double least, double most);
  Result<void> minimize(const Execution& execution);
  Result<void> repair(const Execution& execution);
  std::span<const double> x() const { return {x_.data(), n()}; }
  std::vector<double> row_multipliers() const;
  int iterations() const { return iterations_; }

 private:
  enum class Side : std::uint8_t { kBelow, kAbove, kActive };
  enum class Place : std::uint8_t { kBetween, kAtLower, kAtUpper, kHeld };
  struct Range {
    double least = 0.0;
    double most = 0.0;
  };
  struct Edge {
    Eigen::Index position = -1;  // the hyperplane that is left
    double sign = 1.0;
    double descent = 0.0;
  };
  struct Breakpoint {
    double at = 0.0;
    double jump = 0.0;
    std::size_t plane = 0;
  };

  std::size_t n() const { return linear_.size(); }
  std::size_t n_rows() const { return offsets_.size(); }
  std::span<const double> row(std::size_t i) const { return {rows_.data() + i * n(), n()}; }
  Range range_of_row(std::size_t i) const;
  Range range_of_plane(std::size_t plane) const;
  double resting_multiplier(std::size_t i) const;
  double value_of_plane(std::size_t plane) const;
  void pull_row(std::size_t i, double multiplier);
  void begin_phase(bool feasibility);
  void recompute_residuals();
  void invert();
  void polish();
  bool is_exact() const;
  Result<void> descend(const Execution& execution);
  bool find_edge(Edge& edge, bool shuffled);
  void compute_rates(const Eigen::Ref<const Eigen::VectorXd>& direction);
  bool collect_breakpoints(const Eigen::VectorXd& direction);
  Eigen::VectorXd along_edges(std::size_t plane) const;
  void exchange(Eigen::Index position, std::size_t plane, Eigen::VectorXd along);
  bool violated_plane(std::size_t& plane, double& excess) const;

  std::vector<double> linear_, lower_, upper_;
  std::vector<double> rows_;                  // row by row
  std::vector<std::vector<double>> columns_;  // the same by variable
  std::vector<double> offsets_;
  std::vector<Range> ranges_;
  std::vector<Side> sides_;     // of rows
  std::vector<Place> places_;   // of variables
  std::vector<double> excess_;  // b_i'x - offset_i
  std::vector<double> rates_;   // b_i'd
  std::vector<Breakpoint> breakpoints_;
  Eigen::VectorXd x_;
  Eigen::VectorXd gradient_;         // c + sum of y_i b_i over rows off their kink
  double gradient_size_ = 0.0;       // its largest entry since it was last made afresh
  Eigen::VectorXd multipliers_;      // of the active planes, in their positions
  Eigen::MatrixXd edges_;            // inverse of the normals of the active planes
  std::vector<std::size_t> active_;  // plane at each position: variable j, or n + row
  bool feasibility_ = false;         // the first phase
  bool feasible_ = false;
  int iterations_ = 0;
  int since_inverse_ = 0;
};

PiecewiseLinearSimplex::Vertex::Vertex(std::vector<double> linear, std::vector<double> lower,
                                       std::vector<double> upper)
    : linear_(std::move(linear)), lower_(std::move(lower)), upper_(std::move(upper)) {
  const auto size = static_cast<Index>(n());
  columns_.resize(n());
  x_ = VectorXd::Zero(size);
  edges_ = MatrixXd::Identity(size, size);
  multipliers_ = VectorXd::Zero(size);
  for (std::size_t j = 0; j < n(); ++j) {
    active_.push_back(j);
    const bool low = std::isfinite(lower_[j]);
    const bool high = std::isfinite(upper_[j]);
    places_.push_back(low ? Place::kAtLower : high ? Place::kAtUpper : Place::kHeld);
    x_[static_cast<Index>(j)] = value_of_plane(j);
  }
}

void PiecewiseLinearSimplex::Vertex::add_row(std::span<const double> coefficients, double offset,
                                             double least, double most) {
  double at = -offset;
  for (std::size_t j = 0; j < n(); ++j) {
    columns_[j].push_back(coefficients[j]);
    at += coefficients[j] * x_[static_cast<Index>(j)];
  }
  rows_.insert(rows_.end(), coefficients.begin(), coefficients.end());
  offsets_.push_back(offset);
  ranges_.push_back({least, most});
  excess_.push_back(at);
  rates_.push_back(0.0);
  sides_.push_back(Side::kBelow);
}

PiecewiseLinearSimplex::Vertex::Range PiecewiseLinearSimplex::Vertex::range_of_row(
    std::size_t i) const {
  const Range range = ranges_[i];
  if (!feasibility_) return range;
  // The first phase: constraints cost what they are broken by, and nothing else counts.
  if (std::isfinite(range.most)) return {};
  return {std::isfinite(range.least) ? 0.0 : -1.0, 1.0};
}

PiecewiseLinearSimplex::Vertex::Range PiecewiseLinearSimplex::Vertex::range_of_plane(
    std::size_t plane) const {
  if (plane >= n()) return range_of_row(plane - n());
  if (places_[plane] == Place::kHeld) return {};  // no plane of the program: to be left
  if (lower_[plane] == upper_[plane]) return {-kInfinity, kInfinity};
  return places_[plane] == Place::kAtLower ? Range{-kInfinity, 0.0} : Range{0.0, kInfinity};
}

/// y of a row off its kink.
double PiecewiseLinearSimplex::Vertex::resting_multiplier(std::size_t i) const {
  const Range range = range_of_row(i);
  const double y = sides_[i] == Side::kAbove ? range.most : range.least;
  return std::isfinite(y) ? y : 0.0;
}

double PiecewiseLinearSimplex::Vertex::value_of_plane(std::size_t plane) const {
  if (plane >= n()) return offsets_[plane - n()];
  if (places_[plane] == Place::kHeld) return 0.0;
  return places_[plane] == Place::kAtLower ? lower_[plane] : upper_[plane];
}

void PiecewiseLinearSimplex::Vertex::pull_row(std::size_t i, double multiplier) {
  if (multiplier == 0.0) return;
  gradient_ += multiplier * Eigen::Map<const VectorXd>(row(i).data(), static_cast<Index>(n()));
}

void PiecewiseLinearSimplex::Vertex::recompute_residuals() {
  compute_rates(x_);
  for (std::size_t i = 0; i < n_rows(); ++i) {
    excess_[i] = sides_[i] == Side::kActive ? 0.0 : rates_[i] - offsets_[i];
  }
  gradient_size_ = 0.0;
  gradient_ = VectorXd::Zero(static_cast<Index>(n()));
  if (!feasibility_) {
    gradient_ = Eigen::Map<const VectorXd>(linear_.data(), static_cast<Index>(n()));
  }
  for (std::size_t i = 0; i < n_rows(); ++i) {
    if (sides_[i] != Side::kActive) pull_row(i, resting_multiplier(i));
  }
}

void PiecewiseLinearSimplex::Vertex::begin_phase(bool feasibility) {
  feasibility_ = feasibility;
  compute_rates(x_);
  for (std::size_t i = 0; i < n_rows(); ++i) {
    if (sides_[i] == Side::kActive) continue;
    const bool above = rates_[i] > offsets_[i] && std::isfinite(range_of_row(i).most);
    sides_[i] = above ? Side::kAbove : Side::kBelow;
  }
  recompute_residuals();
}

/// The edges afresh, without the rounding of many exchanges.
void PiecewiseLinearSimplex::Vertex::invert() {
  const auto size = static_cast<Index>(n());
  MatrixXd normals = MatrixXd::Zero(size, size);
  for (Index p = 0; p < size; ++p) {
    const std::size_t plane = active_[static_cast<std::size_t>(p)];
    if (plane < n()) {
      normals(p, static_cast<Index>(plane)) = 1.0;
    } else {
      normals.row(p) = Eigen::Map<const Eigen::RowVectorXd>(row(plane - n()).data(), size);
    }
  }
  edges_ = normals.partialPivLu().inverse();
  // A variable on its bound moves along no other edge, exactly.
  for (Index p = 0; p < size; ++p) {
    const std::size_t plane = active_[static_cast<std::size_t>(p)];
    if (plane >= n()) continue;
    edges_.row(static_cast<Index>(plane)).setZero();
    edges_(static_cast<Index>(plane), p) = 1.0;
  }
  since_inverse_ = 0;
  polish();
  recompute_residuals();
}

/// Whether the edges still give multipliers that balance the gradient, and planes that hold x, so
/// that an inverse made afresh would say the same.
bool PiecewiseLinearSimplex::Vertex::is_exact() const {
  VectorXd left = gradient_;
  double terms = gradient_.lpNorm<Eigen::Infinity>();
  double apart = 0.0;
  for (std::size_t p = 0; p < n(); ++p) {
    const std::size_t plane = active_[p];
    const double y = multipliers_[static_cast<Index>(p)];
    terms = std::max(terms, std::abs(y));
    if (plane < n()) {
      left[static_cast<Index>(plane)] += y;
      continue;
    }
    const Eigen::Map<const VectorXd> normal(row(plane - n()).data(), static_cast<Index>(n()));
    left += y * normal;
    apart = std::max(apart, std::abs(normal.dot(x_) - offsets_[plane - n()]));
  }
  return left.lpNorm<Eigen::Infinity>() <= kExact * terms &&
         apart <= kExact * (1.0 + x_.lpNorm<Eigen::Infinity>());
}

/// x where the active planes meet, to the last bits.
void PiecewiseLinearSimplex::Vertex::polish() {
  const auto size = static_cast<Index>(n());
  for (int round = 0; round < 2; ++round) {
    VectorXd missing(size);
    for (Index p = 0; p < size; ++p) {
      const std::size_t plane = active_[static_cast<std::size_t>(p)];
      const double at = plane < n()
                            ? x_[static_cast<Index>(plane)]
                            : Eigen::Map<const VectorXd>(row(plane - n()).data(), size).dot(x_);
      missing[p] = value_of_plane(plane) - at;
    }
    x_ += edges_ * missing;
  }
  for (std::size_t j = 0; j < n(); ++j) {
    if (places_[j] == Place::kBetween) continue;
    x_[static_cast<Index>(j)] = value_of_plane(j);
  }
}

void PiecewiseLinearSimplex::Vertex::compute_rates(const Eigen::Ref<const VectorXd>& direction) {
  const std::size_t m = n_rows();
  double* const out = rates_.data();
  std::fill_n(out, m, 0.0);
  std::array<const double*, 4> column = {};
  std::array<double, 4> factor = {};
  std::size_t held = 0;
  const auto add = [&] {
    const auto [a, b, c, d] = column;
    const auto [fa, fb, fc, fd] = factor;
    for (std::size_t i = 0; i < m; ++i) {
      out[i] += (fa * a[i] + fb * b[i]) + (fc * c[i] + fd * d[i]);
    }
    held = 0;
  };
  for (std::size_t j = 0; j < n(); ++j) {
    if (direction[static_cast<Index>(j)] == 0.0) continue;
    column[held] = columns_[j].data();
    factor[held] = direction[static_cast<Index>(j)];
    if (++held == column.size()) add();
  }
  if (held == 0) return;
  for (std::size_t k = held; k < column.size(); ++k) {
    column[k] = column[0];
    factor[k] = 0.0;
  }
  add();
}

/// The edge of steepest descent; false at an optimum.
bool PiecewiseLinearSimplex::Vertex::find_edge(Edge& edge, bool shuffled) {
  const auto size = static_cast<Index>(n());
  multipliers_.noalias() = -(edges_.transpose() * gradient_);
  gradient_size_ = std::max(gradient_size_, gradient_.lpNorm<Eigen::Infinity>());
  std::vector<std::pair<double, Index>> falling;
  for (Index p = 0; p < size; ++p) {
    const Range range = range_of_plane(active_[static_cast<std::size_t>(p)]);
    const double beyond = std::max(multipliers_[p] - range.most, range.least - multipliers_[p]);
    if (beyond <= 0.0) continue;
    double merit = beyond * beyond / edges_.col(p).squaredNorm();
    if (shuffled) {
      merit *= shuffle(static_cast<std::uint64_t>(iterations_), static_cast<std::uint64_t>(p));
    }
    falling.emplace_back(merit, p);
  }
  std::ranges::make_heap(falling);
  while (!falling.empty()) {
    std::ranges::pop_heap(falling);
    const Index p = falling.back().second;
    falling.pop_back();
    const Range range = range_of_plane(active_[static_cast<std::size_t>(p)]);
    const bool above = multipliers_[p] > range.most;
    const double descent = above ? multipliers_[p] - range.most : range.least - multipliers_[p];
    const double terms = edges_.col(p).cwiseAbs().dot(gradient_.cwiseAbs());
    const double left = kLeftOver * gradient_size_ * edges_.col(p).lpNorm<1>();
    if (descent <= kNoise * terms + left) continue;
    edge = {p, above ? 1.0 : -1.0, descent};
    return true;
  }
  return false;
}

/// Where along the edge rows meet their kink and variables their bounds, as a heap with the first
/// on top.
bool PiecewiseLinearSimplex::Vertex::collect_breakpoints(const VectorXd& direction) {
  breakpoints_.clear();
  const double no_rate = kNoRate * direction.lpNorm<Eigen::Infinity>();
  for (std::size_t j = 0; j < n(); ++j) {
    const double rate = direction[static_cast<Index>(j)];
    if (std::abs(rate) <= no_rate) continue;
    const double limit = rate > 0.0 ? upper_[j] : lower_[j];
    if (std::isinf(limit)) continue;
    const double at = std::max((limit - x_[static_cast<Index>(j)]) / rate, 0.0);
    breakpoints_.push_back({at, kInfinity, j});
  }
  for (std::size_t i = 0; i < n_rows(); ++i) {
    const double rate = rates_[i];
    const Side side = sides_[i];
    if (side == Side::kActive) continue;
    const bool towards = side == Side::kBelow ? rate > no_rate : rate < -no_rate;
    if (!towards && !(std::abs(rate) > no_rate && std::isinf(range_of_row(i).least))) continue;
    const Range range = range_of_row(i);
    if (range.most == range.least) continue;
    const double at = std::isinf(range.least) ? 0.0 : std::max(-excess_[i] / rate, 0.0);
    breakpoints_.push_back({at, std::abs(rate) * (range.most - range.least), n() + i});
  }
  std::ranges::make_heap(breakpoints_, std::greater<>(), &Breakpoint::at);
  return !breakpoints_.empty();
}

/// How fast the plane's value changes along each edge.
VectorXd PiecewiseLinearSimplex::Vertex::along_edges(std::size_t plane) const {
  if (plane < n()) return edges_.row(static_cast<Index>(plane)).transpose();
  return edges_.transpose() *
         Eigen::Map<const VectorXd>(row(plane - n()).data(), static_cast<Index>(n()));
}

/// The plane takes the place of the active one at `position`; the edges turn with it.
void PiecewiseLinearSimplex::Vertex::exchange(Index position, std::size_t plane, VectorXd along) {
  const auto size = static_cast<Index>(n());
  const VectorXd pivot = edges_.col(position) / along[position];
  along[position] = 0.0;
  for (Index p = 0; p < size; ++p) {
    if (along[p] != 0.0 && p != position) edges_.col(p) -= along[p] * pivot;
  }
  edges_.col(position) = pivot;
  if (plane < n()) {
    edges_.row(static_cast<Index>(plane)).setZero();
    edges_(static_cast<Index>(plane), position) = 1.0;
  }
  active_[static_cast<std::size_t>(position)] = plane;
  ++iterations_;
  ++since_inverse_;
}

Result<void> PiecewiseLinearSimplex::Vertex::descend(const Execution& execution) {
  int stalled = 0;
  const int most_pivots = iterations_ + 1000 + 50 * static_cast<int>(n() + n_rows());
  VectorXd direction;
  while (iterations_ < most_pivots) {
    if (execution.cancelled()) return cancelled_error();
    Edge edge;
    if (!find_edge(edge, stalled > kStalled)) {
      if (since_inverse_ == 0) return {};
      if (is_exact()) {
        polish();
        return {};
      }
      invert();
      if (!find_edge(edge, false)) return {};
    }
    direction = edge.sign * edges_.col(edge.position);
    compute_rates(direction);
    const std::size_t left = active_[static_cast<std::size_t>(edge.position)];
    if (!collect_breakpoints(direction)) {
      return infeasible("objective", "the objective falls without limit");
    }
    double slope = -edge.descent;
    Breakpoint stop;
    for (;;) {
      std::ranges::pop_heap(breakpoints_, std::greater<>(), &Breakpoint::at);
      stop = breakpoints_.back();
      slope += stop.jump;
      if (slope >= -kNoise * edge.descent) break;  // level but for rounding
      breakpoints_.pop_back();
      const std::size_t i = stop.plane - n();
      const double before = resting_multiplier(i);
      sides_[i] = sides_[i] == Side::kBelow ? Side::kAbove : Side::kBelow;
      pull_row(i, resting_multiplier(i) - before);
      if (breakpoints_.empty()) {
        return infeasible("objective", "the objective falls without limit");
      }
    }

    x_ += stop.at * direction;
    for (std::size_t i = 0; i < n_rows(); ++i) excess_[i] += stop.at * rates_[i];
    stalled = stop.at > 0.0 ? 0 : stalled + 1;
    if (left >= n()) {
      const std::size_t i = left - n();
      sides_[i] = edge.sign > 0.0 ? Side::kAbove : Side::kBelow;
      pull_row(i, resting_multiplier(i));
    } else {
      places_[left] = Place::kBetween;
    }
    if (stop.plane >= n()) {
      const std::size_t i = stop.plane - n();
      pull_row(i, -resting_multiplier(i));
      sides_[i] = Side::kActive;
      excess_[i] = 0.0;
    } else {
      const bool up = direction[static_cast<Index>(stop.plane)] > 0.0;
      places_[stop.plane] = up ? Place::kAtUpper : Place::kAtLower;
      x_[static_cast<Index>(stop.plane)] = value_of_plane(stop.plane);
    }
    exchange(edge.position, stop.plane, along_edges(stop.plane));
    if (since_inverse_ >= kPivotsPerInverse) invert();
  }
  return {};
}

Result<void> PiecewiseLinearSimplex::Vertex::minimize(const Execution& execution) {
  if (!feasible_) {
    begin_phase(true);
    QUANTA_CHECK(descend(execution));
    for (std::size_t i = 0; i < n_rows(); ++i) {
      if (std::isfinite(ranges_[i].most) || sides_[i] == Side::kActive) continue;
      const bool equation = std::isinf(ranges_[i].least);
      const double room = kRoom * (1.0 + std::abs(offsets_[i]));
      if (excess_[i] <= room && (!equation || excess_[i] >= -room)) continue;
      return infeasible("constraints", "no point within the bounds satisfies all rows");
    }
    feasible_ = true;
  }
  begin_phase(false);
  return descend(execution);
}

/// The constraint that x breaks most.
bool PiecewiseLinearSimplex::Vertex::violated_plane(std::size_t& plane, double& excess) const {
  double most = kRoom * 1e-3;
  bool found = false;
  for (std::size_t i = 0; i < n_rows(); ++i) {
    if (sides_[i] == Side::kActive || excess_[i] <= most * (1.0 + std::abs(offsets_[i]))) continue;
    most = excess = excess_[i];
    plane = n() + i;
    found = true;
  }
  for (std::size_t j = 0; j < n(); ++j) {
    if (places_[j] != Place::kBetween) continue;
    const double at = x_[static_cast<Index>(j)];
    const double beyond = at > upper_[j] ? at - upper_[j] : at - lower_[j];
    if (at <= upper_[j] && at >= lower_[j]) continue;
    if (std::abs(beyond) <= most * (1.0 + std::abs(at))) continue;
    excess = beyond;
    most = std::abs(beyond);
    plane = j;
    found = true;
  }
  return found;
}

Result<void> PiecewiseLinearSimplex::Vertex::repair(const Execution& execution) {
  const int most_pivots = iterations_ + 1000 + 50 * static_cast<int>(n() + n_rows());
  std::size_t plane = 0;
  double excess = 0.0;
  multipliers_.noalias() = -(edges_.transpose() * gradient_);
  while (violated_plane(plane, excess) && iterations_ < most_pivots) {
    if (execution.cancelled()) return cancelled_error();
    const auto size = static_cast<Index>(n());
    VectorXd along = along_edges(plane);
    const double sign = excess > 0.0 ? 1.0 : -1.0;
    const double no_rate = kNoRate * std::max(1.0, along.lpNorm<Eigen::Infinity>());
    Index leaves = -1;
    double least = kInfinity;
    for (Index p = 0; p < size; ++p) {
      const double rate = sign * along[p];
      if (std::abs(rate) <= no_rate) continue;
      const Range range = range_of_plane(active_[static_cast<std::size_t>(p)]);
      const double limit = rate > 0.0 ? range.least : range.most;
      if (std::isinf(limit)) continue;
      const double at = std::max((multipliers_[p] - limit) / rate, 0.0);
      const bool firmer = leaves >= 0 && at <= least + 1e-13 * (1.0 + least) &&
                          std::abs(rate) > std::abs(along[leaves]);
      if (at < least - 1e-13 * (1.0 + least) || leaves < 0 || firmer) {
        least = std::min(at, least);
        leaves = p;
      }
    }
    if (leaves < 0) {
      return infeasible("constraints", "no point within the bounds satisfies all rows");
    }
    const VectorXd step = edges_.col(leaves) * (-excess / along[leaves]);
    compute_rates(step);
    x_ += step;
    for (std::size_t i = 0; i < n_rows(); ++i) excess_[i] += rates_[i];
    const std::size_t left = active_[static_cast<std::size_t>(leaves)];
    if (left >= n()) {
      sides_[left - n()] = Side::kBelow;
    } else {
      places_[left] = Place::kBetween;
    }
    if (plane >= n()) {
      sides_[plane - n()] = Side::kActive;
      excess_[plane - n()] = 0.0;
    } else {
      places_[plane] = excess > 0.0 ? Place::kAtUpper : Place::kAtLower;
      x_[static_cast<Index>(plane)] = value_of_plane(plane);
    }
    exchange(leaves, plane, std::move(along));
    if (since_inverse_ >= kPivotsPerInverse) invert();
    multipliers_.noalias() = -(edges_.transpose() * gradient_);
  }
  return {};
}

std::vector<double> PiecewiseLinearSimplex::Vertex::row_multipliers() const {
  std::vector<double> out(n_rows());
  for (std::size_t i = 0; i < n_rows(); ++i) {
    if (sides_[i] != Side::kActive) out[i] = resting_multiplier(i);
  }
  const VectorXd multipliers = -(edges_.transpose() * gradient_);
  for (std::size_t p = 0; p < n(); ++p) {
    if (active_[p] < n()) continue;
    const Range range = ranges_[active_[p] - n()];
    out[active_[p] - n()] = std::clamp(multipliers[static_cast<Index>(p)], range.least, range.most);
  }
  return out;
}

PiecewiseLinearSimplex::PiecewiseLinearSimplex(std::vector<double> linear,
                                               std::vector<double> lower, std::vector<double> upper)
    : vertex_(std::make_unique<Vertex>(std::move(linear), std::move(lower), std::move(upper))) {}
PiecewiseLinearSimplex::PiecewiseLinearSimplex(PiecewiseLinearSimplex&& other) noexcept = default;
PiecewiseLinearSimplex& PiecewiseLinearSimplex::operator=(PiecewiseLinearSimplex&& other) noexcept =
    default;
PiecewiseLinearSimplex::~PiecewiseLinearSimplex() = default;

void PiecewiseLinearSimplex::add_row(std::span<const double> coefficients, double offset,
                                     double least, double most) {
  vertex_->add_row(coefficients, offset, least, most);
}

Result<void> PiecewiseLinearSimplex::minimize(const Execution& execution) {
  return vertex_->minimize(execution);
}

Result<void> PiecewiseLinearSimplex::repair(const Execution& execution) {
  return vertex_->repair(execution);
}

std::span<const double> PiecewiseLinearSimplex::x() const { return vertex_->x(); }

std::vector<double> PiecewiseLinearSimplex::row_multipliers() const {
  return vertex_->row_multipliers();
}

int PiecewiseLinearSimplex::iterations() const { return vertex_->iterations(); }

}  // namespace quanta::portfolio
