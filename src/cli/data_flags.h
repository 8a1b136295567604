/// The flags of every command that reads prices or moments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "services/market_data/market_data.h"
#include "services/moments/moments.h"
#include "services/optimization/bounds.h"
#include "services/optimization/groups.h"

namespace CLI {
class App;
}

namespace quanta::cli {

/// --prices, --from, --to, --assets, --periods, --missing.
void add_price_flags(CLI::App& app, services::PriceRequest& request);

/// Those, --moments, --returns, --views, --market and --cov.
void add_moments_flags(CLI::App& app, services::MomentsRequest& request);

/// --bounds and --bound.
void add_bounds_flags(CLI::App& app, services::BoundsRequest& request);

/// --groups and --group; `about` says what the latter limits.
void add_group_flags(CLI::App& app, const std::string& about, std::string& file,
                     std::vector<services::GroupLimit>& limits);

/// "NAME=LO:HI".
Result<services::AssetBounds> read_bound(std::string_view text, std::string_view flag);

/// --risk-free: every command on prices takes it, so that a line can be reused with another
/// command; risk has no figure that depends on it.
void add_risk_free(CLI::App& app, double& rate);

}  // namespace quanta::cli
