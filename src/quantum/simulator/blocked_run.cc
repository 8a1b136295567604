#include "quantum/simulator/blocked_run.h"

#include <algorithm>
#include <array>
#include <bit>
#include <complex>
#include <utility>
#include <variant>
#include <vector>

#include "quantum/simulator/bits.h"
#include "quantum/simulator/block_plan.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kPassAmplitudes = 65536;
/// A tile of the widest kernels in single precision: 16 vectors of 8 amplitudes.
constexpr unsigned kLeastQubits = 7;
/// Blocks of 256 KiB, a quarter of a common second-level cache; runs of 512 bytes.
constexpr std::size_t kBlockBytes = std::size_t{1} << 18;
constexpr std::size_t kRunBytes = 512;

template <class Real>
PlanSizes plan_sizes(const BlockKernels<Real>& kernels) {
  return {
      .lane_bits = kernels.lane_bits,
      .register_bits = kernels.register_bits,
      .local_bits = static_cast<unsigned>(std::countr_zero(kBlockBytes / (2 * sizeof(Real)))),
      .contiguous_bits = static_cast<unsigned>(std::countr_zero(kRunBytes / (2 * sizeof(Real))))};
}

/// Spreads the bits of a number below 2^k to the given positions, twelve at a time.
class BitSpread {
 public:
  explicit BitSpread(std::span<const unsigned> positions) {
    for (std::size_t first = 0; first < positions.size(); first += kBits) {
      std::vector<std::size_t> sums = {0};
      for (std::size_t j = first; j < std::min(first + kBits, positions.size()); ++j) {
        const std::size_t n = sums.size();
        for (std::size_t i = 0; i < n; ++i) {
          sums.push_back(sums[i] | std::size_t{1} << positions[j]);
        }
      }
      tables_.push_back(std::move(sums));
    }
  }
  std::size_t operator()(std::size_t value) const {
    std::size_t result = 0;
    for (const std::vector<std::size_t>& table : tables_) {
      result |= table[value & (table.size() - 1)];
      value >>= kBits;
    }
    return result;
  }

 private:
  static constexpr std::size_t kBits = 12;
  std::vector<std::vector<std::size_t>> tables_;
};

/// A whole step: for each basis state of the other qubits, whose controls have their values, the
/// table's numbers or images on the operands.
template <class Real>
void run_whole(const Execution& execution, const WholeStep& step, unsigned n_qubits,
               std::complex<Real>* state) {
  const Operation& operation = step.operation;
  std::uint64_t used = 0;
  std::size_t control_value = 0;
  for (std::size_t j = 0; j < operation.qubits.size(); ++j) {
    const std::size_t one = std::size_t{1} << step.position[operation.qubits[j]];
    used |= one;
    if (j < operation.n_controls && (operation.control_state >> j & 1) != 0) control_value |= one;
  }
  std::vector<unsigned> operands;
  for (const unsigned q : operation.operands()) operands.push_back(step.position[q]);
  std::vector<unsigned> others;
  for (unsigned p = 0; p < n_qubits; ++p) {
    if ((used >> p & 1) == 0) others.push_back(p);
  }
  const BitSpread on_operands(operands);
  const BitSpread on_others(others);
  const std::size_t n_values = std::size_t{1} << operands.size();
  const std::size_t n_bases = std::size_t{1} << others.size();
  const Payload& payload = *operation.payload;
  if (operation.gate == Gate::kPermutation) {
    // Along the cycles; a value that has been visited is marked.
    parallel_for(execution, n_bases, std::max<std::size_t>(1, kPassAmplitudes / n_values),
                 [&](std::size_t begin, std::size_t end) {
                   std::vector<bool> done(n_values);
                   for (std::size_t i = begin; i < end; ++i) {
                     std::fill(done.begin(), done.end(), false);
                     std::complex<Real>* at = state + (on_others(i) | control_value);
                     for (std::size_t v = 0; v < n_values; ++v) {
                       if (done[v]) continue;
                       std::complex<Real> carried = at[on_operands(v)];
                       for (std::size_t to = payload.images[v]; !done[to];
                            to = payload.images[to]) {
                         std::swap(carried, at[on_operands(to)]);
                         done[to] = true;
                       }
                     }
                   }
                 });
    return;
  }
  const bool prepares = operation.gate == Gate::kStatePreparation;
  const auto multiply = [&](std::size_t i, std::size_t begin, std::size_t end,
                            std::complex<Real> prepared) {
    std::complex<Real>* at = state + (on_others(i) | control_value);
    for (std::size_t v = begin; v < end; ++v) {
      std::complex<Real>& to = at[on_operands(v)];
      to = std::complex<Real>(payload.numbers[v]) * (prepares ? prepared : to);
    }
  };
  const auto amplitude_of_zero = [&](std::size_t i) { return state[on_others(i) | control_value]; };
  if (n_bases >= n_values) {
    parallel_for(execution, n_bases, std::max<std::size_t>(1, kPassAmplitudes / n_values),
                 [&](std::size_t begin, std::size_t end) {
                   for (std::size_t i = begin; i < end; ++i) {
                     multiply(i, 0, n_values, amplitude_of_zero(i));
                   }
                 });
    return;
  }
  for (std::size_t i = 0; i < n_bases; ++i) {
    const std::complex<Real> prepared = amplitude_of_zero(i);
    parallel_for(execution, n_values, kPassAmplitudes,
                 [&](std::size_t begin, std::size_t end) { multiply(i, begin, end, prepared); });
  }
}

