#include "quantum/algorithm/qaoa_circuit.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/json.h"
#include "core/random.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;

QuadraticCost random_cost(unsigned n, std::uint64_t seed) {
  RandomStream stream(seed, "test cost");
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n)};
  for (auto& l : cost.linear) l = stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) cost.quadratic(i, j) = 0.5 * stream.normal();
  }
  cost.constant = stream.normal();
  return cost;
}

QaoaCircuit make(const QaoaAnsatz& ansatz) {
  return QaoaCircuit::create(ansatz, kLimit, {}).value();
}

/// One of each kind, on n qubits.
std::vector<QaoaAnsatz> every_kind(unsigned n) {
  const QuadraticCost cost = random_cost(n, n);
  std::vector<double> warm(n);
  RandomStream stream(n, "test warm start");
  for (auto& c : warm) c = 0.1 + 0.8 * stream.uniform();
  const unsigned k = (n + 1) / 3;
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

std::vector<double> random_angles(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test angles");
  std::vector<double> angles(n);
  for (auto& a : angles) a = stream.normal();
  return angles;
}

/// The mean of the best fraction, from the states sorted by cost.
double sorted_cvar(const QaoaCircuit& circuit, std::span<const Amplitude> psi, double alpha) {
  std::vector<std::size_t> order(psi.size());
  for (std::size_t x = 0; x < order.size(); ++x) order[x] = x;
  std::ranges::sort(order, {}, [&](std::size_t x) { return circuit.cost(x); });
  double left = alpha;
  double sum = 0.0;
  for (const std::size_t x : order) {
    const double taken = std::min(left, std::norm(psi[x]));
    sum += taken * circuit.cost(x);
    left -= taken;
  }
  return sum / alpha;
}

std::vector<double> numbers(const json::Value& list) {
  std::vector<double> result;
  for (const auto& v : list.as_array()) result.push_back(v.to_number<double>());
  return result;
}

// Energies, CVaR, gradients (8th-order central differences) and amplitudes of four portfolio
// problems from an independent dense numpy simulator: shared/data/expected/quantum/qaoa.json.
TEST(QaoaCircuit, EqualsTheIndependentSimulator) {
  const std::filesystem::path path = QUANTA_SOURCE_DIR "/../shared/data/expected/quantum/qaoa.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const json::Value book = json::parse(text.str(), path.string()).value();
  int energies = 0;
  int gradients = 0;
  int cvars = 0;
  for (const auto& instance : book.at("instances").as_array()) {
    const auto n = instance.at("n").to_number<unsigned>();
    const auto k = instance.at("k").to_number<unsigned>();
    QuadraticCost cost{.linear = numbers(instance.at("lin")), .quadratic = Matrix(n, n)};
    for (const auto& entry : instance.at("quad").as_array()) {
      cost.quadratic(entry.at(0).to_number<std::size_t>(), entry.at(1).to_number<std::size_t>()) =
          entry.at(2).to_number<double>();
    }
    // The X mixer leaves the weight k, so it runs with penalty (sum x - k)^2.
    QuadraticCost penalised = cost;
    const auto penalty = instance.at("penalty").to_number<double>();
    penalised.constant += penalty * k * k;
    for (unsigned i = 0; i < n; ++i) {
      penalised.linear[i] += penalty * (1.0 - 2.0 * k);
      for (unsigned j = i + 1; j < n; ++j) penalised.quadratic(i, j) += 2.0 * penalty;
    }
    const auto& exact = instance.at("exact");
    for (const auto& run : instance.at("runs").as_array()) {
      std::string mixer_name(run.at("mixer").as_string());
      std::ranges::replace(mixer_name, '_', '-');
      const auto mixer = parse_enum<Mixer>(mixer_name, "mixer").value();
      const auto p = run.at("p").to_number<std::size_t>();
      SCOPED_TRACE(testing::Message() << mixer_name << ", n " << n << ", p " << p);
      const bool kept = mixer != Mixer::kX;
      const auto circuit = make({.cost = kept ? cost : penalised,
                                 .mixer = mixer,
                                 .weight = kept ? std::optional(k) : std::nullopt});
      EXPECT_NEAR(circuit.minimum(), exact.at(kept ? "min_k" : "min_penalised").to_number<double>(),
                  1e-12);
      if (kept) {
        EXPECT_NEAR(circuit.maximum(), exact.at("max_k").to_number<double>(), 1e-12);
      }

      const std::vector<double> gammas = numbers(run.at("gamma"));
      const std::vector<double> betas = numbers(run.at("beta"));
      std::vector<double> gradient(2 * p);
      const auto energy = run.at("energy").to_number<double>();
      EXPECT_NEAR(circuit.energy(gammas, betas, gradient, {}), energy, 1e-12);
      EXPECT_NEAR(circuit.energy(gammas, betas, {}, {}), energy, 1e-12);
      ++energies;
      const auto psi = circuit.state(gammas, betas, {});
      const auto best = exact.at("argmin_k").to_number<std::uint64_t>();
      Amplitude amplitude;
      for (std::size_t x = 0; x < psi.size(); ++x) {
        if (circuit.basis_state(x) == best) amplitude = psi[x];
      }
      const auto& at_best = run.at("amplitude_at_argmin");
      EXPECT_NEAR(amplitude.real(), at_best.at(0).to_number<double>(), 1e-12);
      EXPECT_NEAR(amplitude.imag(), at_best.at(1).to_number<double>(), 1e-12);
      for (const auto& [alpha, field] : {std::pair(0.1, "cvar_0.1"), {0.25, "cvar_0.25"}}) {
        // The file holds 0 for all runs of fixed weight, which is below the least cost of most
        // instances and so no mean of outcomes; those are checked by sorting the outcomes.
        const double expected =
            kept ? sorted_cvar(circuit, psi, alpha) : run.at(field).to_number<double>();
        EXPECT_NEAR(circuit.cvar(gammas, betas, alpha, {}, {}), expected, 1e-12);
        if (!kept) ++cvars;
      }
      const auto* expected = run.as_object().if_contains("gradient");
      if (expected == nullptr || !expected->is_array()) continue;
      for (std::size_t i = 0; i < 2 * p; ++i) {
        EXPECT_NEAR(gradient[i], expected->at(i).to_number<double>(), 1e-9) << i;
      }
      ++gradients;
    }
  }
  EXPECT_EQ(energies, 84);
  EXPECT_EQ(gradients, 24);
  EXPECT_EQ(cvars, 42);
}

// The circuit gate by gate on all 2^n amplitudes, in the order that the header states; n odd (the
// closing pair shares a qubit with the last one of the second round), n = 1 and n = 2, k = 0 and
// k = n included.
TEST(QaoaCircuit, EqualsItsGatesOnTheFullStateVector) {
  for (const auto& [n, k] : {std::pair{1U, 0U},
                             {1U, 1U},
                             {2U, 1U},
                             {3U, 1U},
                             {4U, 4U},
                             {5U, 2U},
                             {6U, 0U},
                             {8U, 3U},
                             {13U, 5U},
                             {14U, 7U}}) {
    for (const Mixer mixer : {Mixer::kRingXy, Mixer::kFullXy}) {
      SCOPED_TRACE(testing::Message() << to_text(mixer) << ", " << n << " choose " << k);
      const auto circuit = make({.cost = random_cost(n, n), .mixer = mixer, .weight = k});
      const std::vector<double> gammas = {0.4, -1.1, 0.7};
      const std::vector<double> betas = {0.9, 0.3, -2.0};

      std::vector<Amplitude> start(std::size_t{1} << n);
      std::vector<double> cost(start.size());
      for (std::size_t r = 0; r < circuit.dimension(); ++r) {
        start[circuit.basis_state(r)] = 1.0 / std::sqrt(static_cast<double>(circuit.dimension()));
        cost[circuit.basis_state(r)] = circuit.cost(r);
      }
      auto full = StateVector::from_amplitudes(start).value();
      for (std::size_t l = 0; l < gammas.size(); ++l) {
        full.multiply_phase({}, cost, gammas[l]);
        if (mixer == Mixer::kRingXy) {
          for (unsigned i = 0; i + 1 < n; i += 2) full.exchange({}, i, i + 1, betas[l]);
          for (unsigned i = 1; i + 1 < n; i += 2) full.exchange({}, i, i + 1, betas[l]);
          if (n > 2) full.exchange({}, n - 1, 0, betas[l]);
        } else {
          for (unsigned i = 0; i < n; ++i) {
            for (unsigned j = i + 1; j < n; ++j) full.exchange({}, i, j, betas[l]);
          }
        }
      }
      const auto psi = circuit.state(gammas, betas, {});
      for (std::size_t r = 0; r < psi.size(); ++r) {
        ASSERT_NEAR(std::abs(psi[r] - full.amplitudes()[circuit.basis_state(r)]), 0.0, 1e-13);
      }
      EXPECT_NEAR(circuit.energy(gammas, betas, {}, {}), full.expectation({}, cost), 1e-12);
    }
  }
}

// Gate by gate too: RY(t)|0>, then exp(-i beta (sin t X + cos t Z)) on every qubit.
TEST(QaoaCircuit, XMixersEqualTheirGatesOnTheFullStateVector) {
  for (const unsigned n : {1U, 2U, 3U, 6U, 11U, 15U, 17U}) {
    for (const bool warm : {false, true}) {
      SCOPED_TRACE(testing::Message() << n << (warm ? " warm" : ""));
      std::vector<double> starts;
      RandomStream stream(n, "test warm start");
      for (unsigned q = 0; q < n; ++q)
        starts.push_back(warm ? 0.02 + 0.96 * stream.uniform() : 0.5);
      const auto circuit = make({.cost = random_cost(n, n),
                                 .mixer = Mixer::kX,
                                 .warm_start = warm ? starts : std::vector<double>{}});
      const std::vector<double> gammas = {0.4, -1.1, 0.7, 2.0};
      const std::vector<double> betas = {0.9, 0.3, -2.0, 40.0};
      auto full = StateVector::zero(n, kLimit).value();
      std::vector<double> cost;
      for (std::size_t x = 0; x < circuit.dimension(); ++x) cost.push_back(circuit.cost(x));
      for (unsigned q = 0; q < n; ++q) {
        const double zero = std::sqrt(1.0 - starts[q]);
        const double one = std::sqrt(starts[q]);
        full.apply({}, Gate1{zero, -one, one, zero}, q);
      }
      for (std::size_t l = 0; l < gammas.size(); ++l) {
        full.multiply_phase({}, cost, gammas[l]);
        for (unsigned q = 0; q < n; ++q) {
          const double x_part = 2.0 * std::sqrt(starts[q] * (1.0 - starts[q]));
          const double z_part = 1.0 - 2.0 * starts[q];
          const Amplitude flip(0.0, -std::sin(betas[l]) * x_part);
          const Amplitude stay(std::cos(betas[l]), -std::sin(betas[l]) * z_part);
          full.apply({}, Gate1{stay, flip, flip, std::conj(stay)}, q);
        }
      }
      const auto psi = circuit.state(gammas, betas, {});
      for (std::size_t x = 0; x < psi.size(); ++x) {
        ASSERT_NEAR(std::abs(psi[x] - full.amplitudes()[x]), 0.0, 1e-13);
      }
      EXPECT_NEAR(circuit.energy(gammas, betas, {}, {}), full.expectation({}, cost), 1e-12);
    }
  }
}

TEST(QaoaCircuit, GroverMixerIsItsMatrix) {
  for (const auto& weight : {std::optional<unsigned>{}, std::optional(2U)}) {
    const auto circuit =
        make({.cost = random_cost(5, 5), .mixer = Mixer::kGrover, .weight = weight});
    const std::size_t size = circuit.dimension();
    ASSERT_EQ(size, weight ? 10U : 32U);
    const std::vector<double> gammas = {0.4, -1.1};
    const std::vector<double> betas = {0.9, 3.5};
    std::vector<Amplitude> expected(size, 1.0 / std::sqrt(static_cast<double>(size)));
    for (std::size_t l = 0; l < gammas.size(); ++l) {
      std::vector<Amplitude> next(size);
      for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
          const Amplitude entry =
              (i == j ? 1.0 : 0.0) - (1.0 - std::polar(1.0, -betas[l])) / static_cast<double>(size);
          next[i] += entry * std::polar(1.0, -gammas[l] * circuit.cost(j)) * expected[j];
        }
      }
      expected = next;
    }
    const auto psi = circuit.state(gammas, betas, {});
    for (std::size_t x = 0; x < size; ++x) {
      EXPECT_NEAR(std::abs(psi[x] - expected[x]), 0.0, 1e-14);
    }
  }
}

