#include "core/random.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace quanta {
namespace {

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): spreads every bit over the whole word.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

std::uint64_t derive_key(std::uint64_t seed, std::string_view purpose) {
  std::uint64_t key = mix(seed);
  for (const char c : purpose) key = mix(key ^ static_cast<unsigned char>(c));
  return mix(key ^ purpose.size());
}

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * counter[2];
    counter = {high(b) ^ counter[1] ^ key[0], low(b), high(a) ^ counter[3] ^ key[1], low(a)};
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
  return counter;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index)
    : index_(index) {
  const std::uint64_t key = derive_key(seed, purpose);
  key_ = {low(key), high(key)};
}

std::uint64_t RandomStream::next() {
  if (used_ == 2) {
    const auto block = philox4x32({low(block_), high(block_), low(index_), high(index_)}, key_);
    words_ = {std::uint64_t{block[0]} | std::uint64_t{block[1]} << 32,
              std::uint64_t{block[2]} | std::uint64_t{block[3]} << 32};
    ++block_;
    used_ = 0;
  }
  return words_[used_++];
}

double RandomStream::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double RandomStream::uniform_open() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }

std::uint64_t RandomStream::below(std::uint64_t n) {
  assert(n > 0);
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{next()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = Wide{next()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double RandomStream::normal() {
  if (has_spare_normal_) {
    has_spare_normal_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log(uniform_open()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_normal_ = true;
  return radius * std::cos(angle);
}

}  // namespace quanta
