#include "quantum/algorithm/qaoa_circuit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/enum_text.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;
constexpr unsigned kMaxQubits = 63;
/// Two states, the cost, an observable, and room for the lists of pairs.
constexpr std::size_t kBytesPerAmplitude = 64;

/// The mixer's pairs in rounds of disjoint ones, in their order.
std::vector<std::vector<QubitPair>> ring_rounds(unsigned n) {
  std::vector<std::vector<QubitPair>> rounds(2);
  for (unsigned i = 0; i + 1 < n; ++i) rounds[i % 2].emplace_back(i, i + 1);
  if (n > 2) {
    // With n odd the closing pair shares qubit n - 1 with the last pair of the second round.
    if (n % 2 == 1) rounds.emplace_back();
    rounds.back().emplace_back(n - 1, 0U);
  }
  return rounds;
}

std::vector<std::vector<QubitPair>> full_rounds(unsigned n) {
  std::vector<std::vector<QubitPair>> rounds;
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) rounds.push_back({{i, j}});
  }
  return rounds;
}

Result<void> check(const QaoaAnsatz& ansatz) {
  QUANTA_CHECK(check(ansatz.cost));
  const std::size_t n = ansatz.cost.n();
  if (n > kMaxQubits) {
    return bad_input("qubits",
                     fmt::format("{} qubits: at most {} can be simulated", n, kMaxQubits));
  }
  const bool exchanges = ansatz.mixer == Mixer::kRingXy || ansatz.mixer == Mixer::kFullXy;
  if (exchanges && !ansatz.weight) {
    return bad_input("weight", fmt::format("the {} mixer keeps the number of ones: say how many",
                                           to_text(ansatz.mixer)));
  }
  if (ansatz.mixer == Mixer::kX && ansatz.weight) {
    return bad_input("weight",
                     "the x mixer does not keep the number of ones: leave the weight out, or "
                     "choose ring-xy, full-xy or grover");
  }
  if (ansatz.warm_start.empty()) return {};
  if (ansatz.mixer != Mixer::kX) {
    return bad_input("warm_start",
                     fmt::format("belongs to the x mixer, not to {}", to_text(ansatz.mixer)));
  }
  if (ansatz.warm_start.size() != n) {
    return bad_input("warm_start",
                     fmt::format("{} values for {} qubits", ansatz.warm_start.size(), n));
  }
  for (std::size_t q = 0; q < n; ++q) {
    const double c = ansatz.warm_start[q];
    if (!(c > 0.0 && c < 1.0)) {
      return bad_input("warm_start", fmt::format("value {} is {}: it must be strictly between 0 "
                                                 "and 1",
                                                 q, c));
    }
  }
  return {};
}

}  // namespace

