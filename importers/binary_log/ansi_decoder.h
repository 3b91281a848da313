// Text in a code page of the machine that wrote it.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "importers/binary_log/record_text.h"

namespace exdiag {

class AnsiDecoder {
 public:
  // `codepage` is an iconv name; "" and one that iconv does not know mean windows-1252.
  explicit AnsiDecoder(const std::string& codepage);

  // Up to the first NUL; bytes that the code page does not have become U+FFFD.
  void Append(std::span<const std::byte> bytes, RecordText& out) const;

 private:
  void AppendSingleBytes(std::string_view text, RecordText& out) const;

  std::string codepage_;
  // Of code pages with one byte a character, which all but the East Asian ones are; else unused.
  bool single_byte_ = true;
  std::array<std::string, 128> upper_half_;
};

}  // namespace exdiag
