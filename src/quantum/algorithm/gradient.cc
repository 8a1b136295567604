#include "quantum/algorithm/gradient.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "quantum/algorithm/generator.h"
#include "quantum/algorithm/observable_check.h"
#include "quantum/circuit/algebra.h"
#include "quantum/simulator/observables.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr double kStatesHeld = 2.0;

bool is_parametrised(const Operation& operation) {
  return std::ranges::any_of(operation.angles, [](const Angle& a) { return !a.is_number(); });
}

/// Acts on one qubit by a matrix, without controls.
bool is_single(const Operation& operation) {
  return operation.qubits.size() == 1 && operation.gate != Gate::kPauliExponential;
}

bool is_diagonal(const Operation& operation) {
  if (operation.gate == Gate::kPauliExponential) {
    return operation.payload->paulis.find_first_of("XY") == std::string::npos;
  }
  return properties(operation.gate).diagonal;
}

std::uint64_t qubit_mask(std::span<const unsigned> qubits) {
  std::uint64_t mask = 0;
  for (const unsigned q : qubits) mask |= std::uint64_t{1} << q;
  return mask;
}

/// Which operations may follow in a segment: those which leave the generators of the earlier ones
/// what they are, or change those of one-qubit gates to other one-qubit generators. A generator
/// survives gates on other qubits, and diagonal gates where it is diagonal itself.
class SegmentRule {
 public:
  bool admits(const Operation& operation) const {
    const std::uint64_t qubits = qubit_mask(operation.qubits);
    const bool diagonal = is_diagonal(operation);
    if (is_single(operation)) {
      return (qubits & wide_) == 0 && (diagonal || (qubits & wide_diagonal_) == 0);
    }
    return (qubits & (single_ | wide_)) == 0 &&
           (diagonal || (qubits & (single_diagonal_ | wide_diagonal_)) == 0);
  }

  void add(const Operation& operation) {
    const std::uint64_t qubits = qubit_mask(operation.qubits);
    const bool diagonal = is_diagonal(operation);
    if (is_single(operation) && !diagonal && (qubits & single_diagonal_) != 0) single_ |= qubits;
    if (!is_parametrised(operation)) return;
    std::uint64_t& of_kind = is_single(operation) ? (diagonal ? single_diagonal_ : single_)
                                                  : (diagonal ? wide_diagonal_ : wide_);
    of_kind |= qubits;
  }

 private:
  // Qubits under the generators so far, of one-qubit gates and of all others.
  std::uint64_t single_ = 0;
  std::uint64_t single_diagonal_ = 0;
  std::uint64_t wide_ = 0;
  std::uint64_t wide_diagonal_ = 0;
};

/// The circuit without measurements, state preparations first.
Result<Circuit> unitary_part(const Circuit& circuit) {
  const Circuit flat = circuit.expand();
  Circuit result(flat.n_qubits());
  for (const std::string& name : flat.parameters()) (void)result.parameter(name);
  std::vector<bool> measured(flat.n_qubits());
  std::vector<bool> touched(flat.n_qubits());
  std::vector<Operation> gates;
  for (const Operation& operation : flat.operations()) {
    if (operation.gate == Gate::kBarrier) continue;
    const auto refuse = [&](std::string_view why) {
      return bad_input("circuit", fmt::format("\"{}\" {}", operation_name(operation), why));
    };
    if (operation.condition || operation.gate == Gate::kReset) {
      return refuse("depends on measurements: the energy is that of a single state");
    }
    const auto any = [&](const std::vector<bool>& of) {
      return std::ranges::any_of(operation.qubits, [&](unsigned q) { return of[q]; });
    };
    if (any(measured)) return refuse("acts on a qubit after its measurement");
    if (operation.gate == Gate::kMeasure) {
      measured[operation.qubits[0]] = true;
      continue;
    }
    const bool preparation = operation.gate == Gate::kStatePreparation;
    if (preparation && any(touched)) return refuse("acts on a qubit that is not |0> any more");
    for (const unsigned q : operation.qubits) touched[q] = true;
    if (preparation) {
      QUANTA_CHECK(result.append(operation));
    } else {
      gates.push_back(operation);
    }
  }
  for (Operation& operation : gates) QUANTA_CHECK(result.append(std::move(operation)));
  return result;
}

Result<void> check_memory(unsigned n_qubits, std::size_t memory_limit) {
  const auto bytes = [](unsigned n) {
    return std::ldexp(kStatesHeld * double{sizeof(Amplitude)}, static_cast<int>(n));
  };
  const auto limit = static_cast<double>(memory_limit);
  if (bytes(n_qubits) <= limit) return {};
  unsigned most = 0;
  while (bytes(most + 1) <= limit) ++most;
  return fail(ErrorKind::kResource,
              fmt::format("two states of {} qubits need {:.4g} MB; the limit of {:.4g} MB fits {} "
                          "qubits",
                          n_qubits, bytes(n_qubits) / 1e6, limit / 1e6, most),
              "qubits");
}

