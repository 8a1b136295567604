#include "quantum/openqasm/value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include <fmt/format.h>

namespace quanta::quantum::openqasm {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

std::string_view kind_name(Kind kind) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"nothing", "bool", "bit", "int", "uint", "float", "angle", "complex", "duration", "qubit"});
  return kNames[static_cast<std::size_t>(kind)];
}

double to_double(std::uint64_t value, Kind kind) {
  return kind == Kind::kInt ? static_cast<double>(as_signed(value)) : static_cast<double>(value);
}

Result<std::complex<double>> round_complex(std::complex<double> z, std::uint32_t width) {
  QUANTA_TRY(const double re, round_float(z.real(), width));
  QUANTA_TRY(const double im, round_float(z.imag(), width));
  return std::complex<double>(re, im);
}

Result<std::uint64_t> truncated(double x, const Type& to) {
  const double whole = std::trunc(x);
  const bool fits = to.kind == Kind::kInt ? whole >= -0x1p63 && whole < 0x1p63
                                          : whole > -0x1p63 && whole < 0x1p64;
  if (!fits) {
    return wrong(fmt::format("{} does not fit into {}", x, to_text(to)));
  }
  return whole < 0 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(whole))
                   : static_cast<std::uint64_t>(whole);
}

}  // namespace

bool is_real(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kFloat ||
         kind == Kind::kAngle;
}

bool is_whole(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kUint;
}

bool is_fixed(std::uint32_t width) { return width > 0 && width <= 52; }

Value equals_number(const Bits& bits, std::uint64_t number) {
  const std::size_t n = bits.cells.size();
  if (n < 64 && number >> n != 0) return std::uint64_t{0};
  Predicate predicate;
  for (std::size_t i = 0; i < n; ++i) {
    const bool wanted = i < 64 && (number >> i & 1) != 0;
    const std::uint32_t cell = bits.cells[i];
    if (cell < Bits::kFirstOutcome) {
      if ((cell == 1) != wanted) return std::uint64_t{0};
      continue;
    }
    const auto found = std::ranges::find(predicate.all, cell - Bits::kFirstOutcome,
                                         &std::pair<std::uint32_t, bool>::first);
    if (found == predicate.all.end()) {
      predicate.all.emplace_back(cell - Bits::kFirstOutcome, wanted);
    } else if (found->second != wanted) {
      return std::uint64_t{0};
    }
  }
  if (predicate.all.empty()) return std::uint64_t{1};
  return predicate;
}

std::unexpected<Error> not_linear(std::string_view what) {
  return wrong(fmt::format(
      "{} needs the values of the inputs in it; without them they may be added, and multiplied by "
      "or divided by numbers",
      what));
}

std::string to_text(const Type& type) {
  if (type.is_array()) {
    std::string text = "array[" + to_text(type.element());
    for (const std::uint32_t size : type.shape) {
      text += size == kAnySize ? ", ?" : fmt::format(", {}", size);
    }
    return text + "]";
  }
  std::string text(kind_name(type.kind));
  if (type.width == kAnySize) return text + "[?]";
  if (type.width == 0) return text;
  return type.kind == Kind::kComplex ? fmt::format("{}[float[{}]]", text, type.width)
                                     : fmt::format("{}[{}]", text, type.width);
}

bool Bits::known() const {
  return std::ranges::all_of(cells, [](std::uint32_t c) { return c < kFirstOutcome; });
}

Bits to_bits(std::uint64_t value, std::uint32_t width) {
  Bits bits;
  bits.cells.resize(width);
  for (std::uint32_t i = 0; i < width && i < 64; ++i) bits.cells[i] = value >> i & 1;
  return bits;
}

std::uint64_t to_integer(const Bits& bits) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bits.cells.size() && i < 64; ++i) {
    value |= std::uint64_t{bits.cells[i]} << i;
  }
  return value;
}

std::uint32_t bit_width(const Type& type) { return type.width == 0 ? 64 : type.width; }

std::uint64_t wrap(std::uint64_t value, const Type& type) {
  const std::uint32_t width = bit_width(type);
  if (width >= 64) return value;
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  value &= mask;
  if (type.kind == Kind::kInt && (value >> (width - 1) & 1) != 0) value |= ~mask;
  return value;
}

