#include "quantum/backend/local_backend.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

BackendOptions options(std::size_t memory_limit = std::size_t{1} << 28) {
  return {.memory_limit = memory_limit, .hash = [](std::string_view bytes) {
            return std::to_string(std::hash<std::string_view>()(bytes));
          }};
}

Circuit bell() {
  Circuit circuit(2, 2);
  circuit.h(0).cx(0, 1).measure_all();
  return circuit;
}

Job job_of(Circuit circuit) { return circuit_job(std::move(circuit)).value(); }

Job sampling(Circuit circuit, std::uint64_t shots, std::uint64_t seed = 1) {
  Job job = job_of(std::move(circuit));
  job.shots = shots;
  job.seed = seed;
  return job;
}

Result<JobResult> run_exact(Job job, std::size_t memory_limit = std::size_t{1} << 28,
                            const Execution& execution = {}) {
  const auto backend = make_local_exact(options(memory_limit));
  QUANTA_TRY(const JobId id, backend->submit(std::move(job)));
  return backend->result(id, execution);
}

Result<JobResult> run_sampling(Job job, const Execution& execution = {}) {
  const auto backend = make_local_sampling(options());
  QUANTA_TRY(const JobId id, backend->submit(std::move(job)));
  return backend->result(id, execution);
}

double probability(const JobResult& result, std::string_view label) {
  for (const auto& [found, p] : result.outcomes) {
    if (found == label) return p;
  }
  return 0.0;
}

