#include "quantum/openqasm/library.h"

#include <array>
#include <numbers>
#include <utility>

namespace quanta::quantum::openqasm {
namespace {

constexpr auto kQelib1 = std::to_array<LibraryGate>({
    {"u3", Gate::kU, 0, 3, Angles::kU3},
    {"u2", Gate::kU, 0, 2, Angles::kU2},
    {"u1", Gate::kP, 0, 1},
    {"u0", Gate::kI, 0, 1, Angles::kNone},
    {"u", Gate::kU, 0, 3, Angles::kU3},
    {"p", Gate::kP, 0, 1},
    {"id", Gate::kI},
    {"x", Gate::kX},
    {"y", Gate::kY},
    {"z", Gate::kZ},
    {"h", Gate::kH},
    {"s", Gate::kS},
    {"sdg", Gate::kSdg},
    {"t", Gate::kT},
    {"tdg", Gate::kTdg},
    {"sx", Gate::kSx},
    {"sxdg", Gate::kSxdg},
    {"rx", Gate::kRx, 0, 1},
    {"ry", Gate::kRy, 0, 1},
    {"rz", Gate::kRz, 0, 1},
    {"cx", Gate::kX, 1},
    {"cy", Gate::kY, 1},
    {"cz", Gate::kZ, 1},
    {"ch", Gate::kH, 1},
    {"swap", Gate::kSwap},
    {"ccx", Gate::kX, 2},
    {"cswap", Gate::kSwap, 1},
    {"crx", Gate::kRx, 1, 1},
    {"cry", Gate::kRy, 1, 1},
    {"crz", Gate::kRz, 1, 1},
    {"cu1", Gate::kP, 1, 1},
    {"cp", Gate::kP, 1, 1},
    {"cu3", Gate::kU, 1, 3, Angles::kU3},
    {"csx", Gate::kSx, 1},
    {"cu", Gate::kU, 1, 4},
    {"rxx", Gate::kRxx, 0, 1},
    {"rzz", Gate::kRzz, 0, 1},
    {"rccx", Gate::kRccx},
    {"rc3x", Gate::kRc3x},
    {"c3x", Gate::kX, 3},
    {"c3sqrtx", Gate::kSx, 3},
    {"c4x", Gate::kX, 4},
});

constexpr auto kStdgates = std::to_array<LibraryGate>({
    {"p", Gate::kP, 0, 1},
    {"x", Gate::kX},
    {"y", Gate::kY},
    {"z", Gate::kZ},
    {"h", Gate::kH},
    {"s", Gate::kS},
    {"sdg", Gate::kSdg},
    {"t", Gate::kT},
    {"tdg", Gate::kTdg},
    {"sx", Gate::kSx},
    {"rx", Gate::kRx, 0, 1},
    {"ry", Gate::kRy, 0, 1},
    {"rz", Gate::kRz, 0, 1},
    {"cx", Gate::kX, 1},
    {"cy", Gate::kY, 1},
    {"cz", Gate::kZ, 1},
    {"cp", Gate::kP, 1, 1},
    {"crx", Gate::kRx, 1, 1},
    {"cry", Gate::kRy, 1, 1},
    {"crz", Gate::kRz, 1, 1},
    {"ch", Gate::kH, 1},
    {"swap", Gate::kSwap},
    {"ccx", Gate::kX, 2},
    {"cswap", Gate::kSwap, 1},
    {"cu", Gate::kU, 1, 4},
    {"CX", Gate::kX, 1},
    {"phase", Gate::kP, 0, 1},
    {"cphase", Gate::kP, 1, 1},
    {"id", Gate::kI},
    {"u1", Gate::kP, 0, 1},
    {"u2", Gate::kU, 0, 2, Angles::kBalancedU2},
    {"u3", Gate::kU, 0, 3, Angles::kBalancedU3},
});

constexpr auto kBuiltIn2 = std::to_array<LibraryGate>({
    {"U", Gate::kU, 0, 3, Angles::kU3},
    {"CX", Gate::kX, 1},
});

constexpr auto kBuiltIn3 = std::to_array<LibraryGate>({{"U", Gate::kU, 0, 3, Angles::kU}});

}  // namespace

std::span<const LibraryGate> qelib1() { return kQelib1; }
std::span<const LibraryGate> stdgates() { return kStdgates; }
std::span<const LibraryGate> built_in(int version) {
  return version == 2 ? std::span<const LibraryGate>(kBuiltIn2) : kBuiltIn3;
}

Operation operation(const LibraryGate& gate, std::span<const Angle> p,
                    std::vector<unsigned> qubits) {
  Operation result{.gate = gate.gate,
                   .qubits = std::move(qubits),
                   .n_controls = gate.n_controls,
                   .control_state = (std::uint64_t{1} << gate.n_controls) - 1};
  constexpr double kQuarter = std::numbers::pi / 2;
  switch (gate.angles) {
    case Angles::kAsWritten:
      result.angles.assign(p.begin(), p.end());
      break;
    case Angles::kNone:
      break;
    case Angles::kU3:
      result.angles = {p[0], p[1], p[2], 0.0};
      break;
    case Angles::kU2:
      result.angles = {kQuarter, p[0], p[1], 0.0};
      break;
    case Angles::kBalancedU3:
      result.angles = {p[0], p[1], p[2], -0.5 * (p[1] + p[2])};
      break;
    case Angles::kBalancedU2:
      result.angles = {kQuarter, p[0], p[1], -0.5 * (p[0] + p[1])};
      break;
    case Angles::kU:
      result.angles = {p[0], p[1], p[2], 0.5 * p[0]};
      break;
  }
  return result;
}

}  // namespace quanta::quantum::openqasm