double wrap_angle(double radians) {
  double wrapped = std::fmod(radians, kTurn);
  if (wrapped < 0) wrapped += kTurn;
  return wrapped < kTurn ? wrapped : 0.0;
}

std::uint64_t angle_to_integer(double radians, std::uint32_t width) {
  const double scaled =
      std::nearbyint(std::ldexp(wrap_angle(radians) / kTurn, static_cast<int>(width)));
  if (scaled >= std::ldexp(1.0, static_cast<int>(width))) return 0;
  return static_cast<std::uint64_t>(scaled);
}

double angle_from_integer(std::uint64_t value, std::uint32_t width) {
  if (width < 64) value &= (std::uint64_t{1} << width) - 1;
  return std::ldexp(static_cast<double>(value), -static_cast<int>(width)) * kTurn;
}

double round_angle(double radians, std::uint32_t width) {
  if (!is_fixed(width)) return wrap_angle(radians);
  return angle_from_integer(angle_to_integer(radians, width), width);
}

Result<double> round_float(double x, std::uint32_t width) {
  struct Format {
    std::uint32_t width;
    int digits;    // of the fraction, the leading one included
    int smallest;  // the least number above 0 is 2^smallest
    double largest;
  };
  constexpr auto kFormats = std::to_array<Format>(
      {{16, 11, -24, 65504.0}, {32, 24, -149, std::numeric_limits<float>::max()}});
  const auto* const format = std::ranges::find(kFormats, width, &Format::width);
  if (format == kFormats.end() || x == 0.0) return x;
  const int step = std::max(std::ilogb(x) - format->digits + 1, format->smallest);
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(x, -step)), step);
  if (std::abs(rounded) > format->largest) {
    return wrong(
        fmt::format("{} does not fit into float[{}], whose largest number "
                    "is {:.6g}",
                    x, width, format->largest));
  }
  return rounded;
}

Value zero(const Type& type) {
  const auto scalar = [&]() -> Scalar {
    switch (type.kind) {
      case Kind::kFloat:
      case Kind::kAngle:
      case Kind::kDuration:
        return 0.0;
      case Kind::kComplex:
        return std::complex<double>();
      default:
        return std::uint64_t{0};
    }
  }();
  if (type.is_array()) {
    std::size_t n = 1;
    for (const std::uint32_t size : type.shape) n *= size;
    return Array{type.shape, std::vector<Scalar>(n, scalar)};
  }
  if (type.kind == Kind::kBit) {
    return Bits{.cells = std::vector<std::uint32_t>(std::max(type.width, 1U))};
  }
  return std::visit([](const auto& x) -> Value { return x; }, scalar);
}

bool converts(const Type& from, const Type& to, bool with_cast) {
  const auto same_size = [](std::uint32_t a, std::uint32_t b) {
    return a == b || a == kAnySize || b == kAnySize;
  };
  if (from.is_array() || to.is_array()) {
    if (from.shape.size() != to.shape.size() || from.kind != to.kind) return false;
    for (std::size_t i = 0; i < from.shape.size(); ++i) {
      if (!same_size(from.shape[i], to.shape[i])) return false;
    }
    return true;
  }
  switch (to.kind) {
    case Kind::kBool:
      return is_real(from.kind) || from.kind == Kind::kBit;
    case Kind::kBit:
      if (from.kind == Kind::kBit) {
        return same_size(std::max(from.width, 1U), std::max(to.width, 1U));
      }
      if (is_whole(from.kind)) return true;
      return with_cast && from.kind == Kind::kAngle && same_size(bit_width(from), to.width);
    case Kind::kInt:
    case Kind::kUint:
      if (from.kind == Kind::kBit) return with_cast || from.width <= 64 || from.width == kAnySize;
      return is_whole(from.kind) || (with_cast && from.kind == Kind::kFloat);
    case Kind::kFloat:
      return is_real(from.kind);
    case Kind::kAngle:
      return is_real(from.kind) || (with_cast && from.kind == Kind::kBit);
    case Kind::kComplex:
      return is_real(from.kind) || from.kind == Kind::kComplex;
    case Kind::kDuration:
      return from.kind == Kind::kDuration;
    case Kind::kQubit:
      return from.kind == Kind::kQubit &&
             same_size(std::max(from.width, 1U), std::max(to.width, 1U));
    case Kind::kVoid:
      return false;
  }
  return false;
}

