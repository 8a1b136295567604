#include "quantum/backend/local_backend.h"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include "quantum/backend/run_job.h"

namespace quanta::quantum {
namespace {

/// Jobs that are remembered; the oldest that ended is forgotten for a new one.
constexpr std::size_t kMostJobs = 1024;

struct Record {
  Job job;
  JobPlan plan;
  JobState state = JobState::kQueued;
  std::stop_source stop;
  Result<JobResult> result = JobResult();
};

bool has_ended(JobState state) { return state != JobState::kQueued && state != JobState::kRunning; }

class LocalBackend final : public Backend {
 public:
  LocalBackend(BackendCapabilities capabilities, const BackendOptions& options)
      : capabilities_(std::move(capabilities)), options_(options) {
    assert(options_.hash);
    capabilities_.memory_limit = options_.memory_limit;
    capabilities_.max_qubits = most_state_qubits(options_.memory_limit, Precision::kDouble);
    capabilities_.max_qubits_single = most_state_qubits(options_.memory_limit, Precision::kSingle);
    capabilities_.max_shots = capabilities_.exact ? 0 : kMostShots;
    capabilities_.mid_circuit = true;
    for (const GateProperties& gate : gate_table()) {
      if (gate.gate < Gate::kDefined) capabilities_.gates.emplace_back(gate.name);
    }
  }

  const BackendCapabilities& capabilities() const override { return capabilities_; }

  Result<CostEstimate> estimate(const Job& job) const override {
    QUANTA_TRY(JobPlan plan, plan_job(job, capabilities_.exact, options_.memory_limit));
    return std::move(plan.cost);
  }

  Result<JobId> submit(Job job) override {
    QUANTA_TRY(JobPlan plan, plan_job(job, capabilities_.exact, options_.memory_limit));
    JobId id = options_.hash(serialize(job, capabilities_.exact, plan.cost.precision));
    const std::scoped_lock lock(mutex_);
    const auto found = records_.find(id);
    if (found != records_.end()) {
      const JobState state = found->second->state;
      if (state != JobState::kFailed && state != JobState::kCancelled) return id;
      forget(id);  // tried again
    }
    if (records_.size() == kMostJobs) {
      const auto old = std::ranges::find_if(
          order_, [&](const JobId& other) { return has_ended(records_.at(other)->state); });
      if (old == order_.end()) {
        return fail(ErrorKind::kResource,
                    fmt::format("{} jobs wait; ask for their results or cancel some", kMostJobs),
                    "jobs");
      }
      forget(JobId(*old));
    }
    const auto record = std::make_shared<Record>();
    record->job = std::move(job);
    record->plan = std::move(plan);
    records_.emplace(id, record);
    order_.push_back(id);
    return id;
  }

  Result<JobState> status(const JobId& id) const override {
    const std::scoped_lock lock(mutex_);
    QUANTA_TRY(const auto record, find(id));
    return record->state;
  }

  Result<JobResult> result(const JobId& id, const Execution& execution) override {
    std::unique_lock lock(mutex_);
    QUANTA_TRY(const auto record, find(id));
    ended_.wait(lock, [&] { return record->state != JobState::kRunning; });
    if (record->state != JobState::kQueued) return record->result;
    record->state = JobState::kRunning;
    lock.unlock();
    // Both the caller and cancel() can stop it.
    const std::stop_callback passed_on(execution.stop, [&] { record->stop.request_stop(); });
    Execution own = execution;
    own.stop = record->stop.get_token();
    auto result =
        run_job(record->job, record->plan, capabilities_.exact, options_.memory_limit, own);
    lock.lock();
    const bool cancelled = !result && result.error().kind == ErrorKind::kCancelled;
    record->state = result ? JobState::kDone : cancelled ? JobState::kCancelled : JobState::kFailed;
    record->result = result;
    record->plan = {};
    lock.unlock();
    ended_.notify_all();
    return result;
  }

  Result<void> cancel(const JobId& id) override {
    const std::scoped_lock lock(mutex_);
    QUANTA_TRY(const auto record, find(id));
    if (record->state == JobState::kQueued) {
      record->state = JobState::kCancelled;
      record->result = cancelled_error();
    } else if (record->state == JobState::kRunning) {
      record->stop.request_stop();
    }
    return {};
  }

 private:
  Result<std::shared_ptr<Record>> find(const JobId& id) const {
    const auto found = records_.find(id);
    if (found == records_.end()) return bad_input("job", fmt::format("there is no job {}", id));
    return found->second;
  }

  void forget(const JobId& id) {
    records_.erase(id);
    std::erase(order_, id);
  }

  BackendCapabilities capabilities_;
  BackendOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<JobId, std::shared_ptr<Record>> records_;
  std::deque<JobId> order_;
};

}  // namespace

std::unique_ptr<Backend> make_local_exact(const BackendOptions& options) {
  return std::make_unique<LocalBackend>(BackendCapabilities{.name = std::string(kLocalExact.name),
                                                            .about = std::string(kLocalExact.about),
                                                            .exact = true},
                                        options);
}

std::unique_ptr<Backend> make_local_sampling(const BackendOptions& options) {
  return std::make_unique<LocalBackend>(
      BackendCapabilities{.name = std::string(kLocalSampling.name),
                          .about = std::string(kLocalSampling.about)},
      options);
}

}  // namespace quanta::quantum
