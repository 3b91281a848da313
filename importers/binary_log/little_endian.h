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

}  // namespace exdiag
