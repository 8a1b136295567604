#include "quantum/algorithm/qaoa_parameters.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/algorithm/qaoa_circuit.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;

using Edges = std::vector<std::pair<unsigned, unsigned>>;

/// Minus the number of cut edges: x_i + x_j - 2 x_i x_j for each.
QuadraticCost minus_cut(unsigned n, const Edges& edges) {
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n)};
  for (const auto& [i, j] : edges) {
    cost.linear[i] -= 1.0;
    cost.linear[j] -= 1.0;
    cost.quadratic(std::min(i, j), std::max(i, j)) += 2.0;
  }
  return cost;
}

/// A Hamiltonian cycle 0 … n-1 with chords as in LCF notation [jumps]^…
Edges lcf(unsigned n, const std::vector<int>& jumps) {
  Edges edges;
  for (unsigned i = 0; i < n; ++i) {
    edges.emplace_back(i, (i + 1) % n);
    const auto jump = static_cast<unsigned>(static_cast<int>(i + n) + jumps[i % jumps.size()]) % n;
    if (jump > i) edges.emplace_back(i, jump);
  }
  return edges;
}

/// Expected share of the largest cut.
double ratio(unsigned n, const Edges& edges, const QaoaAngles& angles) {
  const auto circuit =
      QaoaCircuit::create({.cost = minus_cut(n, edges), .mixer = Mixer::kX}, kLimit, {}).value();
  return circuit.energy(angles.gammas, angles.betas, {}, {}) / circuit.minimum();
}

TEST(QaoaParameters, NamesTheFieldAtFault) {
  EXPECT_EQ(maxcut_angles(2, 1).error().field, "degree");
  EXPECT_EQ(maxcut_angles(12, 1).error().field, "degree");
  EXPECT_EQ(maxcut_angles(3, 0).error().field, "layers");
  EXPECT_EQ(maxcut_angles(3, 1001).error().field, "layers");
  const QuadraticCost cost{.linear = {1.0}, .quadratic = Matrix(1, 1)};
  EXPECT_EQ(sk_angles(0, cost).error().field, "layers");
  EXPECT_EQ(sk_angles(1, {}).error().field, "cost");
  const QuadraticCost broken{.linear = {std::numeric_limits<double>::quiet_NaN()},
                             .quadratic = Matrix(1, 1)};
  EXPECT_EQ(sk_angles(1, broken).error().field, "cost");
}

// The Heawood graph, girth 6, bipartite: one and two layers see no cycle, so that the ratios are
// the guaranteed ones exactly; with eleven 0.954732. Values: an independent numpy simulator.
TEST(MaxcutAngles, ReachTheKnownRatiosOnTheHeawoodGraph) {
  const Edges heawood = lcf(14, {5, -5});
  ASSERT_EQ(heawood.size(), 21U);
  EXPECT_NEAR(ratio(14, heawood, maxcut_angles(3, 1).value()), 0.692450, 1e-6);
  EXPECT_NEAR(ratio(14, heawood, maxcut_angles(3, 2).value()), 0.755906, 1e-6);
  EXPECT_NEAR(ratio(14, heawood, maxcut_angles(3, 11).value()), 0.954732, 2e-6);
}

// Wurtz, Lykov (2021), table 1: what the angles are sure to reach on every 3-regular graph.
TEST(MaxcutAngles, KeepTheirGuaranteeOnOtherGraphs) {
  const double sure[] = {0.6924, 0.7559, 0.7923, 0.8168, 0.8363};
  const struct {
    const char* name;
    unsigned n;
    Edges edges;
  } graphs[] = {
      {"cube", 8, lcf(8, {3, -3})},
      {"Moebius-Kantor", 16, lcf(16, {5, -5})},
      {"Pappus", 18, lcf(18, {5, 7, -7, 7, -7, -5})},
      {"Moebius ladder of 12", 12, lcf(12, {6})},
      {"Franklin", 12, lcf(12, {5, -5})},
      {"K4", 4, {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}},
      {"Petersen",
       10,
       {{0, 1},
        {1, 2},
        {2, 3},
        {3, 4},
        {4, 0},
        {0, 5},
        {1, 6},
        {2, 7},
        {3, 8},
        {4, 9},
        {5, 7},
        {7, 9},
        {9, 6},
        {6, 8},
        {8, 5}}},
  };
  for (const auto& graph : graphs) {
    SCOPED_TRACE(graph.name);
    ASSERT_EQ(graph.edges.size(), graph.n * 3 / 2);
    for (unsigned p = 1; p <= 5; ++p) {
      EXPECT_GE(ratio(graph.n, graph.edges, maxcut_angles(3, p).value()), sure[p - 1] - 1e-4)
          << p << " layers";
    }
  }
}

