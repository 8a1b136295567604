#include "services/market_data/market_data.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/json.h"
#include "platform/crypto/sha256.h"

namespace quanta::services {
namespace {

namespace fs = std::filesystem;

class MarketDataTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "quanta prices XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view text) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  /// The error's text without the folder, which changes from run to run.
  std::string shown(const Error& error) const {
    std::string text = to_text(error);
    const std::string folder = folder_.string() + "/";
    for (std::size_t at; (at = text.find(folder)) != std::string::npos;) {
      text.erase(at, folder.size());
    }
    return text;
  }
  std::string error_of(const PriceRequest& request) const {
    const auto loaded = load_prices(request, {});
    return loaded ? "no error" : shown(loaded.error());
  }

  fs::path folder_;
};

Date day(std::string_view text) { return *parse_date(text, "test"); }

constexpr const char* kSmall =
    "date,A,B,C\n2024-01-02,1,10,5\n2024-01-03,2,11,4\n2024-01-04,3,12,6\n2024-01-05,4,13,7\n";

// --- what works --------------------------------------------------------------------------------

TEST_F(MarketDataTest, LoadsAWideFile) {
  const std::string file = write("p.csv", kSmall);
  const auto loaded = load_prices({.files = {file}}, {});
  ASSERT_TRUE(loaded) << shown(loaded.error());
  EXPECT_EQ(loaded->panel.assets, (std::vector<std::string>{"A", "B", "C"}));
  EXPECT_EQ(loaded->panel.dates.front(), day("2024-01-02"));
  EXPECT_EQ(loaded->panel.prices(3, 1), 13);
  EXPECT_EQ(loaded->periods_per_year, 252);
  EXPECT_TRUE(loaded->warnings.empty());
  ASSERT_EQ(loaded->inputs.size(), 1U);
  EXPECT_EQ(loaded->inputs[0].file, file);
  EXPECT_EQ(loaded->inputs[0].sha256, platform::sha256_hex(kSmall));
}

TEST_F(MarketDataTest, SelectsDatesAndAssetsInTheOrderAsked) {
  const std::string file = write("p.csv", kSmall);
  const auto loaded = load_prices({.files = {file},
                                   .from = day("2024-01-03"),
                                   .to = day("2024-01-04"),
                                   .assets = {"C", "A"},
                                   .periods_per_year = 12},
                                  {});
  ASSERT_TRUE(loaded) << shown(loaded.error());
  EXPECT_EQ(loaded->panel.assets, (std::vector<std::string>{"C", "A"}));
  EXPECT_EQ(loaded->panel.prices, Matrix(2, 2, {4, 2, 6, 3}));
  EXPECT_EQ(loaded->periods_per_year, 12);
}

TEST_F(MarketDataTest, JoinsFilesOfEveryFormatOnSharedDates) {
  const std::string wide = write("wide.csv", kSmall);
  const std::string spy =
      write("SPY.csv",
            "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-03,1,1,1,1,100,5\n"
            "2024-01-04,1,1,1,1,101,5\n2024-01-05,1,1,1,1,102,5\n2024-01-08,1,1,1,1,9,5\n");
  const std::string ohlc = write("EEM.daily.csv",
                                 "time,open,high,low,close\n2024-01-03,1,1,1,7\n"
                                 "2024-01-05,1,1,1,8\n");
  const std::string longs = write("long.csv",
                                  "symbol,date,price\nX,2024-01-03,20\nY,2024-01-03,30\n"
                                  "X,2024-01-05,21\nY,2024-01-05,31\n");
  const std::string single = write("gold.csv", "time,price\n2024-01-03,1900\n2024-01-05,1910\n");
  const auto loaded = load_prices(
      {.files = {wide, spy, ohlc, longs, single}, .assets = {"SPY", "A", "EEM.daily", "Y", "gold"}},
      {});
  ASSERT_TRUE(loaded) << shown(loaded.error());
  EXPECT_EQ(loaded->panel.dates, (std::vector<Date>{day("2024-01-03"), day("2024-01-05")}));
  EXPECT_EQ(loaded->panel.prices, Matrix(2, 5, {100, 2, 7, 30, 1900, 102, 4, 8, 31, 1910}));
  EXPECT_EQ(loaded->inputs.size(), 5U);
  EXPECT_EQ(loaded->warnings.size(), 2U);  // dates of the first two files are not in every file
}

TEST_F(MarketDataTest, ConvertsMonthNamesAndSaysSo) {
  const auto loaded = load_prices(
      {.files = {write("s.csv", "date,price\nJan 1 2000,1\nFeb 1 2000,2\nMar 1 2000,3\n")}}, {});
  ASSERT_TRUE(loaded) << shown(loaded.error());
  EXPECT_EQ(loaded->periods_per_year, 12);
  EXPECT_EQ(loaded->panel.assets[0], "s");
  ASSERT_EQ(loaded->warnings.size(), 1U);
  EXPECT_NE(loaded->warnings[0].find("3 dates written as \"Jan 31 2000\""), std::string::npos);
}

TEST(Periods, AreInferredFromTheDates) {
  const auto infer = [](int step, int n, bool skip_weekends) {
    std::vector<Date> dates;
    for (Date date = date_of(2024, 1, 1); static_cast<int>(dates.size()) < n; date = date + step) {
      const bool weekend = weekday(date) == Weekday::kSaturday || weekday(date) == Weekday::kSunday;
      if (!(weekend && skip_weekends)) dates.push_back(date);
    }
    return infer_periods_per_year(dates);
  };
  EXPECT_EQ(infer(1, 100, true), 252);
  EXPECT_EQ(infer(1, 100, false), 365);
  EXPECT_EQ(infer(7, 20, false), 52);
  EXPECT_EQ(infer(30, 20, false), 12);
  EXPECT_EQ(infer(91, 20, false), std::nullopt);
  EXPECT_EQ(infer(1, 1, false), std::nullopt);
}

// --- missing prices ----------------------------------------------------------------------------

class MissingTest : public MarketDataTest {
 protected:
  Result<LoadedPrices> load(MissingPolicy policy) {
    return load_prices({.files = {write("m.csv",
                                        "date,A,B,C\n2024-01-02,,10,5\n2024-01-03,2,11,4\n"
                                        "2024-01-04,3,NA,6\n2024-01-05,4,13,7\n")},
                        .missing = policy},
                       {});
  }
};

TEST_F(MissingTest, IsAnErrorThatSaysHowManyAndWhere) {
  const auto loaded = load(MissingPolicy::kError);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(shown(loaded.error()),
            "m.csv:2:2: 2 prices are missing (A 1, B 1), the first in column A on 2024-01-02; "
            "choose --missing drop-dates, drop-assets or forward-fill, or a later --from");
}

TEST_F(MissingTest, DropsDates) {
  const auto loaded = load(MissingPolicy::kDropDates);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->panel.dates, (std::vector<Date>{day("2024-01-03"), day("2024-01-05")}));
  EXPECT_EQ(loaded->panel.prices, Matrix(2, 3, {2, 11, 4, 4, 13, 7}));
  EXPECT_EQ(
      loaded->warnings,
      (std::vector<std::string>{"2 of 4 dates left out because prices are missing (A 1, B 1)"}));
}

