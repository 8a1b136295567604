#include "quantum/algorithm/qaoa.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/json.h"
#include "core/random.h"
#include "quantum/algorithm/gray_enumeration.h"
#include "quantum/algorithm/qubo.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

QuadraticCost random_cost(unsigned n, std::uint64_t seed) {
  RandomStream stream(seed, "test problem");
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n)};
  for (auto& l : cost.linear) l = stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) cost.quadratic(i, j) = 0.5 * stream.normal();
  }
  cost.constant = stream.normal();
  return cost;
}

QaoaAnsatz random_ansatz(unsigned n, unsigned k, std::uint64_t seed) {
  return {.cost = random_cost(n, seed), .mixer = Mixer::kRingXy, .weight = k};
}

/// One of each kind, on n qubits.
std::vector<QaoaAnsatz> every_kind(unsigned n, std::uint64_t seed) {
  const QuadraticCost cost = random_cost(n, seed);
  std::vector<double> warm(n);
  RandomStream stream(seed, "test warm start");
  for (auto& c : warm) c = 0.2 + 0.6 * stream.uniform();
  const unsigned k = n / 2;
  return {{.cost = cost, .mixer = Mixer::kX},
          {.cost = cost, .mixer = Mixer::kX, .warm_start = warm},
          {.cost = cost, .mixer = Mixer::kRingXy, .weight = k},
          {.cost = cost, .mixer = Mixer::kFullXy, .weight = k},
          {.cost = cost, .mixer = Mixer::kGrover, .weight = k},
          {.cost = cost, .mixer = Mixer::kGrover}};
}

std::string name(const QaoaAnsatz& ansatz) {
  return std::string(to_text(ansatz.mixer)) + (ansatz.weight ? ", weight" : "") +
         (ansatz.warm_start.empty() ? "" : ", warm");
}

/// q x'Sx - mu'x over k of n assets, S with three common factors: returns and risks of a year, of
/// the size that stocks have.
QaoaAnsatz random_portfolio(unsigned n, unsigned k, Mixer mixer, std::uint64_t seed) {
  RandomStream stream(seed, "test portfolio");
  Matrix factors(n, 3);
  for (unsigned i = 0; i < n; ++i) {
    factors(i, 0) = 0.15 + 0.05 * stream.normal();
    factors(i, 1) = 0.08 * stream.normal();
    factors(i, 2) = 0.05 * stream.normal();
  }
  const double q = 0.5 + 2.0 * stream.uniform();
  QaoaAnsatz ansatz{.cost = {.linear = std::vector<double>(n), .quadratic = Matrix(n, n)},
                    .mixer = mixer,
                    .weight = k};
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i; j < n; ++j) {
      double covariance = 0.0;
      for (unsigned f = 0; f < 3; ++f) covariance += factors(i, f) * factors(j, f);
      if (j > i) {
        ansatz.cost.quadratic(i, j) = 2.0 * q * covariance;
      } else {
        const double own = 0.1 + 0.2 * stream.uniform();
        ansatz.cost.linear[i] = q * (covariance + own * own) - (0.08 + 0.06 * stream.normal());
      }
    }
  }
  return ansatz;
}

