#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/builtin.h"
#include "quantum/openqasm/compiler.h"
#include "quantum/openqasm/select.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr Type kReal{.kind = Kind::kFloat};

/// Digits of a base, underscores between them; nothing where they are more than 64 bits.
std::optional<std::uint64_t> read_integer(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && !(text[1] >= '0' && text[1] <= '9') && text[1] != '_') {
    base = text[1] == 'x' || text[1] == 'X' ? 16 : text[1] == 'o' ? 8 : 2;
    text.remove_prefix(2);
  }
  std::string digits(text);
  std::erase(digits, '_');
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

/// Infinite where the number is too large.
double read_float(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  double value = 0.0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc()) {
    // Too large or too small: the sign of the exponent says which.
    const auto exponent = digits.find_first_of("eE");
    const bool small = exponent != std::string::npos && digits[exponent + 1] == '-';
    return small ? 0.0 : HUGE_VAL;
  }
  return value;
}

std::optional<double> mathematical_constant(std::string_view name) {
  if (name == "pi" || name == "π") return std::numbers::pi;
  if (name == "tau" || name == "τ") return 2 * std::numbers::pi;
  if (name == "euler" || name == "ℇ") return std::numbers::e;
  return std::nullopt;
}

}  // namespace

Result<Compiler::Compiled> Compiler::constant(Value value, Type type, std::uint32_t begin,
                                              Position at) {
  code_.instructions.resize(begin);
  QUANTA_TRY(const std::uint32_t place, add_constant(value, at));
  emit(Op::kConstant, at, place);
  return Compiled{std::move(type), begin, std::move(value)};
}

/// Converts the value `depth` below the top of the stack.
Result<void> Compiler::convert_to(Compiled& value, const Type& type, bool with_cast, Position at,
                                  std::uint32_t depth) {
  if (value.type == type) return {};
  // A known number may be compared with, or stored in, bits where it fits.
  if (!converts(value.type, type, with_cast)) {
    return fault(
        at, fmt::format("{} is found where {} is expected{}", to_text(value.type), to_text(type),
                        converts(value.type, type, true)
                            ? fmt::format("; {}(…) converts it", to_text(type))
                            : ""));
  }
  if (value.constant) {
    Result<Value> converted = convert(*value.constant, value.type, type, with_cast);
    if (!converted) return placed(converted.error(), at);
    QUANTA_TRY(const std::uint32_t place, add_constant(*converted, at));
    // Its code is one instruction, which may lie below that of others.
    code_.instructions[value.begin].a = place;
    code_.instructions[value.begin].op = Op::kConstant;
    value.constant = *std::move(converted);
  } else {
    const std::uint32_t convert =
        emit(Op::kConvert, at, add_type(value.type), add_type(type), depth);
    code_.instructions[convert].flag = with_cast;
  }
  value.type = type;
  return {};
}

Result<Compiler::Compiled> Compiler::value_of(ExpressionId id, const Type& type) {
  if (at(id).kind == ExpressionKind::kSet) {
    if (type.is_array()) return array_literal(id, type);
    return fault(at(id).at, fmt::format("an array is found where {} is expected", to_text(type)));
  }
  QUANTA_TRY(Compiled value, expression(id));
  QUANTA_CHECK(convert_to(value, type, false, at(id).at));
  return value;
}

Result<std::uint64_t> Compiler::whole_number(ExpressionId id) {
  const auto value = read_integer(at(id).text);
  if (!value) return fault(at(id).at, fmt::format("{} is too large", at(id).text));
  return *value;
}

ExpressionId Compiler::unroll(ExpressionId id, std::vector<ExpressionId>& brackets) const {
  while (at(id).kind == ExpressionKind::kIndex) {
    brackets.push_back(id);
    id = at(id).parts[0];
  }
  std::ranges::reverse(brackets);
  return id;
}

Result<Compiler::Compiled> Compiler::expression(ExpressionId id) {
  // Chains of operators lean to the left: they are unrolled, not followed by recursion.
  std::vector<ExpressionId> spine;
  while (at(id).kind == ExpressionKind::kBinary) {
    spine.push_back(id);
    id = at(id).parts[0];
  }
  QUANTA_TRY(Compiled value, leaf(id));
  for (; !spine.empty(); spine.pop_back()) {
    QUANTA_TRY(value, binary(std::move(value), at(spine.back())));
  }
  return value;
}

