#include "services/moments/views_file.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "core/describe.h"
#include "core/enum_text.h"
#include "core/json.h"
#include "platform/file/file_reader.h"

namespace quanta::services {
namespace {

struct ViewEntry {
  std::string long_asset;
  std::optional<std::string> short_asset;
  double q = 0.0;
  std::optional<double> confidence;
  std::optional<std::string> about;

  static constexpr auto describe() {
    return std::tuple{
        field("long", &ViewEntry::long_asset, "the asset whose return is meant"),
        field("short", &ViewEntry::short_asset, "the asset it is compared with; null: none"),
        field("q", &ViewEntry::q, "return per year, of long less that of short"),
        field("confidence", &ViewEntry::confidence, "in [0, 1]; null: variance tau p'Sp"),
        field("about", &ViewEntry::about, "a note, not read")};
  }
};

struct ViewsFile {
  double delta = 2.5;
  double tau = 0.05;
  std::map<std::string, double> market_weights;
  std::vector<ViewEntry> views;

  static constexpr auto describe() {
    return std::tuple{field("delta", &ViewsFile::delta, "risk aversion of the market").or_default(),
                      field("tau", &ViewsFile::tau, "uncertainty of the prior").or_default(),
                      field("market_weights", &ViewsFile::market_weights, "asset to weight"),
                      field("views", &ViewsFile::views, "absolute and relative views")};
  }
};

}  // namespace

Result<LoadedViews> load_views(const std::string& file, const std::vector<std::string>& assets,
                               const Matrix& covariance) {
  QUANTA_TRY(const platform::FileText read, platform::read_text_file(file));
  QUANTA_TRY(const json::Value value, json::parse(read.text, file));
  auto parsed = json::from<ViewsFile>(value);
  if (!parsed) {
    Error error = std::move(parsed).error();
    error.place.file = file;
    return std::unexpected(std::move(error));
  }
  const std::vector<std::string_view> known(assets.begin(), assets.end());
  const auto asset_number = [&](const std::string& name,
                                const std::string& path) -> Result<std::size_t> {
    const auto found = std::ranges::find(known, name);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    Error error = unknown_word(path, name, known);
    error.place.file = file;
    return std::unexpected(std::move(error));
  };
  LoadedViews loaded{.problem = {.covariance = covariance,
                                 .market_weights = std::vector<double>(assets.size()),
                                 .delta = parsed->delta,
                                 .tau = parsed->tau,
                                 .views = {}},
                     .input = {file, read.sha256}};
  double size = 0.0;
  for (const auto& [name, weight] : parsed->market_weights) {
    QUANTA_TRY(const std::size_t i, asset_number(name, "market_weights"));
    loaded.problem.market_weights[i] = weight;
    size += std::abs(weight);
  }
  if (!(size > 0.0)) {
    return fail(ErrorKind::kBadInput, "no asset has a weight in the market", "market_weights",
                Place{.file = file});
  }
  if (parsed->views.empty()) {
    return fail(ErrorKind::kBadInput, "holds no view; without one the market's own returns remain",
                "views", Place{.file = file});
  }
  for (std::size_t v = 0; v < parsed->views.size(); ++v) {
    const ViewEntry& entry = parsed->views[v];
    statistics::View view{.weights = {}, .value = entry.q, .confidence = entry.confidence};
    QUANTA_TRY(const std::size_t bought,
               asset_number(entry.long_asset, fmt::format("views[{}].long", v)));
    view.weights.emplace_back(bought, 1.0);
    if (entry.short_asset) {
      QUANTA_TRY(const std::size_t sold,
                 asset_number(*entry.short_asset, fmt::format("views[{}].short", v)));
      view.weights.emplace_back(sold, -1.0);
    }
    loaded.problem.views.push_back(std::move(view));
  }
  return loaded;
}

}  // namespace quanta::services
