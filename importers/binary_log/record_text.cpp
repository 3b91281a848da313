#include "importers/binary_log/record_text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <charconv>
#include <cstring>

#include "importers/binary_log/little_endian.h"

namespace exdiag {
namespace {

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

// Copies ASCII eight units at a time; most of what logs hold is ASCII.  Stops in front of the first
// group that holds anything else, or that is not full.
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
#else
  static_cast<void>(end);
  static_cast<void>(out);
#endif
  return in;
}

}  // namespace

RecordText::RecordText()
    : buffer_(std::make_unique_for_overwrite<char[]>(kCapacity)),
      cursor_(buffer_.get()),
      limit_(buffer_.get() + kCapacity) {}

void RecordText::Append(std::string_view text) {
  if (text.empty() || !Reserve(text.size())) return;
  std::memcpy(cursor_, text.data(), text.size());
  cursor_ += text.size();
}

void RecordText::AppendUtf16(std::span<const std::byte> bytes) {
  // A unit becomes at most three bytes, and a surrogate pair four.
  if (!Reserve(bytes.size() / 2 * 3)) return;
  const std::byte* in = bytes.data();
  const std::byte* end = in + bytes.size() / 2 * 2;
  char* out = cursor_;
  while (in != end) {
    in = CopyAscii(in, end, out);
    // One group of the slow way, then the fast one gets another chance.
    for (const std::byte* stop = end - in > 16 ? in + 16 : end; in < stop;) {
      std::uint32_t code = LoadU16(in);
      in += 2;
      if (code < 0x80) {
        *out++ = static_cast<char>(code);
        continue;
      }
      if (IsHighSurrogate(code) && in != end && IsLowSurrogate(LoadU16(in))) {
        code = 0x10000 + ((code - 0xd800) << 10) + (LoadU16(in) - 0xdc00U);
        in += 2;
      } else if (IsHighSurrogate(code) || IsLowSurrogate(code)) {
        code = 0xfffd;
      }
      out = PutCodePoint(out, code);
    }
  }
  cursor_ = out;
}

void RecordText::AppendNumber(std::int64_t value) {
  if (!Reserve(24)) return;
  cursor_ = std::to_chars(cursor_, limit_, value).ptr;
}

void RecordText::AppendNumber(std::uint64_t value) {
  if (!Reserve(24)) return;
  cursor_ = std::to_chars(cursor_, limit_, value).ptr;
}

void RecordText::AppendHex(std::uint64_t value) {
  if (!Reserve(24)) return;
  *cursor_++ = '0';
  *cursor_++ = 'x';
  cursor_ = std::to_chars(cursor_, limit_, value, 16).ptr;
}

void RecordText::AppendHexDump(std::span<const std::byte> bytes) {
  if (!Reserve(bytes.size() * 2)) return;
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const std::byte byte : bytes) {
    *cursor_++ = kDigits[std::to_integer<unsigned>(byte) >> 4];
    *cursor_++ = kDigits[std::to_integer<unsigned>(byte) & 15];
  }
}

std::size_t Utf16Size(std::span<const std::byte> bytes) {
  const std::size_t end = bytes.size() & ~std::size_t{1};
  std::size_t at = 0;
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at));
    const __m128i nuls = _mm_cmpeq_epi16(units, _mm_setzero_si128());
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(nuls)); mask != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
  }
#endif
  while (at < end && LoadU16(bytes.data() + at) != 0) at += 2;
  return at;
}

// [MS-DTYP] 2.4.2.2: revision, count of sub-authorities (15 at most), a big-endian 48-bit
// authority, the sub-authorities.
std::size_t SidSize(std::span<const std::byte> bytes) {
  if (bytes.size() < 8 || bytes[0] != std::byte{1}) return 0;
  const std::size_t count = std::to_integer<std::size_t>(bytes[1]);
  const std::size_t size = 8 + 4 * count;
  return count <= 15 && size <= bytes.size() ? size : 0;
}

bool RecordText::AppendSid(std::span<const std::byte> bytes) {
  const std::size_t size = SidSize(bytes);
  if (size == 0) return false;
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < 8; ++i) {
    authority = authority << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  Append("S-1-");
  // Authorities that need more than 32 bits are written in hexadecimal ([MS-DTYP] 2.4.2.1).
  if (authority >> 32 != 0) {
    AppendHex(authority);
  } else {
    AppendNumber(authority);
  }
  for (std::size_t at = 8; at < size; at += 4) {
    Append('-');
    AppendNumber(std::uint64_t{LoadU32(bytes.data() + at)});
  }
  return true;
}

}  // namespace exdiag
