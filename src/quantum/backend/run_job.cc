#include "quantum/backend/run_job.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/simulator/binomial.h"
#include "quantum/simulator/branching.h"
#include "quantum/simulator/byte_text.h"
#include "quantum/simulator/definite_qubits.h"
#include "quantum/simulator/distribution.h"
#include "quantum/simulator/live_state.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostStateQubits = 32;
/// Below this many qubits the whole space is small and has views besides.
constexpr unsigned kLeastWeightQubits = 8;
/// The subspace is taken where the whole space is at least this many times as large.
constexpr double kWeightGain = 8.0;
/// Outcomes of several states that are added up.
constexpr std::size_t kMostOutcomes = std::size_t{1} << 20;
/// A branch with a larger share than this in probability was not left out for rounding.
constexpr double kPrunedRounding = 1e-12;
/// Probabilities that are read at a time, a power of two.
constexpr std::size_t kBlock = 4096;

double power_of_two(unsigned n) { return std::ldexp(1.0, static_cast<int>(n)); }

Result<void> check(const Job& job, bool exact) {
  const unsigned n = job.process->n_qubits();
  if (exact && job.shots != 0) {
    return bad_input("shots", "an exact backend draws no shots; leave them out");
  }
  if (!exact && (job.shots == 0 || job.shots > kMostShots)) {
    return bad_input("shots", fmt::format("{} shots: 1 to {} can be drawn", job.shots, kMostShots));
  }
  for (const PauliString& string : job.observables) {
    if (n < 64 && ((string.x | string.z) >> n) != 0) {
      return bad_input("observables", fmt::format("acts on more than the {} qubits there are", n));
    }
  }
  if (job.n_amplitudes > 0 && n > 64) {
    return bad_input("amplitudes",
                     fmt::format("the basis states of {} qubits have no 64-bit number; up to 64 "
                                 "qubits have amplitudes",
                                 n));
  }
  return {};
}

/// Complex multiply-adds of the operations on `amplitudes` amplitudes.
double multiply_adds(std::span<const Operation> operations, double amplitudes) {
  double sum = 0.0;
  for (const Operation& operation : operations) {
    if (!is_unitary(operation)) continue;
    const bool dense = !properties(operation.gate).diagonal && operation.gate != Gate::kDiagonal &&
                       operation.gate != Gate::kPermutation;
    const auto k = static_cast<unsigned>(operation.operands().size());
    sum += amplitudes * (dense ? power_of_two(k) : 1.0) / power_of_two(operation.n_controls);
  }
  return sum;
}

double state_bytes(unsigned n, Precision precision) {
  return (precision == Precision::kDouble ? 16.0 : 8.0) * power_of_two(n);
}

std::size_t saturated(double bytes) {
  return bytes < 0x1p63 ? static_cast<std::size_t>(bytes) : std::size_t{1} << 63;
}

/// A state of `n_qubits` in superposition at most, and `beside` bytes read off it.
struct StateNeed {
  unsigned n_qubits = 0;
  double beside = 0.0;

  double bytes(Precision precision) const { return state_bytes(n_qubits, precision) + beside; }
  bool fits(Precision precision, std::size_t limit) const {
    return n_qubits <= kMostStateQubits && bytes(precision) <= static_cast<double>(limit);
  }
};

/// The one asked for; else double, or single where only that fits, of which the plan then warns.
void choose_precision(const Job& job, const StateNeed& need, std::size_t memory_limit,
                      JobPlan& plan) {
  using enum Precision;
  const bool fall_back =
      !job.precision && !need.fits(kDouble, memory_limit) && need.fits(kSingle, memory_limit);
  plan.cost.precision = job.precision.value_or(fall_back ? kSingle : kDouble);
  plan.cost.bytes = saturated(need.bytes(plan.cost.precision));
  if (fall_back) {
    plan.warnings.push_back(fmt::format(
        "single precision, with about 6 right digits: {} qubits need {} in double, more than the "
        "limit of {}",
        need.n_qubits, byte_text(need.bytes(kDouble)),
        byte_text(static_cast<double>(memory_limit))));
  }
}

Result<void> check_memory(const StateNeed& need, Precision precision, std::size_t memory_limit) {
  using enum Precision;
  if (need.fits(precision, memory_limit)) return {};
  return fail(
      ErrorKind::kResource,
      fmt::format("a state of {} qubits needs {} in double precision and {} in single; the "
                  "limit of {} fits {} qubits in double, {} in single",
                  need.n_qubits, byte_text(need.bytes(kDouble)), byte_text(need.bytes(kSingle)),
                  byte_text(static_cast<double>(memory_limit)),
                  most_state_qubits(memory_limit, kDouble),
                  most_state_qubits(memory_limit, kSingle)),
      "qubits");
}

