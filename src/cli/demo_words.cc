#include "cli/demo_words.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/figures.h"

namespace quanta::cli {

std::string file_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string findings_text(const DemoFile& file) {
  std::string text;
  for (const auto& [kind, n] : file.findings) {
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, kind);
  }
  return text.empty() ? "none" : text;
}

std::string used_text(const Demo& shown) {
  const DemoDocument& document = shown.document;
  std::string text = fmt::format("Used: the {} dates from {} to {} on which all assets have prices",
                                 document.dates, document.first, document.last);
  text += fmt::format(" ({:.6g} a year).", document.periods_per_year);
  for (std::string warning : document.provenance.warnings) {
    for (const DemoFile& file : document.files) {
      const std::size_t at = warning.find(file.file);
      if (at != std::string::npos) warning.replace(at, file.file.size(), file_name(file.file));
    }
    text += " " + warning + (warning.ends_with('.') ? "" : ".");
  }
  return text;
}

std::string method_name(const services::MethodRun& run) {
  return run.name == "qaoa" ? "QAOA (simulated)" : run.name;
}

std::string holdings_text(const std::vector<double>& weights,
                          const std::vector<std::string>& assets) {
  std::string text;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const long lots = std::lround(weights[i] * kDemoLots);
    if (lots > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", lots, assets[i]);
  }
  return text;
}

bool is_best(const services::MethodRun& run) { return run.gap && std::abs(*run.gap) <= 1e-12; }

std::vector<std::size_t> leading_assets(const DemoDocument& document, std::size_t most) {
  std::vector<std::size_t> order(document.assets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (order.size() <= most) return order;
  std::vector<double> largest(order.size(), 0.0);
  for (const DemoRisk& portfolio : document.risk) {
    if (portfolio.name == kEqualWeightsName) continue;
    for (std::size_t i = 0; i < portfolio.weights.size(); ++i) {
      largest[i] = std::max(largest[i], portfolio.weights[i]);
    }
  }
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return largest[a] != largest[b] ? largest[a] > largest[b] : a < b;
  });
  order.resize(most);
  return order;
}

std::optional<services::QaoaDetails> qaoa_details(const DemoDocument& document) {
  for (const services::MethodRun& run : document.lots.methods) {
    if (run.kind != services::MethodKind::kQuantum) continue;
    auto details = json::from<services::QaoaDetails>(run.details);
    if (details) return *std::move(details);
  }
  return std::nullopt;
}

std::string states_text(const DemoDocument& document, const services::QaoaDetails& qaoa) {
  std::string portfolios = "the";
  for (const services::MethodRun& run : document.lots.methods) {
    if (run.name == "enumeration") portfolios = with_thousands(run.iterations);
  }
  return fmt::format("{} basis states stand for {} different portfolios",
                     with_thousands(qaoa.states), portfolios);
}

std::vector<double> wealth_of(const std::vector<double>& returns) {
  std::vector<double> wealth;
  wealth.reserve(returns.size() + 1);
  wealth.push_back(1.0);
  for (const double r : returns) wealth.push_back(wealth.back() * (1.0 + r));
  return wealth;
}

std::vector<std::string> remarks_of(const Demo& shown) {
  const DemoDocument& document = shown.document;
  std::vector<std::string> remarks = document.remarks;
  const services::MethodRun* quantum = nullptr;
  const services::MethodRun* exact = nullptr;
  std::vector<std::string> others;  // that found a best choice without proving it
  for (const services::MethodRun& method : document.lots.methods) {
    if (method.kind == services::MethodKind::kQuantum) {
      quantum = &method;
    } else if (method.name == "enumeration" || method.name == "branch and bound") {
      exact = &method;
    } else if (is_best(method) && !method.name.starts_with("qaoa")) {  // its polished shots
      others.push_back(method.name);
    }
  }
  if (quantum == nullptr || exact == nullptr || !(exact->seconds < quantum->seconds)) {
    return remarks;
  }
  std::string remark = fmt::format(
      "The classical search is faster: it proved the best choice in {}, simulating QAOA took {}.",
      duration(exact->seconds), duration(quantum->seconds));
  if (!others.empty()) {
    const std::string last = others.back();
    others.pop_back();
    remark += fmt::format(" The best was also found by {}{}{}.", fmt::join(others, ", "),
                          others.empty() ? "" : " and ", last);
  }
  remarks.push_back(remark +
                    " QAOA is here to be compared, not because it is needed at this size.");
  return remarks;
}

std::string history_text(const Demo& shown) {
  if (!shown.index_by_day) return {};
  const DemoRisk& index = *shown.index_by_day;
  return fmt::format(
      "A longer memory: the S&P 500 by day, 2000 to 2020, had a volatility of {}, a VaR of {} and "
      "an ES of {} over one day at 95 %, and fell {} from {} to {}.",
      percent(index.volatility), percent(index.var_historical), percent(index.es_historical),
      percent(index.maximum_drawdown.depth), index.maximum_drawdown.peak.value_or("-"),
      index.maximum_drawdown.trough.value_or("-"));
}

std::string sources_text(const Demo& shown) {
  if (shown.own_prices) return {};
  return "Prices: stocks.csv, sp500.csv and sp500-2000.csv of npm's vega-datasets 3.2.1. The "
         "package "
         "is BSD-3-Clause, which covers its code; it names Yahoo Finance as the source of "
         "sp500-2000.csv, and neither source nor licence of the other two.";
}

}  // namespace quanta::cli
