#include "core/parallel.h"

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/execution.h"

namespace quanta {
namespace {

double harmonic(std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += 1.0 / static_cast<double>(i + 1);
  return sum;
}

RC_GTEST_PROP(ParallelForProperty, VisitsEachItemOnce, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(0, 5000);
  const auto grain = *rc::gen::inRange<std::size_t>(1, 300);
  for (const std::size_t n_threads : {1, 2, 7}) {
    ThreadPool pool(n_threads);
    std::vector<std::atomic<int>> visits(n);
    std::atomic<bool> chunks_are_right = true;
    parallel_for(pool, n, grain, [&](std::size_t begin, std::size_t end) {
      const bool right = begin % grain == 0 && begin < end && end - begin <= grain &&
                         (end == n || end - begin == grain);
      if (!right) chunks_are_right = false;
      for (std::size_t i = begin; i < end; ++i) ++visits[i];
    });
    RC_ASSERT(chunks_are_right.load());
    for (const auto& count : visits) RC_ASSERT(count.load() == 1);
  }
}

RC_GTEST_PROP(ParallelSumProperty, HasTheSameBitsForAnyNumberOfThreads, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(0, 20000);
  const auto grain = *rc::gen::inRange<std::size_t>(1, 500);
  const double in_place = parallel_sum(Execution{}, n, grain, harmonic);
  for (const std::size_t n_threads : {1, 2, 7}) {
    ThreadPool pool(n_threads);
    const Execution execution{.pool = &pool};
    RC_ASSERT(std::bit_cast<std::uint64_t>(parallel_sum(pool, n, grain, harmonic)) ==
              std::bit_cast<std::uint64_t>(in_place));
    RC_ASSERT(std::bit_cast<std::uint64_t>(parallel_sum(execution, n, grain, harmonic)) ==
              std::bit_cast<std::uint64_t>(in_place));
  }
}

TEST(ParallelFor, DoesNothingForNothing) {
  ThreadPool pool(2);
  parallel_for(pool, 0, 10, [](std::size_t, std::size_t) { FAIL(); });
  parallel_for(Execution{}, 0, 10, [](std::size_t, std::size_t) { FAIL(); });
  pool.run(0, [](std::size_t) { FAIL(); });
  EXPECT_EQ(parallel_sum(pool, 0, 10, harmonic), 0.0);
}

TEST(ThreadPool, CountsTheCaller) {
  EXPECT_EQ(ThreadPool(0).n_threads(), 1u);
  EXPECT_EQ(ThreadPool(1).n_threads(), 1u);
  EXPECT_EQ(ThreadPool(3).n_threads(), 3u);
}

TEST(ThreadPool, ReallyRunsOnSeveralThreads) {
  // Each of two chunks waits until the other has begun: on one thread this would never end.
  ThreadPool pool(2);
  std::atomic<int> begun = 0;
  pool.run(2, [&](std::size_t) {
    ++begun;
    begun.notify_all();
    for (int seen = begun; seen < 2; seen = begun) begun.wait(seen);
  });
  EXPECT_EQ(begun, 2);
}

TEST(ThreadPool, RunsANestedLoopInPlace) {
  for (const std::size_t n_threads : {1, 2, 7}) {
    ThreadPool pool(n_threads);
    std::vector<double> sums(50);
    parallel_for(pool, sums.size(), 1, [&](std::size_t i, std::size_t) {
      const auto outer = std::this_thread::get_id();
      sums[i] = parallel_sum(pool, 100 * (i + 1), 7, [&](std::size_t begin, std::size_t end) {
        EXPECT_EQ(std::this_thread::get_id(), outer);
        return harmonic(begin, end);
      });
    });
    for (std::size_t i = 0; i < sums.size(); ++i) {
      EXPECT_EQ(sums[i], parallel_sum(Execution{}, 100 * (i + 1), 7, harmonic));
    }
  }
}

TEST(ThreadPool, RethrowsTheFailureOfTheFirstChunkThatFailed) {
  for (const std::size_t n_threads : {1, 2, 7}) {
    ThreadPool pool(n_threads);
    for (int repeat = 0; repeat < 20; ++repeat) {
      try {
        parallel_for(pool, 1000, 10, [](std::size_t begin, std::size_t) {
          if (begin >= 500) throw std::runtime_error(std::to_string(begin));
        });
        FAIL() << "nothing thrown";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "500");
      }
    }
    // The pool is as good as new.
    EXPECT_EQ(parallel_sum(pool, 1000, 10, harmonic),
              parallel_sum(Execution{}, 1000, 10, harmonic));
  }
}

TEST(ThreadPool, ServesSeveralCallersAtOnce) {
  ThreadPool pool(3);
  const double expected = parallel_sum(Execution{}, 10'000, 16, harmonic);
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        for (int repeat = 0; repeat < 50; ++repeat) {
          if (parallel_sum(pool, 10'000, 16, harmonic) != expected) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Execution, ReportsProgressAndCancellation) {
  std::vector<std::string> told;
  std::stop_source stop;
  const Execution execution{
      .stop = stop.get_token(), .progress = [&](double fraction, std::string_view stage) {
        told.push_back(std::string(stage) + " " + std::to_string(static_cast<int>(100 * fraction)));
      }};
  execution.report(0.5, "solving");
  EXPECT_EQ(told, std::vector<std::string>{"solving 50"});
  EXPECT_FALSE(execution.cancelled());
  stop.request_stop();
  EXPECT_TRUE(execution.cancelled());
  EXPECT_FALSE(Execution{}.cancelled());
  Execution{}.report(1.0, "nobody listens");
  EXPECT_EQ(cancelled_error().error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta
