/// How an engine is to run: threads, instruction set, when to stop, whom to tell. Passed in by the
/// caller, because engines have no clocks, no environment and no globals.
///
///   ThreadPool pool(2);
///   Execution execution{.pool = &pool};
///   Result<Answer> answer = solve(problem, execution);
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "core/instruction_set.h"
#include "core/parallel.h"
#include "core/result.h"

namespace quanta {

/// Told now and then how far the work is: fraction in [0, 1] and a few words. May be called from
/// any thread, never from two at once.
using Progress = std::function<void(double fraction, std::string_view stage)>;

struct Execution {
  ThreadPool* pool = nullptr;  ///< nullptr: the caller's thread alone
  InstructionSet instruction_set = InstructionSet::kScalar;
  std::stop_token stop = {};  ///< a deadline or Ctrl-C; engines look at it between rounds of work
  Progress progress = {};

  bool cancelled() const { return stop.stop_requested(); }
  void report(double fraction, std::string_view stage) const {
    if (progress) progress(fraction, stage);
  }
};

/// parallel_for on the execution's pool, or in place where there is none. Same chunks either way.
template <class Body>
void parallel_for(const Execution& execution, std::size_t n, std::size_t grain, const Body& body) {
  if (execution.pool != nullptr) {
    parallel_for(*execution.pool, n, grain, body);
    return;
  }
  for (std::size_t begin = 0; begin < n; begin += grain) {
    body(begin, begin + grain < n ? begin + grain : n);
  }
}

/// parallel_sum on the execution's pool, or in place. Same chunks, same bits.
template <class Body>
double parallel_sum(const Execution& execution, std::size_t n, std::size_t grain,
                    const Body& body) {
  if (execution.pool != nullptr) return parallel_sum(*execution.pool, n, grain, body);
  double sum = 0.0;
  for (std::size_t begin = 0; begin < n; begin += grain) {
    sum += body(begin, begin + grain < n ? begin + grain : n);
  }
  return sum;
}

inline std::unexpected<Error> cancelled_error() {
  return fail(ErrorKind::kCancelled, "stopped before an answer was found");
}

}  // namespace quanta
