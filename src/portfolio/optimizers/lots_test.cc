// The solvers of discrete portfolios, against brute force, each other, and stored optima.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/json.h"
#include "core/random.h"
#include "portfolio/optimizers/lots_decomposition.h"
#include "portfolio/optimizers/lots_exact.h"
#include "portfolio/optimizers/lots_qaoa.h"
#include "portfolio/optimizers/lots_relaxation.h"
#include "portfolio/optimizers/lots_sampling.h"
#include "portfolio/optimizers/lots_vqe.h"

namespace quanta::portfolio {
namespace {

/// Covariance of three random factors plus own variances.
LotProblem random_problem(std::size_t n, unsigned n_lots, unsigned max_lots, std::uint64_t seed) {
  RandomStream stream(seed, "test problem");
  Matrix covariance(n, n);
  std::vector<double> mean(n);
  for (std::size_t i = 0; i < n; ++i) {
    covariance(i, i) = 0.02 + 0.05 * stream.uniform();
    mean[i] = 0.1 * stream.normal();
  }
  for (int f = 0; f < 3; ++f) {
    std::vector<double> loading(n);
    for (auto& l : loading) l = 0.2 * stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) covariance(i, j) += loading[i] * loading[j];
    }
  }
  return lot_problem(covariance, mean, 1.5, n_lots, max_lots).value();
}

/// Any symmetric A, indefinite as a rule: relaxations of it say little.
LotProblem hard_problem(std::size_t n, unsigned n_lots, unsigned max_lots, std::uint64_t seed) {
  RandomStream stream(seed, "test problem");
  LotProblem problem{Matrix(n, n), std::vector<double>(n), n_lots, std::min(max_lots, n_lots)};
  for (std::size_t i = 0; i < n; ++i) {
    problem.linear[i] = stream.normal();
    for (std::size_t j = 0; j <= i; ++j) {
      problem.quadratic(i, j) = problem.quadratic(j, i) = stream.normal();
    }
  }
  return problem;
}

bool keeps_all(const LotProblem& problem, std::span<const unsigned> z) {
  return z.size() == problem.n_assets() &&
         std::accumulate(z.begin(), z.end(), 0U) == problem.n_lots &&
         std::ranges::all_of(z, [&](unsigned t) { return t <= problem.max_lots; }) &&
         std::ranges::all_of(problem.groups, [&](const LotGroup& group) {
           unsigned held = 0;
           for (const std::size_t i : group.assets) held += z[i];
           return group.low <= held && held <= group.high;
         });
}

/// Every feasible z, one after the other, by counting.
template <class Body>
void for_each_feasible(const LotProblem& problem, const Body& body) {
  std::vector<unsigned> z(problem.n_assets());
  for (;;) {
    if (keeps_all(problem, z)) body(z);
    std::size_t i = 0;
    while (i < z.size() && z[i] == problem.max_lots) z[i++] = 0;
    if (i == z.size()) return;
    ++z[i];
  }
}

