#include "quantum/simulator/kernels.h"

#include <cmath>
#include <set>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"

namespace quanta::quantum {
namespace {

std::vector<InstructionSet> supported_sets() {
  std::vector<InstructionSet> sets = {InstructionSet::kScalar};
  for (const auto set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= best_instruction_set()) sets.push_back(set);
  }
  return sets;
}

std::vector<Amplitude> random_amplitudes(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test amplitudes");
  std::vector<Amplitude> result(n);
  for (auto& a : result) a = {stream.normal(), stream.normal()};
  return result;
}

std::vector<double> random_cost(std::size_t n, double scale) {
  RandomStream stream(7, "test cost");
  std::vector<double> result(n);
  for (auto& c : result) c = scale * stream.normal();
  return result;
}

double distance(const std::vector<Amplitude>& a, const std::vector<Amplitude>& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

constexpr Amplitude kI{0.0, 1.0};

// Run lengths around every vector width, with gaps between the runs that must stay untouched.
TEST(Kernels, ExchangeIsTheTwoByTwoMatrixOnEveryInstructionSet) {
  for (const InstructionSet set : supported_sets()) {
    SCOPED_TRACE(to_text(set));
    for (std::uint32_t length = 1; length <= 19; ++length) {
      SCOPED_TRACE(length);
      const std::vector<RunPair> runs = {{1, 1 + length}, {4 * length + 3, 2 * length + 2}};
      const auto start = random_amplitudes(6 * length + 8, length);
      auto expected = start;
      const double beta = 0.3 + length;
      for (const auto& run : runs) {
        for (std::uint32_t e = 0; e < length; ++e) {
          expected[run.first + e] =
              std::cos(beta) * start[run.first + e] - kI * std::sin(beta) * start[run.second + e];
          expected[run.second + e] =
              std::cos(beta) * start[run.second + e] - kI * std::sin(beta) * start[run.first + e];
        }
      }
      auto got = start;
      exchange(set, got.data(), {length, runs}, std::cos(beta), std::sin(beta));
      EXPECT_LT(distance(got, expected), 1e-14);
    }
  }
}

TEST(Kernels, ExchangeBackUndoesBothStatesAndReturnsTheGradientTerm) {
  for (const InstructionSet set : supported_sets()) {
    SCOPED_TRACE(to_text(set));
    for (std::uint32_t length = 1; length <= 19; ++length) {
      SCOPED_TRACE(length);
      const std::vector<RunPair> runs = {{1, 1 + length}, {4 * length + 3, 2 * length + 2}};
      const RunGroup group{length, runs};
      const auto psi = random_amplitudes(6 * length + 8, length);
      const auto phi = random_amplitudes(6 * length + 8, length + 100);
      double expected = 0.0;
      for (const auto& run : runs) {
        for (std::uint32_t e = 0; e < length; ++e) {
          expected += (std::conj(phi[run.first + e]) * psi[run.second + e] +
                       std::conj(phi[run.second + e]) * psi[run.first + e])
                          .imag();
        }
      }
      const double c = std::cos(0.7);
      const double s = std::sin(0.7);
      auto psi_after = psi;
      auto phi_after = phi;
      exchange(set, psi_after.data(), group, c, s);
      exchange(set, phi_after.data(), group, c, s);
      // The generator commutes with its own gate, so the term is the same before and after.
      EXPECT_NEAR(exchange_back(set, psi_after.data(), phi_after.data(), 0, group, c, s), expected,
                  1e-12);
      EXPECT_LT(distance(psi_after, psi), 1e-14);
      EXPECT_LT(distance(phi_after, phi), 1e-14);
    }
  }
}

TEST(Kernels, PhasesEqualTheLibraryExponentialForEveryLengthAndSize) {
  for (const InstructionSet set : supported_sets()) {
    SCOPED_TRACE(to_text(set));
    // Scales: tiny, about one turn, thousands of turns, just below and beyond what the vector
    // reduction takes, and beyond what any reduction in double precision could mean.
    for (const double scale : {1e-9, 1.0, 1e4, 1e5, 3e6, 1e14}) {
      SCOPED_TRACE(scale);
      for (std::size_t n = 1; n <= 21; ++n) {
        const auto cost = random_cost(n, scale);
        const auto start = random_amplitudes(n, n);
        const double angle = 1.37;
        auto expected = start;
        double term = 0.0;
        for (std::size_t x = 0; x < n; ++x) {
          expected[x] *= Amplitude(std::cos(angle * cost[x]), -std::sin(angle * cost[x]));
        }
        auto got = start;
        multiply_phase(set, got.data(), cost.data(), n, angle);
        EXPECT_LT(distance(got, expected), 1e-13);

        auto phi = random_amplitudes(n, n + 50);
        const auto phi_start = phi;
        multiply_phase(set, phi.data(), cost.data(), n, angle);
        for (std::size_t x = 0; x < n; ++x) {
          term += cost[x] * (std::conj(phi_start[x]) * start[x]).imag();
        }
        EXPECT_NEAR(multiply_phase_back(set, got.data(), phi.data(), cost.data(), n, angle), term,
                    1e-12 * std::max(1.0, scale) * static_cast<double>(n));
        EXPECT_LT(distance(got, start), 1e-13);
        EXPECT_LT(distance(phi, phi_start), 1e-13);
      }
    }
  }
}

TEST(Kernels, PhasesAreExactAtMultiplesOfAQuarterTurn) {
  // Where sine and cosine change places and signs.
  std::vector<double> cost;
  for (int k = -9; k <= 9; ++k) cost.push_back(k * std::acos(0.0));
  for (const InstructionSet set : supported_sets()) {
    SCOPED_TRACE(to_text(set));
    std::vector<Amplitude> got(cost.size(), 1.0);
    multiply_phase(set, got.data(), cost.data(), cost.size(), 1.0);
    for (std::size_t x = 0; x < cost.size(); ++x) {
      EXPECT_NEAR(got[x].real(), std::cos(cost[x]), 2.3e-16) << x;
      EXPECT_NEAR(got[x].imag(), -std::sin(cost[x]), 2.3e-16) << x;
    }
  }
}

TEST(Kernels, ExpectationIsTheWeightedSumOfProbabilities) {
  for (const InstructionSet set : supported_sets()) {
    SCOPED_TRACE(to_text(set));
    for (std::size_t n = 1; n <= 37; ++n) {
      const auto cost = random_cost(n, 2.0);
      const auto amplitudes = random_amplitudes(n, n);
      double expected = 0.0;
      for (std::size_t x = 0; x < n; ++x) expected += cost[x] * std::norm(amplitudes[x]);
      EXPECT_NEAR(diagonal_expectation(set, amplitudes.data(), cost.data(), n), expected, 1e-12);
    }
  }
}

TEST(Kernels, AreListedWithTheirFloors) {
  std::set<std::string_view> names;
  for (const auto& kernel : kernels()) {
    EXPECT_TRUE(names.insert(kernel.name).second) << kernel.name;
    EXPECT_EQ(kernel.place, "quantum/simulator");
    EXPECT_FALSE(kernel.name.empty() || kernel.about.empty() || kernel.floor.empty());
  }
  for (const char* name : {"exchange", "run_tiles", "sum_paulis"})
    EXPECT_TRUE(names.contains(name));
}

}  // namespace
}  // namespace quanta::quantum
