#include "statistics/linkage.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::statistics {
namespace {

Matrix random_distances(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test distances");
  Matrix points(n, 3);
  for (std::size_t i = 0; i < n; ++i) {
    for (double& x : points.row(i)) x = stream.normal();
  }
  Matrix d(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double squares = 0.0;
      for (std::size_t c = 0; c < 3; ++c) squares += std::pow(points(i, c) - points(j, c), 2);
      d(i, j) = d(j, i) = std::sqrt(squares);
    }
  }
  return d;
}

/// By definition, from the items' distances and for Ward from the merges before: the two nearest
/// clusters are merged, again and again.
std::vector<double> merge_distances_by_definition(Matrix d, LinkageMethod method) {
  const std::size_t n = d.rows();
  std::vector<double> size(n, 1.0);
  std::vector<double> out;
  for (std::size_t step = 1; step < n; ++step) {
    std::size_t a = n;
    std::size_t b = n;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (size[i] == 0 || size[j] == 0) continue;
        if (a == n || d(i, j) < d(a, b)) {
          a = i;
          b = j;
        }
      }
    }
    const double ab = d(a, b);
    out.push_back(ab);
    for (std::size_t s = 0; s < n; ++s) {
      if (size[s] == 0 || s == a || s == b) continue;
      const double x = d(s, a);
      const double y = d(s, b);
      double z = 0.0;
      switch (method) {
        case LinkageMethod::kSingle:
          z = std::min(x, y);
          break;
        case LinkageMethod::kComplete:
          z = std::max(x, y);
          break;
        case LinkageMethod::kAverage:
          z = (size[a] * x + size[b] * y) / (size[a] + size[b]);
          break;
        case LinkageMethod::kWard:
          z = std::sqrt(
              ((size[s] + size[a]) * x * x + (size[s] + size[b]) * y * y - size[s] * ab * ab) /
              (size[s] + size[a] + size[b]));
          break;
      }
      d(s, a) = d(a, s) = z;
    }
    size[a] += size[b];
    size[b] = 0;
  }
  return out;
}

TEST(Linkage, MergesTheNearestClustersByEveryMethod) {
  for (const auto& [method, name] : enum_names(LinkageMethod{})) {
    SCOPED_TRACE(name);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Matrix d = random_distances(17, seed);
      const auto tree = linkage(d, method).value();
      const auto expected = merge_distances_by_definition(d, method);
      ASSERT_EQ(tree.merges.size(), 16U);
      for (std::size_t m = 0; m < 16; ++m) {
        EXPECT_NEAR(tree.merges[m].distance, expected[m], 1e-12);
        EXPECT_LT(tree.merges[m].left, tree.merges[m].right);
      }
      EXPECT_EQ(tree.merges.back().size, 17U);
    }
  }
}

/// Sum of the distances of neighbours.
double length_of(const std::vector<std::size_t>& order, const Matrix& d) {
  double sum = 0.0;
  for (std::size_t i = 1; i < order.size(); ++i) sum += d(order[i - 1], order[i]);
  return sum;
}

/// All orders that a tree allows, by flipping each merge or not.
double least_length_by_flipping(const Linkage& tree, const Matrix& d) {
  const std::size_t n = tree.n_items;
  double least = HUGE_VAL;
  for (std::size_t flips = 0; flips < std::size_t{1} << (n - 1); ++flips) {
    std::vector<std::vector<std::size_t>> orders(n + tree.merges.size());
    for (std::size_t i = 0; i < n; ++i) orders[i] = {i};
    for (std::size_t m = 0; m < tree.merges.size(); ++m) {
      const Merge& merge = tree.merges[m];
      const bool flip = (flips >> m & 1) != 0;
      auto& order = orders[n + m];
      for (const std::size_t child :
           {flip ? merge.right : merge.left, flip ? merge.left : merge.right}) {
        order.insert(order.end(), orders[child].begin(), orders[child].end());
      }
    }
    least = std::min(least, length_of(orders.back(), d));
  }
  return least;
}

TEST(Linkage, TheOptimalOrderIsTheShortestOfAllFlips) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Matrix d = random_distances(9, seed);
    for (const auto method : {LinkageMethod::kSingle, LinkageMethod::kWard}) {
      const auto tree = linkage(d, method).value();
      const auto order = optimal_leaf_order(tree, d);
      EXPECT_NEAR(length_of(order, d), least_length_by_flipping(tree, d), 1e-12);
      EXPECT_LT(order.front(), order.back());
      auto sorted = order;
      std::ranges::sort(sorted);
      for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(sorted[i], i);
    }
  }
}

// Two pairs far from each other, by hand.
TEST(Linkage, TwoPairs) {
  Matrix d(4, 4, 10.0);
  for (std::size_t i = 0; i < 4; ++i) d(i, i) = 0.0;
  d(0, 2) = d(2, 0) = 1.0;
  d(1, 3) = d(3, 1) = 2.0;
  const auto tree = linkage(d, LinkageMethod::kAverage).value();
  EXPECT_EQ(tree.merges[0].left, 0U);
  EXPECT_EQ(tree.merges[0].right, 2U);
  EXPECT_EQ(tree.merges[2].left, 4U);
  EXPECT_EQ(tree.merges[2].distance, 10.0);
  EXPECT_EQ(leaf_order(tree), (std::vector<std::size_t>{0, 2, 1, 3}));
  EXPECT_EQ(cut(tree, 2), (std::vector<std::size_t>{0, 1, 0, 1}));
  EXPECT_EQ(cut(tree, 4), (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(cut(tree, 1), (std::vector<std::size_t>{0, 0, 0, 0}));
}

TEST(Linkage, NamesWhatIsNoDistance) {
  EXPECT_EQ(linkage(Matrix(), LinkageMethod::kSingle).error().field, "distances");
  EXPECT_EQ(linkage(Matrix(2, 3), LinkageMethod::kSingle).error().field, "distances");
  EXPECT_EQ(linkage(Matrix(2, 2, {0, -1, -1, 0}), LinkageMethod::kWard).error().field, "distances");
  EXPECT_EQ(linkage(Matrix(2, 2, {0, 1, 2, 0}), LinkageMethod::kWard).error().field, "distances");
  EXPECT_EQ(linkage(Matrix(2, 2, {0, NAN, NAN, 0}), LinkageMethod::kWard).error().field,
            "distances");
  EXPECT_EQ(linkage(Matrix(1, 1), LinkageMethod::kWard)->merges.size(), 0U);
}

}  // namespace
}  // namespace quanta::statistics
