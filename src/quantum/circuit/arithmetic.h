/// Circuits that calculate: rotations by a table or a line, comparisons, weighted sums.
///
///   Circuit circuit(5);
///   const std::array<unsigned, 3> x = {0, 1, 2};           // x = x0 + 2 x1 + 4 x2
///   flip_if_at_least(circuit, x, 5, 3);                    // qubit 3 ^= (x >= 5)
///   linear_ry(circuit, x, 0.1, 0.2, 4);                    // RY(0.1 + 0.2 x) on qubit 4
///
/// A register is a list of qubits, the lowest bit of its value first; controls are on 1. Each
/// function adds gates to `circuit`. None needs further qubits: carries and borrows are multi-
/// controlled X gates, which cost a device more gates and a simulator less memory.
///
/// Preconditions (asserted): qubits are below circuit.n_qubits() and all differ, registers have 1
/// to 63 qubits, angles are finite.
/// Sources: Möttönen, Vartiainen, Bergholm, Salomaa (2004), arXiv:quant-ph/0404089 (multiplexed
/// rotations); Stamatopoulos et al. (2020), arXiv:1905.02666 (the roles these play in pricing).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// RY(angles[x]) on `target` where the controls read x. angles: 2^controls.size() of them; any
/// number of controls, also none. 2^k RY and 2^k CX for k controls, by a Gray code.
void multiplexed_ry(Circuit& circuit, std::span<const double> angles,
                    std::span<const unsigned> controls, unsigned target);

/// RY(offset + slope * x) on `target`, where `controls` (may be empty) are all 1. n + 1 gates.
void linear_ry(Circuit& circuit, std::span<const unsigned> x, double offset, double slope,
               unsigned target, std::span<const unsigned> controls = {});

/// From `begin` up to the next piece's begin: the line offset + slope * x.
struct LinearPiece {
  std::uint64_t begin = 0;
  double offset = 0.0;  ///< at x = 0, though it may lie outside the piece
  double slope = 0.0;   ///< per unit of x
};

/// RY(line of the piece that holds x) on `target`, where `controls` are all 1. pieces: rising
/// begins, the first 0. `flag` is a qubit in |0> and is left so; unused where there is one piece.
/// O(n) gates a piece.
void piecewise_linear_ry(Circuit& circuit, std::span<const unsigned> x,
                         std::span<const LinearPiece> pieces, unsigned target, unsigned flag,
                         std::span<const unsigned> controls = {});

/// flag ^= (x >= threshold). At most n multi-controlled X: x is at least L when its highest bits
/// agree with those of L up to a 0 of L that is 1 in x, or all the way.
void flip_if_at_least(Circuit& circuit, std::span<const unsigned> x, std::uint64_t threshold,
                      unsigned flag);

/// sum += weights[0] bits[0] + weights[1] bits[1] + …, modulo 2^sum.size(). One weight a bit; a
/// register of value x has the weights 1, 2, 4, …. O(m^2) multi-controlled X per weight.
void add_weighted_bits(Circuit& circuit, std::span<const unsigned> bits,
                       std::span<const std::uint64_t> weights, std::span<const unsigned> sum);

/// Number of bits that hold 0 … `largest`; at least 1.
unsigned bits_for(std::uint64_t largest);

}  // namespace quanta::quantum
