#include "quantum/algorithm/simulated_annealing.h"

#include <bit>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

// First and last temperature, as shares of the usual size of a change.
constexpr double kHot = 2.0;
constexpr double kCold = 1e-3;
/// A gain below this share of that size is rounding, and not walked after.
constexpr double kNoGain = 1e-12;

/// A state with the slope of each bit: slope_i = linear_i + sum_j q_ij x_j, so that setting bit i
/// changes the cost by slope_i.
class Walker {
 public:
  Walker(const QuadraticCost& cost, const Matrix& couplings, std::uint64_t state)
      : couplings_(couplings), n_(cost.n()), slopes_(cost.linear) {
    for (; state != 0; state &= state - 1) flip(std::countr_zero(state));
  }

  std::uint64_t state() const { return state_; }
  bool bit(std::size_t i) const { return (state_ >> i & 1U) != 0; }

  double change_of_flip(std::size_t i) const { return bit(i) ? -slopes_[i] : slopes_[i]; }
  /// A one moves from bit i to bit j.
  double change_of_exchange(std::size_t i, std::size_t j) const {
    return slopes_[j] - slopes_[i] - couplings_(i, j);
  }

  void flip(std::size_t i) {
    const double sign = bit(i) ? -1.0 : 1.0;
    const std::span<const double> row = couplings_.row(i);
    for (std::size_t j = 0; j < n_; ++j) slopes_[j] += sign * row[j];
    state_ ^= std::uint64_t{1} << i;
  }

 private:
  const Matrix& couplings_;  // symmetric, zero diagonal
  std::size_t n_;
  std::uint64_t state_ = 0;
  std::vector<double> slopes_;
};

/// Root mean square, over bits and states alike, of the change of a flip: slope i has mean
/// linear_i + sum_j q_ij p and variance sum_j q_ij^2 p (1 - p), p being the share of ones. With a
/// weight what all slopes have in common cancels in an exchange of two, which doubles the rest
/// (nearly: the x_j are taken as independent).
double usual_change(const QuadraticCost& cost, const Matrix& couplings,
                    std::optional<unsigned> weight) {
  const std::size_t n = cost.n();
  const auto size = static_cast<double>(n);
  const double p = weight ? *weight / size : 0.5;
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    double slope = cost.linear[i];
    double spread = 0.0;
    for (const double q : couplings.row(i)) {
      slope += q * p;
      spread += q * q;
    }
    sum += slope;
    squares += slope * slope + spread * p * (1.0 - p);
  }
  if (!weight) return std::sqrt(squares / size);
  return std::sqrt(2.0 * std::max(0.0, squares / size - sum / size * sum / size));
}

class Annealing {
 public:
  Annealing(const QuadraticCost& cost, const AnnealingOptions& options)
      : cost_(cost), options_(options), couplings_(cost.n(), cost.n()) {
    for (std::size_t i = 0; i < cost.n(); ++i) {
      for (std::size_t j = i + 1; j < cost.n(); ++j) {
        couplings_(i, j) = couplings_(j, i) = cost.quadratic(i, j);
      }
    }
    const double usual = usual_change(cost, couplings_, options.weight);
    scale_ = usual > 0.0 ? usual : 1.0;
    const std::size_t ones = options.weight.value_or(1);
    frozen_ = options.weight && (ones == 0 || ones == cost.n());
  }

  struct Run {
    std::uint64_t state = 0;
    double value = std::numeric_limits<double>::infinity();
    std::uint64_t evaluations = 0;
    bool finished = false;
  };

  Run run(std::uint64_t index, const Execution& execution) const {
    RandomStream stream(options_.seed, "annealing", index);
    Walker walker(cost_, couplings_, first_state(stream));
    Run run;
    const double steps = options_.sweeps > 1 ? static_cast<double>(options_.sweeps - 1) : 1.0;
    for (std::size_t sweep = 0; sweep < options_.sweeps && !frozen_; ++sweep) {
      if (execution.cancelled()) return run;
      const double done = static_cast<double>(sweep) / steps;
      const double temperature = scale_ * kHot * std::pow(kCold / kHot, done);
      const auto taken = [&](double change) {
        return change <= 0.0 || stream.uniform() < std::exp(-change / temperature);
      };
      if (options_.weight) {
        exchange_sweep(walker, stream, taken);
      } else {
        for (std::size_t i = 0; i < cost_.n(); ++i) {
          if (taken(walker.change_of_flip(i))) walker.flip(i);
        }
      }
      run.evaluations += cost_.n();
    }
    descend(walker, run);
    run.state = walker.state();
    run.value = value(cost_, run.state);
    run.finished = true;
    return run;
  }

