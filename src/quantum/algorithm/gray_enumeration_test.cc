#include "quantum/algorithm/gray_enumeration.h"

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <gtest/gtest.h>

#include "core/json.h"
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
  cost.constant = stream.normal();
  return cost;
}

/// The same by the definition.
Enumeration brute_force(const QuadraticCost& cost, std::optional<unsigned> weight) {
  Enumeration result{.minimum = std::numeric_limits<double>::infinity(),
                     .maximum = -std::numeric_limits<double>::infinity()};
  std::vector<double> values;
  for (std::uint64_t x = 0; x < std::uint64_t{1} << cost.n(); ++x) {
    if (weight && std::popcount(x) != static_cast<int>(*weight)) continue;
    values.push_back(value(cost, x));
    result.mean += values.back();
    if (values.back() < result.minimum) {
      result.minimum = values.back();
      result.state = x;
    }
    if (values.back() > result.maximum) {
      result.maximum = values.back();
      result.worst_state = x;
    }
  }
  result.states = values.size();
  result.mean /= static_cast<double>(values.size());
  for (const double v : values) result.n_best += v <= result.minimum + 1e-12;
  return result;
}

TEST(Enumeration, NamesTheFieldAtFault) {
  auto broken = random_cost(4, 1);
  broken.linear[2] = std::numeric_limits<double>::quiet_NaN();
  const struct {
    const char* name;
    QuadraticCost cost;
    EnumerationOptions options;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"empty", {}, {}, ErrorKind::kBadInput, "cost"},
      {"not finite", broken, {}, ErrorKind::kBadInput, "cost"},
      {"weight", random_cost(4, 1), {.weight = 5}, ErrorKind::kBadInput, "weight"},
      {"too wide", random_cost(64, 1), {.weight = 1}, ErrorKind::kBadInput, "qubits"},
      {"too many", random_cost(35, 1), {}, ErrorKind::kResource, "qubits"},
      {"one too many", random_cost(10, 1), {.max_states = 1023}, ErrorKind::kResource, "qubits"},
      {"too many of a weight", random_cost(60, 1), {.weight = 30}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = enumerate(c.cost, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
  EXPECT_TRUE(enumerate(random_cost(10, 1), {.max_states = 1024}, {}).has_value());
}

// 13 and 15 qubits have walked bits above the table of 12.
TEST(Enumeration, EqualsTheDefinition) {
  for (const unsigned n : {1U, 2U, 3U, 4U, 5U, 7U, 11U, 12U, 13U, 15U}) {
    const QuadraticCost cost = random_cost(n, n);
    std::vector<std::optional<unsigned>> weights = {std::nullopt};
    for (unsigned k = 0; k <= n; ++k) weights.emplace_back(k);
    for (const auto& weight : weights) {
      SCOPED_TRACE(testing::Message()
                   << n << " qubits, weight " << (weight ? static_cast<int>(*weight) : -1));
      const Enumeration expected = brute_force(cost, weight);
      const Enumeration found = enumerate(cost, {.weight = weight}, {}).value();
      EXPECT_EQ(found.state, expected.state);
      EXPECT_EQ(found.minimum, expected.minimum);
      EXPECT_EQ(found.worst_state, expected.worst_state);
      EXPECT_EQ(found.maximum, expected.maximum);
      EXPECT_EQ(found.n_best, expected.n_best);
      EXPECT_EQ(found.states, expected.states);
      EXPECT_NEAR(found.mean, expected.mean, 1e-12 * (1.0 + std::abs(expected.mean)));
    }
  }
}

// The cut of a ring of 14: two states cut all 14 edges, and the number of states that cut 2 j of
// them is 2 C(14, 2 j).
TEST(Enumeration, CountsEveryTie) {
  constexpr unsigned kN = 14;
  QuadraticCost ring{.linear = std::vector<double>(kN), .quadratic = Matrix(kN, kN)};
  for (unsigned i = 0; i < kN; ++i) {
    const unsigned j = (i + 1) % kN;
    ring.linear[i] -= 1.0;
    ring.linear[j] -= 1.0;
    ring.quadratic(std::min(i, j), std::max(i, j)) += 2.0;
  }
  const Enumeration cut = enumerate(ring, {}, {}).value();
  EXPECT_EQ(cut.minimum, -14.0);
  EXPECT_EQ(cut.n_best, 2U);
  EXPECT_EQ(cut.maximum, 0.0);
  EXPECT_EQ(cut.mean, -7.0);
  // All alike: no state is better than another.
  const QuadraticCost flat{.linear = std::vector<double>(kN, 0.1), .quadratic = Matrix(kN, kN)};
  EXPECT_EQ(enumerate(flat, {.weight = 6}, {}).value().n_best, binomial(kN, 6));
}

// Few ones among many: the walk visits no more patterns than it must. Only the linear part counts,
// so that the answer is known.
TEST(Enumeration, ReachesWideProblemsOfSmallWeight) {
  QuadraticCost cost{.linear = std::vector<double>(63), .quadratic = Matrix(63, 63)};
  for (unsigned i = 0; i < 63; ++i) cost.linear[i] = (i * 37) % 63;
  const Enumeration found = enumerate(cost, {.weight = 3}, {}).value();
  EXPECT_EQ(found.minimum, 0.0 + 1.0 + 2.0);
  EXPECT_EQ(found.maximum, 62.0 + 61.0 + 60.0);
  EXPECT_EQ(found.states, 39711U);  // C(63, 3)
  EXPECT_EQ(std::popcount(found.state), 3);
}

TEST(Enumeration, SameBitsForAnyThreads) {
  const QuadraticCost cost = random_cost(24, 5);
  for (const auto& weight : {std::optional<unsigned>(), std::optional(12U)}) {
    const Enumeration alone = enumerate(cost, {.weight = weight}, {}).value();
    for (const std::size_t threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const Enumeration found = enumerate(cost, {.weight = weight}, {.pool = &pool}).value();
      EXPECT_EQ(found.state, alone.state);
      EXPECT_EQ(found.minimum, alone.minimum);
      EXPECT_EQ(found.worst_state, alone.worst_state);
      EXPECT_EQ(found.maximum, alone.maximum);
      EXPECT_EQ(found.n_best, alone.n_best);
    }
  }
}

TEST(Enumeration, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = enumerate(random_cost(34, 1), {}, {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

// Optima of four portfolio problems, from an independent numpy program.
TEST(Enumeration, EqualsTheStoredOptima) {
  const std::filesystem::path path = QUANTA_SOURCE_DIR "/../shared/data/expected/quantum/qaoa.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const json::Value book = json::parse(text.str(), path.string()).value();
  for (const auto& instance : book.at("instances").as_array()) {
    const auto n = instance.at("n").to_number<unsigned>();
    const auto k = instance.at("k").to_number<unsigned>();
    SCOPED_TRACE(n);
    QuadraticCost cost{.quadratic = Matrix(n, n)};
    for (const auto& l : instance.at("lin").as_array()) {
      cost.linear.push_back(l.to_number<double>());
    }
    for (const auto& entry : instance.at("quad").as_array()) {
      cost.quadratic(entry.at(0).to_number<std::size_t>(), entry.at(1).to_number<std::size_t>()) =
          entry.at(2).to_number<double>();
    }
    const auto& exact = instance.at("exact");
    const Enumeration all = enumerate(cost, {}, {}).value();
    EXPECT_NEAR(all.minimum, exact.at("min_all").to_number<double>(), 1e-12);
    EXPECT_EQ(all.state, exact.at("argmin_all").to_number<std::uint64_t>());
    const Enumeration of_k = enumerate(cost, {.weight = k}, {}).value();
    EXPECT_NEAR(of_k.minimum, exact.at("min_k").to_number<double>(), 1e-12);
    EXPECT_EQ(of_k.state, exact.at("argmin_k").to_number<std::uint64_t>());
    EXPECT_NEAR(of_k.maximum, exact.at("max_k").to_number<double>(), 1e-12);
  }
}

}  // namespace
}  // namespace quanta::quantum
