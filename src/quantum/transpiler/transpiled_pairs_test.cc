// Circuits of QASMBench and their authors' transpiled twins (pnnl/QASMBench 357b942), with the
// counts of ../shared/data/expected/quantum/transpiled_pairs.json.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/json.h"
#include "quantum/algorithm/expected_for_tests.h"
#include "quantum/circuit/circuit_statistics.h"
#include "quantum/openqasm/machine.h"
#include "quantum/transpiler/equivalence.h"
#include "quantum/transpiler/optimize.h"

namespace quanta::quantum {
namespace {

/// The gates of a program without branches; its measurements are left out.
Result<Circuit> gates_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  QUANTA_TRY(const openqasm::Program program, openqasm::parse(text.str(), path.string()));
  QUANTA_TRY(openqasm::Machine machine, openqasm::Machine::create(program));
  Circuit circuit(machine.n_qubits());
  while (true) {
    QUANTA_TRY(const openqasm::Machine::Step step, machine.next());
    if (step.kind == openqasm::Machine::StepKind::kDone) break;
    if (step.kind == openqasm::Machine::StepKind::kMeasure) machine.supply(false);
    if (step.kind == openqasm::Machine::StepKind::kOperation) {
      QUANTA_CHECK(circuit.append(step.operation));
    }
  }
  circuit.add_global_phase(machine.global_phase());
  return circuit;
}

struct Counts {
  std::size_t gates = 0;
  std::size_t two_qubit = 0;
  std::size_t depth = 0;
};

/// As the reference counts: barriers hold nothing back.
Counts counts_of(const Circuit& circuit) {
  Counts counts;
  Circuit gates = circuit.without_operations();
  for (const Operation& operation : circuit.operations()) {
    if (operation.gate == Gate::kBarrier) continue;
    EXPECT_TRUE(gates.append(operation).has_value());
    ++counts.gates;
    counts.two_qubit += operation.qubits.size() > 1 ? 1 : 0;
  }
  counts.depth = circuit_statistics(gates).depth;
  return counts;
}

TEST(TranspiledPairs, TwinsShrinkAndStayTheSame) {
  QUANTA_EXPECTED(expected, "transpiled_pairs.json");
  const std::filesystem::path folder = QUANTA_SOURCE_DIR "/../shared/data/circuits/qasmbench";
  std::size_t gates_before = 0;
  std::size_t gates_after = 0;
  for (const json::Value& pair : expected.at("pairs").as_array()) {
    std::string name(pair.at("file").as_string());
    SCOPED_TRACE(name);
    const auto original = gates_of(folder / name);
    const auto twin = gates_of(folder / name.replace(name.rfind('.'), 1, "_transpiled."));
    ASSERT_TRUE(original.has_value() && twin.has_value());
    const auto optimized = optimize(*twin, {}, {});
    ASSERT_TRUE(optimized.has_value());

    const Counts before = counts_of(*twin);
    const json::Value& counts = pair.at("transpiled");
    EXPECT_EQ(before.gates, counts.at("gates").to_number<std::size_t>());
    EXPECT_EQ(before.depth, counts.at("depth").to_number<std::size_t>());
    EXPECT_EQ(before.two_qubit, counts.at("two_qubit").to_number<std::size_t>());
    const Counts after = counts_of(optimized->circuit);
    EXPECT_LE(after.gates, before.gates);
    EXPECT_LE(after.depth, before.depth);
    EXPECT_LE(after.two_qubit, before.two_qubit);
    gates_before += before.gates;
    gates_after += after.gates;

    // The twin does as the original from |0…0>; its angles have about eight digits.
    const auto as_original =
        equivalent(*original, optimized->circuit, {.preserve = Preserve::kOutcomes}, {});
    ASSERT_TRUE(as_original.has_value());
    EXPECT_EQ(as_original->proof, Proof::kOutcomes);
    EXPECT_LT(as_original->deviation, 1e-7);
    if (twin->n_qubits() > 7) continue;  // the unitary takes long in a build for debugging
    const auto same = equivalent(*twin, optimized->circuit, {}, {});
    ASSERT_TRUE(same.has_value());
    EXPECT_TRUE(same->equal) << same->deviation;
  }
  EXPECT_LT(2 * gates_after, gates_before);  // all twins together
}

}  // namespace
}  // namespace quanta::quantum
