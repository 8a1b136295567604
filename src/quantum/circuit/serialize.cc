#include "quantum/circuit/serialize.h"

#include <bit>
#include <cstdint>
#include <map>
#include <string_view>

namespace quanta::quantum {
namespace {

class Writer {
 public:
  std::string write(const Circuit& circuit) {
    const std::string main = bytes_of(circuit);
    std::string all = "quanta circuit 1\n";
    number(all, bodies_.size());
    for (const std::string& body : bodies_) all += body;
    return all + main;
  }

 private:
  static void number(std::string& out, std::uint64_t x) {
    for (unsigned byte = 0; byte < 8; ++byte) out += static_cast<char>(x >> 8 * byte & 0xFF);
  }

  static void real(std::string& out, double x) {
    number(out, std::bit_cast<std::uint64_t>(x == 0.0 ? 0.0 : x));
  }

  static void text(std::string& out, std::string_view x) {
    number(out, x.size());
    out += x;
  }

  static void angle(std::string& out, const Angle& x) {
    real(out, x.constant);
    number(out, x.terms.size());
    for (const Angle::Term& term : x.terms) {
      number(out, term.parameter);
      real(out, term.factor);
    }
  }

  static void registers(std::string& out, std::span<const Register> list) {
    number(out, list.size());
    for (const Register& r : list) {
      text(out, r.name);
      number(out, r.size);
    }
  }

  std::string bytes_of(const Circuit& circuit) {
    std::string out;
    registers(out, circuit.qubit_registers());
    registers(out, circuit.bit_registers());
    number(out, circuit.parameters().size());
    for (const std::string& name : circuit.parameters()) text(out, name);
    angle(out, circuit.global_phase());
    number(out, circuit.operations().size());
    for (const Operation& o : circuit.operations()) operation(out, o);
    return out;
  }

  void operation(std::string& out, const Operation& o) {
    number(out, static_cast<std::uint64_t>(o.gate));
    number(out, o.qubits.size());
    for (const unsigned q : o.qubits) number(out, q);
    number(out, o.n_controls);
    number(out, o.control_state);
    number(out, o.angles.size());
    for (const Angle& a : o.angles) angle(out, a);
    number(out, o.bit ? *o.bit + std::uint64_t{1} : 0);
    number(out, o.condition ? o.condition->bits.size() + 1 : 0);
    if (o.condition) {
      for (const unsigned bit : o.condition->bits) number(out, bit);
      number(out, o.condition->value);
      number(out, o.condition->negated ? 1 : 0);
    }
    number(out, o.payload ? 1 : 0);
    if (o.payload) payload(out, *o.payload);
  }

  void payload(std::string& out, const Payload& p) {
    number(out, p.numbers.size());
    for (const Amplitude& a : p.numbers) {
      real(out, a.real());
      real(out, a.imag());
    }
    number(out, p.images.size());
    for (const std::uint32_t image : p.images) number(out, image);
    text(out, p.paulis);
    text(out, p.name);
    number(out, p.body ? body_number(*p.body) + 1 : 0);
  }

  /// Bodies are numbered by their first use; equal ones have one number.
  std::size_t body_number(const Circuit& body) {
    const auto seen = by_place_.find(&body);
    if (seen != by_place_.end()) return seen->second;
    std::string bytes = bytes_of(body);
    const auto [entry, is_new] = by_bytes_.emplace(std::move(bytes), bodies_.size());
    if (is_new) bodies_.push_back(entry->first);
    by_place_.emplace(&body, entry->second);
    return entry->second;
  }

  std::vector<std::string> bodies_;
  std::map<std::string, std::size_t> by_bytes_;
  std::map<const Circuit*, std::size_t> by_place_;
};

}  // namespace

std::string serialize(const Circuit& circuit) { return Writer().write(circuit); }

}  // namespace quanta::quantum
