#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "market/bars/price_file.h"

namespace quanta::bench {
namespace {

/// A wide file of random walks around 100, two decimals.
std::string wide_file(std::size_t rows, std::size_t assets) {
  RandomStream random(1, "wide file");
  std::string text = "date";
  for (std::size_t i = 0; i < assets; ++i) text += fmt::format(",A{}", i);
  text += '\n';
  std::vector<double> prices(assets, 100.0);
  for (std::size_t t = 0; t < rows; ++t) {
    text += to_text(date_of(1970, 1, 1) + static_cast<int>(t));
    for (double& price : prices) {
      price *= std::exp(0.01 * random.normal());
      fmt::format_to(std::back_inserter(text), ",{:.2f}", price);
    }
    text += '\n';
  }
  return text;
}

/// An OHLCV file of minutes, as an exchange writes it.
std::string ohlcv_file(std::size_t rows) {
  RandomStream random(1, "ohlcv file");
  std::string text = "time,open,high,low,close,volume\n";
  double price = 46319.0;
  for (std::size_t t = 0; t < rows; ++t) {
    const double close = price * std::exp(0.001 * random.normal());
    fmt::format_to(std::back_inserter(text), "{},{:.1f},{:.1f},{:.1f},{:.1f},{:.4f}\n",
                   to_text(Timestamp{static_cast<std::int64_t>(t) * 60'000'000}), price,
                   std::max(price, close) + 1, std::min(price, close) - 1, close,
                   1e6 * random.uniform());
    price = close;
  }
  return text;
}

/// What a careful programmer writes first: cut at commas, from_chars on each cell, no checks.
std::vector<double> plain_reader(std::string_view text) {
  std::vector<double> values;
  std::size_t at = text.find('\n') + 1;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    std::string_view line = text.substr(at, end - at);
    line.remove_prefix(line.find(',') + 1);
    const char* cell = line.data();
    const char* const last = line.data() + line.size();
    while (cell < last) {
      double value = 0;
      const auto read = std::from_chars(cell, last, value);
      values.push_back(value);
      cell = read.ptr + 1;
    }
    at = end + 1;
  }
  return values;
}

Result<Row> price_file_row(const Context& context, std::string name, const std::string& text) {
  Row row{.name = std::move(name)};
  row.work = fmt::format("{:.0f} MB of CSV in memory, fully checked",
                         static_cast<double>(text.size()) / 1e6);
  const auto read = [&] {
    return market::parse_price_file(text, {.name = "bench", .format = {}, .size_hint = text.size()},
                                    context.execution);
  };
  QUANTA_TRY(const market::PriceTable table, read());
  const std::vector<double> reference = plain_reader(text);
  row.equal = table.n_rejected == 0 && std::ranges::equal(table.values.values(), reference);
  row.seconds = minimum_seconds([&] { keep(read()); }, 1.5);
  row.work += fmt::format(": {:.0f} MB/s", static_cast<double>(text.size()) / 1e6 / row.seconds);
  row.floor = "one read of the bytes";
  row.floor_seconds = static_cast<double>(text.size()) / context.machine.read_bytes_per_second;
  row.reference = "cut at commas, from_chars, no checks";
  row.reference_seconds = minimum_seconds([&] { keep(plain_reader(text)); }, 1.5);
  row.ratio = *row.reference_seconds / row.seconds;
  return row;
}

}  // namespace

Result<std::vector<Row>> price_file_benchmark(const Context& context) {
  QUANTA_TRY(Row wide, price_file_row(context, "price file, wide", wide_file(20'000, 500)));
  QUANTA_TRY(Row ohlcv, price_file_row(context, "price file, ohlcv", ohlcv_file(1'000'000)));
  return std::vector{std::move(wide), std::move(ohlcv)};
}

}  // namespace quanta::bench
