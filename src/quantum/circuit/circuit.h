/// Quantum circuits as values.
///
///   Circuit bell(2, 2);
///   bell.h(0).cx(0, 1).measure(0, 0).measure(1, 1);
///
///   Circuit ansatz(2);
///   const Angle theta = ansatz.parameter("theta");      // a name, given a number later
///   ansatz.ry(theta, 0).ry(2.0 * theta + 0.1, 1).cx(0, 1);
///   QUANTA_TRY(const Circuit bound, ansatz.bind(std::array{0.3}));
///
/// Qubit q is bit q of a basis state's index; see gate.h for the matrices.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/gate.h"

namespace quanta::quantum {

class Circuit;

/// constant + sum of factor * parameter, in radians. A number converts to it.
struct Angle {
  struct Term {
    unsigned parameter = 0;  ///< its index in Circuit::parameters()
    double factor = 0.0;
    friend bool operator==(const Term&, const Term&) = default;
  };
  double constant = 0.0;
  std::vector<Term> terms;  ///< by rising parameter, no factor 0

  Angle() = default;
  Angle(double number)
      : constant(number) {}  // NOLINT(google-explicit-constructor): a number is one

  bool is_number() const { return terms.empty(); }
  double value(std::span<const double> parameters) const;

  friend bool operator==(const Angle&, const Angle&) = default;
  friend Angle operator+(const Angle& a, const Angle& b);
  friend Angle operator-(const Angle& a, const Angle& b);
  friend Angle operator-(const Angle& a);
  friend Angle operator*(double factor, const Angle& a);
};

/// Classical control: the bits, read as a number (bits[0] the lowest), equal `value` (or differ
/// from it, where `negated`). Bits from the 65th on must be 0.
struct Condition {
  std::vector<unsigned> bits = {};
  std::uint64_t value = 0;
  bool negated = false;
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// What a gate of any size needs beside its qubits and angles. Which member counts is said in Gate.
struct Payload {
  std::vector<Amplitude> numbers = {};       ///< kUnitary: by rows; kDiagonal; kStatePreparation
  std::vector<std::uint32_t> images = {};    ///< kPermutation
  std::string paulis = {};                   ///< kPauliExponential: highest operand first, "ZIX"
  std::string name = {};                     ///< kDefined
  std::shared_ptr<const Circuit> body = {};  ///< kDefined: on as many qubits as operands, no bits,
                                             ///< parameters those of the circuit it stands in
};

struct Operation {
  Gate gate = Gate::kI;
  std::vector<unsigned> qubits = {};  ///< the controls first, then the operands of the gate
  unsigned n_controls = 0;
  std::uint64_t control_state = 0;  ///< bit j: the value that control j must have (qubits[j])
  std::vector<Angle> angles = {};
  std::optional<unsigned> bit = {};  ///< kMeasure: where the outcome goes
  std::optional<Condition> condition = {};
  std::shared_ptr<const Payload> payload = {};

  std::span<const unsigned> controls() const { return std::span(qubits).first(n_controls); }
  std::span<const unsigned> operands() const { return std::span(qubits).subspan(n_controls); }
  /// No angle waits for a parameter.
  bool has_numbers() const { return std::ranges::all_of(angles, &Angle::is_number); }
  /// All controls act on 1.
  bool controls_all_one() const {
    return control_state ==
           (n_controls == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n_controls) - 1);
  }

