#include "core/parallel.h"

#include <atomic>
#include <exception>
#include <system_error>

namespace quanta {

struct ThreadPool::Job {
  const std::function<void(std::size_t)>* body = nullptr;
  std::size_t n_chunks = 0;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::mutex mutex;
  std::condition_variable finished;
  std::exception_ptr failure;  ///< of the first chunk, in their order, that failed
  std::size_t failed_chunk = 0;

  /// Takes chunks until none is left.
  void help() {
    for (std::size_t c = next.fetch_add(1); c < n_chunks; c = next.fetch_add(1)) {
      try {
        (*body)(c);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure || c < failed_chunk) {
          failure = std::current_exception();
          failed_chunk = c;
        }
      }
      if (done.fetch_add(1) + 1 == n_chunks) {
        const std::lock_guard lock(mutex);
        finished.notify_all();
      }
    }
  }
};

namespace {
/// True on a thread that is inside a body: a nested loop runs in place instead of waiting for
/// workers that may all be waiting too.
thread_local bool inside_body = false;
}  // namespace

ThreadPool::ThreadPool(std::size_t n_threads) {
  try {
    for (std::size_t i = 1; i < n_threads; ++i) workers_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // The system gives no more threads; those that it gave do the same work.
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void ThreadPool::work() {
  inside_body = true;
  std::shared_ptr<Job> last;
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || (job_ && job_ != last); });
      if (stopping_) return;
      job = job_;
    }
    job->help();
    last = std::move(job);
  }
}

void ThreadPool::run(std::size_t n_chunks, const std::function<void(std::size_t)>& body) {
  if (n_chunks == 0) return;
  if (workers_.empty() || inside_body || n_chunks == 1) {
    for (std::size_t c = 0; c < n_chunks; ++c) body(c);
    return;
  }
  const auto job = std::make_shared<Job>();
  job->body = &body;
  job->n_chunks = n_chunks;
  {
    const std::lock_guard lock(mutex_);
    job_ = job;
  }
  wake_.notify_all();
  inside_body = true;
  job->help();
  inside_body = false;
  {
    std::unique_lock lock(job->mutex);
    job->finished.wait(lock, [&] { return job->done.load() == job->n_chunks; });
  }
  {
    const std::lock_guard lock(mutex_);
    if (job_ == job) job_.reset();
  }
  if (job->failure) std::rethrow_exception(job->failure);
}

}  // namespace quanta
