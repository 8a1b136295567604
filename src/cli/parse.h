/// From words to a command that is ready to run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/result.h"
#include "platform/configuration/configuration.h"

namespace quanta::cli {

/// What the words say beside the command's own flags.
struct Invocation {
  const Command* command = nullptr;  ///< nullptr: `information` is all there is to do
  Action action;
  bool json = false;
  std::optional<std::string> config;          ///< --config
  std::vector<platform::FlagValue> settings;  ///< --seed, --threads, --kernel, --log-...
  std::string information;                    ///< text of --help or --version
  std::vector<std::string> flags;             ///< every flag of the command, as "--target"
};

/// `words` without the program's name. Errors: kUsage; an unknown command or flag with the nearest
/// one there is.
Result<Invocation> parse(const std::vector<std::string>& words);

/// Whether --json stands among the words: told apart from parse, because an error of parsing is
/// printed as JSON too.
bool wants_json(const std::vector<std::string>& words);

/// `error` with its flag named: "--target: above the largest return" where the field is "target"
/// and the message does not say so, and `--target` is one of `flags`.
Error name_flag(Error error, const std::vector<std::string>& flags);

}  // namespace quanta::cli
