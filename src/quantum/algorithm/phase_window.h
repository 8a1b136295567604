/// What phase estimation reads off a known phase, in closed form: the fast path.
///
///   QUANTA_TRY(const PhaseDistribution d, phase_distribution(0.711662, {.bits = 4}));
///   d.best_bin;  // 11, with probability 0.5966
///
/// A phase register of t qubits, N = 2^t, starts as sum over j of w_j |j> with |w| = 1. Outcome k
/// has the amplitude N^{-1/2} sum over j of w_j e^{2 pi i j (theta - k/N)}, and the estimate is
/// k/N.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace quanta::quantum {

enum class PhaseWindow {
  kNone,   ///< w_j = N^{-1/2}: exact where theta is a bin, heavy tails (1/d^2) elsewhere
  kSine,   ///< w_j ~ sin(pi (j + 1)/(N + 1)): the least Holevo variance, tan^2(pi/(N + 1))
  kKaiser  ///< w_j ~ I_0(beta sqrt(1 - (2j/(N - 1) - 1)^2)): tails as low as beta asks for
};

constexpr auto enum_names(PhaseWindow) {
  using enum PhaseWindow;
  return std::array{std::pair{kNone, std::string_view("none")},
                    std::pair{kSine, std::string_view("sine")},
                    std::pair{kKaiser, std::string_view("kaiser")}};
}

/// The phase register.
struct PhaseRegister {
  unsigned bits = 4;  ///< t, 1 to 20
  PhaseWindow window = PhaseWindow::kNone;
  double beta = 6.0;  ///< of the Kaiser window, 0 to 500: sidelobes -44 dB at 6, -74 dB at 10
};

/// w, of norm 1. Errors of this and all below: kBadInput, field "bits" (0 or above 20), "beta".
/// Sources: van Dam et al. (2007), arXiv:quant-ph/0609160 (sine); Greenaway, Pol, Sim (2024),
/// arXiv:2404.01396 (Kaiser).
Result<std::vector<double>> window_amplitudes(const PhaseRegister& phase_register);

struct PhaseDistribution {
  std::vector<double> probabilities = {};  ///< of each outcome k
  std::size_t best_bin = 0;                ///< the likeliest; of equal ones the lowest
  double best_probability = 0.0;
};

/// The distribution from its probabilities; those within 1e-12 of the largest count as equal to it.
PhaseDistribution distribution_of(std::vector<double> probabilities);

/// Of an eigenstate with U = e^{2 pi i theta}; theta is any finite number of turns. Without a
/// window sin^2(pi N d)/(N^2 sin^2(pi d)), d = theta - k/N; else one Fourier transform.
/// Errors: besides, field "theta" (not finite). Cost: O(N), O(N log N) with a window.
Result<PhaseDistribution> phase_distribution(double theta, const PhaseRegister& phase_register);

/// How far the estimate k/N of one run falls from the phase, on the circle.
struct PhaseErrors {
  double rms = 0.0;                ///< in turns
  double holevo_variance = 0.0;    ///< |E e^{2 pi i (k/N - theta)}|^-2 - 1, about (2 pi rms)^2
  double within_one_bin = 0.0;     ///< P(|k/N - theta| <= 1/N), rounding allowed
  double within_three_bins = 0.0;  ///< P(|k/N - theta| <= 3/N)
};
PhaseErrors phase_errors(const PhaseDistribution& distribution, double theta);

/// How far the phase lies from the estimate of one run, theta being equally likely everywhere
/// before: the Holevo variance of the posterior, (sum over j of w_j w_{j+1})^-2 - 1.
double posterior_holevo_variance(const std::vector<double>& window);

/// The quantum Cramer-Rao bound for an unbiased estimate from that many runs, in turns:
/// 1/(4 pi sd(j) sqrt(runs)) with the deviation of j under w_j^2.
double least_deviation(const std::vector<double>& window, std::size_t runs);

}  // namespace quanta::quantum
