/// Weights, selections and lots with their certificate: `quanta optimize`.
///
///   OptimizeRequest request{.moments = {.prices = {.files = {"prices.csv"}}},
///                           .objective = OptimizeObjective::kLots,
///                           .lots = 8, .max_lots = 4};
///   QUANTA_TRY(const OptimizeDocument answer, optimize(request, run));
///   for (const MethodRun& method : answer.methods) ...        // quantum beside classical
///   QUANTA_TRY(const QaoaDetails qaoa, json::from<QaoaDetails>(answer.methods[0].details));
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/json.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/hierarchical.h"
#include "portfolio/objectives/mean_variance.h"
#include "services/moments/moments.h"
#include "services/optimization/bounds.h"
#include "services/optimization/confidence.h"
#include "services/optimization/groups.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

enum class OptimizeObjective {
  kMinVariance,         ///< least w'Sw
  kMaxSharpe,           ///< largest (m'w - risk_free) / sqrt(w'Sw)
  kTargetReturn,        ///< least w'Sw with m'w >= target
  kTargetRisk,          ///< largest m'w with sqrt(w'Sw) <= target
  kUtility,             ///< largest m'w - risk_aversion / 2 x w'Sw
  kMaxDiversification,  ///< largest s'w / sqrt(w'Sw), s the volatilities
  kMaxDecorrelation,    ///< least w'Cw, C the correlations
  kTrackingError,       ///< least deviation of the return beyond a benchmark
  kMinCvar,             ///< least mean of the worst losses of a period; from here on to
                        ///< kKelly: portfolio/objectives/scenario_risk.h
  kMinCdar,             ///< least mean of the worst drawdowns
  kMinMad,              ///< least mean absolute deviation
  kMinSemivariance,     ///< least mean square below the mean
  kMinEvar,             ///< least entropic value at risk
  kMinMaxDrawdown,      ///< least maximum drawdown
  kKelly,               ///< largest mean ln(1 + r'w): growth per period
  kRiskParity,          ///< each asset contributes the same risk
  kRiskBudget,          ///< each asset contributes its budget of the risk
  kInverseVolatility,   ///< 1 / sigma
  kEqualWeight,         ///< 1 / n
  kHrp,                 ///< hierarchical risk parity
  kHerc,                ///< hierarchical equal risk contribution
  kNestedClusters,      ///< least variance within clusters, then of their portfolios
  kSelection,           ///< least q x'Sx - m'x over 0/1 choices of exactly k
  kLots,                ///< the same over x = z / N with whole z in [0, M] and sum N
};

constexpr auto enum_names(OptimizeObjective) {
  using enum OptimizeObjective;
  using Name = std::string_view;
  return std::array{std::pair{kMinVariance, Name("min-variance")},
                    std::pair{kMaxSharpe, Name("max-sharpe")},
                    std::pair{kTargetReturn, Name("target-return")},
                    std::pair{kTargetRisk, Name("target-risk")},
                    std::pair{kUtility, Name("utility")},
                    std::pair{kMaxDiversification, Name("max-diversification")},
                    std::pair{kMaxDecorrelation, Name("max-decorrelation")},
                    std::pair{kTrackingError, Name("tracking-error")},
                    std::pair{kMinCvar, Name("min-cvar")},
                    std::pair{kMinCdar, Name("min-cdar")},
                    std::pair{kMinMad, Name("min-mad")},
                    std::pair{kMinSemivariance, Name("min-semivariance")},
                    std::pair{kMinEvar, Name("min-evar")},
                    std::pair{kMinMaxDrawdown, Name("min-max-drawdown")},
                    std::pair{kKelly, Name("kelly")},
                    std::pair{kRiskParity, Name("risk-parity")},
                    std::pair{kRiskBudget, Name("risk-budget")},
                    std::pair{kInverseVolatility, Name("inverse-volatility")},
                    std::pair{kEqualWeight, Name("equal-weight")},
                    std::pair{kHrp, Name("hrp")},
                    std::pair{kHerc, Name("herc")},
                    std::pair{kNestedClusters, Name("nested-clusters")},
                    std::pair{kSelection, Name("selection")},
                    std::pair{kLots, Name("lots")}};
}

/// A rule has no objective that it optimises: its value is the volatility, and proven is that the
/// rule holds.
constexpr bool is_rule(OptimizeObjective objective) {
  return objective >= OptimizeObjective::kRiskParity &&
         objective <= OptimizeObjective::kNestedClusters;
}

constexpr bool is_discrete(OptimizeObjective objective) {
  return objective == OptimizeObjective::kSelection || objective == OptimizeObjective::kLots;
}

/// Measured on the returns of each period, not on moments.
constexpr bool is_scenario(OptimizeObjective objective) {
  return objective >= OptimizeObjective::kMinCvar && objective <= OptimizeObjective::kKelly;
}

