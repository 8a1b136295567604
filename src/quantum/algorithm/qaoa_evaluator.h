/// What evaluates a QaoaCircuit, one kind for each family of mixers. Inner door of qaoa_circuit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "quantum/algorithm/split_cost.h"
#include "quantum/circuit/gate.h"
#include "quantum/simulator/bits.h"

namespace quanta::quantum {

class QaoaEvaluator {
 public:
  virtual ~QaoaEvaluator() = default;

  // As the functions of QaoaCircuit.
  virtual std::size_t dimension() const = 0;
  virtual std::uint64_t basis_state(std::size_t position) const = 0;
  virtual double cost(std::size_t position) const = 0;
  virtual bool feasible(std::size_t /*position*/) const { return true; }
  virtual std::size_t n_feasible() const { return dimension(); }
  virtual std::vector<Amplitude> state(std::span<const double> gammas,
                                       std::span<const double> betas,
                                       const Execution& execution) const = 0;
  /// CVaR of the best fraction `alpha`; the mean for 1.
  virtual double evaluate(std::span<const double> gammas, std::span<const double> betas,
                          double alpha, std::span<double> gradient,
                          const Execution& execution) const = 0;

  const CostStatistics& statistics() const { return statistics_; }

  /// Of the costs cost_of(x), x < n, all alike.
  template <class CostOf>
  static CostStatistics statistics_of(const CostOf& cost_of, std::size_t n,
                                      const Execution& execution) {
    const auto mean_of = [&](const auto& term) {
      return parallel_sum(execution, n, kChunkAmplitudes,
                          [&](std::size_t begin, std::size_t end) {
                            double sum = 0.0;
                            for (std::size_t x = begin; x < end; ++x) sum += term(cost_of(x));
                            return sum;
                          }) /
             static_cast<double>(n);
    };
    CostStatistics result{.minimum = cost_of(0), .maximum = cost_of(0)};
    for (std::size_t x = 1; x < n; ++x) {
      result.minimum = std::min(result.minimum, cost_of(x));
      result.maximum = std::max(result.maximum, cost_of(x));
    }
    result.mean = result.minimum + mean_of([&](double c) { return c - result.minimum; });
    result.deviation =
        std::sqrt(mean_of([&](double c) { return (c - result.mean) * (c - result.mean); }));
    return result;
  }

 protected:
  CostStatistics statistics_ = {};
};

}  // namespace quanta::quantum
