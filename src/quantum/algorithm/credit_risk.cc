#include "quantum/algorithm/credit_risk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/circuit/state_loading.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostZQubits = 10;
constexpr std::uint64_t kMostLoss = 4095;

Result<void> check(const CreditPortfolio& portfolio) {
  const std::size_t n = portfolio.default_probabilities.size();
  if (n == 0) return bad_input("default_probabilities", "at least one obligor is needed");
  for (const double p : portfolio.default_probabilities) {
    if (!(p > 0.0 && p < 1.0)) {
      return bad_input("default_probabilities", fmt::format("{} is outside (0, 1)", p));
    }
  }
  if (portfolio.sensitivities.size() != n) {
    return bad_input("sensitivities",
                     fmt::format("{} of them for {} obligors", portfolio.sensitivities.size(), n));
  }
  for (const double rho : portfolio.sensitivities) {
    if (!(rho >= 0.0 && rho < 1.0)) {
      return bad_input("sensitivities", fmt::format("{} is outside [0, 1)", rho));
    }
  }
  const auto& losses = portfolio.losses_given_default;
  if (losses.size() != n) {
    return bad_input("losses_given_default",
                     fmt::format("{} of them for {} obligors", losses.size(), n));
  }
  std::uint64_t sum = 0;
  for (const unsigned loss : losses) {
    sum += loss;
    if (loss == 0 || sum > kMostLoss) {
      return bad_input(
          "losses_given_default",
          fmt::format("a loss of {} units: from 1 on, and at most {} together", loss, kMostLoss));
    }
  }
  if (portfolio.z_qubits == 0 || portfolio.z_qubits > kMostZQubits) {
    return bad_input("z_qubits",
                     fmt::format("{}: 1 to {} are possible", portfolio.z_qubits, kMostZQubits));
  }
  if (!(portfolio.z_max > 0.0 && portfolio.z_max <= 30.0)) {
    return bad_input("z_max", fmt::format("{} is outside (0, 30]", portfolio.z_max));
  }
  return {};
}

/// p_k(z) of the header, and the angle of its rotation to first order in z around 0.
struct Obligor {
  double threshold;  ///< F^-1(p) / sqrt(1 - rho)
  double per_z;      ///< -sqrt(rho / (1 - rho))

  Obligor(double p, double rho)
      : threshold(normal_quantile(p) / std::sqrt(1.0 - rho)),
        per_z(-std::sqrt(rho / (1.0 - rho))) {}

  double probability(double z) const { return normal_cdf(threshold + per_z * z); }
  double angle() const { return 2.0 * angle_of(normal_cdf(threshold)); }
  double angle_per_z() const {
    const double p = normal_cdf(threshold);
    const double spread = std::sqrt(p * (1.0 - p));
    return spread > 0.0 ? per_z * normal_density(threshold) / spread : 0.0;
  }
};

/// The distribution of the sum of losses over the grid of Z. chance(k, z index): of a default.
template <class Chance>
std::vector<double> distribution_of_losses(const CreditPortfolio& portfolio,
                                           std::span<const double> z_probabilities,
                                           std::size_t size, const Chance& chance) {
  std::vector<double> total(size);
  for (std::size_t i = 0; i < z_probabilities.size(); ++i) {
    std::vector<double> given_z(size);
    given_z[0] = 1.0;
    for (std::size_t k = 0; k < portfolio.losses_given_default.size(); ++k) {
      const double p = chance(k, i);
      const std::size_t loss = portfolio.losses_given_default[k];
      for (std::size_t x = size; x-- > 0;) {
        given_z[x] = (1.0 - p) * given_z[x] + (x >= loss ? p * given_z[x - loss] : 0.0);
      }
    }
    for (std::size_t x = 0; x < size; ++x) total[x] += z_probabilities[i] * given_z[x];
  }
  return total;
}

}  // namespace

