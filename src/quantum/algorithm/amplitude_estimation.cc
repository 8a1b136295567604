#include "quantum/algorithm/amplitude_estimation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/simulator/binomial.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

std::uint64_t all_ones(std::size_t n) {
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

std::uint64_t good_value(const EstimationProblem& problem) {
  return problem.good.value_or(all_ones(problem.objective.size()));
}

Result<void> check(const EstimationProblem& problem, bool unitary) {
  const Circuit& a = problem.preparation;
  if (a.n_qubits() == 0) return bad_input("preparation", "the circuit has no qubits");
  if (unitary && a.n_qubits() > 63) {  // as many controls as a reflection can have
    return bad_input("preparation", fmt::format("{} qubits: at most 63", a.n_qubits()));
  }
  if (!a.parameters().empty()) {
    return bad_input("preparation",
                     fmt::format("the parameter {} has no number yet", a.parameters()[0]));
  }
  for (const Operation& operation : a.operations()) {
    const bool allowed = is_unitary(operation) || operation.gate == Gate::kBarrier ||
                         (operation.gate == Gate::kStatePreparation && !unitary);
    if (!allowed || operation.condition) {
      return bad_input("preparation", fmt::format("\"{}\" has no inverse: gates alone are possible",
                                                  operation_name(operation)));
    }
  }
  std::vector<unsigned> sorted = problem.objective;
  std::ranges::sort(sorted);
  if (sorted.empty()) return bad_input("objective", "names no qubit");
  if (sorted.back() >= a.n_qubits()) {
    return bad_input("objective",
                     fmt::format("there is no qubit {} among {}", sorted.back(), a.n_qubits()));
  }
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
    return bad_input("objective", fmt::format("qubit {} is named twice", *twice));
  }
  if (good_value(problem) > all_ones(sorted.size())) {
    return bad_input("objective",
                     fmt::format("{} qubits cannot read {}", sorted.size(), good_value(problem)));
  }
  return {};
}

/// Flips the sign where `qubits` read `value`, and `controls` are 1.
void flip_sign(Circuit& circuit, std::vector<unsigned> qubits, std::uint64_t value,
               std::span<const unsigned> controls) {
  const unsigned last = qubits.back();
  const bool on_zero = (value >> (qubits.size() - 1) & 1) == 0;
  const std::uint64_t state =
      (value & all_ones(qubits.size() - 1)) << controls.size() | all_ones(controls.size());
  qubits.insert(qubits.begin(), controls.begin(), controls.end());
  const auto n_controls = static_cast<unsigned>(qubits.size() - 1);
  if (on_zero) circuit.x(last);
  // Qubits were checked; at most 64 of them, so that all but one fit as controls.
  (void)circuit.append({.gate = Gate::kZ,
                        .qubits = std::move(qubits),
                        .n_controls = n_controls,
                        .control_state = state});
  if (on_zero) circuit.x(last);
}

/// Q, with its reflections under one more qubit in front where `controlled`.
Result<Circuit> grover(const EstimationProblem& problem, bool controlled) {
  QUANTA_CHECK(check(problem, true));
  const Circuit& a = problem.preparation;
  QUANTA_TRY(const Circuit undo, inverse(a));
  const unsigned shift = controlled ? 1 : 0;
  std::vector<unsigned> all(a.n_qubits());
  for (unsigned q = 0; q < a.n_qubits(); ++q) all[q] = q + shift;
  std::vector<unsigned> objective = problem.objective;
  for (unsigned& q : objective) q += shift;
  const std::vector<unsigned> controls(shift, 0);

  Circuit circuit(a.n_qubits() + shift);
  flip_sign(circuit, objective, good_value(problem), controls);
  QUANTA_TRY(circuit, compose(std::move(circuit), undo, all));
  flip_sign(circuit, all, 0, controls);
  QUANTA_TRY(circuit, compose(std::move(circuit), a, all));
  if (controlled) {
    circuit.z(0);
  } else {
    circuit.add_global_phase(std::numbers::pi);
  }
  return circuit;
}

