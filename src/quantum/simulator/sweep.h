/// One sweep over a state: what is done to each block of amplitudes, and where the block's qubits
/// lie before and after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "quantum/circuit/gate.h"
#include "quantum/simulator/amplitude_array.h"
#include "quantum/simulator/block_kernels.h"

namespace quanta::quantum {

/// A bit of a number and an angle where it is set.
struct BitAngle {
  unsigned bit = 0;
  double angle = 0.0;
};

/// A step of a tile program before it is bound to a block, whose number's bits it may depend on.
template <class Real>
struct PlannedStep {
  TileStep<Real> step = {};      ///< table and outer are set for each block
  std::size_t table = 0;         ///< where the table begins in Sweep::tables
  std::uint64_t block_sign = 0;  ///< turns: an odd number of these block bits changes the sign
  bool outer = false;            ///< phases: whether there is a factor by vector and block bits
  std::optional<std::size_t> reading = {};  ///< in Sweep::readings
  std::vector<BitAngle> vector_angles = {};
  std::vector<BitAngle> block_angles = {};
};

/// e^{i (angle + the angles of all bits and pairs of bits that are set)}.
struct PlannedDiagonal {
  bool has_table = false;
  std::size_t table = 0;  ///< DiagonalStep::pairs: a number for each amplitude of the block
  double angle = 0.0;
  std::vector<BitAngle> local = {};                             ///< bits in the block
  std::vector<BitAngle> block = {};                             ///< bits of the block's number
  std::vector<std::pair<unsigned, BitAngle>> local_block = {};  ///< a local and a block bit
  std::vector<std::pair<unsigned, BitAngle>> block_block = {};
};

template <class Real>
struct BlockOperation {
  enum class Kind : std::uint8_t { kTiles, kMatrix, kPauli, kDiagonal, kReading };
  Kind kind = Kind::kTiles;
  unsigned registers[4] = {};  // NOLINT(*-c-arrays): handed to a kernel
  std::size_t first_step = 0;  ///< kTiles: in Sweep::steps
  std::size_t n_steps = 0;
  std::size_t table = 0;  ///< kMatrix, kPauli, kReading: in Sweep::tables
  MatrixStep<Real> matrix = {};
  PauliStep<Real> pauli = {};
  ReadingStep<Real> reading = {};
  std::uint64_t block_mask = 0;  ///< kMatrix, kReading: blocks with these bits equal to block_value
  std::uint64_t block_value = 0;
  std::uint64_t block_sign = 0;    ///< kPauli, kReading: as in PlannedStep
  std::size_t reading_number = 0;  ///< kReading: in Sweep::readings
  PlannedDiagonal diagonal = {};
};

/// ElementList::readings[index] is `factor` times a sum over all blocks.
struct PlannedReading {
  std::size_t index = 0;
  double factor = 1.0;
};

template <class Real>
struct Sweep {
  std::vector<unsigned> from = {};   ///< position in the state's index of each local bit
  std::vector<unsigned> to = {};     ///< the same when the block is written back
  std::vector<unsigned> outer = {};  ///< position of each bit of the block's number
  std::uint64_t zero_blocks = 0;     ///< blocks with one of these bits are zero and stay so
  std::vector<BlockOperation<Real>> operations = {};
  std::vector<PlannedStep<Real>> steps = {};
  AlignedVector<Real> tables = {};
  std::vector<PlannedReading> readings = {};
  Amplitude factor = 1.0;   ///< of all amplitudes, when they are written back
  bool writes_back = true;  ///< whether they are
};

/// Does the sweep to the 2^(from.size() + outer.size()) amplitudes of a state. Returns its readings
/// in their order; the same bits for any number of threads.
template <class Real>
std::vector<double> run_sweep(const Execution& execution, const Sweep<Real>& sweep,
                              const BlockKernels<Real>& kernels, Real* state);

}  // namespace quanta::quantum
