#include <gtest/gtest.h>

#include "core/date.h"
#include "core/execution.h"
#include "core/json.h"
#include "core/random.h"
#include "portfolio/certificate.h"
using namespace quanta;
TEST(Smoke, Json) {
  auto v = json::to(portfolio::Certificate{1, 0.1, 0.2, true});
  EXPECT_EQ(json::print_compact(v), R"({"best":1,"bound":0.1,"gap":0.2,"proven":true})");
  EXPECT_TRUE(json::from<portfolio::Certificate>(v));
  auto bad = json::parse("{\"a\": 1,\n x}", "f.json");
  ASSERT_FALSE(bad);
  EXPECT_EQ(to_text(bad.error()), "f.json:2:2: not valid JSON: unexpected \"x\"");
  ThreadPool pool(3);
  EXPECT_EQ(parallel_sum(pool, 1000, 10,
                         [](size_t a, size_t b) {
                           double s = 0;
                           for (; a < b; ++a) s += double(a);
                           return s;
                         }),
            499500);
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0})[0], 0x6627e8d5u);
}
TEST(Smoke, JsonParse) {
  for (const char* text :
       {"1e400", "{\"a\":1,\"a\":2}", "", "[1,2", "[1] x", "nul",
        "[1e5, 0.1, -3, 18446744073709551615, 2.2250738585072014e-308]", "3.5", "12"}) {
    auto v = json::parse(text, "f");
    printf("%s -> %s\n", text, v ? json::print_compact(*v).c_str() : to_text(v.error()).c_str());
  }
}