TEST(Backends, NameTheFieldAtFault) {
  const struct {
    const char* name;
    const char* backend;
    const char* field;
    ErrorKind kind;
    std::function<void(Job&)> spoil;
  } cases[] = {
      {"no shots", "local-sampling", "shots", ErrorKind::kBadInput, [](Job&) {}},
      {"too many shots", "local-sampling", "shots", ErrorKind::kBadInput,
       [](Job& job) { job.shots = kMostShots + 1; }},
      {"shots where none are drawn", "local-exact", "shots", ErrorKind::kBadInput,
       [](Job& job) { job.shots = 1; }},
      {"an observable on a third qubit", "local-exact", "observables", ErrorKind::kBadInput,
       [](Job& job) { job.observables.push_back({.x = 4, .z = 0}); }},
      {"amplitudes of too many qubits", "local-exact", "amplitudes", ErrorKind::kBadInput,
       [](Job& job) {
         job = job_of(Circuit(65));
         job.n_amplitudes = 1;
       }},
      {"too many qubits", "local-exact", "qubits", ErrorKind::kResource,
       [](Job& job) {
         Circuit circuit(30);
         for (unsigned q = 0; q < 30; ++q) circuit.h(q);
         job = job_of(circuit);
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Job job = job_of(bell());
    c.spoil(job);
    const auto backend = make_backend(c.backend, options()).value();
    const auto estimate = backend->estimate(job);
    ASSERT_FALSE(estimate.has_value());
    EXPECT_EQ(estimate.error().field, c.field);
    const auto id = backend->submit(job);
    ASSERT_FALSE(id.has_value());
    EXPECT_EQ(id.error().field, c.field);
    EXPECT_EQ(id.error().kind, c.kind);
  }
  EXPECT_EQ(make_backend("local", options()).error().field, "backend");
}

TEST(Backends, SayHowManyQubitsFit) {
  Circuit circuit(30);
  for (unsigned q = 0; q < 30; ++q) circuit.h(q);
  const auto backend = make_local_exact(options());
  const auto refused = backend->submit(job_of(circuit));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(backend->capabilities().max_qubits, 24U);  // 16 bytes each in 2^28
  EXPECT_EQ(backend->capabilities().max_qubits_single, 25U);
  EXPECT_EQ(refused.error().message,
            "a state of 30 qubits needs 17.18 GB in double precision and 8.59 GB in single; the "
            "limit of 268.4 MB fits 24 qubits in double, 25 in single");
}

/// Four qubits in superposition, of which one is measured midway where asked.
Circuit four_qubits(bool midway) {
  Circuit circuit(4, 5);
  for (unsigned q = 0; q < 4; ++q) circuit.ry(0.3 + q, q).cx(q, (q + 1) % 4);
  if (midway) circuit.measure(2, 4).h(2).cx(2, 3);
  circuit.measure_all();
  return circuit;
}

TEST(Backends, ChoosePrecisionByWhatFits) {
  using enum Precision;
  constexpr std::size_t kState = 16UL * 16;  // bytes in double precision
  const struct {
    const char* name;
    std::size_t limit;
    std::optional<Precision> asked;
    std::optional<Precision> chosen;  // nothing: refused
    bool degraded = false;
  } cases[] = {
      {"double fits", kState, {}, kDouble},
      {"only single fits", kState - 1, {}, kSingle, true},
      {"neither fits", kState / 2 - 1, {}, {}},
      {"double was asked for", kState - 1, kDouble, {}},
      {"single was asked for", kState, kSingle, kSingle},
      {"single was asked for and does not fit", kState / 2 - 1, kSingle, {}},
  };
  for (const bool midway : {false, true}) {
    for (const auto& c : cases) {
      SCOPED_TRACE(fmt::format("{}, midway {}", c.name, midway));
      Job job = job_of(four_qubits(midway));
      job.precision = c.asked;
      const auto backend = make_local_exact(options(c.limit));
      const auto estimate = backend->estimate(job);
      ASSERT_EQ(estimate.has_value(), c.chosen.has_value());
      if (!c.chosen) {
        EXPECT_EQ(estimate.error().kind, ErrorKind::kResource);
        EXPECT_EQ(estimate.error().field, "qubits");
        continue;
      }
      EXPECT_EQ(estimate->precision, *c.chosen);
      EXPECT_EQ(estimate->bytes, *c.chosen == kDouble ? kState : kState / 2);
      const JobResult result = run_exact(job, c.limit).value();  // in no more than the limit
      EXPECT_EQ(result.precision, *c.chosen);
      EXPECT_EQ(result.degraded, c.degraded);
      EXPECT_EQ(result.warnings.size(), c.degraded ? 1U : 0U);
      EXPECT_NE(result.method.find(*c.chosen == kDouble ? "double" : "single"), std::string::npos);
    }
  }
}

TEST(Backends, AddressByThePrecisionThatIsRun) {
  const auto backend = make_local_exact(options());
  Job job = job_of(bell());
  const JobId open = backend->submit(job).value();
  job.precision = Precision::kDouble;
  EXPECT_EQ(backend->submit(job).value(), open);
  job.precision = Precision::kSingle;
  EXPECT_NE(backend->submit(job).value(), open);
}

TEST(Backends, AgreeInBothPrecisions) {
  // Rounding of about ten gates on a qubit: a few times 6e-8 an amplitude.
  for (const bool midway : {false, true}) {
    SCOPED_TRACE(midway);
    Job job = job_of(four_qubits(midway));
    job.n_amplitudes = 16;
    job.n_outcomes = 32;
    job.views = true;
    job.observables = {parse_paulis("ZZIX", 4).value()};
    const JobResult exact = run_exact(job).value();
    job.precision = Precision::kSingle;
    const JobResult single = run_exact(job).value();
    EXPECT_NEAR(single.norm, 1.0, 1e-6);
    EXPECT_NE(single.marginals, exact.marginals);  // it is another arithmetic
    ASSERT_EQ(single.outcomes.size(), exact.outcomes.size());
    for (const auto& [label, p] : exact.outcomes) EXPECT_NEAR(probability(single, label), p, 1e-6);
    EXPECT_NEAR(single.expectations[0].value, exact.expectations[0].value, 1e-6);
    EXPECT_NEAR(std::abs(single.density_matrix[1] - exact.density_matrix[1]), 0.0, 1e-6);
    ASSERT_EQ(single.amplitudes.has_value(), exact.amplitudes.has_value());
    for (std::size_t i = 0; !midway && i < 16; ++i) {
      EXPECT_EQ((*single.amplitudes)[i].index, (*exact.amplitudes)[i].index);
      EXPECT_NEAR(std::abs((*single.amplitudes)[i].value - (*exact.amplitudes)[i].value), 0.0,
                  1e-6);
    }
    job.shots = 100'000;
    const JobResult drawn = run_sampling(job).value();
    for (const auto& [label, count] : drawn.counts) {
      const double mean = 1e5 * probability(exact, label);
      EXPECT_NEAR(static_cast<double>(count), mean, 5.0 * std::sqrt(mean) + 1.0) << label;
    }
  }
}

TEST(LocalExact, OrdersEqualsByTheirLabelInSinglePrecisionToo) {
  Circuit circuit(5, 5);
  for (unsigned q = 0; q < 5; ++q) circuit.h(q).rz(0.3 + q, q);
  circuit.measure_all();
  Job job = job_of(circuit);
  job.precision = Precision::kSingle;
  job.n_amplitudes = 3;
  job.n_outcomes = 3;
  const JobResult result = run_exact(job).value();
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*result.amplitudes)[i].index, i);
    EXPECT_EQ(result.outcomes[i].first, fmt::format("{:05b}", i));
    EXPECT_NEAR(result.outcomes[i].second, 1.0 / 32, 1e-7);
  }
}

TEST(Backends, RefuseCircuitsThatAreNotComplete) {
  Circuit open(1);
  open.rx(open.parameter("theta"), 0);
  EXPECT_EQ(circuit_job(open).error().field, "parameters");
  Circuit deep(1);
  deep.x(0);
  for (int level = 0; level < 60; ++level) {
    Circuit next(1);
    ASSERT_TRUE(next.defined("twice", deep, {0}));
    const Operation again = next.operations()[0];
    ASSERT_TRUE(next.append(again));
    deep = std::move(next);
  }
  const auto refused = circuit_job(deep);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().field, "operations");
  EXPECT_EQ(refused.error().kind, ErrorKind::kResource);
}

TEST(Backends, FollowAJobFromSubmissionToResult) {
  const auto backend = make_local_exact(options());
  const Job job = job_of(bell());
  const JobId id = backend->submit(job).value();
  EXPECT_EQ(backend->status(id).value(), JobState::kQueued);
  ASSERT_TRUE(backend->result(id, {}).has_value());
  EXPECT_EQ(backend->status(id).value(), JobState::kDone);
  EXPECT_EQ(backend->submit(job).value(), id);  // the same job has the same address
  EXPECT_EQ(backend->status(id).value(), JobState::kDone);
  ASSERT_TRUE(backend->cancel(id).has_value());
  EXPECT_EQ(backend->status(id).value(), JobState::kDone);
  Job other = job;
  other.n_amplitudes = 1;
  EXPECT_NE(backend->submit(other).value(), id);
  EXPECT_EQ(backend->status("none").error().field, "job");
  EXPECT_EQ(backend->result("none", {}).error().field, "job");
  EXPECT_EQ(backend->cancel("none").error().field, "job");
}