TEST_F(MissingTest, DropsAssets) {
  const auto loaded = load(MissingPolicy::kDropAssets);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->panel.assets, (std::vector<std::string>{"C"}));
  EXPECT_EQ(loaded->panel.dates.size(), 4U);
  EXPECT_EQ(loaded->warnings[0], "left out because prices are missing: A, B");
}

TEST_F(MissingTest, FillsForwardFromWhereAllHaveBegun) {
  const auto loaded = load(MissingPolicy::kForwardFill);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->panel.prices, Matrix(3, 3, {2, 11, 4, 3, 11, 6, 4, 13, 7}));
  EXPECT_EQ(loaded->warnings.size(), 2U);
}

TEST_F(MissingTest, NamesAColumnWithoutAnyPrice) {
  const std::string file =
      write("e.csv", "date,A,B\n2024-01-02,1,\n2024-01-03,2,\n2024-01-04,3,\n");
  for (const auto policy :
       {MissingPolicy::kError, MissingPolicy::kDropDates, MissingPolicy::kForwardFill}) {
    EXPECT_EQ(error_of({.files = {file}, .missing = policy}),
              "e.csv:1:3: column B has no price from 2024-01-02 to 2024-01-04; leave it out with "
              "--assets or --missing drop-assets");
  }
  const auto loaded = load_prices({.files = {file}, .missing = MissingPolicy::kDropAssets}, {});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->panel.assets, (std::vector<std::string>{"A"}));
}