// One layer on a d-regular graph without triangles cuts, at the best angles, the share
// 1/2 + sqrt(1/d) (1 - 1/d)^((d-1)/2) / 2 of the edges (Wang et al. 2018, arXiv:1706.02998): K_dd
// and hypercubes are such, and all their edges can be cut. K_dd has squares, which one layer sees
// only through triangles: none.
TEST(MaxcutAngles, OneLayerIsTheClosedFormForEveryDegree) {
  for (unsigned d = 3; d <= 8; ++d) {
    SCOPED_TRACE(d);
    Edges edges;
    for (unsigned i = 0; i < d; ++i) {
      for (unsigned j = 0; j < d; ++j) edges.emplace_back(i, d + j);
    }
    const double cut = 0.5 + std::sqrt(1.0 / d) * std::pow(1.0 - 1.0 / d, (d - 1.0) / 2.0) / 2.0;
    EXPECT_NEAR(ratio(2 * d, edges, maxcut_angles(d, 1).value()), cut, 1e-6);
  }
  // For the other degrees the angle itself: cos^2(gamma) = 1 - 1/d at beta = -pi/8.
  for (unsigned d = 3; d <= 11; ++d) {
    const QaoaAngles angles = maxcut_angles(d, 1).value();
    EXPECT_NEAR(angles.gammas[0], std::atan(1.0 / std::sqrt(d - 1.0)), 2e-4) << d;
    EXPECT_NEAR(angles.betas[0], -std::numbers::pi / 8.0, 1e-4) << d;
  }
}

// A table whose parts were shifted against each other would not rise.
TEST(MaxcutAngles, MoreLayersCutMore) {
  for (unsigned d = 3; d <= 7; ++d) {
    // d disjoint matchings between two sides of 8: regular and bipartite.
    Edges edges;
    for (unsigned i = 0; i < 8; ++i) {
      for (unsigned s = 0; s < d; ++s) edges.emplace_back(i, 8 + (i + s) % 8);
    }
    double before = 0.5;
    for (unsigned p = 1; p <= 3; ++p) {
      const double now = ratio(16, edges, maxcut_angles(d, p).value());
      EXPECT_GT(now, before) << "degree " << d << ", " << p << " layers";
      before = now;
    }
  }
}

QuadraticCost random_cost(unsigned n, std::uint64_t seed, double size) {
  RandomStream stream(seed, "test cost");
  QuadraticCost cost{.linear = std::vector<double>(n), .quadratic = Matrix(n, n)};
  for (auto& l : cost.linear) l = size * stream.normal();
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned j = i + 1; j < n; ++j) cost.quadratic(i, j) = size * stream.normal();
  }
  return cost;
}

// One layer of the model itself: c = sum J_ij s_i s_j / sqrt(n) falls by 0.3033 a spin as n grows,
// and 2 layers by 0.4075 (Farhi et al. 2022, table 1). With 14 spins the mean of 30 draws is off by
// the finite size, about 1/n.
TEST(SkAngles, LowerTheEnergyOfTheModelAsPublished) {
  constexpr unsigned kSpins = 14;
  const double published[] = {0.3033, 0.4075, 0.4726};
  double reached[3] = {};
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    RandomStream stream(seed, "test model");
    // As bits: 4 J x_i x_j - 2 J (x_i + x_j) + J.
    QuadraticCost cost{.linear = std::vector<double>(kSpins), .quadratic = Matrix(kSpins, kSpins)};
    for (unsigned i = 0; i < kSpins; ++i) {
      for (unsigned j = i + 1; j < kSpins; ++j) {
        const double coupling = stream.normal() / std::sqrt(kSpins);
        cost.quadratic(i, j) = 4.0 * coupling;
        cost.linear[i] -= 2.0 * coupling;
        cost.linear[j] -= 2.0 * coupling;
        cost.constant += coupling;
      }
    }
    const auto circuit =
        QaoaCircuit::create({.cost = cost, .mixer = Mixer::kX}, kLimit, {}).value();
    for (unsigned p = 1; p <= 3; ++p) {
      const QaoaAngles angles = sk_angles(p, cost).value();
      reached[p - 1] -= circuit.energy(angles.gammas, angles.betas, {}, {}) / kSpins / 30.0;
    }
  }
  for (unsigned p = 0; p < 3; ++p) EXPECT_NEAR(reached[p], published[p], 0.05) << p + 1;
}

