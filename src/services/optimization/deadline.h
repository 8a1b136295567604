/// A stop token that also stops when the time is up.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace quanta::services {

/// Stops when `outer` does, or `seconds` after it was made (never where they are not given).
class Deadline {
 public:
  Deadline(const std::stop_token& outer, std::optional<double> seconds);

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> follow_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread timer_;  // last: it uses the others
};

}  // namespace quanta::services
