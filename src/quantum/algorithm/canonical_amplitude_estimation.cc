#include "quantum/algorithm/canonical_amplitude_estimation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/simulator/sampling.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostEvaluationQubits = 14;
constexpr std::uint64_t kMostShots = 1'000'000;

Result<void> check_evaluation_qubits(unsigned m) {
  if (m == 0 || m > kMostEvaluationQubits) {
    return bad_input("evaluation_qubits",
                     fmt::format("{}: 1 to {} are possible", m, kMostEvaluationQubits));
  }
  return {};
}

/// D(x) of the header.
double kernel(double x, double size) {
  const double distance = std::remainder(x, 1.0);
  const double below = size * std::sin(std::numbers::pi * distance);
  if (std::abs(below) < 1e-9) return 1.0;  // sin(M t) / (M sin t) is 1 - O(t^2) there
  const double ratio = std::sin(std::numbers::pi * size * distance) / below;
  return ratio * ratio;
}

/// Probability that the register reads y or M - y.
double probability_of_reading(std::size_t y, std::size_t size, double theta) {
  const auto n = static_cast<double>(size);
  const double at = static_cast<double>(y) / n;
  const double once =
      0.5 * (kernel(at - theta / std::numbers::pi, n) + kernel(at + theta / std::numbers::pi, n));
  return y == 0 || 2 * y == size ? once : 2.0 * once;
}

double amplitude_of_reading(std::size_t y, std::size_t size) {
  return amplitude_of(std::numbers::pi * static_cast<double>(y) / static_cast<double>(size));
}

struct PhaseReading {
  std::size_t y;  ///< at most M/2
  double weight;
};

double log_likelihood(std::span<const PhaseReading> readings, std::size_t size, double theta) {
  double sum = 0.0;
  for (const PhaseReading& reading : readings) {
    sum += reading.weight * std::log(probability_of_reading(reading.y, size, theta));
  }
  return sum;
}

struct Point {
  double theta;
  double value;
};

/// The maximum of l between two thetas, where it has one, by golden section.
template <class Function>
Point golden_section(double low, double high, const Function& l) {
  constexpr double kRatio = 0.6180339887498949;
  double left = high - kRatio * (high - low);
  double right = low + kRatio * (high - low);
  double at_left = l(left);
  double at_right = l(right);
  for (int round = 0; round < 60; ++round) {
    if (at_left >= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - kRatio * (high - low);
      at_left = l(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + kRatio * (high - low);
      at_right = l(right);
    }
  }
  return at_left >= at_right ? Point{left, at_left} : Point{right, at_right};
}

struct Maximum {
  double theta = 0.0;
  Interval thetas = {};  ///< the hull of l >= l_max - drop
};

/// l changes on the scale 1/M: 32 points to each of its M/2 lobes, then each local maximum refined.
Maximum maximize(std::span<const PhaseReading> readings, std::size_t size, double drop) {
  const auto l = [&](double theta) { return log_likelihood(readings, size, theta); };
  const std::size_t n = 16 * size;
  std::vector<Point> points(n + 1);
  for (std::size_t i = 0; i <= n; ++i) {
    const double theta = std::numbers::pi / 2.0 * static_cast<double>(i) / static_cast<double>(n);
    points[i] = {theta, l(theta)};
  }
  std::vector<Point> peaks;
  for (std::size_t i = 0; i <= n; ++i) {
    const bool above_left = i == 0 || points[i].value >= points[i - 1].value;
    const bool above_right = i == n || points[i].value >= points[i + 1].value;
    if (!above_left || !above_right) continue;
    const Point peak =
        golden_section(points[i == 0 ? 0 : i - 1].theta, points[i == n ? n : i + 1].theta, l);
    peaks.push_back(peak.value > points[i].value ? peak : points[i]);
  }
  const Point best = *std::ranges::max_element(peaks, {}, &Point::value);
  points.insert(points.end(), peaks.begin(), peaks.end());
  std::ranges::sort(points, {}, &Point::theta);

  const double least = best.value - drop;
  const auto inside = [&](const Point& p) { return p.value >= least; };
  const auto crossing = [&](double in, double out) {
    for (int round = 0; round < 60; ++round) {
      const double middle = 0.5 * (in + out);
      (l(middle) >= least ? in : out) = middle;
    }
    return in;
  };
  const auto first = std::ranges::find_if(points, inside);
  const auto last = std::find_if(points.rbegin(), points.rend(), inside);
  Maximum result{.theta = best.theta, .thetas = {first->theta, last->theta}};
  if (first != points.begin()) result.thetas.low = crossing(first->theta, (first - 1)->theta);
  if (last != points.rbegin()) result.thetas.high = crossing(last->theta, (last - 1)->theta);
  return result;
}

/// The inverse of the transform |y> -> 2^{-m/2} sum_z e^{2 pi i y z / 2^m} |z> on the first qubits.
void inverse_fourier_transform(Circuit& circuit, unsigned m) {
  for (unsigned q = 0; q < m / 2; ++q) circuit.swap(q, m - 1 - q);
  for (unsigned q = 0; q < m; ++q) {
    for (unsigned c = 0; c < q; ++c) {
      circuit.cp(-std::numbers::pi / static_cast<double>(1U << (q - c)), c, q);
    }
    circuit.h(q);
  }
}

/// P(y) of the whole circuit, y and M - y together.
Result<std::vector<double>> simulated_distribution(const AmplitudeOracle& oracle, unsigned m,
                                                   const Execution& execution) {
  QUANTA_TRY(const Circuit circuit, canonical_circuit(oracle.problem(), m));
  QUANTA_TRY(const StateVector state,
             simulate(circuit, {.memory_limit = oracle.memory_limit()}, execution));
  const std::size_t size = std::size_t{1} << m;
  std::vector<double> distribution(size / 2 + 1);
  for (std::size_t x = 0; x < state.amplitudes().size(); ++x) {
    const std::size_t y = x % size;
    distribution[std::min(y, size - y)] += std::norm(state.amplitudes()[x]);
  }
  return distribution;
}

}  // namespace