// Any sizes, any A (indefinite too): enumeration, branch and bound and QAOA's own minimum all equal
// brute force; sampled answers are feasible and no better.
RC_GTEST_PROP(LotsProperty, EverySolverAgreesWithBruteForce, (std::uint64_t seed)) {
  RandomStream stream(seed, "test sizes");
  const std::size_t n = 1 + stream.below(5);
  const auto max_lots = static_cast<unsigned>(1 + stream.below(4));
  const auto n_lots = static_cast<unsigned>(1 + stream.below(n * max_lots));
  LotProblem problem = hard_problem(n, n_lots, max_lots, seed);
  if (seed % 2 == 1) {
    // Limits around some z, so that they leave one at least.
    const auto held = best_of_random(problem, 1, seed, {}).value().lots;
    std::vector<LotGroup> groups(2);
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t g = stream.below(3);
      if (g < 2) groups[g].assets.push_back(i);
    }
    for (LotGroup& group : groups) {
      unsigned sum = 0;
      for (const std::size_t i : group.assets) sum += held[i];
      group.low = sum - static_cast<unsigned>(stream.below(std::min(sum, 2U) + 1));
      group.high = sum + static_cast<unsigned>(stream.below(3));
    }
    problem = with_groups(std::move(problem), groups).value();
  }
  double best = std::numeric_limits<double>::infinity();
  double worst = -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  std::uint64_t count = 0;
  for_each_feasible(problem, [&](const std::vector<unsigned>& z) {
    const double v = value(problem, z);
    best = std::min(best, v);
    worst = std::max(worst, v);
    sum += v;
    ++count;
  });
  RC_ASSERT(n_feasible(problem) == count);

  const auto exact = solve_exactly(problem, {}, {}).value();
  RC_ASSERT(keeps_all(problem, exact.lots));
  RC_ASSERT(std::abs(exact.value - best) < 1e-10);
  RC_ASSERT(exact.certificate.proven && exact.certificate.gap == 0.0);
  RC_ASSERT(exact.statistics->feasible == count);
  RC_ASSERT(std::abs(exact.statistics->worst - worst) < 1e-10);
  RC_ASSERT(std::abs(exact.statistics->mean - sum / static_cast<double>(count)) < 1e-10);
  RC_ASSERT(exact.statistics->n_best >= 1U);

  const auto tree = solve_exactly(problem, {.enumerate_up_to = 0}, {}).value();
  RC_ASSERT(!tree.enumerated && !tree.statistics);
  RC_ASSERT(keeps_all(problem, tree.lots));
  RC_ASSERT(std::abs(tree.value - best) < 1e-10);
  RC_ASSERT(tree.certificate.proven);

  for (const auto& sampled :
       {best_of_random(problem, 5, seed, {}).value(), swap_descent(problem, 3, seed, {}).value()}) {
    RC_ASSERT(keeps_all(problem, sampled.lots));
    RC_ASSERT(sampled.value == value(problem, sampled.lots));
    RC_ASSERT(sampled.value >= best - 1e-10);
  }

  const auto quantum =
      solve_by_qaoa(problem, {.layers = 1, .shots = 50, .max_evaluations = 3}, {}).value();
  RC_ASSERT(keeps_all(problem, quantum.lots));
  const auto polished = polish(problem, quantum.samples, {}).value();
  RC_ASSERT(keeps_all(problem, polished.lots));
  RC_ASSERT(polished.value <= quantum.value + 1e-12);
  const std::vector<double> relaxed = relaxation(problem);
  for (std::size_t i = 0; i < n; ++i) {
    RC_ASSERT(relaxed[i] >= -1e-12 && relaxed[i] <= problem.max_lots + 1e-12);
  }
  RC_ASSERT(std::abs(std::accumulate(relaxed.begin(), relaxed.end(), 0.0) - n_lots) < 1e-9);
  RC_ASSERT(std::abs(quantum.value - value(problem, quantum.lots)) == 0.0);
  const double ratio = worst > best ? (worst - quantum.value) / (worst - best) : 1.0;
  if (worst - best > 1e-9) RC_ASSERT(std::abs(quantum.approximation_ratio - ratio) < 1e-9);
}

TEST(ExactLots, CountsTies) {
  // Assets 1 and 2 are the same, as are 3 and 4: choosing one of each pair is best, in four ways.
  Matrix covariance(4, 4);
  const double rows[4][4] = {{1, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}, {0, 0, 1, 1}};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) covariance(i, j) = rows[i][j];
  }
  const std::vector<double> mean(4, 0.1);
  const auto problem = selection_problem(covariance, mean, 1.0, 2).value();
  const auto exact = solve_exactly(problem, {}, {}).value();
  EXPECT_EQ(exact.statistics->n_best, 4U);
  EXPECT_EQ(exact.statistics->feasible, 6U);
  EXPECT_EQ(exact.lots, (std::vector<unsigned>{1, 0, 1, 0}));  // the first of them
  EXPECT_NEAR(exact.statistics->mean, (4 * 1.8 + 2 * 3.8) / 6, 1e-14);
  const auto quantum = solve_by_qaoa(problem, {.layers = 1}, {}).value();
  EXPECT_NEAR(quantum.chance, 4.0 / 6.0, 1e-15);
}

// All assets are one: every z is best, although their sums round differently.
TEST(ExactLots, CountsTiesThatRoundingHides) {
  for (const unsigned n_lots : {3U, 4U, 6U}) {
    const auto problem =
        lot_problem(Matrix(5, 5, 0.0123), std::vector<double>(5, 0.0037), 0.7, n_lots, 3).value();
    const auto exact = solve_exactly(problem, {}, {}).value();
    EXPECT_EQ(exact.statistics->n_best, n_feasible(problem));
    const auto quantum = solve_by_qaoa(problem, {.layers = 2}, {}).value();
    EXPECT_EQ(quantum.chance, 1.0);
    EXPECT_NEAR(quantum.probability_of_best, 1.0, 1e-12);
    EXPECT_EQ(quantum.approximation_ratio, 1.0);
    EXPECT_EQ(quantum.mean_approximation_ratio, 1.0);
  }
}

