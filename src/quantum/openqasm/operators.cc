#include "quantum/openqasm/operators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace quanta::quantum::openqasm {
namespace {

/// The truth of "bit by bit the same".
Value equals_bits(const Bits& left, const Bits& right) {
  if (left.known() && right.known()) return std::uint64_t{left.cells == right.cells};
  if (!left.known() && !right.known()) {
    return left.cells == right.cells ? Value(std::uint64_t{1}) : Value(Unknown{});
  }
  const Bits& open = left.known() ? right : left;
  const Bits& fixed = left.known() ? left : right;
  Value all = std::uint64_t{1};
  for (std::size_t i = 0; i < open.cells.size(); ++i) {
    all = conjunction(all, equals_number({.cells = {open.cells[i]}}, fixed.cells[i]));
  }
  return all;
}

Result<std::uint64_t> integer_power(std::uint64_t base, std::uint64_t exponent, const Type& type) {
  if (type.kind == Kind::kInt && as_signed(exponent) < 0) {
    return wrong(fmt::format("{} ** {}: an integer has no negative power; write {}.0",
                             as_signed(base), as_signed(exponent), as_signed(base)));
  }
  std::uint64_t result = 1;
  for (; exponent > 0; exponent >>= 1U) {
    if ((exponent & 1U) != 0) result *= base;
    base *= base;
  }
  return result;
}

Result<Value> on_integers(Operator op, std::uint64_t a, std::uint64_t b, const Type& type) {
  const bool is_signed = type.kind == Kind::kInt;
  switch (op) {
    case Operator::kAdd:
      return a + b;
    case Operator::kSubtract:
      return a - b;
    case Operator::kMultiply:
      return a * b;
    case Operator::kDivide:
    case Operator::kRemainder:
      if (b == 0) return wrong("division by zero");
      if (!is_signed) return op == Operator::kDivide ? a / b : a % b;
      if (b == ~std::uint64_t{0}) return op == Operator::kDivide ? 0 - a : 0;  // by -1
      return static_cast<std::uint64_t>(op == Operator::kDivide ? as_signed(a) / as_signed(b)
                                                                : as_signed(a) % as_signed(b));
    case Operator::kPower: {
      QUANTA_TRY(const std::uint64_t power, integer_power(a, b, type));
      return power;
    }
    case Operator::kBitAnd:
      return wrap(a & b, type);
    case Operator::kBitXor:
      return wrap(a ^ b, type);
    default:
      return wrap(a | b, type);
  }
}

Result<Value> on_floats(Operator op, double a, double b) {
  double result = 0.0;
  switch (op) {
    case Operator::kAdd:
      result = a + b;
      break;
    case Operator::kSubtract:
      result = a - b;
      break;
    case Operator::kMultiply:
      result = a * b;
      break;
    case Operator::kDivide:
      if (b == 0.0) return wrong("division by zero");
      result = a / b;
      break;
    case Operator::kRemainder:
      if (b == 0.0) return wrong("division by zero");
      result = std::fmod(a, b);
      break;
    default:
      result = std::pow(a, b);
  }
  if (!std::isfinite(result)) {
    return wrong(fmt::format("the result for {} and {} is not a finite number", a, b));
  }
  return result;
}

Result<Value> on_complex(Operator op, std::complex<double> a, std::complex<double> b) {
  std::complex<double> result;
  switch (op) {
    case Operator::kAdd:
      result = a + b;
      break;
    case Operator::kSubtract:
      result = a - b;
      break;
    case Operator::kMultiply:
      result = a * b;
      break;
    case Operator::kDivide:
      if (b == 0.0) return wrong("division by zero");
      result = a / b;
      break;
    default:
      result = a == 0.0 && b != 0.0 ? 0.0 : std::pow(a, b);
  }
  if (!std::isfinite(result.real()) || !std::isfinite(result.imag())) {
    return wrong("the result is not a finite number");
  }
  return result;
}

/// Angles of one fixed size, or such an angle and an integer: as their bits, modulo 2^width.
Result<Value> on_angles(Operator op, const Value& left, const Value& right,
                        const BinaryTypes& types) {
  const std::uint32_t width =
      types.left.kind == Kind::kAngle ? types.left.width : types.right.width;
  const auto word = [&](const Value& value) {
    const auto* angle = std::get_if<double>(&value);
    return angle != nullptr ? angle_to_integer(*angle, width) : std::get<std::uint64_t>(value);
  };
  const std::uint64_t a = word(left);
  const std::uint64_t b = word(right);
  std::uint64_t result = 0;
  if (op == Operator::kDivide && types.right.kind == Kind::kInt && as_signed(b) < 0) {
    result = 0 - a / (0 - b);
  } else {
    QUANTA_TRY(const Value whole, on_integers(op, a, b, {.kind = Kind::kUint}));
    result = std::get<std::uint64_t>(whole);
  }
  if (types.result.kind == Kind::kUint) return wrap(result, types.result);
  return angle_from_integer(result, width);
}

Result<Value> on_symbols(Operator op, const Value& left, const Value& right, const Type& type) {
  const auto read = [](const Value& value) -> std::optional<Symbolic> {
    if (const auto* symbolic = std::get_if<Symbolic>(&value)) return *symbolic;
    if (const auto* real = std::get_if<double>(&value)) return Symbolic{*real};
    return std::nullopt;
  };
  const auto a = read(left);
  const auto b = read(right);
  if (!a || !b) return not_linear("this");
  Symbolic result{.modulo = a->modulo || b->modulo};
  const auto scale = [&](const Symbolic& x, double factor) {
    result.angle = factor * x.angle;
    return !x.modulo || factor == std::trunc(factor);
  };
  switch (op) {
    case Operator::kAdd:
      result.angle = a->angle + b->angle;
      break;
    case Operator::kSubtract:
      result.angle = a->angle - b->angle;
      break;
    case Operator::kMultiply:
      if (!a->angle.is_number() && !b->angle.is_number()) return not_linear("a product");
      if (!(a->angle.is_number() ? scale(*b, a->angle.constant) : scale(*a, b->angle.constant))) {
        return not_linear("part of what is taken modulo a turn");
      }
      break;
    case Operator::kDivide:
      if (!b->angle.is_number()) return not_linear("a quotient");
      if (b->angle.constant == 0.0) return wrong("division by zero");
      if (!scale(*a, 1.0 / b->angle.constant)) {
        return not_linear("part of what is taken modulo a turn");
      }
      // Part of an angle in [0, 2pi) is one itself.
      if (type.kind == Kind::kAngle && b->angle.constant >= 1.0) return result;
      break;
    default:
      return not_linear("this");
  }
  if (type.kind == Kind::kAngle) result.modulo = true;
  if (!result.angle.is_number()) return result;
  return result.modulo ? wrap_angle(result.angle.constant) : result.angle.constant;
}

template <class T>
bool compared(Operator op, const T& a, const T& b) {
  switch (op) {
    case Operator::kLess:
      return a < b;
    case Operator::kLessEqual:
      return a <= b;
    case Operator::kGreater:
      return a > b;
    case Operator::kGreaterEqual:
      return a >= b;
    case Operator::kEqual:
      return a == b;
    default:
      return a != b;
  }
}

bool is_comparison(Operator op) { return op >= Operator::kLess && op <= Operator::kNotEqual; }
bool is_bitwise(Operator op) { return op >= Operator::kBitAnd && op <= Operator::kBitOr; }
bool is_shift(Operator op) { return op == Operator::kShiftLeft || op == Operator::kShiftRight; }

/// One cell of & | ^; nothing where it hangs on outcomes.
std::optional<std::uint32_t> on_cells(Operator op, std::uint32_t a, std::uint32_t b) {
  if (a > 1) std::swap(a, b);
  if (a > 1) return op != Operator::kBitXor && a == b ? std::optional(a) : std::nullopt;
  switch (op) {
    case Operator::kBitAnd:
      return a == 0 ? 0 : b;
    case Operator::kBitOr:
      return a == 1 ? 1 : b;
    default:
      if (a == 0) return b;
      return b > 1 ? std::nullopt : std::optional(1 - b);
  }
}

Value on_bits(Operator op, const Bits& left, const Bits& right) {
  if (op == Operator::kEqual) return equals_bits(left, right);
  if (op == Operator::kNotEqual) return negation(equals_bits(left, right));
  if (is_comparison(op)) {
    if (!left.known() || !right.known()) return Unknown{};
    const bool less = std::ranges::lexicographical_compare(
        left.cells.rbegin(), left.cells.rend(), right.cells.rbegin(), right.cells.rend());
    const bool equal = left.cells == right.cells;
    return std::uint64_t{compared(op, less ? -1 : equal ? 0 : 1, 0)};
  }
  Bits result;
  for (std::size_t i = 0; i < left.cells.size(); ++i) {
    const auto cell = on_cells(op, left.cells[i], right.cells[i]);
    if (!cell) return Unknown{};
    result.cells.push_back(*cell);
  }
  return result;
}

Result<Value> shifted(Operator op, const Value& left, std::uint64_t by, const Type& type,
                      const Type& by_type) {
  if (by_type.kind == Kind::kInt && as_signed(by) < 0) {
    return wrong(fmt::format("a shift by {} is negative", as_signed(by)));
  }
  if (const auto* bits = std::get_if<Bits>(&left)) {
    const std::size_t n = bits->cells.size();
    Bits result{.cells = std::vector<std::uint32_t>(n)};
    for (std::size_t i = 0; i < n; ++i) {
      if (op == Operator::kShiftLeft && i >= by) result.cells[i] = bits->cells[i - by];
      if (op == Operator::kShiftRight && by < n - i) result.cells[i] = bits->cells[i + by];
    }
    return result;
  }
  const std::uint32_t width = bit_width(type);
  if (type.kind == Kind::kAngle) {
    const std::uint64_t number = angle_to_integer(std::get<double>(left), width);
    const std::uint64_t moved = by >= width                  ? 0
                                : op == Operator::kShiftLeft ? number << by
                                                             : number >> by;
    return angle_from_integer(moved, width);
  }
  const std::uint64_t number = std::get<std::uint64_t>(left);
  if (op == Operator::kShiftLeft) return by >= width ? 0 : wrap(number << by, type);
  if (type.kind == Kind::kInt) {
    return static_cast<std::uint64_t>(as_signed(number) >> std::min<std::uint64_t>(by, 63));
  }
  return by >= width ? 0 : number >> by;
}

}  // namespace

