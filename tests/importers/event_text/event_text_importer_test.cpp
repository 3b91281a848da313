#include "importers/event_text/event_text_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/hostile_text.h"
#include "tests/importers/text/collect.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using namespace std::string_view_literals;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kWevtutil =
    "Event[0]:\r\n  Log Name: Application\r\n  Source: MSExchangeTransport\r\n"
    "  Date: 2010-08-22T15:41:07.460\r\n  Event ID: 7004\r\n  Task: SMTP Protocol\r\n"
    "  Level: Error\r\n  Opcode: Info\r\n  Keyword: Classic\r\n  User: N/A\r\n  User Name: N/A\r\n"
    "  Computer: EX1.corp.example\r\n  Description: \r\nThe remote host\r\n\r\n  User: said no.\r\n"
    "\r\nEvent[1]\r\n  Log Name: Security\r\n  Source: P\r\n  Date: "
    "2010-08-22T15:41:08.4600000Z\r\n"
    "  Event ID: 4798\r\n  Task: N/A\r\n  Level: Information\r\n  Opcode: Info\r\n"
    "  Keyword: Audit Failure\r\n  User: S-1-5-18\r\n  User Name: NT AUTHORITY\\SYSTEM\r\n"
    "  Computer: EX2\r\n  Description: One line\r\n";

std::vector<OwnedRecord> WantWevtutil() {
  return {{.line = 1,
           .channel = "Application",
           .provider = "MSExchangeTransport",
           .id = 7004,
           .level = "error",
           .category_text = "SMTP Protocol",
           .time = "2010-08-22T15:41:07.46",
           .computer = "EX1.corp.example",
           .message = "The remote host\n\n  User: said no."},
          {.line = 18,
           .channel = "Security",
           .provider = "P",
           .id = 4798,
           .level = "log_always",
           .keywords = kKeywordAuditFailure,
           .time = "2010-08-22T15:41:08.46Z",
           .computer = "EX2",
           .user = "S-1-5-18",
           .message = "One line"}};
}

TEST(EventTextTest, WevtutilText) {
  for (const std::string& bytes : {kWevtutil, "\xff\xfe" + Utf16(kWevtutil, false)}) {
    const auto got = ImportBytes(bytes);
    EXPECT_EQ(got.importer, "wevtutil-text");
    EXPECT_THAT(got.notes, IsEmpty());
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_EQ(got.records, WantWevtutil());
  }
}

TEST(EventTextTest, WevtutilInAnotherLanguageKeepsItsOrder) {
  std::string text = kWevtutil;
  const std::pair<std::string_view, std::string_view> kWords[] = {
      {"Log Name", "Protokollname"}, {"Source", "Quelle"},    {"Date:", "Datum:"},
      {"Event ID", "Ereignis-ID"},   {"Task", "Aufgabe"},     {"Level: Error", "Ebene: Fehler"},
      {"Computer", "Rechner"},       {"Description", "Text"}, {"Keyword", "Schlüssel"}};
  for (const auto& [english, other] : kWords)
    text.replace(text.find(english), english.size(), other);
  const auto got = ImportBytes(text);
  EXPECT_EQ(got.importer, "wevtutil-text");
  EXPECT_EQ(got.records, WantWevtutil());
}

TEST(EventTextTest, PsloglistText) {
  const auto got = ImportBytes(
      "\r\nPsLoglist v2.71 - local and remote event log viewer\r\nCopyright (C) 2000-2009 Mark "
      "Russinovich\r\n\r\nApplication log on \\\\EX1:\r\n[00021] MSExchangeTransport\r\n"
      "   Type:     ERROR\r\n   Computer: EX1\r\n   Time:     22/8/2006 15:41:07   ID:       7004"
      "\r\n   User:     CORP\\svc\r\nThe remote host\r\n\r\nsaid no.\r\n\r\n"
      "System log on \\\\EX1:\r\n[00007] Service Control Manager\r\n   Type:     INFORMATION\r\n"
      "   Computer: EX1\r\n   Time:     22/8/2006 15:41:06   ID:       7036\r\nrunning\r\n");
  EXPECT_EQ(got.importer, "psloglist-text");
  EXPECT_THAT(got.notes,
              ElementsAre("in: line 2: 2 lines from here on belong to no record; not used "
                          "[text.outside-records]"));
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 6,
                                                   .channel = "Application",
                                                   .provider = "MSExchangeTransport",
                                                   .id = 7004,
                                                   .level = "error",
                                                   .time = "2006-08-22T15:41:07",
                                                   .record_id = 21,
                                                   .computer = "EX1",
                                                   .user = "CORP\\svc",
                                                   .message = "The remote host\n\nsaid no."},
                                       OwnedRecord{.line = 16,
                                                   .channel = "System",
                                                   .provider = "Service Control Manager",
                                                   .id = 7036,
                                                   .level = "information",
                                                   .time = "2006-08-22T15:41:06",
                                                   .record_id = 7,
                                                   .computer = "EX1",
                                                   .message = "running"}));
}