TEST(ExactLots, SameBitsForAnyThreads) {
  for (const unsigned max_lots : {1U, 3U}) {
    const auto problem = random_problem(18, 9, max_lots, 5);
    const auto reference = solve_exactly(problem, {}, {}).value();
    const auto descent = swap_descent(problem, 20, 9, {}).value();
    for (const std::size_t threads : {2U, 7U}) {
      ThreadPool pool(threads);
      const auto result = solve_exactly(problem, {}, {.pool = &pool}).value();
      EXPECT_EQ(result.lots, reference.lots);
      EXPECT_EQ(result.value, reference.value);
      EXPECT_EQ(result.statistics->worst, reference.statistics->worst);
      EXPECT_EQ(result.statistics->mean, reference.statistics->mean);
      EXPECT_EQ(result.statistics->n_best, reference.statistics->n_best);
      const auto again = swap_descent(problem, 20, 9, {.pool = &pool}).value();
      EXPECT_EQ(again.lots, descent.lots);
      EXPECT_EQ(again.iterations, descent.iterations);
    }
  }
}

TEST(BranchAndBound, ProvesWhatEnumerationFinds) {
  for (const unsigned max_lots : {1U, 2U, 5U}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const auto problem = random_problem(12, 6, max_lots, seed);
      const auto exact = solve_exactly(problem, {}, {}).value();
      const auto tree = solve_exactly(problem, {.enumerate_up_to = 0}, {}).value();
      EXPECT_EQ(tree.lots, exact.lots);
      EXPECT_TRUE(tree.certificate.proven);
      EXPECT_LE(tree.certificate.gap, 1e-9 * std::abs(exact.value));
      EXPECT_LE(tree.certificate.bound, exact.value);
      EXPECT_LT(tree.iterations, n_feasible(problem));  // it does prune
    }
  }
}

TEST(BranchAndBound, StoppedEarlyItBoundsButDoesNotClaim) {
  const auto problem = hard_problem(14, 7, 2, 21);
  const double best = solve_exactly(problem, {}, {}).value().value;
  const auto full = solve_exactly(problem, {.enumerate_up_to = 0}, {}).value();
  ASSERT_GT(full.iterations, 8U);
  double bound_before = -std::numeric_limits<double>::infinity();
  for (const std::uint64_t nodes : {0U, 1U, 3U, 7U}) {
    const auto part =
        solve_exactly(problem, {.enumerate_up_to = 0, .max_nodes = nodes}, {}).value();
    EXPECT_EQ(part.iterations, std::max<std::uint64_t>(nodes, 1));
    EXPECT_FALSE(part.certificate.proven);
    EXPECT_LE(part.certificate.bound, best);
    EXPECT_GE(part.certificate.bound, bound_before);
    EXPECT_GE(part.value, best - 1e-12);
    EXPECT_NEAR(part.certificate.gap, part.value - part.certificate.bound, 1e-15);
    bound_before = part.certificate.bound;
  }
  std::stop_source stop;
  stop.request_stop();
  const auto stopped =
      solve_exactly(problem, {.enumerate_up_to = 0}, {.stop = stop.get_token()}).value();
  EXPECT_EQ(stopped.iterations, 1U);
  EXPECT_FALSE(stopped.certificate.proven);
  EXPECT_LE(stopped.certificate.bound, best);
}

// 4.8e10 choices: only the stop can end this in time.
TEST(ExactLots, AStoppedEnumerationLeavesItToTheTree) {
  const auto problem = random_problem(40, 14, 2, 3);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped =
      solve_exactly(problem, {.enumerate_up_to = std::numeric_limits<std::uint64_t>::max()},
                    {.stop = stop.get_token()})
          .value();
  EXPECT_FALSE(stopped.enumerated);
  EXPECT_FALSE(stopped.statistics.has_value());
  EXPECT_LE(stopped.certificate.bound, stopped.value);
}

