#include "quantum/algorithm/phase_window.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <numeric>
#include <sstream>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/json.h"
#include "core/random.h"
#include "quantum/algorithm/fourier.h"
#include "quantum/algorithm/phase.h"
#include "quantum/algorithm/phase_series.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kPi = std::numbers::pi;

TEST(PhaseWindow, NamesTheFieldAtFault) {
  const struct {
    const char* name;
    double theta;
    PhaseRegister phase_register;
    const char* field;
  } cases[] = {
      {"no bits", 0.1, {.bits = 0}, "bits"},
      {"too many bits", 0.1, {.bits = 21}, "bits"},
      {"beta", 0.1, {.window = PhaseWindow::kKaiser, .beta = -1.0}, "beta"},
      {"beta not a number", 0.1, {.window = PhaseWindow::kKaiser, .beta = kNan}, "beta"},
      {"beta too large", 0.1, {.window = PhaseWindow::kKaiser, .beta = 501.0}, "beta"},
      {"theta", kNan, {}, "theta"},
      {"theta infinite", std::numeric_limits<double>::infinity(), {}, "theta"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = phase_distribution(c.theta, c.phase_register);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, c.field);
  }
  EXPECT_EQ(parse_enum<PhaseWindow>("hann", "window").error().field, "window");
}

// Six prices and 48 phases by four windows, from direct sums in numpy:
// shared/data/expected/quantum/qpe.json.
TEST(PhaseWindow, EqualsTheIndependentSums) {
  const std::filesystem::path path = QUANTA_SOURCE_DIR "/../shared/data/expected/quantum/qpe.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const json::Value book = json::parse(text.str(), path.string()).value();
  const auto expect_probabilities = [](const json::Value& expected, const PhaseDistribution& d) {
    if (!expected.is_array()) return;
    ASSERT_EQ(expected.as_array().size(), d.probabilities.size());
    for (std::size_t k = 0; k < d.probabilities.size(); ++k) {
      EXPECT_NEAR(d.probabilities[k], expected.at(k).to_number<double>(), 1e-12) << k;
    }
  };

  const auto& six = book.at("six_prices");
  std::vector<double> prices;
  for (const auto& p : six.at("prices").as_array()) prices.push_back(p.to_number<double>());
  const double theta = phase_of_series(prices).value();
  EXPECT_NEAR(theta, six.at("theta").to_number<double>(), 1e-12);
  EXPECT_NEAR(2.0 * kPi * theta, six.at("phase_rad").to_number<double>(), 1e-12);
  for (const unsigned bits : {3U, 4U, 5U, 6U, 8U}) {
    const auto& expected = six.at("t" + std::to_string(bits));
    const auto d = phase_distribution(theta, {.bits = bits}).value();
    EXPECT_EQ(d.best_bin, expected.at("top_bin").to_number<std::size_t>());
    EXPECT_NEAR(d.best_probability, expected.at("top_p").to_number<double>(), 1e-12);
    expect_probabilities(expected.at("p"), d);
  }

  std::size_t cells = 0;
  for (const auto& cell : book.at("grid").as_array()) {
    const auto bits = cell.at("t").to_number<unsigned>();
    const auto at = cell.at("theta").to_number<double>();
    const std::pair<const char*, PhaseRegister> windows[] = {
        {"rect", {.bits = bits}},
        {"sine", {.bits = bits, .window = PhaseWindow::kSine}},
        {"kaiser_beta_6", {.bits = bits, .window = PhaseWindow::kKaiser, .beta = 6.0}},
        {"kaiser_beta_10", {.bits = bits, .window = PhaseWindow::kKaiser, .beta = 10.0}},
    };
    for (const auto& [name, phase_register] : windows) {
      SCOPED_TRACE(testing::Message() << name << ", " << bits << " bits, theta " << at);
      ++cells;
      const auto& expected = cell.at(name);
      const auto d = phase_distribution(at, phase_register).value();
      EXPECT_EQ(d.best_bin, expected.at("top").to_number<std::size_t>());
      EXPECT_NEAR(d.best_probability, expected.at("top_p").to_number<double>(), 1e-12);
      const PhaseErrors errors = phase_errors(d, at);
      EXPECT_NEAR(errors.rms, expected.at("rms_error").to_number<double>(), 1e-12);
      EXPECT_NEAR(errors.holevo_variance, expected.at("holevo_var").to_number<double>(), 1e-12);
      EXPECT_NEAR(errors.within_one_bin, expected.at("p_within_1_bin").to_number<double>(), 1e-12);
      EXPECT_NEAR(errors.within_three_bins, expected.at("p_within_3_bins").to_number<double>(),
                  1e-12);
      const auto* p = expected.as_object().if_contains("p");
      if (p != nullptr) expect_probabilities(*p, d);
    }
  }
  EXPECT_EQ(cells, 192U);
}

