/// The programs behind portfolio/optimizers/contradiction.h: limits as bounds and rows, some of
/// which may give way, and the least by which they must. Only contradiction.cc includes this.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/optimizers/contradiction.h"

namespace quanta::portfolio {

using LimitSet = std::vector<std::size_t>;  ///< of ContradictionProblem::limits, by rising index

/// Which limits may give way by a common amount r >= 0: none; every row, in units of its largest
/// coefficient; or one limit.
struct LimitStretch {
  bool rows = false;
  std::optional<std::size_t> limit = {};
};

/// coefficients'w - r <= limit (without r where it is not elastic), or an equation.
struct LimitRow {
  std::vector<double> coefficients;  ///< of the limit, with its sign and a largest entry of 1
  double limit = 0.0;
  bool equation = false;
  bool elastic = false;
  std::size_t owner = 0;
};

/// A set of limits. An owner is the limit that a bound or row comes from.
struct LimitProgram {
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::optional<std::size_t>> lower_owner;
  std::vector<std::optional<std::size_t>> upper_owner;
  std::vector<LimitRow> rows;
  std::optional<std::size_t> distance;
  bool elastic_distance = false;
  std::optional<std::size_t> volatility;
  std::optional<std::size_t> held;
  std::optional<std::size_t> held_weight;
  bool elastic_held_weight = false;
  std::optional<std::size_t> crossed;  ///< an asset whose lower bound is above its upper
  bool elastic = false;                ///< whether anything gives way
};

struct LimitSolution {
  std::vector<double> w;
  double r = 0.0;
  std::vector<double> row_multipliers;  ///< of LimitProgram::rows, as they are there
  double distance_multiplier = 0.0;
};

/// Weights up to this are not held.
inline constexpr double kNotHeld = 1e-9;

/// Programs of the sets of one problem, which must outlive it.
class LimitPrograms {
 public:
  LimitPrograms(const ContradictionProblem& problem, const Execution& execution)
      : p_(problem), n_(problem.n_assets), execution_(execution) {}

  LimitProgram program(const LimitSet& set, LimitStretch stretch) const;

  /// The least r by which the elastic parts must give way, whatever volatility and number of
  /// assets; nothing where the others cannot be met.
  Result<std::optional<LimitSolution>> least_stretch(const LimitProgram& program) const;

  /// The same where at most `most` assets are held, each by the program's least weight. kResource
  /// when all calls together have looked at 5,000 nodes.
  Result<std::optional<LimitSolution>> least_stretch_held(const LimitProgram& program, double most);

  /// Least 1/2 w'Sw where the elastic parts give way by r.
  Result<LimitSolution> least_variance(const LimitProgram& program, double r) const;

 private:
  void add_row(const StatedLimit& limit, std::size_t owner, bool elastic, LimitProgram& out) const;
  std::vector<double> split_bounds(const LimitProgram& program, bool upper) const;
  std::vector<double> split_row(const LimitRow& row, double& limit,
                                const LimitProgram& program) const;
  std::vector<double> weights(const LimitProgram& program, std::span<const double> x) const;

  const ContradictionProblem& p_;
  std::size_t n_;
  const Execution& execution_;
  int nodes_ = 0;
};

}  // namespace quanta::portfolio
