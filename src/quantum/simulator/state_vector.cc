#include "quantum/simulator/state_vector.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "quantum/simulator/bits.h"
#include "quantum/simulator/blocked_run.h"
#include "quantum/simulator/byte_text.h"
#include "quantum/simulator/kernels.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

/// Amplitudes that are moved from one array to another at a time: at most 4 MiB.
constexpr std::size_t kMovedAmplitudes = std::size_t{1} << 18;
/// Amplitude positions are 32-bit in the kernels.
constexpr unsigned kMaxStateQubits = 32;
/// Up to here a single operation takes longer to plan than to do.
constexpr unsigned kFewQubits = 8;

/// `index` with a zero put in at bit `at`.
std::size_t insert_zero(std::size_t index, unsigned at) {
  const std::size_t low = index & ((std::size_t{1} << at) - 1);
  return (index ^ low) << 1 | low;
}

double norm_of(const std::complex<float>& a) {
  return double{a.real()} * double{a.real()} + double{a.imag()} * double{a.imag()};
}
double norm_of(const std::complex<double>& a) { return std::norm(a); }

template <class Real>
std::complex<Real> rounded(const Amplitude& a) {
  return {static_cast<Real>(a.real()), static_cast<Real>(a.imag())};
}

}  // namespace

template <class Real>
BasicStateVector<Real>::BasicStateVector(unsigned n_qubits)
    : n_qubits_(n_qubits), amplitudes_(stored_amplitudes(n_qubits)) {}

template <class Real>
Result<BasicStateVector<Real>> BasicStateVector<Real>::zero(unsigned n_qubits,
                                                            std::size_t memory_limit) {
  if (n_qubits == 0) return bad_input("qubits", "a state needs at least one qubit");
  const auto bytes = [](unsigned n) {
    return std::ldexp(double{sizeof(std::complex<Real>)}, static_cast<int>(n));
  };
  if (n_qubits > kMaxStateQubits || bytes(n_qubits) > static_cast<double>(memory_limit)) {
    unsigned most = 0;
    while (most < kMaxStateQubits && bytes(most + 1) <= static_cast<double>(memory_limit)) ++most;
    return fail(
        ErrorKind::kResource,
        fmt::format("{} qubits need {}; the limit of {} fits {} qubits", n_qubits,
                    byte_text(bytes(n_qubits)), byte_text(static_cast<double>(memory_limit)), most),
        "qubits");
  }
  BasicStateVector state(n_qubits);
  state.amplitudes_[0] = Real{1};
  state.fresh_ = true;
  return state;
}

template <class Real>
Result<BasicStateVector<Real>> BasicStateVector<Real>::from_amplitudes(
    std::vector<Amplitude> amplitudes) {
  if (amplitudes.size() < 2 || !std::has_single_bit(amplitudes.size()) ||
      amplitudes.size() > std::size_t{1} << kMaxStateQubits) {
    return bad_input("amplitudes", fmt::format("{} amplitudes: a power of two from 2 to 2^{} is "
                                               "needed",
                                               amplitudes.size(), kMaxStateQubits));
  }
  double norm = 0.0;
  for (std::size_t x = 0; x < amplitudes.size(); ++x) {
    if (!std::isfinite(std::norm(amplitudes[x]))) {
      return bad_input("amplitudes", fmt::format("amplitude {} is not a finite number", x));
    }
    norm += std::norm(amplitudes[x]);
  }
  if (!(std::abs(norm - 1.0) <= 1e-9)) {
    return bad_input("amplitudes", fmt::format("the squares sum to {}, not to 1", norm));
  }
  BasicStateVector state(static_cast<unsigned>(std::countr_zero(amplitudes.size())));
  std::ranges::transform(amplitudes, state.amplitudes_.data(), rounded<Real>);
  return state;
}

template <class Real>
void BasicStateVector<Real>::apply(const Execution& execution, const Gate1& gate, unsigned qubit) {
  assert(qubit < n_qubits_);
  fresh_ = false;
  const auto amplitudes = all();
  const std::size_t bit = std::size_t{1} << qubit;
  std::array<std::complex<Real>, 4> g;
  std::ranges::transform(gate, g.begin(), rounded<Real>);
  parallel_for(execution, amplitudes.size() / 2, kChunkAmplitudes,
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t i = begin; i < end; ++i) {
                   std::complex<Real>& zero = amplitudes[insert_zero(i, qubit)];
                   std::complex<Real>& one = amplitudes[insert_zero(i, qubit) | bit];
                   const std::complex<Real> old_zero = zero;
                   const std::complex<Real> old_one = one;
                   zero = g[0] * old_zero + g[1] * old_one;
                   one = g[2] * old_zero + g[3] * old_one;
                 }
               });
}

