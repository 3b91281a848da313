#include "engine/base/utf16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace exdiag {
namespace {

std::uint32_t UnitAt(const std::byte* at) {
  return std::to_integer<std::uint32_t>(at[0]) | std::to_integer<std::uint32_t>(at[1]) << 8;
}

char* PutCodePoint(char* out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return out;
}

bool IsHighSurrogate(std::uint32_t unit) { return (unit & 0xfc00) == 0xd800; }
bool IsLowSurrogate(std::uint32_t unit) { return (unit & 0xfc00) == 0xdc00; }

// Copies ASCII eight units at a time, and then four; most of what logs hold is ASCII.  Stops in
// front of the first group that holds anything else, or that is not full.
const std::byte* CopyAscii(const std::byte* in, const std::byte* end, char*& out) {
#if defined(__SSE2__)
  const __m128i beyond_ascii = _mm_set1_epi16(static_cast<short>(0xff80));
  while (end - in >= 16) {
    const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    const __m128i high = _mm_and_si128(units, beyond_ascii);
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(high, _mm_setzero_si128())) != 0xffff) break;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_packus_epi16(units, units));
    in += 16;
    out += 8;
  }
  if (end - in >= 8) {
    const __m128i units = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in));
    const __m128i high = _mm_and_si128(units, beyond_ascii);
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(high, _mm_setzero_si128())) == 0xffff) {
      const int four = _mm_cvtsi128_si32(_mm_packus_epi16(units, units));
      std::memcpy(out, &four, sizeof four);
      in += 8;
      out += 4;
    }
  }
#else
  static_cast<void>(end);
  static_cast<void>(out);
#endif
  return in;
}

// Copies 16 units as if they were ASCII and tells how many of them are, up to the first that is not
// or that is NUL.
std::size_t CopyPlain(const std::byte* in, char* out) {
#if defined(__SSE2__)
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 16));
  // What is no ASCII becomes 0 or has the upper bit, which makes it negative.
  const __m128i bytes = _mm_packus_epi16(low, high);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  const int plain = _mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_setzero_si128()));
  return static_cast<std::size_t>(std::countr_one(static_cast<unsigned>(plain)));
#else
  std::size_t count = 0;
  for (; count < 16 && UnitAt(in + 2 * count) - 1 < 0x7f; ++count) {
    out[count] = static_cast<char>(UnitAt(in + 2 * count));
  }
  return count;
#endif
}

// A unit from U+0080 on that is no surrogate.  Which of two forms it has is no branch: in running
// text nothing foretells it.
char* PutUnit(char* out, std::uint32_t unit) {
  const std::uint32_t two = 0x80c0 | unit >> 6 | (unit & 0x3f) << 8;
  const std::uint32_t three = 0x8080e0 | unit >> 12 | (unit >> 6 & 0x3f) << 8 | (unit & 0x3f) << 16;
  const std::uint32_t bytes = unit < 0x800 ? two : three;
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(bytes >> 8 * i);
  return out + 2 + (unit >= 0x800);
}

// `in` lies in front of `end`, at a surrogate.
char* PutSurrogate(const std::byte*& in, const std::byte* end, char* out, bool& clean) {
  const std::uint32_t unit = UnitAt(in);
  in += 2;
  if (IsHighSurrogate(unit) && in != end && IsLowSurrogate(UnitAt(in))) {
    const std::uint32_t code = 0x10000 + ((unit - 0xd800) << 10) + (UnitAt(in) - 0xdc00U);
    in += 2;
    return PutCodePoint(out, code);
  }
  clean = false;
  return PutCodePoint(out, 0xfffd);
}

template <bool kToNul>
char* PutPadded(const std::byte*& begin, const std::byte* end, char* out, bool& clean) {
  constexpr std::size_t kAtOnce = 16;
  const std::byte* in = begin;
  while (true) {
    const auto left = static_cast<std::size_t>(end - in) / 2;
    const std::size_t plain = std::min(CopyPlain(in, out), left);
    in += 2 * plain;
    out += plain;
    if (plain == left) break;
    if (plain == kAtOnce) continue;
    std::uint32_t unit = UnitAt(in);
    do {  // what is not plain seldom stands alone
      if (unit == 0) {
        if (kToNul) {
          begin = in;
          return out;
        }
        *out++ = '\0';
        in += 2;
      } else if (IsHighSurrogate(unit) || IsLowSurrogate(unit)) {
        out = PutSurrogate(in, end, out, clean);
      } else {
        out = PutUnit(out, unit);
        in += 2;
      }
      if (in == end) break;
      unit = UnitAt(in);
    } while (unit - 1 >= 0x7f);
  }
  begin = in;
  return out;
}

#if defined(__x86_64__)

// The intrinsics of GCC 12 begin with variables that are uninitialised on purpose (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"

#define EXDIAG_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")))