Result<Circuit> canonical_circuit(const EstimationProblem& problem, unsigned evaluation_qubits) {
  const unsigned m = evaluation_qubits;
  QUANTA_CHECK(check_evaluation_qubits(m));
  QUANTA_TRY(const Circuit q, controlled_grover_operator(problem));
  const Circuit& a = problem.preparation;
  Circuit circuit(m + a.n_qubits());
  std::vector<unsigned> places(a.n_qubits());
  for (unsigned i = 0; i < a.n_qubits(); ++i) places[i] = m + i;
  QUANTA_TRY(circuit, compose(std::move(circuit), a, places));
  places.insert(places.begin(), 0);
  for (unsigned j = 0; j < m; ++j) {
    circuit.h(j);
    places[0] = j;
    QUANTA_TRY(const Circuit power_of_q, power(q, std::int64_t{1} << j));
    QUANTA_TRY(circuit, compose(std::move(circuit), power_of_q, places));
  }
  inverse_fourier_transform(circuit, m);
  return circuit;
}

Result<std::vector<CanonicalOutcome>> canonical_distribution(double a, unsigned evaluation_qubits) {
  if (!(a >= 0.0 && a <= 1.0)) {
    return bad_input("amplitude", fmt::format("{} is outside [0, 1]", a));
  }
  QUANTA_CHECK(check_evaluation_qubits(evaluation_qubits));
  const std::size_t size = std::size_t{1} << evaluation_qubits;
  std::vector<CanonicalOutcome> outcomes;
  for (std::size_t y = 0; y <= size / 2; ++y) {
    outcomes.push_back(
        {amplitude_of_reading(y, size), probability_of_reading(y, size, angle_of(a))});
  }
  return outcomes;
}

Result<double> canonical_likelihood_estimate(std::span<const CanonicalOutcome> outcomes,
                                             unsigned evaluation_qubits) {
  QUANTA_CHECK(check_evaluation_qubits(evaluation_qubits));
  const std::size_t size = std::size_t{1} << evaluation_qubits;
  std::vector<PhaseReading> readings;
  for (const CanonicalOutcome& outcome : outcomes) {
    const double position =
        angle_of(outcome.amplitude) / std::numbers::pi * static_cast<double>(size);
    const double y = std::round(position);
    if (!(std::abs(position - y) < 1e-4)) {
      return bad_input("outcomes", fmt::format("{} is no reading of {} qubits", outcome.amplitude,
                                               evaluation_qubits));
    }
    if (!(outcome.weight >= 0.0 && std::isfinite(outcome.weight))) {
      return bad_input("outcomes",
                       fmt::format("the weight {} is not a number from 0 on", outcome.weight));
    }
    if (outcome.weight > 0.0) readings.push_back({static_cast<std::size_t>(y), outcome.weight});
  }
  if (readings.empty()) return bad_input("outcomes", "none has a weight");
  return amplitude_of(maximize(readings, size, 0.0).theta);
}

Result<CanonicalEstimate> estimate_canonically(AmplitudeOracle& oracle,
                                               const CanonicalOptions& options, std::uint64_t seed,
                                               const Execution& execution) {
  const unsigned m = options.evaluation_qubits;
  QUANTA_CHECK(check_evaluation_qubits(m));
  QUANTA_CHECK(check_shots(options.shots, kMostShots));
  QUANTA_CHECK(check_alpha(options.alpha));
  if (execution.cancelled()) return cancelled_error();
  const std::size_t size = std::size_t{1} << m;
  std::vector<double> distribution;
  if (oracle.source() == OracleSource::kCircuit) {
    QUANTA_TRY(distribution, simulated_distribution(oracle, m, execution));
  } else {
    const double theta = angle_of(oracle.exact());
    for (std::size_t y = 0; y <= size / 2; ++y) {
      distribution.push_back(probability_of_reading(y, size, theta));
    }
  }
  RandomStream random(seed, "canonical amplitude estimation");
  std::vector<PhaseReading> readings;
  for (const std::size_t y : sample(distribution, options.shots, random)) {
    if (readings.empty() || readings.back().y != y) readings.push_back({y, 0.0});
    readings.back().weight += 1.0;
  }

  CanonicalEstimate estimate;
  estimate.confidence = 1.0 - options.alpha;
  estimate.source = oracle.source();
  estimate.shots = options.shots;
  estimate.deepest = size - 1;
  estimate.q_calls = options.shots * (size - 1);
  estimate.a_calls = options.shots * (2 * size - 1);
  for (const PhaseReading& reading : readings) {
    estimate.outcomes.push_back({amplitude_of_reading(reading.y, size), reading.weight});
  }
  estimate.most_frequent =
      std::ranges::max_element(estimate.outcomes, {}, &CanonicalOutcome::weight)->amplitude;
  const double z = normal_quantile(1.0 - options.alpha / 2.0);
  const Maximum maximum = maximize(readings, size, 0.5 * z * z);
  estimate.value = amplitude_of(maximum.theta);
  estimate.interval = {amplitude_of(maximum.thetas.low), amplitude_of(maximum.thetas.high)};
  const auto n = static_cast<double>(size);
  estimate.single_reading_error =
      2.0 * std::numbers::pi * std::sqrt(estimate.value * (1.0 - estimate.value)) / n +
      std::numbers::pi * std::numbers::pi / (n * n);
  return estimate;
}

}  // namespace quanta::quantum
