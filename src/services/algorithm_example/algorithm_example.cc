#include "services/algorithm_example/algorithm_example.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/algorithm/registry.h"
#include "services/algorithm_example/examples.h"

namespace quanta::services {
namespace {

Result<void> run_example(std::string_view name, const Run& run, ExampleDocument& document) {
  if (name == "qaoa") return qaoa_example(run, document);
  if (name == "grover-search") return grover_example(run, document);
  if (name == "annealing") return annealing_example(run, document);
  if (name == "enumeration") return enumeration_example(run, document);
  if (name == "vqe") return vqe_example(run, document);
  if (name == "rqae") return signed_amplitude_example(run, document);
  if (name == "qae" || name == "iqae" || name == "mlae") {
    return amplitude_example(name, run, document);
  }
  if (name == "option-pricing") return option_example(run, document);
  if (name == "credit-risk") return credit_example(run, document);
  if (name == "market-risk") return market_example(run, document);
  if (name == "iterative-phase-estimation") return iterative_phase_example(run, document);
  if (name == "bayesian-phase-estimation") return bayesian_phase_example(run, document);
  if (name == "phase-estimation") return phase_example(run, document);
  return fail(ErrorKind::kInternal, fmt::format("{} has no example yet", name));
}

}  // namespace

Result<ExampleDocument> algorithm_example(std::string_view name, const Run& run) {
  std::vector<std::string_view> known;
  for (const auto& algorithm : quantum::algorithms()) known.push_back(algorithm.name);
  const auto found = std::ranges::find(known, name);
  if (found == known.end()) {
    Error error = unknown_word("name", name, known);
    error.kind = ErrorKind::kUsage;
    return std::unexpected(std::move(error));
  }
  const auto& algorithm = quantum::algorithms()[static_cast<std::size_t>(found - known.begin())];
  ExampleDocument document;
  document.algorithm = algorithm.name;
  document.about = algorithm.about;
  document.source = algorithm.source;
  document.provenance = begin_provenance(run, algorithm.name);
  QUANTA_CHECK(run_example(name, run, document));
  return document;
}

}  // namespace quanta::services
