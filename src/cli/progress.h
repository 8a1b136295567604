/// One line on standard error that says how far the work is, where that is a terminal.
#pragma once

#include <chrono>

#include "core/execution.h"

namespace quanta::cli {

class ProgressLine {
 public:
  ProgressLine();
  /// Nothing where standard error is no terminal. The line must outlive the callback.
  Progress callback();
  /// Takes the line away, if one is there.
  void clear();

 private:
  void show(double fraction, std::string_view stage);

  bool is_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace quanta::cli
