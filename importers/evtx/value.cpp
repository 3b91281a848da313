#include "importers/evtx/value.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/text.h"
#include "engine/base/time.h"
#include "importers/binary_log/little_endian.h"

namespace exdiag::evtx {
namespace {

void AppendReal(double value, const char* format, RecordText& out) {
  if (std::isnan(value)) return out.Append("NaN");
  if (std::isinf(value)) return out.Append(value < 0 ? "-INF" : "INF");
  char text[40];
  const int size = std::snprintf(text, sizeof text, format, value);
  out.Append({text, static_cast<std::size_t>(size)});
}

// Writes `value` as `width` digits of `base`, which has to be enough of them, and returns what lies
// behind.  printf costs ten times as much, and times and GUIDs are frequent.
char* PutDigits(char* out, std::uint32_t value, int width, std::uint32_t base) {
  for (int i = width - 1; i >= 0; --i, value /= base) out[i] = "0123456789abcdef"[value % base];
  return out + width;
}

void AppendGuid(const std::byte* at, RecordText& out) {
  char text[38];
  char* to = text;
  *to++ = '{';
  to = PutDigits(to, LoadU32(at), 8, 16);
  *to++ = '-';
  to = PutDigits(to, LoadU16(at + 4), 4, 16);
  *to++ = '-';
  to = PutDigits(to, LoadU16(at + 6), 4, 16);
  for (int i = 8; i < 16; ++i) {
    if (i == 8 || i == 10) *to++ = '-';
    to = PutDigits(to, std::to_integer<std::uint32_t>(at[i]), 2, 16);
  }
  *to++ = '}';
  out.Append({text, sizeof text});
}

// "2021-06-04T08:41:47", with `digits` digits of fraction and a Z.
void AppendCivil(const CivilTime& civil, int fraction, int digits, RecordText& out) {
  char text[32];
  char* to = text;
  const auto put = [&to](int value, int width, char behind) {
    to = PutDigits(to, static_cast<std::uint32_t>(value), width, 10);
    *to++ = behind;
  };
  put(civil.year, 4, '-');
  put(civil.month, 2, '-');
  put(civil.day, 2, 'T');
  put(civil.hour, 2, ':');
  put(civil.minute, 2, ':');
  put(civil.second, 2, '.');
  put(fraction, digits, 'Z');
  out.Append({text, static_cast<std::size_t>(to - text)});
}

void AppendFileTime(std::uint64_t filetime, RecordText& out) {
  if (filetime != 0 && !TicksFromFileTime(filetime)) return out.AppendHex(filetime);
  // 0 means "never" and Windows prints it as the first day of 1601.
  const CivilTime civil = CivilFromTicks({static_cast<std::int64_t>(filetime)});
  AppendCivil(civil, civil.ticks, 7, out);
}

void AppendSystemTime(const Value& value, RecordText& out) {
  const auto part = [&](int index) { return int{LoadU16(value.data + 2 * index)}; };
  const CivilTime civil{.year = part(0),
                        .month = part(1),
                        .day = part(3),  // behind the day of the week
                        .hour = part(4),
                        .minute = part(5),
                        .second = part(6)};
  if (!TicksFromCivil(civil) || part(7) > 999) return out.AppendHexDump(value.bytes());
  AppendCivil(civil, part(7), 3, out);
}

// The types whose size is given by the type.
void AppendFixed(const Value& value, RecordText& out) {
  const std::byte* at = value.data;
  switch (value.type) {
    case kInt8:
      return out.AppendNumber(std::int64_t{Load<std::int8_t>(at)});
    case kUInt8:
      return out.AppendNumber(std::uint64_t{Load<std::uint8_t>(at)});
    case kInt16:
      return out.AppendNumber(std::int64_t{Load<std::int16_t>(at)});
    case kUInt16:
      return out.AppendNumber(std::uint64_t{LoadU16(at)});
    case kInt32:
      return out.AppendNumber(std::int64_t{Load<std::int32_t>(at)});
    case kUInt32:
      return out.AppendNumber(std::uint64_t{LoadU32(at)});
    case kInt64:
      return out.AppendNumber(Load<std::int64_t>(at));
    case kUInt64:
      return out.AppendNumber(LoadU64(at));
    case kReal32:
      return AppendReal(static_cast<double>(Load<float>(at)), "%g", out);
    case kReal64:
      return AppendReal(Load<double>(at), "%.15g", out);
    case kBool:
      return out.Append(LoadU32(at) != 0 ? "true" : "false");
    case kGuid:
      return AppendGuid(at, out);
    case kFileTime:
      return AppendFileTime(LoadU64(at), out);
    case kSystemTime:
      return AppendSystemTime(value, out);
    case kHexInt32:
      return out.AppendHex(LoadU32(at));
    case kHexInt64:
      return out.AppendHex(LoadU64(at));
    default:
      return out.AppendHexDump(value.bytes());
  }
}

void AppendSizeT(const Value& value, RecordText& out) {
  if (value.size == 4) return out.AppendHex(LoadU32(value.data));
  if (value.size == 8) return out.AppendHex(LoadU64(value.data));
  out.AppendHexDump(value.bytes());
}

}  // namespace

void AppendValue(const Value& value, const AnsiDecoder& ansi, RecordText& out) {
  switch (value.type) {
    case kNull:
      return;
    case kString:
      return out.AppendUtf16(WithoutTrailingNuls(value.bytes()));
    case kAnsiString:
      return ansi.Append(value.bytes(), out);
    case kSid:
      if (!out.AppendSid(value.bytes())) out.AppendHexDump(value.bytes());
      return;
    case kSizeT:
      return AppendSizeT(value, out);
    case kBool:
      // The specification says one byte, Windows writes four.
      if (value.size == 1) return out.Append(*value.data != std::byte{0} ? "true" : "false");
      break;
    default:
      break;
  }
  if (value.size != FixedSize(value.type)) return out.AppendHexDump(value.bytes());
  AppendFixed(value, out);
}

bool NumberOf(std::string_view text, std::uint64_t& number) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  const std::uint64_t base = hexadecimal ? 16 : 10;
  if (digits.empty() || digits.size() > 20) return false;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 0x20);
    std::uint64_t digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint64_t>(c - '0');
    if (lower >= 'a' && lower <= 'f') digit = static_cast<std::uint64_t>(lower - 'a' + 10);
    if (digit >= base || value > (~std::uint64_t{0} - digit) / base) return false;
    value = value * base + digit;
  }
  number = value;
  return true;
}

