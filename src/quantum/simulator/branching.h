/// Programs with measurements in their middle, on state vectors.
///
/// A branch is one history of outcomes. Exact: both outcomes of every measurement are followed,
/// each with its probability. With shots: the shots are split between them by a binomial draw, so
/// that all shots of one history share its states.
///
///   QUANTA_TRY(const auto process, circuit_process(circuit));
///   QUANTA_TRY(const BranchResult exact, run_branches(*process, {}, {}, execution));
///   QUANTA_TRY(const BranchResult drawn, run_branches(*process, {.shots = 1024}, {}, execution));
///
/// A qubit that is in a definite state (at the start, behind a reset or a measurement) stands
/// beside the amplitudes until a gate acts on it. So a measurement halves the state instead of
/// copying it, and n measured qubits cost O(n 2^n) for all their 2^n outcomes together.
///
/// Memory: one state at its widest. The branches that wait are kept where all states together take
/// no more than that, or no more than 64 MiB; else the oldest is forgotten and later run again from
/// the start, its outcomes told.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/execution.h"
#include "core/random.h"
#include "core/result.h"
#include "quantum/simulator/live_state.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/process.h"

namespace quanta::quantum {

/// How branches are followed.
struct FollowOptions {
  std::optional<std::uint64_t> shots = {};  ///< nothing: exact
  std::uint64_t seed = 1;
  Precision precision = Precision::kDouble;
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes of all states together
  std::size_t spare = std::size_t{64} << 20;  ///< bytes that states which wait may take anyway
  std::size_t most_branches = std::size_t{1} << 18;
};

/// A branch at its end.
struct BranchEnd {
  const Process& process;
  const LiveState& state;
  double weight = 0.0;      ///< its probability; with shots: its share of them
  std::uint64_t shots = 0;  ///< those that took it
  bool pure = false;        ///< nothing on its way had two possible outcomes
  RandomStream& stream;     ///< for what its shots draw further
};

struct Followed {
  std::size_t branches = 0;
  std::size_t repeated = 0;  ///< branches that were run again from the start, for want of memory
  std::size_t left_out = 0;  ///< exact: branches given up for their small probability
  double pruned = 0.0;       ///< exact: probability of those together
};

/// Runs the process to the end of every branch and calls at_end there. Exact: an outcome whose
/// probability, given its history, is below 1e-15 (in single precision 1e-12) is taken for rounding
/// and never happens; a branch
/// whose own probability falls below 1e-15 is left out and counted in `pruned`, so that a loop
/// until success ends; those left out count towards most_branches. Reset: measured without a
/// record, then flipped where it was 1.
///
/// Depth first, the first outcome first: the draws and all sums have the same order for any number
/// of threads.
///
/// Errors: those of the process and of at_end; kBadInput, field "shots" (0); kResource, field
/// "qubits" (the state of a branch exceeds the limit: says how much and how many qubits would fit),
/// "shots" (exact, and more branches than most_branches); kCancelled.
Result<Followed> follow_branches(const Process& process, const FollowOptions& options,
                                 const Execution& execution,
                                 const std::function<Result<void>(const BranchEnd&)>& at_end);

/// What is asked of the states at the ends.
struct BranchViews {
  std::span<const PauliString> observables = {};
  bool bloch_vectors = false;
  bool density_matrix = false;  ///< of all qubits, at most 6
};

/// Averages over the branches, by their weights.
struct BranchAverages {
  double norm = 0.0;
  std::vector<double> marginals = {};     ///< P(qubit q = 1)
  std::vector<double> expectations = {};  ///< with shots: the mean of one measured value a shot
  std::vector<std::array<double, 3>> bloch_vectors = {};
  std::vector<Amplitude> density_matrix = {};  ///< 2^n x 2^n by rows, row = ket

  void add(const BranchEnd& end, const BranchViews& views, const Execution& execution);
};

/// The outcomes of a process and the averages at its end.
struct BranchResult {
  std::map<std::string, double> outcomes = {};       ///< exact: probability of each label
  std::map<std::string, std::uint64_t> counts = {};  ///< shots: how many of each label
  BranchAverages averages = {};
  Followed followed = {};
};

/// Errors: as follow_branches; kBadInput, field "observable" (acts on a qubit that there is not),
/// "views" (a density matrix of more than 6 qubits).
Result<BranchResult> run_branches(const Process& process, const FollowOptions& options,
                                  const BranchViews& views, const Execution& execution);

}  // namespace quanta::quantum
