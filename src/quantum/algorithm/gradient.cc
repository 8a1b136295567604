#include "quantum/algorithm/gradient.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "quantum/algorithm/generator.h"
#include "quantum/algorithm/observable_check.h"
#include "quantum/circuit/algebra.h"
#include "quantum/simulator/blocked_run.h"
#include "quantum/simulator/byte_text.h"
#include "quantum/simulator/observables.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr double kStatesHeld = 2.0;

/// The circuit without measurements, state preparations first.
Result<Circuit> unitary_part(const Circuit& circuit) {
  const Circuit flat = circuit.expand();
  Circuit result(flat.n_qubits());
  for (const std::string& name : flat.parameters()) (void)result.parameter(name);
  std::vector<bool> measured(flat.n_qubits());
  std::vector<bool> touched(flat.n_qubits());
  std::vector<Operation> gates;
  for (const Operation& operation : flat.operations()) {
    if (operation.gate == Gate::kBarrier) continue;
    const auto refuse = [&](std::string_view why) {
      return bad_input("circuit", fmt::format("\"{}\" {}", operation_name(operation), why));
    };
    if (operation.condition || operation.gate == Gate::kReset) {
      return refuse("depends on measurements: the energy is that of a single state");
    }
    const auto any = [&](const std::vector<bool>& of) {
      return std::ranges::any_of(operation.qubits, [&](unsigned q) { return of[q]; });
    };
    if (any(measured)) return refuse("acts on a qubit after its measurement");
    if (operation.gate == Gate::kMeasure) {
      measured[operation.qubits[0]] = true;
      continue;
    }
    const bool preparation = operation.gate == Gate::kStatePreparation;
    if (preparation && any(touched)) return refuse("acts on a qubit that is not |0> any more");
    for (const unsigned q : operation.qubits) touched[q] = true;
    if (preparation) {
      QUANTA_CHECK(result.append(operation));
    } else {
      gates.push_back(operation);
    }
  }
  for (Operation& operation : gates) QUANTA_CHECK(result.append(std::move(operation)));
  return result;
}

Result<void> check_memory(unsigned n_qubits, std::size_t memory_limit) {
  const auto bytes = [](unsigned n) {
    return std::ldexp(kStatesHeld * double{sizeof(Amplitude)}, static_cast<int>(n));
  };
  const auto limit = static_cast<double>(memory_limit);
  if (bytes(n_qubits) <= limit) return {};
  unsigned most = 0;
  while (bytes(most + 1) <= limit) ++most;
  return fail(ErrorKind::kResource,
              fmt::format("two states of {} qubits need {}; the limit of {} fits {} "
                          "qubits",
                          n_qubits, byte_text(bytes(n_qubits)), byte_text(limit), most),
              "qubits");
}

/// The terms with a single control, Pi P, as P/2 and +-Z P/2, which are read off faster.
std::vector<GeneratorTerm> strings_of(std::vector<GeneratorTerm> terms) {
  std::vector<GeneratorTerm> result;
  for (GeneratorTerm& term : terms) {
    ControlledPauli& pauli = term.pauli;
    if (std::has_single_bit(pauli.control_mask)) {
      const std::uint64_t control = std::exchange(pauli.control_mask, 0);
      term.factor *= 0.5;
      GeneratorTerm with_z = term;
      with_z.pauli.string.z |= control;
      if (std::exchange(pauli.control_value, 0) != 0) with_z.factor = -with_z.factor;
      with_z.pauli.control_value = 0;
      result.push_back(with_z);
    }
    // <phi|psi> is real.
    if (pauli != ControlledPauli{}) result.push_back(term);
  }
  return result;
}

/// The observable where qubit q is bit position[q].
PauliSum moved(PauliSum sum, std::span<const unsigned> position) {
  const auto mask = [&](std::uint64_t qubits) {
    std::uint64_t result = 0;
    for (unsigned q = 0; q < position.size(); ++q) result |= (qubits >> q & 1) << position[q];
    return result;
  };
  for (PauliTerm& term : sum.terms) {
    term.string = {.x = mask(term.string.x), .z = mask(term.string.z)};
  }
  return sum;
}

/// gradient[parameter] gains factor times a reading.
struct Share {
  unsigned parameter;
  std::size_t reading;
  double factor;
};

}  // namespace

CircuitEnergy::CircuitEnergy(Circuit circuit, PauliSum observable, std::size_t memory_limit)
    : circuit_(std::move(circuit)),
      start_(circuit_.n_qubits()),
      observable_(std::move(observable)),
      memory_limit_(memory_limit) {
  for (const std::string& name : circuit_.parameters()) (void)start_.parameter(name);
  for (const Operation& operation : circuit_.operations()) {
    if (operation.gate == Gate::kStatePreparation) {
      (void)start_.append(operation);
      for (const unsigned q : operation.qubits) prepared_ |= std::uint64_t{1} << q;
    } else {
      undo_.push_back(inverse(operation));
    }
  }
  std::ranges::reverse(undo_);
}

Result<CircuitEnergy> CircuitEnergy::create(const Circuit& circuit, PauliSum observable,
                                            const GradientOptions& options) {
  if (circuit.n_qubits() == 0) return bad_input("circuit", "has no qubits");
  QUANTA_CHECK(check_memory(circuit.n_qubits(), options.memory_limit));
  QUANTA_CHECK(check_observable(observable));
  if (observable.n_qubits != circuit.n_qubits()) {
    return bad_input("observable", fmt::format("acts on {} qubits, the circuit on {}",
                                               observable.n_qubits, circuit.n_qubits()));
  }
  QUANTA_TRY(Circuit unitary, unitary_part(circuit));
  return CircuitEnergy(std::move(unitary), std::move(observable), options.memory_limit);
}

