#include "quantum/simulator/weight_circuit.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <utility>

#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kMostMerged = 4;
constexpr std::size_t kMergedAmplitudes = 4096;
/// Entries between weights that are no more than this are rounding.
constexpr double kRounding = 4e-15;

bool keeps_weight(std::span<const Amplitude> matrix, std::size_t size) {
  for (std::size_t r = 0; r < size; ++r) {
    for (std::size_t c = 0; c < size; ++c) {
      if (std::popcount(r) != std::popcount(c) && std::abs(matrix[r * size + c]) > kRounding) {
        return false;
      }
    }
  }
  return true;
}

bool keeps_weight(const Operation& operation) {
  switch (operation.gate) {
    case Gate::kDiagonal:
      return true;
    case Gate::kPermutation:
      for (std::size_t x = 0; x < operation.payload->images.size(); ++x) {
        if (std::popcount(x) != std::popcount(operation.payload->images[x])) return false;
      }
      return true;
    case Gate::kPauliExponential:
      if (operation.payload->paulis.find_first_of("XY") == std::string::npos) return true;
      if (operation.operands().size() > kMostMerged) return false;
      break;
    default:
      if (properties(operation.gate).diagonal) return true;
  }
  return keeps_weight(operand_matrix(operation, {}), std::size_t{1} << operation.operands().size());
}

/// Gates that mix weights, waiting for what makes up for it.
struct Block {
  std::vector<unsigned> qubits;
  std::vector<Operation> operations;
};

/// The block as one gate.
Operation merged(const Block& block) {
  const std::size_t size = std::size_t{1} << block.qubits.size();
  Payload payload;
  payload.numbers.resize(size * size);
  std::vector<Amplitude> column(size);
  for (std::size_t c = 0; c < size; ++c) {
    std::ranges::fill(column, Amplitude{});
    column[c] = 1.0;
    for (Operation operation : block.operations) {
      for (unsigned& q : operation.qubits) {
        q = static_cast<unsigned>(std::ranges::find(block.qubits, q) - block.qubits.begin());
      }
      apply_plainly(operation, {}, column);
    }
    for (std::size_t r = 0; r < size; ++r) payload.numbers[r * size + c] = column[r];
  }
  return {.gate = Gate::kUnitary,
          .qubits = block.qubits,
          .payload = std::make_shared<const Payload>(std::move(payload))};
}

/// Finds the form, operation by operation.
class Finder {
 public:
  explicit Finder(unsigned n_qubits) : touched_(n_qubits) { form_.n_qubits = n_qubits; }

  /// False where the circuit does not have the form.
  bool add(const Operation& operation) {
    if (operation.gate == Gate::kBarrier) return true;
    if (!is_unitary(operation)) return false;
    if (operation.gate == Gate::kX && operation.n_controls == 0 && !touched_[operation.qubits[0]]) {
      form_.start ^= std::uint64_t{1} << operation.qubits[0];
      return true;
    }
    for (const unsigned q : operation.qubits) touched_[q] = true;
    Block block{operation.qubits, {}};
    std::erase_if(waiting_, [&](Block& other) {
      const auto shared = [&](unsigned q) { return std::ranges::count(operation.qubits, q) > 0; };
      if (!std::ranges::any_of(other.qubits, shared)) return false;
      std::ranges::move(other.operations, std::back_inserter(block.operations));
      std::ranges::copy_if(other.qubits, std::back_inserter(block.qubits),
                           [&](unsigned q) { return !shared(q); });
      return true;
    });
    if (block.operations.empty() && keeps_weight(operation)) {
      form_.operations.push_back(operation);
      return true;
    }
    if (block.qubits.size() > kMostMerged) return false;
    block.operations.push_back(operation);
    Operation gate = merged(block);
    if (keeps_weight(gate.payload->numbers, std::size_t{1} << block.qubits.size())) {
      form_.operations.push_back(std::move(gate));
    } else {
      waiting_.push_back(std::move(block));
    }
    return true;
  }

