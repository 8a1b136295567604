// The circuits of ../shared/data/circuits, run from their text by the machine and a plain state
// vector that branches at measurements, against ../shared/data/expected/quantum/circuits.json,
// which an independent simulator made. Larger ones are left to the check of the command line.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/json.h"
#include "quantum/openqasm/export.h"
#include "quantum/openqasm/machine.h"
#include "quantum/openqasm/to_circuit.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr unsigned kMostQubits = 11;
constexpr double kRoom = 1e-12;

const std::filesystem::path kShared = std::filesystem::path(QUANTA_SOURCE_DIR) / "../shared/data";

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

struct Run {
  std::vector<Amplitude> state = {};  ///< of the last branch
  std::vector<double> p1 = {};
  std::map<std::string, double> paulis = {};
  std::map<std::string, double> outcomes = {};
};

struct Branch {
  Machine machine;
  std::vector<Amplitude> state;
  double probability = 1.0;
};

/// The branch where the qubit is found to be `one`, or is reset from there.
Branch projected(Branch branch, unsigned qubit, bool one, double probability, bool reset) {
  const std::size_t bit = std::size_t{1} << qubit;
  for (std::size_t x = 0; x < branch.state.size(); ++x) {
    if (((x & bit) != 0) == one) {
      branch.state[x] /= std::sqrt(probability);
    } else {
      branch.state[x] = 0.0;
    }
  }
  branch.probability *= probability;
  if (!reset) branch.machine.supply(one);
  for (std::size_t x = 0; reset && one && x < branch.state.size(); ++x) {
    if ((x & bit) == 0) branch.state[x] = std::exchange(branch.state[x | bit], 0.0);
  }
  return branch;
}

/// measures: false where measurements are the last thing that happens and the state before them is
/// wanted.
Result<Run> run(const Machine& machine, const std::vector<std::string>& paulis, bool measures) {
  Run result{.p1 = std::vector<double>(machine.n_qubits())};
  std::vector<Branch> open;
  open.push_back({machine, std::vector<Amplitude>(std::size_t{1} << machine.n_qubits())});
  open[0].state[0] = 1.0;
  while (!open.empty()) {
    Branch branch = std::move(open.back());
    open.pop_back();
    while (true) {
      QUANTA_TRY(const Machine::Step step, branch.machine.next());
      if (step.kind == Machine::StepKind::kDone) break;
      if (step.kind == Machine::StepKind::kOperation) {
        apply_plainly(step.operation, {}, branch.state);
        continue;
      }
      const bool reset = step.kind == Machine::StepKind::kReset;
      if (!measures && !reset) {
        branch.machine.supply(false);
        continue;
      }
      double p = 0.0;
      for (std::size_t x = 0; x < branch.state.size(); ++x) {
        if ((x >> step.qubit & 1) != 0) p += std::norm(branch.state[x]);
      }
      constexpr double kNever = 1e-14;
      if (p > kNever && p < 1 - kNever) {
        open.push_back(projected(branch, step.qubit, true, p, reset));
      }
      const bool one = p >= 1 - kNever;
      branch = projected(std::move(branch), step.qubit, one, one ? p : 1 - p, reset);
    }
    result.outcomes[branch.machine.label()] += branch.probability;
    for (std::size_t x = 0; x < branch.state.size(); ++x) {
      for (std::size_t q = 0; q < result.p1.size(); ++q) {
        if ((x >> q & 1) != 0) result.p1[q] += branch.probability * std::norm(branch.state[x]);
      }
    }
    for (const std::string& pauli : paulis) {
      const auto string = parse_paulis(pauli, machine.n_qubits());
      if (!string) return std::unexpected(string.error());
      result.paulis[pauli] += branch.probability * expectation_plainly(branch.state, *string);
    }
    result.state = std::move(branch.state);
  }
  return result;
}

double number(const json::Value& value) { return value.to_number<double>(); }

/// Largest distance of the listed amplitudes, the global phase settled by the first of them.
double distance(const std::vector<Amplitude>& state, const json::Array& wanted) {
  double most = 0.0;
  Amplitude turn = 0.0;
  for (const json::Value& entry : wanted) {
    const json::Array& three = entry.get_array();
    const Amplitude found = state.at(three[0].to_number<std::size_t>());
    const Amplitude want(number(three[1]), number(three[2]));
    if (turn == 0.0) turn = want / std::abs(want) * std::abs(found) / found;
    most = std::max(most, std::abs(found * turn - want));
  }
  return most;
}

class OpenqasmSharedCircuits : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kShared / "expected/quantum/circuits.json")) {
      GTEST_SKIP() << "needs the optional folder ../shared beside the checkout";
    }
    cases_ =
        json::parse(content(kShared / "expected/quantum/circuits.json"), "circuits.json").value();
  }

  json::Value cases_;
};