Result<LossRegister> credit_losses(const CreditPortfolio& portfolio, DefaultEncoding encoding) {
  QUANTA_CHECK(check(portfolio));
  const std::vector<unsigned> z_qubits = {portfolio.z_qubits};
  const std::vector<Interval> bounds = {{-portfolio.z_max, portfolio.z_max}};
  QUANTA_TRY(const GridDistribution z,
             normal_grid(std::vector<double>{0.0}, Matrix(1, 1, 1.0), bounds, z_qubits));
  const std::vector<unsigned>& losses = portfolio.losses_given_default;
  const auto n_obligors = static_cast<unsigned>(losses.size());
  const unsigned n_sum = bits_for(std::accumulate(losses.begin(), losses.end(), std::uint64_t{0}));
  const std::size_t size = std::size_t{1} << n_sum;
  std::vector<Obligor> obligors;
  for (unsigned k = 0; k < n_obligors; ++k) {
    obligors.emplace_back(portfolio.default_probabilities[k], portfolio.sensitivities[k]);
  }

  const unsigned n = portfolio.z_qubits + n_obligors + n_sum;
  if (n > Circuit::kMaxQubits) {
    return bad_input("default_probabilities", fmt::format("{} obligors are too many", n_obligors));
  }
  LossRegister result{.load = Circuit(n), .axis = {0.0, static_cast<double>(size - 1), n_sum}};
  QUANTA_TRY(const Circuit load_z, load_distribution(z.probabilities));
  QUANTA_TRY(result.load, compose(std::move(result.load), load_z));
  const std::vector<unsigned> z_register = z.register_of(0);
  const GridAxis& axis = z.axes[0];
  std::vector<unsigned> obligor_qubits;
  for (unsigned k = 0; k < n_obligors; ++k) {
    obligor_qubits.push_back(portfolio.z_qubits + k);
    const Obligor& obligor = obligors[k];
    if (encoding == DefaultEncoding::kExact) {
      std::vector<double> angles;
      for (std::size_t i = 0; i < axis.size(); ++i) {
        angles.push_back(2.0 * angle_of(obligor.probability(axis.value(i))));
      }
      multiplexed_ry(result.load, angles, z_register, obligor_qubits[k]);
    } else {
      linear_ry(result.load, z_register, obligor.angle() + obligor.angle_per_z() * axis.low,
                obligor.angle_per_z() * axis.step(), obligor_qubits[k]);
    }
  }
  for (unsigned q = 0; q < n_sum; ++q) {
    result.qubits.push_back(portfolio.z_qubits + n_obligors + q);
  }
  const std::vector<std::uint64_t> weights(losses.begin(), losses.end());
  add_weighted_bits(result.load, obligor_qubits, weights, result.qubits);

  result.model = distribution_of_losses(
      portfolio, z.probabilities, size,
      [&](std::size_t k, std::size_t i) { return obligors[k].probability(axis.value(i)); });
  result.circuit = result.model;
  if (encoding == DefaultEncoding::kLinear) {
    result.circuit =
        distribution_of_losses(portfolio, z.probabilities, size, [&](std::size_t k, std::size_t i) {
          return amplitude_of(0.5 *
                              (obligors[k].angle() + obligors[k].angle_per_z() * axis.value(i)));
        });
  }
  return result;
}

Result<CreditRiskEstimate> estimate_credit_risk(const CreditPortfolio& portfolio, double tail,
                                                DefaultEncoding encoding,
                                                const ExpectationOptions& options,
                                                const Execution& execution) {
  QUANTA_TRY(const LossRegister losses, credit_losses(portfolio, encoding));
  QUANTA_CHECK(check_tail(tail));
  CreditRiskEstimate result{.model = losses.model, .circuit = losses.circuit};
  QUANTA_TRY(result.expected_loss, estimate_expected_loss(losses, options, execution));
  double closed_form = 0.0;
  for (std::size_t k = 0; k < portfolio.default_probabilities.size(); ++k) {
    closed_form += portfolio.default_probabilities[k] * portfolio.losses_given_default[k];
  }
  result.expected_loss.closed_form = closed_form;
  result.expected_loss.grid_bias = result.expected_loss.exact - closed_form;
  QUANTA_TRY(result.tail, estimate_tail_risk(losses, tail, options, execution));
  return result;
}

}  // namespace quanta::quantum
