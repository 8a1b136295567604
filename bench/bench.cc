#include "bench/bench.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>

#include <malloc.h>

#include "bench/multiply_add_kernels.h"

namespace quanta::bench {
namespace {

double seconds_of(const std::function<void()>& work, std::size_t times) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// A line of /proc/self/status such as VmHWM, in bytes.
std::optional<double> own_memory(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return 1024.0 * std::stod(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> peak_bytes(const std::function<void()>& work) {
  malloc_trim(0);
  // "5" sets the peak back to what is held now.
  if (!(std::ofstream("/proc/self/clear_refs") << "5" << std::flush)) return std::nullopt;
  const auto before = own_memory("VmRSS");
  work();
  const auto peak = own_memory("VmHWM");
  if (!before || !peak) return std::nullopt;
  return *peak - *before;
}

double seconds_once(const std::function<void()>& work) { return seconds_of(work, 1); }

double minimum_seconds(const std::function<void()>& work, double budget_seconds) {
  double best = seconds_of(work, 1);
  std::size_t times = 1;
  if (best < 1e-4) times = static_cast<std::size_t>(std::clamp(1e-3 / (best + 1e-9), 1.0, 1e6));
  double spent = best;
  best = std::numeric_limits<double>::infinity();
  for (int repeats = 0; repeats < 3 || spent < budget_seconds; ++repeats) {
    const double seconds = seconds_of(work, times);
    spent += seconds;
    best = std::min(best, seconds / static_cast<double>(times));
  }
  return best;
}

Machine measure_machine(InstructionSet instruction_set) {
  constexpr std::size_t kDoubles = std::size_t{1} << 25;  // 256 MiB, beyond any cache
  std::vector<double> from(kDoubles, 1.0);
  std::vector<double> to(kDoubles, 0.0);
  const double bytes = static_cast<double>(kDoubles * sizeof(double));
  Machine machine;
  machine.copy_bytes_per_second = 2.0 * bytes / minimum_seconds([&] {
                                    std::memcpy(to.data(), from.data(), kDoubles * sizeof(double));
                                    keep(to);
                                  });
  machine.read_bytes_per_second = bytes / minimum_seconds([&] {
                                    // Whole words, because integer sums may be reordered and so run
                                    // at the speed of memory.
                                    std::uint64_t sum = 0;
                                    const char* data = reinterpret_cast<const char*>(from.data());
                                    for (std::size_t i = 0; i < kDoubles * sizeof(double); i += 8) {
                                      std::uint64_t word;
                                      std::memcpy(&word, data + i, 8);
                                      sum += word;
                                    }
                                    keep(sum);
                                  });
  constexpr std::size_t kSteps = 1'000'000;
  machine.flops_per_second =
      192.0 * kSteps / minimum_seconds([&] { keep(multiply_adds(instruction_set, kSteps)); }, 0.2);
  return machine;
}

}  // namespace quanta::bench
