/// The simulators of this machine as backends.
#pragma once

#include <memory>

#include "quantum/backend/backend.h"

namespace quanta::quantum {

std::unique_ptr<Backend> make_local_exact(const BackendOptions& options);
std::unique_ptr<Backend> make_local_sampling(const BackendOptions& options);

/// Probabilities, amplitudes and expectations without sampling; measurements before the end are
/// followed in all their outcomes.
inline constexpr BackendDescription kLocalExact = {
    "local-exact", "every probability and expectation, computed", make_local_exact};

/// Counts of shots, and expectations with their standard error. Marginals and amplitudes are those
/// of the state, where every measurement is terminal.
inline constexpr BackendDescription kLocalSampling = {
    "local-sampling", "shots, drawn from the simulated state", make_local_sampling};

}  // namespace quanta::quantum