TEST(QaoaCircuit, GradientsEqualCentralDifferences) {
  for (const unsigned n : {1U, 4U, 7U, 13U, 15U}) {
    for (const QaoaAnsatz& ansatz : every_kind(n)) {
      SCOPED_TRACE(testing::Message() << name(ansatz) << ", n " << n);
      const auto circuit = make(ansatz);
      constexpr std::size_t kLayers = 3;
      std::vector<double> angles = random_angles(2 * kLayers, n);
      const auto energy = [&](std::span<double> out) {
        return circuit.energy(std::span(angles).first(kLayers), std::span(angles).last(kLayers),
                              out, {});
      };
      std::vector<double> gradient(2 * kLayers);
      EXPECT_NEAR(energy(gradient), energy({}), 1e-13 * (1.0 + std::abs(circuit.mean())));
      for (std::size_t i = 0; i < angles.size(); ++i) {
        const double at = angles[i];
        // Eighth order: (1/630) (step * spread of the generator)^8 of it is cut off; the full-XY
        // mixer's spread is n^2.
        const double step = 0.01 / (n + circuit.deviation());
        const double weights[] = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
        double difference = 0.0;
        for (int s = 1; s <= 4; ++s) {
          angles[i] = at + step * s;
          const double up = energy({});
          angles[i] = at - step * s;
          difference += weights[s - 1] * (up - energy({})) / step;
        }
        angles[i] = at;
        EXPECT_NEAR(gradient[i], difference, 1e-8 * (1.0 + circuit.deviation())) << i;
      }
    }
  }
}

