#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "bench/bench.h"
#include "bench/random_covariance.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::bench {
namespace {

/// A covariance with a market factor and ten sectors, long-only minimum variance on it.
portfolio::QuadraticProgram minimum_variance(std::size_t n) {
  portfolio::QuadraticProgram program;
  program.quadratic = random_covariance(n, "covariance");
  program.linear.assign(n, 0.0);
  program.equality = Matrix(1, n, 1.0);
  program.equality_value = {1.0};
  program.lower.assign(n, 0.0);
  program.upper.assign(n, 1.0);
  return program;
}

/// Onto the simplex (Held, Wolfe, Crowder 1974).
void project(std::vector<double>& x) {
  std::vector<double> sorted = x;
  std::ranges::sort(sorted, std::greater<>());
  double sum = 0;
  double shift = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sum += sorted[i];
    const double candidate = (sum - 1) / static_cast<double>(i + 1);
    if (sorted[i] - candidate > 0) shift = candidate;
  }
  for (double& value : x) value = std::max(0.0, value - shift);
}

double variance(const Matrix& covariance, const std::vector<double>& x) {
  double total = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    total += x[i] * std::inner_product(x.begin(), x.end(), covariance.row(i).begin(), 0.0);
  }
  return total;
}

/// Accelerated projected gradient (Beck, Teboulle 2009), restarted when the variance rises, to a
/// relative 1e-9 of `goal`.
std::vector<double> projected_gradient(const Matrix& covariance, double goal) {
  const std::size_t n = covariance.rows();
  double step = 0;  // the largest row sum bounds the largest eigenvalue
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (const double value : covariance.row(i)) sum += std::abs(value);
    step = std::max(step, sum);
  }
  std::vector<double> x(n, 1.0 / static_cast<double>(n));
  std::vector<double> y = x;
  double momentum = 1;
  double last = variance(covariance, x);
  for (int round = 0; round < 20'000 && last > goal * (1 + 1e-9); ++round) {
    std::vector<double> next = y;
    for (std::size_t i = 0; i < n; ++i) {
      next[i] -= std::inner_product(y.begin(), y.end(), covariance.row(i).begin(), 0.0) / step;
    }
    project(next);
    const double value = variance(covariance, next);
    const double grown = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
    for (std::size_t i = 0; i < n; ++i) y[i] = next[i] + (momentum - 1) / grown * (next[i] - x[i]);
    momentum = grown;
    if (value > last) {
      y = next;
      momentum = 1;
    }
    last = value;
    x = std::move(next);
  }
  return x;
}

}  // namespace

Result<std::vector<Row>> quadratic_program_benchmark(const Context& context) {
  std::vector<Row> rows;
  for (const std::size_t n : {std::size_t{20}, std::size_t{225}, std::size_t{500}}) {
    const portfolio::QuadraticProgram program = minimum_variance(n);
    const auto solve = [&] {
      return portfolio::solve_quadratic_program(program, context.execution);
    };
    QUANTA_TRY(const portfolio::QuadraticSolution own, solve());
    const double best = variance(program.quadratic, own.x);
    const auto reference = projected_gradient(program.quadratic, best);
    const auto held =
        static_cast<double>(std::ranges::count(own.states, portfolio::BoundState::kFree));
    Row row{.name = fmt::format("minimum variance, n = {}", n),
            .work = fmt::format("exact, {:.0f} held, {} rounds", held, own.iterations)};
    row.equal = std::abs(variance(program.quadratic, reference) - best) <= 2e-9 * best;
    row.seconds = minimum_seconds([&] { keep(solve()); });
    row.floor = "one Cholesky factorisation of the held assets and one read of Q";
    row.floor_seconds =
        held * held * held / 3 / context.machine.flops_per_second +
        static_cast<double>(n * n * sizeof(double)) / context.machine.read_bytes_per_second;
    row.reference = "accelerated projected gradient to 1e-9";
    row.reference_seconds =
        minimum_seconds([&] { keep(projected_gradient(program.quadratic, best)); });
    row.ratio = *row.reference_seconds / row.seconds;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace quanta::bench
