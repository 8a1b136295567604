#include "cli/progress.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/terminal.h"

namespace quanta::cli {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Work that is done within the first moment shows no line at all.
ProgressLine::ProgressLine()
    : is_terminal_(isatty(STDERR_FILENO) == 1), next_(steady_clock::now() + milliseconds(300)) {}

Progress ProgressLine::callback() {
  if (!is_terminal_) return {};
  return [this](double fraction, std::string_view stage) { show(fraction, stage); };
}

void ProgressLine::show(double fraction, std::string_view stage) {
  const auto now = steady_clock::now();
  if (now < next_) return;
  next_ = now + milliseconds(100);
  shown_ = true;
  fmt::print(stderr, "\r\x1b[K{:3.0f} % {}", 100 * fraction, printable(standard_error(), stage));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace quanta::cli
