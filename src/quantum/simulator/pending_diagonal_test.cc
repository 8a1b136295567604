#include "quantum/simulator/pending_diagonal.h"

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

using Amplitude = std::complex<double>;
constexpr double kPi = std::numbers::pi;
constexpr unsigned kQubits = 4;
constexpr std::size_t kSize = std::size_t{1} << kQubits;

std::vector<std::uint64_t> masks() {
  std::vector<std::uint64_t> result;
  for (std::uint64_t mask = 1; mask < kSize; ++mask) {
    if (std::popcount(mask) <= 2) result.push_back(mask);
  }
  return result;
}

/// D(w) from what is taken out of a copy.
std::vector<Amplitude> diagonal(PendingDiagonal pending) {
  const auto all = pending.take(kSize - 1);
  std::vector<Amplitude> result(kSize, 1.0);
  for (std::size_t w = 0; w < kSize; ++w) {
    const auto one = [&](unsigned q) { return (w >> q & 1) != 0; };
    for (const auto& s : all.singles) {
      if (one(s.qubit)) result[w] *= std::polar(1.0, s.angle);
    }
    for (const auto& p : all.pairs) {
      if (one(p.first) && one(p.second)) result[w] *= std::polar(1.0, p.angle);
    }
  }
  return result;
}

TEST(PendingDiagonal, HoldsTheProductOfWhatItWasGiven) {
  RandomStream stream(1, "test");
  const auto all = masks();
  PendingDiagonal pending(kQubits);
  std::vector<Amplitude> expected(kSize, 1.0);
  EXPECT_FALSE(pending.involves(kSize - 1));
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t mask = all[stream.below(all.size())];
    const double angle =
        stream.below(2) == 0 ? stream.normal() : kPi / 4 * static_cast<double>(stream.below(8));
    pending.multiply(mask, angle);
    for (std::size_t w = 0; w < kSize; ++w) {
      if ((w & mask) == mask) expected[w] *= std::polar(1.0, angle);
    }
    const auto got = diagonal(pending);
    for (std::size_t w = 0; w < kSize; ++w) ASSERT_NEAR(std::abs(got[w] - expected[w]), 0, 1e-13);
  }
  EXPECT_TRUE(pending.involves(1));
  (void)pending.take(kSize - 1);
  EXPECT_FALSE(pending.involves(kSize - 1));
}

TEST(PendingDiagonal, KnowsThatEighthsMakeQuartersAndPairsCancel) {
  PendingDiagonal pending(kQubits);
  pending.multiply(0b1, kPi / 4);
  EXPECT_TRUE(pending.has_phase(0));
  pending.multiply(0b1, kPi / 4);
  EXPECT_FALSE(pending.has_phase(0));  // S: a turn may pass
  pending.multiply(0b11, kPi / 2);
  EXPECT_TRUE(pending.has_phase(0) && pending.has_phase(1));
  pending.multiply(0b11, kPi / 2);
  EXPECT_FALSE(pending.has_phase(0) || pending.has_phase(1));  // CZ
  pending.multiply(0b11, kPi);
  pending.multiply(0b1, -kPi / 2);
  EXPECT_FALSE(pending.involves(kSize - 1));
}

// (D^+ P D)(w, w ^ x) by its definition, for signs and quarter turns of any kind and every string.
TEST(PendingDiagonal, ConjugatesPauliStrings) {
  static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  RandomStream stream(2, "test");
  for (int repeat = 0; repeat < 20; ++repeat) {
    PendingDiagonal pending(kQubits);
    for (const std::uint64_t mask : masks()) {
      const double unit = std::has_single_bit(mask) ? kPi / 2 : kPi;
      pending.multiply(mask, unit * static_cast<double>(stream.below(4)));
    }
    const auto d = diagonal(pending);
    for (std::uint64_t x = 0; x < kSize; ++x) {
      for (std::uint64_t z = 0; z < kSize; ++z) {
        const auto got = pending.conjugated(x, z);
        for (std::size_t w = 0; w < kSize; ++w) {
          const std::size_t from = w ^ x;  // P|from> = i^g (-1)^{|from & z|} |w>
          const int sign = (std::popcount(from & z) & 1) != 0 ? -1 : 1;
          const Amplitude expected = std::conj(d[w]) * kPowers[std::popcount(x & z) & 3] *
                                     static_cast<double>(sign) * d[from];
          const double got_sign = (std::popcount(w & got.z) & 1) != 0 ? -1.0 : 1.0;
          ASSERT_NEAR(std::abs(kPowers[got.quarters] * got_sign - expected), 0.0, 1e-14);
        }
      }
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