TEST(Backends, CancelAJobThatWaitsOrIsStopped) {
  const auto backend = make_local_exact(options());
  const JobId id = backend->submit(job_of(bell())).value();
  ASSERT_TRUE(backend->cancel(id).has_value());
  EXPECT_EQ(backend->status(id).value(), JobState::kCancelled);
  EXPECT_EQ(backend->result(id, {}).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(backend->submit(job_of(bell())).value(), id);  // another try
  EXPECT_EQ(backend->status(id).value(), JobState::kQueued);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(backend->result(id, {.stop = source.get_token()}).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(backend->status(id).value(), JobState::kCancelled);
}

TEST(Backends, ForgetTheOldestJobThatEnded) {
  const auto backend = make_local_sampling(options());
  const JobId first = backend->submit(sampling(bell(), 1, 0)).value();
  ASSERT_TRUE(backend->result(first, {}).has_value());
  for (std::uint64_t seed = 1; seed <= 1024; ++seed) {
    ASSERT_TRUE(backend->submit(sampling(bell(), 1, seed)).has_value());
  }
  EXPECT_FALSE(backend->status(first).has_value());
  EXPECT_EQ(backend->submit(sampling(bell(), 1, 1025)).error().field, "jobs");
}

TEST(LocalExact, AnswersForABellPair) {
  Job job = job_of(bell());
  job.n_amplitudes = 4;
  job.views = true;
  for (const char* text : {"ZZ", "XX", "YY", "ZI"}) {
    job.observables.push_back(parse_paulis(text, 2).value());
  }
  const JobResult result = run_exact(job).value();
  EXPECT_EQ(result.n_qubits, 2U);
  EXPECT_NEAR(result.norm, 1.0, 1e-15);
  EXPECT_NEAR(probability(result, "00"), 0.5, 1e-15);
  EXPECT_NEAR(probability(result, "11"), 0.5, 1e-15);
  EXPECT_EQ(result.outcomes.size(), 2U);
  ASSERT_EQ(result.amplitudes->size(), 2U);
  EXPECT_EQ((*result.amplitudes)[1].index, 3U);
  const double expected[] = {1.0, 1.0, -1.0, 0.0};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(result.expectations[i].value, expected[i], 1e-15);
    EXPECT_FALSE(result.expectations[i].standard_error.has_value());
  }
  EXPECT_NEAR(result.bloch_vectors[0][2], 0.0, 1e-15);
  EXPECT_NEAR(std::abs(result.density_matrix[3]), 0.5, 1e-15);  // |00><11|
}

TEST(LocalExact, OfNoQubitsIsEmpty) {
  Job job = job_of(Circuit(0, 2));
  job.n_amplitudes = 16;
  job.views = true;
  const JobResult result = run_exact(job).value();
  EXPECT_EQ(result.n_qubits, 0U);
  EXPECT_EQ(result.norm, 1.0);
  EXPECT_TRUE(result.marginals.empty());
  EXPECT_TRUE(result.amplitudes->empty());
  EXPECT_EQ(probability(result, "00"), 1.0);
}

TEST(LocalExact, ReadsOnlyTheBitsThatThereAre) {
  // Four qubits, of which two are measured, one of them into two bits; bit 0 is written twice.
  Circuit circuit(4, 3);
  circuit.ry(0.4, 0).ry(0.9, 1).cx(0, 2).cx(1, 3).ry(1.1, 2);
  Circuit measured = circuit;
  measured.measure(0, 0).measure(3, 2).measure(2, 0);
  const JobResult result = run_exact(job_of(measured)).value();
  const std::vector<Amplitude> state = simulate_plainly(Circuit(circuit));
  double both = 0.0;
  for (std::size_t x = 0; x < 16; ++x) {
    if ((x & 12) == 12) both += std::norm(state[x]);
  }
  EXPECT_NEAR(probability(result, "101"), both, 1e-15);
  EXPECT_EQ(result.outcomes.size(), 4U);
}

TEST(LocalExact, NeedsNoMemoryForQubitsAtRest) {
  Circuit circuit(100, 100);
  circuit.x(0).cx(0, 99).h(50).cx(50, 51).measure(99, 99).measure(51, 51);
  const JobResult result = run_exact(job_of(circuit), 4096).value();
  EXPECT_EQ(result.marginals[99], 1.0);
  EXPECT_NEAR(result.marginals[51], 0.5, 1e-15);
  EXPECT_EQ(result.outcomes.size(), 2U);
}

TEST(LocalExact, HasNoAmplitudesBehindAMeasurement) {
  Circuit circuit(2, 2);
  circuit.h(0).measure(0, 0).cx(0, 1).measure(1, 1);
  Job job = job_of(circuit);
  job.n_amplitudes = 4;
  job.views = true;
  const JobResult result = run_exact(job).value();
  EXPECT_FALSE(result.amplitudes.has_value());
  EXPECT_NE(result.method.find("2 branches"), std::string::npos) << result.method;
  EXPECT_NEAR(std::abs(result.density_matrix[3]), 0.0, 1e-15);  // collapsed
}

TEST(LocalExact, KeepsOneStateWhereAResetIsCertain) {
  Circuit circuit(2, 1);
  circuit.ry(0.8, 0).cx(0, 1).cx(0, 1).reset(1).measure(0, 0);  // qubit 1 is |0> again
  Job job = job_of(circuit);
  job.n_amplitudes = 4;
  const JobResult result = run_exact(job).value();
  ASSERT_TRUE(result.amplitudes.has_value());
  ASSERT_EQ(result.amplitudes->size(), 2U);
  EXPECT_NEAR((*result.amplitudes)[0].value.real(), std::cos(0.4), 1e-15);
  EXPECT_NEAR(probability(result, "1"), std::pow(std::sin(0.4), 2), 1e-15);
}

TEST(LocalExact, AveragesOverResetsWithoutACollapse) {
  // The reset leaves qubit 1 in |0> or |1>; what is measured last has not collapsed.
  Circuit circuit(2, 2);
  circuit.ry(0.8, 0).cx(0, 1).reset(0).h(0).measure_all();
  Job job = job_of(circuit);
  job.n_amplitudes = 4;
  job.observables = {parse_paulis("IX", 2).value(), parse_paulis("ZI", 2).value()};
  const JobResult result = run_exact(job).value();
  EXPECT_FALSE(result.amplitudes.has_value());
  EXPECT_NEAR(result.expectations[0].value, 1.0, 1e-14);
  EXPECT_NEAR(result.expectations[1].value, std::cos(0.8), 1e-14);
  const double one = std::pow(std::sin(0.4), 2) / 2;
  EXPECT_NEAR(probability(result, "10"), one, 1e-15);
  EXPECT_NEAR(probability(result, "11"), one, 1e-15);
  EXPECT_NEAR(probability(result, "00"), 0.5 - one, 1e-15);
  job.shots = 100'000;
  const JobResult drawn = run_sampling(job).value();
  EXPECT_FALSE(drawn.amplitudes.has_value());
  EXPECT_EQ(drawn.expectations[0].value, 1.0);
  EXPECT_NEAR(static_cast<double>(drawn.counts.at("10")), 1e5 * one, 5 * std::sqrt(1e5 * one));
}

/// A mixer of XX + YY terms on k ones among n qubits, written as an OpenQASM file has it.
Circuit mixer(unsigned n, unsigned k) {
  Circuit circuit(n, n);
  for (unsigned q = 0; q < k; ++q) circuit.x(2 * q % n);
  for (unsigned layer = 0; layer < 3; ++layer) {
    for (unsigned q = 0; q < n; ++q) {
      circuit.rxx(0.3 + q, q, (q + 1) % n).ryy(0.3 + q, q, (q + 1) % n).rz(0.2 * q, q);
    }
  }
  return circuit;
}

TEST(LocalExact, TakesTheWeightSubspaceWhereItSaves) {
  const Circuit circuit = mixer(11, 2);
  const std::vector<Amplitude> state = simulate_plainly(circuit);
  Circuit whole = circuit;
  Circuit part = circuit;
  whole.measure_all();
  part.measure(3, 0).measure(7, 1);
  Job job = job_of(whole);
  job.n_amplitudes = 60;
  job.observables.push_back(parse_paulis("ZIIIIXXIIIZ", 11).value());
  job.views = true;
  const JobResult result = run_exact(job).value();
  EXPECT_EQ(result.method, "Hamming-weight subspace of C(11, 2) = 55 amplitudes, double precision");
  ASSERT_EQ(result.amplitudes->size(), 55U);
  for (const BasisAmplitude& a : *result.amplitudes) {
    EXPECT_NEAR(std::abs(a.value - state[a.index]), 0.0, 1e-13) << a.index;
  }
  EXPECT_NEAR(result.expectations[0].value, expectation_plainly(state, job.observables[0]), 1e-13);
  double one = 0.0;
  double three_and_seven = 0.0;
  for (std::size_t x = 0; x < state.size(); ++x) {
    if ((x >> 4 & 1) != 0) one += std::norm(state[x]);
    if ((x >> 3 & 1) != 0 && (x >> 7 & 1) != 0) three_and_seven += std::norm(state[x]);
  }
  EXPECT_NEAR(result.marginals[4], one, 1e-13);
  EXPECT_NEAR(result.bloch_vectors[4][2], 1.0 - 2.0 * one, 1e-13);
  EXPECT_EQ(result.outcomes[0].first, fmt::format("{:011b}", (*result.amplitudes)[0].index));
  const JobResult some = run_exact(job_of(part)).value();
  EXPECT_NEAR(probability(some, "00000000011"), three_and_seven, 1e-13);
}

TEST(LocalExact, KeepsTheWeightSubspaceInDoubleAndSaysSo) {
  Job job = job_of(mixer(11, 2));
  job.precision = Precision::kSingle;
  const JobResult result = run_exact(job).value();
  EXPECT_EQ(result.precision, Precision::kDouble);
  EXPECT_FALSE(result.degraded);
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_NE(result.warnings[0].find("weight subspace"), std::string::npos);
}

TEST(LocalExact, RunsFortyQubitsOfSmallWeight) {
  Circuit circuit = mixer(40, 3);
  circuit.measure_all();
  const JobResult result = run_exact(job_of(circuit), std::size_t{1} << 20).value();
  EXPECT_NEAR(result.norm, 1.0, 1e-12);
  for (const auto& [label, p] : result.outcomes) EXPECT_EQ(std::ranges::count(label, '1'), 3);
  const auto refused = run_exact(job_of(mixer(40, 20)), std::size_t{1} << 20);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().field, "qubits");
}

