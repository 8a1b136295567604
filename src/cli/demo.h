/// `quanta demo`: the main job on real prices, from the files to a printed table and a report.
///
///   QUANTA_TRY(const Demo shown, demo(DemoRequest{}, run));
///   fmt::print("{}", demo_text(shown, standard_output()));
///   QUANTA_CHECK(services::write_report(demo_report(shown), "quanta-demo.html"));
///
/// Everything is computed by the services that the other commands call; this only puts their
/// answers side by side.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/terminal.h"
#include "core/date.h"
#include "core/describe.h"
#include "core/matrix.h"
#include "core/result.h"
#include "services/optimization/optimization.h"
#include "services/provenance/provenance.h"
#include "services/report/html.h"
#include "services/risk/risk.h"

namespace quanta::cli {

/// The discrete portfolio of the demo: this many equal lots, by q x'Sx - m'x with this q.
constexpr unsigned kDemoLots = 8;

// Names of portfolios, in tables and pictures.
constexpr const char* kMinVarianceName = "min variance";
constexpr const char* kMaxSharpeName = "max Sharpe";
constexpr const char* kLotsName = "8 lots";
constexpr const char* kEqualWeightsName = "equal weights";
constexpr double kDemoRiskWeight = 3.0;
/// Qubits that the demo simulates at most: C(20, 8) = 125,970 amplitudes.
constexpr std::size_t kDemoQubits = 20;

struct DemoRequest {
  std::string prices;  ///< the user's own file; empty: the installed prices
  std::string data;    ///< folder of the installed prices; empty: where ./run puts them
};

struct DemoFile {
  std::string file;
  std::size_t rows = 0;
  std::size_t rejected = 0;
  std::optional<std::string> first;
  std::optional<std::string> last;
  std::map<std::string, std::size_t> findings;
  double quality = 100.0;

  static constexpr auto describe() {
    return std::tuple{field("file", &DemoFile::file, "as it was named"),
                      field("rows", &DemoFile::rows, "after the header"),
                      field("rejected", &DemoFile::rejected, "rows that could not be read"),
                      field("first", &DemoFile::first, "earliest time"),
                      field("last", &DemoFile::last, "latest time"),
                      field("findings", &DemoFile::findings, "how many of each kind"),
                      field("quality", &DemoFile::quality, "score, 0 … 100")};
  }
};

/// A portfolio (or the index) and its risk over the demo's dates.
struct DemoRisk {
  std::string name;
  std::vector<double> weights;  ///< empty for the index
  double annual_return = 0.0;   ///< arithmetic mean
  double volatility = 0.0;
  double var_historical = 0.0;
  double es_historical = 0.0;
  double var_normal = 0.0;
  double es_normal = 0.0;
  std::optional<double> beta;
  services::MaximumDrawdown maximum_drawdown;

  static constexpr auto describe() {
    return std::tuple{
        field("name", &DemoRisk::name, "of the portfolio"),
        field("weights", &DemoRisk::weights, "in the order of the assets; empty for the index"),
        field("annual_return", &DemoRisk::annual_return, "arithmetic mean per year, in sample"),
        field("volatility", &DemoRisk::volatility, "per year, in sample"),
        field("var_historical", &DemoRisk::var_historical, "95 %, one period"),
        field("es_historical", &DemoRisk::es_historical, "95 %, one period"),
        field("var_normal", &DemoRisk::var_normal, "95 %, one period"),
        field("es_normal", &DemoRisk::es_normal, "95 %, one period"),
        field("beta", &DemoRisk::beta, "against the index; null: no index"),
        field("maximum_drawdown", &DemoRisk::maximum_drawdown, "over the demo's dates")};
  }
};

struct DemoDocument {
  std::vector<DemoFile> files;
  std::vector<std::string> assets;
  std::string first;
  std::string last;
  std::size_t dates = 0;
  double periods_per_year = 252;
  services::OptimizeDocument minimum_variance;
  std::optional<services::OptimizeDocument> maximum_sharpe;
  services::OptimizeDocument lots;
  std::vector<DemoRisk> risk;
  std::vector<std::string> remarks;
  std::optional<std::string> report;
  services::Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("files", &DemoDocument::files, "what the check found in each file"),
        field("assets", &DemoDocument::assets, "names in order"),
        field("first", &DemoDocument::first, "first common date"),
        field("last", &DemoDocument::last, "last common date"),
        field("dates", &DemoDocument::dates, "common dates"),
        field("periods_per_year", &DemoDocument::periods_per_year, "what was annualised with"),
        field("minimum_variance", &DemoDocument::minimum_variance, "as of quanta optimize"),
        field("maximum_sharpe", &DemoDocument::maximum_sharpe,
              "as of quanta optimize; null: no asset beats the risk-free rate"),
        field("lots", &DemoDocument::lots, "as of quanta optimize"),
        field("risk", &DemoDocument::risk, "of each portfolio and the index"),
        field("remarks", &DemoDocument::remarks, "what to know before trusting a figure"),
        field("report", &DemoDocument::report, "the HTML file; null: not written"),
        field("provenance", &DemoDocument::provenance, "how to repeat it")};
  }
};

/// The document, and the series that the pictures show.
struct Demo {
  DemoDocument document;
  bool own_prices = false;                   ///< --prices was given
  std::vector<Date> dates;                   ///< n common dates
  Matrix prices;                             ///< n x assets
  std::vector<double> index;                 ///< n levels; empty: no index
  std::vector<std::vector<double>> returns;  ///< of each document.risk, n - 1
  std::vector<double> mean;                  ///< per year, of each asset
  std::vector<double> volatility;            ///< per year, of each asset
  /// (volatility, return) of the efficient portfolios, from the least variance up; empty where the
  /// file is large, because each point reads it again.
  std::vector<std::pair<double, double>> frontier;
  std::optional<DemoRisk> index_by_day;  ///< of the longer daily history of the index
  unsigned max_lots = 0;                 ///< in one asset
  double seconds = 0.0;                  ///< wall time of the whole
};

/// Slots per asset, so that n assets take at most kDemoQubits qubits and all lots find a place:
/// min(kDemoLots, kDemoQubits / n), which is 4 for five assets and 1 (choose 8 of n) from 11 on.
/// Beyond kDemoQubits assets nothing is simulated: then it is half of the lots, and the answer is
/// classical. 0 for fewer than two assets.
unsigned demo_max_lots(std::size_t n_assets);

/// Errors: kUsage where the prices are standard input (they are read more than once); kIo where
/// the demo's own prices are not installed (says how); kBadInput for fewer than two assets; those
/// of the services.
Result<Demo> demo(const DemoRequest& request, const services::Run& run);

/// For the terminal: at most 96 columns, in 80 without the pictures at the right.
std::string demo_text(const Demo& shown, const Terminal& terminal);

services::Report demo_report(const Demo& shown);

/// --prices, --report, --once.
Action declare_demo(CLI::App& app);

}  // namespace quanta::cli
