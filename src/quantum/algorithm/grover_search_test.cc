#include "quantum/algorithm/grover_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

double probability(const Circuit& circuit, std::span<const std::uint64_t> marked) {
  const StateVector state = simulate(circuit, {}, {}).value();
  double sum = 0.0;
  for (const std::uint64_t x : marked) sum += std::norm(state.amplitudes()[x]);
  return sum;
}

TEST(GroverCircuit, NamesTheFieldAtFault) {
  const std::vector<std::uint64_t> none;
  const std::vector<std::uint64_t> one = {1};
  const std::vector<std::uint64_t> out = {8};
  const std::vector<std::uint64_t> twice = {3, 5, 3};
  const struct {
    const char* name;
    unsigned n;
    std::span<const std::uint64_t> marked;
    const char* field;
  } cases[] = {
      {"no qubits", 0, one, "qubits"},      {"too many qubits", 31, one, "qubits"},
      {"none marked", 3, none, "marked"},   {"out of range", 3, out, "marked"},
      {"marked twice", 3, twice, "marked"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = grover_circuit(c.n, c.marked, 1);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(result.error().field, c.field);
  }
}

// sin^2((2k + 1) theta), sin^2 theta = M/N (Boyer et al. 1996, section 3), on the state vector.
TEST(GroverCircuit, SucceedsAsOftenAsTheFormulaSays) {
  RandomStream stream(1, "test marked states");
  for (const unsigned n : {1U, 2U, 3U, 5U, 8U, 10U}) {
    const std::uint64_t size = std::uint64_t{1} << n;
    for (const std::uint64_t m : {std::uint64_t{1}, size / 2, size / 4 + 1}) {
      std::vector<std::uint64_t> marked;
      for (std::uint64_t x = 0; x < size; ++x) {
        if (marked.size() < m && stream.below(size - x) < m - marked.size()) marked.push_back(x);
      }
      for (const unsigned k : {0U, 1U, 2U, 5U}) {
        SCOPED_TRACE(testing::Message() << n << " qubits, " << m << " marked, " << k << " turns");
        const Circuit circuit = grover_circuit(n, marked, k).value();
        const auto states = static_cast<double>(size);
        EXPECT_NEAR(probability(circuit, marked), grover_success(states, static_cast<double>(m), k),
                    1e-12);
      }
    }
  }
}

// One marked of 2^14, after as many turns as is best: 100, and a success that misses 1 by less than
// 1/N (Boyer et al. 1996).
TEST(GroverCircuit, FindsOneOfManyAlmostSurely) {
  const std::vector<std::uint64_t> marked = {12345};
  const std::uint64_t turns = grover_iterations(16384.0, 1.0);
  EXPECT_EQ(turns, 100U);
  const Circuit circuit = grover_circuit(14, marked, static_cast<unsigned>(turns)).value();
  const double found = probability(circuit, marked);
  EXPECT_NEAR(found, grover_success(16384.0, 1.0, 100.0), 1e-11);
  EXPECT_GT(found, 1.0 - 1.0 / 16384.0);
}

// Four states, one marked: a single turn is certain; the amplitude is +1, global phase included.
TEST(GroverCircuit, IsCertainWithOneOfFour) {
  const std::vector<std::uint64_t> marked = {2};
  EXPECT_EQ(grover_iterations(4.0, 1.0), 1U);
  EXPECT_NEAR(grover_success(4.0, 1.0, 1.0), 1.0, 1e-15);
  const StateVector state = simulate(grover_circuit(2, marked, 1).value(), {}, {}).value();
  EXPECT_NEAR(std::abs(state.amplitudes()[2] - 1.0), 0.0, 1e-14);
}

TEST(GroverMinimum, NamesTheFieldAtFault) {
  EXPECT_EQ(grover_minimum({}, {}, {}).error().field, "costs");
  const std::vector<double> bad = {1.0, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(grover_minimum(bad, {}, {}).error().field, "costs");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(grover_minimum(std::vector{1.0, 2.0}, {}, {.stop = stop.get_token()}).error().kind,
            ErrorKind::kCancelled);
}

// Dürr, Høyer (1996): within 22.5 sqrt(N) + 1.4 log2(N)^2 calls the minimum is found with
// probability at least 1/2, and lemma 2's bound on the expected calls until it holds the minimum is
// half of that. The share of 200 seeds that miss it may be 1/2 at most; measured: none.
TEST(GroverMinimum, FindsTheLeastWithinTheBoundOfItsAuthors) {
  constexpr std::size_t kN = 4096;
  std::vector<double> costs(kN);
  RandomStream stream(3, "test costs");
  for (auto& c : costs) c = stream.normal();
  const double least = std::ranges::min(costs);
  const double bound = 22.5 * std::sqrt(kN) + 1.4 * 12.0 * 12.0;
  unsigned found = 0;
  double calls = 0.0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const GroverMinimum result = grover_minimum(costs, {.seed = seed}, {}).value();
    EXPECT_EQ(result.value, costs[result.position]);
    EXPECT_EQ(result.is_minimum, result.value == least);
    EXPECT_GE(result.oracle_calls, result.calls_until_best);
    EXPECT_LT(static_cast<double>(result.oracle_calls), bound + std::sqrt(kN) + 2.0);
    EXPECT_NEAR(result.classical_draws, (kN + 1.0) / 2.0, 1e-9);
    found += result.is_minimum ? 1 : 0;
    calls += static_cast<double>(result.calls_until_best) / 200.0;
  }
  EXPECT_GE(found, 100U);
  EXPECT_LT(calls, bound / 2.0);
  // And far fewer than by drawing: 2048 on average.
  EXPECT_LT(calls, 1000.0);
}

// With M of N best the draws without repetition to the first of them are (N + 1)/(M + 1).
TEST(GroverMinimum, CountsTies) {
  const std::vector<double> costs = {2.0, 1.0, 3.0, 1.0, 1.0};
  const GroverMinimum result = grover_minimum(costs, {.seed = 2}, {}).value();
  EXPECT_EQ(result.value, 1.0);
  EXPECT_TRUE(result.is_minimum);
  EXPECT_EQ(result.classical_draws, 6.0 / 4.0);
}

TEST(GroverMinimum, EndsWhereThereIsNothingToChoose) {
  const GroverMinimum one = grover_minimum(std::vector{7.0}, {}, {}).value();
  EXPECT_EQ(one.value, 7.0);
  EXPECT_TRUE(one.is_minimum);
  EXPECT_EQ(one.classical_draws, 1.0);
  EXPECT_EQ(grover_minimum(std::vector(100, 7.0), {}, {}).value().calls_until_best, 1U);
}

TEST(GroverMinimum, SeedDecides) {
  std::vector<double> costs(1000);
  RandomStream stream(5, "test costs");
  for (auto& c : costs) c = stream.uniform();
  const GroverMinimum one = grover_minimum(costs, {.seed = 1}, {}).value();
  EXPECT_EQ(grover_minimum(costs, {.seed = 1}, {}).value().calls_until_best, one.calls_until_best);
  EXPECT_NE(grover_minimum(costs, {.seed = 2}, {}).value().calls_until_best, one.calls_until_best);
}

}  // namespace
}  // namespace quanta::quantum
