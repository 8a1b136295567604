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

TEST(Problem, HasTheLimitsThatContradictEachOther) {
  Error error{ErrorKind::kInfeasible, "no weights meet these limits together", {}, {}};
  EXPECT_TRUE(json::to(problem_of(error)).as_object().at("conflicts").is_null());
  error.conflicts = {{{.words = "group tech at most 20 %",
                       .remedy = "at least 35 %",
                       .field = "group",
                       .name = "group",
                       .of = "tech",
                       .relation = "<=",
                       .limit = 0.2,
                       .nearest = 0.35,
                       .nearest_in_set = 0.35},
                      {.words = "weights sum to 100 %",
                       .remedy = "90 %, not enough alone",
                       .field = {},
                       .name = "sum",
                       .of = {},
                       .relation = "=",
                       .limit = 1.0,
                       .nearest = {},
                       .nearest_in_set = 0.9}}};
  const json::Value value = json::to(problem_of(error));
  const auto& limits = value.as_object().at("conflicts").as_array().at(0).at("limits").as_array();
  ASSERT_EQ(limits.size(), 2U);
  EXPECT_EQ(limits[0].at("of").as_string(), "tech");
  EXPECT_EQ(limits[0].at("nearest").as_double(), 0.35);
  EXPECT_EQ(limits[0].at("message").as_string(),
            "group tech at most 20 % would have to be at least 35 %");
  EXPECT_TRUE(limits[1].at("field").is_null());
  EXPECT_TRUE(limits[1].at("nearest").is_null());
  EXPECT_TRUE(json::from<Problem>(value).has_value());
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
