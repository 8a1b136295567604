// Adam, SPSA, COBYLA and the natural gradient on functions whose minima are known.
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/algorithm/adam.h"
#include "quantum/algorithm/cobyla.h"
#include "quantum/algorithm/natural_gradient.h"
#include "quantum/algorithm/spsa.h"
#include "quantum/simulator/observables.h"

namespace quanta::quantum {
namespace {

/// A valley along x_0 + x_1 = const, least at (1, 2, 3): value 5.
double valley(std::span<const double> x, std::span<double> gradient) {
  const double a = x[0] + x[1] - 3.0;
  const double b = x[0] - x[1] + 1.0;
  const double c = x[2] - 3.0;
  gradient[0] = 10.0 * a + 0.4 * b;
  gradient[1] = 10.0 * a - 0.4 * b;
  gradient[2] = 2.0 * c;
  return 5.0 + 5.0 * a * a + 0.2 * b * b + c * c;
}

double valley_alone(std::span<const double> x) {
  std::vector<double> ignored(3);
  return valley(x, ignored);
}

const std::vector<double> kStart = {-1.0, 0.5, 4.0};
const std::vector<double> kLeast = {1.0, 2.0, 3.0};

void expect_at_least(const Minimum& found, double tolerance) {
  ASSERT_EQ(found.x.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found.x[i], kLeast[i], tolerance) << i;
  EXPECT_EQ(found.value, valley_alone(found.x));
}

TEST(Adam, FindsTheMinimum) {
  const auto found =
      minimize_adam(kStart, {.max_evaluations = 5000, .learning_rate = 0.05}, valley);
  expect_at_least(found, 1e-5);
  EXPECT_TRUE(found.converged);
  EXPECT_LT(found.evaluations, 5000U);
}

// Kingma, Ba: the first step is the learning rate against the sign of each slope.
TEST(Adam, FirstStepIsTheLearningRate) {
  std::vector<std::vector<double>> points;
  (void)minimize_adam(kStart, {.max_evaluations = 2, .learning_rate = 0.01},
                      [&](std::span<const double> x, std::span<double> gradient) {
                        points.emplace_back(x.begin(), x.end());
                        return valley(x, gradient);
                      });
  ASSERT_EQ(points.size(), 2U);
  std::vector<double> slope(3);
  valley(kStart, slope);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(points[1][i] - kStart[i], slope[i] > 0.0 ? -0.01 : 0.01, 1e-9);
  }
}

TEST(Adam, ReturnsTheBestPointOrTheLastWhereValuesAreNoisy) {
  const auto run = [](bool noisy) {
    return minimize_adam(kStart, {.max_evaluations = 12, .learning_rate = 2.0, .noisy = noisy},
                         valley);
  };
  EXPECT_LT(run(false).value, run(true).value);
  EXPECT_FALSE(run(false).converged);
  const auto broken =
      minimize_adam(kStart, {}, [](std::span<const double>, std::span<double> gradient) {
        gradient[0] = std::numeric_limits<double>::quiet_NaN();
        return 1.0;
      });
  EXPECT_EQ(broken.evaluations, 1U);
}

TEST(Cobyla, FindsTheMinimumWithinItsBudget) {
  const auto found = minimize_cobyla(kStart, {.max_evaluations = 2000}, valley_alone).value();
  expect_at_least(found, 1e-3);
  EXPECT_TRUE(found.converged);
  const auto again = minimize_cobyla(kStart, {.max_evaluations = 2000}, valley_alone).value();
  EXPECT_EQ(found.x, again.x);
  const auto few = minimize_cobyla(kStart, {.max_evaluations = 7}, valley_alone).value();
  EXPECT_EQ(few.evaluations, 7U);
  EXPECT_FALSE(few.converged);
  EXPECT_LE(few.value, valley_alone(kStart));
  EXPECT_EQ(few.value, valley_alone(few.x));
}

TEST(Cobyla, StopsWhenAskedAndPassesOverWhatIsNoNumber) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(minimize_cobyla(kStart, {.stop = stop.get_token()}, valley_alone)->evaluations, 1U);
  const auto found =
      minimize_cobyla(std::vector{2.0}, {}, [](std::span<const double> x) {
        return x[0] > 0.0 ? x[0] - std::log(x[0]) : std::numeric_limits<double>::quiet_NaN();
      }).value();
  EXPECT_NEAR(found.x[0], 1.0, 1e-3);
}

TEST(Spsa, ComesNearTheMinimumAndIsRepeatable) {
  const SpsaOptions options{.max_evaluations = 4000, .perturbation = 0.01, .seed = 3};
  const auto found = minimize_spsa(kStart, options, valley_alone);
  EXPECT_LT(found.value, 5.01);
  EXPECT_LE(found.evaluations, 4000U);
  EXPECT_EQ(found.value, valley_alone(found.x));
  EXPECT_EQ(minimize_spsa(kStart, options, valley_alone).x, found.x);
  SpsaOptions other = options;
  other.seed = 4;
  EXPECT_NE(minimize_spsa(kStart, other, valley_alone).x, found.x);
}

TEST(Spsa, ComesNearTheMinimumOfNoisyValues) {
  RandomStream noise(1, "test noise");
  const auto noisy = [&](std::span<const double> x) {
    return valley_alone(x) + 0.05 * noise.normal();
  };
  const auto found = minimize_spsa(kStart, {.max_evaluations = 4000}, noisy);
  EXPECT_LT(valley_alone(found.x), 5.1);
}

