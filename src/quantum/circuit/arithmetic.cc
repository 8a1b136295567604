#include "quantum/circuit/arithmetic.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace quanta::quantum {
namespace {

/// The gate on `target` under controls of which control j must read bit j of `state`.
void add_controlled(Circuit& circuit, Gate gate, std::vector<unsigned> controls,
                    std::uint64_t state, unsigned target, std::vector<Angle> angles = {}) {
  const auto n = static_cast<unsigned>(controls.size());
  controls.push_back(target);
  [[maybe_unused]] const auto added = circuit.append({.gate = gate,
                                                      .qubits = std::move(controls),
                                                      .n_controls = n,
                                                      .control_state = state,
                                                      .angles = std::move(angles)});
  assert(added.has_value());
}

/// RY under controls on 1.
void controlled_ry(Circuit& circuit, double angle, std::vector<unsigned> controls,
                   unsigned target) {
  if (angle == 0.0) return;
  const std::uint64_t ones = (std::uint64_t{1} << controls.size()) - 1;
  add_controlled(circuit, Gate::kRy, std::move(controls), ones, target, {angle});
}

}  // namespace

void multiplexed_ry(Circuit& circuit, std::span<const double> angles,
                    std::span<const unsigned> controls, unsigned target) {
  const std::size_t k = controls.size();
  const std::size_t size = std::size_t{1} << k;
  assert(angles.size() == size);
  // Between the rotations CX gates walk the controls along a Gray code, and each flips the sign of
  // what follows where its control is 1: angles[x] = sum_i (-1)^{x . gray(i)} turn_i. The inverse
  // is a Walsh-Hadamard transform.
  std::vector<double> turns(angles.begin(), angles.end());
  for (std::size_t step = 1; step < size; step *= 2) {
    for (std::size_t i = 0; i < size; i += 2 * step) {
      for (std::size_t j = i; j < i + step; ++j) {
        const double sum = turns[j] + turns[j + step];
        turns[j + step] = 0.5 * (turns[j] - turns[j + step]);
        turns[j] = 0.5 * sum;
      }
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    circuit.ry(turns[i ^ (i >> 1)], target);
    if (k == 0) break;
    // The bit in which gray(i + 1) differs from gray(i); the last CX closes the circle.
    const std::size_t bit =
        std::min<std::size_t>(static_cast<std::size_t>(std::countr_one(i)), k - 1);
    circuit.cx(controls[bit], target);
  }
}

void linear_ry(Circuit& circuit, std::span<const unsigned> x, double offset, double slope,
               unsigned target, std::span<const unsigned> controls) {
  std::vector<unsigned> all(controls.begin(), controls.end());
  controlled_ry(circuit, offset, all, target);
  all.push_back(0);
  for (std::size_t j = 0; j < x.size(); ++j) {
    all.back() = x[j];
    controlled_ry(circuit, slope * static_cast<double>(std::uint64_t{1} << j), all, target);
  }
}

void piecewise_linear_ry(Circuit& circuit, std::span<const unsigned> x,
                         std::span<const LinearPiece> pieces, unsigned target, unsigned flag,
                         std::span<const unsigned> controls) {
  assert(!pieces.empty() && pieces[0].begin == 0);
  linear_ry(circuit, x, pieces[0].offset, pieces[0].slope, target, controls);
  std::vector<unsigned> all(controls.begin(), controls.end());
  all.push_back(flag);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    assert(pieces[i - 1].begin < pieces[i].begin);
    flip_if_at_least(circuit, x, pieces[i].begin, flag);
    linear_ry(circuit, x, pieces[i].offset - pieces[i - 1].offset,
              pieces[i].slope - pieces[i - 1].slope, target, all);
    flip_if_at_least(circuit, x, pieces[i].begin, flag);
  }
}

void flip_if_at_least(Circuit& circuit, std::span<const unsigned> x, std::uint64_t threshold,
                      unsigned flag) {
  const std::size_t n = x.size();
  assert(n >= 1 && n <= 63);
  if (threshold >> n != 0) return;
  if (threshold == 0) {
    circuit.x(flag);
    return;
  }
  // Below the lowest 1 of the threshold any bits will do.
  const auto lowest = static_cast<std::size_t>(std::countr_zero(threshold));
  std::vector<unsigned> controls;
  std::uint64_t state = 0;
  for (std::size_t j = n; j-- > lowest;) {
    const std::uint64_t bit = threshold >> j & 1;
    controls.push_back(x[j]);
    if (bit == 0 || j == lowest) {
      add_controlled(circuit, Gate::kX, controls, state | std::uint64_t{1} << (controls.size() - 1),
                     flag);
    }
    state |= bit << (controls.size() - 1);
  }
}

void add_weighted_bits(Circuit& circuit, std::span<const unsigned> bits,
                       std::span<const std::uint64_t> weights, std::span<const unsigned> sum) {
  assert(bits.size() == weights.size() && !sum.empty() && sum.size() <= 63);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    for (std::size_t b = 0; b < sum.size(); ++b) {
      if ((weights[i] >> b & 1) == 0) continue;
      // Adds 2^b where bits[i] is 1: bit j flips where all bits from b to j - 1 were 1, highest
      // first.
      for (std::size_t j = sum.size(); j-- > b;) {
        std::vector<unsigned> controls = {bits[i]};
        for (std::size_t c = b; c < j; ++c) controls.push_back(sum[c]);
        circuit.mcx(std::move(controls), sum[j]);
      }
    }
  }
}

unsigned bits_for(std::uint64_t largest) {
  return std::max(1U, static_cast<unsigned>(std::bit_width(largest)));
}

}  // namespace quanta::quantum
