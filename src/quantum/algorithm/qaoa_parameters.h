/// Angles for QAOA that need no optimisation, or a shorter one: tables that carry over from one
/// problem to the next, ramps, and longer schedules from shorter ones.
///
///   QUANTA_TRY(const QaoaAngles angles, maxcut_angles(3, 5));
///   circuit.energy(angles.gammas, angles.betas, {}, execution);
///
/// All in the convention of qaoa_circuit.h: the cost is to be small, exp(-i gamma c), then
/// exp(-i beta X) on each qubit. The start state has the largest value of every mixer's generator
/// and is to be led to the least cost, so that gammas are positive and betas negative.
#pragma once

#include <vector>

#include "core/result.h"
#include "quantum/algorithm/quadratic_cost.h"

namespace quanta::quantum {

inline constexpr unsigned kMaxQaoaLayers = 1000;

/// One pair for each layer, the first layer first.
struct QaoaAngles {
  std::vector<double> gammas = {};  ///< radians per unit of the cost
  std::vector<double> betas = {};   ///< radians

  friend bool operator==(const QaoaAngles&, const QaoaAngles&) = default;
};

/// For the X mixer and c = -(number of cut edges) on any graph whose vertices have `degree`
/// neighbours: the best angles of a graph without short cycles. For degree 3 they are sure to cut,
/// on average, at least 0.6924 of the most possible with one layer, then 0.7559, 0.7923, 0.8168,
/// 0.8363, …, 0.8828 with eleven (for 3 layers and more if a conjecture of the paper holds).
/// To 6 decimals.
/// Degree 3 has 1 to 11 layers, 4: 1-5, 5: 1-4, 6 to 10: 1-3, 11: 1-2; more layers are
/// interpolated from the last, without guarantee.
/// Errors: kBadInput, field "degree" (outside 3 … 11), "layers" (0, or above 1000).
/// Source: Wurtz, Lykov (2021), Fixed-angle conjectures for QAOA on regular MaxCut graphs,
/// arXiv:2107.00677, as stored by QOKit; its gamma belongs to exp(-i gamma/2 C).
Result<QaoaAngles> maxcut_angles(unsigned degree, unsigned layers);

/// For the X mixer and a dense cost with couplings of random sign: the best angles of the
/// Sherrington-Kirkpatrick model in the limit of many spins, 1 to 17 layers, to 4 decimals; more
/// are interpolated from the last. With the cost as fields h and couplings J of spins, the model's
/// gamma is divided by sqrt(mean_i(h_i^2 + sum_j J_ij^2)), which is 1 in the model. Errors: those
/// of check(QuadraticCost); kBadInput, field "layers" (0, or above 1000). Source: Farhi, Goldstone,
/// Gutmann, Zhou (2022), arXiv:1910.08187; Basso, Farhi, Marwaha, Villalonga, Zhou (2022),
/// arXiv:2110.14206; rescaling: Sureshbabu et al. (2024), arXiv:2305.15201.
Result<QaoaAngles> sk_angles(unsigned layers, const QuadraticCost& cost);

/// gamma_l = (l + 1/2)/p gamma_end, beta_l = -(1 - (l + 1/2)/p) beta_begin, l = 0 … p - 1: the cost
/// grows, the mixer fades. A usual choice: gamma_end = 0.75 / (standard deviation of the cost),
/// beta_begin = 0.75. Source: Sack, Serbyn (2021), arXiv:2101.05742.
QaoaAngles linear_ramp(unsigned layers, double gamma_end, double beta_begin);

/// The same schedule in another number of layers (both at least 1): read off linearly, first and
/// last layer kept. From p to p + 1 this is INTERP of Zhou et al. (2020), arXiv:1812.01041.
QaoaAngles interpolate(const QaoaAngles& angles, unsigned layers);

}  // namespace quanta::quantum
