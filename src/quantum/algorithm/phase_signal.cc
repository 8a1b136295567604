#include "quantum/algorithm/phase_signal.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "quantum/algorithm/fourier.h"
#include "quantum/algorithm/phase.h"
#include "quantum/simulator/byte_text.h"
#include "quantum/simulator/observables.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxDense = 6;
constexpr double kLeastWeight = 1e-12;
constexpr double kTurn = 2.0 * std::numbers::pi;

/// The matrix of U, column by column.
Result<Eigen::MatrixXcd> matrix_of(const Circuit& unitary, std::size_t memory_limit,
                                   const Execution& execution) {
  const Eigen::Index n = Eigen::Index{1} << unitary.n_qubits();
  Eigen::MatrixXcd matrix(n, n);
  for (Eigen::Index column = 0; column < n; ++column) {
    Circuit basis(unitary.n_qubits());
    for (unsigned q = 0; q < unitary.n_qubits(); ++q) {
      if ((column >> q & 1) != 0) basis.x(q);
    }
    QUANTA_TRY(StateVector state, simulate(basis, {.memory_limit = memory_limit}, execution));
    double phase = 0.0;
    QUANTA_CHECK(apply_power(unitary, 1, state, phase, execution));
    for (Eigen::Index row = 0; row < n; ++row) {
      matrix(row, column) = unit(phase) * state.amplitudes()[static_cast<std::size_t>(row)];
    }
  }
  return matrix;
}

Result<ClassicalPhase> diagonalised(const PhaseProblem& problem, std::size_t memory_limit,
                                    const Execution& execution) {
  QUANTA_TRY(const Eigen::MatrixXcd matrix, matrix_of(problem.unitary, memory_limit, execution));
  QUANTA_TRY(const StateVector psi, prepared_state(problem, memory_limit, execution));
  // The Schur form of a unitary is diagonal, its vectors are orthogonal whatever is degenerate.
  const Eigen::ComplexSchur<Eigen::MatrixXcd> schur(matrix);
  const Eigen::Map<const Eigen::VectorXcd> state(psi.amplitudes().data(), matrix.rows());
  ClassicalPhase result{.method = "diagonalisation"};
  std::vector<std::pair<EigenPhase, Eigen::Index>> found;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    const EigenPhase eigen{wrapped(std::arg(schur.matrixT()(i, i)) / kTurn),
                           std::norm(schur.matrixU().col(i).dot(state))};
    if (eigen.weight > kLeastWeight) found.emplace_back(eigen, i);
  }
  std::ranges::sort(found, [](const auto& a, const auto& b) {
    return a.first.weight != b.first.weight ? a.first.weight > b.first.weight : a.second < b.second;
  });
  for (const auto& [eigen, place] : found) result.spectrum.push_back(eigen);
  result.phase = found[0].first.phase;
  result.weight = found[0].first.weight;
  const Eigen::VectorXcd v = schur.matrixU().col(found[0].second);
  result.residual = (matrix * v - unit(result.phase) * v).norm();
  return result;
}

}  // namespace

Result<void> check_phase_problem(const PhaseProblem& problem, std::size_t memory_limit) {
  const unsigned n = problem.unitary.n_qubits();
  if (n == 0) return bad_input("unitary", "has no qubits");
  if (!problem.unitary.is_unitary()) {
    return bad_input("unitary", "holds a measurement, reset, state preparation or condition");
  }
  if (problem.preparation.n_qubits() != n) {
    return bad_input("preparation", fmt::format("acts on {} qubits, the unitary on {}",
                                                problem.preparation.n_qubits(), n));
  }
  std::vector<bool> touched(n);
  for (const Operation& operation : problem.preparation.operations()) {
    if (operation.gate == Gate::kBarrier) continue;
    const bool late = operation.gate == Gate::kStatePreparation &&
                      std::ranges::any_of(operation.qubits, [&](unsigned q) { return touched[q]; });
    if (late || operation.gate == Gate::kMeasure || operation.gate == Gate::kReset ||
        operation.condition) {
      return bad_input("preparation", fmt::format("\"{}\" {}", operation_name(operation),
                                                  late ? "acts on a qubit that is not |0> any more"
                                                       : "makes no single state"));
    }
    for (const unsigned q : operation.qubits) touched[q] = true;
  }
  for (const auto& [field, circuit] :
       {std::pair{"unitary", &problem.unitary}, std::pair{"preparation", &problem.preparation}}) {
    if (!circuit->parameters().empty()) {
      return bad_input(field, fmt::format("the parameter {} has no value: bind it first",
                                          circuit->parameters()[0]));
    }
  }
  const double bytes = std::ldexp(2.0 * sizeof(Amplitude), static_cast<int>(n));
  if (bytes > static_cast<double>(memory_limit)) {
    return fail(ErrorKind::kResource,
                fmt::format("two states of {} qubits need {}; the limit is {}", n, byte_text(bytes),
                            byte_text(static_cast<double>(memory_limit))),
                "qubits");
  }
  return {};
}

