#include "quantum/circuit/layout.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/constants.h"

namespace quanta::quantum {
namespace {

constexpr double kSameAngle = 1e-12;
constexpr std::size_t kMostSpans = 100'000'000;

std::string number_text(double value) {
  std::string text = fmt::format("{:.4g}", value);
  return text == "-0" ? "0" : text;
}

/// A multiple of pi as a fraction, where the denominator is small or a power of two.
std::string constant_text(double value, bool unicode) {
  if (std::abs(value) < kSameAngle) return "0";
  const std::string_view pi = unicode ? "π" : "pi";
  for (const int q : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 32, 64, 128, 256, 512, 1024}) {
    const double p = value * q / kPi;
    const double whole = std::round(p);
    if (whole == 0.0 || std::abs(whole) > 999 || std::abs(p - whole) > kSameAngle * q) continue;
    const auto numerator = static_cast<int>(whole);
    const std::string sign = numerator < 0 ? "-" : "";
    const std::string factor =
        std::abs(numerator) == 1 ? "" : fmt::format("{}", std::abs(numerator));
    return q == 1 ? fmt::format("{}{}{}", sign, factor, pi)
                  : fmt::format("{}{}{}/{}", sign, factor, pi, q);
  }
  return number_text(value);
}

GateLabel label_of(const Operation& operation, std::span<const std::string> parameters,
                   bool unicode) {
  GateLabel label;
  for (const Angle& angle : operation.angles) {
    if (!label.angles.empty()) label.angles += ",";
    label.angles += angle_text(angle, parameters, unicode);
  }
  const auto symbol = [&](std::string_view base, std::string_view subscript = {},
                          bool dagger = false) {
    label.base = base;
    label.subscript = subscript;
    label.dagger = dagger;
  };
  switch (operation.gate) {
    case Gate::kI:
    case Gate::kX:
    case Gate::kY:
    case Gate::kZ:
    case Gate::kH:
    case Gate::kS:
    case Gate::kT:
    case Gate::kP:
    case Gate::kR:
      symbol(gate_name(operation.gate));
      if (operation.gate == Gate::kI) label.base = "i";
      label.base[0] = static_cast<char>(label.base[0] - 'a' + 'A');
      break;
    case Gate::kU:
      symbol("U");
      if (operation.angles[3] == Angle()) {  // the fourth angle is rarely there
        label.angles = label.angles.substr(0, label.angles.rfind(','));
      }
      break;
    case Gate::kSdg:
      symbol("S", {}, true);
      break;
    case Gate::kTdg:
      symbol("T", {}, true);
      break;
    case Gate::kSx:
      symbol(unicode ? "√X" : "SX");
      break;
    case Gate::kSxdg:
      symbol(unicode ? "√X" : "SX", {}, true);
      break;
    case Gate::kRx:
    case Gate::kRy:
    case Gate::kRz:
    case Gate::kRxx:
    case Gate::kRyy:
    case Gate::kRzz:
    case Gate::kRzx:
      symbol("R", gate_name(operation.gate).substr(1));
      break;
    case Gate::kSwap:
      symbol("SWAP");
      break;
    case Gate::kIswap:
      symbol("iSWAP");
      break;
    case Gate::kDcx:
      symbol("DCX");
      break;
    case Gate::kEcr:
      symbol("ECR");
      break;
    case Gate::kXxPlusYy:
      symbol("XX+YY");
      break;
    case Gate::kXxMinusYy:
      symbol(unicode ? "XX−YY" : "XX-YY");
      break;
    case Gate::kFsim:
      symbol("fSim");
      break;
    case Gate::kRccx:
      symbol("RCCX");
      break;
    case Gate::kRc3x:
      symbol("RC3X");
      break;
    case Gate::kUnitary:
      symbol("U");
      break;
    case Gate::kDiagonal:
      symbol("Diag");
      break;
    case Gate::kPermutation:
      symbol("Perm");
      break;
    case Gate::kPauliExponential: {
      std::string letters = operation.payload->paulis;
      for (char& letter : letters) letter = static_cast<char>(letter - 'A' + 'a');
      symbol("R", letters);
      break;
    }
    case Gate::kDefined:
      symbol(operation.payload->name);
      label.is_name = true;
      break;
    case Gate::kStatePreparation:
      symbol(unicode ? "|ψ⟩" : "|psi>");
      break;
    case Gate::kMeasure:
      symbol("M");
      break;
    case Gate::kReset:
      symbol(unicode ? "|0⟩" : "|0>");
      break;
    case Gate::kBarrier:
      break;
  }
  return label;
}

Shape shape_of(const Operation& operation) {
  switch (operation.gate) {
    case Gate::kX:
      return operation.n_controls > 0 ? Shape::kTarget : Shape::kBox;
    case Gate::kZ:
      return operation.n_controls > 0 ? Shape::kDot : Shape::kBox;
    case Gate::kSwap:
      return Shape::kCrosses;
    case Gate::kMeasure:
      return Shape::kMeasure;
    case Gate::kBarrier:
      return Shape::kBarrier;
    default:
      return Shape::kBox;
  }
}

bool is_symmetric(Gate gate) {
  return gate == Gate::kIswap || gate == Gate::kRxx || gate == Gate::kRyy || gate == Gate::kRzz ||
         gate == Gate::kFsim;
}

/// Names of the wires, and the classical wire of each bit.
class Wires {
 public:
  explicit Wires(const Circuit& circuit) : circuit_(circuit) {
    for (const Register& r : circuit.qubit_registers()) {
      for (unsigned i = 0; i < r.size; ++i) wires_.push_back({.name = qubit_name(r, i)});
    }
    for (const Register& r : circuit.bit_registers()) {
      wires_.push_back({.name = r.name, .size = r.size, .classical = true});
    }
  }

