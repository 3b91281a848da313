#include "engine/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace exdiag {
namespace {

using ::testing::ElementsAre;

TEST(TextTest, FoldsAsciiOnly) {
  EXPECT_EQ(ToLower("MSExchangeMTA"), "msexchangemta");
  EXPECT_TRUE(EqualsIgnoreCase("BREST", "brest"));
  EXPECT_FALSE(EqualsIgnoreCase("BREST", "brest2"));
  EXPECT_TRUE(StartsWithIgnoreCase("Registered Service", "registered"));
  EXPECT_EQ(FindIgnoreCase("a CN=Connections", "/cn="), std::string_view::npos);
  EXPECT_EQ(FindIgnoreCase("/o=A/CN=Connections", "/cn="), 4u);
}

TEST(TextTest, Integers) {
  const struct {
    std::string_view text;
    std::optional<std::int64_t> value;
  } kCases[] = {
      {"0", 0},
      {"1722", 1722},
      {"0x8009030c", 0x8009030c},
      {"0X5", 5},
      {"-1073741819", -1073741819},
      {"+7", 7},
      {"", std::nullopt},
      {"-", std::nullopt},
      {"0x", std::nullopt},
      {" 5", std::nullopt},
      {"5 ", std::nullopt},
      {"5a", std::nullopt},
      {"9223372036854775807", 9223372036854775807},
      {"9223372036854775808", std::nullopt},  // past 63 bits
  };
  for (const auto& row : kCases) EXPECT_EQ(ParseInteger(row.text), row.value) << row.text;
}

TEST(TextTest, CanonicalHostMakesOneNameOfManyForms) {
  const struct {
    std::string_view text;
    std::string_view host;
  } kCases[] = {
      {"EX1", "ex1"},   {"ex1.corp.example", "ex1"}, {"\\\\EX1", "ex1"},
      {" EX1 ", "ex1"}, {"10.0.0.1", "10.0.0.1"},    {"192.168.1.10", "192.168.1.10"},
      {"", ""},
  };
  for (const auto& row : kCases) EXPECT_EQ(CanonicalHost(row.text), row.host) << row.text;
}

TEST(TextTest, NearestNamesOnlyWhatIsNear) {
  constexpr std::array<std::string_view, 4> kKnown = {"event_id", "provider", "within", "id"};
  EXPECT_EQ(Nearest("event-id", kKnown), "event_id");
  EXPECT_EQ(Nearest("provder", kKnown), "provider");
  EXPECT_EQ(Nearest("withn", kKnown), "within");
  EXPECT_EQ(Nearest("colour", kKnown), "");
}

std::string Utf16(std::initializer_list<unsigned> units, bool* clean = nullptr) {
  std::vector<std::byte> bytes;
  for (const unsigned unit : units) {
    bytes.push_back(static_cast<std::byte>(unit & 0xff));
    bytes.push_back(static_cast<std::byte>(unit >> 8));
  }
  std::string out;
  const bool was_clean = AppendUtf16(bytes, out);
  if (clean != nullptr) *clean = was_clean;
  return out;
}

TEST(TextTest, Utf16BecomesUtf8) {
  bool clean = false;
  EXPECT_EQ(Utf16({'A', 0xe9, 0x65e5}, &clean), "A\xc3\xa9\xe6\x97\xa5");
  EXPECT_TRUE(clean);
  EXPECT_EQ(Utf16({0xd835, 0xdd18}, &clean), "\xf0\x9d\x94\x98");
  EXPECT_TRUE(clean);
  EXPECT_EQ(Utf16({0xd835, 'x'}, &clean), "\xef\xbf\xbdx");  // high surrogate alone
  EXPECT_FALSE(clean);
  EXPECT_EQ(Utf16({0xdd18}, &clean), "\xef\xbf\xbd");  // low surrogate alone
  EXPECT_FALSE(clean);
}

// ASCII is copied in groups: whatever stands wherever among however much of it comes out whole.
TEST(TextTest, Utf16AmongAscii) {
  struct {
    std::vector<unsigned> units;
    std::string utf8;
  } const cases[] = {{{0xe9}, "\xc3\xa9"},
                     {{0x65e5}, "\xe6\x97\xa5"},
                     {{0xd835, 0xdd18}, "\xf0\x9d\x94\x98"},
                     {{0xdd18}, "\xef\xbf\xbd"},
                     {{0xd835}, "\xef\xbf\xbd"},
                     {{0x7f}, "\x7f"},
                     {{0x80}, "\xc2\x80"}};
  for (const auto& row : cases) {
    for (std::size_t before = 0; before <= 20; ++before) {
      for (std::size_t behind = 0; behind <= 20; ++behind) {
        std::vector<std::byte> bytes;
        const auto put = [&bytes](unsigned unit) {
          bytes.push_back(static_cast<std::byte>(unit & 0xff));
          bytes.push_back(static_cast<std::byte>(unit >> 8));
        };
        for (std::size_t i = 0; i < before; ++i) put('a' + static_cast<unsigned>(i));
        for (const unsigned unit : row.units) put(unit);
        for (std::size_t i = 0; i < behind; ++i) put('A' + static_cast<unsigned>(i));
        std::string out = "x";
        AppendUtf16(bytes, out);
        const std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
        const std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        EXPECT_EQ(out, "x" + std::string(letters.substr(0, before)) + row.utf8 +
                           std::string(capitals.substr(0, behind)));
      }
    }
  }
}

TEST(TextTest, FindsInAnyCase) {
  for (std::size_t before = 0; before < 40; ++before) {
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string text = std::string(before, 's') + "SeVeRiTy" + std::string(behind, 'e');
      EXPECT_EQ(FindIgnoreCase(text, "sEvErItY"), before);
      EXPECT_EQ(FindIgnoreCase(text, "severity", before), before);
      EXPECT_EQ(FindIgnoreCase(text, "severity", before + 1), std::string::npos);
      EXPECT_EQ(FindIgnoreCase(text, "severityx"), std::string::npos);
      EXPECT_EQ(FindIgnoreCase(text, "Y" + std::string(behind, 'E')), before + 7);
    }
  }
  EXPECT_EQ(FindIgnoreCase("", "a"), std::string::npos);
  EXPECT_EQ(FindIgnoreCase("abc", ""), 0u);
  EXPECT_EQ(FindIgnoreCase("abc", "", 3), 3u);
  EXPECT_EQ(FindIgnoreCase("abc", "", 4), std::string::npos);
  EXPECT_EQ(FindIgnoreCase("a[b", "{b"), std::string::npos);
}