TEST(EventTextTest, APastedRowEndsAtABlankLine) {
  const auto got = ImportBytes(
      "SYMPTOMS\n========\n\n  7/31/97 4:15:31 PM Src Warning None 9221 N/A EX1 It failed.\n\n"
      "CAUSE\n");
  EXPECT_EQ(got.importer, "nt-pasted");
  ASSERT_EQ(got.records.size(), 1u);
  EXPECT_EQ(got.records[0].message, "It failed.");
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: 3 lines from here on belong to no record; not "
                                     "used [text.outside-records]"));
}

TEST(EventTextTest, WhatAPastedRowDoesNotHaveIsNotThatOfTheRowBefore) {
  const auto got = ImportBytes(
      "7/31/97 4:15:31 PM Src Warning Interface 9221 CORP\\svc EXCHSRV1 It failed.\n"
      "7/31/97 4:15:32 PM Src Warning 9222 N/A " +
      std::string(3000, 'a') + "\n");
  EXPECT_EQ(got.importer, "nt-pasted");
  ASSERT_EQ(got.records.size(), 2u);
  EXPECT_EQ(got.records[0].computer, "EXCHSRV1");
  EXPECT_EQ(got.records[0].category_text, "Interface");
  EXPECT_EQ(got.records[0].user, "CORP\\svc");
  EXPECT_EQ(got.records[1].id, 9222);
  EXPECT_EQ(got.records[1].computer, "");
  EXPECT_EQ(got.records[1].category_text, "");
  EXPECT_EQ(got.records[1].user, "");
}

