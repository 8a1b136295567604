#include "portfolio/optimizers/trading_program.h"

#include <algorithm>
#include <cmath>

namespace quanta::portfolio {
namespace {

/// Rows on x as rows on (p, m).
Matrix mirrored(const Matrix& rows, std::size_t n, std::size_t n_more) {
  Matrix out(rows.rows() + n_more, 2 * n);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t i = 0; i < n; ++i) {
      out(r, i) = rows(r, i);
      out(r, n + i) = -rows(r, i);
    }
  }
  return out;
}

double row_at(const Matrix& rows, std::size_t r, const std::vector<double>& x) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += rows(r, i) * x[i];
  return sum;
}

}  // namespace

QuadraticProgram trading_program(const QuadraticProgram& program, const std::vector<double>& start,
                                 double cost, double most) {
  const std::size_t n = start.size();
  const bool limited = std::isfinite(most);
  QuadraticProgram out{.quadratic = Matrix(2 * n, 2 * n),
                       .linear = std::vector<double>(2 * n),
                       .equality = mirrored(program.equality, n, 0),
                       .equality_value = program.equality_value,
                       .inequality = mirrored(program.inequality, n, limited ? 1 : 0),
                       .inequality_limit = program.inequality_limit,
                       .lower = std::vector<double>(2 * n),
                       .upper = std::vector<double>(2 * n)};
  for (std::size_t i = 0; i < n; ++i) {
    double slope = program.linear[i];
    for (std::size_t j = 0; j < n; ++j) {
      const double q = program.quadratic(i, j);
      slope += q * start[j];
      out.quadratic(i, j) = out.quadratic(n + i, n + j) = q;
      out.quadratic(i, n + j) = out.quadratic(n + i, j) = -q;
    }
    out.linear[i] = slope + cost;
    out.linear[n + i] = -slope + cost;
    // The parts that x may rise and fall by; a start outside its bounds has to move.
    out.upper[i] = std::max(0.0, program.upper[i] - start[i]);
    out.upper[n + i] = std::max(0.0, start[i] - program.lower[i]);
    out.lower[i] = std::max(0.0, program.lower[i] - start[i]);
    out.lower[n + i] = std::max(0.0, start[i] - program.upper[i]);
  }
  for (std::size_t r = 0; r < program.equality_value.size(); ++r) {
    out.equality_value[r] -= row_at(program.equality, r, start);
  }
  for (std::size_t r = 0; r < program.inequality_limit.size(); ++r) {
    out.inequality_limit[r] -= row_at(program.inequality, r, start);
  }
  if (limited) {
    for (std::size_t i = 0; i < 2 * n; ++i)
      out.inequality(program.inequality_limit.size(), i) = 1.0;
    out.inequality_limit.push_back(most);
  }
  return out;
}

std::vector<double> traded(const std::vector<double>& start, const std::vector<double>& changes) {
  std::vector<double> x(start);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += changes[i] - changes[x.size() + i];
  return x;
}

}  // namespace quanta::portfolio
