#include "quantum/algorithm/market_risk.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "quantum/circuit/state_loading.h"

namespace quanta::quantum {
namespace {

Result<void> check(const GridDistribution& losses) {
  if (losses.axes.size() != 1) {
    return bad_input("axes", fmt::format("{} of them: losses lie on one", losses.axes.size()));
  }
  const GridAxis& axis = losses.axes[0];
  if (!(axis.low < axis.high && std::isfinite(axis.high - axis.low)) || axis.qubits == 0 ||
      axis.qubits > kMostGridQubits) {
    return bad_input("axes", fmt::format("from {} to {} with {} qubits: it must rise, with 1 to {}",
                                         axis.low, axis.high, axis.qubits, kMostGridQubits));
  }
  QUANTA_CHECK(check_distribution(losses.probabilities));
  if (losses.probabilities.size() != axis.size()) {
    return bad_input("probabilities", fmt::format("{} of them for {} points",
                                                  losses.probabilities.size(), axis.size()));
  }
  return {};
}

}  // namespace

Result<GridDistribution> loss_histogram(std::span<const double> losses, unsigned qubits) {
  if (losses.size() < 2) {
    return bad_input("losses", fmt::format("{} of them: at least 2 are needed", losses.size()));
  }
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (!std::isfinite(losses[i])) {
      return bad_input("losses", fmt::format("number {} is {}", i, losses[i]));
    }
  }
  if (qubits == 0 || qubits > kMostGridQubits) {
    return bad_input("qubits", fmt::format("{}: 1 to {} are possible", qubits, kMostGridQubits));
  }
  const auto [low, high] = std::ranges::minmax(losses);
  const GridAxis axis{low, high, qubits};
  if (!(axis.step() > 0.0 && std::isfinite(axis.step()))) {
    return bad_input("losses", fmt::format("from {} to {}: no grid fits in between", low, high));
  }
  GridDistribution histogram{.axes = {axis}, .probabilities = std::vector<double>(axis.size())};
  for (const double loss : losses) {
    const double at = std::round((loss - low) / axis.step());
    const auto i = std::min(axis.size() - 1, static_cast<std::size_t>(std::max(0.0, at)));
    histogram.probabilities[i] += 1.0;
  }
  for (double& p : histogram.probabilities) p /= static_cast<double>(losses.size());
  return histogram;
}

Result<MarketRiskEstimate> estimate_market_risk(const GridDistribution& losses, double tail,
                                                const ExpectationOptions& options,
                                                const Execution& execution) {
  QUANTA_CHECK(check(losses));
  QUANTA_CHECK(check_tail(tail));
  QUANTA_TRY(const Circuit load, load_distribution(losses.probabilities));
  const LossRegister loaded{.load = load,
                            .qubits = losses.register_of(0),
                            .axis = losses.axes[0],
                            .circuit = losses.probabilities,
                            .model = losses.probabilities};
  MarketRiskEstimate result{.histogram = losses};
  QUANTA_TRY(result.expected_loss, estimate_expected_loss(loaded, options, execution));
  QUANTA_TRY(result.tail, estimate_tail_risk(loaded, tail, options, execution));
  result.sample = result.tail.exact;
  return result;
}

Result<MarketRiskEstimate> estimate_market_risk(std::span<const double> losses,
                                                const MarketRiskOptions& market,
                                                const ExpectationOptions& options,
                                                const Execution& execution) {
  QUANTA_TRY(const GridDistribution histogram, loss_histogram(losses, market.qubits));
  QUANTA_TRY(MarketRiskEstimate result,
             estimate_market_risk(histogram, market.tail, options, execution));
  std::vector<double> sorted(losses.begin(), losses.end());
  std::ranges::sort(sorted);
  const std::vector<double> equal(sorted.size(), 1.0 / static_cast<double>(sorted.size()));
  result.sample = tail_risk_of(sorted, equal, market.tail);
  return result;
}

}  // namespace quanta::quantum
