#include "platform/machine/memory.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace quanta::platform {
namespace {

TEST(MainMemory, IsNoMoreThanTheMachineHas) {
  std::ifstream in("/proc/meminfo");
  std::string key;
  std::size_t kilobytes = 0;
  if (!(in >> key >> kilobytes) || key != "MemTotal:") GTEST_SKIP() << "no /proc/meminfo here";
  EXPECT_LE(main_memory(), 1024 * kilobytes);
  EXPECT_GE(main_memory(), std::size_t{1} << 24);
}

}  // namespace
}  // namespace quanta::platform
