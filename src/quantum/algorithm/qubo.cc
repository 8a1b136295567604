#include "quantum/algorithm/qubo.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

Result<void> check_weight(const QuadraticCost& cost, unsigned weight) {
  if (weight <= cost.n()) return {};
  return bad_input("weight", fmt::format("{} of {} variables cannot be one", weight, cost.n()));
}

Result<void> check_finite(std::string_view field, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return bad_input(field, fmt::format("value {} is {}: it must be finite", i, values[i]));
    }
  }
  return {};
}

/// Only the part above the diagonal, which is what is read.
Result<void> check_upper(std::string_view field, const Matrix& matrix, std::size_t n) {
  if (matrix.rows() != n || matrix.columns() != n) {
    return bad_input(field, fmt::format("a {} x {} matrix for {} variables: it must be {} x {}",
                                        matrix.rows(), matrix.columns(), n, n, n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      if (!std::isfinite(matrix(i, j))) {
        return bad_input(
            field, fmt::format("entry ({}, {}) is {}: it must be finite", i, j, matrix(i, j)));
      }
    }
  }
  return {};
}

/// The couplings of each variable with all others, largest first, as running sums:
/// row i holds sum of the 0, 1, …, n - 1 largest. `sign` -1 takes the couplings negated.
std::vector<std::vector<double>> largest_sums(const QuadraticCost& cost, double sign) {
  const std::size_t n = cost.n();
  std::vector<std::vector<double>> sums(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> row;
    for (std::size_t j = 0; j < n; ++j) {
      if (j != i) row.push_back(sign * cost.quadratic(std::min(i, j), std::max(i, j)));
    }
    std::ranges::sort(row, std::greater<>());
    sums[i].push_back(0.0);
    for (const double coupling : row) sums[i].push_back(sums[i].back() + coupling);
  }
  return sums;
}

/// max over the numbers of ones m = first, …, last of D_m / (2 distance - 1), where exactly m other
/// variables are one, the flip of i raises the cost by at most sign linear_i + sums[i][m], and of
/// the `taken(m)` + 1 least of these one can be flipped.
template <class Taken, class Distance>
double steepest(const QuadraticCost& cost, double sign, std::size_t first, std::size_t last,
                const Taken& taken, const Distance& distance) {
  const auto sums = largest_sums(cost, sign);
  double most = 0.0;
  std::vector<double> rise(cost.n());
  for (std::size_t m = first; m < last; ++m) {
    for (std::size_t i = 0; i < cost.n(); ++i) rise[i] = sign * cost.linear[i] + sums[i][m];
    const auto at = rise.begin() + static_cast<std::ptrdiff_t>(taken(m));
    std::ranges::nth_element(rise, at);
    most = std::max(most, *at / (2.0 * static_cast<double>(distance(m)) - 1.0));
  }
  return most;
}

}  // namespace

double value(const Ising& ising, std::uint64_t bits) {
  const auto spin = [&](std::size_t i) { return (bits >> i & 1U) != 0 ? -1.0 : 1.0; };
  double sum = ising.constant;
  for (std::size_t i = 0; i < ising.n(); ++i) {
    sum += ising.fields[i] * spin(i);
    for (std::size_t j = i + 1; j < ising.n(); ++j) {
      sum += ising.couplings(i, j) * spin(i) * spin(j);
    }
  }
  return sum;
}

Result<QuadraticCost> qubo(const Matrix& quadratic, std::span<const double> linear,
                           double constant) {
  const std::size_t n = quadratic.rows();
  if (n == 0) return bad_input("quadratic", "is empty: at least one variable is needed");
  if (quadratic.columns() != n) {
    return bad_input("quadratic",
                     fmt::format("is {} x {}: it must be square", n, quadratic.columns()));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (!std::isfinite(quadratic(i, j))) {
        return bad_input("quadratic", fmt::format("entry ({}, {}) is {}: it must be finite", i, j,
                                                  quadratic(i, j)));
      }
    }
  }
  if (!linear.empty() && linear.size() != n) {
    return bad_input("linear", fmt::format("{} values for {} variables", linear.size(), n));
  }
  QUANTA_CHECK(check_finite("linear", linear));
  QUANTA_CHECK(check_finite("constant", {&constant, 1}));
  QuadraticCost cost{
      .linear = std::vector<double>(n), .quadratic = Matrix(n, n), .constant = constant};
  for (std::size_t i = 0; i < n; ++i) {
    cost.linear[i] = quadratic(i, i) + (linear.empty() ? 0.0 : linear[i]);
    for (std::size_t j = i + 1; j < n; ++j) {
      cost.quadratic(i, j) = quadratic(i, j) + quadratic(j, i);
    }
  }
  return cost;
}

