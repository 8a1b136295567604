#include "quantum/simulator/block_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include "quantum/simulator/random_circuit_for_tests.h"

namespace quanta::quantum {
namespace {

constexpr PlanSizes kSizes = {
    .lane_bits = 3, .register_bits = 4, .local_bits = 15, .contiguous_bits = 6};

struct Totals {
  std::size_t sweeps = 0;
  std::size_t programs = 0;
  std::size_t turns = 0;
};

/// Goes through a plan and checks that each sweep can be carried out.
Totals plan_of(const Circuit& circuit) {
  Planner<float> planner(elements_of(circuit.operations(), {}, circuit.n_qubits()),
                         std::max(7U, circuit.n_qubits()), 0, kSizes);
  const StepCode code{kSizes.register_bits};
  Totals totals;
  double progress = 0.0;
  while (const auto step = planner.next()) {
    EXPECT_GE(planner.progress(), progress);
    progress = planner.progress();
    const auto* sweep = std::get_if<Sweep<float>>(&*step);
    if (sweep == nullptr) continue;
    ++totals.sweeps;
    std::set<unsigned> positions(sweep->from.begin(), sweep->from.end());
    EXPECT_EQ(std::set<unsigned>(sweep->to.begin(), sweep->to.end()), positions);
    for (unsigned p = 0; p < std::min<std::size_t>(kSizes.contiguous_bits, positions.size()); ++p) {
      EXPECT_TRUE(positions.contains(p));  // runs of memory
    }
    for (unsigned l = 0; l < kSizes.lane_bits; ++l) EXPECT_EQ(sweep->to[l], l);
    positions.insert(sweep->outer.begin(), sweep->outer.end());
    EXPECT_EQ(positions.size(), sweep->from.size() + sweep->outer.size());
    for (const auto& operation : sweep->operations) {
      if (operation.kind != BlockOperation<float>::Kind::kTiles) continue;
      ++totals.programs;
      EXPECT_TRUE(std::ranges::is_sorted(operation.registers));
    }
    totals.turns += static_cast<std::size_t>(
        std::ranges::count_if(sweep->steps, [&](const PlannedStep<float>& planned) {
          return planned.step.code < code.phase(0, PhaseForm::kSame);
        }));
  }
  EXPECT_EQ(planner.progress(), 1.0);
  return totals;
}

TEST(BlockPlan, TakesTwentyLayersOfTwentyFourQubitsInFewSweeps) {
  Circuit circuit(24);
  RandomStream stream(1, "test layers");
  std::size_t mixing = 0;
  for (unsigned layer = 0; layer < 20; ++layer) {
    for (unsigned q = 0; q < 24; ++q) {
      const Gate gates[] = {Gate::kRx, Gate::kRy, Gate::kRz};
      const Gate gate = gates[stream.below(3)];
      mixing += gate == Gate::kRz ? 0 : 1;
      circuit.add(gate, {q}, {0.1 + stream.uniform()});
    }
    for (unsigned q = layer % 2; q + 1 < 24; q += 2) circuit.cz(q, q + 1);
  }
  const Totals totals = plan_of(circuit);
  EXPECT_LE(totals.turns, mixing);  // no gate costs more than one multiply-add per number
  EXPECT_LE(totals.sweeps, 4U);
  EXPECT_LE(totals.programs, 24U);
}

TEST(BlockPlan, TakesAFourierTransformInFourSweeps) {
  Circuit circuit(24);
  for (unsigned q = 24; q-- > 0;) {
    circuit.h(q);
    for (unsigned j = q; j-- > 0;) circuit.cp(std::numbers::pi / std::pow(2.0, q - j), q, j);
  }
  for (unsigned q = 0; q < 12; ++q) circuit.swap(q, 23 - q);
  const Totals totals = plan_of(circuit);
  EXPECT_EQ(totals.turns, 24U);
  EXPECT_LE(totals.sweeps, 4U);
}

// The qubit that tells two states apart stays at its place and is a register of every tile, whose
// highest one it has to be; the last sweep leaves nothing behind.
TEST(BlockPlan, KeepsTwoStatesApart) {
  constexpr unsigned kQubits = 20;
  constexpr unsigned kApart = kQubits;
  Circuit circuit(kQubits);
  std::vector<Reading> readings;
  for (unsigned layer = 0; layer < 4; ++layer) {
    for (unsigned q = 0; q < kQubits; ++q) {
      readings.push_back({circuit.operations().size(), {.string = {.x = std::uint64_t{1} << q}}});
      circuit.ry(0.1 + q, q);
    }
    for (unsigned q = 0; q + 1 < kQubits; ++q) circuit.cx(q, q + 1);
  }
  readings.push_back({circuit.operations().size(), {.string = {.z = 1}}});
  PlanSizes sizes = kSizes;
  sizes.paired = true;
  Planner<float> planner(elements_of(circuit.operations(), {}, kQubits, readings), kQubits + 1, 0,
                         sizes);
  std::set<std::size_t> read;
  std::size_t sweeps = 0;
  bool written = true;
  while (const auto step = planner.next()) {
    const auto& sweep = std::get<Sweep<float>>(*step);
    ++sweeps;
    EXPECT_TRUE(written);
    written = sweep.writes_back;
    EXPECT_EQ(sweep.from.back(), kApart);
    EXPECT_EQ(sweep.to.back(), kApart);
    for (const auto& operation : sweep.operations) {
      if (operation.kind != BlockOperation<float>::Kind::kTiles) continue;
      EXPECT_EQ(operation.registers[kSizes.register_bits - 1] + kSizes.lane_bits,
                sweep.from.size() - 1);
    }
    for (const PlannedReading& reading : sweep.readings) read.insert(reading.index);
  }
  EXPECT_FALSE(written);
  EXPECT_EQ(read.size(), readings.size());
  EXPECT_LE(sweeps, 3U);
}

TEST(BlockPlan, ControlledGatesMeltIntoTheirNeighbours) {
  // H, CX, RZ, CX, H: one turn before the first sign, one between, one behind.
  Circuit circuit(8);
  circuit.h(1).cx(0, 1).rz(0.3, 1).cx(0, 1).h(1);
  EXPECT_LE(plan_of(circuit).turns, 3U);
  Circuit nothing(20);
  nothing.cx(3, 9).cx(3, 9).swap(1, 2).swap(2, 1).h(5).h(5);
  EXPECT_LE(plan_of(nothing).turns, 2U);
}

TEST(BlockPlan, EndsForRandomCircuitsOfAllGates) {
  for (const unsigned n : {3U, 7U, 8U, 15U, 16U, 19U, 26U}) {
    RandomStream stream(n, "test circuits");
    (void)plan_of(random_circuit(n, 60, stream));
  }
}

// Instead of going home, the low places are taken by qubits of a window that was asked for.
TEST(BlockPlan, EndsInTheWindowThatIsAskedFor) {
  for (const unsigned n : {16U, 19U, 26U}) {
    for (std::uint64_t repeat = 0; repeat < 4; ++repeat) {
      RandomStream stream(n, "test windows", repeat);
      std::uint64_t window = 0;
      for (const unsigned q : random_qubits(n, 14, stream)) window |= std::uint64_t{1} << q;
      const Circuit circuit = random_circuit(n, repeat == 0 ? 0 : 40, stream);
      Planner<float> planner(elements_of(circuit.operations(), {}, n), n, 0, kSizes);
      planner.end_in(window);
      while (planner.next()) {
      }
      std::set<unsigned> positions;
      for (unsigned q = 0; q < n; ++q) {
        positions.insert(planner.position()[q]);
        EXPECT_TRUE(planner.position()[q] >= kSizes.contiguous_bits || (window >> q & 1) != 0);
      }
      EXPECT_EQ(positions.size(), n);
    }
  }
}

TEST(BlockPlan, MovesQubitsHomeWithoutGates) {
  Circuit circuit(24);
  RandomStream stream(7, "test swaps");
  for (int i = 0; i < 60; ++i) {
    const auto pair = random_qubits(24, 2, stream);
    circuit.swap(pair[0], pair[1]);
  }
  const Totals totals = plan_of(circuit);
  EXPECT_EQ(totals.turns, 0U);
  EXPECT_LE(totals.sweeps, 4U);
}

}  // namespace
}  // namespace quanta::quantum