  double rounding() const { return kNoGain * scale_; }

 private:
  std::uint64_t first_state(RandomStream& stream) const {
    const std::size_t n = cost_.n();
    if (!options_.weight) return stream.next() >> (64 - n);
    // Floyd's way to draw k of n (Bentley, Floyd 1987).
    std::uint64_t state = 0;
    for (std::size_t j = n - *options_.weight; j < n; ++j) {
      const std::uint64_t drawn = std::uint64_t{1} << stream.below(j + 1);
      state |= (state & drawn) != 0 ? std::uint64_t{1} << j : drawn;
    }
    return state;
  }

  template <class Taken>
  void exchange_sweep(Walker& walker, RandomStream& stream, const Taken& taken) const {
    std::vector<std::size_t> ones;
    std::vector<std::size_t> zeros;
    for (std::size_t i = 0; i < cost_.n(); ++i) (walker.bit(i) ? ones : zeros).push_back(i);
    for (std::size_t proposal = 0; proposal < cost_.n(); ++proposal) {
      std::size_t& one = ones[stream.below(ones.size())];
      std::size_t& zero = zeros[stream.below(zeros.size())];
      if (!taken(walker.change_of_exchange(one, zero))) continue;
      walker.flip(one);
      walker.flip(zero);
      std::swap(one, zero);
    }
  }

  void descend(Walker& walker, Run& run) const {
    const std::size_t n = cost_.n();
    for (bool moved = !frozen_; moved;) {
      moved = false;
      for (std::size_t i = 0; i < n; ++i) {
        if (!options_.weight) {
          ++run.evaluations;
          if (walker.change_of_flip(i) >= -rounding()) continue;
          walker.flip(i);
          moved = true;
          continue;
        }
        for (std::size_t j = 0; j < n && walker.bit(i); ++j) {
          if (walker.bit(j)) continue;
          ++run.evaluations;
          if (walker.change_of_exchange(i, j) >= -rounding()) continue;
          walker.flip(i);
          walker.flip(j);
          moved = true;
        }
      }
    }
  }

  const QuadraticCost& cost_;
  const AnnealingOptions& options_;
  Matrix couplings_;
  double scale_ = 1.0;   // s
  bool frozen_ = false;  // no exchange is possible
};

Result<void> check(const QuadraticCost& cost, const AnnealingOptions& options) {
  QUANTA_CHECK(check(cost));
  if (cost.n() > kMaxVariables) {
    return bad_input(
        "qubits", fmt::format("{} variables: a state holds at most {}", cost.n(), kMaxVariables));
  }
  if (options.weight && *options.weight > cost.n()) {
    return bad_input("weight",
                     fmt::format("{} of {} variables cannot be one", *options.weight, cost.n()));
  }
  if (options.sweeps == 0) return bad_input("sweeps", "at least one sweep is needed");
  if (options.restarts == 0) return bad_input("restarts", "at least one restart is needed");
  return {};
}

}  // namespace

Result<Annealed> anneal(const QuadraticCost& cost, const AnnealingOptions& options,
                        const Execution& execution) {
  QUANTA_CHECK(check(cost, options));
  const Annealing annealing(cost, options);
  std::vector<Annealing::Run> runs(options.restarts);
  parallel_for(execution, runs.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end && !execution.cancelled(); ++r) {
      runs[r] = annealing.run(r, execution);
    }
  });
  const Annealing::Run* best = nullptr;
  Annealed result;
  for (const Annealing::Run& run : runs) {
    if (!run.finished) continue;
    ++result.restarts;
    result.evaluations += run.evaluations;
    if (best == nullptr || run.value < best->value) best = &run;
  }
  if (best == nullptr) return cancelled_error();
  result.state = best->state;
  result.value = best->value;
  for (const Annealing::Run& run : runs) {
    if (run.finished && run.value <= best->value + annealing.rounding()) ++result.restarts_at_best;
  }
  return result;
}

}  // namespace quanta::quantum
