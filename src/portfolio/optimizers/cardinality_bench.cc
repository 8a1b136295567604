#include <cmath>

#include <fmt/format.h>

#include "bench/bench.h"
#include "bench/random_covariance.h"
#include "portfolio/optimizers/cardinality.h"

namespace quanta::bench {
namespace {

/// Long-only minimum variance of at most K assets.
portfolio::CardinalityProblem few_assets(std::size_t n, std::size_t most_held, double least) {
  return {.quadratic = random_covariance(n, "cardinality"),
          .linear = std::vector<double>(n),
          .lower = std::vector<double>(n, least),
          .upper = std::vector<double>(n, 1.0),
          .most_held = most_held};
}

/// Every choice of at most K assets, each by one more row of a Cholesky factor: the least
/// 1/2 x'Qx with sum x = 1 is 1/2 over 1'Q^-1 1. A choice with a negative weight is worse than one
/// of its parts, which is seen as well.
class Enumeration {
 public:
  explicit Enumeration(const portfolio::CardinalityProblem& problem)
      : problem_(problem),
        k_(problem.most_held),
        factor_(k_, k_),
        y_(k_),
        chosen_(k_),
        weights_(k_) {}

  double best() {
    extend(0, 0, 0.0);
    return 0.5 / most_;
  }

 private:
  void extend(std::size_t size, std::size_t from, double total) {
    for (std::size_t i = from; i < problem_.linear.size(); ++i) {
      double diagonal = problem_.quadratic(i, i);
      double y = 1.0;
      for (std::size_t a = 0; a < size; ++a) {
        double entry = problem_.quadratic(i, chosen_[a]);
        for (std::size_t b = 0; b < a; ++b) entry -= factor_(size, b) * factor_(a, b);
        entry /= factor_(a, a);
        factor_(size, a) = entry;
        diagonal -= entry * entry;
        y -= entry * y_[a];
      }
      factor_(size, size) = std::sqrt(diagonal);
      y_[size] = y / factor_(size, size);
      chosen_[size] = i;
      const double sum = total + y_[size] * y_[size];
      if (sum > most_ && all_positive(size + 1)) most_ = sum;
      if (size + 1 < k_) extend(size + 1, i + 1, sum);
    }
  }

  bool all_positive(std::size_t size) {
    for (std::size_t a = size; a-- > 0;) {
      double weight = y_[a];
      for (std::size_t b = a + 1; b < size; ++b) weight -= factor_(b, a) * weights_[b];
      weights_[a] = weight / factor_(a, a);
      if (!(weights_[a] > 0.0)) return false;
    }
    return true;
  }

  const portfolio::CardinalityProblem& problem_;
  std::size_t k_;
  Matrix factor_;
  std::vector<double> y_;
  std::vector<std::size_t> chosen_;
  std::vector<double> weights_;
  double most_ = 0.0;
};

}  // namespace

Result<std::vector<Row>> cardinality_benchmark(const Context& context) {
  const struct {
    std::size_t n;
    std::size_t most_held;
    double least;
    bool enumerate;
  } cases[] = {
      {30, 4, 0.0, true}, {40, 5, 0.0, true}, {100, 5, 0.01, false}, {225, 10, 0.01, false}};
  std::vector<Row> rows;
  for (const auto& c : cases) {
    const portfolio::CardinalityProblem problem = few_assets(c.n, c.most_held, c.least);
    const auto solve = [&] { return portfolio::solve_cardinality(problem, {}, context.execution); };
    QUANTA_TRY(const portfolio::CardinalityAnswer own, solve());
    Row row{.name = fmt::format("at most {} of {} assets", c.most_held, c.n),
            .work = fmt::format("least variance, proven to {:.0e}, {} nodes",
                                own.certificate.gap / own.value, own.nodes)};
    row.equal = own.certificate.proven;
    row.seconds = minimum_seconds([&] { keep(solve()); });
    row.floor = "one Cholesky factorisation of Q";
    const auto n = static_cast<double>(c.n);
    row.floor_seconds = n * n * n / 3 / context.machine.flops_per_second;
    if (c.enumerate) {
      const double reference = Enumeration(problem).best();
      row.equal = row.equal && std::abs(own.value - reference) <= 1e-9 * reference;
      row.reference = "every choice, by rows of a Cholesky factor";
      row.reference_seconds = minimum_seconds([&] { keep(Enumeration(problem).best()); });
      row.ratio = *row.reference_seconds / row.seconds;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace quanta::bench
