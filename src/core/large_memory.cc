#include "core/large_memory.h"

#include <cstdint>

#include <sys/mman.h>

namespace quanta {
namespace {

constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;

}  // namespace

void prefer_large_pages(void* begin, std::size_t bytes) {
  if (bytes < 2 * kLargePage) return;
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t from = (first + kLargePage - 1) / kLargePage * kLargePage;
  const std::uintptr_t to = (first + bytes) / kLargePage * kLargePage;
  // Where the system has no large pages the call fails, and small ones serve as well.
  if (to > from) (void)madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
}

}  // namespace quanta
