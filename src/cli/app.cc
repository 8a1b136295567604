#include "cli/app.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>

#include <fmt/format.h>

#include "cli/interrupt.h"
#include "cli/parse.h"
#include "cli/progress.h"
#include "core/problem.h"
#include "platform/configuration/configuration.h"
#include "platform/configuration/settings.h"

namespace quanta::cli {
namespace {

constexpr std::size_t kMostThreads = 1024;

/// Writes all of it or says that it could not.
bool write(std::FILE* stream, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() &&
         std::fflush(stream) == 0;
}

void say(std::string_view what, const Terminal& terminal, std::string_view message) {
  std::string line = fmt::format("quanta: {}{}\n", what, printable(terminal, message));
  write(stderr, line);  // nothing can be done where even that fails
}

/// The limits that contradict each other, each with what it would have to be and its flag.
std::string conflicts_text(const std::vector<Conflict>& conflicts, const Terminal& terminal) {
  std::string text;
  for (const Conflict& conflict : conflicts) {
    Table table({{"limit", Align::kLeft}, {"would have to be", Align::kLeft}, {"", Align::kLeft}});
    for (const ConflictingLimit& limit : conflict) {
      table.add({{limit.words}, {limit.remedy}, {limit.field.empty() ? "" : "--" + limit.field}});
    }
    text += table.to_text(terminal);
  }
  return text;
}

/// Exit status 0 or 1. Who reads only the first lines (`| head`) needs no message.
int print(std::string_view text) {
  if (write(stdout, text)) return 0;
  if (errno != EPIPE) say("", standard_error(), "standard output cannot be written");
  return 1;
}

int report(const Error& error, bool json) {
  const Terminal terminal = standard_error();
  say("", terminal, to_text(error));
  write(stderr, conflicts_text(error.conflicts, terminal));
  if (json) write(stdout, json::print(json::to(problem_of(error))));
  return exit_status(error.kind);
}

Result<platform::Settings> load_settings(const Invocation& invocation) {
  QUANTA_TRY(auto loaded, platform::load_configuration<platform::Settings>(
                              {.file = invocation.config,
                               .environment = platform::process_environment(),
                               .flags = invocation.settings}));
  platform::Settings settings = std::move(loaded.settings);
  // A command that answers and ends is quiet about what is no problem, unless told otherwise.
  if (loaded.origins.at("log.level").kind == platform::OriginKind::kDefault) {
    settings.log.level = platform::LogLevel::kWarning;
  }
  if (platform::resolve_threads(settings.compute.threads) > kMostThreads) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("--threads: {} is more than {}", settings.compute.threads, kMostThreads),
        "threads");
  }
  return settings;
}

/// Where a library throws in spite of everything, the process still ends in a message.
template <class Work>
Result<Outcome> guarded(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::kResource, "out of memory; ask for less at once");
  } catch (const std::exception& exception) {
    return fail(ErrorKind::kInternal,
                fmt::format("a mistake of the program: {}", exception.what()));
  }
}

/// `settings.log.file` and the like are named as the flags are: log.file is --log-file.
std::string flag_of_setting(std::string_view key) {
  if (key.starts_with("compute.")) key.remove_prefix(8);
  std::string flag(key);
  for (char& c : flag) {
    if (c == '.') c = '-';
  }
  return flag;
}

}  // namespace

int exit_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kBadInput:
    case ErrorKind::kInfeasible:
      return 3;
    case ErrorKind::kIo:
    case ErrorKind::kResource:
    case ErrorKind::kCancelled:
    case ErrorKind::kInternal:
      break;
  }
  return 1;
}

int run_program(const std::vector<std::string>& words) {
  // A reader that went away is an error of writing, not a sudden end.
  std::signal(SIGPIPE, SIG_IGN);
  const bool json = wants_json(words);
  auto invocation = parse(words);
  if (!invocation) return report(invocation.error(), json);
  if (invocation->command == nullptr) return print(invocation->information);

  const auto settings = load_settings(*invocation);
  if (!settings) {
    Error error = settings.error();
    if (error.kind == ErrorKind::kUsage) error.field = flag_of_setting(error.field);
    return report(error, json);
  }
  const auto kernel = platform::resolve_kernel(settings->compute.kernel);
  if (!kernel)
    return report(
        name_flag({kernel.error().kind, kernel.error().message, "kernel", {}}, {"--kernel"}), json);
  const auto log = platform::make_logger(settings->log);
  if (!log) return report(log.error(), json);

  const Interrupt interrupt;
  ThreadPool pool(platform::resolve_threads(settings->compute.threads));
  ProgressLine progress;
  Context context{.run = {.command = words,
                          .seed = settings->seed,
                          .execution = {.pool = &pool,
                                        .instruction_set = *kernel,
                                        .stop = interrupt.token(),
                                        .progress = progress.callback()}},
                  .json = json,
                  .log = *log,
                  .demo_data = settings->demo.data};
  log->info("command started", {{"command", invocation->command->name},
                                {"seed", settings->seed},
                                {"threads", pool.n_threads()},
                                {"kernel", to_text(*kernel)}});
  const auto outcome = guarded([&] { return invocation->action(context); });
  progress.clear();
  log->info("command ended",
            {{"command", invocation->command->name},
             {"status", outcome ? outcome->status : exit_status(outcome.error().kind)}});
  if (!outcome) return report(name_flag(outcome.error(), invocation->flags), json);

  std::string text;
  if (json) {
    text = json::print(outcome->document);
  } else if (outcome->text) {
    text = outcome->text(standard_output());
  }
  if (const int failed = print(text); failed != 0) return failed;
  if (!json) {
    for (const std::string& warning : outcome->warnings)
      say("warning: ", standard_error(), warning);
  }
  return outcome->status;
}

Result<json::Value> repeat(const std::vector<std::string>& words, const Repetition& repetition,
                           const Execution& execution) {
  QUANTA_TRY(const Invocation invocation, parse(words));
  if (invocation.command == nullptr) {
    return fail(ErrorKind::kBadInput, "the recorded command gives no document");
  }
  QUANTA_TRY(const platform::Settings settings, load_settings(invocation));
  QUANTA_TRY(const platform::Logger log,
             platform::make_logger({.level = platform::LogLevel::kOff, .file = {}}));
  Context context{.run = {.command = words, .seed = repetition.seed, .execution = execution},
                  .json = true,
                  .repeating = true,
                  .log = log,
                  .demo_data = settings.demo.data};
  context.run.execution.instruction_set = repetition.kernel;
  auto outcome = guarded([&] { return invocation.action(context); });
  if (!outcome) return std::unexpected(name_flag(outcome.error(), invocation.flags));
  return outcome->document;
}

}  // namespace quanta::cli
