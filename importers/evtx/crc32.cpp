// The fast way folds 64 bytes at a time with carry-less multiplications, as described in V. Gopal
// and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel,
// 2009), whose names for the constants are kept: x^n mod P(x) for the distances folded over,
// bit-reflected.
#include "importers/evtx/crc32.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace exdiag::evtx {
namespace {

std::uint32_t ZlibCrc(std::uint32_t before, std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(::crc32(before, reinterpret_cast<const Bytef*>(bytes.data()),
                                            static_cast<uInt>(bytes.size())));
}

#if defined(__x86_64__)

#define EXDIAG_FOLDING __attribute__((target("pclmul,sse4.1")))

EXDIAG_FOLDING inline __m128i Load16(const std::byte* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// `value` moved on by the distance of `constants`, plus what lies there.
EXDIAG_FOLDING inline __m128i Fold(__m128i value, __m128i constants, __m128i there) {
  const __m128i low = _mm_clmulepi64_si128(value, constants, 0x00);
  const __m128i high = _mm_clmulepi64_si128(value, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), there);
}

// 128 bits to the 32 of the CRC (Barrett reduction).
EXDIAG_FOLDING inline std::uint32_t Reduce(__m128i value) {
  const __m128i k3k4 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const __m128i k5 = _mm_set_epi64x(0, 0x163cd6124);
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  const __m128i low_words = _mm_setr_epi32(-1, 0, -1, 0);

  value = _mm_xor_si128(_mm_srli_si128(value, 8), _mm_clmulepi64_si128(value, k3k4, 0x10));
  const __m128i upper = _mm_srli_si128(value, 4);
  value = _mm_clmulepi64_si128(_mm_and_si128(value, low_words), k5, 0x00);
  value = _mm_xor_si128(value, upper);

  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(value, low_words), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), polynomial, 0x00);
  return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(value, quotient), 1));
}

// At least 64 bytes, a multiple of 16.
EXDIAG_FOLDING std::uint32_t FoldedCrc(std::uint32_t before, std::span<const std::byte> bytes) {
  const __m128i k1k2 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i k3k4 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size() - 64;
  __m128i a = _mm_xor_si128(Load16(at), _mm_cvtsi32_si128(static_cast<int>(~before)));
  __m128i b = Load16(at + 16);
  __m128i c = Load16(at + 32);
  __m128i d = Load16(at + 48);
  for (at += 64; left >= 64; at += 64, left -= 64) {
    a = Fold(a, k1k2, Load16(at));
    b = Fold(b, k1k2, Load16(at + 16));
    c = Fold(c, k1k2, Load16(at + 32));
    d = Fold(d, k1k2, Load16(at + 48));
  }
  a = Fold(a, k3k4, b);
  a = Fold(a, k3k4, c);
  a = Fold(a, k3k4, d);
  for (; left >= 16; at += 16, left -= 16) a = Fold(a, k3k4, Load16(at));
  return ~Reduce(a);
}

#undef EXDIAG_FOLDING

bool CanFold() {
  static const bool kCan = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return kCan;
}

#endif  // __x86_64__

}  // namespace

std::uint32_t Crc32(std::uint32_t before, std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  if (bytes.size() >= 64 && CanFold()) {
    const std::size_t folded = bytes.size() & ~std::size_t{15};
    before = FoldedCrc(before, bytes.first(folded));
    bytes = bytes.subspan(folded);
  }
#endif
  return bytes.empty() ? before : ZlibCrc(before, bytes);
}

}  // namespace exdiag::evtx
