#include "quantum/simulator/observables.h"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

StateVector some_state(unsigned n) {
  Circuit circuit(n);
  for (unsigned q = 0; q < n; ++q) circuit.h(q).ry(0.3 * q + 0.2, q).t(q);
  for (unsigned q = 0; q + 1 < n; ++q) circuit.cx(q, q + 1).rx(0.5 + q, q);
  return simulate(circuit, {}, {}).value();
}

std::vector<InstructionSet> supported_sets() {
  std::vector<InstructionSet> sets = {InstructionSet::kScalar};
  for (const auto set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= best_instruction_set()) sets.push_back(set);
  }
  return sets;
}

TEST(Observables, ABellPairIsFullyCorrelatedAndLocallyMixed) {
  Circuit bell(2);
  bell.h(0).cx(0, 1);
  const StateVector state = simulate(bell, {}, {}).value();
  const auto value = [&](std::string_view text) {
    return expectation(state, parse_paulis(text, 2).value(), {});
  };
  EXPECT_NEAR(value("ZZ"), 1.0, 1e-15);
  EXPECT_NEAR(value("XX"), 1.0, 1e-15);
  EXPECT_NEAR(value("YY"), -1.0, 1e-15);
  EXPECT_NEAR(value("ZI"), 0.0, 1e-15);
  const auto rho = reduced_density_matrix(state, std::vector{0U}, {}).value();
  EXPECT_NEAR(std::abs(rho[0] - 0.5), 0.0, 1e-15);
  EXPECT_NEAR(std::abs(rho[1]), 0.0, 1e-15);
}

TEST(Observables, EveryPauliStringAgreesWithItsMatrix) {
  constexpr unsigned kQubits = 3;
  const StateVector state = some_state(kQubits);
  for (std::uint64_t x = 0; x < 8; ++x) {
    for (std::uint64_t z = 0; z < 8; ++z) {
      const PauliString string{x, z};
      const PauliSum sum{kQubits, {{string, 1.0}}};
      const auto applied = apply(sum, state, {});
      // P as the exponential exp(-i pi P/2) = -i P.
      std::vector<Amplitude> turned(state.amplitudes().begin(), state.amplitudes().end());
      Circuit circuit(kQubits);
      ASSERT_TRUE(circuit.pauli_exponential(to_text(string, kQubits), M_PI, {0, 1, 2}).has_value());
      apply_plainly(circuit.operations()[0], {}, turned);
      for (const InstructionSet set : supported_sets()) {
        const auto image = apply(sum, state, {.instruction_set = set});
        for (std::size_t i = 0; i < 8; ++i) {
          EXPECT_NEAR(std::abs(image[i] - Amplitude(0, 1) * turned[i]), 0.0, 1e-14);
        }
      }
      EXPECT_NEAR(expectation(state, string, {}),
                  inner_product(state.amplitudes(), applied, {}).real(), 1e-14);
      EXPECT_NEAR(expectation(state, string, {}), expectation_plainly(state.amplitudes(), string),
                  1e-14);
    }
  }
}

TEST(Observables, MarginalsBlochVectorsAndDensityMatricesTellTheSame) {
  const StateVector state = some_state(4);
  const auto p = marginals(state, {});
  const auto bloch = bloch_vectors(state, {});
  for (unsigned q = 0; q < 4; ++q) {
    const auto rho = reduced_density_matrix(state, std::vector{q}, {}).value();
    EXPECT_NEAR(p[q], rho[3].real(), 1e-14);
    EXPECT_NEAR(bloch[q][0], 2 * rho[1].real(), 1e-14);
    EXPECT_NEAR(bloch[q][1], -2 * rho[1].imag(), 1e-14);  // rho = (I + xX + yY + zZ)/2
    EXPECT_NEAR(bloch[q][2], 1 - 2 * p[q], 1e-14);
  }
  const auto pair = reduced_density_matrix(state, std::vector{2U, 0U}, {}).value();
  EXPECT_NEAR((pair[5] + pair[15]).real(), p[2], 1e-14);  // bit 0 of the index is qubit 2
}

