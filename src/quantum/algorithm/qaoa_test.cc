#include "quantum/algorithm/qaoa.h"

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/json.h"
#include "core/random.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;

QaoaProblem random_problem(unsigned n, unsigned k, std::uint64_t seed) {
  RandomStream stream(seed, "test problem");
  QaoaProblem problem{.cost = {.linear = std::vector<double>(n), .quadratic = Matrix(n, n)},
                      .weight = k};
  for (auto& l : problem.cost.linear) l = stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) problem.cost.quadratic(i, j) = 0.5 * stream.normal();
  }
  problem.cost.constant = stream.normal();
  return problem;
}

// Energies, gradients (8th-order central differences) and amplitudes of four portfolio problems
// from an independent dense numpy simulator: shared/data/expected/quantum/qaoa.json.
TEST(Qaoa, EqualsTheIndependentSimulator) {
  const std::filesystem::path path = QUANTA_SOURCE_DIR "/../shared/data/expected/quantum/qaoa.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const json::Value book = json::parse(text.str(), path.string()).value();
  int energies = 0;
  int gradients = 0;
  for (const auto& instance : book.at("instances").as_array()) {
    const auto n = instance.at("n").to_number<unsigned>();
    QaoaProblem problem{.cost = {.linear = {}, .quadratic = Matrix(n, n)},
                        .weight = instance.at("k").to_number<unsigned>()};
    for (const auto& l : instance.at("lin").as_array()) {
      problem.cost.linear.push_back(l.to_number<double>());
    }
    for (const auto& entry : instance.at("quad").as_array()) {
      problem.cost.quadratic(entry.at(0).to_number<std::size_t>(),
                             entry.at(1).to_number<std::size_t>()) =
          entry.at(2).to_number<double>();
    }
    const auto circuit = QaoaCircuit::create(problem, kLimit, {}).value();
    const auto [least, most] = std::ranges::minmax(circuit.cost());
    EXPECT_NEAR(least, instance.at("exact").at("min_k").to_number<double>(), 1e-12);
    EXPECT_NEAR(most, instance.at("exact").at("max_k").to_number<double>(), 1e-12);
    const auto best = instance.at("exact").at("argmin_k").to_number<std::uint64_t>();

    for (const auto& run : instance.at("runs").as_array()) {
      if (run.at("mixer").as_string() != "ring_xy") continue;
      const auto p = run.at("p").to_number<std::size_t>();
      SCOPED_TRACE(testing::Message() << "n " << n << ", p " << p);
      std::vector<double> gammas;
      std::vector<double> betas;
      for (const auto& g : run.at("gamma").as_array()) gammas.push_back(g.to_number<double>());
      for (const auto& b : run.at("beta").as_array()) betas.push_back(b.to_number<double>());
      std::vector<double> gradient(2 * p);
      EXPECT_NEAR(circuit.energy(gammas, betas, gradient, {}), run.at("energy").to_number<double>(),
                  1e-12);
      ++energies;
      const auto psi = circuit.state(gammas, betas, {});
      const Amplitude amplitude = psi[circuit.space().rank(best)];
      EXPECT_NEAR(std::norm(amplitude), run.at("p_best").to_number<double>(), 1e-12);
      const auto& at_best = run.at("amplitude_at_argmin");
      EXPECT_NEAR(amplitude.real(), at_best.at(0).to_number<double>(), 1e-12);
      EXPECT_NEAR(amplitude.imag(), at_best.at(1).to_number<double>(), 1e-12);
      if (const auto* expected = run.as_object().if_contains("gradient")) {
        if (!expected->is_array()) continue;
        for (std::size_t i = 0; i < 2 * p; ++i) {
          EXPECT_NEAR(gradient[i], expected->at(i).to_number<double>(), 1e-9) << i;
        }
        ++gradients;
      }
    }
  }
  EXPECT_EQ(energies, 21);
  EXPECT_EQ(gradients, 6);
}

// The circuit gate by gate on all 2^n amplitudes, in the order that the header states; n odd (the
// closing pair shares a qubit with the last one of the second round), n = 1 and n = 2 included.
TEST(Qaoa, EqualsItsGatesOnTheFullStateVector) {
  for (const auto& [n, k] :
       {std::pair{1U, 1U}, {2U, 1U}, {3U, 1U}, {5U, 2U}, {8U, 3U}, {13U, 5U}}) {
    SCOPED_TRACE(testing::Message() << n << " choose " << k);
    const auto circuit = QaoaCircuit::create(random_problem(n, k, n), kLimit, {}).value();
    const auto& space = circuit.space();
    const std::vector<double> gammas = {0.4, -1.1, 0.7};
    const std::vector<double> betas = {0.9, 0.3, -2.0};

    std::vector<Amplitude> start(std::size_t{1} << n);
    std::vector<double> cost(start.size());
    for (std::size_t r = 0; r < space.dimension(); ++r) {
      start[space.state(r)] = space.dicke_state()[r];
      cost[space.state(r)] = circuit.cost()[r];
    }
    auto full = StateVector::from_amplitudes(start).value();
    for (std::size_t l = 0; l < gammas.size(); ++l) {
      full.multiply_phase({}, cost, gammas[l]);
      for (unsigned i = 0; i + 1 < n; i += 2) full.exchange({}, i, i + 1, betas[l]);
      for (unsigned i = 1; i + 1 < n; i += 2) full.exchange({}, i, i + 1, betas[l]);
      if (n > 2) full.exchange({}, n - 1, 0, betas[l]);
    }
    const auto psi = circuit.state(gammas, betas, {});
    for (std::size_t r = 0; r < psi.size(); ++r) {
      ASSERT_NEAR(std::abs(psi[r] - full.amplitudes()[space.state(r)]), 0.0, 1e-13);
    }
    std::vector<double> gradient(6);
    EXPECT_NEAR(circuit.energy(gammas, betas, gradient, {}), full.expectation({}, cost), 1e-12);
  }
}

