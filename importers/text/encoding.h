// The one home of text encodings: what Windows tools write, told by the bytes alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace exdiag {

// kBytes is text of one byte units: UTF-8, or a code page where a line is not UTF-8.
enum class Encoding : std::uint8_t { kBytes, kUtf16Le, kUtf16Be };

struct DetectedEncoding {
  Encoding encoding = Encoding::kBytes;
  std::size_t bom_bytes = 0;  // how many bytes at the front are the byte order mark
};

// By byte order mark, else UTF-16 by where its zero bytes lie.
DetectedEncoding DetectEncoding(std::span<const std::byte> head);

// Code page to UTF-8.
class CodepageDecoder {
 public:
  // `codepage` as iconv names it, or its Windows number ("1252"); "" is windows-1252.
  static Result<CodepageDecoder> Open(const std::string& codepage);

  // Appends `bytes` as UTF-8.  False when a byte has no meaning in the code page: U+FFFD is there.
  bool Append(std::string_view bytes, std::string& out);

  const std::string& name() const { return name_; }

 private:
  struct Close {
    void operator()(void* handle) const;
  };

  CodepageDecoder(std::string name, void* handle) : name_(std::move(name)), handle_(handle) {}

  std::string name_;
  std::unique_ptr<void, Close> handle_;  // iconv_t
};

// UTF-16 of either byte order as UTF-8; a last odd byte is ignored.  False when a lone surrogate
// became U+FFFD.
bool AppendUtf16(std::span<const std::byte> bytes, Encoding encoding, std::string& out);

bool IsAscii(std::string_view text);

// The beginning of a file as UTF-8 without byte order mark; "" when it is not text.  A character
// that the end of `head` cuts in two is left out.
std::string DecodeHead(std::span<const std::byte> head, const std::string& codepage);

}  // namespace exdiag