template <class Real>
void BasicStateVector<Real>::apply(const Execution& execution, const Gate2& gate, unsigned first,
                                   unsigned second) {
  assert(first < n_qubits_ && second < n_qubits_ && first != second);
  const Operation operation{
      .gate = Gate::kUnitary,
      .qubits = {first, second},
      .payload = std::make_shared<const Payload>(Payload{.numbers = {gate.begin(), gate.end()}})};
  apply(execution, operation, {});
}

template <class Real>
void BasicStateVector<Real>::apply(const Execution& execution, const Operation& operation,
                                   std::span<const double> parameters) {
  if constexpr (std::same_as<Real, double>) {
    if (n_qubits_ <= kFewQubits) {
      fresh_ = false;
      apply_plainly(operation, parameters, all());
      return;
    }
  }
  // One operation is not stopped half way.
  Execution whole = execution;
  whole.stop = {};
  [[maybe_unused]] const auto done = apply(whole, std::span(&operation, 1), parameters);
  assert(done.has_value());
}

template <class Real>
Result<void> BasicStateVector<Real>::apply(const Execution& execution,
                                           std::span<const Operation> operations,
                                           std::span<const double> parameters,
                                           const ApplyOptions& options) {
  const bool from_zero = std::exchange(fresh_, false);
  // std::complex is an array of two reals by the standard ([complex.numbers.general]).
  Execution quiet = execution;
  if (!options.report) quiet.progress = {};
  return run_blocked(quiet, operations, parameters, options.global_phase, n_qubits_, from_zero,
                     reinterpret_cast<Real*>(amplitudes_.data()));
}

template <class Real>
double BasicStateVector<Real>::probability_of_one(const Execution& execution,
                                                  unsigned qubit) const {
  assert(qubit < n_qubits_);
  const std::size_t bit = std::size_t{1} << qubit;
  return parallel_sum(execution, amplitudes().size() / 2, kChunkAmplitudes,
                      [&](std::size_t begin, std::size_t end) {
                        double sum = 0.0;
                        for (std::size_t i = begin; i < end; ++i) {
                          sum += norm_of(amplitudes_[insert_zero(i, qubit) | bit]);
                        }
                        return sum;
                      });
}

template <class Real>
void BasicStateVector<Real>::collapse(const Execution& execution, unsigned qubit, bool outcome,
                                      double probability) {
  assert(qubit < n_qubits_ && probability > 0.0);
  fresh_ = false;
  const auto amplitudes = all();
  const auto factor = static_cast<Real>(1.0 / std::sqrt(probability));
  parallel_for(execution, amplitudes.size(), kChunkAmplitudes,
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t x = begin; x < end; ++x) {
                   amplitudes[x] *= (x >> qubit & 1) == std::size_t{outcome} ? factor : Real{0};
                 }
               });
}

template <class Real>
void BasicStateVector<Real>::widen(unsigned n_more) {
  fresh_ = false;
  n_qubits_ += n_more;
  amplitudes_.resize(stored_amplitudes(n_qubits_));
}

template <class Real>
void BasicStateVector<Real>::cut_to(unsigned n_qubits) {
  n_qubits_ = n_qubits;
  amplitudes_.resize(stored_amplitudes(n_qubits));
  std::fill(amplitudes_.data() + (std::size_t{1} << n_qubits),
            amplitudes_.data() + amplitudes_.size(), std::complex<Real>{});
}

template <class Real>
void BasicStateVector<Real>::drop(const Execution& execution, unsigned qubit, bool outcome,
                                  double probability) {
  assert(qubit < n_qubits_ && n_qubits_ >= 2 && probability > 0.0);
  fresh_ = false;
  const auto a = all();
  const auto scale = static_cast<Real>(1.0 / std::sqrt(probability));
  const std::size_t half = a.size() / 2;
  const std::size_t bit = std::size_t{1} << qubit;
  if (bit == half) {
    const std::size_t from = outcome ? half : 0;
    parallel_for(execution, half, kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) a[i] = scale * a[from + i];
    });
  } else {
    // The last qubit's halves come to stand at 0 and 1 of the qubit: nothing else is read or
    // written of these four.
    const std::size_t kept = outcome ? bit : 0;
    parallel_for(execution, half / 2, kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t x = insert_zero(i, qubit);
        const std::complex<Real> low = a[x | kept];
        const std::complex<Real> high = a[x | kept | half];
        a[x] = scale * low;
        a[x | bit] = scale * high;
      }
    });
  }
  cut_to(n_qubits_ - 1);
}