/// What is to be read off the two states behind a segment, each string once.
class Readings {
 public:
  /// gradient[parameter] gains factor * 2 Im <phi| Pi P |psi>.
  void add(const GeneratorTerm& term, const Angle& angle) {
    const ControlledPauli& p = term.pauli;
    const auto [at, is_new] = places_.try_emplace(
        std::tuple(p.string.x, p.string.z, p.control_mask, p.control_value), strings_.size());
    if (is_new) strings_.push_back(p);
    for (const Angle::Term& t : angle.terms) {
      shares_.push_back({t.parameter, at->second, 2.0 * term.factor * t.factor});
    }
  }

  void read(const Execution& execution, const StateVector& phi, const StateVector& psi,
            double scale, std::span<double> gradient) const {
    const std::vector<double> values =
        imaginary_overlaps(execution, phi.amplitudes(), psi.amplitudes(), strings_);
    for (const Share& s : shares_) gradient[s.parameter] += scale * s.factor * values[s.string];
  }

 private:
  struct Share {
    unsigned parameter;
    std::size_t string;
    double factor;
  };
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>, std::size_t>
      places_;
  std::vector<ControlledPauli> strings_;
  std::vector<Share> shares_;
};

Gate1 product(const Gate1& a, const Gate1& b) {
  return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
          a[2] * b[1] + a[3] * b[3]};
}

Gate1 adjoint(const Gate1& a) {
  return {std::conj(a[0]), std::conj(a[2]), std::conj(a[1]), std::conj(a[3])};
}

Gate1 matrix1(std::span<const Amplitude> m) { return {m[0], m[1], m[2], m[3]}; }

/// The generators of all angles in the operations, each as it stands behind the last of them.
Readings readings_behind(std::span<const Operation> operations, std::span<const double> parameters,
                         unsigned n_qubits) {
  Readings readings;
  // The product of the one-qubit gates behind the current one, for each qubit.
  std::vector<std::optional<Gate1>> behind(n_qubits);
  for (std::size_t j = operations.size(); j-- > 0;) {
    const Operation& operation = operations[j];
    const bool single = is_single(operation);
    std::vector<double> angles;
    if (is_parametrised(operation)) {
      for (const Angle& a : operation.angles) angles.push_back(a.value(parameters));
    }
    for (std::size_t i = 0; i < operation.angles.size(); ++i) {
      if (operation.angles[i].is_number()) continue;
      std::vector<GeneratorTerm> terms;
      if (single && behind[operation.qubits[0]]) {
        const Gate1& v = *behind[operation.qubits[0]];
        const Gate1 g = matrix1(generator_matrix(operation.gate, angles, i));
        terms = pauli_terms(operation, product(product(v, g), adjoint(v)));
      } else {
        terms = generator(operation, i, parameters);
      }
      for (const GeneratorTerm& term : terms) readings.add(term, operation.angles[i]);
    }
    if (single) {
      std::optional<Gate1>& v = behind[operation.qubits[0]];
      const Gate1 u = matrix1(operand_matrix(operation, parameters));
      v = v ? product(*v, u) : u;
    }
  }
  return readings;
}

}  // namespace

CircuitEnergy::CircuitEnergy(Circuit circuit, PauliSum observable, std::size_t memory_limit)
    : circuit_(std::move(circuit)),
      start_(circuit_.n_qubits()),
      observable_(std::move(observable)),
      memory_limit_(memory_limit) {
  for (const std::string& name : circuit_.parameters()) (void)start_.parameter(name);
  const auto operations = circuit_.operations();
  SegmentRule rule;
  for (std::size_t j = 0; j < operations.size(); ++j) {
    if (operations[j].gate == Gate::kStatePreparation) {
      (void)start_.append(operations[j]);
      continue;
    }
    if (segments_.empty() || !rule.admits(operations[j])) {
      segments_.push_back({.begin = j});
      rule = {};
    }
    rule.add(operations[j]);
    segments_.back().end = j + 1;
    segments_.back().parametrised |= is_parametrised(operations[j]);
  }
  for (Segment& segment : segments_) {
    for (std::size_t j = segment.end; j-- > segment.begin;) {
      segment.undo.push_back(inverse(operations[j]));
    }
  }
}