constexpr bool takes_alpha(OptimizeObjective objective) {
  return objective == OptimizeObjective::kMinCvar || objective == OptimizeObjective::kMinCdar ||
         objective == OptimizeObjective::kMinEvar;
}

/// Who solves it (`--method`).
enum class OptimizeMethod {
  kAuto,   ///< weights: exact. Selection and lots: every method, and the best answer of them all
  kExact,  ///< weights: the quadratic program. Selection and lots: exhausted search alone
  // The others are for selection and lots: exhausted search, heuristics and that one beside them,
  // and its answer even where another is better.
  kQaoa,
  kVqe,
  kAnneal,
  kEnumerate,  ///< every feasible choice and nothing beside it
};

constexpr auto enum_names(OptimizeMethod) {
  using enum OptimizeMethod;
  using Name = std::string_view;
  return std::array{std::pair{kAuto, Name("auto")},     std::pair{kExact, Name("exact")},
                    std::pair{kQaoa, Name("qaoa")},     std::pair{kVqe, Name("vqe")},
                    std::pair{kAnneal, Name("anneal")}, std::pair{kEnumerate, Name("enumerate")}};
}

/// Where the true means may be (portfolio/objectives/robust_mean.h).
enum class UncertaintySet {
  kBox,        ///< each within so many standard errors of its own
  kEllipsoid,  ///< all together within so many, by the covariance of the means
};

constexpr auto enum_names(UncertaintySet) {
  return std::array{std::pair{UncertaintySet::kBox, std::string_view("box")},
                    std::pair{UncertaintySet::kEllipsoid, std::string_view("ellipsoid")}};
}

struct RobustRequest {
  UncertaintySet set = UncertaintySet::kEllipsoid;
  double width = 1.0;  ///< in standard errors of the means, > 0
};

/// What is not given is left at its default. A member that does not belong to the objective (a
/// target for min-variance, lots for selection) is an error, so that nothing asked for is ignored.
struct OptimizeRequest {
  MomentsRequest moments;
  OptimizeObjective objective = OptimizeObjective::kMinVariance;

  std::optional<double> target;         ///< target-return, target-risk; least return of min-cvar
                                        ///< and its kin, and of min-variance with `select`
  std::optional<double> alpha;          ///< min-cvar, min-cdar, min-evar; default 0.95
  std::optional<double> risk_aversion;  ///< utility; default 3
  std::optional<RobustRequest> robust;  ///< utility, target-return, max-sharpe: by the worst means

  BoundsRequest bounds;     ///< of weights
  std::string groups_file;  ///< CSV asset,group
  std::vector<GroupLimit> groups;
  std::string current;                 ///< "equal" or CSV asset,weight; empty: no start
  std::optional<double> cost;          ///< of sum |w - w0|, taken from the objective
  std::string impact;                  ///< a number or CSV asset,impact: of (w - w0)^2, likewise
  std::optional<double> max_turnover;  ///< of sum |w - w0|
  std::optional<double> max_leverage;  ///< of sum |w|, with bounds that allow short positions
  std::string benchmark;               ///< tracking-error: FILE[:COLUMN]

  std::string budgets_file;                                ///< risk-budget: CSV asset,budget
  std::optional<statistics::LinkageMethod> linkage;        ///< hrp, herc, nested; default single
  std::optional<portfolio::CorrelationDistance> distance;  ///< hrp, herc, nested; default direct
  std::optional<unsigned> clusters;                        ///< herc, nested; default: by the gaps
  bool leaf_order = false;                                 ///< hrp: the optimal one

  std::optional<unsigned> select;     ///< selection: k; of weights: at most so many are held
  std::optional<double> min_weight;   ///< of each asset that is held
  std::optional<unsigned> lots;       ///< lots: N
  std::optional<unsigned> max_lots;   ///< lots: M; default N
  std::optional<double> risk_weight;  ///< selection, lots: q; default 1

  OptimizeMethod method = OptimizeMethod::kAuto;
  std::optional<unsigned> layers;    ///< of QAOA, VQE
  bool warm_start = false;           ///< QAOA: begin near the continuous relaxation
  std::optional<std::size_t> shots;  ///< of QAOA, and picks of the random baseline
  std::optional<double> deadline_s;  ///< best found by then, with its gap

  std::optional<ConfidenceRequest> confidence;  ///< intervals of the weights
  std::optional<double> confidence_level;       ///< of those; default 0.9
  bool sensitivity = false;                     ///< how weights move with each input
  std::optional<unsigned> stability;            ///< months of a window, at each month's end
};

