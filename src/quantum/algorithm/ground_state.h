/// The least eigenvalue of a Hamiltonian, by linear algebra: the answer that stands beside every
/// variational one.
///
///   QUANTA_TRY(const GroundState ground, ground_state(hamiltonian, {}, execution));
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

struct GroundStateOptions {
  /// Only states of that many ones: the least eigenvalue of H between them (k of n).
  std::optional<unsigned> weight = {};
  double tolerance = 1e-10;         ///< of the residual, per unit of the sum of |coefficients|
  std::size_t max_products = 5000;  ///< of H with a state
  std::uint64_t seed = 1;           ///< of the start; it decides nothing but the last digits
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes
};

struct GroundState {
  double energy = 0.0;
  double residual = 0.0;              ///< ||H v - E v||: an eigenvalue lies within it of the energy
  bool converged = false;             ///< the residual is within the tolerance
  std::string_view method = {};       ///< "dense" or "lanczos"
  std::size_t products = 0;           ///< of H with a state; 0 where dense
  std::vector<double> spectrum = {};  ///< dense only: all eigenvalues, rising
};

/// All eigenvalues of a Hermitian matrix where there are at most 256 states, else Lanczos with
/// thick restarts (up to 20 states held, all kept orthogonal). Each answer carries its residual; a
/// random start meets the ground state with probability one, so that the eigenvalue found is the
/// least. Stopped on the way it gives the best so far, not converged. Same bits for any number of
/// threads.
///
/// Errors: kBadInput, field "observable" (no qubits, no terms, not finite, letters beyond the
/// qubits), "weight" (above the number of qubits); kResource, field "qubits" (nine states do
/// not fit); kCancelled before the first product.
/// Cost: per product 2^n times the terms, and 2^n times 2 for each state held.
/// Source: Wu, Simon (2000), Thick-restart Lanczos method for large symmetric eigenvalue problems.
Result<GroundState> ground_state(const PauliSum& hamiltonian, const GroundStateOptions& options,
                                 const Execution& execution);

}  // namespace quanta::quantum
