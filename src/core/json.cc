#include "core/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include "core/utf8.h"

namespace quanta::json {
namespace {

constexpr std::size_t kMaxDepth = 64;

void print_string(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (const CodePoint point = code_point_at(text, i); point.valid) {
          out += text.substr(i, point.length);
          i += point.length - 1;
        } else {
          out += "\ufffd";  // the text may be a file's name or a cell of it: any bytes
        }
    }
  }
  out += '"';
}

void print_number(double x, std::string& out) {
  if (!std::isfinite(x)) {
    out += "null";
    return;
  }
  if (x == 0.0 && std::signbit(x)) {  // many readers take -0 for the integer zero
    out += "-0.0";
    return;
  }
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
  out.append(digits, end);
}

bool is_plain(const Value& value) { return !value.is_object() && !value.is_array(); }

/// depth < 0: on one line.
void print_value(const Value& value, int depth, std::string& out) {
  const auto line = [&](int level) {
    if (depth < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(2 * level), ' ');
  };
  const int inner = depth < 0 ? -1 : depth + 1;
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      break;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case boost::json::kind::int64:
      out += fmt::format("{}", value.get_int64());
      break;
    case boost::json::kind::uint64:
      out += fmt::format("{}", value.get_uint64());
      break;
    case boost::json::kind::double_:
      print_number(value.get_double(), out);
      break;
    case boost::json::kind::string:
      print_string(value.get_string(), out);
      break;
    case boost::json::kind::array: {
      const Array& array = value.get_array();
      const bool on_one_line = depth < 0 || std::ranges::all_of(array, is_plain);
      out += '[';
      for (std::size_t i = 0; i < array.size(); ++i) {
        if (i > 0) out += on_one_line && depth >= 0 ? ", " : ",";
        if (!on_one_line) line(depth + 1);
        print_value(array[i], inner, out);
      }
      if (!on_one_line) line(depth);
      out += ']';
      break;
    }
    case boost::json::kind::object: {
      const Object& object = value.get_object();
      out += '{';
      bool first = true;
      for (const auto& item : object) {
        if (!first) out += ',';
        first = false;
        line(depth + 1);
        print_string(item.key(), out);
        out += depth < 0 ? ":" : ": ";
        print_value(item.value(), inner, out);
      }
      if (!object.empty()) line(depth);
      out += '}';
      break;
    }
  }
}

/// Builds the value while Boost.JSON's parser reads. Its own value parser rounds some doubles to a
/// neighbour (Boost 1.81 has no precise mode) and lets the last of two equal keys win; this one
/// reads numbers with std::from_chars and refuses the second key.
struct Builder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using error_code = boost::system::error_code;

  Value root;
  std::string fault;
  std::vector<Value> open;        ///< objects and arrays that have begun and not ended
  std::vector<std::string> keys;  ///< the key under which each open object's next value goes
  std::string text;               ///< parts of the string, key or number being read

  bool add(Value value, error_code& code) {
    if (open.empty()) {
      root = std::move(value);
    } else if (open.back().is_array()) {
      open.back().get_array().push_back(std::move(value));
    } else if (!open.back().get_object().emplace(keys.back(), std::move(value)).second) {
      fault = fmt::format("the key \"{}\" stands twice in one object", keys.back());
      code = boost::json::error::syntax;
      return false;
    }
    return true;
  }
  bool begin(Value value) {
    open.push_back(std::move(value));
    keys.emplace_back();
    return true;
  }
  bool end(error_code& code) {
    Value value = std::move(open.back());
    open.pop_back();
    keys.pop_back();
    return add(std::move(value), code);
  }
  bool part(std::string_view piece) {
    text += piece;
    return true;
  }
  std::string whole(std::string_view last) {
    text += last;
    return std::exchange(text, {});
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return begin(Object{}); }
  bool on_object_end(std::size_t, error_code& code) { return end(code); }
  bool on_array_begin(error_code&) { return begin(Array{}); }
  bool on_array_end(std::size_t, error_code& code) { return end(code); }
  bool on_key_part(std::string_view piece, std::size_t, error_code&) { return part(piece); }
  bool on_key(std::string_view last, std::size_t, error_code&) {
    keys.back() = whole(last);
    return true;
  }
  bool on_string_part(std::string_view piece, std::size_t, error_code&) { return part(piece); }
  bool on_string(std::string_view last, std::size_t, error_code& code) {
    return add(Value(whole(last)), code);
  }
  bool on_number_part(std::string_view piece, error_code&) { return part(piece); }
  bool on_int64(std::int64_t x, std::string_view last, error_code& code) {
    const bool is_negative_zero = x == 0 && whole(last).starts_with('-');
    return is_negative_zero ? add(-0.0, code) : add(x, code);
  }
  bool on_uint64(std::uint64_t x, std::string_view, error_code& code) {
    text.clear();
    return add(x, code);
  }
  bool on_double(double, std::string_view last, error_code& code) {
    const std::string digits = whole(last);
    double x = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), x);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fault = fmt::format("{} is outside the range of a double", digits.substr(0, 40));
      code = boost::json::error::syntax;
      return false;
    }
    return add(x, code);
  }
  bool on_bool(bool x, error_code& code) { return add(x, code); }
  bool on_null(error_code& code) { return add(nullptr, code); }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }
};

