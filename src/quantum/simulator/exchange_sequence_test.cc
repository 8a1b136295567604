#include "quantum/simulator/exchange_sequence.h"

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

ExchangeSequence make(unsigned n, unsigned k, std::span<const QubitPair> pairs) {
  return ExchangeSequence::create(make_space(n, k), pairs).value();
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

/// Pairs of any kind in any order, qubits shared.
std::vector<QubitPair> random_pairs(unsigned n, std::size_t count, std::uint64_t seed) {
  RandomStream stream(seed, "test pairs");
  std::vector<QubitPair> pairs;
  while (n > 1 && pairs.size() < count) {
    const auto i = static_cast<unsigned>(stream.below(n));
    const auto j = static_cast<unsigned>(stream.below(n));
    if (i != j) pairs.emplace_back(i, j);
  }
  return pairs;
}

double distance(std::span<const Amplitude> a, std::span<const Amplitude> b) {
  double most = 0.0;
  for (std::size_t x = 0; x < a.size(); ++x) most = std::max(most, std::abs(a[x] - b[x]));
  return most;
}

// The full state vector is the reference: the same gates in the same order on the same state, for
// every weight, below, at and above the 12 qubits of a block.
TEST(ExchangeSequence, EqualsTheFullStateVector) {
  for (const unsigned n : {1U, 2U, 3U, 5U, 8U, 12U, 13U, 14U, 16U}) {
    for (const unsigned k : {0U, 1U, n / 2, n - 1, n}) {
      SCOPED_TRACE(testing::Message() << n << " choose " << k);
      const auto pairs = random_pairs(n, 23, n * 100 + k);
      const auto sequence = make(n, k, pairs);
      const WeightSubspace& space = sequence.space();
      auto state = random_state(space.dimension(), n * 100 + k);
      std::vector<Amplitude> embedded(std::size_t{1} << n);
      for (std::size_t r = 0; r < state.size(); ++r) embedded[space.state(r)] = state[r];
      auto full = StateVector::from_amplitudes(embedded).value();
      for (const double beta : {0.4, -2.9}) {
        sequence.apply(Execution{}, std::span(state), beta);
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

// Each exchange's Im <phi| (XX + YY)/2 |psi>, taken apart: one at a time on both states.
TEST(ExchangeSequence, UndoesBothStatesAndSumsTheirOverlaps) {
  for (const auto& [n, k] : {std::pair{2U, 1U}, {9U, 4U}, {15U, 6U}}) {
    SCOPED_TRACE(testing::Message() << n << " choose " << k);
    const auto pairs = random_pairs(n, 23, n);
    const auto sequence = make(n, k, pairs);
    const auto psi = random_state(sequence.space().dimension(), 1);
    const auto phi = random_state(sequence.space().dimension(), 2);
    auto psi_after = psi;
    auto phi_after = phi;
    double expected = 0.0;
    constexpr double kBeta = 0.7;
    for (const QubitPair& pair : pairs) {
      const auto one = make(n, k, std::span(&pair, 1));
      // On states that the exchange mixes, G^2 = 1 and so exp(-i pi/2 G) = -i G; on others G = 0.
      auto turned = psi_after;
      one.apply(Execution{}, std::span(turned), std::acos(0.0));
      for (std::size_t x = 0; x < turned.size(); ++x) {
        const std::uint64_t bits = sequence.space().state(x);
        const bool mixes = ((bits >> pair.first ^ bits >> pair.second) & 1) != 0;
        const Amplitude g_psi = mixes ? Amplitude(0.0, 1.0) * turned[x] : 0.0;
        expected += (std::conj(phi_after[x]) * g_psi).imag();
      }
      one.apply(Execution{}, std::span(psi_after), kBeta);
      one.apply(Execution{}, std::span(phi_after), kBeta);
    }
    auto whole = psi;
    sequence.apply(Execution{}, std::span(whole), kBeta);
    EXPECT_LT(distance(whole, psi_after), 1e-14);
    const auto sums = sequence.undo(Execution{}, std::span(psi_after), std::span(phi_after), kBeta);
    EXPECT_NEAR(sums.exchanges, expected, 1e-13);
    EXPECT_EQ(sums.after, 0.0);
    EXPECT_LT(distance(psi_after, psi), 1e-13);
    EXPECT_LT(distance(phi_after, phi), 1e-13);
  }
}

// Low exchanges first (the visits are part of their pass) and none at all.
TEST(ExchangeSequence, VisitsEveryPositionOnceBeforeAndAfter) {
  for (const std::vector<QubitPair>& pairs :
       {std::vector<QubitPair>{{0, 1}, {1, 14}}, {{13, 14}, {0, 1}}, {}}) {
    const auto sequence = make(15, 7, pairs);
    auto psi = random_state(sequence.space().dimension(), 1);
    auto phi = psi;
    auto expected = psi;
    for (auto& a : expected) a *= 2.0;
    sequence.apply(Execution{}, std::span(expected), 0.3);
    std::vector<int> visits(psi.size());
    sequence.apply(Execution{}, std::span(psi), 0.3, [&](std::size_t begin, std::size_t end) {
      for (std::size_t x = begin; x < end; ++x) {
        ++visits[x];
        psi[x] *= 2.0;
      }
    });
    EXPECT_LT(distance(psi, expected), 1e-14);
    const auto sums = sequence.undo(Execution{}, std::span(psi), std::span(phi), 0.3,
                                    [&](std::size_t begin, std::size_t end) {
                                      for (std::size_t x = begin; x < end; ++x) ++visits[x];
                                      return static_cast<double>(end - begin);
                                    });
    EXPECT_EQ(sums.after, static_cast<double>(psi.size()));
    for (const int v : visits) ASSERT_EQ(v, 2);
  }
}

// So many exchanges of high qubits that their blocks are looked up each time.
TEST(ExchangeSequence, HoldsFewOnesAmongManyQubits) {
  constexpr unsigned kQubits = 60;
  std::vector<QubitPair> pairs;
  for (unsigned i = 0; i < kQubits; ++i) {
    for (unsigned j = i + 1; j < kQubits; ++j) pairs.emplace_back(i, j);
  }
  const auto sequence = make(kQubits, 2, pairs);
  const WeightSubspace& space = sequence.space();
  std::vector<Amplitude> psi = random_state(space.dimension(), 3);
  auto expected = psi;
  sequence.apply(Execution{}, std::span(psi), 0.1);
  const Amplitude c = std::cos(0.1);
  const Amplitude s(0.0, -std::sin(0.1));
  for (const auto& [i, j] : pairs) {
    for (std::size_t x = 0; x < expected.size(); ++x) {
      const std::uint64_t bits = space.state(x);
      if ((bits >> i & 1) == 0 || (bits >> j & 1) != 0) continue;
      const std::size_t y = space.rank(bits ^ std::uint64_t{1} << i ^ std::uint64_t{1} << j);
      const Amplitude a = expected[x];
      const Amplitude b = expected[y];
      expected[x] = c * a + s * b;
      expected[y] = s * a + c * b;
    }
  }
  EXPECT_LT(distance(psi, expected), 1e-13);
}

TEST(ExchangeSequence, SinglePrecisionAgreesToItsDigits) {
  const auto pairs = random_pairs(16, 40, 5);
  const auto sequence = make(16, 8, pairs);
  auto psi = random_state(sequence.space().dimension(), 1);
  auto phi = random_state(sequence.space().dimension(), 2);
  std::vector<std::complex<float>> psi_single(psi.begin(), psi.end());
  std::vector<std::complex<float>> phi_single(phi.begin(), phi.end());
  sequence.apply(Execution{}, std::span(psi), 0.3);
  sequence.apply(Execution{}, std::span(psi_single), 0.3);
  for (std::size_t x = 0; x < psi.size(); ++x) {
    ASSERT_NEAR(std::abs(psi[x] - Amplitude(psi_single[x])), 0.0, 1e-6);
  }
  const auto sums = sequence.undo(Execution{}, std::span(psi), std::span(phi), 0.3);
  const auto single = sequence.undo(Execution{}, std::span(psi_single), std::span(phi_single), 0.3);
  EXPECT_NEAR(single.exchanges, sums.exchanges, 1e-5);
}

TEST(ExchangeSequence, GivesTheSameBitsForAnyThreadsAndAgreesAcrossInstructionSets) {
  const auto sequence = make(18, 9, random_pairs(18, 30, 1));
  const auto psi = random_state(sequence.space().dimension(), 1);
  const auto phi = random_state(sequence.space().dimension(), 2);
  auto exchanged = psi;
  sequence.apply(Execution{}, std::span(exchanged), 0.4);
  auto reference_psi = exchanged;
  auto reference_phi = phi;
  const auto after = [](std::size_t begin, std::size_t end) {
    return 1.0 / static_cast<double>(begin + end);
  };
  const auto reference =
      sequence.undo(Execution{}, std::span(reference_psi), std::span(reference_phi), 0.4, after);

  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const Execution execution{.pool = &pool};
    auto psi_copy = psi;
    auto phi_copy = phi;
    sequence.apply(execution, std::span(psi_copy), 0.4);
    EXPECT_EQ(psi_copy, exchanged);
    const auto sums =
        sequence.undo(execution, std::span(psi_copy), std::span(phi_copy), 0.4, after);
    EXPECT_EQ(sums.exchanges, reference.exchanges);
    EXPECT_EQ(sums.after, reference.after);
    EXPECT_EQ(psi_copy, reference_psi);
    EXPECT_EQ(phi_copy, reference_phi);
  }
  for (const InstructionSet set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    SCOPED_TRACE(to_text(set));
    const Execution execution{.instruction_set = set};
    auto psi_copy = psi;
    auto phi_copy = phi;
    sequence.apply(execution, std::span(psi_copy), 0.4);
    EXPECT_LT(distance(psi_copy, exchanged), 1e-13);
    EXPECT_NEAR(sequence.undo(execution, std::span(psi_copy), std::span(phi_copy), 0.4).exchanges,
                reference.exchanges, 1e-13);
    EXPECT_LT(distance(phi_copy, reference_phi), 1e-13);
  }
}

TEST(ExchangeSequence, NamesTheFieldAtFault) {
  for (const QubitPair& bad : {QubitPair{0, 4}, {7, 1}, {1, 1}}) {
    const auto result = ExchangeSequence::create(make_space(4, 2), std::span(&bad, 1));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(result.error().field, "pairs");
  }
}

}  // namespace
}  // namespace quanta::quantum
