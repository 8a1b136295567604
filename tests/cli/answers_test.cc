/// What the documents hold: their description, the same bits for any number of threads, the same
/// digits for every instruction set, and a repetition that notices what moved.
#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "core/date.h"
#include "core/json.h"
#include "core/problem.h"
#include "core/random.h"
#include "services/frontier/frontier.h"
#include "services/market_data/market_data.h"
#include "services/moments/moments.h"
#include "services/optimization/optimization.h"
#include "services/replay/replay.h"
#include "services/risk/risk.h"

namespace quanta::testing {
namespace {

using Words = std::vector<std::string>;

/// A QAOA small enough for a test, and every other kind of answer.
const Words kLots = {"optimize", "--prices",   "prices.csv", "--objective", "lots", "--lots",
                     "4",        "--max-lots", "3",          "--layers",    "2",    "--json"};
const Words kWeights = {"optimize",    "--prices",   "prices.csv",
                        "--objective", "max-sharpe", "--json"};
const Words kFew = {"optimize", "--prices", "prices.csv", "--objective",  "utility",
                    "--json",   "--select", "2",          "--min-weight", "0.3"};
const Words kSure = {"optimize",     "--prices",     "prices.csv",    "--objective", "utility",
                     "--confidence", "bootstrap:40", "--sensitivity", "--json"};
const Words kAveraged = {"frontier", "--prices",    "prices.csv", "--points",
                         "4",        "--resampled", "30",         "--json"};
const Words kRisk = {"risk", "--prices", "prices.csv", "--weights", "ramp", "--json"};
const Words kMoments = {"moments", "--prices", "prices.csv", "--cov", "oas", "--json"};

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class Answers : public ::testing::Test {
 protected:
  Answers() { folder_.write("prices.csv", sample_prices()); }

  json::Value document(const Words& words) {
    const Ended ended = run(folder_, words);
    EXPECT_EQ(ended.status, 0) << ended.err;
    const auto value = json::parse(ended.out, "standard output");
    EXPECT_TRUE(value) << ended.out;
    return value ? *value : json::Value();
  }

  template <class T>
  T described(const Words& words) {
    const json::Value value = document(words);
    auto read = json::from<T>(value);
    EXPECT_TRUE(read) << read.error().message;
    if (!read) return {};
    // Nothing that the description does not have, and nothing of it missing.
    EXPECT_EQ(json::print(json::to(*read)), json::print(value));
    return *std::move(read);
  }

  Folder folder_;
};

/// Without the timings and what the number of threads is called in the command.
std::string comparable(json::Value value) {
  const std::function<void(json::Value&)> strip = [&](json::Value& v) {
    if (v.is_object()) {
      v.get_object().erase("seconds");
      v.get_object().erase("command");
      for (auto& item : v.get_object()) strip(item.value());
    } else if (v.is_array()) {
      for (auto& item : v.get_array()) strip(item);
    }
  };
  strip(value);
  return json::print(value);
}

/// What a contradiction says is data, and every change that it calls enough is.
TEST_F(Answers, ContradictionsSayWhatIsEnough) {
  const auto words = [](double group, double own) {
    return Words{"optimize",   "--prices",
                 "prices.csv", "--json",
                 "--groups",   "groups.csv",
                 "--group",    fmt::format("one=0:{}", group),
                 "--bound",    fmt::format("A={}:1", own)};
  };
  folder_.write("groups.csv", "asset,group\nA,one\nB,one\n");
  const Ended ended = run(folder_, words(0.2, 0.35));
  EXPECT_EQ(ended.status, 3);
  const auto problem = json::from<Problem>(json::parse(ended.out, "standard output").value());
  ASSERT_TRUE(problem) << problem.error().message;
  ASSERT_TRUE(problem->conflicts);
  ASSERT_EQ(problem->conflicts->size(), 1U);
  const std::vector<ProblemLimit>& limits = (*problem->conflicts)[0].limits;
  ASSERT_EQ(limits.size(), 3U);
  EXPECT_EQ(limits[0].of, "A");
  EXPECT_EQ(limits[0].relation, ">=");
  EXPECT_EQ(limits[0].parameter, "bound");
  EXPECT_EQ(limits[1].of, std::nullopt);
  EXPECT_EQ(limits[2].of, "one");
  EXPECT_EQ(limits[2].limit, 0.2);
  ASSERT_TRUE(limits[0].nearest && limits[2].nearest);
  EXPECT_NEAR(*limits[0].nearest, 0.2, 1e-12);
  EXPECT_NEAR(*limits[2].nearest, 0.35, 1e-12);
  document(words(0.2, *limits[0].nearest));
  document(words(*limits[2].nearest, 0.35));
}

TEST_F(Answers, OfLotsMatchTheirDescription) {
  const auto answer = described<services::OptimizeDocument>(kLots);
  ASSERT_TRUE(answer.lots);
  EXPECT_EQ((*answer.lots)[0] + (*answer.lots)[1] + (*answer.lots)[2] + (*answer.lots)[3], 4U);
  EXPECT_TRUE(answer.certificate.proven);
  std::vector<std::string> names;
  for (const services::MethodRun& method : answer.methods) names.push_back(method.name);
  ASSERT_EQ(names, (std::vector<std::string>{"qaoa", "qaoa, polished", "enumeration", "annealing",
                                             "random picks", "swap descent"}));
  EXPECT_EQ(answer.methods[0].kind, services::MethodKind::kQuantum);
  const auto qaoa = json::from<services::QaoaDetails>(answer.methods[0].details);
  ASSERT_TRUE(qaoa) << qaoa.error().message;
  EXPECT_EQ(qaoa->qubits, 12U);
  EXPECT_EQ(qaoa->states, 495U);  // C(12, 4)
  for (const services::MethodRun& method : answer.methods) {
    EXPECT_GE(method.value, answer.certificate.bound) << method.name;
    EXPECT_EQ(method.weights.size(), 4U) << method.name;
  }
  EXPECT_EQ(answer.provenance.inputs.size(), 1U);
  EXPECT_EQ(answer.provenance.as_of, "2024-03-01");
  EXPECT_FALSE(answer.provenance.degraded);
}

TEST_F(Answers, OfWeightsMatchTheirDescription) {
  const auto answer = described<services::OptimizeDocument>(kWeights);
  double sum = 0;
  for (const double w : answer.weights) sum += w;
  EXPECT_NEAR(sum, 1.0, 1e-12);
  EXPECT_TRUE(answer.certificate.proven);
  ASSERT_TRUE(answer.sharpe);
  // The objective's figure is the ratio of the two figures beside it.
  EXPECT_NEAR(*answer.sharpe, answer.objective.value, 1e-9 * std::abs(*answer.sharpe));
  EXPECT_FALSE(answer.lots);
  EXPECT_FALSE(answer.selected);
}

// The price of a target is what a slightly higher one costs with the same assets.
TEST_F(Answers, OfFewAssetsPriceTheirLimits) {
  const auto moments =
      described<services::MomentsDocument>({"moments", "--prices", "prices.csv", "--json"});
  std::vector<double> means = moments.mean;
  std::ranges::sort(means, std::greater<>());
  const double target = 0.6 * means[0] + 0.4 * means[1];
  const double step = 1e-6;
  const auto at = [&](double least) {
    return described<services::OptimizeDocument>(
        {"optimize", "--prices", "prices.csv", "--objective", "target-return", "--target",
         fmt::format("{}", least), "--select", "3", "--json"});
  };
  const auto answer = at(target);
  const auto more = at(target + step);
  ASSERT_EQ(answer.selected, more.selected);
  const auto row = std::ranges::find(answer.constraints, "return", &services::ConstraintRow::name);
  ASSERT_NE(row, answer.constraints.end());
  ASSERT_TRUE(row->shadow_price);
  const double price = *row->shadow_price;
  EXPECT_GT(price, 0.0);
  EXPECT_NEAR((more.objective.value - answer.objective.value) / step, price, 1e-3 * price);
}

TEST_F(Answers, OfFewAssetsMatchTheirDescription) {
  const auto answer = described<services::OptimizeDocument>(kFew);
  EXPECT_TRUE(answer.certificate.proven);
  EXPECT_EQ(answer.objective.sense, portfolio::Sense::kMaximize);
  // The objective's figure is the utility (delta 3) of the two figures beside it.
  EXPECT_NEAR(answer.objective.value,
              answer.expected_return - 1.5 * answer.volatility * answer.volatility, 1e-12);
  EXPECT_GE(answer.certificate.bound, answer.objective.value);
  ASSERT_TRUE(answer.selected);
  std::vector<std::string> held;
  for (std::size_t i = 0; i < answer.weights.size(); ++i) {
    if (answer.weights[i] == 0.0) continue;
    EXPECT_GE(answer.weights[i], 0.3);
    held.push_back(answer.assets[i]);
  }
  EXPECT_EQ(held, *answer.selected);
  EXPECT_LE(held.size(), 2U);
  // No pair, weighed in steps of a hundredth, has more.
  const auto moments =
      described<services::MomentsDocument>({"moments", "--prices", "prices.csv", "--json"});
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      for (int step = 30; i != j && step <= 70; ++step) {
        const double a = 0.01 * step;
        const double b = 1.0 - a;
        const double variance = a * a * moments.covariance(i, i) +
                                2.0 * a * b * moments.covariance(i, j) +
                                b * b * moments.covariance(j, j);
        EXPECT_LE(a * moments.mean[i] + b * moments.mean[j] - 1.5 * variance,
                  answer.objective.value + 1e-12);
      }
    }
  }
}