TEST(QaoaCircuit, CvarIsTheMeanOfTheBestAndItsGradientTheirs) {
  for (const QaoaAnsatz& ansatz : every_kind(7)) {
    const auto circuit = make(ansatz);
    std::vector<double> angles = random_angles(4, 3);
    const auto cvar = [&](double alpha, std::span<double> out) {
      return circuit.cvar(std::span(angles).first(2), std::span(angles).last(2), alpha, out, {});
    };
    for (const double alpha : {1e-3, 0.1, 0.25, 0.7, 1.0}) {
      SCOPED_TRACE(testing::Message() << name(ansatz) << ", alpha " << alpha);
      const auto psi = circuit.state(std::span(angles).first(2), std::span(angles).last(2), {});
      std::vector<double> gradient(4);
      EXPECT_NEAR(cvar(alpha, gradient), sorted_cvar(circuit, psi, alpha), 1e-12);
      for (std::size_t i = 0; i < angles.size(); ++i) {
        const double at = angles[i];
        constexpr double kStep = 1e-5;  // so that no quantile moves to another state
        angles[i] = at + kStep;
        const double up = cvar(alpha, {});
        angles[i] = at - kStep;
        const double down = cvar(alpha, {});
        angles[i] = at;
        EXPECT_NEAR(gradient[i], (up - down) / (2 * kStep), 1e-6 * (1.0 + circuit.deviation()));
      }
    }
    std::vector<double> all(4);
    std::vector<double> energy(4);
    EXPECT_NEAR(cvar(1.0, all),
                circuit.energy(std::span(angles).first(2), std::span(angles).last(2), energy, {}),
                1e-12);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(all[i], energy[i], 1e-11);
  }
}

