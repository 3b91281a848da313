#include "importers/text/event_xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kSystem =
    "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n  <System>\n"
    "    <Provider Name=\"MSExchange CmdletLogs\" />\n"
    "    <EventID Qualifiers=\"49152\">6</EventID>\n    <Level>2</Level>\n    <Task>1</Task>\n"
    "    <Keywords>0x8080000000000000</Keywords>\n"
    "    <TimeCreated SystemTime=\"2021-06-04T08:41:47.982128000Z\" />\n"
    "    <EventRecordID>7184</EventRecordID>\n    <Channel>MSExchange Management</Channel>\n"
    "    <Computer>EX1.corp.example</Computer>\n    <Security UserID=\"S-1-5-18\" />\n"
    "  </System>\n";

TEST(EventXmlTest, ReadsSystemAndUnnamedData) {
  const auto event = ParseEventXml(
      std::string(kSystem) +
      "  <EventData>\n    <Data>Get-Mailbox</Data>\n    <Data>\n    </Data>\n    <Data />\n"
      "    <Data>a &lt;b&gt;\nc</Data>\n    <Binary>0D0A</Binary>\n  </EventData>\n</Event>\n");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->provider, "MSExchange CmdletLogs");
  EXPECT_EQ(event->event_id, 6);
  EXPECT_EQ(event->qualifiers, 49152);
  EXPECT_EQ(event->level, Level::kError);
  EXPECT_EQ(event->task, 1);
  EXPECT_EQ(event->keywords, 0x8080'0000'0000'0000u);
  EXPECT_EQ(FormatTime(event->time, TimeBasis::kUtc), "2021-06-04T08:41:47.982128Z");
  EXPECT_EQ(event->record_id, 7184u);
  EXPECT_EQ(event->channel, "MSExchange Management");
  EXPECT_EQ(event->computer, "EX1.corp.example");
  EXPECT_EQ(event->user, "S-1-5-18");
  EXPECT_TRUE(event->has_strings);
  EXPECT_THAT(event->strings, ElementsAre("Get-Mailbox", "", "", "a <b>\nc"));
  EXPECT_THAT(event->names, IsEmpty());
  EXPECT_THAT(event->binary, ElementsAre(std::byte{0x0d}, std::byte{0x0a}));
  EXPECT_TRUE(event->complete);
}

TEST(EventXmlTest, NamedDataAndUserData) {
  const auto named = ParseEventXml(std::string(kSystem) +
                                   "<EventData><Data Name='param1'>x</Data><Data "
                                   "Name='param2'></Data></EventData></Event>");
  ASSERT_TRUE(named.has_value());
  EXPECT_THAT(named->strings, ElementsAre("x", ""));
  EXPECT_THAT(named->names, ElementsAre("param1", "param2"));
  const auto user = ParseEventXml(
      std::string(kSystem) +
      "<UserData><LogFileCleared xmlns='x'><Subject>bob</Subject></LogFileCleared></UserData>"
      "</Event>");
  ASSERT_TRUE(user.has_value());
  EXPECT_THAT(user->strings, ElementsAre("bob"));
  EXPECT_THAT(user->names, ElementsAre("Subject"));
}

TEST(EventXmlTest, ACutElementGivesWhatIsWhole) {
  const auto event = ParseEventXml(std::string(kSystem) + "<EventData><Data>x</Data><Data>y");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->record_id, 7184u);
  EXPECT_FALSE(event->has_strings);
  EXPECT_FALSE(event->complete);
  EXPECT_FALSE(ParseEventXml(kSystem.substr(0, 100)).has_value());
  EXPECT_FALSE(ParseEventXml("<Event></Event>").has_value());
  EXPECT_FALSE(ParseEventXml("no xml").has_value());
}

// Nested as deep as a megabyte allows: neither the stack nor the time runs out.
TEST(EventXmlTest, DeepNestingIsCutOff) {
  std::string xml = std::string(kSystem) + "<UserData>";
  for (int i = 0; i < 100'000; ++i) xml += "<a>";
  const auto event = ParseEventXml(xml + "</UserData></Event>");
  ASSERT_TRUE(event.has_value());
  EXPECT_THAT(event->strings, IsEmpty());
}

}  // namespace
}  // namespace exdiag
