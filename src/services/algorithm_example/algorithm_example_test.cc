#include "services/algorithm_example/algorithm_example.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "quantum/algorithm/registry.h"

namespace quanta::services {
namespace {

TEST(AlgorithmExample, EveryAlgorithmShowsItselfBesideAClassicalAnswer) {
  for (const auto& algorithm : quantum::algorithms()) {
    SCOPED_TRACE(algorithm.name);
    const auto example =
        algorithm_example(algorithm.name, services::Run{.command = {}, .execution = {}});
    ASSERT_TRUE(example.has_value()) << example.error().message;
    bool classical = false;
    for (const ExampleRow& row : example->rows) {
      EXPECT_FALSE(row.method.empty());
      classical = classical || row.kind == MethodKind::kClassical;
      // What claims no error has the exact value.
      if (row.error == 0.0 && row.value) {
        EXPECT_NEAR(*row.value, example->exact, 1e-9);
      }
    }
    EXPECT_TRUE(classical);
    EXPECT_FALSE(example->problem.empty());
    EXPECT_FALSE(example->verdict.empty());
    EXPECT_TRUE(example->picture.starts_with("<svg xmlns="));
    EXPECT_EQ(example->picture.find("nan"), std::string::npos);
  }
}

TEST(AlgorithmExample, IsTheSameForASeedAndSuggestsANearName) {
  const services::Run run{.command = {}, .execution = {}};
  auto once = algorithm_example("qaoa", run).value();
  auto again = algorithm_example("qaoa", run).value();
  EXPECT_EQ(once.picture, again.picture);
  const auto wrong = algorithm_example("qoaa", run);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().kind, ErrorKind::kUsage);
  EXPECT_NE(wrong.error().message.find("did you mean \"qaoa\""), std::string::npos);
}

}  // namespace
}  // namespace quanta::services
