#include "core/large_memory.h"

#include <cstdint>

#include <sys/mman.h>

namespace quanta {
namespace {

constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;

}  // namespace

void prefer_large_pages(void* begin, std::size_t bytes) {
  if (bytes < 2 * kLargePage) return;
  // The whole large pages within, of which there is one at least.
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(begin) % kLargePage;
  const std::size_t inside = (bytes - before) / kLargePage * kLargePage;
  // Where the system has no large pages the call fails, and small ones serve as well.
  (void)madvise(static_cast<char*>(begin) + before, inside, MADV_HUGEPAGE);
}

}  // namespace quanta