  std::vector<Wire> take() { return std::move(wires_); }

  ClassicalMark of_bit(unsigned bit) const {
    const std::size_t r = register_of(bit);
    return {.wire = wire_of(r), .text = fmt::format("{}", bit - registers()[r].begin)};
  }

  /// One mark on each register that the condition reads.
  std::vector<ClassicalMark> of_condition(const Condition& condition, bool unicode) const {
    std::vector<ClassicalMark> marks;
    const std::string_view equals = !condition.negated ? "=" : unicode ? "≠" : "!=";
    for (std::size_t r = 0; r < registers().size(); ++r) {
      std::string bits;
      std::uint64_t value = 0;
      unsigned count = 0;
      bool in_order = true;
      for (std::size_t i = 0; i < condition.bits.size(); ++i) {
        if (register_of(condition.bits[i]) != r) continue;
        const unsigned place = condition.bits[i] - registers()[r].begin;
        const std::uint64_t wanted = i < 64 ? condition.value >> i & 1 : 0;
        in_order &= place == count;
        if (count < 64) value |= wanted << count;
        bits += fmt::format("{}{}", count == 0 ? "" : ",", place);
        ++count;
      }
      if (count == 0) continue;
      const bool whole = in_order && count == registers()[r].size;
      marks.push_back({.wire = wire_of(r),
                       .condition = true,
                       .text = whole ? fmt::format("{}{}", equals, value)
                                     : fmt::format("[{}]{}{}", bits, equals, value)});
    }
    return marks;
  }

 private:
  std::span<const Register> registers() const { return circuit_.bit_registers(); }

  std::size_t register_of(unsigned bit) const {
    const auto after = std::ranges::upper_bound(registers(), bit, {}, &Register::begin);
    return static_cast<std::size_t>(after - registers().begin()) - 1;
  }

  unsigned wire_of(std::size_t r) const { return circuit_.n_qubits() + static_cast<unsigned>(r); }