Result<StateVector> CircuitEnergy::state(std::span<const double> parameters,
                                         const Execution& execution) const {
  return simulate(circuit_, {.parameters = parameters, .memory_limit = memory_limit_}, execution);
}

Result<StateVector> CircuitEnergy::start(std::span<const double> parameters,
                                         const Execution& execution) const {
  return simulate(start_, {.parameters = parameters, .memory_limit = memory_limit_}, execution);
}

Result<double> CircuitEnergy::energy(std::span<const double> parameters,
                                     const Execution& execution) const {
  QUANTA_TRY(const StateVector psi, state(parameters, execution));
  return expectation(psi, observable_, execution);
}

Result<EnergyGradient> CircuitEnergy::gradient(std::span<const double> parameters,
                                               const Execution& execution) const {
  if (n_parameters() == 0) return no_parameters_error();
  QUANTA_CHECK(check_parameters(circuit_, parameters));
  // |phi> = H |psi> / weight, which is no longer than 1.
  PauliSum scaled = observable_;
  double weight = 0.0;
  for (const PauliTerm& term : scaled.terms) weight += std::abs(term.coefficient);
  if (!std::isfinite(weight)) {
    return bad_input("observable", "its coefficients are too large: the energy overflows");
  }
  EnergyGradient result{.gradient = std::vector<double>(n_parameters())};
  if (weight == 0.0) return result;
  for (PauliTerm& term : scaled.terms) term.coefficient /= weight;

  std::vector<Reading> readings;
  std::vector<Share> shares;
  const auto operations = circuit_.operations();
  for (std::size_t back = 0; back < undo_.size(); ++back) {
    const Operation& operation = operations[operations.size() - 1 - back];
    const std::size_t first = readings.size();
    for (std::size_t i = 0; i < operation.angles.size(); ++i) {
      if (operation.angles[i].is_number()) continue;
      for (const GeneratorTerm& term : strings_of(generator(operation, i, parameters))) {
        // Angles of one gate share their strings.
        std::size_t reading = first;
        while (reading < readings.size() && readings[reading].pauli != term.pauli) ++reading;
        if (reading == readings.size()) readings.push_back({.before = back, .pauli = term.pauli});
        for (const Angle::Term& t : operation.angles[i].terms) {
          shares.push_back({t.parameter, reading, 2.0 * weight * term.factor * t.factor});
        }
      }
    }
  }
  PairedRun back(execution, undo_, parameters, readings, circuit_.n_qubits(), ~prepared_);

  const std::size_t size = stored_amplitudes(circuit_.n_qubits());
  AmplitudeArray<Amplitude> pair(2 * size);
  // std::complex<double> is an array of two doubles by the standard ([complex.numbers.general]).
  auto* const numbers = reinterpret_cast<double*>(pair.data());
  const std::span psi(pair.data(), size);
  const std::span phi(pair.data() + size, size);
  psi[0] = 1.0;
  Execution quiet = execution;  // whoever evaluates many gradients tells of the progress
  quiet.progress = {};
  QUANTA_TRY(const std::vector<unsigned> position,
             back.prepare(quiet, circuit_.operations(), parameters, numbers));
  apply(moved(scaled, position), psi, phi, execution);
  result.energy = weight * inner_product(psi, phi, execution).real();
  QUANTA_TRY(const std::vector<double> values, std::move(back).read(quiet, position, numbers));
  for (const Share& s : shares) result.gradient[s.parameter] += s.factor * values[s.reading];
  return result;
}

Result<EnergyGradient> adjoint_gradient(const Circuit& circuit, std::span<const double> parameters,
                                        const PauliSum& observable, const GradientOptions& options,
                                        const Execution& execution) {
  QUANTA_TRY(const CircuitEnergy energy, CircuitEnergy::create(circuit, observable, options));
  return energy.gradient(parameters, execution);
}

Result<EnergyGradient> finite_difference_gradient(const Circuit& circuit,
                                                  std::span<const double> parameters,
                                                  const PauliSum& observable, double step,
                                                  const GradientOptions& options,
                                                  const Execution& execution) {
  if (!(step > 0.0 && std::isfinite(step))) {
    return bad_input("step", fmt::format("{} is no positive number", step));
  }
  QUANTA_TRY(const CircuitEnergy energy, CircuitEnergy::create(circuit, observable, options));
  EnergyGradient result;
  QUANTA_TRY(result.energy, energy.energy(parameters, execution));
  if (energy.n_parameters() == 0) return no_parameters_error();
  static constexpr std::array kWeights = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
  std::vector<double> x(parameters.begin(), parameters.end());
  for (std::size_t i = 0; i < x.size(); ++i) {
    double slope = 0.0;
    for (std::size_t s = 0; s < kWeights.size(); ++s) {
      const double shift = static_cast<double>(s + 1) * step;
      x[i] = parameters[i] + shift;
      QUANTA_TRY(const double up, energy.energy(x, execution));
      x[i] = parameters[i] - shift;
      QUANTA_TRY(const double down, energy.energy(x, execution));
      slope += kWeights[s] * (up - down) / step;
    }
    x[i] = parameters[i];
    result.gradient.push_back(slope);
  }
  return result;
}

}  // namespace quanta::quantum
