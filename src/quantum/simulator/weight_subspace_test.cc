#include "quantum/simulator/weight_subspace.h"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;

WeightSubspace make_space(unsigned n, unsigned k) {
  return WeightSubspace::create(n, k, kLimit).value();
}

std::vector<Amplitude> random_state(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test state");
  std::vector<Amplitude> state(n);
  double norm = 0.0;
  for (auto& a : state) {
    a = {stream.normal(), stream.normal()};
    norm += std::norm(a);
  }
  for (auto& a : state) a /= std::sqrt(norm);
  return state;
}

// Below, at and above the 12 qubits of a block.
TEST(WeightSubspace, RanksEveryStateInRisingOrder) {
  for (const unsigned n : {1U, 2U, 5U, 11U, 12U, 13U, 16U}) {
    for (unsigned k = 0; k <= n; ++k) {
      SCOPED_TRACE(testing::Message() << n << " choose " << k);
      const auto space = make_space(n, k);
      std::size_t r = 0;
      for (std::uint64_t x = 0; x < std::uint64_t{1} << n; ++x) {
        if (static_cast<unsigned>(std::popcount(x)) != k) continue;
        ASSERT_EQ(space.rank(x), r);
        ASSERT_EQ(space.state(r), x);
        ++r;
      }
      ASSERT_EQ(space.dimension(), r);
      ASSERT_EQ(binomial(n, k), r);
    }
  }
}

TEST(WeightSubspace, HoldsFewOnesAmongManyQubits) {
  const auto space = make_space(63, 2);
  EXPECT_EQ(space.dimension(), 1953U);
  for (std::size_t r = 0; r < space.dimension(); ++r) ASSERT_EQ(space.rank(space.state(r)), r);
  EXPECT_EQ(space.state(1952), (std::uint64_t{3} << 61));
  EXPECT_EQ(make_space(63, 63).dimension(), 1U);
}

TEST(WeightSubspace, StartsInTheDickeState) {
  const auto state = make_space(6, 3).dicke_state();
  ASSERT_EQ(state.size(), 20U);
  for (const auto& a : state) EXPECT_EQ(a, Amplitude(1.0 / std::sqrt(20.0)));
}

TEST(WeightSubspace, DiagonalIsThePolynomialOfEachState) {
  RandomStream stream(2, "test cost");
  for (const auto& [n, k] : {std::pair{1U, 1U}, {4U, 0U}, {9U, 4U}, {12U, 6U}, {15U, 7U}}) {
    std::vector<double> linear(n);
    std::vector<double> quadratic(std::size_t{n} * n, 1e9);  // the lower half is never read
    for (auto& l : linear) l = stream.normal();
    for (unsigned i = 0; i < n; ++i) {
      for (unsigned j = i + 1; j < n; ++j) quadratic[i * n + j] = stream.normal();
    }
    const auto space = make_space(n, k);
    const auto cost = space.quadratic_diagonal({}, linear, quadratic, 0.25);
    for (std::size_t r = 0; r < space.dimension(); ++r) {
      const std::uint64_t x = space.state(r);
      double expected = 0.25;
      for (unsigned i = 0; i < n; ++i) {
        if (!(x >> i & 1)) continue;
        expected += linear[i];
        for (unsigned j = i + 1; j < n; ++j) {
          if (x >> j & 1) expected += quadratic[i * n + j];
        }
      }
      ASSERT_NEAR(cost[r], expected, 1e-12);
    }
  }
}

// The full state vector is the reference: the same gates on the same state, every weight, every
// pair of qubits in one random round after another.
TEST(WeightSubspace, EqualsTheFullStateVector) {
  for (const unsigned n : {2U, 3U, 5U, 8U, 12U, 14U}) {
    for (const unsigned k : {0U, 1U, n / 2, n - 1, n}) {
      SCOPED_TRACE(testing::Message() << n << " choose " << k);
      const auto space = make_space(n, k);
      auto state = random_state(space.dimension(), n * 100 + k);
      std::vector<Amplitude> embedded(std::size_t{1} << n);
      for (std::size_t r = 0; r < state.size(); ++r) embedded[space.state(r)] = state[r];
      auto full = StateVector::from_amplitudes(embedded).value();

      RandomStream stream(n, "test rounds");
      for (int round = 0; round < 6; ++round) {
        std::vector<unsigned> qubits(n);
        for (unsigned i = 0; i < n; ++i) qubits[i] = i;
        for (unsigned i = n; i > 1; --i) std::swap(qubits[i - 1], qubits[stream.below(i)]);
        std::vector<QubitPair> pairs;
        for (unsigned i = 0; i + 1 < n; i += 2) pairs.emplace_back(qubits[i], qubits[i + 1]);
        const double beta = 3.0 * stream.normal();
        space.exchange({}, state, space.exchange_round(pairs).value(), beta);
        for (const auto& [i, j] : pairs) full.exchange({}, i, j, beta);
      }
      double norm = 0.0;
      for (std::size_t r = 0; r < state.size(); ++r) {
        ASSERT_NEAR(std::abs(state[r] - full.amplitudes()[space.state(r)]), 0.0, 1e-13);
        norm += std::norm(state[r]);
      }
      EXPECT_NEAR(norm, 1.0, 1e-13);
      EXPECT_NEAR(full.norm({}), 1.0, 1e-13);  // nothing leaked to another weight
    }
  }
}