TEST(QaoaCircuit, KnowsItsCosts) {
  for (const unsigned n : {1U, 6U, 13U}) {
    for (const QaoaAnsatz& ansatz : every_kind(n)) {
      SCOPED_TRACE(testing::Message() << name(ansatz) << ", n " << n);
      const auto circuit = make(ansatz);
      std::uint64_t before = 0;
      double least = std::numeric_limits<double>::infinity();
      double most = -least;
      double sum = 0.0;
      double squares = 0.0;
      for (std::size_t x = 0; x < circuit.dimension(); ++x) {
        const std::uint64_t bits = circuit.basis_state(x);
        if (x > 0) {
          ASSERT_GT(bits, before);
        }
        before = bits;
        const double c = value(ansatz.cost, bits);
        ASSERT_NEAR(circuit.cost(x), c, 1e-12);
        least = std::min(least, c);
        most = std::max(most, c);
        sum += c;
        squares += c * c;
      }
      const auto size = static_cast<double>(circuit.dimension());
      EXPECT_NEAR(circuit.minimum(), least, 1e-12);
      EXPECT_NEAR(circuit.maximum(), most, 1e-12);
      EXPECT_NEAR(circuit.mean(), sum / size, 1e-11);
      EXPECT_NEAR(circuit.deviation(),
                  std::sqrt(std::max(0.0, squares / size - (sum / size) * (sum / size))), 1e-6);
    }
  }
}

