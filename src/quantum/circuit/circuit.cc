#include "quantum/circuit/circuit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

constexpr double kUnitaryRoom = 1e-9;
constexpr unsigned kMaxUnitaryQubits = 5;
constexpr unsigned kMaxTableQubits = 26;  // of a diagonal, permutation or state
constexpr unsigned kMaxControls = 64;

bool finite(const Angle& angle) {
  return std::isfinite(angle.constant) && std::ranges::all_of(angle.terms, [](const auto& term) {
           return std::isfinite(term.factor);
         });
}

bool finite(std::span<const Amplitude> numbers) {
  return std::ranges::all_of(numbers, [](const Amplitude& a) {
    return std::isfinite(a.real()) && std::isfinite(a.imag());
  });
}

/// Largest |(M^+ M - I)_ij|.
double distance_from_unitary(std::span<const Amplitude> matrix, std::size_t n) {
  double most = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      Amplitude sum = i == j ? -1.0 : 0.0;
      for (std::size_t r = 0; r < n; ++r) sum += std::conj(matrix[r * n + i]) * matrix[r * n + j];
      most = std::max(most, std::abs(sum));
    }
  }
  return most;
}

Result<void> check_size(std::string_view field, std::size_t found, unsigned n_qubits,
                        unsigned most_qubits, unsigned power) {
  if (n_qubits == 0 || n_qubits > most_qubits) {
    return bad_input(field,
                     fmt::format("acts on {} qubits: 1 to {} are possible", n_qubits, most_qubits));
  }
  const std::size_t expected = std::size_t{1} << (power * n_qubits);
  if (found != expected) {
    return bad_input(field,
                     fmt::format("has {} numbers: {} qubits need {}", found, n_qubits, expected));
  }
  return {};
}

/// The payload of a gate of any size, for n operands.
Result<void> check_payload(Gate gate, const Payload* payload, unsigned n) {
  static const Payload none;
  const Payload& p = payload != nullptr ? *payload : none;
  switch (gate) {
    case Gate::kUnitary:
      QUANTA_CHECK(check_size("matrix", p.numbers.size(), n, kMaxUnitaryQubits, 2));
      if (!finite(p.numbers)) return bad_input("matrix", "holds a number that is not finite");
      if (const double off = distance_from_unitary(p.numbers, std::size_t{1} << n);
          !(off <= kUnitaryRoom)) {
        return bad_input("matrix", fmt::format("is not unitary: an element of M^+ M is {:.3g} off "
                                               "that of the identity; at most {} is allowed",
                                               off, kUnitaryRoom));
      }
      return {};
    case Gate::kDiagonal:
      QUANTA_CHECK(check_size("diagonal", p.numbers.size(), n, kMaxTableQubits, 1));
      for (std::size_t i = 0; i < p.numbers.size(); ++i) {
        if (!(std::abs(std::abs(p.numbers[i]) - 1.0) <= kUnitaryRoom)) {
          return bad_input("diagonal", fmt::format("number {} has modulus {}, not 1", i,
                                                   std::abs(p.numbers[i])));
        }
      }
      return {};
    case Gate::kStatePreparation: {
      QUANTA_CHECK(check_size("state", p.numbers.size(), n, kMaxTableQubits, 1));
      double norm = 0.0;
      for (const Amplitude& a : p.numbers) norm += std::norm(a);
      if (!(std::abs(norm - 1.0) <= kUnitaryRoom)) {
        return bad_input("state", fmt::format("the squares sum to {}, not to 1", norm));
      }
      return {};
    }
    case Gate::kPermutation: {
      QUANTA_CHECK(check_size("permutation", p.images.size(), n, kMaxTableQubits, 1));
      std::vector<bool> seen(p.images.size());
      for (std::size_t x = 0; x < p.images.size(); ++x) {
        if (p.images[x] >= seen.size() || seen[p.images[x]]) {
          return bad_input(
              "permutation",
              fmt::format("image {} of {} is out of range or there twice", p.images[x], x));
        }
        seen[p.images[x]] = true;
      }
      return {};
    }
    case Gate::kPauliExponential:
      if (n == 0 || p.paulis.size() != n) {
        return bad_input("paulis", fmt::format("\"{}\" has {} letters for {} qubits", p.paulis,
                                               p.paulis.size(), n));
      }
      if (const auto at = p.paulis.find_first_not_of("IXYZ"); at != std::string::npos) {
        return bad_input("paulis",
                         fmt::format("\"{}\": '{}' is none of I, X, Y, Z", p.paulis, p.paulis[at]));
      }
      return {};
    case Gate::kDefined:
      if (p.body == nullptr || p.body->n_qubits() != n) {
        return bad_input("body", fmt::format("the gate \"{}\" acts on {} qubits, not {}", p.name,
                                             p.body == nullptr ? 0 : p.body->n_qubits(), n));
      }
      if (!p.body->is_unitary()) {
        return bad_input("body", fmt::format("the gate \"{}\" holds what is no gate", p.name));
      }
      return {};
    default:
      return {};
  }
}

