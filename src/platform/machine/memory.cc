#include "platform/machine/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include <unistd.h>

namespace quanta::platform {
namespace {

/// The number in such a file of the control group; the largest there is where it holds none
/// ("max").
std::size_t group_limit(const char* file) {
  std::ifstream in(file);
  std::size_t bytes = 0;
  return in >> bytes ? bytes : std::numeric_limits<std::size_t>::max();
}

}  // namespace

std::size_t main_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  const std::size_t machine = pages > 0 && page > 0
                                  ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page)
                                  : std::size_t{1} << 32;
  return std::min({machine, group_limit("/sys/fs/cgroup/memory.max"),
                   group_limit("/sys/fs/cgroup/memory/memory.limit_in_bytes")});
}

}  // namespace quanta::platform
