#include "quantum/simulator/branching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "quantum/simulator/binomial.h"
#include "quantum/simulator/byte_text.h"

namespace quanta::quantum {
namespace {

/// Probabilities below it are taken for rounding.
constexpr double kLeast = 1e-15;
constexpr unsigned kMostDensityQubits = 6;
/// Gates that are fused and applied in one run.
constexpr std::size_t kMostWaiting = std::size_t{1} << 16;

/// What a branch stands for.
struct Share {
  double probability = 0.0;  // exact
  std::uint64_t shots = 0;   // else
};

struct Branch {
  std::unique_ptr<Process> process;
  LiveState state;
  Share share;
  bool pure = true;
};

class Runner {
 public:
  Runner(const FollowOptions& options, const Execution& execution,
         const std::function<Result<void>(const BranchEnd&)>& at_end)
      : options_(options),
        execution_(execution),
        at_end_(at_end),
        stream_(options.seed, "circuit shots") {}

  Result<Followed> run(const Process& process) {
    put_aside({process.clone(), LiveState(process.n_qubits()), {1.0, options_.shots.value_or(0)}});
    while (!waiting_.empty()) {
      Branch branch = std::move(waiting_.back());
      waiting_.pop_back();
      bytes_waiting_ -= branch.state.bytes();
      QUANTA_CHECK(follow(branch));
    }
    return followed_;
  }

 private:
  /// To the end of the branch; the other ways of its measurements are put aside.
  Result<void> follow(Branch& branch) {
    for (;;) {
      QUANTA_TRY(const Step step, branch.process->next());
      switch (step.kind) {
        case Step::Kind::kGate:
          branch.state.add(*step.gate);
          if (branch.state.n_waiting() >= kMostWaiting) QUANTA_CHECK(flush(branch));
          break;
        case Step::Kind::kMeasure:
        case Step::Kind::kReset: {
          QUANTA_TRY(const bool goes_on, measure(branch, step));
          if (!goes_on) return {};
          break;
        }
        case Step::Kind::kEnd:
          return finish(branch);
      }
    }
  }

  /// The outcome of a measurement, or of a reset, which is a measurement without a record and with
  /// a flip. False where nothing of the branch is left.
  Result<bool> measure(Branch& branch, const Step& step) {
    if (execution_.cancelled()) return cancelled_error();
    if (const auto value = branch.state.definite(step.qubit)) {
      tell(branch, step, *value);
      return true;
    }
    QUANTA_CHECK(flush(branch));
    const std::array<double, 2> weights = {branch.state.weight(step.qubit, false, execution_),
                                           branch.state.weight(step.qubit, true, execution_)};
    const double p = weights[1] / (weights[0] + weights[1]);
    const std::array<Share, 2> shares = split(branch.share, p);
    branch.pure = branch.pure && (p < kLeast || 1.0 - p < kLeast);
    const bool both = alive(shares[0]) && alive(shares[1]);
    const std::size_t bytes = branch.state.bytes();
    QUANTA_CHECK(check_room(branch, both ? 2 * bytes : bytes + bytes / 2));
    if (both) {
      if (!options_.shots && followed_.branches + waiting_.size() + 2 > options_.most_branches) {
        return fail(ErrorKind::kResource,
                    fmt::format("more than {} branches of measurement outcomes; draw shots instead "
                                "of following all of them",
                                options_.most_branches),
                    "shots");
      }
      Branch other{branch.process->clone(),
                   branch.state.projected(step.qubit, true, weights[1], execution_), shares[1],
                   false};
      tell(other, step, true);
      put_aside(std::move(other));
    }
    const bool outcome = !alive(shares[0]);
    branch.share = shares[outcome ? 1 : 0];
    if (!alive(branch.share)) return false;
    branch.state =
        branch.state.projected(step.qubit, outcome, weights[outcome ? 1 : 0], execution_);
    tell(branch, step, outcome);
    return true;
  }

  /// What goes to the outcomes 0 and 1, the second of which has probability p.
  std::array<Share, 2> split(const Share& share, double p) {
    if (p < kLeast) return {share, Share{}};
    if (1.0 - p < kLeast) return {Share{}, share};
    if (options_.shots) {
      const std::uint64_t ones = binomial_sample(share.shots, p, stream_);
      return {Share{.shots = share.shots - ones}, Share{.shots = ones}};
    }
    std::array<Share, 2> shares = {Share{.probability = share.probability * (1.0 - p)},
                                   Share{.probability = share.probability * p}};
    for (Share& part : shares) {
      if (part.probability >= kLeast) continue;
      followed_.pruned += part.probability;
      part.probability = 0.0;
    }
    return shares;
  }

  bool alive(const Share& share) const {
    return options_.shots ? share.shots > 0 : share.probability > 0.0;
  }

  static void tell(Branch& branch, const Step& step, bool outcome) {
    if (step.kind == Step::Kind::kMeasure) {
      branch.process->supply(outcome);
    } else {
      branch.state.clear(step.qubit);
    }
  }