bool same_payload(const std::shared_ptr<const Payload>& a,
                  const std::shared_ptr<const Payload>& b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return false;
  if (a->numbers != b->numbers || a->images != b->images || a->paulis != b->paulis ||
      a->name != b->name) {
    return false;
  }
  if (a->body == b->body) return true;
  return a->body != nullptr && b->body != nullptr && *a->body == *b->body;
}

std::vector<Amplitude> pauli_matrix(std::string_view paulis) {
  const std::size_t n = paulis.size();
  const std::size_t size = std::size_t{1} << n;
  std::vector<Amplitude> matrix(size * size);
  for (std::size_t column = 0; column < size; ++column) {
    std::size_t row = column;
    Amplitude value = 1.0;
    for (std::size_t q = 0; q < n; ++q) {
      const bool one = (column >> q & 1) != 0;
      switch (paulis[n - 1 - q]) {
        case 'X':
          row ^= std::size_t{1} << q;
          break;
        case 'Y':
          row ^= std::size_t{1} << q;
          value *= one ? Amplitude(0, -1) : Amplitude(0, 1);
          break;
        case 'Z':
          if (one) value = -value;
          break;
        default:
          break;
      }
    }
    matrix[row * size + column] = value;
  }
  return matrix;
}

/// body of a defined gate on n qubits, as a matrix: each column by applying the operations.
std::vector<Amplitude> body_matrix(const Circuit& body, std::span<const double> parameters) {
  const std::size_t size = std::size_t{1} << body.n_qubits();
  const double phase = body.global_phase().value(parameters);
  std::vector<Amplitude> matrix(size * size);
  for (std::size_t i = 0; i < size; ++i) matrix[i * size + i] = std::polar(1.0, phase);
  std::vector<Amplitude> next(size * size);
  for (const Operation& operation : body.operations()) {
    if (operation.gate == Gate::kBarrier) continue;
    const std::vector<Amplitude> gate = operand_matrix(operation, parameters);
    const auto operands = operation.operands();
    const std::size_t k = std::size_t{1} << operands.size();
    std::ranges::fill(next, Amplitude{});
    for (std::size_t x = 0; x < size; ++x) {
      bool controlled = true;
      for (unsigned j = 0; j < operation.n_controls; ++j) {
        controlled &= (x >> operation.qubits[j] & 1) == (operation.control_state >> j & 1);
      }
      const auto add_row = [&](std::size_t y, Amplitude factor) {
        for (std::size_t c = 0; c < size; ++c) next[y * size + c] += factor * matrix[x * size + c];
      };
      if (!controlled) {
        add_row(x, 1.0);
        continue;
      }
      std::size_t from = 0;
      std::size_t rest = x;
      for (std::size_t j = 0; j < operands.size(); ++j) {
        from |= (x >> operands[j] & 1) << j;
        rest &= ~(std::size_t{1} << operands[j]);
      }
      for (std::size_t to = 0; to < k; ++to) {
        const Amplitude factor = gate[to * k + from];
        if (factor == Amplitude{}) continue;
        std::size_t y = rest;
        for (std::size_t j = 0; j < operands.size(); ++j) y |= (to >> j & 1) << operands[j];
        add_row(y, factor);
      }
    }
    std::swap(matrix, next);
  }
  return matrix;
}

