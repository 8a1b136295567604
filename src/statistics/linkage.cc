#include "statistics/linkage.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace quanta::statistics {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

Result<void> check(const Matrix& d) {
  if (d.rows() != d.columns() || d.empty()) {
    return bad_input("distances",
                     fmt::format("{} x {} is no square matrix", d.rows(), d.columns()));
  }
  for (std::size_t i = 0; i < d.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!(d(i, j) >= 0.0 && std::isfinite(d(i, j))) || d(i, j) != d(j, i)) {
        return bad_input("distances",
                         fmt::format("items {} and {} are {} and {} apart; a distance is "
                                     "one finite number of at least 0",
                                     i + 1, j + 1, d(i, j), d(j, i)));
      }
    }
  }
  return {};
}

/// A merge of two items' clusters, named by one item of each.
struct RawMerge {
  std::size_t a = 0;
  std::size_t b = 0;
  double distance = 0.0;
};

/// Prim's algorithm.
std::vector<RawMerge> spanning_tree(const Matrix& d) {
  const std::size_t n = d.rows();
  std::vector<double> nearest(n, kFar);
  std::vector<std::size_t> from(n, 0);
  std::vector<char> in(n, 0);
  std::vector<RawMerge> edges;
  std::size_t at = 0;
  in[0] = 1;
  for (std::size_t step = 1; step < n; ++step) {
    std::size_t next = n;
    for (std::size_t j = 0; j < n; ++j) {
      if (in[j] != 0) continue;
      if (d(at, j) < nearest[j]) {
        nearest[j] = d(at, j);
        from[j] = at;
      }
      if (next == n || nearest[j] < nearest[next]) next = j;
    }
    edges.push_back({from[next], next, nearest[next]});
    in[next] = 1;
    at = next;
  }
  return edges;
}

double updated(LinkageMethod method, double d_a, double d_b, double d_ab, double a, double b,
               double s) {
  switch (method) {
    case LinkageMethod::kSingle:
      return std::min(d_a, d_b);
    case LinkageMethod::kComplete:
      return std::max(d_a, d_b);
    case LinkageMethod::kAverage:
      return (a * d_a + b * d_b) / (a + b);
    case LinkageMethod::kWard:
      break;
  }
  return std::sqrt(((s + a) * d_a * d_a + (s + b) * d_b * d_b - s * d_ab * d_ab) / (s + a + b));
}

/// Follows nearest neighbours until two are nearest to each other, and merges them.
std::vector<RawMerge> nearest_neighbour_chain(Matrix d, LinkageMethod method) {
  const std::size_t n = d.rows();
  std::vector<std::size_t> size(n, 1);  // 0: merged away
  std::vector<std::size_t> chain;
  std::vector<RawMerge> merges;
  while (merges.size() + 1 < n) {
    if (chain.empty()) {
      chain.push_back(static_cast<std::size_t>(
          std::ranges::find_if(size, [](std::size_t s) { return s > 0; }) - size.begin()));
    }
    for (;;) {
      const std::size_t at = chain.back();
      // The one before wins a tie, or the chain could turn in a circle.
      std::size_t nearest = chain.size() > 1 ? chain[chain.size() - 2] : n;
      double least = nearest < n ? d(at, nearest) : kFar;
      for (std::size_t j = 0; j < n; ++j) {
        if (size[j] > 0 && j != at && d(at, j) < least) {
          least = d(at, j);
          nearest = j;
        }
      }
      if (chain.size() > 1 && nearest == chain[chain.size() - 2]) break;
      chain.push_back(nearest);
    }
    const std::size_t a = std::min(chain.back(), chain[chain.size() - 2]);
    const std::size_t b = std::max(chain.back(), chain[chain.size() - 2]);
    chain.resize(chain.size() - 2);
    const double distance = d(a, b);
    merges.push_back({a, b, distance});
    for (std::size_t j = 0; j < n; ++j) {
      if (size[j] == 0 || j == a || j == b) continue;
      d(b, j) = d(j, b) = updated(method, d(a, j), d(b, j), distance, static_cast<double>(size[a]),
                                  static_cast<double>(size[b]), static_cast<double>(size[j]));
    }
    size[b] += size[a];
    size[a] = 0;
  }
  return merges;
}

/// Sorted by distance, with the clusters' numbers in place of one item of each.
std::vector<Merge> numbered(std::vector<RawMerge> raw, std::size_t n) {
  std::ranges::stable_sort(raw, {}, &RawMerge::distance);
  std::vector<std::size_t> parent(2 * n - 1);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  std::vector<std::size_t> size(2 * n - 1, 1);
  const auto root = [&](std::size_t x) {
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
  };
  std::vector<Merge> merges;
  for (const RawMerge& one : raw) {
    const auto [left, right] = std::minmax({root(one.a), root(one.b)});
    const std::size_t made = n + merges.size();
    parent[left] = parent[right] = made;
    size[made] = size[left] + size[right];
    merges.push_back({left, right, one.distance, size[made]});
  }
  return merges;
}

/// Items of a cluster, from left to right.
void append_leaves(const Linkage& tree, std::size_t cluster, std::vector<std::size_t>& out) {
  std::vector<std::size_t> open = {cluster};
  while (!open.empty()) {
    const std::size_t c = open.back();
    open.pop_back();
    if (c < tree.n_items) {
      out.push_back(c);
      continue;
    }
    open.push_back(tree.merges[c - tree.n_items].right);
    open.push_back(tree.merges[c - tree.n_items].left);
  }
}

}  // namespace