TEST(QaoaCircuit, SameBitsForAnyThreadsAndLastDigitsForInstructionSets) {
  for (const QaoaAnsatz& ansatz : every_kind(17)) {
    SCOPED_TRACE(name(ansatz));
    const auto circuit = make(ansatz);
    const std::vector<double> gammas = random_angles(2, 1);
    const std::vector<double> betas = random_angles(2, 2);
    std::vector<double> gradient(4);
    std::vector<double> other(4);
    const double energy = circuit.energy(gammas, betas, gradient, {});
    const auto psi = circuit.state(gammas, betas, {});
    for (const std::size_t threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const Execution execution{.pool = &pool};
      EXPECT_EQ(circuit.energy(gammas, betas, other, execution), energy);
      EXPECT_EQ(other, gradient);
      EXPECT_EQ(circuit.state(gammas, betas, execution), psi);
      const auto again = QaoaCircuit::create(ansatz, kLimit, execution).value();
      EXPECT_EQ(again.mean(), circuit.mean());
      EXPECT_EQ(again.deviation(), circuit.deviation());
    }
    for (const InstructionSet set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
      if (set > best_instruction_set()) continue;
      SCOPED_TRACE(to_text(set));
      EXPECT_NEAR(circuit.energy(gammas, betas, other, {.instruction_set = set}), energy,
                  1e-12 * (1.0 + std::abs(energy)));
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(other[i], gradient[i], 1e-12 * (1.0 + std::abs(energy)) * 17);
      }
      const auto same = circuit.state(gammas, betas, {.instruction_set = set});
      for (std::size_t x = 0; x < psi.size(); ++x) {
        ASSERT_NEAR(std::abs(same[x] - psi[x]), 0.0, 1e-12);
      }
    }
  }
}

// The windows of the X mixer change at 15 and 25 qubits, blocks of the others at 13.
TEST(QaoaCircuit, SinglePrecisionAgreesToItsDigits) {
  for (const unsigned n : {2U, 9U, 15U, 16U}) {
    for (QaoaAnsatz ansatz : every_kind(n)) {
      SCOPED_TRACE(testing::Message() << name(ansatz) << ", n " << n);
      const auto in_double = make(ansatz);
      ansatz.precision = Precision::kSingle;
      const auto in_single = make(ansatz);
      const std::vector<double> gammas = random_angles(3, 1);
      const std::vector<double> betas = random_angles(3, 2);
      std::vector<double> expected(6);
      std::vector<double> gradient(6);
      const double scale = 1.0 + in_double.deviation() * n;
      EXPECT_NEAR(in_single.energy(gammas, betas, gradient, {}),
                  in_double.energy(gammas, betas, expected, {}), 1e-5 * scale);
      for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(gradient[i], expected[i], 1e-4 * scale);
      EXPECT_NEAR(in_single.cvar(gammas, betas, 0.2, gradient, {}),
                  in_double.cvar(gammas, betas, 0.2, expected, {}), 1e-4 * scale);
      const auto psi = in_double.state(gammas, betas, {});
      const auto single = in_single.state(gammas, betas, {});
      ASSERT_EQ(single.size(), psi.size());
      for (std::size_t x = 0; x < psi.size(); ++x) {
        ASSERT_NEAR(std::abs(single[x] - psi[x]), 0.0, 2e-5);
      }
    }
  }
}