  std::optional<WeightForm> form(double global_phase) && {
    if (!waiting_.empty()) return std::nullopt;
    form_.global_phase = global_phase;
    return std::move(form_);
  }

 private:
  WeightForm form_;
  std::vector<bool> touched_;
  std::vector<Block> waiting_;
};

/// The bits of `value` at the places of `qubits`.
std::uint64_t deposited(std::size_t value, std::span<const unsigned> qubits) {
  std::uint64_t x = 0;
  for (std::size_t j = 0; j < qubits.size(); ++j) x |= std::uint64_t{value >> j & 1} << qubits[j];
  return x;
}

std::size_t extracted(std::uint64_t x, std::span<const unsigned> qubits) {
  std::size_t value = 0;
  for (std::size_t j = 0; j < qubits.size(); ++j) value |= (x >> qubits[j] & 1) << j;
  return value;
}

/// The block of a gate's matrix between operand values of one weight.
struct WeightBlock {
  std::vector<std::size_t> values;    // of the operands
  std::vector<std::uint64_t> places;  // the same as bits of a basis state
  std::vector<Amplitude> matrix;
};

std::vector<WeightBlock> blocks_of(const Operation& operation) {
  const auto operands = operation.operands();
  const std::size_t size = std::size_t{1} << operands.size();
  const std::vector<Amplitude> matrix = operand_matrix(operation, {});
  std::vector<WeightBlock> blocks(operands.size() + 1);
  for (std::size_t v = 0; v < size; ++v) {
    WeightBlock& block = blocks[static_cast<std::size_t>(std::popcount(v))];
    block.values.push_back(v);
    block.places.push_back(deposited(v, operands));
  }
  for (WeightBlock& block : blocks) {
    for (const std::size_t r : block.values) {
      for (const std::size_t c : block.values) block.matrix.push_back(matrix[r * size + c]);
    }
  }
  return blocks;
}

}  // namespace

unsigned WeightForm::weight() const { return static_cast<unsigned>(std::popcount(start)); }

std::optional<WeightForm> weight_form(const Circuit& unitary) {
  if (unitary.n_qubits() == 0 || unitary.n_qubits() > kMaxWeightQubits) return std::nullopt;
  Finder finder(unitary.n_qubits());
  const Circuit flat = unitary.expand();
  for (const Operation& operation : flat.operations()) {
    if (!finder.add(operation)) return std::nullopt;
  }
  return std::move(finder).form(flat.global_phase().value({}));
}

Result<WeightState> WeightState::simulate(const WeightForm& form, std::size_t memory_limit,
                                          const Execution& execution) {
  QUANTA_TRY(WeightSubspace space, WeightSubspace::create(form.n_qubits, form.weight(),
                                                          memory_limit, kBytesPerAmplitude));
  WeightState state(std::move(space));
  const std::size_t n = state.space_.dimension();
  state.states_.resize(n);
  state.amplitudes_.resize(n);
  parallel_for(execution, n, kMergedAmplitudes, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) state.states_[r] = state.space_.state(r);
  });
  state.amplitudes_[state.space_.rank(form.start)] = std::polar(1.0, form.global_phase);
  for (const Operation& operation : form.operations) {
    if (execution.cancelled()) return cancelled_error();
    state.apply(operation, execution);
  }
  return state;
}

