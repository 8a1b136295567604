/// Prices of several assets on common dates: what every estimator starts from.
#pragma once

#include <string>
#include <vector>

#include "core/date.h"
#include "core/matrix.h"

namespace quanta::market {

struct PricePanel {
  std::vector<Date> dates;          ///< n_dates, strictly increasing
  std::vector<std::string> assets;  ///< n_assets, distinct
  Matrix prices;                    ///< n_dates x n_assets, in the unit of the file; NaN = missing
};

}  // namespace quanta::market
