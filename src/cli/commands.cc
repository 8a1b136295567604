#include <array>

#include "cli/command.h"

namespace quanta::cli {

std::span<const Command> commands() {
  static constexpr std::array<Command, 0> kCommands = {};
  return kCommands;
}

}  // namespace quanta::cli
