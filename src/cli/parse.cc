#include "cli/parse.h"

#include <algorithm>
#include <ranges>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/flag_error.h"
#include "cli/flags.h"
#include "core/enum_text.h"
#include "core/instruction_set.h"
#include "core/json.h"
#include "platform/configuration/settings.h"

namespace quanta::cli {
namespace {

std::string version_text(bool as_json) {
  std::vector<std::string_view> sets;
  const InstructionSet best = best_instruction_set();
  for (const auto& [set, name] : enum_names(InstructionSet{})) {
    if (set <= best) sets.push_back(name);
  }
  if (as_json) {
    return json::print(json::Object{{"version", services::version()},
                                    {"build", services::build_description()},
                                    {"instruction_sets", json::Array(sets.begin(), sets.end())}});
  }
  return fmt::format("quanta {}\nbuild: {}\ninstruction sets here: {}\n", services::version(),
                     services::build_description(), fmt::join(sets, ", "));
}

/// A setting of platform/configuration/settings.h as a flag of every command.
void add_setting(CLI::App& app, Invocation& invocation, const std::string& flag,
                 const std::string& key, const std::string& form, const std::string& about) {
  add_value(app, flag, form, about,
            [&invocation, flag, key](std::string_view text) -> Result<void> {
              invocation.settings.push_back({key, flag, std::string(text)});
              return {};
            });
}

void add_global_flags(CLI::App& app, Invocation& invocation) {
  add_switch(app, "--json", "one JSON document on standard output", invocation.json);
  add_setting(app, invocation, "--seed", "seed", "N", "seed of every random number (default 1)");
  add_setting(app, invocation, "--threads", "compute.threads", "N",
              "threads (default: all processors); the answer does not depend on it");
  add_setting(app, invocation, "--kernel", "compute.kernel", "auto|scalar|avx2|avx512",
              "instruction set of the hot kernels");
  add_value(app, "--config", "FILE", "settings in TOML",
            [&invocation](std::string_view text) -> Result<void> {
              invocation.config = std::string(text);
              return {};
            });
  add_setting(app, invocation, "--log-level", "log.level", "debug|info|warning|error|off",
              "least level of what is logged (default warning)");
  add_setting(app, invocation, "--log-format", "log.format", "human|json", "form of a log line");
  add_setting(app, invocation, "--log-file", "log.file", "FILE",
              "log to this file instead of standard error");
}

/// The subcommand at `path` ("data check"), made where it is not there yet.
CLI::App& subcommand(CLI::App& root, std::string_view path, const std::string& about) {
  CLI::App* app = &root;
  for (const auto part : std::views::split(path, ' ')) {
    const std::string name(part.begin(), part.end());
    CLI::App* next = nullptr;
    for (CLI::App* candidate : app->get_subcommands({})) {
      if (candidate->get_name() == name) next = candidate;
    }
    if (next == nullptr) {
      if (app != &root) app->require_subcommand(1, 1);
      const bool last = path.ends_with(" " + name) || path == name;
      next = app->add_subcommand(name,
                                 last ? about : "several commands: see quanta " + name + " --help");
      next->fallthrough();
    }
    app = next;
  }
  return *app;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) names.push_back(option->get_name());
  }
  return names;
}

std::vector<std::string_view> views(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

Error usage(std::string message, std::string field = {}) {
  return Error{ErrorKind::kUsage, std::move(message), std::move(field), {}};
}

/// The error for the first word that belongs to nothing.
Error unknown(const std::string& word, const std::vector<std::string>& flags,
              const std::vector<std::string_view>& commands_there) {
  const bool is_flag = word.starts_with('-') && word != "-";
  const std::string name = word.substr(0, word.find('='));
  std::string message;
  std::string_view near;
  if (is_flag) {
    message = fmt::format("there is no flag {}", name);
    near = nearest_word(name, views(flags));
  } else if (!commands_there.empty()) {
    message = fmt::format("there is no command \"{}\"", word);
    near = nearest_word(word, commands_there);
    if (near.empty()) {
      message += fmt::format("; there are {}", fmt::join(commands_there, ", "));
    }
  } else {
    message = fmt::format("\"{}\" is an argument too many", word);
  }
  if (!near.empty()) message += fmt::format("; did you mean {}?", near);
  if (!is_flag) return usage(std::move(message));
  return usage(std::move(message), name.substr(std::min(name.find_first_not_of('-'), name.size())));
}

/// What CLI11 found wrong, in our words. `group`: the words of the command as far as they were
/// given.
Error translated(const CLI::ParseError& error, const std::string& group,
                 const std::string& remaining, const std::vector<std::string>& flags,
                 const std::vector<std::string_view>& commands_there) {
  if (!remaining.empty()) return unknown(remaining, flags, commands_there);
  const std::string what = error.what();
  const std::string flag = what.substr(0, what.find_first_of(": "));
  if (error.get_name() == "ArgumentMismatch" && flag.starts_with("--")) {
    const bool missing = what.find("missing") != std::string::npos;
    return usage(fmt::format("{} {}", flag, missing ? "needs a value" : "may be given only once"),
                 flag.substr(2));
  }
  if (error.get_name() == "RequiredError") {
    if (!commands_there.empty()) {
      std::vector<std::string> names;
      for (const std::string_view name : commands_there) {
        names.push_back(group.empty() ? std::string(name) : fmt::format("{} {}", group, name));
      }
      return usage(fmt::format("name a command: {} (quanta --help says what each does)",
                               fmt::join(names, ", ")));
    }
    return usage(fmt::format("{} must be given: quanta {} {}", flag, group, flag), flag);
  }
  return usage(what);
}

}  // namespace