Result<Compiler::Compiled> Compiler::leaf(ExpressionId id) {
  const Expression& node = at(id);
  switch (node.kind) {
    case ExpressionKind::kParenthesis:
      return expression(node.parts[0]);
    case ExpressionKind::kName:
      return name(node);
    case ExpressionKind::kUnary:
      return unary(node);
    case ExpressionKind::kIndex: {
      std::vector<ExpressionId> brackets;
      const ExpressionId base = unroll(id, brackets);
      return indexed(base, brackets);
    }
    case ExpressionKind::kCall:
      return call(node);
    case ExpressionKind::kCast: {
      QUANTA_TRY(const Type to, type(node.type));
      if (to.is_array()) return fault(node.at, "there is no cast to an array");
      QUANTA_TRY(Compiled value, expression(node.parts[0]));
      if (to.kind == Kind::kInt && value.type.kind == Kind::kBit && !value.type.is_array()) {
        // The specification's own examples compare int[2](syndrome) with 3 and count with
        // int[1](outcome): the bits are read without a sign, which comes when they are stored.
        QUANTA_CHECK(convert_to(value, {.kind = Kind::kUint, .width = to.width}, true, node.at));
        value.type = {.kind = Kind::kInt};
        return value;
      }
      QUANTA_CHECK(convert_to(value, to, true, node.at));
      return value;
    }
    case ExpressionKind::kDurationOf:  // how long gates take is not known here
      return constant(0.0, {.kind = Kind::kDuration}, here(), node.at);
    case ExpressionKind::kMeasure: {
      if (unit().what == Unit::What::kGate) {
        return fault(node.at, "found \"measure\" in a gate's body, which holds gates only");
      }
      QUANTA_TRY(Compiled qubits, expression(node.parts[0]));
      if (qubits.type.kind != Kind::kQubit) {
        return fault(at(node.parts[0]).at,
                     fmt::format("{} is found where qubits are expected", to_text(qubits.type)));
      }
      emit(Op::kMeasure, node.at);
      return Compiled{{.kind = Kind::kBit, .width = qubits.type.width}, qubits.begin};
    }
    case ExpressionKind::kSet:
      return fault(node.at, "an array is found where a single value is expected");
    case ExpressionKind::kRange:
      return fault(node.at, "a range is found where a single value is expected");
    case ExpressionKind::kConcatenation:
      return fault(node.at, "\"++\" joins registers in \"let\" alone");
    default:
      return literal(node);
  }
}

Result<Compiler::Compiled> Compiler::literal(const Expression& node) {
  const std::string_view text = node.text;
  switch (node.kind) {
    case ExpressionKind::kInteger: {
      if (syntax_->version == 2) {  // where 1/2 is a half
        const double value = read_float(text);
        if (!std::isfinite(value)) return fault(node.at, "the number is too large");
        return constant(value, kReal, here(), node.at);
      }
      const auto value = read_integer(text);
      if (!value) return fault(node.at, fmt::format("{} does not fit into 64 bits", text));
      const Kind kind = as_signed(*value) < 0 ? Kind::kUint : Kind::kInt;
      return constant(*value, {.kind = kind}, here(), node.at);
    }
    case ExpressionKind::kBits: {
      Bits bits;
      for (const char c : text) {
        if (c == '0' || c == '1') bits.cells.push_back(c == '1' ? 1 : 0);
      }
      std::ranges::reverse(bits.cells);
      if (bits.cells.size() > kMostElements) {
        return fault(node.at, fmt::format("more than {} bits", kMostElements));
      }
      const auto width = static_cast<std::uint32_t>(bits.cells.size());
      return constant(std::move(bits), {.kind = Kind::kBit, .width = width}, here(), node.at);
    }
    case ExpressionKind::kBoolean:
      return constant(std::uint64_t{text == "true"}, kTruth, here(), node.at);
    case ExpressionKind::kImaginary: {
      const double value = read_float(text.substr(0, text.size() - 2));
      if (!std::isfinite(value)) return fault(node.at, "the number is too large");
      return constant(std::complex<double>(0.0, value), {.kind = Kind::kComplex}, here(), node.at);
    }
    case ExpressionKind::kDuration: {
      const std::size_t end = text.find_last_of("0123456789.") + 1;
      const std::string_view unit = text.substr(end);
      // The length of a dt is the device's own; it is counted as 1 ns.
      const double factor = unit == "s"                    ? 1e9
                            : unit == "ms"                 ? 1e6
                            : unit == "ns" || unit == "dt" ? 1
                                                           : 1e3;
      const double value = read_float(text.substr(0, end)) * factor;
      if (!std::isfinite(value)) return fault(node.at, "the number is too large");
      return constant(value, {.kind = Kind::kDuration}, here(), node.at);
    }
    default: {
      const double value = read_float(text);
      if (!std::isfinite(value)) return fault(node.at, "the number is too large");
      return constant(value, kReal, here(), node.at);
    }
  }
}

