#include "quantum/simulator/rotation_kernels.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/simulator/aligned_array.h"

namespace quanta::quantum {
namespace {

using Complex = std::complex<double>;

/// What the kernels mean, for every instruction set and both precisions: amplitudes in plain order,
/// lanes lowest, then rows.
template <class Real>
class RotationKernelsTest : public testing::Test {
 protected:
  struct Case {
    InstructionSet set;
    BlockShape shape;
    unsigned first;  // row bits that calls rotate begin here
  };

  /// Blocks of one run, and of runs with gaps between them.
  static std::vector<Case> cases() {
    std::vector<Case> result;
    for (const auto set :
         {InstructionSet::kScalar, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
      if (set > best_instruction_set()) continue;
      const std::size_t row = std::size_t{2} << rotation_kernels<Real>(set).lane_bits;
      for (const unsigned rows : {0U, 1U, 2U, 3U, 5U, 7U})
        result.push_back({set, {rows, rows, 0}, 0});
      for (const unsigned rows : {3U, 5U, 7U}) {
        result.push_back({set, {rows, 2, 4 * row + 2 * row}, 2});
        result.push_back({set, {rows, 0, 3 * row}, 0});
      }
    }
    return result;
  }

  static const RotationKernels<Real>& kernels(const Case& c) {
    return rotation_kernels<Real>(c.set);
  }
  static std::size_t lanes(const Case& c) { return std::size_t{1} << kernels(c).lane_bits; }
  static std::size_t size(const Case& c) { return lanes(c) << c.shape.row_bits; }
  static std::size_t offset(const Case& c, std::size_t x) {
    const std::size_t row = x / lanes(c);
    const std::size_t in_run = row & ((std::size_t{1} << c.shape.run_bits) - 1);
    return (row >> c.shape.run_bits) * c.shape.pitch + in_run * 2 * lanes(c) + x % lanes(c);
  }
  static AlignedArray<Real> block(const Case& c, const std::vector<Complex>& amplitudes) {
    AlignedArray<Real> result(offset(c, size(c) - 1) + lanes(c) + 1 + 2 * lanes(c));
    std::fill_n(result.data(), result.size(), Real{7});  // gaps, which must stay
    for (std::size_t x = 0; x < size(c); ++x) {
      result[offset(c, x)] = static_cast<Real>(amplitudes[x].real());
      result[offset(c, x) + lanes(c)] = static_cast<Real>(amplitudes[x].imag());
    }
    return result;
  }
  static void expect_equal(const Case& c, const AlignedArray<Real>& got,
                           const std::vector<Complex>& expected) {
    const double tolerance = sizeof(Real) == sizeof(double) ? 1e-12 : 1e-5;
    std::size_t untouched = 0;
    for (std::size_t i = 0; i < got.size(); ++i) untouched += got[i] == Real{7} ? 1U : 0U;
    EXPECT_EQ(untouched, got.size() - 2 * size(c));
    for (std::size_t x = 0; x < size(c); ++x) {
      const Complex value(static_cast<double>(got[offset(c, x)]),
                          static_cast<double>(got[offset(c, x) + lanes(c)]));
      ASSERT_NEAR(std::abs(value - expected[x]), 0.0, tolerance) << x;
    }
  }

  static std::vector<Complex> random_amplitudes(const Case& c, std::uint64_t seed) {
    RandomStream stream(seed, "test amplitudes");
    std::vector<Complex> result(size(c));
    for (auto& a : result) a = {stream.normal(), stream.normal()};
    return result;
  }

  /// (a, b) -> (a - t b, b + t a) on a bit of the index.
  static void rotate_plainly(std::vector<Complex>& amplitudes, unsigned bit, double tangent) {
    const std::size_t other = std::size_t{1} << bit;
    for (std::size_t x = 0; x < amplitudes.size(); ++x) {
      if ((x & other) != 0) continue;
      const Complex a = amplitudes[x];
      amplitudes[x] -= tangent * amplitudes[x | other];
      amplitudes[x | other] += tangent * a;
    }
  }
  static double dot_of_bit(const std::vector<Complex>& psi, const std::vector<Complex>& phi,
                           unsigned bit) {
    const std::size_t other = std::size_t{1} << bit;
    double sum = 0.0;
    for (std::size_t x = 0; x < psi.size(); ++x) {
      if ((x & other) != 0) continue;
      sum += (std::conj(phi[x | other]) * psi[x] - std::conj(phi[x]) * psi[x | other]).real();
    }
    return sum;
  }

  static std::vector<double> random_numbers(std::size_t n, std::uint64_t seed) {
    RandomStream stream(seed, "test numbers");
    std::vector<double> result(n);
    for (auto& r : result) r = static_cast<double>(static_cast<Real>(2.0 * stream.uniform() - 1.0));
    return result;
  }
  static std::vector<Real> reals(const std::vector<double>& numbers) {
    return {numbers.begin(), numbers.end()};
  }

  static LowRotation<Real> low_rotation(const Case& c, unsigned n, std::uint64_t seed) {
    LowRotation<Real> low{.any_lanes = c.first == 0};
    const auto numbers = reals(random_numbers(kMaxLaneBits + kMaxTurnBits, seed));
    for (unsigned b = 0; b < kernels(c).lane_bits; ++b) low.lanes[b] = numbers[b];
    for (unsigned s = 0; s < n; ++s) low.rows[s] = numbers[kMaxLaneBits + s];
    return low;
  }
  static void turn_plainly(const Case& c, std::vector<Complex>& amplitudes, unsigned n,
                           const LowRotation<Real>& low, double sign) {
    if (low.any_lanes) {
      for (unsigned b = 0; b < kernels(c).lane_bits; ++b) {
        rotate_plainly(amplitudes, b, sign * static_cast<double>(low.lanes[b]));
      }
    }
    for (unsigned s = 0; s < n; ++s) {
      rotate_plainly(amplitudes, kernels(c).lane_bits + c.first + s,
                     sign * static_cast<double>(low.rows[s]));
    }
  }
  static double dot_of_turn(const Case& c, const std::vector<Complex>& psi,
                            const std::vector<Complex>& phi, unsigned n,
                            const LowRotation<Real>& low) {
    double sum = 0.0;
    if (low.any_lanes) {
      for (unsigned b = 0; b < kernels(c).lane_bits; ++b) sum += dot_of_bit(psi, phi, b);
    }
    for (unsigned s = 0; s < n; ++s) {
      sum += dot_of_bit(psi, phi, kernels(c).lane_bits + c.first + s);
    }
    return sum;
  }

  /// Random tables and what they mean for each amplitude.
  struct Tables {
    std::vector<Real> high, low, pairs;
    std::vector<double> diagonal_high, diagonal_low, diagonal_pairs;
    PhaseFactors<Real> factors;
    DiagonalTerms terms;
    std::vector<Complex> factor;
    std::vector<double> diagonal;
  };
  static Tables tables(const Case& c, unsigned low_bits) {
    const std::size_t n_rows = std::size_t{1} << c.shape.row_bits;
    const std::size_t n_low = std::size_t{1} << low_bits;
    const std::size_t n_high = n_rows / n_low;
    const std::size_t l = lanes(c);
    Tables t;
    t.high = reals(random_numbers(n_high * 2 * l, 1));
    t.low = reals(random_numbers(n_low * 2 * l, 2));
    t.pairs = reals(random_numbers(n_rows * 2, 3));
    t.diagonal_high = random_numbers(n_high * l, 4);
    t.diagonal_low = random_numbers(n_low * l, 5);
    t.diagonal_pairs = random_numbers(n_rows, 6);
    t.factors = {t.high.data(), t.low.data(), t.pairs.data(), low_bits};
    t.terms = {t.diagonal_high.data(), t.diagonal_low.data(), t.diagonal_pairs.data(), low_bits};
    const auto number = [](Real re, Real im) {
      return Complex(static_cast<double>(re), static_cast<double>(im));
    };
    for (std::size_t x = 0; x < size(c); ++x) {
      const std::size_t row = x / l;
      const std::size_t lane = x % l;
      const std::size_t high = row / n_low;
      const std::size_t low = row % n_low;
      t.factor.push_back(number(t.high[high * 2 * l + lane], t.high[high * 2 * l + l + lane]) *
                         number(t.low[low * 2 * l + lane], t.low[low * 2 * l + l + lane]) *
                         number(t.pairs[2 * row], t.pairs[2 * row + 1]));
      t.diagonal.push_back(t.diagonal_high[high * l + lane] + t.diagonal_low[low * l + lane] +
                           t.diagonal_pairs[row]);
    }
    return t;
  }
};

using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(RotationKernelsTest, Reals);

TYPED_TEST(RotationKernelsTest, RotateTurnsEachBitsPairsAndBackUndoesThem) {
  for (const auto& c : this->cases()) {
    const auto& kernels = this->kernels(c);
    const double tolerance = sizeof(TypeParam) == sizeof(double) ? 1e-10 : 1e-3;
    for (unsigned n = 1; n <= std::max(kRotateBits, kRotateBackBits); ++n) {
      for (unsigned first = c.first; first + n <= c.shape.row_bits; ++first) {
        SCOPED_TRACE(testing::Message() << to_text(c.set) << ", rows 2^" << c.shape.row_bits
                                        << ", bits " << first << " + " << n);
        const auto tangents = this->random_numbers(n, n);
        const auto given = this->reals(tangents);
        auto expected = this->random_amplitudes(c, first);
        auto got = this->block(c, expected);
        for (unsigned s = 0; s < n; ++s) {
          this->rotate_plainly(expected, kernels.lane_bits + first + s, tangents[s]);
        }
        kernels.rotate(got.data(), c.shape, first, n, given.data());
        this->expect_equal(c, got, expected);

        auto psi = this->random_amplitudes(c, 10);
        auto phi = this->random_amplitudes(c, 11);
        auto got_psi = this->block(c, psi);
        auto got_phi = this->block(c, phi);
        double expected_dot = 0.0;
        for (unsigned s = 0; s < n; ++s) {
          expected_dot += this->dot_of_bit(psi, phi, kernels.lane_bits + first + s);
        }
        for (unsigned s = 0; s < n; ++s) {
          this->rotate_plainly(psi, kernels.lane_bits + first + s, -tangents[s]);
          this->rotate_plainly(phi, kernels.lane_bits + first + s, -tangents[s]);
        }
        double dot = 1.0;  // adds to what is there
        kernels.rotate_back(got_psi.data(), got_phi.data(), c.shape, first, n, given.data(), &dot);
        EXPECT_NEAR(dot, 1.0 + expected_dot, tolerance);
        this->expect_equal(c, got_psi, psi);
        this->expect_equal(c, got_phi, phi);
      }
    }
  }
}

TYPED_TEST(RotationKernelsTest, TurnIsRotationPhaseRotationInAnyCombination) {
  for (const auto& c : this->cases()) {
    const auto& kernels = this->kernels(c);
    for (unsigned n = 0; n <= kernels.turn_bits && c.first + n <= c.shape.row_bits; ++n) {
      const unsigned low_bits = std::min(c.first + n + 1, c.shape.row_bits);
      const auto tables = this->tables(c, low_bits);
      const auto before = this->low_rotation(c, n, 1);
      const auto after = this->low_rotation(c, n, 2);
      for (int parts = 0; parts < 8; ++parts) {
        SCOPED_TRACE(testing::Message() << to_text(c.set) << ", rows 2^" << c.shape.row_bits
                                        << ", n " << n << ", parts " << parts);
        auto expected = this->random_amplitudes(c, n);
        auto got = this->block(c, expected);
        if ((parts & 1) != 0) this->turn_plainly(c, expected, n, before, 1.0);
        if ((parts & 2) != 0) {
          for (std::size_t x = 0; x < expected.size(); ++x) expected[x] *= tables.factor[x];
        }
        if ((parts & 4) != 0) this->turn_plainly(c, expected, n, after, 1.0);
        kernels.turn(got.data(), c.shape, c.first, n, (parts & 1) != 0 ? &before : nullptr,
                     (parts & 2) != 0 ? &tables.factors : nullptr,
                     (parts & 4) != 0 ? &after : nullptr, 0);
        this->expect_equal(c, got, expected);
      }
    }
  }
}

TYPED_TEST(RotationKernelsTest, TurnBackUndoesItWithItsDotProducts) {
  const double tolerance = sizeof(TypeParam) == sizeof(double) ? 1e-10 : 2e-3;
  for (const auto& c : this->cases()) {
    const auto& kernels = this->kernels(c);
    for (unsigned n = 0; n <= kernels.turn_back_bits && c.first + n <= c.shape.row_bits; ++n) {
      const auto tables = this->tables(c, std::min(c.first + n, c.shape.row_bits));
      const auto before = this->low_rotation(c, n, 1);
      const auto after = this->low_rotation(c, n, 2);
      for (int parts = 0; parts < 8; ++parts) {
        SCOPED_TRACE(testing::Message() << to_text(c.set) << ", rows 2^" << c.shape.row_bits
                                        << ", n " << n << ", parts " << parts);
        auto psi = this->random_amplitudes(c, 1);
        auto phi = this->random_amplitudes(c, 2);
        auto got_psi = this->block(c, psi);
        auto got_phi = this->block(c, phi);
        TurnDots expected;
        if ((parts & 1) != 0) {
          expected.before = this->dot_of_turn(c, psi, phi, n, before);
          this->turn_plainly(c, psi, n, before, -1.0);
          this->turn_plainly(c, phi, n, before, -1.0);
        }
        if ((parts & 2) != 0) {
          for (std::size_t x = 0; x < psi.size(); ++x) {
            expected.diagonal += tables.diagonal[x] * (std::conj(phi[x]) * psi[x]).imag();
            psi[x] *= tables.factor[x];
            phi[x] *= tables.factor[x];
          }
        }
        if ((parts & 4) != 0) {
          expected.after = this->dot_of_turn(c, psi, phi, n, after);
          this->turn_plainly(c, psi, n, after, -1.0);
          this->turn_plainly(c, phi, n, after, -1.0);
        }
        TurnDots dots;
        kernels.turn_back(
            got_psi.data(), got_phi.data(), c.shape, c.first, n,
            (parts & 1) != 0 ? &before : nullptr, (parts & 2) != 0 ? &tables.factors : nullptr,
            (parts & 2) != 0 ? &tables.terms : nullptr, (parts & 4) != 0 ? &after : nullptr, &dots);
        // The dot before the phase is that of the state before its rotations; the kernel's comes
        // without their growth.
        EXPECT_NEAR(dots.before, expected.before, tolerance);
        EXPECT_NEAR(dots.diagonal, expected.diagonal, tolerance);
        EXPECT_NEAR(dots.after, expected.after, tolerance);
        this->expect_equal(c, got_psi, psi);
        this->expect_equal(c, got_phi, phi);
      }
    }
  }
}

TYPED_TEST(RotationKernelsTest, ObservablesAreCappedDiagonals) {
  const double tolerance = sizeof(TypeParam) == sizeof(double) ? 1e-11 : 1e-4;
  for (const auto& c : this->cases()) {
    SCOPED_TRACE(testing::Message() << to_text(c.set) << ", rows 2^" << c.shape.row_bits);
    const auto& kernels = this->kernels(c);
    const auto tables = this->tables(c, c.shape.row_bits / 2);
    constexpr double kCap = 0.3;
    auto psi = this->random_amplitudes(c, 1);
    const auto block = this->block(c, psi);
    double expected = 0.0;
    auto phi = psi;
    for (std::size_t x = 0; x < psi.size(); ++x) {
      const double observable = std::min(tables.diagonal[x], kCap);
      expected += observable * std::norm(psi[x]);
      psi[x] *= 0.5;
      phi[x] = observable * psi[x];
    }
    EXPECT_NEAR(kernels.expectation(block.data(), c.shape, tables.terms, kCap), expected,
                tolerance);
    auto got_psi = this->block(c, this->random_amplitudes(c, 1));
    auto got_phi = this->block(c, std::vector<Complex>(psi.size()));
    EXPECT_NEAR(kernels.observe(got_psi.data(), got_phi.data(), c.shape, tables.terms, kCap, 0.5),
                expected, tolerance);
    this->expect_equal(c, got_psi, psi);
    this->expect_equal(c, got_phi, phi);
  }
}

TYPED_TEST(RotationKernelsTest, OuterProductDoublesRowByRow) {
  for (const auto& c : this->cases()) {
    const auto& kernels = this->kernels(c);
    const std::size_t l = this->lanes(c);
    constexpr unsigned kBits = 4;
    std::vector<TypeParam> factors(std::size_t{2 * l} << kBits);
    const auto first = this->reals(this->random_numbers(2 * l, 1));
    std::ranges::copy(first, factors.begin());
    const auto rows = this->reals(this->random_numbers(kBits * 2 * l, 2));
    const auto scalars = this->reals(this->random_numbers(kBits * 2, 3));
    kernels.outer_product(factors.data(), kBits, rows.data(), scalars.data());
    const auto number = [](TypeParam re, TypeParam im) {
      return Complex(static_cast<double>(re), static_cast<double>(im));
    };
    for (std::size_t r = 0; r < std::size_t{1} << kBits; ++r) {
      for (std::size_t w = 0; w < l; ++w) {
        Complex expected = number(first[w], first[l + w]);
        for (std::size_t j = 0; j < kBits; ++j) {
          if ((r >> j & 1) == 0) continue;
          expected *= number(rows[j * 2 * l + w], rows[j * 2 * l + l + w]) *
                      number(scalars[2 * j], scalars[2 * j + 1]);
        }
        ASSERT_NEAR(std::abs(number(factors[r * 2 * l + w], factors[r * 2 * l + l + w]) - expected),
                    0.0, 1e-5);
      }
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