bool NumberOf(const Value& value, std::uint64_t& number) {
  switch (value.type) {
    case kString: {
      const auto bytes = WithoutTrailingNuls(value.bytes());
      char text[24];
      if (bytes.size() > 2 * sizeof text) return false;
      for (std::size_t i = 0; i < bytes.size(); i += 2) {
        const std::uint16_t unit = LoadU16(bytes.data() + i);
        if (unit >= 0x80) return false;
        text[i / 2] = static_cast<char>(unit);
      }
      return NumberOf(Trim({text, bytes.size() / 2}), number);
    }
    case kReal32:
    case kReal64:
    case kGuid:
    case kSystemTime:
      return false;
    default:
      break;
  }
  const std::size_t size = value.type == kSizeT ? value.size : FixedSize(value.type);
  if (size != value.size) return false;
  switch (size) {
    case 1:
      number = Load<std::uint8_t>(value.data);
      return true;
    case 2:
      number = LoadU16(value.data);
      return true;
    case 4:
      number = LoadU32(value.data);
      return true;
    case 8:
      number = LoadU64(value.data);
      return true;
    default:
      return false;
  }
}

ArrayItems::ArrayItems(const Value& array)
    : at_(array.data),
      end_(array.data + array.size),
      type_(static_cast<std::uint8_t>(array.type & ~kArrayFlag)) {}

std::size_t ArrayItems::ItemSize() const {
  const auto rest = static_cast<std::size_t>(end_ - at_);
  switch (type_) {
    case kString: {
      const std::size_t size = Utf16Size({at_, rest});
      return rest - size >= 2 ? size + 2 : rest;
    }
    case kAnsiString: {
      const std::byte* nul = std::find(at_, end_, std::byte{0});
      return nul != end_ ? static_cast<std::size_t>(nul - at_) + 1 : rest;
    }
    case kSid: {
      const std::size_t size = SidSize({at_, rest});
      return size != 0 ? size : rest;
    }
    case kSizeT:
      return std::min<std::size_t>(rest, rest % 8 == 0 ? 8 : 4);
    default: {
      // What is left over, and items of unknown size, come as one piece.
      const std::size_t size = FixedSize(type_);
      return size != 0 && size <= rest ? size : rest;
    }
  }
}

bool ArrayItems::Next(Value& item) {
  if (at_ == end_) return false;
  const std::size_t size = ItemSize();
  item = {at_, static_cast<std::uint16_t>(size), type_};
  at_ += size;
  return true;
}

}  // namespace exdiag::evtx
