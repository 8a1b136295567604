#include "cli/demo.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"

namespace quanta::cli {
namespace {

namespace fs = std::filesystem;
using services::MethodKind;
using services::MethodRun;

constexpr Terminal kAscii{.unicode = false, .colour = false, .width = 200};
constexpr Terminal kUnicode{.unicode = true, .colour = false, .width = 200};

TEST(DemoMaxLots, KeepsTheQubitsFewAndPlacesForAllLots) {
  const std::pair<std::size_t, unsigned> cases[] = {
      {0, 0}, {1, 0}, {2, 8}, {3, 6}, {4, 5}, {5, 4}, {6, 3}, {7, 2}, {10, 2}, {11, 1}, {20, 1}};
  for (const auto& [n, lots] : cases) EXPECT_EQ(demo_max_lots(n), lots) << n;
  for (std::size_t n = 2; n <= 1000; ++n) {
    EXPECT_GE(n * demo_max_lots(n), kDemoLots) << n;
    if (n <= kDemoQubits) {
      EXPECT_LE(n * demo_max_lots(n), kDemoQubits) << n;
    }
  }
}

/// What demo() would give for two assets of that name, with figures that mean nothing.
Demo made_up(const std::string& name) {
  Demo shown;
  shown.max_lots = 8;
  shown.prices = Matrix(60, 2);
  for (int t = 0; t < 60; ++t) {
    shown.dates.push_back(date_of(2020 + t / 12, t % 12 + 1, 1));
    shown.prices(static_cast<std::size_t>(t), 0) = 1 + t;
    shown.prices(static_cast<std::size_t>(t), 1) = 1;
    shown.index.push_back(100 + t % 7);
  }
  shown.mean = {0.1, 0.2};
  shown.volatility = {0.3, 0.4};
  DemoDocument& document = shown.document;
  document.files = {{.file = "/folder/" + name,
                     .rows = 3,
                     .rejected = 1,
                     .first = "2024-01-01",
                     .last = "2024-03-01",
                     .findings = {{"jump", 2}},
                     .quality = 97.5}};
  document.assets = {name, "B"};
  document.first = "2024-01-01";
  document.last = "2024-03-01";
  document.dates = 60;
  document.periods_per_year = 12;
  document.minimum_variance.weights = {0.25, 0.75};
  document.minimum_variance.certificate = {1, 1, 0, true};
  document.maximum_sharpe = document.minimum_variance;
  document.lots = document.minimum_variance;
  document.lots.methods = {
      MethodRun{.name = "qaoa",
                .kind = MethodKind::kQuantum,
                .value = -0.1,
                .gap = 0.0,
                .seconds = 0.5,
                .iterations = 60,
                .weights = {0.25, 0.75},
                .details = json::to(services::QaoaDetails{.qubits = 16,
                                                          .layers = 8,
                                                          .mixer = "ring-xy",
                                                          .parameters = {},
                                                          .expectation = -0.05,
                                                          .approximation_ratio = 1.0,
                                                          .mean_approximation_ratio = 0.9,
                                                          .probability_of_best = 0.25,
                                                          .chance = 0.01,
                                                          .best_of_random = -0.1,
                                                          .shots = 1024,
                                                          .states = 12870})},
      MethodRun{.name = "enumeration",
                .kind = MethodKind::kClassical,
                .value = -0.1,
                .gap = 0.0,
                .seconds = 1e-5,
                .iterations = 9,
                .weights = {0.25, 0.75},
                .details = json::Object{}}};
  for (const char* portfolio : {kMinVarianceName, kMaxSharpeName, kLotsName, kEqualWeightsName}) {
    document.risk.push_back({.name = portfolio,
                             .weights = {0.25, 0.75},
                             .annual_return = 0.1,
                             .volatility = 0.2,
                             .var_historical = 0.05,
                             .es_historical = 0.06,
                             .var_normal = 0.055,
                             .es_normal = 0.07,
                             .beta = 1.1,
                             .maximum_drawdown = {0.3, "2024-01-01", "2024-03-01", {}}});
    shown.returns.emplace_back(59, 0.01);
  }
  document.risk.push_back(document.risk.back());
  document.risk.back().name = "S&P 500";
  document.risk.back().weights.clear();
  shown.returns.emplace_back(59, -0.01);
  document.remarks = {"In sample. " + name};
  document.report = name + ".html";
  return shown;
}

TEST(DemoReport, TurnsNoNameIntoMarkup) {
  const std::string html =
      to_html(demo_report(made_up("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>")));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
}

TEST(DemoText, SendsNoNameToTheTerminalAsItIs) {
  const std::string text = demo_text(made_up("\x1b[2J\x07name"), kUnicode);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST(DemoText, IsAsciiWhereTheTerminalIs) {
  for (const char c : demo_text(made_up("caf\u00e9"), kAscii)) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
  }
}

TEST(DemoText, FitsTheTerminal) {
  for (const std::size_t width : {80U, 96U, 200U}) {
    const Terminal terminal{.unicode = true, .colour = false, .width = width};
    std::istringstream lines(demo_text(made_up("AAPL"), terminal));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), std::min<std::size_t>(width, 96)) << line;
    }
  }
}

