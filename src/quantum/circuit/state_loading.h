/// A probability distribution as a quantum state.
///
///   QUANTA_TRY(const Circuit load, load_distribution(std::array{0.1, 0.2, 0.3, 0.4}));
///   // |00> becomes sqrt(0.1)|00> + sqrt(0.2)|01> + sqrt(0.3)|10> + sqrt(0.4)|11>
///
/// Sources: Grover, Rudolph (2002), arXiv:quant-ph/0208112; Möttönen et al. (2004),
/// arXiv:quant-ph/0407010.
#pragma once

#include <span>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// |0…0> becomes sum_x sqrt(p_x) |x>, by RY and CX alone: so it can be inverted and controlled,
/// which Circuit::prepare (the same state in one step) cannot. The qubit of the highest bit is
/// turned first, each further one by an angle that depends on those above it.
///
/// probabilities  2^n of them, n >= 1; bit q of the position is qubit q.
/// Errors: kBadInput, field "probabilities" (their number; negative or not a number: says which;
/// a sum that is off 1 by more than 1e-9).
/// Cost: 2 (2^n - 1) gates; the amplitudes are right within a few 1e-16 each level.
Result<Circuit> load_distribution(std::span<const double> probabilities);

/// The checks of load_distribution alone, for what takes a distribution and needs no circuit of it.
Result<void> check_distribution(std::span<const double> probabilities);

}  // namespace quanta::quantum