Result<CircuitEnergy> CircuitEnergy::create(const Circuit& circuit, PauliSum observable,
                                            const GradientOptions& options) {
  if (circuit.n_qubits() == 0) return bad_input("circuit", "has no qubits");
  QUANTA_CHECK(check_memory(circuit.n_qubits(), options.memory_limit));
  QUANTA_CHECK(check_observable(observable));
  if (observable.n_qubits != circuit.n_qubits()) {
    return bad_input("observable", fmt::format("acts on {} qubits, the circuit on {}",
                                               observable.n_qubits, circuit.n_qubits()));
  }
  QUANTA_TRY(Circuit unitary, unitary_part(circuit));
  return CircuitEnergy(std::move(unitary), std::move(observable), options.memory_limit);
}

Result<StateVector> CircuitEnergy::state(std::span<const double> parameters,
                                         const Execution& execution) const {
  return simulate(circuit_, {.parameters = parameters, .memory_limit = memory_limit_}, execution);
}

Result<StateVector> CircuitEnergy::start(std::span<const double> parameters,
                                         const Execution& execution) const {
  return simulate(start_, {.parameters = parameters, .memory_limit = memory_limit_}, execution);
}

Result<double> CircuitEnergy::energy(std::span<const double> parameters,
                                     const Execution& execution) const {
  QUANTA_TRY(const StateVector psi, state(parameters, execution));
  return expectation(psi, observable_, execution);
}

Result<EnergyGradient> CircuitEnergy::gradient(std::span<const double> parameters,
                                               const Execution& execution) const {
  if (n_parameters() == 0) return no_parameters_error();
  QUANTA_TRY(StateVector psi, state(parameters, execution));
  std::vector<Amplitude> image = apply(observable_, psi, execution);
  EnergyGradient result{.energy = inner_product(psi.amplitudes(), image, execution).real(),
                        .gradient = std::vector<double>(n_parameters())};
  // |phi> is kept at norm 1, as all states are.
  const double norm = std::sqrt(inner_product(image, image, execution).real());
  if (!std::isfinite(norm)) {
    return bad_input("observable", "its coefficients are too large: the energy overflows");
  }
  if (norm == 0.0) return result;
  for (Amplitude& a : image) a /= norm;
  QUANTA_TRY(StateVector phi, StateVector::from_amplitudes(std::move(image)));

  const auto first = static_cast<std::size_t>(
      std::ranges::find(segments_, true, &Segment::parametrised) - segments_.begin());
  for (std::size_t s = segments_.size(); s-- > first;) {
    const Segment& segment = segments_[s];
    if (segment.parametrised) {
      readings_behind(circuit_.operations().subspan(segment.begin, segment.end - segment.begin),
                      parameters, circuit_.n_qubits())
          .read(execution, phi, psi, norm, result.gradient);
    }
    if (s == first) break;
    QUANTA_CHECK(psi.apply(execution, segment.undo, parameters));
    QUANTA_CHECK(phi.apply(execution, segment.undo, parameters));
  }
  return result;
}

Result<EnergyGradient> adjoint_gradient(const Circuit& circuit, std::span<const double> parameters,
                                        const PauliSum& observable, const GradientOptions& options,
                                        const Execution& execution) {
  QUANTA_TRY(const CircuitEnergy energy, CircuitEnergy::create(circuit, observable, options));
  return energy.gradient(parameters, execution);
}

Result<EnergyGradient> finite_difference_gradient(const Circuit& circuit,
                                                  std::span<const double> parameters,
                                                  const PauliSum& observable, double step,
                                                  const GradientOptions& options,
                                                  const Execution& execution) {
  if (!(step > 0.0 && std::isfinite(step))) {
    return bad_input("step", fmt::format("{} is no positive number", step));
  }
  QUANTA_TRY(const CircuitEnergy energy, CircuitEnergy::create(circuit, observable, options));
  EnergyGradient result;
  QUANTA_TRY(result.energy, energy.energy(parameters, execution));
  if (energy.n_parameters() == 0) return no_parameters_error();
  static constexpr std::array kWeights = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
  std::vector<double> x(parameters.begin(), parameters.end());
  for (std::size_t i = 0; i < x.size(); ++i) {
    double slope = 0.0;
    for (std::size_t s = 0; s < kWeights.size(); ++s) {
      const double shift = static_cast<double>(s + 1) * step;
      x[i] = parameters[i] + shift;
      QUANTA_TRY(const double up, energy.energy(x, execution));
      x[i] = parameters[i] - shift;
      QUANTA_TRY(const double down, energy.energy(x, execution));
      slope += kWeights[s] * (up - down) / step;
    }
    x[i] = parameters[i];
    result.gradient.push_back(slope);
  }
  return result;
}

}  // namespace quanta::quantum
