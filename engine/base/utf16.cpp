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

template <typename OnNul>
char* PutPlainly(const std::byte* in, const std::byte* end, char* out, bool& clean, OnNul on_nul) {
  constexpr std::size_t kAtOnce = 16;
  while (true) {
    const auto left = static_cast<std::size_t>(end - in) / 2;
    const std::size_t plain = std::min(CopyPlain(in, out), left);
    in += 2 * plain;
    out += plain;
    if (plain == left) return out;
    if (plain == kAtOnce) continue;
    std::uint32_t unit = UnitAt(in);
    do {  // what is not plain seldom stands alone
      if (unit == 0) {
        on_nul(out);
        *out++ = '\0';
        in += 2;
      } else if (IsHighSurrogate(unit) || IsLowSurrogate(unit)) {
        out = PutSurrogate(in, end, out, clean);
      } else {
        out = PutUnit(out, unit);
        in += 2;
      }
      if (in == end) return out;
      unit = UnitAt(in);
    } while (unit - 1 >= 0x7f);
  }
}

#if defined(__x86_64__)

// The intrinsics of GCC 12 begin with variables that are uninitialised on purpose (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"

#define EXDIAG_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,popcnt")))

// Sixteen units, whatever they are but surrogates, of which the first `count` are wanted: each
// becomes four bytes, of which those that are wanted are pressed together.  No branch depends on
// which letters a text has.  Returns a bit for each of the 64 bytes.
EXDIAG_WIDE inline std::uint64_t PutSixteen(__m512i unit, std::size_t count, char* out) {
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
  const std::uint64_t wanted = _bzhi_u64(there, static_cast<unsigned>(4 * count));
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(wanted, bytes));
  return wanted;
}

// Adds the places of the NULs among the bytes that PutSixteen wrote at `at`.  There are seldom more
// than two, but whether there are any nothing foretells.
EXDIAG_WIDE inline std::uint32_t* AddNuls(__m512i unit, std::uint64_t wanted, std::uint32_t at,
                                          std::uint32_t* nuls) {
  const std::uint64_t units = _mm512_testn_epi32_mask(unit, unit);
  std::uint64_t bytes = _pext_u64(_pdep_u64(units, 0x1111'1111'1111'1111), wanted);
  const auto count = static_cast<std::size_t>(_mm_popcnt_u64(bytes));
  for (std::size_t i = 0; i < 2 || i < count; ++i, bytes &= bytes - 1) {
    nuls[i] = at + static_cast<std::uint32_t>(_tzcnt_u64(bytes));
  }
  return nuls + count;
}

template <bool kNuls>
EXDIAG_WIDE char* PutWide(const std::byte* in, const std::byte* end, char* const begin, bool& clean,
                          std::uint32_t*& nuls) {
  char* out = begin;
  auto left = static_cast<std::size_t>(end - in) / 2;
  for (; !kNuls && left >= 32; left -= 32, in += 64, out += 32) {  // most are nothing but ASCII
    const __m512i units = _mm512_loadu_si512(in);
    if (_mm512_cmpge_epu16_mask(units, _mm512_set1_epi16(0x80)) != 0) break;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtepi16_epi8(units));
  }
  while (in != end) {
    const std::size_t here = std::min<std::size_t>(static_cast<std::size_t>(end - in) / 2, 16);
    const __m512i unit =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in)));
    const __m512i upper = _mm512_and_si512(unit, _mm512_set1_epi32(0xf800));
    const std::uint32_t surrogates = _mm512_cmpeq_epi32_mask(upper, _mm512_set1_epi32(0xd800));
    std::size_t count = here;
    if (surrogates != 0) count = std::min<std::size_t>(_tzcnt_u32(surrogates), here);
    const std::uint64_t wanted = PutSixteen(unit, count, out);
    if (kNuls) nuls = AddNuls(unit, wanted, static_cast<std::uint32_t>(out - begin), nuls);
    out += _mm_popcnt_u64(wanted);
    in += 2 * count;
    if (count != here) out = PutSurrogate(in, end, out, clean);
  }
  return out;
}

#undef EXDIAG_WIDE
#pragma GCC diagnostic pop

bool IsWide() {
  static const bool kIs = __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi") &&
                          __builtin_cpu_supports("bmi2");
  return kIs;
}

#endif  // __x86_64__

}  // namespace

char* PutPaddedUtf16(std::span<const std::byte> bytes, char* out, bool& clean, Utf16Way way) {
  const std::byte* const in = bytes.data();
  const std::byte* const end = in + bytes.size() / 2 * 2;
#if defined(__x86_64__)
  if (std::uint32_t* none = nullptr; way == Utf16Way::kBest && IsWide()) {
    return PutWide<false>(in, end, out, clean, none);
  }
#endif
  static_cast<void>(way);
  return PutPlainly(in, end, out, clean, [](char*) {});
}

char* PutPaddedUtf16Array(std::span<const std::byte> bytes, char* out, std::uint32_t*& nuls,
                          Utf16Way way) {
  const std::byte* const in = bytes.data();
  const std::byte* const end = in + bytes.size() / 2 * 2;
  bool clean = true;  // what was not is shown as U+FFFD
#if defined(__x86_64__)
  if (way == Utf16Way::kBest && IsWide()) return PutWide<true>(in, end, out, clean, nuls);
#endif
  static_cast<void>(way);
  return PutPlainly(in, end, out, clean, [&, begin = out](char* nul) {
    *nuls++ = static_cast<std::uint32_t>(nul - begin);
  });
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
