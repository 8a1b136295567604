#include "services/optimization/deadline.h"

#include <chrono>

namespace quanta::services {

Deadline::Deadline(const std::stop_token& outer, std::optional<double> seconds)
    : follow_(outer, [this] { source_.request_stop(); }) {
  if (!seconds) return;
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(*seconds);
  timer_ = std::jthread([this, until](const std::stop_token& ended) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, ended, until, [] { return false; });
    if (!ended.stop_requested()) source_.request_stop();
  });
}

}  // namespace quanta::services