std::string describe_value(const Value& value) {
  std::string text = print_compact(value);
  if (text.size() <= 60) return text;
  std::size_t end = 57;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

/// `rest` is the text from the fault on.
std::string describe_fault(const boost::system::error_code& code, std::string_view rest) {
  if (code == boost::json::error::incomplete) return "the text ends before the document does";
  if (code == boost::json::error::too_deep) {
    return fmt::format("more than {} levels of arrays and objects", kMaxDepth);
  }
  if (code != boost::json::error::syntax || rest.empty()) return code.message();
  const CodePoint point = code_point_at(rest, 0);
  if (!point.valid) return "a byte that is not UTF-8";
  std::string found;
  print_string(rest.substr(0, point.length), found);
  return fmt::format("unexpected {}", found);
}

std::string named(const std::string& path) { return path.empty() ? "the document" : path; }

}  // namespace

Result<Value> parse(std::string_view text, std::string_view source) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark: RFC 8259, 8.1
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Builder> parser(options);
  boost::system::error_code code;
  std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  std::string message = parser.handler().fault;
  if (!code && read < text.size()) {  // the parser stops behind the first complete value
    const std::size_t more = text.find_first_not_of(" \t\r\n", read);
    if (more != std::string_view::npos) {
      read = more;
      message = "more text behind the end of the document";
    }
  } else if (code && message.empty()) {
    message = describe_fault(code, text.substr(std::min(read, text.size())));
  }
  if (message.empty()) return std::move(parser.handler().root);

  Place place{std::string(source), 1, 1};
  for (std::size_t i = 0; i < std::min(read, text.size());) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
    i += code_point_at(text, i).length;
  }
  return fail(ErrorKind::kBadInput, fmt::format("not valid JSON: {}", message), {},
              std::move(place));
}

std::string print(const Value& value) {
  std::string out;
  print_value(value, 0, out);
  out += '\n';
  return out;
}

std::string print_compact(const Value& value) {
  std::string out;
  print_value(value, -1, out);
  return out;
}

Error wrong_type(const std::string& path, std::string_view expected, const Value& found) {
  return Error{
      ErrorKind::kBadInput,
      fmt::format("{}: expected {}, found {}", named(path), expected, describe_value(found)),
      path,
      {}};
}

std::string child_path(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string child_path(const std::string& path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

Result<bool> Codec<bool>::from(const Value& value, const std::string& path) {
  if (!value.is_bool()) return std::unexpected(wrong_type(path, "true or false", value));
  return value.get_bool();
}

Result<double> Codec<double>::from(const Value& value, const std::string& path) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::unexpected(wrong_type(path, "a number", value));
}

Result<std::int64_t> integer_from(const Value& value, const std::string& path, std::int64_t low,
                                  std::uint64_t high) {
  if (value.is_double()) {  // 1e3 and 5.0 are whole numbers too
    const double x = value.get_double();
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond, a double skips whole numbers
    if (x == std::trunc(x) && std::abs(x) <= kExact) {
      return integer_from(Value(static_cast<std::int64_t>(x)), path, low, high);
    }
  }
  const bool fits =
      (value.is_int64() && value.get_int64() >= low &&
       (value.get_int64() < 0 || static_cast<std::uint64_t>(value.get_int64()) <= high)) ||
      (value.is_uint64() && value.get_uint64() <= high);
  if (!fits) {
    return std::unexpected(
        wrong_type(path, fmt::format("a whole number from {} to {}", low, high), value));
  }
  // Two's complement: a uint64 above the range of int64 keeps its bits, and the caller casts back.
  return value.is_int64() ? value.get_int64() : static_cast<std::int64_t>(value.get_uint64());
}

Result<std::string> Codec<std::string>::from(const Value& value, const std::string& path) {
  if (!value.is_string()) return std::unexpected(wrong_type(path, "a string", value));
  return std::string(value.get_string());
}

Value Codec<Date>::to(Date x) { return Value(to_text(x)); }

Result<Date> Codec<Date>::from(const Value& value, const std::string& path) {
  QUANTA_TRY(const std::string text, Codec<std::string>::from(value, path));
  return parse_date(text, path);
}

Value Codec<Timestamp>::to(Timestamp x) { return Value(to_text(x)); }

Result<Timestamp> Codec<Timestamp>::from(const Value& value, const std::string& path) {
  QUANTA_TRY(const std::string text, Codec<std::string>::from(value, path));
  return parse_timestamp(text, path);
}

Error unknown_key(const std::string& path, std::string_view key,
                  const std::vector<std::string_view>& known) {
  const std::string name = child_path(path, key);
  std::string message = fmt::format("{}: no such key", name);
  if (const std::string_view near = nearest_word(key, known); !near.empty()) {
    message += fmt::format("; did you mean \"{}\"?", near);
  } else {
    message += fmt::format("; the keys are {}", fmt::join(known, ", "));
  }
  return Error{ErrorKind::kBadInput, std::move(message), name, {}};
}

Value Codec<Matrix>::to(const Matrix& x) {
  Array rows;
  rows.reserve(x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    Array row;
    row.reserve(x.columns());
    for (const double value : x.row(i)) row.emplace_back(value);
    rows.emplace_back(std::move(row));
  }
  return rows;
}

Result<Matrix> Codec<Matrix>::from(const Value& value, const std::string& path) {
  QUANTA_TRY(const auto rows, json::from<std::vector<std::vector<double>>>(value, path));
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  Matrix x(rows.size(), columns);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != columns) {
      return bad_input(path, fmt::format("{}: {} numbers, but row 0 has {}", child_path(path, i),
                                         rows[i].size(), columns));
    }
    std::ranges::copy(rows[i], x.row(i).begin());
  }
  return x;
}

Value Codec<Matrix>::schema() { return json::schema<std::vector<std::vector<double>>>(); }

}  // namespace quanta::json