TEST(Qaoa, GradientsEqualCentralDifferences) {
  for (const auto& [n, k] : {std::pair{4U, 2U}, {7U, 3U}, {13U, 4U}}) {
    SCOPED_TRACE(testing::Message() << n << " choose " << k);
    const auto circuit = QaoaCircuit::create(random_problem(n, k, 50 + n), kLimit, {}).value();
    constexpr std::size_t kLayers = 4;
    RandomStream stream(n, "test angles");
    std::vector<double> angles(2 * kLayers);
    for (auto& a : angles) a = stream.normal();
    std::vector<double> gradient(2 * kLayers);
    std::vector<double> ignored(2 * kLayers);
    const auto energy = [&](std::span<double> out) {
      return circuit.energy(std::span(angles).first(kLayers), std::span(angles).last(kLayers), out,
                            {});
    };
    energy(gradient);
    for (std::size_t i = 0; i < angles.size(); ++i) {
      const double at = angles[i];
      // Sixth order, step 0.01: truncation about 1e-10 here.
      double difference = 0.0;
      const double weights[] = {45.0, -9.0, 1.0};
      for (int s = 1; s <= 3; ++s) {
        angles[i] = at + 0.01 * s;
        const double up = energy(ignored);
        angles[i] = at - 0.01 * s;
        difference += weights[s - 1] * (up - energy(ignored)) / (60.0 * 0.01);
      }
      angles[i] = at;
      EXPECT_NEAR(gradient[i], difference, 1e-7) << i;
    }
  }
}

TEST(Qaoa, SameBitsForAnyThreadsAndLastDigitsForInstructionSets) {
  const auto problem = random_problem(17, 8, 3);
  const QaoaOptions options{.layers = 2, .shots = 100, .max_evaluations = 6};
  const auto reference = solve_qaoa(problem, options, {}).value();
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const auto result = solve_qaoa(problem, options, {.pool = &pool}).value();
    EXPECT_EQ(result.gammas, reference.gammas);
    EXPECT_EQ(result.betas, reference.betas);
    EXPECT_EQ(result.expectation, reference.expectation);
    EXPECT_EQ(result.probabilities, reference.probabilities);
    EXPECT_EQ(result.best_sample, reference.best_sample);
  }
  const auto circuit = QaoaCircuit::create(problem, kLimit, {}).value();
  std::vector<double> gradient(4);
  const double energy = circuit.energy(reference.gammas, reference.betas, gradient, {});
  for (const InstructionSet set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    SCOPED_TRACE(to_text(set));
    std::vector<double> other(4);
    EXPECT_NEAR(circuit.energy(reference.gammas, reference.betas, other, {.instruction_set = set}),
                energy, 1e-13 * (1.0 + std::abs(energy)));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(other[i], gradient[i], 1e-11);
  }
}

TEST(Qaoa, ResultIsConsistentWithItsAngles) {
  const auto problem = random_problem(12, 5, 9);
  const auto result =
      solve_qaoa(problem, {.layers = 8, .shots = 500, .max_evaluations = 300}, {}).value();
  ASSERT_EQ(result.gammas.size(), 8U);
  ASSERT_EQ(result.betas.size(), 8U);
  EXPECT_EQ(result.dimension, 792U);
  EXPECT_LE(result.evaluations, 300U);

  const auto circuit = QaoaCircuit::create(problem, kLimit, {}).value();
  double total = 0.0;
  double expectation = 0.0;
  double best = 0.0;
  double mean = 0.0;
  for (std::size_t r = 0; r < result.dimension; ++r) {
    total += result.probabilities[r];
    expectation += result.probabilities[r] * circuit.cost()[r];
    mean += circuit.cost()[r] / 792.0;
    if (circuit.cost()[r] == result.minimum) best += result.probabilities[r];
  }
  EXPECT_NEAR(total, 1.0, 1e-12);
  EXPECT_NEAR(expectation, result.expectation, 1e-12);
  EXPECT_NEAR(mean, result.mean, 1e-12);
  EXPECT_NEAR(best, result.probability_of_best, 1e-15);
  EXPECT_EQ(result.chance, 1.0 / 792.0);
  EXPECT_EQ(result.best_sample_cost, circuit.cost()[circuit.space().rank(result.best_sample)]);
  // What it is for: better than the start, and the best state likelier than by chance.
  EXPECT_LT(result.expectation, result.mean);
  EXPECT_GT(result.probability_of_best, result.chance);
}

