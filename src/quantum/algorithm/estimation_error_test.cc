#include "quantum/algorithm/estimation_error.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "quantum/algorithm/expected_for_tests.h"

namespace quanta::quantum {
namespace {

TEST(EstimationError, NamesTheFieldAtFault) {
  const struct {
    const char* name;
    double a;
    EstimatorOptions method;
    std::uint64_t repeats;
    const char* field;
  } cases[] = {
      {"a above 1", 1.5, IterativeOptions{}, 10, "amplitude"},
      {"a not a number", std::numeric_limits<double>::quiet_NaN(), IterativeOptions{}, 10,
       "amplitude"},
      {"no repeats", 0.3, IterativeOptions{}, 0, "repeats"},
      {"too many repeats", 0.3, IterativeOptions{}, 1'000'001, "repeats"},
      {"a method's own fault", 0.3, MaximumLikelihoodOptions{.powers = {}}, 10, "powers"},
      {"no samples", 0.3, MonteCarloOptions{.samples = 0}, 10, "shots"},
      {"alpha", 0.3, MonteCarloOptions{.alpha = 0.0}, 10, "alpha"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto rows = error_against_calls(c.a, {&c.method, 1}, {.repeats = c.repeats}, {});
    ASSERT_FALSE(rows.has_value());
    EXPECT_EQ(rows.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(rows.error().field, c.field);
  }
}

/// The rms error of each group of `size` runs.
std::vector<double> rms_of_groups(const EstimatorOptions& method, std::size_t groups,
                                  std::size_t size) {
  std::vector<double> list;
  for (std::size_t g = 0; g < groups; ++g) {
    const auto rows = error_against_calls(0.3, {&method, 1}, {.repeats = size, .seed = g}, {});
    list.push_back(rows.value()[0].rms_error);
  }
  return list;
}

// An independent implementation's errors, 60 runs each: amplitude_complexity.json. The rms of 60
// runs of a normal error has a deviation of 9 %, so that 30 % is what can be asked; ours are 1,000
// runs, whose own deviation is 2 %.
TEST(EstimationError, AgreesWithAnIndependentImplementation) {
  QUANTA_EXPECTED(book, "amplitude_complexity.json");
  ASSERT_EQ(number(book.at("a")), 0.3);
  int checked = 0;
  for (const auto& entry : book.at("rows").as_array()) {
    const std::string method(entry.at("method").as_string());
    const double rms = number(entry.at("rms"));
    EstimatorOptions options = IterativeOptions{};
    if (method == "mlae_exponential") {
      options = MaximumLikelihoodOptions{
          .powers = exponential_powers(entry.at("m").to_number<unsigned>()),
          .shots = entry.at("shots").to_number<std::uint64_t>()};
    } else if (method == "iqae_chernoff") {
      options = IterativeOptions{.epsilon = number(entry.at("epsilon")),
                                 .alpha = number(entry.at("alpha")),
                                 .shots = entry.at("shots").to_number<std::uint64_t>()};
    } else {
      ASSERT_EQ(method, "monte_carlo");
      options = MonteCarloOptions{.samples = entry.at("calls").to_number<std::uint64_t>()};
    }
    const std::size_t repeats = method == "monte_carlo" ? 500 : 1000;
    const ErrorRow row =
        error_against_calls(0.3, {&options, 1}, {.repeats = repeats}, {}).value()[0];
    SCOPED_TRACE(testing::Message() << method << ", " << row.a_calls << " calls");
    if (method == "mlae_exponential") {
      EXPECT_EQ(row.a_calls, number(entry.at("calls_2k+1")));
    } else if (method == "iqae_chernoff") {
      EXPECT_NEAR(row.q_calls / number(entry.at("mean_calls_k")), 1.0, 0.3);
      EXPECT_GE(row.coverage, 0.95);
    }
    if (method == "mlae_exponential" && entry.at("m").to_number<unsigned>() == 1) {
      // Powers 0 and 1 leave two candidates, and about one run in ten takes the wrong one: the rms
      // of 60 runs depends on how many do. Theirs lies within what our groups of 60 give.
      const auto groups = rms_of_groups(options, 400, 60);
      EXPECT_LT(std::ranges::min(groups), rms);
      EXPECT_GT(std::ranges::max(groups), rms);
    } else {
      EXPECT_NEAR(row.rms_error / rms, 1.0, 0.3);
    }
    ++checked;
  }
  EXPECT_EQ(checked, 16);
}

// Errors fall as 1/calls for the iterative method and the doubling likelihood schedule, as
// calls^-3/4 for the linear schedule (Suzuki et al., figure 2), as 1/sqrt(calls) without Q. Errors
// are near the Cramer-Rao bound and the intervals hold a as often as they say.
TEST(EstimationError, FallsAsTheoryHasIt) {
  std::vector<EstimatorOptions> doubling;
  std::vector<EstimatorOptions> linear;
  std::vector<EstimatorOptions> iterative;
  std::vector<EstimatorOptions> plain;
  for (unsigned m = 3; m <= 8; ++m) {  // below, wrong maxima are not rare yet
    doubling.push_back(MaximumLikelihoodOptions{.powers = exponential_powers(m)});
    linear.push_back(MaximumLikelihoodOptions{.powers = linear_powers(4 * m)});
    iterative.push_back(IterativeOptions{.epsilon = std::ldexp(0.1, -static_cast<int>(m))});
    plain.push_back(MonteCarloOptions{.samples = std::uint64_t{50} << m});
  }
  const auto table = [&](const std::vector<EstimatorOptions>& methods, std::uint64_t repeats) {
    return error_against_calls(0.3, methods, {.repeats = repeats, .seed = 4}, {}).value();
  };
  // 1,000 runs: the rms has a deviation of 2 %, a coverage of 0.95 one of 0.007.
  const auto rows = table(doubling, 1000);
  const auto samples = table(plain, 1000);
  EXPECT_NEAR(log_log_slope(rows), -1.0, 0.15);
  EXPECT_NEAR(log_log_slope(table(linear, 200)), -0.75, 0.08);
  EXPECT_NEAR(log_log_slope(table(iterative, 200)), -1.0, 0.15);
  EXPECT_NEAR(log_log_slope(samples), -0.5, 0.05);

  for (std::size_t i = 0; i < rows.size(); ++i) {
    double information = 0.0;
    for (const std::uint64_t k : exponential_powers(static_cast<unsigned>(i) + 3)) {
      information += 100.0 * std::pow(2.0 * static_cast<double>(k) + 1.0, 2) / (0.3 * 0.7);
    }
    // The median of a normal error is 0.6745 deviations. The rms has some more from the few runs
    // whose highest maximum is not the one near a.
    EXPECT_NEAR(rows[i].median_error * std::sqrt(information) / 0.6745, 1.0, 0.2);
    EXPECT_LT(rows[i].rms_error, 1.5 / std::sqrt(information));
    EXPECT_GT(rows[i].rms_error, 0.9 / std::sqrt(information));
    EXPECT_GT(rows[i].coverage, 0.92);
    EXPECT_NEAR(rows[i].monte_carlo_error / rows[i].monte_carlo_law, 1.0, 0.15);
    EXPECT_LT(rows[i].rms_error, rows[i].monte_carlo_error);
    EXPECT_EQ(rows[i].method, "mlae");
  }
  for (const ErrorRow& row : samples) EXPECT_GE(row.coverage, 0.93);
}

TEST(EstimationError, GivesTheSameBitsForAnyNumberOfThreads) {
  const std::vector<EstimatorOptions> methods = {IterativeOptions{}, CanonicalOptions{}};
  std::vector<std::vector<ErrorRow>> tables;
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    tables.push_back(error_against_calls(0.42, methods, {.repeats = 30}, {.pool = &pool}).value());
  }
  for (const auto& table : tables) {
    for (std::size_t i = 0; i < methods.size(); ++i) {
      EXPECT_EQ(table[i].rms_error, tables[0][i].rms_error);
      EXPECT_EQ(table[i].monte_carlo_error, tables[0][i].monte_carlo_error);
      EXPECT_EQ(table[i].half_width, tables[0][i].half_width);
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