Result<Value> convert(Value value, const Type& from, const Type& to, bool with_cast) {
  if (std::holds_alternative<Unknown>(value)) return value;
  if (auto* symbolic = std::get_if<Symbolic>(&value)) {
    const bool rounded = to.width == 16 || to.width == 32;
    if (to.kind == Kind::kFloat && !rounded) return value;
    if (to.kind != Kind::kAngle || is_fixed(to.width)) return not_linear(to_text(to));
    if (from.kind != Kind::kAngle) symbolic->modulo = true;
    return value;
  }
  if (from.is_array()) {
    const auto* array = std::get_if<Array>(&value);
    if (array == nullptr) return value;  // a reference, which is not copied
    for (std::size_t i = 0; i < to.shape.size(); ++i) {
      if (to.shape[i] != kAnySize && to.shape[i] != array->shape[i]) {
        return wrong(fmt::format("dimension {} has {} elements where {} has {}", i, array->shape[i],
                                 to_text(to), to.shape[i]));
      }
    }
    Array fitted = *array;
    for (Scalar& item : fitted.items) {
      if (to.kind == Kind::kInt || to.kind == Kind::kUint) {
        item = wrap(std::get<std::uint64_t>(item), to);
      } else if (to.kind == Kind::kAngle) {
        item = round_angle(std::get<double>(item), to.width);
      } else if (to.kind == Kind::kFloat) {
        QUANTA_TRY(item, round_float(std::get<double>(item), to.width));
      } else if (to.kind == Kind::kComplex) {
        QUANTA_TRY(item, round_complex(std::get<std::complex<double>>(item), to.width));
      }
    }
    return fitted;
  }
  if (auto* predicate = std::get_if<Predicate>(&value)) {
    if (to.kind == Kind::kBool) return value;
    if (to.kind == Kind::kBit && to.width <= 1 && predicate->all.size() == 1 &&
        predicate->all[0].second != predicate->negated) {
      return Bits{.cells = {Bits::kFirstOutcome + predicate->all[0].first}};
    }
    return Unknown{};
  }
  if (auto* bits = std::get_if<Bits>(&value)) {
    const auto n = static_cast<std::uint32_t>(bits->cells.size());
    switch (to.kind) {
      case Kind::kBool:
        return negation(equals_number(*bits, 0));
      case Kind::kBit:
        if (from.kind != Kind::kBit) {  // an integer that is not known yet
          if (!with_cast && n > std::max(to.width, 1U)) return Unknown{};
          bits->cells.resize(std::max(to.width, 1U));
          return value;
        }
        if (to.width != kAnySize && n != std::max(to.width, 1U)) {
          return wrong(fmt::format("{} bits do not fit {}", n, to_text(to)));
        }
        return value;
      case Kind::kInt:
      case Kind::kUint:
        if (!bits->known()) {
          // Where no bit can be a sign or be cut off they stay what they are.
          const bool fits = to.kind == Kind::kInt ? n < bit_width(to) : n <= bit_width(to);
          return fits ? value : Value(Unknown{});
        }
        if (n > 64) {
          for (std::size_t i = 64; i < n; ++i) {
            if (bits->cells[i] != 0) {
              return wrong(fmt::format("{} bits do not fit {}", n, to_text(to)));
            }
          }
        }
        return wrap(to_integer(*bits), to);
      case Kind::kAngle:
        if (!bits->known() || n > 64) return Unknown{};
        return round_angle(angle_from_integer(to_integer(*bits), n), to.width);
      default:
        return Unknown{};
    }
  }
  if (const auto* whole = std::get_if<std::uint64_t>(&value)) {
    switch (to.kind) {
      case Kind::kBool:
        return std::uint64_t{*whole != 0};
      case Kind::kBit: {
        const std::uint32_t width = std::max(to.width, 1U);
        if (to.width == kAnySize) return wrong("the number of bits is not known");
        const bool fits = width >= 64 ? !(from.kind == Kind::kInt && as_signed(*whole) < 0)
                                      : *whole >> width == 0;
        if (!with_cast && !fits) {
          return wrong(fmt::format("{} does not fit into {}",
                                   from.kind == Kind::kInt ? fmt::format("{}", as_signed(*whole))
                                                           : fmt::format("{}", *whole),
                                   to_text(to)));
        }
        return to_bits(*whole, width);
      }
      case Kind::kInt:
      case Kind::kUint:
        return wrap(*whole, to);
      case Kind::kFloat: {
        QUANTA_TRY(const double x, round_float(to_double(*whole, from.kind), to.width));
        return x;
      }
      case Kind::kAngle:
        return round_angle(to_double(*whole, from.kind), to.width);
      case Kind::kComplex: {
        QUANTA_TRY(const auto z, round_complex(to_double(*whole, from.kind), to.width));
        return z;
      }
      default:
        return value;
    }
  }
  if (const auto* z = std::get_if<std::complex<double>>(&value)) {
    QUANTA_TRY(const auto rounded, round_complex(*z, to.width));
    return rounded;
  }
  if (const auto* real = std::get_if<double>(&value)) {
    switch (to.kind) {
      case Kind::kBool:
        return std::uint64_t{*real != 0.0};
      case Kind::kBit:
        return to_bits(angle_to_integer(*real, bit_width(from)), bit_width(from));
      case Kind::kInt:
      case Kind::kUint: {
        QUANTA_TRY(const std::uint64_t whole, truncated(*real, to));
        return wrap(whole, to);
      }
      case Kind::kAngle:
        return round_angle(*real, to.width);
      case Kind::kFloat: {
        QUANTA_TRY(const double x, round_float(*real, to.width));
        return x;
      }
      case Kind::kComplex: {
        QUANTA_TRY(const auto z, round_complex(*real, to.width));
        return z;
      }
      default:
        return value;
    }
  }
  if (const auto* qubits = std::get_if<Qubits>(&value)) {
    if (to.width != kAnySize && qubits->numbers.size() != std::max(to.width, 1U)) {
      return wrong(
          fmt::format("{} qubits where {} is wanted", qubits->numbers.size(), to_text(to)));
    }
  }
  return value;
}