Result<Ising> to_ising(const QuadraticCost& cost) {
  QUANTA_CHECK(check(cost));
  const std::size_t n = cost.n();
  Ising ising{
      .fields = std::vector<double>(n), .couplings = Matrix(n, n), .constant = cost.constant};
  for (std::size_t i = 0; i < n; ++i) {
    ising.fields[i] -= cost.linear[i] / 2.0;
    ising.constant += cost.linear[i] / 2.0;
    for (std::size_t j = i + 1; j < n; ++j) {
      const double quarter = cost.quadratic(i, j) / 4.0;
      ising.couplings(i, j) = quarter;
      ising.fields[i] -= quarter;
      ising.fields[j] -= quarter;
      ising.constant += quarter;
    }
  }
  return ising;
}

Result<QuadraticCost> to_qubo(const Ising& ising) {
  const std::size_t n = ising.n();
  if (n == 0) return bad_input("fields", "there are none: at least one spin is needed");
  QUANTA_CHECK(check_finite("fields", ising.fields));
  QUANTA_CHECK(check_upper("couplings", ising.couplings, n));
  QUANTA_CHECK(check_finite("constant", {&ising.constant, 1}));
  QuadraticCost cost{
      .linear = std::vector<double>(n), .quadratic = Matrix(n, n), .constant = ising.constant};
  for (std::size_t i = 0; i < n; ++i) {
    cost.linear[i] -= 2.0 * ising.fields[i];
    cost.constant += ising.fields[i];
    for (std::size_t j = i + 1; j < n; ++j) {
      const double coupling = ising.couplings(i, j);
      cost.quadratic(i, j) = 4.0 * coupling;
      cost.linear[i] -= 2.0 * coupling;
      cost.linear[j] -= 2.0 * coupling;
      cost.constant += coupling;
    }
  }
  return cost;
}

Result<double> safe_penalty(const QuadraticCost& cost, unsigned weight) {
  QUANTA_CHECK(check(cost));
  QUANTA_CHECK(check_weight(cost, weight));
  const std::size_t n = cost.n();
  const std::size_t k = weight;
  // Too few ones, m < k: m bits may be taken, and m others are one. Too many, m + 1 > k: the
  // n - m - 1 zeros may be the least ones, and a one that is flipped leaves m others.
  const double up = steepest(
      cost, 1.0, 0, k, [](std::size_t m) { return m; }, [&](std::size_t m) { return k - m; });
  const double down = steepest(
      cost, -1.0, k, n, [&](std::size_t m) { return n - m - 1; },
      [&](std::size_t m) { return m + 1 - k; });
  double largest = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    largest = std::max(largest, std::abs(cost.linear[i]));
    for (std::size_t j = i + 1; j < n; ++j) {
      largest = std::max(largest, std::abs(cost.quadratic(i, j)));
    }
  }
  return std::max(up, down) + (largest > 0.0 ? 0.01 * largest : 1.0);
}

Result<QuadraticCost> with_penalty(const QuadraticCost& cost, unsigned weight) {
  QUANTA_TRY(const double penalty, safe_penalty(cost, weight));
  return with_penalty(cost, weight, penalty);
}

Result<QuadraticCost> with_penalty(const QuadraticCost& cost, unsigned weight, double penalty) {
  QUANTA_CHECK(check(cost));
  QUANTA_CHECK(check_weight(cost, weight));
  if (!(penalty >= 0.0 && std::isfinite(penalty))) {
    return bad_input("penalty", fmt::format("{} is not a finite number from 0 on", penalty));
  }
  // (sum x - k)^2 = k^2 + (1 - 2k) sum x + 2 sum_{i<j} x_i x_j, as x^2 = x.
  const double k = weight;
  QuadraticCost result = cost;
  result.constant += penalty * k * k;
  for (std::size_t i = 0; i < cost.n(); ++i) {
    result.linear[i] += penalty * (1.0 - 2.0 * k);
    for (std::size_t j = i + 1; j < cost.n(); ++j) result.quadratic(i, j) += 2.0 * penalty;
  }
  return result;
}

}  // namespace quanta::quantum
