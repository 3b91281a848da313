#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/csv/named_columns_importer.h"
#include "importers/text/nested_elements.h"
#include "tests/importers/hostile_text.h"
#include "tests/importers/text/collect.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Fields = std::vector<std::pair<std::string, std::string>>;

const Fields kFields = {{"EventLog", "Application"},
                        {"RecordNumber", "5"},
                        {"TimeGenerated", "2006-08-22 03:15:41"},
                        {"TimeWritten", "2006-08-22 03:15:42"},
                        {"EventID", "7004"},
                        {"EventType", "1"},
                        {"EventTypeName", "Error event"},
                        {"EventCategory", "3"},
                        {"EventCategoryName", "SMTP Protocol"},
                        {"SourceName", "MSExchangeTransport"},
                        {"Strings", "|host &lt;a&gt; &amp; b||535 |"},
                        {"ComputerName", "EX1"},
                        {"SID", ""},
                        {"Message", "Said \"no\".\r\n  and left "},
                        {"Data", "00FF"}};

OwnedRecord Want(std::uint64_t line) {
  return {.line = line,
          .channel = "Application",
          .provider = "MSExchangeTransport",
          .id = 7004,
          .level = "error",
          .category = 3,
          .category_text = "SMTP Protocol",
          .time = "2006-08-22T03:15:41",
          .record_id = 5,
          .computer = "EX1",
          .has_strings = true,
          .strings = {"", "host <a> & b", "", "535 ", ""},
          .message = "Said \"no\".\n  and left",
          .binary = "00ff"};
}

// One row in one of the four structures, indented as Log Parser does, or with -compact:ON.
std::string Row(int structure, const Fields& fields = kFields, bool compact = false) {
  std::string row = compact ? "<ROW>" : " <ROW>\r\n";
  for (const auto& [name, value] : fields) {
    const bool by_name = structure >= 3;
    const std::string type = structure % 2 == 0 ? " TYPE=\"STRING\"" : "";
    const std::string tag = by_name ? "FIELD" : name;
    const std::string open = "<" + tag + (by_name ? " NAME=\"" + name + "\"" : "") + type + ">";
    row += compact ? open + value + "</" + tag + ">"
                   : "  " + open + "\r\n  " + value + "\r\n  </" + tag + ">\r\n";
  }
  return row + (compact ? "</ROW>\r\n" : " </ROW>\r\n");
}

constexpr std::string_view kProlog =
    "<?xml version=\"1.0\" encoding=\"ISO-10646-UCS-2\" standalone=\"yes\" ?>\r\n"
    "<!DOCTYPE ROOT[\r\n <!ATTLIST ROOT DATE_CREATED CDATA #REQUIRED>\r\n"
    " <!ELEMENT EventLog (#PCDATA)>\r\n <!ELEMENT ROOT (ROW*)>\r\n]>\r\n";
constexpr std::string_view kRoot =
    "<ROOT DATE_CREATED=\"2006-08-22 05:20:00\" CREATED_BY=\"Microsoft Log Parser V2.2\">\r\n";

std::string File(const std::string& rows) {
  return std::string(kProlog) + std::string(kRoot) + rows + "</ROOT>\r\n";
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(LogParserXmlTest, ReadsEveryStructure) {
  const Fields named = {
      {"EventID", "7004"}, {"SourceName", "P"}, {"ComputerName", "EX1"}, {"Message", "m"}};
  const OwnedRecord want_named = {
      .line = 8, .provider = "P", .id = 7004, .computer = "EX1", .message = "m"};
  const struct {
    std::string_view why;
    std::string bytes;
    OwnedRecord record;
  } kCases[] = {
      {"structure 1, the default", File(Row(1)), Want(8)},
      {"structure 2: types", File(Row(2)), Want(8)},
      {"structure 3: names as attributes", File(Row(3)), Want(8)},
      {"structure 4: both", File(Row(4)), Want(8)},
      {"-compact:ON", File(Row(1, kFields, true)), Want(8)},
      {"-oCodepage:-1", "\xff\xfe" + Utf16(File(Row(1)), false), Want(8)},
      {"-standAlone:OFF: no root", Row(1), Want(1)},
      {"-rootName and -rowName", Replaced(Replaced(File(Row(1)), "ROW>", "EVENT>"), "ROOT", "LOG"),
       Want(8)},
      {"chosen columns", File(Row(1, named)), want_named},
      {"in a mail", "Here it is:\r\n\r\n" + std::string(kRoot) + Row(1), Want(4)},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes);
    EXPECT_EQ(got.importer, "logparser-xml");
    EXPECT_THAT(got.records, ElementsAre(row.record));
    EXPECT_THAT(got.rejects, IsEmpty());
    if (row.why != "in a mail") {
      EXPECT_THAT(got.notes, IsEmpty());
    }
  }
}

