#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <fmt/format.h>
#include <nlopt.h>

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

/// NLopt's SLSQP (Kraft 1988) on the same program. Its own cost grows with n^3 a step, so that it
/// serves the smaller sizes alone.
std::vector<double> slsqp(const Matrix& covariance) {
  const std::size_t n = covariance.rows();
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> solver(
      nlopt_create(NLOPT_LD_SLSQP, static_cast<unsigned>(n)), nlopt_destroy);
  nlopt_set_lower_bounds1(solver.get(), 0.0);
  nlopt_set_upper_bounds1(solver.get(), 1.0);
  nlopt_set_min_objective(
      solver.get(),
      [](unsigned size, const double* x, double* gradient, void* data) {
        const Matrix& s = *static_cast<const Matrix*>(data);
        double value = 0.0;
        for (unsigned i = 0; i < size; ++i) {
          const double product = std::inner_product(x, x + size, s.row(i).begin(), 0.0);
          value += x[i] * product;
          if (gradient != nullptr) gradient[i] = 2.0 * product;
        }
        return value;
      },
      const_cast<Matrix*>(&covariance));
  nlopt_add_equality_constraint(
      solver.get(),
      [](unsigned size, const double* x, double* gradient, void*) {
        if (gradient != nullptr) std::fill_n(gradient, size, 1.0);
        return std::accumulate(x, x + size, -1.0);
      },
      nullptr, 1e-12);
  nlopt_set_ftol_rel(solver.get(), 1e-10);
  std::vector<double> x(n, 1.0 / static_cast<double>(n));
  double value = 0.0;
  nlopt_optimize(solver.get(), x.data(), &value);
  return x;
}

struct Size {
  std::size_t n;
  double goal_seconds;
  const char* goal;
  bool by_slsqp;
};

constexpr Size kSizes[] = {{20, 0.02e-3, "0.02 ms", true},
                           {225, 0.5e-3, "0.5 ms", true},
                           {500, 4e-3, "4 ms", false},
                           {1000, 25e-3, "25 ms", false}};

}  // namespace

Result<std::vector<Row>> quadratic_program_benchmark(const Context& context) {
  std::vector<Row> rows;
  for (const Size& size : kSizes) {
    const std::size_t n = size.n;
    const portfolio::QuadraticProgram program = minimum_variance(n);
    const auto solve = [&] {
      return portfolio::solve_quadratic_program(program, context.execution);
    };
    QUANTA_TRY(const portfolio::QuadraticSolution own, solve());
    const double best = variance(program.quadratic, own.x);
    const auto solve_again = [&] {
      return size.by_slsqp ? slsqp(program.quadratic) : projected_gradient(program.quadratic, best);
    };
    std::vector<double> reference;
    const auto held =
        static_cast<double>(std::ranges::count(own.states, portfolio::BoundState::kFree));
    Row row{.name = fmt::format("minimum variance, n = {}", n),
            .work = fmt::format("exact, {:.0f} held, {} rounds", held, own.iterations)};
    row.reference =
        size.by_slsqp ? "NLopt's SLSQP to 1e-10" : "accelerated projected gradient to 1e-9";
    row.reference_seconds = minimum_seconds([&] { reference = solve_again(); });
    row.equal = std::abs(variance(program.quadratic, reference) - best) <= 1e-7 * best;
    row.seconds = minimum_seconds([&] { keep(solve()); });
    row.ratio = *row.reference_seconds / row.seconds;
    row.floor = "one Cholesky factorisation of the held assets and one read of Q";
    row.floor_seconds =
        held * held * held / 3 / context.machine.flops_per_second +
        static_cast<double>(n * n * sizeof(double)) / context.machine.read_bytes_per_second;
    row.goal = size.goal;
    row.met = row.seconds <= size.goal_seconds;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace quanta::bench
