#include "quantum/algorithm/phase_window.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/constants.h"
#include "quantum/algorithm/fourier.h"
#include "quantum/algorithm/phase.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxBits = 20;
constexpr double kMaxBeta = 500.0;  // I_0(700) is beyond a double
constexpr double kSamePeak = 1e-12;

/// sin^2(pi N d)/(N^2 sin^2(pi d)) with N theta taken apart into a bin and a rest, which loses no
/// digits: N is a power of two.
std::vector<double> without_window(double theta, std::size_t n) {
  const double at = wrapped(theta) * static_cast<double>(n);
  const double nearest = std::round(at);
  const double rest = at - nearest;
  const auto bin = static_cast<std::size_t>(nearest) % n;
  std::vector<double> probabilities(n);
  if (rest == 0.0) {
    probabilities[bin] = 1.0;
    return probabilities;
  }
  const double top = std::sin(kPi * rest) / static_cast<double>(n);
  for (std::size_t k = 0; k < n; ++k) {
    // d in bins, on the shorter way round.
    double bins = static_cast<double>(bin) - static_cast<double>(k) + rest;
    if (bins > static_cast<double>(n) / 2) bins -= static_cast<double>(n);
    if (bins < -static_cast<double>(n) / 2) bins += static_cast<double>(n);
    const double ratio = top / std::sin(kPi * bins / static_cast<double>(n));
    probabilities[k] = ratio * ratio;
  }
  return probabilities;
}

}  // namespace

Result<std::vector<double>> window_amplitudes(const PhaseRegister& phase_register) {
  if (phase_register.bits == 0 || phase_register.bits > kMaxBits) {
    return bad_input("bits", fmt::format("{} bits of phase: 1 to {} are possible",
                                         phase_register.bits, kMaxBits));
  }
  const double beta = phase_register.beta;
  if (phase_register.window == PhaseWindow::kKaiser && !(beta >= 0.0 && beta <= kMaxBeta)) {
    return bad_input("beta", fmt::format("{} is outside [0, {}]", beta, kMaxBeta));
  }
  const std::size_t n = std::size_t{1} << phase_register.bits;
  std::vector<double> w(n, 1.0);
  for (std::size_t j = 0; j < n; ++j) {
    const auto at = static_cast<double>(j);
    if (phase_register.window == PhaseWindow::kSine) {
      w[j] = std::sin(kPi * (at + 1.0) / static_cast<double>(n + 1));
    }
    if (phase_register.window == PhaseWindow::kKaiser) {
      const double x = 2.0 * at / static_cast<double>(n - 1) - 1.0;
      w[j] = std::cyl_bessel_i(0.0, beta * std::sqrt(std::max(0.0, 1.0 - x * x))) /
             std::cyl_bessel_i(0.0, beta);
    }
  }
  double squares = 0.0;
  for (const double x : w) squares += x * x;
  for (double& x : w) x /= std::sqrt(squares);
  return w;
}

PhaseDistribution distribution_of(std::vector<double> probabilities) {
  PhaseDistribution d{.probabilities = std::move(probabilities)};
  const double most = *std::ranges::max_element(d.probabilities);
  const auto best = std::ranges::find_if(d.probabilities,
                                         [&](double p) { return p >= most * (1.0 - kSamePeak); });
  d.best_bin = static_cast<std::size_t>(best - d.probabilities.begin());
  d.best_probability = *best;
  return d;
}

Result<PhaseDistribution> phase_distribution(double theta, const PhaseRegister& phase_register) {
  QUANTA_TRY(const std::vector<double> w, window_amplitudes(phase_register));
  if (!std::isfinite(theta)) return bad_input("theta", fmt::format("{} is no number", theta));
  if (phase_register.window == PhaseWindow::kNone) {
    return distribution_of(without_window(theta, w.size()));
  }
  std::vector<Amplitude> amplitudes(w.size());
  const double phase = wrapped(theta);
  for (std::size_t j = 0; j < w.size(); ++j) {
    amplitudes[j] = w[j] * unit(static_cast<double>(j) * phase);
  }
  fourier_transform(amplitudes);
  std::vector<double> probabilities(w.size());
  for (std::size_t k = 0; k < w.size(); ++k) {
    probabilities[k] = std::norm(amplitudes[k]) / static_cast<double>(w.size());
  }
  return distribution_of(std::move(probabilities));
}

PhaseErrors phase_errors(const PhaseDistribution& distribution, double theta) {
  const auto n = static_cast<double>(distribution.probabilities.size());
  PhaseErrors errors;
  Amplitude mean = 0.0;
  double squares = 0.0;
  constexpr double kRounding = 1e-9;  // of a bin
  for (std::size_t k = 0; k < distribution.probabilities.size(); ++k) {
    const double p = distribution.probabilities[k];
    const double d = phase_difference(static_cast<double>(k) / n, theta);
    squares += p * d * d;
    mean += p * unit(d);
    if (std::abs(d) * n <= 1.0 + kRounding) errors.within_one_bin += p;
    if (std::abs(d) * n <= 3.0 + kRounding) errors.within_three_bins += p;
  }
  errors.rms = std::sqrt(squares);
  errors.holevo_variance = 1.0 / std::norm(mean) - 1.0;
  return errors;
}

double posterior_holevo_variance(const std::vector<double>& window) {
  double overlap = 0.0;
  for (std::size_t j = 0; j + 1 < window.size(); ++j) overlap += window[j] * window[j + 1];
  return 1.0 / (overlap * overlap) - 1.0;
}

double least_deviation(const std::vector<double>& window, std::size_t runs) {
  double mean = 0.0;
  for (std::size_t j = 0; j < window.size(); ++j) {
    mean += static_cast<double>(j) * window[j] * window[j];
  }
  double variance = 0.0;
  for (std::size_t j = 0; j < window.size(); ++j) {
    const double d = static_cast<double>(j) - mean;
    variance += d * d * window[j] * window[j];
  }
  return 1.0 / (4.0 * kPi * std::sqrt(variance * static_cast<double>(runs)));
}

}  // namespace quanta::quantum
