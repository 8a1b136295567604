// Amplitude and phase estimation, and the least energy of a molecule.
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "quantum/algorithm/bayesian_phase.h"
#include "quantum/algorithm/estimation_error.h"
#include "quantum/algorithm/iterative_phase.h"
#include "quantum/algorithm/phase_series.h"
#include "quantum/algorithm/phase_window.h"
#include "quantum/algorithm/vqe.h"
#include "services/algorithm_example/examples.h"
#include "services/optimization/stopwatch.h"
#include "services/report/svg.h"

namespace quanta::services {
namespace {

constexpr svg::Size kTallPicture{720, 360};
constexpr std::array kSixPrices = {1.1, 1.105, 1.11, 1.108, 1.112, 1.115};
constexpr double kAmplitude = 0.3;
constexpr std::uint64_t kRepeats = 100;

std::vector<quantum::EstimatorOptions> settings_of(std::string_view method) {
  using namespace quantum;
  std::vector<EstimatorOptions> settings;
  const unsigned steps = method == "qae" ? 5 : 6;
  for (unsigned step = 1; step <= steps; ++step) {
    if (method == "iqae") {
      settings.emplace_back(IterativeOptions{.epsilon = 0.1 * std::pow(0.5, step)});
    } else if (method == "mlae") {
      settings.emplace_back(
          MaximumLikelihoodOptions{.powers = exponential_powers(step + 1), .shots = 100});
    } else {
      settings.emplace_back(CanonicalOptions{.evaluation_qubits = step + 3, .shots = 10});
    }
  }
  return settings;
}

/// Errors against uses of A, both as powers of ten.
std::string error_chart(const std::vector<quantum::ErrorRow>& rows, std::string_view method) {
  svg::ScatterChart chart{
      .title = fmt::format("Error of {} and of Monte Carlo by uses of A", method),
      .x_title = "log10 of the uses of A",
      .y_title = "log10 of the root mean square error",
      .points = {},
      .curve = {},
      .x_format = svg::Format::kNumber,
      .y_format = svg::Format::kNumber};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double calls = std::log10(rows[i].a_calls);
    const bool last = i + 1 == rows.size();
    chart.points.push_back(
        {last ? std::string(method) : "", calls, std::log10(rows[i].rms_error), 1});
    chart.points.push_back(
        {last ? "Monte Carlo" : "", calls, std::log10(rows[i].monte_carlo_error), 2});
    chart.curve.emplace_back(calls, std::log10(rows[i].monte_carlo_law));
  }
  return svg::standalone(svg::draw(chart, kTallPicture));
}

void add_pair(ExampleDocument& document, std::string method, double value, double error,
              double cost, double seconds, double monte_carlo_error) {
  document.rows.push_back({.method = std::move(method),
                           .kind = MethodKind::kQuantum,
                           .value = value,
                           .error = error,
                           .cost = cost,
                           .seconds = seconds});
  document.rows.push_back({.method = fmt::format("Monte Carlo, {:.0f} samples", cost),
                           .value = std::nullopt,
                           .error = monte_carlo_error,
                           .cost = cost});
}

}  // namespace

Result<void> amplitude_example(std::string_view method, const Run& run, ExampleDocument& document) {
  // The likelihood of a long register's readings is costly to maximise.
  const std::uint64_t repeats = method == "qae" ? 20 : kRepeats;
  document.problem = fmt::format(
      "a probability of {} (what a priced payoff becomes), {} runs each; error is the root of the "
      "mean square",
      kAmplitude, repeats);
  document.exact = kAmplitude;
  document.cost_unit = "uses of the circuit A, or samples";
  Stopwatch watch;
  const auto settings = settings_of(method);
  QUANTA_TRY(const std::vector<quantum::ErrorRow> rows,
             quantum::error_against_calls(kAmplitude, settings,
                                          {.repeats = repeats, .seed = run.seed}, run.execution));
  const double seconds = watch.seconds();
  for (const quantum::ErrorRow& row : rows) {
    document.rows.push_back({.method = fmt::format("{}, {:.0f} % of its intervals hold it",
                                                   row.method, 100 * row.coverage),
                             .kind = MethodKind::kQuantum,
                             .value = std::nullopt,
                             .error = row.rms_error,
                             .cost = row.a_calls,
                             .seconds = seconds / static_cast<double>(rows.size())});
    document.rows.push_back({.method = "Monte Carlo, as many samples",
                             .value = std::nullopt,
                             .error = row.monte_carlo_error,
                             .cost = row.a_calls});
  }
  document.picture = error_chart(rows, method);
  const quantum::ErrorRow& last = rows.back();
  const double samples = kAmplitude * (1.0 - kAmplitude) / (last.rms_error * last.rms_error);
  document.verdict = fmt::format(
      "the error falls as the uses of A to the power {:.2f}, that of Monte Carlo to -0.5; for the "
      "last error here Monte Carlo needs {:.3g} samples, {:.3g} times as many: it is slower only "
      "if a "
      "use of A, on a device without errors, takes less than {:.3g} times as long as a sample",
      quantum::log_log_slope(rows), samples, samples / last.a_calls, samples / last.a_calls);
  return {};
}