// Integer couplings repeat their costs, so that the XY mixers keep levels and Grover one amplitude
// for each; the same circuit with costs moved apart by 1e-9 keeps them all.
TEST(QaoaCircuit, RepeatedCostsGiveWhatDifferentOnesGive) {
  for (const unsigned n : {6U, 14U}) {
    for (QaoaAnsatz ansatz : every_kind(n)) {
      SCOPED_TRACE(testing::Message() << name(ansatz) << ", n " << n);
      for (double& l : ansatz.cost.linear) l = std::round(3.0 * l);
      for (unsigned i = 0; i < n; ++i) {
        for (unsigned j = i + 1; j < n; ++j) {
          ansatz.cost.quadratic(i, j) = std::round(3.0 * ansatz.cost.quadratic(i, j));
        }
      }
      const auto repeated = make(ansatz);
      for (unsigned i = 0; i < n; ++i) ansatz.cost.linear[i] += 1e-9 * std::sqrt(i + 2.0);
      const auto apart = make(ansatz);
      const std::vector<double> gammas = random_angles(3, 1);
      const std::vector<double> betas = random_angles(3, 2);
      std::vector<double> expected(6);
      std::vector<double> gradient(6);
      EXPECT_NEAR(repeated.energy(gammas, betas, gradient, {}),
                  apart.energy(gammas, betas, expected, {}), 1e-6 * n);
      for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(gradient[i], expected[i], 1e-5 * n * n);
      EXPECT_NEAR(repeated.cvar(gammas, betas, 0.3, gradient, {}),
                  apart.cvar(gammas, betas, 0.3, expected, {}), 1e-6 * n);
      const auto psi = repeated.state(gammas, betas, {});
      const auto other = apart.state(gammas, betas, {});
      for (std::size_t x = 0; x < psi.size(); ++x) {
        ASSERT_NEAR(std::abs(psi[x] - other[x]), 0.0, 1e-6);
        ASSERT_NEAR(repeated.cost(x), value(ansatz.cost, repeated.basis_state(x)), 1e-6);
      }
    }
  }
}

// Quarter turns map the state to its complement with signs: one, two and three of them, before and
// between phases, on one window and on two.
TEST(QaoaCircuit, TakesAnglesOfAnySize) {
  for (const unsigned n : {3U, 16U}) {
    const auto circuit = make({.cost = random_cost(n, n), .mixer = Mixer::kX});
    const double quarter = std::numbers::pi / 2;
    const std::vector<double> gammas = {0.3, -0.7, 0.2};
    const std::vector<double> small = {0.3, -0.2, 0.6};
    for (const double turns : {1.0, 2.0, 3.0, -1.0, 1000.0}) {
      SCOPED_TRACE(testing::Message() << n << ", " << turns);
      std::vector<double> betas = small;
      betas[1] += turns * quarter;
      const auto psi = circuit.state(gammas, betas, {});
      // exp(-i pi/2 X) = -i X on every qubit, put behind the second mixer by hand.
      auto expected = circuit.state(std::span(gammas).first(2), std::span(small).first(2), {});
      const auto whole_turns = static_cast<int>(turns);
      const Amplitude factor = std::pow(Amplitude(0.0, -1.0), whole_turns * static_cast<int>(n));
      if (whole_turns % 2 != 0) std::ranges::reverse(expected);
      for (auto& a : expected) a *= factor;
      for (std::size_t x = 0; x < expected.size(); ++x) {
        expected[x] *= std::polar(1.0, -gammas[2] * circuit.cost(x));
      }
      auto full = StateVector::from_amplitudes(expected).value();
      const Amplitude c = std::cos(small[2]);
      const Amplitude s(0.0, -std::sin(small[2]));
      for (unsigned q = 0; q < n; ++q) full.apply({}, Gate1{c, s, s, c}, q);
      for (std::size_t x = 0; x < psi.size(); ++x) {
        ASSERT_NEAR(std::abs(psi[x] - full.amplitudes()[x]), 0.0, 1e-11);
      }
    }
  }
}