  /// Payloads are compared by what they hold.
  friend bool operator==(const Operation& a, const Operation& b);
};

/// "cx", "ccx", "c3x", "crz", "mcx" from five controls on; a defined gate's own name; controls on 0
/// are named like those on 1.
std::string operation_name(const Operation& operation);

/// Whether it is a gate: everything but measure, reset, barrier and state preparation.
bool is_unitary(const Operation& operation);

/// The matrix on the operation's operands without its controls: 2^k rows. For every unitary gate
/// (kDefined: the product of its body, controls of the body included). Parameters give the values
/// of named angles. Precondition: is_unitary, at most 12 operands.
std::vector<Amplitude> operand_matrix(const Operation& operation,
                                      std::span<const double> parameters);

/// The phase e^{i angle} where all of at least one controls have their values, as gates: a phase
/// gate on the last control under the others, between X where that one acts on 0.
std::vector<Operation> controlled_phase(const Angle& angle, std::span<const unsigned> controls,
                                        std::uint64_t control_state);

/// What a defined gate does, one level deep: the operations of its body on its own qubits, under
/// its controls and condition. A phase of the body is among them where there are controls; without,
/// it is global and left to the caller (payload->body->global_phase()). Precondition: kDefined.
std::vector<Operation> expand_once(const Operation& operation);

/// A name for a run of qubits or classical bits.
struct Register {
  std::string name;
  unsigned begin = 0;
  unsigned size = 0;
  friend bool operator==(const Register&, const Register&) = default;
};

class Circuit {
 public:
  /// The largest numbers a circuit may have: 4096 qubits, 2^20 classical bits.
  static constexpr unsigned kMaxQubits = 4096;
  static constexpr unsigned kMaxBits = 1U << 20;

  /// Registers "q" and "c", where they are not empty.
  explicit Circuit(unsigned n_qubits = 0, unsigned n_bits = 0);

  unsigned n_qubits() const { return n_qubits_; }
  unsigned n_bits() const { return n_bits_; }
  std::span<const Register> qubit_registers() const { return qubit_registers_; }
  std::span<const Register> bit_registers() const { return bit_registers_; }
  std::span<const Operation> operations() const { return operations_; }
  std::span<const std::string> parameters() const { return parameters_; }
  const Angle& global_phase() const { return global_phase_; }

  // Errors of both: kBadInput, field "name" (taken) or "size" (0, or more than may be).
  Result<void> add_qubits(std::string name, unsigned size);
  Result<void> add_bits(std::string name, unsigned size);

  /// The named parameter as an angle; a new name is added behind the others.
  Angle parameter(std::string_view name);
  void add_global_phase(const Angle& angle) { global_phase_ = global_phase_ + angle; }

  /// Adds an operation that comes from outside. Errors: kBadInput, field "qubits" (out of range,
  /// used twice, too few or many for the gate), "angles" (number of them, or not finite),
  /// "parameters" (an index that is none), "bits" (measure or condition out of range), "matrix"
  /// (not unitary within 1e-9, wrong size), "diagonal" (modulus not 1), "state" (norm not 1 within
  /// 1e-9), "permutation" (not one), "paulis" (other letters than IXYZ, wrong length), "controls"
  /// (on what is no unitary gate, or more than 64).
  Result<void> append(Operation operation);

