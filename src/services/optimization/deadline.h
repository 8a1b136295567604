/// An execution that also stops when the time is up.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/execution.h"

namespace quanta::services {

/// Stops when `outer` does, or `seconds` after it was made (never where they are not given).
class Deadline {
 public:
  Deadline(const Execution& outer, std::optional<double> seconds);

  /// The outer one with this end; not to outlive the deadline.
  const Execution& execution() const { return execution_; }

 private:
  Execution execution_;
  std::stop_source source_;
  std::stop_callback<std::function<void()>> follow_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread timer_;  // last: it uses the others
};

}  // namespace quanta::services
