#include "quantum/simulator/branching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/simulator/binomial.h"
#include "quantum/simulator/byte_text.h"

namespace quanta::quantum {
namespace {

/// A branch that is less likely is left out.
constexpr double kLeast = 1e-15;
/// Amplitudes of single precision that should be 0 have squares up to about this.
constexpr double kLeastSingle = 1e-12;
constexpr unsigned kMostDensityQubits = 6;
/// Gates that are fused and applied in one run.
constexpr std::size_t kMostWaiting = std::size_t{1} << 16;

/// What a branch stands for.
struct Share {
  double probability = 0.0;  // exact
  std::uint64_t shots = 0;   // else
};

struct Branch {
  std::unique_ptr<Process> process;  // nothing: forgotten, to be run again
  LiveState state;
  Share share;
  bool pure = true;
  std::vector<bool> history = {};  // outcomes of qubits that were in no definite state
  std::size_t told = 0;            // how many of them this run has gone past
};

class Runner {
 public:
  Runner(const FollowOptions& options, const Execution& execution,
         const std::function<Result<void>(const BranchEnd&)>& at_end)
      : options_(options),
        execution_(execution),
        at_end_(at_end),
        rounding_(options.precision == Precision::kDouble ? kLeast : kLeastSingle),
        stream_(options.seed, "circuit shots") {}

  Result<Followed> run(const Process& process) {
    waiting_.push_back({process.clone(),
                        LiveState(process.n_qubits(), options_.precision),
                        {1.0, options_.shots.value_or(0)}});
    while (!waiting_.empty()) {
      Branch branch = std::move(waiting_.back());
      waiting_.pop_back();
      bytes_waiting_ -= branch.state.bytes();
      if (branch.process == nullptr) {
        branch.process = process.clone();
        ++followed_.repeated;
      }
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
    const auto weight = [&](bool value) {
      return branch.state.weight(step.qubit, value, execution_);
    };
    if (branch.told < branch.history.size()) {
      const bool known = branch.history[branch.told++];
      branch.state.project(step.qubit, known, weight(known), execution_);
      tell(branch, step, known);
      return true;
    }
    const std::array<double, 2> weights = {weight(false), weight(true)};
    const double p = weights[1] / (weights[0] + weights[1]);
    const std::array<Share, 2> shares = split(branch.share, p);
    QUANTA_CHECK(check_number((alive(shares[0]) ? 1U : 0U) + (alive(shares[1]) ? 1U : 0U)));
    branch.pure = branch.pure && (p < rounding_ || 1.0 - p < rounding_);
    const bool outcome = !alive(shares[0]);
    branch.share = shares[outcome ? 1 : 0];
    if (!alive(branch.share)) return false;
    branch.history.push_back(outcome);
    ++branch.told;
    if (!outcome && alive(shares[1])) {
      put_aside(branch, step, weights, shares[1]);
    } else {
      branch.state.project(step.qubit, outcome, weights[outcome ? 1 : 0], execution_);
    }
    tell(branch, step, outcome);
    return true;
  }

  /// Of all branches, `more` of them from the one that is followed.
  Result<void> check_number(std::size_t more) const {
    if (options_.shots || followed_.branches + followed_.left_out + waiting_.size() + more <=
                              options_.most_branches) {
      return {};
    }
    return fail(ErrorKind::kResource,
                fmt::format("more than {} branches of measurement outcomes; draw shots instead of "
                            "following all of them",
                            options_.most_branches),
                "shots");
  }

  /// The branch goes on with outcome 0; that with 1 waits.
  void put_aside(Branch& branch, const Step& step, const std::array<double, 2>& weights,
                 const Share& share) {
    Branch other{branch.process->clone(),
                 branch.state.split(step.qubit, weights, execution_),
                 share,
                 false,
                 branch.history,
                 branch.told};
    other.history.back() = true;
    tell(other, step, true);
    bytes_waiting_ += other.state.bytes();
    waiting_.push_back(std::move(other));
  }

  /// What goes to the outcomes 0 and 1, the second of which has probability p.
  std::array<Share, 2> split(const Share& share, double p) {
    if (p < rounding_) return {share, Share{}};
    if (1.0 - p < rounding_) return {Share{}, share};
    if (options_.shots) {
      const std::uint64_t ones = binomial_sample(share.shots, p, stream_);
      return {Share{.shots = share.shots - ones}, Share{.shots = ones}};
    }
    std::array<Share, 2> shares = {Share{.probability = share.probability * (1.0 - p)},
                                   Share{.probability = share.probability * p}};
    for (Share& part : shares) {
      if (part.probability >= kLeast) continue;
      ++followed_.left_out;
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

  Result<void> flush(Branch& branch) {
    QUANTA_CHECK(make_room(branch));
    return branch.state.flush(execution_);
  }

  /// For the branch when it is flushed: forgets states that wait, the oldest first.
  Result<void> make_room(const Branch& branch) {
    const std::size_t needed = branch.state.bytes_to_flush();
    if (needed > options_.memory_limit) return too_much(branch.state.n_active_after_flush());
    widest_ = std::max(widest_, needed);
    const std::size_t most = std::min(options_.memory_limit, std::max(widest_, options_.spare));
    for (Branch& other : waiting_) {
      if (bytes_waiting_ + needed <= most) break;
      if (other.process == nullptr) continue;
      bytes_waiting_ -= other.state.bytes();
      other.state = LiveState(other.state.n_qubits(), options_.precision);
      other.process = nullptr;
      other.told = 0;
    }
    return {};
  }

  std::unexpected<Error> too_much(unsigned n) const {
    const auto bytes = [&](unsigned width) {
      const double one = options_.precision == Precision::kDouble ? 16.0 : 8.0;
      return std::ldexp(one, static_cast<int>(width));
    };
    const auto limit = static_cast<double>(options_.memory_limit);
    unsigned fits = 0;
    while (fits < LiveState::kMostActive && bytes(fits + 1) <= limit) ++fits;
    return fail(
        ErrorKind::kResource,
        fmt::format("a branch with {} qubits in superposition needs {} in {} precision; the limit "
                    "of {} fits {} qubits",
                    n, byte_text(bytes(n)), quanta::to_text(options_.precision), byte_text(limit),
                    fits),
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
  double rounding_;
  RandomStream stream_;
  std::vector<Branch> waiting_;
  std::size_t bytes_waiting_ = 0;
  std::size_t widest_ = 0;  // bytes
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