/// The operation as it acts inside `outer`, which holds it in the body of a defined gate.
Operation moved_into(const Operation& inner, const Operation& outer) {
  Operation moved = inner;
  moved.qubits.assign(outer.qubits.begin(), outer.qubits.begin() + outer.n_controls);
  const auto operands = outer.operands();
  for (const unsigned q : inner.qubits) moved.qubits.push_back(operands[q]);
  moved.condition = outer.condition;
  if (inner.gate == Gate::kBarrier) {
    moved.qubits.erase(moved.qubits.begin(), moved.qubits.begin() + outer.n_controls);
    moved.condition.reset();
    return moved;
  }
  moved.n_controls = inner.n_controls + outer.n_controls;
  moved.control_state = inner.control_state << outer.n_controls | outer.control_state;
  return moved;
}

}  // namespace

std::vector<Operation> controlled_phase(const Angle& angle, std::span<const unsigned> controls,
                                        std::uint64_t control_state) {
  assert(!controls.empty());
  const auto last = static_cast<unsigned>(controls.size() - 1);
  Operation phase{.gate = Gate::kP,
                  .qubits = {controls.begin(), controls.end()},
                  .n_controls = last,
                  .control_state = control_state & ~(std::uint64_t{1} << last),
                  .angles = {angle}};
  if ((control_state >> last & 1) != 0) return {phase};
  const Operation flip{.gate = Gate::kX, .qubits = {controls.back()}};
  return {flip, phase, flip};
}

std::vector<Operation> expand_once(const Operation& operation) {
  assert(operation.gate == Gate::kDefined);
  const Circuit& body = *operation.payload->body;
  std::vector<Operation> expanded;
  if (operation.n_controls > 0 && body.global_phase() != Angle()) {
    expanded = controlled_phase(body.global_phase(), operation.controls(), operation.control_state);
    for (Operation& phase : expanded) phase.condition = operation.condition;
  }
  expanded.reserve(expanded.size() + body.operations().size());
  for (const Operation& inner : body.operations()) {
    expanded.push_back(moved_into(inner, operation));
  }
  return expanded;
}

double Angle::value(std::span<const double> parameters) const {
  double sum = constant;
  for (const Term& term : terms) sum += term.factor * parameters[term.parameter];
  return sum;
}

Angle operator+(const Angle& a, const Angle& b) {
  Angle sum(a.constant + b.constant);
  auto i = a.terms.begin();
  auto j = b.terms.begin();
  while (i != a.terms.end() || j != b.terms.end()) {
    if (j == b.terms.end() || (i != a.terms.end() && i->parameter < j->parameter)) {
      sum.terms.push_back(*i++);
    } else if (i == a.terms.end() || j->parameter < i->parameter) {
      sum.terms.push_back(*j++);
    } else {
      const double factor = i->factor + j->factor;
      if (factor != 0.0) sum.terms.push_back({i->parameter, factor});
      ++i;
      ++j;
    }
  }
  return sum;
}

Angle operator*(double factor, const Angle& a) {
  Angle product(factor * a.constant);
  if (factor == 0.0) return product;
  for (const auto& term : a.terms) product.terms.push_back({term.parameter, factor * term.factor});
  return product;
}

Angle operator-(const Angle& a) { return -1.0 * a; }
Angle operator-(const Angle& a, const Angle& b) { return a + -b; }

bool operator==(const Operation& a, const Operation& b) {
  return a.gate == b.gate && a.qubits == b.qubits && a.n_controls == b.n_controls &&
         a.control_state == b.control_state && a.angles == b.angles && a.bit == b.bit &&
         a.condition == b.condition && same_payload(a.payload, b.payload);
}

std::string operation_name(const Operation& operation) {
  std::string base = operation.gate == Gate::kDefined ? operation.payload->name
                                                      : std::string(gate_name(operation.gate));
  switch (operation.n_controls) {
    case 0:
      return base;
    case 1:
      return "c" + base;
    case 2:
      return "cc" + base;
    case 3:
    case 4:
      return fmt::format("c{}{}", operation.n_controls, base);
    default:
      return "mc" + base;
  }
}

