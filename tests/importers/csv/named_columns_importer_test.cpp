#include "importers/csv/named_columns_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/importers/support/shared_files.h"
#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kWinEventHeader =
    "\"Message\",\"Id\",\"Version\",\"Qualifiers\",\"Level\",\"Task\",\"Opcode\",\"Keywords\","
    "\"RecordId\",\"ProviderName\",\"LogName\",\"MachineName\",\"UserId\",\"TimeCreated\","
    "\"LevelDisplayName\",\"TaskDisplayName\",\"Properties\"\r\n";

TEST(WinEventCsvTest, ReadsEveryField) {
  const auto got = ImportBytes(
      "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n" + std::string(kWinEventHeader) +
      "\"Said \"\"no\"\"\r\nand left\",\"1706\",,\"49156\",\"2\",\"3\",,"
      "\"36028797018963968\",\"1657\",\"MSExchangeTransport\",\"Application\",\"EX1.corp.example\","
      "\"S-1-5-18\",\"5/31/2026 4:36:21 PM\",\"Error\",\"SMTP Protocol\","
      "\"System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]"
      "\"\r\n");
  EXPECT_EQ(got.importer, "winevent-csv");
  EXPECT_THAT(got.notes, IsEmpty());
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 3,
                                                   .channel = "Application",
                                                   .provider = "MSExchangeTransport",
                                                   .id = 1706,
                                                   .qualifiers = 49156,
                                                   .level = "error",
                                                   .category = 3,
                                                   .category_text = "SMTP Protocol",
                                                   .keywords = kKeywordClassic,
                                                   .time = "2026-05-31T16:36:21",
                                                   .record_id = 1657,
                                                   .computer = "EX1.corp.example",
                                                   .user = "S-1-5-18",
                                                   .message = "Said \"no\"\nand left"}));
}