TEST_F(Answers, OfIntervalsAndAveragesMatchTheirDescription) {
  const auto answer = described<services::OptimizeDocument>(kSure);
  ASSERT_TRUE(answer.confidence);
  EXPECT_EQ(answer.confidence->draws, 40U);
  ASSERT_EQ(answer.confidence->weights.size(), 4U);
  for (const auto& range : answer.confidence->weights) {
    EXPECT_LE(0.0, range.low);
    EXPECT_LE(range.low, range.median);
    EXPECT_LE(range.median, range.high);
    EXPECT_LE(range.high, 1.0);
  }
  ASSERT_TRUE(answer.sensitivity);
  EXPECT_EQ(answer.sensitivity->mean.rows(), 4U);
  EXPECT_FALSE(answer.stability);
  const auto frontier = described<services::FrontierDocument>(kAveraged);
  ASSERT_TRUE(frontier.resampled);
  EXPECT_EQ(frontier.resampled->points.size(), 4U);
  // Another seed draws other returns.
  const auto other = described<services::OptimizeDocument>(with(kSure, {"--seed", "2"}));
  EXPECT_NE(json::print(json::to(*other.confidence)), json::print(json::to(*answer.confidence)));
  EXPECT_EQ(other.weights, answer.weights);
}

// Each window's weights are what the program says of those dates alone.
TEST_F(Answers, OfStabilityAreThoseOfEachWindow) {
  std::string prices = "date,A,B\n";
  RandomStream random(5, "test prices");
  double a = 10.0;
  double b = 20.0;
  const Date first = date_of(2023, 1, 2);
  for (int day = 0; day < 190; ++day) {
    prices += fmt::format("{},{:.6f},{:.6f}\n", to_text(first + day), a, b);
    a *= 1.0 + 0.02 * random.normal();
    b *= 1.0 + 0.01 * random.normal();
  }
  folder_.write("long.csv", prices);
  const Words words = {"optimize", "--prices", "long.csv", "--periods", "365", "--json"};
  const auto answer = described<services::OptimizeDocument>(with(words, {"--stability", "3"}));
  ASSERT_TRUE(answer.stability);
  const services::Stability& stability = *answer.stability;
  ASSERT_EQ(stability.dates.size(), 3U);  // six month ends; July is not over
  const char* const begins[] = {"2023-01-31", "2023-02-28", "2023-03-31"};
  const char* const ends[] = {"2023-04-30", "2023-05-31", "2023-06-30"};
  double sum = 0.0;
  double largest = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    SCOPED_TRACE(ends[k]);
    EXPECT_EQ(stability.dates[k].date, ends[k]);
    const auto window =
        described<services::OptimizeDocument>(with(words, {"--from", begins[k], "--to", ends[k]}));
    EXPECT_EQ(stability.dates[k].weights, window.weights);
    if (k == 0) {
      EXPECT_FALSE(stability.dates[k].turnover);
      continue;
    }
    // With two assets what one gains the other loses.
    const double moved =
        2.0 * std::abs(stability.dates[k].weights[0] - stability.dates[k - 1].weights[0]);
    EXPECT_NEAR(stability.dates[k].turnover.value_or(-1.0), moved, 1e-14);
    sum += moved;
    largest = std::max(largest, moved);
  }
  EXPECT_GT(largest, 0.0);
  EXPECT_NEAR(stability.average_turnover, sum / 2.0, 1e-14);
  EXPECT_NEAR(stability.largest_turnover, largest, 1e-14);
}

