/// Slopes from energies alone, as a quantum computer would measure them: exact, no small step.
///
/// In one angle t of one gate the energy is a trigonometric polynomial with the frequencies W, 2W,
/// …, RW, so that with x_m = (2m - 1) pi/(2R)
///   dE/dt = W sum over m = 1 … 2R of (-1)^{m-1} E(t + x_m/W) / (4R sin^2(x_m/2)).
/// R = 1 is the two-term rule of every gate exp(-i t P/2), of p, and of the phases of u and fsim.
/// R = 2, four terms: the same exponentials under controls and xx_plus_yy, xx_minus_yy (W = 1/2);
/// the turn of fsim and the axes of r, xx_plus_yy and xx_minus_yy (W = 1). That is every gate with
/// an angle. Source: Wierichs, Izaac, Wang, Lin (2022), General parameter-shift rules for
/// quantum gradients, arXiv:2107.12390.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "quantum/algorithm/gradient.h"

namespace quanta::quantum {

/// One energy of the rule.
struct AngleShift {
  std::size_t operation = 0;  ///< its place in the circuit
  std::size_t angle = 0;      ///< its place in the operation
  double shift = 0.0;         ///< added to the angle
  double weight = 0.0;        ///< of the energy in dE/dangle
};

/// All energies for all angles that depend on a parameter, each occurrence by itself. Precondition:
/// no defined gates (Circuit::expand).
std::vector<AngleShift> parameter_shifts(const Circuit& circuit);

/// The circuit with that one angle moved.
Circuit shifted(const Circuit& circuit, const AngleShift& shift);

/// dE/dparameter by the rule. `energy` is given each shifted circuit and its place among
/// parameter_shifts; its errors are passed on. Precondition: as parameter_shifts.
Result<std::vector<double>> parameter_shift_gradient(
    const Circuit& circuit,
    const std::function<Result<double>(const Circuit& circuit, std::size_t place)>& energy);

/// With exact energies: an independent check of adjoint_gradient. Cost: two or four energies for
/// each angle that depends on a parameter. Errors: as adjoint_gradient.
Result<EnergyGradient> parameter_shift_gradient(const Circuit& circuit,
                                                std::span<const double> parameters,
                                                const PauliSum& observable,
                                                const GradientOptions& options,
                                                const Execution& execution);

}  // namespace quanta::quantum