Result<void> signed_amplitude_example(const Run& run, ExampleDocument& document) {
  constexpr double kSigned = -0.4;
  document.problem =
      "an amplitude of -0.4, as a payoff that may be a loss has: its sign is wanted too";
  document.exact = kSigned;
  document.cost_unit = "uses of the circuit A";
  quantum::Circuit preparation(1);
  preparation.ry(2.0 * std::acos(kSigned), 0);
  svg::ScatterChart chart{.title = "Error of rqae by uses of A",
                          .x_title = "log10 of the uses of A",
                          .y_title = "log10 of the error",
                          .points = {},
                          .curve = {},
                          .x_format = svg::Format::kNumber,
                          .y_format = svg::Format::kNumber};
  for (const double epsilon : {0.05, 0.02, 0.01, 0.005, 0.002, 0.001}) {
    Stopwatch watch;
    double squares = 0.0;
    double calls = 0.0;
    double last = 0.0;
    for (std::uint64_t repeat = 0; repeat < kRepeats; ++repeat) {
      QUANTA_TRY(const quantum::AmplitudeEstimate estimate,
                 quantum::estimate_real_amplitude({.preparation = preparation, .state = 0},
                                                  {.epsilon = epsilon}, {},
                                                  run.seed * 1000 + repeat, run.execution));
      squares += std::pow(estimate.value - kSigned, 2) / kRepeats;
      calls += static_cast<double>(estimate.a_calls) / kRepeats;
      last = estimate.value;
    }
    const double error = std::sqrt(squares);
    // Of the sign Monte Carlo sees nothing; of the modulus as much as its square tells.
    const double law = std::sqrt((1.0 - kSigned * kSigned) / calls) / 2.0;
    add_pair(document, fmt::format("rqae, epsilon {}", epsilon), last, error, calls,
             watch.seconds(), law);
    document.rows.back().method += ", modulus alone (law)";
    chart.points.push_back(
        {epsilon == 0.001 ? "rqae" : "", std::log10(calls), std::log10(error), 1});
    chart.curve.emplace_back(std::log10(calls), std::log10(law));
  }
  document.picture = svg::standalone(svg::draw(chart, kTallPicture));
  document.verdict =
      "it is the one method here that gives the sign; classically one samples the payoff itself, "
      "and "
      "its sign is no question";
  return {};
}

Result<void> phase_example(const Run&, ExampleDocument& document) {
  QUANTA_TRY(const double theta, quantum::phase_of_series(kSixPrices));
  document.problem =
      "six prices as one phase (the mean of their scaled returns), read with 4 to 8 bits";
  document.exact = theta;
  document.cost_unit = "uses of U";
  svg::BarChart chart{.title = "What 5 bits read, without a window and with a sine window",
                      .categories = {},
                      .series = {}};
  for (const unsigned bits : {4U, 5U, 6U, 8U}) {
    for (const auto& [window, name] : enum_names(quantum::PhaseWindow{})) {
      Stopwatch watch;
      const quantum::PhaseRegister phase_register{.bits = bits, .window = window};
      QUANTA_TRY(const quantum::PhaseDistribution read,
                 quantum::phase_distribution(theta, phase_register));
      const double seconds = watch.seconds();
      const double value =
          static_cast<double>(read.best_bin) / static_cast<double>(read.probabilities.size());
      document.rows.push_back(
          {.method = fmt::format("{} bits, window {}: bin {} with {:.1f} %", bits, name,
                                 read.best_bin, 100 * read.best_probability),
           .kind = MethodKind::kQuantum,
           .value = value,
           .error = quantum::phase_errors(read, theta).rms,
           .cost = static_cast<double>(read.probabilities.size() - 1),
           .seconds = seconds});
      if (bits == 5 && window != quantum::PhaseWindow::kKaiser) {
        chart.series.push_back({window == quantum::PhaseWindow::kNone ? "no window" : "sine",
                                read.probabilities, window == quantum::PhaseWindow::kNone ? 1 : 2});
      }
    }
  }
  for (std::size_t k = 0; k < 32; ++k) {
    chart.categories.push_back(k % 4 == 3 ? fmt::format("{}", k) : "");
  }
  Stopwatch watch;
  document.rows.push_back({.method = "the mean of the scaled returns itself",
                           .value = theta,
                           .error = 0.0,
                           .cost = 0.0,
                           .seconds = watch.seconds()});
  document.picture = svg::standalone(svg::draw(chart, kTallPicture));
  document.verdict =
      "the phase is put in by hand, so that reading it back cannot be cheaper than knowing it; "
      "phase "
      "estimation pays where U is given and its phases are not, as in chemistry";
  return {};
}