struct ObjectiveValue {
  OptimizeObjective name = OptimizeObjective::kMinVariance;
  double value = 0.0;
  portfolio::Sense sense = portfolio::Sense::kMinimize;

  static constexpr auto describe() {
    return std::tuple{field("name", &ObjectiveValue::name, "what is optimised"),
                      field("value", &ObjectiveValue::value, "the figure that the name means"),
                      field("sense", &ObjectiveValue::sense, "whether less or more is better")};
  }
};

struct ReturnAndRisk {
  double expected_return = 0.0;
  double volatility = 0.0;
  std::optional<double> sharpe;  ///< nothing where there is no volatility

  static constexpr auto describe() {
    return std::tuple{field("expected_return", &ReturnAndRisk::expected_return, "m'w"),
                      field("volatility", &ReturnAndRisk::volatility, "sqrt(w'Sw)"),
                      field("sharpe", &ReturnAndRisk::sharpe, "(m'w - risk-free) / sqrt(w'Sw)")};
  }
};

enum class Relation { kEqual, kAtLeast, kAtMost };

constexpr auto enum_names(Relation) {
  using Name = std::string_view;
  return std::array{std::pair{Relation::kEqual, Name("=")},
                    std::pair{Relation::kAtLeast, Name(">=")},
                    std::pair{Relation::kAtMost, Name("<=")}};
}

/// One constraint as it was understood: `value` `relation` `limit`.
struct ConstraintRow {
  std::string name;  ///< sum, return, volatility, group, leverage, turnover, weight, select, lots
  std::optional<std::string> asset;  ///< whose weight or lots; of a group its name
  Relation relation = Relation::kEqual;
  double limit = 0.0;
  double value = 0.0;                  ///< what the answer has there
  std::optional<double> shadow_price;  ///< change of the objective's value per unit of the limit,
                                       ///< the choice of assets kept; nothing where it has none
                                       ///< (whole numbers)

  static constexpr auto describe() {
    return std::tuple{field("name", &ConstraintRow::name,
                            "sum, return, volatility, group, leverage, turnover, weight, select or "
                            "lots"),
                      field("asset", &ConstraintRow::asset,
                            "whose weight or lots, or which group; null: of the whole"),
                      field("relation", &ConstraintRow::relation, "value relation limit"),
                      field("limit", &ConstraintRow::limit, "the right side"),
                      field("value", &ConstraintRow::value, "what the answer has there"),
                      field("shadow_price", &ConstraintRow::shadow_price,
                            "change of the objective's value per unit by which the limit rises")};
  }
};

enum class MethodKind { kQuantum, kClassical };

constexpr auto enum_names(MethodKind) {
  return std::array{std::pair{MethodKind::kQuantum, std::string_view("quantum")},
                    std::pair{MethodKind::kClassical, std::string_view("classical")}};
}

/// One solver's run. Every one is judged by the same objective and the same bound.
struct MethodRun {
  std::string name;  ///< "qaoa", "vqe", "decomposition", "annealing", "enumeration", "branch and
                     ///< bound", "random picks", "swap descent", "quadratic program"
  MethodKind kind = MethodKind::kClassical;
  double value = 0.0;
  std::optional<double> gap;  ///< to the certificate's bound
  double seconds = 0.0;       ///< wall time: the one figure that a repetition does not reproduce
  std::uint64_t iterations = 0;
  std::vector<double> weights;
  json::Value details = json::Object{};  ///< for qaoa and vqe: QaoaDetails

  static constexpr auto describe() {
    return std::tuple{
        field("name", &MethodRun::name, "the solver"),
        field("kind", &MethodRun::kind, "quantum (simulated) or classical"),
        field("value", &MethodRun::value, "objective of its answer"),
        field("gap", &MethodRun::gap, "its distance to the certificate's bound"),
        field("seconds", &MethodRun::seconds, "wall time"),
        field("iterations", &MethodRun::iterations, "evaluations, nodes, picks or moves"),
        field("weights", &MethodRun::weights, "its answer"),
        field("details", &MethodRun::details, "what only this method has to say")};
  }
};

/// What stands in `details` of a QAOA or VQE run.
struct QaoaDetails {
  std::uint64_t qubits = 0;
  std::uint64_t layers = 0;
  std::string mixer;
  std::vector<double> parameters;
  double expectation = 0.0;
  double approximation_ratio = 0.0;
  double mean_approximation_ratio = 0.0;
  double probability_of_best = 0.0;
  double chance = 0.0;
  double best_of_random = 0.0;
  std::uint64_t shots = 0;
  std::uint64_t states = 0;
  double probability_feasible = 1.0;
  bool angles_carried_over = false;
  bool warm_start = false;

