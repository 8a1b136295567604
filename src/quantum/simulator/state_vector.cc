#include "quantum/simulator/state_vector.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;
/// Amplitude positions are 32-bit in the exchange kernel.
constexpr unsigned kMaxQubits = 32;

/// `index` with a zero put in at bit `at`.
std::size_t insert_zero(std::size_t index, unsigned at) {
  const std::size_t low = index & ((std::size_t{1} << at) - 1);
  return (index ^ low) << 1 | low;
}

}  // namespace

Result<StateVector> StateVector::zero(unsigned n_qubits, std::size_t memory_limit) {
  if (n_qubits == 0) return bad_input("qubits", "a state needs at least one qubit");
  const auto bytes = [](unsigned n) {
    return std::ldexp(double{sizeof(Amplitude)}, static_cast<int>(n));
  };
  if (n_qubits > kMaxQubits || bytes(n_qubits) > static_cast<double>(memory_limit)) {
    unsigned most = 0;
    while (most < kMaxQubits && bytes(most + 1) <= static_cast<double>(memory_limit)) ++most;
    return fail(
        ErrorKind::kResource,
        fmt::format("{} qubits need {:.4g} MB; the limit of {:.4g} MB fits {} qubits", n_qubits,
                    bytes(n_qubits) / 1e6, static_cast<double>(memory_limit) / 1e6, most),
        "qubits");
  }
  std::vector<Amplitude> amplitudes(std::size_t{1} << n_qubits);
  amplitudes[0] = 1.0;
  return StateVector(n_qubits, std::move(amplitudes));
}

Result<StateVector> StateVector::from_amplitudes(std::vector<Amplitude> amplitudes) {
  if (amplitudes.size() < 2 || !std::has_single_bit(amplitudes.size()) ||
      amplitudes.size() > std::size_t{1} << kMaxQubits) {
    return bad_input("amplitudes", fmt::format("{} amplitudes: a power of two from 2 to 2^{} is "
                                               "needed",
                                               amplitudes.size(), kMaxQubits));
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
  const auto n_qubits = static_cast<unsigned>(std::countr_zero(amplitudes.size()));
  return StateVector(n_qubits, std::move(amplitudes));
}

void StateVector::apply(const Execution& execution, const Gate1& gate, unsigned qubit) {
  assert(qubit < n_qubits_);
  const std::size_t bit = std::size_t{1} << qubit;
  parallel_for(execution, amplitudes_.size() / 2, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Amplitude& zero = amplitudes_[insert_zero(i, qubit)];
      Amplitude& one = amplitudes_[insert_zero(i, qubit) | bit];
      const Amplitude old_zero = zero;
      const Amplitude old_one = one;
      zero = gate[0] * old_zero + gate[1] * old_one;
      one = gate[2] * old_zero + gate[3] * old_one;
    }
  });
}

void StateVector::apply(const Execution& execution, const Gate2& gate, unsigned first,
                        unsigned second) {
  assert(first < n_qubits_ && second < n_qubits_ && first != second);
  const auto [low, high] = std::minmax(first, second);
  const std::array<std::size_t, 4> offsets = {0, std::size_t{1} << first, std::size_t{1} << second,
                                              std::size_t{1} << first | std::size_t{1} << second};
  parallel_for(execution, amplitudes_.size() / 4, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t base = insert_zero(insert_zero(i, low), high);
      std::array<Amplitude, 4> old;
      for (std::size_t c = 0; c < 4; ++c) old[c] = amplitudes_[base | offsets[c]];
      for (std::size_t r = 0; r < 4; ++r) {
        Amplitude sum = 0.0;
        for (std::size_t c = 0; c < 4; ++c) sum += gate[4 * r + c] * old[c];
        amplitudes_[base | offsets[r]] = sum;
      }
    }
  });
}

void StateVector::apply(const Execution&, const Operation& operation,
                        std::span<const double> parameters) {
  apply_plainly(operation, parameters, amplitudes_);
}