TEST(EventTextTest, OneEventALine) {
  const struct {
    std::string_view why;
    std::string_view importer;
    std::string_view bytes;
    OwnedRecord record;
  } kCases[] = {
      {"psloglist -s: commas in the text are not quoted, it may go on and end in a zero",
       "psloglist-csv",
       "21,Application,MSExchangeTransport,ERROR,EX1,8/22/2006 3:41:07 PM,7004,None,a, b\r\nc\0\r\n"sv,
       {.line = 1,
        .channel = "Application",
        .provider = "MSExchangeTransport",
        .id = 7004,
        .level = "error",
        .time = "2006-08-22T15:41:07",
        .record_id = 21,
        .computer = "EX1",
        .message = "a, b\nc"}},
      {"psloglist -s -t \\t",
       "psloglist-csv",
       "21\tSecurity\tP\tAUDIT FAILURE\tEX1\t22.08.2006 15:41:07\t529\tN/A\tm\r\n",
       {.line = 1,
        .channel = "Security",
        .provider = "P",
        .id = 529,
        .level = "log_always",
        .keywords = kKeywordAuditFailure,
        .time = "2006-08-22T15:41:07",
        .record_id = 21,
        .computer = "EX1",
        .message = "m"}},
      {"dumpel: strings between blanks cannot be told apart",
       "dumpel",
       "8/22/2006\t3:41:07 PM\t1\t3\t7004\tN/A\tMSExchangeTransport\tEX1\thost 535\r\n",
       {.line = 1,
        .provider = "MSExchangeTransport",
        .id = 7004,
        .level = "error",
        .category = 3,
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .message = "host 535"}},
      {"one string",
       "dumpel",
       "4/21/95\t4:58:39 AM\t1\t0\t1016\tN/A\tDhcpServer\tREDIPSRVP2\t%%20013\r\n",
       {.line = 1,
        .provider = "DhcpServer",
        .id = 1016,
        .level = "error",
        .time = "1995-04-21T04:58:39",
        .computer = "REDIPSRVP2",
        .has_strings = true,
        .strings = {"%%20013"}}},
      {"dumpel -t: strings between tabs, empty ones too",
       "dumpel",
       "8/22/2006\t3:41:07 PM\t16\t3\t529\tCORP\\u\tSecurity\tEX1\tthe host\t\t535\r\n",
       {.line = 1,
        .provider = "Security",
        .id = 529,
        .level = "log_always",
        .category = 3,
        .keywords = kKeywordAuditFailure,
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .user = "CORP\\u",
        .has_strings = true,
        .strings = {"the host", "", "535"}}},
      {"dumpel of 2000: the source in front of the user, who is told by his name",
       "dumpel",
       "8/22/2006,3:41:07 PM,16,3,529,Security,CORP\\u,EX1,host\r\n",
       {.line = 1,
        .provider = "Security",
        .id = 529,
        .level = "log_always",
        .category = 3,
        .keywords = kKeywordAuditFailure,
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .user = "CORP\\u",
        .has_strings = true,
        .strings = {"host"}}},
      {"the same without a user",
       "dumpel",
       "8/22/2006\t3:41:07 PM\t4\t0\t7036\tService Control Manager\tN/A\tEX1\tTelnet running\r\n",
       {.line = 1,
        .provider = "Service Control Manager",
        .id = 7036,
        .level = "information",
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .message = "Telnet running"}},
      {"dumpel -c, no strings",
       "dumpel",
       "8/22/2006,3:41:07 PM,4,0,6005,N/A,EventLog,EX1,\r\n",
       {.line = 1,
        .provider = "EventLog",
        .id = 6005,
        .level = "information",
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .has_strings = true}},
      {"dumpel with a blank for each tab: the user tells where the source ends",
       "dumpel",
       "8/22/2006 3:41:07 PM 1 3 7004 MSExchangeIS Mailbox Store N/A EX1 host 535\r\n",
       {.line = 1,
        .provider = "MSExchangeIS Mailbox Store",
        .id = 7004,
        .level = "error",
        .category = 3,
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .message = "host 535"}},
      {"with several blanks, broken anew by a mail; a user of two words",
       "dumpel",
       "8/22/2006   3:41:07 PM   16   3   529   Security   NT AUTHORITY\\LOCAL SERVICE   EX1\r\n"
       "the host said   no\r\n",
       {.line = 1,
        .provider = "Security",
        .id = 529,
        .level = "log_always",
        .category = 3,
        .keywords = kKeywordAuditFailure,
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .user = "NT AUTHORITY\\LOCAL SERVICE",
        .message = "the host said no"}},
      {"the user in front: one word can be the computer",
       "dumpel",
       "4/21/95 4:58:39 AM 1 0 1016 N/A DhcpServer REDIPSRVP2 %%20013\r\n",
       {.line = 1,
        .provider = "DhcpServer",
        .id = 1016,
        .level = "error",
        .time = "1995-04-21T04:58:39",
        .computer = "REDIPSRVP2",
        .has_strings = true,
        .strings = {"%%20013"}}},
      {"the user in front: as many blanks between all fields",
       "dumpel",
       "8/22/2006    15:41:07    4    0    7036    N/A    Service Control Manager    EX1    "
       "TELNET IS UP\r\n",
       {.line = 1,
        .provider = "Service Control Manager",
        .id = 7036,
        .level = "information",
        .time = "2006-08-22T15:41:07",
        .computer = "EX1",
        .message = "TELNET IS UP"}},
      {"a row of NT whose tabs became blanks, broken anew by an article",
       "nt-pasted",
       "  7/31/97 4:15:31 PM MSExchangeMTA Warning Operating System 9221 N/A\n"
       "  EXCHSRV1 A sockets error 10054 on a call.\n  [BASE IL 10 262] (12)\n\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .id = 9221,
        .level = "warning",
        .category_text = "Operating System",
        .time = "1997-07-31T16:15:31",
        .computer = "EXCHSRV1",
        .message = "A sockets error 10054 on a call.\n[BASE IL 10 262] (12)"}},
      {"with a user of two words, and a source of two",
       "nt-pasted",
       "31/12/96 19:56:34  MSExchangeIS Private  Failure Audit  Logon/Logoff   529   NT\n"
       "AUTHORITY\\SYSTEM  <Server Name> Logon Failure:\n     Reason: Unknown\n",
       {.line = 1,
        .provider = "MSExchangeIS Private",
        .id = 529,
        .level = "log_always",
        .category_text = "Logon/Logoff",
        .keywords = kKeywordAuditFailure,
        .time = "1996-12-31T19:56:34",
        .computer = "<Server Name>",
        .user = "NT AUTHORITY\\SYSTEM",
        .message = "Logon Failure:\nReason: Unknown"}},
      {"without a computer",
       "nt-pasted",
       "2/26/98  6:33:11  DrWatson  Information  None  4097  N/A\nThe application failed.\n",
       {.line = 1,
        .provider = "DrWatson",
        .id = 4097,
        .level = "information",
        .time = "1998-02-26T06:33:11",
        .message = "The application failed."}},
      {"EventCombMT",
       "eventcomb",
       "529,AUDIT FAILURE,Security,Tue Aug  2 12:34:56 2004,NT AUTHORITY\\SYSTEM,Logon, "
       "Failure\r\n",
       {.line = 1,
        .provider = "Security",
        .id = 529,
        .level = "log_always",
        .keywords = kKeywordAuditFailure,
        .time = "2004-08-02T12:34:56",
        .user = "NT AUTHORITY\\SYSTEM",
        .message = "Logon, Failure"}},
      {"EventCombMT",
       "eventcomb",
       "7004,INFORMATIONAL,P,Wed Dec 31 23:59:59 2003,No User,m\r\n",
       {.line = 1,
        .provider = "P",
        .id = 7004,
        .level = "information",
        .time = "2003-12-31T23:59:59",
        .message = "m"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(std::string(row.bytes));
    EXPECT_EQ(got.importer, row.importer);
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.notes, IsEmpty());
    EXPECT_THAT(got.records, ElementsAre(row.record));
  }
}

