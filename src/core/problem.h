/// An Error as an RFC 9457 problem document: what the command line prints with --json and what the
/// API answers.
///
///   json::print(json::to(problem_of(error)));
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"

namespace quanta {

/// One fault: a parameter (`field`) or a place in a file, and what would be right.
struct ProblemDetail {
  std::optional<std::string> parameter;
  std::optional<std::string> file;
  std::optional<std::size_t> line;
  std::optional<std::size_t> column;
  std::string message;

  static constexpr auto describe() {
    return std::tuple{
        field("field", &ProblemDetail::parameter, "parameter, flag or column at fault"),
        field("file", &ProblemDetail::file, "file at fault"),
        field("line", &ProblemDetail::line, "its line, from 1"),
        field("column", &ProblemDetail::column, "its column, from 1"),
        field("message", &ProblemDetail::message, "what was found and what would be right")};
  }
};

/// ConflictingLimit in the document.
struct ProblemLimit {
  std::optional<std::string> parameter;
  std::string name;
  std::optional<std::string> of;
  std::string relation;
  double limit = 0.0;
  std::optional<double> nearest;
  double nearest_in_set = 0.0;
  std::string message;

  static constexpr auto describe() {
    return std::tuple{
        field("field", &ProblemLimit::parameter, "parameter or flag that sets it"),
        field("name", &ProblemLimit::name, "what is limited"),
        field("of", &ProblemLimit::of, "of which asset or group; null: of the whole"),
        field("relation", &ProblemLimit::relation, "value relation limit"),
        field("limit", &ProblemLimit::limit, "as it stands"),
        field("nearest", &ProblemLimit::nearest,
              "the nearest limit that would do, all others unchanged; null: none would"),
        field("nearest_in_set", &ProblemLimit::nearest_in_set,
              "the nearest that would end this contradiction, whatever else there is"),
        field("message", &ProblemLimit::message, "the limit and its remedy in words")};
  }
};

struct ProblemConflict {
  std::vector<ProblemLimit> limits;

  static constexpr auto describe() {
    return std::tuple{field("limits", &ProblemConflict::limits,
                            "that contradict each other; without any one they would not")};
  }
};

struct Problem {
  std::string type;
  std::string title;
  int status = 500;
  std::string detail;
  std::vector<ProblemDetail> errors;
  std::optional<std::vector<ProblemConflict>> conflicts;

  static constexpr auto describe() {
    return std::tuple{field("type", &Problem::type, "a URI that names the kind of problem"),
                      field("title", &Problem::title,
                            "the kind in words, the same for every problem of the type"),
                      field("status", &Problem::status, "HTTP status"),
                      field("detail", &Problem::detail, "this problem in words"),
                      field("errors", &Problem::errors, "each fault and its place"),
                      field("conflicts", &Problem::conflicts,
                            "limits that contradict each other; null where it is no such thing")};
  }
};

/// Type "urn:quanta:problem:bad-input" and its kin, one per ErrorKind. Status: 400 for wrong usage,
/// 422 for input or a request that cannot be met, 503 for a limit, 504 for a deadline, else 500.
Problem problem_of(const Error& error);

}  // namespace quanta
