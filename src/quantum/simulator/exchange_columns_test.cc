#include "quantum/simulator/exchange_columns.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/simulator/exchange_sequence.h"

namespace quanta::quantum {
namespace {

WeightSubspace make_space(unsigned n, unsigned k) {
  return WeightSubspace::create(n, k, std::size_t{1} << 30).value();
}

std::vector<QubitPair> all_pairs(unsigned n) {
  std::vector<QubitPair> pairs;
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) pairs.emplace_back(i, j);
  }
  return pairs;
}

/// Of any qubits in any order, so that parts come together in turn.
std::vector<QubitPair> random_pairs(unsigned n, std::size_t count) {
  RandomStream stream(n, "column pairs");
  std::vector<QubitPair> pairs;
  while (pairs.size() < count) {
    const auto i = static_cast<unsigned>(stream.below(n));
    const auto j = static_cast<unsigned>(stream.below(n));
    if (i != j) pairs.emplace_back(i, j);
  }
  return pairs;
}

std::vector<Amplitude> random_state(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "column state");
  std::vector<Amplitude> state(n);
  for (auto& a : state)
    a = Amplitude(stream.normal(), stream.normal()) / std::sqrt(2.0 * static_cast<double>(n));
  return state;
}

double distance(std::span<const Amplitude> a, std::span<const Amplitude> b) {
  double most = 0.0;
  for (std::size_t x = 0; x < a.size(); ++x) most = std::max(most, std::abs(a[x] - b[x]));
  return most;
}

// The reference takes one exchange after the other, which no columns are used for.
TEST(ExchangeColumns, AgreesWithOneExchangeAfterTheOther) {
  constexpr double kBeta = 0.37;
  for (const auto& [n, k] :
       {std::pair{8U, 0U}, {8U, 1U}, {8U, 8U}, {9U, 4U}, {11U, 10U}, {13U, 5U}, {14U, 7U}}) {
    for (const auto& pairs : {all_pairs(n), random_pairs(n, 3 * std::size_t{n})}) {
      SCOPED_TRACE(testing::Message() << n << " choose " << k << ", " << pairs.size());
      const WeightSubspace space = make_space(n, k);
      const ExchangeColumns columns(space, pairs);
      const auto psi = random_state(space.dimension(), 1);
      const auto phi = random_state(space.dimension(), 2);
      auto psi_one = psi;
      auto phi_one = phi;
      std::vector<ExchangeSequence> gates;
      for (const QubitPair& pair : pairs) {
        gates.push_back(ExchangeSequence::create(space, std::span(&pair, 1)).value());
        gates.back().apply(Execution{}, std::span(psi_one), kBeta);
        gates.back().apply(Execution{}, std::span(phi_one), kBeta);
      }
      auto psi_all = psi;
      auto phi_all = phi;
      columns.apply(Execution{}, std::span(psi_all), std::cos(kBeta), std::sin(kBeta));
      columns.apply(Execution{}, std::span(phi_all), std::cos(kBeta), std::sin(kBeta));
      EXPECT_LT(distance(psi_all, psi_one), 1e-14);
      EXPECT_LT(distance(phi_all, phi_one), 1e-14);

      double expected = 0.0;
      for (std::size_t g = gates.size(); g-- > 0;) {
        expected +=
            gates[g].undo(Execution{}, std::span(psi_one), std::span(phi_one), kBeta).exchanges;
      }
      EXPECT_NEAR(columns.undo(Execution{}, std::span(psi_all), std::span(phi_all), std::cos(kBeta),
                               std::sin(kBeta)),
                  expected, 1e-12);
      EXPECT_LT(distance(psi_all, psi), 1e-14);
      EXPECT_LT(distance(phi_all, phi), 1e-14);
    }
  }
}

TEST(ExchangeColumns, AgreesInSinglePrecisionAndForEachInstructionSet) {
  constexpr unsigned kQubits = 13;
  const WeightSubspace space = make_space(kQubits, 6);
  const ExchangeColumns columns(space, all_pairs(kQubits));
  const double c = std::cos(-0.8);
  const double s = std::sin(-0.8);
  const auto psi = random_state(space.dimension(), 1);
  const auto phi = random_state(space.dimension(), 2);
  auto expected_psi = psi;
  columns.apply(Execution{}, std::span(expected_psi), c, s);
  auto back_psi = expected_psi;
  auto back_phi = phi;
  const double expected = columns.undo(Execution{}, std::span(back_psi), std::span(back_phi), c, s);
  for (const InstructionSet set :
       {InstructionSet::kScalar, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    SCOPED_TRACE(to_text(set));
    const Execution execution{.instruction_set = set};
    auto psi_copy = psi;
    auto phi_copy = phi;
    columns.apply(execution, std::span(psi_copy), c, s);
    EXPECT_LT(distance(psi_copy, expected_psi), 1e-14);
    EXPECT_NEAR(columns.undo(execution, std::span(psi_copy), std::span(phi_copy), c, s), expected,
                1e-13);
    EXPECT_LT(distance(phi_copy, back_phi), 1e-14);

    std::vector<std::complex<float>> psi_single(psi.begin(), psi.end());
    std::vector<std::complex<float>> phi_single(phi.begin(), phi.end());
    columns.apply(execution, std::span(psi_single), c, s);
    EXPECT_LT(distance(std::vector<Amplitude>(psi_single.begin(), psi_single.end()), expected_psi),
              1e-6);
    EXPECT_NEAR(columns.undo(execution, std::span(psi_single), std::span(phi_single), c, s),
                expected, 1e-5);
  }
}

TEST(ExchangeColumns, GivesTheSameBitsForAnyThreads) {
  constexpr unsigned kQubits = 18;
  const WeightSubspace space = make_space(kQubits, 9);
  const ExchangeColumns columns(space, random_pairs(kQubits, 54));
  const auto start = random_state(space.dimension(), 1);
  std::vector<Amplitude> psi_first;
  std::vector<Amplitude> phi_first;
  double sum_first = 0.0;
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const Execution execution{.pool = &pool, .instruction_set = best_instruction_set()};
    auto psi = start;
    auto phi = random_state(space.dimension(), 2);
    columns.apply(execution, std::span(psi), 0.8, 0.6);
    columns.apply(execution, std::span(psi), 0.8, 0.6);
    const double sum = columns.undo(execution, std::span(psi), std::span(phi), 0.8, 0.6);
    if (threads == 1) {
      psi_first = psi;
      phi_first = phi;
      sum_first = sum;
    }
    EXPECT_EQ(psi, psi_first);
    EXPECT_EQ(phi, phi_first);
    EXPECT_EQ(sum, sum_first);
  }
}

}  // namespace
}  // namespace quanta::quantum
