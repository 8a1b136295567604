#include "cli/optimize.h"

#include <fmt/format.h>

#include "cli/confidence_flags.h"
#include "cli/data_flags.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "services/optimization/optimization.h"
#include "services/report/pictures.h"

namespace quanta::cli {
namespace {

using services::ConstraintRow;
using services::MethodRun;
using services::ObjectiveValue;
using services::OptimizeDocument;
using services::OptimizeObjective;
using services::OptimizeRequest;

constexpr std::size_t kTextWidth = 80;
constexpr std::uint64_t kMostShots = 100'000'000;

std::string reach_text(const OptimizeDocument& document) {
  const portfolio::Certificate& certificate = document.certificate;
  if (is_rule(document.objective.name)) {
    return certificate.proven ? "checked: the weights keep the rule within 1e-10"
                              : "not checked: the weights keep the rule only roughly";
  }
  if (certificate.proven) {
    return fmt::format("proven: nothing is better than {} (gap {})", figure(certificate.bound),
                       figure(certificate.gap));
  }
  return fmt::format("not proven: at most {} from the bound {}", figure(certificate.gap),
                     figure(certificate.bound));
}

/// ">= 0.2 costs 0.0852", where the limit binds.
std::string binding_text(const ConstraintRow& row) {
  return fmt::format("{} {} costs {}", to_text(row.relation), figure(row.limit),
                     figure(std::abs(*row.shadow_price)));
}

bool binds(const ConstraintRow& row) { return row.shadow_price && *row.shadow_price != 0; }

/// Of the bound of an asset's weight.
std::string price_of(const OptimizeDocument& document, const std::string& asset) {
  for (const ConstraintRow& row : document.constraints) {
    if (row.name == "weight" && row.asset == asset && binds(row)) return binding_text(row);
  }
  return {};
}

/// The limits that bind beside the weights' own and their sum, and what a price means.
std::string binding_limits(const OptimizeDocument& document) {
  std::string text;
  bool any = false;
  for (const ConstraintRow& row : document.constraints) {
    if (!binds(row) || row.name == "sum") continue;
    any = true;
    if (row.name == "weight") continue;
    text +=
        fmt::format("\n  {}{} {}", row.name, row.asset ? " " + *row.asset : "", binding_text(row));
  }
  if (!any) return {};
  text += "\n  costs: what the objective would gain for each unit by which the limit yields\n";
  if (document.selected) text += "  (with the assets that are held here)\n";
  return text;
}

std::string weights_table(const OptimizeDocument& document, const Terminal& terminal) {
  double largest = 0;
  for (const double w : document.weights) largest = std::max(largest, std::abs(w));
  std::vector<Column> columns = {{"asset", Align::kLeft}};
  if (document.lots) columns.push_back({"lots"});
  columns.push_back({"weight"});
  columns.push_back({"", Align::kLeft});
  if (!document.risk_contributions.empty()) columns.push_back({"of the risk"});
  columns.push_back({"binding limit", Align::kLeft});
  Table table(columns);
  for (std::size_t i = 0; i < document.assets.size(); ++i) {
    const double weight = document.weights[i];
    const Style style = weight == 0 ? Style::kDim : Style::kPlain;
    std::vector<Cell> cells = {{document.assets[i], style}};
    if (document.lots) cells.emplace_back(std::to_string((*document.lots)[i]), style);
    cells.emplace_back(percent(weight, 2), style);
    cells.emplace_back(largest > 0 ? bar(terminal, std::abs(weight) / largest, 16) : "",
                       weight < 0 ? Style::kBad : Style::kAccent);
    if (!document.risk_contributions.empty()) {
      cells.emplace_back(percent(document.risk_contributions[i], 2), style);
    }
    cells.emplace_back(price_of(document, document.assets[i]), Style::kDim);
    table.add(std::move(cells));
  }
  return table.to_text(terminal);
}

/// "leverage 1.6: 130 % long, 30 % short", where anything is held short.
std::string leverage_text(const OptimizeDocument& document) {
  double held_long = 0;
  double held_short = 0;
  for (const double w : document.weights) (w > 0 ? held_long : held_short) += std::abs(w);
  if (held_short == 0) return {};
  return fmt::format("  leverage {}: {} long, {} short\n", figure(held_long + held_short),
                     percent(held_long, 2), percent(held_short, 2));
}

std::string methods_table(const OptimizeDocument& document, const Terminal& terminal) {
  Table table(
      {{"method", Align::kLeft}, {"kind", Align::kLeft}, {"value"}, {"gap"}, {"time"}, {"steps"}});
  for (const MethodRun& run : document.methods) {
    table.add({run.name,
               {std::string(to_text(run.kind)),
                run.kind == services::MethodKind::kQuantum ? Style::kAccent : Style::kPlain},
               figure(run.value),
               figure(run.gap),
               duration(run.seconds),
               with_thousands(run.iterations)});
  }
  return table.to_text(terminal);
}

/// What QAOA has to say beside its value.
std::string qaoa_text(const MethodRun& run) {
  if (run.details.is_object() && run.details.as_object().contains("about")) {
    return wrapped(std::string(run.details.at("about").as_string()), kTextWidth);
  }
  const auto details = json::from<services::QaoaDetails>(run.details);
  if (!details) return {};
  const double times = details->chance > 0 ? details->probability_of_best / details->chance : 0;
  return wrapped(
      fmt::format(
          "{} (simulated): {} qubits, {} layers{}{}, {} states, {} shots; a shot hits a best "
          "choice with probability {}, by pure chance 1 in {:.6g} ({:.3g} times as likely){}",
          run.name, details->qubits, details->layers,
          details->angles_carried_over ? " with angles of a smaller problem" : "",
          details->warm_start ? ", warm start" : "", with_thousands(details->states),
          with_thousands(details->shots), percent(details->probability_of_best, 3),
          details->chance > 0 ? 1.0 / details->chance : 0.0, times,
          details->probability_feasible < 1.0
              ? fmt::format("; {} of the shots keep the groups' limits",
                            percent(details->probability_feasible, 1))
              : std::string()),
      kTextWidth);
}

std::string per(const OptimizeDocument& document) {
  return document.periods_per_year
             ? fmt::format("per year ({} {}s)", figure(document.periods_per_year),
                           period_name(*document.periods_per_year))
             : std::string("per period of the file");
}

std::string text_of(const OptimizeDocument& document, const Terminal& terminal) {
  const ObjectiveValue& objective = document.objective;
  std::string text =
      is_rule(objective.name)
          ? fmt::format("{}: volatility {}\n", to_text(objective.name), figure(objective.value))
          : fmt::format("{} {}: {}\n", to_text(objective.sense), to_text(objective.name),
                        figure(objective.value));
  text += fmt::format("  {}\n\n", reach_text(document));
  text += weights_table(document, terminal);
  text += binding_limits(document);
  text +=
      fmt::format("\n  expected return {}, volatility {} {}, Sharpe ratio {} over {}\n",
                  percent(document.expected_return, 2), percent(document.volatility, 2),
                  per(document), document.sharpe ? fmt::format("{:.3f}", *document.sharpe) : "-",
                  percent(document.risk_free, 2));
  text += leverage_text(document);
  text += "\n" + methods_table(document, terminal);
  if (document.reason) {
    text += "\n" + wrapped("chosen by auto: " + *document.reason, kTextWidth);
  }
  for (const MethodRun& run : document.methods) {
    if (run.kind == services::MethodKind::kQuantum) text += "\n" + qaoa_text(run);
  }
  text += confidence_text(document, terminal);
  if (document.provenance.as_of) {
    text += fmt::format("\n  data up to {}; seed {}\n", *document.provenance.as_of,
                        document.provenance.seed);
  }
  return text;
}

/// "box:2" or "ellipsoid:1.5".
Result<services::RobustRequest> read_robust(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return wrong_value("--robust", text, "a set and its width, such as box:1 or ellipsoid:2");
  }
  services::RobustRequest request;
  QUANTA_TRY(request.set, parse_enum<services::UncertaintySet>(text.substr(0, colon), "--robust"));
  QUANTA_TRY(request.width, read_number(text.substr(colon + 1), "--robust"));
  return request;
}

}  // namespace

