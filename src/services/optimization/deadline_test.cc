#include "services/optimization/deadline.h"

#include <future>

#include <gtest/gtest.h>

namespace quanta::services {
namespace {

/// Waits until the token stops; the test's own time limit is the only other end.
void wait_for(const std::stop_token& token) {
  std::promise<void> stopped;
  const std::stop_callback callback(token, [&] { stopped.set_value(); });
  stopped.get_future().wait();
}

TEST(Deadline, StopsWhenTheTimeIsUp) {
  const std::stop_source outer;
  const Deadline deadline({.stop = outer.get_token()}, 1e-3);
  wait_for(deadline.execution().stop);
  EXPECT_FALSE(outer.stop_requested());
}

TEST(Deadline, FollowsTheOuterStop) {
  std::stop_source outer;
  const Deadline endless({.stop = outer.get_token()}, std::nullopt);
  const Deadline late({.stop = outer.get_token()}, 1e300);
  EXPECT_FALSE(endless.execution().stop.stop_requested());
  EXPECT_FALSE(late.execution().stop.stop_requested());
  outer.request_stop();
  EXPECT_TRUE(endless.execution().stop.stop_requested());
  EXPECT_TRUE(late.execution().stop.stop_requested());
}

TEST(Deadline, EndsItsTimerWithItself) {
  const std::stop_source outer;
  {
    const Deadline deadline({.stop = outer.get_token()}, 1e6);
  }  // would wait eleven days otherwise
  SUCCEED();
}

}  // namespace
}  // namespace quanta::services
