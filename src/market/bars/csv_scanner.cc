#include "market/bars/csv_scanner.h"

#include <cassert>

#include <immintrin.h>

namespace quanta::market {
namespace {

namespace scalar {
std::uint64_t mask64(const char* bytes, char separator) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; ++i) {
    const bool is_structure = bytes[i] == separator || bytes[i] == '"' || bytes[i] == '\n';
    mask |= std::uint64_t{is_structure} << i;
  }
  return mask;
}
#include "market/bars/csv_scanner_loop.inc"
}  // namespace scalar

QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
std::uint64_t mask32(const char* bytes, char separator) {
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i found =
      _mm256_or_si256(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(separator)),
                      _mm256_or_si256(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('"')),
                                      _mm256_cmpeq_epi8(text, _mm256_set1_epi8('\n'))));
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(found));
}
std::uint64_t mask64(const char* bytes, char separator) {
  return mask32(bytes, separator) | mask32(bytes + 32, separator) << 32;
}
#include "market/bars/csv_scanner_loop.inc"
}  // namespace avx2
QUANTA_TARGET_END

QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
std::uint64_t mask64(const char* bytes, char separator) {
  const __m512i text = _mm512_loadu_si512(bytes);
  return _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(separator)) |
         _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')) |
         _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\n'));
}
#include "market/bars/csv_scanner_loop.inc"
}  // namespace avx512
QUANTA_TARGET_END

}  // namespace

std::size_t find_structure(std::string_view text, char separator, std::span<std::uint32_t> places,
                           InstructionSet instruction_set) {
  assert(text.size() < (std::uint64_t{1} << 32));
  assert(places.size() >= text.size() + kScannerPadding);
  QUANTA_DISPATCH(instruction_set, find(text.data(), text.size(), separator, places.data()));
}

}  // namespace quanta::market
