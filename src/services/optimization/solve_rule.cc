#include <cmath>

#include <fmt/format.h>

#include "portfolio/objectives/risk_budgeting.h"
#include "services/market_data/asset_file.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

constexpr double kHolds = 1e-10;

/// Weights, and how far they are from their rule.
struct RuleAnswer {
  std::vector<double> weights;
  double residual = 0.0;
  std::uint64_t iterations = 1;
  std::string method;
};

Result<RuleAnswer> budgeted(const OptimizeRequest& request, const Estimate& estimate,
                            OptimizeDocument& document) {
  std::vector<double> budgets;
  if (!request.budgets_file.empty()) {
    QUANTA_TRY(AssetFigures loaded,
               load_asset_figures(request.budgets_file, "budgets", "budget", estimate.assets));
    budgets = std::move(loaded.figures);
    document.provenance.inputs.push_back(std::move(loaded.input));
  }
  QUANTA_TRY(portfolio::RiskBudgetAnswer answer,
             portfolio::risk_budgeting(estimate.moments.covariance, budgets));
  return RuleAnswer{std::move(answer.weights), answer.rule_residual,
                    static_cast<std::uint64_t>(answer.iterations), "newton on the log barrier"};
}

Result<RuleAnswer> hierarchical(const OptimizeRequest& request, const Estimate& estimate) {
  portfolio::HierarchicalOptions options{
      .linkage = request.linkage.value_or(statistics::LinkageMethod::kSingle),
      .distance = request.distance.value_or(portfolio::CorrelationDistance::kDirect),
      .optimal_leaf_order = request.leaf_order};
  if (request.clusters) options.clusters = *request.clusters;
  const bool hrp = request.objective == OptimizeObjective::kHrp;
  const bool nested = request.objective == OptimizeObjective::kNestedClusters;
  const Matrix& covariance = estimate.moments.covariance;
  QUANTA_TRY(portfolio::HierarchicalAnswer answer,
             hrp      ? portfolio::hierarchical_risk_parity(covariance, options)
             : nested ? portfolio::nested_clusters(covariance, options, {})
                      : portfolio::hierarchical_equal_risk(covariance, options));
  std::string method =
      fmt::format("{} linkage, {} distance", to_text(options.linkage), to_text(options.distance));
  if (hrp) {
    method += options.optimal_leaf_order ? ", optimal leaf order" : ", order of the tree";
  } else {
    std::size_t k = 0;
    for (const std::size_t cluster : answer.clusters) k = std::max(k, cluster + 1);
    method += fmt::format(", {} clusters", k);
  }
  return RuleAnswer{std::move(answer.weights), answer.rule_residual, 1, std::move(method)};
}

Result<RuleAnswer> solve(const OptimizeRequest& request, const Estimate& estimate,
                         OptimizeDocument& document) {
  switch (request.objective) {
    case OptimizeObjective::kRiskParity:
    case OptimizeObjective::kRiskBudget:
      return budgeted(request, estimate, document);
    case OptimizeObjective::kHrp:
    case OptimizeObjective::kHerc:
    case OptimizeObjective::kNestedClusters:
      return hierarchical(request, estimate);
    case OptimizeObjective::kInverseVolatility: {
      QUANTA_TRY(std::vector<double> weights,
                 portfolio::inverse_volatility(estimate.moments.covariance));
      return RuleAnswer{std::move(weights), 0.0, 1, "closed form"};
    }
    default:
      break;
  }
  const std::size_t n = estimate.assets.size();
  return RuleAnswer{std::vector<double>(n, 1.0 / static_cast<double>(n)), 0.0, 1, "closed form"};
}

}  // namespace

Result<void> solve_rule(const OptimizeRequest& request, const Estimate& estimate,
                        OptimizeDocument& document) {
  const Stopwatch watch;
  auto solved = solve(request, estimate, document);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "covariance") {  // a user knows prices or moments
      error.field = request.moments.moments_file.empty() ? "prices" : "moments";
    }
    return std::unexpected(std::move(error));
  }
  document.weights = solved->weights;
  double variance = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < document.weights.size(); ++i) {
    sum += document.weights[i];
    for (std::size_t j = 0; j < document.weights.size(); ++j) {
      variance += document.weights[i] * estimate.moments.covariance(i, j) * document.weights[j];
    }
  }
  document.objective.value = std::sqrt(std::max(variance, 0.0));
  document.constraints.push_back({"sum", std::nullopt, Relation::kEqual, 1.0, sum, std::nullopt});
  document.certificate = {.best = document.objective.value,
                          .bound = document.objective.value,
                          .gap = 0.0,
                          .proven = solved->residual <= kHolds};
  document.methods.push_back({.name = solved->method,
                              .kind = MethodKind::kClassical,
                              .value = document.objective.value,
                              .gap = 0.0,
                              .seconds = watch.seconds(),
                              .iterations = solved->iterations,
                              .weights = document.weights,
                              .details = {}});
  document.provenance.method = std::move(solved->method);
  return {};
}

}  // namespace quanta::services
