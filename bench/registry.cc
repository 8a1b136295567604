#include <array>

#include "bench/bench.h"

namespace quanta::bench {

// One line for the declaration, one in the table; each is defined beside the code that it times.
Result<std::vector<Row>> price_file_benchmark(const Context& context);
Result<std::vector<Row>> data_check_benchmark(const Context& context);
Result<std::vector<Row>> covariance_benchmark(const Context& context);
Result<std::vector<Row>> quadratic_program_benchmark(const Context& context);
Result<std::vector<Row>> scenario_risk_benchmark(const Context& context);
Result<std::vector<Row>> random_circuit_benchmark(const Context& context);
Result<std::vector<Row>> fourier_benchmark(const Context& context);
Result<std::vector<Row>> cardinality_benchmark(const Context& context);
Result<std::vector<Row>> qaoa_x_benchmark(const Context& context);
Result<std::vector<Row>> qaoa_ring_benchmark(const Context& context);
Result<std::vector<Row>> qaoa_full_benchmark(const Context& context);
Result<std::vector<Row>> gradient_benchmark(const Context& context);
Result<std::vector<Row>> phase_estimation_benchmark(const Context& context);
Result<std::vector<Row>> amplitude_estimation_benchmark(const Context& context);
Result<std::vector<Row>> quantum_memory_benchmark(const Context& context);
Result<std::vector<Row>> frontier_benchmark(const Context& context);
Result<std::vector<Row>> hierarchical_benchmark(const Context& context);
Result<std::vector<Row>> enumeration_benchmark(const Context& context);
Result<std::vector<Row>> optimize_call_benchmark(const Context& context);

std::span<const Benchmark> benchmarks() {
  static constexpr auto kBenchmarks = std::to_array<Benchmark>({
      {"price-file", price_file_benchmark},
      {"data-check", data_check_benchmark},
      {"covariance", covariance_benchmark},
      // First: the C library keeps the blocks of later ones when they are freed.
      {"quantum-memory", quantum_memory_benchmark},
      {"portfolio-min-variance", quadratic_program_benchmark},
      {"portfolio-frontier", frontier_benchmark},
      {"portfolio-cvar", scenario_risk_benchmark},
      {"portfolio-hrp", hierarchical_benchmark},
      {"portfolio-cardinality", cardinality_benchmark},
      {"portfolio-enumeration", enumeration_benchmark},
      {"portfolio-call", optimize_call_benchmark},
      {"quantum-random", random_circuit_benchmark},
      {"quantum-qft", fourier_benchmark},
      {"quantum-qaoa-x", qaoa_x_benchmark},
      {"quantum-qaoa-ring", qaoa_ring_benchmark},
      {"quantum-qaoa-full", qaoa_full_benchmark},
      {"quantum-gradient", gradient_benchmark},
      {"quantum-phase", phase_estimation_benchmark},
      {"quantum-amplitude", amplitude_estimation_benchmark},
  });
  return kBenchmarks;
}

}  // namespace quanta::bench
