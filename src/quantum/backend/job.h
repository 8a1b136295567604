/// What a backend is asked for, and what it answers.
///
///   Job job = circuit_job(circuit);
///   job.shots = 1024;
///   job.observables.push_back(parse_paulis("ZZ", 2).value());
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/precision.h"
#include "quantum/simulator/process.h"

namespace quanta::quantum {

struct Job {
  /// What is run. `circuit` says it as a list of operations, where it is one; its measurements
  /// store the same outcomes in bits of its own.
  std::shared_ptr<const Process> process = {};
  std::optional<Circuit> circuit = {};
  std::string content =
      {};  ///< what determines the program, as bytes; equal programs have equal ones

  /// Nothing: double where its amplitudes fit the memory limit, single where only those do.
  std::optional<Precision> precision = {};
  std::uint64_t shots = 0;  ///< for sampling backends: at least 1; for exact ones: 0
  std::uint64_t seed = 1;   ///< of the shots
  std::vector<PauliString> observables = {};
  std::size_t n_amplitudes = 0;  ///< how many of the largest are wanted
  std::size_t n_outcomes = 16;   ///< exact: how many of the likeliest are wanted
  bool views = false;            ///< Bloch vectors; the density matrix up to kMostDensityQubits
};

inline constexpr unsigned kMostDensityQubits = 6;
inline constexpr std::uint64_t kMostShots = 1'000'000'000;

/// A job for a circuit with numbers for its parameters. Errors: kBadInput, field "parameters" (it
/// has some without); kResource, field "operations", where its defined gates hold more than 10^7
/// operations in all.
Result<Job> circuit_job(Circuit circuit);

/// Everything that the answer depends on, as bytes: equal bytes, equal answers to the bit (on the
/// same instruction set). Their hash is the job's address. precision: the one it is run in.
std::string serialize(const Job& job, bool exact, Precision precision);

struct BasisAmplitude {
  std::uint64_t index = 0;  ///< the basis state
  Amplitude value;
};

struct Expectation {
  double value = 0.0;
  std::optional<double> standard_error = {};  ///< of a mean over shots; nothing where it is exact
};

struct JobResult {
  unsigned n_qubits = 0;
  double norm = 1.0;
  std::vector<double> marginals = {};  ///< P(qubit q = 1)
  /// Exact: the likeliest labels, likeliest first, with their probabilities.
  std::vector<std::pair<std::string, double>> outcomes = {};
  std::map<std::string, std::uint64_t> counts = {};  ///< sampling: of each label
  /// The largest first; nothing where a measurement comes before the end, so that no single state
  /// is left.
  std::optional<std::vector<BasisAmplitude>> amplitudes = std::vector<BasisAmplitude>();
  std::vector<Expectation> expectations = {};  ///< of the job's observables
  std::vector<std::array<double, 3>> bloch_vectors = {};
  std::vector<Amplitude> density_matrix = {};  ///< 2^n x 2^n by rows, row = ket
  Precision precision = Precision::kDouble;    ///< of the amplitudes; sums are in double
  bool degraded = false;                       ///< single, because double did not fit
  std::string method = {};                     ///< "state vector of 12 qubits, double precision"
  std::vector<std::string> warnings = {};
};

}  // namespace quanta::quantum
