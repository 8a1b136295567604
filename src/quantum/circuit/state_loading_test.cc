#include "quantum/circuit/state_loading.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"
#include "quantum/circuit/algebra.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(StateLoading, NamesTheFieldAtFault) {
  const struct {
    const char* name;
    std::vector<double> probabilities;
    const char* says;
  } cases[] = {
      {"none", {}, "0 of them"},
      {"one", {1.0}, "1 of them"},
      {"three", {0.5, 0.25, 0.25}, "3 of them"},
      {"negative", {0.5, 0.75, -0.25, 0.0}, "number 2 is -0.25"},
      {"not a number", {0.5, kNaN}, "number 1 is nan"},
      {"too little", {0.5, 0.4}, "sum to 0.9"},
      {"too much", {0.5, 0.500001}, "sum to 1.000001"},
      {"infinite", {std::numeric_limits<double>::infinity(), 0.0}, "sum to inf"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto circuit = load_distribution(c.probabilities);
    ASSERT_FALSE(circuit.has_value());
    EXPECT_EQ(circuit.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(circuit.error().field, "probabilities");
    EXPECT_NE(circuit.error().message.find(c.says), std::string::npos) << circuit.error().message;
  }
}

// Some of the probabilities are 0, so that whole branches of the tree are empty.
RC_GTEST_PROP(StateLoadingProperty, MakesTheStateThatPrepareMakes, (std::uint64_t seed)) {
  RandomStream random(seed, "distribution");
  const auto n = static_cast<unsigned>(1 + random.below(7));
  std::vector<double> p(std::size_t{1} << n);
  double sum = 0.0;
  for (double& x : p) sum += x = random.below(3) == 0 ? 0.0 : -std::log(random.uniform_open());
  RC_PRE(sum > 0.0);
  std::vector<Amplitude> roots;
  for (double& x : p) {
    x /= sum;
    roots.emplace_back(std::sqrt(x));
  }
  const Circuit circuit = load_distribution(p).value();
  RC_ASSERT(circuit.operations().size() <= 2 * p.size());
  std::vector<unsigned> all(n);
  for (unsigned q = 0; q < n; ++q) all[q] = q;
  Circuit shortcut(n);
  RC_ASSERT(shortcut.prepare(roots, all).has_value());
  const auto made = simulate_plainly(circuit);
  const auto prepared = simulate_plainly(shortcut);
  for (std::size_t x = 0; x < p.size(); ++x) {
    RC_ASSERT(std::abs(made[x] - prepared[x]) < 1e-14);
    RC_ASSERT(std::abs(std::norm(made[x]) - p[x]) < 1e-14);
  }
  // It is undone by its inverse, which a state preparation has not.
  const Circuit undone = compose(circuit, inverse(circuit).value()).value();
  RC_ASSERT(std::abs(simulate_plainly(undone)[0] - 1.0) < 1e-13);
}

}  // namespace
}  // namespace quanta::quantum
