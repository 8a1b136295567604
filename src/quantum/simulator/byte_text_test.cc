#include "quantum/simulator/byte_text.h"

#include <cmath>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

TEST(ByteText, ChoosesTheUnit) {
  EXPECT_EQ(byte_text(0), "0 bytes");
  EXPECT_EQ(byte_text(999), "999 bytes");
  EXPECT_EQ(byte_text(1000), "1 kB");
  EXPECT_EQ(byte_text(16 * 1024 * 1024), "16.78 MB");
  EXPECT_EQ(byte_text(std::ldexp(16.0, 60)), "18.45 EB");
  EXPECT_EQ(byte_text(1e30), "1e+06 YB");
}

}  // namespace
}  // namespace quanta::quantum