bool is_unitary(const Operation& operation) { return operation.gate <= Gate::kDefined; }

std::vector<Amplitude> operand_matrix(const Operation& operation,
                                      std::span<const double> parameters) {
  assert(is_unitary(operation) && operation.operands().size() <= 12);
  if (has_matrix(operation.gate)) {
    std::vector<double> angles;
    angles.reserve(operation.angles.size());
    for (const Angle& angle : operation.angles) angles.push_back(angle.value(parameters));
    return gate_matrix(operation.gate, angles);
  }
  const std::size_t size = std::size_t{1} << operation.operands().size();
  std::vector<Amplitude> matrix(size * size);
  switch (operation.gate) {
    case Gate::kUnitary:
      return operation.payload->numbers;
    case Gate::kDiagonal:
      for (std::size_t i = 0; i < size; ++i) matrix[i * size + i] = operation.payload->numbers[i];
      return matrix;
    case Gate::kPermutation:
      for (std::size_t x = 0; x < size; ++x) matrix[operation.payload->images[x] * size + x] = 1.0;
      return matrix;
    case Gate::kPauliExponential: {
      const double half = operation.angles[0].value(parameters) / 2;
      matrix = pauli_matrix(operation.payload->paulis);
      for (Amplitude& a : matrix) a *= Amplitude(0, -std::sin(half));
      for (std::size_t i = 0; i < size; ++i) matrix[i * size + i] += std::cos(half);
      return matrix;
    }
    default:
      return body_matrix(*operation.payload->body, parameters);
  }
}

Circuit::Circuit(unsigned n_qubits, unsigned n_bits) {
  assert(n_qubits <= kMaxQubits && n_bits <= kMaxBits);
  if (n_qubits > 0) (void)add_qubits("q", n_qubits);
  if (n_bits > 0) (void)add_bits("c", n_bits);
}

Result<void> Circuit::add_qubits(std::string name, unsigned size) {
  if (size == 0) return bad_input("size", fmt::format("the register {} is empty", name));
  if (size > kMaxQubits - n_qubits_) {
    return bad_input("size",
                     fmt::format("{}[{}] makes more than {} qubits", name, size, kMaxQubits));
  }
  if (std::ranges::find(qubit_registers_, name, &Register::name) != qubit_registers_.end()) {
    return bad_input("name", fmt::format("there is a register {} already", name));
  }
  qubit_registers_.push_back({std::move(name), n_qubits_, size});
  n_qubits_ += size;
  return {};
}

Result<void> Circuit::add_bits(std::string name, unsigned size) {
  if (size == 0) return bad_input("size", fmt::format("the register {} is empty", name));
  if (size > kMaxBits - n_bits_) {
    return bad_input("size", fmt::format("{}[{}] makes more than {} bits", name, size, kMaxBits));
  }
  if (std::ranges::find(bit_registers_, name, &Register::name) != bit_registers_.end()) {
    return bad_input("name", fmt::format("there is a register {} already", name));
  }
  bit_registers_.push_back({std::move(name), n_bits_, size});
  n_bits_ += size;
  return {};
}

Angle Circuit::parameter(std::string_view name) {
  const auto found = std::ranges::find(parameters_, name);
  Angle angle;
  angle.terms.push_back({static_cast<unsigned>(found - parameters_.begin()), 1.0});
  if (found == parameters_.end()) parameters_.emplace_back(name);
  return angle;
}

