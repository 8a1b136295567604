#include <array>

#include "cli/algorithm.h"
#include "cli/algorithms.h"
#include "cli/backends.h"
#include "cli/bench.h"
#include "cli/circuit_draw.h"
#include "cli/circuit_optimize.h"
#include "cli/circuit_run.h"
#include "cli/circuit_stats.h"
#include "cli/command.h"
#include "cli/data_check.h"
#include "cli/demo.h"
#include "cli/frontier.h"
#include "cli/kernels.h"
#include "cli/moments.h"
#include "cli/optimize.h"
#include "cli/replay.h"
#include "cli/risk.h"

namespace quanta::cli {

std::span<const Command> commands() {
  static constexpr auto kCommands = std::to_array<Command>({
      {"demo", "the main job on real prices, from the files to a report", declare_demo},
      {"data check", "what is odd in a price file, and its quality", declare_data_check},
      {"moments", "means, covariances and correlations", declare_moments},
      {"optimize", "weights, selections and lots with their certificate", declare_optimize},
      {"frontier", "the efficient frontier: exact corners and points between", declare_frontier},
      {"risk", "value at risk, expected shortfall, drawdown and who contributes", declare_risk},
      {"algorithm", "a quantum algorithm on a small problem, beside the classical answer",
       declare_algorithm},
      {"replay", "runs a saved result again: do the bits agree?", declare_replay},
      {"circuit run", "an OpenQASM file simulated: shots, or exact", declare_circuit_run},
      {"circuit optimize", "an OpenQASM file made smaller, with the proof",
       declare_circuit_optimize},
      {"circuit draw", "an OpenQASM file as text or as a picture", declare_circuit_draw},
      {"circuit stats", "how large and deep an OpenQASM file is", declare_circuit_stats},
      {"algorithms", "quantum algorithms, their ranges and costs", declare_algorithms},
      {"backends", "what can run circuits here", declare_backends},
      {"kernels", "hot loops, and the instruction sets they can use here", declare_kernels},
      {"bench", "benchmarks, each beside its floor and its reference", declare_bench},
  });
  return kCommands;
}

}  // namespace quanta::cli
