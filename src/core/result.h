/// Errors as values.
///
///   Result<double> square_root(double x) {
///     if (!(x >= 0)) return bad_input("x", fmt::format("{} is negative", x));
///     return std::sqrt(x);
///   }
///   Result<double> quarter_root(double x) {
///     QUANTA_TRY(const double root, square_root(x));  // passes the error on
///     return square_root(root);
///   }
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quanta {

/// What went wrong, which decides the exit status of the command line and the HTTP status.
enum class ErrorKind {
  kUsage,       ///< flags or arguments that make no sense together (exit 2)
  kBadInput,    ///< data or a parameter that cannot be used (exit 3)
  kInfeasible,  ///< the input is well formed, but no answer satisfies it (exit 3)
  kIo,          ///< a file or connection failed (exit 1)
  kResource,    ///< memory or another limit does not suffice (exit 1)
  kCancelled,   ///< stopped by a deadline or by the caller (exit 1)
  kInternal,    ///< a mistake of ours (exit 1)
};

/// Where in a text the fault lies; 0 = not known. Lines and columns count from 1.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

/// One of several limits that cannot hold together.
struct ConflictingLimit {
  std::string words;              ///< "group tech at most 20 %"
  std::string remedy;             ///< what it would have to be: "at least 35 %"
  std::string field;              ///< the parameter or flag that sets it; empty where none does
  std::string name;               ///< what is limited: "group"
  std::optional<std::string> of;  ///< of which: "tech"; nothing: of the whole
  std::string relation;           ///< "<=", ">=" or "="
  double limit = 0.0;             ///< as it stands
  /// The nearest that would do with all other limits of the request as they are; nothing where no
  /// change of this one alone is enough.
  std::optional<double> nearest;
  double nearest_in_set = 0.0;  ///< the nearest that would end this contradiction alone
};

/// Limits that contradict each other while any of them without one would not.
using Conflict = std::vector<ConflictingLimit>;

/// `message` says what was found, where, and what would be right. `field` is the parameter, flag
/// or column at fault, empty where none is.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;
  std::string field;
  Place place;
  std::vector<Conflict> conflicts = {};  ///< kInfeasible, where they are known; no limit is in two
};

/// A value or an Error that the compiler does not let the caller drop.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string message,
                                                 std::string field = {}, Place place = {}) {
  return std::unexpected(Error{kind, std::move(message), std::move(field), std::move(place)});
}

[[nodiscard]] inline std::unexpected<Error> bad_input(std::string_view field, std::string message) {
  return fail(ErrorKind::kBadInput, std::move(message), std::string(field));
}

[[nodiscard]] inline std::unexpected<Error> infeasible(std::string_view field,
                                                       std::string message) {
  return fail(ErrorKind::kInfeasible, std::move(message), std::string(field));
}

/// "file:line:column: message", with the parts that are known ("line 3:7: message" without a file).
std::string to_text(const Error& error);

}  // namespace quanta

#define QUANTA_CONCAT_(a, b) a##b
#define QUANTA_CONCAT(a, b) QUANTA_CONCAT_(a, b)
#define QUANTA_TRY_(result, declaration, ...)                     \
  auto result = (__VA_ARGS__);                                    \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = *std::move(result)

/// Declares the value of an expression of type Result<T>, or returns its error from the function.
#define QUANTA_TRY(declaration, ...) \
  QUANTA_TRY_(QUANTA_CONCAT(quanta_result_, __LINE__), declaration, __VA_ARGS__)

/// The same for Result<void>, or where the value is not wanted.
#define QUANTA_CHECK(...)                                       \
  do {                                                          \
    if (auto quanta_result = (__VA_ARGS__); !quanta_result) {   \
      return std::unexpected(std::move(quanta_result).error()); \
    }                                                           \
  } while (false)