Result<Compiler::Compiled> Compiler::name(const Expression& node) {
  const std::uint32_t begin = here();
  if (node.text[0] == '$') {
    unsigned number = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto read = std::from_chars(node.text.data() + 1, end, number);
    if (read.ec != std::errc() || number >= Circuit::kMaxQubits) {
      return fault(node.at, fmt::format("{}: hardware qubits go up to ${}", node.text,
                                        Circuit::kMaxQubits - 1));
    }
    if (unit().what == Unit::What::kGate) {
      return fault(node.at, fmt::format("{} is not an argument of the gate", node.text));
    }
    n_hardware_ = std::max(n_hardware_, number + 1);
    if (code_.n_qubits + n_hardware_ > Circuit::kMaxQubits) {
      return fault(node.at, fmt::format("more than {} qubits", Circuit::kMaxQubits));
    }
    emit(Op::kHardware, node.at, number);
    return Compiled{{.kind = Kind::kQubit}, begin};
  }
  const Symbol* symbol = find(node.text);
  if (symbol == nullptr) {
    if (const auto value = mathematical_constant(node.text)) {
      return constant(*value, kReal, begin, node.at);
    }
    return undeclared(node.text, node.at);
  }
  switch (symbol->what) {
    case Symbol::What::kConstant:
      if (unit().what == Unit::What::kGate && symbol->type.kind == Kind::kQubit &&
          symbol->of_main) {
        return fault(node.at, fmt::format("\"{}\" is not an argument of the gate", node.text));
      }
      emit(Op::kConstant, node.at, symbol->constant);
      return Compiled{symbol->type, begin, code_.constants[symbol->constant]};
    case Symbol::What::kVariable: {
      if (unit().what == Unit::What::kGate && symbol->of_main) {
        return fault(
            node.at,
            fmt::format("\"{}\" is a variable: a gate's body knows constants only", node.text));
      }
      const std::uint32_t load = emit(Op::kLoad, node.at, symbol->slot);
      code_.instructions[load].global = symbol->of_main;
      return Compiled{symbol->type, begin};
    }
    default:
      return fault(node.at, fmt::format("\"{}\" is a subroutine: expected a value", node.text));
  }
}

Result<Compiler::Compiled> Compiler::unary(const Expression& node) {
  QUANTA_TRY(Compiled operand, expression(node.parts[0]));
  if (node.text == "+") return operand;
  const Operator op = node.text == "-"   ? Operator::kNegate
                      : node.text == "~" ? Operator::kComplement
                                         : Operator::kNot;
  const Result<Type> result = unary_type(op, operand.type);
  if (!result) return placed(result.error(), node.at);
  if (op == Operator::kNot) QUANTA_CHECK(convert_to(operand, kTruth, false, node.at));
  if (operand.constant) {
    return constant(apply(op, *operand.constant, operand.type), *result, operand.begin, node.at);
  }
  emit(Op::kUnary, node.at, static_cast<std::uint32_t>(op), add_type(operand.type));
  operand.type = *result;
  return operand;
}

