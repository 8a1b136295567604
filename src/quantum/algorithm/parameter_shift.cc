#include "quantum/algorithm/parameter_shift.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace quanta::quantum {
namespace {

struct Rule {
  double frequency;  // W
  int multiples;     // R
};

/// 0 multiples: the energy does not depend on the angle.
Rule rule_of(const Operation& operation, std::size_t angle) {
  switch (operation.gate) {
    case Gate::kP:
      return {1.0, 1};
    case Gate::kU:
      if (angle == 3 && operation.n_controls == 0) return {1.0, 0};
      if (angle > 0) return {1.0, 1};
      break;
    case Gate::kR:
      if (angle == 1) return {1.0, 2};
      break;
    case Gate::kXxPlusYy:
    case Gate::kXxMinusYy:
      return {angle == 0 ? 0.5 : 1.0, 2};
    case Gate::kFsim:
      return {1.0, angle == 0 ? 2 : 1};
    default:
      break;
  }
  return operation.n_controls == 0 ? Rule{1.0, 1} : Rule{0.5, 2};
}

}  // namespace

std::vector<AngleShift> parameter_shifts(const Circuit& circuit) {
  std::vector<AngleShift> shifts;
  for (std::size_t j = 0; j < circuit.operations().size(); ++j) {
    const Operation& operation = circuit.operations()[j];
    assert(operation.gate != Gate::kDefined);
    for (std::size_t i = 0; i < operation.angles.size(); ++i) {
      if (operation.angles[i].is_number()) continue;
      const auto [frequency, multiples] = rule_of(operation, i);
      for (int m = 1; m <= 2 * multiples; ++m) {
        const double x = (2 * m - 1) * std::numbers::pi / (2 * multiples);
        const double sine = std::sin(x / 2);
        shifts.push_back({j, i, x / frequency,
                          (m % 2 == 1 ? frequency : -frequency) / (4 * multiples * sine * sine)});
      }
    }
  }
  return shifts;
}

Circuit shifted(const Circuit& circuit, const AngleShift& shift) {
  Circuit result(circuit.n_qubits(), circuit.n_bits());
  for (const std::string& name : circuit.parameters()) (void)result.parameter(name);
  result.add_global_phase(circuit.global_phase());
  for (std::size_t j = 0; j < circuit.operations().size(); ++j) {
    Operation operation = circuit.operations()[j];
    if (j == shift.operation) {
      operation.angles[shift.angle] = operation.angles[shift.angle] + Angle(shift.shift);
    }
    [[maybe_unused]] const auto added = result.append(std::move(operation));
    assert(added.has_value());
  }
  return result;
}

Result<std::vector<double>> parameter_shift_gradient(
    const Circuit& circuit,
    const std::function<Result<double>(const Circuit&, std::size_t)>& energy) {
  std::vector<double> gradient(circuit.parameters().size());
  const std::vector<AngleShift> shifts = parameter_shifts(circuit);
  for (std::size_t place = 0; place < shifts.size(); ++place) {
    const AngleShift& shift = shifts[place];
    QUANTA_TRY(const double value, energy(shifted(circuit, shift), place));
    for (const Angle::Term& term :
         circuit.operations()[shift.operation].angles[shift.angle].terms) {
      gradient[term.parameter] += shift.weight * term.factor * value;
    }
  }
  return gradient;
}

Result<EnergyGradient> parameter_shift_gradient(const Circuit& circuit,
                                                std::span<const double> parameters,
                                                const PauliSum& observable,
                                                const GradientOptions& options,
                                                const Execution& execution) {
  QUANTA_TRY(const CircuitEnergy energy, CircuitEnergy::create(circuit, observable, options));
  if (energy.n_parameters() == 0) return no_parameters_error();
  EnergyGradient result;
  QUANTA_TRY(result.energy, energy.energy(parameters, execution));
  QUANTA_TRY(result.gradient,
             parameter_shift_gradient(
                 energy.circuit(), [&](const Circuit& moved, std::size_t) -> Result<double> {
                   QUANTA_TRY(const CircuitEnergy at,
                              CircuitEnergy::create(moved, observable, options));
                   return at.energy(parameters, execution);
                 }));
  return result;
}

}  // namespace quanta::quantum