template <class Real>
Result<void> run_plan(const Execution& execution, Planner<Real>& planner,
                      const BlockKernels<Real>& kernels, unsigned n_stored, Real* amplitudes) {
  for (;;) {
    if (execution.cancelled()) return cancelled_error();
    execution.report(planner.progress(), "simulating");
    const auto step = planner.next();
    if (!step) return {};
    if (const auto* sweep = std::get_if<Sweep<Real>>(&*step)) {
      run_sweep(execution, *sweep, kernels, amplitudes);
    } else {
      run_whole(execution, std::get<WholeStep>(*step), n_stored,
                reinterpret_cast<std::complex<Real>*>(amplitudes));
    }
  }
}

/// Of the qubits q below n those of the mask, as qubits place[q].
std::uint64_t placed(std::uint64_t mask, std::span<const unsigned> place, unsigned n) {
  std::uint64_t result = 0;
  for (unsigned q = 0; q < n; ++q) result |= (mask >> q & 1) << place[q];
  return result;
}

}  // namespace

std::size_t stored_amplitudes(unsigned n_qubits) {
  return std::size_t{1} << std::max(n_qubits, kLeastQubits);
}

std::size_t workspace_bytes(unsigned n_qubits, std::size_t n_threads) {
  const std::size_t block = n_qubits < 14 ? stored_amplitudes(n_qubits) * 16 : kBlockBytes;
  return (2 * n_threads + 4) * block;
}

template <class Real>
Result<void> run_blocked(const Execution& execution, std::span<const Operation> operations,
                         std::span<const double> parameters, double global_phase, unsigned n_qubits,
                         bool from_zero, Real* amplitudes) {
  ElementList list = elements_of(operations, parameters, n_qubits);
  list.factor *= std::polar(1.0, global_phase);
  const BlockKernels<Real>& kernels = block_kernels<Real>(execution.instruction_set);
  const unsigned n_stored = std::max(n_qubits, kLeastQubits);
  Planner<Real> planner(std::move(list), n_stored, from_zero ? low_bits(n_stored) : 0,
                        plan_sizes(kernels));
  return run_plan(execution, planner, kernels, n_stored, amplitudes);
}

struct PairedRun::Plan {
  const BlockKernels<double>& kernels;
  PlanSizes sizes;
  Planner<double> planner;
};

PairedRun::PairedRun(const Execution& execution, std::span<const Operation> operations,
                     std::span<const double> parameters, std::span<const Reading> readings,
                     unsigned n_qubits, std::uint64_t zero)
    : n_qubits_(n_qubits), n_readings_(readings.size()) {
  ElementList list = elements_of(operations, parameters, n_qubits, readings);
  const BlockKernels<double>& kernels = block_kernels<double>(execution.instruction_set);
  const unsigned n_stored = std::max(n_qubits, kLeastQubits);
  PlanSizes sizes = plan_sizes(kernels);
  sizes.paired = true;
  // As many qubits as a single state's windows have.
  ++sizes.local_bits;
  const std::uint64_t all_zero =
      placed(zero, list.place, n_qubits) | (low_bits(n_stored) & ~low_bits(n_qubits));
  plan_ = std::make_unique<Plan>(kernels, sizes,
                                 Planner<double>(std::move(list), n_stored + 1, all_zero, sizes));
}

PairedRun::~PairedRun() = default;

Result<std::vector<unsigned>> PairedRun::prepare(const Execution& execution,
                                                 std::span<const Operation> operations,
                                                 std::span<const double> parameters,
                                                 double* psi) const {
  ElementList list = elements_of(operations, parameters, n_qubits_);
  const std::vector<unsigned> place = list.place;
  const unsigned n_stored = std::max(n_qubits_, kLeastQubits);
  Planner<double> planner(std::move(list), n_stored, low_bits(n_stored),
                          plan_sizes(plan_->kernels));
  const std::uint64_t window = plan_->planner.first_window();
  // Of fewer qubits than are stored all are in it, and stay where they are.
  if (n_stored == n_qubits_) planner.end_in(placed(window, place, n_qubits_));
  QUANTA_CHECK(run_plan(execution, planner, plan_->kernels, n_stored, psi));
  std::vector<unsigned> position;
  for (const unsigned q : place) position.push_back(planner.position()[q]);
  return position;
}

Result<std::vector<double>> PairedRun::read(const Execution& execution,
                                            std::span<const unsigned> position, double* pair) && {
  const unsigned n_stored = std::max(n_qubits_, kLeastQubits) + 1;
  std::vector<unsigned> all(position.begin(), position.end());
  for (unsigned q = n_qubits_; q < n_stored; ++q) all.push_back(q);
  Planner<double>& planner = plan_->planner;
  planner.begin_at(std::move(all));
  std::vector<double> values(n_readings_);
  while (const auto step = planner.next()) {
    if (execution.cancelled()) return cancelled_error();
    if (const auto* sweep = std::get_if<Sweep<double>>(&*step)) {
      const std::vector<double> read = run_sweep(execution, *sweep, plan_->kernels, pair);
      for (std::size_t i = 0; i < read.size(); ++i) values[sweep->readings[i].index] = read[i];
    } else {
      run_whole(execution, std::get<WholeStep>(*step), n_stored,
                reinterpret_cast<std::complex<double>*>(pair));
    }
  }
  return values;
}

template Result<void> run_blocked(const Execution&, std::span<const Operation>,
                                  std::span<const double>, double, unsigned, bool, float*);
template Result<void> run_blocked(const Execution&, std::span<const Operation>,
                                  std::span<const double>, double, unsigned, bool, double*);

}  // namespace quanta::quantum
