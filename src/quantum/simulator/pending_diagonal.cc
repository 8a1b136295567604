#include "quantum/simulator/pending_diagonal.h"

#include <bit>
#include <cassert>
#include <cmath>

#include "core/constants.h"
#include "quantum/simulator/bits.h"

namespace quanta::quantum {
namespace {

unsigned lowest(std::uint64_t mask) { return static_cast<unsigned>(std::countr_zero(mask)); }

/// `angle` as a multiple of `unit`, where it is one but for rounding.
bool is_multiple(double angle, double unit, long& multiple) {
  const double ratio = angle / unit;
  const double nearest = std::nearbyint(ratio);
  multiple = std::lrint(nearest);
  return std::abs(ratio - nearest) <= 1e-15 * (1 + std::abs(ratio));
}

}  // namespace

PendingDiagonal::PendingDiagonal(unsigned n_qubits)
    : quarters_(n_qubits),
      signs_(n_qubits),
      angles_(n_qubits),
      pairs_(std::size_t{n_qubits} * n_qubits),
      partners_(n_qubits) {}

void PendingDiagonal::multiply(std::uint64_t mask, double angle) {
  assert(std::popcount(mask) == 1 || std::popcount(mask) == 2);
  const unsigned a = lowest(mask);
  long multiple = 0;
  if (std::has_single_bit(mask)) {
    const double sum = std::remainder(angles_[a] + angle, 2 * kPi);
    if (is_multiple(sum, kPi / 2, multiple)) {
      quarters_[a] = (quarters_[a] + static_cast<unsigned>(multiple & 3)) & 3;
      angles_[a] = 0.0;
    } else {
      angles_[a] = sum;
    }
    return;
  }
  const unsigned b = lowest(mask & (mask - 1));
  double sum = std::remainder(pair(a, b) + angle, 2 * kPi);
  if (is_multiple(sum, kPi, multiple)) {
    if ((multiple & 1) != 0) {
      signs_[a] ^= bit(b);
      signs_[b] ^= bit(a);
    }
    sum = 0.0;
  }
  pair(a, b) = pair(b, a) = sum;
  if (sum == 0.0) {
    partners_[a] &= ~bit(b);
    partners_[b] &= ~bit(a);
  } else {
    partners_[a] |= bit(b);
    partners_[b] |= bit(a);
  }
}

PendingDiagonal::Pauli PendingDiagonal::conjugated(std::uint64_t x, std::uint64_t z) const {
  // P|y> = i^g (-1)^{|y & z|} |y ^ x> with g = |x & z|, so P(w, w ^ x) = i^g (-1)^{|w & z| + g}.
  const auto g = static_cast<unsigned>(std::popcount(x & z));
  Pauli result{.z = z, .quarters = 3 * g};
  // D(w ^ x) / D(w): a quarter turn s on a qubit of x gives i^s (-1)^{s w_q}, a sign on a pair with
  // one qubit in x (-1)^{w_other}, with both (-1)^{w_a + w_b + 1}.
  std::uint64_t inner_pairs = 0;
  for (std::uint64_t rest = x; rest != 0; rest &= rest - 1) {
    const unsigned q = lowest(rest);
    result.quarters += quarters_[q];
    if ((quarters_[q] & 1) != 0) result.z ^= bit(q);
    result.z ^= signs_[q];
    inner_pairs += static_cast<std::uint64_t>(std::popcount(signs_[q] & x));
  }
  result.quarters = (result.quarters + static_cast<unsigned>(inner_pairs)) & 3;  // 2 for each pair
  return result;
}

PendingDiagonal::Phase PendingDiagonal::take_phase(unsigned qubit) {
  Phase phase{.angle = std::exchange(angles_[qubit], 0.0), .others = {}};
  for (std::uint64_t rest = std::exchange(partners_[qubit], 0); rest != 0; rest &= rest - 1) {
    const unsigned other = lowest(rest);
    phase.others.push_back({other, pair(qubit, other)});
    pair(qubit, other) = pair(other, qubit) = 0.0;
    partners_[other] &= ~bit(qubit);
  }
  return phase;
}

PendingDiagonal::Everything PendingDiagonal::take(std::uint64_t mask) {
  Everything result;
  for (unsigned q = 0; q < angles_.size(); ++q) {
    if ((mask >> q & 1) == 0) continue;
    const Phase phase = take_phase(q);
    const double single = phase.angle + kPi / 2 * std::exchange(quarters_[q], 0);
    if (single != 0.0) result.singles.push_back({q, single});
    for (const QubitAngle& other : phase.others) {
      result.pairs.push_back({q, other.qubit, other.angle});
    }
    for (std::uint64_t rest = std::exchange(signs_[q], 0); rest != 0; rest &= rest - 1) {
      const unsigned other = lowest(rest);
      signs_[other] &= ~bit(q);
      result.pairs.push_back({q, other, kPi});
    }
  }
  return result;
}

bool PendingDiagonal::involves(std::uint64_t mask) const {
  for (unsigned q = 0; q < angles_.size(); ++q) {
    if ((mask >> q & 1) != 0 &&
        (quarters_[q] != 0 || signs_[q] != 0 || angles_[q] != 0.0 || partners_[q] != 0)) {
      return true;
    }
  }
  return false;
}

}  // namespace quanta::quantum