TEST(Qaoa, NamesTheFieldAtFault) {
  auto wrong_size = random_ansatz(4, 2, 1);
  wrong_size.cost.quadratic = Matrix(3, 3);
  auto bad_linear = random_ansatz(4, 2, 1);
  bad_linear.cost.linear[2] = kNan;
  auto bad_coupling = random_ansatz(4, 2, 1);
  bad_coupling.cost.quadratic(1, 3) = kNan;
  auto bad_constant = random_ansatz(4, 2, 1);
  bad_constant.cost.constant = kNan;
  auto no_weight = random_ansatz(4, 2, 1);
  no_weight.weight.reset();
  auto x_with_weight = random_ansatz(4, 2, 1);
  x_with_weight.mixer = Mixer::kX;
  QaoaAnsatz warm{
      .cost = random_cost(4, 1), .mixer = Mixer::kX, .warm_start = {0.5, 0.5, 0.5, 0.25}};
  auto too_warm = warm;
  too_warm.warm_start[1] = 1.0;
  const QaoaAnsatz good = random_ansatz(4, 2, 1);
  const QaoaAngles pair{.gammas = {0.1}, .betas = {0.2}};
  const QaoaAngles no_angle{.gammas = {kNan}, .betas = {0.2}};
  const struct {
    const char* name;
    QaoaAnsatz ansatz;
    QaoaOptions options;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"sizes", wrong_size, {}, ErrorKind::kBadInput, "cost"},
      {"linear", bad_linear, {}, ErrorKind::kBadInput, "cost"},
      {"coupling", bad_coupling, {}, ErrorKind::kBadInput, "cost"},
      {"constant", bad_constant, {}, ErrorKind::kBadInput, "cost"},
      {"no qubits", {}, {}, ErrorKind::kBadInput, "cost"},
      {"weight above n", random_ansatz(4, 5, 1), {}, ErrorKind::kBadInput, "weight"},
      {"no weight", no_weight, {}, ErrorKind::kBadInput, "weight"},
      {"weight not kept", x_with_weight, {}, ErrorKind::kBadInput, "weight"},
      {"warm start at one", too_warm, {}, ErrorKind::kBadInput, "warm_start"},
      {"no layers", good, {.layers = 0}, ErrorKind::kBadInput, "layers"},
      {"too many layers", good, {.layers = 1001}, ErrorKind::kBadInput, "layers"},
      {"no shots", good, {.shots = 0}, ErrorKind::kBadInput, "shots"},
      {"alpha of none", good, {.alpha = 0.0}, ErrorKind::kBadInput, "alpha"},
      {"alpha of more than all", good, {.alpha = 1.5}, ErrorKind::kBadInput, "alpha"},
      {"alpha not a number", good, {.alpha = kNan}, ErrorKind::kBadInput, "alpha"},
      {"tolerance", good, {.tolerance = -1.0}, ErrorKind::kBadInput, "tolerance"},
      {"tolerance NaN", good, {.tolerance = kNan}, ErrorKind::kBadInput, "tolerance"},
      {"table of XY", good, {.start = QaoaStart::kTable}, ErrorKind::kBadInput, "start"},
      {"table, warm", warm, {.start = QaoaStart::kTable}, ErrorKind::kBadInput, "start"},
      {"too few angles", good, {.layers = 2, .angles = pair}, ErrorKind::kBadInput, "angles"},
      {"no angle", good, {.layers = 1, .angles = no_angle}, ErrorKind::kBadInput, "angles"},
      {"memory", random_ansatz(30, 15, 1), {}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = solve_qaoa(c.ansatz, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(WarmStart, NamesTheFieldAtFaultAndClips) {
  const std::vector<double> relaxation = {0.0, 0.1, 0.6, 1.0};
  EXPECT_EQ(warm_start(relaxation, 0.2).value(), (std::vector<double>{0.2, 0.2, 0.6, 0.8}));
  EXPECT_EQ(warm_start(relaxation).value(), (std::vector<double>{0.25, 0.25, 0.6, 0.75}));
  EXPECT_EQ(warm_start({}).error().field, "relaxation");
  EXPECT_EQ(warm_start(std::vector{0.5, 1.1}).error().field, "relaxation");
  EXPECT_EQ(warm_start(std::vector{0.5, kNan}).error().field, "relaxation");
  EXPECT_EQ(warm_start(relaxation, 0.0).error().field, "epsilon");
  EXPECT_EQ(warm_start(relaxation, 0.6).error().field, "epsilon");
}

TEST(Qaoa, SameBitsForAnyThreads) {
  for (const QaoaAnsatz& ansatz : every_kind(9, 3)) {
    SCOPED_TRACE(name(ansatz));
    const QaoaOptions options{.layers = 2, .shots = 100, .max_evaluations = 12, .restarts = 1};
    const auto reference = solve_qaoa(ansatz, options, {}).value();
    for (const std::size_t threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const auto result = solve_qaoa(ansatz, options, {.pool = &pool}).value();
      EXPECT_EQ(result.angles, reference.angles);
      EXPECT_EQ(result.expectation, reference.expectation);
      EXPECT_EQ(result.probabilities, reference.probabilities);
      EXPECT_EQ(result.best_sample, reference.best_sample);
    }
  }
  // Large enough for many pieces.
  const auto wide = random_ansatz(17, 8, 3);
  const QaoaOptions options{.layers = 2, .max_evaluations = 6, .controls = false};
  const auto reference = solve_qaoa(wide, options, {}).value();
  ThreadPool pool(7);
  const auto result = solve_qaoa(wide, options, {.pool = &pool}).value();
  EXPECT_EQ(result.angles, reference.angles);
  EXPECT_EQ(result.expectation, reference.expectation);
  EXPECT_EQ(result.probabilities, reference.probabilities);
}

// Every number of the result is what its comment says, for every mixer and every start.
TEST(Qaoa, ResultIsConsistentWithItsAngles) {
  for (const QaoaAnsatz& ansatz : every_kind(8, 9)) {
    for (const auto& [start, text] : enum_names(QaoaStart{})) {
      if (start == QaoaStart::kTable && (ansatz.mixer != Mixer::kX || !ansatz.warm_start.empty())) {
        continue;
      }
      SCOPED_TRACE(name(ansatz) + ", " + std::string(text));
      const auto result =
          solve_qaoa(
              ansatz,
              {.layers = 4, .shots = 500, .start = start, .alpha = 0.2, .max_evaluations = 90}, {})
              .value();
      ASSERT_EQ(result.angles.gammas.size(), 4U);
      ASSERT_EQ(result.angles.betas.size(), 4U);
      EXPECT_LE(result.evaluations, 90U);
      const auto circuit = QaoaCircuit::create(ansatz, kLimit, {}).value();
      ASSERT_EQ(result.dimension, circuit.dimension());
      double total = 0.0;
      double expectation = 0.0;
      double best = 0.0;
      double mean = 0.0;
      for (std::size_t r = 0; r < result.dimension; ++r) {
        total += result.probabilities[r];
        expectation += result.probabilities[r] * circuit.cost(r);
        mean += circuit.cost(r) / static_cast<double>(result.dimension);
        if (circuit.cost(r) == result.minimum) best += result.probabilities[r];
      }
      EXPECT_NEAR(total, 1.0, 1e-12);
      EXPECT_NEAR(expectation, result.expectation, 1e-12);
      EXPECT_NEAR(mean, result.mean, 1e-12);
      EXPECT_NEAR(best, result.probability_of_best, 1e-15);
      EXPECT_EQ(result.chance, 1.0 / static_cast<double>(result.dimension));
      EXPECT_NEAR(result.best_sample_cost, value(ansatz.cost, result.best_sample), 1e-12);
      const double range = result.maximum - result.minimum;
      EXPECT_NEAR(result.approximation_ratio, (result.maximum - result.best_sample_cost) / range,
                  1e-12);
      EXPECT_NEAR(result.mean_approximation_ratio, (result.maximum - result.expectation) / range,
                  1e-12);
      ASSERT_TRUE(result.cvar);
      EXPECT_NEAR(*result.cvar,
                  circuit.cvar(result.angles.gammas, result.angles.betas, 0.2, {}, {}), 1e-12);
      EXPECT_LT(*result.cvar, result.expectation);
      EXPECT_GE(*result.cvar, result.minimum - 1e-12);
      // What it is for: better than the mean, and the best state likelier than by chance.
      EXPECT_LT(result.expectation, result.mean);
      EXPECT_GT(result.probability_of_best, result.chance);
      // The exact optimum beside it.
      ASSERT_EQ(result.controls.size(), 4U);
      EXPECT_NEAR(*result.controls[0].value, result.minimum, 1e-12);
      EXPECT_EQ(result.controls[2].evaluations, 500U);
    }
  }
}

TEST(Qaoa, MoreLayersReachALowerExpectation) {
  for (const QaoaAnsatz& ansatz : every_kind(8, 12)) {
    double before = std::numeric_limits<double>::infinity();
    for (const unsigned layers : {1U, 2U, 4U, 8U}) {
      SCOPED_TRACE(name(ansatz) + ", " + std::to_string(layers) + " layers");
      const auto result =
          solve_qaoa(ansatz, {.layers = layers, .max_evaluations = 600, .controls = false}, {})
              .value();
      EXPECT_LT(result.expectation, before);
      before = result.expectation;
    }
  }
}

TEST(Qaoa, SeedChangesTheShotsOnly) {
  const auto ansatz = random_ansatz(10, 5, 4);
  const auto one = solve_qaoa(ansatz, {.layers = 1, .shots = 3, .seed = 1}, {}).value();
  const auto two = solve_qaoa(ansatz, {.layers = 1, .shots = 3, .seed = 2}, {}).value();
  EXPECT_EQ(one.probabilities, two.probabilities);
  EXPECT_NE(one.best_sample, two.best_sample);
}

TEST(Qaoa, TakesAnglesAsTheyAreWhereNothingMayBeEvaluated) {
  const QaoaAnsatz ansatz{.cost = random_cost(6, 2), .mixer = Mixer::kX};
  const auto circuit = QaoaCircuit::create(ansatz, kLimit, {}).value();
  const QaoaAngles given{.gammas = {0.1, 0.2, 0.3}, .betas = {-0.4, -0.3, -0.2}};
  const auto result =
      solve_qaoa(ansatz, {.layers = 3, .angles = given, .max_evaluations = 0}, {}).value();
  EXPECT_EQ(result.angles, given);
  EXPECT_EQ(result.evaluations, 0U);
  EXPECT_NEAR(result.expectation, circuit.energy(given.gammas, given.betas, {}, {}), 1e-13);
  const auto table =
      solve_qaoa(ansatz, {.layers = 3, .start = QaoaStart::kTable, .max_evaluations = 0}, {})
          .value();
  EXPECT_EQ(table.angles, sk_angles(3, ansatz.cost).value());
  // From given angles it can only fall.
  const auto better = solve_qaoa(ansatz, {.layers = 3, .angles = given}, {}).value();
  EXPECT_LT(better.expectation, result.expectation);
  for (const auto start : {QaoaStart::kRamp, QaoaStart::kGrow}) {
    const auto ramp =
        solve_qaoa(ansatz, {.layers = 3, .start = start, .max_evaluations = 0}, {}).value();
    EXPECT_EQ(ramp.evaluations, 0U);
    EXPECT_LT(ramp.expectation, ramp.mean);
  }
}

// Minimising CVaR gives the lower CVaR, minimising the mean the lower mean.
TEST(Qaoa, OptimisesWhatItIsAskedTo) {
  for (const Mixer mixer : {Mixer::kRingXy, Mixer::kGrover}) {
    auto ansatz = random_ansatz(12, 5, 7);
    ansatz.mixer = mixer;
    const auto circuit = QaoaCircuit::create(ansatz, kLimit, {}).value();
    const auto mean = solve_qaoa(ansatz, {.layers = 2, .max_evaluations = 200}, {}).value();
    const auto tail =
        solve_qaoa(ansatz, {.layers = 2, .alpha = 0.1, .max_evaluations = 200}, {}).value();
    EXPECT_FALSE(mean.cvar);
    EXPECT_LT(*tail.cvar, circuit.cvar(mean.angles.gammas, mean.angles.betas, 0.1, {}, {}) - 1e-6);
    EXPECT_LT(mean.expectation, tail.expectation);
    // All outcomes are the mean.
    const auto all =
        solve_qaoa(ansatz, {.layers = 2, .alpha = 1.0, .max_evaluations = 30}, {}).value();
    EXPECT_NEAR(*all.cvar, all.expectation, 1e-12);
  }
}

// A relaxation that points at the optimum helps to find it.
TEST(Qaoa, StartsNearWhereARelaxationPoints) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const QuadraticCost cost = random_cost(10, seed);
    const std::uint64_t best = enumerate(cost, {}, {}).value().state;
    std::vector<double> relaxation(10);
    for (unsigned i = 0; i < 10; ++i) relaxation[i] = (best >> i & 1U) != 0 ? 0.9 : 0.05;
    const QaoaOptions options{.layers = 2, .controls = false};
    const auto cold = solve_qaoa({.cost = cost, .mixer = Mixer::kX}, options, {}).value();
    const auto warm =
        solve_qaoa({.cost = cost, .mixer = Mixer::kX, .warm_start = warm_start(relaxation).value()},
                   options, {})
            .value();
    EXPECT_GT(warm.probability_of_best, cold.probability_of_best) << seed;
    EXPECT_EQ(warm.chance, cold.chance);
  }
}

// The goal for portfolios: with eight layers and the usual budget the expectation reaches 0.95 of
// the way from the worst to the best choice, on each of twelve random ones.
TEST(Qaoa, FullMixerComesNearTheBestPortfolio) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const unsigned n = 12 + static_cast<unsigned>(seed % 3);
    const unsigned k = seed % 2 == 0 ? n / 2 : n / 3;
    const auto result = solve_qaoa(random_portfolio(n, k, Mixer::kFullXy, seed), {}, {}).value();
    EXPECT_GT(result.mean_approximation_ratio, 0.95) << "seed " << seed;
    EXPECT_GT(result.probability_of_best, 30.0 * result.chance) << "seed " << seed;
    EXPECT_EQ(result.approximation_ratio, 1.0) << "seed " << seed;
  }
}