TEST(WinEventCsvTest, ProjectedColumnsDelimitersAndTimes) {
  const struct {
    std::string_view why;
    std::string_view bytes;
    OwnedRecord record;
  } kCases[] = {
      {"the usual projection",
       "#TYPE Selected.System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
       "\"TimeCreated\",\"Id\",\"LevelDisplayName\",\"Message\"\r\n"
       "\"27.10.2021 12:28:26\",\"7004\",\"Warnung\",\"m\"\r\n",
       {.line = 3, .id = 7004, .level = "warning", .time = "2021-10-27T12:28:26", .message = "m"}},
      {"-UseCulture, no quotes, no #TYPE",
       "TimeCreated;Id;LevelDisplayName;Message\n2021-10-27 12:28:26;7004;Error;a,b\n",
       {.line = 2, .id = 7004, .level = "error", .time = "2021-10-27T12:28:26", .message = "a,b"}},
      {"tabs",
       "Id\tProviderName\tTimeCreated\n5\tESE\t2021-10-27T12:28:26.5Z\n",
       {.line = 2, .provider = "ESE", .id = 5, .time = "2021-10-27T12:28:26.5Z"}},
      {"audit keywords as .NET prints them",
       "Id,ProviderName,LogName,Level,Keywords\n4625,Sec,Security,0,-9218868437227405312\n",
       {.line = 2,
        .channel = "Security",
        .provider = "Sec",
        .id = 4625,
        .level = "log_always",
        .keywords = 0x8010'0000'0000'0000}},
      {"the lowest keyword number",
       "Id,ProviderName,LogName,Keywords\n1,S,L,-9223372036854775808\n",
       {.line = 2, .channel = "L", .provider = "S", .id = 1, .keywords = 0x8000'0000'0000'0000}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(std::string(row.bytes));
    EXPECT_EQ(got.importer, "winevent-csv");
    EXPECT_THAT(got.records, ElementsAre(row.record));
    EXPECT_THAT(got.rejects, IsEmpty());
  }
}

TEST(WinEventCsvTest, AStuckTaskNameIsNotBelieved) {
  const auto got = ImportBytes(
      "Id,ProviderName,LogName,Task,TaskDisplayName\n"
      "5,Sysmon,Op,5,Process terminated\n"
      "11,Sysmon,Op,11,Process terminated\n");
  ASSERT_THAT(got.records, SizeIs(2));
  EXPECT_EQ(got.records[0].category_text, "Process terminated");
  EXPECT_EQ(got.records[1].category_text, "");
  EXPECT_EQ(got.records[1].category, 11);
}

TEST(EventLogCsvTest, SplitsTheInstanceIdAndKnowsTypeNames) {
  const auto got = ImportBytes(
      "#TYPE System.Diagnostics.EventLogEntry#application/MSExchangeTransport/3221488298\r\n"
      "\"EventID\",\"MachineName\",\"Data\",\"Index\",\"Category\",\"CategoryNumber\","
      "\"EntryType\","
      "\"Message\",\"Source\",\"ReplacementStrings\",\"InstanceId\",\"TimeGenerated\","
      "\"TimeWritten\",\"UserName\",\"Site\",\"Container\"\r\n"
      "\"1706\",\"EX1\",\"System.Byte[]\",\"3365\",\"(0)\",\"0\",\"Error\",\"m\","
      "\"MSExchangeTransport\",\"System.String[]\",\"3221489322\",\"2017/11/18 15:35:24\","
      "\"2017/11/18 15:35:25\",\"NT AUTHORITY\\SYSTEM\",,\r\n"
      "\"528\",\"EX1\",\"System.Byte[]\",\"3364\",\"Logon/Logoff\",\"2\",\"SuccessAudit\",\"m\","
      "\"Security\",\"System.String[]\",\"528\",\"2017/11/18 15:35:23\","
      "\"2017/11/18 15:35:23\",,,\r\n");
  EXPECT_EQ(got.importer, "eventlog-csv");
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 3,
                                                   .provider = "MSExchangeTransport",
                                                   .id = 1706,
                                                   .qualifiers = 0xc004,
                                                   .level = "error",
                                                   .time = "2017-11-18T15:35:24",
                                                   .record_id = 3365,
                                                   .computer = "EX1",
                                                   .user = "NT AUTHORITY\\SYSTEM",
                                                   .message = "m"},
                                       OwnedRecord{.line = 4,
                                                   .provider = "Security",
                                                   .id = 528,
                                                   .level = "log_always",
                                                   .category = 2,
                                                   .category_text = "Logon/Logoff",
                                                   .keywords = kKeywordAuditSuccess,
                                                   .time = "2017-11-18T15:35:23",
                                                   .record_id = 3364,
                                                   .computer = "EX1",
                                                   .message = "m"}));
}

TEST(WinEventCsvTest, DamagedRows) {
  const auto got = ImportBytes(
      "\"TimeCreated\",\"Id\",\"LevelDisplayName\",\"Message\"\r\n"
      "\"5/31/2026 4:36:21 PM\",\"1\",\"Error\",\"first\"\r\n"
      "\"5/31/2026 4:36:21 PM\",\"2\",\"Error\"\r\n"
      "\"5/31/2026 4:36:21 PM\",\"3\",\"Error\",\"never closed\r\n"
      "\"5/31/2026 4:36:21 PM\",\"4\",\"Error\",\"fourth\r\nline\"\r\n"
      "\"5/31/2026 4:36:21 PM\",\"five\",\"Error\",\"m\"\r\n"
      "\"TimeCreated\",\"Id\",\"LevelDisplayName\",\"Message\"\r\n"
      "\"when?\",\"6\",\"Error\",\"a header in the middle is no row\"\r\n"
      "\"5/31/2026 4:36:21 PM\",\"7\",\"Error\",\"never closed, at the end");
  ASSERT_THAT(got.records, SizeIs(3));
  EXPECT_EQ(got.records[0].id, 1);
  EXPECT_EQ(got.records[1].id, 4);
  EXPECT_EQ(got.records[1].message, "fourth\nline");
  EXPECT_EQ(got.records[1].line, 5u);
  EXPECT_EQ(got.records[2].id, 6);
  EXPECT_THAT(
      got.rejects,
      ElementsAre("in: line 3: 3 columns, the header has 4; row kept as a reject [csv.columns]",
                  "in: line 4: a quote is not closed before a delimiter or a line end; row kept as "
                  "a reject [csv.quotes]",
                  "in: line 7: \"five\" is not an event number; row kept as a reject "
                  "[csv.event-id]",
                  "in: line 10: a quote is not closed before a delimiter or a line end; row kept "
                  "as a reject [csv.quotes]"));
  EXPECT_EQ(got.raw[1], "\"5/31/2026 4:36:21 PM\",\"3\",\"Error\",\"never closed");
  EXPECT_THAT(got.notes, ElementsAre("in: line 9: \"when?\" is no date and time; 1 record kept "
                                     "without time [text.time]"));
}

// Each damaged row is one reject, also when they stand one behind the other.
TEST(WinEventCsvTest, ManyOpenQuotes) {
  std::string bytes = "\"TimeCreated\",\"Id\",\"LevelDisplayName\",\"Message\"\r\n";
  for (int i = 0; i < 999; ++i) bytes += "\"5/31/2026 4:36:21 PM\",\"1\",\"Error\",\"open\r\n";
  bytes += "\"5/31/2026 4:36:21 PM\",\"2\",\"Error\",\"closed\"\r\n";
  const auto got = ImportBytes(bytes);
  EXPECT_THAT(got.rejects, SizeIs(999));
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].id, 2);
  EXPECT_EQ(got.records[0].line, 1001u);
}

