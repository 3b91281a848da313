// The text of one record while it is decoded: one buffer that is filled front to back, handed out
// as views, and emptied for the next record.
//
// The buffer never moves, so views stay good until Clear(), and never grows: a record whose text
// does not fit (a hostile one; the largest honest record needs a fifth of it) is cut, which
// `overflowed` tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/utf16.h"

namespace exdiag {

class RecordText {
 public:
  static constexpr std::size_t kCapacity = std::size_t{1} << 20;

  RecordText();

  void Clear() {
    cursor_ = buffer_.get();
    limit_ = cursor_ + kCapacity;
    overflowed_ = false;
  }
  bool overflowed() const { return overflowed_; }

  // Where the next piece of text begins; `Since` gives everything appended from there on.
  const char* mark() const { return cursor_; }
  std::string_view Since(const char* mark) const {
    return {mark, static_cast<std::size_t>(cursor_ - mark)};
  }

  void Append(std::string_view text);
  void Append(char c) { Append(std::string_view(&c, 1)); }
  // UTF-16LE; a lone surrogate becomes U+FFFD, an odd last byte is ignored.
  void AppendUtf16(std::span<const std::byte> bytes);
  // The same, faster, where kUtf16Padding bytes behind the text can be read.
  void AppendPaddedUtf16(std::span<const std::byte> bytes) {
    // A unit becomes at most three bytes, and a surrogate pair four.
    if (!Reserve(bytes.size() / 2 * 3)) return;
    bool clean = true;  // what was not is shown as U+FFFD
    cursor_ = PutPaddedUtf16(bytes, cursor_, clean);
  }
  // The same of an array of strings, which have to fit; see PutPaddedUtf16Array().  The NULs do not
  // count as text; there may be kMostNuls of them in a record.
  static constexpr std::size_t kMostNuls = std::size_t{256} << 10;
  void AppendPaddedUtf16Array(std::span<const std::byte> bytes, std::uint32_t*& nuls) {
    const std::uint32_t* const before = nuls;
    cursor_ = PutPaddedUtf16Array(bytes, cursor_, nuls);
    limit_ += nuls - before;
  }
  // Counts text that is kept elsewhere as if its `bytes` of UTF-16 were appended here, so that what
  // a record is cut at does not depend on those before it.  False where they would not fit.
  bool CountUtf16(std::size_t bytes, std::size_t size) {
    if (!HasRoomForUtf16(bytes)) return false;
    cursor_ += size;
    return true;
  }
  // True when no UTF-16 of so many bytes makes it overflow.
  bool HasRoomForUtf16(std::size_t bytes) const {
    return bytes / 2 * 3 <= static_cast<std::size_t>(limit_ - cursor_);
  }
  bool HasRoomForUtf16Array(std::size_t bytes) const {
    const auto given = static_cast<std::size_t>(limit_ - buffer_.get()) - kCapacity;
    return HasRoomForUtf16(bytes) && bytes / 2 <= kMostNuls - given;
  }
  void AppendNumber(std::int64_t value);
  void AppendNumber(std::uint64_t value);
  void AppendHex(std::uint64_t value);                   // "0x1f"
  void AppendHexDump(std::span<const std::byte> bytes);  // "0A1F"
  // "S-1-5-21-..."; false, and nothing appended, when the bytes are no SID.
  bool AppendSid(std::span<const std::byte> bytes);

 private:
  // Makes sure that `size` more bytes fit.
  bool Reserve(std::size_t size) {
    if (size <= static_cast<std::size_t>(limit_ - cursor_)) return true;
    overflowed_ = true;
    return false;
  }

  std::unique_ptr<char[]> buffer_;
  char* cursor_;
  char* limit_;
  bool overflowed_ = false;
};

// Bytes in front of the first NUL of UTF-16 text; all whole units when it has none.
std::size_t Utf16Size(std::span<const std::byte> bytes);

// Bytes that `bytes`, which begin with a SID, spend on it; 0 when they do not begin with one.
std::size_t SidSize(std::span<const std::byte> bytes);

}  // namespace exdiag