TEST(BranchAndBound, GoesWhereEnumerationCannot) {
  const auto problem = random_problem(60, 5, 2, 8);  // about 8 million picks
  const auto tree = solve_exactly(problem, {.enumerate_up_to = 1000}, {}).value();
  const auto exact = solve_exactly(problem, {}, {}).value();
  EXPECT_TRUE(exact.enumerated);
  EXPECT_EQ(tree.lots, exact.lots);
  EXPECT_TRUE(tree.certificate.proven);
}

LotProblem grouped_problem(std::size_t n, unsigned n_lots, std::uint64_t seed, std::size_t n_groups,
                           unsigned low, unsigned high) {
  std::vector<LotGroup> groups(n_groups);
  for (std::size_t i = 0; i < n; ++i) groups[i % n_groups].assets.push_back(i);
  for (LotGroup& group : groups) {
    group.low = low;
    group.high = high;
  }
  return with_groups(random_problem(n, n_lots, 1, seed), groups).value();
}

TEST(LotGroups, NameWhatIsWrongWithThem) {
  const LotProblem problem = random_problem(5, 3, 1, 1);
  const struct {
    const char* name;
    std::vector<LotGroup> groups;
    ErrorKind kind;
    const char* says;
  } cases[] = {
      {"no such asset", {{"a", {5}, 0, 1}}, ErrorKind::kBadInput, "not there"},
      {"twice", {{"a", {1}, 0, 1}, {"b", {1}, 0, 1}}, ErrorKind::kBadInput, "two groups"},
      {"turned around", {{"a", {1, 2}, 2, 1}}, ErrorKind::kBadInput, "above the most"},
      {"small group", {{"a", {1}, 2, 3}}, ErrorKind::kInfeasible, "at most 1"},
      {"too much",
       {{"a", {0, 1}, 2, 2}, {"b", {2, 3}, 2, 2}},
       ErrorKind::kInfeasible,
       "at least 4"},
      {"too little", {{"a", {0, 1}, 0, 0}, {"b", {2, 3}, 0, 1}}, ErrorKind::kInfeasible, "most 2"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = with_groups(problem, c.groups);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, "group");
    EXPECT_NE(result.error().message.find(c.says), std::string::npos) << result.error().message;
  }
}

TEST(LotGroups, AreKeptByEverySolver) {
  const LotProblem problem = grouped_problem(15, 6, 7, 3, 1, 2);
  const auto exact = solve_exactly(problem, {}, {}).value();
  ASSERT_TRUE(keeps_all(problem, exact.lots));
  EXPECT_EQ(exact.statistics->feasible, n_feasible(problem));
  EXPECT_EQ(n_feasible(problem), 1000U);  // two of five, three times
  // The limits cost something: the problem without them is another.
  LotProblem free = problem;
  free.groups.clear();
  EXPECT_LT(solve_exactly(free, {}, {}).value().value, exact.value);
  const auto tree = solve_exactly(problem, {.enumerate_up_to = 0}, {}).value();
  EXPECT_EQ(tree.lots, exact.lots);
  EXPECT_TRUE(tree.certificate.proven);
  const auto quantum = solve_by_qaoa(problem, {.layers = 3, .max_evaluations = 12}, {}).value();
  EXPECT_EQ(quantum.states, 1000U);
  EXPECT_NEAR(quantum.chance, 1e-3, 1e-12);
  EXPECT_GT(quantum.probability_feasible, 0.3);
  EXPECT_LT(quantum.probability_feasible, 1.0);
  EXPECT_GT(quantum.probability_of_best, 5.0 * quantum.chance);
  EXPECT_TRUE(keeps_all(problem, quantum.lots));
  EXPECT_EQ(polish(problem, quantum.samples, {}).value().lots, exact.lots);
}

// Groups of 2 and 4, two picks, at most one of the first: 4 x 2 mixed pairs and 6 of the second.
TEST(LotGroups, RandomPicksAreUniformOverTheFeasible) {
  LotProblem problem{Matrix(6, 6), std::vector<double>(6), 2, 1};
  problem = with_groups(problem, {{"a", {0, 3}, 0, 1}}).value();
  ASSERT_EQ(n_feasible(problem), 14U);
  int mixed = 0;
  constexpr int kDraws = 3000;
  for (int seed = 0; seed < kDraws; ++seed) {
    const auto pick = best_of_random(problem, 1, static_cast<std::uint64_t>(seed), {}).value();
    ASSERT_TRUE(keeps_all(problem, pick.lots));
    mixed += pick.lots[0] + pick.lots[3] == 1;
  }
  EXPECT_NEAR(mixed / double{kDraws}, 8.0 / 14.0, 5.0 * std::sqrt(0.25 / kDraws));
}

