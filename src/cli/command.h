/// What a command of `quanta` is. Adding one: a file pair `name.h`, `name.cc` and one line in
/// cli/commands.cc.
///
///   // moments.cc
///   Action declare_moments(CLI::App& app) {
///     const auto request = std::make_shared<services::MomentsRequest>();
///     add_moments_flags(app, *request);                       // cli/flags.h
///     return [request](const Context& context) -> Result<Outcome> {
///       QUANTA_TRY(const auto document, services::moments(*request, context.run));
///       return Outcome{.document = json::to(document), .text = ...};
///     };
///   }
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"
#include "core/json.h"
#include "core/result.h"
#include "platform/logging/logger.h"
#include "services/provenance/provenance.h"

namespace CLI {
class App;
}

namespace quanta::cli {

/// What the frame gives to a command.
struct Context {
  services::Run run;  ///< its words, the seed, threads, instruction set, stop token, progress
  bool json = false;  ///< whether the document is asked for instead of the text
  /// A replay only wants the document: no file is written, though the document may name it.
  bool repeating = false;
  platform::Logger log;  ///< for what an operator may want to know; messages to the user are errors
                         ///< and warnings
  std::string demo_data = {};  ///< the setting demo.data
};

/// What a command gives back. The frame prints it, and nothing else prints.
struct Outcome {
  json::Value document;                                   ///< printed with --json
  std::function<std::string(const Terminal&)> text = {};  ///< printed without
  std::vector<std::string> warnings = {};  ///< on standard error without --json (with it they are
                                           ///< in the provenance)
  int status = 0;  ///< of the process; not 0 where the work was done and its finding is negative
};

using Action = std::function<Result<Outcome>(const Context&)>;

struct Command {
  std::string_view name;  ///< "optimize", "data check"
  std::string_view about;
  Action (*declare)(CLI::App&);  ///< adds the flags; what they are read into lives in the action
};

/// Every command that works, in the order of --help.
std::span<const Command> commands();

}  // namespace quanta::cli