TEST(LogParserXmlTest, EmptyFieldsMayBeLeftOut) {
  Fields fewer = kFields;
  std::erase_if(fewer, [](const auto& field) {
    return field.first == "EventCategoryName" || field.first == "SID";
  });
  const auto got = ImportBytes(File(Row(1) + Row(1, fewer) + Row(1)));
  OwnedRecord without = Want(got.records.size() > 1 ? got.records[1].line : 0);
  without.category_text = "";
  ASSERT_THAT(got.records, SizeIs(3));
  EXPECT_EQ(got.records[1], without);
  EXPECT_EQ(got.records[2].category_text, "SMTP Protocol");
}

TEST(LogParserXmlTest, DamageCostsItsOwnRowOnly) {
  const std::string whole = Row(1);
  const std::string place = "in: line 56, column 2: ";
  const struct {
    std::string_view why;
    std::string middle;
    std::vector<std::string> rejects;
    std::vector<std::string> notes;
  } kCases[] = {
      {"cut off",
       whole.substr(0, 200) + "\r\n",
       {place + "another event begins before this one ends; kept as a reject [logparser-xml.row]"},
       {}},
      {"no XML",
       " <ROW><EventID>7004</ROW>\r\n",
       {place + "no well-formed XML (Start-end tags mismatch); kept as a reject "
                "[logparser-xml.row]"},
       {}},
      {"no number",
       " <ROW><EventID>x</EventID><SourceName>P</SourceName></ROW>\r\n",
       {place + "\"x\" is not an event number; row kept as a reject [csv.event-id]"},
       {}},
      {"text between",
       "some words\r\n",
       {},
       {"in: line 56: 1 line from here on belongs to no record; not used "
        "[text.outside-records]"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(File(whole + row.middle + whole));
    EXPECT_THAT(got.records, SizeIs(2));
    EXPECT_EQ(got.rejects, row.rejects);
    EXPECT_EQ(got.notes, row.notes);
  }
}

TEST(LogParserXmlTest, CutOffAnywhere) {
  const std::string text = File(Row(1) + Row(1));
  const std::size_t first = text.find("</ROW>") + 6;
  const std::size_t second = text.rfind("</ROW>") + 6;
  for (std::size_t size = first; size < text.size(); ++size) {
    SCOPED_TRACE(size);
    const auto got = ImportBytes(text.substr(0, size));
    ASSERT_THAT(got.records, SizeIs(size >= second ? 2 : 1));
    ASSERT_LE(got.rejects.size() + got.notes.size(), 1u);
  }
}

TEST(LogParserXmlTest, DatesInTheUsersOrder) {
  Fields fields = kFields;
  fields[2].second = "22.08.2006 03:15:41";
  const auto got = ImportBytes(File(Row(1, fields)));
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].time, "2006-08-22T03:15:41");
}

TEST(LogParserXmlTest, OtherTablesAreNone) {
  EXPECT_EQ(ImportBytes(File(Row(1, {{"date", "2006-08-22"}, {"Requests", "5"}}))).importer, "");
  EXPECT_EQ(ImportBytes("<ROW><EventID>5</EventID></ROW>").importer, "");
}

TEST(LogParserXmlTest, ARowWithoutEndIsBounded) {
  std::string text = std::string(kRoot) + Row(1) + " <ROW><Message>";
  text.append(2 * NestedElements::kLongest, 'x');
  const auto got = ImportBytes(text);
  EXPECT_THAT(got.records, SizeIs(1));
  EXPECT_THAT(got.rejects, ElementsAre("in: line 50, column 2: an event of more than 4 MiB; kept "
                                       "as a reject [logparser-xml.row]"));
}

TEST(LogParserXmlTest, HostileText) {
  const std::string text = File(Row(1) + Row(3));
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    static_cast<void>(ImportBytes(import_test::Damager(seed).Damage(text)));
  }
}

}  // namespace
}  // namespace exdiag
