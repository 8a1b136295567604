/// Each quantum algorithm on a small problem, beside the classical answer to the same problem:
/// `quanta algorithm NAME`.
///
///   QUANTA_TRY(const ExampleDocument example, algorithm_example("iqae", run));
///   example.rows;       // quantum and classical, with their errors and costs
///   example.picture;    // an SVG
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "services/optimization/optimization.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// One method's answer.
struct ExampleRow {
  std::string method;
  MethodKind kind = MethodKind::kClassical;
  std::optional<double> value;  ///< missing where many runs are told by their error
  std::optional<double> error;  ///< |value - exact|, over many runs its root mean square
  double cost = 0.0;            ///< in the document's unit
  double seconds = 0.0;

  static constexpr auto describe() {
    return std::tuple{field("method", &ExampleRow::method, "with its setting"),
                      field("kind", &ExampleRow::kind, "quantum (simulated) or classical"),
                      field("value", &ExampleRow::value, "its answer; null: many runs"),
                      field("error", &ExampleRow::error,
                            "distance from the exact answer, over many runs its root mean square"),
                      field("cost", &ExampleRow::cost, "in the document's cost_unit"),
                      field("seconds", &ExampleRow::seconds, "wall time, simulation included")};
  }
};

struct ExampleDocument {
  std::string algorithm;
  std::string about;
  std::string source;
  std::string problem;  ///< in words
  double exact = 0.0;
  std::string cost_unit;
  std::vector<ExampleRow> rows;
  std::string verdict;  ///< which is better here, and when that changes
  Provenance provenance;
  std::string picture = {};  ///< standalone SVG; no part of the JSON

  static constexpr auto describe() {
    return std::tuple{
        field("algorithm", &ExampleDocument::algorithm, "name in `quanta algorithms`"),
        field("about", &ExampleDocument::about, "what it computes"),
        field("source", &ExampleDocument::source, "where it comes from"),
        field("problem", &ExampleDocument::problem, "the example in words"),
        field("exact", &ExampleDocument::exact, "its exact answer"),
        field("cost_unit", &ExampleDocument::cost_unit, "what costs count"),
        field("rows", &ExampleDocument::rows, "every method's answer"),
        field("verdict", &ExampleDocument::verdict, "which is better here"),
        field("provenance", &ExampleDocument::provenance, "how to repeat it")};
  }
};

/// Runs the example; `name` as in quantum::algorithms(). The seed makes both the problem and the
/// shots. Errors: kUsage, field "name": none of them, with the nearest; those of the algorithm.
Result<ExampleDocument> algorithm_example(std::string_view name, const Run& run);

}  // namespace quanta::services