namespace {

/// Errors of a phase method by calls of U, over many seeds; `once` gives phase and calls.
template <class Once>
Result<void> phase_errors_by_calls(std::string_view name, double theta, const Run& run,
                                   const std::vector<std::string>& settings, const Once& once,
                                   ExampleDocument& document) {
  document.problem = fmt::format(
      "the phase of six prices, {:.6f} turns, as an unknown one; {} runs each, error is the root "
      "of "
      "the mean square",
      theta, kRepeats);
  document.exact = theta;
  document.cost_unit = "uses of U";
  svg::ScatterChart chart{.title = fmt::format("Error of {} by uses of U", name),
                          .x_title = "log10 of the uses of U",
                          .y_title = "log10 of the error in turns",
                          .points = {},
                          .curve = {},
                          .x_format = svg::Format::kNumber,
                          .y_format = svg::Format::kNumber};
  for (std::size_t i = 0; i < settings.size(); ++i) {
    Stopwatch watch;
    double squares = 0.0;
    double calls = 0.0;
    for (std::uint64_t repeat = 0; repeat < kRepeats; ++repeat) {
      QUANTA_TRY(const auto found, once(i, run.seed * 1000 + repeat));
      const double away = std::remainder(found.first - theta, 1.0);
      squares += away * away / static_cast<double>(kRepeats);
      calls += found.second / static_cast<double>(kRepeats);
    }
    const double error = std::sqrt(squares);
    document.rows.push_back({.method = fmt::format("{}, {}", name, settings[i]),
                             .kind = MethodKind::kQuantum,
                             .value = std::nullopt,
                             .error = error,
                             .cost = calls,
                             .seconds = watch.seconds()});
    // With shots of U alone, k = 1: the deviation of an angle from N of them is 1/(2 pi sqrt(N)).
    const double law = 1.0 / (2.0 * std::numbers::pi * std::sqrt(calls));
    chart.points.push_back({i + 1 == settings.size() ? std::string(name) : "", std::log10(calls),
                            std::log10(error), 1});
    chart.curve.emplace_back(std::log10(calls), std::log10(law));
  }
  Stopwatch watch;
  document.rows.push_back({.method = "the mean of the scaled returns itself",
                           .value = theta,
                           .error = 0.0,
                           .cost = 0.0,
                           .seconds = watch.seconds()});
  document.picture = svg::standalone(svg::draw(chart, kTallPicture));
  return {};
}

}  // namespace

Result<void> iterative_phase_example(const Run& run, ExampleDocument& document) {
  QUANTA_TRY(const double theta, quantum::phase_of_series(kSixPrices));
  std::vector<std::string> settings;
  for (unsigned bits = 4; bits <= 9; ++bits) settings.push_back(fmt::format("{} bits", bits));
  QUANTA_CHECK(phase_errors_by_calls(
      "bit by bit", theta, run, settings,
      [&](std::size_t i, std::uint64_t seed) -> Result<std::pair<double, double>> {
        QUANTA_TRY(const quantum::IterativePhase found,
                   quantum::estimate_phase_iteratively(
                       theta, {.bits = static_cast<unsigned>(i) + 4, .repeats = 3, .seed = seed}));
        return std::pair{found.phase, static_cast<double>(found.calls)};
      },
      document));
  document.verdict =
      "one control qubit does what a register of t would; the grey line is what shots of U alone, "
      "without its powers, could know; knowing the returns, their mean is cheaper than both";
  return {};
}

