// Portfolios of at most K assets against brute force and against stored, proven optima.
#include "portfolio/optimizers/cardinality.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/json.h"
#include "core/random.h"
#include "portfolio/optimizers/choice_relaxation.h"
#include "portfolio/optimizers/perspective_bound.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Two random factors plus own variances (none where `singular`), a random linear part, positions
/// of at least 5 %.
CardinalityProblem random_cardinality(std::size_t n, std::size_t most_held, std::uint64_t seed,
                                      bool singular = false) {
  RandomStream stream(seed, "cardinality test");
  CardinalityProblem problem{.quadratic = Matrix(n, n),
                             .linear = std::vector<double>(n),
                             .lower = std::vector<double>(n, 0.05),
                             .upper = std::vector<double>(n, 1.0),
                             .most_held = most_held};
  for (int f = 0; f < 2; ++f) {
    std::vector<double> loading(n);
    for (double& l : loading) l = 0.1 + 0.2 * stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) problem.quadratic(i, j) += loading[i] * loading[j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double own = 0.01 + 0.05 * stream.uniform();
    if (!singular) problem.quadratic(i, i) += own;
    problem.linear[i] = 0.02 * stream.normal();
    problem.upper[i] = 0.3 + 0.7 * stream.uniform();
  }
  return problem;
}

LinearLimit random_row(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "cardinality row");
  LinearLimit row{.name = "return", .coefficients = std::vector<double>(n)};
  for (double& a : row.coefficients) a = 0.1 + 0.05 * stream.normal();
  return row;
}

/// The best weights that hold exactly `set`, by the general quadratic program.
std::optional<double> value_of_set(const CardinalityProblem& p, std::uint32_t set) {
  std::vector<std::size_t> held;
  for (std::size_t i = 0; i < p.linear.size(); ++i) {
    if ((set >> i & 1U) != 0) held.push_back(i);
  }
  const std::size_t f = held.size();
  QuadraticProgram program;
  program.quadratic = Matrix(f, f);
  std::vector<double> equalities(f, 1.0);
  program.equality_value = {1.0};
  std::vector<double> inequalities;
  for (std::size_t a = 0; a < f; ++a) {
    for (std::size_t b = 0; b < f; ++b) program.quadratic(a, b) = p.quadratic(held[a], held[b]);
    program.linear.push_back(p.linear[held[a]]);
    program.lower.push_back(p.lower[held[a]]);
    program.upper.push_back(p.upper[held[a]]);
  }
  for (const LinearLimit& row : p.rows) {
    const bool equal = row.lower == row.upper;
    for (const std::size_t i : held) {
      (equal ? equalities : inequalities).push_back((equal ? 1.0 : -1.0) * row.coefficients[i]);
    }
    (equal ? program.equality_value : program.inequality_limit)
        .push_back(equal ? row.lower : -row.lower);
  }
  program.equality = Matrix(program.equality_value.size(), f, std::move(equalities));
  if (!inequalities.empty()) {
    program.inequality = Matrix(program.inequality_limit.size(), f, std::move(inequalities));
  }
  const auto solved = solve_quadratic_program(program, {});
  if (!solved) return std::nullopt;
  return solved->value;
}

/// The least value over all sets of at most K assets with those that must be held; infinite where
/// none is feasible.
double by_brute_force(const CardinalityProblem& p) {
  std::uint32_t must = 0;
  for (const std::size_t i : p.must) must |= 1U << i;
  double best = kInfinity;
  for (std::uint32_t set = 1; set < 1U << p.linear.size(); ++set) {
    if (static_cast<std::size_t>(std::popcount(set)) > p.most_held || (set & must) != must)
      continue;
    best = std::min(best, value_of_set(p, set).value_or(kInfinity));
  }
  return best;
}