// --- one state answers everything -------------------------------------------------------------

/// What is read off the bits in the end: outcomes by number, and the value of a qubit in each.
struct Measured {
  Distribution distribution;
  std::function<bool(std::size_t outcome, unsigned qubit)> value;
};

/// The qubits whose outcomes the bits hold, each once, rising.
std::vector<unsigned> sources_of(const TerminalForm& form) {
  std::vector<unsigned> qubits;
  for (const auto& source : form.sources) {
    if (source) qubits.push_back(*source);
  }
  std::ranges::sort(qubits);
  const auto twice = std::ranges::unique(qubits);
  qubits.erase(twice.begin(), twice.end());
  return qubits;
}

/// The table of outcomes where some of the qubits, of which `width` are in the state, are not read.
double table_bytes(const TerminalForm& form, unsigned width) {
  const auto n_read = static_cast<unsigned>(sources_of(form).size());
  if (n_read >= form.before.n_qubits()) return 0.0;
  return sizeof(double) * power_of_two(std::min(n_read, width));
}

Distribution squares(std::span<const Amplitude> amplitudes) {
  return {amplitudes.size(), [amplitudes](std::size_t begin, std::span<double> out) {
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::norm(amplitudes[begin + i]);
          }};
}

Distribution squares(const LiveState& state) {
  return {state.size(),
          [&state](std::size_t begin, std::span<double> out) { state.probabilities(begin, out); }};
}

/// likeliest(), but what differs by the rounding of single precision alone is taken as equal.
std::vector<std::pair<std::size_t, double>> likeliest_of(const Distribution& distribution,
                                                         std::size_t count, Precision precision) {
  if (precision == Precision::kDouble) return likeliest(distribution, count);
  const Distribution coarse{distribution.size, [&](std::size_t begin, std::span<double> out) {
                              distribution.read(begin, out);
                              for (double& p : out) {
                                const double c = p * (0x1p36 + 1.0);  // keeps 17 bits
                                p = c - (c - p);
                              }
                            }};
  auto found = likeliest(coarse, count);
  for (auto& [i, p] : found) distribution.read(i, {&p, 1});
  return found;
}

Distribution table(std::vector<double> probabilities) {
  const std::size_t size = probabilities.size();
  const auto kept = std::make_shared<const std::vector<double>>(std::move(probabilities));
  return {size, [kept](std::size_t begin, std::span<double> out) {
            std::copy_n(kept->begin() + static_cast<std::ptrdiff_t>(begin), out.size(),
                        out.begin());
          }};
}

Measured measured(const LiveState& state, const TerminalForm& form) {
  const auto active = state.active();
  std::vector<unsigned> positions(state.n_qubits());  // among the amplitudes
  for (unsigned p = 0; p < active.size(); ++p) positions[active[p]] = p;
  std::vector<unsigned> read;  // positions that are read
  for (const unsigned q : sources_of(form)) {
    if (!state.definite(q)) read.push_back(positions[q]);
  }
  if (read.size() == active.size()) {
    return {squares(state), [&state, positions](std::size_t i, unsigned q) {
              return state.definite(q).value_or((i >> positions[q] & 1) != 0);
            }};
  }
  // Summed over the qubits that are not read; bit j of an outcome is position read[j].
  std::vector<double> sums(std::size_t{1} << read.size());
  std::vector<double> block(std::min(state.size(), kBlock));
  for (std::size_t x = 0; x < state.size(); ++x) {
    if (x % kBlock == 0) state.probabilities(x, block);
    std::size_t outcome = 0;
    for (std::size_t j = 0; j < read.size(); ++j) outcome |= (x >> read[j] & 1) << j;
    sums[outcome] += block[x % kBlock];
  }
  std::vector<unsigned> place(state.n_qubits());
  for (unsigned j = 0; j < read.size(); ++j) place[active[read[j]]] = j;
  return {table(std::move(sums)), [&state, place](std::size_t i, unsigned q) {
            return state.definite(q).value_or((i >> place[q] & 1) != 0);
          }};
}