Operator binary_operator(std::string_view symbol) {
  struct Entry {
    std::string_view symbol;
    Operator op;
  };
  constexpr auto kTable = std::to_array<Entry>({{"+", Operator::kAdd},
                                                {"-", Operator::kSubtract},
                                                {"*", Operator::kMultiply},
                                                {"/", Operator::kDivide},
                                                {"%", Operator::kRemainder},
                                                {"**", Operator::kPower},
                                                {"<<", Operator::kShiftLeft},
                                                {">>", Operator::kShiftRight},
                                                {"<", Operator::kLess},
                                                {"<=", Operator::kLessEqual},
                                                {">", Operator::kGreater},
                                                {">=", Operator::kGreaterEqual},
                                                {"==", Operator::kEqual},
                                                {"!=", Operator::kNotEqual},
                                                {"&", Operator::kBitAnd},
                                                {"^", Operator::kBitXor},
                                                {"|", Operator::kBitOr}});
  const auto* const found = std::ranges::find(kTable, symbol, &Entry::symbol);
  return found == kTable.end() ? Operator::kAdd : found->op;
}

Result<BinaryTypes> binary_types(Operator op, const Type& left, const Type& right) {
  const auto refused = [&]() -> std::unexpected<Error> {
    return wrong(fmt::format("{} and {} cannot be combined so", to_text(left), to_text(right)));
  };
  const auto usable = [](const Type& type) {
    return !type.is_array() && type.kind != Kind::kVoid && type.kind != Kind::kQubit;
  };
  if (!usable(left) || !usable(right)) return refused();
  const Kind a = left.kind;
  const Kind b = right.kind;
  const auto either = [&](Kind kind) { return a == kind || b == kind; };
  const auto both = [&](Kind kind) { return a == kind && b == kind; };
  const auto all = [](Kind kind, Kind result) {
    return BinaryTypes{{.kind = kind}, {.kind = kind}, {.kind = result}};
  };
  // Bits beside numbers are read as one.
  const auto number = [](const Type& type) -> Type {
    if (type.kind == Kind::kBit) return {.kind = Kind::kUint};
    if (type.kind == Kind::kBool) return {.kind = Kind::kInt};
    return type;
  };
  // Of two sizes the larger; no size where one of the two has none; else that of the only angle.
  const std::uint32_t angle_width =
      !both(Kind::kAngle)                   ? (a == Kind::kAngle ? left.width : right.width)
      : left.width == 0 || right.width == 0 ? 0
                                            : std::max(left.width, right.width);
  const bool same_bits = both(Kind::kBit) && std::max(left.width, 1U) == std::max(right.width, 1U);
  const bool wide = (a == Kind::kBit && left.width > 64 && left.width != kAnySize) ||
                    (b == Kind::kBit && right.width > 64 && right.width != kAnySize);
  if (is_shift(op)) {
    const Type by = number(right);
    const bool shiftable =
        a == Kind::kBit || a == Kind::kInt || a == Kind::kUint || a == Kind::kAngle;
    if (!shiftable || !by.is_integer()) return refused();
    return BinaryTypes{left, {.kind = by.kind}, left};
  }
  if (is_comparison(op)) {
    const bool order = op != Operator::kEqual && op != Operator::kNotEqual;
    if (same_bits) return BinaryTypes{left, right, {.kind = Kind::kBool}};
    if (both(Kind::kBit) && left.width != kAnySize && right.width != kAnySize) return refused();
    if (wide) return refused();
    if (both(Kind::kDuration)) return all(Kind::kDuration, Kind::kBool);
    if (either(Kind::kDuration)) return refused();
    if (either(Kind::kComplex)) {
      if (order) return refused();
      return all(Kind::kComplex, Kind::kBool);
    }
    if (both(Kind::kBool) || (either(Kind::kBool) && either(Kind::kBit))) {
      return all(Kind::kBool, Kind::kBool);
    }
    if (either(Kind::kAngle)) {
      const Type angle{.kind = Kind::kAngle, .width = angle_width};
      return BinaryTypes{angle, angle, {.kind = Kind::kBool}};
    }
    if (either(Kind::kFloat)) {
      if (either(Kind::kBit)) return refused();
      return all(Kind::kFloat, Kind::kBool);
    }
    const Type l = number(left);
    const Type r = number(right);
    return BinaryTypes{{.kind = l.kind}, {.kind = r.kind}, {.kind = Kind::kBool}};
  }
  if (is_bitwise(op)) {
    if (same_bits) return BinaryTypes{left, right, left};
    if (both(Kind::kBool)) return all(Kind::kBool, Kind::kBool);
    if (both(Kind::kBit) || wide) return refused();
    if (either(Kind::kBool) && either(Kind::kBit)) return all(Kind::kBool, Kind::kBool);
    const Type l = number(left);
    const Type r = number(right);
    if (both(Kind::kAngle) && left.width == right.width) return BinaryTypes{left, right, left};
    if (!l.is_integer() || !r.is_integer()) return refused();
    const Type common{
        .kind = l.kind == Kind::kUint && r.kind == Kind::kUint ? Kind::kUint : Kind::kInt,
        .width = std::max(bit_width(l), bit_width(r))};
    return BinaryTypes{{.kind = common.kind}, {.kind = common.kind}, common};
  }
  // Arithmetic.
  if (wide) return refused();
  if (either(Kind::kDuration)) {
    const bool sum = op == Operator::kAdd || op == Operator::kSubtract;
    if (both(Kind::kDuration)) {
      if (sum) return all(Kind::kDuration, Kind::kDuration);
      if (op == Operator::kDivide) return all(Kind::kDuration, Kind::kFloat);
      return refused();
    }
    const bool scaled = (op == Operator::kMultiply && is_real(a == Kind::kDuration ? b : a)) ||
                        (op == Operator::kDivide && a == Kind::kDuration && is_real(b));
    if (!scaled) return refused();
    BinaryTypes types = all(Kind::kFloat, Kind::kDuration);
    (a == Kind::kDuration ? types.left : types.right).kind = Kind::kDuration;
    return types;
  }
  if (either(Kind::kComplex)) {
    if (op == Operator::kRemainder) return refused();
    return all(Kind::kComplex, Kind::kComplex);
  }
  const Type l = number(left);
  const Type r = number(right);
  if (l.kind == Kind::kAngle || r.kind == Kind::kAngle) {
    const bool scale = op == Operator::kMultiply || op == Operator::kDivide;
    const bool scaled = scale && ((l.kind == Kind::kAngle && r.is_integer()) ||
                                  (op == Operator::kMultiply && l.is_integer()));
    const bool sum = both(Kind::kAngle) && !scale && op != Operator::kPower;
    const Type angle{.kind = Kind::kAngle, .width = angle_width};
    const auto operand = [&](const Type& type) -> Type {
      return type.kind == Kind::kAngle ? angle : Type{.kind = type.kind};
    };
    if (is_fixed(angle_width)) {
      if (sum || scaled) return BinaryTypes{operand(l), operand(r), angle};
      if (both(Kind::kAngle) && op == Operator::kDivide) {
        return BinaryTypes{angle, angle, {.kind = Kind::kUint, .width = angle_width}};
      }
    }
    const Type real{.kind = Kind::kFloat};
    return BinaryTypes{real, real, sum || scaled ? angle : real};
  }
  if (l.kind == Kind::kFloat || r.kind == Kind::kFloat) {
    if (either(Kind::kBit)) return refused();
    return all(Kind::kFloat, Kind::kFloat);
  }
  if (op == Operator::kPower) {
    const std::uint32_t width = l.kind == Kind::kUint ? l.width : 0;
    return BinaryTypes{{.kind = l.kind}, {.kind = r.kind}, {.kind = l.kind, .width = width}};
  }
  if (a == Kind::kUint && b == Kind::kUint) {
    BinaryTypes types = all(Kind::kUint, Kind::kUint);
    if (l.width != 0 && r.width != 0) types.result.width = std::max(l.width, r.width);
    return types;
  }
  // Bits have no arithmetic in the specification: a difference of theirs has a sign.
  const bool plain = l.kind == Kind::kUint && r.kind == Kind::kUint;
  return all(plain ? Kind::kUint : Kind::kInt,
             plain && op != Operator::kSubtract ? Kind::kUint : Kind::kInt);
}

