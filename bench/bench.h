/// Benchmarks of hot paths, each beside its floor and a reference, in one table (`quanta bench`).
///
/// A benchmark lives beside the code it times, as `name_bench.cc`:
///
///   namespace quanta::bench {
///   Result<std::vector<Row>> covariance_benchmark(const Context& context) {
///     …
///     Row row{.name = "covariance", .work = "1250 x 500 doubles"};
///     row.seconds = minimum_seconds([&] { own = covariance(returns); });
///     row.floor = "n^2 T flops";  row.floor_seconds = flops / context.machine.flops_per_second;
///     row.reference = "three plain loops";  row.reference_seconds = …;
///     row.equal = agree(own, reference, 1e-12);
///     return std::vector{row};
///   }
///   }
///
/// and has one line in bench/registry.cc. Times are the minimum of repeats on one thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/execution.h"
#include "core/result.h"

namespace quanta::bench {

/// What this machine can do at most, measured in the same run on one thread.
struct Machine {
  double read_bytes_per_second = 0;  ///< summing an array much larger than the caches
  double copy_bytes_per_second = 0;  ///< bytes read plus bytes written, same size
  double flops_per_second = 0;       ///< double precision multiply-adds in registers, counted as 2
};

Machine measure_machine(InstructionSet instruction_set);

struct Context {
  Execution execution;  ///< one thread, the instruction set asked for
  Machine machine;
};

struct Row {
  std::string name = {};
  std::string work = {};                     ///< what was done, with its size
  double seconds = 0;                        ///< minimum of repeats
  std::string floor = {};                    ///< what bounds it from below, in words
  std::optional<double> floor_seconds = {};  ///< that bound on this machine
  std::string reference = {};                ///< what else does the same work
  std::optional<double> reference_seconds = {};
  std::optional<double> ratio = {};        ///< reference_seconds / seconds: above 1, ours is faster
  bool equal = false;                      ///< the two results agreed before timing counted
  std::optional<double> bytes = {};        ///< peak memory of one run, see peak_bytes
  std::optional<double> floor_bytes = {};  ///< what it cannot do without
  std::string goal = {};                   ///< how good it is to be, in words
  std::optional<bool> met = {};            ///< whether it is, by this run's ratios

  static constexpr auto describe() {
    return std::tuple{field("name", &Row::name, ""),
                      field("work", &Row::work, "what was done, with its size"),
                      field("seconds", &Row::seconds, "minimum of repeats, one thread"),
                      field("floor", &Row::floor, "what bounds it from below"),
                      field("floor_seconds", &Row::floor_seconds, "that bound on this machine"),
                      field("reference", &Row::reference, "what else does the same work"),
                      field("reference_seconds", &Row::reference_seconds, ""),
                      field("ratio", &Row::ratio, "reference_seconds / seconds"),
                      field("equal", &Row::equal, "own and reference result agreed"),
                      field("bytes", &Row::bytes, "peak memory of one run"),
                      field("floor_bytes", &Row::floor_bytes, "what it cannot do without"),
                      field("goal", &Row::goal, "how good it is to be"),
                      field("met", &Row::met, "whether it is, by this run's ratios")};
  }
};

struct Benchmark {
  std::string_view name;
  Result<std::vector<Row>> (*run)(const Context&);
};

/// All benchmarks, in the order of the table.
std::span<const Benchmark> benchmarks();

/// Runs `work` until `budget_seconds` are spent, at least three times, and returns the shortest
/// time of one run. Very short work is repeated inside one measurement.
double minimum_seconds(const std::function<void()>& work, double budget_seconds = 0.5);

/// The time of one run, of work too long to be repeated.
double seconds_once(const std::function<void()>& work);

/// The most memory that the process held during `work`, above what it held before; nothing where
/// the system does not tell (Linux does).
std::optional<double> peak_bytes(const std::function<void()>& work);

/// Keeps the optimiser from dropping a result that only the benchmark sees.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

}  // namespace quanta::bench