TEST(TextTest, WellFormedUtf8) {
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("\xc3\xa9\xe6\x97\xa5\xf0\x9d\x94\x98"));
  EXPECT_FALSE(IsUtf8("caf\xe9"));
  for (std::size_t before = 0; before < 20; ++before) {
    EXPECT_TRUE(IsUtf8(std::string(before, 'a') + "\xc3\xa9" + std::string(9, 'a')));
    EXPECT_FALSE(IsUtf8(std::string(before, 'a') + "\xe9" + std::string(9, 'a')));
  }
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  EXPECT_FALSE(IsUtf8("\xe6\x97"));          // cut off
}

TEST(TextTest, PrintableShowsWhatATerminalWouldObey) {
  EXPECT_EQ(Printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(Printable("a\nb\tc"), "a\\x0ab\tc");
  EXPECT_EQ(Printable("a\r\nb", true), "a\nb");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "1m"),
            "\\xc2\\x9b1m");  // the 8-bit CSI
  EXPECT_EQ(Printable("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(Printable("caf\xc3\xa9"), "caf\xc3\xa9");
}

TEST(TextTest, PrintableShowsWhatWouldTurnOrHideText) {
  EXPECT_EQ(Printable("a\u202egpj.exe"), "a\\u202egpj.exe");  // right-to-left override
  EXPECT_EQ(Printable("\u2066x\u2069"), "\\u2066x\\u2069");   // isolates
  EXPECT_EQ(Printable("EX\u200b1"), "EX\\u200b1");            // a blank without width
  EXPECT_EQ(Printable("\ufeffa\u2028b"), "\\ufeffa\\u2028b");
  EXPECT_EQ(Printable("\U000e0041"), "\\ue0041");  // a tag letter
  EXPECT_EQ(Printable("\u05d0\u05d1 \u20ac"), "\u05d0\u05d1 \u20ac");
}

TEST(TextTest, CollapsesAndSplits) {
  EXPECT_EQ(CollapseSpace("  a \r\n\t b  "), "a b");
  EXPECT_EQ(CollapseSpace(" \n "), "");
  EXPECT_THAT(Split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

}  // namespace
}  // namespace exdiag
