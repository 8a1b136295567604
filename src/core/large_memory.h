/// Memory that is read and written in long strides.
#pragma once

#include <cstddef>

namespace quanta {

/// Asks the system to back these bytes with large pages where it can, before they are first
/// touched: a table of 1 GB then costs hundreds of page faults, not 250,000, and strides of a power
/// of two miss the address cache less. Changes no value; does nothing below 4 MiB or where the
/// system declines.
///
///   std::vector<double> values;
///   values.reserve(n);
///   prefer_large_pages(values.data(), n * sizeof(double));
///   values.resize(n);
void prefer_large_pages(void* begin, std::size_t bytes);

}  // namespace quanta
