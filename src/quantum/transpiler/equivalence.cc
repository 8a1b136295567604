#include "quantum/transpiler/equivalence.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/simulator/state_vector.h"
#include "quantum/transpiler/program.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostUnitaryQubits = 10;
constexpr unsigned kMostQubits = 40;
constexpr std::uint64_t kStates = 8;
constexpr std::uint64_t kCourses = 16;
constexpr double kUnitaryRoom = 1e-9;
constexpr double kStateRoom = 1e-10;
constexpr double kProbabilityRoom = 1e-10;
constexpr double kNoBranch = 1e-15;
constexpr std::size_t kMostBranches = 4096;

using State = std::vector<Amplitude>;
using Bits = std::vector<bool>;

Equivalence judged(Proof proof, double deviation, double room) {
  return {.equal = deviation <= room, .proof = proof, .deviation = deviation};
}

/// What is no gate, on each qubit and each bit in order.
struct Events {
  using Event = std::tuple<Gate, std::optional<unsigned>, std::optional<Condition>>;
  std::vector<std::vector<Event>> of_qubits;
  std::vector<std::vector<unsigned>> of_bits;  ///< the qubits measured into it
  bool all_last = true;                        ///< only measurements, and nothing behind them

  explicit Events(const Circuit& circuit)
      : of_qubits(circuit.n_qubits()), of_bits(circuit.n_bits()) {
    std::vector<bool> bit_done(circuit.n_bits());
    for (const Operation& operation : circuit.operations()) {
      if (operation.gate == Gate::kBarrier) continue;
      for (const unsigned q : operation.qubits) all_last &= of_qubits[q].empty();
      if (operation.condition) all_last = false;
      if (is_unitary(operation)) continue;
      if (operation.gate != Gate::kMeasure) all_last = false;
      for (const unsigned q : operation.qubits) {
        of_qubits[q].emplace_back(operation.gate, operation.bit, operation.condition);
      }
      if (operation.bit) {
        all_last &= of_bits[*operation.bit].empty();
        of_bits[*operation.bit].push_back(operation.qubits[0]);
      }
    }
  }

  bool same_as(const Events& other) const {
    return of_qubits == other.of_qubits && of_bits == other.of_bits;
  }
};

/// (1/sqrt 2)(cos, e^{if} sin) on each qubit, at random angles.
State random_product_state(unsigned n, RandomStream& random) {
  State state = {1.0};
  for (unsigned q = 0; q < n; ++q) {
    const double theta = std::acos(1 - 2 * random.uniform());
    const double phi = 2 * std::numbers::pi * random.uniform();
    const Amplitude zero = std::cos(theta / 2);
    const Amplitude one = std::polar(std::sin(theta / 2), phi);
    const std::size_t half = state.size();
    state.resize(2 * half);
    for (std::size_t x = 0; x < half; ++x) {
      state[half + x] = one * state[x];
      state[x] *= zero;
    }
  }
  return state;
}

/// The gates of a circuit on a state of at least as many qubits; measurements are passed over.
Result<StateVector> run_gates(const Circuit& circuit, State start, const Execution& execution) {
  QUANTA_TRY(StateVector state, StateVector::from_amplitudes(std::move(start)));
  std::vector<Operation> gates;
  std::ranges::copy_if(circuit.operations(), std::back_inserter(gates),
                       [](const Operation& operation) { return is_unitary(operation); });
  QUANTA_CHECK(state.apply(execution, gates, {}));
  return state;
}

/// Both unitaries as states of 2n qubits: column x beside |x>.
Result<Equivalence> compare_unitaries(const Circuit& a, const Circuit& b,
                                      const Execution& execution) {
  const std::size_t n = std::size_t{1} << a.n_qubits();
  State start(n * n);
  for (std::size_t x = 0; x < n; ++x) start[x * n + x] = 1 / std::sqrt(static_cast<double>(n));
  QUANTA_TRY(const StateVector left, run_gates(a, start, execution));
  QUANTA_TRY(const StateVector right, run_gates(b, std::move(start), execution));
  const auto u = left.amplitudes();
  const auto v = right.amplitudes();
  Amplitude overlap = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) overlap += std::conj(v[i]) * u[i];
  const Amplitude phase = std::polar(1.0, std::arg(overlap));
  double most = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) most = std::max(most, std::abs(u[i] - phase * v[i]));
  return judged(Proof::kUnitary, most * std::sqrt(static_cast<double>(n)), kUnitaryRoom);
}

