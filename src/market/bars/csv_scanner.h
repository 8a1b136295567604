/// The first pass over CSV text: where its separators, quotes and line ends are.
///
///   std::vector<std::uint32_t> places(text.size() + kScannerPadding);
///   const std::size_t n = find_structure(text, ',', places, InstructionSet::kAvx2);
///   // places[0 … n-1]: offsets, rising, of each ',', '"' and '\n' in text
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/instruction_set.h"

namespace quanta::market {

/// Places are written eight at a time, so the room for them is this much longer than the text.
constexpr std::size_t kScannerPadding = 64;

/// Precondition: text.size() < 2^32, places.size() >= text.size() + kScannerPadding.
/// Floor: one read of the text. The same places for every instruction set.
std::size_t find_structure(std::string_view text, char separator, std::span<std::uint32_t> places,
                           InstructionSet instruction_set);

constexpr KernelDescription kCsvScannerKernel{
    .name = "csv-scanner",
    .place = "market/bars",
    .about = "finds separators, quotes and line ends in CSV text",
    .floor = "1 byte read per byte of text"};

}  // namespace quanta::market
