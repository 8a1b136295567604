#include "quantum/algorithm/natural_gradient.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "quantum/algorithm/generator.h"
#include "quantum/algorithm/minimum.h"
#include "quantum/simulator/byte_text.h"
#include "quantum/simulator/observables.h"

namespace quanta::quantum {
namespace {

constexpr int kMostHalvings = 30;

/// A vector of any length, as a state of norm 1 and its length; without a state it is zero.
struct Derivative {
  std::optional<StateVector> state = {};
  double length = 0.0;
};

/// += sum over the terms of -i factor Pi P |psi>.
Result<void> add(Derivative& to, std::span<const GeneratorTerm> terms, double factor,
                 std::span<const Amplitude> psi, const Execution& execution) {
  std::vector<Amplitude> sum(psi.size());
  if (to.state) {
    for (std::size_t x = 0; x < sum.size(); ++x) sum[x] = to.length * to.state->amplitudes()[x];
  }
  static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  for (const GeneratorTerm& term : terms) {
    const auto& [string, mask, value] = term.pauli;
    const int ys = std::popcount(string.x & string.z);
    for (std::size_t x = 0; x < sum.size(); ++x) {
      if ((x & mask) != value) continue;
      const int quarters = 3 + ys + 2 * std::popcount(x & string.z);
      sum[x ^ string.x] += factor * term.factor * kPowers[quarters & 3] * psi[x];
    }
  }
  to.length = std::sqrt(inner_product(sum, sum, execution).real());
  to.state.reset();
  if (to.length == 0.0) return {};
  for (Amplitude& a : sum) a /= to.length;
  QUANTA_TRY(to.state, StateVector::from_amplitudes(std::move(sum)));
  return {};
}

Result<void> check_memory(const CircuitEnergy& energy, std::size_t memory_limit) {
  const double state =
      std::ldexp(double{sizeof(Amplitude)}, static_cast<int>(energy.circuit().n_qubits()));
  const double needed = state * static_cast<double>(energy.n_parameters() + 2);
  const auto limit = static_cast<double>(memory_limit);
  if (needed <= limit) return {};
  return fail(
      ErrorKind::kResource,
      fmt::format("the metric of {} parameters needs {}; the limit of {} "
                  "fits {:.0f} parameters on {} qubits",
                  energy.n_parameters(), byte_text(needed), byte_text(limit),
                  std::max(0.0, std::floor(limit / state) - 2), energy.circuit().n_qubits()),
      "parameters");
}

}  // namespace

Result<Matrix> fubini_study_metric(const CircuitEnergy& energy, std::span<const double> parameters,
                                   std::size_t memory_limit, const Execution& execution) {
  const std::size_t n = energy.n_parameters();
  if (n == 0) return no_parameters_error();
  QUANTA_CHECK(check_memory(energy, memory_limit));
  // The state before the first gate; it also checks the parameters.
  QUANTA_TRY(StateVector psi, energy.start(parameters, execution));
  std::vector<Derivative> derivatives(n);
  std::vector<Result<void>> failures(n);
  for (const Operation& operation : energy.circuit().operations()) {
    if (operation.gate == Gate::kStatePreparation) continue;
    psi.apply(execution, operation, parameters);
    // One state a parameter: small states gain nothing from threads of their own.
    parallel_for(execution, n, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) {
        Derivative& d = derivatives[p];
        if (d.state) d.state->apply(execution, operation, parameters);
        for (std::size_t i = 0; i < operation.angles.size(); ++i) {
          for (const Angle::Term& term : operation.angles[i].terms) {
            if (term.parameter != p || !failures[p]) continue;
            failures[p] = add(d, generator(operation, i, parameters), term.factor, psi.amplitudes(),
                              execution);
          }
        }
      }
    });
  }
  for (Result<void>& failure : failures) QUANTA_CHECK(std::move(failure));

  std::vector<Amplitude> along(n);  // <psi|d_i>
  const auto inner = [&](std::span<const Amplitude> a, const Derivative& d) {
    return d.state ? d.length * inner_product(a, d.state->amplitudes(), execution) : Amplitude{};
  };
  for (std::size_t i = 0; i < n; ++i) along[i] = inner(psi.amplitudes(), derivatives[i]);
  Matrix metric(n, n);
  parallel_for(execution, n, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!derivatives[i].state) continue;
      for (std::size_t j = 0; j <= i; ++j) {
        const Amplitude product =
            derivatives[i].length * inner(derivatives[i].state->amplitudes(), derivatives[j]);
        metric(i, j) = metric(j, i) = (product - std::conj(along[i]) * along[j]).real();
      }
    }
  });
  return metric;
}

Result<Minimum> minimize_natural_gradient(
    std::span<const double> start, const NaturalGradientOptions& options,
    const ValueAndGradient& function,
    const std::function<Result<Matrix>(std::span<const double> x)>& metric) {
  const auto n = static_cast<Eigen::Index>(start.size());
  Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(start.data(), n);
  Eigen::VectorXd gradient(n);
  Minimum best;
  const auto evaluate = [&](const Eigen::VectorXd& at, Eigen::VectorXd& slope) {
    ++best.evaluations;
    const double value = function({at.data(), start.size()}, {slope.data(), start.size()});
    return std::isfinite(value) && slope.allFinite() ? value
                                                     : std::numeric_limits<double>::infinity();
  };
  const auto spent = [&] {
    return best.evaluations >= options.max_evaluations || options.stop.stop_requested();
  };
  double value = evaluate(x, gradient);
  double eta = options.first_step;
  Eigen::VectorXd next_gradient(n);
  while (std::isfinite(value)) {
    best.converged = gradient.lpNorm<Eigen::Infinity>() <= options.gradient_tolerance;
    if (best.converged || spent()) break;
    QUANTA_TRY(const Matrix g, metric({x.data(), start.size()}));
    Eigen::MatrixXd regular = Eigen::Map<const Eigen::MatrixXd>(g.data(), n, n);  // symmetric
    regular.diagonal().array() += options.regularization;
    const Eigen::VectorXd direction = regular.ldlt().solve(gradient);
    const double promised = direction.dot(gradient);
    if (!(promised > 0.0)) break;
    bool lower = false;
    for (int halving = 0; halving < kMostHalvings && !lower && !spent(); ++halving) {
      const Eigen::VectorXd next = x - eta * direction;
      const double next_value = evaluate(next, next_gradient);
      lower = next_value <= value - kSufficientDecrease * eta * promised;
      if (lower) {
        x = next;
        gradient = next_gradient;
        value = next_value;
      }
      eta = lower ? std::min(2.0 * eta, options.largest_step) : 0.5 * eta;
    }
    if (!lower) break;
  }
  best.x.assign(x.begin(), x.end());
  best.value = value;
  return best;
}

}  // namespace quanta::quantum