Result<Value> apply(Operator op, const Value& left, const Value& right, const BinaryTypes& types) {
  const auto unknown = [](const Value& v) { return std::holds_alternative<Unknown>(v); };
  if (unknown(left) || unknown(right)) return Unknown{};
  if (std::holds_alternative<Symbolic>(left) || std::holds_alternative<Symbolic>(right)) {
    return on_symbols(op, left, right, types.result);
  }
  const bool equality = op == Operator::kEqual || op == Operator::kNotEqual;
  // What hangs on outcomes.
  const auto open = [](const Value& v) {
    const auto* bits = std::get_if<Bits>(&v);
    return bits != nullptr && !bits->known();
  };
  if (std::holds_alternative<Predicate>(left) || std::holds_alternative<Predicate>(right)) {
    const bool on_left = std::holds_alternative<Predicate>(left);
    const auto* other = std::get_if<std::uint64_t>(on_left ? &right : &left);
    if (!equality || other == nullptr || types.left.kind != Kind::kBool) return Unknown{};
    const Value& predicate = on_left ? left : right;
    return ((*other != 0) == (op == Operator::kEqual)) ? predicate : negation(predicate);
  }
  if ((open(left) && types.left.kind != Kind::kBit) ||
      (open(right) && types.right.kind != Kind::kBit)) {
    const auto* number = std::get_if<std::uint64_t>(open(left) ? &right : &left);
    if (number == nullptr) return Unknown{};
    const Value& bits = open(left) ? left : right;
    if (equality) {
      Value equal = equals_number(std::get<Bits>(bits), *number);
      return op == Operator::kEqual ? equal : negation(equal);
    }
    return Unknown{};
  }
  if (is_shift(op)) {
    return shifted(op, left, std::get<std::uint64_t>(right), types.left, types.right);
  }
  if (types.left.kind == Kind::kBit) {
    const auto& a = std::get<Bits>(left);
    const auto& b = std::get<Bits>(right);
    if (a.cells.size() != b.cells.size()) {
      return wrong(
          fmt::format("{} bits cannot be combined with {}", a.cells.size(), b.cells.size()));
    }
    return on_bits(op, a, b);
  }
  if (types.left.kind == Kind::kAngle && is_bitwise(op)) {
    const std::uint32_t width = bit_width(types.left);
    const Type word{.kind = Kind::kUint, .width = width};
    QUANTA_TRY(const Value bits,
               on_integers(op, angle_to_integer(std::get<double>(left), width),
                           angle_to_integer(std::get<double>(right), width), word));
    return angle_from_integer(std::get<std::uint64_t>(bits), width);
  }
  if (!is_comparison(op) && (types.left.kind == Kind::kAngle || types.right.kind == Kind::kAngle)) {
    return on_angles(op, left, right, types);
  }
  if (const auto* a = std::get_if<std::complex<double>>(&left)) {
    const auto b = std::get<std::complex<double>>(right);
    if (equality) return std::uint64_t{(*a == b) == (op == Operator::kEqual)};
    return on_complex(op, *a, b);
  }
  if (const auto* a = std::get_if<double>(&left)) {
    const double b = std::get<double>(right);
    if (is_comparison(op)) return std::uint64_t{compared(op, *a, b)};
    QUANTA_TRY(const Value result, on_floats(op, *a, b));
    const auto* real = std::get_if<double>(&result);
    return types.result.kind == Kind::kAngle && real != nullptr
               ? round_angle(*real, types.result.width)
               : result;
  }
  const std::uint64_t a = std::get<std::uint64_t>(left);
  const std::uint64_t b = std::get<std::uint64_t>(right);
  if (is_comparison(op)) {
    // By value: a negative number is below all that have no sign.
    const bool negative_a = types.left.kind == Kind::kInt && as_signed(a) < 0;
    const bool negative_b = types.right.kind == Kind::kInt && as_signed(b) < 0;
    if (negative_a != negative_b)
      return std::uint64_t{compared(op, negative_a ? 0 : 1, negative_b ? 0 : 1)};
    return std::uint64_t{compared(op, a, b)};
  }
  const Type& type = op == Operator::kPower ? types.right
                     : is_bitwise(op)       ? types.result
                                            : types.left;
  QUANTA_TRY(Value result, on_integers(op, a, b, type));
  if (types.result.kind != Kind::kUint) return result;
  return wrap(std::get<std::uint64_t>(result), types.result);
}

