#include "portfolio/optimizers/limit_program.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/piecewise_linear.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {
namespace {

constexpr double kDistanceRoom = 1e-12;
constexpr int kMostTangents = 1000;
/// Where nothing else limits a weight that is counted.
constexpr double kMostHeldWeight = 1e3;
constexpr int kMostNodes = 5'000;

/// The rows that limit the same from both sides to one value, each with its twin: an equation, for
/// between the two there is no inside.
std::vector<std::optional<std::size_t>> twins_of(const LimitProgram& program) {
  std::vector<std::optional<std::size_t>> twins(program.rows.size());
  for (std::size_t r = 0; r < program.rows.size(); ++r) {
    const LimitRow& row = program.rows[r];
    if (twins[r] || row.elastic || row.equation) continue;
    for (std::size_t k = r + 1; k < program.rows.size(); ++k) {
      const LimitRow& other = program.rows[k];
      if (twins[k] || other.elastic || other.equation) continue;
      if (std::abs(row.limit + other.limit) > kContradicts) continue;
      bool opposite = true;
      for (std::size_t i = 0; i < row.coefficients.size() && opposite; ++i) {
        opposite = row.coefficients[i] == -other.coefficients[i];
      }
      if (!opposite) continue;
      twins[r] = k;
      twins[k] = r;
      break;
    }
  }
  return twins;
}

// ---- What is held -------------------------------------------------------------------------------

/// Of each asset whether it is held, is not, or may be either.
enum class Choice : std::uint8_t { kOpen, kHeld, kOut };

bool never_negative(const LimitRow& row) {
  return std::ranges::all_of(row.coefficients, [](double c) { return c >= 0.0; });
}

/// Bounds of weights that are never negative, from the rows that sum them up.
bool tighten(LimitProgram& program) {
  for (std::size_t i = 0; i < program.lower.size(); ++i) {
    double& upper = program.upper[i];
    program.lower[i] = std::max(program.lower[i], 0.0);
    upper = std::min(upper, kMostHeldWeight);
    for (const LimitRow& row : program.rows) {
      if (row.elastic || !never_negative(row) || row.coefficients[i] == 0.0) continue;
      upper = std::min(upper, row.limit / row.coefficients[i]);
    }
    if (program.lower[i] > upper + kContradicts) return false;
    program.lower[i] = std::min(program.lower[i], upper);
  }
  return true;
}

}  // namespace

void LimitPrograms::add_row(const StatedLimit& limit, std::size_t owner, bool elastic,
                            LimitProgram& out) const {
  const double entry = largest_entry(limit.vector);
  const double size = entry > 0.0 ? entry : 1.0;
  const auto add = [&](double sign, bool equation) {
    LimitRow row{.coefficients = limit.vector,
                 .limit = sign * limit.limit / size,
                 .equation = equation,
                 .elastic = elastic,
                 .owner = owner};
    for (double& c : row.coefficients) c *= sign / size;
    out.rows.push_back(std::move(row));
  };
  if (limit.relation == LimitRelation::kEqual && !elastic) {
    add(1.0, true);
    return;
  }
  if (limit.relation != LimitRelation::kAtLeast) add(1.0, false);
  if (limit.relation != LimitRelation::kAtMost) add(-1.0, false);
}

