#include "services/market_data/asset_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

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

Result<AssetFile> load_asset_file(const std::string& file, std::string_view field,
                                  std::string_view column, const std::vector<std::string>& assets) {
  QUANTA_TRY(const platform::FileText read, platform::read_text_file(file));
  AssetFile loaded{.entries = {}, .input = {file, read.sha256}};
  std::vector<bool> given(assets.size());
  std::string_view rest = read.text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view row = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (trimmed(row).empty()) continue;
    const auto wrong = [&](std::size_t at, std::string message) {
      return fail(ErrorKind::kBadInput, std::move(message), std::string(field), {file, line, at});
    };
    // The value stands behind the last comma, so that a quoted name may hold one.
    const std::size_t comma = row.rfind(',');
    if (comma == std::string_view::npos) {
      return wrong(1,
                   fmt::format("\"{}\" is not a row asset,{}", trimmed(row).substr(0, 80), column));
    }
    const std::string_view name = trimmed(row.substr(0, comma));
    const std::string_view text = trimmed(row.substr(comma + 1));
    if (line == 1) {
      if (name != "asset" || text != column) {
        return wrong(1, fmt::format("the header is \"{}\"; it must be asset,{}",
                                    trimmed(row).substr(0, 80), column));
      }
      continue;
    }
    const auto found = std::ranges::find(assets, name);
    if (found == assets.end()) {
      Error error = unknown_word(field, name, {assets.begin(), assets.end()});
      error.place = {file, line, 1};
      return std::unexpected(std::move(error));
    }
    const auto i = static_cast<std::size_t>(found - assets.begin());
    if (given[i]) return wrong(1, fmt::format("{} stands twice", name));
    given[i] = true;
    if (text.empty()) return wrong(comma + 2, fmt::format("{} has no {}", name, column));
    loaded.entries.push_back({i, std::string(text), {file, line, comma + 2}});
  }
  if (loaded.entries.empty()) {
    return fail(ErrorKind::kBadInput,
                fmt::format("holds no {0}s; rows asset,{0} are needed", column), std::string(field),
                {file, 0, 0});
  }
  return loaded;
}

Result<AssetFigures> load_asset_figures(const std::string& file, std::string_view field,
                                        std::string_view column,
                                        const std::vector<std::string>& assets) {
  QUANTA_TRY(AssetFile loaded, load_asset_file(file, field, column, assets));
  AssetFigures out{.figures = std::vector<double>(assets.size()), .input = std::move(loaded.input)};
  for (const AssetEntry& entry : loaded.entries) {
    double& figure = out.figures[entry.asset];
    const char* const end = entry.text.data() + entry.text.size();
    const auto [last, error] = std::from_chars(entry.text.data(), end, figure);
    if (error != std::errc() || last != end || !std::isfinite(figure)) {
      return fail(
          ErrorKind::kBadInput,
          fmt::format("the {} \"{}\" is not a finite number", column, entry.text.substr(0, 80)),
          std::string(field), entry.place);
    }
  }
  return out;
}

}  // namespace quanta::services