// Sixteen units at a time, whatever they are but surrogates: each becomes four bytes, of which
// those that count are pressed together.  There is no branch that depends on which letters a text
// has.
EXDIAG_WIDE inline std::size_t PutSixteen(__m256i units, std::uint32_t count, char* out) {
  const __m512i unit = _mm512_cvtepu16_epi32(units);
  const __m512i last = _mm512_and_si512(unit, _mm512_set1_epi32(0x3f));
  const __m512i without_last = _mm512_srli_epi32(unit, 6);
  const __m512i middle = _mm512_and_si512(without_last, _mm512_set1_epi32(0x3f));
  const __m512i two = _mm512_or_si512(_mm512_or_si512(without_last, _mm512_slli_epi32(last, 8)),
                                      _mm512_set1_epi32(0x80c0));
  const __m512i three =
      _mm512_or_si512(_mm512_or_si512(_mm512_srli_epi32(unit, 12), _mm512_slli_epi32(middle, 8)),
                      _mm512_or_si512(_mm512_slli_epi32(last, 16), _mm512_set1_epi32(0x8080e0)));
  const __mmask16 not_one = _mm512_cmpge_epu32_mask(unit, _mm512_set1_epi32(0x80));
  const __mmask16 is_three = _mm512_cmpge_epu32_mask(unit, _mm512_set1_epi32(0x800));
  const __m512i bytes =
      _mm512_mask_mov_epi32(_mm512_mask_mov_epi32(unit, not_one, two), is_three, three);
  // All bytes but the first are there when they are not 0.
  const std::uint64_t there = _mm512_test_epi8_mask(bytes, bytes) | 0x1111'1111'1111'1111;
  const std::uint64_t wanted = _bzhi_u64(there, 4 * count);
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(wanted, bytes));
  return static_cast<std::size_t>(_mm_popcnt_u64(wanted));
}

template <bool kToNul>
EXDIAG_WIDE char* PutWide(const std::byte*& begin, const std::byte* end, char* out, bool& clean) {
  const std::byte* in = begin;
  while (true) {
    auto left = static_cast<std::size_t>(end - in) / 2;
    for (; left >= 32; left -= 32, in += 64, out += 32) {  // long texts are mostly ASCII
      const __m512i units = _mm512_loadu_si512(in);
      const __m512i less = _mm512_sub_epi16(units, _mm512_set1_epi16(1));
      if (_mm512_cmpge_epu16_mask(less, _mm512_set1_epi16(0x7f)) != 0) break;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtepi16_epi8(units));
    }
    const __m256i units = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
    const __m256i upper = _mm256_and_si256(units, _mm256_set1_epi16(static_cast<short>(0xf800)));
    std::uint32_t stops =
        _mm256_cmpeq_epi16_mask(upper, _mm256_set1_epi16(static_cast<short>(0xd800)));
    if (kToNul) stops |= _mm256_testn_epi16_mask(units, units);
    stops |= std::uint32_t{1} << std::min<std::size_t>(left, 16);
    const auto count = static_cast<std::uint32_t>(std::countr_zero(stops));
    out += PutSixteen(units, count, out);
    in += 2 * count;
    if (count == 16) continue;
    if (in == end || (kToNul && UnitAt(in) == 0)) break;
    out = PutSurrogate(in, end, out, clean);
  }
  begin = in;
  return out;
}

#undef EXDIAG_WIDE
#pragma GCC diagnostic pop

bool IsWide() {
  static const bool kIs = __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
  return kIs;
}

#else

template <bool kToNul>
char* PutWide(const std::byte*& begin, const std::byte* end, char* out, bool& clean) {
  return PutPadded<kToNul>(begin, end, out, clean);
}

bool IsWide() { return false; }

#endif  // __x86_64__

}  // namespace

char* PutPaddedUtf16(std::span<const std::byte> bytes, char* out, bool& clean, Utf16Way way) {
  const std::byte* in = bytes.data();
  const std::byte* const end = in + bytes.size() / 2 * 2;
  const bool wide = way == Utf16Way::kBest && IsWide();
  return wide ? PutWide<false>(in, end, out, clean) : PutPadded<false>(in, end, out, clean);
}

char* PutPaddedUtf16ToNul(const std::byte*& begin, const std::byte* end, char* out, Utf16Way way) {
  bool clean = true;  // what was not is shown as U+FFFD
  const bool wide = way == Utf16Way::kBest && IsWide();
  return wide ? PutWide<true>(begin, end, out, clean) : PutPadded<true>(begin, end, out, clean);
}

char* PutUtf16(std::span<const std::byte> bytes, char* out, bool& clean) {
  const std::byte* in = bytes.data();
  const std::byte* const end = in + bytes.size() / 2 * 2;
  while (in != end) {
    in = CopyAscii(in, end, out);
    // One group of the slow way, then the fast one gets another chance.
    for (const std::byte* const stop = end - in > 16 ? in + 16 : end; in < stop;) {
      std::uint32_t code = UnitAt(in);
      in += 2;
      if (code < 0x80) {
        *out++ = static_cast<char>(code);
        continue;
      }
      if (IsHighSurrogate(code) && in != end && IsLowSurrogate(UnitAt(in))) {
        code = 0x10000 + ((code - 0xd800) << 10) + (UnitAt(in) - 0xdc00U);
        in += 2;
      } else if (IsHighSurrogate(code) || IsLowSurrogate(code)) {
        code = 0xfffd;
        clean = false;
      }
      out = PutCodePoint(out, code);
    }
  }
  return out;
}

}  // namespace exdiag
