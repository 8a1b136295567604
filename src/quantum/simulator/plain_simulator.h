/// The textbook simulation: one operation after the other on all amplitudes, no tricks. It says
/// what is meant; tests and benchmarks hold the fast simulators against it.
#pragma once

#include <span>
#include <vector>

#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

/// Applies a unitary operation (not kDefined of more than 12 operands) or a barrier to 2^n
/// amplitudes.
void apply_plainly(const Operation& operation, std::span<const double> parameters,
                   std::span<Amplitude> amplitudes);

/// The circuit on |0…0>, its global phase included. Measurements are passed over; precondition: no
/// resets, conditions; state preparations only on qubits nothing else has touched.
std::vector<Amplitude> simulate_plainly(const Circuit& circuit,
                                        std::span<const double> parameters = {});

/// <state| P |state>, which is real.
double expectation_plainly(std::span<const Amplitude> state, const PauliString& string);

}  // namespace quanta::quantum
