#include "quantum/algorithm/controls.h"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {
namespace {

QuadraticCost random_cost(unsigned n, std::uint64_t seed) {
  RandomStream stream(seed, "test cost");
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n)};
  for (auto& l : cost.linear) l = stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) cost.quadratic(i, j) = stream.normal();
  }
  return cost;
}

TEST(Controls, NameTheFieldAtFault) {
  EXPECT_EQ(run_controls({}, {}, {}).error().field, "cost");
  EXPECT_EQ(run_controls(random_cost(4, 1), {.weight = 5}, {}).error().field, "weight");
  EXPECT_EQ(run_controls(random_cost(4, 1), {.draws = 0}, {}).error().field, "draws");
  EXPECT_EQ(run_controls(random_cost(64, 1), {.weight = 1}, {}).error().field, "qubits");
}

TEST(Controls, AreNeverBetterThanTheEnumeration) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const QuadraticCost cost = random_cost(11, seed);
    for (const auto& weight : {std::optional<unsigned>(), std::optional(4U)}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << (weight ? ", weight" : ""));
      const auto controls =
          run_controls(cost, {.weight = weight, .draws = 20, .seed = seed}, {}).value();
      ASSERT_EQ(controls.size(), 4U);
      EXPECT_EQ(controls[0].name, "enumeration");
      EXPECT_EQ(controls[0].evaluations, weight ? binomial(11, 4) : 2048U);
      EXPECT_EQ(controls[1].name, "annealing");
      EXPECT_EQ(controls[2].name, "random picks");
      EXPECT_EQ(controls[2].evaluations, 20U);
      EXPECT_EQ(controls[3].name, "grover search");
      EXPECT_GT(controls[3].evaluations, 0U);
      for (const Control& control : controls) {
        SCOPED_TRACE(control.name);
        ASSERT_TRUE(control.value);
        EXPECT_TRUE(control.missing.empty());
        EXPECT_EQ(control.proven, control.name == "enumeration");
        EXPECT_EQ(*control.value, value(cost, control.state));
        EXPECT_GE(*control.value, *controls[0].value);
        if (weight) {
          EXPECT_EQ(std::popcount(control.state), 4);
        }
      }
    }
  }
}

// One pick a seed: each state comes up as often as any other. The cost is the state itself.
TEST(Controls, DrawEveryStateAlike) {
  const QuadraticCost cost = {.linear = {1.0, 2.0, 4.0}, .quadratic = Matrix(3, 3)};
  constexpr std::uint64_t kSeeds = 400;
  for (const auto& weight : {std::optional<unsigned>(), std::optional(2U)}) {
    std::vector<int> seen(8);
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const auto controls = run_controls(cost, {.weight = weight, .draws = 1, .seed = seed}, {});
      ++seen[static_cast<std::size_t>(*controls.value()[2].value)];
    }
    const double expected = kSeeds / (weight ? 3.0 : 8.0);
    for (unsigned x = 0; x < 8; ++x) {
      if (weight && std::popcount(x) != 2) {
        EXPECT_EQ(seen[x], 0);
      } else {
        EXPECT_NEAR(seen[x], expected, 5.0 * std::sqrt(expected)) << x;  // five standard errors
      }
    }
  }
}

TEST(Controls, SayWhatIsMissing) {
  const auto few =
      run_controls(random_cost(12, 1), {.enumerate_up_to = 4095, .search_up_to = 4095}, {}).value();
  for (const std::size_t i : {0U, 3U}) {
    EXPECT_FALSE(few[i].value);
    EXPECT_FALSE(few[i].missing.empty());
    EXPECT_FALSE(few[i].proven);
  }
  EXPECT_TRUE(few[1].value && few[2].value);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = run_controls(random_cost(12, 1), {}, {.stop = stop.get_token()}).value();
  for (const Control& control : stopped) {
    EXPECT_FALSE(control.value) << control.name;
    EXPECT_FALSE(control.missing.empty()) << control.name;
  }
}

TEST(Controls, SameBitsForAnyThreads) {
  const QuadraticCost cost = random_cost(18, 2);
  for (const auto& weight : {std::optional<unsigned>(), std::optional(7U)}) {
    const auto alone = run_controls(cost, {.weight = weight}, {}).value();
    for (const std::size_t threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const auto found = run_controls(cost, {.weight = weight}, {.pool = &pool}).value();
      for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_EQ(found[i].state, alone[i].state);
        EXPECT_EQ(found[i].value, alone[i].value);
        EXPECT_EQ(found[i].evaluations, alone[i].evaluations);
      }
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