TEST(WinEventCsvTest, OtherTablesAreNotTaken) {
  for (const std::string_view text :
       {"Id,Name,Price\n1,a,2\n", "Message,Level\nx,y\n", "EventID,Foo\n1,2\n"}) {
    EXPECT_EQ(ImportBytes(std::string(text)).importer, "") << text;
  }
}

// What the tools below show of it, each as much as it does.
OwnedRecord Refused(std::uint64_t line) {
  return {.line = line,
          .channel = "Application",
          .provider = "MSExchangeTransport",
          .id = 7004,
          .level = "error",
          .time = "2006-08-22T03:15:41",
          .record_id = 5,
          .computer = "EX1",
          .has_strings = true,
          .strings = {"host", "", "535"}};
}

OwnedRecord Refused(std::uint64_t line, void (*change)(OwnedRecord&)) {
  OwnedRecord record = Refused(line);
  change(record);
  return record;
}

TEST(NamedColumnsTest, OtherTools) {
  const struct {
    std::string_view why;
    std::string_view importer;
    std::string bytes;
    OwnedRecord record;
  } kCases[] = {
      {"Log Parser", "logparser-csv",
       "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,"
       "EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\r\n"
       "Application,5,2006-08-22 03:15:41,2006-08-22 03:15:42,7004,1,Error event,3,"
       "SMTP Protocol,MSExchangeTransport,host||535,EX1,S-1-5-18,\"a, b\",00FF\r\n",
       Refused(2,
               [](OwnedRecord& r) {
                 r.category = 3;
                 r.category_text = "SMTP Protocol";
                 r.user = "S-1-5-18";
                 r.message = "a, b";
                 r.binary = "00ff";
               })},
      {"Log Parser over a file, tabs, -fullEventCode:ON, no strings", "logparser-csv",
       "EventLog\tRecordNumber\tTimeGenerated\tEventID\tEventType\tEventTypeName\tSourceName\t"
       "Strings\tComputerName\r\nC:\\logs\\app.evt\t5\t2006-08-22 03:15:41\t3221494620\t16\t"
       "Failure Audit event\tMSExchangeTransport\t\tEX1\r\n",
       Refused(2,
               [](OwnedRecord& r) {
                 r.channel = "";
                 r.qualifiers = 0xc004;
                 r.level = "log_always";
                 r.keywords = kKeywordAuditFailure;
                 r.strings = {};
               })},
      {"EvtxECmd: UTC whatever stands behind it; joined strings", "evtxecmd-csv",
       "\xef\xbb\xbfRecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,"
       "ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,PayloadData1,Payload\r\n"
       "1,5,2006-08-22 03:15:41.1234567+05:30,7004,Error,MSExchangeTransport,Application,0,0,EX1,"
       "0,,,,\"{\"\"EventData\"\":{\"\"Data\"\":\"\"host, , 535\"\",\"\"Binary\"\":\"\"00FF\"\"}}"
       "\"\r\n",
       Refused(2,
               [](OwnedRecord& r) {
                 r.time = "2006-08-22T03:15:41.1234567Z";
                 r.has_strings = false;
                 r.strings = {};
                 r.message =
                     "The description for Event ID ( 7004 ) in Source ( MSExchangeTransport ) "
                     "cannot be found. The following information is part of the event: host, , "
                     "535.";
                 r.binary = "00ff";
               })},
      {"plaso", "plaso-csv",
       "datetime,timestamp_desc,computer_name,event_identifier,event_level,message,"
       "message_identifier,record_number,source_name,strings,user_sid\n"
       "2006-08-22 03:15:41.000000+00:00,Creation Time,EX1,7004,2,m,3221494620.0,5,"
       "MSExchangeTransport,\"['host', '', '535', \"\"it's\"\", 'a\\nb\\\\']\",S-1-5-18\n",
       Refused(2,
               [](OwnedRecord& r) {
                 r.channel = "";
                 r.qualifiers = 0xc004;
                 r.time = "2006-08-22T03:15:41Z";
                 r.user = "S-1-5-18";
                 r.strings = {"host", "", "535", "it's", "a\nb\\"};
                 r.message = "m";
               })},
      {"plaso with the XML of the event", "plaso-csv",
       "datetime,event_identifier,record_number,source_name,strings,xml_string\n"
       "2006-08-22 03:15:41+00:00,7004,5,X,['y'],\"<Event><System><Provider "
       "Name=\"\"MSExchangeTransport\"\"/><EventID>7004</EventID><Level>2</Level>"
       "<EventRecordID>5</EventRecordID><Channel>Application</Channel><Computer>EX1</Computer>"
       "</System><EventData><Data>host</Data><Data/><Data>535</Data></EventData></Event>\"\n",
       Refused(2, [](OwnedRecord& r) { r.time = "2006-08-22T03:15:41Z"; })},
      {"Log Analytics, saved from the portal: the head of the column says the zone",
       "loganalytics-csv",
       "\"TenantId\",SourceSystem,\"TimeGenerated [UTC]\",Source,EventLog,Computer,EventLevel,"
       "EventLevelName,ParameterXml,EventID,RenderedDescription,UserName,EventCategory\r\n"
       "t,OpsManager,\"8/22/2006, 3:15:41.120 AM\",MSExchangeTransport,Application,EX1,1,Error,"
       "\"<Param>host</Param><Param></Param><Param>535</Param>\",7004,\"a, b\nc\",N/A,3\r\n",
       Refused(2,
               [](OwnedRecord& r) {
                 r.time = "2006-08-22T03:15:41.12Z";
                 r.record_id = 0;
                 r.category = 3;
                 r.message = "a, b\nc";
               })},
      {"Log Parser without the text of the category", "logparser-csv",
       "RecordNumber,TimeGenerated,EventID,EventTypeName,EventCategory,EventCategoryName,"
       "SourceName,EventLog,Strings,ComputerName\r\n5,2006-08-22 03:15:41,7004,Error event,3,"
       "\"The name for category 3 in Source \"\"MSExchangeTransport\"\" cannot be found.\","
       "MSExchangeTransport,Application,host||535,EX1\r\n",
       Refused(2, [](OwnedRecord& r) { r.category = 3; })},
      {"Get-EventLog on another computer", "eventlog-csv",
       "\"PSComputerName\",\"EventID\",\"Index\",\"EntryType\",\"Source\",\"TimeGenerated\"\r\n"
       "\"EX1\",\"7004\",\"5\",\"Error\",\"MSExchangeTransport\",\"2006-08-22 03:15:41\"\r\n",
       Refused(2,
               [](OwnedRecord& r) {
                 r.channel = "";
                 r.has_strings = false;
                 r.strings = {};
               })},
      {"Get-WinEvent | Format-List", "winevent-text",
       "\r\n\r\nTimeCreated      : 22.08.2006 03:15:41\r\nProviderName     : "
       "MSExchangeTransport\r\n"
       "LogName          : Application\r\nMachineName      : EX1\r\nRecordId         : 5\r\n"
       "Id               : 7004\r\nLevelDisplayName : Fehler\r\nMessage          : a\r\n"
       "                   b\r\nProperties       : {System.Diagnostics.Eventing.Reader."
       "EventProperty}\r\n\r\n",
       Refused(3,
               [](OwnedRecord& r) {
                 r.has_strings = false;
                 r.strings = {};
                 r.message = "a\nb";
               })},
      {"Get-EventLog | Format-List", "eventlog-text",
       "Index              : 5\nEntryType          : Error\nInstanceId         : 3221494620\n"
       "Message            : m\nCategory           : (3)\nCategoryNumber     : 3\n"
       "ReplacementStrings : {host, , 535}\nSource             : MSExchangeTransport\n"
       "TimeGenerated      : 2006-08-22 03:15:41\nTimeWritten        : 2006-08-22 03:15:41\n"
       "UserName           : \nMachineName        : EX1\n",
       Refused(1,
               [](OwnedRecord& r) {
                 r.channel = "";
                 r.qualifiers = 0xc004;
                 r.category = 3;
                 r.has_strings = false;
                 r.strings = {};
                 r.message = "m";
               })},
      {"eventquery.vbs /fo list", "eventquery-text",
       "\r\n------------------------------------------------------------------------------\r\n"
       "Listing the events in 'Application' log of host 'EX1'\r\n"
       "------------------------------------------------------------------------------\r\n"
       "Type:         error\r\nEvent:        7004\r\nDate Time:    8/22/2006 3:15:41 AM\r\n"
       "Source:       MSExchangeTransport\r\nComputerName: EX1\r\nCategory:     None\r\n"
       "User:         N/A\r\nDescription:  host  535\r\n\r\n",
       Refused(5,
               [](OwnedRecord& r) {
                 r.record_id = 0;
                 r.has_strings = false;
                 r.strings = {};
                 r.message = "host  535";
               })},
      {"eventquery.vbs as a table", "eventquery-text",
       "------------------------------------------------------------------------------\r\n"
       "Listing the events in 'Application' log of host 'EX1'\r\n"
       "------------------------------------------------------------------------------\r\n"
       "Type          Event  Date Time                Source              ComputerName\r\n"
       "============= ====== ======================== =================== ============\r\n"
       "error         7004   8/22/2006 3:15:41 AM     MSExchangeTransport EX1\r\n",
       Refused(6,
               [](OwnedRecord& r) {
                 r.record_id = 0;
                 r.has_strings = false;
                 r.strings = {};
               })},
      {"Log Parser -o:NAT", "logparser-text",
       "EventLog    RecordNumber TimeGenerated       EventID EventType EventTypeName "
       "EventCategory SourceName          Strings   ComputerName SID Message\n"
       "----------- ------------ ------------------- ------- --------- ------------- "
       "------------- ------------------- --------- ------------ --- -------\n"
       "Application 5            2006-08-22 03:15:41 7004    1         Error event   "
       "3             MSExchangeTransport host||535 EX1          -   a b\n\n",
       Refused(3,
               [](OwnedRecord& r) {
                 r.category = 3;
                 r.message = "a b";
               })},
      {"eventquery.vbs behind its banner; the log is in the headline", "eventquery-csv",
       "Microsoft (R) Windows Script Host Version 5.6\r\nCopyright (C) Microsoft Corporation "
       "1996-2001. All rights reserved.\r\n\r\n\r\n"
       "------------------------------------------------------------------------------\r\n"
       "Listing the events in 'Application' log of host 'EX1'\r\n"
       "------------------------------------------------------------------------------\r\n"
       "\"Type\",\"Event\",\"Date Time\",\"Source\",\"ComputerName\",\"Category\",\"User\","
       "\"Description\"\r\n\"error\",\"7004\",\"8/22/2006 3:15:41 AM\",\"MSExchangeTransport\","
       "\"EX1\",\"None\",\"N/A\",\"host  535\"\r\n",
       Refused(9,
               [](OwnedRecord& r) {
                 r.record_id = 0;
                 r.has_strings = false;
                 r.strings = {};
                 r.message = "host  535";
               })},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes);
    EXPECT_EQ(got.importer, row.importer);
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.records, ElementsAre(row.record));
  }
}

