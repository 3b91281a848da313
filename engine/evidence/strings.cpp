#include "engine/evidence/strings.h"

#include <cstdint>

namespace exdiag {

void AppendEncodedString(std::optional<std::string_view> value, std::string& out) {
  std::uint64_t prefix = value ? value->size() + 1 : 0;
  while (prefix >= 0x80) {
    out.push_back(static_cast<char>((prefix & 0x7f) | 0x80));
    prefix >>= 7;
  }
  out.push_back(static_cast<char>(prefix));
  if (value) out.append(*value);
}

std::string EncodeStrings(const InsertionStrings& strings) {
  std::string out;
  for (const auto& value : strings) {
    AppendEncodedString(value ? std::optional<std::string_view>(*value) : std::nullopt, out);
  }
  return out;
}

bool StringsReader::Next(std::optional<std::string_view>& value) {
  std::uint64_t prefix = 0;
  for (int shift = 0;; shift += 7) {
    if (rest_.empty() || shift > 35) return false;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    prefix |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (prefix == 0) {
    value = std::nullopt;
    return true;
  }
  if (prefix - 1 > rest_.size()) {
    rest_ = {};
    return false;
  }
  value = rest_.substr(0, prefix - 1);
  rest_.remove_prefix(prefix - 1);
  return true;
}

InsertionStrings DecodeStrings(std::string_view encoded) {
  InsertionStrings strings;
  StringsReader reader(encoded);
  std::optional<std::string_view> value;
  while (reader.Next(value)) {
    strings.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
  }
  return strings;
}

}  // namespace exdiag
