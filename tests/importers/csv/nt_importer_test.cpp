#include "importers/csv/nt_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(NtImporterTest, ReadsEveryFieldOfARow) {
  const auto got = ImportBytes(
      "11/23/99,11:57:22 AM,MSExchangeMTA,Warning,X.400 Service ,9322,N/A,BREST,An error. [BASE IL "
      "1 2] (12)\r\n");
  EXPECT_EQ(got.importer, "nt-csv");
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.notes, IsEmpty());
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 1,
                                                   .provider = "MSExchangeMTA",
                                                   .id = 9322,
                                                   .level = "warning",
                                                   .category_text = "X.400 Service",
                                                   .time = "1999-11-23T11:57:22",
                                                   .computer = "BREST",
                                                   .message = "An error. [BASE IL 1 2] (12)"}));
}

TEST(NtImporterTest, TabsMakeTheTextForm) {
  const auto got = ImportBytes(
      "23/11/1999\t19:56:34\tSecurity\tFailure Audit\tLogon/Logoff \t529\tCORP\\bob\tSRV\t"
      "Logon Failure:\r\n\tReason:\tUnknown user name\r\n");
  EXPECT_EQ(got.importer, "nt-txt");
  EXPECT_THAT(got.records,
              ElementsAre(OwnedRecord{.line = 1,
                                      .provider = "Security",
                                      .id = 529,
                                      .level = "log_always",
                                      .category_text = "Logon/Logoff",
                                      .keywords = kKeywordAuditFailure,
                                      .time = "1999-11-23T19:56:34",
                                      .computer = "SRV",
                                      .user = "CORP\\bob",
                                      .message = "Logon Failure:\n\tReason:\tUnknown user name"}));
}

TEST(NtImporterTest, SemicolonsOfASpreadsheet) {
  const auto got =
      ImportBytes("23.11.1999;19:56:34;MSExchangeMTA;Fehler;Keine;9322;N/A;BREST;\"a; b, c\"\r\n");
  EXPECT_EQ(got.importer, "nt-csv");
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 1,
                                                   .provider = "MSExchangeMTA",
                                                   .id = 9322,
                                                   .level = "error",
                                                   .time = "1999-11-23T19:56:34",
                                                   .computer = "BREST",
                                                   .message = "a; b, c"}));
}

// A row in front, the description under test, a row behind: both must survive it.
TEST(NtImporterTest, DescriptionsOfEveryKind) {
  const struct {
    std::string_view why;
    std::string_view written;
    std::string_view message;
  } kCases[] = {
      {"no quotes", "plain", "plain"},
      {"commas without quotes: only the first eight delimiters count", "a, b, c", "a, b, c"},
      {"commas in quotes", "\"a, b\"", "a, b"},
      {"doubled quotes", "\"said \"\"x\"\", left\"", "said \"x\", left"},
      {"lines in quotes", "\"one\r\ntwo\r\n\r\nfour\"", "one\ntwo\n\nfour"},
      {"lines without quotes", "one\r\ntwo\r\n\r\nfour", "one\ntwo\n\nfour"},
      {"a row inside quotes is text",
       "\"see\r\n1/2/99,1:00:00 AM,Src,Error,None,5,N/A,PC,inner\r\nend\"",
       "see\n1/2/99,1:00:00 AM,Src,Error,None,5,N/A,PC,inner\nend"},
      {"a date and time at the start of a line is no row", "on\r\n1/2/99,1:00:00 AM,it broke,badly",
       "on\n1/2/99,1:00:00 AM,it broke,badly"},
      {"begins with a quote that is not around the whole", "\"Ci\" failed, twice",
       "\"Ci\" failed, twice"},
      {"a quote that nobody closes", "\"never closed", "\"never closed"},
      {"a quote in the middle", "disk 3.5\" full", "disk 3.5\" full"},
      {"empty", "", ""},
      {"white space at the ends", "  x \t", "x"},
      {"an empty line with CR CR LF", "one\r\r\ntwo", "one\ntwo"},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const std::string bytes =
        "3/20/99,1:00:00 AM,A,Error,None,1,N/A,PC,first\r\n" +
        ("3/19/99,1:00:00 AM,B,Error,None,2,N/A,PC," + std::string(row.written)) +
        "\r\n3/18/99,1:00:00 AM,C,Error,None,3,N/A,PC,last\r\n";
    const auto got = ImportBytes(bytes);
    ASSERT_THAT(got.records, SizeIs(3));
    EXPECT_EQ(got.records[1].message, row.message);
    EXPECT_EQ(got.records[0].message, "first");
    EXPECT_EQ(got.records[2].message, "last");
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.notes, IsEmpty());
  }
}

TEST(NtImporterTest, RowsOfOddShape) {
  const struct {
    std::string_view why;
    std::string_view row;
    int id;
    std::string_view level;
    std::string_view computer;
  } kCases[] = {
      {"no description, no delimiter for it", "3/20/99,1:00:00 AM,A,Error,None,1,N/A,PC", 1,
       "error", "PC"},
      {"every field quoted",
       "\"3/20/99\",\"1:00:00 AM\",\"A\",\"Error\",\"a,b\",\"1\",\"N/A\",\"PC\",\"m\"", 1, "error",
       "PC"},
      {"indented, as pages show it", "  3/20/99,1:00:00 AM,A,Warning,None,1,N/A,PC,m", 1, "warning",
       "PC"},
      {"wrapped behind a delimiter",
       "3/20/99,1:00:00 AM,A,Warning,Transport General ,\r\n"
       "  1026,N/A,PC,m",
       1026, "warning", "PC"},
      {"German words", "20.03.99,13:00:00,A,Fehler,Keine,1,Nicht zutreffend,PC,m", 1, "error",
       "PC"},
      {"a type that ReportEvent calls success", "3/20/99,1:00:00 AM,A,None,None,1,N/A,PC,m", 1,
       "information", "PC"},
      {"a 32-bit number is split", "3/20/99,1:00:00 AM,A,Error,None,3221232506,N/A,PC,m", 7034,
       "error", "PC"},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(std::string(row.row) + "\r\n");
    ASSERT_THAT(got.records, SizeIs(1));
    EXPECT_EQ(got.records[0].id, row.id);
    EXPECT_EQ(got.records[0].level, row.level);
    EXPECT_EQ(got.records[0].computer, row.computer);
    EXPECT_THAT(got.rejects, IsEmpty());
  }
}

