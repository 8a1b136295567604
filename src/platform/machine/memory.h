/// The machine's main memory.
#pragma once

#include <cstddef>

namespace quanta::platform {

/// Bytes of main memory that this process may fill: those of the machine or, where it is less, the
/// limit of its control group (a container's).
std::size_t main_memory();

}  // namespace quanta::platform