Result<Compiler::Compiled> Compiler::binary(Compiled left, const Expression& node) {
  if (node.text == "&&" || node.text == "||") return logical(std::move(left), node);
  if (syntax_->version == 2 && node.text == "==") {
    // A whole register and a number of any size that fits.
    QUANTA_TRY(const std::uint64_t number, whole_number(node.parts[1]));
    QUANTA_TRY(Compiled right, constant(number, {.kind = Kind::kUint}, here(), node.at));
    return combine(Operator::kEqual, std::move(left), std::move(right), node.at);
  }
  QUANTA_TRY(Compiled right, expression(node.parts[1]));
  const Operator op =
      syntax_->version == 2 && node.text == "^" ? Operator::kPower : binary_operator(node.text);
  return combine(op, std::move(left), std::move(right), node.at);
}

Result<Compiler::Compiled> Compiler::combine(Operator op, Compiled left, Compiled right,
                                             Position at) {
  // Bits against a known number: bit by bit, which registers of any size allow.
  const bool equality = op == Operator::kEqual || op == Operator::kNotEqual;
  const auto as_bits = [&](Compiled& number, const Type& type) -> Result<void> {
    const Result<Value> converted = convert(*number.constant, number.type, type, false);
    if (!converted) return {};  // it does not fit: the general comparison says no
    return convert_to(number, type, false, at);
  };
  const auto bits = [](const Compiled& x) {
    return x.type.kind == Kind::kBit && x.type.width != kAnySize;
  };
  if (equality && bits(left) && right.type.is_integer() && right.constant) {
    QUANTA_CHECK(as_bits(right, left.type));
  } else if (equality && bits(right) && left.type.is_integer() && left.constant) {
    QUANTA_CHECK(as_bits(left, right.type));
  }
  if (equality && bits(left) && left.type.width > 64 && right.type.is_integer() && right.constant) {
    // A number that does not even fit.
    if (left.constant)
      return constant(std::uint64_t{op == Operator::kNotEqual}, kTruth, left.begin, at);
    emit(Op::kPop, at);
    emit(Op::kPop, at);
    QUANTA_TRY([[maybe_unused]] const Compiled never,
               constant(std::uint64_t{op == Operator::kNotEqual}, kTruth, here(), at));
    return Compiled{kTruth, left.begin};
  }
  if (op == Operator::kPower && left.type.is_integer() && right.type.kind == Kind::kInt &&
      right.constant && as_signed(std::get<std::uint64_t>(*right.constant)) < 0) {
    QUANTA_CHECK(convert_to(right, kReal, false, at));
  }
  const Result<BinaryTypes> types = binary_types(op, left.type, right.type);
  if (!types) return placed(types.error(), at);
  QUANTA_CHECK(convert_to(left, types->left, false, at, 1));
  QUANTA_CHECK(convert_to(right, types->right, false, at));
  if (left.constant && right.constant) {
    Result<Value> value = apply(op, *left.constant, *right.constant, *types);
    if (!value) return placed(value.error(), at);
    return constant(*std::move(value), types->result, left.begin, at);
  }
  code_.binaries.push_back(*types);
  emit(Op::kBinary, at, static_cast<std::uint32_t>(op),
       static_cast<std::uint32_t>(code_.binaries.size() - 1));
  return Compiled{types->result, left.begin};
}

Result<Compiler::Compiled> Compiler::logical(Compiled left, const Expression& node) {
  const bool conjunction = node.text == "&&";
  QUANTA_CHECK(convert_to(left, kTruth, false, node.at));
  const std::uint32_t jump = emit(conjunction ? Op::kAnd : Op::kOr, node.at);
  QUANTA_TRY(Compiled right, expression(node.parts[1]));
  QUANTA_CHECK(convert_to(right, kTruth, false, node.at));
  if (left.constant) {
    const bool value = std::get<std::uint64_t>(*left.constant) != 0;
    if (value != conjunction) {  // settled by the left side
      return constant(std::uint64_t{value}, kTruth, left.begin, node.at);
    }
    if (right.constant) return constant(*right.constant, kTruth, left.begin, node.at);
  }
  for (std::uint32_t i = jump; i < here(); ++i) {
    code_.instructions[jump].flag |= code_.instructions[i].op == Op::kCall;
  }
  emit(conjunction ? Op::kAndJoin : Op::kOrJoin, node.at);
  aim(jump);
  return Compiled{kTruth, left.begin};
}