TEST_F(Answers, OfRiskAndMomentsMatchTheirDescription) {
  const auto risk = described<services::RiskDocument>(kRisk);
  EXPECT_GE(risk.es, risk.var);
  double parts = 0;
  for (const auto& row : risk.contributions) parts += row.component;
  EXPECT_NEAR(parts, risk.volatility, 1e-12);
  const auto moments = described<services::MomentsDocument>(kMoments);
  EXPECT_EQ(moments.assets, (std::vector<std::string>{"A", "B", "C", "D"}));
  EXPECT_EQ(moments.periods, 60U);
  EXPECT_TRUE(moments.shrinkage);
}

TEST_F(Answers, HaveTheSameBitsForAnyNumberOfThreads) {
  for (const Words& words : {kLots, kWeights, kFew, kSure, kAveraged, kRisk, kMoments}) {
    const std::string one = comparable(document(with(words, {"--threads", "1"})));
    EXPECT_EQ(one, comparable(document(with(words, {"--threads", "2"})))) << words[0];
    EXPECT_EQ(one, comparable(document(with(words, {"--threads", "7"})))) << words[0];
  }
}

TEST_F(Answers, AreRepeatedBySeed) {
  const Words five = with(kLots, {"--seed", "5"});
  EXPECT_EQ(comparable(document(five)), comparable(document(five)));
}

