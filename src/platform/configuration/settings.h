/// The settings of Quanta, as quanta.toml holds them:
///
///   seed = 7
///   [compute]
///   threads = 4
///   kernel = "avx2"
///   [log]
///   level = "debug"
///   format = "json"
///   [demo]
///   data = "/srv/prices"
///
/// Read by load_configuration<Settings> (platform/configuration/configuration.h). A setting is
/// listed only once something obeys it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/describe.h"
#include "core/instruction_set.h"
#include "platform/logging/logger.h"

namespace quanta::platform {

enum class KernelChoice { kAuto, kScalar, kAvx2, kAvx512 };

constexpr auto enum_names(KernelChoice) {
  using enum KernelChoice;
  using Name = std::string_view;
  return std::array{std::pair{kAuto, Name("auto")}, std::pair{kScalar, Name("scalar")},
                    std::pair{kAvx2, Name("avx2")}, std::pair{kAvx512, Name("avx512")}};
}

struct ComputeSettings {
  std::uint32_t threads = 0;
  KernelChoice kernel = KernelChoice::kAuto;

  static constexpr auto describe() {
    return std::tuple{
        field("threads", &ComputeSettings::threads, "threads of parallel work; 0: all processors"),
        field("kernel", &ComputeSettings::kernel, "instruction set of the hot kernels")};
  }
};

struct DemoSettings {
  std::string data;

  static constexpr auto describe() {
    return std::tuple{field("data", &DemoSettings::data,
                            "folder of the demo's prices; empty: where ./run installs them")};
  }
};

struct Settings {
  std::uint64_t seed = 1;
  ComputeSettings compute;
  LogSettings log;
  DemoSettings demo;

  static constexpr auto describe() {
    return std::tuple{field("seed", &Settings::seed, "seed of every random stream"),
                      field("compute", &Settings::compute, "how fast, never what"),
                      field("log", &Settings::log, "what is logged and how"),
                      field("demo", &Settings::demo, "quanta demo")};
  }
};

/// The instruction set that the choice means on this machine.
/// Errors: kUsage, field "compute.kernel", where the machine lacks it: names what it has.
Result<InstructionSet> resolve_kernel(KernelChoice choice);

/// The number of threads that the setting means on this machine: at least 1.
std::size_t resolve_threads(std::uint32_t threads);

}  // namespace quanta::platform