TEST(NtImporterTest, DamagedRowsAreRejectedAndNothingElse) {
  const auto got = ImportBytes(
      "a title\r\n"
      "3/20/99,1:00:00 AM,A,Error,None,1,N/A,PC,first\r\n"
      "3/19/99,1:00:00 AM,A,Error,None\r\n"
      "3/18/99,1:00:00 AM,A,Error,None,12x,N/A,PC,bad number\r\nmore of it\r\n"
      "3/17/99,1:00:00 AM,A,Eror,None,4,N/A,PC,bad type\r\n"
      "3/16/99,1:00:00 AM,A,Error,None,5,N/A,PC,last\r\n");
  ASSERT_THAT(got.records, SizeIs(2));
  EXPECT_EQ(got.records[0].line, 2u);
  EXPECT_EQ(got.records[1].line, 7u);
  EXPECT_THAT(
      got.rejects,
      ElementsAre("in: line 3: 5 columns, a row has at least 8; row kept as a reject [nt-csv.row]",
                  "in: line 4: \"12x\" is not an event number; row kept as a reject [nt-csv.row]",
                  "in: line 6: \"Eror\" is not an event type; row kept as a reject [nt-csv.row]"));
  EXPECT_EQ(got.raw[1], "3/18/99,1:00:00 AM,A,Error,None,12x,N/A,PC,bad number\r\nmore of it");
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: 1 line from here on belongs to no record; not "
                                     "used [text.outside-records]"));
}

TEST(NtImporterTest, DateOrderIsAPropertyOfTheFile) {
  const auto row = [](std::string_view date, std::string_view time) {
    return std::string(date) + "," + std::string(time) + ",A,Error,None,1,N/A,PC,m\r\n";
  };
  const std::string guessed_us =
      "in: day and month cannot be told apart in any date; read as month/day/year "
      "[text.date-order]";
  const std::string guessed_eu =
      "in: day and month cannot be told apart in any date; read as day/month/year "
      "[text.date-order]";
  const struct {
    std::string_view why;
    std::string bytes;
    std::vector<std::string> times;
    std::vector<std::string> notes;
  } kCases[] = {
      {"a day past 12 later in the file settles the first row",
       row("2/6/98", "6:33:11") + row("31/12/97", "19:56:34"),
       {"1998-06-02T06:33:11", "1997-12-31T19:56:34"},
       {}},
      {"rows run newest first in one order only",
       row("3/9/99", "1:00:00") + row("3/8/99", "1:00:00") + row("2/10/99", "1:00:00"),
       {"1999-03-09T01:00:00", "1999-03-08T01:00:00", "1999-02-10T01:00:00"},
       {}},
      {"nothing settles it: American shape",
       row("2/6/98", "6:33:11 PM"),
       {"1998-02-06T18:33:11"},
       {guessed_us}},
      {"nothing settles it: two digits and 24 hours",
       row("02/06/1998", "16:33:11"),
       {"1998-06-02T16:33:11"},
       {guessed_eu}},
      {"same day and month", row("5/5/01", "12:00:00 AM"), {"2001-05-05T00:00:00"}, {}},
      {"dots are day first", row("02.06.98", "06:33:11"), {"1998-06-02T06:33:11"}, {}},
      {"year first", row("2001/02/03", "04:05:06"), {"2001-02-03T04:05:06"}, {}},
      {"two-digit year first",
       row("99/11/05", "4:05") + row("01/02/03", "4:05"),
       {"1999-11-05T04:05:00", "2001-02-03T04:05:00"},
       {}},
      {"one date of the other order",
       row("12/30/98", "1:00:00") + row("31/1/98", "1:00:00"),
       {"1998-12-30T01:00:00", "1998-01-31T01:00:00"},
       {"in: line 2: a date that makes sense only with day and month the other way round than in "
        "the rest of the file; read so [text.date-order]"}},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.why);
    const auto got = ImportBytes(test.bytes);
    std::vector<std::string> times;
    for (const auto& record : got.records) times.push_back(record.time);
    EXPECT_EQ(times, test.times);
    EXPECT_EQ(got.notes, test.notes);
  }
}

TEST(NtImporterTest, StopsWhenTheSinkDoes) {
  std::string bytes;
  for (int i = 0; i < 10; ++i) bytes += "3/20/99,1:00:00 AM,A,Error,None,1,N/A,PC,m\r\n";
  EXPECT_THAT(ImportBytes(bytes, {}, 4).records, SizeIs(4));
}

TEST(NtImporterTest, IsStrict) {
  for (const std::string_view text : {"", "3/20/99,1:00:00 AM,A,B,C,D,E,F\n", "a,b,c,d,e,f,g,h\n",
                                      "3/20/99,1:00:00 AM\n", "2020-01-01,1,2,Error,4,5,6,7\n"}) {
    EXPECT_EQ(ImportBytes(std::string(text)).importer, "") << text;
  }
}

}  // namespace
}  // namespace exdiag
