#include "quantum/simulator/sweep.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <mutex>

#include "quantum/simulator/bits.h"

namespace quanta::quantum {
namespace {

/// result[x] = base times the factors e^{i angle} of the bits of x, one angle for each bit.
std::vector<Amplitude> products(Amplitude base, std::span<const double> angles) {
  std::vector<Amplitude> result = {base};
  result.reserve(std::size_t{1} << angles.size());
  for (const double angle : angles) {
    const Amplitude factor = std::polar(1.0, angle);
    const std::size_t n = result.size();
    for (std::size_t x = 0; x < n; ++x) result.push_back(result[x] * factor);
  }
  return result;
}

template <class Real>
void write(const Amplitude& value, Real*& to) {
  *to++ = static_cast<Real>(value.real());
  *to++ = static_cast<Real>(value.imag());
}

constexpr unsigned kLowBits = std::countr_zero(kPadding);

/// A block, the steps as they are for it, and the factors that depend on it.
template <class Real>
class Workspace {
 public:
  Workspace(const Sweep<Real>& sweep, const BlockKernels<Real>& kernels)
      : sweep_(sweep),
        kernels_(kernels),
        n_vectors_(std::size_t{1} << (sweep.from.size() - kernels.lane_bits)),
        vector_bits_(static_cast<unsigned>(sweep.from.size()) - kernels.lane_bits),
        block_(block_size(n_vectors_, kernels.lanes())),
        steps_(sweep.steps.size()),
        sums_(sweep.readings.size() * kernels.lanes()) {
    std::size_t n_outer = 0;
    std::size_t n_diagonal = 0;
    for (const PlannedStep<Real>& step : sweep.steps) n_outer += step.outer ? 1 : 0;
    for (const auto& operation : sweep.operations) {
      n_diagonal += operation.kind == BlockOperation<Real>::Kind::kDiagonal ? 1 : 0;
    }
    outer_.resize(n_outer * outer_size());
    high_.reserve(n_outer * n_high());
    diagonals_.resize(n_diagonal * diagonal_size());
    Real* outer = outer_.data();
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const PlannedStep<Real>& planned = sweep.steps[s];
      steps_[s] = planned.step;
      steps_[s].table = sweep.tables.data() + planned.table;
      if (planned.reading) steps_[s].sum = sums_.data() + *planned.reading * kernels.lanes();
      if (!planned.outer) continue;
      // The factors by vector bits are the same for all blocks but for one number.
      steps_[s].outer = outer;
      std::vector<double> angles(kLowBits + high_bits());
      for (const BitAngle& one : planned.vector_angles) angles[one.bit] = one.angle;
      Real* to = outer;
      for (const Amplitude& low : products(1.0, std::span(angles).first(kLowBits))) write(low, to);
      for (const Amplitude& high : products(1.0, std::span(angles).subspan(kLowBits))) {
        high_.push_back(high);
      }
      outer += outer_size();
    }
  }

  Real* block() { return block_.data(); }

  void clear_sums() { std::ranges::fill(sums_, Real{0}); }
  /// Of all blocks that have run since then: one number for each reading.
  void write_sums(double* to) const {
    for (std::size_t i = 0; i < sums_.size(); ++i) to[i / kernels_.lanes()] += sums_[i];
  }

  /// All operations on the block, whose number is `b`.
  void run(std::uint64_t b) {
    bind(b);
    Real* diagonal = diagonals_.data();
    for (const BlockOperation<Real>& operation : sweep_.operations) {
      switch (operation.kind) {
        case BlockOperation<Real>::Kind::kTiles:
          if (operation.n_steps == 0) break;
          kernels_.run_tiles(block_.data(), n_vectors_, operation.registers,
                             steps_.data() + operation.first_step, operation.n_steps);
          break;
        case BlockOperation<Real>::Kind::kMatrix: {
          if ((b & operation.block_mask) != operation.block_value) break;
          MatrixStep<Real> step = operation.matrix;
          step.table = sweep_.tables.data() + operation.table;
          kernels_.multiply_matrix(block_.data(), n_vectors_, step);
          break;
        }
        case BlockOperation<Real>::Kind::kPauli: {
          PauliStep<Real> step = operation.pauli;
          step.table = sweep_.tables.data() + operation.table +
                       (odd(b & operation.block_sign) ? kernels_.lanes() : 0);
          kernels_.turn_pauli(block_.data(), n_vectors_, step);
          break;
        }
        case BlockOperation<Real>::Kind::kReading: {
          if ((b & operation.block_mask) != operation.block_value) break;
          ReadingStep<Real> step = operation.reading;
          step.table = sweep_.tables.data() + operation.table +
                       (odd(b & operation.block_sign) ? kernels_.lanes() : 0);
          step.sum = sums_.data() + operation.reading_number * kernels_.lanes();
          kernels_.read(block_.data(), n_vectors_, step);
          break;
        }
        case BlockOperation<Real>::Kind::kDiagonal:
          multiply_diagonal(operation.diagonal, b, diagonal);
          diagonal += diagonal_size();
          break;
      }
    }
  }

