#include "importers/text/csv_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exdiag {
namespace {

using ::testing::ElementsAreArray;

TEST(CsvRowTest, Rows) {
  const struct {
    std::string_view why;
    std::string_view text;
    std::vector<std::string_view> fields;
    std::size_t size;
    bool bad_quotes;
  } kCases[] = {
      {"plain", "a,b,c\r\nx", {"a", "b", "c"}, 7, false},
      {"line feed alone", "a,b\nx", {"a", "b"}, 4, false},
      {"at the end of the text", "a,b", {"a", "b"}, 3, false},
      {"empty fields", ",,\n", {"", "", ""}, 3, false},
      {"quotes", "\"a\",\"b,c\"\n", {"a", "b,c"}, 10, false},
      {"doubled quotes", "\"a \"\"b\"\"\",\"\"\"\"\n", {"a \"b\"", "\""}, 15, false},
      {"an empty quoted field", "\"\",x\n", {"", "x"}, 5, false},
      {"lines inside quotes", "\"a\r\nb\",c\r\nd", {"a\r\nb", "c"}, 10, false},
      {"a quote inside a plain field is text", "3.5\" disk,b\n", {"3.5\" disk", "b"}, 12, false},
      {"CR CR LF", "a,b\r\r\nx", {"a", "b"}, 6, false},
      {"text behind the closing quote", "\"a\"b,c\nd", {"\"a\"b,c"}, 7, true},
      {"never closed", "a,\"b\nc\n", {"a", "\"b\nc\n"}, 7, true},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    CsvRow got;
    ASSERT_EQ(ParseCsvRow(row.text, ',', true, got), CsvParse::kRow);
    EXPECT_THAT(got.fields, ElementsAreArray(row.fields));
    EXPECT_EQ(got.size, row.size);
    EXPECT_EQ(got.bad_quotes, row.bad_quotes);
  }
}

TEST(CsvRowTest, AsksForMoreWhenTheRowMayGoOn) {
  CsvRow row;
  for (const std::string_view text : {"", "a", "a,\"b", "a,\"b\"", "\"a\"\"", "\"a\nb"}) {
    EXPECT_EQ(ParseCsvRow(text, ',', false, row), CsvParse::kNeedMore) << text;
  }
  EXPECT_EQ(ParseCsvRow("a\n", ',', false, row), CsvParse::kRow);
}

}  // namespace
}  // namespace exdiag
