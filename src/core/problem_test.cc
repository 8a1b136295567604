#include "core/problem.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace quanta {
namespace {

TEST(Problem, NamesThePlaceOfAFault) {
  const Problem problem =
      problem_of({ErrorKind::kBadInput, "not a number", "AAPL", {"prices.csv", 41, 3}});
  EXPECT_EQ(problem.type, "urn:quanta:problem:bad-input");
  EXPECT_EQ(problem.status, 422);
  EXPECT_EQ(problem.detail, "prices.csv:41:3: not a number");
  ASSERT_EQ(problem.errors.size(), 1U);
  EXPECT_EQ(problem.errors[0].parameter, "AAPL");
  EXPECT_EQ(problem.errors[0].line, 41U);
  EXPECT_EQ(problem.errors[0].message, "not a number");
}

TEST(Problem, HasNullWhereNothingIsKnown) {
  const json::Value value = json::to(problem_of({ErrorKind::kIo, "disk full", {}, {}}));
  const json::Object& fault = value.as_object().at("errors").as_array()[0].as_object();
  for (const char* key : {"field", "file", "line", "column"}) {
    EXPECT_TRUE(fault.at(key).is_null()) << key;
  }
}

TEST(Problem, HasATypeAndAStatusForEveryKind) {
  const struct {
    ErrorKind kind;
    const char* type;
    int status;
  } cases[] = {
      {ErrorKind::kUsage, "urn:quanta:problem:usage", 400},
      {ErrorKind::kBadInput, "urn:quanta:problem:bad-input", 422},
      {ErrorKind::kInfeasible, "urn:quanta:problem:infeasible", 422},
      {ErrorKind::kIo, "urn:quanta:problem:io", 500},
      {ErrorKind::kResource, "urn:quanta:problem:resource", 503},
      {ErrorKind::kCancelled, "urn:quanta:problem:cancelled", 504},
      {ErrorKind::kInternal, "urn:quanta:problem:internal", 500},
  };
  for (const auto& c : cases) {
    const Problem problem = problem_of({c.kind, "x", {}, {}});
    EXPECT_EQ(problem.type, c.type);
    EXPECT_EQ(problem.status, c.status);
  }
}

}  // namespace
}  // namespace quanta
