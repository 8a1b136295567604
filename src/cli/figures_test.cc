#include "cli/figures.h"

#include <limits>

#include <gtest/gtest.h>

namespace quanta::cli {
namespace {

TEST(Figures, ReadAsPeopleWriteThem) {
  EXPECT_EQ(percent(0.1234), "12.3 %");
  EXPECT_EQ(percent(-0.1234, 2), "-12.34 %");
  EXPECT_EQ(percent(-0.000001), "0.0 %");  // no negative zero
  EXPECT_EQ(percent(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(125970), "125,970");
  EXPECT_EQ(with_thousands(std::numeric_limits<std::uint64_t>::max()),
            "18,446,744,073,709,551,615");
  EXPECT_EQ(duration(35e-6), "35 us");
  EXPECT_EQ(duration(0.012), "12 ms");
  EXPECT_EQ(duration(1.24), "1.24 s");
  EXPECT_EQ(figure(std::nullopt), "-");
  EXPECT_EQ(figure(0.02878122783), "0.0287812");
  EXPECT_EQ(period_name(252), "day");
  EXPECT_EQ(period_name(12), "month");
  EXPECT_EQ(period_name(7), "period");
}

}  // namespace
}  // namespace quanta::cli