template <class Real>
BasicStateVector<Real> random_state(unsigned n, std::uint64_t seed) {
  RandomStream stream(seed, "test state", n);
  std::vector<Amplitude> amplitudes(std::size_t{1} << n);
  double norm = 0.0;
  for (Amplitude& a : amplitudes) {
    a = {stream.normal(), stream.normal()};
    norm += std::norm(a);
  }
  for (Amplitude& a : amplitudes) a /= std::sqrt(norm);
  return BasicStateVector<Real>::from_amplitudes(amplitudes).value();
}

std::vector<PauliString> random_strings(unsigned n, std::size_t count, std::uint64_t seed) {
  RandomStream stream(seed, "test strings", n);
  const std::uint64_t all = (std::uint64_t{1} << n) - 1;
  std::vector<PauliString> strings(count);
  for (PauliString& string : strings) {
    // Few X parts, so that many strings share one.
    string = {.x = stream.below(3) == 0 ? 0 : stream.next() % 5 * 0x9e37 & all,
              .z = stream.next() & all};
  }
  return strings;
}

template <class Real>
void expect_strings_equal_plain(unsigned n, double room) {
  const auto state = random_state<Real>(n, 7);
  std::vector<Amplitude> copy(state.amplitudes().begin(), state.amplitudes().end());
  const std::vector<PauliString> strings = random_strings(n, 150, 3);
  for (const InstructionSet set : supported_sets()) {
    const auto got =
        expectations(state, std::span<const PauliString>(strings), {.instruction_set = set});
    for (std::size_t i = 0; i < strings.size(); ++i) {
      ASSERT_NEAR(got[i], expectation_plainly(copy, strings[i]), room)
          << n << " qubits, " << to_text(strings[i], n);
    }
  }
}

TEST(Observables, ManyStringsAtOnceEqualThePlainSums) {
  for (const unsigned n : {1U, 2U, 3U, 5U, 6U, 7U, 8U, 9U, 11U, 13U, 14U}) {
    expect_strings_equal_plain<double>(n, 1e-14);
    expect_strings_equal_plain<float>(n, 1e-14);  // of the rounded amplitudes
  }
}

TEST(Observables, AppliesSumsOfStringsTermByTerm) {
  for (const unsigned n : {1U, 4U, 7U, 10U, 13U}) {
    const auto state = random_state<double>(n, 2);
    PauliSum sum{.n_qubits = n, .terms = {}};
    RandomStream stream(1, "test coefficients");
    for (const PauliString& string : random_strings(n, 40, 5)) {
      sum.terms.push_back({string, stream.normal()});
    }
    std::vector<Amplitude> expected(state.amplitudes().size());
    for (const PauliTerm& term : sum.terms) {
      for (std::size_t w = 0; w < expected.size(); ++w) {
        static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
        const double sign = (std::popcount(w & term.string.z) & 1) != 0 ? -1.0 : 1.0;
        expected[w ^ term.string.x] += term.coefficient * sign *
                                       kPowers[std::popcount(term.string.x & term.string.z) & 3] *
                                       state.amplitudes()[w];
      }
    }
    for (const InstructionSet set : supported_sets()) {
      const Execution execution{.instruction_set = set};
      const auto got = apply(sum, state, execution);
      ASSERT_EQ(got.size(), expected.size());
      for (std::size_t w = 0; w < expected.size(); ++w) {
        ASSERT_NEAR(std::abs(got[w] - expected[w]), 0.0, 1e-13) << n;
      }
      const Amplitude energy = inner_product(state.amplitudes(), got, execution);
      EXPECT_NEAR(energy.imag(), 0.0, 1e-13);
      EXPECT_NEAR(expectation(state, sum, execution).value(), energy.real(), 1e-13);
    }
  }
}

