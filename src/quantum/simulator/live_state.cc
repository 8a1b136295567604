#include "quantum/simulator/live_state.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "quantum/simulator/bits.h"
#include "quantum/simulator/observables.h"

namespace quanta::quantum {
namespace {

/// The i-th index whose bit `at` has that value.
std::size_t with_bit(std::size_t i, unsigned at, bool value) {
  const std::size_t low = i & ((std::size_t{1} << at) - 1);
  return (i ^ low) << 1 | std::size_t{value} << at | low;
}

std::size_t amplitude_bytes(Precision precision) {
  return precision == Precision::kDouble ? sizeof(Amplitude) : sizeof(std::complex<float>);
}

/// body(state vector) where there is one, else `none`.
template <class Amplitudes, class Value, class Body>
Value read(const Amplitudes& amplitudes, Value none, const Body& body) {
  return std::visit(
      [&]<class State>(const State& state) -> Value {
        if constexpr (std::is_same_v<State, std::monostate>) {
          return std::move(none);
        } else {
          return body(state);
        }
      },
      amplitudes);
}

/// body(state vector), which there is.
template <class Amplitudes, class Body>
void write(Amplitudes& amplitudes, const Body& body) {
  std::visit(
      [&]<class State>(State& state) {
        if constexpr (!std::is_same_v<State, std::monostate>) body(state);
      },
      amplitudes);
}

}  // namespace

void LiveState::add(const Operation& gate) {
  Operation kept = gate;
  std::vector<std::pair<unsigned, bool>> before;
  for (const unsigned q : gate.qubits) {
    if (const auto value = definite_.value(q)) before.emplace_back(q, *value);
  }
  if (definite_.absorb(kept)) return;
  for (const auto& [q, value] : before) {
    if (definite_.value(q)) continue;  // a control that was known to hold
    coming_.push_back(q);
    if (value) waiting_.push_back({.gate = Gate::kX, .qubits = {q}});
  }
  waiting_.push_back(std::move(kept));
}

std::size_t LiveState::bytes() const {
  return active_.empty() ? 0 : amplitude_bytes(precision_) << active_.size();
}

std::size_t LiveState::bytes_to_flush() const {
  if (coming_.empty()) return bytes();
  const unsigned n = n_active_after_flush();
  return n > kMostActive ? ~std::size_t{0} : amplitude_bytes(precision_) << n;
}

Result<void> LiveState::flush(const Execution& execution) {
  if (!coming_.empty()) {
    for (const unsigned q : coming_) {
      at_[q] = static_cast<unsigned>(active_.size());
      active_.push_back(q);
    }
    const auto n_new = static_cast<unsigned>(coming_.size());
    coming_.clear();
    constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
    if (active_.size() > n_new) {
      write(amplitudes_, [&](auto& state) { state.widen(n_new); });
    } else if (precision_ == Precision::kDouble) {
      QUANTA_TRY(amplitudes_, StateVector::zero(n_new, kNoLimit));
    } else {
      QUANTA_TRY(amplitudes_, StateVectorSingle::zero(n_new, kNoLimit));
    }
  }
  for (Operation& operation : waiting_) {
    for (unsigned& q : operation.qubits) q = at_[q];
  }
  Result<void> done;
  if (!waiting_.empty()) {
    write(amplitudes_, [&](auto& state) { done = state.apply(execution, waiting_, {}); });
  }
  waiting_.clear();
  return done;
}

double LiveState::weight(unsigned qubit, bool value, const Execution& execution) const {
  return read(amplitudes_, 0.0, [&](const auto& state) {
    const auto a = state.amplitudes();
    return parallel_sum(execution, a.size() / 2, kChunkAmplitudes,
                        [&](std::size_t begin, std::size_t end) {
                          double sum = 0.0;
                          for (std::size_t i = begin; i < end; ++i) {
                            sum += std::norm(Amplitude(a[with_bit(i, at_[qubit], value)]));
                          }
                          return sum;
                        });
  });
}

void LiveState::remove(unsigned qubit, bool outcome) {
  definite_.set(qubit, outcome);
  const unsigned last = active_.back();
  at_[last] = at_[qubit];
  active_[at_[qubit]] = last;
  active_.pop_back();
  if (active_.empty()) amplitudes_ = std::monostate();
}

void LiveState::project(unsigned qubit, bool outcome, double weight, const Execution& execution) {
  if (active_.size() > 1) {
    write(amplitudes_, [&](auto& state) { state.drop(execution, at_[qubit], outcome, weight); });
  }
  remove(qubit, outcome);
}

LiveState LiveState::split(unsigned qubit, const std::array<double, 2>& weights,
                           const Execution& execution) {
  LiveState other(n_qubits(), precision_);
  other.definite_ = definite_;
  other.at_ = at_;
  other.active_ = active_;
  if (active_.size() > 1) {
    write(amplitudes_,
          [&](auto& state) { other.amplitudes_ = state.split(execution, at_[qubit], weights); });
  }
  remove(qubit, false);
  other.remove(qubit, true);
  return other;
}

Amplitude LiveState::amplitude(std::size_t position) const {
  return read(amplitudes_, Amplitude(1.0),
              [&](const auto& state) { return Amplitude(state.amplitudes()[position]); });
}

void LiveState::probabilities(std::size_t begin, std::span<double> out) const {
  std::visit(
      [&]<class State>(const State& state) {
        for (std::size_t i = 0; i < out.size(); ++i) {
          if constexpr (std::is_same_v<State, std::monostate>) {
            out[i] = 1.0;
          } else {
            out[i] = std::norm(Amplitude(state.amplitudes()[begin + i]));
          }
        }
      },
      amplitudes_);
}

std::uint64_t LiveState::basis_state(std::size_t position) const {
  std::uint64_t x = 0;
  for (unsigned q = 0; q < std::min(64U, n_qubits()); ++q) {
    const auto value = definite_.value(q);
    const bool one = value ? *value : (position >> at_[q] & 1) != 0;
    x |= std::uint64_t{one} << q;
  }
  return x;
}

double LiveState::norm(const Execution& execution) const {
  return read(amplitudes_, 1.0, [&](const auto& state) { return state.norm(execution); });
}

std::vector<double> LiveState::marginals(const Execution& execution) const {
  std::vector<double> all(n_qubits());
  for (unsigned q = 0; q < n_qubits(); ++q) all[q] = definite_.value(q).value_or(false) ? 1.0 : 0.0;
  const auto live = read(amplitudes_, std::vector<double>(),
                         [&](const auto& state) { return quantum::marginals(state, execution); });
  for (std::size_t i = 0; i < active_.size(); ++i) all[active_[i]] = live[i];
  return all;
}

double LiveState::expectation(const PauliString& string, const Execution& execution) const {
  PauliString live;
  double sign = 1.0;
  for (unsigned q = 0; q < std::min(64U, n_qubits()); ++q) {
    const bool x = (string.x >> q & 1) != 0;
    const bool z = (string.z >> q & 1) != 0;
    if (const auto value = definite_.value(q)) {
      if (x) return 0.0;
      if (z && *value) sign = -sign;
    } else {
      live.x |= std::uint64_t{x} << at_[q];
      live.z |= std::uint64_t{z} << at_[q];
    }
  }
  return sign * read(amplitudes_, 1.0, [&](const auto& state) {
           return quantum::expectation(state, live, execution);
         });
}

std::vector<std::array<double, 3>> LiveState::bloch_vectors(const Execution& execution) const {
  std::vector<std::array<double, 3>> all(n_qubits());
  for (unsigned q = 0; q < n_qubits(); ++q) {
    all[q] = {0.0, 0.0, definite_.value(q).value_or(false) ? -1.0 : 1.0};
  }
  const auto live = read(amplitudes_, std::vector<std::array<double, 3>>(), [&](const auto& state) {
    return quantum::bloch_vectors(state, execution);
  });
  for (std::size_t i = 0; i < active_.size(); ++i) all[active_[i]] = live[i];
  return all;
}

void add_density_matrix(const LiveState& state, double weight, std::span<Amplitude> matrix) {
  const std::size_t size = std::size_t{1} << state.n_qubits();
  for (std::size_t i = 0; i < state.size(); ++i) {
    Amplitude* row = matrix.data() + state.basis_state(i) * size;
    for (std::size_t j = 0; j < state.size(); ++j) {
      row[state.basis_state(j)] += weight * state.amplitude(i) * std::conj(state.amplitude(j));
    }
  }
}

}  // namespace quanta::quantum
