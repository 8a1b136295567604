/// Random numbers by counter: number `i` of a stream is a pure function of (seed, purpose, index,
/// i), so that parallel work draws the same numbers in whatever order it runs.
///
///   RandomStream shots(seed, "qaoa shots", instance);
///   double u = shots.uniform();
///
/// Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
/// 1, 2, 3; SC11). The key is derived from seed and purpose, the upper counter words from `index`.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace quanta {

/// One block of Philox4x32 with ten rounds.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

class RandomStream {
 public:
  /// seed     the user's, as in --seed.
  /// purpose  what the numbers are for; streams of different purposes are independent.
  /// index    which of many streams of that purpose (a path, a start, a worker's item).
  RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

  /// The next 64 random bits. Period 2^65 words per stream.
  std::uint64_t next();

  /// Uniform in [0, 1), 53 bits.
  double uniform();

  /// Uniform in (0, 1): safe for logarithms and quantile functions.
  double uniform_open();

  /// Uniform in {0 … n-1}, without bias (Lemire 2019). n > 0.
  std::uint64_t below(std::uint64_t n);

  /// Standard normal (Box–Muller, both values used).
  double normal();

  // A UniformRandomBitGenerator, for std::shuffle and its kin.
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() { return next(); }

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint64_t index_;
  std::uint64_t block_ = 0;
  std::array<std::uint64_t, 2> words_{};
  unsigned used_ = 2;
  double spare_normal_ = 0.0;
  bool has_spare_normal_ = false;
};

}  // namespace quanta