  static constexpr auto describe() {
    return std::tuple{
        field("qubits", &QaoaDetails::qubits, "of the encoding"),
        field("layers", &QaoaDetails::layers, "of cost and mixer"),
        field("mixer", &QaoaDetails::mixer, "of vqe the ansatz; keeps the number of ones"),
        field("parameters", &QaoaDetails::parameters, "gammas, then betas; of vqe its angles"),
        field("expectation", &QaoaDetails::expectation, "mean objective of a shot"),
        field("approximation_ratio", &QaoaDetails::approximation_ratio,
              "(worst - value) / (worst - best)"),
        field("mean_approximation_ratio", &QaoaDetails::mean_approximation_ratio,
              "the same of the expectation"),
        field("probability_of_best", &QaoaDetails::probability_of_best,
              "that one shot decodes to a best choice"),
        field("chance", &QaoaDetails::chance,
              "share of the feasible basis states that decode to a best choice"),
        field("best_of_random", &QaoaDetails::best_of_random,
              "best objective of as many random feasible picks"),
        field("shots", &QaoaDetails::shots, "measurements"),
        field("states", &QaoaDetails::states, "feasible basis states"),
        field("probability_feasible", &QaoaDetails::probability_feasible,
              "that a shot keeps the limits of the groups"),
        field("angles_carried_over", &QaoaDetails::angles_carried_over,
              "parameters optimised for a smaller problem, not for this one"),
        field("warm_start", &QaoaDetails::warm_start, "begun near the continuous relaxation")};
  }
};

struct OptimizeDocument {
  std::vector<std::string> assets;
  std::vector<double> weights;
  std::vector<double> risk_contributions;  ///< none where there is no variance
  double expected_return = 0.0;
  double volatility = 0.0;
  std::optional<double> sharpe;
  ReturnAndRisk sample;
  ObjectiveValue objective;
  std::vector<ConstraintRow> constraints;
  portfolio::Certificate certificate;
  std::vector<MethodRun> methods;     ///< the quantum ones first
  std::optional<std::string> reason;  ///< of a discrete choice: why auto ran those methods
  std::optional<std::vector<std::string>> selected;
  std::optional<std::vector<unsigned>> lots;
  std::optional<Confidence> confidence;
  std::optional<Sensitivity> sensitivity;
  std::optional<Stability> stability;
  std::optional<double> periods_per_year;
  double risk_free = 0.0;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("assets", &OptimizeDocument::assets, "names in order"),
        field("weights", &OptimizeDocument::weights, "fractions of 1, in the order of the assets"),
        field("risk_contributions", &OptimizeDocument::risk_contributions,
              "share of the variance, w_i (Sw)_i / w'Sw; they sum to 1"),
        field("expected_return", &OptimizeDocument::expected_return, "m'w, moments as asked for"),
        field("volatility", &OptimizeDocument::volatility, "sqrt(w'Sw), moments as asked for"),
        field("sharpe", &OptimizeDocument::sharpe, "of those two"),
        field("sample", &OptimizeDocument::sample, "the same three under sample moments"),
        field("objective", &OptimizeDocument::objective, "what was optimised, and its value"),
        field("constraints", &OptimizeDocument::constraints, "as understood, with shadow prices"),
        field("certificate", &OptimizeDocument::certificate, "what is proven"),
        field("methods", &OptimizeDocument::methods, "each solver's run"),
        field("reason", &OptimizeDocument::reason,
              "why --method auto ran those methods; null where a method was named"),
        field("selected", &OptimizeDocument::selected, "names held, where a selection was asked"),
        field("lots", &OptimizeDocument::lots, "whole lots, where lots were asked"),
        field("confidence", &OptimizeDocument::confidence, "intervals of the weights, if asked"),
        field("sensitivity", &OptimizeDocument::sensitivity,
              "how the weights move with each input, if asked"),
        field("stability", &OptimizeDocument::stability,
              "what windows up to earlier dates would have said, if asked"),
        field("periods_per_year", &OptimizeDocument::periods_per_year,
              "what the moments were annualised with; null: not annualised"),
        field("risk_free", &OptimizeDocument::risk_free, "rate that sharpe uses"),
        field("provenance", &OptimizeDocument::provenance, "how to repeat it")};
  }
};

/// Solves the request and proves what can be proven. `run.execution.stop` and the deadline end the
/// search early: then the answer is the best found, with its gap, `degraded` and a warning.
///
/// Errors: kUsage naming the flag where the request contradicts itself; those of estimate_moments;
/// kBadInput and kInfeasible naming "bounds", "bound", "target", "risk-free", "select",
/// "min-weight", "lots", "max-lots"; kInfeasible without a field and with `conflicts` where limits
/// of weights contradict each other; kCancelled where the time was up before any answer was there.
Result<OptimizeDocument> optimize(const OptimizeRequest& request, const Run& run);

}  // namespace quanta::services
