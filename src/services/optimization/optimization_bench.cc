#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/date.h"
#include "core/random.h"
#include "platform/file/atomic_write.h"
#include "services/market_data/market_data.h"
#include "services/optimization/optimization.h"

namespace quanta::bench {
namespace {

constexpr std::size_t kPeriods = 1250;
constexpr std::size_t kCalls = 40;
constexpr std::size_t kSlowest95 = kCalls * 95 / 100 - 1;  // of the sorted times, from 0
constexpr double kGoalSeconds = 0.2;

/// A folder of its own that goes with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "quanta-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string price_file(std::size_t assets) {
  RandomStream random(1, "optimise call", assets);
  std::string text = "date";
  for (std::size_t i = 0; i < assets; ++i) text += fmt::format(",A{}", i);
  text += '\n';
  std::vector<double> prices(assets, 100.0);
  for (std::size_t t = 0; t <= kPeriods; ++t) {
    text += to_text(date_of(2018, 1, 1) + static_cast<int>(t));
    const double market = 0.008 * random.normal();
    for (double& price : prices) {
      price *= std::exp(market + 0.012 * random.normal());
      fmt::format_to(std::back_inserter(text), ",{:.4f}", price);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

/// The whole of `quanta optimize --prices FILE`: read, check, returns, moments, weights, proof.
Result<std::vector<Row>> optimize_call_benchmark(const Context& context) {
  const TemporaryFolder folder;
  if (folder.path().empty()) {
    return fail(ErrorKind::kIo, "cannot make a folder for temporary files: set TMPDIR");
  }
  std::vector<Row> rows;
  for (const std::size_t n : {std::size_t{10}, std::size_t{100}, std::size_t{500}}) {
    const std::string file = (folder.path() / fmt::format("prices{}.csv", n)).string();
    const std::string text = price_file(n);
    QUANTA_CHECK(platform::write_file_atomically(file, text));
    services::OptimizeRequest request;
    request.moments.prices.files = {file};
    const services::Run run{.command = {}, .seed = 1, .execution = context.execution};
    std::vector<double> times;
    bool proven = true;
    for (std::size_t call = 0; call < kCalls; ++call) {
      times.push_back(seconds_once([&] {
        const auto answer = services::optimize(request, run);
        proven = proven && answer && answer->certificate.proven;
      }));
    }
    std::ranges::sort(times);
    Row row{.name = fmt::format("optimize call, {} assets", n),
            .work = fmt::format("{} dates, minimum variance, the 95th of 100 calls", kPeriods)};
    row.seconds = times[kSlowest95];
    row.equal = proven;
    row.reference = "reading and checking the file alone";
    row.reference_seconds = minimum_seconds(
        [&] { keep(services::load_prices(request.moments.prices, context.execution)); });
    row.ratio = *row.reference_seconds / row.seconds;
    row.floor = "one read of the file and n^2 T flops";
    row.floor_seconds = static_cast<double>(text.size()) / context.machine.read_bytes_per_second +
                        static_cast<double>(n) * static_cast<double>(n) * kPeriods /
                            context.machine.flops_per_second;
    row.goal = "0.2 s";
    row.met = row.seconds <= kGoalSeconds;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace quanta::bench
