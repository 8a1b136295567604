#include "quantum/simulator/observables.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "quantum/simulator/bits.h"
#include "quantum/simulator/distribution.h"
#include "quantum/simulator/pauli_kernels.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostReduced = 10;
/// Stretches that the amplitudes are cut into, at most, and the shortest.
constexpr std::size_t kMostStretches = 64;
constexpr std::size_t kLeastStretch = 4096;
/// What the kernels need; states of fewer qubits are stored with zeros behind them.
constexpr std::size_t kLeastAmplitudes = 128;

template <class Real>
const Real* reals(std::span<const std::complex<Real>> amplitudes) {
  return reinterpret_cast<const Real*>(amplitudes.data());
}

/// For each z: the sum over w of (-1)^{|w & z|} conj(a[w ^ x]) a[w], its real or imaginary part.
template <class Real>
std::vector<double> signed_sums(const BasicStateVector<Real>& state, std::uint64_t x,
                                std::span<const std::uint64_t> z, bool imaginary,
                                const Execution& execution) {
  const std::size_t size = std::max(kLeastAmplitudes, state.amplitudes().size());
  const std::size_t stretch =
      std::clamp(size / kMostStretches, std::min(size, kLeastStretch), size);
  // The terms of w and w ^ x are conjugate (even |x & z|) or that and of opposite sign (odd), so
  // the part that is asked for is the same: of stretches that differ in the highest bit of x one
  // will do.
  const std::uint64_t highest = x == 0 ? 0 : std::bit_floor(x);
  const bool halves = highest >= stretch;
  std::vector<double> parts(size / stretch * z.size());
  parallel_for(execution, size / stretch, 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t s = first; s < last; ++s) {
      if (halves && (s * stretch & highest) != 0) continue;
      sum_paulis(
          execution.instruction_set, reals(state.amplitudes()),
          {.x = x, .z = z.data(), .n = z.size(), .begin = s * stretch, .end = (s + 1) * stretch},
          imaginary, parts.data() + s * z.size());
    }
  });
  std::vector<double> sums(z.size());
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i % z.size()] += parts[i];
  if (halves) {
    for (double& sum : sums) sum *= 2.0;
  }
  return sums;
}

/// Strings with the same X part and an even (odd) number of Y are real (imaginary) sums.
struct Group {
  std::vector<std::uint64_t> z = {};
  std::vector<std::size_t> places = {};  ///< in the caller's list
};

}  // namespace

template <class Real>
std::vector<double> expectations(const BasicStateVector<Real>& state,
                                 std::span<const PauliString> strings, const Execution& execution) {
  std::map<std::pair<std::uint64_t, bool>, Group> groups;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const bool odd = (std::popcount(strings[i].x & strings[i].z) & 1) != 0;
    Group& group = groups[{strings[i].x, odd}];
    group.z.push_back(strings[i].z);
    group.places.push_back(i);
  }
  std::vector<double> values(strings.size());
  for (const auto& [key, group] : groups) {
    const auto& [x, odd] = key;
    const std::vector<double> sums = signed_sums(state, x, group.z, odd, execution);
    for (std::size_t j = 0; j < sums.size(); ++j) {
      // P|w> = i^g (-1)^{|w & z|} |w ^ x> with g = |x & z|, and <P> is real.
      const int g = std::popcount(x & group.z[j]) & 3;
      values[group.places[j]] = g == 0 || g == 3 ? sums[j] : -sums[j];
    }
  }
  return values;
}

template <class Real>
double expectation(const BasicStateVector<Real>& state, const PauliString& string,
                   const Execution& execution) {
  return expectations(state, std::span(&string, 1), execution)[0];
}

template <class Real>
Result<double> expectation(const BasicStateVector<Real>& state, const PauliSum& sum,
                           const Execution& execution) {
  if (sum.n_qubits != state.n_qubits()) {
    return bad_input("observable", fmt::format("acts on {} qubits, the state has {}", sum.n_qubits,
                                               state.n_qubits()));
  }
  std::vector<PauliString> strings;
  strings.reserve(sum.terms.size());
  for (const PauliTerm& term : sum.terms) strings.push_back(term.string);
  const std::vector<double> values =
      expectations(state, std::span<const PauliString>(strings), execution);
  double total = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) total += sum.terms[i].coefficient * values[i];
  return total;
}

void apply(const PauliSum& sum, std::span<const Amplitude> state, std::span<Amplitude> image,
           const Execution& execution) {
  assert(state.size() >= kLeastAmplitudes && std::has_single_bit(state.size()) &&
         image.size() == state.size());
  std::map<std::uint64_t, WeightedPaulis> by_x;
  for (const PauliTerm& term : sum.terms) {
    WeightedPaulis& terms = by_x[term.string.x];
    terms.x = term.string.x;
    const int g = std::popcount(term.string.x & term.string.z) & 3;
    const double value = g < 2 ? term.coefficient : -term.coefficient;  // i^g
    terms.z.push_back(term.string.z);
    terms.re.push_back((g & 1) == 0 ? value : 0.0);
    terms.im.push_back((g & 1) != 0 ? value : 0.0);
  }
  std::vector<WeightedPaulis> groups;
  for (auto& [x, terms] : by_x) groups.push_back(std::move(terms));
  parallel_for(execution, state.size(), std::min(state.size(), kLeastStretch),
               [&](std::size_t begin, std::size_t end) {
                 apply_paulis(execution.instruction_set, reals(state), groups, begin, end,
                              reinterpret_cast<double*>(image.data()));
               });
}

