/// The functions that expressions know. Inside the folder only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "quantum/openqasm/value.h"

namespace quanta::quantum::openqasm {

struct BuiltinCall {
  std::uint32_t function = 0;
  std::vector<Type> arguments = {};  ///< what the arguments are converted to
  Type result = {};
};

bool is_builtin(std::string_view name);
std::vector<std::string_view> builtin_names();

/// Errors: kBadInput (number or types of the arguments). Precondition: is_builtin(name).
Result<BuiltinCall> resolve_builtin(std::string_view name, std::span<const Type> arguments);

/// Arguments of the types that resolve_builtin says; `first` is the first of them. Errors:
/// kBadInput (outside the function's domain, a result that is not finite).
Result<Value> apply_builtin(std::uint32_t function, std::span<const Value> arguments,
                            const Type& first);

}  // namespace quanta::quantum::openqasm
