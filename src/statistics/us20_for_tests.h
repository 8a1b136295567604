/// The panel that the expected values under shared/data/expected/portfolio were computed from:
/// 20 US shares, price rows 2018-01-02 … 2022-12-28. For tests only.
#pragma once

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/json.h"
#include "core/matrix.h"
#include "statistics/returns.h"

#ifndef QUANTA_SOURCE_DIR
#error "only tests know where the source stands"
#endif

#define QUANTA_SKIP_WITHOUT_SHARED_DATA()                                  \
  if (!::quanta::statistics::shared_data_is_there()) {                     \
    GTEST_SKIP() << "no shared data beside the checkout (../shared/data)"; \
  }

namespace quanta::statistics {

inline std::string shared_data(const std::string& path) {
  return QUANTA_SOURCE_DIR "/../shared/data/" + path;
}

inline bool shared_data_is_there() {
  return std::ifstream(shared_data("prices/us20_1990_2022.csv")).good();
}

inline std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// An expected document: "us20_moments.json".
inline json::Value expected_values(const std::string& name) {
  auto value = json::parse(read_text(shared_data("expected/portfolio/" + name)), name);
  EXPECT_TRUE(value.has_value()) << name;
  return *value;
}

inline std::vector<double> numbers(const json::Value& array) {
  return json::from<std::vector<double>>(array).value();
}

struct Columns {
  std::vector<std::string> names;
  std::vector<std::string> dates;
  Matrix values;  ///< dates x columns
};

/// The rows of a plain CSV file whose date lies in [from, to].
inline Columns read_columns(const std::string& path, const std::string& from,
                            const std::string& to) {
  std::istringstream lines(read_text(shared_data(path)));
  Columns out;
  std::vector<double> values;
  std::string line;
  while (std::getline(lines, line)) {
    if (line.ends_with('\r')) line.pop_back();
    std::istringstream cells(line);
    std::string cell;
    std::getline(cells, cell, ',');
    const bool header = out.names.empty();
    if (!header && (cell < from || cell > to)) continue;
    if (!header) out.dates.push_back(cell);
    while (std::getline(cells, cell, ',')) {
      if (header) {
        out.names.push_back(cell);
      } else {
        values.push_back(std::stod(cell));
      }
    }
  }
  const std::size_t n_dates = out.dates.size();
  const std::size_t n_columns = out.names.size();
  out.values = Matrix(n_dates, n_columns, std::move(values));
  return out;
}

inline Columns us20_prices() {
  return read_columns("prices/us20_1990_2022.csv", "2018-01-02", "2022-12-28");
}

inline Matrix us20_returns() { return simple_returns(us20_prices().values).value(); }

}  // namespace quanta::statistics
