#include "quantum/transpiler/shannon.h"

#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <Eigen/Eigenvalues>

#include "quantum/transpiler/multiplexed.h"

namespace quanta::quantum {
namespace {

using Matrix = Eigen::MatrixXcd;

void append_unitary(GateSequence& to, const Matrix& matrix, std::span<const unsigned> qubits) {
  std::vector<Amplitude> numbers;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) numbers.push_back(matrix(i, j));
  }
  to.operations.push_back(
      {.gate = Gate::kUnitary,
       .qubits = {qubits.begin(), qubits.end()},
       .payload = std::make_shared<const Payload>(Payload{.numbers = std::move(numbers)})});
}

/// zero where the last qubit is 0, one where it is 1: X R_z(…) Y with the same X and Y for both.
void append_multiplexed(GateSequence& to, const Matrix& zero, const Matrix& one,
                        std::span<const unsigned> qubits) {
  // zero = X D Y and one = X D^+ Y, so that zero one^+ = X D^2 X^+.
  const Eigen::ComplexSchur<Matrix> schur(zero * one.adjoint());
  const Matrix& x = schur.matrixU();
  const Eigen::Index n = zero.rows();
  Matrix d = Matrix::Zero(n, n);
  std::vector<double> angles;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double half = std::arg(schur.matrixT()(i, i)) / 2;
    d(i, i) = std::polar(1.0, half);
    angles.push_back(-2 * half);
  }
  const auto others = qubits.first(qubits.size() - 1);
  append_unitary(to, d * x.adjoint() * one, others);
  to.append(multiplexed_rotation(Gate::kRz, angles, others, qubits.back()));
  append_unitary(to, x, others);
}

/// The nearest matrix with orthonormal columns for one whose columns are orthogonal, the long ones
/// first: those too short to have a direction get a free one.
Matrix orthonormal(const Matrix& columns) {
  const Eigen::HouseholderQR<Matrix> qr(columns);
  Matrix q = qr.householderQ();
  for (Eigen::Index j = 0; j < q.cols(); ++j) {
    const Amplitude r = qr.matrixQR()(j, j);
    if (std::abs(r) > 0) q.col(j) *= r / std::abs(r);
  }
  return q;
}

}  // namespace

GateSequence shannon_decomposition(std::span<const Amplitude> unitary,
                                   std::span<const unsigned> qubits) {
  const auto n = static_cast<Eigen::Index>(std::size_t{1} << (qubits.size() - 1));
  const auto block = [&](Eigen::Index row, Eigen::Index column) {
    Matrix m(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < n; ++j) {
        m(i, j) = unitary[static_cast<std::size_t>((row * n + i) * 2 * n + column * n + j)];
      }
    }
    return m;
  };
  // U = (V0 + V1) [[C, -S], [S, C]] (W0 + W1)^+: C and W0 from the corner U00 = V0 C W0^+, its
  // values rising, so that the long columns of U10 W0 = V1 S come first.
  const Eigen::JacobiSVD<Matrix> svd(block(0, 0), Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Matrix v0 = svd.matrixU().rowwise().reverse();
  const Matrix w0 = svd.matrixV().rowwise().reverse();
  const Matrix v1 = orthonormal(block(1, 0) * w0);
  Matrix c = Matrix::Zero(n, n);
  Matrix s = Matrix::Zero(n, n);
  std::vector<double> angles;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double cosine = svd.singularValues()(n - 1 - i);
    const double sine = (v1.col(i).adjoint() * block(1, 0) * w0.col(i))(0, 0).real();
    const double angle = std::atan2(sine, cosine);
    c(i, i) = std::cos(angle);
    s(i, i) = std::sin(angle);
    angles.push_back(2 * angle);
  }
  const Matrix w1 = (c * v1.adjoint() * block(1, 1) - s * v0.adjoint() * block(0, 1)).adjoint();
  GateSequence result;
  append_multiplexed(result, w0.adjoint(), w1.adjoint(), qubits);
  result.append(
      multiplexed_rotation(Gate::kRy, angles, qubits.first(qubits.size() - 1), qubits.back()));
  append_multiplexed(result, v0, v1, qubits);
  return result;
}

}  // namespace quanta::quantum