  void put_aside(Branch branch) {
    bytes_waiting_ += branch.state.bytes();
    waiting_.push_back(std::move(branch));
  }

  Result<void> flush(Branch& branch) {
    QUANTA_CHECK(check_room(branch, branch.state.bytes_to_flush()));
    return branch.state.flush(execution_);
  }

  /// Whether the branch may hold that many bytes beside those that wait.
  Result<void> check_room(const Branch& branch, std::size_t needed) const {
    const std::size_t limit = options_.memory_limit;
    const std::size_t free = limit - std::min(limit, bytes_waiting_);
    if (needed <= free) return {};
    const auto bytes = [](unsigned n) {
      return std::ldexp(double{sizeof(Amplitude)}, static_cast<int>(n));
    };
    const unsigned n = branch.state.n_active_after_flush();
    // A measurement holds the state before and both behind it.
    const double times = needed > branch.state.bytes_to_flush() ? 2.0 : 1.0;
    unsigned fits = 0;
    while (fits < LiveState::kMostActive && times * bytes(fits + 1) <= static_cast<double>(free)) {
      ++fits;
    }
    return fail(
        ErrorKind::kResource,
        fmt::format("a branch with {} qubits in superposition needs {} beside the {} of {} "
                    "that wait; the limit of {} fits {} qubits",
                    n, byte_text(times * bytes(n)), byte_text(static_cast<double>(bytes_waiting_)),
                    waiting_.size(), byte_text(static_cast<double>(limit)), fits),
        "qubits");
  }

  Result<void> finish(Branch& branch) {
    QUANTA_CHECK(flush(branch));
    ++followed_.branches;
    const double weight = options_.shots ? static_cast<double>(branch.share.shots) /
                                               static_cast<double>(*options_.shots)
                                         : branch.share.probability;
    return at_end_(
        {*branch.process, branch.state, weight, branch.share.shots, branch.pure, stream_});
  }

  const FollowOptions& options_;
  const Execution& execution_;
  const std::function<Result<void>(const BranchEnd&)>& at_end_;
  RandomStream stream_;
  std::vector<Branch> waiting_;
  std::size_t bytes_waiting_ = 0;
  Followed followed_;
};

}  // namespace

Result<Followed> follow_branches(const Process& process, const FollowOptions& options,
                                 const Execution& execution,
                                 const std::function<Result<void>(const BranchEnd&)>& at_end) {
  if (options.shots == 0U) return bad_input("shots", "at least one shot is needed");
  return Runner(options, execution, at_end).run(process);
}

void BranchAverages::add(const BranchEnd& end, const BranchViews& views,
                         const Execution& execution) {
  const LiveState& state = end.state;
  const unsigned n = state.n_qubits();
  norm += end.weight * state.norm(execution);
  const std::vector<double> ones = state.marginals(execution);
  marginals.resize(n);
  for (unsigned q = 0; q < n; ++q) marginals[q] += end.weight * ones[q];
  expectations.resize(views.observables.size());
  for (std::size_t i = 0; i < views.observables.size(); ++i) {
    double value = state.expectation(views.observables[i], execution);
    if (end.shots > 0) value = mean_of_shots(value, end.shots, end.stream);
    expectations[i] += end.weight * value;
  }
  if (views.bloch_vectors) {
    bloch_vectors.resize(n);
    const auto vectors = state.bloch_vectors(execution);
    for (unsigned q = 0; q < n; ++q) {
      for (std::size_t i = 0; i < 3; ++i) bloch_vectors[q][i] += end.weight * vectors[q][i];
    }
  }
  if (views.density_matrix) {
    density_matrix.resize(std::size_t{1} << 2 * n);
    add_density_matrix(state, end.weight, density_matrix);
  }
}

Result<BranchResult> run_branches(const Process& process, const FollowOptions& options,
                                  const BranchViews& views, const Execution& execution) {
  const unsigned n = process.n_qubits();
  if (views.density_matrix && n > kMostDensityQubits) {
    return bad_input("views", fmt::format("the density matrix of {} qubits is too large to show; "
                                          "at most {} are possible",
                                          n, kMostDensityQubits));
  }
  for (const PauliString& string : views.observables) {
    if (n < 64 && ((string.x | string.z) >> n) != 0) {
      return bad_input("observable", fmt::format("acts on more than the {} qubits there are", n));
    }
  }
  BranchResult result;
  const auto at_end = [&](const BranchEnd& end) -> Result<void> {
    result.averages.add(end, views, execution);
    const std::string label = end.process.label();
    if (options.shots) {
      result.counts[label] += end.shots;
    } else {
      result.outcomes[label] += end.weight;
    }
    return {};
  };
  QUANTA_TRY(result.followed, follow_branches(process, options, execution, at_end));
  return result;
}

}  // namespace quanta::quantum