TEST(LocalSampling, FollowsTheExactProbabilities) {
  for (const bool midway : {false, true}) {
    SCOPED_TRACE(midway);
    Circuit circuit(3, 3);
    circuit.ry(0.7, 0).cx(0, 1).ry(1.9, 2).rxx(0.8, 1, 2);
    if (midway) circuit.measure(0, 0).h(0);
    circuit.measure_all();
    Job job = job_of(circuit);
    job.observables.push_back(parse_paulis("ZZX", 3).value());
    const JobResult exact = run_exact(job).value();
    job.shots = 1'000'000;
    const JobResult drawn = run_sampling(job).value();
    std::uint64_t all = 0;
    for (const auto& [label, count] : drawn.counts) {
      const double mean = 1e6 * probability(exact, label);
      EXPECT_NEAR(static_cast<double>(count), mean, 5.0 * std::sqrt(mean) + 1.0) << label;
      all += count;
    }
    EXPECT_EQ(all, 1'000'000U);
    ASSERT_TRUE(drawn.expectations[0].standard_error.has_value());
    EXPECT_NEAR(drawn.expectations[0].value, exact.expectations[0].value,
                5.0 * *drawn.expectations[0].standard_error);
    EXPECT_LE(*drawn.expectations[0].standard_error, 1e-3);
    EXPECT_TRUE(drawn.outcomes.empty());
    EXPECT_EQ(drawn.amplitudes.has_value(), !midway);
  }
}

TEST(LocalSampling, IsRepeatedByItsSeedOnAnyNumberOfThreads) {
  Circuit circuit(16, 16);
  for (unsigned q = 0; q < 16; ++q) circuit.ry(0.2 + 0.1 * q, q);
  for (unsigned q = 0; q + 1 < 16; ++q) circuit.cx(q, q + 1);
  circuit.measure_all();
  const JobResult one = run_sampling(sampling(circuit, 10'000, 5)).value();
  for (const std::size_t n_threads : {2U, 7U}) {
    ThreadPool pool(n_threads);
    const JobResult many = run_sampling(sampling(circuit, 10'000, 5), {.pool = &pool}).value();
    EXPECT_EQ(one.counts, many.counts);
    EXPECT_EQ(one.marginals, many.marginals);
  }
  EXPECT_NE(one.counts, run_sampling(sampling(circuit, 10'000, 6)).value().counts);
}

}  // namespace
}  // namespace quanta::quantum
