// Reads integers of either byte order from borrowed bytes and never looks behind their end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace exdiag::trace {

using Bytes = std::span<const std::byte>;

enum class ByteOrder : std::uint8_t { kLittle, kBig };

// The first `size` bytes from `offset` on, or what there is of them.
inline Bytes Slice(Bytes bytes, std::size_t offset, std::size_t size = SIZE_MAX) {
  if (offset >= bytes.size()) return {};
  return bytes.subspan(offset, std::min(size, bytes.size() - offset));
}

// A place in borrowed bytes.  Reading past the end gives 0 and makes ok() false for good, so a
// header is read whole and asked once.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes, ByteOrder order = ByteOrder::kBig)
      : bytes_(bytes), order_(order) {}

  bool ok() const { return ok_; }
  std::size_t offset() const { return offset_; }
  Bytes rest() const { return Slice(bytes_, offset_); }

  std::uint8_t U8() { return static_cast<std::uint8_t>(Unsigned(1)); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(Unsigned(2)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(Unsigned(4)); }
  std::uint64_t U64() { return Unsigned(8); }

  void Skip(std::size_t count) {
    if (count > bytes_.size() - offset_) {
      ok_ = false;
      offset_ = bytes_.size();
    } else {
      offset_ += count;
    }
  }

 private:
  std::uint64_t Unsigned(std::size_t size) {
    if (size > bytes_.size() - offset_) {
      ok_ = false;
      offset_ = bytes_.size();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = order_ == ByteOrder::kBig ? i : size - 1 - i;
      value = value << 8 | std::to_integer<std::uint64_t>(bytes_[offset_ + at]);
    }
    offset_ += size;
    return value;
  }

  Bytes bytes_;
  ByteOrder order_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace exdiag::trace