 private:
  unsigned high_bits() const { return vector_bits_ > kLowBits ? vector_bits_ - kLowBits : 0; }
  std::size_t n_high() const { return std::size_t{1} << high_bits(); }
  std::size_t outer_size() const { return 2 * (kPadding + n_high()); }
  std::size_t diagonal_size() const { return 2 * (kPadding * kernels_.lanes() + n_high()); }

  void bind(std::uint64_t b) {
    Real* outer = outer_.data();
    const Amplitude* high = high_.data();
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const PlannedStep<Real>& planned = sweep_.steps[s];
      if (planned.block_sign != 0) {
        steps_[s].table = sweep_.tables.data() + planned.table +
                          (odd(b & planned.block_sign) ? kernels_.lanes() : 0);
      }
      if (!planned.outer) continue;
      double angle = 0.0;
      for (const BitAngle& one : planned.block_angles) {
        angle += (b >> one.bit & 1) != 0 ? one.angle : 0;
      }
      const Amplitude factor = std::polar(1.0, angle);
      Real* to = outer + 2 * kPadding;
      for (std::size_t i = 0; i < n_high(); ++i) write(factor * high[i], to);
      outer += outer_size();
      high += n_high();
    }
  }

  void multiply_diagonal(const PlannedDiagonal& planned, std::uint64_t b, Real* table) {
    const auto set = [&](unsigned bit) { return (b >> bit & 1) != 0; };
    double angle = planned.angle;
    for (const BitAngle& one : planned.block) angle += set(one.bit) ? one.angle : 0;
    for (const auto& [bit, other] : planned.block_block) {
      angle += set(bit) && set(other.bit) ? other.angle : 0;
    }
    std::vector<double> local(
        std::max<std::size_t>(sweep_.from.size(), kernels_.lane_bits + kLowBits));
    for (const BitAngle& one : planned.local) local[one.bit] += one.angle;
    for (const auto& [bit, other] : planned.local_block) {
      local[bit] += set(other.bit) ? other.angle : 0;
    }
    // Lanes and the low vector bits as vectors (re, re, …), (-im, im, …); then the high bits.
    const unsigned n_low = kernels_.lane_bits + kLowBits;
    const std::vector<Amplitude> low =
        products(std::polar(1.0, angle), std::span<const double>(local).first(n_low));
    const std::size_t n_lanes = kernels_.lanes() / 2;
    Real* to = table;
    for (std::size_t v = 0; v < kPadding; ++v) {
      for (std::size_t lane = 0; lane < n_lanes; ++lane) {
        const Amplitude& factor = low[v * n_lanes + lane];
        to[2 * lane] = to[2 * lane + 1] = static_cast<Real>(factor.real());
        to[2 * (n_lanes + lane)] = static_cast<Real>(-factor.imag());
        to[2 * (n_lanes + lane) + 1] = static_cast<Real>(factor.imag());
      }
      to += 2 * kernels_.lanes();
    }
    const Real* high = to;
    for (const Amplitude& factor : products(1.0, std::span<const double>(local).subspan(n_low))) {
      write(factor, to);
    }
    kernels_.multiply_diagonal(
        block_.data(), n_vectors_,
        {.pairs = planned.has_table ? sweep_.tables.data() + planned.table : nullptr,
         .low = table,
         .high = high});
  }

  const Sweep<Real>& sweep_;
  const BlockKernels<Real>& kernels_;
  std::size_t n_vectors_;
  unsigned vector_bits_;
  AmplitudeArray<Real> block_;
  std::vector<TileStep<Real>> steps_;
  AlignedVector<Real> outer_;    ///< of each phase that has one, as TileStep wants it
  std::vector<Amplitude> high_;  ///< its second part for a block factor of 1
  AlignedVector<Real> diagonals_;
  AlignedVector<Real> sums_;  ///< a vector for each reading
};

/// Workspaces that chunks of a parallel loop lend; as many as run at once are made.
template <class Real>
class Workspaces {
 public:
  Workspaces(const Sweep<Real>& sweep, const BlockKernels<Real>& kernels)
      : sweep_(sweep), kernels_(kernels) {}

