/// Loops over many threads whose results do not depend on how many.
///
///   ThreadPool pool(4);
///   parallel_for(pool, n, 1024, [&](std::size_t begin, std::size_t end) { … });
///   double sum = parallel_sum(pool, n, 1024, [&](std::size_t begin, std::size_t end) { … });
///
/// The range is cut into chunks of `grain` items (the last may be shorter): the cut depends on n
/// and grain only, and sums are added in the order of the chunks.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace quanta {

class ThreadPool {
 public:
  /// n_threads counts the caller: a pool of 1 starts none and runs everything in place. 0 means 1.
  /// Where the system refuses so many, the pool has fewer: see n_threads().
  explicit ThreadPool(std::size_t n_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t n_threads() const { return workers_.size() + 1; }

  /// Calls body(c) once for each c in {0 … n_chunks-1}, on the caller and the workers, and returns
  /// when all are done. A call from inside a body runs in place. Of the exceptions that bodies
  /// throw, that of the lowest c is rethrown; chunks behind it may have run or not.
  void run(std::size_t n_chunks, const std::function<void(std::size_t)>& body);

 private:
  struct Job;
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<Job> job_;
  bool stopping_ = false;
  std::vector<std::jthread> workers_;
};

inline std::size_t n_chunks(std::size_t n, std::size_t grain) { return (n + grain - 1) / grain; }

/// body(begin, end) for each chunk of [0, n). grain > 0.
template <class Body>
void parallel_for(ThreadPool& pool, std::size_t n, std::size_t grain, const Body& body) {
  if (n <= grain) {
    if (n > 0) body(std::size_t{0}, n);
    return;
  }
  pool.run(n_chunks(n, grain), [&](std::size_t c) {
    const std::size_t begin = c * grain;
    body(begin, begin + grain < n ? begin + grain : n);
  });
}

/// The sum of body(begin, end) over the chunks of [0, n), added in their order.
template <class Body>
double parallel_sum(ThreadPool& pool, std::size_t n, std::size_t grain, const Body& body) {
  std::vector<double> parts(n_chunks(n, grain));
  parallel_for(pool, n, grain, [&](std::size_t begin, std::size_t end) {
    parts[begin / grain] = body(begin, end);
  });
  double sum = 0.0;
  for (const double part : parts) sum += part;
  return sum;
}

}  // namespace quanta
