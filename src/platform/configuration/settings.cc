#include "platform/configuration/settings.h"

#include <thread>

#include <fmt/format.h>

namespace quanta::platform {

Result<InstructionSet> resolve_kernel(KernelChoice choice) {
  const InstructionSet best = best_instruction_set();
  InstructionSet wanted = best;
  switch (choice) {
    case KernelChoice::kAuto:
      return best;
    case KernelChoice::kScalar:
      wanted = InstructionSet::kScalar;
      break;
    case KernelChoice::kAvx2:
      wanted = InstructionSet::kAvx2;
      break;
    case KernelChoice::kAvx512:
      wanted = InstructionSet::kAvx512;
      break;
  }
  if (wanted > best) {
    return fail(ErrorKind::kUsage,
                fmt::format("compute.kernel: this machine has no {}; its widest set is {}",
                            to_text(wanted), to_text(best)),
                "compute.kernel");
  }
  return wanted;
}

std::size_t resolve_threads(std::uint32_t threads) {
  if (threads > 0) return threads;
  const std::size_t processors = std::thread::hardware_concurrency();  // 0: not known
  return processors > 0 ? processors : 1;
}

}  // namespace quanta::platform
