#include "portfolio/objectives/hierarchical.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "portfolio/objectives/mean_variance.h"
#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

using statistics::LinkageMethod;

Matrix us20_covariance() {
  return statistics::annualise(statistics::estimate_moments(statistics::us20_returns(), {}).value(),
                               252)
      .covariance;
}

double neighbour_distance(const Matrix& correlation, const std::vector<std::size_t>& order,
                          CorrelationDistance distance) {
  const std::size_t n = correlation.rows();
  const auto d = [&](std::size_t i, std::size_t j) {
    return i == j ? 0.0 : std::sqrt((1 - correlation(i, j)) / 2);
  };
  double sum = 0.0;
  for (std::size_t at = 1; at < n; ++at) {
    const std::size_t a = order[at - 1];
    const std::size_t b = order[at];
    double squares = 0.0;
    for (std::size_t k = 0; k < n; ++k) squares += std::pow(d(a, k) - d(b, k), 2);
    sum += distance == CorrelationDistance::kDirect ? d(a, b) : std::sqrt(squares);
  }
  return sum;
}

// Every stored variant (scipy's linkage and an own bisection), weights to 1e-10. The stored
// "optimal" orders are scipy 1.10's, which are not optimal (scipy issue 11227): there the bisection
// is compared in the stored order, and our order has to be the shorter one.
TEST(Hierarchical, AgreesWithEveryStoredVariant) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = statistics::expected_values("us20_hierarchical.json");
  const auto names = json::from<std::vector<std::string>>(book.at("source").at("assets")).value();
  const Matrix covariance = us20_covariance();
  const Matrix correlation = statistics::correlation(covariance).value();
  std::size_t compared = 0;
  for (const auto& item : book.at("results").as_object()) {
    const std::string key = item.key();
    SCOPED_TRACE(key);
    HierarchicalOptions options;
    options.distance = key.find("_euclid_") != std::string::npos ? CorrelationDistance::kEuclid
                                                                 : CorrelationDistance::kDirect;
    for (const auto& [method, name] : statistics::enum_names(LinkageMethod{})) {
      if (key.find("_" + std::string(name)) != std::string::npos) options.linkage = method;
    }
    options.optimal_leaf_order = key.ends_with("optimal_order");
    const bool herc = key.starts_with("herc");
    if (herc) options.clusters = static_cast<std::size_t>(key.back() - '0');
    const auto own = herc ? hierarchical_equal_risk(covariance, options)
                          : hierarchical_risk_parity(covariance, options);
    ASSERT_TRUE(own.has_value());
    EXPECT_LT(own->rule_residual, 1e-14);
    HierarchicalAnswer answer = *own;
    if (options.optimal_leaf_order) {
      std::vector<std::size_t> stored;
      for (const auto& name : item.value().at("order").as_array()) {
        stored.push_back(static_cast<std::size_t>(
            std::ranges::find(names, json::from<std::string>(name).value()) - names.begin()));
      }
      EXPECT_LT(neighbour_distance(correlation, own->order, options.distance),
                neighbour_distance(correlation, stored, options.distance));
      answer = recursive_bisection(covariance, stored);
    }
    const auto& expected = item.value().at("weights").as_object();
    for (std::size_t i = 0; i < names.size(); ++i) {
      EXPECT_NEAR(answer.weights[i], json::from<double>(expected.at(names[i])).value(), 1e-10);
    }
    ++compared;
  }
  EXPECT_EQ(compared, 22U);
}

// Uncorrelated assets of variances 1 and 3, by hand: 3/4 and 1/4.
TEST(Hierarchical, TwoAssetsAreWeightedAgainstTheirVariance) {
  const Matrix covariance(2, 2, {1, 0, 0, 3});
  EXPECT_NEAR(hierarchical_risk_parity(covariance, {})->weights[0], 0.75, 1e-15);
  EXPECT_NEAR(hierarchical_equal_risk(covariance, {.clusters = 2})->weights[0], 0.75, 1e-15);
  EXPECT_NEAR(hierarchical_equal_risk(covariance, {.clusters = 1})->weights[0], 0.75, 1e-15);
  EXPECT_NEAR(inverse_volatility(covariance).value()[0], std::sqrt(3) / (1 + std::sqrt(3)), 1e-15);
  EXPECT_EQ(hierarchical_risk_parity(Matrix(1, 1, 2.0), {})->weights[0], 1.0);
  EXPECT_EQ(hierarchical_equal_risk(Matrix(1, 1, 2.0), {})->weights[0], 1.0);
}

