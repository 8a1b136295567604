#include "core/large_memory.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace quanta {
namespace {

// Memory that was written before is kept, whatever the range's ends are.
TEST(LargeMemory, ChangesNoByteOfAnyRange) {
  std::vector<std::uint64_t> values((std::size_t{9} << 20) / 8);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i * 0x9e3779b97f4a7c15U;
  for (const std::size_t begin : {0U, 1U, 511U, 4096U}) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{100}, values.size() - begin}) {
      prefer_large_pages(values.data() + begin, length * sizeof(std::uint64_t));
    }
  }
  prefer_large_pages(nullptr, 0);
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], i * 0x9e3779b97f4a7c15U);
}

}  // namespace
}  // namespace quanta