Result<void> Circuit::append(Operation operation) {
  const GateProperties& known = properties(operation.gate);
  const std::string_view name = known.name;
  if (operation.n_controls > operation.qubits.size() || operation.n_controls > kMaxControls) {
    return bad_input(
        "controls", fmt::format("{}: {} controls among {} qubits; at most {} are "
                                "possible",
                                name, operation.n_controls, operation.qubits.size(), kMaxControls));
  }
  if (operation.n_controls > 0 && !quantum::is_unitary(operation)) {
    return bad_input("controls", fmt::format("{} is no gate that can be controlled", name));
  }
  const auto n = static_cast<unsigned>(operation.operands().size());
  if (known.n_qubits != 0 && n != known.n_qubits) {
    return bad_input("qubits",
                     fmt::format("{} acts on {} qubits, not {}", name, known.n_qubits, n));
  }
  for (std::size_t i = 0; i < operation.qubits.size(); ++i) {
    const unsigned q = operation.qubits[i];
    if (q >= n_qubits_) {
      return bad_input("qubits",
                       fmt::format("{}: there is no qubit {} among {}", name, q, n_qubits_));
    }
  }
  std::vector<unsigned> sorted = operation.qubits;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
    return bad_input("qubits", fmt::format("{} uses qubit {} twice", name, *twice));
  }
  if (operation.angles.size() != known.n_angles) {
    return bad_input("angles", fmt::format("{} takes {} angles, not {}", name, known.n_angles,
                                           operation.angles.size()));
  }
  for (const Angle& angle : operation.angles) {
    if (!finite(angle)) {
      return bad_input(
          "angles", fmt::format("{}: the angle {} is not a finite number", name, angle.constant));
    }
    for (const Angle::Term& term : angle.terms) {
      if (term.parameter >= parameters_.size()) {
        return bad_input("parameters", fmt::format("{}: there is no parameter {} among {}", name,
                                                   term.parameter, parameters_.size()));
      }
    }
  }
  if (operation.gate == Gate::kMeasure && !operation.bit) {
    return bad_input("bits", "measure needs a bit for its outcome");
  }
  if (operation.bit && *operation.bit >= n_bits_) {
    return bad_input("bits",
                     fmt::format("{}: there is no bit {} among {}", name, *operation.bit, n_bits_));
  }
  if (operation.condition) {
    if (operation.condition->bits.empty()) return bad_input("bits", "a condition without bits");
    for (const unsigned bit : operation.condition->bits) {
      if (bit >= n_bits_) {
        return bad_input("bits", fmt::format("a condition on bit {}: there are {}", bit, n_bits_));
      }
    }
  }
  QUANTA_CHECK(check_payload(operation.gate, operation.payload.get(), n));
  if (operation.gate == Gate::kDefined &&
      operation.payload->body->parameters().size() > parameters_.size()) {
    return bad_input("parameters",
                     fmt::format("the body of {} has more parameters than the circuit",
                                 operation.payload->name));
  }
  operations_.push_back(std::move(operation));
  return {};
}

Circuit& Circuit::add(Gate gate, std::vector<unsigned> qubits, std::vector<Angle> angles) {
  return add_controlled(gate, 0, std::move(qubits), std::move(angles));
}

Circuit& Circuit::add_controlled(Gate gate, unsigned n_controls, std::vector<unsigned> qubits,
                                 std::vector<Angle> angles) {
  Operation operation{.gate = gate,
                      .qubits = std::move(qubits),
                      .n_controls = n_controls,
                      .control_state = (std::uint64_t{1} << n_controls) - 1,
                      .angles = std::move(angles)};
  [[maybe_unused]] const auto added = append(std::move(operation));
  assert(added.has_value());
  return *this;
}

Circuit& Circuit::mcx(std::vector<unsigned> controls, unsigned target) {
  const auto n = static_cast<unsigned>(controls.size());
  controls.push_back(target);
  return add_controlled(Gate::kX, n, std::move(controls));
}

Circuit& Circuit::measure(unsigned q, unsigned bit) {
  [[maybe_unused]] const auto added = append({.gate = Gate::kMeasure, .qubits = {q}, .bit = bit});
  assert(added.has_value());
  return *this;
}

Circuit& Circuit::measure_all() {
  if (n_bits_ == 0) (void)add_bits("meas", n_qubits_);
  for (unsigned q = 0; q < n_qubits_; ++q) measure(q, q);
  return *this;
}

Circuit& Circuit::barrier(std::vector<unsigned> qubits) {
  if (qubits.empty()) {
    for (unsigned q = 0; q < n_qubits_; ++q) qubits.push_back(q);
  }
  return add(Gate::kBarrier, std::move(qubits));
}

Result<void> Circuit::unitary(std::vector<Amplitude> matrix, std::vector<unsigned> qubits) {
  return append({.gate = Gate::kUnitary,
                 .qubits = std::move(qubits),
                 .payload = std::make_shared<Payload>(Payload{.numbers = std::move(matrix)})});
}

