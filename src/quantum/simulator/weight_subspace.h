/// States of n qubits of which exactly k are one, stored as their C(n, k) amplitudes alone.
///
///   WeightSubspace space = WeightSubspace::create(20, 8, memory_limit).value();  // 125,970
///   std::vector<Amplitude> state = space.dicke_state();
///   ExchangeRound round = space.exchange_round({{{0, 1}, {2, 3}}}).value();
///   space.exchange(execution, state, round, beta);
///
/// Order: basis states by rising value (qubit q = bit q), so rank(x) = sum_j C(p_j, j + 1) over the
/// set bits p_0 < p_1 < … of x (the combinatorial number system). In that order the partners of an
/// exchange lie in contiguous runs, and all states that share their bits above the lowest 12 form a
/// block of at most 924 amplitudes, which stays in the first-level cache while every exchange
/// between its qubits is applied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/simulator/kernels.h"

namespace quanta::quantum {

/// C(n, k) for n <= 64, saturating at 2^64 - 1; 0 where k > n.
std::uint64_t binomial(unsigned n, unsigned k);

using QubitPair = std::pair<unsigned, unsigned>;

/// Exchanges on disjoint pairs of qubits, prepared once and applied often. Made by
/// WeightSubspace::exchange_round, valid for spaces of the same n and k.
class ExchangeRound {
 private:
  friend class WeightSubspace;
  /// Runs of equal length, at [begin, begin + count) of the gate's runs.
  struct Group {
    std::uint32_t length;
    std::uint32_t begin;
    std::uint32_t count;
  };
  struct Gate {
    std::vector<Group> groups;
    std::vector<RunPair> runs;

    RunGroup group(std::size_t g) const {
      return {groups[g].length, std::span(runs).subspan(groups[g].begin, groups[g].count)};
    }
  };
  std::vector<std::vector<Gate>> low_;  // [weight of the low bits][gate], relative to the block
  std::vector<Gate> whole_;  // gates that leave the blocks, in groups of at most kPieceLength pairs
};

class WeightSubspace {
 public:
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

  /// Errors: kBadInput, field "pairs" (a qubit out of range, or used twice).
  Result<ExchangeRound> exchange_round(std::span<const QubitPair> pairs) const;

  /// Applies exp(-i beta (XX + YY)/2) on each pair of the round: on |01>, |10> the matrix
  /// [[cos beta, -i sin beta], [-i sin beta, cos beta]], identity on |00>, |11>.
  /// Same bits for any number of threads.
  void exchange(const Execution& execution, std::span<Amplitude> amplitudes,
                const ExchangeRound& round, double beta) const;

  /// Undoes the round on psi and phi and returns Im <phi| sum of (XX + YY)/2 over its pairs |psi>.
  double exchange_back(const Execution& execution, std::span<Amplitude> psi,
                       std::span<Amplitude> phi, const ExchangeRound& round, double beta) const;

 private:
  struct Block {
    std::uint64_t high;    // the bits above the low ones, shifted into place
    std::uint32_t offset;  // rank of its first state
    std::uint32_t weight;  // of the low bits
  };

  unsigned n_qubits_ = 0;
  unsigned weight_ = 0;
  unsigned n_low_ = 0;
  std::size_t dimension_ = 0;
  std::vector<Block> blocks_;                           // by rising offset
  std::vector<std::vector<std::uint32_t>> low_states_;  // [weight]: low bits, rising
  std::vector<std::uint32_t> low_rank_;                 // [low bits]: rank among their weight
};

}  // namespace quanta::quantum
