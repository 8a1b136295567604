#include "portfolio/optimizers/choice_relaxation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "core/constants.h"
#include "portfolio/optimizers/piecewise_linear.h"

namespace quanta::portfolio {
namespace {

constexpr double kChoiceMissed = 1e-10;

/// Rows a v >= b of the variables v: x of the held and the open assets, then t of the open ones.
struct ChoiceRow {
  std::vector<double> a;
  double b = 0.0;
};

class LinearChoice {
 public:
  LinearChoice(const CardinalityProblem& problem, const CardinalityNode& node)
      : p_(problem), assets_(node.held), n_held_(node.held.size()) {
    assets_.insert(assets_.end(), node.open.begin(), node.open.end());
    n_variables_ = assets_.size() + node.open.size();
  }

  Result<ChoiceRelaxation> solve(const Execution& execution) {
    bool possible = add(std::vector<double>(p_.linear.size(), 1.0), 1.0);
    possible = add(std::vector<double>(p_.linear.size(), -1.0), -1.0) && possible;
    for (const LinearLimit& row : p_.rows) {
      if (std::isfinite(row.lower)) possible = add(row.coefficients, row.lower) && possible;
      if (!std::isfinite(row.upper)) continue;
      std::vector<double> turned = row.coefficients;
      for (double& a : turned) a = -a;
      possible = add(turned, -row.upper) && possible;
    }
    if (!possible) return ChoiceRelaxation{};
    std::vector<double> places(n_variables_);
    for (std::size_t j = n_held_; j < assets_.size(); ++j) add_share(j, -1.0, places);
    rows_.push_back(
        {std::move(places), static_cast<double>(n_held_) - static_cast<double>(p_.most_held)});
    return least_miss(execution);
  }

 private:
  double upper(std::size_t j) const { return p_.upper[assets_[j]]; }
  double lower(std::size_t j) const { return j < n_held_ ? p_.lower[assets_[j]] : 0.0; }

  /// sign x z of the open asset that is variable j.
  void add_share(std::size_t j, double sign, std::vector<double>& row) const {
    row[j] += upper(j) > 0.0 ? sign / upper(j) : 0.0;
    row[assets_.size() + j - n_held_] += sign;
  }

  /// A row of all assets, and how many of the open ones it needs. False where all do not do.
  bool add(std::span<const double> coefficients, double least) {
    ChoiceRow row{.a = std::vector<double>(n_variables_), .b = least};
    double size = 1e-300;
    double missing = least;
    std::vector<double> gains;
    for (std::size_t j = 0; j < assets_.size(); ++j) {
      const double a = coefficients[assets_[j]];
      row.a[j] = a;
      size = std::max(size, std::abs(a));
      const double most = std::max(a * lower(j), a * upper(j));
      if (j < n_held_) missing -= most;
      if (j >= n_held_ && most > 0.0) gains.push_back(most);
    }
    const double room = kChoiceMissed * (size + std::abs(least));
    for (double& a : row.a) a /= size;
    row.b /= size;
    rows_.push_back(std::move(row));
    if (!(missing > room)) return true;
    std::ranges::sort(gains, std::greater<>());
    std::size_t needed = 0;
    while (needed < gains.size() && missing > room) missing -= gains[needed++];
    if (missing > room) return false;
    ChoiceRow count{.a = std::vector<double>(n_variables_), .b = static_cast<double>(needed)};
    for (std::size_t j = n_held_; j < assets_.size(); ++j) {
      if (coefficients[assets_[j]] * upper(j) > 0.0) add_share(j, 1.0, count.a);
    }
    rows_.push_back(std::move(count));
    return true;
  }

  /// min r subject to a v + r >= b. By weak duality r is nowhere below
  ///   y'b - max over the bounds of (A'y)'v   where y >= 0 sums to 1 at most.
  Result<ChoiceRelaxation> least_miss(const Execution& execution) {
    std::vector<double> linear(n_variables_ + 1);
    std::vector<double> low(n_variables_ + 1);
    std::vector<double> high(n_variables_ + 1, 1.0);
    linear.back() = 1.0;
    high.back() = kInfinity;
    for (std::size_t j = 0; j < assets_.size(); ++j) {
      low[j] = lower(j);
      high[j] = upper(j);
    }
    PiecewiseLinearSimplex simplex(linear, low, high);
    for (ChoiceRow& row : rows_) {
      double size = 1e-300;
      for (const double a : row.a) size = std::max(size, std::abs(a));
      std::vector<double> turned;
      for (double& a : row.a) {
        a /= size;
        turned.push_back(-a);
      }
      row.b /= size;
      turned.push_back(-1.0);
      simplex.add_row(turned, -row.b, 0.0, kInfinity);
    }
    QUANTA_CHECK(simplex.minimize(execution));

    std::vector<double> y = simplex.row_multipliers();
    double sum = 0.0;
    for (double& value : y) sum += value = std::max(value, 0.0);
    if (sum > 1.0) {
      for (double& value : y) value /= sum;
    }
    double proven = 0.0;
    std::vector<double> pull(n_variables_);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      proven += y[r] * rows_[r].b;
      for (std::size_t j = 0; j < n_variables_; ++j) pull[j] += y[r] * rows_[r].a[j];
    }
    for (std::size_t j = 0; j < n_variables_; ++j) {
      proven -= std::max(pull[j] * low[j], pull[j] * high[j]);
    }
    ChoiceRelaxation out{.feasible = !(proven > kChoiceMissed), .support = {}};
    for (std::size_t j = 0; j < assets_.size(); ++j) {
      if (j < n_held_ || simplex.x()[j] > kChoiceMissed) out.support.push_back(assets_[j]);
    }
    std::ranges::sort(out.support);
    return out;
  }

  const CardinalityProblem& p_;
  std::vector<std::uint32_t> assets_;  // the held, then the open ones
  std::size_t n_held_;
  std::size_t n_variables_ = 0;
  std::vector<ChoiceRow> rows_;
};

}  // namespace

Result<ChoiceRelaxation> relax_choice(const CardinalityProblem& problem,
                                      const CardinalityNode& node, const Execution& execution) {
  return LinearChoice(problem, node).solve(execution);
}

}  // namespace quanta::portfolio