TEST(WeightSubspace, GivesTheSameBitsForAnyThreadsAndAgreesAcrossInstructionSets) {
  constexpr unsigned kQubits = 18;
  const auto space = make_space(kQubits, 9);
  const std::vector<QubitPair> pairs = {{0, 1}, {2, 3}, {4, 9}, {17, 5}, {11, 12}, {13, 14}};
  const auto round = space.exchange_round(pairs).value();
  const auto psi = random_state(space.dimension(), 1);
  const auto phi = random_state(space.dimension(), 2);
  auto reference_psi = psi;
  auto reference_phi = phi;
  space.exchange({}, reference_psi, round, 0.4);
  const auto exchanged = reference_psi;
  const double reference_sum = space.exchange_back({}, reference_psi, reference_phi, round, 0.4);

  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    auto psi_copy = psi;
    auto phi_copy = phi;
    space.exchange({.pool = &pool}, psi_copy, round, 0.4);
    EXPECT_EQ(psi_copy, exchanged);
    EXPECT_EQ(space.exchange_back({.pool = &pool}, psi_copy, phi_copy, round, 0.4), reference_sum);
    EXPECT_EQ(psi_copy, reference_psi);
    EXPECT_EQ(phi_copy, reference_phi);
  }
  for (const InstructionSet set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    SCOPED_TRACE(to_text(set));
    auto psi_copy = psi;
    auto phi_copy = phi;
    space.exchange({.instruction_set = set}, psi_copy, round, 0.4);
    for (std::size_t r = 0; r < psi.size(); ++r) {
      ASSERT_NEAR(std::abs(psi_copy[r] - exchanged[r]), 0.0, 1e-13);
    }
    EXPECT_NEAR(space.exchange_back({.instruction_set = set}, psi_copy, phi_copy, round, 0.4),
                reference_sum, 1e-13);
    for (std::size_t r = 0; r < psi.size(); ++r) {
      ASSERT_NEAR(std::abs(phi_copy[r] - reference_phi[r]), 0.0, 1e-13);
    }
  }
}

TEST(WeightSubspace, NamesTheFieldAtFault) {
  EXPECT_EQ(WeightSubspace::create(0, 0, kLimit).error().field, "qubits");
  EXPECT_EQ(WeightSubspace::create(64, 1, kLimit).error().field, "qubits");
  EXPECT_EQ(WeightSubspace::create(4, 5, kLimit).error().field, "weight");
  const auto large = WeightSubspace::create(60, 30, kLimit);
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().kind, ErrorKind::kResource);
  // C(32, 30) = 496 … C(37, 30) = 10,295,472 amplitudes are 165 MB; C(39, 30) = 211,915,132 too
  // many.
  EXPECT_NE(large.error().message.find("fits up to 38 qubits with 30 ones"), std::string::npos)
      << large.error().message;
  // The limit is exact: C(6, 3) = 20 amplitudes of 16 bytes.
  EXPECT_TRUE(WeightSubspace::create(6, 3, 320).has_value());
  EXPECT_FALSE(WeightSubspace::create(6, 3, 319).has_value());
  EXPECT_FALSE(WeightSubspace::create(6, 3, 320, 17).has_value());

  const auto space = make_space(4, 2);
  for (const std::vector<QubitPair>& bad :
       {std::vector<QubitPair>{{0, 4}}, {{1, 1}}, {{0, 1}, {1, 2}}}) {
    EXPECT_EQ(space.exchange_round(bad).error().field, "pairs");
  }
}

}  // namespace
}  // namespace quanta::quantum