TEST(Polish, MendsLimitsAndDescends) {
  const LotProblem problem = grouped_problem(12, 4, 3, 2, 2, 2);
  const std::vector<std::vector<unsigned>> broken = {{1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0}};
  ASSERT_FALSE(keeps_all(problem, broken[0]));
  const auto mended = polish(problem, broken, {}).value();
  EXPECT_TRUE(keeps_all(problem, mended.lots));
  EXPECT_GE(mended.iterations, 2U);
  EXPECT_EQ(mended.value, value(problem, mended.lots));
  EXPECT_EQ(polish(problem, {}, {}).error().field, "starts");
}

TEST(SampledLots, RepeatWithTheirSeed) {
  const auto problem = random_problem(20, 10, 1, 3);
  const auto one = best_of_random(problem, 100, 1, {}).value();
  EXPECT_EQ(one.lots, best_of_random(problem, 100, 1, {}).value().lots);
  EXPECT_NE(one.lots, best_of_random(problem, 100, 2, {}).value().lots);
  EXPECT_EQ(one.iterations, 100U);
  const double best = solve_exactly(problem, {}, {}).value().value;
  EXPECT_NEAR(swap_descent(problem, 50, 1, {}).value().value, best, 1e-12);
}

TEST(SampledLots, PicksAreUniformOverTheSlots) {
  // Two assets of two slots, two lots: (2,0), (0,2) in one way each, (1,1) in four. The best of one
  // draw is the draw itself.
  LotProblem problem{Matrix(2, 2), {0.0, 0.0}, 2, 2};
  int both = 0;
  constexpr int kDraws = 3000;
  for (int seed = 0; seed < kDraws; ++seed) {
    const auto pick = best_of_random(problem, 1, static_cast<std::uint64_t>(seed), {}).value();
    both += pick.lots[0] == 1;
  }
  EXPECT_NEAR(both / double{kDraws}, 4.0 / 6.0, 5.0 * std::sqrt(2.0 / 9.0 / kDraws));
}