TEST_F(MissingTest, SaysWhenAPolicyLeavesNothing) {
  const std::string file = write("n.csv", "date,A,B\n2024-01-02,1,\n2024-01-03,,2\n");
  EXPECT_NE(error_of({.files = {file}, .missing = MissingPolicy::kDropDates})
                .find("drop-dates leaves nothing"),
            std::string::npos);
  EXPECT_NE(error_of({.files = {file}, .missing = MissingPolicy::kDropAssets})
                .find("drop-assets leaves nothing"),
            std::string::npos);
  EXPECT_NE(error_of({.files = {file}, .missing = MissingPolicy::kForwardFill})
                .find("only one date is left"),
            std::string::npos);
}

// --- bad input ---------------------------------------------------------------------------------

TEST_F(MarketDataTest, EachBadFileGetsOneClearMessage) {
  struct Case {
    const char* about;
    const char* text;
    const char* message;
  };
  const Case cases[] = {
      {"empty", "", "x.csv: the file is empty"},
      {"header only", "date,A\n", "x.csv: a header with 2 columns but no rows below it"},
      {"one row", "date,A\n2024-01-02,1\n",
       "x.csv: only one date is left (2024-01-02); a return needs two prices"},
      {"text in a cell", "date,A\n2024-01-02,1\n2024-01-03,abc\n",
       "x.csv:3: one row cannot be read: line 3, column A: \"abc\" is not a number; correct it or "
       "take it out"},
      {"NaN is missing", "date,A\n2024-01-02,1\n2024-01-03,NaN\n",
       "x.csv:3:2: 1 price is missing (A 1), the first in column A on 2024-01-03"},
      {"infinite", "date,A\n2024-01-02,1\n2024-01-03,inf\n2024-01-04,x\n",
       "x.csv:3: 2 rows cannot be read, the first: line 3, column A: \"inf\" is infinite"},
      {"short row", "date,A,B\n2024-01-02,1,2\n2024-01-03,1\n",
       "x.csv:3: one row cannot be read: line 3: 2 cells where the header has 3"},
      {"long row", "date,A\n2024-01-02,1\n2024-01-03,1,2\n",
       "x.csv:3: one row cannot be read: line 3: 3 cells where the header has 2"},
      {"open quote", "date,A\n2024-01-02,1\n2024-01-03,\"2\n",
       "x.csv:3:12: a quote that opens here is not closed"},
      {"duplicate date", "date,A\n2024-01-02,1\n2024-01-03,2\n2024-01-03,3\n",
       "x.csv:4: column date: 2024-01-03 stands on line 3 already; keep one of the two rows"},
      {"unordered dates", "date,A\n2024-01-03,1\n2024-01-02,2\n",
       "x.csv:3: column date: 2024-01-02 comes after 2024-01-03 on line 2; sort the rows by date, "
       "oldest first"},
      {"two prices a day", "time,A\n2024-01-02T10:00:00,1\n2024-01-02T11:00:00,2\n",
       "x.csv:3: column time: 2024-01-02 has a second price at 2024-01-02T11:00:00Z"},
      {"duplicate in a long file",
       "symbol,date,price\nA,2024-01-02,1\nB,2024-01-02,1\nA,2024-01-02,2\n",
       "x.csv:4: column date: 2024-01-02 of A stands on line 2 already"},
      {"zero price", "date,A,B\n2024-01-02,1,2\n2024-01-03,2,0\n",
       "x.csv:3:3: column B: the price of 2024-01-03 is 0, and returns need positive prices"},
      {"negative price", "date,A\n2020-04-17,18.3\n2020-04-20,-36.98\n",
       "x.csv:3:2: column A: the price of 2020-04-20 is -36.98"},
      {"negative price in a long file",
       "symbol,date,price\nA,2024-01-02,1\nB,2024-01-02,1\nB,2024-01-03,-2\nA,2024-01-03,3\n",
       "x.csv:4: column B: the price of 2024-01-03 is -2"},
      {"constant column", "date,A,B\n2024-01-02,1,5\n2024-01-03,2,5\n",
       "x.csv:1:3: column B: the price is 5 on all 2 dates from 2024-01-02 to 2024-01-03"},
      {"an endless return", "date,A\n2024-01-02,1\n2024-01-03,1e-320\n2024-01-04,1\n",
       "x.csv:4:2: column A: the price goes from 1e-320 on 2024-01-03 to 1 on 2024-01-04"},
      {"a return whose square is endless", "date,A\n2024-01-02,1\n2024-01-03,1e308\n",
       "x.csv:3:2: column A: the price goes from 1 on 2024-01-02 to 1e+308 on 2024-01-03"},
      {"ticks", "timestamp,bid,ask\n2024-01-02,1,2\n2024-01-03,1,2\n",
       "x.csv: this is a ticks file"},
      {"neither daily nor weekly nor monthly", "date,A\n2024-01-02,1\n2025-01-02,2\n",
       "the dates are neither daily, weekly nor monthly"},
  };
  for (const Case& c : cases) {
    const std::string got = error_of({.files = {write("x.csv", c.text)}});
    EXPECT_NE(got.find(c.message), std::string::npos)
        << c.about << "\ngave: " << got << "\nnot:  " << c.message;
    const auto loaded = load_prices({.files = {(folder_ / "x.csv").string()}}, {});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().kind, ErrorKind::kBadInput) << c.about;  // exit status 3
  }
  EXPECT_EQ(error_of({.files = {(folder_ / "missing.csv").string()}}),
            "missing.csv: no such file; check the name and the folder");
}

