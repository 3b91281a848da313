#include "importers/csv/eventviewer_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(EventViewerCsvTest, TheDescriptionHasNoName) {
  const auto got = ImportBytes(
      "\xef\xbb\xbfLevel,Date and Time,Source,Event ID,Task Category\r\n"
      "Error,7/17/2021 10:31:05 PM,MSExchangeTransport,1035,SmtpReceive,\"Inbound, failed\r\n"
      "said \"\"no\"\"\"\r\n"
      "Information,7/17/2021 10:31:04 PM,ESE,102,General,plain\r\n");
  EXPECT_EQ(got.importer, "eventviewer-csv");
  EXPECT_THAT(got.notes, IsEmpty());
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 2,
                                                   .provider = "MSExchangeTransport",
                                                   .id = 1035,
                                                   .level = "error",
                                                   .category_text = "SmtpReceive",
                                                   .time = "2021-07-17T22:31:05",
                                                   .message = "Inbound, failed\nsaid \"no\""},
                                       OwnedRecord{.line = 4,
                                                   .provider = "ESE",
                                                   .id = 102,
                                                   .level = "information",
                                                   .category_text = "General",
                                                   .time = "2021-07-17T22:31:04",
                                                   .message = "plain"}));
}

TEST(EventViewerCsvTest, ViewsLanguagesAndTabs) {
  const struct {
    std::string_view why;
    std::string_view bytes;
    OwnedRecord record;
  } kCases[] = {
      {"the Security log shows keywords",
       "Keywords,Date and Time,Source,Event ID,Task Category\n"
       "Audit Failure,7/17/2021 10:31:05 PM,Sec,4625,Logon,m\n",
       {.line = 2,
        .provider = "Sec",
        .id = 4625,
        .level = "log_always",
        .category_text = "Logon",
        .keywords = kKeywordAuditFailure,
        .time = "2021-07-17T22:31:05",
        .message = "m"}},
      {"added columns in the order of the view",
       "Level,Date and Time,Source,Event ID,Task Category,User,Operational Code,Log,Computer\n"
       "Warning,7/17/2021 10:31:05 PM,S,1,None,N/A,Info,Application,EX1.corp.example,m\n",
       {.line = 2,
        .channel = "Application",
        .provider = "S",
        .id = 1,
        .level = "warning",
        .time = "2021-07-17T22:31:05",
        .computer = "EX1.corp.example",
        .message = "m"}},
      {"German",
       "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\n"
       "Fehler,27.10.2021 12:28:26,PrintService,808,Initialisierung,\"a, b\"\n",
       {.line = 2,
        .provider = "PrintService",
        .id = 808,
        .level = "error",
        .category_text = "Initialisierung",
        .time = "2021-10-27T12:28:26",
        .message = "a, b"}},
      {"a language that we do not know: told by shape",
       "Tase,Aeg,Allikas,ID,Liik\n"
       "Viga,27.10.2021 12:28:26,S,808,x,m\n",
       {.line = 2,
        .provider = "S",
        .id = 808,
        .category_text = "x",
        .time = "2021-10-27T12:28:26",
        .message = "m"}},
      {"tabs",
       "Level\tDate and Time\tSource\tEvent ID\tTask Category\r\n"
       "Information\t4/16/2020 3:47:36 PM\tSysmon\t1\tProcess Create\t\"Process Create:\nx\"\r\n",
       {.line = 2,
        .provider = "Sysmon",
        .id = 1,
        .level = "information",
        .category_text = "Process Create",
        .time = "2020-04-16T15:47:36",
        .message = "Process Create:\nx"}},
      {"an empty description without its delimiter",
       "Level,Date and Time,Source,Event ID,Task Category\nError,7/17/2021 10:31:05 PM,S,1,(5)\n",
       {.line = 2,
        .provider = "S",
        .id = 1,
        .level = "error",
        .category = 5,
        .time = "2021-07-17T22:31:05"}},
      {"commas that nobody quoted belong to the description",
       "Level,Date and Time,Source,Event ID,Task Category\nError,7/17/2021 10:31:05 PM,S,1,c,x, "
       "y,z\r\n",
       {.line = 2,
        .provider = "S",
        .id = 1,
        .level = "error",
        .category_text = "c",
        .time = "2021-07-17T22:31:05",
        .message = "x, y,z"}},
      {"saved again by a spreadsheet",
       "Level,Date and Time,Source,Event ID,Task Category,\nError,7/17/2021 22:31,S,1,c,m\n",
       {.line = 2,
        .provider = "S",
        .id = 1,
        .level = "error",
        .category_text = "c",
        .time = "2021-07-17T22:31:00",
        .message = "m"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(std::string(row.bytes));
    EXPECT_EQ(got.importer, "eventviewer-csv");
    EXPECT_THAT(got.records, ElementsAre(row.record));
    EXPECT_THAT(got.rejects, IsEmpty());
  }
}

TEST(EventViewerCsvTest, AnEmptyLogIsReadAsEmpty) {
  const auto got = ImportBytes("Level,Date and Time,Source,Event ID,Task Category\r\n");
  EXPECT_EQ(got.importer, "eventviewer-csv");
  EXPECT_EQ(got.error, "");
  EXPECT_THAT(got.records, IsEmpty());
}

TEST(EventViewerCsvTest, DamagedRows) {
  const auto got = ImportBytes(
      "Level,Date and Time,Source,Event ID,Task Category\r\n"
      "Error,7/17/2021 10:31:05 PM,S\r\n"
      "Error,7/17/2021 10:31:05 PM,S,many,c,m\r\n"
      "Error,7/17/2021 10:31:05 PM,S,3,c,\"open\r\n"
      "Error,7/17/2021 10:31:04 PM,S,4,c,\"two\r\nlines\"\r\n");
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].id, 4);
  EXPECT_EQ(got.records[0].message, "two\nlines");
  EXPECT_THAT(
      got.rejects,
      ElementsAre("in: line 2: 3 columns, the header has 6; row kept as a reject [csv.columns]",
                  "in: line 3: \"many\" is not an event number; row kept as a reject "
                  "[csv.event-id]",
                  "in: line 4: a quote is not closed before a delimiter or a line end; row kept as "
                  "a reject [csv.quotes]"));
}

}  // namespace
}  // namespace exdiag