LimitProgram LimitPrograms::program(const LimitSet& set, LimitStretch stretch) const {
  const bool counts = std::ranges::any_of(p_.limits, [](const StatedLimit& limit) {
    return limit.of == Measure::kHeld || limit.of == Measure::kHeldWeight;
  });
  LimitProgram out{.lower = std::vector<double>(n_, counts ? 0.0 : -kInfinity),
                   .upper = std::vector<double>(n_, kInfinity),
                   .lower_owner = std::vector<std::optional<std::size_t>>(n_),
                   .upper_owner = std::vector<std::optional<std::size_t>>(n_),
                   .rows = {},
                   .distance = {},
                   .volatility = {},
                   .held = {},
                   .held_weight = {},
                   .crossed = {},
                   .elastic = stretch.rows || stretch.limit};
  for (const std::size_t j : set) {
    const StatedLimit& limit = p_.limits[j];
    const bool stretched = stretch.limit == j;
    const bool at_most = limit.relation == LimitRelation::kAtMost;
    switch (limit.of) {
      case Measure::kRow:
        add_row(limit, j, stretch.rows || stretched, out);
        break;
      case Measure::kDistance:
        out.distance = j;
        out.elastic_distance = stretch.rows || stretched;
        break;
      case Measure::kVolatility:
        out.volatility = j;
        break;
      case Measure::kHeld:
        out.held = j;
        break;
      case Measure::kHeldWeight:
        out.held_weight = j;
        out.elastic_held_weight = stretched;
        break;
      case Measure::kEachWeight:
        for (const std::size_t i : limit.assets) {
          if (stretched) {
            const double sign = at_most ? 1.0 : -1.0;
            LimitRow row{.coefficients = std::vector<double>(n_),
                         .limit = sign * limit.limit,
                         .elastic = true,
                         .owner = j};
            row.coefficients[i] = sign;
            out.rows.push_back(std::move(row));
          } else if (at_most && limit.limit < out.upper[i]) {
            out.upper[i] = limit.limit;
            out.upper_owner[i] = j;
          } else if (!at_most && limit.limit > out.lower[i]) {
            out.lower[i] = limit.limit;
            out.lower_owner[i] = j;
          }
        }
        break;
    }
  }
  for (std::size_t i = 0; i < n_; ++i) {
    if (out.lower[i] <= out.upper[i]) continue;
    if (out.lower[i] > out.upper[i] + kContradicts) {
      out.crossed = i;
      break;
    }
    out.lower[i] = out.upper[i];
  }
  return out;
}

// ---- The variables of a program: w and r, or what is bought and sold from w0, and r -------------

/// Bounds of w as bounds of p and m in w = w0 + p - m (as trading_program), and of r.
std::vector<double> LimitPrograms::split_bounds(const LimitProgram& program, bool upper) const {
  std::vector<double> out(program.distance ? 2 * n_ : n_);
  if (program.distance) {
    const std::vector<double>& start = p_.limits[*program.distance].vector;
    for (std::size_t i = 0; i < n_; ++i) {
      const double above = program.upper[i] - start[i];
      const double below = start[i] - program.lower[i];
      out[i] = std::max(0.0, upper ? above : -below);
      out[n_ + i] = std::max(0.0, upper ? below : -above);
    }
  } else {
    out = upper ? program.upper : program.lower;
  }
  out.push_back(upper && program.elastic ? kInfinity : 0.0);
  return out;
}

std::vector<double> LimitPrograms::split_row(const LimitRow& row, double& limit,
                                             const LimitProgram& program) const {
  std::vector<double> out(row.coefficients);
  limit = row.limit;
  if (program.distance) {
    limit -= dot(row.coefficients, p_.limits[*program.distance].vector);
    for (std::size_t i = 0; i < n_; ++i) out.push_back(-row.coefficients[i]);
  }
  out.push_back(row.elastic ? -1.0 : 0.0);
  return out;
}

std::vector<double> LimitPrograms::weights(const LimitProgram& program,
                                           std::span<const double> x) const {
  std::vector<double> w(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n_));
  if (program.distance) {
    const std::vector<double>& start = p_.limits[*program.distance].vector;
    for (std::size_t i = 0; i < n_; ++i) w[i] = start[i] + x[i] - x[n_ + i];
  }
  return w;
}