void expect_feasible(const CardinalityProblem& p, const CardinalityAnswer& answer) {
  double sum = 0.0;
  for (std::size_t i = 0; i < answer.weights.size(); ++i) {
    const double x = answer.weights[i];
    sum += x;
    EXPECT_TRUE(x == 0.0 || (x >= p.lower[i] && x <= p.upper[i])) << i << ": " << x;
    EXPECT_FALSE(std::signbit(x));
  }
  EXPECT_NEAR(sum, 1.0, 1e-12);
  EXPECT_LE(answer.held.size(), p.most_held);
  for (const std::size_t i : p.must) EXPECT_GE(answer.weights[i], p.lower[i]);
  for (const LinearLimit& row : p.rows) {
    double at = 0.0;
    for (std::size_t i = 0; i < answer.weights.size(); ++i) {
      at += row.coefficients[i] * answer.weights[i];
    }
    EXPECT_GE(at, row.lower - 1e-11);
    EXPECT_LE(at, row.upper + 1e-11);
  }
}

TEST(Cardinality, NamesTheFieldAtFault) {
  const CardinalityProblem good = random_cardinality(5, 2, 1);
  const struct {
    const char* name;
    void (*spoil)(CardinalityProblem&);
    const char* field;
    ErrorKind kind;
  } cases[] = {
      {"no assets", [](auto& p) { p.linear.clear(); }, "covariance", ErrorKind::kBadInput},
      {"sizes", [](auto& p) { p.quadratic = Matrix(4, 5); }, "covariance", ErrorKind::kBadInput},
      {"not a number", [](auto& p) { p.quadratic(1, 2) = kNaN; }, "covariance",
       ErrorKind::kBadInput},
      {"not symmetric", [](auto& p) { p.quadratic(1, 2) += 0.1; }, "covariance",
       ErrorKind::kBadInput},
      {"indefinite", [](auto& p) { p.quadratic(1, 2) = p.quadratic(2, 1) = 9.0; }, "covariance",
       ErrorKind::kBadInput},
      {"linear", [](auto& p) { p.linear[3] = kInfinity; }, "mean", ErrorKind::kBadInput},
      {"too few bounds", [](auto& p) { p.lower.pop_back(); }, "bounds", ErrorKind::kBadInput},
      {"short positions", [](auto& p) { p.lower[0] = -0.1; }, "bounds", ErrorKind::kBadInput},
      {"no upper limit", [](auto& p) { p.upper[0] = kInfinity; }, "bounds", ErrorKind::kBadInput},
      {"crossed", [](auto& p) { p.upper[0] = 0.01; }, "bounds", ErrorKind::kBadInput},
      {"no bound", [](auto& p) { p.lower[0] = kNaN; }, "bounds", ErrorKind::kBadInput},
      {"short row", [](auto& p) { p.rows.push_back({"r", {1.0}, 0.0, 1.0}); }, "rows",
       ErrorKind::kBadInput},
      {"crossed row", [](auto& p) { p.rows.push_back({"r", std::vector(5, 1.0), 2.0, 1.0}); },
       "rows", ErrorKind::kBadInput},
      {"none allowed", [](auto& p) { p.most_held = 0; }, "select", ErrorKind::kBadInput},
      {"no such asset", [](auto& p) { p.must = {5}; }, "must", ErrorKind::kBadInput},
      {"too many musts", [](auto& p) { p.must = {0, 1, 2}; }, "select", ErrorKind::kInfeasible},
      {"positions too large", [](auto& p) { p.lower = p.upper = std::vector(5, 0.4); },
       "constraints", ErrorKind::kInfeasible},
      {"positions too small", [](auto& p) { p.upper.assign(5, 0.3); }, "constraints",
       ErrorKind::kInfeasible},
      {"row out of reach",
       [](auto& p) { p.rows.push_back({"r", std::vector(5, 1.0), 1.5, kInfinity}); }, "constraints",
       ErrorKind::kInfeasible},
  };
  ASSERT_TRUE(solve_cardinality(good, {}, {}).has_value());
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    CardinalityProblem problem = good;
    c.spoil(problem);
    const auto answer = solve_cardinality(problem, {}, {});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().field, c.field);
    EXPECT_EQ(answer.error().kind, c.kind);
  }
}

