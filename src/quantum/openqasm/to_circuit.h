/// A program as one circuit, where that is possible.
#pragma once

#include <map>
#include <string>

#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/openqasm/machine.h"
#include "quantum/openqasm/program.h"

namespace quanta::quantum::openqasm {

/// The circuit that the program runs. Loops, subroutines and all that is known beforehand are
/// carried out. A gate that the program defines becomes a kDefined operation under its name;
/// expand() looks inside. Every OpenQASM 2 program can be converted.
///
/// `if` and `switch` on measured bits become conditions of the operations in their branches, where
/// a Condition can say it: a register or some bits compared with a constant by == or !=, single
/// bits, && of such, and else. Classical bits of the circuit: the registers of global scope that
/// measurements go to (OpenQASM 2: all), then "scratch" for outcomes that are stored in none but
/// steer an `if`.
///
/// Errors: those of Machine::create and Machine::next; kInfeasible with the place of what cannot be
/// flattened (a loop or index that hangs on a measured value, an assignment in such a branch, a
/// condition that no Condition says); kResource, more than `limits.operations` operations.
Result<Circuit> to_circuit(const Program& program,
                           const std::map<std::string, std::string>& inputs = {},
                           const Limits& limits = {});

/// The same, where inputs of type float and angle that are given no value become parameters of the
/// circuit, in the order of their declaration, and angles are linear expressions in them. An angle
/// is taken as a real number: where a sum or a multiple would be reduced modulo a turn, gates of
/// one qubit without controls, p under any controls and gphase may have it.
///
/// Errors: as above; kBadInput with the place, where the value is needed: for what is not linear, a
/// comparison, an index, a power, a type that rounds (float[32], angle[8]), another gate whose
/// angle would be reduced.
Result<Circuit> to_open_circuit(const Program& program,
                                const std::map<std::string, std::string>& inputs = {},
                                const Limits& limits = {});

}  // namespace quanta::quantum::openqasm
