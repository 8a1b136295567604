#include "quantum/algorithm/spsa.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr double kStepDecay = 0.602;
constexpr double kPerturbationDecay = 0.101;

class Spsa {
 public:
  Spsa(std::span<const double> start, const SpsaOptions& options, const ValueFunction& function)
      : options_(options),
        function_(function),
        signs_(options.seed, "spsa signs"),
        x_(start.begin(), start.end()),
        direction_(start.size()),
        moved_(start.size()) {}

  Minimum minimize() {
    const std::size_t last_value = 1;  // kept for the point that comes out
    const std::size_t per_step = options_.blocking ? 3 : 2;
    const std::size_t calibration = std::min(options_.calibration_pairs, left(last_value) / 4);
    double slopes = 0.0;
    for (std::size_t i = 0; i < calibration; ++i) slopes += std::abs(slope(options_.perturbation));
    double value = options_.blocking && left(last_value) > 0
                       ? evaluate(x_)
                       : std::numeric_limits<double>::infinity();
    const std::size_t steps = left(last_value) / per_step;
    const double stability = options_.stability * static_cast<double>(steps);
    double gain = options_.first_step * std::pow(1.0 + stability, kStepDecay);
    if (slopes > 0.0) gain *= static_cast<double>(calibration) / slopes;

    for (std::size_t k = 0; k < steps && !options_.stop.stop_requested(); ++k) {
      const double at = static_cast<double>(k) + 1.0;
      const double step = gain / std::pow(at + stability, kStepDecay) *
                          slope(options_.perturbation / std::pow(at, kPerturbationDecay));
      if (!std::isfinite(step)) break;
      place(-step);
      if (options_.blocking) {
        const double next = evaluate(moved_);
        if (!(next <= value + options_.allowed_increase)) continue;
        value = next;
      }
      x_ = moved_;
    }
    const double final_value = evaluate(x_);
    return {.x = x_, .value = final_value, .evaluations = evaluations_};
  }

 private:
  std::size_t left(std::size_t kept) const {
    const std::size_t used = evaluations_ + kept;
    return options_.max_evaluations > used ? options_.max_evaluations - used : 0;
  }

  double evaluate(std::span<const double> x) {
    ++evaluations_;
    return function_(x);
  }

  void place(double length) {
    for (std::size_t i = 0; i < x_.size(); ++i) moved_[i] = x_[i] + length * direction_[i];
  }

  /// In a fresh direction of signs.
  double slope(double perturbation) {
    for (double& d : direction_) d = (signs_.next() >> 63) != 0 ? 1.0 : -1.0;
    place(perturbation);
    const double up = evaluate(moved_);
    place(-perturbation);
    return (up - evaluate(moved_)) / (2.0 * perturbation);
  }

  const SpsaOptions& options_;
  const ValueFunction& function_;
  RandomStream signs_;
  std::vector<double> x_;
  std::vector<double> direction_;
  std::vector<double> moved_;
  std::size_t evaluations_ = 0;
};

}  // namespace

Minimum minimize_spsa(std::span<const double> start, const SpsaOptions& options,
                      const ValueFunction& function) {
  return Spsa(start, options, function).minimize();
}

}  // namespace quanta::quantum
