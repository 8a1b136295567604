#include "quantum/algorithm/controls.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/gray_enumeration.h"
#include "quantum/algorithm/grover_search.h"
#include "quantum/algorithm/simulated_annealing.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kShotsPerChunk = 4096;

/// A method's answer, or why it has none: too large, or stopped. Other errors are the caller's.
template <class Answer, class Fill>
Result<Control> control(std::string_view name, Result<Answer> answer, const Fill& fill) {
  Control result{.name = name};
  if (answer) {
    fill(*answer, result);
    return result;
  }
  const ErrorKind kind = answer.error().kind;
  if (kind != ErrorKind::kResource && kind != ErrorKind::kCancelled) {
    return std::unexpected(std::move(answer).error());
  }
  result.missing = std::move(answer).error().message;
  return result;
}

std::uint64_t n_states(const QuadraticCost& cost, std::optional<unsigned> weight) {
  const auto n = static_cast<unsigned>(cost.n());
  return weight ? binomial(n, *weight) : std::uint64_t{1} << n;
}

/// Uniform over the states, with repetition.
Result<Control> random_picks(const QuadraticCost& cost, const ControlOptions& options,
                             const Execution& execution) {
  const std::size_t n = cost.n();
  RandomStream stream(options.seed, "random picks");
  Control best{.name = "random picks"};
  for (; best.evaluations < options.draws && !execution.cancelled(); ++best.evaluations) {
    std::uint64_t state = 0;
    if (options.weight) {
      // Floyd's way to draw k of n (Bentley, Floyd 1987).
      for (std::size_t j = n - *options.weight; j < n; ++j) {
        const std::uint64_t drawn = std::uint64_t{1} << stream.below(j + 1);
        state |= (state & drawn) != 0 ? std::uint64_t{1} << j : drawn;
      }
    } else {
      state = stream.next() >> (64 - n);
    }
    const double picked = value(cost, state);
    if (!best.value || picked < *best.value) {
      best.value = picked;
      best.state = state;
    }
  }
  if (!best.value) best.missing = cancelled_error().error().message;
  return best;
}

struct Searched {
  GroverMinimum minimum;
  std::uint64_t state = 0;
};

Result<Searched> search(const QuadraticCost& cost, const ControlOptions& options,
                        const Execution& execution) {
  const std::uint64_t states = n_states(cost, options.weight);
  if (states > options.search_up_to) {
    return fail(ErrorKind::kResource,
                fmt::format("{:.4g} states; at most {:.4g} are simulated",
                            static_cast<double>(states), static_cast<double>(options.search_up_to)),
                "qubits");
  }
  std::vector<double> costs;
  std::optional<WeightSubspace> space;
  if (options.weight) {
    QUANTA_TRY(space, WeightSubspace::create(static_cast<unsigned>(cost.n()), *options.weight,
                                             states * sizeof(double), sizeof(double)));
    costs =
        space->quadratic_diagonal(execution, cost.linear, cost.quadratic.values(), cost.constant);
  } else {
    costs.resize(states);
    parallel_for(execution, states, kShotsPerChunk, [&](std::size_t begin, std::size_t end) {
      for (std::size_t x = begin; x < end; ++x) costs[x] = value(cost, x);
    });
  }
  Searched result;
  QUANTA_TRY(result.minimum, grover_minimum(costs, {.seed = options.seed}, execution));
  result.state = space ? space->state(result.minimum.position) : result.minimum.position;
  return result;
}

}  // namespace

Result<std::vector<Control>> run_controls(const QuadraticCost& cost, const ControlOptions& options,
                                          const Execution& execution) {
  QUANTA_CHECK(check(cost));
  if (cost.n() > kMaxVariables) {
    return bad_input(
        "qubits", fmt::format("{} variables: a state holds at most {}", cost.n(), kMaxVariables));
  }
  if (options.weight && *options.weight > cost.n()) {
    return bad_input("weight",
                     fmt::format("{} of {} variables cannot be one", *options.weight, cost.n()));
  }
  if (options.draws == 0) return bad_input("draws", "at least one pick must be drawn");

  std::vector<Control> controls(4);
  QUANTA_TRY(
      controls[0],
      control("enumeration",
              enumerate(cost, {.weight = options.weight, .max_states = options.enumerate_up_to},
                        execution),
              [](const Enumeration& all, Control& c) {
                c.value = all.minimum;
                c.state = all.state;
                c.evaluations = all.states;
                c.proven = true;
              }));
  QUANTA_TRY(controls[1],
             control("annealing",
                     anneal(cost, {.weight = options.weight, .seed = options.seed}, execution),
                     [](const Annealed& annealed, Control& c) {
                       c.value = annealed.value;
                       c.state = annealed.state;
                       c.evaluations = annealed.evaluations;
                     }));
  QUANTA_TRY(controls[2], random_picks(cost, options, execution));
  QUANTA_TRY(controls[3], control("grover search", search(cost, options, execution),
                                  [&](const Searched& searched, Control& c) {
                                    c.state = searched.state;
                                    c.value = value(cost, c.state);
                                    c.evaluations = searched.minimum.oracle_calls;
                                  }));
  return controls;
}

}  // namespace quanta::quantum