TEST_F(MarketDataTest, NamesBothFilesThatShareNoDate) {
  const std::string a = write("a.csv", "date,A\n2024-01-02,1\n2024-01-03,2\n");
  const std::string b = write("b.csv", "date,B\n2023-01-02,1\n2023-01-03,2\n");
  EXPECT_EQ(error_of({.files = {a, b}}),
            "no date is in all files: a.csv (2024-01-02 to 2024-01-03), b.csv (2023-01-02 to "
            "2023-01-03); prices are joined on the dates they share");
  EXPECT_EQ(error_of({.files = {a, a}}),
            "a.csv:1:2: A is in a.csv too; rename one of the two columns, or choose other files");
}

TEST_F(MarketDataTest, NamesTheFlagAtFault) {
  const std::string file = write("p.csv", kSmall);
  EXPECT_NE(error_of({.files = {file}, .assets = {"a"}}).find("did you mean \"A\"?"),
            std::string::npos);
  EXPECT_EQ(error_of({.files = {file}, .assets = {"A", "A"}}), "--assets: A is named twice");
  EXPECT_NE(error_of({.files = {file}, .from = day("2025-01-01")}).find("no price between"),
            std::string::npos);
  EXPECT_NE(error_of({.files = {file}, .from = day("2024-02-01"), .to = day("2024-01-01")})
                .find("--from 2024-02-01 is after --to 2024-01-01"),
            std::string::npos);
  EXPECT_NE(error_of({.files = {file}, .periods_per_year = 0.0}).find("--periods 0"),
            std::string::npos);
  EXPECT_NE(error_of({}).find("--prices"), std::string::npos);
  EXPECT_NE(error_of({.files = {"-", "-"}}).find("only once"), std::string::npos);
  std::string wide = "date";
  for (int j = 0; j < 100; ++j) wide += fmt::format(",ASSET{}", j);
  std::string row1;
  std::string row2;
  for (int j = 0; j < 100; ++j) {
    row1 += fmt::format(",{}", j + 1);
    row2 += fmt::format(",{}", j + 2);
  }
  const std::string many =
      write("many.csv", wide + "\n2024-01-02" + row1 + "\n2024-01-03" + row2 + "\n");
  EXPECT_EQ(
      error_of({.files = {many}, .assets = {"ASSET1O"}}).find("--assets: no column is called"), 0U);
}

