/// Portfolios from the tree of the assets' correlations: but for nested clusters no optimisation,
/// no inverse.
///
///   QUANTA_TRY(const HierarchicalAnswer answer,
///              hierarchical_risk_parity(covariance, {.linkage = LinkageMethod::kWard}));
///
/// Conventions that other programs leave open are options; the default is that of PyPortfolioOpt
/// (single linkage on d itself), `euclid` is the text of López de Prado, optimal leaf order that of
/// Riskfolio-Lib.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "statistics/linkage.h"

namespace quanta::portfolio {

/// What is clustered, from d_ij = sqrt((1 - correlation_ij) / 2).
enum class CorrelationDistance {
  kDirect,  ///< d itself
  kEuclid,  ///< the Euclidean distance between columns of d
};

constexpr auto enum_names(CorrelationDistance) {
  return std::array{std::pair{CorrelationDistance::kDirect, std::string_view("direct")},
                    std::pair{CorrelationDistance::kEuclid, std::string_view("euclid")}};
}

struct HierarchicalOptions {
  statistics::LinkageMethod linkage = statistics::LinkageMethod::kSingle;
  CorrelationDistance distance = CorrelationDistance::kDirect;
  bool optimal_leaf_order = false;           ///< HRP
  std::optional<std::size_t> clusters = {};  ///< HERC, nested; unset: by the gaps of dispersion
};

struct HierarchicalAnswer {
  std::vector<double> weights;        ///< positive, sum 1
  std::vector<std::size_t> order;     ///< the assets from left to right
  std::vector<std::size_t> clusters;  ///< HERC, nested: of each asset, from 0; else empty
  /// Largest relative difference between the share of risk that a split gives a side and what the
  /// rule asks for, recomputed from the weights alone.
  double rule_residual = 0.0;
};

/// Hierarchical risk parity: the ordered assets are halved again and again (an odd list with the
/// shorter half left), each half weighted against its variance under inverse-variance weights,
///   left : right = v_right : v_left.
/// Source: López de Prado, Building Diversified Portfolios that Outperform Out of Sample, J.
/// Portfolio Management 42 (2016). Errors: kBadInput, field "covariance": not square, symmetric,
/// finite, or an asset without variance. Cost: O(n^2), with optimal order O(n^3).
Result<HierarchicalAnswer> hierarchical_risk_parity(const Matrix& covariance,
                                                    const HierarchicalOptions& options);

/// Its second half alone: the halving of assets that stand in a given order, a permutation of
/// 0 … n-1. `covariance` is checked by the caller, variances are positive.
HierarchicalAnswer recursive_bisection(const Matrix& covariance, std::vector<std::size_t> order);

/// Hierarchical equal risk contribution: the tree is cut into k clusters; at each of the k - 1
/// highest merges the weight is split by the sums of the clusters' variances on both sides, each
/// under inverse-variance weights; inside a cluster inverse variance. Source: Raffinot, The
/// Hierarchical Equal Risk Contribution Portfolio (2018). Where k is not given it is the largest
/// second difference of the within-cluster dispersion (Yue, Wang, Wei, J. Data Analysis 2008) among
/// 2 … sqrt(n). Errors: as above; "clusters": 0 or above n.
Result<HierarchicalAnswer> hierarchical_equal_risk(const Matrix& covariance,
                                                   const HierarchicalOptions& options);

/// Nested clusters: within each of the clusters (as hierarchical_equal_risk finds them) the
/// long-only portfolio of least variance, then the same of these portfolios; an asset's weight is
/// the product. Each step is an optimum, the whole is the optimum of no one objective: it looks
/// away from the correlations across clusters that differ from those of their portfolios, because
/// they are estimated worst. With one cluster, or as many as assets, it is the least variance.
/// Source: López de Prado, A Robust Estimator of the Efficient Frontier (SSRN 3469961, 2019).
///
/// weights are at least 0 here. rule_residual: the largest violation of the conditions of an
/// optimum, (S u)_i = u'S u where u_i > 0 and >= where it is 0, in parts of u'S u, over all of the
/// steps, recomputed from covariance and weights. Errors: as hierarchical_equal_risk, and those of
/// optimize_mean_variance.
Result<HierarchicalAnswer> nested_clusters(const Matrix& covariance,
                                           const HierarchicalOptions& options,
                                           const Execution& execution);

/// 1/sigma_i over their sum. Errors: as above.
Result<std::vector<double>> inverse_volatility(const Matrix& covariance);

}  // namespace quanta::portfolio