Measured measured(const WeightState& state, const TerminalForm& form) {
  std::uint64_t mask = 0;
  for (const unsigned q : sources_of(form)) mask |= std::uint64_t{1} << q;
  const auto states = state.states();
  // All but one qubit tell the last.
  if (static_cast<unsigned>(std::popcount(mask)) + 1 >= state.n_qubits()) {
    return {squares(state.amplitudes()),
            [states](std::size_t i, unsigned q) { return (states[i] >> q & 1) != 0; }};
  }
  std::vector<std::pair<std::uint64_t, double>> parts(states.size());
  for (std::size_t r = 0; r < states.size(); ++r) {
    parts[r] = {states[r] & mask, std::norm(state.amplitudes()[r])};
  }
  std::ranges::stable_sort(parts, {}, &std::pair<std::uint64_t, double>::first);
  std::vector<std::uint64_t> keys;
  std::vector<double> sums;
  for (const auto& [key, probability] : parts) {
    if (keys.empty() || keys.back() != key) {
      keys.push_back(key);
      sums.push_back(0.0);
    }
    sums.back() += probability;
  }
  return {table(std::move(sums)),
          [keys = std::move(keys)](std::size_t i, unsigned q) { return (keys[i] >> q & 1) != 0; }};
}

/// Labels of outcomes: the process goes on from its first measurement, told the outcome.
class Labels {
 public:
  static Result<Labels> of(const Process& process) {
    Labels labels;
    labels.before_ = process.clone();
    for (;;) {
      QUANTA_TRY(const Step step, labels.before_->next());
      if (step.kind == Step::Kind::kMeasure) labels.first_ = step.qubit;
      if (step.kind == Step::Kind::kMeasure || step.kind == Step::Kind::kEnd) return labels;
    }
  }

  /// Of the i-th outcome.
  Result<std::string> label(const Measured& outcomes, std::size_t i) const {
    if (!first_) return before_->label();
    const std::unique_ptr<Process> process = before_->clone();
    process->supply(outcomes.value(i, *first_));
    for (;;) {
      QUANTA_TRY(const Step step, process->next());
      if (step.kind == Step::Kind::kEnd) return process->label();
      if (step.kind == Step::Kind::kMeasure) process->supply(outcomes.value(i, step.qubit));
    }
  }

 private:
  std::unique_ptr<Process> before_;
  std::optional<unsigned> first_;
};

Result<void> count_shots(const Measured& outcomes, const Labels& labels, std::uint64_t shots,
                         RandomStream& stream, const Execution& execution,
                         std::map<std::string, std::uint64_t>& counts) {
  for (const auto& [i, count] : draw(outcomes.distribution, shots, stream)) {
    if (execution.cancelled()) return cancelled_error();
    QUANTA_TRY(const std::string label, labels.label(outcomes, i));
    counts[label] += count;
  }
  return {};
}

Result<JobResult> run_weight(const Job& job, const JobPlan& plan, bool exact, std::size_t limit,
                             const Execution& execution) {
  QUANTA_TRY(const WeightState state, WeightState::simulate(*plan.weight, limit, execution));
  JobResult result{.n_qubits = state.n_qubits(), .norm = state.norm(execution)};
  result.marginals = state.marginals(execution);
  RandomStream stream(job.seed, "circuit shots");
  QUANTA_TRY(const Labels labels, Labels::of(*job.process));
  const Measured outcomes = measured(state, *plan.terminal);
  if (exact) {
    for (const auto& [i, p] : likeliest(outcomes.distribution, job.n_outcomes)) {
      QUANTA_TRY(std::string label, labels.label(outcomes, i));
      result.outcomes.emplace_back(std::move(label), p);
    }
  } else {
    QUANTA_CHECK(count_shots(outcomes, labels, job.shots, stream, execution, result.counts));
  }
  for (const PauliString& string : job.observables) {
    double value = state.expectation(string, execution);
    if (!exact) value = mean_of_shots(value, job.shots, stream);
    result.expectations.push_back({value});
  }
  for (const auto& [r, p] : likeliest(squares(state.amplitudes()), job.n_amplitudes)) {
    result.amplitudes->push_back({state.states()[r], state.amplitudes()[r]});
  }
  if (job.views) {  // no state of definite weight has a part in x or y
    for (const double one : result.marginals) {
      result.bloch_vectors.push_back({0.0, 0.0, 1.0 - 2.0 * one});
    }
  }
  return result;
}

