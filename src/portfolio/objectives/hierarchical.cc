#include "portfolio/objectives/hierarchical.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "portfolio/objectives/mean_variance.h"
#include "statistics/checked_returns.h"
#include "statistics/moments.h"

namespace quanta::portfolio {
namespace {

/// Variance of inverse-variance weights on some of the assets.
double cluster_variance(const Matrix& covariance, std::span<const std::size_t> assets) {
  double total = 0.0;
  for (const std::size_t i : assets) total += 1.0 / covariance(i, i);
  double variance = 0.0;
  for (const std::size_t i : assets) {
    double row = 0.0;
    for (const std::size_t j : assets) row += covariance(i, j) / covariance(j, j);
    variance += row / covariance(i, i);
  }
  return variance / (total * total);
}

Result<Matrix> distances(const Matrix& covariance, CorrelationDistance distance) {
  QUANTA_CHECK(statistics::check_covariance(covariance));
  QUANTA_TRY(Matrix d, statistics::correlation(covariance));
  const std::size_t n = d.rows();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      d(i, j) = i == j ? 0.0 : std::sqrt(std::max(0.0, (1.0 - d(i, j)) / 2.0));
    }
  }
  if (distance == CorrelationDistance::kDirect) return d;
  Matrix apart(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double squares = 0.0;
      for (std::size_t k = 0; k < n; ++k) squares += (d(i, k) - d(j, k)) * (d(i, k) - d(j, k));
      apart(i, j) = apart(j, i) = std::sqrt(squares);
    }
  }
  return apart;
}

/// A share of the whole that goes to some assets, split in two.
struct Split {
  std::span<const std::size_t> left;
  std::span<const std::size_t> right;
  double left_variance = 0.0;
  double right_variance = 0.0;
};

/// Scales the weights of both sides against their variances.
void weigh(const Split& split, std::vector<double>& weights) {
  const double to_left = split.right_variance / (split.left_variance + split.right_variance);
  for (const std::size_t i : split.left) weights[i] *= to_left;
  for (const std::size_t i : split.right) weights[i] *= 1.0 - to_left;
}

/// How far the sums of the final weights are from left : right = v_right : v_left.
double residual(const Split& split, const std::vector<double>& weights) {
  const auto sum = [&](std::span<const std::size_t> side) {
    double total = 0.0;
    for (const std::size_t i : side) total += weights[i];
    return total;
  };
  const double left = sum(split.left);
  const double both = left + sum(split.right);
  const double asked = split.right_variance / (split.left_variance + split.right_variance);
  return std::abs(left / both - asked);
}

void normalise(std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& w : weights) w /= sum;
}

/// W_k: over the clusters of a cut into k, the squared distances of their pairs divided by twice
/// their size, summed; for k = 1 … most.
std::vector<double> dispersions(const statistics::Linkage& tree, const Matrix& d,
                                std::size_t most) {
  std::vector<double> result;
  for (std::size_t k = 1; k <= most; ++k) {
    const std::vector<std::size_t> cluster = statistics::cut(tree, k);
    std::vector<double> squares(k);
    std::vector<double> size(k);
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      size[cluster[i]] += 1.0;
      for (std::size_t j = 0; j < i; ++j) {
        if (cluster[j] == cluster[i]) squares[cluster[i]] += d(i, j) * d(i, j);
      }
    }
    double sum = 0.0;
    for (std::size_t c = 0; c < k; ++c) sum += squares[c] / (2.0 * size[c]);
    result.push_back(sum);
  }
  return result;
}

std::size_t clusters_by_gap(const statistics::Linkage& tree, const Matrix& d) {
  const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(tree.n_items)));
  const std::size_t most = std::max<std::size_t>(root, 2);
  if (tree.n_items < 3) return 1;
  const std::vector<double> w = dispersions(tree, d, std::min(most + 1, tree.n_items));
  std::size_t best = 2;
  double widest = -1.0;
  for (std::size_t k = 2; k + 1 <= w.size(); ++k) {
    const double gap = w[k - 2] + w[k] - 2.0 * w[k - 1];  // second difference at k
    if (gap > widest) {
      widest = gap;
      best = k;
    }
  }
  return best;
}

/// The tree, and the assets of each of its clusters.
struct Clusters {
  statistics::Linkage tree;
  std::vector<std::size_t> of_asset;
  std::vector<std::size_t> order;
  std::vector<std::vector<std::size_t>> members;
};

