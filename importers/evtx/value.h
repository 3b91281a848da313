// Typed values of BinXML ([MS-EVEN6] 2.2.12) and how Windows prints them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "importers/binary_log/ansi_decoder.h"
#include "importers/binary_log/little_endian.h"
#include "importers/binary_log/record_text.h"

namespace exdiag::evtx {

enum ValueType : std::uint8_t {
  kNull = 0x00,
  kString = 0x01,
  kAnsiString = 0x02,
  kInt8 = 0x03,
  kUInt8 = 0x04,
  kInt16 = 0x05,
  kUInt16 = 0x06,
  kInt32 = 0x07,
  kUInt32 = 0x08,
  kInt64 = 0x09,
  kUInt64 = 0x0a,
  kReal32 = 0x0b,
  kReal64 = 0x0c,
  kBool = 0x0d,
  kBinary = 0x0e,
  kGuid = 0x0f,
  kSizeT = 0x10,
  kFileTime = 0x11,
  kSystemTime = 0x12,
  kSid = 0x13,
  kHexInt32 = 0x14,
  kHexInt64 = 0x15,
  kBinXml = 0x21,
};
inline constexpr std::uint8_t kArrayFlag = 0x80;

// Bytes of one value of a type; 0 where the value itself says.
inline std::size_t FixedSize(std::uint8_t type) {
  constexpr std::uint8_t kSizes[] = {0, 0, 0, 1, 1,  2, 2, 4,  4, 8, 8,
                                     4, 8, 4, 0, 16, 0, 8, 16, 0, 4, 8};
  return type < sizeof kSizes ? kSizes[type] : 0;
}

// UTF-16 up to the NULs that some writers count as part of it.
inline std::span<const std::byte> WithoutTrailingNuls(std::span<const std::byte> utf16) {
  std::size_t size = utf16.size() & ~std::size_t{1};
  while (size >= 2 && LoadU16(utf16.data() + size - 2) == 0) size -= 2;
  return utf16.first(size);
}

struct Value {
  const std::byte* data = nullptr;
  std::uint16_t size = 0;
  std::uint8_t type = kNull;

  std::span<const std::byte> bytes() const { return {data, size}; }
  bool is_array() const { return (type & kArrayFlag) != 0; }
};

// Appends one value that is no array.  A value whose size does not fit its type, and one of an
// unknown type, is shown as the hexadecimal dump of its bytes.
void AppendValue(const Value& value, const AnsiDecoder& ansi, RecordText& out);

// The number in `value`: an integer type, or text that is one in decimal or 0x-hexadecimal, as in
// records without templates.  False: it is none.
bool NumberOf(const Value& value, std::uint64_t& number);
bool NumberOf(std::string_view text, std::uint64_t& number);

// Takes the items off an array value one by one; strings end at their NUL, of which the last one
// may lack its own.
class ArrayItems {
 public:
  explicit ArrayItems(const Value& array);

  bool Next(Value& item);

 private:
  std::size_t ItemSize() const;

  const std::byte* at_;
  const std::byte* end_;
  std::uint8_t type_;
};

}  // namespace exdiag::evtx
