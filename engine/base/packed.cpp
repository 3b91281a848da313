#include "engine/base/packed.h"

#include <bit>

namespace exdiag {

void PackedWriter::Number(std::uint64_t value) {
  char bytes[kLongestPacked];
  bytes_.append(bytes, PutPacked(bytes, value));
}

void PackedWriter::Signed(std::int64_t value) { Number(FoldSign(value)); }

void PackedWriter::Double(double value) { Number(std::bit_cast<std::uint64_t>(value)); }

void PackedWriter::Text(std::string_view text) {
  Number(text.size());
  bytes_.append(text);
}

std::uint64_t PackedReader::Number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  Fail();
  return 0;
}

std::int64_t PackedReader::Signed() {
  const std::uint64_t bits = Number();
  return static_cast<std::int64_t>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
}

double PackedReader::Double() { return std::bit_cast<double>(Number()); }

std::string_view PackedReader::Text() {
  const std::uint64_t size = Number();
  if (size > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return text;
}

std::size_t PackedReader::Count() {
  const std::uint64_t count = Number();
  if (count <= rest_.size()) return count;
  Fail();
  return 0;
}

void PackedReader::Fail() {
  ok_ = false;
  rest_ = {};
}

}  // namespace exdiag