Result<QaoaCircuit> QaoaCircuit::create(const QaoaAnsatz& ansatz, std::size_t memory_limit,
                                        const Execution& execution) {
  QUANTA_CHECK(check(ansatz));
  const auto n = static_cast<unsigned>(ansatz.cost.n());
  QaoaCircuit circuit;
  circuit.mixer_ = ansatz.mixer;
  circuit.n_qubits_ = n;
  const QuadraticCost& cost = ansatz.cost;
  if (ansatz.weight) {
    QUANTA_TRY(circuit.space_,
               WeightSubspace::create(n, *ansatz.weight, memory_limit, kBytesPerAmplitude));
    circuit.cost_ = circuit.space_->quadratic_diagonal(execution, cost.linear,
                                                       cost.quadratic.values(), cost.constant);
    std::vector<std::vector<QubitPair>> rounds;
    if (ansatz.mixer == Mixer::kRingXy) rounds = ring_rounds(n);
    if (ansatz.mixer == Mixer::kFullXy) rounds = full_rounds(n);
    for (const auto& pairs : rounds) {
      QUANTA_TRY(ExchangeRound round, circuit.space_->exchange_round(pairs));
      circuit.rounds_.push_back(std::move(round));
    }
  } else {
    const double bytes = std::ldexp(static_cast<double>(kBytesPerAmplitude), static_cast<int>(n));
    if (bytes > static_cast<double>(memory_limit)) {
      const double most = std::floor(
          std::log2(static_cast<double>(memory_limit) / static_cast<double>(kBytesPerAmplitude)));
      return fail(
          ErrorKind::kResource,
          fmt::format("{} qubits need {:.4g} MB; the limit of {:.4g} MB fits {}", n, bytes / 1e6,
                      static_cast<double>(memory_limit) / 1e6, std::max(0.0, most)),
          "qubits");
    }
    circuit.cost_.resize(std::size_t{1} << n);
    parallel_for(execution, circuit.cost_.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t x = begin; x < end; ++x) circuit.cost_[x] = value(cost, x);
    });
    for (const double c : ansatz.warm_start) circuit.tilt_.push_back(2.0 * std::asin(std::sqrt(c)));
  }

  const std::span<const double> values = circuit.cost_;
  std::tie(circuit.minimum_, circuit.maximum_) = [&] {
    const auto [least, most] = std::ranges::minmax(values);
    return std::pair(least, most);
  }();
  const auto size = static_cast<double>(values.size());
  const double above =
      parallel_sum(execution, values.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        double sum = 0.0;
        for (std::size_t x = begin; x < end; ++x) {
          sum += values[x] - circuit.minimum_;
        }
        return sum;
      });
  circuit.mean_ = circuit.minimum_ + above / size;
  const double squares =
      parallel_sum(execution, values.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        double sum = 0.0;
        for (std::size_t x = begin; x < end; ++x) {
          sum += (values[x] - circuit.mean_) * (values[x] - circuit.mean_);
        }
        return sum;
      });
  circuit.deviation_ = std::sqrt(squares / size);
  return circuit;
}

std::vector<Amplitude> QaoaCircuit::start() const {
  const double same = 1.0 / std::sqrt(static_cast<double>(dimension()));
  std::vector<Amplitude> psi(dimension(), same);
  for (std::size_t q = 0; q < tilt_.size(); ++q) {
    if (q == 0) psi.assign(dimension(), 1.0);
    const double zero = std::cos(tilt_[q] / 2);
    const double one = std::sin(tilt_[q] / 2);
    for (std::size_t x = 0; x < psi.size(); ++x) psi[x] *= (x >> q & 1) != 0 ? one : zero;
  }
  return psi;
}

void QaoaCircuit::mix(std::span<Amplitude> psi, double beta, const Execution& execution) const {
  if (mixer_ == Mixer::kGrover) {
    Amplitude sum = 0.0;
    for (const Amplitude& a : psi) sum += a;
    const Amplitude change = (1.0 - std::polar(1.0, -beta)) * sum / static_cast<double>(psi.size());
    for (Amplitude& a : psi) a -= change;
    return;
  }
  for (const ExchangeRound& round : rounds_) space_->exchange(execution, psi, round, beta);
  if (mixer_ != Mixer::kX) return;
  for (unsigned q = 0; q < n_qubits_; ++q) {
    const double x_part = tilt_.empty() ? 1.0 : std::sin(tilt_[q]);
    const double z_part = tilt_.empty() ? 0.0 : std::cos(tilt_[q]);
    const Amplitude flip(0.0, -std::sin(beta) * x_part);
    const Amplitude stay(std::cos(beta), -std::sin(beta) * z_part);
    const std::size_t stride = std::size_t{1} << q;
    for (std::size_t x = 0; x < psi.size(); ++x) {
      if ((x & stride) != 0) continue;
      const Amplitude zero = psi[x];
      const Amplitude one = psi[x + stride];
      psi[x] = stay * zero + flip * one;
      psi[x + stride] = flip * zero + std::conj(stay) * one;
    }
  }
}

