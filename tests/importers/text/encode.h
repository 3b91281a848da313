// The same text in the encodings that Windows tools write, for tests.
#pragma once

#include <string>
#include <string_view>

namespace exdiag {

// Code points of well-formed UTF-8.
inline std::u32string CodePoints(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int tail = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t code = lead;
    if (tail > 0) code &= 0x3fu >> tail;
    for (int k = 1; k <= tail; ++k) {
      code = code << 6 | (static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0x3f);
    }
    out += code;
    i += static_cast<std::size_t>(tail) + 1;
  }
  return out;
}

inline std::string Utf16(std::string_view text, bool big_endian) {
  std::string out;
  const auto put = [&](char32_t unit) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xff);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  };
  for (const char32_t code : CodePoints(text)) {
    if (code < 0x10000) {
      put(code);
    } else {
      put(0xd800 + ((code - 0x10000) >> 10));
      put(0xdc00 + ((code - 0x10000) & 0x3ff));
    }
  }
  return out;
}

// Latin-1 characters only, which is all that the tests need of windows-1252.
inline std::string Latin1(std::string_view text) {
  std::string out;
  for (const char32_t code : CodePoints(text)) out += static_cast<char>(code & 0xff);
  return out;
}

}  // namespace exdiag
