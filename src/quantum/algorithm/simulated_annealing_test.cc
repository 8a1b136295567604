#include "quantum/algorithm/simulated_annealing.h"

#include <bit>
#include <limits>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/algorithm/gray_enumeration.h"

namespace quanta::quantum {
namespace {

QuadraticCost random_cost(unsigned n, std::uint64_t seed, double size = 1.0) {
  RandomStream stream(seed, "test cost");
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n)};
  for (auto& l : cost.linear) l = size * stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) cost.quadratic(i, j) = size * stream.normal();
  }
  cost.constant = size * stream.normal();
  return cost;
}

TEST(Annealing, NamesTheFieldAtFault) {
  auto broken = random_cost(4, 1);
  broken.constant = std::numeric_limits<double>::infinity();
  const struct {
    const char* name;
    QuadraticCost cost;
    AnnealingOptions options;
    const char* field;
  } cases[] = {
      {"empty", {}, {}, "cost"},
      {"not finite", broken, {}, "cost"},
      {"too wide", random_cost(64, 1), {}, "qubits"},
      {"weight", random_cost(4, 1), {.weight = 5}, "weight"},
      {"no sweeps", random_cost(4, 1), {.sweeps = 0}, "sweeps"},
      {"no restarts", random_cost(4, 1), {.restarts = 0}, "restarts"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = anneal(c.cost, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(result.error().field, c.field);
  }
}

// Whatever the scale of the numbers, with and without a weight: a local optimum, never below the
// least, and from 20 restarts the least itself.
TEST(Annealing, FindsTheLeastOfSmallProblemsAndNeverLess) {
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const unsigned n = 1 + static_cast<unsigned>(seed % 12) + 4;
    const QuadraticCost cost = random_cost(n, seed, seed % 2 == 0 ? 1e-6 : 1e6);
    for (const auto& weight : {std::optional<unsigned>(), std::optional(n / 3)}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << (weight ? ", weight" : ""));
      const Enumeration exact = enumerate(cost, {.weight = weight}, {}).value();
      const Annealed found = anneal(cost, {.weight = weight, .seed = seed}, {}).value();
      EXPECT_EQ(found.value, exact.minimum);
      EXPECT_EQ(found.state, exact.state);
      EXPECT_EQ(found.value, value(cost, found.state));
      EXPECT_EQ(found.restarts, 20U);
      EXPECT_GE(found.restarts_at_best, 1U);
      EXPECT_GE(found.evaluations, 20U * 200U * n);
      // One short restart may miss it, but cannot beat it.
      const Annealed hasty =
          anneal(cost, {.weight = weight, .sweeps = 1, .restarts = 1, .seed = seed}, {}).value();
      EXPECT_GE(hasty.value, exact.minimum);
      if (weight) {
        EXPECT_EQ(std::popcount(found.state), static_cast<int>(*weight));
        EXPECT_EQ(std::popcount(hasty.state), static_cast<int>(*weight));
      }
    }
  }
}

TEST(Annealing, EndsWhereNoSingleMoveGains) {
  const QuadraticCost cost = random_cost(40, 3);
  const Annealed flips = anneal(cost, {.sweeps = 2, .restarts = 1}, {}).value();
  for (unsigned i = 0; i < 40; ++i) {
    EXPECT_GE(value(cost, flips.state ^ (std::uint64_t{1} << i)), flips.value - 1e-9);
  }
  const Annealed exchanges = anneal(cost, {.weight = 11, .sweeps = 2, .restarts = 1}, {}).value();
  for (unsigned i = 0; i < 40; ++i) {
    for (unsigned j = 0; j < 40; ++j) {
      const bool from = (exchanges.state >> i & 1U) != 0;
      const bool to = (exchanges.state >> j & 1U) != 0;
      if (!from || to) continue;
      const std::uint64_t moved = exchanges.state ^ std::uint64_t{1} << i ^ std::uint64_t{1} << j;
      EXPECT_GE(value(cost, moved), exchanges.value - 1e-9);
    }
  }
}

// Cooling is worth something: against the same number of proposals made at random starts that only
// descend, it ends lower, on average over rugged problems.
TEST(Annealing, CoolingBeatsDescentAlone) {
  double slow = 0.0;
  double fast = 0.0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const QuadraticCost cost = random_cost(60, seed);
    slow += anneal(cost, {.sweeps = 300, .restarts = 1, .seed = seed}, {}).value().value;
    fast += anneal(cost, {.sweeps = 1, .restarts = 1, .seed = seed}, {}).value().value;
  }
  EXPECT_LT(slow, fast);
}

TEST(Annealing, SameBitsForAnyThreadsAndOneAnswerForASeed) {
  const QuadraticCost cost = random_cost(50, 8);
  for (const auto& weight : {std::optional<unsigned>(), std::optional(20U)}) {
    const AnnealingOptions options{.weight = weight, .sweeps = 5, .restarts = 9, .seed = 4};
    const Annealed alone = anneal(cost, options, {}).value();
    for (const std::size_t threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const Annealed found = anneal(cost, options, {.pool = &pool}).value();
      EXPECT_EQ(found.state, alone.state);
      EXPECT_EQ(found.value, alone.value);
      EXPECT_EQ(found.evaluations, alone.evaluations);
      EXPECT_EQ(found.restarts_at_best, alone.restarts_at_best);
    }
    AnnealingOptions other = options;
    other.restarts = 1;
    other.sweeps = 1;
    const Annealed one = anneal(cost, other, {}).value();
    other.seed = 5;
    EXPECT_NE(anneal(cost, other, {}).value().state, one.state);
  }
}

TEST(Annealing, HasAnAnswerWhereThereIsNothingToChoose) {
  for (const unsigned k : {0U, 5U}) {
    const Annealed found = anneal(random_cost(5, 1), {.weight = k}, {}).value();
    EXPECT_EQ(found.state, k == 0 ? 0U : 31U);
  }
  const QuadraticCost flat{.linear = {0.0, 0.0}, .quadratic = Matrix(2, 2), .constant = 3.0};
  EXPECT_EQ(anneal(flat, {}, {}).value().value, 3.0);
}

TEST(Annealing, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = anneal(random_cost(6, 1), {}, {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