Result<std::uint32_t> Compiler::indices(const Expression& bracket, const std::string& name,
                                        Type& type) {
  IndexList list{.name = name};
  const bool number = !type.is_array() && (type.is_integer() || type.kind == Kind::kAngle);
  if (!type.is_array() && !number && type.width == 0) {
    return fault(bracket.at, fmt::format("{} is a single {}: it has no index",
                                         name.empty() ? "this" : name, to_text(type)));
  }
  if (!type.is_array() && !number && type.kind != Kind::kBit && type.kind != Kind::kQubit) {
    return fault(bracket.at, fmt::format("{} has no index", to_text(type)));
  }
  std::vector<std::uint32_t> shape = type.shape;
  if (!type.is_array()) shape = {number ? bit_width(type) : type.width};
  if (bracket.parts.size() - 1 > shape.size()) {
    return fault(bracket.at,
                 fmt::format("{} indices for {} of {} dimension{}", bracket.parts.size() - 1,
                             to_text(type), shape.size(), shape.size() == 1 ? "" : "s"));
  }
  const Type whole{.kind = Kind::kInt};
  std::vector<std::uint32_t> narrowed;
  for (std::size_t i = 1; i < bracket.parts.size(); ++i) {
    const Expression& part = at(bracket.parts[i]);
    IndexList::Dimension dimension;
    if (syntax_->version == 2) {
      QUANTA_TRY(const std::uint64_t n, whole_number(bracket.parts[i]));
      if (n >= shape[0]) {
        return fault(part.at, fmt::format("index {} is outside {}[{}]: 0 to {} are possible", n,
                                          name, shape[0], shape[0] - 1));
      }
      QUANTA_TRY([[maybe_unused]] const Compiled pushed, constant(n, whole, here(), part.at));
    } else if (part.kind == ExpressionKind::kRange) {
      dimension.part = IndexList::Part::kRange;
      bool* const has[] = {&dimension.has_start, &dimension.has_step, &dimension.has_stop};
      bool known = true;
      for (std::size_t k = 0; k < 3; ++k) {
        if (part.parts[k] == kNone) continue;
        *has[k] = true;
        QUANTA_TRY(const Compiled bound, value_of(part.parts[k], whole));
        known = known && bound.constant.has_value();
      }
      narrowed.push_back(kAnySize);
      if (known && shape[i - 1] != kAnySize) {
        std::int64_t bounds[3] = {};
        std::size_t from = here();
        for (std::size_t k = 3; k-- > 0;) {
          if (!*has[k]) continue;
          --from;
          bounds[k] =
              as_signed(std::get<std::uint64_t>(code_.constants[code_.instructions[from].a]));
        }
        const auto range =
            range_positions(dimension, bounds[0], bounds[1], bounds[2], shape[i - 1]);
        if (!range) return placed(range.error(), part.at);
        narrowed.back() = static_cast<std::uint32_t>(range->size());
      }
    } else if (part.kind == ExpressionKind::kSet) {
      if (type.is_array()) return fault(part.at, "an array takes no set of indices");
      dimension.part = IndexList::Part::kSet;
      for (const ExpressionId member : part.parts) {
        QUANTA_TRY([[maybe_unused]] const Compiled pushed, value_of(member, whole));
      }
      if (part.parts.size() > kMostElements) return fault(part.at, "too many indices");
      emit(Op::kMakeArray, part.at, static_cast<std::uint32_t>(part.parts.size()), kNone);
      narrowed.push_back(static_cast<std::uint32_t>(part.parts.size()));
    } else {
      QUANTA_TRY(const Compiled position, value_of(bracket.parts[i], whole));
      if (position.constant && shape[i - 1] != kAnySize) {
        const auto n = as_signed(std::get<std::uint64_t>(*position.constant));
        const std::int64_t most = shape[i - 1];
        if (n >= most || n < -most) {
          return fault(part.at, fmt::format("index {} is outside {}[{}]: 0 to {} are possible", n,
                                            name, most, most - 1));
        }
      }
    }
    list.dimensions.push_back(dimension);
  }
  if (type.is_array()) {
    narrowed.insert(narrowed.end(), shape.begin() + static_cast<long>(list.dimensions.size()),
                    shape.end());
    type.shape = std::move(narrowed);
  } else {
    if (number) type = {.kind = Kind::kBit};
    type.width = narrowed.empty() ? 0 : narrowed[0];
    if (type.width == 0 && !narrowed.empty()) {
      return fault(bracket.at, fmt::format("the range selects nothing of {}", name));
    }
  }
  code_.indices.push_back(std::move(list));
  return static_cast<std::uint32_t>(code_.indices.size() - 1);
}

