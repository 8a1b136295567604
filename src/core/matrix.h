/// A dense matrix of doubles, row by row in one block. A value: copies copy the numbers.
///
///   Matrix returns(n_periods, n_assets);
///   returns(t, i) = 0.01;
///   std::span<const double> day = returns.row(t);
///
/// Arithmetic lives where it is used (with Eigen::Map in a .cc); this is only the shape that
/// modules hand to each other.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace quanta {

class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns, double value = 0.0)
      : rows_(rows), columns_(columns), values_(rows * columns, value) {}
  Matrix(std::size_t rows, std::size_t columns, std::vector<double> values)
      : rows_(rows), columns_(columns), values_(std::move(values)) {
    assert(values_.size() == rows_ * columns_);
  }

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  bool empty() const { return values_.empty(); }

  double& operator()(std::size_t i, std::size_t j) {
    assert(i < rows_ && j < columns_);
    return values_[i * columns_ + j];
  }
  double operator()(std::size_t i, std::size_t j) const {
    assert(i < rows_ && j < columns_);
    return values_[i * columns_ + j];
  }

  std::span<double> row(std::size_t i) { return {values_.data() + i * columns_, columns_}; }
  std::span<const double> row(std::size_t i) const {
    return {values_.data() + i * columns_, columns_};
  }

  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }
  std::span<const double> values() const { return values_; }
  /// The numbers without a copy; the matrix is empty afterwards.
  std::vector<double> take_values() && {
    rows_ = columns_ = 0;
    return std::move(values_);
  }

  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<double> values_;
};

}  // namespace quanta
