#include "quantum/simulator/observables.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;
constexpr unsigned kMostReduced = 10;

/// P |x> = factor |x ^ string.x>.
Amplitude factor_of(const PauliString& string, std::size_t x) {
  static constexpr std::array<Amplitude, 4> kPowers = {Amplitude{1, 0}, Amplitude{0, 1},
                                                       Amplitude{-1, 0}, Amplitude{0, -1}};
  const unsigned quarter = static_cast<unsigned>(std::popcount(string.x & string.z)) +
                           2U * static_cast<unsigned>(std::popcount(x & string.z));
  return kPowers[quarter & 3];
}

}  // namespace

double expectation(const StateVector& state, const PauliString& string,
                   const Execution& execution) {
  const auto a = state.amplitudes();
  return parallel_sum(execution, a.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    double sum = 0.0;
    for (std::size_t x = begin; x < end; ++x) {
      sum += (std::conj(a[x ^ string.x]) * factor_of(string, x) * a[x]).real();
    }
    return sum;
  });
}

Result<double> expectation(const StateVector& state, const PauliSum& sum,
                           const Execution& execution) {
  if (sum.n_qubits != state.n_qubits()) {
    return bad_input("observable", fmt::format("acts on {} qubits, the state has {}", sum.n_qubits,
                                               state.n_qubits()));
  }
  double total = 0.0;
  for (const PauliTerm& term : sum.terms) {
    total += term.coefficient * expectation(state, term.string, execution);
  }
  return total;
}

std::vector<Amplitude> apply(const PauliSum& sum, const StateVector& state,
                             const Execution& execution) {
  assert(sum.n_qubits == state.n_qubits());
  const auto a = state.amplitudes();
  std::vector<Amplitude> result(a.size());
  parallel_for(execution, a.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (const PauliTerm& term : sum.terms) {
      for (std::size_t y = begin; y < end; ++y) {
        const std::size_t x = y ^ term.string.x;
        result[y] += term.coefficient * factor_of(term.string, x) * a[x];
      }
    }
  });
  return result;
}

Amplitude inner_product(std::span<const Amplitude> a, std::span<const Amplitude> b,
                        const Execution& execution) {
  assert(a.size() == b.size());
  const auto part = [&](bool imaginary) {
    return parallel_sum(execution, a.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      Amplitude sum = 0.0;
      for (std::size_t x = begin; x < end; ++x) sum += std::conj(a[x]) * b[x];
      return imaginary ? sum.imag() : sum.real();
    });
  };
  return {part(false), part(true)};
}

std::vector<double> marginals(const StateVector& state, const Execution& execution) {
  const auto a = state.amplitudes();
  std::vector<double> result(state.n_qubits());
  for (unsigned q = 0; q < state.n_qubits(); ++q) {
    result[q] = parallel_sum(execution, a.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      double sum = 0.0;
      for (std::size_t x = begin; x < end; ++x) {
        if ((x >> q & 1) != 0) sum += std::norm(a[x]);
      }
      return sum;
    });
  }
  return result;
}

Result<std::vector<Amplitude>> reduced_density_matrix(const StateVector& state,
                                                      std::span<const unsigned> qubits,
                                                      const Execution& execution) {
  if (qubits.empty() || qubits.size() > kMostReduced) {
    return bad_input("qubits",
                     fmt::format("{} qubits: 1 to {} are possible", qubits.size(), kMostReduced));
  }
  std::size_t mask = 0;
  for (const unsigned q : qubits) {
    if (q >= state.n_qubits()) {
      return bad_input("qubits", fmt::format("there is no qubit {} among {}", q, state.n_qubits()));
    }
    if ((mask >> q & 1) != 0) return bad_input("qubits", fmt::format("qubit {} is named twice", q));
    mask |= std::size_t{1} << q;
  }
  const auto a = state.amplitudes();
  const std::size_t k = std::size_t{1} << qubits.size();
  std::vector<std::size_t> offsets(k);
  for (std::size_t v = 0; v < k; ++v) {
    for (std::size_t j = 0; j < qubits.size(); ++j) offsets[v] |= (v >> j & 1) << qubits[j];
  }
  std::vector<Amplitude> matrix(k * k);
  parallel_for(execution, k, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t x = 0; x < a.size(); ++x) {
        if ((x & mask) != 0) continue;
        for (std::size_t c = 0; c < k; ++c) {
          matrix[row * k + c] += a[x | offsets[row]] * std::conj(a[x | offsets[c]]);
        }
      }
    }
  });
  return matrix;
}

std::vector<std::array<double, 3>> bloch_vectors(const StateVector& state,
                                                 const Execution& execution) {
  std::vector<std::array<double, 3>> result(state.n_qubits());
  for (unsigned q = 0; q < state.n_qubits(); ++q) {
    const std::uint64_t bit = std::uint64_t{1} << q;
    result[q] = {expectation(state, {.x = bit, .z = 0}, execution),
                 expectation(state, {.x = bit, .z = bit}, execution),
                 expectation(state, {.x = 0, .z = bit}, execution)};
  }
  return result;
}

}  // namespace quanta::quantum