Result<Compiler::Compiled> Compiler::indexed(ExpressionId base,
                                             const std::vector<ExpressionId>& brackets) {
  const Expression& root = at(base);
  Compiled value{.begin = here()};
  std::size_t next = 0;
  const Symbol* symbol = root.kind == ExpressionKind::kName ? find(root.text) : nullptr;
  const std::string name = root.kind == ExpressionKind::kName ? root.text : std::string();
  if (symbol != nullptr && symbol->what == Symbol::What::kConstant && brackets.size() == 1 &&
      symbol->type.kind == Kind::kQubit && symbol->type.width > 0 &&
      unit().what != Unit::What::kGate) {
    const Expression& bracket = at(brackets[0]);
    const Expression& part = at(bracket.parts[1]);
    if (bracket.parts.size() == 2 && part.kind == ExpressionKind::kInteger) {
      QUANTA_TRY(const std::uint64_t index, whole_number(bracket.parts[1]));
      return single_qubit(*symbol, name, part.at, index);
    }
  }
  if (symbol != nullptr && symbol->what == Symbol::What::kVariable &&
      !(unit().what == Unit::What::kGate && symbol->of_main)) {
    // One part of a variable, without a copy of all of it.
    value.type = symbol->type;
    const Expression& bracket = at(brackets[next++]);
    const std::uint32_t slot = symbol->slot;
    const bool of_main = symbol->of_main;
    const Type before = value.type;
    QUANTA_TRY(const std::uint32_t list, indices(bracket, name, value.type));
    const std::uint32_t load = emit(Op::kLoadIndexed, bracket.at, slot, list, add_type(before));
    code_.instructions[load].global = of_main;
  } else {
    QUANTA_TRY(value, expression(base));
  }
  for (; next < brackets.size(); ++next) {
    const Expression& bracket = at(brackets[next]);
    const Type before = value.type;
    const std::uint32_t begin = here();
    QUANTA_TRY(const std::uint32_t list, indices(bracket, name, value.type));
    bool known = value.constant.has_value();
    for (std::uint32_t i = begin; i < here(); ++i) {
      const Op op = code_.instructions[i].op;
      known = known && (op == Op::kConstant || op == Op::kMakeArray);
    }
    if (known) {
      std::vector<Value> stack;
      for (std::uint32_t i = begin; i < here(); ++i) {
        const Instruction& instruction = code_.instructions[i];
        if (instruction.op == Op::kConstant) {
          stack.push_back(code_.constants[instruction.a]);
        } else {
          make_list(stack, instruction.a);
        }
      }
      Result<Value> part = select_part(*value.constant, before, code_.indices[list], stack);
      if (!part) return placed(part.error(), bracket.at);
      QUANTA_TRY(value, constant(*std::move(part), value.type, value.begin, bracket.at));
      continue;
    }
    emit(Op::kIndex, bracket.at, 0, list, add_type(before));
    value.constant.reset();
  }
  return value;
}

/// q[3], the most frequent of all expressions.
Result<Compiler::Compiled> Compiler::single_qubit(const Symbol& symbol, const std::string& name,
                                                  Position at, std::uint64_t index) {
  const std::uint32_t width = symbol.type.width;
  if (index >= width) {
    return fault(at, fmt::format("index {} is outside {}[{}]: 0 to {} are possible", index, name,
                                 width, width - 1));
  }
  const unsigned number = std::get<Qubits>(code_.constants[symbol.constant]).numbers[index];
  const auto [there, added] =
      single_qubits_.emplace(std::uint64_t{symbol.constant} << 32U | index, 0);
  if (added) {
    QUANTA_TRY(there->second, add_constant(Qubits{{number}}, at));
  }
  const std::uint32_t begin = emit(Op::kConstant, at, there->second);
  return Compiled{{.kind = Kind::kQubit}, begin, Qubits{{number}}};
}