// What an independent program (numpy, BFGS from two starts) found as the least energy of stored
// portfolios with few layers: restarts find that or less.
TEST(Qaoa, ReachesTheStoredOptimaOfSmallCases) {
  const std::filesystem::path path = QUANTA_SOURCE_DIR "/../shared/data/expected/quantum/qaoa.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const json::Value book = json::parse(text.str(), path.string()).value();
  int compared = 0;
  for (const auto& instance : book.at("instances").as_array()) {
    const auto n = instance.at("n").to_number<unsigned>();
    const auto k = instance.at("k").to_number<unsigned>();
    QuadraticCost cost{.quadratic = Matrix(n, n)};
    for (const auto& l : instance.at("lin").as_array()) {
      cost.linear.push_back(l.to_number<double>());
    }
    for (const auto& entry : instance.at("quad").as_array()) {
      cost.quadratic(entry.at(0).to_number<std::size_t>(), entry.at(1).to_number<std::size_t>()) =
          entry.at(2).to_number<double>();
    }
    for (const auto& run : instance.at("runs").as_array()) {
      if (!run.as_object().contains("best_found")) continue;
      std::string mixer_name(run.at("mixer").as_string());
      std::ranges::replace(mixer_name, '_', '-');
      QaoaAnsatz ansatz{
          .cost = cost, .mixer = parse_enum<Mixer>(mixer_name, "mixer").value(), .weight = k};
      if (ansatz.mixer == Mixer::kX) {
        ansatz.cost = with_penalty(cost, k, instance.at("penalty").to_number<double>()).value();
        ansatz.weight.reset();
      }
      const auto p = run.at("p").to_number<unsigned>();
      SCOPED_TRACE(testing::Message() << mixer_name << ", n " << n << ", p " << p);
      const auto result = solve_qaoa(ansatz,
                                     {.layers = p,
                                      .max_evaluations = 4000,
                                      .restarts = 40,
                                      .tolerance = 1e-10,
                                      .controls = false},
                                     {})
                              .value();
      EXPECT_LE(result.expectation, run.at("best_found").at("energy").to_number<double>() + 1e-6);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 16);
}

TEST(Qaoa, HasAnAnswerWhereThereIsNothingToChoose) {
  for (const unsigned k : {0U, 4U}) {
    const auto result = solve_qaoa(random_ansatz(4, k, 1), {.layers = 2}, {}).value();
    EXPECT_EQ(result.dimension, 1U);
    EXPECT_EQ(result.best_sample, k == 0 ? 0U : 15U);
    EXPECT_NEAR(result.probability_of_best, 1.0, 1e-12);
    EXPECT_EQ(result.chance, 1.0);
    EXPECT_EQ(result.approximation_ratio, 1.0);
  }
  for (const Mixer mixer : {Mixer::kRingXy, Mixer::kFullXy, Mixer::kGrover}) {
    const QaoaAnsatz flat{.cost = {.linear = {1.0, 1.0, 1.0}, .quadratic = Matrix(3, 3)},
                          .mixer = mixer,
                          .weight = 1};
    const auto result = solve_qaoa(flat, {.layers = 2}, {}).value();
    EXPECT_NEAR(result.expectation, 1.0, 1e-12);
    EXPECT_EQ(result.chance, 1.0);
    EXPECT_EQ(result.mean_approximation_ratio, 1.0);
  }
  const QaoaAnsatz one{.cost = {.linear = {-2.0}, .quadratic = Matrix(1, 1)}, .mixer = Mixer::kX};
  const auto result = solve_qaoa(one, {.layers = 1}, {}).value();
  EXPECT_EQ(result.best_sample, 1U);
  EXPECT_NEAR(result.probability_of_best, 1.0, 1e-6);
}

TEST(Qaoa, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = solve_qaoa(random_ansatz(6, 3, 1), {}, {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);

  // Stopped on the way, it answers with the angles, or the layers, that it has; a control that has
  // no time left is missing.
  const auto ansatz = random_ansatz(8, 4, 1);
  const auto circuit = QaoaCircuit::create(ansatz, kLimit, {}).value();
  for (const auto start : {QaoaStart::kRamp, QaoaStart::kGrow}) {
    for (const int after : {1, 12}) {
      std::stop_source later;
      int reports = 0;
      Execution execution{.stop = later.get_token()};
      execution.progress = [&](double fraction, std::string_view) {
        EXPECT_GE(fraction, 0.0);
        EXPECT_LE(fraction, 1.0);
        if (++reports == after) later.request_stop();
      };
      const auto partial = solve_qaoa(ansatz, {.layers = 8, .start = start}, execution).value();
      EXPECT_EQ(partial.evaluations, static_cast<std::size_t>(after));
      const auto& [gammas, betas] = partial.angles;
      ASSERT_EQ(gammas.size(), betas.size());
      if (start == QaoaStart::kGrow) {
        EXPECT_LT(gammas.size(), 8U);
      } else {
        EXPECT_EQ(gammas.size(), 8U);
      }
      EXPECT_NEAR(circuit.energy(gammas, betas, {}, {}), partial.expectation, 1e-12);
      EXPECT_FALSE(partial.controls[0].missing.empty());
    }
  }
}

// ---- limits of counts, and a start that is not the same for all ----

QuadraticCost six_qubits() {
  QuadraticCost cost{.linear = {1.0, -2.0, 0.5, 0.25, -1.0, 3.0}, .quadratic = Matrix(6, 6)};
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = i + 1; j < 6; ++j) {
      cost.quadratic(i, j) = 0.3 * static_cast<double>(i) - 0.2 * static_cast<double>(j);
    }
  }
  return cost;
}

