/// A circuit as bytes, so that its hash can be its address.
#pragma once

#include <string>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// The same bytes for equal circuits (operator==) and for no others, on every machine: whole
/// numbers and the bits of doubles in little endian, -0 as 0. The body of a defined gate is written
/// once, however often it is used: O(operations of the circuit and of its distinct bodies).
std::string serialize(const Circuit& circuit);

}  // namespace quanta::quantum
