#include "quantum/simulator/live_state.h"

#include <algorithm>
#include <cmath>
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

/// Controls in a definite state decide whether the gate acts at all; an X on one flips it.
bool LiveState::absorbed(Operation& gate) {
  unsigned j = 0;
  while (j < gate.n_controls) {
    const unsigned q = gate.qubits[j];
    const bool wanted = (gate.control_state >> j & 1) != 0;
    if (at_[q] != kDefinite) {
      ++j;
      continue;
    }
    if (value_[q] != wanted) return true;
    gate.qubits.erase(gate.qubits.begin() + j);
    const std::uint64_t below = (std::uint64_t{1} << j) - 1;
    gate.control_state = (gate.control_state & below) | (gate.control_state >> 1 & ~below);
    --gate.n_controls;
  }
  const unsigned q = gate.qubits[0];
  if (gate.gate != Gate::kX || gate.n_controls > 0 || at_[q] != kDefinite) return false;
  value_[q] = !value_[q];
  return true;
}

void LiveState::add(const Operation& gate) {
  if (gate.gate == Gate::kBarrier) return;
  Operation kept = gate;
  if (absorbed(kept)) return;
  for (const unsigned q : kept.qubits) {
    if (at_[q] != kDefinite) continue;
    at_[q] = kComing;
    coming_.push_back(q);
  }
  waiting_.push_back(std::move(kept));
}

unsigned LiveState::n_active_after_flush() const {
  return static_cast<unsigned>(active_.size() + coming_.size());
}

std::size_t LiveState::bytes() const {
  return amplitudes_ ? amplitudes_->amplitudes().size() * sizeof(Amplitude) : 0;
}

std::size_t LiveState::bytes_to_flush() const {
  if (coming_.empty()) return bytes();
  const unsigned n = n_active_after_flush();
  return n >= 58 ? ~std::size_t{0} : bytes() + (sizeof(Amplitude) << n);
}

Result<void> LiveState::activate() {
  if (coming_.empty()) return {};
  std::size_t offset = 0;
  const std::size_t n_before = active_.size();
  for (const unsigned q : coming_) {
    at_[q] = static_cast<unsigned>(active_.size());
    offset |= std::size_t{value_[q]} << at_[q];
    active_.push_back(q);
  }
  coming_.clear();
  std::vector<Amplitude> wider(std::size_t{1} << active_.size());
  if (n_before == 0) {
    wider[offset] = 1.0;
  } else {
    std::ranges::copy(amplitudes_->amplitudes(),
                      wider.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  QUANTA_TRY(amplitudes_, StateVector::from_amplitudes(std::move(wider)));
  return {};
}

Result<void> LiveState::flush(const Execution& execution) {
  QUANTA_CHECK(activate());
  for (Operation& operation : waiting_) {
    for (unsigned& q : operation.qubits) q = at_[q];
  }
  if (amplitudes_) QUANTA_CHECK(amplitudes_->apply(execution, waiting_, {}));
  waiting_.clear();
  return {};
}

std::optional<bool> LiveState::definite(unsigned qubit) const {
  if (at_[qubit] != kDefinite) return std::nullopt;
  return value_[qubit];
}

double LiveState::weight(unsigned qubit, bool value, const Execution& execution) const {
  const auto a = amplitudes_->amplitudes();
  return parallel_sum(execution, a.size() / 2, kGrain, [&](std::size_t begin, std::size_t end) {
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += std::norm(a[with_bit(i, at_[qubit], value)]);
    return sum;
  });
}

Result<LiveState> LiveState::projected(unsigned qubit, bool outcome, double weight,
                                       const Execution& execution) const {
  const unsigned position = at_[qubit];
  LiveState half(static_cast<unsigned>(at_.size()));
  half.at_ = at_;
  half.value_ = value_;
  half.value_[qubit] = outcome;
  half.at_[qubit] = kDefinite;
  for (const unsigned q : active_) {
    if (q == qubit) continue;
    half.at_[q] = static_cast<unsigned>(half.active_.size());
    half.active_.push_back(q);
  }
  if (half.active_.empty()) return half;
  const auto a = amplitudes_->amplitudes();
  std::vector<Amplitude> kept(a.size() / 2);
  const double scale = 1.0 / std::sqrt(weight);
  parallel_for(execution, kept.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) kept[i] = scale * a[with_bit(i, position, outcome)];
  });
  QUANTA_TRY(half.amplitudes_, StateVector::from_amplitudes(std::move(kept)));
  return half;
}

double LiveState::norm(const Execution& execution) const {
  return amplitudes_ ? amplitudes_->norm(execution) : 1.0;
}

std::vector<double> LiveState::marginals(const Execution& execution) const {
  std::vector<double> all(at_.size());
  for (std::size_t q = 0; q < all.size(); ++q) all[q] = value_[q] ? 1.0 : 0.0;
  if (!amplitudes_) return all;
  const std::vector<double> live = quantum::marginals(*amplitudes_, execution);
  for (std::size_t i = 0; i < active_.size(); ++i) all[active_[i]] = live[i];
  return all;
}

double LiveState::expectation(const PauliString& string, const Execution& execution) const {
  PauliString live;
  double sign = 1.0;
  for (unsigned q = 0; q < std::min<std::size_t>(64, at_.size()); ++q) {
    const bool x = (string.x >> q & 1) != 0;
    const bool z = (string.z >> q & 1) != 0;
    if (at_[q] != kDefinite) {
      live.x |= std::uint64_t{x} << at_[q];
      live.z |= std::uint64_t{z} << at_[q];
    } else {
      if (x) return 0.0;
      if (z && value_[q]) sign = -sign;
    }
  }
  return amplitudes_ ? sign * quantum::expectation(*amplitudes_, live, execution) : sign;
}

std::vector<std::array<double, 3>> LiveState::bloch_vectors(const Execution& execution) const {
  std::vector<std::array<double, 3>> all(at_.size());
  for (std::size_t q = 0; q < all.size(); ++q) all[q] = {0.0, 0.0, value_[q] ? -1.0 : 1.0};
  if (!amplitudes_) return all;
  const auto live = quantum::bloch_vectors(*amplitudes_, execution);
  for (std::size_t i = 0; i < active_.size(); ++i) all[active_[i]] = live[i];
  return all;
}

std::vector<Amplitude> LiveState::all_amplitudes() const {
  std::size_t fixed = 0;
  for (std::size_t q = 0; q < at_.size(); ++q) {
    if (at_[q] == kDefinite) fixed |= std::size_t{value_[q]} << q;
  }
  std::vector<Amplitude> all(std::size_t{1} << at_.size());
  if (!amplitudes_) {
    all[fixed] = 1.0;
    return all;
  }
  const auto a = amplitudes_->amplitudes();
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t x = fixed;
    for (std::size_t p = 0; p < active_.size(); ++p) x |= (i >> p & 1) << active_[p];
    all[x] = a[i];
  }
  return all;
}

}  // namespace quanta::quantum
