#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "bench/bench.h"
#include "bench/random_covariance.h"
#include "core/random.h"
#include "portfolio/objectives/selection.h"
#include "portfolio/optimizers/lots_exact.h"

namespace quanta::bench {
namespace {

constexpr unsigned kAssets = 24;
constexpr unsigned kHeld = 12;
constexpr double kGoalSeconds = 0.1;

/// Every mask with that many ones (Gosper's hack), its value from the beginning.
double plain_search(const portfolio::LotProblem& problem) {
  double best = std::numeric_limits<double>::infinity();
  std::vector<unsigned> held(kHeld);
  for (std::uint32_t mask = (1U << kHeld) - 1; mask < (1U << kAssets);) {
    std::uint32_t rest = mask;
    for (unsigned& asset : held) {
      asset = static_cast<unsigned>(std::countr_zero(rest));
      rest &= rest - 1;
    }
    double value = 0.0;
    for (const unsigned i : held) {
      value += problem.linear[i];
      for (const unsigned j : held) value += problem.quadratic(i, j);
    }
    best = std::min(best, value);
    const std::uint32_t lowest = mask & -mask;
    const std::uint32_t ripple = mask + lowest;
    mask = (((ripple ^ mask) >> 2) / lowest) | ripple;
  }
  return best;
}

}  // namespace

Result<std::vector<Row>> enumeration_benchmark(const Context& context) {
  const Matrix covariance = random_covariance(kAssets, "enumeration");
  RandomStream random(1, "enumeration means");
  std::vector<double> mean(kAssets);
  for (double& value : mean) value = 0.08 + 0.05 * random.normal();
  QUANTA_TRY(const portfolio::LotProblem problem,
             portfolio::selection_problem(covariance, mean, 1.0, kHeld));
  const auto own = [&] { return portfolio::solve_exactly(problem, {}, context.execution); };
  QUANTA_TRY(const portfolio::ExactLots answer, own());
  double reference = 0.0;
  Row row{.name = fmt::format("best {} of {}", kHeld, kAssets),
          .work = fmt::format("enumeration of {} choices", answer.iterations)};
  row.reference = "each choice from the beginning";
  row.reference_seconds = seconds_once([&] { reference = plain_search(problem); });
  row.equal = answer.enumerated && std::abs(reference - answer.value) <= 1e-12;
  row.seconds = minimum_seconds([&] { keep(own()); });
  row.ratio = *row.reference_seconds / row.seconds;
  row.floor = "one addition for each choice";
  row.floor_seconds = static_cast<double>(answer.iterations) / context.machine.flops_per_second;
  row.goal = "0.1 s";
  row.met = row.seconds <= kGoalSeconds;
  return std::vector{row};
}

}  // namespace quanta::bench