/// 1 - |<a|b>| for vectors of the same norm; their norms may be below 1.
double state_distance(const State& a, const State& b) {
  Amplitude overlap = 0.0;
  double norm_a = 0.0;
  double norm_b = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    overlap += std::conj(b[i]) * a[i];
    norm_a += std::norm(a[i]);
    norm_b += std::norm(b[i]);
  }
  const double larger = std::max(norm_a, norm_b);
  return larger == 0.0 ? 0.0 : std::abs(larger - std::abs(overlap)) / larger;
}

Result<Equivalence> compare_random_states(const Circuit& a, const Circuit& b, std::uint64_t seed,
                                          const Execution& execution) {
  double most = 0.0;
  for (std::uint64_t i = 0; i < kStates; ++i) {
    RandomStream random(seed, "equivalence states", i);
    State start = random_product_state(a.n_qubits(), random);
    QUANTA_TRY(const StateVector left, run_gates(a, start, execution));
    QUANTA_TRY(const StateVector right, run_gates(b, std::move(start), execution));
    Amplitude overlap = 0.0;
    for (std::size_t x = 0; x < left.amplitudes().size(); ++x) {
      overlap += std::conj(right.amplitudes()[x]) * left.amplitudes()[x];
    }
    most = std::max(most, std::abs(1.0 - std::abs(overlap)));
  }
  return judged(Proof::kRandomStates, most, kStateRoom);
}

bool met(const std::optional<Condition>& condition, const Bits& bits) {
  if (!condition) return true;
  bool equal = true;
  for (std::size_t i = 0; i < condition->bits.size(); ++i) {
    const bool wanted = i < 64 && (condition->value >> i & 1) != 0;
    equal &= bits[condition->bits[i]] == wanted;
  }
  return equal != condition->negated;
}

double probability_of_one(const State& state, unsigned q) {
  double sum = 0.0;
  for (std::size_t x = 0; x < state.size(); ++x) {
    if ((x >> q & 1) != 0) sum += std::norm(state[x]);
  }
  return sum;
}

/// Keeps the part where the qubit has this value, without making its norm 1; a reset brings it to
/// 0.
void project(State& state, unsigned q, bool one, bool reset) {
  const std::size_t mask = std::size_t{1} << q;
  for (std::size_t x = 0; x < state.size(); ++x) {
    if (((x & mask) != 0) != one) state[x] = 0.0;
  }
  if (!reset || !one) return;
  for (std::size_t x = 0; x < state.size(); ++x) {
    if ((x & mask) != 0) state[x & ~mask] = std::exchange(state[x], 0.0);
  }
}

struct Course {
  State state;
  Bits bits;
};

/// Outcomes of the k-th measurement or reset of each qubit.
using Outcomes = std::map<std::pair<unsigned, std::size_t>, bool>;

/// One way through the circuit. Outcomes that are not yet known are thrown, evenly among those that
/// are possible.
Course follow(const Circuit& circuit, State start, Outcomes& outcomes, RandomStream& random) {
  Course course{.state = std::move(start), .bits = Bits(circuit.n_bits())};
  std::vector<std::size_t> done(circuit.n_qubits());
  for (const Operation& operation : circuit.operations()) {
    const bool collapses = operation.gate == Gate::kMeasure || operation.gate == Gate::kReset;
    const unsigned q = operation.qubits.empty() ? 0 : operation.qubits[0];
    const auto key = std::pair(q, collapses ? done[q]++ : 0);
    if (operation.gate == Gate::kBarrier || !met(operation.condition, course.bits)) continue;
    if (!collapses) {
      apply_plainly(operation, {}, course.state);
      continue;
    }
    if (!outcomes.contains(key)) {
      double norm = 0.0;
      for (const Amplitude& x : course.state) norm += std::norm(x);
      const double one = probability_of_one(course.state, q);
      bool outcome = random.uniform() < 0.5;
      if (one < 1e-9 * norm) outcome = false;
      if (one > (1 - 1e-9) * norm) outcome = true;
      outcomes[key] = outcome;
    }
    const bool outcome = outcomes[key];
    project(course.state, q, outcome, operation.gate == Gate::kReset);
    if (operation.bit) course.bits[*operation.bit] = outcome;
  }
  return course;
}