  std::unique_ptr<Workspace<Real>> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto workspace = std::move(free_.back());
        free_.pop_back();
        return workspace;
      }
    }
    return std::make_unique<Workspace<Real>>(sweep_, kernels_);
  }
  void give_back(std::unique_ptr<Workspace<Real>> workspace) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(workspace));
  }

 private:
  const Sweep<Real>& sweep_;
  const BlockKernels<Real>& kernels_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace<Real>>> free_;
};

/// Where a block's vectors lie in the state, the low positions in runs.
class BlockPlaces {
 public:
  /// positions: of each local bit in the state's index.
  BlockPlaces(std::span<const unsigned> positions, unsigned lane_bits) {
    std::vector<unsigned> bit_at(64, kNone);  // vector bit of the block by vector bit of the state
    unsigned most = 0;
    for (unsigned l = lane_bits; l < positions.size(); ++l) {
      bit_at[positions[l] - lane_bits] = l - lane_bits;
      most = std::max(most, positions[l] - lane_bits);
    }
    unsigned n_low = 0;
    while (n_low < kMostRunBits && bit_at[n_low] != kNone) ++n_low;
    block_low_ = {0};
    for (unsigned p = 0; p < n_low; ++p) add_bit(block_low_, vector_place(bit_at[p]));
    block_ = {0};
    state_ = {0};
    for (unsigned p = n_low; p <= most; ++p) {
      if (bit_at[p] == kNone) continue;
      add_bit(block_, vector_place(bit_at[p]));
      add_bit(state_, std::uint32_t{1} << p);
    }
  }

  CopyTable table() const {
    return {.n_high = block_.size(),
            .n_low = block_low_.size(),
            .block = block_.data(),
            .block_low = block_low_.data(),
            .state = state_.data()};
  }

 private:
  static constexpr unsigned kNone = ~0U;
  static constexpr unsigned kMostRunBits = 6;

  static std::uint32_t vector_place(unsigned bit) {
    return static_cast<std::uint32_t>(place(std::size_t{1} << bit));
  }
  static void add_bit(std::vector<std::uint32_t>& sums, std::uint32_t value) {
    const std::size_t n = sums.size();
    for (std::size_t i = 0; i < n; ++i) sums.push_back(sums[i] + value);
  }

  std::vector<std::uint32_t> block_;
  std::vector<std::uint32_t> block_low_;
  std::vector<std::uint32_t> state_;
};

}  // namespace

template <class Real>
std::vector<double> run_sweep(const Execution& execution, const Sweep<Real>& sweep,
                              const BlockKernels<Real>& kernels, Real* state) {
  const BlockPlaces from(sweep.from, kernels.lane_bits);
  const BlockPlaces to(sweep.to, kernels.lane_bits);
  const std::size_t n_blocks = std::size_t{1} << sweep.outer.size();
  const Real factor[2] = {static_cast<Real>(sweep.factor.real()),
                          static_cast<Real>(sweep.factor.imag())};
  Workspaces<Real> workspaces(sweep, kernels);
  const std::size_t grain = std::max<std::size_t>(1, n_blocks / 64);
  const std::size_t n_readings = sweep.readings.size();
  std::vector<double> parts(n_chunks(n_blocks, grain) * n_readings);
  parallel_for(execution, n_blocks, grain, [&](std::size_t begin, std::size_t end) {
    auto workspace = workspaces.take();
    workspace->clear_sums();
    for (std::size_t b = begin; b < end; ++b) {
      if ((b & sweep.zero_blocks) != 0) continue;
      std::size_t first = 0;
      for (std::size_t i = 0; i < sweep.outer.size(); ++i) {
        first |= (b >> i & 1) << sweep.outer[i];
      }
      Real* at = state + 2 * first;
      kernels.gather(workspace->block(), at, from.table());
      workspace->run(b);
      if (sweep.writes_back) {
        kernels.scatter(workspace->block(), at, to.table(), factor);
      }
    }
    workspace->write_sums(parts.data() + begin / grain * n_readings);
    workspaces.give_back(std::move(workspace));
  });
  std::vector<double> values(n_readings);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    values[i % n_readings] += sweep.readings[i % n_readings].factor * parts[i];
  }
  return values;
}

template std::vector<double> run_sweep(const Execution&, const Sweep<float>&,
                                       const BlockKernels<float>&, float*);
template std::vector<double> run_sweep(const Execution&, const Sweep<double>&,
                                       const BlockKernels<double>&, double*);

}  // namespace quanta::quantum
