#include "core/problem.h"

namespace quanta {
namespace {

struct Kind {
  const char* name;
  const char* title;
  int status;
};

Kind describe_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return {"usage", "Flags or arguments that make no sense together", 400};
    case ErrorKind::kBadInput:
      return {"bad-input", "Input that cannot be used", 422};
    case ErrorKind::kInfeasible:
      return {"infeasible", "No answer satisfies the request", 422};
    case ErrorKind::kIo:
      return {"io", "Reading or writing failed", 500};
    case ErrorKind::kResource:
      return {"resource", "Memory or another limit does not suffice", 503};
    case ErrorKind::kCancelled:
      return {"cancelled", "Stopped before an answer was found", 504};
    case ErrorKind::kInternal:
      break;
  }
  return {"internal", "A mistake of the program", 500};
}

}  // namespace

Problem problem_of(const Error& error) {
  const Kind kind = describe_kind(error.kind);
  ProblemDetail detail;
  if (!error.field.empty()) detail.parameter = error.field;
  if (!error.place.file.empty()) detail.file = error.place.file;
  if (error.place.line > 0) detail.line = error.place.line;
  if (error.place.column > 0) detail.column = error.place.column;
  detail.message = error.message;
  std::optional<std::vector<ProblemConflict>> conflicts;
  for (const Conflict& conflict : error.conflicts) {
    if (!conflicts) conflicts.emplace();
    std::vector<ProblemLimit>& limits = conflicts->emplace_back().limits;
    for (const ConflictingLimit& limit : conflict) {
      limits.push_back({limit.field.empty() ? std::nullopt : std::optional(limit.field), limit.name,
                        limit.of, limit.relation, limit.limit, limit.nearest, limit.nearest_in_set,
                        limit.words + " would have to be " + limit.remedy});
    }
  }
  return {std::string("urn:quanta:problem:") + kind.name,
          kind.title,
          kind.status,
          to_text(error),
          {std::move(detail)},
          std::move(conflicts)};
}

}  // namespace quanta