TEST(Observables, SameBitsForAnyNumberOfThreads) {
  constexpr unsigned kQubits = 15;
  const auto state = random_state<double>(kQubits, 4);
  const auto strings = random_strings(kQubits, 20, 6);
  PauliSum sum{.n_qubits = kQubits, .terms = {}};
  for (const PauliString& string : strings) sum.terms.push_back({string, 0.3});
  const std::vector<unsigned> qubits = {14, 0, 7, 3};
  const auto all = [&](const Execution& execution) {
    std::vector<double> values =
        expectations(state, std::span<const PauliString>(strings), execution);
    for (const double p : marginals(state, execution)) values.push_back(p);
    for (const auto& b : bloch_vectors(state, execution)) {
      values.insert(values.end(), b.begin(), b.end());
    }
    std::vector<Amplitude> numbers = apply(sum, state, execution);
    const auto rho = reduced_density_matrix(state, qubits, execution).value();
    numbers.insert(numbers.end(), rho.begin(), rho.end());
    numbers.push_back(inner_product(state.amplitudes(), state.amplitudes(), execution));
    for (const Amplitude& a : numbers) {
      values.push_back(a.real());
      values.push_back(a.imag());
    }
    return values;
  };
  for (const InstructionSet set : supported_sets()) {
    const auto expected = all({.instruction_set = set});
    for (const std::size_t n_threads : {1U, 2U, 7U}) {
      ThreadPool pool(n_threads);
      EXPECT_EQ(all({.pool = &pool, .instruction_set = set}), expected);
    }
  }
}

TEST(Observables, DensityMatricesAreSumsOverTheOtherQubits) {
  constexpr unsigned kQubits = 11;
  const auto state = random_state<double>(kQubits, 9);
  const std::vector<unsigned> qubits = {6, 0, 10};
  std::vector<Amplitude> expected(64);
  for (std::size_t w = 0; w < state.amplitudes().size(); ++w) {
    for (std::size_t c = 0; c < 8; ++c) {
      std::size_t other = w;
      std::size_t row = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        row |= (w >> qubits[j] & 1) << j;
        other &= ~(std::size_t{1} << qubits[j]);
        other |= (c >> j & 1) << qubits[j];
      }
      expected[row * 8 + c] += state.amplitudes()[w] * std::conj(state.amplitudes()[other]);
    }
  }
  for (const InstructionSet set : supported_sets()) {
    const auto got = reduced_density_matrix(state, qubits, {.instruction_set = set}).value();
    for (std::size_t i = 0; i < 64; ++i) {
      EXPECT_NEAR(std::abs(got[i] - expected[i]), 0.0, 1e-14) << i;
    }
  }
}

TEST(Observables, ListsTheLargestAmplitudesTiesByIndex) {
  std::vector<Amplitude> amplitudes(256);
  amplitudes[200] = {0.0, 0.6};
  amplitudes[3] = -0.5;
  amplitudes[77] = {0.3, 0.4000000000000001};  // 0.5 but for rounding
  amplitudes[5] = std::sqrt(1.0 - 0.36 - 0.25 - std::norm(amplitudes[77]));
  const auto state = StateVector::from_amplitudes(amplitudes).value();
  const auto largest = largest_amplitudes(state, 3);
  ASSERT_EQ(largest.size(), 3U);
  EXPECT_EQ(largest[0].first, 200U);
  EXPECT_EQ(largest[0].second, Amplitude(0.0, 0.6));
  EXPECT_EQ(largest[1].first, 3U);
  EXPECT_EQ(largest[2].first, 77U);
  EXPECT_EQ(largest_amplitudes(state, 100).size(), 4U);
  EXPECT_TRUE(largest_amplitudes(state, 0).empty());
  const auto single = largest_amplitudes(StateVectorSingle::from_amplitudes(amplitudes).value(), 3);
  EXPECT_EQ(single[1].first, 3U);
  EXPECT_EQ(single[2].first, 77U);
}

TEST(Observables, SaysWhatIsWrong) {
  const StateVector state = some_state(2);
  EXPECT_EQ(parse_paulis("XYZ", 2).error().field, "observable");
  EXPECT_EQ(parse_paulis("XQ", 2).error().field, "observable");
  EXPECT_EQ(expectation(state, PauliSum{.n_qubits = 3, .terms = {}}, {}).error().field,
            "observable");
  EXPECT_EQ(reduced_density_matrix(state, {}, {}).error().field, "qubits");
  EXPECT_EQ(reduced_density_matrix(state, std::vector{2U}, {}).error().field, "qubits");
  EXPECT_EQ(reduced_density_matrix(state, std::vector{1U, 1U}, {}).error().field, "qubits");
  EXPECT_EQ(to_text(parse_paulis("IXYZ", 4).value(), 4), "IXYZ");
}

}  // namespace
}  // namespace quanta::quantum
