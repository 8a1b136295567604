#include "quantum/algorithm/qaoa.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;

QaoaProblem random_problem(unsigned n, unsigned k, std::uint64_t seed) {
  RandomStream stream(seed, "test problem");
  QaoaProblem problem{.cost = {.linear = std::vector<double>(n), .quadratic = Matrix(n, n)},
                      .weight = k};
  for (auto& l : problem.cost.linear) l = stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) problem.cost.quadratic(i, j) = 0.5 * stream.normal();
  }
  problem.cost.constant = stream.normal();
  return problem;
}

TEST(Qaoa, SameBitsForAnyThreadsAndLastDigitsForInstructionSets) {
  const auto problem = random_problem(17, 8, 3);
  const QaoaOptions options{.layers = 2, .shots = 100, .max_evaluations = 6};
  const auto reference = solve_qaoa(problem, options, {}).value();
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const auto result = solve_qaoa(problem, options, {.pool = &pool}).value();
    EXPECT_EQ(result.gammas, reference.gammas);
    EXPECT_EQ(result.betas, reference.betas);
    EXPECT_EQ(result.expectation, reference.expectation);
    EXPECT_EQ(result.probabilities, reference.probabilities);
    EXPECT_EQ(result.best_sample, reference.best_sample);
  }
}

TEST(Qaoa, ResultIsConsistentWithItsAngles) {
  const auto problem = random_problem(12, 5, 9);
  const auto result =
      solve_qaoa(problem, {.layers = 8, .shots = 500, .max_evaluations = 300}, {}).value();
  ASSERT_EQ(result.gammas.size(), 8U);
  ASSERT_EQ(result.betas.size(), 8U);
  EXPECT_EQ(result.dimension, 792U);
  EXPECT_LE(result.evaluations, 300U);

  const auto circuit =
      QaoaCircuit::create({.cost = problem.cost, .weight = problem.weight}, kLimit, {}).value();
  double total = 0.0;
  double expectation = 0.0;
  double best = 0.0;
  double mean = 0.0;
  for (std::size_t r = 0; r < result.dimension; ++r) {
    total += result.probabilities[r];
    expectation += result.probabilities[r] * circuit.cost(r);
    mean += circuit.cost(r) / 792.0;
    if (circuit.cost(r) == result.minimum) best += result.probabilities[r];
  }
  EXPECT_NEAR(total, 1.0, 1e-12);
  EXPECT_NEAR(expectation, result.expectation, 1e-12);
  EXPECT_NEAR(mean, result.mean, 1e-12);
  EXPECT_NEAR(best, result.probability_of_best, 1e-15);
  EXPECT_EQ(result.chance, 1.0 / 792.0);
  EXPECT_NEAR(result.best_sample_cost, value(problem.cost, result.best_sample), 1e-12);
  // What it is for: better than the start, and the best state likelier than by chance.
  EXPECT_LT(result.expectation, result.mean);
  EXPECT_GT(result.probability_of_best, result.chance);
}

TEST(Qaoa, MoreLayersReachALowerExpectation) {
  const auto problem = random_problem(10, 5, 12);
  double before = std::numeric_limits<double>::infinity();
  for (const unsigned layers : {1U, 2U, 4U, 8U}) {
    const auto result =
        solve_qaoa(problem, {.layers = layers, .max_evaluations = 1000}, {}).value();
    EXPECT_LT(result.expectation, before);
    before = result.expectation;
  }
}

TEST(Qaoa, SeedChangesTheShotsOnly) {
  const auto problem = random_problem(10, 5, 4);
  const auto one = solve_qaoa(problem, {.layers = 1, .shots = 3, .seed = 1}, {}).value();
  const auto two = solve_qaoa(problem, {.layers = 1, .shots = 3, .seed = 2}, {}).value();
  EXPECT_EQ(one.probabilities, two.probabilities);
  EXPECT_NE(one.best_sample, two.best_sample);
}

TEST(Qaoa, HasAnAnswerWhereThereIsNothingToChoose) {
  for (const unsigned k : {0U, 4U}) {
    const auto result = solve_qaoa(random_problem(4, k, 1), {.layers = 2}, {}).value();
    EXPECT_EQ(result.dimension, 1U);
    EXPECT_EQ(result.best_sample, k == 0 ? 0U : 15U);
    EXPECT_NEAR(result.probability_of_best, 1.0, 1e-12);
    EXPECT_EQ(result.chance, 1.0);
  }
  QaoaProblem flat{.cost = {.linear = {1.0, 1.0, 1.0}, .quadratic = Matrix(3, 3)}, .weight = 1};
  const auto result = solve_qaoa(flat, {.layers = 2}, {}).value();
  EXPECT_NEAR(result.expectation, 1.0, 1e-12);
  EXPECT_EQ(result.chance, 1.0);
}

TEST(Qaoa, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto wrong_size = random_problem(4, 2, 1);
  wrong_size.cost.quadratic = Matrix(3, 3);
  auto bad_linear = random_problem(4, 2, 1);
  bad_linear.cost.linear[2] = nan;
  auto bad_coupling = random_problem(4, 2, 1);
  bad_coupling.cost.quadratic(1, 3) = nan;
  auto bad_constant = random_problem(4, 2, 1);
  bad_constant.cost.constant = nan;
  const struct {
    const char* name;
    QaoaProblem problem;
    QaoaOptions options;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"sizes", wrong_size, {}, ErrorKind::kBadInput, "cost"},
      {"linear", bad_linear, {}, ErrorKind::kBadInput, "cost"},
      {"coupling", bad_coupling, {}, ErrorKind::kBadInput, "cost"},
      {"constant", bad_constant, {}, ErrorKind::kBadInput, "cost"},
      {"no qubits", {}, {}, ErrorKind::kBadInput, "cost"},
      {"weight", random_problem(4, 5, 1), {}, ErrorKind::kBadInput, "weight"},
      {"no layers", random_problem(4, 2, 1), {.layers = 0}, ErrorKind::kBadInput, "layers"},
      {"too many layers",
       random_problem(4, 2, 1),
       {.layers = 1001},
       ErrorKind::kBadInput,
       "layers"},
      {"no shots", random_problem(4, 2, 1), {.shots = 0}, ErrorKind::kBadInput, "shots"},
      {"memory", random_problem(30, 15, 1), {}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = solve_qaoa(c.problem, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(Qaoa, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = solve_qaoa(random_problem(6, 3, 1), {}, {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);

  // Stopped on the way, it answers with the layers and angles that it has.
  std::stop_source later;
  int reports = 0;
  Execution execution{.stop = later.get_token()};
  execution.progress = [&](double fraction, std::string_view) {
    EXPECT_GE(fraction, 0.0);
    EXPECT_LE(fraction, 1.0);
    if (++reports == 12) later.request_stop();
  };
  const auto problem = random_problem(8, 4, 1);
  const auto partial = solve_qaoa(problem, {.layers = 8}, execution).value();
  EXPECT_EQ(partial.evaluations, 12U);
  EXPECT_EQ(partial.gammas.size(), partial.betas.size());
  EXPECT_LT(partial.gammas.size(), 8U);
  const auto circuit =
      QaoaCircuit::create({.cost = problem.cost, .weight = problem.weight}, kLimit, {}).value();
  std::vector<double> gradient(2 * partial.gammas.size());
  EXPECT_NEAR(circuit.energy(partial.gammas, partial.betas, gradient, {}), partial.expectation,
              1e-12);
}

}  // namespace
}  // namespace quanta::quantum