TEST(NamedColumnsTest, ATableOfPowerShellIsCutAndNotTaken) {
  EXPECT_EQ(ImportBytes("TimeCreated                     Id LevelDisplayName Message\n"
                        "-----------                     -- ---------------- -------\n"
                        "10/27/2021 12:28:26 PM        4000 Warning          It failed...\n")
                .importer,
            "");
}

TEST(NamedColumnsTest, DamagedRowsOfOtherTools) {
  const std::string header = "EventLog,RecordNumber,EventID,EventTypeName,SourceName,Strings\r\n";
  const auto got = ImportBytes(header + "System,1,x,Error event,P,a\r\nSystem,2,7\r\n" +
                               "System,3,7,Error event,P,a|b\r\n");
  EXPECT_THAT(got.records, SizeIs(1));
  EXPECT_THAT(got.rejects,
              ElementsAre("in: line 2: \"x\" is not an event number; row kept as a reject "
                          "[csv.event-id]",
                          "in: line 3: 3 columns, the header has 6; row kept as a reject "
                          "[csv.columns]"));
}

TEST(NamedColumnsTest, RealFilesOfPlaso) {
  const auto folder = test::SharedDir() / "formats/samples/plaso";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is not there: real CSV of plaso not read";
  }
  for (const char* const name : {"timesketch_evtx_direct.csv", "timesketch_evtx_part.csv"}) {
    SCOPED_TRACE(name);
    std::ifstream stream(folder / name, std::ios::binary);
    const auto got = ImportBytes({std::istreambuf_iterator<char>(stream), {}});
    EXPECT_EQ(got.importer, "plaso-csv");
    EXPECT_THAT(got.rejects, IsEmpty());
    ASSERT_FALSE(got.records.empty());
    EXPECT_EQ(got.records[0].provider, "Service Control Manager");
    EXPECT_EQ(got.records[0].id, 7036);
    EXPECT_EQ(got.records[0].qualifiers, 0x4000);
    EXPECT_EQ(got.records[0].record_id, 12050u);
    EXPECT_EQ(got.records[0].strings.at(0), "Windows Modules Installer");
  }
}

}  // namespace
}  // namespace exdiag