double probability_of_good(const StateVector& state, const EstimationProblem& problem,
                           const Execution& execution) {
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
  for (std::size_t j = 0; j < problem.objective.size(); ++j) {
    mask |= std::uint64_t{1} << problem.objective[j];
    value |= (good_value(problem) >> j & 1) << problem.objective[j];
  }
  const auto amplitudes = state.amplitudes();
  const double sum = parallel_sum(execution, amplitudes.size(), kChunkAmplitudes,
                                  [&](std::size_t begin, std::size_t end) {
                                    double part = 0.0;
                                    for (std::size_t x = begin; x < end; ++x) {
                                      if ((x & mask) == value) part += std::norm(amplitudes[x]);
                                    }
                                    return part;
                                  });
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace

Result<Circuit> grover_operator(const EstimationProblem& problem) { return grover(problem, false); }

Result<Circuit> controlled_grover_operator(const EstimationProblem& problem) {
  return grover(problem, true);
}

Result<AmplitudeOracle> AmplitudeOracle::create(EstimationProblem problem,
                                                const OracleOptions& options,
                                                const Execution& execution) {
  const bool circuit = options.source == OracleSource::kCircuit;
  QUANTA_CHECK(check(problem, circuit));
  AmplitudeOracle oracle;
  oracle.options_ = options;
  // The circuit source keeps two states: the start, and that of the last power.
  QUANTA_TRY(StateVector start,
             simulate(problem.preparation,
                      {.memory_limit = options.memory_limit / (circuit ? 2 : 1)}, execution));
  oracle.a_ = probability_of_good(start, problem, execution);
  if (circuit) {
    QUANTA_TRY(const Circuit q, grover_operator(problem));
    oracle.grover_ = q.expand();
    oracle.state_ = start;
    oracle.start_ = std::move(start);
  }
  oracle.problem_ = std::move(problem);
  return oracle;
}

Result<AmplitudeOracle> AmplitudeOracle::of(double a) {
  if (!(a >= 0.0 && a <= 1.0)) {
    return bad_input("amplitude", fmt::format("{} is outside [0, 1]", a));
  }
  AmplitudeOracle oracle;
  oracle.a_ = a;
  oracle.problem_.preparation = Circuit(1);
  oracle.problem_.preparation.ry(2.0 * angle_of(a), 0);
  oracle.problem_.objective = {0};
  return oracle;
}

Result<double> AmplitudeOracle::probability(std::uint64_t k, const Execution& execution) {
  if (execution.cancelled()) return cancelled_error();
  if (options_.source == OracleSource::kExact) {
    return amplitude_of((2.0 * static_cast<double>(k) + 1.0) * angle_of(a_));
  }
  if (const auto found = known_.find(k); found != known_.end()) return found->second;
  if (k < power_) {
    state_ = start_;
    power_ = 0;
  }
  for (; power_ < k; ++power_) {
    for (const Operation& operation : grover_.operations()) {
      state_->apply(execution, operation, {});
      if (execution.cancelled()) {  // the state is between two powers
        state_ = start_;
        power_ = 0;
        return cancelled_error();
      }
    }
  }
  return known_[k] = probability_of_good(*state_, problem_, execution);
}

Result<std::uint64_t> AmplitudeOracle::measure(std::uint64_t k, std::uint64_t shots,
                                               RandomStream& random, const Execution& execution) {
  QUANTA_TRY(const double p, probability(k, execution));
  return binomial_sample(shots, std::clamp(p, 0.0, 1.0), random);
}

void add_round(AmplitudeEstimate& estimate, const EstimationRound& round) {
  estimate.rounds.push_back(round);
  estimate.shots += round.shots;
  estimate.q_calls += round.shots * round.power;
  estimate.a_calls += round.shots * (2 * round.power + 1);
  estimate.deepest = std::max(estimate.deepest, round.power);
}

double amplitude_of(double theta) {
  const double s = std::sin(theta);
  return s * s;
}

double angle_of(double a) {
  const double cut = std::clamp(a, 0.0, 1.0);
  return std::atan2(std::sqrt(cut), std::sqrt(1.0 - cut));
}

}  // namespace quanta::quantum