Result<void> Circuit::diagonal(std::vector<Amplitude> values, std::vector<unsigned> qubits) {
  return append({.gate = Gate::kDiagonal,
                 .qubits = std::move(qubits),
                 .payload = std::make_shared<Payload>(Payload{.numbers = std::move(values)})});
}

Result<void> Circuit::permutation(std::vector<std::uint32_t> images, std::vector<unsigned> qubits) {
  return append({.gate = Gate::kPermutation,
                 .qubits = std::move(qubits),
                 .payload = std::make_shared<Payload>(Payload{.images = std::move(images)})});
}

Result<void> Circuit::pauli_exponential(std::string paulis, const Angle& angle,
                                        std::vector<unsigned> qubits) {
  return append({.gate = Gate::kPauliExponential,
                 .qubits = std::move(qubits),
                 .angles = {angle},
                 .payload = std::make_shared<Payload>(Payload{.paulis = std::move(paulis)})});
}

Result<void> Circuit::prepare(std::vector<Amplitude> state, std::vector<unsigned> qubits) {
  return append({.gate = Gate::kStatePreparation,
                 .qubits = std::move(qubits),
                 .payload = std::make_shared<Payload>(Payload{.numbers = std::move(state)})});
}

Result<void> Circuit::defined(std::string name, Circuit body, std::vector<unsigned> qubits) {
  return append(
      {.gate = Gate::kDefined,
       .qubits = std::move(qubits),
       .payload = std::make_shared<Payload>(Payload{
           .name = std::move(name), .body = std::make_shared<const Circuit>(std::move(body))})});
}

Result<Circuit> Circuit::bind(std::span<const double> values) const {
  if (values.size() != parameters_.size()) {
    return bad_input("parameters",
                     fmt::format("{} values for {} parameters", values.size(), parameters_.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return bad_input("parameters",
                       fmt::format("the value {} of {} is not finite", values[i], parameters_[i]));
    }
  }
  Circuit bound = *this;
  if (values.empty()) return bound;  // bodies may nest deeply, and there is nothing to do in them
  bound.parameters_.clear();
  bound.global_phase_ = global_phase_.value(values);
  for (Operation& operation : bound.operations_) {
    for (Angle& angle : operation.angles) angle = angle.value(values);
    if (operation.gate == Gate::kDefined) {
      // A body's indices are those of the circuit around it; it need not list the names.
      Circuit body = *operation.payload->body;
      body.parameters_ = parameters_;
      QUANTA_TRY(Circuit bound_body, body.bind(values));
      Payload payload = *operation.payload;
      payload.body = std::make_shared<const Circuit>(std::move(bound_body));
      operation.payload = std::make_shared<const Payload>(std::move(payload));
    }
  }
  return bound;
}

Circuit Circuit::expand() const {
  Circuit flat = *this;
  const auto any_defined = [](const Operation& o) { return o.gate == Gate::kDefined; };
  while (std::ranges::any_of(flat.operations_, any_defined)) {
    std::vector<Operation> expanded;
    for (const Operation& operation : flat.operations_) {
      if (operation.gate != Gate::kDefined) {
        expanded.push_back(operation);
        continue;
      }
      // Under a condition a phase is one between branches, which no measurement sees.
      if (operation.n_controls == 0 && !operation.condition) {
        flat.add_global_phase(operation.payload->body->global_phase());
      }
      for (Operation& inner : expand_once(operation)) expanded.push_back(std::move(inner));
    }
    flat.operations_ = std::move(expanded);
  }
  return flat;
}

Circuit Circuit::without_operations() const {
  Circuit empty;
  empty.n_qubits_ = n_qubits_;
  empty.n_bits_ = n_bits_;
  empty.qubit_registers_ = qubit_registers_;
  empty.bit_registers_ = bit_registers_;
  empty.parameters_ = parameters_;
  return empty;
}

bool Circuit::is_unitary() const {
  return std::ranges::all_of(operations_, [](const Operation& operation) {
    return (quantum::is_unitary(operation) || operation.gate == Gate::kBarrier) &&
           !operation.condition;
  });
}

}  // namespace quanta::quantum