Result<Compiler::Compiled> Compiler::array_literal(ExpressionId id, const Type& type) {
  const Expression& node = at(id);
  Compiled value{type, here()};
  if (node.parts.size() != type.shape[0]) {
    return fault(node.at, fmt::format("{} elements are found where {} has {}", node.parts.size(),
                                      to_text(type), type.shape[0]));
  }
  Type part = type;
  part.shape.erase(part.shape.begin());
  for (const ExpressionId member : node.parts) {
    QUANTA_TRY([[maybe_unused]] const Compiled pushed, value_of(member, part));
  }
  emit(Op::kMakeArray, node.at, static_cast<std::uint32_t>(node.parts.size()), add_type(type));
  return value;
}

Result<Compiler::Compiled> Compiler::call(const Expression& node) {
  if (const Symbol* symbol = find(node.text)) {
    if (symbol->what == Symbol::What::kFunction || symbol->what == Symbol::What::kExtern) {
      return user_call(*symbol, node.text, node.parts, node.at);
    }
    return fault(node.at, fmt::format("\"{}\" is no function", node.text));
  }
  if (node.text == "sizeof") return size_of(node);
  if (is_builtin(node.text)) return builtin(node);
  return undeclared(node.text, node.at, true);
}

Result<Compiler::Compiled> Compiler::builtin(const Expression& node) {
  const std::uint32_t begin = here();
  std::vector<Compiled> arguments;
  std::vector<Type> types;
  for (const ExpressionId argument : node.parts) {
    QUANTA_TRY(Compiled value, expression(argument));
    types.push_back(value.type);
    arguments.push_back(std::move(value));
    if (arguments.size() > 2) break;  // no function takes so many
  }
  const Result<BuiltinCall> resolved = resolve_builtin(node.text, types);
  if (!resolved) return placed(resolved.error(), node.at);
  std::vector<Value> values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto depth = static_cast<std::uint32_t>(arguments.size() - 1 - i);
    QUANTA_CHECK(convert_to(arguments[i], resolved->arguments[i], true, node.at, depth));
    if (arguments[i].constant) values.push_back(*arguments[i].constant);
  }
  if (values.size() == arguments.size()) {
    Result<Value> value = apply_builtin(resolved->function, values, resolved->arguments[0]);
    if (!value) return placed(value.error(), node.at);
    return constant(*std::move(value), resolved->result, begin, node.at);
  }
  emit(Op::kBuiltin, node.at, resolved->function, static_cast<std::uint32_t>(arguments.size()),
       add_type(resolved->arguments[0]));
  return Compiled{resolved->result, begin};
}

Result<Compiler::Compiled> Compiler::size_of(const Expression& node) {
  const std::uint32_t begin = here();
  if (node.parts.empty() || node.parts.size() > 2) {
    return fault(node.at, "sizeof takes an array and the number of a dimension");
  }
  QUANTA_TRY(const Compiled array, expression(node.parts[0]));
  code_.instructions.resize(begin);
  std::vector<std::uint32_t> shape = array.type.shape;
  if (array.type.is_register() &&
      (array.type.kind == Kind::kBit || array.type.kind == Kind::kQubit)) {
    shape = {array.type.width};
  }
  if (shape.empty()) {
    return fault(node.at, fmt::format("sizeof of {}: it has no dimensions", to_text(array.type)));
  }
  std::uint64_t dimension = 0;
  if (node.parts.size() == 2) {
    QUANTA_TRY(const Compiled number, value_of(node.parts[1], {.kind = Kind::kInt}));
    if (!number.constant) return fault(node.at, "the number of the dimension is not a constant");
    dimension = std::get<std::uint64_t>(*number.constant);
    code_.instructions.resize(begin);
  }
  if (dimension >= shape.size()) {
    return fault(node.at,
                 fmt::format("{} has no dimension {}", to_text(array.type), as_signed(dimension)));
  }
  const Type result{.kind = Kind::kUint};
  if (shape[dimension] != kAnySize) {
    return constant(std::uint64_t{shape[dimension]}, result, begin, node.at);
  }
  QUANTA_TRY([[maybe_unused]] const Compiled again, expression(node.parts[0]));
  emit(Op::kSizeOf, node.at, static_cast<std::uint32_t>(dimension));
  return Compiled{result, begin};
}

