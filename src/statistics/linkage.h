/// Hierarchical clustering from pairwise distances.
///
///   const Linkage tree = linkage(distances, LinkageMethod::kWard);
///   std::vector<std::size_t> order = leaf_order(tree);
///   std::vector<std::size_t> cluster = cut(tree, 4);         // cluster number of each item
///
/// The n items are clusters 0 … n-1, merge m makes cluster n + m, and of the two merged the lower
/// number is the left one: scipy's conventions, and its answers but for ties.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// The distance of a cluster to the union of a and b.
enum class LinkageMethod {
  kSingle,    ///< the lesser of both
  kComplete,  ///< the greater of both
  kAverage,   ///< their mean, weighted by size
  kWard,      ///< sqrt(((s + a) d_a^2 + (s + b) d_b^2 - s d_ab^2) / (s + a + b)), sizes s, a, b
};

constexpr auto enum_names(LinkageMethod) {
  using enum LinkageMethod;
  return std::array{std::pair{kSingle, std::string_view("single")},
                    std::pair{kComplete, std::string_view("complete")},
                    std::pair{kAverage, std::string_view("average")},
                    std::pair{kWard, std::string_view("ward")}};
}

struct Merge {
  std::size_t left = 0;  ///< the lower number
  std::size_t right = 0;
  double distance = 0.0;
  std::size_t size = 0;  ///< items in the new cluster
};

struct Linkage {
  std::size_t n_items = 0;
  std::vector<Merge> merges;  ///< n_items - 1, by rising distance
};

/// `distances`: n x n, symmetric, 0 on the diagonal. Errors: kBadInput, field "distances": not
/// square, empty, not finite, negative, asymmetric. Method: a minimum spanning tree for single,
/// chains of nearest neighbours for the others (Murtagh, 1983). O(n^2).
Result<Linkage> linkage(const Matrix& distances, LinkageMethod method);

/// Items from left to right as the tree is drawn.
std::vector<std::size_t> leaf_order(const Linkage& tree);

/// The order, among all 2^(n-1) that the tree allows, with the least sum of distances of
/// neighbours; of its two mirrors that whose first item has the lower number. Source: Bar-Joseph,
/// Gifford, Jaakkola, Bioinformatics 17 (2001). O(n^3) in the balanced case, at most O(n^4); n^2
/// numbers.
std::vector<std::size_t> optimal_leaf_order(const Linkage& tree, const Matrix& distances);

/// The cluster of each item where the tree is cut into k, numbered from 0 by their first item.
/// 1 <= k <= n_items.
std::vector<std::size_t> cut(const Linkage& tree, std::size_t k);

}  // namespace quanta::statistics
