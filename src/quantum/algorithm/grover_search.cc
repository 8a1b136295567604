#include "quantum/algorithm/grover_search.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxGroverQubits = 30;
/// By which the range of iterations grows where nothing is found.
constexpr double kGrowth = 6.0 / 5.0;

double half_turn(double n_states, double n_marked) {
  return std::asin(std::sqrt(n_marked / n_states));
}

/// The sign of one basis state: Z on the highest qubit, controlled on the bits of the others, with
/// X around it where the state's own highest bit is 0.
void flip_sign(Circuit& circuit, std::uint64_t state) {
  const unsigned n = circuit.n_qubits();
  const unsigned top = n - 1;
  const bool one = (state >> top & 1U) != 0;
  Operation operation;
  operation.gate = Gate::kZ;
  operation.n_controls = top;
  operation.qubits.resize(n);
  std::iota(operation.qubits.begin(), operation.qubits.end(), 0U);
  operation.control_state = state & ((std::uint64_t{1} << top) - 1);
  if (!one) circuit.x(top);
  circuit.append(std::move(operation)).value();
  if (!one) circuit.x(top);
}

}  // namespace

double grover_success(double n_states, double n_marked, double iterations) {
  const double sine = std::sin((2.0 * iterations + 1.0) * half_turn(n_states, n_marked));
  return sine * sine;
}

std::uint64_t grover_iterations(double n_states, double n_marked) {
  return static_cast<std::uint64_t>(std::numbers::pi / (4.0 * half_turn(n_states, n_marked)));
}

Result<Circuit> grover_circuit(unsigned n_qubits, std::span<const std::uint64_t> marked,
                               unsigned iterations) {
  if (n_qubits == 0 || n_qubits > kMaxGroverQubits) {
    return bad_input("qubits", fmt::format("{} qubits: between 1 and {} make sense", n_qubits,
                                           kMaxGroverQubits));
  }
  if (marked.empty()) return bad_input("marked", "no state is marked; at least one is needed");
  std::set<std::uint64_t> seen;
  for (const std::uint64_t state : marked) {
    if (state >> n_qubits != 0) {
      return bad_input("marked", fmt::format("{} is no state of {} qubits: those end at {}", state,
                                             n_qubits, (std::uint64_t{1} << n_qubits) - 1));
    }
    if (!seen.insert(state).second) {
      return bad_input("marked", fmt::format("state {} is marked twice", state));
    }
  }
  Circuit circuit(n_qubits);
  const auto hadamards = [&] {
    for (unsigned q = 0; q < n_qubits; ++q) circuit.h(q);
  };
  hadamards();
  for (unsigned k = 0; k < iterations; ++k) {
    for (const std::uint64_t state : marked) flip_sign(circuit, state);
    // 2 |s><s| - 1 = -(1 - 2 |s><s|).
    hadamards();
    flip_sign(circuit, 0);
    hadamards();
    circuit.add_global_phase(std::numbers::pi);
  }
  return circuit;
}

Result<GroverMinimum> grover_minimum(std::span<const double> costs, const GroverOptions& options,
                                     const Execution& execution) {
  if (costs.empty()) return bad_input("costs", "there are none; at least one is needed");
  for (std::size_t x = 0; x < costs.size(); ++x) {
    if (!std::isfinite(costs[x])) {
      return bad_input("costs", fmt::format("cost {} is {}: it must be finite", x, costs[x]));
    }
  }
  const auto n = static_cast<double>(costs.size());
  const double budget = 22.5 * std::sqrt(n) + 1.4 * std::log2(n) * std::log2(n);
  RandomStream stream(options.seed, "grover search");
  GroverMinimum result;

  // The states below the threshold: what the oracle marks.
  std::vector<std::size_t> marked(costs.size());
  std::iota(marked.begin(), marked.end(), std::size_t{0});
  const auto accept = [&](std::size_t position) {
    result.position = position;
    result.value = costs[position];
    result.calls_until_best = result.oracle_calls;
    std::erase_if(marked, [&](std::size_t x) { return !(costs[x] < result.value); });
  };
  result.oracle_calls = 1;
  accept(stream.below(costs.size()));
  for (double range = 1.0; static_cast<double>(result.oracle_calls) < budget;) {
    if (execution.cancelled()) return cancelled_error();
    const std::uint64_t iterations = stream.below(static_cast<std::uint64_t>(std::ceil(range)));
    result.oracle_calls += iterations + 1;
    const double success =
        grover_success(n, static_cast<double>(marked.size()), static_cast<double>(iterations));
    if (stream.uniform() < success) {
      accept(marked[stream.below(marked.size())]);
      range = 1.0;
    } else {
      range = std::min(range * kGrowth, std::sqrt(n));
    }
  }
  result.is_minimum = marked.empty();
  const double least = std::ranges::min(costs);
  const auto n_best = static_cast<double>(std::ranges::count(costs, least));
  result.classical_draws = (n + 1.0) / (n_best + 1.0);
  return result;
}

}  // namespace quanta::quantum
