// Six of twelve assets: the same small portfolio for all methods that look for a least cost.
#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/gray_enumeration.h"
#include "quantum/algorithm/grover_search.h"
#include "quantum/algorithm/qaoa.h"
#include "quantum/algorithm/simulated_annealing.h"
#include "services/algorithm_example/examples.h"
#include "services/optimization/stopwatch.h"
#include "services/report/svg.h"

namespace quanta::services {
namespace {

constexpr unsigned kAssets = 12;
constexpr unsigned kChosen = 6;
constexpr std::size_t kShots = 1024;

/// 2 x'Sx - m'x with returns that follow one market, in percent per year.
quantum::QuadraticCost portfolio_cost(std::uint64_t seed) {
  RandomStream random(seed, "example portfolio");
  std::vector<double> beta(kAssets);
  std::vector<double> own(kAssets);
  quantum::QuadraticCost cost{.linear = std::vector<double>(kAssets),
                              .quadratic = Matrix(kAssets, kAssets)};
  for (unsigned i = 0; i < kAssets; ++i) {
    beta[i] = 0.6 + 0.8 * random.uniform();
    own[i] = 0.1 + 0.25 * random.uniform();
    const double mean = 0.05 * beta[i] + 0.06 * random.normal();
    const double variance = 0.03 * beta[i] * beta[i] + own[i] * own[i];
    cost.linear[i] = 2.0 * variance - mean;
  }
  for (unsigned i = 0; i < kAssets; ++i) {
    for (unsigned j = i + 1; j < kAssets; ++j) {
      cost.quadratic(i, j) = 2.0 * 2.0 * 0.03 * beta[i] * beta[j];
    }
  }
  return cost;
}

/// Values of all feasible states.
std::vector<double> feasible_costs(const quantum::QuadraticCost& cost) {
  std::vector<double> values;
  for (std::uint64_t x = 0; x < std::uint64_t{1} << kAssets; ++x) {
    if (std::popcount(x) == static_cast<int>(kChosen)) values.push_back(quantum::value(cost, x));
  }
  return values;
}

void describe(ExampleDocument& document) {
  document.problem = fmt::format(
      "choose {} of {} assets: least 2 x'Sx - m'x over the C({}, {}) = 924 choices, moments made "
      "from the seed",
      kChosen, kAssets, kAssets, kChosen);
  document.cost_unit = "evaluations of the cost";
}

/// The classical methods, in the order in which they are told.
Result<quantum::Enumeration> add_classical(const quantum::QuadraticCost& cost, const Run& run,
                                           ExampleDocument& document) {
  Stopwatch enumerating;
  QUANTA_TRY(const quantum::Enumeration all,
             quantum::enumerate(cost, {.weight = kChosen}, run.execution));
  document.exact = all.minimum;
  document.rows.push_back({.method = "enumeration, every choice",
                           .value = all.minimum,
                           .error = 0.0,
                           .cost = static_cast<double>(all.states),
                           .seconds = enumerating.seconds()});
  Stopwatch annealing;
  QUANTA_TRY(const quantum::Annealed annealed,
             quantum::anneal(cost, {.weight = kChosen, .seed = run.seed}, run.execution));
  document.rows.push_back({.method = "simulated annealing, 20 restarts",
                           .value = annealed.value,
                           .error = annealed.value - all.minimum,
                           .cost = static_cast<double>(annealed.evaluations),
                           .seconds = annealing.seconds()});
  Stopwatch picking;
  const std::vector<double> costs = feasible_costs(cost);
  RandomStream random(run.seed, "example picks");
  double best = costs[random.below(costs.size())];
  for (std::size_t i = 1; i < kShots; ++i) {
    best = std::min(best, costs[random.below(costs.size())]);
  }
  document.rows.push_back({.method = fmt::format("best of {} random picks", kShots),
                           .value = best,
                           .error = best - all.minimum,
                           .cost = kShots,
                           .seconds = picking.seconds()});
  return all;
}

/// Shares of the feasible states, and of a distribution over them, in equal bands of the cost.
std::string band_chart(const std::vector<double>& costs, const std::vector<double>& probabilities,
                       std::string_view title) {
  constexpr std::size_t kBands = 10;
  const auto [low, high] = std::ranges::minmax(costs);
  svg::BarChart chart{.title = std::string(title), .categories = {}, .series = {}};
  std::vector<double> chance(kBands);
  std::vector<double> shots(kBands);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const auto band =
        std::min(kBands - 1, static_cast<std::size_t>((costs[i] - low) / (high - low) * kBands));
    chance[band] += 1.0 / static_cast<double>(costs.size());
    shots[band] += probabilities[i];
  }
  for (std::size_t band = 0; band < kBands; ++band) {
    chart.categories.push_back(band == 0 ? "best" : (band + 1 == kBands ? "worst" : ""));
  }
  chart.series = {{"a random choice", chance, 6}, {"a shot of QAOA", shots, 1}};
  return svg::standalone(svg::draw(chart, kPicture));
}

}  // namespace