Result<void> bayesian_phase_example(const Run& run, ExampleDocument& document) {
  QUANTA_TRY(const double theta, quantum::phase_of_series(kSixPrices));
  const std::vector<std::size_t> counts = {15, 30, 60, 120, 240};
  std::vector<std::string> settings;
  for (const std::size_t n : counts) settings.push_back(fmt::format("{} measurements", n));
  QUANTA_CHECK(phase_errors_by_calls(
      "by Bayes' rule", theta, run, settings,
      [&](std::size_t i, std::uint64_t seed) -> Result<std::pair<double, double>> {
        QUANTA_TRY(const quantum::BayesianPhase found,
                   quantum::estimate_phase_by_bayes(
                       theta, {.measurements = counts[i], .seed = seed}, run.execution));
        return std::pair{found.phase, static_cast<double>(found.calls)};
      },
      document));
  document.verdict =
      "the width comes with the estimate; the grey line is what shots of U alone, without its "
      "powers, "
      "could know; knowing the returns, their mean is cheaper than both";
  return {};
}

// The Hamiltonian of H2 in the STO-3G basis at 0.7414 angstrom, four qubits, in hartree.
Result<void> vqe_example(const Run& run, ExampleDocument& document) {
  const std::vector<std::pair<std::string, double>> terms = {
      {"IIII", -0.09706626816762845}, {"IIIZ", 0.17141282644776884},
      {"IIZI", 0.17141282644776892},  {"IZII", -0.22343153690813597},
      {"ZIII", -0.22343153690813597}, {"IIZZ", 0.16868898170361213},
      {"IZIZ", 0.12062523483390425},  {"ZIIZ", 0.16592785033770352},
      {"IZZI", 0.16592785033770352},  {"ZIZI", 0.12062523483390425},
      {"ZZII", 0.17441287612261608},  {"XXYY", -0.045302615503799264},
      {"XYYX", 0.045302615503799264}, {"YXXY", 0.045302615503799264},
      {"YYXX", -0.045302615503799264}};
  QUANTA_TRY(const quantum::PauliSum hamiltonian, quantum::parse_pauli_sum(terms, 4));
  document.problem = "the ground state energy of H2 (STO-3G, 0.7414 angstrom, 4 qubits, hartree)";
  document.cost_unit = "evaluations of the energy";
  svg::ScatterChart chart{.title = "Distance to the ground state by evaluations",
                          .x_title = "evaluations",
                          .y_title = "log10 of the error in hartree",
                          .points = {},
                          .curve = {},
                          .x_format = svg::Format::kNumber,
                          .y_format = svg::Format::kNumber};
  int colour = 1;
  for (const auto optimizer : {quantum::VqeOptimizer::kLbfgs, quantum::VqeOptimizer::kAdam,
                               quantum::VqeOptimizer::kNaturalGradient,
                               quantum::VqeOptimizer::kSpsa, quantum::VqeOptimizer::kCobyla}) {
    Stopwatch watch;
    quantum::VqeOptions options;
    options.optimizer = optimizer;
    options.seed = run.seed;
    options.ansatz.layers = 2;
    options.max_evaluations = 400;
    QUANTA_TRY(const quantum::VqeResult found,
               quantum::solve_vqe({.hamiltonian = hamiltonian}, options, run.execution));
    if (found.ground) document.exact = found.ground->energy;
    document.rows.push_back({.method = fmt::format("VQE, {}, 2 layers", to_text(optimizer)),
                             .kind = MethodKind::kQuantum,
                             .value = found.exact_energy,
                             .error = found.gap,
                             .cost = static_cast<double>(found.evaluations),
                             .seconds = watch.seconds()});
    double best = found.history.empty() ? found.exact_energy : found.history.front();
    for (std::size_t i = 0; i < found.history.size(); ++i) {
      best = std::min(best, found.history[i]);
      const bool last = i + 1 == found.history.size();
      if (!last && i % 8 != 0) continue;
      const double error = std::max(best - document.exact, 1e-12);
      chart.points.push_back({last ? std::string(to_text(optimizer)) : "",
                              static_cast<double>(i + 1), std::log10(error), colour});
    }
    ++colour;
  }
  Stopwatch watch;
  QUANTA_TRY(const quantum::GroundState ground,
             quantum::ground_state(hamiltonian, {}, run.execution));
  document.rows.push_back({.method = "exact diagonalisation, 16 x 16",
                           .value = ground.energy,
                           .error = 0.0,
                           .cost = 1.0,
                           .seconds = watch.seconds()});
  document.picture = svg::standalone(svg::draw(chart, kTallPicture));
  document.verdict =
      "linear algebra answers at once and exactly up to some 20 qubits here; a device would have "
      "to "
      "hold more than a simulation can, with less noise than the error wanted (1.6e-3 hartree)";
  return {};
}

}  // namespace quanta::services