TEST_F(MarketDataTest, APriceOutsideTheRangeOrChoiceDoesNoHarm) {
  const std::string file =
      write("p.csv", "date,A,B\n2024-01-02,-1,1\n2024-01-03,2,0\n2024-01-04,3,\n2024-01-05,4,5\n");
  const auto loaded =
      load_prices({.files = {file}, .from = day("2024-01-03"), .assets = {"A"}}, {});
  ASSERT_TRUE(loaded) << shown(loaded.error());
  EXPECT_EQ(loaded->panel.dates.size(), 3U);
}

TEST_F(MarketDataTest, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto loaded =
      load_prices({.files = {write("p.csv", kSmall)}}, Execution{.stop = stop.get_token()});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::kCancelled);
}

// --- benchmark ---------------------------------------------------------------------------------

TEST_F(MarketDataTest, AlignsABenchmark) {
  const std::vector<Date> dates{day("2024-01-03"), day("2024-01-05")};
  const std::string wide = write("p.csv", kSmall);
  const auto named = load_benchmark(wide + ":B", dates, {});
  ASSERT_TRUE(named) << shown(named.error());
  EXPECT_EQ(named->name, "B");
  EXPECT_EQ(named->prices, (std::vector<double>{11, 13}));
  EXPECT_EQ(named->input.sha256, platform::sha256_hex(kSmall));
  const std::string one =
      write("a:b.csv", "date,I\n2024-01-02,1\n2024-01-03,2\n2024-01-04,3\n2024-01-05,4\n");
  const auto only = load_benchmark(one, dates, {});
  ASSERT_TRUE(only) << shown(only.error());
  EXPECT_EQ(only->prices, (std::vector<double>{2, 4}));
  const std::string ohlcv =
      write("SPX.csv", "date,open,high,low,close\n2024-01-03,1,9,1,5\n2024-01-05,2,9,1,6\n");
  EXPECT_EQ(load_benchmark(ohlcv, dates, {})->prices, (std::vector<double>{5, 6}));
  EXPECT_EQ(load_benchmark(ohlcv + ":open", dates, {})->prices, (std::vector<double>{1, 2}));
  EXPECT_EQ(load_benchmark(ohlcv + ":close", dates, {})->name, "close");

  const auto error = [&](const std::string& what, const std::vector<Date>& on) {
    const auto loaded = load_benchmark(what, on, {});
    return loaded ? "no error" : shown(loaded.error());
  };
  EXPECT_NE(error(wide, dates).find("has 3 columns; name one, as in"), std::string::npos);
  EXPECT_NE(error(wide + ":D", dates).find("--benchmark: \"D\" is not one of A, B, C"),
            std::string::npos);
  EXPECT_NE(error(ohlcv + ":opn", dates).find("did you mean \"open\"?"), std::string::npos);
  EXPECT_NE(error(one, {day("2024-01-08")}).find("the benchmark I has no price on 2024-01-08"),
            std::string::npos);
  EXPECT_NE(error(write("z.csv", "date,I\n2024-01-03,0\n"), {day("2024-01-03")})
                .find("z.csv:2:2: column I: the price of 2024-01-03 is 0"),
            std::string::npos);
  EXPECT_NE(error((folder_ / "no.csv").string() + ":B", dates).find("no such file"),
            std::string::npos);
}

// --- moments -----------------------------------------------------------------------------------