Result<void> qaoa_example(const Run& run, ExampleDocument& document) {
  const quantum::QuadraticCost cost = portfolio_cost(run.seed);
  describe(document);
  Stopwatch watch;
  QUANTA_TRY(const quantum::QaoaResult found,
             quantum::solve_qaoa({.cost = cost, .weight = kChosen},
                                 {.layers = 6, .shots = kShots, .seed = run.seed}, run.execution));
  document.rows.push_back(
      {.method = fmt::format("QAOA, ring-XY, 6 layers, best of {} shots", kShots),
       .kind = MethodKind::kQuantum,
       .value = found.best_sample_cost,
       .error = found.best_sample_cost - found.minimum,
       .cost = static_cast<double>(kShots),
       .seconds = watch.seconds()});
  QUANTA_CHECK(add_classical(cost, run, document));
  // The order of WeightSubspace is by rising basis state, as feasible_costs has them.
  document.picture = band_chart(feasible_costs(cost), found.probabilities,
                                "How often a shot and a random choice fall into bands of the cost");
  document.verdict = fmt::format(
      "a shot finds the best with {:.2g} %, a random choice with {:.2g} %: {:.3g} times as often, "
      "after {} evaluations of the circuit that set its angles; enumeration is faster and proves "
      "it, and stays so as far as a simulation can reach",
      100 * found.probability_of_best, 100 * found.chance, found.probability_of_best / found.chance,
      found.evaluations);
  return {};
}

Result<void> grover_example(const Run& run, ExampleDocument& document) {
  const quantum::QuadraticCost cost = portfolio_cost(run.seed);
  describe(document);
  document.cost_unit = "calls of the oracle, or evaluations of the cost";
  const std::vector<double> costs = feasible_costs(cost);
  Stopwatch watch;
  QUANTA_TRY(const quantum::GroverMinimum found,
             quantum::grover_minimum(costs, {.seed = run.seed}, run.execution));
  const double least = *std::ranges::min_element(costs);
  document.rows.push_back({.method = "Grover minimum search, until its budget is spent",
                           .kind = MethodKind::kQuantum,
                           .value = found.value,
                           .error = found.value - least,
                           .cost = static_cast<double>(found.oracle_calls),
                           .seconds = watch.seconds()});
  document.rows.push_back({.method = "the same, until it has the best",
                           .kind = MethodKind::kQuantum,
                           .value = found.value,
                           .error = found.value - least,
                           .cost = static_cast<double>(found.calls_until_best),
                           .seconds = watch.seconds()});
  QUANTA_CHECK(add_classical(cost, run, document));
  constexpr unsigned kMost = 12;
  svg::BarChart chart{.title = "Probability of the one marked state of 32 by iterations",
                      .categories = {},
                      .series = {{"found", {}, 1}}};
  for (unsigned k = 0; k <= kMost; ++k) {
    chart.categories.push_back(fmt::format("{}", k));
    chart.series[0].values.push_back(quantum::grover_success(32, 1, k));
  }
  document.picture = svg::standalone(svg::draw(chart, kPicture));
  document.verdict = fmt::format(
      "drawing without repetition takes {:.0f} looks on average, Grover's search took {} calls; "
      "each call is a whole circuit for the cost, error corrected, and counting how many states "
      "are "
      "marked is done classically here: a simulation of what a device would do, no way to be "
      "faster",
      found.classical_draws, found.calls_until_best);
  return {};
}

Result<void> annealing_example(const Run& run, ExampleDocument& document) {
  QUANTA_CHECK(grover_example(run, document));
  std::erase_if(document.rows,
                [](const ExampleRow& row) { return row.kind == MethodKind::kQuantum; });
  const std::vector<double> costs = feasible_costs(portfolio_cost(run.seed));
  svg::Histogram chart{.title = "Costs of all 924 choices",
                       .values = costs,
                       .marks = {{*document.rows[1].value, "annealing", 1},
                                 {*document.rows[2].value, "random picks", 2}},
                       .format = svg::Format::kNumber,
                       .bins = 30};
  document.picture = svg::standalone(svg::draw(chart, kPicture));
  document.cost_unit = "evaluations of the cost";
  document.verdict =
      "at this size enumeration is cheaper and proves the optimum; where the choices are too many "
      "to "
      "look at, annealing still answers, without a proof";
  return {};
}

Result<void> enumeration_example(const Run& run, ExampleDocument& document) {
  QUANTA_CHECK(annealing_example(run, document));
  document.verdict =
      "nothing is better where it fits: it proves the optimum, and every other answer is measured "
      "against it; where it does not fit only bounds prove anything";
  return {};
}

}  // namespace quanta::services
