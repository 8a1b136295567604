#include "statistics/cross_products.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::statistics {
namespace {

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  RandomStream random(seed, "cross products");
  Matrix m(rows, columns);
  for (std::size_t t = 0; t < rows; ++t) {
    for (double& value : m.row(t)) value = random.normal();
  }
  return m;
}

/// The definition: products rounded, added in the order of the rows.
Matrix plain(const Matrix& a, const Matrix& b) {
  Matrix product(a.columns(), b.columns(), 0.0);
  for (std::size_t t = 0; t < a.rows(); ++t) {
    for (std::size_t i = 0; i < a.columns(); ++i) {
      for (std::size_t j = 0; j < b.columns(); ++j) product(i, j) += a(t, i) * b(t, j);
    }
  }
  return product;
}

void expect_same_bits(const Matrix& own, const Matrix& expected) {
  ASSERT_EQ(own.rows(), expected.rows());
  ASSERT_EQ(own.columns(), expected.columns());
  for (std::size_t i = 0; i < own.rows(); ++i) {
    for (std::size_t j = 0; j < own.columns(); ++j) {
      ASSERT_EQ(std::bit_cast<std::uint64_t>(own(i, j)),
                std::bit_cast<std::uint64_t>(expected(i, j)))
          << i << ", " << j;
    }
  }
}

TEST(CrossProducts, AreTheDefinitionToTheLastBitOnEveryInstructionSet) {
  constexpr std::pair<std::size_t, std::size_t> kColumns[] = {{1, 1},  {2, 7},  {4, 6},
                                                              {8, 24}, {9, 25}, {31, 48}};
  for (const std::size_t rows : {0, 1, 5, 256, 257, 600}) {
    for (const auto& [n, m] : kColumns) {
      const Matrix a = random_matrix(rows, n, 1);
      const Matrix b = random_matrix(rows, m, 2);
      const Matrix ab = plain(a, b);
      const Matrix bb = plain(b, b);
      for (const auto& [set, name] : enum_names(InstructionSet{})) {
        if (set > best_instruction_set()) continue;
        SCOPED_TRACE(name);
        expect_same_bits(cross_products(a, b, set), ab);
        expect_same_bits(cross_products(b, b, set), bb);
      }
    }
  }
}

TEST(CrossProducts, CarryWhatIsNotFinite) {
  Matrix a = random_matrix(3, 2, 1);
  a(1, 1) = std::numeric_limits<double>::infinity();
  const Matrix product = cross_products(a, a, best_instruction_set());
  EXPECT_TRUE(std::isfinite(product(0, 0)));
  EXPECT_FALSE(std::isfinite(product(1, 1)));
}

}  // namespace
}  // namespace quanta::statistics