Result<Clusters> find_clusters(const Matrix& covariance, const HierarchicalOptions& options) {
  QUANTA_TRY(const Matrix d, distances(covariance, options.distance));
  QUANTA_TRY(statistics::Linkage tree, statistics::linkage(d, options.linkage));
  const std::size_t n = covariance.rows();
  if (options.clusters && (*options.clusters == 0 || *options.clusters > n)) {
    return bad_input("clusters", fmt::format("{} clusters of {} assets: 1 to {} are possible",
                                             *options.clusters, n, n));
  }
  if (tree.merges.empty()) return Clusters{std::move(tree), {0}, {0}, {{0}}};
  const std::size_t k = options.clusters.value_or(clusters_by_gap(tree, d));
  Clusters out{.tree = std::move(tree), .of_asset = {}, .order = {}, .members = {}};
  out.of_asset = statistics::cut(out.tree, k);
  out.order = statistics::leaf_order(out.tree);
  out.members.resize(k);
  for (std::size_t i = 0; i < n; ++i) out.members[out.of_asset[i]].push_back(i);
  return out;
}

/// The conditions of the long-only least variance, from covariance and weights alone.
double optimality_residual(const Matrix& covariance, const std::vector<double>& u) {
  const std::size_t n = u.size();
  std::vector<double> shared(n);
  double variance = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) shared[i] += covariance(i, j) * u[j];
    variance += shared[i] * u[i];
  }
  double worst = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double missing = variance - shared[i];
    worst = std::max(worst, u[i] > 0.0 ? std::abs(missing) : missing);
  }
  return variance > 0.0 ? worst / variance : 0.0;
}

Result<std::vector<double>> least_variance(const Matrix& covariance, const Execution& execution) {
  const std::size_t n = covariance.rows();
  QUANTA_TRY(ContinuousAnswer answer, optimize_mean_variance({.mean = std::vector<double>(n),
                                                              .covariance = covariance,
                                                              .bounds = uniform_bounds(n, 0.0, 1.0),
                                                              .objective = Objective::kMinVariance},
                                                             execution));
  return std::move(answer.weights);
}

}  // namespace

Result<HierarchicalAnswer> nested_clusters(const Matrix& covariance,
                                           const HierarchicalOptions& options,
                                           const Execution& execution) {
  QUANTA_TRY(Clusters clusters, find_clusters(covariance, options));
  const std::size_t n = covariance.rows();
  const std::size_t k = clusters.members.size();
  HierarchicalAnswer answer;
  std::vector<std::vector<double>> inner;  // n weights each, of the cluster's own portfolio
  for (const std::vector<std::size_t>& members : clusters.members) {
    Matrix own(members.size(), members.size());
    for (std::size_t a = 0; a < members.size(); ++a) {
      for (std::size_t b = 0; b < members.size(); ++b) {
        own(a, b) = covariance(members[a], members[b]);
      }
    }
    QUANTA_TRY(const std::vector<double> weights, least_variance(own, execution));
    answer.rule_residual = std::max(answer.rule_residual, optimality_residual(own, weights));
    std::vector<double>& spread = inner.emplace_back(n);
    for (std::size_t a = 0; a < members.size(); ++a) spread[members[a]] = weights[a];
  }
  Matrix between(k, k);
  for (std::size_t c = 0; c < k; ++c) {
    std::vector<double> shared(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (const std::size_t j : clusters.members[c]) shared[i] += covariance(i, j) * inner[c][j];
    }
    for (std::size_t d = 0; d < k; ++d) {
      for (const std::size_t i : clusters.members[d]) between(c, d) += shared[i] * inner[d][i];
    }
  }
  QUANTA_TRY(const std::vector<double> outer, least_variance(between, execution));
  answer.rule_residual = std::max(answer.rule_residual, optimality_residual(between, outer));
  for (std::size_t i = 0; i < n; ++i) {
    answer.weights.push_back(outer[clusters.of_asset[i]] * inner[clusters.of_asset[i]][i]);
  }
  normalise(answer.weights);
  answer.clusters = std::move(clusters.of_asset);
  answer.order = std::move(clusters.order);
  return answer;
}

