#include "importers/binary_log/record_text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <charconv>
#include <cstring>

#include "importers/binary_log/little_endian.h"

namespace exdiag {

RecordText::RecordText()
    : buffer_(std::make_unique_for_overwrite<char[]>(kCapacity + kMostNuls + kUtf16Padding)),
      cursor_(buffer_.get()),
      limit_(buffer_.get() + kCapacity) {}

void RecordText::Append(std::string_view text) {
  if (text.empty() || !Reserve(text.size())) return;
  std::memcpy(cursor_, text.data(), text.size());
  cursor_ += text.size();
}

void RecordText::AppendUtf16(std::span<const std::byte> bytes) {
  if (!Reserve(bytes.size() / 2 * 3)) return;
  bool clean = true;
  cursor_ = PutUtf16(bytes, cursor_, clean);
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