Result<Equivalence> compare_branches(const Circuit& a, const Circuit& b, std::uint64_t seed,
                                     const Execution& execution) {
  double most = 0.0;
  for (std::uint64_t i = 0; i < kStates * kCourses; ++i) {
    if (execution.cancelled()) return cancelled_error();
    RandomStream states(seed, "equivalence states", i / kCourses);
    RandomStream random(seed, "equivalence courses", i);
    const State start = random_product_state(a.n_qubits(), states);
    Outcomes outcomes;
    const Course left = follow(a, start, outcomes, random);
    const Course right = follow(b, start, outcomes, random);
    most = std::max(most, left.bits == right.bits ? state_distance(left.state, right.state) : 1.0);
  }
  return judged(Proof::kBranches, most, kStateRoom);
}

/// Probabilities of the classical bits at the end, from |0…0>, branch by branch.
class Distribution {
 public:
  explicit Distribution(const Circuit& circuit) : circuit_(circuit) {
    for (std::size_t i = 0; i < circuit.operations().size(); ++i) {
      measures_ |= circuit.operations()[i].gate == Gate::kMeasure;
    }
    mark_last_measurements();
  }

  /// False where there are too many branches.
  bool run() {
    State state(std::size_t{1} << circuit_.n_qubits());
    state[0] = 1.0;
    return branch(0, std::move(state), Bits(circuit_.n_bits()));
  }

  const std::map<Bits, double>& probabilities() const { return probabilities_; }

 private:
  /// Measurements whose qubit and bit nothing touches behind them: they need no branches.
  void mark_last_measurements() {
    last_.resize(circuit_.operations().size());
    std::vector<bool> qubit_used(circuit_.n_qubits());
    std::vector<bool> bit_used(circuit_.n_bits());
    for (std::size_t i = circuit_.operations().size(); i-- > 0;) {
      const Operation& operation = circuit_.operations()[i];
      if (operation.gate == Gate::kBarrier) continue;
      last_[i] = operation.gate == Gate::kMeasure && !operation.condition &&
                 !qubit_used[operation.qubits[0]] && !bit_used[*operation.bit];
      for (const unsigned q : operation.qubits) qubit_used[q] = true;
      if (operation.bit) bit_used[*operation.bit] = true;
      if (!operation.condition) continue;
      for (const unsigned bit : operation.condition->bits) bit_used[bit] = true;
    }
  }

  bool branch(std::size_t from, State state, Bits bits) {
    for (std::size_t i = from; i < circuit_.operations().size(); ++i) {
      const Operation& operation = circuit_.operations()[i];
      if (last_[i] || operation.gate == Gate::kBarrier || !met(operation.condition, bits)) continue;
      const bool reset = operation.gate == Gate::kReset;
      if (operation.gate != Gate::kMeasure && !reset) {
        apply_plainly(operation, {}, state);
        continue;
      }
      const unsigned q = operation.qubits[0];
      double norm = 0.0;
      for (const Amplitude& x : state) norm += std::norm(x);
      const double one = probability_of_one(state, q);
      for (const bool outcome : {false, true}) {
        if ((outcome ? one : norm - one) <= kNoBranch) continue;
        State part = state;
        project(part, q, outcome, reset);
        if (operation.bit) bits[*operation.bit] = outcome;
        if (!branch(i + 1, std::move(part), bits)) return false;
      }
      return true;
    }
    if (++branches_ > kMostBranches) return false;
    collect(state, bits);
    return true;
  }

  void collect(const State& state, Bits bits) {
    std::vector<std::pair<unsigned, std::size_t>> places;  // of qubits among the bits
    if (!measures_) {
      bits.resize(circuit_.n_qubits());
      for (unsigned q = 0; q < circuit_.n_qubits(); ++q) places.emplace_back(q, q);
    }
    for (std::size_t i = 0; i < last_.size(); ++i) {
      if (!last_[i]) continue;
      const Operation& operation = circuit_.operations()[i];
      places.emplace_back(operation.qubits[0], *operation.bit);
    }
    for (std::size_t x = 0; x < state.size(); ++x) {
      const double p = std::norm(state[x]);
      if (p <= kNoBranch) continue;
      for (const auto& [q, bit] : places) bits[bit] = (x >> q & 1) != 0;
      probabilities_[bits] += p;
    }
  }