  // For callers who know their qubits to be right (asserted). Each returns the circuit itself.
  Circuit& add(Gate gate, std::vector<unsigned> qubits, std::vector<Angle> angles = {});
  /// The gate under controls on 1, which come first in `qubits`.
  Circuit& add_controlled(Gate gate, unsigned n_controls, std::vector<unsigned> qubits,
                          std::vector<Angle> angles = {});
  Circuit& x(unsigned q) { return add(Gate::kX, {q}); }
  Circuit& y(unsigned q) { return add(Gate::kY, {q}); }
  Circuit& z(unsigned q) { return add(Gate::kZ, {q}); }
  Circuit& h(unsigned q) { return add(Gate::kH, {q}); }
  Circuit& s(unsigned q) { return add(Gate::kS, {q}); }
  Circuit& sdg(unsigned q) { return add(Gate::kSdg, {q}); }
  Circuit& t(unsigned q) { return add(Gate::kT, {q}); }
  Circuit& tdg(unsigned q) { return add(Gate::kTdg, {q}); }
  Circuit& sx(unsigned q) { return add(Gate::kSx, {q}); }
  Circuit& rx(const Angle& t, unsigned q) { return add(Gate::kRx, {q}, {t}); }
  Circuit& ry(const Angle& t, unsigned q) { return add(Gate::kRy, {q}, {t}); }
  Circuit& rz(const Angle& t, unsigned q) { return add(Gate::kRz, {q}, {t}); }
  Circuit& p(const Angle& t, unsigned q) { return add(Gate::kP, {q}, {t}); }
  Circuit& u(const Angle& t, const Angle& f, const Angle& l, unsigned q) {
    return add(Gate::kU, {q}, {t, f, l, 0.0});
  }
  Circuit& swap(unsigned a, unsigned b) { return add(Gate::kSwap, {a, b}); }
  Circuit& rxx(const Angle& t, unsigned a, unsigned b) { return add(Gate::kRxx, {a, b}, {t}); }
  Circuit& ryy(const Angle& t, unsigned a, unsigned b) { return add(Gate::kRyy, {a, b}, {t}); }
  Circuit& rzz(const Angle& t, unsigned a, unsigned b) { return add(Gate::kRzz, {a, b}, {t}); }
  Circuit& cx(unsigned control, unsigned target) {
    return add_controlled(Gate::kX, 1, {control, target});
  }
  Circuit& cz(unsigned a, unsigned b) { return add_controlled(Gate::kZ, 1, {a, b}); }
  Circuit& cp(const Angle& t, unsigned a, unsigned b) {
    return add_controlled(Gate::kP, 1, {a, b}, {t});
  }
  Circuit& crx(const Angle& t, unsigned control, unsigned target) {
    return add_controlled(Gate::kRx, 1, {control, target}, {t});
  }
  Circuit& cry(const Angle& t, unsigned control, unsigned target) {
    return add_controlled(Gate::kRy, 1, {control, target}, {t});
  }
  Circuit& crz(const Angle& t, unsigned control, unsigned target) {
    return add_controlled(Gate::kRz, 1, {control, target}, {t});
  }
  Circuit& ccx(unsigned a, unsigned b, unsigned target) {
    return add_controlled(Gate::kX, 2, {a, b, target});
  }
  Circuit& mcx(std::vector<unsigned> controls, unsigned target);
  Circuit& measure(unsigned q, unsigned bit);
  /// Every qubit into the bit of its number; makes a register "meas" where there are no bits.
  Circuit& measure_all();
  Circuit& reset(unsigned q) { return add(Gate::kReset, {q}); }
  /// Of the given qubits; of all where there are none.
  Circuit& barrier(std::vector<unsigned> qubits = {});

  // Gates that hold data from outside; errors as those of append.
  Result<void> unitary(std::vector<Amplitude> matrix, std::vector<unsigned> qubits);
  Result<void> diagonal(std::vector<Amplitude> values, std::vector<unsigned> qubits);
  Result<void> permutation(std::vector<std::uint32_t> images, std::vector<unsigned> qubits);
  Result<void> pauli_exponential(std::string paulis, const Angle& angle,
                                 std::vector<unsigned> qubits);
  Result<void> prepare(std::vector<Amplitude> state, std::vector<unsigned> qubits);
  /// The body as one gate under a name. Errors: as append; "body" (measures, resets, conditions).
  Result<void> defined(std::string name, Circuit body, std::vector<unsigned> qubits);

  /// The circuit with numbers for its parameters, in their order. Errors: kBadInput, field
  /// "parameters" (their number, not finite).
  Result<Circuit> bind(std::span<const double> values) const;

  /// Every defined gate replaced by its body, all the way down; phases of bodies are kept, under
  /// controls and conditions too.
  Circuit expand() const;

  /// An empty circuit with the same registers and parameters.
  Circuit without_operations() const;

  /// No measurement, reset, state preparation or condition.
  bool is_unitary() const;

  friend bool operator==(const Circuit&, const Circuit&) = default;

 private:
  unsigned n_qubits_ = 0;
  unsigned n_bits_ = 0;
  std::vector<Register> qubit_registers_;
  std::vector<Register> bit_registers_;
  std::vector<std::string> parameters_;
  std::vector<Operation> operations_;
  Angle global_phase_;
};

}  // namespace quanta::quantum