Result<void> StateVector::apply(const Execution& execution, std::span<const Operation> operations,
                                std::span<const double> parameters) {
  // A defined gate is expanded by the circuit that holds it.
  for (const Operation& operation : operations) {
    if (execution.cancelled()) return cancelled_error();
    if (operation.gate != Gate::kDefined) {
      apply(execution, operation, parameters);
      continue;
    }
    Circuit one(n_qubits_);
    for (std::size_t p = 0; p < parameters.size(); ++p) (void)one.parameter(fmt::format("{}", p));
    Operation unconditional = operation;
    unconditional.condition.reset();
    QUANTA_CHECK(one.append(std::move(unconditional)));
    const Circuit expanded = one.expand();
    for (const Operation& inner : expanded.operations()) apply(execution, inner, parameters);
    const Amplitude phase = std::polar(1.0, expanded.global_phase().value(parameters));
    for (Amplitude& a : amplitudes_) a *= phase;
  }
  return {};
}

double StateVector::probability_of_one(const Execution& execution, unsigned qubit) const {
  assert(qubit < n_qubits_);
  const std::size_t bit = std::size_t{1} << qubit;
  return parallel_sum(execution, amplitudes_.size() / 2, kGrain,
                      [&](std::size_t begin, std::size_t end) {
                        double sum = 0.0;
                        for (std::size_t i = begin; i < end; ++i) {
                          sum += std::norm(amplitudes_[insert_zero(i, qubit) | bit]);
                        }
                        return sum;
                      });
}

void StateVector::collapse(const Execution& execution, unsigned qubit, bool outcome,
                           double probability) {
  assert(qubit < n_qubits_ && probability > 0.0);
  const double factor = 1.0 / std::sqrt(probability);
  parallel_for(execution, amplitudes_.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t x = begin; x < end; ++x) {
      amplitudes_[x] *= (x >> qubit & 1) == std::size_t{outcome} ? factor : 0.0;
    }
  });
}

void StateVector::exchange(const Execution& execution, unsigned first, unsigned second,
                           double beta) {
  assert(first < n_qubits_ && second < n_qubits_ && first != second);
  const auto [low, high] = std::minmax(first, second);
  const double c = std::cos(beta);
  const double s = std::sin(beta);
  // States that differ in bits below `low` alone are neighbours: runs of 2^low, cut to kGrain.
  const std::size_t length = std::min(std::size_t{1} << low, kGrain);
  const std::size_t n_runs = amplitudes_.size() / 4 / length;
  parallel_for(execution, n_runs, std::max<std::size_t>(1, kGrain / length),
               [&](std::size_t begin, std::size_t end) {
                 std::vector<RunPair> runs;
                 for (std::size_t r = begin; r < end; ++r) {
                   const std::size_t base = insert_zero(insert_zero(r * length, low), high);
                   runs.push_back({static_cast<std::uint32_t>(base | std::size_t{1} << low),
                                   static_cast<std::uint32_t>(base | std::size_t{1} << high)});
                 }
                 quantum::exchange(execution.instruction_set, amplitudes_.data(),
                                   {static_cast<std::uint32_t>(length), runs}, c, s);
               });
}

void StateVector::multiply_phase(const Execution& execution, std::span<const double> cost,
                                 double angle) {
  assert(cost.size() == amplitudes_.size());
  parallel_for(execution, cost.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    quantum::multiply_phase(execution.instruction_set, amplitudes_.data() + begin,
                            cost.data() + begin, end - begin, angle);
  });
}

double StateVector::expectation(const Execution& execution, std::span<const double> cost) const {
  assert(cost.size() == amplitudes_.size());
  return parallel_sum(execution, cost.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    return diagonal_expectation(execution.instruction_set, amplitudes_.data() + begin,
                                cost.data() + begin, end - begin);
  });
}

double StateVector::norm(const Execution& execution) const {
  return parallel_sum(execution, amplitudes_.size(), kGrain,
                      [&](std::size_t begin, std::size_t end) {
                        double sum = 0.0;
                        for (std::size_t x = begin; x < end; ++x) sum += std::norm(amplitudes_[x]);
                        return sum;
                      });
}

std::vector<double> StateVector::probabilities() const {
  std::vector<double> result(amplitudes_.size());
  for (std::size_t x = 0; x < result.size(); ++x) result[x] = std::norm(amplitudes_[x]);
  return result;
}

}  // namespace quanta::quantum
