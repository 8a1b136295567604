#include "core/matrix.h"

#include <gtest/gtest.h>

namespace quanta {
namespace {

TEST(Matrix, StoresRowByRow) {
  Matrix x(2, 3, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(x.rows(), 2u);
  EXPECT_EQ(x.columns(), 3u);
  EXPECT_EQ(x(0, 2), 3);
  EXPECT_EQ(x(1, 0), 4);
  EXPECT_EQ(x.row(1)[2], 6);
  x.row(0)[1] = 20;
  x(1, 1) = 50;
  EXPECT_EQ(x, Matrix(2, 3, {1, 20, 3, 4, 50, 6}));
  EXPECT_EQ(x.data()[4], 50);
  EXPECT_EQ(x.values().size(), 6u);
}

TEST(Matrix, IsFilledWithTheGivenValue) {
  EXPECT_EQ(Matrix(2, 2, 0.5), Matrix(2, 2, {0.5, 0.5, 0.5, 0.5}));
  EXPECT_EQ(Matrix(1, 2), Matrix(1, 2, {0, 0}));
}

TEST(Matrix, ShapeIsPartOfEquality) {
  EXPECT_NE(Matrix(2, 3), Matrix(3, 2));
  EXPECT_TRUE(Matrix().empty());
  EXPECT_TRUE(Matrix(0, 5).empty());
  EXPECT_EQ(Matrix(0, 5).columns(), 5u);
}

TEST(Matrix, CopiesOwnTheirNumbers) {
  const Matrix x(1, 1, 1.0);
  Matrix y = x;
  y(0, 0) = 2;
  EXPECT_EQ(x(0, 0), 1);
}

}  // namespace
}  // namespace quanta