Result<StateVector> prepared_state(const PhaseProblem& problem, std::size_t memory_limit,
                                   const Execution& execution) {
  QUANTA_CHECK(check_phase_problem(problem, memory_limit));
  return simulate(problem.preparation, {.memory_limit = memory_limit}, execution);
}

Result<void> apply_power(const Circuit& unitary, std::uint64_t times, StateVector& state,
                         double& phase, const Execution& execution) {
  for (std::uint64_t i = 0; i < times; ++i) {
    QUANTA_CHECK(state.apply(execution, unitary.operations(), {}));
  }
  // A multiple of a phase in turns, less whole turns: exact as long as the product is.
  phase = wrapped(phase +
                  wrapped(unitary.global_phase().constant / kTurn) * static_cast<double>(times));
  return {};
}

Result<std::vector<Amplitude>> phase_signal(const PhaseProblem& problem, std::size_t length,
                                            std::size_t memory_limit, const Execution& execution) {
  QUANTA_TRY(const StateVector psi, prepared_state(problem, memory_limit, execution));
  const Circuit unitary = problem.unitary.expand();
  StateVector state = psi;
  double phase = 0.0;
  std::vector<Amplitude> signal = {1.0};
  while (signal.size() < length) {
    if (execution.cancelled()) return cancelled_error();
    QUANTA_CHECK(apply_power(unitary, 1, state, phase, execution));
    signal.push_back(unit(phase) * inner_product(psi.amplitudes(), state.amplitudes(), execution));
    execution.report(static_cast<double>(signal.size()) / static_cast<double>(length),
                     "applying the unitary");
  }
  return signal;
}

PhaseDistribution signal_distribution(std::span<const Amplitude> signal,
                                      std::span<const double> window) {
  const std::size_t n = window.size();
  assert(signal.size() == n);
  // W by a transform of twice the length, so that it does not wrap around.
  std::vector<Amplitude> padded(2 * n);
  std::ranges::copy(window, padded.begin());
  fourier_transform(padded);
  for (Amplitude& a : padded) a = std::norm(a);
  fourier_transform(padded, true);
  std::vector<Amplitude> terms(n);
  for (std::size_t m = 0; m < n; ++m) {
    terms[m] = signal[m] * padded[m].real() / static_cast<double>(2 * n);
  }
  fourier_transform(terms);
  std::vector<double> probabilities(n);
  const double first = (signal[0] * padded[0].real()).real() / static_cast<double>(2 * n);
  for (std::size_t k = 0; k < n; ++k) {
    probabilities[k] = std::max(0.0, 2.0 * terms[k].real() - first) / static_cast<double>(n);
  }
  return distribution_of(std::move(probabilities));
}

ClassicalPhase periodogram_peak(std::span<const Amplitude> signal) {
  const std::size_t padded_size = 8 * std::bit_ceil(signal.size());
  std::vector<Amplitude> padded(padded_size);
  std::ranges::copy(signal, padded.begin());
  fourier_transform(padded);
  const auto peak =
      std::ranges::max_element(padded, {}, [](const Amplitude& a) { return std::norm(a); });
  const auto n = static_cast<double>(signal.size());
  double f = static_cast<double>(peak - padded.begin()) / static_cast<double>(padded_size);
  Amplitude tone;
  constexpr int kSteps = 20;
  for (int step = 0; step < kSteps; ++step) {
    tone = 0.0;
    Amplitude first = 0.0;
    Amplitude second = 0.0;
    for (std::size_t m = 0; m < signal.size(); ++m) {
      const Amplitude turned = signal[m] * unit(-f * static_cast<double>(m));
      const Amplitude slope(0.0, -kTurn * static_cast<double>(m));
      tone += turned;
      first += slope * turned;
      second += slope * slope * turned;
    }
    const double rise = (std::conj(tone) * first).real();
    const double bend = std::norm(first) + (std::conj(tone) * second).real();
    if (!(bend < 0.0)) break;
    const double move = -rise / bend;
    f = wrapped(f + move);
    if (std::abs(move) * n < 1e-15) break;
  }
  ClassicalPhase result{.method = "periodogram", .phase = f, .weight = std::abs(tone) / n};
  double rest = 0.0;
  for (std::size_t m = 0; m < signal.size(); ++m) {
    rest += std::norm(signal[m] - tone / n * unit(f * static_cast<double>(m)));
  }
  result.residual = std::sqrt(rest / n);
  return result;
}

Result<ClassicalPhase> classical_phase(const PhaseProblem& problem,
                                       std::span<const Amplitude> signal, std::size_t memory_limit,
                                       const Execution& execution) {
  QUANTA_CHECK(check_phase_problem(problem, memory_limit));
  if (problem.unitary.n_qubits() <= kMaxDense) {
    return diagonalised(problem, memory_limit, execution);
  }
  return periodogram_peak(signal);
}

}  // namespace quanta::quantum
