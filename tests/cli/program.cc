#include "cli/program.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/date.h"

extern char** environ;

namespace quanta::testing {
namespace {

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void spill(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary).write(content.data(), std::ssize(content));
}

/// Files instead of pipes: nothing can block, whatever is written.
Ended run_argv(const Folder& folder, const std::string& program,
               const std::vector<std::string>& arguments, std::string_view input) {
  const Folder io;
  spill(io.path() / "in", input);
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("QUANTA_")) kept.emplace_back(*entry);
  }
  const std::filesystem::path binary = QUANTA_BINARY;
  kept.push_back(fmt::format("PATH={}:/usr/bin:/bin", binary.parent_path().string()));
  std::vector<char*> environment;
  for (std::string& entry : kept) environment.push_back(entry.data());
  environment.push_back(nullptr);

  const std::string in = io.path() / "in";
  const std::string out = io.path() / "out";
  const std::string err = io.path() / "err";
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    const bool ready = chdir(folder.path().c_str()) == 0 &&
                       dup2(open(in.c_str(), O_RDONLY), 0) == 0 &&
                       dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1) == 1 &&
                       dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2) == 2;
    if (ready) execve(program.c_str(), argv.data(), environment.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(out), slurp(err)};
}

}  // namespace

Folder::Folder() {
  std::string name = std::filesystem::temp_directory_path() / "quanta-test-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, std::string_view content) const {
  spill(path_ / name, content);
}

std::string Folder::read(const std::string& name) const { return slurp(path_ / name); }

Ended run(const Folder& folder, const std::vector<std::string>& words, std::string_view input) {
  return run_argv(folder, QUANTA_BINARY, words, input);
}

Ended shell(const Folder& folder, const std::string& line) {
  return run_argv(folder, "/bin/sh", {"-c", line}, {});
}

std::string sample_prices() {
  std::string text = "date,A,B,C,D\n";
  const Date first = date_of(2024, 1, 1);
  for (int t = 0; t <= 60; ++t) {
    const double x = t;
    text += fmt::format("{},{:.4f},{:.4f},{:.4f},{:.4f}\n", to_text(first + t),
                        100 * std::exp(0.0010 * x + 0.02 * std::sin(0.9 * x)),
                        50 * std::exp(0.0004 * x + 0.01 * std::sin(1.7 * x + 1)),
                        20 * std::exp(0.0020 * x + 0.05 * std::sin(0.5 * x + 2)),
                        80 * std::exp(0.0002 * x + 0.01 * std::cos(2.3 * x)));
  }
  return text;
}

}  // namespace quanta::testing