Action declare_optimize(CLI::App& app) {
  const auto request = std::make_shared<OptimizeRequest>();
  add_moments_flags(app, request->moments);
  add_risk_free(app, request->moments.risk_free);
  add_choice<OptimizeObjective>(app, "--objective", "what is optimised (default min-variance)",
                                request->objective);
  add_number(app, "--target",
             "least return of target-return, min-cvar and its kin, min-variance with --select; "
             "largest volatility of target-risk",
             request->target);
  add_number(app, "--alpha", "confidence of min-cvar, min-cdar, min-evar (default 0.95)",
             request->alpha);
  add_number(app, "--risk-aversion", "delta of utility (default 3)", request->risk_aversion);
  add_value(
      app, "--robust", "box:X|ellipsoid:X",
      "utility, target-return, max-sharpe: by the worst of the means within X standard errors",
      [request](std::string_view text) -> Result<void> {
        QUANTA_TRY(request->robust, read_robust(text));
        return {};
      });
  add_bounds_flags(app, request->bounds);
  add_group_flags(app, "of the sum of a group's weights; selection: of its assets held",
                  request->groups_file, request->groups);
  add_text(app, "--current", "equal|FILE", "weights that are held (CSV asset,weight)",
           request->current);
  add_number(app, "--cost", "times sum |w - w0|, taken from the objective", request->cost);
  add_text(app, "--impact", "C|FILE",
           "times (w - w0)^2, taken from the objective (CSV asset,impact)", request->impact);
  add_number(app, "--max-turnover", "most of sum |w - w0|", request->max_turnover);
  add_number(app, "--max-leverage", "most of sum |w|, long and short together; 130/30 is 1.6",
             request->max_leverage);
  add_text(app, "--benchmark", "FILE[:COLUMN]", "tracking-error: what is followed",
           request->benchmark);
  add_text(app, "--budgets", "FILE", "risk-budget: CSV asset,budget", request->budgets_file);
  add_choice<statistics::LinkageMethod>(
      app, "--linkage", "hrp, herc, nested-clusters (default single)", request->linkage);
  add_choice<portfolio::CorrelationDistance>(
      app, "--distance", "hrp, herc, nested-clusters (default direct)", request->distance);
  add_whole(app, "--clusters",
            "herc, nested-clusters: how many (default: by the gaps of dispersion)",
            request->clusters, 1);
  add_switch(app, "--leaf-order", "hrp: the optimal order of the tree's leaves",
             request->leaf_order);
  add_whole(app, "--select", "most assets held (selection: exactly this many)", request->select);
  add_number(app, "--min-weight", "least weight of an asset that is held", request->min_weight);
  add_whole(app, "--lots", "lots: equal lots in all", request->lots);
  add_whole(app, "--max-lots", "lots: most in one asset (default all)", request->max_lots);
  add_number(app, "--risk-weight", "q of selection and lots: q x'Sx - m'x (default 1)",
             request->risk_weight);
  add_choice<services::OptimizeMethod>(
      app, "--method", "who solves it; auto: quantum beside exact where it is discrete",
      request->method);
  add_whole(app, "--layers", "of QAOA (default 8), of VQE (default 2)", request->layers);
  add_switch(app, "--warm-start", "QAOA: begin near the continuous relaxation",
             request->warm_start);
  add_value(app, "--shots", "N", "of QAOA or VQE, picks of the random baseline (default 1024)",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request->shots, read_whole(text, "--shots", 1, kMostShots));
              return {};
            });
  add_number(app, "--deadline", "seconds; the best found by then, with its gap",
             request->deadline_s);
  add_confidence_flags(app, *request);
  const auto svg_file = std::make_shared<std::string>();
  add_text(app, "--svg", "FILE", "write the weights as a picture, too", *svg_file);
  return [request, svg_file](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(OptimizeDocument document, services::optimize(*request, context.run));
    if (!svg_file->empty() && !context.repeating) {
      QUANTA_CHECK(platform::write_file_atomically(*svg_file, services::picture_of(document)));
    }
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