/// One of a family: K, a return to reach or to meet, an asset that must be held, a singular Q.
CardinalityProblem member(std::uint64_t seed) {
  CardinalityProblem problem = random_cardinality(8, 1 + seed % 5, seed, seed % 7 == 3);
  if (seed % 2 == 1) {
    problem.rows.push_back(random_row(8, seed));
    problem.rows[0].lower = 0.1 + 0.02 * static_cast<double>(seed % 3);
    if (seed % 4 == 1) problem.rows[0].upper = problem.rows[0].lower;
  }
  if (seed % 6 == 2) problem.must = {seed % 8};
  if (seed % 5 == 4) problem.lower.assign(8, 0.0);
  if (problem.most_held == 1) problem.upper.assign(8, 1.0);
  return problem;
}

TEST(Cardinality, FindsWhatBruteForceFinds) {
  int feasible = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const CardinalityProblem problem = member(seed);
    const double best = by_brute_force(problem);
    const auto answer = solve_cardinality(problem, {}, {});
    ASSERT_EQ(answer.has_value(), best < kInfinity);
    if (!answer) {
      EXPECT_EQ(answer.error().kind, ErrorKind::kInfeasible);
      continue;
    }
    ++feasible;
    EXPECT_NEAR(answer->value, best, 1e-8 * std::abs(best) + 1e-12);
    EXPECT_TRUE(answer->certificate.proven);
    EXPECT_FALSE(answer->stopped);
    EXPECT_LE(answer->certificate.bound, best + 1e-12);
    EXPECT_LE(answer->root_bound, best + 1e-12);
    expect_feasible(problem, *answer);
  }
  EXPECT_GT(feasible, 40);
  EXPECT_LT(feasible, 60);  // both kinds are there
}

TEST(Cardinality, TheSameBitsForAnyNumberOfThreads) {
  CardinalityProblem problem = random_cardinality(40, 6, 5);
  problem.linear.assign(40, 0.0);
  problem.rows.push_back(random_row(40, 5));
  problem.rows[0].lower = 0.12;
  const CardinalityAnswer alone = solve_cardinality(problem, {}, {}).value();
  EXPECT_GT(alone.nodes, 30U);  // a tree worth the name
  expect_feasible(problem, alone);
  for (const std::size_t threads : {2U, 7U}) {
    ThreadPool pool(threads);
    const CardinalityAnswer other = solve_cardinality(problem, {}, {.pool = &pool}).value();
    EXPECT_EQ(other.weights, alone.weights);
    EXPECT_EQ(other.value, alone.value);
    EXPECT_EQ(other.certificate.bound, alone.certificate.bound);
    EXPECT_EQ(other.nodes, alone.nodes);
  }
}

TEST(Cardinality, StoppedEarlyItSaysHowFarItMayBeOff) {
  CardinalityProblem problem = random_cardinality(40, 6, 5);
  problem.linear.assign(40, 0.0);
  const CardinalityAnswer best = solve_cardinality(problem, {}, {}).value();
  const CardinalityAnswer early = solve_cardinality(problem, {.max_nodes = 1}, {}).value();
  EXPECT_TRUE(early.stopped);
  EXPECT_FALSE(early.certificate.proven);
  EXPECT_LE(early.certificate.bound, best.value);
  EXPECT_GE(early.value, best.value * (1.0 - 1e-8));
  EXPECT_DOUBLE_EQ(early.certificate.gap, early.value - early.certificate.bound);
  std::stop_source stop;
  stop.request_stop();
  const auto at_once = solve_cardinality(problem, {}, {.stop = stop.get_token()});
  ASSERT_TRUE(at_once.has_value());
  expect_feasible(problem, *at_once);
  EXPECT_LE(at_once->certificate.bound, best.value);
}