/// Follows the branches of the process, or of what comes before the terminal measurements: those
/// are then read off without a collapse.
class BranchRun {
 public:
  BranchRun(const Job& job, const JobPlan& plan, bool exact, const Execution& execution)
      : job_(job),
        terminal_(plan.terminal ? &*plan.terminal : nullptr),
        exact_(exact),
        precision_(plan.cost.precision),
        execution_(execution),
        views_{.observables = job.observables,
               .bloch_vectors = job.views,
               .density_matrix = job.views && job.process->n_qubits() <= kMostDensityQubits} {}

  Result<JobResult> run(std::size_t memory_limit) {
    FollowOptions options{.seed = job_.seed, .precision = precision_, .memory_limit = memory_limit};
    if (!exact_) options.shots = job_.shots;
    std::unique_ptr<Process> before;
    if (terminal_ != nullptr) {
      QUANTA_TRY(before, circuit_process(terminal_->before));
      QUANTA_TRY(labels_, Labels::of(*job_.process));
    }
    QUANTA_TRY(const Followed followed,
               follow_branches(before ? *before : *job_.process, options, execution_,
                               [this](const BranchEnd& end) { return add(end); }));
    return result(followed);
  }

 private:
  Result<void> add(const BranchEnd& end) {
    averages_.add(end, views_, execution_);
    if (terminal_ == nullptr) {
      const std::string label = end.process.label();
      if (exact_) {
        outcomes_[label] += end.weight;
      } else {
        counts_[label] += end.shots;
      }
      return {};
    }
    const Measured outcomes = measured(end.state, *terminal_);
    if (!exact_) {
      QUANTA_CHECK(count_shots(outcomes, *labels_, end.shots, end.stream, execution_, counts_));
    } else {
      // Of one state the likeliest are enough; of several they may be others in the sum.
      const std::size_t most = end.pure ? job_.n_outcomes : kMostOutcomes + 1;
      const auto found = likeliest_of(outcomes.distribution, most, precision_);
      if (found.size() > std::max(job_.n_outcomes, kMostOutcomes)) {
        return fail(ErrorKind::kResource,
                    fmt::format("more than {} outcomes behind a reset; draw shots instead of "
                                "adding all of them",
                                kMostOutcomes),
                    "shots");
      }
      for (const auto& [i, p] : found) {
        QUANTA_TRY(const std::string label, labels_->label(outcomes, i));
        outcomes_[label] += end.weight * p;
      }
    }
    if (end.pure) add_amplitudes(end.state);
    return {};
  }

  void add_amplitudes(const LiveState& state) {
    amplitudes_.emplace();
    if (state.n_qubits() == 0) return;
    const Amplitude phase = std::polar(1.0, terminal_->before.global_phase().value({}));
    for (const auto& [i, p] : likeliest_of(squares(state), job_.n_amplitudes, precision_)) {
      amplitudes_->push_back({state.basis_state(i), phase * state.amplitude(i)});
    }
  }

  JobResult result(const Followed& followed) {
    JobResult result{.n_qubits = job_.process->n_qubits(),
                     .norm = averages_.norm,
                     .marginals = std::move(averages_.marginals),
                     .counts = std::move(counts_),
                     .amplitudes = std::move(amplitudes_),
                     .bloch_vectors = std::move(averages_.bloch_vectors),
                     .density_matrix = std::move(averages_.density_matrix)};
    std::vector<double> probabilities;
    std::vector<const std::string*> labels;
    for (const auto& [label, probability] : outcomes_) {
      probabilities.push_back(probability);
      labels.push_back(&label);
    }
    for (const auto& [i, p] :
         likeliest_of(table(std::move(probabilities)), job_.n_outcomes, precision_)) {
      result.outcomes.emplace_back(*labels[i], p);
    }
    for (const double value : averages_.expectations) result.expectations.push_back({value});
    if (terminal_ == nullptr || followed.branches > 1) {
      result.method = fmt::format("{} branch{} of a state vector, {} precision", followed.branches,
                                  followed.branches == 1 ? "" : "es", quanta::to_text(precision_));
    }
    if (followed.pruned > kPrunedRounding) {
      result.warnings.push_back(
          fmt::format("branches with a probability of {:.3g} together were left out, each less "
                      "likely than 1e-15",
                      followed.pruned));
    }
    return result;
  }

  const Job& job_;
  const TerminalForm* terminal_;
  bool exact_;
  Precision precision_;
  const Execution& execution_;
  BranchViews views_;
  std::optional<Labels> labels_;
  BranchAverages averages_;
  std::map<std::string, double> outcomes_;
  std::map<std::string, std::uint64_t> counts_;
  std::optional<std::vector<BasisAmplitude>> amplitudes_;
};

}  // namespace

