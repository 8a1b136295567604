/// States of n qubits of which exactly k are one, stored as their C(n, k) amplitudes alone.
///
///   WeightSubspace space = WeightSubspace::create(20, 8, memory_limit).value();  // 125,970
///   std::vector<Amplitude> state = space.dicke_state();
///   std::vector<double> cost = space.quadratic_diagonal(execution, linear, quadratic, 0.0);
///
/// Order: basis states by rising value (qubit q = bit q), so rank(x) = sum_j C(p_j, j + 1) over the
/// set bits p_0 < p_1 < … of x (the combinatorial number system). In that order the partners of an
/// exchange lie in contiguous runs, and all states that share their bits above the lowest 12 form a
/// block of at most 924 amplitudes. Exchanges of qubits: exchange_sequence.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/gate.h"

namespace quanta::quantum {

/// Positions of qubits whose sums of binomials fit into 64 bits.
inline constexpr unsigned kMaxWeightQubits = 63;

/// C(n, k) for n <= 64, saturating at 2^64 - 1; 0 where k > n.
std::uint64_t binomial(unsigned n, unsigned k);

/// sum_j C(p_j, j + 1) over the set bits p_0 < p_1 < … of x: its position among the numbers of its
/// weight, all below 2^63.
std::uint64_t combinadic_rank(std::uint64_t x);

/// body(x) for each x of n_bits bits and the given weight, rising. n_bits <= 63.
template <class Body>
void for_each_of_weight(unsigned n_bits, unsigned weight, const Body& body) {
  const std::uint64_t count = binomial(n_bits, weight);
  std::uint64_t x = (std::uint64_t{1} << weight) - 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    body(x);
    if (x == 0) return;
    // The next larger number of the same weight (Gosper's hack).
    const std::uint64_t lowest = x & -x;
    const std::uint64_t ripple = x + lowest;
    x = ripple | (((x ^ ripple) >> 2) / lowest);
  }
}

using QubitPair = std::pair<unsigned, unsigned>;

/// Whether gates on the two act on a common qubit.
constexpr bool share_qubit(const QubitPair& a, const QubitPair& b) {
  return a.first == b.first || a.first == b.second || a.second == b.first || a.second == b.second;
}

class WeightSubspace {
 public:
  /// All states with the same bits above the lowest n_low().
  struct Block {
    std::uint64_t high = 0;    ///< those bits, in their place
    std::uint32_t offset = 0;  ///< rank of its first state
    std::uint32_t weight = 0;  ///< of the low bits, which take all values of it, rising
  };

  /// Errors: kBadInput, field "qubits" (0, or above 63) or "weight" (above n); kResource, field
  /// "qubits", where C(n, k) amplitudes of `bytes_per_amplitude` each (all states and tables of the
  /// caller together) exceed `memory_limit` bytes, or 2^31 amplitudes: says how much is needed and
  /// how many qubits of that weight would fit. Nothing is allocated before that. O(C(n, k)) at
  /// most.
  static Result<WeightSubspace> create(unsigned n_qubits, unsigned weight, std::size_t memory_limit,
                                       std::size_t bytes_per_amplitude = sizeof(Amplitude));

  unsigned n_qubits() const { return n_qubits_; }
  unsigned weight() const { return weight_; }
  std::size_t dimension() const { return dimension_; }
  unsigned n_low() const { return n_low_; }
  /// By rising offset; block b ends where the next begins.
  std::span<const Block> blocks() const { return blocks_; }

  /// Position of basis state x among those of its weight, which must be k. O(k).
  std::size_t rank(std::uint64_t x) const;
  /// The basis state at position r < dimension(). O(log).
  std::uint64_t state(std::size_t r) const;

  /// All C(n, k) basis states with the same amplitude.
  std::vector<Amplitude> dicke_state() const;

  /// cost[r] = sum_i linear[i] x_i + sum_{i<j} quadratic[i n + j] x_i x_j + constant for the state
  /// of rank r. linear: n; quadratic: n x n by rows, only i < j is read.
  std::vector<double> quadratic_diagonal(const Execution& execution, std::span<const double> linear,
                                         std::span<const double> quadratic, double constant) const;

 private:
  unsigned n_qubits_ = 0;
  unsigned weight_ = 0;
  unsigned n_low_ = 0;
  std::size_t dimension_ = 0;
  std::vector<Block> blocks_;                           // by rising offset
  std::vector<std::vector<std::uint32_t>> low_states_;  // [weight]: low bits, rising
  std::vector<std::uint32_t> low_rank_;                 // [low bits]: rank among their weight
};

}  // namespace quanta::quantum