/// The largest difference between numbers that stand at the same place, relative to their size
/// where that is above 1.
double distance(const json::Value& a, const json::Value& b) {
  if (a.is_object() && b.is_object()) {
    double largest = 0;
    for (const auto& item : a.get_object()) {
      if (item.key() == "provenance" || item.key() == "seconds") continue;
      const json::Value* other = b.get_object().if_contains(item.key());
      EXPECT_NE(other, nullptr) << item.key();
      if (other != nullptr) largest = std::max(largest, distance(item.value(), *other));
    }
    return largest;
  }
  if (a.is_array() && b.is_array()) {
    EXPECT_EQ(a.get_array().size(), b.get_array().size());
    double largest = 0;
    for (std::size_t i = 0; i < std::min(a.get_array().size(), b.get_array().size()); ++i) {
      largest = std::max(largest, distance(a.get_array()[i], b.get_array()[i]));
    }
    return largest;
  }
  if (a.is_number() && b.is_number()) {
    const auto x = a.to_number<double>();
    const auto y = b.to_number<double>();
    return std::abs(x - y) / std::max(1.0, std::abs(x));
  }
  EXPECT_EQ(json::print_compact(a), json::print_compact(b));
  return 0;
}

TEST_F(Answers, AgreeBetweenInstructionSets) {
  // QAOA's angles are the end of an iterative search, which may stop a digit earlier or later:
  // what comes of them is left out, the choice and every classical figure is not.
  const auto scalar = described<services::OptimizeDocument>(with(kLots, {"--kernel", "scalar"}));
  for (const auto& [set, name] : enum_names(InstructionSet{})) {
    if (set > best_instruction_set()) continue;
    const Words kernel = {"--kernel", std::string(name)};
    const auto answer = described<services::OptimizeDocument>(with(kLots, kernel));
    EXPECT_EQ(answer.lots, scalar.lots);
    EXPECT_NEAR(answer.objective.value, scalar.objective.value, 1e-12);
    EXPECT_NEAR(answer.certificate.bound, scalar.certificate.bound, 1e-12);
    const auto details = json::from<services::QaoaDetails>(answer.methods[0].details);
    const auto reference = json::from<services::QaoaDetails>(scalar.methods[0].details);
    ASSERT_TRUE(details && reference);
    EXPECT_NEAR(details->probability_of_best, reference->probability_of_best, 1e-9);
    for (const Words& words : {kWeights, kSure, kAveraged, kRisk, kMoments}) {
      EXPECT_LE(
          distance(document(with(words, kernel)), document(with(words, {"--kernel", "scalar"}))),
          1e-12)
          << words[0] << " with " << name;
    }
  }
}

class Replays : public Answers {
 protected:
  void save(const Words& words) {
    const Ended ended = run(folder_, words);
    ASSERT_EQ(ended.status, 0) << ended.err;
    folder_.write("result.json", ended.out);
  }
};

TEST_F(Replays, AgreeForEveryKindOfAnswer) {
  const Words check = {"data", "check", "prices.csv", "--json"};
  folder_.write("midway.qasm",
                "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[2] q;\nbit b;\nry(0.6) q[0];\n"
                "b = measure q[0];\nif (b) x q[1];\nh q[0];\n");
  const Words circuit = {"circuit", "run", "midway.qasm", "--precision", "single", "--json"};
  for (const Words& words : {kLots, kWeights, kSure, kAveraged, kRisk, kMoments, check, circuit}) {
    save(words);
    const Ended ended = run(folder_, {"replay", "result.json"});
    EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("the bits agree"), std::string::npos) << ended.out;
  }
}