template <class Real>
BasicStateVector<Real> BasicStateVector<Real>::split(const Execution& execution, unsigned qubit,
                                                     const std::array<double, 2>& probabilities) {
  assert(qubit < n_qubits_ && n_qubits_ >= 2 && probabilities[0] > 0.0 && probabilities[1] > 0.0);
  fresh_ = false;
  const auto a = all();
  const std::array<Real, 2> scale = {static_cast<Real>(1.0 / std::sqrt(probabilities[0])),
                                     static_cast<Real>(1.0 / std::sqrt(probabilities[1]))};
  const std::size_t half = a.size() / 2;
  const std::size_t bit = std::size_t{1} << qubit;
  if (bit == half) {
    parallel_for(execution, half, kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        a[i] *= scale[0];
        a[i | half] *= scale[1];
      }
    });
  } else {
    // The qubit and the last one change places, so that each outcome is a half.
    parallel_for(execution, half / 2, kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t x = insert_zero(i, qubit);
        const std::complex<Real> one = a[x | bit];
        a[x] *= scale[0];
        a[x | bit] = scale[0] * a[x | half];
        a[x | half] = scale[1] * one;
        a[x | bit | half] *= scale[1];
      }
    });
  }
  // From the end on, so that what has been copied goes back to the system piece by piece.
  BasicStateVector other(n_qubits_ - 1);
  for (std::size_t left = half; left > 0;) {
    const std::size_t piece = std::min(left, kMovedAmplitudes);
    left -= piece;
    std::copy_n(amplitudes_.data() + half + left, piece, other.amplitudes_.data() + left);
    if (left > 0) amplitudes_.resize(half + left);
  }
  cut_to(n_qubits_ - 1);
  return other;
}

template <class Real>
void BasicStateVector<Real>::exchange(const Execution& execution, unsigned first, unsigned second,
                                      double beta)
  requires std::same_as<Real, double>
{
  assert(first < n_qubits_ && second < n_qubits_ && first != second);
  fresh_ = false;
  const auto amplitudes = all();
  const auto [low, high] = std::minmax(first, second);
  const double c = std::cos(beta);
  const double s = std::sin(beta);
  // States that differ in bits below `low` alone are neighbours: runs of 2^low, cut to
  // kChunkAmplitudes.
  const std::size_t length = std::min(std::size_t{1} << low, kChunkAmplitudes);
  const std::size_t n_runs = amplitudes.size() / 4 / length;
  parallel_for(execution, n_runs, std::max<std::size_t>(1, kChunkAmplitudes / length),
               [&](std::size_t begin, std::size_t end) {
                 std::vector<RunPair> runs;
                 for (std::size_t r = begin; r < end; ++r) {
                   const std::size_t base = insert_zero(insert_zero(r * length, low), high);
                   runs.push_back({static_cast<std::uint32_t>(base | std::size_t{1} << low),
                                   static_cast<std::uint32_t>(base | std::size_t{1} << high)});
                 }
                 quantum::exchange(execution.instruction_set, amplitudes.data(),
                                   {static_cast<std::uint32_t>(length), runs}, c, s);
               });
}

template <class Real>
void BasicStateVector<Real>::multiply_phase(const Execution& execution,
                                            std::span<const double> cost, double angle)
  requires std::same_as<Real, double>
{
  const auto amplitudes = all();
  assert(cost.size() == amplitudes.size());
  fresh_ = false;
  parallel_for(execution, cost.size(), kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
    quantum::multiply_phase(execution.instruction_set, amplitudes.data() + begin,
                            cost.data() + begin, end - begin, angle);
  });
}

template <class Real>
double BasicStateVector<Real>::expectation(const Execution& execution,
                                           std::span<const double> cost) const
  requires std::same_as<Real, double>
{
  assert(cost.size() == amplitudes().size());
  return parallel_sum(
      execution, cost.size(), kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
        return diagonal_expectation(execution.instruction_set, amplitudes_.data() + begin,
                                    cost.data() + begin, end - begin);
      });
}

template <class Real>
double BasicStateVector<Real>::norm(const Execution& execution) const {
  return parallel_sum(execution, amplitudes().size(), kChunkAmplitudes,
                      [&](std::size_t begin, std::size_t end) {
                        double sum = 0.0;
                        for (std::size_t x = begin; x < end; ++x) sum += norm_of(amplitudes_[x]);
                        return sum;
                      });
}

template <class Real>
std::vector<double> BasicStateVector<Real>::probabilities() const {
  std::vector<double> result(amplitudes().size());
  for (std::size_t x = 0; x < result.size(); ++x) result[x] = norm_of(amplitudes_[x]);
  return result;
}

template class BasicStateVector<double>;
template class BasicStateVector<float>;

}  // namespace quanta::quantum
