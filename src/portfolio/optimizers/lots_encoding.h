/// Lots as qubits: M slots of each asset, slot x of asset x mod n, N of them one. Inner door of
/// lots_qaoa and lots_vqe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "portfolio/objectives/selection.h"
#include "quantum/algorithm/quadratic_cost.h"

namespace quanta::portfolio {

/// z'Az + b'z with z_i the number of ones among the slots of asset i: z_i^2 gives A_ii for each bit
/// and 2 A_ii for each pair of them.
quantum::QuadraticCost slot_cost(const LotProblem& problem);

/// The z of a basis state, bit x being slot x.
std::vector<unsigned> decode_lots(std::uint64_t state, std::size_t n_assets);

/// (worst - value)/(worst - best) in [0, 1]; 1 where all values are equal.
double lots_ratio(double value, double best, double worst);

}  // namespace quanta::portfolio
