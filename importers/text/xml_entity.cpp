#include "importers/text/xml_entity.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace exdiag {
namespace {

constexpr std::size_t kLongestName = 10;

constexpr struct {
  std::string_view name;
  char value;
} kEntities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

void PutUtf8(char32_t code, XmlEntity& entity) {
  const auto put = [&](char32_t byte) { entity.utf8[entity.length++] = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
    return;
  }
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

// "#x41" and "#65" as a character; 0 for what no character is.
char32_t NumericReference(std::string_view name) {
  if (!name.starts_with('#')) return 0;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto end =
      std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  const bool whole = end.ec == std::errc() && end.ptr == name.data() + name.size();
  return whole && code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? code : 0;
}

}  // namespace

std::optional<XmlEntity> XmlEntityAt(std::string_view text) {
  const std::size_t end = text.substr(0, kLongestName + 2).find(';');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(1, end - 1);
  const auto* const known = std::find_if(std::begin(kEntities), std::end(kEntities),
                                         [&](const auto& entity) { return entity.name == name; });
  const char32_t code =
      known != std::end(kEntities) ? static_cast<char32_t>(known->value) : NumericReference(name);
  if (code == 0) return std::nullopt;
  XmlEntity entity;
  entity.size = end + 1;
  PutUtf8(code, entity);
  return entity;
}

}  // namespace exdiag
