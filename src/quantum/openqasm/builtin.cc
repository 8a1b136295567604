#include "quantum/openqasm/builtin.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "quantum/openqasm/operators.h"

namespace quanta::quantum::openqasm {
namespace {

enum class Form {
  kReal,           // float to float
  kRealOrComplex,  // the same, or complex to complex
  kPart,           // complex to float
  kTwo,            // two integers, floats or complex numbers
  kCount,          // bits to uint
  kRotate,         // bits and an integer to bits
};

struct Entry {
  std::string_view name;
  Form form;
};

constexpr auto kTable = std::to_array<Entry>({
    {"sin", Form::kRealOrComplex},
    {"cos", Form::kRealOrComplex},
    {"tan", Form::kRealOrComplex},
    {"exp", Form::kRealOrComplex},
    {"ln", Form::kRealOrComplex},
    {"log", Form::kRealOrComplex},
    {"sqrt", Form::kRealOrComplex},
    {"arcsin", Form::kReal},
    {"arccos", Form::kReal},
    {"arctan", Form::kReal},
    {"floor", Form::kReal},
    {"ceiling", Form::kReal},
    {"real", Form::kPart},
    {"imag", Form::kPart},
    {"mod", Form::kTwo},
    {"pow", Form::kTwo},
    {"popcount", Form::kCount},
    {"rotl", Form::kRotate},
    {"rotr", Form::kRotate},
});

std::size_t place_of(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kTable, name, &Entry::name) - kTable.begin());
}

template <class T>
T elementary(std::string_view name, T x) {
  if (name == "sin") return std::sin(x);
  if (name == "cos") return std::cos(x);
  if (name == "tan") return std::tan(x);
  if (name == "exp") return std::exp(x);
  if (name == "sqrt") return std::sqrt(x);
  return std::log(x);
}

double real_only(std::string_view name, double x) {
  if (name == "arcsin") return std::asin(x);
  if (name == "arccos") return std::acos(x);
  if (name == "arctan") return std::atan(x);
  if (name == "floor") return std::floor(x);
  if (name == "ceiling") return std::ceil(x);
  return elementary(name, x);
}

Value rotated(const Bits& bits, std::int64_t by) {
  const auto n = static_cast<std::int64_t>(bits.cells.size());
  Bits result = bits;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t to = ((i + by % n) % n + n) % n;
    result.cells[static_cast<std::size_t>(to)] = bits.cells[static_cast<std::size_t>(i)];
  }
  return result;
}

}  // namespace

bool is_builtin(std::string_view name) { return place_of(name) < kTable.size(); }

std::vector<std::string_view> builtin_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kTable) names.push_back(entry.name);
  return names;
}

Result<BuiltinCall> resolve_builtin(std::string_view name, std::span<const Type> arguments) {
  const std::size_t place = place_of(name);
  const Form form = kTable[place].form;
  const std::size_t wanted = form == Form::kTwo || form == Form::kRotate ? 2 : 1;
  if (arguments.size() != wanted) {
    return wrong(fmt::format("{} takes {} argument{}, found {}", name, wanted,
                             wanted == 1 ? "" : "s", arguments.size()));
  }
  BuiltinCall call{.function = static_cast<std::uint32_t>(place)};
  const Type& first = arguments[0];
  const auto is = [](const Type& type, Kind kind) { return !type.is_array() && type.kind == kind; };
  const auto whole = [](const Type& type) {
    return type.is_integer() || (!type.is_array() && type.kind == Kind::kBool);
  };
  const Type real{.kind = Kind::kFloat};
  const Type complex{.kind = Kind::kComplex};
  switch (form) {
    case Form::kReal:
    case Form::kRealOrComplex:
      call.result = form == Form::kRealOrComplex && is(first, Kind::kComplex) ? complex : real;
      call.arguments = {call.result};
      break;
    case Form::kPart:
      call.arguments = {complex};
      call.result = real;
      break;
    case Form::kTwo: {
      const Type& second = arguments[1];
      call.result = real;
      if (name == "pow" && (is(first, Kind::kComplex) || is(second, Kind::kComplex))) {
        call.result = complex;
      }
      if (whole(first) && whole(second)) {
        const bool plain = first.kind == Kind::kUint && second.kind == Kind::kUint;
        call.result = {.kind = plain ? Kind::kUint : Kind::kInt};
      }
      call.arguments = {call.result, call.result};
      break;
    }
    case Form::kCount:
    case Form::kRotate: {
      if (!is(first, Kind::kBit) && !first.is_integer()) {
        return wrong(fmt::format("{} of {} is not possible", name, to_text(first)));
      }
      const Type bits =
          is(first, Kind::kBit) ? first : Type{.kind = Kind::kBit, .width = bit_width(first)};
      call.arguments = {bits};
      call.result = {.kind = Kind::kUint};
      if (form == Form::kRotate) {
        call.arguments.push_back({.kind = Kind::kInt});
        call.result = bits;
      }
      break;
    }
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool bits = call.arguments[i].kind == Kind::kBit;
    if (!converts(arguments[i], call.arguments[i], bits)) {
      return wrong(fmt::format("{} of {} is not possible", name, to_text(arguments[i])));
    }
  }
  return call;
}

Result<Value> apply_builtin(std::uint32_t function, std::span<const Value> arguments,
                            const Type& first) {
  const std::string_view name = kTable[function].name;
  for (const Value& argument : arguments) {
    if (std::holds_alternative<Unknown>(argument)) return Unknown{};
    if (std::holds_alternative<Symbolic>(argument)) {
      return wrong(fmt::format("{} of an input without a value", name));
    }
  }
  switch (kTable[function].form) {
    case Form::kReal:
    case Form::kRealOrComplex: {
      if (const auto* z = std::get_if<std::complex<double>>(arguments.data())) {
        const std::complex<double> result = elementary(name, *z);
        if (!std::isfinite(result.real()) || !std::isfinite(result.imag())) {
          return wrong(
              fmt::format("{}({}, {}) is not a finite number", name, z->real(), z->imag()));
        }
        return result;
      }
      const double x = std::get<double>(arguments[0]);
      const double result = real_only(name, x);
      if (!std::isfinite(result)) return wrong(fmt::format("{}({}) is not a real number", name, x));
      return result;
    }
    case Form::kPart: {
      const auto z = std::get<std::complex<double>>(arguments[0]);
      return name == "real" ? z.real() : z.imag();
    }
    case Form::kTwo: {
      const BinaryTypes types{first, first, first};
      return apply(name == "mod" ? Operator::kRemainder : Operator::kPower, arguments[0],
                   arguments[1], types);
    }
    case Form::kCount: {
      const auto& bits = std::get<Bits>(arguments[0]);
      if (!bits.known()) return Unknown{};
      return static_cast<std::uint64_t>(std::ranges::count(bits.cells, 1U));
    }
    case Form::kRotate: {
      const auto* by = std::get_if<std::uint64_t>(&arguments[1]);
      if (by == nullptr) return Unknown{};
      const std::int64_t steps = as_signed(*by) % (1 << 20);
      return rotated(std::get<Bits>(arguments[0]), name == "rotl" ? steps : -steps);
    }
  }
  return Unknown{};
}

}  // namespace quanta::quantum::openqasm