TEST(Qaoa, MoreLayersReachALowerExpectation) {
  const auto problem = random_problem(10, 5, 12);
  double before = std::numeric_limits<double>::infinity();
  for (const unsigned layers : {1U, 2U, 4U, 8U}) {
    const auto result =
        solve_qaoa(problem, {.layers = layers, .max_evaluations = 1000}, {}).value();
    EXPECT_LT(result.expectation, before);
    before = result.expectation;
  }
}

TEST(Qaoa, SeedChangesTheShotsOnly) {
  const auto problem = random_problem(10, 5, 4);
  const auto one = solve_qaoa(problem, {.layers = 1, .shots = 3, .seed = 1}, {}).value();
  const auto two = solve_qaoa(problem, {.layers = 1, .shots = 3, .seed = 2}, {}).value();
  EXPECT_EQ(one.probabilities, two.probabilities);
  EXPECT_NE(one.best_sample, two.best_sample);
}

TEST(Qaoa, HasAnAnswerWhereThereIsNothingToChoose) {
  for (const unsigned k : {0U, 4U}) {
    const auto result = solve_qaoa(random_problem(4, k, 1), {.layers = 2}, {}).value();
    EXPECT_EQ(result.dimension, 1U);
    EXPECT_EQ(result.best_sample, k == 0 ? 0U : 15U);
    EXPECT_NEAR(result.probability_of_best, 1.0, 1e-12);
    EXPECT_EQ(result.chance, 1.0);
  }
  QaoaProblem flat{.cost = {.linear = {1.0, 1.0, 1.0}, .quadratic = Matrix(3, 3)}, .weight = 1};
  const auto result = solve_qaoa(flat, {.layers = 2}, {}).value();
  EXPECT_NEAR(result.expectation, 1.0, 1e-12);
  EXPECT_EQ(result.chance, 1.0);
}

TEST(Qaoa, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto wrong_size = random_problem(4, 2, 1);
  wrong_size.cost.quadratic = Matrix(3, 3);
  auto bad_linear = random_problem(4, 2, 1);
  bad_linear.cost.linear[2] = nan;
  auto bad_coupling = random_problem(4, 2, 1);
  bad_coupling.cost.quadratic(1, 3) = nan;
  auto bad_constant = random_problem(4, 2, 1);
  bad_constant.cost.constant = nan;
  const struct {
    const char* name;
    QaoaProblem problem;
    QaoaOptions options;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"sizes", wrong_size, {}, ErrorKind::kBadInput, "cost"},
      {"linear", bad_linear, {}, ErrorKind::kBadInput, "cost"},
      {"coupling", bad_coupling, {}, ErrorKind::kBadInput, "cost"},
      {"constant", bad_constant, {}, ErrorKind::kBadInput, "cost"},
      {"no qubits", {}, {}, ErrorKind::kBadInput, "qubits"},
      {"weight", random_problem(4, 5, 1), {}, ErrorKind::kBadInput, "weight"},
      {"no layers", random_problem(4, 2, 1), {.layers = 0}, ErrorKind::kBadInput, "layers"},
      {"too many layers",
       random_problem(4, 2, 1),
       {.layers = 1001},
       ErrorKind::kBadInput,
       "layers"},
      {"no shots", random_problem(4, 2, 1), {.shots = 0}, ErrorKind::kBadInput, "shots"},
      {"memory", random_problem(30, 15, 1), {}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = solve_qaoa(c.problem, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(Qaoa, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = solve_qaoa(random_problem(6, 3, 1), {}, {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);

  // Stopped on the way, it answers with the layers and angles that it has.
  std::stop_source later;
  int reports = 0;
  Execution execution{.stop = later.get_token()};
  execution.progress = [&](double fraction, std::string_view) {
    EXPECT_GE(fraction, 0.0);
    EXPECT_LE(fraction, 1.0);
    if (++reports == 12) later.request_stop();
  };
  const auto problem = random_problem(8, 4, 1);
  const auto partial = solve_qaoa(problem, {.layers = 8}, execution).value();
  EXPECT_EQ(partial.evaluations, 12U);
  EXPECT_EQ(partial.gammas.size(), partial.betas.size());
  EXPECT_LT(partial.gammas.size(), 8U);
  const auto circuit = QaoaCircuit::create(problem, kLimit, {}).value();
  std::vector<double> gradient(2 * partial.gammas.size());
  EXPECT_NEAR(circuit.energy(partial.gammas, partial.betas, gradient, {}), partial.expectation,
              1e-12);
}

}  // namespace
}  // namespace quanta::quantum