Result<Compiler::Compiled> Compiler::reference(ExpressionId id, bool to_change) {
  std::vector<ExpressionId> brackets;
  ExpressionId base = id;
  while (at(base).kind == ExpressionKind::kParenthesis) base = at(base).parts[0];
  base = unroll(base, brackets);
  const Expression& root = at(base);
  const Symbol* symbol = root.kind == ExpressionKind::kName ? find(root.text) : nullptr;
  if (root.kind == ExpressionKind::kName && symbol == nullptr)
    return undeclared(root.text, root.at);
  if (symbol == nullptr || symbol->what != Symbol::What::kVariable) {
    return fault(root.at, "expected a variable, or a part of one");
  }
  if (to_change && symbol->read_only) {
    return fault(root.at, fmt::format("\"{}\" can be read only", root.text));
  }
  if (!symbol->type.is_array() && symbol->type.kind != Kind::kBit) {
    return fault(root.at, fmt::format("{} cannot be referred to: bits and arrays can",
                                      to_text(symbol->type)));
  }
  Compiled value{symbol->type, here()};
  const std::uint32_t slot = symbol->slot;
  const bool of_main = symbol->of_main;
  std::uint32_t list = kNone;
  if (!brackets.empty()) {
    QUANTA_TRY(list, indices(at(brackets[0]), root.text, value.type));
  }
  const std::uint32_t refer = emit(Op::kRefer, root.at, slot, list);
  code_.instructions[refer].global = of_main;
  for (std::size_t i = 1; i < brackets.size(); ++i) {
    if (!value.type.is_array() && value.type.kind != Kind::kBit) {
      return fault(at(brackets[i]).at, "a bit of an array's element cannot be referred to");
    }
    QUANTA_TRY(list, indices(at(brackets[i]), root.text, value.type));
    emit(Op::kNarrow, at(brackets[i]).at, 0, list);
  }
  return value;
}

Result<Compiler::Compiled> Compiler::user_call(const Symbol& symbol, const std::string& name,
                                               const std::vector<ExpressionId>& arguments,
                                               Position at_call) {
  const Signature signature = signatures_[symbol.function];
  const bool is_extern = symbol.what == Symbol::What::kExtern;
  Compiled result{signature.result, here()};
  if (unit().what == Unit::What::kGate) {
    return fault(at_call, "a gate's body calls no subroutines");
  }
  if (arguments.size() != signature.parameters.size()) {
    return fault(at_call,
                 fmt::format("{} takes {} argument{}, found {}", name, signature.parameters.size(),
                             signature.parameters.size() == 1 ? "" : "s", arguments.size()));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type& wanted = signature.parameters[i];
    const Position at_argument = at(arguments[i]).at;
    if (wanted.is_array()) {
      QUANTA_TRY(Compiled view, reference(arguments[i], signature.may_change[i]));
      QUANTA_CHECK(convert_to(view, wanted, false, at_argument));
      continue;
    }
    QUANTA_TRY(Compiled value, value_of(arguments[i], wanted));
    if (wanted.kind == Kind::kQubit && !value.constant) {
      emit(Op::kCheckQubits, at_argument, std::max(wanted.width, 1U));
    }
  }
  if (is_extern) {
    code_.messages.push_back(
        fmt::format("\"{}\" is an extern function: it cannot be called here", name));
    emit(Op::kFail, at_call, static_cast<std::uint32_t>(code_.messages.size() - 1));
  } else {
    emit(Op::kCall, at_call, signature.function);
  }
  return result;
}

}  // namespace quanta::quantum::openqasm
