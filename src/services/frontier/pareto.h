/// The best trade-offs of two risks: `quanta frontier --risk cvar --against volatility`.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "services/frontier/risk_frontier.h"

namespace quanta::services {

struct ParetoRequest {
  FrontierRequest frontier;
  FrontierRisk risk = FrontierRisk::kVolatility;
  FrontierRisk against = FrontierRisk::kCvar;
  std::optional<double> alpha;  ///< of cvar, cdar, evar; default 0.95
  std::string benchmark;        ///< of tracking-error: FILE[:COLUMN]
};

struct ParetoRow {
  double risk = 0.0;
  double against = 0.0;
  double expected_return = 0.0;
  double volatility = 0.0;
  std::vector<double> weights;
  std::optional<double> rate;
  double risk_share = 0.0;
  double against_share = 0.0;
  portfolio::Certificate certificate;

  static constexpr auto describe() {
    return std::tuple{
        field("risk", &ParetoRow::risk, "no portfolio has less of it at this much of the other"),
        field("against", &ParetoRow::against, "the other risk"),
        field("expected_return", &ParetoRow::expected_return, "m'w"),
        field("volatility", &ParetoRow::volatility, "sqrt(w'Sw)"),
        field("weights", &ParetoRow::weights, "in the order of the assets"),
        field("rate", &ParetoRow::rate,
              "what one unit less of the other costs of the risk: the slope of the front; null at "
              "its two ends"),
        field("risk_share", &ParetoRow::risk_share,
              "u of the certificate; the squares of volatility and of tracking error count there"),
        field("against_share", &ParetoRow::against_share, "v of the certificate"),
        field("certificate", &ParetoRow::certificate, "what is proven of u risk + v against")};
  }
};

/// The least of each risk alone, by its own optimiser.
struct ParetoEnds {
  portfolio::Certificate risk;
  portfolio::Certificate against;

  static constexpr auto describe() {
    return std::tuple{field("risk", &ParetoEnds::risk, ""),
                      field("against", &ParetoEnds::against, "")};
  }
};

struct ParetoDocument {
  std::vector<std::string> assets;
  FrontierRisk risk = FrontierRisk::kVolatility;
  FrontierRisk against = FrontierRisk::kCvar;
  std::optional<double> alpha;
  FrontierRisk equal_steps = FrontierRisk::kCvar;
  std::vector<ParetoRow> points;
  ParetoEnds least;
  std::optional<double> periods_per_year;
  double risk_free = 0.0;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("assets", &ParetoDocument::assets, "names in order"),
        field("risk", &ParetoDocument::risk, "one of the two"),
        field("against", &ParetoDocument::against, "the other"),
        field("alpha", &ParetoDocument::alpha, "their confidence; null: neither has one"),
        field("equal_steps", &ParetoDocument::equal_steps,
              "of which risk the points are at equal steps (of the squares of volatility and of "
              "tracking error)"),
        field("points", &ParetoDocument::points,
              "from the least of the risk to the least of the other; one where a portfolio is best "
              "for both"),
        field("least", &ParetoDocument::least,
              "each risk alone, by its own optimiser; volatility and tracking error squared"),
        field("periods_per_year", &ParetoDocument::periods_per_year,
              "what volatility, tracking error and return were annualised with"),
        field("risk_free", &ParetoDocument::risk_free, "as it was given"),
        field("provenance", &ParetoDocument::provenance, "how to repeat it")};
  }
};

/// Both risks are minimised in all proportions (portfolio/frontier/pareto_front.h). Volatility is
/// of the covariance that the request asks for, tracking error of sample moments. Errors: kUsage,
/// field "against" (both are one risk), "alpha" (neither has one), "benchmark" (tracking-error
/// lacks one, or nothing follows it), "moments", "resampled", "points"; those of estimate_moments,
/// bounds_of, load_groups, load_benchmark and pareto_front.
Result<ParetoDocument> pareto(const ParetoRequest& request, const Run& run);

}  // namespace quanta::services