TEST(Spsa, BlockingNeverGoesUp) {
  // Steps so long that without blocking they leave the valley.
  SpsaOptions options{.max_evaluations = 300, .first_step = 30.0, .blocking = true};
  const auto found = minimize_spsa(kStart, options, valley_alone);
  EXPECT_LE(found.value, valley_alone(kStart));
  EXPECT_LE(found.evaluations, 300U);
  options.max_evaluations = 20;
  options.blocking = false;
  EXPECT_GT(minimize_spsa(kStart, options, valley_alone).value, valley_alone(kStart));
  for (const std::size_t budget : {1U, 2U, 3U, 10U}) {
    const auto few = minimize_spsa(kStart, {.max_evaluations = budget}, valley_alone);
    EXPECT_LE(few.evaluations, budget);
  }
}

// RY(t) then RZ(f) on |0>: the Bloch sphere, whose Fubini-Study metric is 1/4 (dt^2 + sin^2 t
// df^2).
TEST(NaturalGradient, MetricIsThatOfTheBlochSphere) {
  Circuit circuit(1);
  circuit.ry(circuit.parameter("t"), 0).rz(circuit.parameter("f"), 0);
  const PauliSum z{1, {{{0, 1}, 1.0}}};
  const auto energy = CircuitEnergy::create(circuit, z, {}).value();
  const auto g = fubini_study_metric(energy, std::vector{0.7, 1.9}, 1 << 20, {}).value();
  EXPECT_NEAR(g(0, 0), 0.25, 1e-15);
  EXPECT_NEAR(g(1, 1), 0.25 * std::pow(std::sin(0.7), 2), 1e-15);
  EXPECT_NEAR(g(0, 1), 0.0, 1e-15);
}

// 1 - |<psi(x)|psi(x + h)>|^2 = h'gh + O(h^3), for gates of every kind, controls, shared
// parameters.
TEST(NaturalGradient, MetricIsTheCurvatureOfTheOverlap) {
  Circuit circuit(3);
  ASSERT_TRUE(circuit.prepare({0.6, 0.8}, {1}).has_value());
  const auto p = [&](const char* name) { return circuit.parameter(name); };
  circuit.h(0).ry(p("a"), 2).crx(2.0 * p("b") - p("a"), 0, 1).cp(p("c"), 2, 1);
  circuit.add(Gate::kXxPlusYy, {0, 2}, {p("d"), p("b")}).u(p("a"), 0.3, p("c"), 1);
  circuit.add(Gate::kFsim, {1, 2}, {p("d"), 0.5 * p("c")});
  const auto energy = CircuitEnergy::create(circuit, {3, {{{1, 0}, 1.0}}}, {}).value();
  const std::vector<double> x = {0.4, -0.9, 1.3, 0.2};
  const auto g = fubini_study_metric(energy, x, 1 << 20, {}).value();
  const auto psi = energy.state(x, {}).value();
  RandomStream stream(2, "test direction");
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::vector<double> direction(4);
    for (double& d : direction) d = stream.normal();
    double expected = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) expected += direction[i] * g(i, j) * direction[j];
    }
    // Both signs: the odd orders cancel. Then Richardson for the fourth.
    const auto curvature = [&](double h) {
      double sum = 0.0;
      for (const double sign : {h, -h}) {
        std::vector<double> y = x;
        for (std::size_t i = 0; i < 4; ++i) y[i] += sign * direction[i];
        const auto moved = energy.state(y, {}).value();
        sum += 1.0 - std::norm(inner_product(psi.amplitudes(), moved.amplitudes(), {}));
      }
      return sum / (2.0 * h * h);
    };
    EXPECT_NEAR((4.0 * curvature(0.005) - curvature(0.01)) / 3.0, expected, 1e-6);
  }
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(fubini_study_metric(energy, x, 1 << 20, {.pool = &pool}).value(), g);
  }
  EXPECT_EQ(fubini_study_metric(energy, std::vector{0.1}, 1 << 20, {}).error().field, "parameters");
  EXPECT_EQ(fubini_study_metric(energy, x, 5 * 128, {}).error().kind, ErrorKind::kResource);
}

TEST(NaturalGradient, FindsTheMinimumAndIsNewtonOnAQuadraticBowl) {
  Matrix hessian(3, 3);
  hessian(0, 0) = hessian(1, 1) = 10.4;
  hessian(0, 1) = hessian(1, 0) = 9.6;
  hessian(2, 2) = 2.0;
  const auto found = minimize_natural_gradient(
                         kStart, {.first_step = 1.0, .largest_step = 1.0, .regularization = 0.0},
                         valley, [&](std::span<const double>) { return Result<Matrix>(hessian); })
                         .value();
  expect_at_least(found, 1e-9);
  EXPECT_TRUE(found.converged);
  EXPECT_EQ(found.evaluations, 2U);
  const auto refused =
      minimize_natural_gradient(kStart, {}, valley, [](std::span<const double>) -> Result<Matrix> {
        return fail(ErrorKind::kResource, "no room", "parameters");
      });
  EXPECT_EQ(refused.error().field, "parameters");
}

}  // namespace
}  // namespace quanta::quantum
