#include "services/optimization/groups.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "services/market_data/asset_file.h"

namespace quanta::services {

Result<LoadedGroups> load_groups(const std::string& file, const std::vector<GroupLimit>& limits,
                                 const std::vector<std::string>& assets) {
  QUANTA_TRY(AssetFile loaded, load_asset_file(file, "groups", "group", assets));
  std::vector<std::string_view> known;
  for (const AssetEntry& entry : loaded.entries) {
    if (std::ranges::find(known, entry.text) == known.end()) known.push_back(entry.text);
  }
  LoadedGroups out;
  std::vector<std::string_view> seen;
  for (const GroupLimit& limit : limits) {
    if (std::ranges::find(known, limit.group) == known.end()) {
      return std::unexpected(unknown_word("group", limit.group, known));
    }
    if (std::ranges::find(seen, limit.group) != seen.end()) {
      return fail(ErrorKind::kUsage, fmt::format("{} is given twice", limit.group), "group");
    }
    seen.push_back(limit.group);
    portfolio::LinearLimit row{.name = limit.group,
                               .coefficients = std::vector<double>(assets.size()),
                               .lower = limit.lower,
                               .upper = limit.upper};
    for (const AssetEntry& entry : loaded.entries) {
      if (entry.text == limit.group) row.coefficients[entry.asset] = 1.0;
    }
    out.limits.push_back(std::move(row));
  }
  out.input = std::move(loaded.input);
  return out;
}

}  // namespace quanta::services