bool wants_json(const std::vector<std::string>& words) {
  return std::ranges::find(words, "--json") != words.end();
}

Result<Invocation> parse(const std::vector<std::string>& words) {
  Invocation invocation;
  CLI::App root("Quanta: portfolios, chosen by quantum and by exact algorithms, with their proof.",
                "quanta");
  const auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(34);
  root.formatter(formatter);
  root.set_help_flag("--help", "what there is");
  bool version = false;
  root.add_flag("--version", version, "version, build and instruction sets");
  add_global_flags(root, invocation);
  root.require_subcommand(1, 1);

  struct Leaf {
    const Command* command;
    CLI::App* app;
    Action action;
  };
  std::vector<Leaf> leaves;
  for (const Command& command : commands()) {
    CLI::App& app = subcommand(root, command.name, std::string(command.about));
    app.footer(
        "Every command also takes --json, --seed N, --threads N, --kernel SET, --config FILE,"
        "\n--log-level L, --log-format F, --log-file FILE: see quanta --help.");
    leaves.push_back({&command, &app, command.declare(app)});
  }

  const CLI::App* deepest = &root;  // the subcommand that the words reach
  std::string group;                // and its name, "data check"
  const auto reach = [&] {
    for (bool deeper = true; deeper;) {
      deeper = false;
      for (const CLI::App* app : deepest->get_subcommands()) {
        deepest = app;
        group += (group.empty() ? "" : " ") + app->get_name();
        deeper = true;
        break;
      }
    }
  };
  const auto known_flags = [&] {
    std::vector<std::string> flags = option_names(root);
    if (deepest != &root) std::ranges::copy(option_names(*deepest), std::back_inserter(flags));
    return flags;
  };

  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    root.parse(std::move(reversed));
    reach();
  } catch (const FlagError& error) {
    return std::unexpected(error.error);
  } catch (const CLI::CallForHelp&) {
    reach();
    const std::size_t last = group.rfind(' ');
    const std::string before = last == std::string::npos ? "" : " " + group.substr(0, last);
    invocation.information = deepest->help(group.empty() ? "" : "quanta" + before);
    return invocation;
  } catch (const CLI::ParseError& error) {
    reach();
    // --version needs no command, which CLI11 demands.
    if (version && deepest == &root && error.get_name() == "RequiredError") {
      invocation.information = version_text(invocation.json);
      return invocation;
    }
    const std::vector<std::string> remaining = root.remaining(true);
    std::vector<std::string> names;
    for (const CLI::App* app : deepest->get_subcommands({})) names.push_back(app->get_name());
    return std::unexpected(translated(error, group,
                                      remaining.empty() ? std::string() : remaining.front(),
                                      known_flags(), views(names)));
  }
  if (version) {
    invocation.information = version_text(invocation.json);
    return invocation;
  }
  for (Leaf& leaf : leaves) {
    if (leaf.app != deepest) continue;
    invocation.command = leaf.command;
    invocation.action = std::move(leaf.action);
  }
  invocation.flags = known_flags();
  return invocation;
}

Error name_flag(Error error, const std::vector<std::string>& flags) {
  std::string flag = "--" + error.field;
  std::ranges::replace(flag, '_', '-');
  if (error.field.empty() || std::ranges::find(flags, flag) == flags.end()) return error;
  error.field = flag.substr(2);
  if (error.message.find(flag) != std::string::npos) return error;
  // An engine may have begun with the bare name of its parameter.
  const std::string bare = error.field + ": ";
  if (error.message.starts_with(bare)) error.message.erase(0, bare.size());
  error.message = fmt::format("{}: {}", flag, error.message);
  return error;
}

}  // namespace quanta::cli