TEST(PhaseWindow, SixPricesReadTheirBin) {
  const double prices[] = {1.1, 1.105, 1.11, 1.108, 1.112, 1.115};
  const double theta = phase_of_series(prices).value();
  EXPECT_NEAR(theta, 0.711662, 5e-7);
  const auto four = phase_distribution(theta, {.bits = 4}).value();
  EXPECT_EQ(four.best_bin, 11U);
  EXPECT_NEAR(four.best_probability, 0.5966, 5e-5);
  const auto five = phase_distribution(theta, {.bits = 5}).value();
  EXPECT_EQ(five.best_bin, 23U);
  EXPECT_NEAR(five.best_probability, 0.842, 5e-4);
}

TEST(PhaseWindow, SeriesNamesWhatIsWrong) {
  const std::vector<double> cases[] = {
      {}, {1.0, 2.0}, {1.0, 0.0, 2.0}, {1.0, -1.0, 2.0}, {1.0, kNan, 2.0}, {1e-308, 1e308, 1.0}};
  for (const auto& prices : cases) {
    const auto result = phase_of_series(prices);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, "prices");
  }
  EXPECT_EQ(phase_of_series(std::vector{1.0, 1.0, 1.0, 1.0}).value(), 0.0);
}

TEST(PhaseWindow, ProbabilitiesSumToOneAndAPhaseOnABinIsCertain) {
  for (const unsigned bits : {1U, 2U, 5U, 12U}) {
    for (const PhaseWindow window :
         {PhaseWindow::kNone, PhaseWindow::kSine, PhaseWindow::kKaiser}) {
      for (const double theta : {0.0, 0.3, 0.999999, -0.25, 7.5}) {
        const auto d = phase_distribution(theta, {.bits = bits, .window = window}).value();
        EXPECT_NEAR(std::reduce(d.probabilities.begin(), d.probabilities.end()), 1.0, 1e-11);
      }
    }
    EXPECT_EQ(phase_distribution(-0.5, {.bits = bits})->best_probability, 1.0);
    EXPECT_EQ(phase_distribution(-0.5, {.bits = bits})->best_bin, std::size_t{1} << (bits - 1));
  }
}

// Without a window at least 4/pi^2 falls into the nearest bin; the sine window's posterior has the
// least Holevo variance there is, tan^2(pi/(N + 1)) (facts of the field, no numbers of ours).
TEST(PhaseWindow, KeepsTheBoundsOfTheTheory) {
  for (const unsigned bits : {2U, 4U, 8U}) {
    const double n = std::ldexp(1.0, static_cast<int>(bits));
    for (double theta = 0.0; theta < 1.0; theta += 0.0137) {
      EXPECT_GE(phase_distribution(theta, {.bits = bits})->best_probability, 4.0 / (kPi * kPi));
    }
    const auto sine = window_amplitudes({.bits = bits, .window = PhaseWindow::kSine}).value();
    EXPECT_NEAR(posterior_holevo_variance(sine), std::pow(std::tan(kPi / (n + 1.0)), 2), 1e-13);
    for (const double beta : {0.0, 2.0, 6.0}) {
      const auto kaiser =
          window_amplitudes({.bits = bits, .window = PhaseWindow::kKaiser, .beta = beta}).value();
      EXPECT_GT(posterior_holevo_variance(kaiser), posterior_holevo_variance(sine));
    }
    // Without a window j has the variance (N^2 - 1)/12.
    const auto flat = window_amplitudes({.bits = bits}).value();
    EXPECT_NEAR(least_deviation(flat, 100), 1.0 / (40.0 * kPi * std::sqrt((n * n - 1.0) / 12.0)),
                1e-14);
  }
}

TEST(Fourier, IsTheSumThatDefinesIt) {
  for (const std::size_t n : {1U, 2U, 8U, 32U}) {
    RandomStream stream(n, "test fourier");
    std::vector<Amplitude> values(n);
    for (Amplitude& a : values) a = {stream.normal(), stream.normal()};
    for (const bool inverse : {false, true}) {
      auto transformed = values;
      fourier_transform(transformed, inverse);
      for (std::size_t k = 0; k < n; ++k) {
        Amplitude expected = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
          const double turns = static_cast<double>(j * k % n) / static_cast<double>(n);
          expected += values[j] * unit(inverse ? turns : -turns);
        }
        EXPECT_NEAR(std::abs(transformed[k] - expected), 0.0, 1e-13);
      }
    }
  }
}

TEST(Fourier, CircuitIsTheTransform) {
  for (unsigned n = 1; n <= 5; ++n) {
    const std::size_t size = std::size_t{1} << n;
    for (const bool inverse : {false, true}) {
      for (std::size_t j = 0; j < size; ++j) {
        std::vector<Amplitude> state(size);
        state[j] = 1.0;
        const Circuit circuit = fourier_circuit(n, inverse);
        for (const Operation& operation : circuit.operations()) {
          apply_plainly(operation, {}, state);
        }
        for (std::size_t k = 0; k < size; ++k) {
          const double turns = static_cast<double>(j * k % size) / static_cast<double>(size);
          const Amplitude expected =
              unit(inverse ? -turns : turns) / std::sqrt(static_cast<double>(size));
          EXPECT_NEAR(std::abs(state[k] - expected), 0.0, 1e-14);
        }
      }
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
