#include "importers/evtx/value.h"

#include <gtest/gtest.h>

#include "tests/importers/evtx/evtx_builder.h"

namespace exdiag::test {
namespace {

using evtx::Value;

Value ValueOf(std::uint8_t type, const std::string& bytes) {
  return {reinterpret_cast<const std::byte*>(bytes.data()),
          static_cast<std::uint16_t>(bytes.size()), type};
}

std::string Shown(std::uint8_t type, const std::string& bytes, const std::string& codepage = "") {
  RecordText text;
  const char* mark = text.mark();
  AppendValue(ValueOf(type, bytes), AnsiDecoder(codepage), text);
  return std::string(text.Since(mark));
}

struct Case {
  const char* why;
  std::uint8_t type;
  std::string bytes;
  std::string shown;
};

TEST(EvtxValueTest, ShownAsWindowsXmlShowsThem) {
  const std::uint64_t nan = 0x7ff8'0000'0000'0000;
  const std::uint64_t minus_infinity = 0xfff0'0000'0000'0000;
  const Case cases[] = {
      {"NULL shows nothing, whatever its size", 0x00, "abcd", ""},
      {"string", 0x01, Utf16("text"), "text"},
      {"trailing NULs are no text", 0x01, Utf16("text") + std::string(4, '\0'), "text"},
      {"an odd byte is no unit", 0x01, Utf16("ab") + "c", "ab"},
      {"beyond ASCII, and a surrogate pair", 0x01,
       std::string("\xf6\x00\xac\x20\x35\xd8\x18\xdd", 8), "\xc3\xb6\xe2\x82\xac\xf0\x9d\x94\x98"},
      {"lone surrogates", 0x01, std::string("\x00\xd8\x41\x00\x00\xdc", 6),
       "\xef\xbf\xbd"
       "A\xef\xbf\xbd"},
      {"long ASCII with one other letter", 0x01,
       Utf16("0123456789abcdef") + std::string("\xe9\x00", 2) + Utf16("0123456789abcdef"),
       "0123456789abcdef\xc3\xa9"
       "0123456789abcdef"},
      {"ANSI in windows-1252, up to its NUL", 0x02, std::string("caf\xe9\0x", 6), "caf\xc3\xa9"},
      {"a byte that windows-1252 does not have", 0x02, "\x81", "\xef\xbf\xbd"},
      {"i8", 0x03, "\xff", "-1"},
      {"u8", 0x04, "\xff", "255"},
      {"i16", 0x05, Bytes(std::uint16_t{0xfffe}), "-2"},
      {"u16", 0x06, Bytes(std::uint16_t{0xfffe}), "65534"},
      {"i32", 0x07, Bytes(std::uint32_t{0x80000000}), "-2147483648"},
      {"u32", 0x08, Bytes(std::uint32_t{0x80000000}), "2147483648"},
      {"i64", 0x09, Bytes(std::uint64_t{0xffffffffffffffff}), "-1"},
      {"u64", 0x0a, Bytes(std::uint64_t{0xffffffffffffffff}), "18446744073709551615"},
      {"float", 0x0b, Bytes(std::uint32_t{0x3fc00000}), "1.5"},
      {"double", 0x0c, Bytes(std::uint64_t{0x3fb999999999999a}), "0.1"},
      {"not a number", 0x0c, Bytes(nan), "NaN"},
      {"infinity", 0x0c, Bytes(minus_infinity), "-INF"},
      {"true is anything but 0", 0x0d, Bytes(std::uint32_t{0x7fa2}), "true"},
      {"false", 0x0d, Bytes(std::uint32_t{0}), "false"},
      {"a boolean of one byte, as specified", 0x0d, "\x01", "true"},
      {"binary", 0x0e, std::string("\x00\xab", 2), "00AB"},
      {"GUID", 0x0f,
       std::string("\x01\x46\xd3\xec\x25\x02\x67\x3e\xb6\x39\xd7\x7b\x70\x28\x1c\xe9", 16),
       "{ecd34601-0225-3e67-b639-d77b70281ce9}"},
      {"size_t of 4 bytes", 0x10, Bytes(std::uint32_t{0x1f0}), "0x1f0"},
      {"size_t of 8 bytes", 0x10, Bytes(std::uint64_t{0x1'0000'0000}), "0x100000000"},
      {"FILETIME", 0x11, Bytes(kSomeFileTime), "2021-06-04T08:41:47.9821280Z"},
      {"FILETIME 0: never", 0x11, Bytes(std::uint64_t{0}), "1601-01-01T00:00:00.0000000Z"},
      {"FILETIME past the year 9999", 0x11, Bytes(~std::uint64_t{0}), "0xffffffffffffffff"},
      {"SYSTEMTIME", 0x12,
       Bytes(std::uint16_t{2021}) + Bytes(std::uint16_t{6}) + Bytes(std::uint16_t{5}) +
           Bytes(std::uint16_t{4}) + Bytes(std::uint16_t{8}) + Bytes(std::uint16_t{41}) +
           Bytes(std::uint16_t{47}) + Bytes(std::uint16_t{98}),
       "2021-06-04T08:41:47.098Z"},
      {"SYSTEMTIME of no day: its bytes", 0x12, std::string(16, '\xff'), std::string(32, 'F')},
      {"SID", 0x13, Sid(5, {18}), "S-1-5-18"},
      {"SID that claims more than it has: its bytes", 0x13,
       std::string("\x01\x02\0\0\0\0\0\x05", 8), "0102000000000005"},
      {"hex u32", 0x14, Bytes(std::uint32_t{0x8009030c}), "0x8009030c"},
      {"hex u64", 0x15, Bytes(std::uint64_t{0}), "0x0"},
      {"a size that does not fit the type: its bytes", 0x08, "\x01\x02", "0102"},
      {"unknown type: its bytes", 0x22, "\x01", "01"},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(Shown(row.type, row.bytes), row.shown) << row.why;
  }
}

TEST(EvtxValueTest, AnsiInTheCodePageThatTheUserNames) {
  EXPECT_EQ(Shown(0x02, "\xef\xf0", "CP1251"), "\xd0\xbf\xd1\x80");
  EXPECT_EQ(Shown(0x02, "\x93\xfa\x41", "CP932"), "\xe6\x97\xa5\x41");
  EXPECT_EQ(Shown(0x02, "\xe9", "no such code page"), "\xc3\xa9");
}

std::string Items(std::uint8_t type, const std::string& bytes) {
  evtx::ArrayItems items(ValueOf(type, bytes));
  std::string shown;
  for (Value item; items.Next(item);) {
    RecordText text;
    const char* mark = text.mark();
    AppendValue(item, AnsiDecoder(""), text);
    shown.append("[").append(text.Since(mark)).append("]");
  }
  return shown;
}

TEST(EvtxValueTest, ArraysGiveOneItemEach) {
  EXPECT_EQ(Items(0x81, Utf16Array({"a", "", "b"})), "[a][][b]");
  EXPECT_EQ(Items(0x81, Utf16Array({"a"}) + Utf16("last")), "[a][last]");
  EXPECT_EQ(Items(0x82, std::string("x\0\0y", 4)), "[x][][y]");
  EXPECT_EQ(Items(0x86, Bytes(std::uint16_t{1}) + Bytes(std::uint16_t{2})), "[1][2]");
  EXPECT_EQ(Items(0x88, Bytes(std::uint32_t{7}) + "ab"), "[7][6162]");  // a rest that is no item
  EXPECT_EQ(Items(0x93, Sid(5, {18}) + Sid(5, {32, 544})), "[S-1-5-18][S-1-5-32-544]");
  EXPECT_EQ(Items(0x81, ""), "");
}

TEST(EvtxValueTest, Numbers) {
  struct {
    std::string_view text;
    bool ok;
    std::uint64_t number;
  } constexpr kCases[] = {
      {"7036", true, 7036},
      {"0x8000000000000000", true, 0x8000000000000000},
      {"18446744073709551615", true, 18446744073709551615U},
      {"18446744073709551616", false, 0},
      {"", false, 0},
      {"0x", false, 0},
      {"-1", false, 0},
      {"12a", false, 0},
  };
  for (const auto& row : kCases) {
    std::uint64_t number = 0;
    EXPECT_EQ(evtx::NumberOf(row.text, number), row.ok) << row.text;
    EXPECT_EQ(number, row.number) << row.text;
  }
}

}  // namespace
}  // namespace exdiag::test