TEST(QaoaLimits, CountOnlyTheStatesThatMeetThem) {
  const QaoaAnsatz ansatz{.cost = six_qubits(),
                          .mixer = Mixer::kFullXy,
                          .weight = 3,
                          .limits = {{.qubits = 0b000011, .low = 1, .high = 1}}};
  const auto circuit = QaoaCircuit::create(ansatz, std::size_t{1} << 20, {}).value();
  EXPECT_EQ(circuit.dimension(), 20U);
  EXPECT_EQ(circuit.n_feasible(), 12U);  // one of two, two of four
  double least = 1e9;
  double sum = 0.0;
  for (std::size_t x = 0; x < 20; ++x) {
    const std::uint64_t state = circuit.basis_state(x);
    const bool meets = std::popcount(state & 3U) == 1;
    EXPECT_EQ(circuit.feasible(x), meets);
    const double plain = value(ansatz.cost, state);
    EXPECT_NEAR(circuit.cost(x), plain + (meets ? 0.0 : circuit.deviation()), 1e-12);
    if (!meets) continue;
    least = std::min(least, plain);
    sum += plain;
  }
  EXPECT_NEAR(circuit.minimum(), least, 1e-12);
  EXPECT_NEAR(circuit.mean(), sum / 12.0, 1e-12);
  const auto result = solve_qaoa(ansatz, {.layers = 2, .controls = false}, {}).value();
  EXPECT_EQ(result.n_feasible, 12U);
  EXPECT_EQ(result.chance, 1.0 / 12.0);
  EXPECT_EQ(std::popcount(result.best_sample & 3U), 1);
  EXPECT_GT(result.probability_feasible, 0.5);
  EXPECT_LT(result.probability_feasible, 1.0);
  std::size_t shots = 0;
  for (const SampledState& sample : result.samples) shots += sample.shots;
  EXPECT_EQ(shots, 1024U);
  EXPECT_TRUE(std::ranges::is_sorted(result.samples, {}, &SampledState::cost));

  QaoaAnsatz none = ansatz;
  none.limits[0] = {.qubits = 0b000001, .low = 2, .high = 2};
  EXPECT_EQ(QaoaCircuit::create(none, std::size_t{1} << 20, {}).error().field, "limits");
  none = ansatz;
  none.limit_penalty = -1.0;
  EXPECT_EQ(QaoaCircuit::create(none, std::size_t{1} << 20, {}).error().field, "limits");
  none = ansatz;
  none.mixer = Mixer::kGrover;
  EXPECT_EQ(QaoaCircuit::create(none, std::size_t{1} << 20, {}).error().field, "limits");
}

