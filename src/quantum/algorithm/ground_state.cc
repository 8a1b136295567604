#include "quantum/algorithm/ground_state.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/observable_check.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/byte_text.h"
#include "quantum/simulator/observables.h"
#include "quantum/simulator/state_vector.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxGroundQubits = 30;
constexpr std::size_t kMaxDenseSize = 256;
constexpr std::size_t kMostHeld = 20;
constexpr std::size_t kLeastHeld = 5;
/// Of the states held, those that a restart makes beside them before it drops them.
constexpr double kRestartShare = 0.4;
/// A product with H and its image of the newest state.
constexpr double kOthers = 2.0;

/// How many states may be held at once, up to kMostHeld.
Result<std::size_t> states_held(unsigned n_qubits, std::size_t memory_limit) {
  const auto bytes = [](unsigned n) {
    return std::ldexp(double{sizeof(Amplitude)}, static_cast<int>(n));
  };
  const auto limit = static_cast<double>(memory_limit);
  constexpr double kNeeded = (1.0 + kRestartShare) * kLeastHeld + kOthers;
  if (n_qubits > kMaxGroundQubits || bytes(n_qubits) * kNeeded > limit) {
    unsigned most = 0;
    while (most < kMaxGroundQubits && bytes(most + 1) * kNeeded <= limit) ++most;
    return fail(ErrorKind::kResource,
                fmt::format("nine states of {} qubits need {}; the limit of {} fits "
                            "{} qubits",
                            n_qubits, byte_text(bytes(n_qubits) * kNeeded), byte_text(limit), most),
                "qubits");
  }
  const double fit = (limit / bytes(n_qubits) - kOthers) / (1.0 + kRestartShare);
  return fit > double{kMostHeld} ? kMostHeld : static_cast<std::size_t>(fit);
}

std::vector<std::size_t> all_states(std::size_t dimension) {
  std::vector<std::size_t> states(dimension);
  std::iota(states.begin(), states.end(), std::size_t{0});
  return states;
}

/// The first `dimension` numbers with that many ones, rising (Gosper's step from one to the next).
std::vector<std::size_t> states_of_weight(unsigned weight, std::size_t dimension) {
  std::vector<std::size_t> states = {weight == 64 ? ~std::size_t{0}
                                                  : (std::size_t{1} << weight) - 1};
  while (states.size() < dimension) {
    const std::size_t x = states.back();
    const std::size_t lowest = x & -x;
    const std::size_t ripple = x + lowest;
    states.push_back(((ripple ^ x) >> 2) / lowest | ripple);
  }
  return states;
}

Eigen::MatrixXcd dense(const PauliSum& h, std::span<const std::size_t> states) {
  const auto n = static_cast<Eigen::Index>(states.size());
  Eigen::MatrixXcd matrix = Eigen::MatrixXcd::Zero(n, n);
  for (Eigen::Index column = 0; column < n; ++column) {
    const std::size_t x = states[static_cast<std::size_t>(column)];
    for (const PauliTerm& term : h.terms) {
      const auto to = std::ranges::lower_bound(states, x ^ term.string.x);
      if (to == states.end() || *to != (x ^ term.string.x)) continue;
      static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
      const int quarters =
          std::popcount(term.string.x & term.string.z) + 2 * std::popcount(x & term.string.z);
      matrix(to - states.begin(), column) += term.coefficient * kPowers[quarters & 3];
    }
  }
  return matrix;
}

GroundState solve_dense(const PauliSum& h, std::span<const std::size_t> states) {
  const Eigen::MatrixXcd matrix = dense(h, states);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> solver(matrix);
  const Eigen::VectorXcd v = solver.eigenvectors().col(0);
  GroundState ground{.energy = solver.eigenvalues()[0], .converged = true, .method = "dense"};
  ground.residual = (matrix * v - ground.energy * v).norm();
  ground.spectrum.assign(solver.eigenvalues().begin(), solver.eigenvalues().end());
  return ground;
}

class Lanczos {
 public:
  Lanczos(const PauliSum& h, const GroundStateOptions& options, std::size_t held,
          const Execution& execution)
      : h_(h), options_(options), held_(held), execution_(execution) {
    for (const PauliTerm& term : h.terms) scale_ += std::abs(term.coefficient);
    projected_ =
        Eigen::MatrixXcd::Zero(static_cast<Eigen::Index>(held), static_cast<Eigen::Index>(held));
  }

