#include "services/optimization/deadline.h"

#include <algorithm>
#include <chrono>

namespace quanta::services {

Deadline::Deadline(const Execution& outer, std::optional<double> seconds)
    : execution_(outer), follow_(outer.stop, [this] { source_.request_stop(); }) {
  execution_.stop = source_.get_token();
  if (!seconds) return;
  // A clock counts nanoseconds in 64 bits: three years are as good as any longer time.
  const std::chrono::duration<double> wait(std::min(*seconds, 1e8));
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(wait);
  timer_ = std::jthread([this, until](const std::stop_token& ended) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, ended, until, [] { return false; });
    if (!ended.stop_requested()) source_.request_stop();
  });
}

}  // namespace quanta::services
