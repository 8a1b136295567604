#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <coin/Clp_C_Interface.h>
#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "portfolio/objectives/scenario_proof.h"
#include "portfolio/objectives/scenario_risk.h"

namespace quanta::bench {
namespace {

/// Returns of a market with fat tails.
Matrix scenarios(std::size_t n, std::size_t n_periods) {
  RandomStream random(1, "scenarios", n);
  std::vector<double> beta(n);
  std::vector<double> noise(n);
  for (std::size_t i = 0; i < n; ++i) {
    beta[i] = 0.6 + 0.8 * random.uniform();
    noise[i] = 0.008 + 0.02 * random.uniform();
  }
  Matrix returns(n_periods, n);
  for (std::size_t t = 0; t < n_periods; ++t) {
    const double market = 0.01 * random.normal() * (random.uniform() < 0.05 ? 3.0 : 1.0);
    for (std::size_t i = 0; i < n; ++i) {
      returns(t, i) = 0.0004 + beta[i] * market + noise[i] * random.normal();
    }
  }
  return returns;
}

/// The textbook linear program, weights, z and one excess for each scenario, by Clp's primal
/// simplex, its fastest method here. Its tolerances are absolute and 1e-7: on returns as fractions
/// it stops short of the optimum, and its objective counts rows as met that are not. So its weights
/// are judged, by the definition of the risk.
std::vector<double> by_clp(const portfolio::ScenarioProblem& p) {
  constexpr double kScale = 1e3;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto n = static_cast<int>(p.returns.columns());
  const auto n_periods = static_cast<int>(p.returns.rows());
  const int n_columns = n + 1 + n_periods;
  const int n_rows = n_periods + 1;
  std::vector<CoinBigIndex> starts = {0};
  std::vector<int> rows;
  std::vector<double> values;
  std::vector<double> cost(static_cast<std::size_t>(n_columns), 0.0);
  std::vector<double> lower(static_cast<std::size_t>(n_columns), 0.0);
  std::vector<double> upper(static_cast<std::size_t>(n_columns), kInfinity);
  std::vector<double> row_lower(static_cast<std::size_t>(n_rows), 0.0);
  std::vector<double> row_upper(static_cast<std::size_t>(n_rows), kInfinity);
  const auto entry = [&](int row, double value) {
    rows.push_back(row);
    values.push_back(value);
  };
  const auto end_column = [&] { starts.push_back(static_cast<CoinBigIndex>(rows.size())); };
  for (int i = 0; i < n; ++i) {
    for (int t = 0; t < n_periods; ++t) {
      entry(t, kScale * p.returns(static_cast<std::size_t>(t), static_cast<std::size_t>(i)));
    }
    entry(n_periods, 1.0);
    end_column();
    upper[static_cast<std::size_t>(i)] = 1.0;
  }
  for (int t = 0; t < n_periods; ++t) entry(t, 1.0);
  end_column();
  cost[static_cast<std::size_t>(n)] = 1.0;
  lower[static_cast<std::size_t>(n)] = -kInfinity;
  for (int t = 0; t < n_periods; ++t) {
    entry(t, 1.0);
    end_column();
    cost[static_cast<std::size_t>(n + 1 + t)] = 1.0 / ((1.0 - p.alpha) * n_periods);
  }
  row_lower.back() = row_upper.back() = 1.0;
  Clp_Simplex* const model = Clp_newModel();
  Clp_setLogLevel(model, 0);
  Clp_loadProblem(model, n_columns, n_rows, starts.data(), rows.data(), values.data(), lower.data(),
                  upper.data(), cost.data(), row_lower.data(), row_upper.data());
  Clp_primal(model, 0);
  const double* const solution = Clp_getColSolution(model);
  std::vector<double> weights(solution, solution + n);
  Clp_deleteModel(model);
  return weights;
}

}  // namespace

Result<std::vector<Row>> scenario_risk_benchmark(const Context& context) {
  constexpr std::size_t kAssets = 100;
  std::vector<Row> rows;
  for (const std::size_t n_periods : {std::size_t{1000}, std::size_t{5000}}) {
    const portfolio::ScenarioProblem problem{
        .returns = scenarios(kAssets, n_periods),
        .risk = portfolio::ScenarioRisk::kCvar,
        .alpha = 0.95,
        .bounds = portfolio::uniform_bounds(kAssets, 0.0, 1.0)};
    const auto solve = [&] {
      return portfolio::optimize_scenario_risk(problem, context.execution);
    };
    QUANTA_TRY(const portfolio::ScenarioAnswer own, solve());
    const auto held = kAssets - static_cast<std::size_t>(std::ranges::count(own.weights, 0.0));
    Row row{.name = fmt::format("minimum CVaR, {} scenarios", n_periods),
            .work = fmt::format("{} assets, exact: {} held, {} exchanges", kAssets, held,
                                own.iterations)};
    const double peer = portfolio::scenario_risk(problem, by_clp(problem));
    row.equal = own.certificate.proven && std::abs(peer - own.value) <= 1e-7 * own.value;
    row.seconds = minimum_seconds([&] { keep(solve()); });
    row.floor = "one read of the returns";
    row.floor_seconds = static_cast<double>(kAssets * n_periods * sizeof(double)) /
                        context.machine.read_bytes_per_second;
    row.reference = "Clp, primal simplex on the textbook program";
    row.goal = n_periods == 1000 ? "8 ms" : "60 ms";
    row.met = row.seconds <= (n_periods == 1000 ? 8e-3 : 60e-3);
    row.reference_seconds = minimum_seconds([&] { keep(by_clp(problem)); });
    row.ratio = *row.reference_seconds / row.seconds;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace quanta::bench
