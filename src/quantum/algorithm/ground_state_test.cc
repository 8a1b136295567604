#include "quantum/algorithm/ground_state.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {
namespace {

/// -sum Z_i Z_{i+1} - g sum X_i on an open chain.
PauliSum ising_chain(unsigned n, double g) {
  PauliSum sum{.n_qubits = n, .terms = {}};
  for (unsigned i = 0; i + 1 < n; ++i) sum.terms.push_back({{0, std::uint64_t{3} << i}, -1.0});
  for (unsigned i = 0; i < n; ++i) sum.terms.push_back({{std::uint64_t{1} << i, 0}, -g});
  return sum;
}

/// sum over pairs (i, i+1) of (XX + YY)/2: a particle hopping on an open chain.
PauliSum hopping(unsigned n) {
  PauliSum sum{.n_qubits = n, .terms = {}};
  for (unsigned i = 0; i + 1 < n; ++i) {
    const std::uint64_t pair = std::uint64_t{3} << i;
    sum.terms.push_back({{pair, 0}, 0.5});
    sum.terms.push_back({{pair, pair}, 0.5});
  }
  return sum;
}

TEST(GroundState, NamesTheFieldAtFault) {
  PauliSum beyond{.n_qubits = 2, .terms = {{{4, 0}, 1.0}}};
  PauliSum infinite{.n_qubits = 2, .terms = {{{1, 0}, std::numeric_limits<double>::infinity()}}};
  const struct {
    const char* name;
    PauliSum hamiltonian;
    GroundStateOptions options;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no qubits", {}, {}, ErrorKind::kBadInput, "observable"},
      {"no terms", {.n_qubits = 2, .terms = {}}, {}, ErrorKind::kBadInput, "observable"},
      {"letters beyond", beyond, {}, ErrorKind::kBadInput, "observable"},
      {"not finite", infinite, {}, ErrorKind::kBadInput, "observable"},
      {"weight", ising_chain(3, 1.0), {.weight = 4}, ErrorKind::kBadInput, "weight"},
      {"memory", ising_chain(20, 1.0), {.memory_limit = 1 << 20}, ErrorKind::kResource, "qubits"},
      {"too large", ising_chain(60, 1.0), {}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = ground_state(c.hamiltonian, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field) << result.error().message;
  }
}

// Open critical chain in closed form (free fermions; Pfeuty 1970, at g = 1):
// E = 1 - 1/sin(pi/(4n + 2)).
TEST(GroundState, IsTheClosedFormOfTheCriticalIsingChain) {
  for (const unsigned n : {1U, 2U, 5U, 9U, 11U}) {
    SCOPED_TRACE(n);
    const auto ground = ground_state(ising_chain(n, 1.0), {}, {}).value();
    EXPECT_NEAR(ground.energy, 1.0 - 1.0 / std::sin(std::numbers::pi / (4 * n + 2)), 1e-11);
    EXPECT_EQ(ground.method, n <= 8 ? "dense" : "lanczos");
    EXPECT_TRUE(ground.converged);
    EXPECT_LE(ground.residual, 1e-10 * (2.0 * n));
    if (n <= 8) {
      EXPECT_EQ(ground.spectrum.size(), std::size_t{1} << n);
      EXPECT_EQ(ground.spectrum[0], ground.energy);
    }
  }
}

// k particles on an open chain of n: the sum of the k lowest levels 2 cos(j pi/(n + 1)).
TEST(GroundState, KeepsToItsWeight) {
  for (const auto& [n, k] : {std::pair{6U, 0U}, {6U, 2U}, {6U, 6U}, {11U, 4U}, {60U, 1U}}) {
    SCOPED_TRACE(testing::Message() << n << " choose " << k);
    double expected = 0.0;
    for (unsigned j = n; j > n - k; --j) expected += 2.0 * std::cos(j * std::numbers::pi / (n + 1));
    const auto ground = ground_state(hopping(n), {.weight = k}, {}).value();
    EXPECT_NEAR(ground.energy, expected, 1e-10);
    EXPECT_EQ(ground.method, n == 11 ? "lanczos" : "dense");
    if (n != 11) {
      EXPECT_EQ(ground.spectrum.size(), binomial(n, k));
    }
  }
}

TEST(GroundState, FindsADegenerateGroundState) {
  PauliSum zz{.n_qubits = 10, .terms = {}};
  for (unsigned i = 0; i + 1 < 10; ++i) zz.terms.push_back({{0, std::uint64_t{3} << i}, -1.0});
  const auto ground = ground_state(zz, {}, {}).value();
  EXPECT_NEAR(ground.energy, -9.0, 1e-10);
  EXPECT_TRUE(ground.converged);
  const PauliSum zero{.n_qubits = 10, .terms = {{{1, 0}, 0.0}}};
  EXPECT_EQ(ground_state(zero, {}, {})->energy, 0.0);
}

TEST(GroundState, SameBitsForAnyThreadsAndSaysWhenItIsNotDone) {
  const auto hamiltonian = ising_chain(15, 1.3);
  const GroundStateOptions few{.max_products = 9};
  const auto reference = ground_state(hamiltonian, few, {}).value();
  EXPECT_FALSE(reference.converged);
  EXPECT_GT(reference.residual, 1e-6);
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const auto result = ground_state(hamiltonian, few, {.pool = &pool}).value();
    EXPECT_EQ(result.energy, reference.energy);
    EXPECT_EQ(result.residual, reference.residual);
  }
  // With little memory: more restarts, the same answer.
  const auto tight =
      ground_state(ising_chain(10, 1.0), {.memory_limit = (std::size_t{16} << 10) * 9}, {}).value();
  EXPECT_NEAR(tight.energy, 1.0 - 1.0 / std::sin(std::numbers::pi / 42), 1e-10);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(ground_state(hamiltonian, {}, {.stop = stop.get_token()}).error().kind,
            ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
