// "&lt;", "&#65;", "&#x41;": characters as XML names them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace exdiag {

struct XmlEntity {
  std::size_t size = 0;           // with its & and ;
  std::array<char, 4> utf8 = {};  // the character
  std::size_t length = 0;         // of utf8; never more than `size`

  std::string_view text() const { return {utf8.data(), length}; }
};

// The entity at the front of `text`, which begins with &; nullopt when it is none that every XML
// has, or a number that is no character.
std::optional<XmlEntity> XmlEntityAt(std::string_view text);

}  // namespace exdiag