/// The least r by which the elastic rows can be met, whatever the volatility; nothing where the
/// others cannot.
Result<std::optional<LimitSolution>> LimitPrograms::least_stretch(
    const LimitProgram& program) const {
  std::vector<double> linear(program.distance ? 2 * n_ : n_);
  linear.push_back(1.0);
  const std::size_t n_variables = linear.size();
  PiecewiseLinearSimplex simplex(std::move(linear), split_bounds(program, false),
                                 split_bounds(program, true));
  for (const LimitRow& row : program.rows) {
    double limit = 0.0;
    const std::vector<double> coefficients = split_row(row, limit, program);
    simplex.add_row(coefficients, limit, row.equation ? -kInfinity : 0.0, kInfinity);
  }
  if (program.distance) {
    std::vector<double> all(n_variables, 1.0);
    all.back() = program.elastic_distance ? -1.0 : 0.0;
    simplex.add_row(all, p_.limits[*program.distance].limit, 0.0, kInfinity);
  }
  if (auto solved = simplex.minimize(execution_); !solved) {
    if (solved.error().kind != ErrorKind::kInfeasible) return std::unexpected(solved.error());
    return std::optional<LimitSolution>();
  }
  LimitSolution out{.w = weights(program, simplex.x()),
                    .r = simplex.x()[n_variables - 1],
                    .row_multipliers = simplex.row_multipliers()};
  if (program.distance) {
    out.distance_multiplier = out.row_multipliers.back();
    out.row_multipliers.pop_back();
  }
  return std::optional(std::move(out));
}

/// Least 1/2 w'Sw where the elastic rows give way by r. A distance is its tangents s'(w - w0), s
/// the signs of w - w0: those that a solution breaks are added until it breaks none.
Result<LimitSolution> LimitPrograms::least_variance(const LimitProgram& program, double r) const {
  QuadraticProgram qp{.quadratic = p_.covariance,
                      .linear = std::vector<double>(n_),
                      .equality = {},
                      .equality_value = {},
                      .inequality = {},
                      .inequality_limit = {},
                      .lower = program.lower,
                      .upper = program.upper};
  const std::vector<std::optional<std::size_t>> twins = twins_of(program);
  std::vector<double> equalities;
  std::vector<double> inequalities;
  for (std::size_t k = 0; k < program.rows.size(); ++k) {
    if (twins[k] && *twins[k] < k) continue;
    const LimitRow& row = program.rows[k];
    const bool equation = row.equation || twins[k];
    std::vector<double>& rows = equation ? equalities : inequalities;
    rows.insert(rows.end(), row.coefficients.begin(), row.coefficients.end());
    (equation ? qp.equality_value : qp.inequality_limit)
        .push_back(row.limit + (row.elastic ? r : 0.0));
  }
  if (!equalities.empty()) {
    qp.equality = Matrix(qp.equality_value.size(), n_, std::move(equalities));
  }
  QuadraticSolution solution;
  for (int round = 0;; ++round) {
    if (!inequalities.empty()) {
      qp.inequality = Matrix(qp.inequality_limit.size(), n_, inequalities);
    }
    QUANTA_TRY(solution, solve_quadratic_program(qp, execution_, solution.states));
    if (!program.distance) break;
    const StatedLimit& distance = p_.limits[*program.distance];
    const double allowed = distance.limit + (program.elastic_distance ? r : 0.0);
    double at = 0.0;
    double limit = allowed;
    std::vector<double> signs(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      const double moved = solution.x[i] - distance.vector[i];
      at += std::abs(moved);
      signs[i] = moved > 0.0 ? 1.0 : moved < 0.0 ? -1.0 : 0.0;
      limit += signs[i] * distance.vector[i];
    }
    if (at <= allowed + kDistanceRoom * (1.0 + std::abs(allowed))) break;
    if (round == kMostTangents) {
      return fail(ErrorKind::kInternal, "a distance was not met after many tangents");
    }
    inequalities.insert(inequalities.end(), signs.begin(), signs.end());
    qp.inequality_limit.push_back(limit);
  }
  LimitSolution out{.w = std::move(solution.x),
                    .r = r,
                    .row_multipliers = std::vector<double>(program.rows.size())};
  std::size_t equality = 0;
  std::size_t inequality = 0;
  for (std::size_t k = 0; k < program.rows.size(); ++k) {
    if (twins[k] && *twins[k] < k) continue;
    if (program.rows[k].equation) {
      out.row_multipliers[k] = solution.equality_multiplier[equality++];
    } else if (twins[k]) {
      const double y = solution.equality_multiplier[equality++];
      out.row_multipliers[y > 0.0 ? k : *twins[k]] = std::abs(y);
    } else {
      out.row_multipliers[k] = solution.inequality_multiplier[inequality++];
    }
  }
  for (; inequality < solution.inequality_multiplier.size(); ++inequality) {
    out.distance_multiplier += solution.inequality_multiplier[inequality];
  }
  return out;
}