Result<Linkage> linkage(const Matrix& distances, LinkageMethod method) {
  QUANTA_CHECK(check(distances));
  const std::size_t n = distances.rows();
  return Linkage{
      n, numbered(method == LinkageMethod::kSingle ? spanning_tree(distances)
                                                   : nearest_neighbour_chain(distances, method),
                  n)};
}

std::vector<std::size_t> leaf_order(const Linkage& tree) {
  std::vector<std::size_t> order;
  append_leaves(tree, tree.n_items + tree.merges.size() - 1, order);
  return order;
}

// cost(i, j), for i and j whose lowest common cluster is v: the least sum of neighbours' distances
// in an order of v that begins with i and ends with j. With i in one child and j in the other,
//   cost(i, j) = min over m, k of cost(i, m) + d(m, k) + cost(k, j),
// where m is in i's child but not in i's grandchild (or is i, where the child is a leaf).
std::vector<std::size_t> optimal_leaf_order(const Linkage& tree, const Matrix& distances) {
  const std::size_t n = tree.n_items;
  if (n < 3) return leaf_order(tree);
  Matrix cost(n, n);
  std::vector<std::vector<std::size_t>> leaves(n + tree.merges.size());
  for (std::size_t i = 0; i < n; ++i) leaves[i] = {i};

  // Where an order of cluster c that begins with leaf i may end.
  const auto ends = [&](std::size_t c, std::size_t i) -> const std::vector<std::size_t>& {
    if (c < n) return leaves[c];
    const Merge& merge = tree.merges[c - n];
    const bool in_left = std::ranges::binary_search(leaves[merge.left], i);
    return in_left ? leaves[merge.right] : leaves[merge.left];
  };
  for (std::size_t m = 0; m < tree.merges.size(); ++m) {
    const Merge& merge = tree.merges[m];
    const auto& left = leaves[merge.left];
    const auto& right = leaves[merge.right];
    // bridge(i, k): from i through the left child and over to k.
    Matrix bridge(left.size(), right.size());
    for (std::size_t a = 0; a < left.size(); ++a) {
      const auto& middles = ends(merge.left, left[a]);
      for (std::size_t b = 0; b < right.size(); ++b) {
        double least = kFar;
        for (const std::size_t middle : middles) {
          least = std::min(least, cost(left[a], middle) + distances(middle, right[b]));
        }
        bridge(a, b) = least;
      }
    }
    for (std::size_t e = 0; e < right.size(); ++e) {
      const auto& middles = ends(merge.right, right[e]);
      std::vector<std::size_t> places;
      for (const std::size_t middle : middles) {
        places.push_back(
            static_cast<std::size_t>(std::ranges::lower_bound(right, middle) - right.begin()));
      }
      for (std::size_t a = 0; a < left.size(); ++a) {
        double least = kFar;
        for (std::size_t p = 0; p < places.size(); ++p) {
          least = std::min(least, bridge(a, places[p]) + cost(middles[p], right[e]));
        }
        cost(left[a], right[e]) = cost(right[e], left[a]) = least;
      }
    }
    auto& all = leaves[n + m];
    std::ranges::merge(left, right, std::back_inserter(all));
  }

  // The best pair of ends of the whole, then down again: each child's ends are found anew.
  std::vector<std::size_t> order;
  const auto place = [&](const auto& self, std::size_t c, std::size_t first,
                         std::size_t last) -> void {
    if (c < n) {
      order.push_back(c);
      return;
    }
    const Merge& merge = tree.merges[c - n];
    const bool in_left = std::ranges::binary_search(leaves[merge.left], first);
    const std::size_t one = in_left ? merge.left : merge.right;
    const std::size_t other = in_left ? merge.right : merge.left;
    double least = kFar;
    std::pair<std::size_t, std::size_t> best;
    for (const std::size_t middle : ends(one, first)) {
      for (const std::size_t next : ends(other, last)) {
        const double through = cost(first, middle) + distances(middle, next) + cost(next, last);
        if (through < least) {
          least = through;
          best = {middle, next};
        }
      }
    }
    self(self, one, first, best.first);
    self(self, other, best.second, last);
  };
  const Merge& top = tree.merges.back();
  std::pair<std::size_t, std::size_t> outer;
  double least = kFar;
  for (const std::size_t i : leaves[top.left]) {
    for (const std::size_t j : leaves[top.right]) {
      if (cost(i, j) < least) {
        least = cost(i, j);
        outer = {i, j};
      }
    }
  }
  place(place, n + tree.merges.size() - 1, outer.first, outer.second);
  if (order.front() > order.back()) std::ranges::reverse(order);
  return order;
}

std::vector<std::size_t> cut(const Linkage& tree, std::size_t k) {
  const std::size_t n = tree.n_items;
  assert(k >= 1 && k <= n);
  std::vector<std::size_t> parent(n + tree.merges.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  for (std::size_t m = 0; m + k < n; ++m) {
    parent[tree.merges[m].left] = parent[tree.merges[m].right] = n + m;
  }
  std::vector<std::size_t> number(parent.size(), n);
  std::vector<std::size_t> cluster(n);
  std::size_t next = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t root = i;
    while (parent[root] != root) root = parent[root];
    if (number[root] == n) number[root] = next++;
    cluster[i] = number[root];
  }
  return cluster;
}

}  // namespace quanta::statistics
