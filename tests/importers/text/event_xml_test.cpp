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

// With its reader, whose views it has.
class Parsed {
 public:
  explicit Parsed(std::string_view xml) : event_(reader_.Read(xml)) {}

  bool has_value() const { return event_ != nullptr; }
  const XmlEvent* operator->() const { return event_; }

 private:
  EventXmlReader reader_;
  const XmlEvent* event_;
};

TEST(EventXmlTest, ReadsSystemAndUnnamedData) {
  const Parsed event(
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
  const Parsed named(std::string(kSystem) +
                     "<EventData><Data Name='param1'>x</Data><Data "
                     "Name='param2'></Data></EventData></Event>");
  ASSERT_TRUE(named.has_value());
  EXPECT_THAT(named->strings, ElementsAre("x", ""));
  EXPECT_THAT(named->names, ElementsAre("param1", "param2"));
  const Parsed user(
      std::string(kSystem) +
      "<UserData><LogFileCleared xmlns='x'><Subject>bob</Subject></LogFileCleared></UserData>"
      "</Event>");
  ASSERT_TRUE(user.has_value());
  EXPECT_THAT(user->strings, ElementsAre("bob"));
  EXPECT_THAT(user->names, ElementsAre("Subject"));
}

TEST(EventXmlTest, ACutElementGivesWhatIsWhole) {
  const Parsed event(std::string(kSystem) + "<EventData><Data>x</Data><Data>y");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->record_id, 7184u);
  EXPECT_FALSE(event->has_strings);
  EXPECT_FALSE(event->complete);
  EXPECT_FALSE(Parsed(kSystem.substr(0, 100)).has_value());
  EXPECT_FALSE(Parsed("<Event></Event>").has_value());
  EXPECT_FALSE(Parsed("no xml").has_value());
}

TEST(EventXmlTest, AZeroByteIsABlank) {
  const Parsed event(std::string(kSystem) + std::string("<EventData><Data>b\0c</Data>", 28) +
                     "</EventData></Event>");
  ASSERT_TRUE(event.has_value());
  EXPECT_THAT(event->strings, ElementsAre("b c"));
}

TEST(EventXmlTest, DataAlone) {
  EventXmlReader reader;
  const XmlEvent* const data = reader.ReadData(
      "<EventData xmlns='x'><Data>a</Data><Data></Data><Binary>00FF</Binary></EventData>");
  ASSERT_NE(data, nullptr);
  EXPECT_THAT(data->strings, ElementsAre("a", ""));
  EXPECT_THAT(data->binary, ElementsAre(std::byte{0}, std::byte{0xff}));
  EXPECT_EQ(reader.ReadData("<EventData><Data>a</Data>"), nullptr);
  EXPECT_EQ(reader.ReadData("<Other/>"), nullptr);
}

TEST(EventXmlTest, Base64) {
  const struct {
    std::string_view text;
    bool good;
    std::size_t size;
  } kCases[] = {{"", true, 0},     {"AAEC/w==", true, 4}, {"AAEC\n/w= =", true, 4},
                {"AAE", false, 0}, {"A=AA", false, 0},    {"AA_A", false, 0}};
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.text);
    std::vector<std::byte> bytes;
    EXPECT_EQ(BytesFromBase64(row.text, bytes), row.good);
    EXPECT_EQ(bytes.size(), row.size);
  }
}

// Nested as deep as a megabyte allows: neither the stack nor the time runs out.
TEST(EventXmlTest, DeepNestingIsCutOff) {
  std::string xml = std::string(kSystem) + "<UserData>";
  for (int i = 0; i < 100'000; ++i) xml += "<a>";
  const Parsed event(xml + "</UserData></Event>");
  ASSERT_TRUE(event.has_value());
  EXPECT_THAT(event->strings, IsEmpty());
}

}  // namespace
}  // namespace exdiag
