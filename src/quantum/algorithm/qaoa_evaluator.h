/// What evaluates a QaoaCircuit, one kind for each family of mixers. Inner door of qaoa_circuit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "quantum/algorithm/split_cost.h"
#include "quantum/circuit/gate.h"

namespace quanta::quantum {

class QaoaEvaluator {
 public:
  virtual ~QaoaEvaluator() = default;

  // As the functions of QaoaCircuit.
  virtual std::size_t dimension() const = 0;
  virtual std::uint64_t basis_state(std::size_t position) const = 0;
  virtual double cost(std::size_t position) const = 0;
  virtual std::vector<Amplitude> state(std::span<const double> gammas,
                                       std::span<const double> betas,
                                       const Execution& execution) const = 0;
  /// CVaR of the best fraction `alpha`; the mean for 1.
  virtual double evaluate(std::span<const double> gammas, std::span<const double> betas,
                          double alpha, std::span<double> gradient,
                          const Execution& execution) const = 0;

  const CostStatistics& statistics() const { return statistics_; }

 protected:
  CostStatistics statistics_ = {};
};

}  // namespace quanta::quantum
