#include "quantum/transpiler/translate.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/transpiler/equivalence.h"
#include "quantum/transpiler/random_circuit_for_tests.h"

namespace quanta::quantum {
namespace {

const std::vector<std::string> kBases[] = {{"cx", "u"},         {"cx", "rz", "sx", "x"},
                                           {"cz", "p", "sx"},   {"ecr", "rz", "sx", "x"},
                                           {"rzz", "rx", "rz"}, {"cz", "r"},
                                           {"rxx", "rx", "ry"}, {"cp", "h", "p"}};

Result<Circuit> translated(const Circuit& circuit, const std::vector<std::string>& names) {
  QUANTA_TRY(const Basis basis, Basis::parse(names));
  QUANTA_TRY(Program program, translate(to_program(circuit.expand()), basis, {}));
  for (const Operation& operation : program.operations) {
    EXPECT_TRUE(basis.allows(operation)) << operation_name(operation);
  }
  return to_circuit(std::move(program), circuit);
}

/// Largest difference of the unitaries, their global phase included, for circuits without
/// parameters.
double distance(const Circuit& a, const Circuit& b) {
  const std::size_t n = std::size_t{1} << a.n_qubits();
  double most = 0.0;
  for (std::size_t x = 0; x < n; ++x) {
    const auto column = [&](const Circuit& circuit) {
      std::vector<Amplitude> state(n);
      state[x] = std::polar(1.0, circuit.global_phase().value({}));
      for (const Operation& operation : circuit.operations()) apply_plainly(operation, {}, state);
      return state;
    };
    const auto left = column(a);
    const auto right = column(b);
    for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::abs(left[i] - right[i]));
  }
  return most;
}

void expect_translates(const Circuit& circuit) {
  for (const auto& names : kBases) {
    SCOPED_TRACE(names[0] + "," + names[1]);
    const auto result = translated(circuit, names);
    ASSERT_TRUE(result.has_value()) << result.error().message;
    // The same rounding of an angle in each of n gates adds up.
    EXPECT_LT(distance(circuit, *result),
              1e-12 + 1e-14 * static_cast<double>(result->operations().size()));
  }
}

TEST(Translate, KeepsEveryGateWithItsPhase) {
  for (const GateProperties& entry : gate_table()) {
    if (!has_matrix(entry.gate)) continue;
    for (unsigned n_controls = 0; n_controls <= (entry.n_qubits == 1 ? 3U : 1U); ++n_controls) {
      for (std::uint64_t state = 0; state < (1U << n_controls); state += 3) {
        SCOPED_TRACE(std::string(entry.name) + " " + std::to_string(n_controls));
        Circuit circuit(entry.n_qubits + n_controls);
        Operation operation{.gate = entry.gate, .n_controls = n_controls};
        for (unsigned q = circuit.n_qubits(); q-- > 0;) operation.qubits.push_back(q);
        operation.control_state = ((1U << n_controls) - 1) ^ state;
        for (unsigned a = 0; a < entry.n_angles; ++a) operation.angles.emplace_back(0.7 + a);
        ASSERT_TRUE(circuit.append(operation).has_value());
        expect_translates(circuit);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(Translate, KeepsNamedAngles) {
  for (const GateProperties& entry : gate_table()) {
    if (!has_matrix(entry.gate) || entry.n_angles == 0) continue;
    for (unsigned n_controls = 0; n_controls <= 2; ++n_controls) {
      SCOPED_TRACE(std::string(entry.name) + " " + std::to_string(n_controls));
      Circuit circuit(entry.n_qubits + n_controls);
      const Angle t = circuit.parameter("t");
      Operation operation{.gate = entry.gate, .n_controls = n_controls};
      for (unsigned q = 0; q < circuit.n_qubits(); ++q) operation.qubits.push_back(q);
      operation.control_state = (1U << n_controls) - 1;
      for (unsigned a = 0; a < entry.n_angles; ++a) operation.angles.push_back((1.0 + a) * t + 0.2);
      ASSERT_TRUE(circuit.append(operation).has_value());
      for (const auto& names : kBases) {
        const auto result = translated(circuit, names);
        ASSERT_TRUE(result.has_value());
        for (const double value : {0.9, -2.7}) {
          EXPECT_LT(distance(*circuit.bind(std::array{value}), *result->bind(std::array{value})),
                    1e-12)
              << names[0] << names[1];
        }
      }
    }
  }
}

TEST(Translate, KeepsControlsWithAndWithoutScratch) {
  for (unsigned k = 2; k <= 6; ++k) {
    for (unsigned scratch = 0; scratch <= 4 && k + scratch < 8; ++scratch) {
      Circuit circuit(k + 1 + scratch);
      std::vector<unsigned> controls;
      for (unsigned c = 0; c < k; ++c) controls.push_back(c + scratch);
      circuit.mcx(controls, k + scratch);
      const auto result = translated(circuit, {"cx", "u"});
      ASSERT_TRUE(result.has_value());
      EXPECT_LT(distance(circuit, *result), 1e-12) << k << " controls, " << scratch << " scratch";
      if (k > 3 && scratch >= k - 2) {
        EXPECT_LE(result->operations().size(), 4 * (k - 2) * 15U);
      }
    }
  }
}

TEST(Translate, KeepsTables) {
  RandomStream random(1, "tables");
  const auto random_phases = [&](std::size_t n) {
    std::vector<Amplitude> phases(n);
    for (Amplitude& a : phases) a = std::polar(1.0, 6 * random.uniform());
    return phases;
  };
  Circuit diagonal(4);
  ASSERT_TRUE(diagonal.diagonal(random_phases(8), {2, 0, 3}).has_value());
  Operation controlled = diagonal.operations()[0];
  controlled.qubits = {1, 2, 0, 3};
  controlled.n_controls = 1;
  ASSERT_TRUE(diagonal.append(controlled).has_value());  // on 0
  expect_translates(diagonal);

  Circuit permutation(4);
  ASSERT_TRUE(permutation.permutation({3, 0, 6, 1, 2, 7, 5, 4}, {1, 3, 0}).has_value());
  controlled = permutation.operations()[0];
  controlled.qubits = {2, 1, 3, 0};
  controlled.n_controls = 1;
  controlled.control_state = 1;
  ASSERT_TRUE(permutation.append(controlled).has_value());
  expect_translates(permutation);

  Circuit paulis(4);
  ASSERT_TRUE(paulis.pauli_exponential("XYZI", 0.8, {0, 1, 2, 3}).has_value());
  ASSERT_TRUE(paulis.pauli_exponential("IIII", 0.8, {0, 1, 2, 3}).has_value());
  controlled = paulis.operations()[0];
  controlled.qubits = {2, 1, 3, 0};
  controlled.n_controls = 1;
  controlled.payload = std::make_shared<const Payload>(Payload{.paulis = "YIX"});
  ASSERT_TRUE(paulis.append(controlled).has_value());
  expect_translates(paulis);
}

TEST(Translate, KeepsUnitariesOfThreeToFiveQubits) {
  RandomStream random(2, "unitaries");
  const auto basis = Basis::parse(std::array<std::string, 2>{"cx", "u"});
  for (unsigned n = 1; n <= 5; ++n) {
    for (const unsigned gates : {0U, 1U, 3U, 60U}) {
      // The unitary of a random circuit: of few gates, its cosines and sines repeat.
      const Circuit source = random_circuit({.n_qubits = n, .n_gates = gates}, random);
      Circuit boxed(n);
      std::vector<unsigned> qubits;
      for (unsigned q = 0; q < n; ++q) qubits.push_back(n - 1 - q);
      ASSERT_TRUE(boxed.defined("box", source, qubits).has_value());
      Circuit circuit(n + 1);
      ASSERT_TRUE(circuit.unitary(operand_matrix(boxed.operations()[0], {}), qubits).has_value());
      const auto result = translated(circuit, {"cx", "u"});
      ASSERT_TRUE(result.has_value());
      EXPECT_LT(distance(circuit, *result), 1e-12) << n << " qubits, " << gates << " gates";
      const auto cx = std::ranges::count_if(
          result->operations(), [](const Operation& o) { return o.qubits.size() == 2; });
      const std::ptrdiff_t most[] = {0, 3, 24, 120, 528};
      EXPECT_LE(cx, most[n - 1]);
      Operation controlled = circuit.operations()[0];
      controlled.qubits.insert(controlled.qubits.begin(), n);
      controlled.n_controls = 1;
      if (n > 3) continue;
      Circuit under(n + 1);
      ASSERT_TRUE(under.append(controlled).has_value());
      expect_translates(under);
    }
  }
}

TEST(Translate, PreparesStates) {
  RandomStream random(3, "states");
  for (unsigned n = 1; n <= 4; ++n) {
    for (int sparse = 0; sparse < 2; ++sparse) {
      std::vector<Amplitude> state(std::size_t{1} << n);
      double norm = 0.0;
      for (Amplitude& a : state) {
        if (sparse == 1 && random.below(2) == 0) continue;
        a = {random.normal(), random.normal()};
        norm += std::norm(a);
      }
      if (norm == 0.0) {
        state[1] = {0, 1};
        norm = 1.0;
      }
      for (Amplitude& a : state) a /= std::sqrt(norm);
      Circuit circuit(n + 1);
      std::vector<unsigned> qubits;
      for (unsigned q = 0; q < n; ++q) qubits.push_back(q == 0 ? n : q);
      ASSERT_TRUE(circuit.prepare(state, qubits).has_value());
      circuit.add_global_phase(0.4);
      const auto result = translated(circuit, {"cx", "rz", "sx"});
      ASSERT_TRUE(result.has_value());
      const auto want = simulate_plainly(circuit);
      const auto got = simulate_plainly(*result);
      for (std::size_t x = 0; x < want.size(); ++x) EXPECT_LT(std::abs(want[x] - got[x]), 1e-13);
    }
  }
}

TEST(Translate, KeepsConditionsAndWhatIsNoGate) {
  RandomStream random(4, "translate");
  for (int i = 0; i < 20; ++i) {
    const Circuit circuit =
        random_circuit({.n_qubits = 4, .n_gates = 25, .tables = true, .classical = true}, random);
    const auto result = translated(circuit, {"cx", "rz", "sx"});
    ASSERT_TRUE(result.has_value());
    const auto same = equivalent(circuit, *result, {}, {});
    ASSERT_TRUE(same.has_value());
    EXPECT_TRUE(same->equal) << same->deviation;
    EXPECT_EQ(same->proof, Proof::kBranches);
  }
}

TEST(Translate, LeavesGatesOfTheBasisAlone) {
  Circuit circuit(2);
  circuit.cx(0, 1).rz(9.0, 0).sx(1).rz(0.0, 0).cx(0, 1);
  const auto result = translated(circuit, {"cx", "rz", "sx"});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result, circuit);
}

TEST(Translate, SaysWhatIsTooMuch) {
  const auto basis = Basis::parse(std::array<std::string, 2>{"cx", "u"});
  Circuit controls(64);
  std::vector<unsigned> all(63);
  for (unsigned q = 0; q < 63; ++q) all[q] = q;
  controls.mcx(all, 63);
  const auto many = translate(to_program(controls), *basis, {});
  ASSERT_FALSE(many.has_value());
  EXPECT_EQ(many.error().field, "circuit");
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = translate(to_program(controls), *basis, {.stop = stop.get_token()});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
