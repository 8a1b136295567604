/// What operators do to values. Inside the folder only.
///
/// Every function here is pure. Messages name no place: the caller adds it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "quantum/openqasm/value.h"

namespace quanta::quantum::openqasm {

enum class Operator : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kPower,
  kShiftLeft,
  kShiftRight,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kBitAnd,
  kBitXor,
  kBitOr,
  kNegate,
  kComplement,
  kNot,
};

/// The operator of a symbol between two operands ("+", "**", "<<" …).
Operator binary_operator(std::string_view symbol);

/// To which types the operands of a binary operator are converted, and what comes out.
struct BinaryTypes {
  Type left;
  Type right;
  Type result;
};
/// Errors: kBadInput, types that the operator does not take.
Result<BinaryTypes> binary_types(Operator op, const Type& left, const Type& right);

/// Operands of the types that binary_types says. uint[n] is computed modulo 2^n, of two sizes the
/// larger; angle[n] as the uint[n] of its bits; int is wrapped where it is stored, float[n] rounded
/// there. An int and a uint make an int. Symbolic values are added, and multiplied by or divided by
/// numbers. Errors: kBadInput (division by zero, a result that
/// is not finite, a negative exponent of an integer or shift).
Result<Value> apply(Operator op, const Value& left, const Value& right, const BinaryTypes& types);

/// Errors: kBadInput, a type that has no such operator.
Result<Type> unary_type(Operator op, const Type& operand);
Value apply(Operator op, const Value& operand, const Type& type);

}  // namespace quanta::quantum::openqasm