TEST_F(Replays, KeepTheSeedAndTheKernelOfTheResult) {
  save(with(kLots, {"--seed", "11", "--kernel", "scalar"}));
  // The repetition's own flags are about itself.
  const Ended ended = run(folder_, {"replay", "result.json", "--seed", "12", "--kernel", "auto"});
  EXPECT_EQ(ended.status, 0) << ended.out;
}

TEST_F(Replays, AreADocumentToo) {
  save(kWeights);
  const auto agreed = described<services::ReplayDocument>({"replay", "result.json", "--json"});
  EXPECT_TRUE(agreed.agrees);
  EXPECT_GT(agreed.compared, 20U);
  ASSERT_EQ(agreed.inputs.size(), 1U);
  EXPECT_EQ(agreed.inputs[0].state, services::InputState::kSame);
}

TEST_F(Replays, ReadTheResultFromStandardInput) {
  save(kRisk);
  const Ended ended = run(folder_, {"replay", "-"}, folder_.read("result.json"));
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
}

TEST_F(Replays, NameTheInputThatChanged) {
  save(kWeights);
  std::string prices = sample_prices();
  prices.back() = '0';  // one more digit of the last price: the same number, other bytes
  folder_.write("prices.csv", prices + "\n");
  const Ended ended = run(folder_, {"replay", "result.json"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.out.find("prices.csv: changed"), std::string::npos) << ended.out;
}

TEST_F(Replays, NameTheInputThatIsGone) {
  save(kWeights);
  std::filesystem::remove(folder_.path() / "prices.csv");
  const Ended ended = run(folder_, {"replay", "result.json"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.out.find("prices.csv: missing"), std::string::npos) << ended.out;
}

TEST_F(Replays, NameTheValueThatDiffers) {
  save(kRisk);
  auto value = json::parse(folder_.read("result.json"), "result.json");
  ASSERT_TRUE(value);
  double& var = value->get_object()["var"].get_double();
  var = std::nextafter(var, 1.0);  // one bit
  folder_.write("result.json", json::print(*value));
  const Ended ended = run(folder_, {"replay", "result.json", "--json"});
  EXPECT_EQ(ended.status, 1);
  const auto parsed = json::parse(ended.out, "standard output");
  ASSERT_TRUE(parsed);
  const auto document = json::from<services::ReplayDocument>(*parsed);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_FALSE(document->agrees);
  ASSERT_EQ(document->differences.size(), 1U);
  EXPECT_EQ(document->differences[0].path, "var");
}

TEST_F(Replays, SayThatADeadlineMayBeTheReason) {
  for (const bool has_deadline : {false, true}) {
    save(has_deadline ? with(kWeights, {"--deadline", "60"}) : kWeights);
    auto value = json::parse(folder_.read("result.json"), "result.json");
    ASSERT_TRUE(value);
    value->get_object()["sharpe"] = 0.0;
    folder_.write("result.json", json::print(*value));
    const Ended ended = run(folder_, {"replay", "result.json"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out.find("has a deadline") != std::string::npos, has_deadline) << ended.out;
  }
}

TEST_F(Answers, EndInAMessageWhereStandardOutputCannotBeWritten) {
  const Ended full = shell(folder_, "quanta risk --prices prices.csv > /dev/full");
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("standard output cannot be written"), std::string::npos) << full.err;
  const Ended help = shell(folder_, "quanta --help > /dev/full");
  EXPECT_EQ(help.status, 1);
  EXPECT_NE(help.err.find("standard output cannot be written"), std::string::npos) << help.err;
  // The reader is gone before the last byte: no signal ends the program, and that is no news.
  const Ended gone =
      shell(folder_, "{ quanta risk --prices prices.csv; echo status $? >&2; } | true");
  EXPECT_EQ(gone.status, 0);
  EXPECT_EQ(gone.err.find("status 141"), std::string::npos) << gone.err;
  EXPECT_EQ(gone.err.find("cannot be written"), std::string::npos) << gone.err;
}

TEST_F(Answers, OfADeadlineThatIsTooShortAreAnErrorOrTheBestFound) {
  const Ended ended = run(folder_, with(kWeights, {"--deadline", "1e-9"}));
  if (ended.status == 0) return;  // solved before the timer's thread ran
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.err.find("quanta: "), std::string::npos);
}

}  // namespace
}  // namespace quanta::testing
