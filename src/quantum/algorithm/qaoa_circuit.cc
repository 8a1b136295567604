#include "quantum/algorithm/qaoa_circuit.h"

#include <cassert>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/algorithm/qaoa_grover.h"
#include "quantum/algorithm/qaoa_x.h"
#include "quantum/algorithm/qaoa_xy.h"
#include "quantum/simulator/byte_text.h"

namespace quanta::quantum {
namespace {

/// Where all 2^n basis states are held.
constexpr unsigned kMaxFullQubits = 34;

/// (0,1), (2,3), …, then (1,2), (3,4), …, last (n-1,0).
std::vector<QubitPair> ring_exchanges(unsigned n) {
  std::vector<QubitPair> pairs;
  for (const unsigned first : {0U, 1U}) {
    for (unsigned i = first; i + 1 < n; i += 2) pairs.emplace_back(i, i + 1);
  }
  if (n > 2) pairs.emplace_back(n - 1, 0U);
  return pairs;
}

/// (0,1), (0,2), …, (n-2,n-1).
std::vector<QubitPair> full_exchanges(unsigned n) {
  std::vector<QubitPair> pairs;
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) pairs.emplace_back(i, j);
  }
  return pairs;
}

/// bytes(n) for n qubits must not be above the limit.
template <class Bytes>
Result<void> check_memory(unsigned n, std::size_t memory_limit, const Bytes& bytes) {
  const auto limit = static_cast<double>(memory_limit);
  const auto fits = [&](unsigned m) { return m <= kMaxFullQubits && bytes(m) <= limit; };
  if (fits(n)) return {};
  unsigned most = 0;
  while (fits(most + 1)) ++most;
  return fail(ErrorKind::kResource,
              fmt::format("{} qubits need {}; the limit of {} fits up to {}", n,
                          byte_text(bytes(n)), byte_text(limit), most),
              "qubits");
}

Result<void> check(const QaoaAnsatz& ansatz) {
  QUANTA_CHECK(check(ansatz.cost));
  const std::size_t n = ansatz.cost.n();
  if (n > kMaxVariables) {
    return bad_input("qubits",
                     fmt::format("{} qubits: at most {} can be simulated", n, kMaxVariables));
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
  if (!ansatz.limits.empty() && !exchanges) {
    return bad_input("limits",
                     fmt::format("belong to the XY mixers, not to {}", to_text(ansatz.mixer)));
  }
  if (!(ansatz.limit_penalty >= 0.0 && std::isfinite(ansatz.limit_penalty))) {
    return bad_input("limits", fmt::format("a penalty of {} is no number that is zero or larger",
                                           ansatz.limit_penalty));
  }
  if (ansatz.warm_start.empty()) return {};
  if (ansatz.mixer == Mixer::kGrover) {
    return bad_input("warm_start", "belongs to the X and XY mixers, not to grover");
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
  const QuadraticCost& cost = ansatz.cost;
  const auto n = static_cast<unsigned>(cost.n());
  const bool single = ansatz.precision == Precision::kSingle;
  std::unique_ptr<const QaoaEvaluator> evaluator;
  switch (ansatz.mixer) {
    case Mixer::kX:
      QUANTA_CHECK(
          check_memory(n, memory_limit, [&](unsigned m) { return x_mixer_bytes(m, single); }));
      evaluator = make_x_evaluator(cost, ansatz.warm_start, single, execution);
      break;
    case Mixer::kRingXy:
    case Mixer::kFullXy: {
      const bool alike = ansatz.limits.empty() && ansatz.warm_start.empty();
      const std::size_t bytes = kXyBytesPerAmplitude + (alike ? 0 : kXyBytesOfStart);
      QUANTA_TRY(WeightSubspace space,
                 WeightSubspace::create(n, *ansatz.weight, memory_limit, bytes));
      QUANTA_TRY(ExchangeSequence mixer,
                 ExchangeSequence::create(std::move(space), ansatz.mixer == Mixer::kRingXy
                                                                ? ring_exchanges(n)
                                                                : full_exchanges(n)));
      QUANTA_TRY(evaluator, make_xy_evaluator(ansatz, std::move(mixer), execution));
      break;
    }
    case Mixer::kGrover: {
      std::optional<WeightSubspace> space;
      if (ansatz.weight) {
        QUANTA_TRY(space,
                   WeightSubspace::create(n, *ansatz.weight, memory_limit, kGroverBytesPerState));
      } else {
        QUANTA_CHECK(check_memory(n, memory_limit, [](unsigned m) {
          return std::ldexp(static_cast<double>(kGroverBytesPerState), static_cast<int>(m));
        }));
      }
      evaluator = make_grover_evaluator(cost, std::move(space), execution);
      break;
    }
  }
  return QaoaCircuit(ansatz.mixer, n, std::move(evaluator));
}

std::vector<Amplitude> QaoaCircuit::state(std::span<const double> gammas,
                                          std::span<const double> betas,
                                          const Execution& execution) const {
  assert(gammas.size() == betas.size());
  return evaluator_->state(gammas, betas, execution);
}

double QaoaCircuit::energy(std::span<const double> gammas, std::span<const double> betas,
                           std::span<double> gradient, const Execution& execution) const {
  return cvar(gammas, betas, 1.0, gradient, execution);
}

double QaoaCircuit::cvar(std::span<const double> gammas, std::span<const double> betas,
                         double alpha, std::span<double> gradient,
                         const Execution& execution) const {
  assert(gammas.size() == betas.size());
  assert(gradient.empty() || gradient.size() == 2 * gammas.size());
  assert(alpha > 0.0 && alpha <= 1.0);
  return evaluator_->evaluate(gammas, betas, alpha, gradient, execution);
}

}  // namespace quanta::quantum
