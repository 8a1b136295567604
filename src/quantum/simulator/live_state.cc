#include "quantum/simulator/live_state.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "quantum/simulator/observables.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;

/// The i-th index whose bit `at` has that value.
std::size_t with_bit(std::size_t i, unsigned at, bool value) {
  const std::size_t low = i & ((std::size_t{1} << at) - 1);
  return (i ^ low) << 1 | std::size_t{value} << at | low;
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
  return amplitudes_ ? amplitudes_->amplitudes().size() * sizeof(Amplitude) : 0;
}

std::size_t LiveState::bytes_to_flush() const {
  if (coming_.empty()) return bytes();
  const unsigned n = n_active_after_flush();
  return n > kMostActive ? ~std::size_t{0} : bytes() + (sizeof(Amplitude) << n);
}

Result<void> LiveState::flush(const Execution& execution) {
  if (!coming_.empty()) {
    for (const unsigned q : coming_) {
      at_[q] = static_cast<unsigned>(active_.size());
      active_.push_back(q);
    }
    const auto n_new = static_cast<unsigned>(coming_.size());
    coming_.clear();
    if (amplitudes_) {
      amplitudes_ = amplitudes_->widened(n_new);
    } else {
      QUANTA_TRY(amplitudes_, StateVector::zero(n_new, std::numeric_limits<std::size_t>::max()));
    }
  }
  for (Operation& operation : waiting_) {
    for (unsigned& q : operation.qubits) q = at_[q];
  }
  if (!waiting_.empty()) QUANTA_CHECK(amplitudes_->apply(execution, waiting_, {}));
  waiting_.clear();
  return {};
}

double LiveState::weight(unsigned qubit, bool value, const Execution& execution) const {
  const auto a = amplitudes_->amplitudes();
  return parallel_sum(execution, a.size() / 2, kGrain, [&](std::size_t begin, std::size_t end) {
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += std::norm(a[with_bit(i, at_[qubit], value)]);
    return sum;
  });
}

LiveState LiveState::projected(unsigned qubit, bool outcome, double weight,
                               const Execution& execution) const {
  LiveState half(n_qubits());
  half.definite_ = definite_;
  half.definite_.set(qubit, outcome);
  for (const unsigned q : active_) {
    if (q == qubit) continue;
    half.at_[q] = static_cast<unsigned>(half.active_.size());
    half.active_.push_back(q);
  }
  if (!half.active_.empty()) {
    half.amplitudes_ = amplitudes_->without(execution, at_[qubit], outcome, weight);
  }
  return half;
}

std::span<const Amplitude> LiveState::amplitudes() const {
  static constexpr Amplitude kOne = 1.0;
  return amplitudes_ ? amplitudes_->amplitudes() : std::span(&kOne, 1);
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
  return amplitudes_ ? amplitudes_->norm(execution) : 1.0;
}

std::vector<double> LiveState::marginals(const Execution& execution) const {
  std::vector<double> all(n_qubits());
  for (unsigned q = 0; q < n_qubits(); ++q) all[q] = definite_.value(q).value_or(false) ? 1.0 : 0.0;
  if (!amplitudes_) return all;
  const std::vector<double> live = quantum::marginals(*amplitudes_, execution);
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
  return amplitudes_ ? sign * quantum::expectation(*amplitudes_, live, execution) : sign;
}

std::vector<std::array<double, 3>> LiveState::bloch_vectors(const Execution& execution) const {
  std::vector<std::array<double, 3>> all(n_qubits());
  for (unsigned q = 0; q < n_qubits(); ++q) {
    all[q] = {0.0, 0.0, definite_.value(q).value_or(false) ? -1.0 : 1.0};
  }
  if (!amplitudes_) return all;
  const auto live = quantum::bloch_vectors(*amplitudes_, execution);
  for (std::size_t i = 0; i < active_.size(); ++i) all[active_[i]] = live[i];
  return all;
}

void add_density_matrix(const LiveState& state, double weight, std::span<Amplitude> matrix) {
  const auto a = state.amplitudes();
  const std::size_t size = std::size_t{1} << state.n_qubits();
  for (std::size_t i = 0; i < a.size(); ++i) {
    Amplitude* row = matrix.data() + state.basis_state(i) * size;
    for (std::size_t j = 0; j < a.size(); ++j) {
      row[state.basis_state(j)] += weight * a[i] * std::conj(a[j]);
    }
  }
}

}  // namespace quanta::quantum
