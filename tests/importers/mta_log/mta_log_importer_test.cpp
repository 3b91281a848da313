#include "importers/mta_log/mta_log_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(MtaLogTest, ReadsEveryFieldOfAnEntry) {
  const auto got = ImportBytes(
      "message NMI9236: Internal Operating System Error, severity 12\r\n\r\n"
      "  (BASE IL TCP/IP DRVR(22) Proc 262) 04-10-96 05:52:10pm\r\n"
      "    Receive socket closed on CB 1\r\n"
      "      Socket error 0\r\n\r\n"
      "message NMI9225: Internal Processing Error, severity 14\r\n\r\n"
      "  (BASE IL TCP/IP DRVR(22) Proc 255) 04-10-96 05:52:10pm\r\n"
      "    Bad message type 769 for socket CB 1 in state 2\r\n");
  EXPECT_EQ(got.importer, "mta-log");
  EXPECT_THAT(got.notes, IsEmpty());
  EXPECT_THAT(
      got.records,
      ElementsAre(OwnedRecord{.line = 1,
                              .provider = "MSExchangeMTA",
                              .id = 9236,
                              .level = "warning",
                              .category_text = "Operating System",
                              .time = "1996-04-10T17:52:10",
                              .message = "Receive socket closed on CB 1\n  Socket error 0 [BASE IL "
                                         "TCP/IP DRVR 22 262] (12)"},
                  OwnedRecord{.line = 7,
                              .provider = "MSExchangeMTA",
                              .id = 9225,
                              .level = "warning",
                              .category_text = "Internal Processing",
                              .time = "1996-04-10T17:52:10",
                              .message = "Bad message type 769 for socket CB 1 in state 2 [BASE IL "
                                         "TCP/IP DRVR 22 255] (14)"}));
}

TEST(MtaLogTest, Variants) {
  const struct {
    std::string_view why;
    std::string_view text;
    OwnedRecord record;
  } kCases[] = {
      {"no message line: no number, the rest is there",
       "(XAPI TRANSFER(37) Proc 73) 07-01-96 01:32:08pm\n  Message appended\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .time = "1996-07-01T13:32:08",
        .message = "Message appended [XAPI TRANSFER 37 73]"}},
      {"head lines joined and broken elsewhere",
       "NMI9224: Internal Operating System Error;\n severity 12 (BASE IL TP4 DRIVER (13) Proc "
       "272)\n 10-02-96 01:22:31pm send() call failed on CB 22\n Socket error 10053\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .id = 9224,
        .level = "warning",
        .category_text = "Operating System",
        .time = "1996-10-02T13:22:31",
        .message = "send() call failed on CB 22\n Socket error 10053 [BASE IL TP4 DRIVER 13 272] "
                   "(12)"}},
      {"no tag, no time",
       "Message NMI0210: X.400 Service Event, severity 14\n\n  Content conversion failed\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .id = 210,
        .level = "warning",
        .category_text = "X.400 Service",
        .message = "Content conversion failed (14)"}},
      {"a time that is only letters",
       "Message NMI2051: Internal Processing Error, severity 16\n\n (BASE RTSE(47) Proc 70) "
       "mm-dd-yy hh:mm:sspm\n Illegal get\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .id = 2051,
        .level = "error",
        .category_text = "Internal Processing",
        .message = "Illegal get [BASE RTSE 47 70] (16)"}},
      {"severity 8 is information; the thread repeats the class",
       "message NMI4258: Interface Event, severity 8\n\n(POP4 POP4 UP(7) Proc 228) 02-26-02 "
       "02:43:50pm\nMessage received\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .id = 4258,
        .level = "information",
        .category_text = "Interface",
        .time = "2002-02-26T14:43:50",
        .message = "Message received [POP4 POP4 UP 7 228] (8)"}},
      {"a name broken at the right edge, and a value on a line of its own",
       "message NMI0290: X.400 Service Event, severity 12\n\n"
       "  (MTA DISP:RESULT(20) Proc 136) 10-30-96 02:04:36pm\n"
       "         Sent to entity\n"
       "/O=ORG/OU=SITE/CN=CONFIGURATION/CN=CONNECTIONS/CN=A CONNECTOR OF IN\n"
       "TERNET MAIL\n"
       "           Count 1\n",
       {.line = 1,
        .provider = "MSExchangeMTA",
        .id = 290,
        .level = "warning",
        .category_text = "X.400 Service",
        .time = "1996-10-30T14:04:36",
        .message =
            "Sent to entity /O=ORG/OU=SITE/CN=CONFIGURATION/CN=CONNECTIONS/CN=A CONNECTOR OF "
            "INTERNET MAIL\n  Count 1 [MTA DISP:RESULT 20 136] (12)"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(std::string(row.text));
    EXPECT_EQ(got.importer, "mta-log");
    EXPECT_THAT(got.records, ElementsAre(row.record));
    EXPECT_THAT(got.notes, IsEmpty());
  }
}

TEST(MtaLogTest, ProseAroundEntriesIsCounted) {
  const auto got = ImportBytes(
      "The MTA logs:\n\n  message NMI9236: Internal Operating System Error, severity 12\n\n"
      "  (BASE IL TCP/IP DRVR(22) Proc 262) 04-10-96 05:52:10pm\n  Receive socket closed\n\n"
      "As a result, messages wait.\n");
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].message, "Receive socket closed [BASE IL TCP/IP DRVR 22 262] (12)");
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: 2 lines from here on belong to no record; not "
                                     "used [text.outside-records]"));
}

TEST(MtaLogTest, MentionsOfANumberAreNoEntries) {
  for (const std::string_view text :
       {"The NMI9224 error indicates a timeout.\n", "NMI9224: see the log\n",
        "(see Proc 5) it failed\n", "(a(1) Proc 2) happened\n"}) {
    EXPECT_EQ(ImportBytes(std::string(text)).importer, "") << text;
  }
}

}  // namespace
}  // namespace exdiag