TEST(Cardinality, AsManyAsThereAreIsTheOrdinaryOptimum) {
  CardinalityProblem problem = random_cardinality(12, 12, 9);
  problem.lower.assign(12, 0.0);
  const CardinalityAnswer answer = solve_cardinality(problem, {}, {}).value();
  EXPECT_NEAR(answer.value, value_of_set(problem, 0xfff).value(), 1e-12);
  EXPECT_TRUE(answer.certificate.proven);
}

RC_GTEST_PROP(CardinalityProperty, AnyMultipliersGiveALowerBound, (std::uint16_t seed)) {
  CardinalityProblem problem = random_cardinality(6, 1 + seed % 4, seed);
  problem.upper.assign(6, 1.0);
  problem.rows.push_back(random_row(6, seed));
  problem.rows[0].lower = 0.05;
  const double best = by_brute_force(problem);
  // Half of the least eigenvalue is no less than this much of the least own variance.
  const std::vector<double> d(6, 0.009);
  RandomStream stream(seed, "start");
  std::vector<double> x(6);
  for (double& v : x) v = stream.uniform();
  const PerspectiveBound relaxation(problem);
  const CardinalityNode node{{}, {0, 1, 2, 3, 4, 5}};
  const std::vector<double> y = {stream.normal(), stream.uniform()};
  for (const double cutoff : {-1.0, kInfinity}) {  // after one round, and at the end
    const PerspectivePoint point = relaxation.solve(node, d, x, y, cutoff);
    RC_ASSERT(point.bound <= best + 1e-12);
  }
}

// Golden values: ../shared/data/expected/portfolio/cardinality_port1_5.json (another program's
// branch and bound, proven; port1 with K = 5 by brute force too) and the OR-Library instances
// (Chang, Meade, Beasley, Sharaiha, Computers & Operations Research 27 (2000)).

const std::filesystem::path kShared = QUANTA_SOURCE_DIR "/../shared/data";

CardinalityProblem instance(const std::string& name, std::size_t most_held, double least,
                            std::optional<double> target) {
  std::ifstream file(kShared / "portfolio" / (name + ".txt"));
  std::size_t n = 0;
  file >> n;
  std::vector<double> mean(n);
  std::vector<double> deviation(n);
  for (std::size_t i = 0; i < n; ++i) file >> mean[i] >> deviation[i];
  CardinalityProblem problem{.quadratic = Matrix(n, n),
                             .linear = std::vector<double>(n),
                             .lower = std::vector<double>(n, least),
                             .upper = std::vector<double>(n, 1.0),
                             .most_held = most_held};
  std::size_t i = 0;
  std::size_t j = 0;
  double correlation = 0.0;
  while (file >> i >> j >> correlation) {
    problem.quadratic(i - 1, j - 1) = problem.quadratic(j - 1, i - 1) =
        2.0 * correlation * deviation[i - 1] * deviation[j - 1];
  }
  if (target) problem.rows.push_back({"return", mean, *target, kInfinity});
  return problem;
}

TEST(Cardinality, ReachesTheStoredOptima) {
  const auto path = kShared / "expected/portfolio/cardinality_port1_5.json";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "no " << path << ": reference data are not beside the checkout";
  std::stringstream text;
  text << file.rdbuf();
  const json::Value book = json::parse(text.str(), path.string()).value();
  int compared = 0;
  for (const json::Value& entry : book.as_object().at("results").as_array()) {
    const json::Object& record = entry.as_object();
    const std::string name(record.at("instance").as_string());
    const auto most_held = record.at("K").to_number<std::size_t>();
    const auto fraction = record.at("fraction").to_number<double>();
    // The others take longer than a test may; the check of the whole program has them.
    const bool quick = name == "port1" || (name == "port2" && fraction == 0.5) ||
                       (name == "port3" && fraction == 0.5 && most_held == 10);
    if (!quick) continue;
    SCOPED_TRACE(name + " K " + std::to_string(most_held) + " f " + std::to_string(fraction));
    std::optional<double> target;
    if (!record.at("min_return").is_null()) target = record.at("min_return").to_number<double>();
    const CardinalityProblem problem =
        instance(name, most_held, record.at("eps").to_number<double>(), target);
    const CardinalityAnswer answer = solve_cardinality(problem, {}, {}).value();
    const auto best = record.at("objective").to_number<double>();
    EXPECT_NEAR(answer.value, best, 1e-8 * best);
    EXPECT_TRUE(answer.certificate.proven);
    expect_feasible(problem, answer);
    ++compared;
  }
  EXPECT_EQ(compared, 9);
}

