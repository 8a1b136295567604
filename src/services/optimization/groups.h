/// `--groups` and `--group`: limits of the weights of several assets together.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "portfolio/weights.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// Sum of the weights of a group.
struct GroupLimit {
  std::string group;
  double lower = 0.0;
  double upper = 1.0;
};

struct LoadedGroups {
  std::vector<portfolio::LinearLimit> limits;  ///< in the order of the request
  InputFile input;
};

/// The limits over the assets' weights, by the groups of `file` (CSV asset,group). Errors: those of
/// load_asset_file, field "groups"; kBadInput, field "group": one that the file lacks (with a
/// suggestion); kUsage, field "group": one twice.
Result<LoadedGroups> load_groups(const std::string& file, const std::vector<GroupLimit>& limits,
                                 const std::vector<std::string>& assets);

}  // namespace quanta::services