TEST_F(OpenqasmSharedCircuits, MakeTheExpectedStates) {
  int n = 0;
  for (const json::Value& entry : cases_.get_object().at("circuits").get_array()) {
    const json::Object& wanted = entry.get_object();
    const std::string file(wanted.at("file").get_string());
    if (wanted.at("qubits").to_number<unsigned>() > kMostQubits) continue;
    SCOPED_TRACE(file);
    std::map<std::string, std::string> inputs;
    if (const auto* given = wanted.if_contains("inputs")) {
      for (const auto& input : given->get_object()) {
        inputs[input.key()] = json::print_compact(input.value());
      }
    }
    const auto program = parse(content(kShared / "circuits" / file), file);
    ASSERT_TRUE(program.has_value()) << to_text(program.error());
    const auto machine = Machine::create(*program, inputs);
    ASSERT_TRUE(machine.has_value()) << to_text(machine.error());
    if (machine->n_qubits() == 0) continue;

    std::vector<std::string> paulis;
    for (const auto& pauli : wanted.at("paulis").get_object()) paulis.emplace_back(pauli.key());
    const bool pure = wanted.at("kind").get_string() == "pure";
    const auto result = run(*machine, paulis, !pure);
    ASSERT_TRUE(result.has_value()) << to_text(result.error());
    ++n;
    for (std::size_t q = 0; q < result->p1.size(); ++q) {
      EXPECT_NEAR(result->p1[q], number(wanted.at("p1").get_array().at(q)), kRoom) << "qubit " << q;
    }
    for (const auto& pauli : wanted.at("paulis").get_object()) {
      EXPECT_NEAR(result->paulis.at(pauli.key()), number(pauli.value()), kRoom) << pauli.key();
    }
    if (!pure) {
      for (const auto& outcome : wanted.at("top_outcomes").get_object()) {
        const auto found = result->outcomes.find(outcome.key());
        ASSERT_NE(found, result->outcomes.end()) << outcome.key();
        EXPECT_NEAR(found->second, number(outcome.value()), kRoom) << outcome.key();
      }
      continue;
    }
    EXPECT_LT(distance(result->state, wanted.at("amplitudes").get_array()), kRoom);

    // The same as a circuit, and from the text that is written of the circuit.
    const auto circuit = to_circuit(*program, inputs);
    ASSERT_TRUE(circuit.has_value()) << to_text(circuit.error());
    if (std::ranges::any_of(circuit->operations(), [](const Operation& operation) {
          return operation.gate == Gate::kReset;
        })) {
      continue;  // which the plain simulator does not do
    }
    EXPECT_LT(distance(simulate_plainly(*circuit), wanted.at("amplitudes").get_array()), kRoom);
    for (const auto& text : {to_openqasm2(*circuit), to_openqasm3(*circuit)}) {
      ASSERT_TRUE(text.has_value()) << text.error().message;
      const auto again = parse(*text, "exported");
      ASSERT_TRUE(again.has_value()) << to_text(again.error());
      const auto back = to_circuit(*again);
      ASSERT_TRUE(back.has_value()) << to_text(back.error());
      EXPECT_LT(distance(simulate_plainly(*back), wanted.at("amplitudes").get_array()), kRoom);
    }
  }
  EXPECT_GT(n, 80);
}

TEST_F(OpenqasmSharedCircuits, InvalidOnesAreRefusedAtTheirLine) {
  const auto list =
      json::parse(content(kShared / "expected/quantum/invalid.json"), "invalid.json").value();
  for (const json::Value& entry : list.get_object().at("files").get_array()) {
    const json::Object& wanted = entry.get_object();
    const std::string file(wanted.at("file").get_string());
    SCOPED_TRACE(file);
    const auto program = parse(content(kShared / "circuits" / file), file);
    Error error;
    if (!program) {
      error = program.error();
    } else if (auto machine = Machine::create(*program); !machine) {
      error = machine.error();
    } else {
      for (auto step = machine->next(); true; step = machine->next()) {
        if (!step) {
          error = step.error();
          break;
        }
        ASSERT_NE(step->kind, Machine::StepKind::kDone);
      }
    }
    EXPECT_EQ(error.kind, ErrorKind::kBadInput);
    if (wanted.at("line").is_null()) continue;
    std::vector<std::size_t> lines = {wanted.at("line").to_number<std::size_t>()};
    if (const auto* also = wanted.if_contains("also")) {
      for (const json::Value& line : also->get_array())
        lines.push_back(line.to_number<std::size_t>());
    }
    EXPECT_NE(std::ranges::find(lines, error.place.line), lines.end()) << to_text(error);
  }
}

}  // namespace
}  // namespace quanta::quantum::openqasm
