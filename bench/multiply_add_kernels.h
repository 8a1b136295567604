/// The machine's arithmetic peak, as work to be timed.
#pragma once

#include <cstddef>

#include "core/instruction_set.h"

namespace quanta::bench {

/// 192 n flops in registers, without memory: n times twelve multiply-adds of eight doubles.
double multiply_adds(InstructionSet set, std::size_t n);

}  // namespace quanta::bench