// Two blocks of equal assets that move together: the gap finds the two blocks.
TEST(Hierarchical, TheGapFindsTheBlocks) {
  Matrix covariance(12, 12, 0.1);
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t j = 0; j < 12; ++j) {
      if (i / 4 == j / 4) covariance(i, j) = i == j ? 1.0 : 0.9;
    }
  }
  const auto answer =
      hierarchical_equal_risk(covariance, {.linkage = LinkageMethod::kWard}).value();
  EXPECT_EQ(answer.clusters, (std::vector<std::size_t>{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}));
  EXPECT_NEAR(std::accumulate(answer.weights.begin(), answer.weights.end(), 0.0), 1.0, 1e-15);
}

TEST(Hierarchical, NamesTheFieldAtFault) {
  EXPECT_EQ(hierarchical_risk_parity(Matrix(2, 2, {1, 0, 0, 0}), {}).error().field, "covariance");
  EXPECT_EQ(hierarchical_risk_parity(Matrix(2, 2, {1, 0.1, 0.2, 1}), {}).error().field,
            "covariance");
  EXPECT_EQ(inverse_volatility(Matrix(2, 2, {1, 0, 0, 0})).error().field, "covariance");
  for (const std::size_t k : {std::size_t{0}, std::size_t{3}}) {
    EXPECT_EQ(hierarchical_equal_risk(Matrix(2, 2, {1, 0, 0, 1}), {.clusters = k}).error().field,
              "clusters");
  }
}

/// Two blocks of two assets that have nothing to do with each other.
Matrix two_blocks() {
  Matrix out(4, 4);
  out(0, 0) = 0.04;
  out(1, 1) = 0.05;
  out(0, 1) = out(1, 0) = 0.03;
  out(2, 2) = 0.02;
  out(3, 3) = 0.03;
  out(2, 3) = out(3, 2) = 0.015;
  return out;
}

std::vector<double> least_variance_of(const Matrix& covariance) {
  const std::size_t n = covariance.rows();
  return optimize_mean_variance({.mean = std::vector<double>(n),
                                 .covariance = covariance,
                                 .bounds = uniform_bounds(n, 0.0, 1.0)},
                                {})
      .value()
      .weights;
}

TEST(NestedClusters, NamesTheFieldAtFault) {
  const auto none = nested_clusters(two_blocks(), {.clusters = 0}, {});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().field, "clusters");
  const auto many = nested_clusters(two_blocks(), {.clusters = 5}, {});
  ASSERT_FALSE(many.has_value());
  EXPECT_EQ(many.error().field, "clusters");
  const auto odd = nested_clusters(Matrix(2, 3, 1.0), {}, {});
  ASSERT_FALSE(odd.has_value());
  EXPECT_EQ(odd.error().field, "covariance");
}

// By hand: within (2/3, 1/3) of variance 11/300 and (3/4, 1/4) of 0.01875; across, against the
// variances.
TEST(NestedClusters, SplitsBlocksAsTheLeastVarianceDoes) {
  const HierarchicalAnswer answer = nested_clusters(two_blocks(), {.clusters = 2}, {}).value();
  const double first = 11.0 / 300.0;
  const double second = 0.01875;
  const double to_first = second / (first + second);
  EXPECT_NEAR(answer.weights[0], to_first * 2.0 / 3.0, 1e-14);
  EXPECT_NEAR(answer.weights[1], to_first / 3.0, 1e-14);
  EXPECT_NEAR(answer.weights[2], (1.0 - to_first) * 0.75, 1e-14);
  EXPECT_NEAR(answer.weights[3], (1.0 - to_first) * 0.25, 1e-14);
  EXPECT_LE(answer.rule_residual, 1e-13);
  EXPECT_EQ(answer.clusters, (std::vector<std::size_t>{0, 0, 1, 1}));
}

TEST(NestedClusters, OfOneOrOfEachAreTheLeastVariance) {
  Matrix covariance = two_blocks();
  covariance(0, 2) = covariance(2, 0) = 0.01;
  covariance(1, 3) = covariance(3, 1) = -0.005;
  const std::vector<double> least = least_variance_of(covariance);
  for (const std::size_t k : {1U, 4U}) {
    const HierarchicalAnswer answer = nested_clusters(covariance, {.clusters = k}, {}).value();
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(answer.weights[i], least[i], 1e-13);
  }
}

TEST(NestedClusters, GivesTheSameBitsOnAnyNumberOfThreads) {
  const HierarchicalAnswer alone = nested_clusters(two_blocks(), {}, {}).value();
  for (const unsigned threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(nested_clusters(two_blocks(), {}, {.pool = &pool}).value().weights, alone.weights);
  }
}

}  // namespace
}  // namespace quanta::portfolio
