/// The efficient frontier of return against a risk of scenarios: `quanta frontier --risk cvar`.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/scenario_risk.h"
#include "services/frontier/frontier.h"

namespace quanta::services {

/// What stands against the return or another risk: of scenarios per period
/// (portfolio/objectives/scenario_risk.h), volatility and tracking error per year.
enum class FrontierRisk {
  kVolatility,
  kCvar,
  kCdar,
  kMad,
  kSemivariance,
  kEvar,
  kMaxDrawdown,
  kTrackingError,  ///< against another risk alone
};

constexpr auto enum_names(FrontierRisk) {
  using enum FrontierRisk;
  using Name = std::string_view;
  return std::array{std::pair{kVolatility, Name("volatility")},
                    std::pair{kCvar, Name("cvar")},
                    std::pair{kCdar, Name("cdar")},
                    std::pair{kMad, Name("mad")},
                    std::pair{kSemivariance, Name("semivariance")},
                    std::pair{kEvar, Name("evar")},
                    std::pair{kMaxDrawdown, Name("max-drawdown")},
                    std::pair{kTrackingError, Name("tracking-error")}};
}

/// Whether it depends on a confidence: cvar, cdar, evar.
constexpr bool takes_alpha(FrontierRisk risk) {
  return risk == FrontierRisk::kCvar || risk == FrontierRisk::kCdar || risk == FrontierRisk::kEvar;
}

/// Of a risk that is one of scenarios; nothing of volatility and tracking error.
std::optional<portfolio::ScenarioRisk> engine_risk(FrontierRisk risk);

/// The bounds and groups of a request, as one set of limits; the files go to the provenance.
/// Errors: those of bounds_of and load_groups, kUsage where --groups and --group are not together.
Result<portfolio::ScenarioProblem> limited_problem(const FrontierRequest& request,
                                                   const Estimate& estimate,
                                                   Provenance& provenance);

/// An engine's error by the flags of the request, with the limits that contradict each other.
Error as_asked(Error error, const FrontierRequest& request, const Estimate& estimate,
               const std::vector<portfolio::LinearLimit>& groups, const Execution& execution);

struct RiskFrontierRequest {
  FrontierRequest frontier;
  FrontierRisk risk = FrontierRisk::kCvar;
  std::optional<double> alpha;  ///< cvar, cdar, evar; default 0.95
};

struct RiskFrontierPoint {
  double expected_return = 0.0;
  double risk = 0.0;
  double volatility = 0.0;
  std::vector<double> weights;
  double shadow_price = 0.0;
  portfolio::Certificate certificate;

  static constexpr auto describe() {
    return std::tuple{
        field("expected_return", &RiskFrontierPoint::expected_return, "m'w"),
        field("risk", &RiskFrontierPoint::risk, "the least at this return, per period"),
        field("volatility", &RiskFrontierPoint::volatility, "sqrt(w'Sw)"),
        field("weights", &RiskFrontierPoint::weights, "in the order of the assets"),
        field("shadow_price", &RiskFrontierPoint::shadow_price,
              "rise of the risk per unit of return asked for: the slope of the frontier"),
        field("certificate", &RiskFrontierPoint::certificate, "what is proven of the risk")};
  }
};

struct RiskFrontierDocument {
  std::vector<std::string> assets;
  FrontierRisk risk = FrontierRisk::kCvar;
  std::optional<double> alpha;
  std::vector<RiskFrontierPoint> points;
  std::optional<double> periods_per_year;
  double risk_free = 0.0;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("assets", &RiskFrontierDocument::assets, "names in order"),
        field("risk", &RiskFrontierDocument::risk, "what stands against the return"),
        field("alpha", &RiskFrontierDocument::alpha, "its confidence; null: it has none"),
        field("points", &RiskFrontierDocument::points,
              "from the least risk to the highest return, equal steps of return"),
        field("periods_per_year", &RiskFrontierDocument::periods_per_year,
              "what the moments were annualised with"),
        field("risk_free", &RiskFrontierDocument::risk_free, "as it was given"),
        field("provenance", &RiskFrontierDocument::provenance, "how to repeat it")};
  }
};

/// The least risk for each of request.frontier.points returns: every point is an optimum with its
/// own proof, and none between is claimed. Errors: kUsage, field "moments" (a file of moments has
/// no periods), "alpha" (the risk has none), "points" (fewer than 2), "risk" (volatility: that
/// frontier has exact corners, see frontier(); tracking error), "resampled" (given); those of
/// estimate_moments, bounds_of, load_groups and optimize_scenario_risk.
Result<RiskFrontierDocument> risk_frontier(const RiskFrontierRequest& request, const Run& run);

}  // namespace quanta::services
