/// The flags of every command that reads prices or moments.
#pragma once

#include "services/market_data/market_data.h"
#include "services/moments/moments.h"

namespace CLI {
class App;
}

namespace quanta::cli {

/// --prices, --from, --to, --assets, --periods, --missing.
void add_price_flags(CLI::App& app, services::PriceRequest& request);

/// Those, --moments, --returns and --cov.
void add_moments_flags(CLI::App& app, services::MomentsRequest& request);

}  // namespace quanta::cli
