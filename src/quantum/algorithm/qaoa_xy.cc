#include "quantum/algorithm/qaoa_xy.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "quantum/algorithm/cost_quantile.h"
#include "quantum/simulator/aligned_array.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/diagonal_cost.h"

namespace quanta::quantum {
namespace {

template <class Real>
class XyEvaluator final : public QaoaEvaluator {
  using State = AlignedArray<std::complex<Real>>;

 public:
  XyEvaluator(const QaoaAnsatz& ansatz, ExchangeSequence mixer, const Execution& execution)
      : mixer_(std::move(mixer)), cost_(prepare(ansatz, execution)) {}

  std::size_t dimension() const override { return cost_.size(); }
  std::uint64_t basis_state(std::size_t position) const override { return space().state(position); }
  double cost(std::size_t position) const override { return cost_[position]; }
  bool feasible(std::size_t position) const override {
    return broken_.empty() || !broken_[position];
  }
  std::size_t n_feasible() const override { return n_feasible_; }

  std::vector<Amplitude> state(std::span<const double> gammas, std::span<const double> betas,
                               const Execution& execution) const override {
    const State psi = run(gammas, betas, execution);
    return {psi.data(), psi.data() + psi.size()};
  }

  double evaluate(std::span<const double> gammas, std::span<const double> betas, double alpha,
                  std::span<double> gradient, const Execution& execution) const override {
    const std::size_t p = gammas.size();
    const InstructionSet set = execution.instruction_set;
    State psi = run(gammas, betas, execution);
    DiagonalCost::Observable observable;
    if (alpha < 1.0) observable.threshold = quantile(psi, alpha, execution);
    const double mean = parallel_sum(
        execution, psi.size(), kChunkAmplitudes, [&](std::size_t begin, std::size_t end) {
          return cost_.expectation(set, observable, psi.data(), begin, end);
        });
    if (!gradient.empty()) {
      // phi = O psi; undoing one gate after the other on both, dE/dangle = 2 Im <phi| generator
      // |psi>.
      State phi(psi.size());
      parallel_for(execution, psi.size(), kChunkAmplitudes,
                   [&](std::size_t begin, std::size_t end) {
                     cost_.observe(observable, psi.data(), phi.data(), begin, end);
                   });
      for (std::size_t l = p; l-- > 0;) {
        const auto phases = cost_.template phases<Real>(set, -gammas[l]);
        const auto sums = mixer_.undo(execution, span_of(psi), span_of(phi), betas[l],
                                      [&](std::size_t begin, std::size_t end) {
                                        return cost_.multiply_both(set, phases, psi.data(),
                                                                   phi.data(), begin, end);
                                      });
        gradient[p + l] = 2.0 * sums.exchanges;
        gradient[l] = 2.0 * sums.after;
      }
    }
    if (!observable.threshold) return mean;
    for (double& g : gradient) g /= alpha;
    return *observable.threshold + mean / alpha;
  }

 private:
  const WeightSubspace& space() const { return mixer_.space(); }

  /// Sets start and statistics; the cost with its penalties.
  std::vector<double> prepare(const QaoaAnsatz& ansatz, const Execution& execution) {
    const QuadraticCost& cost = ansatz.cost;
    std::vector<double> values =
        space().quadratic_diagonal(execution, cost.linear, cost.quadratic.values(), cost.constant);
    if (!ansatz.warm_start.empty()) warm_start(ansatz.warm_start);
    n_feasible_ = values.size();
    if (ansatz.limits.empty()) {
      statistics_ =
          statistics_of([&](std::size_t x) { return values[x]; }, values.size(), execution);
      return values;
    }
    broken_.resize(values.size());
    std::vector<double> met;  // costs of the states that meet the limits
    for (std::size_t x = 0; x < values.size(); ++x) {
      broken_[x] = outside(ansatz.limits, space().state(x)) > 0;
      if (!broken_[x]) met.push_back(values[x]);
    }
    n_feasible_ = met.size();
    if (met.empty()) return values;
    statistics_ = statistics_of([&](std::size_t x) { return met[x]; }, met.size(), execution);
    const double spread = statistics_.deviation > 0.0 ? statistics_.deviation : 1.0;
    for (std::size_t x = 0; x < values.size(); ++x) {
      if (!broken_[x]) continue;
      values[x] += ansatz.limit_penalty * spread * outside(ansatz.limits, space().state(x));
    }
    return values;
  }