/// Groups of which each must hold something; `shared` assets of the next group belong to each too.
CardinalityProblem groups_to_hold(std::size_t n, std::size_t n_groups, std::size_t shared,
                                  std::size_t most_held, std::uint64_t seed) {
  CardinalityProblem problem = random_cardinality(n, most_held, seed);
  const std::size_t size = n / n_groups;
  for (std::size_t g = 0; g < n_groups; ++g) {
    LinearLimit row{.name = "group", .coefficients = std::vector<double>(n), .lower = 0.06};
    for (std::size_t k = 0; k < size + shared; ++k) row.coefficients[(g * size + k) % n] = 1.0;
    problem.rows.push_back(std::move(row));
  }
  return problem;
}

// Twelve groups, each of which must hold something, do not fit into eleven assets: no single row
// and no sum of them shows it, and there are 2 x 10^10 choices.
TEST(Cardinality, WhereNothingIsFeasibleTheTreeEndsSoon) {
  for (const std::size_t shared : {std::size_t{0}, std::size_t{1}}) {
    SCOPED_TRACE(shared);
    const std::size_t n_groups = 12;
    // Where neighbours share an asset, one serves two groups.
    const std::size_t most = shared == 0 ? 11 : 5;
    const auto problem = groups_to_hold(48, n_groups, shared, most, 3);
    const auto answer = solve_cardinality(problem, {.max_nodes = 500}, {});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().kind, ErrorKind::kInfeasible) << answer.error().message;
    auto enough = problem;
    enough.most_held = shared == 0 ? 12 : 6;
    const auto some = solve_cardinality(enough, {.max_nodes = 500}, {});
    ASSERT_TRUE(some.has_value()) << some.error().message;
    expect_feasible(enough, *some);
  }
}

TEST(ChoiceRelaxation, ExcludesNothingThatBruteForceFinds) {
  int infeasible = 0;
  int excluded = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    auto problem = groups_to_hold(8, 3 + seed % 2, seed % 3, 1 + seed % 4, seed);
    if (problem.must.empty() && seed % 5 == 0) problem.must = {seed % 8};
    if (seed % 4 == 0) problem.rows.push_back(random_row(8, seed));
    if (seed % 4 == 0) problem.rows.back().lower = 0.12;
    CardinalityNode node;
    for (std::uint32_t i = 0; i < 8; ++i) {
      const bool held = std::ranges::find(problem.must, i) != problem.must.end();
      (held ? node.held : node.open).push_back(i);
    }
    const auto relaxed = relax_choice(problem, node, {});
    ASSERT_TRUE(relaxed.has_value());
    const bool feasible = by_brute_force(problem) < kInfinity;
    if (feasible) {
      EXPECT_TRUE(relaxed->feasible);
    }
    infeasible += feasible ? 0 : 1;
    excluded += relaxed->feasible ? 0 : 1;
    const auto answer = solve_cardinality(problem, {}, {});
    EXPECT_EQ(answer.has_value(), feasible);
  }
  EXPECT_GT(infeasible, 10);
  EXPECT_GT(excluded, infeasible / 2);
}

}  // namespace
}  // namespace quanta::portfolio
