#include "importers/archive/dictionary.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>

#include "importers/binary_log/little_endian.h"

namespace exdiag {
namespace {

// Takes numbers off the front of some bytes; 0 behind their end.
class Numbers {
 public:
  explicit Numbers(std::span<const std::byte> bytes) : rest_(bytes) {}

  // .xz file format 1.1, section 1.2.
  std::uint64_t Variable() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      const std::uint8_t byte = Byte();
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    return number;
  }
  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return byte;
  }
  void Skip(std::uint64_t count) {
    rest_ = rest_.subspan(count < rest_.size() ? static_cast<std::size_t>(count) : rest_.size());
  }

 private:
  std::span<const std::byte> rest_;
};

std::optional<std::uint64_t> OfXz(std::span<const std::byte> head) {
  constexpr std::string_view kMagic(
      "\xfd"
      "7zXZ\0",
      6);
  constexpr std::uint64_t kLzma2 = 0x21;
  if (head.size() < kMagic.size() || std::memcmp(head.data(), kMagic.data(), kMagic.size()) != 0) {
    return std::nullopt;
  }
  Numbers numbers(head.subspan(std::min<std::size_t>(head.size(), 12)));
  if (numbers.Byte() == 0) return std::nullopt;  // no block
  const std::uint8_t flags = numbers.Byte();
  if ((flags & 0x40) != 0) numbers.Variable();  // packed size
  if ((flags & 0x80) != 0) numbers.Variable();  // size
  for (int filters = (flags & 3) + 1; filters > 0; --filters) {
    const std::uint64_t id = numbers.Variable();
    const std::uint64_t size = numbers.Variable();
    if (id != kLzma2) {
      numbers.Skip(size);
      continue;
    }
    const unsigned bits = numbers.Byte() & 0x3f;
    if (bits > 40) return std::nullopt;
    return bits == 40 ? 0xffff'ffff : (std::uint64_t{2} | (bits & 1)) << (bits / 2 + 11);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> DictionaryAt(const ByteSource& bytes, std::uint64_t offset,
                                          PackedBy packed_by) {
  std::array<std::byte, 64> head{};
  const std::size_t got = bytes.ReadAt(offset, head);
  switch (packed_by) {
    case PackedBy::kXz:
      return OfXz(std::span(head).first(got));
    case PackedBy::kZipLzma:
      return LoadU32(head.data() + 5);  // behind version, size of the properties, the first of them
    case PackedBy::kZipPpmd:
      return static_cast<std::uint64_t>((LoadU16(head.data()) >> 4 & 0xff) + 1) << 20;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> DictionaryOfZipMember(const ByteSource& bytes, std::uint64_t header,
                                                   std::uint64_t packed) {
  std::array<std::byte, 10> local;
  if (bytes.ReadAt(header, local) < local.size()) return std::nullopt;
  // libarchive looks at eight bits of the method.
  switch (std::to_integer<std::uint8_t>(local[8])) {
    case 14:
      return DictionaryAt(bytes, packed, PackedBy::kZipLzma);
    case 95:
      return DictionaryAt(bytes, packed, PackedBy::kXz);
    case 98:
      return DictionaryAt(bytes, packed, PackedBy::kZipPpmd);
    default:
      return std::nullopt;
  }
}

}  // namespace exdiag