TEST(QaoaWarmStart, WeighsTheStatesOfTheDicke) {
  const std::vector<double> c = {0.75, 0.25, 0.5, 0.5, 0.25, 0.4};
  for (const Precision precision : {Precision::kDouble, Precision::kSingle}) {
    const QaoaAnsatz ansatz{.cost = six_qubits(),
                            .mixer = Mixer::kFullXy,
                            .weight = 2,
                            .warm_start = c,
                            .precision = precision};
    const auto circuit = QaoaCircuit::create(ansatz, std::size_t{1} << 20, {}).value();
    EXPECT_EQ(circuit.n_feasible(), 15U);
    const auto start = circuit.state({}, {}, {});
    double norm = 0.0;
    for (std::size_t x = 0; x < start.size(); ++x) norm += std::norm(start[x]);
    EXPECT_NEAR(norm, 1.0, 1e-6);
    const auto probability = [&](std::uint64_t state) {
      for (std::size_t x = 0; x < start.size(); ++x) {
        if (circuit.basis_state(x) == state) return std::norm(start[x]);
      }
      return 0.0;
    };
    // Odds of 3 against odds of 1/3.
    EXPECT_NEAR(probability(0b000101) / probability(0b000110), 9.0, 1e-5);
    // The slopes are those of the energy.
    const std::vector<double> gammas = {0.3, 0.1};
    const std::vector<double> betas = {-0.2, -0.4};
    std::vector<double> gradient(4);
    const double energy = circuit.energy(gammas, betas, gradient, {});
    std::vector<double> moved = gammas;
    moved[0] += 1e-3;
    const double above = circuit.energy(moved, betas, {}, {});
    EXPECT_NEAR((above - energy) / 1e-3, gradient[0], 1e-2);
    for (const std::size_t threads : {2U, 7U}) {
      ThreadPool pool(threads);
      EXPECT_EQ(circuit.energy(gammas, betas, {}, {.pool = &pool}), energy);
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
