#include "market/validation/findings.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"

namespace quanta::market {
namespace {

PriceTable parsed(std::string_view text) {
  auto table = parse_price_file(text, {.name = "p.csv"}, {});
  EXPECT_TRUE(table) << to_text(table.error());
  return std::move(table).value_or(PriceTable{});
}

Validation validated(std::string_view text, const ValidationLimits& limits = {}) {
  return validate(parsed(text), limits, {});
}

/// "jump 2014-06-09 close", one for each finding.
std::vector<std::string> places(const Validation& validation, FindingKind kind) {
  std::vector<std::string> texts;
  for (const Finding& finding : validation.findings) {
    if (finding.kind == kind) texts.push_back(to_text(date_of(finding.time)));
  }
  return texts;
}

std::string detail(const Validation& validation, FindingKind kind, std::string_view date) {
  for (const Finding& finding : validation.findings) {
    if (finding.kind == kind && to_text(date_of(finding.time)) == date) return finding.detail;
  }
  return "none";
}

using Dates = std::vector<std::string>;

// --- made files --------------------------------------------------------------------------------

TEST(Findings, DuplicateAndUnorderedTimes) {
  const auto v =
      validated("date,A\n2024-01-02,1\n2024-01-03,2\n2024-01-03,3\n2024-01-02,4\n2024-01-05,5\n");
  EXPECT_EQ(places(v, FindingKind::kDuplicate), (Dates{"2024-01-03", "2024-01-02"}));
  EXPECT_EQ(places(v, FindingKind::kUnordered), (Dates{"2024-01-02"}));
  EXPECT_EQ(v.findings[0].line, 4U);
  EXPECT_EQ(detail(v, FindingKind::kUnordered, "2024-01-02"), "2024-01-02 stands below 2024-01-03");
}

TEST(Findings, ALongFileHasATimelineForEachSymbol) {
  const auto v = validated(
      "symbol,date,price\nA,2024-01-02,1\nA,2024-01-03,2\nB,2024-01-02,1\nB,2024-01-03,-1\n"
      "B,2024-01-03,2\nB,2024-01-15,2\n");
  EXPECT_EQ(v.counts.at("duplicate"), 1U);
  EXPECT_EQ(v.counts.at("non_positive"), 1U);
  EXPECT_EQ(v.counts.at("gap"), 1U);
  EXPECT_FALSE(v.counts.contains("unordered"));
  for (const Finding& finding : v.findings) EXPECT_EQ(finding.column, "B");
}

TEST(Findings, GapsOfDailyWeeklyAndMonthlyData) {
  EXPECT_EQ(places(validated("date,A\n2024-01-02,1\n2024-01-03,1\n2024-01-04,1\n2024-01-08,1\n"
                             "2024-01-13,1\n"),
                   FindingKind::kGap),
            (Dates{"2024-01-13"}));
  EXPECT_EQ(places(validated("date,A\n2024-01-05,1\n2024-01-12,1\n2024-01-19,1\n2024-02-02,1\n"),
                   FindingKind::kGap),
            (Dates{"2024-02-02"}));
  EXPECT_EQ(places(validated("date,A\n2024-01-31,1\n2024-02-29,1\n2024-03-31,1\n2024-05-31,1\n"),
                   FindingKind::kGap),
            (Dates{"2024-05-31"}));
}

TEST(Findings, AClosedMarketIsNoGapWithinDays) {
  // Weekdays from 10:00 to 16:00 in steps of five minutes; on the 17th a hole of 95 minutes.
  std::string text = "time,A\n";
  for (int day = 1; day <= 26; ++day) {
    const Date date = date_of(2024, 1, day);
    if (weekday(date) == Weekday::kSaturday || weekday(date) == Weekday::kSunday) continue;
    for (int minute = 0; minute < 360; minute += 5) {
      if (day == 17 && minute > 100 && minute < 200) continue;  // more than 10 bars
      text += fmt::format("{}T{:02}:{:02}:00,1{}\n", to_text(date), 10 + minute / 60, minute % 60,
                          minute % 7);
    }
  }
  const auto v = validated(text);
  EXPECT_EQ(places(v, FindingKind::kGap), (Dates{"2024-01-17"}));
}

TEST(Findings, OhlcNamesTheFirstFault) {
  const auto v = validated(
      "date,open,high,low,close\n2024-01-02,5,6,4,5\n2024-01-03,7,6,4,3\n2024-01-04,5,4,6,5\n"
      "2024-01-05,,6,4,5\n");
  EXPECT_EQ(places(v, FindingKind::kOhlc), (Dates{"2024-01-03", "2024-01-04"}));
  EXPECT_EQ(detail(v, FindingKind::kOhlc, "2024-01-03"),
            "open 7 is above high 6, close 3 is below low 4");
  EXPECT_EQ(detail(v, FindingKind::kOhlc, "2024-01-04"), "low 6 is above high 4");
}

TEST(Findings, StaleRunsAreOneFindingEach) {
  std::string text = "date,A,B\n";
  for (int i = 0; i < 30; ++i) {
    text += fmt::format("{},{},{}\n", to_text(Date{19'000 + i}), i < 10 ? 5 : i, i < 9 ? 5 : i);
  }
  const auto v = validated(text);
  ASSERT_EQ(v.counts.at("stale"), 1U);
  EXPECT_EQ(v.findings[0].column, "A");
  EXPECT_EQ(v.findings[0].detail, "10 equal prices of 5, to " + to_text(Date{19'009}));
  ValidationLimits limits;
  limits.stale_rows = 9;
  EXPECT_EQ(validated(text, limits).counts.at("stale"), 2U);
}

TEST(Findings, ZeroVolume) {
  const auto v = validated(
      "date,open,high,low,close,volume\n2024-01-02,5,6,4,5,0\n2024-01-03,5,6,4,5,\n"
      "2024-01-04,5,6,4,5,1\n");
  EXPECT_EQ(places(v, FindingKind::kZeroVolume), (Dates{"2024-01-02"}));
  EXPECT_FALSE(v.counts.contains("non_positive"));
}

TEST(Findings, TicksMayRepeatATime) {
  const auto v = validated(
      "timestamp,bid,ask\n2024-01-02 10:00:00.1,1,2\n2024-01-02 10:00:00.1,1,2\n"
      "2024-01-02 10:01:10,1,2\n");
  EXPECT_EQ(v.counts.at("duplicate"), 1U);
  EXPECT_EQ(v.quality.parts.at("unique"), 1.0);
  EXPECT_EQ(v.counts.at("gap"), 1U);
}

TEST(Findings, KeepsTheFirstOfManyAndCountsAll) {
  std::string text = "date,A,B,C,D,E,F,G,H,I,J\n";
  for (int i = 0; i < 3000; ++i) {
    text += to_text(Date{i});
    for (int j = 0; j < 10; ++j) text += j % 2 == 0 ? ",-1" : ",1";
    text += '\n';
  }
  const PriceTable table = parsed(text);
  const auto v = validate(table, {}, {});
  EXPECT_EQ(v.counts.at("non_positive"), 15'000U);
  EXPECT_EQ(std::ranges::count(v.findings, FindingKind::kNonPositive, &Finding::kind),
            static_cast<std::ptrdiff_t>(kMaxFindingsOfAKind));
  // The first 1000 in the file's order: 200 rows of five.
  EXPECT_EQ(places(v, FindingKind::kNonPositive).back(), to_text(Date{199}));
}

TEST(Findings, QualityNamesItsReasonsWorstFirst) {
  EXPECT_EQ(validated("date,A\n2024-01-02,1\n2024-01-03,2\n").quality.score, 100);
  EXPECT_TRUE(validated("date,A\n2024-01-02,1\n2024-01-03,2\n").quality.reasons.empty());
  const auto q =
      validated("date,A\n2024-01-02,1\n2024-01-03,x\n2024-01-04,-2\n2024-01-05,\n").quality;
  ASSERT_EQ(q.reasons.size(), 3U);
  EXPECT_EQ(q.reasons[0], "1 of 3 prices are not positive");
  EXPECT_EQ(q.reasons[1], "1 of 3 cells are missing");
  EXPECT_EQ(q.reasons[2], "1 of 4 rows could not be read");
  EXPECT_NEAR(q.parts.at("complete"), 0.75 * (2.0 / 3), 1e-12);
  EXPECT_LT(q.score, 50);
  EXPECT_EQ(q.parts.at("ordered"), 1);
}

TEST(Findings, QualityOfAPriceThatNeverMovesIsZero) {
  std::string text = "date,A\n";
  for (int i = 0; i < 13; ++i) text += to_text(Date{i}) + ",5\n";
  const auto v = validated(text);
  EXPECT_EQ(v.quality.parts.at("fresh"), 0);
  EXPECT_EQ(v.quality.score, 0);
  EXPECT_EQ(v.quality.reasons[0], "13 of 13 prices stand in runs that do not change");
}

// --- jumps -------------------------------------------------------------------------------------

/// The definition, word by word, for each return.
std::vector<std::size_t> jumps_by_definition(const std::vector<double>& r,
                                             const ValidationLimits& limits) {
  const auto median = [](std::vector<double> x) {
    std::ranges::sort(x);
    const std::size_t h = x.size() / 2;
    return x.size() % 2 == 1 ? x[h] : 0.5 * (x[h - 1] + x[h]);
  };
  std::vector<std::size_t> found;
  const std::size_t half = limits.neighbours / 2;
  const std::size_t m = std::min(2 * half, r.size() - 1);
  if (m < 20) return found;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const std::size_t first = std::min(i > half ? i - half : 0, r.size() - m - 1);
    std::vector<double> near;
    for (std::size_t j = first; j <= first + m; ++j) {
      if (j != i) near.push_back(r[j]);
    }
    const double centre = median(near);
    for (double& x : near) x = std::abs(x - centre);
    double scale = 1.4826 * median(near);
    if (scale == 0) {
      double sum = 0;
      for (const double x : near) sum += x;
      scale = 1.2533 * sum / static_cast<double>(near.size());
    }
    const double distance = std::abs(r[i] - centre);
    if (distance > 0 && distance / scale > limits.jump_deviations) found.push_back(i);
  }
  return found;
}

TEST(Jumps, AreThoseOfTheDefinitionOnRandomWalks) {
  // Calm and wild stretches, ties, runs that do not move, and lone jumps; short series too.
  for (const std::size_t n : {15UL, 21UL, 30UL, 64UL, 200UL, 251UL, 252UL, 300UL, 2000UL}) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      RandomStream random(seed, "jumps test", n);
      std::vector<double> price{100};
      double scale = 0.01;
      for (std::size_t t = 1; t < n; ++t) {
        if (random.uniform() < 0.01) scale = 0.002 + 0.05 * random.uniform();
        double step = scale * random.normal();
        if (seed % 3 == 1 && random.uniform() < 0.6) step = 0;
        if (seed % 3 == 2) step = std::round(step * 200) / 200;
        if (random.uniform() < 0.01) step += random.uniform() < 0.5 ? -0.6 : 0.6;
        price.push_back(price.back() * std::exp(step));
      }
      PriceTable table;
      table.columns = {"A"};
      std::vector<double> returns;
      for (std::size_t t = 0; t < n; ++t) {
        table.times.push_back(start_of(Date{static_cast<int>(t)}));
        table.lines.push_back(t + 2);
        if (t > 0) returns.push_back(std::log(price[t]) - std::log(price[t - 1]));
      }
      table.values = Matrix(n, 1, price);
      for (const std::size_t neighbours : {40UL, 250UL}) {
        for (const double deviations : {3.0, 8.0}) {
          ValidationLimits limits;
          limits.neighbours = neighbours;
          limits.jump_deviations = deviations;
          std::vector<std::size_t> got;
          for (const Finding& finding : validate(table, limits, {}).findings) {
            if (finding.kind == FindingKind::kJump) {
              got.push_back(static_cast<std::size_t>(date_of(finding.time).days) - 1);
            }
          }
          ASSERT_EQ(got, jumps_by_definition(returns, limits))
              << "n " << n << " seed " << seed << " neighbours " << neighbours;
        }
      }
    }
  }
}

TEST(Jumps, AskAboutSplits) {
  std::string text = "date,A\n";
  double price = 100;
  RandomStream random(1, "split test");
  for (int i = 0; i < 400; ++i) {
    if (i == 100) price /= 2;
    if (i == 200) price *= 10;
    if (i == 300) price *= 0.6;
    price *= std::exp(0.001 * random.normal());
    text += fmt::format("{},{}\n", to_text(Date{i}), price);
  }
  const auto v = validated(text);
  ASSERT_EQ(places(v, FindingKind::kJump),
            (Dates{to_text(Date{100}), to_text(Date{200}), to_text(Date{300})}));
  EXPECT_TRUE(detail(v, FindingKind::kJump, to_text(Date{100})).ends_with("split? 2:1"));
  EXPECT_TRUE(detail(v, FindingKind::kJump, to_text(Date{200})).ends_with("split? 1:10"));
  EXPECT_EQ(detail(v, FindingKind::kJump, to_text(Date{300})).find("split?"), std::string::npos);
}

TEST(Jumps, OutOfNothingAreFoundToo) {
  std::string text = "date,A\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("{},{}\n", to_text(Date{i}), i < 30 ? 5 : 7);
  const auto v = validated(text);
  EXPECT_EQ(detail(v, FindingKind::kJump, to_text(Date{30})),
            "rises by 40 % from 5 to 7, all its neighbours are unchanged");
}

TEST(Findings, DoNotDependOnThreads) {
  std::string text = "date";
  for (int j = 0; j < 100; ++j) text += fmt::format(",A{}", j);
  text += '\n';
  RandomStream random(7, "threads test");
  for (int i = 0; i < 300; ++i) {
    text += to_text(Date{i});
    for (int j = 0; j < 100; ++j) {
      text += fmt::format(",{:.2f}", random.uniform() < 0.02 ? -1.0 : 10 + random.normal());
    }
    text += '\n';
  }
  const PriceTable table = parsed(text);
  const auto all = [&](ThreadPool* pool) {
    std::vector<std::string> texts;
    for (const Finding& f : validate(table, {}, {.pool = pool}).findings) {
      texts.push_back(
          fmt::format("{} {} {} {}", quanta::to_text(f.kind), f.line, f.column, f.detail));
    }
    return texts;
  };
  const auto alone = all(nullptr);
  EXPECT_GT(alone.size(), 100U);
  for (const std::size_t n : {1UL, 2UL, 7UL}) {
    ThreadPool pool(n);
    EXPECT_EQ(all(&pool), alone) << n;
  }
}

// --- real files: the counts that shared/data/bars/README.md gives ------------------------------

class RealBars : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no shared data beside the checkout";
  }
  static Validation check(const std::string& file, const ValidationLimits& limits = {}) {
    std::ifstream stream(std::string(kFolder) + file);
    std::stringstream text;
    text << stream.rdbuf();
    const PriceTable table = parsed(text.str());
    EXPECT_EQ(table.n_rejected, 0U) << file;
    n_rows = table.n_rows();
    return validate(table, limits, {});
  }
  static constexpr const char* kFolder = QUANTA_SOURCE_DIR "/../shared/data/bars/";
  static inline std::size_t n_rows = 0;
};

TEST_F(RealBars, Vix) {
  const auto v = check("vix_daily.csv");
  EXPECT_EQ(n_rows, 9235U);
  EXPECT_EQ(v.counts.at("ohlc"), 47U);
  EXPECT_GE(places(v, FindingKind::kOhlc).front(), "1992");
}

TEST_F(RealBars, Wti) {
  const auto v = check("wti_daily.csv");
  EXPECT_EQ(n_rows, 10'226U);
  EXPECT_EQ(places(v, FindingKind::kNonPositive), (Dates{"2020-04-20"}));
  EXPECT_NE(detail(v, FindingKind::kNonPositive, "2020-04-20").find("-36.98"), std::string::npos);
}

TEST_F(RealBars, AaplSplitsAreAskedAboutAndTheRealFallIsNot) {
  const auto v = check("aapl_daily.csv");
  for (const char* split : {"2000-06-21", "2005-02-28", "2014-06-09", "2020-08-31"}) {
    EXPECT_NE(detail(v, FindingKind::kJump, split).find("split?"), std::string::npos) << split;
  }
  const std::string real = detail(v, FindingKind::kJump, "2000-09-29");
  EXPECT_NE(real, "none");
  EXPECT_EQ(real.find("split?"), std::string::npos);
}

TEST_F(RealBars, Eem) {
  ValidationLimits limits;
  limits.gap_days = 5;
  const auto v = check("eem_daily.csv", limits);
  EXPECT_EQ(v.counts.at("gap"), 67U);
  EXPECT_NE(detail(v, FindingKind::kGap, "2003-04-11").find("127 days"), std::string::npos);
  EXPECT_NE(detail(v, FindingKind::kJump, "2003-04-11").find("rises 9.99 times"),
            std::string::npos);  // e^2.30
  for (const char* split : {"2005-06-09", "2008-07-24"}) {
    EXPECT_NE(detail(v, FindingKind::kJump, split).find("split?"), std::string::npos) << split;
  }
}

TEST_F(RealBars, SpyHasThreeGapsOverFourDays) {
  const auto v = check("spy_daily.csv");
  EXPECT_EQ(places(v, FindingKind::kGap), (Dates{"2001-09-17", "2007-01-03", "2012-10-31"}));
  EXPECT_EQ(detail(v, FindingKind::kGap, "2001-09-17"),
            "7 days without a row, 2001-09-10 to 2001-09-17");
}

TEST_F(RealBars, QuotesHaveOneGap) {
  for (const char* file : {"eurusd_daily_quotes.csv", "xauusd_daily_quotes.csv"}) {
    const auto v = check(file);
    EXPECT_EQ(places(v, FindingKind::kGap), (Dates{"2016-12-16"})) << file;
    EXPECT_FALSE(v.counts.contains("ohlc")) << file;
  }
}

TEST_F(RealBars, BtcHasAGapOf21Days) {
  EXPECT_EQ(detail(check("btcusd_daily.csv"), FindingKind::kGap, "2015-01-08"),
            "21 days without a row, 2014-12-18 to 2015-01-08");
}

TEST_F(RealBars, NoReturnIsTakenBetweenSamplePeriods) {
  for (const auto& [file, first] :
       {std::pair{"spy_minute.csv", "2023-08-03"}, std::pair{"ethusd_minute.csv", "2018-04-04"}}) {
    const auto v = check(file);
    EXPECT_NE(detail(v, FindingKind::kGap, first), "none") << file;
    for (const Finding& finding : v.findings) {
      // SPY went from 168 to 450 and ether from 295 to 416 between the periods.
      if (finding.kind != FindingKind::kJump) continue;
      EXPECT_EQ(finding.detail.find("times"), std::string::npos) << file << finding.detail;
    }
  }
}

TEST_F(RealBars, TicksRepeatTimesAndAreSilentOnce) {
  const auto v = check("usdjpy_ticks.csv");
  EXPECT_EQ(n_rows, 1000U);
  EXPECT_EQ(v.counts.at("duplicate"), 7U);
  EXPECT_EQ(v.quality.parts.at("unique"), 1.0);  // they are valid
  ASSERT_TRUE(v.counts.contains("gap"));
  EXPECT_EQ(v.findings[0].detail.substr(0, 12), "2.59 minutes");  // 155.6 s
  EXPECT_EQ(v.findings[0].line, 3U);
}

TEST_F(RealBars, ErcotIsCompleteAndPositive) {
  const auto v = check("ercot_dam_hourly.csv");
  EXPECT_EQ(n_rows, 25'537U);
  EXPECT_FALSE(v.counts.contains("gap"));
  EXPECT_FALSE(v.counts.contains("duplicate"));
  for (const Finding& finding : v.findings) {
    if (finding.kind == FindingKind::kNonPositive) {
      EXPECT_EQ(finding.column, "temp_c_houston");
    }
  }
}

}  // namespace
}  // namespace quanta::market