double QaoaCircuit::mix_back(std::span<Amplitude> psi, std::span<Amplitude> phi, double beta,
                             const Execution& execution) const {
  double sum = 0.0;
  switch (mixer_) {
    case Mixer::kRingXy:
    case Mixer::kFullXy:
      for (std::size_t r = rounds_.size(); r-- > 0;) {
        sum += space_->exchange_back(execution, psi, phi, rounds_[r], beta);
      }
      return sum;
    case Mixer::kGrover: {
      Amplitude psi_sum = 0.0;
      Amplitude phi_sum = 0.0;
      for (const Amplitude& a : psi) psi_sum += a;
      for (const Amplitude& a : phi) phi_sum += a;
      sum = (std::conj(phi_sum) * psi_sum).imag() / static_cast<double>(psi.size());
      break;
    }
    case Mixer::kX:
      for (unsigned q = 0; q < n_qubits_; ++q) {
        const double x_part = tilt_.empty() ? 1.0 : std::sin(tilt_[q]);
        const double z_part = tilt_.empty() ? 0.0 : std::cos(tilt_[q]);
        for (std::size_t x = 0; x < psi.size(); ++x) {
          const double sign = (x >> q & 1) != 0 ? -1.0 : 1.0;
          const Amplitude turned = x_part * psi[x ^ (std::size_t{1} << q)] + sign * z_part * psi[x];
          sum += (std::conj(phi[x]) * turned).imag();
        }
      }
      break;
  }
  mix(psi, -beta, execution);
  mix(phi, -beta, execution);
  return sum;
}

std::vector<Amplitude> QaoaCircuit::state(std::span<const double> gammas,
                                          std::span<const double> betas,
                                          const Execution& execution) const {
  assert(gammas.size() == betas.size());
  std::vector<Amplitude> psi = start();
  for (std::size_t l = 0; l < gammas.size(); ++l) {
    parallel_for(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      multiply_phase(execution.instruction_set, psi.data() + begin, cost_.data() + begin,
                     end - begin, gammas[l]);
    });
    mix(psi, betas[l], execution);
  }
  return psi;
}

void QaoaCircuit::differentiate(std::vector<Amplitude> psi, std::span<const double> observable,
                                std::span<const double> gammas, std::span<const double> betas,
                                std::span<double> gradient, const Execution& execution) const {
  const std::size_t p = gammas.size();
  assert(gradient.size() == 2 * p);
  // phi = O psi; undoing one gate after the other on both, dE/dangle = 2 Im <phi| generator |psi>.
  std::vector<Amplitude> phi(psi.size());
  parallel_for(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t x = begin; x < end; ++x) phi[x] = observable[x] * psi[x];
  });
  for (std::size_t l = p; l-- > 0;) {
    gradient[p + l] = 2.0 * mix_back(psi, phi, betas[l], execution);
    gradient[l] =
        2.0 * parallel_sum(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
          return multiply_phase_back(execution.instruction_set, psi.data() + begin,
                                     phi.data() + begin, cost_.data() + begin, end - begin,
                                     gammas[l]);
        });
  }
}

double QaoaCircuit::energy(std::span<const double> gammas, std::span<const double> betas,
                           std::span<double> gradient, const Execution& execution) const {
  std::vector<Amplitude> psi = state(gammas, betas, execution);
  const double energy =
      parallel_sum(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        return diagonal_expectation(execution.instruction_set, psi.data() + begin,
                                    cost_.data() + begin, end - begin);
      });
  if (!gradient.empty()) {
    differentiate(std::move(psi), cost_, gammas, betas, gradient, execution);
  }
  return energy;
}

double QaoaCircuit::cvar(std::span<const double> gammas, std::span<const double> betas,
                         double alpha, std::span<double> gradient,
                         const Execution& execution) const {
  assert(alpha > 0.0 && alpha <= 1.0);
  std::vector<Amplitude> psi = state(gammas, betas, execution);
  std::vector<std::size_t> order(psi.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t x) { return std::pair(cost_[x], x); });
  double quantile = maximum_;
  double probability = 0.0;
  for (const std::size_t x : order) {
    probability += std::norm(psi[x]);
    if (probability < alpha) continue;
    quantile = cost_[x];
    break;
  }
  std::vector<double> shortfall(psi.size());
  for (std::size_t x = 0; x < psi.size(); ++x) {
    shortfall[x] = std::min(cost_[x] - quantile, 0.0) / alpha;
  }
  const double cvar =
      quantile +
      parallel_sum(execution, psi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        return diagonal_expectation(execution.instruction_set, psi.data() + begin,
                                    shortfall.data() + begin, end - begin);
      });
  if (!gradient.empty()) {
    differentiate(std::move(psi), shortfall, gammas, betas, gradient, execution);
  }
  return cvar;
}

}  // namespace quanta::quantum
