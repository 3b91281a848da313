// The fast way folds 64 bytes at a time with carry-less multiplications, as described in V. Gopal
// and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel,
// 2009), whose names for the constants are kept: x^n mod P(x) for the distances folded over,
// bit-reflected.  Where the processor has it the same is done with registers of 64 bytes, 256 bytes
// at a time.
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
#define EXDIAG_WIDE __attribute__((target("avx512f,avx512vl,vpclmulqdq,pclmul,sse4.1")))

// x^n mod P(x), bit-reflected.
constexpr std::uint64_t PowerOfX(int n) {
  std::uint32_t power = 1;
  for (int i = 0; i < n; ++i) power = power << 1 ^ ((power >> 31) != 0 ? 0x04c11db7U : 0U);
  std::uint64_t reflected = 0;
  for (int bit = 0; bit < 32; ++bit) reflected |= std::uint64_t{power >> bit & 1} << (32 - bit);
  return reflected;
}

// What moves a value on by so many bits: for its lower and for its upper half.
struct Distance {
  explicit constexpr Distance(int bits) : low(PowerOfX(bits + 32)), high(PowerOfX(bits - 32)) {}

  std::uint64_t low;
  std::uint64_t high;
};
constexpr Distance kSixteenBytes(128);
constexpr Distance kSixtyFourBytes(512);
constexpr Distance kAllRegisters(2048);
// As the paper has them.
static_assert(kSixteenBytes.low == 0x1751997d0 && kSixteenBytes.high == 0x0ccaa009e);
static_assert(kSixtyFourBytes.low == 0x154442bd4 && kSixtyFourBytes.high == 0x1c6e41596);

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

// The intrinsics of GCC 12 begin with variables that are uninitialised on purpose (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"

EXDIAG_WIDE inline __m512i Fold(__m512i value, __m512i constants, __m512i there) {
  const __m512i low = _mm512_clmulepi64_epi128(value, constants, 0x00);
  const __m512i high = _mm512_clmulepi64_epi128(value, constants, 0x11);
  return _mm512_xor_si512(_mm512_xor_si512(low, high), there);
}

EXDIAG_WIDE inline __m512i Repeat(const Distance& distance) {
  const auto low = static_cast<long long>(distance.low);
  const auto high = static_cast<long long>(distance.high);
  return _mm512_set_epi64(high, low, high, low, high, low, high, low);
}

// At least 256 bytes, a multiple of 16.
EXDIAG_WIDE std::uint32_t WideCrc(std::uint32_t before, std::span<const std::byte> bytes) {
  const __m512i far = Repeat(kAllRegisters);
  const __m512i near = Repeat(kSixtyFourBytes);
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size() - 256;
  const __m128i begin = _mm_cvtsi32_si128(static_cast<int>(~before));
  __m512i a = _mm512_xor_si512(_mm512_loadu_si512(at), _mm512_zextsi128_si512(begin));
  __m512i b = _mm512_loadu_si512(at + 64);
  __m512i c = _mm512_loadu_si512(at + 128);
  __m512i d = _mm512_loadu_si512(at + 192);
  for (at += 256; left >= 256; at += 256, left -= 256) {
    a = Fold(a, far, _mm512_loadu_si512(at));
    b = Fold(b, far, _mm512_loadu_si512(at + 64));
    c = Fold(c, far, _mm512_loadu_si512(at + 128));
    d = Fold(d, far, _mm512_loadu_si512(at + 192));
  }
  b = Fold(a, near, b);
  c = Fold(b, near, c);
  d = Fold(c, near, d);
  for (; left >= 64; at += 64, left -= 64) d = Fold(d, near, _mm512_loadu_si512(at));
  const __m128i next = _mm_set_epi64x(static_cast<long long>(kSixteenBytes.high),
                                      static_cast<long long>(kSixteenBytes.low));
  __m128i value = _mm512_castsi512_si128(d);
  value = Fold(value, next, _mm512_extracti32x4_epi32(d, 1));
  value = Fold(value, next, _mm512_extracti32x4_epi32(d, 2));
  value = Fold(value, next, _mm512_extracti32x4_epi32(d, 3));
  for (; left >= 16; at += 16, left -= 16) value = Fold(value, next, Load16(at));
  return ~Reduce(value);
}

#pragma GCC diagnostic pop
#undef EXDIAG_WIDE
#undef EXDIAG_FOLDING

bool CanFold() {
  static const bool kCan = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return kCan;
}

bool IsWide() {
  static const bool kIs =
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("vpclmulqdq") && CanFold();
  return kIs;
}

#endif  // __x86_64__

}  // namespace

std::uint32_t Crc32(std::uint32_t before, std::span<const std::byte> bytes,
                    [[maybe_unused]] Crc32Way way) {
#if defined(__x86_64__)
  if (bytes.size() >= 64 && CanFold()) {
    const std::size_t folded = bytes.size() & ~std::size_t{15};
    const bool wide = way == Crc32Way::kBest && folded >= 256 && IsWide();
    before = (wide ? WideCrc : FoldedCrc)(before, bytes.first(folded));
    bytes = bytes.subspan(folded);
  }
#endif
  return bytes.empty() ? before : ZlibCrc(before, bytes);
}

}  // namespace exdiag::evtx