// Dense costs with linear parts, of any size: ever lower with more layers, in units of the standard
// deviation, and below ten draws of random angles (with one layer a lucky draw may come close).
TEST(SkAngles, BeatRandomAnglesOnDenseCosts) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const QuadraticCost cost = random_cost(11, seed, seed % 2 == 0 ? 1e-3 : 1e4);
    const auto circuit =
        QaoaCircuit::create({.cost = cost, .mixer = Mixer::kX}, kLimit, {}).value();
    double before = 0.0;
    for (const unsigned p : {1U, 3U, 8U, 17U, 25U}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << p << " layers");
      const QaoaAngles angles = sk_angles(p, cost).value();
      ASSERT_EQ(angles.gammas.size(), p);
      const auto drop = [&](const QaoaAngles& a) {
        return (circuit.mean() - circuit.energy(a.gammas, a.betas, {}, {})) / circuit.deviation();
      };
      const double table = drop(angles);
      EXPECT_GT(table, before);
      before = table;
      RandomStream stream(seed, "test angles", p);
      double most = 0.0;
      for (int draw = 0; draw < 10; ++draw) {
        QaoaAngles random = angles;
        for (auto& g : random.gammas) g = stream.normal() / circuit.deviation();
        for (auto& b : random.betas) b = std::numbers::pi * stream.uniform();
        most = std::max(most, drop(random));
      }
      EXPECT_GT(table, p == 1 ? 0.9 * most : most);
    }
  }
}

TEST(LinearRamp, GrowsTheCostAndFadesTheMixer) {
  const QaoaAngles ramp = linear_ramp(4, 0.8, 0.4);
  const double gammas[] = {0.1, 0.3, 0.5, 0.7};
  const double betas[] = {-0.35, -0.25, -0.15, -0.05};
  for (unsigned l = 0; l < 4; ++l) {
    EXPECT_NEAR(ramp.gammas[l], gammas[l], 1e-15);
    EXPECT_NEAR(ramp.betas[l], betas[l], 1e-15);
  }
}

// x'_i = ((i - 1)/p) x_{i-1} + ((p - i + 1)/p) x_i, i = 1 … p + 1 (Zhou et al. 2020, equation B1).
TEST(Interpolate, IsInterpForOneMoreLayer) {
  RandomStream stream(2, "test angles");
  for (unsigned p = 1; p <= 9; ++p) {
    QaoaAngles angles{.gammas = std::vector<double>(p), .betas = std::vector<double>(p)};
    for (auto& g : angles.gammas) g = stream.normal();
    for (auto& b : angles.betas) b = stream.normal();
    const QaoaAngles longer = interpolate(angles, p + 1);
    const auto expect = [&](const std::vector<double>& x, const std::vector<double>& found) {
      ASSERT_EQ(found.size(), p + 1);
      for (unsigned i = 1; i <= p + 1; ++i) {
        const double before = i > 1 ? x[i - 2] : 0.0;
        const double at = i <= p ? x[i - 1] : 0.0;
        EXPECT_NEAR(found[i - 1], (i - 1.0) / p * before + (p - i + 1.0) / p * at, 1e-14);
      }
    };
    expect(angles.gammas, longer.gammas);
    expect(angles.betas, longer.betas);
    EXPECT_EQ(interpolate(angles, p), angles);
  }
}

}  // namespace
}  // namespace quanta::quantum