TEST_F(MarketDataTest, ReadsMomentsOfAnOrLibraryFile) {
  const auto m =
      load_moments(write("port.txt", " 2 \n .01 .2\n -.02 .3\n 1 1 1\n 1 2 .5 \n 2 2 1.0\n"), {});
  ASSERT_TRUE(m) << shown(m.error());
  EXPECT_EQ(m->assets, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(m->mean, (std::vector<double>{0.01, -0.02}));
  EXPECT_EQ(m->covariance, Matrix(2, 2, {0.2 * 0.2, 0.5 * 0.2 * 0.3, 0.5 * 0.2 * 0.3, 0.3 * 0.3}));
}

TEST_F(MarketDataTest, ReadsMomentsOfATable) {
  const auto m =
      load_moments(write("m.csv", "asset,mean,X,Y\nY,0.2,0.01,0.09\nX,0.1,0.04,0.01\n"), {});
  ASSERT_TRUE(m) << shown(m.error());
  EXPECT_EQ(m->assets, (std::vector<std::string>{"X", "Y"}));
  EXPECT_EQ(m->mean, (std::vector<double>{0.1, 0.2}));
  EXPECT_EQ(m->covariance, Matrix(2, 2, {0.04, 0.01, 0.01, 0.09}));
}

TEST_F(MarketDataTest, NamesWhatIsWrongWithMoments) {
  struct Case {
    const char* text;
    const char* message;
  };
  const Case cases[] = {
      {"2\n.1 .2\n", "x:3:1: the file ends where a mean return is expected"},
      {"2\n.1 x\n", "x:2:4: \"x\" is not a number; a standard deviation is expected here"},
      {"0\n", "x:1:1: the number of assets is 0"},
      {"1\n.1 -.2\n", "x:2:4: the standard deviation of asset 1 is -0.2; it cannot be negative"},
      {"1\n.1 .2\n1 1 1.5\n", "x:3:5: the correlation of 1 and 1 is 1.5, beyond [-1, 1]"},
      {"1\n.1 .2\n1 1 .5\n", "the correlation of asset 1 with itself is 0.5, not 1"},
      {"1\n.1 .2\n1 2 1\n",
       "x:3:3: the number of an asset is 2, which is no whole number from 1 to 1"},
      {"2\n.1 .2\n.1 .2\n1 1 1\n1 1 1\n2 2 1\n",
       "x:5:1: the correlation of 1 and 1 is given twice"},
      {"1\n.1 .2\n1 1 1\n7\n", "x:4:1: \"7\" follows after all 1 correlations"},
      {"hello\n", "x:1: this is neither an OR-Library file"},
      {"asset,mean,A,A\n", "x:1:4: two columns are called A"},
      {"asset,mean,A\nB,1,1\n", "x:2:1: asset \"B\" has no covariance column"},
      {"asset,mean,A\nA,1,1\nA,1,1\n", "x:3:1: asset A stands on line 2 already"},
      {"asset,mean,A\nA,1,x\n", "x:2:3: column A: \"x\" is not a number"},
      {"asset,mean,A\nA,,1\n", "x:2:2: column mean: \"\" is not a number"},
      {"asset,mean,A\nA,1,-1\n", "x:2:3: the variance of A is -1"},
      {"asset,mean,A,B\nA,1,1,0\n", "x:1:4: asset B has a column but no row"},
      {"asset,mean,A,B\nA,1,1,.5\nB,1,.4,1\n",
       "x:3:3: the covariance of B and A is 0.4 here and 0.5 on line 2; the two must be equal"},
      {"asset,mean,A\nA,1\n", "x:2: 2 cells where the header has 3"},
  };
  for (const Case& c : cases) {
    const auto m = load_moments(write("x", c.text), {});
    ASSERT_FALSE(m) << c.text;
    EXPECT_NE(shown(m.error()).find(c.message), std::string::npos)
        << c.text << "\ngave: " << shown(m.error()) << "\nnot:  " << c.message;
  }
}

// --- check -------------------------------------------------------------------------------------

TEST_F(MarketDataTest, ChecksAFileIntoItsDocument) {
  const auto document = check_file(
      {.file = write("c.csv", "Date,A,B\nJan 2 2024,1,2\n2024-01-03,x,2\n2024-01-04,-1,\n")}, {});
  ASSERT_TRUE(document) << shown(document.error());
  const json::Value value = json::to(*document);
  const json::Object& object = value.as_object();
  EXPECT_EQ(object.at("format"), "wide");
  EXPECT_EQ(object.at("rows"), 3);
  EXPECT_EQ(object.at("accepted"), 2);
  EXPECT_EQ(object.at("missing"), 1);
  EXPECT_EQ(object.at("first"), "2024-01-02");
  EXPECT_EQ(json::print_compact(object.at("rejected")),
            R"([{"line":3,"column":"A","value":"x","reason":"is not a number"}])");
  EXPECT_EQ(
      json::print_compact(object.at("findings")),
      R"([{"kind":"non_positive","time":"2024-01-04","column":"A","detail":"price -1: log returns are not defined here"}])");
  EXPECT_LT(document->quality.score, 100);
  EXPECT_EQ(document->warnings.size(), 1U);
  EXPECT_TRUE(json::from<CheckDocument>(value));
}

TEST_F(MarketDataTest, SaysWhereItsListsAreCut) {
  std::string text = "date,A\n";
  for (int i = 0; i < 1500; ++i) text += to_text(Date{i}) + ",-1\n";
  for (int i = 0; i < 100'500; ++i) text += "2024-01-01,x\n";
  const auto document = check_file({.file = write("c.csv", text)}, {});
  ASSERT_TRUE(document);
  EXPECT_EQ(document->rejected_count, 100'500U);
  EXPECT_EQ(document->rejected.size(), 100'000U);
  EXPECT_EQ(document->finding_counts.at("non_positive"), 1500U);
  EXPECT_EQ(document->warnings,
            (std::vector<std::string>{"100000 of 100500 rejected rows are listed",
                                      "1000 of 1500 findings of kind non_positive are listed"}));
}

// --- real files --------------------------------------------------------------------------------

TEST(RealPrices, LoadWithTheirShapes) {
  const std::string folder = QUANTA_SOURCE_DIR "/../shared/data/prices/";
  if (!fs::exists(folder)) GTEST_SKIP() << "no shared data beside the checkout";
  struct Case {
    const char* file;
    std::size_t n_dates;
    std::size_t n_assets;
  };
  for (const Case& c :
       {Case{"us20_1990_2022.csv", 8313, 20},  // shapes from its README
        Case{"sp500_index_1990_2022.csv", 8313, 1}, Case{"factor_etfs_2014_2022.csv", 2264, 5},
        Case{"sp500_wide_2024_jan_may.csv", 104, 497}}) {
    const auto loaded = load_prices({.files = {folder + c.file}}, {});
    ASSERT_TRUE(loaded) << to_text(loaded.error());
    EXPECT_EQ(loaded->panel.dates.size(), c.n_dates) << c.file;
    EXPECT_EQ(loaded->panel.assets.size(), c.n_assets) << c.file;
    EXPECT_EQ(loaded->periods_per_year, 252) << c.file;
  }
  const auto ragged = load_prices({.files = {folder + "us20_ragged_1989_2018.csv"}}, {});
  ASSERT_FALSE(ragged);
  EXPECT_NE(ragged.error().message.find("35589 prices are missing"), std::string::npos);
  const auto bitcoin = load_prices({.files = {folder + "../bars/btcusd_daily.csv"}}, {});
  ASSERT_TRUE(bitcoin) << to_text(bitcoin.error());
  EXPECT_EQ(bitcoin->periods_per_year, 365);
}

TEST(RealMoments, LoadWithTheirShapes) {
  const std::string folder = QUANTA_SOURCE_DIR "/../shared/data/portfolio/";
  if (!fs::exists(folder)) GTEST_SKIP() << "no shared data beside the checkout";
  const std::size_t sizes[] = {31, 85, 89, 98, 225};  // Chang et al. 2000, table 1
  for (int i = 0; i < 5; ++i) {
    const auto m = load_moments(fmt::format("{}port{}.txt", folder, i + 1), {});
    ASSERT_TRUE(m) << to_text(m.error());
    EXPECT_EQ(m->assets.size(), sizes[i]);
    EXPECT_EQ(m->covariance.rows(), sizes[i]);
  }
}

}  // namespace
}  // namespace quanta::services
