#include "importers/text/printed_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/text/lines.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Got {
  std::vector<std::string> rows;    // "line|name=value|..."
  std::vector<std::string> others;  // without blank lines
};

Got Read(std::string_view text) {
  Got got;
  PrintedRows rows(
      PrintedRows::Shapes::kListsAndTables,
      [&](const PrintedRow& row) {
        std::string shown = std::to_string(row.line) + (row.in_table ? " table" : "");
        for (std::size_t i = 0; i < row.names.size(); ++i) {
          shown += "|" + row.names[i] + "=" + row.values[i];
        }
        got.rows.push_back(shown);
      },
      [&](std::string_view line, std::uint64_t) {
        if (!line.empty()) got.others.emplace_back(line);
      });
  ForEachLine(text, [&](std::string_view line, std::uint64_t number) { rows.Line(line, number); });
  rows.Finish();
  return got;
}

TEST(PrintedRowsTest, Lists) {
  const Got got = Read(
      "PS> it\n\nId      : 1\nMessage : a: b\n          c\n\n          d\nEmpty   :\n\n"
      "Id      : 2\nMessage : e\n\n\nmore words\n");
  EXPECT_THAT(got.rows, ElementsAre("3|Id=1|Message=a: b\nc\n\nd|Empty=", "10|Id=2|Message=e"));
  EXPECT_THAT(got.others, ElementsAre("PS> it", "more words"));
}

TEST(PrintedRowsTest, LinesThatTheWindowBrokeArePutTogether) {
  const std::string name = "Message : ";
  const std::string wide(60, 'x');
  EXPECT_THAT(Read(name + wide + " one two\n          three-and-more\n          four\n").rows,
              ElementsAre("1|Message=" + wide + " one two three-and-more\nfour"));
}

TEST(PrintedRowsTest, TablesBelowARulerAndTheirPages) {
  const Got got = Read(
      "Type   Event Text\n====== ===== ====\nFähler 1     a b\nb            more than fits\n"
      "Type   Event Text\n------ ----- ----\nc      3     x\n\nend\n");
  EXPECT_THAT(got.rows, ElementsAre("3 table|Type=Fähler|Event=1|Text=a b",
                                    "4 table|Type=b|Event=|Text=more than fits",
                                    "7 table|Type=c|Event=3|Text=x"));
  EXPECT_THAT(got.others, ElementsAre("end"));
}

TEST(PrintedRowsTest, ProseIsNeither) {
  EXPECT_THAT(Read("http://example.com: no\n  indented: x\n10:20:30\n-- --\n\n").rows, IsEmpty());
}

}  // namespace
}  // namespace exdiag