Result<HierarchicalAnswer> hierarchical_risk_parity(const Matrix& covariance,
                                                    const HierarchicalOptions& options) {
  QUANTA_TRY(const Matrix d, distances(covariance, options.distance));
  QUANTA_TRY(const statistics::Linkage tree, statistics::linkage(d, options.linkage));
  if (tree.merges.empty()) return HierarchicalAnswer{{1.0}, {0}, {}, 0.0};
  return recursive_bisection(covariance, options.optimal_leaf_order
                                             ? statistics::optimal_leaf_order(tree, d)
                                             : statistics::leaf_order(tree));
}

HierarchicalAnswer recursive_bisection(const Matrix& covariance, std::vector<std::size_t> order) {
  HierarchicalAnswer answer;
  answer.order = std::move(order);
  answer.weights.assign(covariance.rows(), 1.0);
  std::vector<Split> splits;
  std::vector<std::span<const std::size_t>> open = {answer.order};
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto part = open[at];
    if (part.size() < 2) continue;
    const auto left = part.first(part.size() / 2);
    const auto right = part.subspan(part.size() / 2);
    splits.push_back(
        {left, right, cluster_variance(covariance, left), cluster_variance(covariance, right)});
    weigh(splits.back(), answer.weights);
    open.push_back(left);
    open.push_back(right);
  }
  normalise(answer.weights);
  for (const Split& split : splits) {
    answer.rule_residual = std::max(answer.rule_residual, residual(split, answer.weights));
  }
  return answer;
}

Result<HierarchicalAnswer> hierarchical_equal_risk(const Matrix& covariance,
                                                   const HierarchicalOptions& options) {
  QUANTA_TRY(Clusters found, find_clusters(covariance, options));
  const statistics::Linkage& tree = found.tree;
  const std::vector<std::vector<std::size_t>>& members = found.members;
  const std::size_t n = covariance.rows();
  const std::size_t k = members.size();
  HierarchicalAnswer answer;
  if (tree.merges.empty()) return HierarchicalAnswer{{1.0}, {0}, {0}, 0.0};
  answer.order = std::move(found.order);
  answer.clusters = std::move(found.of_asset);
  answer.weights.assign(n, 0.0);
  for (const auto& cluster : members) {
    double total = 0.0;
    for (const std::size_t i : cluster) total += 1.0 / covariance(i, i);
    for (const std::size_t i : cluster) answer.weights[i] = 1.0 / covariance(i, i) / total;
  }
  // The k - 1 highest merges, from the top down: all assets of both sides, and the sums of the
  // variances of the clusters there.
  std::vector<std::vector<std::size_t>> leaves(n + tree.merges.size());
  for (std::size_t i = 0; i < n; ++i) leaves[i] = {i};
  for (std::size_t m = 0; m < tree.merges.size(); ++m) {
    for (const std::size_t child : {tree.merges[m].left, tree.merges[m].right}) {
      leaves[n + m].insert(leaves[n + m].end(), leaves[child].begin(), leaves[child].end());
    }
  }
  std::vector<double> variance;
  for (const auto& cluster : members) variance.push_back(cluster_variance(covariance, cluster));
  const auto sum_of = [&](std::span<const std::size_t> side) {
    std::vector<char> counted(k);
    double sum = 0.0;
    for (const std::size_t i : side) {
      if (counted[answer.clusters[i]] != 0) continue;
      counted[answer.clusters[i]] = 1;
      sum += variance[answer.clusters[i]];
    }
    return sum;
  };
  std::vector<Split> splits;
  for (std::size_t m = tree.merges.size(); m-- > n - k;) {
    const std::span<const std::size_t> left = leaves[tree.merges[m].left];
    const std::span<const std::size_t> right = leaves[tree.merges[m].right];
    splits.push_back({left, right, sum_of(left), sum_of(right)});
    weigh(splits.back(), answer.weights);
  }
  normalise(answer.weights);
  for (const Split& split : splits) {
    answer.rule_residual = std::max(answer.rule_residual, residual(split, answer.weights));
  }
  return answer;
}

Result<std::vector<double>> inverse_volatility(const Matrix& covariance) {
  QUANTA_CHECK(statistics::check_covariance(covariance));
  std::vector<double> weights;
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    if (!(covariance(i, i) > 0.0)) {
      return bad_input("covariance", fmt::format("asset {} has no variance; leave it out", i + 1));
    }
    weights.push_back(1.0 / std::sqrt(covariance(i, i)));
  }
  normalise(weights);
  return weights;
}

}  // namespace quanta::portfolio