void WeightState::apply(const Operation& operation, const Execution& execution) {
  const auto operands = operation.operands();
  const std::uint64_t control_mask = deposited(~std::size_t{0}, operation.controls());
  const std::uint64_t control_value = deposited(operation.control_state, operation.controls());
  const std::uint64_t operand_mask = deposited(~std::size_t{0}, operands);
  const bool diagonal = operation.gate == Gate::kDiagonal;
  const bool permutation = operation.gate == Gate::kPermutation;
  const std::vector<WeightBlock> blocks =
      diagonal || permutation ? std::vector<WeightBlock>() : blocks_of(operation);
  std::vector<Amplitude> moved;
  if (permutation) moved = amplitudes_;
  parallel_for(
      execution, states_.size(), kMergedAmplitudes, [&](std::size_t begin, std::size_t end) {
        std::vector<std::size_t> ranks;
        std::vector<Amplitude> old;
        for (std::size_t r = begin; r < end; ++r) {
          const std::uint64_t x = states_[r];
          if ((x & control_mask) != control_value) continue;
          const std::size_t value = extracted(x, operands);
          const std::uint64_t rest = x & ~operand_mask;
          if (diagonal) {
            amplitudes_[r] *= operation.payload->numbers[value];
            continue;
          }
          if (permutation) {
            const std::uint64_t to = rest | deposited(operation.payload->images[value], operands);
            moved[space_.rank(to)] = amplitudes_[r];
            continue;
          }
          // The first value of each weight stands for all that its gate mixes.
          const WeightBlock& block = blocks[static_cast<std::size_t>(std::popcount(value))];
          if (value != block.values[0]) continue;
          const std::size_t n = block.values.size();
          ranks.resize(n);
          old.resize(n);
          for (std::size_t i = 0; i < n; ++i) {
            ranks[i] = i == 0 ? r : space_.rank(rest | block.places[i]);
            old[i] = amplitudes_[ranks[i]];
          }
          for (std::size_t i = 0; i < n; ++i) {
            Amplitude sum = 0.0;
            for (std::size_t j = 0; j < n; ++j) sum += block.matrix[i * n + j] * old[j];
            amplitudes_[ranks[i]] = sum;
          }
        }
      });
  if (permutation) amplitudes_ = std::move(moved);
}

double WeightState::norm(const Execution& execution) const {
  return parallel_sum(execution, amplitudes_.size(), kMergedAmplitudes,
                      [&](std::size_t begin, std::size_t end) {
                        double sum = 0.0;
                        for (std::size_t r = begin; r < end; ++r) sum += std::norm(amplitudes_[r]);
                        return sum;
                      });
}

std::vector<double> WeightState::marginals(const Execution& execution) const {
  std::vector<double> result(n_qubits());
  for (unsigned q = 0; q < n_qubits(); ++q) {
    result[q] = parallel_sum(execution, amplitudes_.size(), kMergedAmplitudes,
                             [&](std::size_t begin, std::size_t end) {
                               double sum = 0.0;
                               for (std::size_t r = begin; r < end; ++r) {
                                 if ((states_[r] >> q & 1) != 0) sum += std::norm(amplitudes_[r]);
                               }
                               return sum;
                             });
  }
  return result;
}

double WeightState::expectation(const PauliString& string, const Execution& execution) const {
  // P |x> = i^(number of Y) (-1)^(x . z) |x ^ X>, which may have left the subspace.
  static constexpr std::array<Amplitude, 4> kPowers = {Amplitude{1, 0}, Amplitude{0, 1},
                                                       Amplitude{-1, 0}, Amplitude{0, -1}};
  const auto n_y = static_cast<unsigned>(std::popcount(string.x & string.z));
  return parallel_sum(
      execution, amplitudes_.size(), kMergedAmplitudes, [&](std::size_t begin, std::size_t end) {
        double sum = 0.0;
        for (std::size_t r = begin; r < end; ++r) {
          const std::uint64_t x = states_[r];
          const std::uint64_t y = x ^ string.x;
          if (std::popcount(y) != std::popcount(x)) continue;
          const unsigned sign = 2U * static_cast<unsigned>(std::popcount(x & string.z));
          const Amplitude bra = std::conj(amplitudes_[y == x ? r : space_.rank(y)]);
          sum += (bra * kPowers[(n_y + sign) & 3] * amplitudes_[r]).real();
        }
        return sum;
      });
}

}  // namespace quanta::quantum