  static std::string qubit_name(const Register& r, unsigned i) {
    if (r.size == 1 && r.name != "q") return r.name;
    const bool digit = r.name.back() >= '0' && r.name.back() <= '9';
    return digit ? fmt::format("{}[{}]", r.name, i) : fmt::format("{}{}", r.name, i);
  }

  const Circuit& circuit_;
  std::vector<Wire> wires_;
};

PlacedOperation describe(const Operation& operation, const Circuit& circuit, const Wires& wires,
                         bool unicode) {
  PlacedOperation placed{.operation = &operation,
                         .shape = shape_of(operation),
                         .label = label_of(operation, circuit.parameters(), unicode)};
  const auto [first, last] = std::ranges::minmax(operation.qubits);
  placed.qubit_top = first;
  placed.qubit_bottom = last;
  const auto operands = operation.operands();
  const auto [low, high] = std::ranges::minmax(operands);
  placed.box_top = low;
  placed.box_bottom = high;
  const bool contiguous = high - low + 1 == operands.size();
  const bool ordered = std::ranges::is_sorted(operands);
  placed.numbered =
      placed.shape == Shape::kBox && operands.size() > 1 &&
      !(contiguous &&
        (is_symmetric(operation.gate) ||
         (ordered && operation.gate != Gate::kDefined && operation.gate >= Gate::kUnitary)));
  if (operation.bit) placed.marks.push_back(wires.of_bit(*operation.bit));
  if (operation.condition) {
    for (ClassicalMark& mark : wires.of_condition(*operation.condition, unicode)) {
      const auto same = std::ranges::find(placed.marks, mark.wire, &ClassicalMark::wire);
      if (same == placed.marks.end()) {
        placed.marks.push_back(std::move(mark));
        continue;
      }
      // A measurement under a condition on the register that it writes.
      same->text = mark.text + (unicode ? "→" : "->") + same->text;
      same->condition = true;
    }
  }
  placed.top = first;
  placed.bottom = last;
  for (const ClassicalMark& mark : placed.marks) placed.bottom = std::max(placed.bottom, mark.wire);
  return placed;
}

}  // namespace

std::string angle_text(const Angle& angle, std::span<const std::string> parameters, bool unicode) {
  std::string text;
  for (const Angle::Term& term : angle.terms) {
    const std::string& name = parameters[term.parameter];
    if (term.factor < 0) {
      text += "-";
    } else if (!text.empty()) {
      text += "+";
    }
    const double size = std::abs(term.factor);
    text += size == 1.0 ? name : fmt::format("{}*{}", number_text(size), name);
  }
  if (text.empty()) return constant_text(angle.constant, unicode);
  if (std::abs(angle.constant) < kSameAngle) return text;
  const std::string constant = constant_text(angle.constant, unicode);
  return text + (constant.starts_with('-') ? "" : "+") + constant;
}

Result<Layout> lay_out(const Circuit& circuit, bool unicode) {
  Layout layout;
  Wires wires(circuit);
  layout.operations.reserve(circuit.operations().size());
  std::vector<std::size_t> free(circuit.n_qubits() + circuit.bit_registers().size());
  std::size_t spans = 0;
  for (const Operation& operation : circuit.operations()) {
    if (operation.qubits.empty()) continue;
    PlacedOperation placed = describe(operation, circuit, wires, unicode);
    spans += placed.bottom - placed.top + 1;
    if (spans > kMostSpans) {
      return fail(ErrorKind::kResource,
                  fmt::format("{} operations on {} wires are too many to draw",
                              circuit.operations().size(), free.size()),
                  "circuit");
    }
    const auto begin = free.begin() + placed.top;
    const auto end = free.begin() + placed.bottom + 1;
    placed.column = *std::max_element(begin, end);
    std::fill(begin, end, placed.column + 1);
    layout.n_columns = std::max(layout.n_columns, placed.column + 1);
    layout.operations.push_back(std::move(placed));
  }
  layout.wires = wires.take();
  return layout;
}

}  // namespace quanta::quantum
