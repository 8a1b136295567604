#include "quantum/algorithm/qaoa_xy.h"

#include <algorithm>
#include <cmath>

#include "quantum/algorithm/cost_quantile.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;
constexpr std::size_t kQuantileParts = 64;

class XyEvaluator final : public QaoaEvaluator {
 public:
  XyEvaluator(const QuadraticCost& cost, WeightSubspace space, std::span<const QubitPair> exchanges,
              const Execution& execution)
      : space_(std::move(space)) {
    cost_ =
        space_.quadratic_diagonal(execution, cost.linear, cost.quadratic.values(), cost.constant);
    for (std::size_t begin = 0; begin < exchanges.size();) {
      std::uint64_t used = 0;
      std::size_t end = begin;
      for (; end < exchanges.size(); ++end) {
        const std::uint64_t pair =
            std::uint64_t{1} << exchanges[end].first | std::uint64_t{1} << exchanges[end].second;
        if ((used & pair) != 0) break;
        used |= pair;
      }
      rounds_.push_back(*space_.exchange_round(exchanges.subspan(begin, end - begin)));
      begin = end;
    }
    const auto size = static_cast<double>(cost_.size());
    const auto [least, most] = std::ranges::minmax(cost_);
    statistics_.minimum = least;
    statistics_.maximum = most;
    const auto sum_of = [&](const auto& term) {
      return parallel_sum(execution, cost_.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        double sum = 0.0;
        for (std::size_t x = begin; x < end; ++x) sum += term(cost_[x]);
        return sum;
      });
    };
    statistics_.mean = least + sum_of([&](double c) { return c - statistics_.minimum; }) / size;
    statistics_.deviation = std::sqrt(
        sum_of([&](double c) { return (c - statistics_.mean) * (c - statistics_.mean); }) / size);
  }

  std::size_t dimension() const override { return cost_.size(); }
  std::uint64_t basis_state(std::size_t position) const override { return space_.state(position); }
  double cost(std::size_t position) const override { return cost_[position]; }

  std::vector<Amplitude> state(std::span<const double> gammas, std::span<const double> betas,
                               const Execution& execution) const override {
    std::vector<Amplitude> psi = space_.dicke_state();
    for (std::size_t l = 0; l < gammas.size(); ++l) {
      parallel_for(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        multiply_phase(execution.instruction_set, psi.data() + begin, cost_.data() + begin,
                       end - begin, gammas[l]);
      });
      for (const ExchangeRound& round : rounds_) space_.exchange(execution, psi, round, betas[l]);
    }
    return psi;
  }

  double evaluate(std::span<const double> gammas, std::span<const double> betas, double alpha,
                  std::span<double> gradient, const Execution& execution) const override {
    const std::size_t p = gammas.size();
    std::vector<Amplitude> psi = state(gammas, betas, execution);
    double t = 0.0;
    if (alpha < 1.0) {
      const std::size_t n_parts = std::min(kQuantileParts, psi.size());
      t = cost_quantile(
          execution, n_parts,
          [&](std::size_t part, const auto& take) {
            const std::size_t end = (part + 1) * psi.size() / n_parts;
            for (std::size_t x = part * psi.size() / n_parts; x < end; ++x) {
              take(cost_[x], std::norm(psi[x]));
            }
          },
          statistics_.minimum, statistics_.maximum, alpha);
    }
    const auto observable = [&](std::size_t x) {
      return alpha < 1.0 ? std::min(cost_[x] - t, 0.0) : cost_[x];
    };
    const double mean =
        parallel_sum(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
          double sum = 0.0;
          for (std::size_t x = begin; x < end; ++x) {
            sum += observable(x) * std::norm(psi[x]);
          }
          return sum;
        });
    if (!gradient.empty()) {
      // phi = O psi; undoing one gate after the other on both, dE/dangle = 2 Im <phi| generator
      // |psi>.
      std::vector<Amplitude> phi(psi.size());
      parallel_for(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t x = begin; x < end; ++x) phi[x] = observable(x) * psi[x];
      });
      for (std::size_t l = p; l-- > 0;) {
        double sum = 0.0;
        for (std::size_t r = rounds_.size(); r-- > 0;) {
          sum += space_.exchange_back(execution, psi, phi, rounds_[r], betas[l]);
        }
        gradient[p + l] = 2.0 * sum;
        gradient[l] =
            2.0 *
            parallel_sum(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
              return multiply_phase_back(execution.instruction_set, psi.data() + begin,
                                         phi.data() + begin, cost_.data() + begin, end - begin,
                                         gammas[l]);
            });
      }
    }
    if (!(alpha < 1.0)) return mean;
    for (double& g : gradient) g /= alpha;
    return t + mean / alpha;
  }

 private:
  WeightSubspace space_;
  std::vector<double> cost_;
  std::vector<ExchangeRound> rounds_;  // of disjoint exchanges, in order
};

}  // namespace

std::unique_ptr<const QaoaEvaluator> make_xy_evaluator(const QuadraticCost& cost,
                                                       WeightSubspace space,
                                                       std::span<const QubitPair> exchanges,
                                                       const Execution& execution) {
  return std::make_unique<const XyEvaluator>(cost, std::move(space), exchanges, execution);
}

}  // namespace quanta::quantum