  /// sqrt of the odds c/(1 - c), multiplied over the ones, and scaled to norm 1.
  void warm_start(std::span<const double> c) {
    start_.resize(space().dimension());
    double norm = 0.0;
    for (std::size_t x = 0; x < start_.size(); ++x) {
      double odds = 1.0;
      for (std::uint64_t ones = space().state(x); ones != 0; ones &= ones - 1) {
        const double share = c[static_cast<std::size_t>(std::countr_zero(ones))];
        odds *= share / (1.0 - share);
      }
      start_[x] = static_cast<Real>(std::sqrt(odds));
      norm += odds;
    }
    for (Real& amplitude : start_) amplitude /= static_cast<Real>(std::sqrt(norm));
  }

  static unsigned outside(std::span<const CountLimit> limits, std::uint64_t state) {
    unsigned sum = 0;
    for (const CountLimit& limit : limits) {
      const auto ones = static_cast<unsigned>(std::popcount(state & limit.qubits));
      sum += ones < limit.low ? limit.low - ones : ones > limit.high ? ones - limit.high : 0U;
    }
    return sum;
  }

  static std::span<std::complex<Real>> span_of(State& state) {
    return {state.data(), state.size()};
  }

  State run(std::span<const double> gammas, std::span<const double> betas,
            const Execution& execution) const {
    const InstructionSet set = execution.instruction_set;
    State psi(cost_.size());
    std::ranges::fill(span_of(psi),
                      static_cast<Real>(1.0 / std::sqrt(static_cast<double>(cost_.size()))));
    std::ranges::copy(start_, psi.data());
    for (std::size_t l = 0; l < gammas.size(); ++l) {
      const auto phases = cost_.template phases<Real>(set, gammas[l]);
      mixer_.apply(execution, span_of(psi), betas[l], [&](std::size_t begin, std::size_t end) {
        cost_.multiply(set, phases, psi.data(), begin, end);
      });
    }
    return psi;
  }

  double quantile(const State& psi, double alpha, const Execution& execution) const {
    const std::size_t n_parts = std::min(kQuantileParts, psi.size());
    return cost_quantile(
        execution, n_parts,
        [&](std::size_t part, const auto& take) {
          const std::size_t end = (part + 1) * psi.size() / n_parts;
          for (std::size_t x = part * psi.size() / n_parts; x < end; ++x) {
            take(cost_[x], static_cast<double>(std::norm(psi[x])));
          }
        },
        statistics_.minimum, statistics_.maximum, alpha);
  }

  ExchangeSequence mixer_;
  std::vector<Real> start_ = {};   // empty: all alike
  std::vector<bool> broken_ = {};  // states that break a limit; empty: none
  std::size_t n_feasible_ = 0;
  DiagonalCost cost_;
};

}  // namespace

Result<std::unique_ptr<const QaoaEvaluator>> make_xy_evaluator(const QaoaAnsatz& ansatz,
                                                               ExchangeSequence mixer,
                                                               const Execution& execution) {
  std::unique_ptr<const QaoaEvaluator> evaluator;
  if (ansatz.precision == Precision::kSingle) {
    evaluator = std::make_unique<const XyEvaluator<float>>(ansatz, std::move(mixer), execution);
  } else {
    evaluator = std::make_unique<const XyEvaluator<double>>(ansatz, std::move(mixer), execution);
  }
  if (evaluator->n_feasible() == 0) {
    return bad_input("limits", "no state with that many ones meets them all");
  }
  return evaluator;
}

}  // namespace quanta::quantum