TEST(SampledLots, NameTheFieldAtFaultAndStop) {
  const auto problem = random_problem(5, 2, 1, 3);
  EXPECT_EQ(best_of_random(problem, 0, 1, {}).error().field, "shots");
  EXPECT_EQ(swap_descent(problem, 0, 1, {}).error().field, "starts");
  std::stop_source stop;
  stop.request_stop();
  const Execution stopped{.stop = stop.get_token()};
  EXPECT_EQ(best_of_random(problem, 5, 1, stopped).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(swap_descent(problem, 5, 1, stopped).error().kind, ErrorKind::kCancelled);
}

TEST(QaoaLots, SaysWhatDoesNotFit) {
  const auto wide = solve_by_qaoa(random_problem(64, 3, 1, 1), {}, {});
  ASSERT_FALSE(wide.has_value());
  EXPECT_EQ(wide.error().kind, ErrorKind::kResource);
  EXPECT_EQ(wide.error().field, "select");
  const auto deep = solve_by_qaoa(random_problem(10, 20, 5, 1), {}, {});
  ASSERT_FALSE(deep.has_value());
  EXPECT_EQ(deep.error().kind, ErrorKind::kResource);
  EXPECT_EQ(deep.error().field, "max-lots");
  EXPECT_NE(deep.error().message.find("fits up to"), std::string::npos) << deep.error().message;
  EXPECT_EQ(solve_by_qaoa(random_problem(4, 2, 1, 1), {.layers = 0}, {}).error().field, "layers");
}

// Five assets, eight lots, at most four each: 20 qubits of weight 8, the size of the demo.
TEST(QaoaLots, FindsTheBestFarMoreOftenThanChance) {
  const auto problem = random_problem(5, 8, 4, 1);
  const auto exact = solve_exactly(problem, {}, {}).value();
  const auto quantum = solve_by_qaoa(problem, {.layers = 3, .max_evaluations = 12}, {}).value();
  EXPECT_EQ(quantum.qubits, 20U);
  EXPECT_EQ(quantum.states, 125'970U);
  EXPECT_EQ(quantum.parameters.size(), 6U);
  EXPECT_EQ(quantum.shots, 1024U);
  // A z stands for prod_i C(4, z_i) basis states.
  double states = 1.0;
  const double choose4[] = {1, 4, 6, 4, 1};
  for (const unsigned t : exact.lots) states *= choose4[t];
  ASSERT_EQ(exact.statistics->n_best, 1U);
  EXPECT_NEAR(quantum.chance, states / 125'970.0, 1e-15);
  EXPECT_GT(quantum.probability_of_best, 20.0 * quantum.chance);
  EXPECT_GE(quantum.value, exact.value - 1e-15);
}

// Angles of 14 qubits serve 16 of another weight: the gain over chance does not come from luck.
TEST(QaoaLots, CarriesAnglesOverFromASmallerProblem) {
  const auto problem = random_problem(16, 5, 1, 4);
  EXPECT_EQ(qaoa_exchanges(problem, 3), 3.0 * 4368 * 120);
  EXPECT_TRUE(std::isinf(qaoa_exchanges(random_problem(64, 3, 1, 1), 1)));
  const quantum::QaoaOptions options{.layers = 3, .max_evaluations = 20};
  const auto own = solve_by_qaoa(problem, options, {}).value();
  const auto carried = solve_by_qaoa(problem, options, {}, {.optimized_up_to = 0.0}).value();
  EXPECT_FALSE(own.angles_carried_over);
  EXPECT_TRUE(carried.angles_carried_over);
  EXPECT_NE(carried.parameters, own.parameters);
  EXPECT_EQ(carried.layers, 3U);
  EXPECT_GT(carried.mean_approximation_ratio, 0.85);
  EXPECT_GT(carried.probability_of_best, 20.0 * carried.chance);
}

TEST(QaoaLots, StartsNearTheRelaxationWhereAsked) {
  const auto problem = random_problem(12, 5, 1, 4);
  const quantum::QaoaOptions options{.layers = 2, .max_evaluations = 12};
  const auto cold = solve_by_qaoa(problem, options, {}).value();
  const auto warm = solve_by_qaoa(problem, options, {}, {.warm_start_epsilon = 0.25}).value();
  EXPECT_NE(warm.expectation, cold.expectation);
  EXPECT_EQ(warm.states, cold.states);
  EXPECT_EQ(warm.chance, cold.chance);
  EXPECT_TRUE(keeps_all(problem, warm.lots));
  EXPECT_GT(warm.probability_of_best, 10.0 * warm.chance);
  const auto wrong = solve_by_qaoa(problem, options, {}, {.warm_start_epsilon = 0.7});
  EXPECT_EQ(wrong.error().field, "epsilon");
}

TEST(VqeLots, NamesTheFieldAtFault) {
  EXPECT_EQ(solve_by_vqe(random_problem(21, 3, 1, 1), {}, {}).error().field, "select");
  EXPECT_EQ(solve_by_vqe(random_problem(6, 5, 4, 1), {}, {}).error().field, "max-lots");
  EXPECT_EQ(solve_by_vqe(grouped_problem(6, 3, 1, 2, 1, 2), {}, {}).error().field, "group");
  EXPECT_EQ(solve_by_vqe(random_problem(6, 3, 1, 1), {.shots = 0}, {}).error().field, "shots");
  EXPECT_EQ(solve_by_vqe(random_problem(6, 3, 1, 1), {.layers = 0}, {}).error().field, "layers");
}

TEST(VqeLots, FindsTheBestOfFewAssets) {
  const auto problem = random_problem(10, 4, 1, 6);
  const auto exact = solve_exactly(problem, {}, {}).value();
  const auto vqe = solve_by_vqe(problem, {.max_evaluations = 60}, {}).value();
  EXPECT_EQ(vqe.states, 210U);
  EXPECT_EQ(vqe.parameters.size(), 20U);  // one a pair of the ring, two layers
  EXPECT_NEAR(vqe.chance, 1.0 / 210.0, 1e-12);
  EXPECT_GE(vqe.expectation, exact.value - 1e-9);
  EXPECT_EQ(polish(problem, vqe.samples, {}).value().lots, exact.lots);
  EXPECT_GE(vqe.mean_approximation_ratio, 0.8);
  ThreadPool pool(2);
  const auto again = solve_by_vqe(problem, {.max_evaluations = 60}, {.pool = &pool}).value();
  EXPECT_EQ(again.parameters, vqe.parameters);
}

TEST(AnnealLots, FindsTheBestWithAndWithoutGroups) {
  for (const LotProblem& problem : {random_problem(16, 8, 1, 3), random_problem(8, 10, 3, 4),
                                    grouped_problem(15, 6, 7, 3, 1, 2)}) {
    const auto exact = solve_exactly(problem, {}, {}).value();
    const auto annealed = anneal_lots(problem, 5, 100, 1, {}).value();
    EXPECT_TRUE(keeps_all(problem, annealed.lots));
    EXPECT_NEAR(annealed.value, exact.value, 1e-12);
    EXPECT_GE(annealed.iterations, std::size_t{500} * problem.n_assets());
    ThreadPool pool(7);
    EXPECT_EQ(anneal_lots(problem, 5, 100, 1, {.pool = &pool}).value().lots, annealed.lots);
  }
  const auto problem = random_problem(5, 2, 1, 3);
  EXPECT_EQ(anneal_lots(problem, 0, 1, 1, {}).error().field, "restarts");
  EXPECT_EQ(anneal_lots(problem, 1, 0, 1, {}).error().field, "sweeps");
}

TEST(Decomposition, SolvesClustersMergesAndPolishes) {
  const auto problem = random_problem(24, 8, 1, 5);
  const auto exact = solve_exactly(problem, {}, {}).value();
  const quantum::QaoaOptions options{.layers = 2, .max_evaluations = 12};
  const auto found = solve_by_decomposition(problem, 8, options, {}).value();
  ASSERT_EQ(found.clusters.size(), 3U);
  std::vector<int> seen(24);
  unsigned lots = 0;
  for (const LotCluster& cluster : found.clusters) {
    EXPECT_LE(cluster.assets.size(), 8U);
    unsigned held = 0;
    for (const std::size_t i : cluster.assets) {
      ++seen[i];
      held += found.merged[i];
    }
    EXPECT_EQ(held, cluster.lots);
    lots += cluster.lots;
  }
  EXPECT_EQ(lots, 8U);
  EXPECT_EQ(std::ranges::count(seen, 1), 24);
  EXPECT_TRUE(keeps_all(problem, found.merged));
  EXPECT_TRUE(keeps_all(problem, found.lots));
  EXPECT_EQ(found.merged_value, value(problem, found.merged));
  EXPECT_LE(found.value, found.merged_value + 1e-12);
  EXPECT_GE(found.value, exact.value - 1e-12);
  EXPECT_LE(found.merged_value, exact.statistics->mean);
  ThreadPool pool(2);
  const auto again = solve_by_decomposition(problem, 8, options, {.pool = &pool}).value();
  EXPECT_EQ(again.lots, found.lots);
  EXPECT_EQ(solve_by_decomposition(random_problem(5, 8, 4, 1), 3, {}, {}).error().field, "qubits");
}

TEST(Decomposition, KeepsGroups) {
  const LotProblem problem = grouped_problem(18, 6, 2, 3, 1, 2);
  const quantum::QaoaOptions options{.layers = 2, .max_evaluations = 12};
  const auto found = solve_by_decomposition(problem, 4, options, {}).value();
  EXPECT_TRUE(keeps_all(problem, found.merged));
  EXPECT_TRUE(keeps_all(problem, found.lots));
}

TEST(QaoaLots, StoppedOnTheWayItAnswersWithTheAnglesItHas) {
  std::stop_source stop;
  int reports = 0;
  Execution execution{.stop = stop.get_token()};
  execution.progress = [&](double, std::string_view) {
    if (++reports == 3) stop.request_stop();
  };
  const auto problem = random_problem(8, 4, 1, 2);
  const auto quantum = solve_by_qaoa(problem, {.layers = 8}, execution).value();
  EXPECT_EQ(quantum.iterations, 3U);
  EXPECT_EQ(quantum.layers, 8U);
  EXPECT_EQ(quantum.parameters.size(), 16U);
  EXPECT_TRUE(keeps_all(problem, quantum.lots));
}

// ---- stored optima ----

struct Book {
  std::vector<std::string> assets;
  std::vector<std::vector<double>> prices;  // [date][asset]
};

Book read_prices(const std::filesystem::path& path, const std::string& from,
                 const std::string& to) {
  Book book;
  std::ifstream file(path);
  std::string line;
  const auto split = [](const std::string& text) {
    std::vector<std::string> cells;
    std::stringstream stream(text);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
  };
  std::getline(file, line);
  if (line.ends_with('\r')) line.pop_back();
  book.assets = split(line);
  book.assets.erase(book.assets.begin());
  while (std::getline(file, line)) {
    const auto cells = split(line);
    if (cells.empty() || cells[0] < from || cells[0] > to) continue;
    auto& row = book.prices.emplace_back();
    for (std::size_t i = 1; i <= book.assets.size(); ++i) {
      row.push_back(i < cells.size() && !cells[i].empty() ? std::stod(cells[i]) : std::nan(""));
    }
  }
  return book;
}

// 36 instances from n = 8 to 24 enumerated by an independent program over all 2^n:
// shared/data/expected/portfolio/qubo_*.json. Annual sample moments of simple daily returns.
TEST(ExactLots, EqualStoredOptima) {
  const std::filesystem::path shared = QUANTA_SOURCE_DIR "/../shared/data";
  if (!std::filesystem::exists(shared)) GTEST_SKIP() << shared << " is not here";
  int instances = 0;
  for (const char* name : {"qubo_us20.json", "qubo_sp500_wide.json"}) {
    std::ifstream file(shared / "expected/portfolio" / name);
    std::stringstream text;
    text << file.rdbuf();
    const json::Value stored = json::parse(text.str(), name).value();
    const auto& source = stored.at("source");
    const auto word = [&](const char* key) { return std::string(source.at(key).as_string()); };
    const Book book = read_prices(shared / "prices" / word("file"), word("from"), word("to"));
    const auto periods = source.at("periods_per_year").to_number<double>();

    for (const auto& instance : stored.at("instances").as_array()) {
      const auto n = instance.at("n").to_number<std::size_t>();
      const auto k = instance.at("k").to_number<unsigned>();
      const auto q = instance.at("q").to_number<double>();
      SCOPED_TRACE(testing::Message() << name << " n " << n << " k " << k << " q " << q);
      std::vector<std::size_t> columns;
      for (const auto& asset : instance.at("assets").as_array()) {
        const auto at = std::ranges::find(book.assets, std::string(asset.as_string()));
        ASSERT_NE(at, book.assets.end());
        columns.push_back(static_cast<std::size_t>(at - book.assets.begin()));
      }
      const std::size_t n_returns = book.prices.size() - 1;
      const auto r = [&](std::size_t t, std::size_t i) {
        return book.prices[t + 1][columns[i]] / book.prices[t][columns[i]] - 1.0;
      };
      std::vector<double> mean(n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t t = 0; t < n_returns; ++t) mean[i] += r(t, i);
        mean[i] /= static_cast<double>(n_returns);
      }
      Matrix covariance(n, n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
          double sum = 0.0;
          for (std::size_t t = 0; t < n_returns; ++t) {
            sum += (r(t, i) - mean[i]) * (r(t, j) - mean[j]);
          }
          covariance(i, j) = covariance(j, i) = sum / static_cast<double>(n_returns - 1) * periods;
        }
      }
      for (double& m : mean) m *= periods;

      const auto problem = selection_problem(covariance, mean, q, k).value();
      const auto exact = solve_exactly(problem, {}, {}).value();
      const auto number = [&](const json::Value& v) { return v.to_number<double>(); };
      EXPECT_NEAR(exact.value, number(instance.at("best").at("value")), 1e-10);
      EXPECT_NEAR(exact.statistics->worst, number(instance.at("worst").at("value")), 1e-10);
      EXPECT_NEAR(exact.statistics->mean, number(instance.at("mean_over_feasible")), 1e-10);
      EXPECT_EQ(exact.statistics->feasible, instance.at("feasible").to_number<std::uint64_t>());
      EXPECT_EQ(exact.statistics->n_best, 1U);
      const auto bits = std::string(instance.at("best").at("bits").as_string());
      for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(exact.lots[i], bits[i] == '1' ? 1U : 0U);
      EXPECT_TRUE(exact.certificate.proven);
      // The runner-up is the best without the winner: descents find the winner.
      EXPECT_NEAR(swap_descent(problem, 50, 1, {}).value().value, exact.value, 1e-10);
      if (n <= 16) {
        const auto tree = solve_exactly(problem, {.enumerate_up_to = 0}, {}).value();
        EXPECT_EQ(tree.lots, exact.lots);
        EXPECT_TRUE(tree.certificate.proven);
      }
      ++instances;
    }
  }
  EXPECT_EQ(instances, 36);
}

}  // namespace
}  // namespace quanta::portfolio