Result<Type> unary_type(Operator op, const Type& operand) {
  const Kind kind = operand.kind;
  if (!operand.is_array()) {
    if (op == Operator::kNot && (is_real(kind) || kind == Kind::kBit))
      return Type{.kind = Kind::kBool};
    if (op == Operator::kComplement &&
        (kind == Kind::kBit || kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kAngle ||
         kind == Kind::kBool)) {
      return operand;
    }
    if (op == Operator::kNegate) {
      if (is_whole(kind)) return Type{.kind = Kind::kInt};
      if (kind == Kind::kFloat || kind == Kind::kAngle || kind == Kind::kComplex ||
          kind == Kind::kDuration) {
        return operand;
      }
    }
  }
  return wrong(fmt::format("{} of {} is not possible",
                           op == Operator::kNot          ? "!"
                           : op == Operator::kComplement ? "~"
                                                         : "-",
                           to_text(operand)));
}

Value apply(Operator op, const Value& operand, const Type& type) {
  if (op == Operator::kNot) return negation(operand);
  if (op == Operator::kNegate) {
    if (const auto* x = std::get_if<std::uint64_t>(&operand)) return 0 - *x;
    if (const auto* x = std::get_if<double>(&operand)) {
      return type.kind == Kind::kAngle ? round_angle(-*x, type.width) : -*x;
    }
    if (const auto* x = std::get_if<std::complex<double>>(&operand)) return -*x;
    if (const auto* x = std::get_if<Symbolic>(&operand)) {
      return Symbolic{-x->angle, x->modulo || type.kind == Kind::kAngle};
    }
    return Unknown{};
  }
  if (type.kind == Kind::kBool) return negation(operand);
  if (const auto* bits = std::get_if<Bits>(&operand)) {
    if (!bits->known()) return Unknown{};
    Bits result = *bits;
    for (std::uint32_t& cell : result.cells) cell = 1 - cell;
    return result;
  }
  if (const auto* x = std::get_if<std::uint64_t>(&operand)) return wrap(~*x, type);
  if (const auto* x = std::get_if<double>(&operand)) {
    const std::uint32_t width = bit_width(type);
    return angle_from_integer(~angle_to_integer(*x, width), width);
  }
  return Unknown{};
}

}  // namespace quanta::quantum::openqasm