/// The least r where at most so many assets are held, each by its least weight: depth first. In a
/// node with open assets "at most K" means
///   sum over the open ones of w_i / u_i <= K - those held,
/// u_i being the largest weight there can be: the projection of 0 <= w_i <= u_i z_i, sum z <= K
/// with z in [0, 1].
Result<std::optional<LimitSolution>> LimitPrograms::least_stretch_held(const LimitProgram& stated,
                                                                       double most) {
  LimitProgram root = stated;
  if (!tighten(root)) return std::optional<LimitSolution>();
  const double least = root.held_weight ? p_.limits[*root.held_weight].limit : 0.0;
  std::vector<Choice> first(n_, Choice::kOpen);
  for (std::size_t i = 0; i < n_; ++i) {
    if (root.lower[i] > 0.0) {
      first[i] = Choice::kHeld;
    } else if (!root.elastic_held_weight && least > root.upper[i] + kContradicts) {
      first[i] = Choice::kOut;
    }
  }
  std::optional<LimitSolution> best;
  std::vector<std::vector<Choice>> open = {std::move(first)};
  for (; !open.empty(); ++nodes_) {
    if (nodes_ >= kMostNodes) {
      return fail(ErrorKind::kResource, "too many choices of assets to say what contradicts what");
    }
    const std::vector<Choice> node = std::move(open.back());
    open.pop_back();
    const auto n_held = static_cast<double>(std::ranges::count(node, Choice::kHeld));
    if (n_held > most) continue;
    LimitProgram program = root;
    LimitRow count{.coefficients = std::vector<double>(n_), .limit = most - n_held};
    bool possible = true;
    for (std::size_t i = 0; i < n_; ++i) {
      const bool out = node[i] == Choice::kOut || (node[i] == Choice::kOpen && n_held == most);
      double& lower = program.lower[i];
      double& upper = program.upper[i];
      if (out) {
        upper = 0.0;
      } else if (node[i] == Choice::kOpen) {
        count.coefficients[i] = upper > 0.0 ? 1.0 / upper : 0.0;
      } else if (root.elastic_held_weight) {
        LimitRow row{.coefficients = std::vector<double>(n_), .limit = -least, .elastic = true};
        row.coefficients[i] = -1.0;
        program.rows.push_back(std::move(row));
      } else {
        lower = std::max(lower, least);
      }
      possible = possible && lower <= upper + kContradicts;
      lower = std::min(lower, upper);
    }
    if (!possible) continue;
    if (std::isfinite(most)) program.rows.push_back(std::move(count));
    QUANTA_TRY(std::optional<LimitSolution> solved, least_stretch(program));
    if (!solved || (best && solved->r >= best->r - kContradicts)) continue;

    const double at_least = least - (root.elastic_held_weight ? solved->r : 0.0);
    double n_used = 0.0;
    std::optional<std::size_t> smallest;
    std::optional<std::size_t> largest;
    for (std::size_t i = 0; i < n_; ++i) {
      if (node[i] == Choice::kHeld) n_used += 1.0;
      if (node[i] != Choice::kOpen || solved->w[i] <= kNotHeld) continue;
      n_used += 1.0;
      if (!largest || solved->w[i] > solved->w[*largest]) largest = i;
      if (solved->w[i] >= at_least - kNotHeld) continue;
      if (!smallest || solved->w[i] > solved->w[*smallest]) smallest = i;
    }
    if (n_used <= most && !smallest) {
      best = std::move(solved);
      if (!root.elastic) return best;
      continue;
    }
    const std::size_t branch = n_used > most ? *largest : *smallest;
    for (const Choice choice : {Choice::kOut, Choice::kHeld}) {
      open.push_back(node);
      open.back()[branch] = choice;
    }
  }
  return best;
}

}  // namespace quanta::portfolio