TEST(DemoText, ShowsQuantumBesideClassicalAndChance) {
  const std::string text = demo_text(made_up("AAPL"), kUnicode);
  for (const char* word : {"QAOA (simulated)", "enumeration", "pure chance", "25.000 %", "1.000 %",
                           "12,870 basis states", "2 AAPL, 6 B", "In sample."}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

TEST(DemoText, ShowsAnAnswerWithoutQuantumPartOrMaximum) {
  Demo shown = made_up("AAPL");
  shown.document.lots.methods.erase(shown.document.lots.methods.begin());
  shown.document.maximum_sharpe.reset();
  shown.document.risk.erase(shown.document.risk.begin() + 1);
  shown.returns.erase(shown.returns.begin() + 1);
  shown.index.clear();
  shown.document.risk.pop_back();
  shown.returns.pop_back();
  const std::string text = demo_text(shown, kUnicode);
  EXPECT_EQ(text.find("QAOA (simulated)"), std::string::npos);
  EXPECT_EQ(text.find(kMaxSharpeName), std::string::npos);
  EXPECT_EQ(text.find("S&P 500"), std::string::npos);
  const std::string html = to_html(demo_report(shown));
  EXPECT_EQ(html.find("QAOA&#39;s best shot"), std::string::npos);
}

TEST(DemoDocument, ComesBackFromItsJson) {
  const DemoDocument document = made_up("AAPL").document;
  const json::Value value = json::to(document);
  const auto back = json::from<DemoDocument>(value);
  ASSERT_TRUE(back.has_value()) << to_text(back.error());
  EXPECT_EQ(json::print(json::to(*back)), json::print(value));
}

/// demo() on files in a folder of its own.
class DemoOnFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "quanta-demo-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// A wide file of `n` assets on 60 month ends, drifting at random.
  std::string prices_of(std::size_t n, double drift = 0.01) {
    const std::string path = (folder_ / "prices.csv").string();
    std::ofstream out(path);
    out << "date";
    for (std::size_t i = 0; i < n; ++i) out << ",A" << i;
    std::vector<double> price(n, 100.0);
    for (int month = 0; month < 60; ++month) {
      out << '\n' << to_text(date_of(2015 + month / 12, month % 12 + 1, 1));
      for (std::size_t i = 0; i < n; ++i) {
        RandomStream stream(7, "test prices", 1000 * i + static_cast<std::size_t>(month));
        price[i] *= std::exp(drift + 0.05 * stream.normal());
        out << ',' << price[i];
      }
    }
    out << '\n';
    return path;
  }

  fs::path folder_;
  services::Run run_;
};

TEST_F(DemoOnFiles, SaysHowToGetThePricesThatAreNotInstalled) {
  const auto shown = demo({.prices = {}, .data = folder_.string()}, run_);
  ASSERT_FALSE(shown.has_value());
  EXPECT_EQ(shown.error().kind, ErrorKind::kIo);
  EXPECT_NE(shown.error().message.find("./run"), std::string::npos);
  EXPECT_NE(shown.error().message.find("--prices FILE"), std::string::npos);
}

TEST_F(DemoOnFiles, RefusesStandardInput) {
  const auto shown = demo({.prices = "-", .data = {}}, run_);
  ASSERT_FALSE(shown.has_value());
  EXPECT_EQ(shown.error().kind, ErrorKind::kUsage);
}

TEST_F(DemoOnFiles, ChoosesAmongTheUsersAssets) {
  for (const std::size_t n : {2U, 12U}) {
    SCOPED_TRACE(n);
    const auto shown = demo({.prices = prices_of(n), .data = {}}, run_);
    ASSERT_TRUE(shown.has_value()) << to_text(shown.error());
    const DemoDocument& document = shown->document;
    EXPECT_EQ(document.assets.size(), n);
    EXPECT_EQ(document.dates, 60U);
    EXPECT_EQ(document.periods_per_year, 12.0);
    EXPECT_TRUE(document.minimum_variance.certificate.proven);
    EXPECT_TRUE(document.lots.certificate.proven);
    EXPECT_FALSE(document.provenance.degraded);
    EXPECT_TRUE(document.lots.methods.front().kind == MethodKind::kQuantum);
    EXPECT_EQ(document.risk.back().name, kEqualWeightsName);
    EXPECT_FALSE(document.risk.back().beta.has_value());
    // Least variance means that no other portfolio here has less.
    for (const DemoRisk& risk : document.risk) {
      EXPECT_GE(risk.volatility, document.risk.front().volatility * (1 - 1e-9)) << risk.name;
      EXPECT_GE(risk.es_historical, risk.var_historical) << risk.name;
    }
  }
}

TEST_F(DemoOnFiles, SaysThatManyAssetsAreChosenClassically) {
  const auto shown = demo({.prices = prices_of(24), .data = {}}, run_);
  ASSERT_TRUE(shown.has_value()) << to_text(shown.error());
  EXPECT_TRUE(shown->document.provenance.degraded);
  for (const MethodRun& method : shown->document.lots.methods) {
    EXPECT_TRUE(method.kind == MethodKind::kClassical);
  }
  EXPECT_NE(demo_text(*shown, kUnicode).find("more than the 20 qubits"), std::string::npos);
  EXPECT_NE(demo_text(*shown, kUnicode).find("and 12 more"), std::string::npos);
}

TEST_F(DemoOnFiles, NeedsTwoAssets) {
  const auto shown = demo({.prices = prices_of(1), .data = {}}, run_);
  ASSERT_FALSE(shown.has_value());
  EXPECT_EQ(shown.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(shown.error().message.find("one asset (A0)"), std::string::npos);
}

TEST_F(DemoOnFiles, SaysWhyThereIsNoMaximumSharpe) {
  const auto shown = demo({.prices = prices_of(12, -0.05), .data = {}}, run_);
  ASSERT_TRUE(shown.has_value()) << to_text(shown.error());
  EXPECT_FALSE(shown->document.maximum_sharpe.has_value());
  EXPECT_NE(demo_text(*shown, kUnicode).find("No maximum Sharpe: "), std::string::npos);
}

TEST_F(DemoOnFiles, IsTheSameTwice) {
  const std::string prices = prices_of(12);
  const auto once = demo({.prices = prices, .data = {}}, run_);
  const auto again = demo({.prices = prices, .data = {}}, run_);
  ASSERT_TRUE(once.has_value() && again.has_value());
  EXPECT_EQ(json::print(json::to(once->document.risk)),
            json::print(json::to(again->document.risk)));
  EXPECT_EQ(once->document.lots.weights, again->document.lots.weights);
  EXPECT_EQ(once->document.lots.methods.front().value, again->document.lots.methods.front().value);
}

}  // namespace
}  // namespace quanta::cli
