/// A circuit file run: `quanta circuit run`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "services/circuit/program.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct RunCircuitRequest {
  ProgramRequest program;
  std::optional<std::uint64_t> shots;    ///< nothing: 1024, where shots are drawn
  bool exact = false;                    ///< computed instead of drawn
  std::optional<std::string> backend;    ///< nothing: local-exact or local-sampling
  std::uint64_t amplitudes = 0;          ///< how many of the largest
  std::vector<std::string> observables;  ///< Pauli strings, highest qubit first; blanks are ignored
  bool views = false;                    ///< Bloch vectors and, up to 6 qubits, the density matrix
  /// Nothing: double; single where only that fits the memory.
  std::optional<quantum::Precision> precision;
};

struct AmplitudeRow {
  std::uint64_t index = 0;
  double re = 0.0;
  double im = 0.0;
  double probability = 0.0;

  static constexpr auto describe() {
    return std::tuple{field("index", &AmplitudeRow::index, "the basis state; qubit q is bit q"),
                      field("re", &AmplitudeRow::re, ""), field("im", &AmplitudeRow::im, ""),
                      field("probability", &AmplitudeRow::probability, "re^2 + im^2")};
  }
};

struct ExpectationRow {
  std::string observable;
  double value = 0.0;
  std::optional<double> standard_error;

  static constexpr auto describe() {
    return std::tuple{
        field("observable", &ExpectationRow::observable, "as it was asked for"),
        field("value", &ExpectationRow::value, ""),
        field("standard_error", &ExpectationRow::standard_error, "null: computed, not drawn")};
  }
};

struct ComplexNumber {
  double re = 0.0;
  double im = 0.0;

  static constexpr auto describe() {
    return std::tuple{field("re", &ComplexNumber::re, ""), field("im", &ComplexNumber::im, "")};
  }
};

struct CircuitAddress {
  std::string program;
  std::string job;

  static constexpr auto describe() {
    return std::tuple{
        field("program", &CircuitAddress::program, "SHA-256 of the program in one layout"),
        field("job", &CircuitAddress::job,
              "SHA-256 of the program and everything asked of it: equal jobs, equal answers")};
  }
};

struct RunCircuitDocument {
  unsigned qubits = 0;
  std::optional<std::uint64_t> shots;
  quantum::Precision precision = quantum::Precision::kDouble;
  double norm = 1.0;
  std::vector<double> marginals;
  std::optional<std::map<std::string, std::uint64_t>> counts;
  std::optional<std::map<std::string, double>> outcomes;
  std::optional<std::vector<AmplitudeRow>> amplitudes;
  std::vector<ExpectationRow> expectations;
  std::optional<std::vector<std::vector<double>>> bloch;
  std::optional<std::vector<std::vector<ComplexNumber>>> density_matrix;
  double seconds = 0.0;
  CircuitAddress address;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("qubits", &RunCircuitDocument::qubits, ""),
        field("shots", &RunCircuitDocument::shots, "null: computed, not drawn"),
        field("precision", &RunCircuitDocument::precision,
              "of the amplitudes: 16 bytes each, or 8 with about 6 right digits"),
        field("norm", &RunCircuitDocument::norm, "sum of all probabilities"),
        field("marginals", &RunCircuitDocument::marginals, "P(1) of each qubit, qubit 0 first"),
        field("counts", &RunCircuitDocument::counts,
              "label to shots; registers last declared first, each highest bit first; null: "
              "computed"),
        field("outcomes", &RunCircuitDocument::outcomes,
              "label to probability, the 16 likeliest; null: drawn"),
        field("amplitudes", &RunCircuitDocument::amplitudes,
              "the largest first, before the terminal measurements; null: a measurement before the "
              "end leaves no single state"),
        field("expectations", &RunCircuitDocument::expectations, "in the order asked for"),
        field("bloch", &RunCircuitDocument::bloch, "x, y, z of each qubit; null: not asked for"),
        field("density_matrix", &RunCircuitDocument::density_matrix,
              "rows, row = ket; null: not asked for, or more than 6 qubits"),
        field("seconds", &RunCircuitDocument::seconds, "of the run, wall time"),
        field("address", &RunCircuitDocument::address, "by content"),
        field("provenance", &RunCircuitDocument::provenance, "how to repeat it")};
  }
};

/// Errors: those of load_program and job_of; kUsage, field "exact" (with shots), "backend" (one
/// that does the other of the two); kBadInput, field "backend" (no such), "expect" (not a letter of
/// I, X, Y, Z for each qubit), "shots", "amplitudes"; kResource and kCancelled of the run.
Result<RunCircuitDocument> run_circuit(const RunCircuitRequest& request, const Run& run);

}  // namespace quanta::services
