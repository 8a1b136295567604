#include "services/risk/weights_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "platform/file/file_reader.h"

namespace quanta::services {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace

Result<LoadedWeights> load_weights(const std::string& file,
                                   const std::vector<std::string>& assets) {
  QUANTA_TRY(const platform::FileText read, platform::read_text_file(file));
  LoadedWeights loaded;
  loaded.input = {file, read.sha256};
  loaded.weights.assign(assets.size(), 0.0);
  std::vector<bool> given(assets.size());
  std::string_view rest = read.text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view row = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (trimmed(row).empty()) continue;
    const auto wrong = [&](std::size_t column, std::string message) {
      return fail(ErrorKind::kBadInput, std::move(message), "weights", {file, line, column});
    };
    // The weight stands behind the last comma, so that a quoted name may hold one.
    const std::size_t comma = row.rfind(',');
    if (comma == std::string_view::npos) {
      return wrong(1, fmt::format("\"{}\" is not a row asset,weight", trimmed(row).substr(0, 80)));
    }
    const std::string_view name = trimmed(row.substr(0, comma));
    const std::string_view figure = trimmed(row.substr(comma + 1));
    if (line == 1) {
      if (name != "asset" || figure != "weight") {
        return wrong(1, fmt::format("the header is \"{}\"; it must be asset,weight",
                                    trimmed(row).substr(0, 80)));
      }
      continue;
    }
    const auto found = std::ranges::find(assets, name);
    if (found == assets.end()) {
      Error error = unknown_word("weights", name, {assets.begin(), assets.end()});
      error.place = {file, line, 1};
      return std::unexpected(std::move(error));
    }
    const auto i = static_cast<std::size_t>(found - assets.begin());
    if (given[i]) return wrong(1, fmt::format("{} stands twice", name));
    given[i] = true;
    double& weight = loaded.weights[i];
    const auto [last, error] =
        std::from_chars(figure.data(), figure.data() + figure.size(), weight);
    if (error != std::errc() || last != figure.data() + figure.size() || !std::isfinite(weight)) {
      return wrong(comma + 2,
                   fmt::format("the weight \"{}\" is not a finite number", figure.substr(0, 80)));
    }
  }
  if (std::ranges::find(given, true) == given.end()) {
    return fail(ErrorKind::kBadInput, "holds no weights; rows asset,weight are needed", "weights",
                {file, 0, 0});
  }
  return loaded;
}

}  // namespace quanta::services
