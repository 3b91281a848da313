// Unaligned little-endian numbers.  Windows' logs align nothing inside their records.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace exdiag {

static_assert(std::endian::native == std::endian::little, "the loads below copy bytes as they lie");

// Reads a number at `at`; the caller has made sure that its bytes are there.
template <typename T>
inline T Load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

inline std::uint16_t LoadU16(const std::byte* at) { return Load<std::uint16_t>(at); }
inline std::uint32_t LoadU32(const std::byte* at) { return Load<std::uint32_t>(at); }
inline std::uint64_t LoadU64(const std::byte* at) { return Load<std::uint64_t>(at); }

// memcmp() == 0 of a few dozen bytes, of which calling it would be the most.
inline bool SameBytes(const std::byte* one, const std::byte* other, std::size_t size) {
  std::size_t at = 0;
  for (; size - at >= 16; at += 16) {
    const std::uint64_t first = LoadU64(one + at) ^ LoadU64(other + at);
    if ((first | (LoadU64(one + at + 8) ^ LoadU64(other + at + 8))) != 0) return false;
  }
  for (; size - at >= 8; at += 8) {
    if (LoadU64(one + at) != LoadU64(other + at)) return false;
  }
  if (at == size) return true;
  if (size >= 8) return LoadU64(one + size - 8) == LoadU64(other + size - 8);
  for (; at < size; ++at) {
    if (one[at] != other[at]) return false;
  }
  return true;
}

}  // namespace exdiag
