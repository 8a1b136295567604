#include "quantum/algorithm/cobyla.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include <fmt/format.h>
#include <nlopt.h>

namespace quanta::quantum {
namespace {

/// What NLopt's callback is given.
struct Search {
  const ValueFunction& function;
  std::stop_token stop;
  nlopt_opt optimizer;
  Minimum best;
};

double value_at(unsigned n, const double* x, double* /*gradient*/, void* data) {
  auto& search = *static_cast<Search*>(data);
  const std::span<const double> point(x, n);
  double value = search.function(point);
  if (!std::isfinite(value)) value = std::numeric_limits<double>::max() / 4;
  if (search.best.evaluations++ == 0 || value < search.best.value) {
    search.best.value = value;
    search.best.x.assign(point.begin(), point.end());
  }
  if (search.stop.stop_requested()) nlopt_force_stop(search.optimizer);
  return value;
}

}  // namespace

Result<Minimum> minimize_cobyla(std::span<const double> start, const CobylaOptions& options,
                                const ValueFunction& function) {
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> optimizer(
      nlopt_create(NLOPT_LN_COBYLA, static_cast<unsigned>(start.size())), &nlopt_destroy);
  if (optimizer == nullptr) return fail(ErrorKind::kInternal, "NLopt could not start COBYLA");
  Search search{function, options.stop, optimizer.get(), {}};
  nlopt_set_min_objective(optimizer.get(), value_at, &search);
  nlopt_set_initial_step1(optimizer.get(), options.first_step);
  nlopt_set_xtol_abs1(optimizer.get(), options.x_tolerance);
  nlopt_set_maxeval(optimizer.get(),
                    static_cast<int>(std::clamp<std::size_t>(options.max_evaluations, 1,
                                                             std::numeric_limits<int>::max())));
  std::vector<double> x(start.begin(), start.end());
  double value = 0.0;
  const nlopt_result result = nlopt_optimize(optimizer.get(), x.data(), &value);
  // Rounding that stops all progress and a stop by the caller leave a good answer behind.
  if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED && result != NLOPT_FORCED_STOP) {
    return fail(ErrorKind::kInternal,
                fmt::format("NLopt's COBYLA failed: {}", nlopt_result_to_string(result)));
  }
  search.best.converged = result == NLOPT_XTOL_REACHED || result == NLOPT_FTOL_REACHED;
  return std::move(search.best);
}

}  // namespace quanta::quantum
