#include "quantum/algorithm/adam.h"

#include <algorithm>
#include <cmath>

namespace quanta::quantum {

Minimum minimize_adam(std::span<const double> start, const AdamOptions& options,
                      const ValueAndGradient& function) {
  const std::size_t n = start.size();
  std::vector<double> x(start.begin(), start.end());
  std::vector<double> gradient(n);
  std::vector<double> mean(n);
  std::vector<double> square(n);
  Minimum best{.x = x};
  double mean_share = 1.0;  // of the zeros that both means started from
  double square_share = 1.0;
  while (true) {
    const double value = function(x, gradient);
    ++best.evaluations;
    double largest = 0.0;
    bool finite = std::isfinite(value);
    for (const double g : gradient) {
      largest = std::max(largest, std::abs(g));
      finite = finite && std::isfinite(g);
    }
    if (best.evaluations == 1 || (finite && (options.noisy || value < best.value))) {
      best.value = value;
      best.x = x;
    }
    if (!finite) break;
    best.converged = largest <= options.gradient_tolerance;
    if (best.converged || best.evaluations >= options.max_evaluations ||
        options.stop.stop_requested()) {
      break;
    }
    mean_share *= options.mean_decay;
    square_share *= options.square_decay;
    for (std::size_t i = 0; i < n; ++i) {
      mean[i] += (1.0 - options.mean_decay) * (gradient[i] - mean[i]);
      square[i] += (1.0 - options.square_decay) * (gradient[i] * gradient[i] - square[i]);
      x[i] -= options.learning_rate * (mean[i] / (1.0 - mean_share)) /
              (std::sqrt(square[i] / (1.0 - square_share)) + options.epsilon);
    }
  }
  return best;
}

}  // namespace quanta::quantum
