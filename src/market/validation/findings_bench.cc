#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "market/validation/findings.h"
#include "market/validation/jump_search.h"

namespace quanta::bench {
namespace {

/// Returns with the heavy tails of daily prices: Student's t with four degrees of freedom.
double heavy_tailed(RandomStream& random) {
  double chi_squared = 0;
  for (int i = 0; i < 4; ++i) {
    const double z = random.normal();
    chi_squared += z * z;
  }
  return random.normal() / std::sqrt(chi_squared / 4);
}

double median_of(std::vector<double>& x) {
  const auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::ranges::nth_element(x, middle);
  if (x.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(x.begin(), middle)) / 2;
}

/// The definition word by word: two medians of the neighbours for every return.
std::vector<std::size_t> jumps_by_definition(std::span<const double> r, std::size_t neighbours,
                                             double limit) {
  std::vector<std::size_t> jumps;
  std::vector<double> near;
  for (std::size_t i = 0; i < r.size(); ++i) {
    // Half before and half after; at the ends the window keeps its size.
    const std::size_t last_begin = r.size() - std::min(r.size(), neighbours + 1);
    const std::size_t begin = std::min(i - std::min(i, neighbours / 2), last_begin);
    const std::size_t end = std::min(r.size(), begin + neighbours + 1);
    near.clear();
    for (std::size_t j = begin; j < end; ++j) {
      if (j != i) near.push_back(r[j]);
    }
    const double median = median_of(near);
    for (double& x : near) x = std::abs(x - median);
    if (std::abs(r[i] - median) > limit * 1.4826 * median_of(near)) jumps.push_back(i);
  }
  return jumps;
}

}  // namespace

Result<std::vector<Row>> data_check_benchmark(const Context& context) {
  constexpr std::size_t kRows = 20'000;
  constexpr std::size_t kAssets = 500;
  RandomStream random(1, "data check");
  std::string text = "date";
  for (std::size_t i = 0; i < kAssets; ++i) fmt::format_to(std::back_inserter(text), ",A{}", i);
  text += '\n';
  std::vector<double> prices(kAssets, 100.0);
  for (std::size_t t = 0; t < kRows; ++t) {
    text += to_text(date_of(1970, 1, 1) + static_cast<int>(t));
    for (double& price : prices) {
      price = std::clamp(price * std::exp(0.007 * heavy_tailed(random)), 1.0, 1e5);
      fmt::format_to(std::back_inserter(text), ",{:.2f}", price);
    }
    text += '\n';
  }
  const auto check = [&]() -> Result<market::Validation> {
    QUANTA_TRY(
        const market::PriceTable table,
        market::parse_price_file(text, {.name = "bench", .format = {}, .size_hint = text.size()},
                                 context.execution));
    return market::validate(table, {}, context.execution);
  };
  Row whole{.name = "data check, wide"};
  whole.seconds = minimum_seconds([&] { keep(check()); }, 2.0);
  whole.work = fmt::format("{:.0f} MB of CSV in memory, every finding, heavy tails: {:.0f} MB/s",
                           static_cast<double>(text.size()) / 1e6,
                           static_cast<double>(text.size()) / 1e6 / whole.seconds);
  whole.floor = "one read of the bytes";
  whole.floor_seconds = static_cast<double>(text.size()) / context.machine.read_bytes_per_second;

  constexpr std::size_t kReturns = 200'000;
  constexpr std::size_t kNeighbours = 250;
  constexpr double kLimit = 8;
  std::vector<double> returns(kReturns);
  for (double& r : returns) r = heavy_tailed(random);
  const auto search = [&] {
    std::vector<std::size_t> jumps;
    market::JumpSearch(returns, kNeighbours, kLimit).find([&](std::size_t i) {
      jumps.push_back(i);
    });
    return jumps;
  };
  const auto expected = jumps_by_definition(returns, kNeighbours, kLimit);
  Row jumps{.name = "jump search"};
  jumps.work = fmt::format("{} returns with heavy tails, {} jumps", kReturns, expected.size());
  jumps.equal = search() == expected;
  jumps.seconds = minimum_seconds([&] { keep(search()); });
  jumps.floor = "one read of the returns";
  jumps.floor_seconds = kReturns * sizeof(double) / context.machine.read_bytes_per_second;
  jumps.reference = "two medians by selection for each return";
  jumps.reference_seconds =
      minimum_seconds([&] { keep(jumps_by_definition(returns, kNeighbours, kLimit)); }, 0.1);
  jumps.ratio = *jumps.reference_seconds / jumps.seconds;
  return std::vector{std::move(whole), std::move(jumps)};
}

}  // namespace quanta::bench
