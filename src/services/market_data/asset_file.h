/// CSV files that say one thing of each asset: `asset,weight`, `asset,budget`, `asset,group`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct AssetEntry {
  std::size_t asset = 0;  ///< its place among `assets`
  std::string text;       ///< never empty
  Place place;            ///< of the text
};

struct AssetFile {
  std::vector<AssetEntry> entries;  ///< in the order of the file, each asset once at most
  InputFile input;
};

/// `field` names the flag in errors, `column` the second column. Errors: those of reading a file;
/// kBadInput with line and column: a header other than `asset,COLUMN`, a row of another form, an
/// asset that is not among `assets` (with a suggestion) or stands twice, no row.
Result<AssetFile> load_asset_file(const std::string& file, std::string_view field,
                                  std::string_view column, const std::vector<std::string>& assets);

struct AssetFigures {
  std::vector<double> figures;  ///< in the order of `assets`; 0 where the file has none
  InputFile input;
};

/// The same for numbers. Errors besides: one that is no finite number.
Result<AssetFigures> load_asset_figures(const std::string& file, std::string_view field,
                                        std::string_view column,
                                        const std::vector<std::string>& assets);

}  // namespace quanta::services