std::vector<Amplitude> apply(const PauliSum& sum, const StateVector& state,
                             const Execution& execution) {
  assert(sum.n_qubits == state.n_qubits());
  const std::size_t size = std::max(kLeastAmplitudes, state.amplitudes().size());
  std::vector<Amplitude> result(size);
  apply(sum, {state.amplitudes().data(), size}, result, execution);
  result.resize(state.amplitudes().size());
  return result;
}

Amplitude inner_product(std::span<const Amplitude> a, std::span<const Amplitude> b,
                        const Execution& execution) {
  assert(a.size() == b.size());
  std::vector<Amplitude> parts(n_chunks(a.size(), kChunkAmplitudes));
  parallel_for(execution, a.size(), kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
    dot(execution.instruction_set, reals(a) + 2 * begin, reals(b) + 2 * begin, end - begin,
        reinterpret_cast<double*>(&parts[begin / kChunkAmplitudes]));
  });
  Amplitude sum = 0.0;
  for (const Amplitude& part : parts) sum += part;
  return sum;
}

template <class Real>
std::vector<double> marginals(const BasicStateVector<Real>& state, const Execution& execution) {
  std::vector<std::uint64_t> z = {0};
  for (unsigned q = 0; q < state.n_qubits(); ++q) z.push_back(bit(q));
  const std::vector<double> sums = signed_sums(state, 0, z, false, execution);
  std::vector<double> result(state.n_qubits());
  for (unsigned q = 0; q < state.n_qubits(); ++q) {
    result[q] = std::max(0.0, (sums[0] - sums[q + 1]) / 2);
  }
  return result;
}

template <class Real>
Result<std::vector<Amplitude>> reduced_density_matrix(const BasicStateVector<Real>& state,
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
  // rho = sum over the other qubits' values of |a><a|: some values at a time are brought together,
  // a run for each index, and the runs of each two indices multiplied.
  const std::size_t n_values = a.size() / k;
  const std::size_t run = std::min<std::size_t>(n_values, 256);
  std::vector<Amplitude> runs(k * run);
  std::vector<Amplitude> matrix(k * k);
  std::size_t x = 0;
  for (std::size_t first = 0; first < n_values; first += run) {
    for (std::size_t i = 0; i < run; ++i) {
      for (std::size_t v = 0; v < k; ++v) runs[v * run + i] = Amplitude(a[x | offsets[v]]);
      x = ((x | mask) + 1) & ~mask;
    }
    parallel_for(execution, k, 8, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        for (std::size_t c = 0; c <= row; ++c) {
          Amplitude sum = 0.0;
          dot(execution.instruction_set, reinterpret_cast<const double*>(&runs[c * run]),
              reinterpret_cast<const double*>(&runs[row * run]), run,
              reinterpret_cast<double*>(&sum));
          matrix[row * k + c] += sum;
        }
      }
    });
  }
  for (std::size_t row = 0; row < k; ++row) {
    for (std::size_t c = 0; c < row; ++c) matrix[c * k + row] = std::conj(matrix[row * k + c]);
  }
  return matrix;
}

template <class Real>
std::vector<std::array<double, 3>> bloch_vectors(const BasicStateVector<Real>& state,
                                                 const Execution& execution) {
  std::vector<PauliString> strings;
  for (unsigned q = 0; q < state.n_qubits(); ++q) {
    strings.push_back({.x = bit(q), .z = 0});
    strings.push_back({.x = bit(q), .z = bit(q)});
    strings.push_back({.x = 0, .z = bit(q)});
  }
  const std::vector<double> values =
      expectations(state, std::span<const PauliString>(strings), execution);
  std::vector<std::array<double, 3>> result(state.n_qubits());
  for (std::size_t i = 0; i < values.size(); ++i) result[i / 3][i % 3] = values[i];
  return result;
}

template <class Real>
std::vector<std::pair<std::size_t, Amplitude>> largest_amplitudes(
    const BasicStateVector<Real>& state, std::size_t most) {
  const auto a = state.amplitudes();
  const Distribution squares{a.size(), [a](std::size_t begin, std::span<double> out) {
                               for (std::size_t i = 0; i < out.size(); ++i) {
                                 const double p = std::norm(Amplitude(a[begin + i]));
                                 // Single precision: 17 bits, the rest is rounding.
                                 const double c = p * (0x1p36 + 1.0);
                                 out[i] = sizeof(Real) == sizeof(float) ? c - (c - p) : p;
                               }
                             }};
  std::vector<std::pair<std::size_t, Amplitude>> result;
  for (const auto& [x, probability] : likeliest(squares, most)) result.emplace_back(x, a[x]);
  return result;
}

#define QUANTA_OBSERVABLES(Real)                                                             \
  template double expectation(const BasicStateVector<Real>&, const PauliString&,             \
                              const Execution&);                                             \
  template std::vector<double> expectations(const BasicStateVector<Real>&,                   \
                                            std::span<const PauliString>, const Execution&); \
  template Result<double> expectation(const BasicStateVector<Real>&, const PauliSum&,        \
                                      const Execution&);                                     \
  template std::vector<double> marginals(const BasicStateVector<Real>&, const Execution&);   \
  template Result<std::vector<Amplitude>> reduced_density_matrix(                            \
      const BasicStateVector<Real>&, std::span<const unsigned>, const Execution&);           \
  template std::vector<std::array<double, 3>> bloch_vectors(const BasicStateVector<Real>&,   \
                                                            const Execution&);               \
  template std::vector<std::pair<std::size_t, Amplitude>> largest_amplitudes(                \
      const BasicStateVector<Real>&, std::size_t);
QUANTA_OBSERVABLES(float)
QUANTA_OBSERVABLES(double)
#undef QUANTA_OBSERVABLES

}  // namespace quanta::quantum
