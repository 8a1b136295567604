/// Matrices of one and two qubits by value, row by row; bit j of an index is operand j.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "quantum/circuit/gate.h"

namespace quanta::quantum {

using Matrix2 = std::array<Amplitude, 4>;
using Matrix4 = std::array<Amplitude, 16>;

inline constexpr Matrix2 kIdentity2 = {1, 0, 0, 1};
inline constexpr Matrix4 kIdentity4 = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};

/// Rows of a 2x2 or 4x4 matrix.
template <std::size_t kSize>
constexpr std::size_t rows_of(const std::array<Amplitude, kSize>&) {
  static_assert(kSize == 4 || kSize == 16);
  return kSize == 4 ? 2 : 4;
}

template <std::size_t kSize>
std::array<Amplitude, kSize> operator*(const std::array<Amplitude, kSize>& a,
                                       const std::array<Amplitude, kSize>& b) {
  const std::size_t n = rows_of(a);
  std::array<Amplitude, kSize> product{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      // By parts: the operator of std::complex also looks for infinities, which are none here.
      const double re = a[i * n + k].real();
      const double im = a[i * n + k].imag();
      for (std::size_t j = 0; j < n; ++j) {
        const Amplitude& x = b[k * n + j];
        product[i * n + j] +=
            Amplitude(re * x.real() - im * x.imag(), re * x.imag() + im * x.real());
      }
    }
  }
  return product;
}

template <std::size_t kSize>
std::array<Amplitude, kSize> scaled(std::array<Amplitude, kSize> a, Amplitude factor) {
  for (Amplitude& x : a) x *= factor;
  return a;
}

template <std::size_t kSize>
std::array<Amplitude, kSize> adjoint(const std::array<Amplitude, kSize>& a) {
  const std::size_t n = rows_of(a);
  std::array<Amplitude, kSize> result{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) result[j * n + i] = std::conj(a[i * n + j]);
  }
  return result;
}

/// Largest |a_ij - b_ij|; not a number where one of them is none.
template <std::size_t kSize>
double distance(const std::array<Amplitude, kSize>& a, const std::array<Amplitude, kSize>& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const double d = std::abs(a[i] - b[i]);
    if (d > most || std::isnan(d)) most = d;
  }
  return most;
}

/// The phase g for which a is nearest to e^{ig} b: the argument of tr(b^+ a).
template <std::size_t kSize>
double relative_phase(const std::array<Amplitude, kSize>& a,
                      const std::array<Amplitude, kSize>& b) {
  Amplitude sum = 0.0;
  for (std::size_t i = 0; i < kSize; ++i) sum += std::conj(b[i]) * a[i];
  return std::arg(sum);
}

/// distance, but for a global phase.
template <std::size_t kSize>
double distance_up_to_phase(const std::array<Amplitude, kSize>& a,
                            const std::array<Amplitude, kSize>& b) {
  return distance(a, scaled(b, std::polar(1.0, relative_phase(a, b))));
}

/// high (x) low: `low` on operand 0, `high` on operand 1.
inline Matrix4 kron(const Matrix2& high, const Matrix2& low) {
  Matrix4 result{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      result[i * 4 + j] = high[(i >> 1) * 2 + (j >> 1)] * low[(i & 1) * 2 + (j & 1)];
    }
  }
  return result;
}

/// The matrix with its operands exchanged.
inline Matrix4 exchanged(const Matrix4& a) {
  static constexpr std::array<std::size_t, 4> kTo = {0, 2, 1, 3};
  Matrix4 result{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) result[kTo[i] * 4 + kTo[j]] = a[i * 4 + j];
  }
  return result;
}

}  // namespace quanta::quantum
