#include "quantum/simulator/branching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/simulator/binomial.h"
#include "quantum/simulator/live_state.h"

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
};

class Runner {
 public:
  Runner(const BranchOptions& options, const Execution& execution)
      : options_(options), execution_(execution), stream_(options.seed, "circuit shots") {}

  Result<BranchResult> run(const Process& process) {
    const unsigned n = process.n_qubits();
    result_.marginals.resize(n);
    result_.expectations.resize(options_.observables.size());
    if (options_.bloch_vectors) result_.bloch_vectors.resize(n);
    if (options_.density_matrix) result_.density_matrix.resize(std::size_t{1} << 2 * n);
    put_aside({process.clone(), LiveState(n), {1.0, options_.shots.value_or(0)}});
    while (!waiting_.empty()) {
      Branch branch = std::move(waiting_.back());
      waiting_.pop_back();
      bytes_waiting_ -= branch.state.bytes();
      QUANTA_CHECK(follow(branch));
    }
    return std::move(result_);
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
          QUANTA_CHECK(flush(branch));
          finish(branch);
          return {};
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
    const std::array<Share, 2> shares = split(branch.share, weights[1] / (weights[0] + weights[1]));
    const bool both = alive(shares[0]) && alive(shares[1]);
    if (both) {
      if (!options_.shots && result_.branches + waiting_.size() + 2 > options_.most_branches) {
        return fail(ErrorKind::kResource,
                    fmt::format("more than {} branches of measurement outcomes; draw shots instead "
                                "of following all of them",
                                options_.most_branches),
                    "shots");
      }
      QUANTA_TRY(LiveState state, branch.state.projected(step.qubit, true, weights[1], execution_));
      Branch other{branch.process->clone(), std::move(state), shares[1]};
      tell(other, step, true);
      put_aside(std::move(other));
    }
    const bool outcome = !alive(shares[0]);
    branch.share = shares[outcome ? 1 : 0];
    if (!alive(branch.share)) return false;
    QUANTA_TRY(branch.state,
               branch.state.projected(step.qubit, outcome, weights[outcome ? 1 : 0], execution_));
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
      result_.pruned += part.probability;
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
    const std::size_t limit = options_.memory_limit;
    const std::size_t free = limit - std::min(limit, bytes_waiting_);
    if (branch.state.bytes_to_flush() <= free) return branch.state.flush(execution_);
    const auto megabytes = [](unsigned n) {
      return std::ldexp(double{sizeof(Amplitude)}, static_cast<int>(n)) / 1e6;
    };
    const unsigned n = branch.state.n_active_after_flush();
    unsigned fits = 0;
    while (megabytes(fits + 1) <= static_cast<double>(free) / 1e6) ++fits;
    return fail(ErrorKind::kResource,
                fmt::format("a branch with {} qubits in superposition needs {:.4g} MB beside the "
                            "{:.4g} MB of {} that wait; the limit of {:.4g} MB fits {} qubits",
                            n, megabytes(n), static_cast<double>(bytes_waiting_) / 1e6,
                            waiting_.size(), static_cast<double>(limit) / 1e6, fits),
                "qubits");
  }

  void finish(const Branch& branch) {
    ++result_.branches;
    double weight = branch.share.probability;
    const std::string label = branch.process->label();
    if (options_.shots) {
      weight = static_cast<double>(branch.share.shots) / static_cast<double>(*options_.shots);
      result_.counts[label] += branch.share.shots;
    } else {
      result_.outcomes[label] += weight;
    }
    const LiveState& state = branch.state;
    result_.norm += weight * state.norm(execution_);
    const std::vector<double> marginals = state.marginals(execution_);
    for (std::size_t q = 0; q < marginals.size(); ++q) {
      result_.marginals[q] += weight * marginals[q];
    }
    for (std::size_t i = 0; i < options_.observables.size(); ++i) {
      double value = state.expectation(options_.observables[i], execution_);
      if (options_.shots) {  // a shot gives +1 or -1
        const double plus = std::clamp((1.0 + value) / 2.0, 0.0, 1.0);
        const auto n = static_cast<double>(branch.share.shots);
        const std::uint64_t hits = binomial_sample(branch.share.shots, plus, stream_);
        value = (2.0 * static_cast<double>(hits) - n) / n;
      }
      result_.expectations[i] += weight * value;
    }
    if (options_.bloch_vectors) {
      const auto vectors = state.bloch_vectors(execution_);
      for (std::size_t q = 0; q < vectors.size(); ++q) {
        for (std::size_t i = 0; i < 3; ++i) result_.bloch_vectors[q][i] += weight * vectors[q][i];
      }
    }
    if (options_.density_matrix) {
      add_density_matrix(state, weight, result_.density_matrix);
    }
  }

  const BranchOptions& options_;
  const Execution& execution_;
  RandomStream stream_;
  std::vector<Branch> waiting_;
  std::size_t bytes_waiting_ = 0;
  BranchResult result_;
};

}  // namespace

Result<BranchResult> run_branches(const Process& process, const BranchOptions& options,
                                  const Execution& execution) {
  const unsigned n = process.n_qubits();
  if (options.shots == 0U) return bad_input("shots", "at least one shot is needed");
  if (options.density_matrix && n > kMostDensityQubits) {
    return bad_input("views", fmt::format("the density matrix of {} qubits is too large to show; "
                                          "at most {} are possible",
                                          n, kMostDensityQubits));
  }
  for (const PauliString& string : options.observables) {
    if (n < 64 && ((string.x | string.z) >> n) != 0) {
      return bad_input("observable", fmt::format("acts on more than the {} qubits there are", n));
    }
  }
  return Runner(options, execution).run(process);
}

}  // namespace quanta::quantum
