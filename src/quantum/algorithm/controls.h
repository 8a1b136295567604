/// The classical answers that stand beside a quantum one, on the same problem.
///
///   QUANTA_TRY(const std::vector<Control> controls,
///              run_controls(cost, {.weight = 8, .draws = 1024}, execution));
///   for (const Control& c : controls) … c.name, c.value, c.evaluations, c.missing …
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/quadratic_cost.h"

namespace quanta::quantum {

struct Control {
  std::string_view name;
  std::optional<double> value = {};  ///< of its best state; none where it did not run
  std::uint64_t state = 0;           ///< that state, bit i = x_i
  /// Costs that were computed. Grover search: calls of its oracle, each of which computes one.
  std::uint64_t evaluations = 0;
  bool proven = false;       ///< no state is better
  std::string missing = {};  ///< why there is no value; empty where there is one
};

struct ControlOptions {
  std::optional<unsigned> weight = {};  ///< only states of so many ones
  std::uint64_t draws = 1024;           ///< of the random picks
  std::uint64_t seed = 1;
  std::uint64_t enumerate_up_to = std::uint64_t{1} << 30;  ///< states; about one second
  std::uint64_t search_up_to = std::uint64_t{1} << 20;     ///< states, for Grover search
};

/// In this order:
///   enumeration   every state (gray_enumeration.h), up to enumerate_up_to states;
///   annealing     20 restarts of 200 sweeps (simulated_annealing.h);
///   random picks  the best of `draws` uniform draws: what chance gives for as many shots;
///   grover search the outcome of a simulated Dürr-Høyer search (grover_search.h), up to
///                 search_up_to states, since the simulation computes all costs.
/// One that a stop of the execution cuts off is missing, and says so.
/// Deterministic in (cost, options); the same bits for any number of threads.
/// Errors: those of check(QuadraticCost); kBadInput, field "qubits" (above 63), "weight" (above n),
/// "draws" (0).
Result<std::vector<Control>> run_controls(const QuadraticCost& cost, const ControlOptions& options,
                                          const Execution& execution);

}  // namespace quanta::quantum
