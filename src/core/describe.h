/// One description of a type gives its parser, its printer and its schema (core/json.h).
///
///   struct Certificate {
///     double best = 0;
///     std::optional<double> bound;
///     static constexpr auto describe() {
///       return std::tuple{field("best", &Certificate::best, "value of the best answer found"),
///                         field("bound", &Certificate::bound, "no answer can be below it")};
///     }
///   };
///
/// A field whose member is a std::optional, or that has `.or_default()`, may be absent or null when
/// parsed; every other field must be there. This header is light, so that engines may describe
/// their types without knowing JSON.
#pragma once

#include <string_view>
#include <tuple>

namespace quanta {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::* member;
  std::string_view about;
  bool required = true;

  /// May be left out when parsed: the member keeps its default.
  constexpr Field or_default() const {
    Field copy = *this;
    copy.required = false;
    return copy;
  }
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member,
                                     std::string_view about) {
  return {name, member, about};
}

template <class T>
concept Described = requires { T::describe(); };

}  // namespace quanta