  Result<GroundState> solve() {
    if (execution_.cancelled()) return cancelled_error();
    RandomStream stream(options_.seed, "ground state");
    std::vector<Amplitude> next(std::size_t{1} << h_.n_qubits);
    for (Amplitude& a : next) a = {stream.normal(), stream.normal()};
    keep_sector(next);
    double length = std::sqrt(inner_product(next, next, execution_).real());
    GroundState ground{.method = "lanczos"};
    while (true) {
      for (Amplitude& a : next) a /= length;
      QUANTA_TRY(StateVector state, StateVector::from_amplitudes(std::move(next)));
      basis_.push_back(std::move(state));
      next = product(basis_.back(), ground);
      orthogonalize(next);
      length = std::sqrt(inner_product(next, next, execution_).real());
      const auto m = static_cast<Eigen::Index>(basis_.size());
      const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> ritz(projected_.topLeftCorner(m, m));
      const double residual = length * std::abs(ritz.eigenvectors()(m - 1, 0));
      execution_.report(std::min(1.0, static_cast<double>(ground.products) /
                                          static_cast<double>(options_.max_products)),
                        "exact ground state");
      // Half the tolerance, since the true residual has the rounding of all steps besides.
      const bool done = residual <= 0.5 * options_.tolerance * scale_ || length <= 1e-14 * scale_ ||
                        ground.products >= options_.max_products || execution_.cancelled();
      if (done || basis_.size() == held_) {
        const Eigen::Index kept =
            done ? 1 : static_cast<Eigen::Index>(kRestartShare * static_cast<double>(m));
        QUANTA_CHECK(restart(ritz.eigenvectors().leftCols(kept)));
        projected_.setZero();
        for (Eigen::Index i = 0; i < kept; ++i) projected_(i, i) = ritz.eigenvalues()[i];
      }
      if (!done) continue;
      ground.energy = ritz.eigenvalues()[0];
      next = product(basis_[0], ground);
      const auto v = basis_[0].amplitudes();
      for (std::size_t x = 0; x < next.size(); ++x) next[x] -= ground.energy * v[x];
      ground.residual = std::sqrt(inner_product(next, next, execution_).real());
      ground.converged = ground.residual <= options_.tolerance * scale_;
      return ground;
    }
  }

 private:
  void keep_sector(std::span<Amplitude> amplitudes) const {
    if (!options_.weight) return;
    for (std::size_t x = 0; x < amplitudes.size(); ++x) {
      if (std::popcount(x) != static_cast<int>(*options_.weight)) amplitudes[x] = 0.0;
    }
  }

  std::vector<Amplitude> product(const StateVector& state, GroundState& ground) const {
    std::vector<Amplitude> result = apply(h_, state, execution_);
    keep_sector(result);
    ++ground.products;
    return result;
  }

  /// next loses its part along the basis, twice so that rounding does not bring it back; the
  /// projected matrix gains the column of the newest state.
  void orthogonalize(std::vector<Amplitude>& next) {
    const auto column = static_cast<Eigen::Index>(basis_.size()) - 1;
    for (int pass = 0; pass < 2; ++pass) {
      for (Eigen::Index i = 0; i <= column; ++i) {
        const auto v = basis_[static_cast<std::size_t>(i)].amplitudes();
        const Amplitude along = inner_product(v, next, execution_);
        parallel_for(execution_, next.size(), kChunkAmplitudes,
                     [&](std::size_t begin, std::size_t end) {
                       for (std::size_t x = begin; x < end; ++x) next[x] -= along * v[x];
                     });
        if (pass == 0) projected_(i, column) = along;
      }
    }
    for (Eigen::Index i = 0; i < column; ++i) {
      projected_(column, i) = std::conj(projected_(i, column));
    }
    projected_(column, column) = projected_(column, column).real();
  }

  /// The basis becomes its combinations by the columns, block by block in place.
  Result<void> restart(const Eigen::MatrixXcd& combinations) {
    const auto n_new = static_cast<std::size_t>(combinations.cols());
    std::vector<std::vector<Amplitude>> fresh(n_new);
    for (std::size_t c = 0; c < n_new; ++c) {
      fresh[c].resize(basis_[0].amplitudes().size());
      for (std::size_t i = 0; i < basis_.size(); ++i) {
        const auto v = basis_[i].amplitudes();
        const Amplitude factor =
            combinations(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c));
        parallel_for(execution_, v.size(), kChunkAmplitudes,
                     [&](std::size_t begin, std::size_t end) {
                       for (std::size_t x = begin; x < end; ++x) fresh[c][x] += factor * v[x];
                     });
      }
    }
    basis_.clear();
    for (auto& amplitudes : fresh) {
      QUANTA_TRY(StateVector state, StateVector::from_amplitudes(std::move(amplitudes)));
      basis_.push_back(std::move(state));
    }
    return {};
  }

  const PauliSum& h_;
  const GroundStateOptions& options_;
  std::size_t held_;
  const Execution& execution_;
  double scale_ = 0.0;
  std::vector<StateVector> basis_;
  Eigen::MatrixXcd projected_;  // <v_i| H |v_j>
};

}  // namespace

Result<GroundState> ground_state(const PauliSum& hamiltonian, const GroundStateOptions& options,
                                 const Execution& execution) {
  QUANTA_CHECK(check_observable(hamiltonian));
  const unsigned n = hamiltonian.n_qubits;
  if (options.weight && *options.weight > n) {
    return bad_input("weight", fmt::format("{} ones among {} qubits", *options.weight, n));
  }
  const std::uint64_t dimension = options.weight ? binomial(n, *options.weight)
                                  : n < 63       ? std::uint64_t{1} << n
                                                 : ~std::uint64_t{0};
  if (dimension <= kMaxDenseSize) {
    return solve_dense(hamiltonian, options.weight ? states_of_weight(*options.weight, dimension)
                                                   : all_states(dimension));
  }
  QUANTA_TRY(const std::size_t held, states_held(n, options.memory_limit));
  return Lanczos(hamiltonian, options, held, execution).solve();
}

}  // namespace quanta::quantum
