/// Amounts of memory in messages.
#pragma once

#include <string>

namespace quanta::quantum {

/// Four digits in the unit that fits, of 1000 each: "16.78 MB", "18.45 EB".
std::string byte_text(double bytes);

}  // namespace quanta::quantum