TEST(EventTextTest, DamageCostsItsOwnEventOnly) {
  std::string text = kWevtutil;
  text.replace(text.find("Event ID: 7004"), 14, "Event ID: x");
  const auto got = ImportBytes("garbage\r\n" + text);
  EXPECT_THAT(got.records, SizeIs(1));
  EXPECT_THAT(got.rejects, ElementsAre("in: line 2: an event without a number; kept as a reject "
                                       "[event-text.event-id]"));
  EXPECT_THAT(got.notes,
              ElementsAre("in: line 1: 1 line from here on belongs to no record; not used "
                          "[text.outside-records]"));
}

TEST(EventTextTest, AnEndlessMessageIsCut) {
  std::string text = kWevtutil + std::string(1 << 20, 'x') + "\r\nmore\r\n";
  const auto got = ImportBytes(text);
  ASSERT_THAT(got.records, SizeIs(2));
  EXPECT_EQ(got.records[1].message, "One line\nmore");
  EXPECT_THAT(got.notes, ElementsAre("in: line 18: an event of more than 1 MiB; the rest of it is "
                                     "left out [event-text.length]"));
}

TEST(EventTextTest, CutOffAnywhere) {
  for (std::size_t size = 0; size < kWevtutil.size(); ++size) {
    const auto got = ImportBytes(kWevtutil.substr(0, size));
    EXPECT_LE(got.records.size() + got.rejects.size(), 2u);
  }
}

TEST(EventTextTest, WhatLooksAlikeIsNotTaken) {
  for (const std::string_view text :
       {"Event[x]:\n  Log Name: a\n", "Event[1]:\nLog Name\n", "[00021] P\n   Kind: x\n",
        "21,Application,P,ODD,EX1,8/22/2006 3:41:07 PM,7004,None,a\n",
        "8/22/2006\t3:41:07 PM\t3\t3\t7004\tN/A\tP\tEX1\tx\n",
        "529,AUDIT FAILURE,Security,today,u,m\n"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ImportBytes(std::string(text)).importer, "");
  }
}

TEST(EventTextTest, DamagedAtRandom) {
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    const auto got = ImportBytes(import_test::Damager(seed).Damage(kWevtutil));
    EXPECT_LE(got.records.size() + got.rejects.size(), 8u) << seed;
  }
}

TEST(EventTextImporterTest, PastedDumpelSaysWhatCannotBeTold) {
  const std::string why =
      "blanks stand where tabs were, and nothing tells where the fields behind the event number "
      "end; kept as a reject [event-text.fields]";
  const auto got = ImportBytes(
      "See what dumpel gives:\n\n"
      "8/22/2006 3:41:07 PM 1 3 7004 N/A MSExchangeTransport EX1 SMTP 535\n"
      "8/22/2006 3:41:08 PM 1 3 7004 N/A MSExchangeTransport EX1 host\n"
      "8/22/2006 3:41:09 PM 1 3 7004 N/A MSExchangeTransport EX1 SMTP 535\n"
      "8/22/2006 3:41:10 PM 1 3 7004 MSExchangeTransport CORP\\John Smith EX1 x\n"
      "8/22/2006 3:41:11 PM 1 3 7004 N/A MSExchangeTransport\n"
      "8/22/2006 3:41:12 PM 1 3 9999999999 MSExchangeTransport N/A EX1 x\n\n"
      "8/22/2006 3:41:13 PM 1 3 7004 disk C:\\exchsrvr is full\n");
  EXPECT_EQ(got.importer, "dumpel");
  ASSERT_THAT(got.records, SizeIs(2));
  for (const OwnedRecord& record : got.records) {
    EXPECT_EQ(record.provider, "MSExchangeTransport");
    EXPECT_EQ(record.computer, "EX1");
  }
  EXPECT_EQ(got.records[1].message, "SMTP 535");
  EXPECT_THAT(got.rejects,
              ElementsAre("in: line 3: " + why, "in: line 6: " + why, "in: line 7: " + why,
                          "in: line 8: an event without a number; kept as a reject "
                          "[event-text.event-id]"));
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: 2 lines from here on belong to no record; not "
                                     "used [text.outside-records]"));
}

}  // namespace
}  // namespace exdiag
