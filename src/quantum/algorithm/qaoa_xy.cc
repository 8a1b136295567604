#include "quantum/algorithm/qaoa_xy.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "quantum/algorithm/cost_quantile.h"
#include "quantum/simulator/diagonal_cost.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;
constexpr std::size_t kQuantileParts = 64;

template <class Real>
class XyEvaluator final : public QaoaEvaluator {
  using State = std::vector<std::complex<Real>>;

 public:
  XyEvaluator(const QuadraticCost& cost, ExchangeSequence mixer, const Execution& execution)
      : mixer_(std::move(mixer)),
        cost_(space().quadratic_diagonal(execution, cost.linear, cost.quadratic.values(),
                                         cost.constant)) {
    statistics_ = statistics_of([&](std::size_t x) { return cost_[x]; }, cost_.size(), execution);
  }

  std::size_t dimension() const override { return cost_.size(); }
  std::uint64_t basis_state(std::size_t position) const override { return space().state(position); }
  double cost(std::size_t position) const override { return cost_[position]; }

  std::vector<Amplitude> state(std::span<const double> gammas, std::span<const double> betas,
                               const Execution& execution) const override {
    State psi = run(gammas, betas, execution);
    if constexpr (sizeof(Real) == sizeof(double)) {
      return psi;
    } else {
      return {psi.begin(), psi.end()};
    }
  }

  double evaluate(std::span<const double> gammas, std::span<const double> betas, double alpha,
                  std::span<double> gradient, const Execution& execution) const override {
    const std::size_t p = gammas.size();
    const InstructionSet set = execution.instruction_set;
    State psi = run(gammas, betas, execution);
    DiagonalCost::Observable observable;
    if (alpha < 1.0) observable.threshold = quantile(psi, alpha, execution);
    const double mean =
        parallel_sum(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
          return cost_.expectation(set, observable, psi.data(), begin, end);
        });
    if (!gradient.empty()) {
      // phi = O psi; undoing one gate after the other on both, dE/dangle = 2 Im <phi| generator
      // |psi>.
      State phi(psi.size());
      parallel_for(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        cost_.observe(observable, psi.data(), phi.data(), begin, end);
      });
      for (std::size_t l = p; l-- > 0;) {
        const auto phases = cost_.template phases<Real>(set, -gammas[l]);
        const auto sums = mixer_.undo(execution, std::span(psi), std::span(phi), betas[l],
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

  State run(std::span<const double> gammas, std::span<const double> betas,
            const Execution& execution) const {
    const InstructionSet set = execution.instruction_set;
    State psi(cost_.size(), static_cast<Real>(1.0 / std::sqrt(static_cast<double>(cost_.size()))));
    for (std::size_t l = 0; l < gammas.size(); ++l) {
      const auto phases = cost_.template phases<Real>(set, gammas[l]);
      mixer_.apply(execution, std::span(psi), betas[l], [&](std::size_t begin, std::size_t end) {
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
  DiagonalCost cost_;
};

}  // namespace

std::unique_ptr<const QaoaEvaluator> make_xy_evaluator(const QuadraticCost& cost,
                                                       ExchangeSequence mixer,
                                                       bool single_precision,
                                                       const Execution& execution) {
  if (single_precision) {
    return std::make_unique<const XyEvaluator<float>>(cost, std::move(mixer), execution);
  }
  return std::make_unique<const XyEvaluator<double>>(cost, std::move(mixer), execution);
}

}  // namespace quanta::quantum
