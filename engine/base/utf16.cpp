#include "engine/base/utf16.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

}  // namespace

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
