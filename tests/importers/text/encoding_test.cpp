#include "importers/text/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/text/collect.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

constexpr std::string_view kRow =
    "11/23/99,1:00:00 AM,MSExchangeMTA,Error,Sécurité,9322,N/A,BREST,accès refusé\r\n";

// Every encoding in which Windows tools write, with and without byte order mark.
TEST(EncodingTest, OneRowInEveryEncoding) {
  const struct {
    std::string_view why;
    std::string bytes;
    std::string codepage;
    std::vector<std::string> notes;
  } kCases[] = {
      {"UTF-8", std::string(kRow), "", {}},
      {"UTF-8 with BOM", "\xef\xbb\xbf" + std::string(kRow), "", {}},
      {"UTF-16LE", Utf16(kRow, false), "", {}},
      {"UTF-16LE with BOM", "\xff\xfe" + Utf16(kRow, false), "", {}},
      {"UTF-16BE", Utf16(kRow, true), "", {}},
      {"UTF-16BE with BOM", "\xfe\xff" + Utf16(kRow, true), "", {}},
      {"windows-1252 by default",
       Latin1(kRow),
       "",
       {"in: line 1: not UTF-8; this and other such lines are read as windows-1252 "
        "[text.codepage]"}},
      {"an OEM code page, told by what makes sense in it",
       "11/23/99,1:00:00 AM,MSExchangeMTA,Error,S\x82"
       "curit\x82,9322,N/A,BREST,acc\x8as refus\x82\r\n",
       "",
       {"in: line 1: not UTF-8; this and other such lines are read as CP850 [text.codepage]"}},
      {"a code page that the user named, by number", Latin1(kRow), "1252", {}},
      {"the same by name", Latin1(kRow), "iso-8859-1", {}},
      {"UTF-8 is told before the code page that the user named", std::string(kRow), "850", {}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes, {.codepage = row.codepage});
    EXPECT_EQ(got.importer, "nt-csv");
    ASSERT_THAT(got.records, SizeIs(1));
    EXPECT_EQ(got.records[0].category_text, "Sécurité");
    EXPECT_EQ(got.records[0].message, "accès refusé");
    EXPECT_EQ(got.notes, row.notes);
  }
}

TEST(EncodingTest, OneFileOfTwoEncodingsIsReadLineByLine) {
  const std::string other = "11/22/99,1:00:00 AM,S,Error,None,1,N/A,PC,größer\r\n";
  const auto got = ImportBytes(std::string(kRow) + Latin1(other));
  ASSERT_THAT(got.records, SizeIs(2));
  EXPECT_EQ(got.records[0].message, "accès refusé");
  EXPECT_EQ(got.records[1].message, "größer");
  EXPECT_THAT(got.notes, ElementsAre("in: line 2: not UTF-8; this and other such lines are read as "
                                     "windows-1252 [text.codepage]"));
}

TEST(EncodingTest, JapaneseWithoutByteOrderMark) {
  const std::string text =
      "ログの名前:         Application\r\nソース:           ESE\r\n"
      "イベント ID:       259\r\nレベル:           エラー\r\n説明:\r\n"
      "縮小の分析が開始されました。\r\n";
  const auto got = ImportBytes(Utf16(text, false));
  EXPECT_EQ(got.importer, "clipboard-vista");
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].level, "error");
  EXPECT_EQ(got.records[0].message, "縮小の分析が開始されました。");
}

TEST(EncodingTest, CharactersWithoutMeaningAreShownAndTold) {
  const auto got =
      ImportBytes("11/23/99,1:00:00 AM,S,Error,None,1,N/A,PC,a\x81z\r\n", {.codepage = "1252"});
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].message, "a\xef\xbf\xbdz");
  EXPECT_THAT(got.notes,
              ElementsAre("in: line 1: characters that the encoding does not know; shown as U+FFFD "
                          "here and after [text.encoding]"));
}

TEST(EncodingTest, AnUnknownCodePageIsAnError) {
  const auto got = ImportBytes(std::string(kRow), {.codepage = "cp-nonsense"});
  EXPECT_EQ(got.error, "in: code page \"cp-nonsense\" is not known to this system; not read");
  EXPECT_THAT(got.records, IsEmpty());
}

TEST(EncodingTest, HeadsThatAreNoText) {
  const struct {
    std::string_view why;
    std::string bytes;
  } kCases[] = {
      {"empty", ""},
      {"a picture", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01", 20)},
      {"control characters", std::string(50, '\x02') + "text"},
      {"a zero byte in text", std::string("abc\0def", 7)},
      {"zero bytes on both sides", std::string("a\0b\0c\0d\0e\0\0f\0g\0h\0i", 18)},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(DecodeHead(Bytes(row.bytes), ""), "") << row.why;
    EXPECT_EQ(ImportBytes(row.bytes).importer, "") << row.why;
  }
}

TEST(EncodingTest, TheEndOfTheHeadMayCutACharacter) {
  EXPECT_EQ(DecodeHead(Bytes("caf\xc3"), ""), "caf");
  EXPECT_EQ(DecodeHead(Bytes("x\xe3\x83"), ""), "x");
  EXPECT_EQ(DecodeHead(Bytes("caf\xc3\xa9"), ""), "café");
  EXPECT_EQ(DecodeHead(Bytes("caf\xe9 noir"), ""), "café noir");
}

}  // namespace
}  // namespace exdiag
