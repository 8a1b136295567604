/// The problem of amplitude estimation, and the shots that every method draws on.
///
/// A circuit A makes A|0…0> = sqrt(1 - a)|bad> + sqrt(a)|good>, where a state is good by what a few
/// of its qubits read. Wanted is a = sin^2 theta, theta in [0, pi/2]. With
///   Q = -A S_0 A^+ S_chi,   S_0 = 1 - 2|0…0><0…0|,   S_chi = 1 - 2 sum over good |x><x|,
/// which turns by 2 theta, a shot of Q^k A|0…0> is good with probability sin^2((2k + 1) theta).
///
///   Circuit a(1);
///   a.ry(2 * std::asin(std::sqrt(0.3)), 0);
///   QUANTA_TRY(auto oracle, AmplitudeOracle::create({.preparation = a, .objective = {0}}, {},
///   {})); QUANTA_TRY(const AmplitudeEstimate estimate, estimate_iteratively(oracle, {}, seed,
///   {}));
///
/// The methods: canonical_amplitude_estimation.h, maximum_likelihood_amplitude_estimation.h,
/// iterative_amplitude_estimation.h, real_amplitude_estimation.h; all of them in one table with
/// plain Monte Carlo: estimation_error.h.
/// Source: Brassard, Høyer, Mosca, Tapp (2002), arXiv:quant-ph/0005055.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/random.h"
#include "core/result.h"
#include "quantum/algorithm/confidence_interval.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

struct EstimationProblem {
  Circuit preparation = Circuit();       ///< A: no measurements, no free parameters
  std::vector<unsigned> objective = {};  ///< the qubits that say whether a state is good
  /// What they read in a good state, objective[0] the lowest bit; all ones by default.
  std::optional<std::uint64_t> good = {};
};

/// Q as a circuit on the qubits of A. Errors: kBadInput, field "preparation" (no qubits, a
/// measurement, reset, condition, state preparation or free parameter) or "objective" (none, out of
/// range, twice, a value that they cannot read).
Result<Circuit> grover_operator(const EstimationProblem& problem);

/// Q under one more qubit, which comes first (qubit q of A becomes q + 1). Only the reflections are
/// controlled: without them A^+ and A cancel. Errors: as grover_operator.
Result<Circuit> controlled_grover_operator(const EstimationProblem& problem);

/// Where the probabilities that shots are drawn from come from. The same in exact arithmetic; a
/// test holds them together to 1e-12.
enum class OracleSource {
  kExact,    ///< a from one simulation of A, then sin^2((2k + 1) theta): any k in no time
  kCircuit,  ///< Q^k A simulated gate by gate
};
constexpr auto enum_names(OracleSource) {
  return std::array{std::pair{OracleSource::kExact, std::string_view("exact")},
                    std::pair{OracleSource::kCircuit, std::string_view("circuit")}};
}

struct OracleOptions {
  OracleSource source = OracleSource::kExact;
  std::size_t memory_limit = std::size_t{1} << 30;  ///< bytes, for the states together
};

/// Stands for the device: gives shots of Q^k A|0…0>.
class AmplitudeOracle {
 public:
  /// Errors: as grover_operator (with the source kExact a state preparation is allowed);
  /// kResource, field "qubits" (the state needs more than the limit: says what would fit).
  static Result<AmplitudeOracle> create(EstimationProblem problem, const OracleOptions& options,
                                        const Execution& execution);

  /// A one-qubit problem of known a, source kExact. Errors: kBadInput, field "amplitude": not in
  /// [0, 1].
  static Result<AmplitudeOracle> of(double a);

  /// a as the simulation of A gives it: no estimate, only for judging one.
  double exact() const { return a_; }
  OracleSource source() const { return options_.source; }
  const EstimationProblem& problem() const { return problem_; }
  std::size_t memory_limit() const { return options_.memory_limit; }

  /// Of a good shot of Q^k A|0…0>. kCircuit: k applications of Q, fewer where a smaller k was asked
  /// before. Errors: kCancelled.
  Result<double> probability(std::uint64_t k, const Execution& execution);

  /// How many of `shots` shots of Q^k A|0…0> are good, drawn from their binomial distribution: no
  /// slower for many shots. Errors: kCancelled.
  Result<std::uint64_t> measure(std::uint64_t k, std::uint64_t shots, RandomStream& random,
                                const Execution& execution);

 private:
  AmplitudeOracle() = default;

  EstimationProblem problem_;
  OracleOptions options_;
  double a_ = 0.0;
  // kCircuit alone: Q, and Q^power A|0…0> for the last power.
  Circuit grover_;
  std::optional<StateVector> start_;
  std::optional<StateVector> state_;
  std::uint64_t power_ = 0;
  std::map<std::uint64_t, double> known_;
};

/// Shots of one k.
struct EstimationRound {
  std::uint64_t power = 0;  ///< k: how often Q is applied
  std::uint64_t shots = 0;
  std::uint64_t good = 0;
};

/// What a method found.
struct AmplitudeEstimate {
  double value = 0.0;         ///< of a
  Interval interval = {};     ///< holds a with the confidence (see each method for how firmly)
  double confidence = 0.0;    ///< 1 - alpha
  std::uint64_t shots = 0;    ///< runs of a circuit
  std::uint64_t q_calls = 0;  ///< uses of Q: sum over shots of k
  std::uint64_t a_calls = 0;  ///< uses of A and A^+: sum over shots of 2k + 1. One sample of plain
                              ///< Monte Carlo is one use of A, so this is what is compared
  std::uint64_t deepest = 0;  ///< the largest k
  OracleSource source = OracleSource::kExact;
  std::vector<EstimationRound> rounds = {};  ///< in the order they were taken
};

/// Adds a round to an estimate's list and counts.
void add_round(AmplitudeEstimate& estimate, const EstimationRound& round);

/// sin^2 theta, the amplitude of an angle.
double amplitude_of(double theta);
/// The theta in [0, pi/2] with sin^2 theta = a; a outside [0, 1] by rounding is cut.
double angle_of(double a);

}  // namespace quanta::quantum
