#include <array>

#include "bench/bench.h"

namespace quanta::bench {

// One line for the declaration, one in the table; each is defined beside the code that it times.
Result<std::vector<Row>> price_file_benchmark(const Context& context);
Result<std::vector<Row>> data_check_benchmark(const Context& context);
Result<std::vector<Row>> covariance_benchmark(const Context& context);
Result<std::vector<Row>> quadratic_program_benchmark(const Context& context);
Result<std::vector<Row>> qaoa_x_benchmark(const Context& context);
Result<std::vector<Row>> qaoa_ring_benchmark(const Context& context);

std::span<const Benchmark> benchmarks() {
  static constexpr auto kBenchmarks = std::to_array<Benchmark>({
      {"price-file", price_file_benchmark},
      {"data-check", data_check_benchmark},
      {"covariance", covariance_benchmark},
      {"quadratic-program", quadratic_program_benchmark},
      {"quantum-qaoa-x", qaoa_x_benchmark},
      {"quantum-qaoa-ring", qaoa_ring_benchmark},
  });
  return kBenchmarks;
}

}  // namespace quanta::bench
