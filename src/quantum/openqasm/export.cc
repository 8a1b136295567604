#include "quantum/openqasm/export.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/openqasm/decompose.h"
#include "quantum/openqasm/library.h"
#include "quantum/openqasm/parser.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr unsigned kMostConditionBits =
    6;  // of a register whose values are gone through one by one

/// "-3*pi/4" where that is the number within 1e-15, else the digits that tell it from all others.
std::string number_text(double x) {
  if (x == 0.0) return "0";
  for (const int n : {1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}) {
    const double k = std::round(x * n / std::numbers::pi);
    if (k == 0.0 || std::abs(k) > 4096) continue;
    // As a reader computes it: from left to right.
    const double value =
        (std::abs(k) == 1.0 ? std::numbers::pi : std::abs(k) * std::numbers::pi) / n;
    if (std::abs(value - std::abs(x)) > 1e-15) continue;
    std::string text = k < 0 ? "-" : "";
    if (std::abs(k) != 1.0) text += fmt::format("{}*", std::abs(k));
    text += "pi";
    return n == 1 ? text : text + fmt::format("/{}", n);
  }
  std::string text = fmt::format("{}", x);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

class Writer {
 public:
  Writer(const Circuit& circuit, int version) : circuit_(circuit), version_(version) {
    for (const LibraryGate& gate : library()) taken_.emplace(gate.name);
    for (const LibraryGate& gate : built_in(version)) taken_.emplace(gate.name);
    for (const std::string_view word :
         {"sin",    "cos",     "tan",    "exp",      "ln",   "log",   "sqrt", "arcsin",
          "arccos", "arctan",  "mod",    "popcount", "rotl", "rotr",  "real", "imag",
          "floor",  "ceiling", "sizeof", "pi",       "tau",  "euler", "im",   "opaque"}) {
      taken_.emplace(word);
    }
  }

  Result<std::string> write() {
    if (version_ == 2 && !circuit_.parameters().empty()) {
      return bad_input("circuit", fmt::format("the parameter {} has no number: OpenQASM 2 knows no "
                                              "named parameters",
                                              circuit_.parameters()[0]));
    }
    for (const std::string& name : circuit_.parameters()) parameters_.push_back(fresh(name));
    for (const Register& r : circuit_.qubit_registers()) qubit_names_.push_back(fresh(r.name));
    for (const Register& r : circuit_.bit_registers()) bit_names_.push_back(fresh(r.name));
    std::string body;
    for (std::size_t i = 0; i < circuit_.operations().size(); ++i) {
      const Operation& operation = circuit_.operations()[i];
      auto lines = top_level(operation);
      if (!lines) {
        return bad_input("circuit", fmt::format("operation {}, \"{}\": {}", i,
                                                operation_name(operation), lines.error().message));
      }
      body += *lines;
    }
    phase_ = phase_ + circuit_.global_phase();
    if (version_ == 3 && phase_ != Angle()) {
      body += fmt::format("gphase({});\n", text(phase_, parameters_));
    }
    return head() + body;
  }

 private:
  using Names = std::vector<std::string>;

  std::span<const LibraryGate> library() const { return version_ == 2 ? qelib1() : stdgates(); }

  std::string head() const {
    std::string out = version_ == 2 ? "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n"
                                    : "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";
    for (const std::string& name : parameters_) out += fmt::format("input float[64] {};\n", name);
    for (const std::string& definition : definitions_) out += definition;
    for (std::size_t r = 0; r < qubit_names_.size(); ++r) {
      const unsigned n = circuit_.qubit_registers()[r].size;
      out += version_ == 2 ? fmt::format("qreg {}[{}];\n", qubit_names_[r], n)
                           : fmt::format("qubit[{}] {};\n", n, qubit_names_[r]);
    }
    for (std::size_t r = 0; r < bit_names_.size(); ++r) {
      const unsigned n = circuit_.bit_registers()[r].size;
      out += version_ == 2 ? fmt::format("creg {}[{}];\n", bit_names_[r], n)
                           : fmt::format("bit[{}] {};\n", n, bit_names_[r]);
    }
    return out;
  }

  /// A name that the language allows and nothing else has.
  std::string fresh(const std::string& wanted) {
    std::string name;
    for (const char c : wanted) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      const bool digit = (c >= '0' && c <= '9') || c == '_';
      name += letter || digit ? c : '_';
    }
    const bool fine = !name.empty() && (version_ == 2 ? name[0] >= 'a' && name[0] <= 'z'
                                                      : !(name[0] >= '0' && name[0] <= '9'));
    if (!fine) name = "r" + name;
    if (is_keyword(name, version_) || taken_.contains(name)) {
      int k = 0;
      std::string numbered;
      do {
        numbered = fmt::format("{}_{}", name, ++k);
      } while (taken_.contains(numbered) || is_keyword(numbered, version_));
      name = std::move(numbered);
    }
    taken_.insert(name);
    return name;
  }

  std::string text(const Angle& angle, const Names& parameters) const {
    std::string out;
    if (angle.constant != 0.0 || angle.terms.empty()) out = number_text(angle.constant);
    for (const Angle::Term& term : angle.terms) {
      const double size = std::abs(term.factor);
      if (term.factor < 0) {
        out += "-";
      } else if (!out.empty()) {
        out += "+";
      }
      if (size != 1.0) out += number_text(size) + "*";
      out += parameters[term.parameter];
    }
    return out;
  }

  static std::string joined(const Names& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
  }

  std::string qubit(unsigned q) const {
    const auto registers = circuit_.qubit_registers();
    const auto after = std::ranges::upper_bound(registers, q, {}, &Register::begin);
    const auto r = static_cast<std::size_t>(after - registers.begin()) - 1;
    return fmt::format("{}[{}]", qubit_names_[r], q - registers[r].begin);
  }

  std::size_t register_of(unsigned bit) const {
    const auto registers = circuit_.bit_registers();
    const auto after = std::ranges::upper_bound(registers, bit, {}, &Register::begin);
    return static_cast<std::size_t>(after - registers.begin()) - 1;
  }

  std::string bit(unsigned b) const {
    const std::size_t r = register_of(b);
    return fmt::format("{}[{}]", bit_names_[r], b - circuit_.bit_registers()[r].begin);
  }

  /// A statement of the main program, under its condition.
  Result<std::string> top_level(const Operation& operation) {
    Names qubits;
    for (const unsigned q : operation.qubits) qubits.push_back(qubit(q));
    std::string lines;
    if (operation.gate == Gate::kMeasure) {
      lines = version_ == 2 ? fmt::format("measure {} -> {};\n", qubits[0], bit(*operation.bit))
                            : fmt::format("{} = measure {};\n", bit(*operation.bit), qubits[0]);
    } else if (operation.gate == Gate::kReset) {
      lines = fmt::format("reset {};\n", qubits[0]);
    } else {
      const Angle before = phase_;
      QUANTA_TRY(lines, gate_text(operation, qubits, parameters_, ""));
      if (operation.condition) phase_ = before;  // between branches no measurement sees it
    }
    if (!operation.condition || operation.gate == Gate::kBarrier || lines.empty()) return lines;
    QUANTA_TRY(const Names conditions, condition_texts(operation));
    std::string out;
    for (const std::string& condition : conditions) {
      if (version_ == 3) {
        const bool single = std::ranges::count(lines, '\n') == 1;
        out += single
                   ? fmt::format("if ({}) {{ {} }}\n", condition, lines.substr(0, lines.size() - 1))
                   : fmt::format("if ({}) {{\n{}}}\n", condition, lines);
        continue;
      }
      for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t end = lines.find('\n', begin) + 1;
        out += fmt::format("if ({}) {}", condition, lines.substr(begin, end - begin));
        begin = end;
      }
    }
    return out;
  }

  /// The register that the condition compares as a whole, if it does so.
  const Register* whole_register(const Condition& condition) const {
    const Register& r = circuit_.bit_registers()[register_of(condition.bits[0])];
    if (condition.bits.size() != r.size) return nullptr;
    for (unsigned i = 0; i < r.size; ++i) {
      if (condition.bits[i] != r.begin + i) return nullptr;
    }
    return &r;
  }

  static bool wants_one(const Condition& condition, std::size_t place) {
    return place < 64 && (condition.value >> place & 1) != 0;
  }

  /// OpenQASM 3: one text. OpenQASM 2: comparisons of one register, of which one can hold at most.
  Result<Names> condition_texts(const Operation& operation) const {
    const Condition& condition = *operation.condition;
    const Register* whole = whole_register(condition);
    const std::string& name = bit_names_[register_of(condition.bits[0])];
    if (whole != nullptr && (version_ == 3 || !condition.negated)) {
      return Names{fmt::format("{} {} {}", name, condition.negated ? "!=" : "==", condition.value)};
    }
    if (version_ == 3) {
      std::string all;
      for (std::size_t k = 0; k < condition.bits.size(); ++k) {
        all += fmt::format("{}{}{}", all.empty() ? "" : " && ", wants_one(condition, k) ? "" : "!",
                           bit(condition.bits[k]));
      }
      return Names{condition.negated ? fmt::format("!({})", all) : all};
    }
    const std::size_t r = register_of(condition.bits[0]);
    const Register& place = circuit_.bit_registers()[r];
    for (const unsigned b : condition.bits) {
      if (register_of(b) != r) {
        return bad_input({},
                         "its condition needs bits of two registers, which OpenQASM 2 cannot say");
      }
    }
    if (place.size > kMostConditionBits) {
      return bad_input({},
                       fmt::format("its condition is no == of all of {}, and {} bits are too many "
                                   "to list their values",
                                   name, place.size));
    }
    Names texts;
    for (std::uint64_t value = 0; value < std::uint64_t{1} << place.size; ++value) {
      bool holds = true;
      for (std::size_t k = 0; k < condition.bits.size(); ++k) {
        const bool is_one = (value >> (condition.bits[k] - place.begin) & 1) != 0;
        holds = holds && is_one == wants_one(condition, k);
      }
      if (holds != condition.negated) texts.push_back(fmt::format("{} == {}", name, value));
    }
    if (texts.size() > 1 && operation.bit && register_of(*operation.bit) == r) {
      return bad_input({},
                       fmt::format("it measures into {}, on which its own condition hangs", name));
    }
    return texts;
  }

  const LibraryGate* library_gate(const Operation& operation) const {
    if (!operation.controls_all_one()) return nullptr;
    for (const LibraryGate& gate : library()) {
      if (gate.gate != operation.gate || gate.n_controls != operation.n_controls) continue;
      if (gate.angles == Angles::kAsWritten) return &gate;
    }
    return nullptr;
  }

  static std::string statement(const std::string& indent, const std::string& name,
                               const Names& angles, const Names& qubits) {
    return fmt::format("{}{}{} {};\n", indent, name,
                       angles.empty() ? "" : "(" + joined(angles) + ")", joined(qubits));
  }

  /// Lines for a gate or barrier on the named qubits.
  Result<std::string> gate_text(const Operation& operation, const Names& qubits,
                                const Names& parameters, const std::string& indent) {
    if (operation.gate == Gate::kBarrier) {
      return fmt::format("{}barrier {};\n", indent, joined(qubits));
    }
    Names angles;
    for (const Angle& angle : operation.angles) angles.push_back(text(angle, parameters));
    if (const LibraryGate* gate = library_gate(operation)) {
      return statement(indent, std::string(gate->name), angles, qubits);
    }
    if (operation.gate == Gate::kU) return u_text(operation, qubits, parameters, indent);
    if (version_ == 3) return controlled_text(operation, qubits, angles, parameters, indent);
    if (operation.n_controls == 0) {
      QUANTA_TRY(const std::string name, defined_name(operation, parameters));
      return statement(indent, name, used_parameters(operation, parameters, angles), qubits);
    }
    // As a definition of its own, which needs numbers; those are what it has in OpenQASM 2.
    QUANTA_TRY(const std::string name, lowered_name(operation));
    return statement(indent, name, {}, qubits);
  }

  /// u(t, f, l, g).
  Result<std::string> u_text(const Operation& operation, const Names& qubits,
                             const Names& parameters, const std::string& indent) {
    const Angle& t = operation.angles[0];
    const Angle& g = operation.angles[3];
    const Names three = {text(t, parameters), text(operation.angles[1], parameters),
                         text(operation.angles[2], parameters)};
    if (version_ == 2) {
      if (operation.n_controls == 0) return statement(indent, "u3", three, qubits);  // but a phase
      QUANTA_TRY(const std::string name, lowered_name(operation));
      return statement(indent, name, {}, qubits);
    }
    // U of OpenQASM 3 is the same with the phase t/2.
    std::string out = statement(indent, prefix(operation) + "U", three, qubits);
    const Angle rest = g - 0.5 * t;
    if (rest == Angle()) return out;
    if (operation.n_controls == 0) {
      phase_ = phase_ + rest;
      return out;
    }
    const Names controls(qubits.begin(), qubits.begin() + operation.n_controls);
    return out + fmt::format("{}{}gphase({}) {};\n", indent, prefix(operation),
                             text(rest, parameters), joined(controls));
  }

  /// "ctrl(2) @ negctrl @ "
  static std::string prefix(const Operation& operation) {
    std::string out;
    for (unsigned c = 0; c < operation.n_controls;) {
      const bool one = (operation.control_state >> c & 1) != 0;
      unsigned n = 1;
      while (c + n < operation.n_controls &&
             ((operation.control_state >> (c + n) & 1) != 0) == one) {
        ++n;
      }
      out += one ? "ctrl" : "negctrl";
      if (n > 1) out += fmt::format("({})", n);
      out += " @ ";
      c += n;
    }
    return out;
  }

  Result<std::string> controlled_text(const Operation& operation, const Names& qubits,
                                      const Names& angles, const Names& parameters,
                                      const std::string& indent) {
    const std::string modifiers = prefix(operation);
    Operation bare = operation;
    bare.n_controls = 0;
    bare.control_state = 0;
    bare.qubits.assign(operation.operands().begin(), operation.operands().end());
    if (const LibraryGate* gate = library_gate(bare)) {
      return statement(indent, modifiers + std::string(gate->name), angles, qubits);
    }
    if (operation.gate == Gate::kSxdg) return statement(indent, modifiers + "inv @ sx", {}, qubits);
    QUANTA_TRY(const std::string name, defined_name(bare, parameters));
    return statement(indent, modifiers + name, used_parameters(bare, parameters, angles), qubits);
  }

  /// What the definition of the gate takes: its angles, or, where it stands for one operation only,
  /// the circuit's parameters that are in it.
  Names used_parameters(const Operation& operation, const Names& parameters,
                        const Names& angles) const {
    if (has_matrix(operation.gate) || operation.gate == Gate::kPauliExponential) return angles;
    Names used;
    for (const unsigned p : parameters_in(operation)) used.push_back(parameters[p]);
    return used;
  }

  static std::set<unsigned> parameters_in(const Operation& operation) {
    std::set<unsigned> used;
    const auto add = [&](const Angle& angle) {
      for (const Angle::Term& term : angle.terms) used.insert(term.parameter);
    };
    for (const Angle& angle : operation.angles) add(angle);
    if (operation.gate == Gate::kDefined) {
      add(operation.payload->body->global_phase());
      for (const Operation& inner : operation.payload->body->operations()) {
        used.merge(parameters_in(inner));
      }
    }
    return used;
  }

  /// A definition that does what the operation without its controls does.
  Result<std::string> defined_name(const Operation& operation, const Names& parameters) {
    if (operation.gate == Gate::kDefined) {
      for (const auto& [body, name] : bodies_[operation.payload->name]) {
        if (body == operation.payload->body || *body == *operation.payload->body) return name;
      }
      Names own(parameters.size());
      Names listed;
      for (const unsigned p : parameters_in(operation)) {
        own[p] = fmt::format("p{}", p);
        listed.push_back(own[p]);
      }
      Sequence sequence;
      for (const Operation& inner : operation.payload->body->operations()) {
        sequence.parts.push_back({inner, false});
      }
      sequence.phase = operation.payload->body->global_phase();
      std::string name = fresh(operation.payload->name);
      QUANTA_CHECK(define(name, own, listed, operation.payload->body->n_qubits(), sequence));
      bodies_[operation.payload->name].emplace_back(operation.payload->body, name);
      return name;
    }
    const bool named = has_matrix(operation.gate);
    const bool turn = operation.gate == Gate::kPauliExponential;
    const auto n = static_cast<unsigned>(operation.operands().size());
    Operation general = operation;
    Names own;
    for (std::size_t k = 0; k < operation.angles.size(); ++k) {
      own.push_back(fmt::format("p{}", k));
      general.angles[k] = Angle();
      general.angles[k].terms = {{static_cast<unsigned>(k), 1.0}};
    }
    Sequence sequence;
    std::string wanted(gate_name(operation.gate));
    if (named) {
      if (const auto found = named_.find(operation.gate); found != named_.end())
        return found->second;
      sequence = named_sequence(operation.gate, general.angles);
    } else {
      for (const auto& [payload, name] : payloads_[operation.gate]) {
        if (payload == operation.payload || (payload->numbers == operation.payload->numbers &&
                                             payload->images == operation.payload->images &&
                                             payload->paulis == operation.payload->paulis)) {
          return name;
        }
      }
      QUANTA_TRY(sequence, payload_sequence(general));
      if (turn) wanted = "exp_" + operation.payload->paulis;
    }
    std::string name = fresh(wanted);
    QUANTA_CHECK(define(name, own, own, n, sequence));
    if (named) {
      named_.emplace(operation.gate, name);
    } else {
      payloads_[operation.gate].emplace_back(operation.payload, name);
    }
    return name;
  }

  /// OpenQASM 2: a definition for an operation under controls, made of what the library has.
  Result<std::string> lowered_name(const Operation& operation) {
    Operation moved = operation;
    moved.condition.reset();
    for (unsigned q = 0; q < moved.qubits.size(); ++q) moved.qubits[q] = q;
    for (const auto& [known, name] : lowered_) {
      if (known == moved) return name;
    }
    const auto n = static_cast<unsigned>(moved.qubits.size());
    Sequence sequence;
    const auto add = [&](Operation part) { sequence.parts.push_back({std::move(part), false}); };
    const auto all_one = moved.controls_all_one();
    if (!all_one) {
      Operation inner = moved;
      inner.control_state = n == 64 || moved.n_controls == 64
                                ? ~std::uint64_t{0}
                                : (std::uint64_t{1} << moved.n_controls) - 1;
      const auto flip = [&] {
        for (unsigned c = 0; c < moved.n_controls; ++c) {
          if ((moved.control_state >> c & 1) == 0) add({.gate = Gate::kX, .qubits = {c}});
        }
      };
      flip();
      add(std::move(inner));
      flip();
    } else if (moved.gate == Gate::kDefined) {
      for (Operation& part : expand_once(moved)) add(std::move(part));
    } else if (moved.gate == Gate::kU && moved.n_controls == 1) {
      // A phase of the gate is one of the control.
      sequence.parts.push_back({moved, false});
    } else if (properties(moved.gate).n_qubits == 1 && moved.gate != Gate::kR) {
      for (Operation& part : single_qubit_parts(moved)) add(std::move(part));
    } else if (moved.gate == Gate::kSwap) {
      for (Operation& part : under_many_controls(moved)) add(std::move(part));
    } else {
      Operation bare = moved;
      bare.n_controls = 0;
      bare.control_state = 0;
      bare.qubits.assign(moved.operands().begin(), moved.operands().end());
      Sequence parts;
      if (has_matrix(moved.gate)) {
        parts = named_sequence(moved.gate, moved.angles);
      } else {
        QUANTA_TRY(parts, payload_sequence(bare));
      }
      if (parts.phase != Angle()) {
        for (Operation& part :
             controlled_phase(parts.phase, moved.controls(), moved.control_state)) {
          add(std::move(part));
        }
      }
      for (Sequence::Part& part : parts.parts) {
        Operation inner = std::move(part.operation);
        for (unsigned& q : inner.qubits) q = moved.operands()[q];
        if (!part.scaffold) {
          inner.qubits.insert(inner.qubits.begin(), moved.controls().begin(),
                              moved.controls().end());
          if (inner.n_controls + moved.n_controls > 64) {
            return bad_input({}, "more than 64 controls on one gate");
          }
          inner.control_state =
              (moved.n_controls == 64 ? 0 : inner.control_state << moved.n_controls) |
              moved.control_state;
          inner.n_controls += moved.n_controls;
        }
        add(std::move(inner));
      }
    }
    std::string name = fresh(operation_name(moved));
    QUANTA_CHECK(define(name, {}, {}, n, sequence));
    lowered_.emplace_back(std::move(moved), name);
    return name;
  }

  /// A gate on one qubit under controls that the library lacks.
  static std::vector<Operation> single_qubit_parts(const Operation& operation) {
    if (operation.n_controls > 1) return under_many_controls(operation);
    // Under one control any of them is cu; P, Rx, … are in the library.
    Operation u = operation;
    u.gate = Gate::kU;
    u.angles = euler_angles(operand_matrix(operation, {}));
    return {u};
  }

  Result<void> define(const std::string& name, const Names& own, const Names& listed, unsigned n,
                      const Sequence& sequence) {
    Names qubits(n);
    for (unsigned q = 0; q < n; ++q) qubits[q] = fmt::format("q{}", q);
    std::string body;
    const Angle outside = std::exchange(phase_, sequence.phase);
    for (const Sequence::Part& part : sequence.parts) {
      Names on;
      for (const unsigned q : part.operation.qubits) on.push_back(qubits[q]);
      QUANTA_TRY(const std::string lines, gate_text(part.operation, on, own, "  "));
      body += lines;
    }
    const Angle phase = std::exchange(phase_, outside);
    if (version_ == 3 && phase != Angle()) {
      body += fmt::format("  gphase({});\n", text(phase, own));
    }
    // A gate that is used inside has been defined on the way, before this one.
    definitions_.push_back(fmt::format("gate {}{} {} {{\n{}}}\n", name,
                                       listed.empty() ? "" : "(" + joined(listed) + ")",
                                       joined(qubits), body));
    return {};
  }

  const Circuit& circuit_;
  int version_;
  std::set<std::string, std::less<>> taken_;
  Names parameters_;
  Names qubit_names_;
  Names bit_names_;
  std::vector<std::string> definitions_;
  std::map<Gate, std::string> named_;
  std::map<Gate, std::vector<std::pair<std::shared_ptr<const Payload>, std::string>>> payloads_;
  std::map<std::string, std::vector<std::pair<std::shared_ptr<const Circuit>, std::string>>>
      bodies_;
  std::vector<std::pair<Operation, std::string>> lowered_;
  Angle phase_;  ///< global, of what is being written: comes at its end
};

}  // namespace

Result<std::string> to_openqasm2(const Circuit& circuit) { return Writer(circuit, 2).write(); }

Result<std::string> to_openqasm3(const Circuit& circuit) { return Writer(circuit, 3).write(); }

}  // namespace quanta::quantum::openqasm
