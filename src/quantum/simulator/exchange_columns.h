/// Many exchanges on the states of one weight, in first-level cache and in whole vector registers
/// whatever their qubits. Inner part of exchange_sequence.
///
/// The qubits are cut into four parts. Exchanges within two of them, P and Q, mix the states that
/// agree on the other two: for given weights of those, the amplitudes are a table with a row for
/// each state of P and Q and a column for each of the others. Eight columns at a time are copied
/// out, all exchanges of P and Q mix their rows, and they are copied back. Positions come from
/// sums of combinadic ranks, one term a part.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "quantum/simulator/kernels.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {

class ExchangeColumns {
 public:
  /// Whether so many exchanges outweigh the copying. It takes 8 to 32 qubits.
  static bool worthwhile(const WeightSubspace& space, std::size_t n_pairs);

  /// Pairs of different qubits of the space, in their order.
  ExchangeColumns(const WeightSubspace& space, std::span<const QubitPair> pairs);

  // As those of ExchangeSequence, with c = cos beta and s = sin beta.
  template <class Real>
  void apply(const Execution& execution, std::span<std::complex<Real>> amplitudes, double c,
             double s) const;
  template <class Real>
  double undo(const Execution& execution, std::span<std::complex<Real>> psi,
              std::span<std::complex<Real>> phi, double c, double s) const;

 private:
  static constexpr unsigned kParts = 4;
  /// Columns that are mixed at a time: one vector register in single precision, two in double.
  static constexpr std::uint32_t kColumns = 8;
  using Weights = std::array<unsigned, kParts>;
  using ColumnPlaces = std::array<std::uint32_t, kColumns>;

  struct Part {
    unsigned begin = 0;
    unsigned n_qubits = 0;
    std::vector<std::vector<std::uint32_t>> of_weight = {};  // its states, rising
    /// [ones in lower parts][state]: its term of the rank.
    std::vector<std::uint32_t> ranks = {};
  };
  /// Columns first … first + count - 1 of those with given weights of both other parts.
  struct Tile {
    std::array<unsigned, 2> weights;
    std::uint32_t first;
    std::uint32_t count;
  };
  struct Pass {
    std::array<unsigned, 2> mixed;      // P < Q
    std::array<unsigned, 2> others;     // rising
    std::vector<QubitPair> pairs = {};  // of the space
    std::vector<Tile> tiles = {};
    /// [weight of P and Q][pair]: where the rows begin that it mixes.
    std::vector<std::vector<std::vector<RunPair>>> rows = {};
  };

  class Places;

  unsigned part_of(unsigned qubit) const;
  void schedule(QubitPair pair);
  void prepare(Pass& pass) const;
  std::span<const std::uint32_t> term(unsigned part, const Weights& weights) const;
  template <class Real, std::size_t States, class Body>
  double for_tiles(const Execution& execution, const Pass& pass, const Body& body) const;

  std::size_t dimension_;
  unsigned weight_;
  std::array<Part, kParts> parts_;
  std::vector<Pass> passes_;
};

}  // namespace quanta::quantum
