#include "quantum/simulator/branching.h"

#include <cmath>
#include <functional>
#include <numbers>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

std::unique_ptr<Process> process_of(const Circuit& circuit) {
  return circuit_process(circuit).value();
}

Operation conditional(Gate gate, std::vector<unsigned> qubits, Condition condition,
                      std::vector<Angle> angles = {}) {
  return {.gate = gate,
          .qubits = std::move(qubits),
          .angles = std::move(angles),
          .condition = std::move(condition)};
}

/// Teleports cos(0.4)|0> + i sin(0.4)|1>, made by rx(-0.8), from qubit 0 to qubit 2.
Circuit teleportation() {
  Circuit circuit(3, 2);
  circuit.rx(-0.8, 0).h(1).cx(1, 2).cx(0, 1).h(0).measure(0, 0).measure(1, 1);
  EXPECT_TRUE(circuit.append(conditional(Gate::kX, {2}, {.bits = {1}, .value = 1})));
  EXPECT_TRUE(circuit.append(conditional(Gate::kZ, {2}, {.bits = {0}, .value = 1})));
  return circuit;
}

TEST(Branching, NamesTheFieldAtFault) {
  const auto process = process_of(Circuit(7));
  const PauliString outside = {.x = 1U << 7, .z = 0};
  const struct {
    const char* name;
    FollowOptions options;
    BranchViews views;
    const char* field;
  } cases[] = {
      {"no shots", {.shots = 0}, {}, "shots"},
      {"a qubit that there is not", {}, {.observables = {&outside, 1}}, "observable"},
      {"too large a density matrix", {}, {.density_matrix = true}, "views"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = run_branches(*process, c.options, c.views, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, c.field);
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
  }
}

TEST(Branching, SaysHowMuchMemoryWouldBeNeeded) {
  Circuit circuit(20, 1);
  for (unsigned q = 0; q < 20; ++q) circuit.h(q);
  circuit.measure(0, 0);
  const auto result = run_branches(*process_of(circuit), {.memory_limit = 1'000'000}, {}, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kResource);
  EXPECT_EQ(result.error().field, "qubits");
  EXPECT_NE(result.error().message.find("16.78 MB"), std::string::npos) << result.error().message;
  EXPECT_NE(result.error().message.find("fits 15 qubits"), std::string::npos)
      << result.error().message;
}

TEST(Branching, StopsAtTooManyBranches) {
  Circuit circuit(1, 1);
  for (int i = 0; i < 12; ++i) circuit.h(0).measure(0, 0);
  const auto process = process_of(circuit);
  const auto most = run_branches(*process, {.most_branches = 4096}, {}, {});
  ASSERT_TRUE(most.has_value());
  EXPECT_EQ(most->followed.branches, 4096U);
  const auto result = run_branches(*process, {.most_branches = 4095}, {}, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kResource);
  EXPECT_NE(result.error().message.find("draw shots"), std::string::npos);
  EXPECT_TRUE(run_branches(*process, {.shots = 10, .most_branches = 1}, {}, {}).has_value());
}

// One of 20 measurements may give 1, with a chance of 1e-8; two never do. That is 21 branches and
// 190 that are left out where the second 1 would come.
TEST(Branching, CountsTheBranchesItLeavesOut) {
  const double angle = 2.0 * std::asin(1e-4);
  Circuit circuit(1, 1);
  for (int i = 0; i < 20; ++i) circuit.reset(0).ry(angle, 0).measure(0, 0);
  const auto process = process_of(circuit);
  const auto enough = run_branches(*process, {.most_branches = 211}, {}, {});
  ASSERT_TRUE(enough.has_value());
  EXPECT_EQ(enough->followed.branches, 21U);
  EXPECT_EQ(enough->followed.left_out, 190U);
  const auto result = run_branches(*process, {.most_branches = 100}, {}, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kResource);
}

TEST(Branching, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto result =
      run_branches(*process_of(teleportation()), {}, {}, {.stop = source.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

TEST(Branching, PassesOnTheErrorOfTheProcess) {
  class Broken final : public Process {
   public:
    std::unique_ptr<Process> clone() const override { return std::make_unique<Broken>(); }
    unsigned n_qubits() const override { return 1; }
    Result<Step> next() override { return bad_input("program", "line 7: opaque"); }
    void supply(bool) override {}
    std::string label() const override { return {}; }
  };
  const auto result = run_branches(Broken(), {}, {}, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message, "line 7: opaque");
}

TEST(Branching, OfNoQubitsIsOneBranch) {
  const auto result = run_branches(*process_of(Circuit(0, 2)), {}, {}, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->averages.norm, 1.0);
  EXPECT_TRUE(result->averages.marginals.empty());
  EXPECT_EQ(result->outcomes, (std::map<std::string, double>{{"00", 1.0}}));
}

TEST(Branching, TeleportsAState) {
  const std::array<PauliString, 3> axes = {parse_paulis("XII", 3).value(),
                                           parse_paulis("YII", 3).value(),
                                           parse_paulis("ZII", 3).value()};
  const auto result = run_branches(*process_of(teleportation()), {}, {.observables = axes}, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->followed.branches, 4U);
  ASSERT_EQ(result->outcomes.size(), 4U);
  for (const auto& [label, probability] : result->outcomes) EXPECT_NEAR(probability, 0.25, 1e-15);
  EXPECT_NEAR(result->averages.expectations[0], 0.0, 1e-15);
  EXPECT_NEAR(result->averages.expectations[1], std::sin(0.8), 1e-15);
  EXPECT_NEAR(result->averages.expectations[2], std::cos(0.8), 1e-15);
}

TEST(Branching, LabelsRegistersInReverseOrder) {
  Circuit circuit(3);
  ASSERT_TRUE(circuit.add_bits("a", 2));
  ASSERT_TRUE(circuit.add_bits("b", 1));
  circuit.x(0).measure(0, 0).x(1).measure(1, 2);
  const auto result = run_branches(*process_of(circuit), {}, {}, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->outcomes, (std::map<std::string, double>{{"1 01", 1.0}}));
}

TEST(Branching, ComparesBitsAsANumber) {
  Circuit circuit(2, 2);
  circuit.x(1).measure(1, 1);
  const auto twice = [&](std::uint64_t value, bool negated) {
    Circuit branched = circuit;
    EXPECT_TRUE(branched.append(
        conditional(Gate::kX, {0}, {.bits = {0, 1}, .value = value, .negated = negated})));
    return run_branches(*process_of(branched), {}, {}, {}).value().averages.marginals[0];
  };
  EXPECT_EQ(twice(2, false), 1.0);
  EXPECT_EQ(twice(1, false), 0.0);
  EXPECT_EQ(twice(2, true), 0.0);
  EXPECT_EQ(twice(3, true), 1.0);
}

/// Tries until it measures 1: each try has probability p.
class UntilSuccess final : public Process {
 public:
  explicit UntilSuccess(double p) {
    const double angle = 2.0 * std::asin(std::sqrt(p));
    turn_ = {.gate = Gate::kRy, .qubits = {0}, .angles = {angle}};
  }
  std::unique_ptr<Process> clone() const override { return std::make_unique<UntilSuccess>(*this); }
  unsigned n_qubits() const override { return 1; }
  Result<Step> next() override {
    if (done_) return Step{};
    measures_ = !measures_;
    if (measures_) return Step{.kind = Step::Kind::kGate, .gate = &turn_};
    return Step{.kind = Step::Kind::kMeasure, .qubit = 0};
  }
  void supply(bool outcome) override {
    ++tries_;
    done_ = outcome;
  }
  std::string label() const override { return std::to_string(tries_); }

 private:
  Operation turn_;
  bool measures_ = false;
  bool done_ = false;
  int tries_ = 0;
};

TEST(Branching, LeavesOutWhatCanHardlyHappenAndSaysSo) {
  const auto result = run_branches(UntilSuccess(0.5), {}, {}, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->followed.branches, 49U);  // 2^-49 > 1e-15 > 2^-50
  EXPECT_NEAR(result->outcomes.at("3"), 0.125, 1e-15);
  EXPECT_GT(result->followed.pruned, 0.0);
  EXPECT_LT(result->followed.pruned, 4e-15);
  EXPECT_NEAR(result->averages.norm + result->followed.pruned, 1.0, 1e-12);
}

TEST(Branching, LoopsUntilSuccessWithShots) {
  const auto result = run_branches(UntilSuccess(0.2), {.shots = 100'000, .seed = 3}, {}, {});
  ASSERT_TRUE(result.has_value());
  double mean = 0.0;
  std::uint64_t all = 0;
  for (const auto& [tries, count] : result->counts) {
    mean += std::stod(tries) * static_cast<double>(count);
    all += count;
  }
  EXPECT_EQ(all, 100'000U);
  // Geometric: mean 5, deviation sqrt(0.8)/0.2 = 4.47; five standard errors.
  EXPECT_NEAR(mean / 100'000, 5.0, 5.0 * 4.47 / std::sqrt(100'000.0));
}

TEST(Branching, ResetsWithoutARecord) {
  Circuit circuit(2, 1);
  circuit.h(0).cx(0, 1).reset(0);
  const auto result =
      run_branches(*process_of(circuit), {}, {.bloch_vectors = true, .density_matrix = true}, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->followed.branches, 2U);
  EXPECT_EQ(result->outcomes.size(), 1U);
  EXPECT_EQ(result->averages.marginals[0], 0.0);
  EXPECT_NEAR(result->averages.marginals[1], 0.5, 1e-15);
  EXPECT_NEAR(result->averages.bloch_vectors[1][2], 0.0,
              1e-15);  // half and half: no state of its own
  EXPECT_NEAR(result->averages.density_matrix[0].real(), 0.5, 1e-15);
  EXPECT_NEAR(result->averages.density_matrix[2 * 4 + 2].real(), 0.5, 1e-15);
  EXPECT_NEAR(std::abs(result->averages.density_matrix[2]), 0.0, 1e-15);
}

// --- against the plain way: a list of unnormalised states, one for each history --------------

struct History {
  std::vector<bool> bits;
  std::vector<Amplitude> state;
};

std::vector<History> histories(const Circuit& circuit) {
  std::vector<History> list(1);
  list[0].bits.resize(circuit.n_bits());
  list[0].state.resize(std::size_t{1} << circuit.n_qubits());
  list[0].state[0] = 1.0;
  for (const Operation& operation : circuit.operations()) {
    std::vector<History> next;
    for (History& history : list) {
      if (operation.condition && !holds(*operation.condition, history.bits)) {
        next.push_back(history);
        continue;
      }
      if (operation.gate != Gate::kMeasure && operation.gate != Gate::kReset) {
        apply_plainly(operation, {}, history.state);
        next.push_back(history);
        continue;
      }
      const std::size_t bit = std::size_t{1} << operation.qubits[0];
      for (const bool outcome : {false, true}) {
        History way = history;
        for (std::size_t x = 0; x < way.state.size(); ++x) {
          if (((x & bit) != 0) != outcome) way.state[x] = 0.0;
        }
        if (operation.gate == Gate::kMeasure) {
          way.bits[*operation.bit] = outcome;
        } else if (outcome) {
          for (std::size_t x = 0; x < way.state.size(); ++x) {
            if ((x & bit) != 0) std::swap(way.state[x], way.state[x ^ bit]);
          }
        }
        next.push_back(std::move(way));
      }
    }
    list = std::move(next);
  }
  return list;
}

/// Gates, measurements, resets and conditions at stream.
Circuit random_circuit(std::uint64_t seed) {
  RandomStream stream(seed, "test circuit");
  constexpr unsigned kQubits = 4;
  Circuit circuit(kQubits, 3);
  for (int i = 0; i < 30; ++i) {
    const auto a = static_cast<unsigned>(stream.below(kQubits));
    const unsigned b = (a + 1 + static_cast<unsigned>(stream.below(kQubits - 1))) % kQubits;
    const unsigned c = 6 - a - b < kQubits && 6 - a - b != a ? 6 - a - b : a;
    const double angle = 6.0 * stream.uniform();
    Operation operation;
    switch (stream.below(9)) {
      case 0:
        operation = {.gate = Gate::kH, .qubits = {a}};
        break;
      case 1:
        operation = {.gate = Gate::kRy, .qubits = {a}, .angles = {angle}};
        break;
      case 2:
        operation = {.gate = Gate::kX, .qubits = {a}};
        break;
      case 3:
        operation = {
            .gate = Gate::kX, .qubits = {a, b}, .n_controls = 1, .control_state = stream.below(2)};
        break;
      case 4:
        operation = {.gate = Gate::kRxx, .qubits = {a, b}, .angles = {angle}};
        break;
      case 5:
        operation = {.gate = Gate::kU, .qubits = {a}, .angles = {angle, 1.0, 2.0, 0.3}};
        break;
      case 6:
        operation = {.gate = Gate::kRz, .qubits = {a}, .angles = {angle}};
        if (c != a && c != b) {
          operation.qubits = {a, b, c};
          operation.n_controls = 2;
          operation.control_state = stream.below(4);
        }
        break;
      case 7:
        operation = {
            .gate = Gate::kMeasure, .qubits = {a}, .bit = static_cast<unsigned>(stream.below(3))};
        break;
      default:
        operation = {.gate = Gate::kReset, .qubits = {a}};
    }
    if (stream.below(3) == 0) operation.condition = {{0, 1}, stream.below(4), stream.below(2) == 0};
    EXPECT_TRUE(circuit.append(operation));
  }
  return circuit;
}

TEST(Branching, AgreesWithTheListOfAllHistories) {
  const std::vector<PauliString> observables = {
      parse_paulis("ZIIX", 4).value(), parse_paulis("IYXI", 4).value(),
      parse_paulis("ZZZZ", 4).value(), parse_paulis("IIIY", 4).value()};
  std::size_t branched = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const Circuit circuit = random_circuit(seed);
    const auto result = run_branches(
        *process_of(circuit), {},
        {.observables = observables, .bloch_vectors = true, .density_matrix = true}, {});
    ASSERT_TRUE(result.has_value()) << result.error().message;
    std::map<std::string, double> outcomes;
    std::vector<double> expectations(observables.size());
    std::vector<Amplitude> density(256);
    for (const History& history : histories(circuit)) {
      double norm = 0.0;
      for (const Amplitude& a : history.state) norm += std::norm(a);
      outcomes[outcome_label(circuit.bit_registers(), history.bits)] += norm;
      for (std::size_t i = 0; i < observables.size(); ++i) {
        expectations[i] += expectation_plainly(history.state, observables[i]);
      }
      for (std::size_t r = 0; r < 16; ++r) {
        for (std::size_t c = 0; c < 16; ++c) {
          density[16 * r + c] += history.state[r] * std::conj(history.state[c]);
        }
      }
    }
    branched += result->followed.branches > 4 ? 1 : 0;
    for (const auto& [label, probability] : outcomes) {
      const auto found = result->outcomes.find(label);
      EXPECT_NEAR(found == result->outcomes.end() ? 0.0 : found->second, probability, 1e-13)
          << label;
    }
    for (const auto& [label, probability] : result->outcomes) {
      EXPECT_NEAR(outcomes[label], probability, 1e-13) << label;
    }
    for (std::size_t i = 0; i < observables.size(); ++i) {
      EXPECT_NEAR(result->averages.expectations[i], expectations[i], 1e-13);
    }
    for (std::size_t i = 0; i < density.size(); ++i) {
      EXPECT_NEAR(std::abs(result->averages.density_matrix[i] - density[i]), 0.0, 1e-13);
    }
    for (unsigned q = 0; q < 4; ++q) {
      double one = 0.0;
      for (std::size_t x = 0; x < 16; ++x) one += (x >> q & 1) != 0 ? density[17 * x].real() : 0.0;
      EXPECT_NEAR(result->averages.marginals[q], one, 1e-13);
      EXPECT_NEAR(result->averages.bloch_vectors[q][2], 1.0 - 2.0 * one, 1e-13);
    }
    EXPECT_NEAR(result->averages.norm, 1.0, 1e-13);
  }
  EXPECT_GT(branched, 30U);  // the circuits do branch
}

TEST(Branching, ShotsFollowTheExactProbabilities) {
  const PauliString observable = parse_paulis("ZIIX", 4).value();
  constexpr double kShots = 1'000'000;
  std::size_t labels = 0;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto process = process_of(random_circuit(seed));
    const auto exact = run_branches(*process, {}, {.observables = {&observable, 1}}, {}).value();
    const auto drawn =
        run_branches(*process, {.shots = kShots, .seed = 11}, {.observables = {&observable, 1}}, {})
            .value();
    std::uint64_t all = 0;
    for (const auto& [label, count] : drawn.counts) {
      const double p = exact.outcomes.at(label);
      EXPECT_NEAR(static_cast<double>(count), kShots * p,
                  5.0 * std::sqrt(kShots * p * (1 - p)) + 1);
      all += count;
    }
    labels += drawn.counts.size();
    EXPECT_EQ(all, 1'000'000U);
    EXPECT_NEAR(drawn.averages.expectations[0], exact.averages.expectations[0],
                5.0 / std::sqrt(kShots));
  }
  EXPECT_GT(labels, 25U);
}

TEST(Branching, IsTheSameForAnyNumberOfThreads) {
  Circuit circuit(16, 4);  // states longer than a chunk
  for (unsigned q = 0; q < 16; ++q) circuit.h(q).rz(0.1 * q, q);
  for (unsigned q = 0; q + 1 < 16; ++q) circuit.cx(q, q + 1).ry(0.3 + q, q);
  for (unsigned q = 0; q < 4; ++q) circuit.measure(5 * q, q);
  ASSERT_TRUE(circuit.append(conditional(Gate::kH, {3}, {.bits = {0, 1}, .value = 2})));
  circuit.reset(7).h(15).measure(15, 3);
  const auto process = process_of(circuit);
  const PauliString observable = parse_paulis("ZIIXYIIIZZIIXXIY", 16).value();
  for (const std::optional<std::uint64_t> shots :
       {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(5000)}) {
    const FollowOptions options{.shots = shots, .seed = 9};
    const BranchViews views{.observables = {&observable, 1}};
    const auto one = run_branches(*process, options, views, {}).value();
    for (const std::size_t n_threads : {2U, 7U}) {
      ThreadPool pool(n_threads);
      const auto many = run_branches(*process, options, views, {.pool = &pool}).value();
      EXPECT_EQ(one.counts, many.counts);
      EXPECT_EQ(one.outcomes, many.outcomes);
      EXPECT_EQ(one.averages.expectations, many.averages.expectations);
      EXPECT_EQ(one.averages.marginals, many.averages.marginals);
    }
  }
}

TEST(Branching, MeasuresManyQubitsWithinOneState) {
  // 2^12 outcomes of 12 qubits, and not one of them run again.
  Circuit circuit(12, 12);
  for (unsigned q = 0; q < 12; ++q) circuit.ry(0.2 + 0.2 * q, q);
  for (unsigned q = 0; q + 1 < 12; ++q) circuit.cx(q, q + 1);
  circuit.measure_all();
  const auto result =
      run_branches(*process_of(circuit), {.memory_limit = sizeof(Amplitude) << 12}, {}, {});
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->followed.branches, 4096U);
  EXPECT_EQ(result->followed.repeated, 0U);
  Circuit gates(12);
  for (const Operation& operation : circuit.operations()) {
    if (operation.gate == Gate::kMeasure) continue;
    ASSERT_TRUE(gates.append(operation));
  }
  const std::vector<Amplitude> state = simulate_plainly(gates);
  EXPECT_NEAR(result->outcomes.at("000000000101"), std::norm(state[5]), 1e-14);
}

TEST(Branching, GivesTheSameBitsWhereItMustForget) {
  // Measured qubits are used again, so that waiting halves and a whole state are more than one.
  Circuit circuit(5, 5);
  for (unsigned layer = 0; layer < 4; ++layer) {
    for (unsigned q = 0; q < 5; ++q) circuit.ry(0.4 + 0.3 * q + layer, q).rz(0.1 * q, q);
    for (unsigned q = 0; q + 1 < 5; ++q) circuit.cx(q, q + 1);
    circuit.measure(layer, layer);
    if (layer == 1) circuit.reset(4);
  }
  const auto process = process_of(circuit);
  const PauliString observable = parse_paulis("ZIIXY", 5).value();
  const BranchViews views{.observables = {&observable, 1}, .density_matrix = true};
  for (const Precision precision : {Precision::kDouble, Precision::kSingle}) {
    const std::size_t state = (precision == Precision::kDouble ? 16U : 8U) << 5;
    for (const std::optional<std::uint64_t> shots :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(300)}) {
      const FollowOptions wide{.shots = shots, .precision = precision};
      FollowOptions narrow = wide;
      narrow.memory_limit = state;
      const auto kept = run_branches(*process, wide, views, {}).value();
      const auto forgot = run_branches(*process, narrow, views, {}).value();
      EXPECT_EQ(kept.followed.repeated, 0U);
      EXPECT_GT(forgot.followed.repeated, 3U);
      EXPECT_EQ(kept.followed.branches, forgot.followed.branches);
      EXPECT_EQ(kept.outcomes, forgot.outcomes);
      EXPECT_EQ(kept.counts, forgot.counts);
      EXPECT_EQ(kept.averages.expectations, forgot.averages.expectations);
      EXPECT_EQ(kept.averages.density_matrix, forgot.averages.density_matrix);
      narrow.memory_limit = state - 1;
      EXPECT_EQ(run_branches(*process, narrow, views, {}).error().field, "qubits");
    }
  }
}

TEST(Branching, FollowsInSinglePrecisionWhatItFollowsInDouble) {
  // Rounding of 30 gates on 4 qubits: a few times 6e-8, so that 1e-5 is no luck.
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    const auto process = process_of(random_circuit(seed));
    const auto exact = run_branches(*process, {}, {.bloch_vectors = true}, {}).value();
    const auto single =
        run_branches(*process, {.precision = Precision::kSingle}, {.bloch_vectors = true}, {})
            .value();
    EXPECT_EQ(single.followed.branches, exact.followed.branches);  // no rounding is a branch
    ASSERT_EQ(single.outcomes.size(), exact.outcomes.size());
    for (const auto& [label, probability] : exact.outcomes) {
      EXPECT_NEAR(single.outcomes.at(label), probability, 1e-5) << label;
    }
    for (unsigned q = 0; q < 4; ++q) {
      EXPECT_NEAR(single.averages.marginals[q], exact.averages.marginals[q], 1e-5);
      EXPECT_NEAR(single.averages.bloch_vectors[q][0], exact.averages.bloch_vectors[q][0], 1e-5);
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
