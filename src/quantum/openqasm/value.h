/// Types and values of a running program, and how one becomes another (operators.h: what operators
/// do to them). Inside the folder only.
///
/// Every function here is pure. Messages name no place: the caller adds it.
#pragma once

#include <complex>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum::openqasm {

/// A fault whose place in the program the caller adds.
inline std::unexpected<Error> wrong(std::string message) {
  return bad_input({}, std::move(message));
}

enum class Kind : std::uint8_t {
  kVoid,
  kBool,
  kBit,
  kInt,
  kUint,
  kFloat,
  kAngle,
  kComplex,
  kDuration,
  kQubit,
};

/// A size that is known only when the program runs.
inline constexpr std::uint32_t kAnySize = UINT32_MAX;

/// bool, int, uint, float, angle; and the first three of them.
bool is_real(Kind kind);
bool is_whole(Kind kind);
/// Whether angle[width] is stored as whole multiples of 2pi/2^width: a double holds no more bits.
bool is_fixed(std::uint32_t width);

struct Type {
  Kind kind = Kind::kVoid;
  /// bit, qubit: 0 for a single one, else the size of the register. Numbers: bits, 0 where none are
  /// written.
  std::uint32_t width = 0;
  std::vector<std::uint32_t> shape = {};  ///< sizes of an array's dimensions; empty: no array

  bool is_array() const { return !shape.empty(); }
  bool is_register() const { return !is_array() && width > 0; }  ///< of bits or qubits
  bool is_integer() const { return !is_array() && (kind == Kind::kInt || kind == Kind::kUint); }
  Type element() const { return {.kind = kind, .width = width}; }
  friend bool operator==(const Type&, const Type&) = default;
};

inline constexpr Type kTruth{.kind = Kind::kBool};

/// "bit[4]", "array[int[8], 2, 2]".
std::string to_text(const Type& type);

/// A bit or a register of bits, the lowest first: 0, 1, or kFirstOutcome + the number of an
/// outcome that is not known yet (only while a program is turned into a circuit).
struct Bits {
  static constexpr std::uint32_t kFirstOutcome = 2;
  std::vector<std::uint32_t> cells = {};

  bool known() const;
  friend bool operator==(const Bits&, const Bits&) = default;
};

/// Integers of both signs and truth values as their two's complement; floats, angles in radians,
/// durations in nanoseconds; complex numbers.
using Scalar = std::variant<std::uint64_t, double, std::complex<double>>;

struct Array {
  std::vector<std::uint32_t> shape = {};
  std::vector<Scalar> items = {};  ///< last dimension fastest
  friend bool operator==(const Array&, const Array&) = default;
};

/// A reference to items of variables: an alias, or an argument passed by reference.
struct View {
  struct Item {
    std::uint32_t slot = 0;
    std::uint32_t item = 0;
    friend bool operator==(const Item&, const Item&) = default;
  };
  std::vector<std::uint32_t> shape = {};
  std::vector<Item> items = {};
  friend bool operator==(const View&, const View&) = default;
};

struct Qubits {
  std::vector<unsigned> numbers = {};
  friend bool operator==(const Qubits&, const Qubits&) = default;
};

/// A truth value that hangs on outcomes: all of them have their values (or, negated, not all).
struct Predicate {
  std::vector<std::pair<std::uint32_t, bool>> all = {};  ///< outcome and its value, each once
  bool negated = false;
  friend bool operator==(const Predicate&, const Predicate&) = default;
};

/// What hangs on outcomes in a way that nothing here can say.
struct Unknown {
  friend bool operator==(const Unknown&, const Unknown&) = default;
};

/// A float or an angle made of inputs that have no value (only while a program is turned into a
/// circuit): their k-th is parameter k.
struct Symbolic {
  Angle angle = {};
  bool modulo = false;  ///< what is meant is its remainder modulo a turn
  friend bool operator==(const Symbolic&, const Symbolic&) = default;
};

using Value = std::variant<Unknown, std::uint64_t, double, std::complex<double>, Bits, Array, View,
                           Qubits, Predicate, Symbolic>;

inline std::int64_t as_signed(std::uint64_t x) { return static_cast<std::int64_t>(x); }

/// What a variable holds that has been given no value. Precondition: the type's sizes are known.
Value zero(const Type& type);

/// Whether a value of one type may stand where the other is wanted without a cast, or with one.
bool converts(const Type& from, const Type& to, bool with_cast);

/// Errors: kBadInput (a number that does not fit, sizes that differ, a Symbolic that would be
/// rounded or compared). Precondition: converts().
Result<Value> convert(Value value, const Type& from, const Type& to, bool with_cast);

/// What a program may add, and multiply and divide by numbers, and no more. Error: kBadInput.
std::unexpected<Error> not_linear(std::string_view what);

/// The truth of "these bits read as a number are `number`".
Value equals_number(const Bits& bits, std::uint64_t number);
/// Conjunction of truth values, Unknown where no Predicate can say it.
Value conjunction(const Value& left, const Value& right);
Value negation(const Value& value);

/// The bits of an integer or angle, the lowest first.
Bits to_bits(std::uint64_t value, std::uint32_t width);
std::uint64_t to_integer(const Bits& bits);
/// 64 where the type has no size.
std::uint32_t bit_width(const Type& type);
/// The value that int[n] or uint[n] makes of 64 bits.
std::uint64_t wrap(std::uint64_t value, const Type& type);
/// Radians in [0, 2pi).
double wrap_angle(double radians);
/// What angle[width] holds: the nearest multiple of 2pi/2^width modulo a turn, ties to the even
/// one. Widths above 52, which a double cannot hold, and 0: wrap_angle.
double round_angle(double radians, std::uint32_t width);
/// What float[width] holds: IEEE 754 for 16 and 32, ties to even; a double for any other width.
/// Errors: kBadInput (beyond the largest number).
Result<double> round_float(double x, std::uint32_t width);
/// The nearest multiple of 2pi/2^width as its number, and back.
std::uint64_t angle_to_integer(double radians, std::uint32_t width);
double angle_from_integer(std::uint64_t value, std::uint32_t width);

}  // namespace quanta::quantum::openqasm