Value negation(const Value& value) {
  if (const auto* x = std::get_if<std::uint64_t>(&value)) return std::uint64_t{*x == 0};
  if (const auto* predicate = std::get_if<Predicate>(&value)) {
    Predicate opposite = *predicate;
    if (opposite.all.size() == 1) {
      opposite.all[0].second = !opposite.all[0].second;
    } else {
      opposite.negated = !opposite.negated;
    }
    return opposite;
  }
  return Unknown{};
}

Value conjunction(const Value& left, const Value& right) {
  if (const auto* x = std::get_if<std::uint64_t>(&left)) return *x == 0 ? left : right;
  if (const auto* x = std::get_if<std::uint64_t>(&right)) return *x == 0 ? right : left;
  const auto* a = std::get_if<Predicate>(&left);
  const auto* b = std::get_if<Predicate>(&right);
  if (a == nullptr || b == nullptr) return Unknown{};
  const auto value_of = [](const Predicate& p, std::uint32_t outcome) -> std::optional<bool> {
    const auto found = std::ranges::find(p.all, outcome, &std::pair<std::uint32_t, bool>::first);
    return found == p.all.end() ? std::nullopt : std::optional(found->second);
  };
  if (!a->negated && !b->negated) {
    Predicate both = *a;
    for (const auto& [outcome, value] : b->all) {
      const auto there = value_of(*a, outcome);
      if (!there) both.all.emplace_back(outcome, value);
      if (there && *there != value) return std::uint64_t{0};
    }
    return both;
  }
  if (a->negated && b->negated) return *a == *b ? left : Value(Unknown{});
  // All of these, and not all of those: what the first says of the second's outcomes is settled.
  const Predicate& all = a->negated ? *b : *a;
  Predicate rest{.negated = true};
  for (const auto& [outcome, value] : (a->negated ? *a : *b).all) {
    const auto there = value_of(all, outcome);
    if (!there) rest.all.emplace_back(outcome, value);
    if (there && *there != value) return all;
  }
  if (rest.all.empty()) return std::uint64_t{0};
  if (rest.all.size() > 1) return Unknown{};
  Predicate both = all;
  both.all.emplace_back(rest.all[0].first, !rest.all[0].second);
  return both;
}

}  // namespace quanta::quantum::openqasm