TEST(QaoaCircuit, WithoutLayersIsItsStart) {
  for (const unsigned n : {3U, 16U}) {
    for (const QaoaAnsatz& ansatz : every_kind(n)) {
      SCOPED_TRACE(testing::Message() << name(ansatz) << ", n " << n);
      const auto circuit = make(ansatz);
      const double energy = circuit.energy({}, {}, {}, {});
      if (ansatz.warm_start.empty()) {
        EXPECT_NEAR(energy, circuit.mean(), 1e-11);
      }
      double norm = 0.0;
      for (const auto& a : circuit.state({}, {}, {})) norm += std::norm(a);
      EXPECT_NEAR(norm, 1.0, 1e-12);
      EXPECT_LT(circuit.cvar({}, {}, 0.5, {}, {}), energy);
    }
  }
}

TEST(QaoaCircuit, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const QuadraticCost cost = random_cost(4, 1);
  QuadraticCost wrong_size = cost;
  wrong_size.quadratic = Matrix(3, 3);
  QuadraticCost bad_linear = cost;
  bad_linear.linear[2] = nan;
  QuadraticCost bad_coupling = cost;
  bad_coupling.quadratic(1, 3) = std::numeric_limits<double>::infinity();
  QuadraticCost bad_constant = cost;
  bad_constant.constant = nan;
  const struct {
    const char* name;
    QaoaAnsatz ansatz;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"empty", {.weight = 0}, ErrorKind::kBadInput, "cost"},
      {"sizes", {.cost = wrong_size, .weight = 2}, ErrorKind::kBadInput, "cost"},
      {"linear", {.cost = bad_linear, .weight = 2}, ErrorKind::kBadInput, "cost"},
      {"coupling", {.cost = bad_coupling, .weight = 2}, ErrorKind::kBadInput, "cost"},
      {"constant", {.cost = bad_constant, .weight = 2}, ErrorKind::kBadInput, "cost"},
      {"more ones than qubits", {.cost = cost, .weight = 5}, ErrorKind::kBadInput, "weight"},
      {"ring without weight", {.cost = cost}, ErrorKind::kBadInput, "weight"},
      {"full without weight",
       {.cost = cost, .mixer = Mixer::kFullXy},
       ErrorKind::kBadInput,
       "weight"},
      {"x with weight",
       {.cost = cost, .mixer = Mixer::kX, .weight = 2},
       ErrorKind::kBadInput,
       "weight"},
      {"warm ring",
       {.cost = cost, .mixer = Mixer::kGrover, .weight = 2, .warm_start = {0.5, 0.5, 0.5, 0.5}},
       ErrorKind::kBadInput,
       "warm_start"},
      {"warm start too short",
       {.cost = cost, .mixer = Mixer::kX, .warm_start = {0.5}},
       ErrorKind::kBadInput,
       "warm_start"},
      {"warm start of certainty",
       {.cost = cost, .mixer = Mixer::kX, .warm_start = {0.5, 1.0, 0.5, 0.5}},
       ErrorKind::kBadInput,
       "warm_start"},
      {"warm start of nothing",
       {.cost = cost, .mixer = Mixer::kX, .warm_start = {0.5, nan, 0.5, 0.5}},
       ErrorKind::kBadInput,
       "warm_start"},
      {"too many qubits",
       {.cost = random_cost(64, 1), .weight = 1},
       ErrorKind::kBadInput,
       "qubits"},
      {"memory, weight",
       {.cost = random_cost(30, 1), .weight = 15},
       ErrorKind::kResource,
       "qubits"},
      {"memory, x",
       {.cost = random_cost(40, 1), .mixer = Mixer::kX},
       ErrorKind::kResource,
       "qubits"},
      {"memory, grover",
       {.cost = random_cost(40, 1), .mixer = Mixer::kGrover},
       ErrorKind::kResource,
       "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = QaoaCircuit::create(c.ansatz, kLimit, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
}

}  // namespace
}  // namespace quanta::quantum
