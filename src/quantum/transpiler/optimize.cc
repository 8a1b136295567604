#include "quantum/transpiler/optimize.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "quantum/transpiler/basis.h"
#include "quantum/transpiler/merge.h"
#include "quantum/transpiler/passes.h"
#include "quantum/transpiler/program.h"
#include "quantum/transpiler/translate.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostLevel = 2;

struct Shrunk {
  Program program;
  unsigned rounds = 0;
};

/// Round by round until nothing gets smaller.
Result<Shrunk> shrink(Program program, const Basis& basis, const OptimizeOptions& options,
                      const Execution& execution) {
  Shrunk best{.program = std::move(program)};
  if (options.level == 0) return best;
  const bool outcomes = options.preserve == Preserve::kOutcomes;
  Size size = size_of(best.program);
  while (true) {
    Program next = best.program;
    Size next_size = size;
    for (Operation& operation : next.operations) operation = canonical(std::move(operation));
    const auto step = [&](const auto& pass) {
      Program rewritten = next;
      pass(rewritten);
      const Size rewritten_size = size_of(rewritten);
      if (!no_larger(rewritten_size, next_size)) return;
      next = std::move(rewritten);
      next_size = rewritten_size;
    };
    if (outcomes) {
      step([&](Program& p) { use_known_states(p, basis); });
      step([&](Program& p) { drop_unseen(p); });
    }
    step([&](Program& p) { fold_phases(p, basis, outcomes); });
    if (execution.cancelled()) return cancelled_error();
    step([&](Program& p) { cancel(p, basis); });
    step([&](Program& p) { merge_runs(p, basis); });
    if (execution.cancelled()) return cancelled_error();
    if (options.level > 1) step([&](Program& p) { resynthesise_blocks(p, basis); });
    if (next_size == size) return best;
    best.program = std::move(next);
    size = next_size;
    ++best.rounds;
    execution.report(1.0 - 1.0 / (best.rounds + 1), "optimising");
  }
}

bool has_definitions(const Circuit& circuit) {
  return std::ranges::any_of(circuit.operations(),
                             [](const Operation& o) { return o.gate == Gate::kDefined; });
}

/// The bodies of defined gates made smaller, each once. Their unitaries and phases stay, as they
/// may stand under controls.
class Bodies {
 public:
  Bodies(const Circuit& circuit, const OptimizeOptions& options, const Execution& execution)
      : circuit_(circuit), options_(options), execution_(execution) {
    options_.preserve = Preserve::kUnitary;
  }

  Result<void> shrink_all(Program& program) {
    for (Operation& operation : program.operations) {
      if (operation.gate != Gate::kDefined) continue;
      const std::shared_ptr<const Circuit> body = operation.payload->body;
      auto found = done_.find(body);
      if (found == done_.end()) {
        QUANTA_TRY(Optimized smaller, optimize(with_parameters(*body), options_, execution_));
        const bool better = smaller.rounds > 0;
        if (better) ++changed_;
        found =
            done_
                .emplace(body, better ? std::make_shared<const Circuit>(std::move(smaller.circuit))
                                      : body)
                .first;
      }
      if (found->second == body) continue;
      Payload payload = *operation.payload;
      payload.body = found->second;
      operation.payload = std::make_shared<const Payload>(std::move(payload));
    }
    return {};
  }

  unsigned changed() const { return changed_; }

 private:
  /// A body may use the circuit's parameters without listing them.
  Circuit with_parameters(const Circuit& body) const {
    Circuit result(body.n_qubits());
    for (const std::string& name : circuit_.parameters()) (void)result.parameter(name);
    Program program = to_program(body);
    return to_circuit(std::move(program), result);
  }

  const Circuit& circuit_;
  OptimizeOptions options_;
  const Execution& execution_;
  std::map<std::shared_ptr<const Circuit>, std::shared_ptr<const Circuit>> done_;
  unsigned changed_ = 0;
};

}  // namespace

Result<Optimized> optimize(const Circuit& circuit, const OptimizeOptions& options,
                           const Execution& execution) {
  if (options.level > kMostLevel) {
    return bad_input("level", fmt::format("{} is above {}", options.level, kMostLevel));
  }
  const auto too_many = [] {
    return fail(ErrorKind::kResource,
                fmt::format("has more than {} operations, those in its defined gates counted",
                            kMostOperations),
                "circuit");
  };
  if (circuit.operations().size() > kMostOperations) return too_many();
  if (!options.basis.empty()) {
    QUANTA_TRY(const Basis basis, Basis::parse(options.basis));
    if (expanded_size(circuit) > kMostOperations) return too_many();
    QUANTA_TRY(Program start, translate(to_program(circuit.expand()), basis, execution));
    Circuit baseline = to_circuit(start, circuit);
    QUANTA_TRY(Shrunk shrunk, shrink(std::move(start), basis, options, execution));
    return Optimized{.circuit = to_circuit(std::move(shrunk.program), circuit),
                     .baseline = std::move(baseline),
                     .rounds = shrunk.rounds};
  }
  if (!has_definitions(circuit)) {
    QUANTA_TRY(Shrunk shrunk, shrink(to_program(circuit), Basis::of(circuit), options, execution));
    return Optimized{.circuit = to_circuit(std::move(shrunk.program), circuit),
                     .baseline = circuit,
                     .rounds = shrunk.rounds};
  }
  // Far larger circuits do not shrink back to what was written.
  constexpr std::size_t kWorthATry = 20;
  if (expanded_size(circuit) <=
      std::max(std::size_t{10'000}, kWorthATry * circuit.operations().size())) {
    const Circuit flat = circuit.expand();
    QUANTA_TRY(Shrunk expanded, shrink(to_program(flat), Basis::of(flat), options, execution));
    if (no_larger(size_of(expanded.program), size_of(to_program(circuit)))) {
      return Optimized{.circuit = to_circuit(std::move(expanded.program), circuit),
                       .baseline = circuit,
                       .rounds = std::max(expanded.rounds, 1U)};
    }
  }
  QUANTA_TRY(Shrunk shrunk, shrink(to_program(circuit), Basis::of(circuit), options, execution));
  Bodies bodies(circuit, options, execution);
  QUANTA_CHECK(bodies.shrink_all(shrunk.program));
  return Optimized{.circuit = to_circuit(std::move(shrunk.program), circuit),
                   .baseline = circuit,
                   .rounds = std::max(shrunk.rounds, bodies.changed() > 0 ? 1U : 0U)};
}

}  // namespace quanta::quantum
