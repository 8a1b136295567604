/// Exchanges exp(-i beta (XX + YY)/2) of qubits in a given order on the states of one weight: on
/// |01>, |10> the matrix [[cos beta, -i sin beta], [-i sin beta, cos beta]], identity on |00>,
/// |11>. Prepared once, applied often.
///
///   QUANTA_TRY(const ExchangeSequence ring, ExchangeSequence::create(space, pairs));
///   ring.apply(execution, std::span(amplitudes), beta);
///
/// Exchanges among the low 12 qubits are done together on one block after the other, in the
/// first-level cache; those among the high qubits on a few columns of all blocks of one weight, in
/// the second-level one, and there six neighbouring qubits at a time in the first; each between a
/// low and a high qubit goes through memory by itself. Exchanges that commute change their order
/// for that. Three or more a qubit: exchange_columns.h.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/simulator/exchange_columns.h"
#include "quantum/simulator/kernels.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {

class ExchangeSequence {
 public:
  /// Errors: kBadInput, field "pairs" (a qubit out of range, or twice in a pair).
  static Result<ExchangeSequence> create(WeightSubspace space, std::span<const QubitPair> pairs);

  const WeightSubspace& space() const { return space_; }

  /// All exchanges, in the order given. `before`, where there is one, is called first with ranges
  /// [begin, end) of positions, each position once, while the range is on its way into cache.
  /// Same bits for any number of threads.
  template <class Real>
  void apply(const Execution& execution, std::span<std::complex<Real>> amplitudes, double beta,
             const std::function<void(std::size_t, std::size_t)>& before = {}) const;

  struct Sums {
    double exchanges = 0.0;  ///< Im <phi| sum of (XX + YY)/2 |psi>, each at its place
    double after = 0.0;      ///< what `after` returned
  };
  /// Undoes them on both states; then `after`, on ranges as above.
  template <class Real>
  Sums undo(const Execution& execution, std::span<std::complex<Real>> psi,
            std::span<std::complex<Real>> phi, double beta,
            const std::function<double(std::size_t, std::size_t)>& after = {}) const;

 private:
  enum class Kind { kLow, kHigh, kCross };
  /// Runs of equal length, at [begin, begin + count) of the list's runs.
  struct Group {
    std::uint32_t length;
    std::uint32_t begin;
    std::uint32_t count;
  };
  struct RunList {
    std::vector<Group> groups;
    std::vector<RunPair> runs;

    RunGroup group(const Group& g) const {
      return {g.length, std::span(runs).subspan(g.begin, g.count)};
    }
  };
  struct Pass {
    Kind kind;
    std::vector<QubitPair> pairs;  // low qubit first
    /// Of low and cross passes: by the block's low weight, a list for each pair.
    std::vector<std::vector<RunList>> lists = {};
    /// Of high passes, where they are small: by low weight, offsets of blocks in the order in which
    /// they are exchanged.
    std::vector<std::vector<RunPair>> blocks = {};
  };
  /// Columns [begin, begin + length) of the blocks of a low weight.
  struct Tile {
    std::uint32_t weight;
    std::uint32_t begin;
    std::uint32_t length;
  };

  explicit ExchangeSequence(WeightSubspace space) : space_(std::move(space)) {}
  void schedule(QubitPair pair);
  void prepare(Pass& pass) const;
  std::size_t end_of(std::size_t b) const;
  std::vector<RunPair> block_pairs(std::span<const QubitPair> pairs, unsigned weight) const;
  template <class OnGroup, class Before, class After, class Fetch>
  double sweep(const Execution& execution, const Pass& pass, bool backward, const OnGroup& group,
               const Before& before, const After& after, const Fetch& fetch) const;

  WeightSubspace space_;
  std::size_t grain_ = 1;  // blocks in a parallel chunk
  std::vector<Tile> tiles_;
  std::vector<Pass> passes_;
  std::optional<ExchangeColumns> columns_;  // in place of all passes
};

}  // namespace quanta::quantum
