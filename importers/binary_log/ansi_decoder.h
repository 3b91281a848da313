// Text in a code page of the machine that wrote it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "importers/binary_log/record_text.h"

namespace exdiag {

// Not safe for two threads.
class AnsiDecoder {
 public:
  // `codepage` is an iconv name; "" and one that iconv does not know mean windows-1252.
  explicit AnsiDecoder(std::string codepage) : codepage_(std::move(codepage)) {}

  // Up to the first NUL; bytes that the code page does not have become U+FFFD.
  void Append(std::span<const std::byte> bytes, RecordText& out) const;

 private:
  // What the code page is like, which takes as long to find out as reading fifty records: so it is
  // done when it has to be known, and most logs have nothing but ASCII.
  struct Codepage {
    explicit Codepage(const std::string& wanted);

    std::string name;
    // Of code pages with one byte a character, which all but the East Asian ones are; else unused.
    bool single_byte = true;
    std::array<std::string, 128> upper_half;
  };
  void AppendSingleBytes(std::string_view text, RecordText& out) const;

  std::string codepage_;
  mutable std::unique_ptr<const Codepage> known_;
};

}  // namespace exdiag