unsigned most_state_qubits(std::size_t memory_limit, Precision precision) {
  unsigned n = 0;
  while (StateNeed{n + 1}.fits(precision, memory_limit)) ++n;
  return n;
}

Result<JobPlan> plan_job(const Job& job, bool exact, std::size_t memory_limit) {
  QUANTA_CHECK(check(job, exact));
  JobPlan plan;
  if (!job.circuit) {
    // How many of them are in superposition at once, only the run will tell.
    choose_precision(job, {job.process->n_qubits()}, memory_limit, plan);
    plan.cost.bytes = 0;
    plan.cost.method = fmt::format("branches of a state vector, {} precision",
                                   quanta::to_text(plan.cost.precision));
    return plan;
  }
  plan.terminal = terminal_form(*job.circuit);
  if (!plan.terminal) {
    const Circuit flat = job.circuit->expand();
    const unsigned width = most_indefinite(flat);
    choose_precision(job, {width}, memory_limit, plan);
    QUANTA_CHECK(check_memory({width}, plan.cost.precision, memory_limit));
    plan.cost.method = fmt::format("branches of a state vector of up to {} qubits, {} precision",
                                   width, quanta::to_text(plan.cost.precision));
    plan.cost.multiply_adds = multiply_adds(flat.operations(), power_of_two(width));
    return plan;
  }
  const Circuit& before = plan.terminal->before;
  const unsigned n = before.n_qubits();
  const unsigned width = most_indefinite(before);
  if (n >= kLeastWeightQubits) plan.weight = weight_form(before);
  if (plan.weight) {
    const unsigned k = plan.weight->weight();
    const auto dimension = static_cast<double>(binomial(n, k));
    if (dimension * kWeightGain <= power_of_two(width)) {
      const double bytes = dimension * WeightState::kBytesPerAmplitude;
      if (bytes > static_cast<double>(memory_limit)) {
        return fail(
            ErrorKind::kResource,
            fmt::format(
                "the {:.4g} basis states with {} of {} qubits at one need {}; the limit is {}",
                dimension, k, n, byte_text(bytes), byte_text(static_cast<double>(memory_limit))),
            "qubits");
      }
      plan.cost = {.method = fmt::format("Hamming-weight subspace of C({}, {}) = {} amplitudes, "
                                         "double precision",
                                         n, k, binomial(n, k)),
                   .bytes = static_cast<std::size_t>(bytes),
                   .multiply_adds = multiply_adds(plan.weight->operations, dimension)};
      if (job.precision == Precision::kSingle) {
        plan.warnings.emplace_back(
            "the amplitudes of a weight subspace are always in double precision");
      }
      return plan;
    }
    plan.weight.reset();
  }
  const StateNeed need{width, table_bytes(*plan.terminal, width)};
  choose_precision(job, need, memory_limit, plan);
  QUANTA_CHECK(check_memory(need, plan.cost.precision, memory_limit));
  plan.cost.method = fmt::format("state vector of {} qubits, {} precision", width,
                                 quanta::to_text(plan.cost.precision));
  plan.cost.multiply_adds = multiply_adds(before.operations(), power_of_two(width));
  return plan;
}

Result<JobResult> run_job(const Job& job, const JobPlan& plan, bool exact, std::size_t memory_limit,
                          const Execution& execution) {
  auto result = plan.weight ? run_weight(job, plan, exact, memory_limit, execution)
                            : BranchRun(job, plan, exact, execution).run(memory_limit);
  if (!result) return result;
  if (result->method.empty()) result->method = plan.cost.method;
  result->precision = plan.cost.precision;
  result->degraded = !job.precision && plan.cost.precision == Precision::kSingle;
  result->warnings.insert(result->warnings.begin(), plan.warnings.begin(), plan.warnings.end());
  if (!exact) {
    const auto n = static_cast<double>(job.shots);
    for (Expectation& e : result->expectations) {
      e.standard_error = std::sqrt(std::max(0.0, 1.0 - e.value * e.value) / n);
    }
  }
  if (job.views && result->n_qubits > kMostDensityQubits) {
    result->warnings.push_back(
        fmt::format("a density matrix is shown of up to {} qubits; there are "
                    "{}",
                    kMostDensityQubits, result->n_qubits));
  }
  return result;
}

}  // namespace quanta::quantum