  const Circuit& circuit_;
  bool measures_ = false;
  std::vector<bool> last_;
  std::size_t branches_ = 0;
  std::map<Bits, double> probabilities_;
};

Equivalence compare_outcomes(const Circuit& a, const Circuit& b) {
  Distribution left(a);
  Distribution right(b);
  if (!left.run() || !right.run()) return {};
  double most = 0.0;
  for (const auto& [bits, p] : left.probabilities()) {
    const auto found = right.probabilities().find(bits);
    most = std::max(most, std::abs(p - (found == right.probabilities().end() ? 0 : found->second)));
  }
  for (const auto& [bits, p] : right.probabilities()) {
    if (!left.probabilities().contains(bits)) most = std::max(most, p);
  }
  return judged(Proof::kOutcomes, most, kProbabilityRoom);
}

/// Of circuits without parameters and without defined gates.
Result<Equivalence> compare(const Circuit& a, const Circuit& b, const EquivalenceOptions& options,
                            const Execution& execution) {
  const unsigned n = a.n_qubits();
  const auto fits = [&](unsigned qubits) {
    return qubits <= kMostQubits && 2 * sizeof(Amplitude) << qubits <= options.memory_limit;
  };
  if (n == 0) return judged(Proof::kUnitary, 0.0, kUnitaryRoom);
  if (options.preserve == Preserve::kOutcomes) {
    if (!fits(n)) return Equivalence{};
    return compare_outcomes(a, b);
  }
  const Events left(a);
  const Events right(b);
  if (!left.same_as(right)) return judged(Proof::kBranches, 1.0, kStateRoom);
  if (left.all_last && right.all_last) {
    if (n <= kMostUnitaryQubits && fits(2 * n)) return compare_unitaries(a, b, execution);
    if (!fits(n)) return Equivalence{};
    return compare_random_states(a, b, options.seed, execution);
  }
  if (!fits(n)) return Equivalence{};
  return compare_branches(a, b, options.seed, execution);
}

}  // namespace

Result<Equivalence> equivalent(const Circuit& a, const Circuit& b,
                               const EquivalenceOptions& options, const Execution& execution) {
  if (a.n_qubits() != b.n_qubits()) {
    return bad_input("qubits", fmt::format("{} and {} qubits", a.n_qubits(), b.n_qubits()));
  }
  if (a.n_bits() != b.n_bits()) {
    return bad_input("bits", fmt::format("{} and {} classical bits", a.n_bits(), b.n_bits()));
  }
  if (!std::ranges::is_permutation(a.parameters(), b.parameters())) {
    return bad_input("parameters",
                     fmt::format("{} and {} are different parameters",
                                 fmt::join(a.parameters(), ", "), fmt::join(b.parameters(), ", ")));
  }
  if (std::max(expanded_size(a), expanded_size(b)) > kMostOperations) return Equivalence{};
  const Circuit flat_a = a.expand();
  const Circuit flat_b = b.expand();
  if (a.parameters().empty()) return compare(flat_a, flat_b, options, execution);
  Equivalence worst{.equal = true};
  for (std::uint64_t draw = 0; draw < kParameterDraws; ++draw) {
    RandomStream random(options.seed, "equivalence parameters", draw);
    std::map<std::string, double> values;
    std::vector<double> values_a;
    std::vector<double> values_b;
    for (const std::string& name : a.parameters()) {
      values_a.push_back((2 * random.uniform() - 1) * std::numbers::pi);
      values[name] = values_a.back();
    }
    for (const std::string& name : b.parameters()) values_b.push_back(values[name]);
    QUANTA_TRY(const Circuit bound_a, flat_a.bind(values_a));
    QUANTA_TRY(const Circuit bound_b, flat_b.bind(values_b));
    QUANTA_TRY(const Equivalence one, compare(bound_a, bound_b, options, execution));
    if (one.proof == Proof::kNone) return one;
    worst = {.equal = worst.equal && one.equal,
             .proof = one.proof,
             .deviation = std::max(worst.deviation, one.deviation)};
  }
  return worst;
}

}  // namespace quanta::quantum
