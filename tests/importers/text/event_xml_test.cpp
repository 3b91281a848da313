#include "importers/text/event_xml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

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

std::string Shown(const Parsed& event) {
  if (!event.has_value()) return "no event";
  const XmlEvent& e = *event.operator->();
  std::string shown = fmt::format("{} {} {} {} {} {:#x} {} {} {} {} {} [{}] [{}]", e.provider,
                                  e.event_id, e.qualifiers, static_cast<int>(e.level), e.task,
                                  e.keywords, FormatTime(e.time, TimeBasis::kUtc), e.record_id,
                                  e.channel, e.computer, e.user, e.message, e.task_text);
  shown += fmt::format(" {}{}:", e.complete, e.well_formed);
  for (std::size_t i = 0; i < e.strings.size(); ++i) {
    shown += fmt::format(" {}=[{}]", e.names.empty() ? "" : e.names[i], e.strings[i]);
  }
  for (const std::byte byte : e.binary) shown += fmt::format(" {:02x}", static_cast<int>(byte));
  return shown + (e.has_strings ? "" : " no strings");
}

// What is read in one walk is what the parser's tree gives, which a comment brings about; and of
// what the walk takes on trust nothing slips through.
TEST(EventXmlTest, PlainElementsReadAsTheParserReadsThem) {
  const struct {
    std::string_view why;
    std::string data;
    bool plain;
  } kCases[] = {
      {"nothing", "", true},
      {"no strings", "<EventData/>", true},
      {"the same with two marks", "<EventData></EventData>", true},
      {"blanks only", "<EventData>\r\n</EventData>", true},
      {"line ends and entities",
       "<EventData><Data>a\r\nb\rc&#13;&#10;&lt;&#x263A;&quot;&apos;&amp;</Data></EventData>",
       true},
      {"empty strings", "<EventData><Data>\n  </Data><Data>  </Data><Data /></EventData>", true},
      {"names", "<EventData>\n<Data Name='a&amp;b'>x</Data><Other>y</Other></EventData>", true},
      {"the first of two attributes", "<EventData><Data Name='a' Name='b'>x</Data></EventData>",
       true},
      {"binary", "<EventData><Data>x</Data><Binary>0d 0A</Binary></EventData>", true},
      {"the strings of python-evtx",
       "<EventData><Data>&lt;string&gt;a&lt;/string&gt;\n&lt;string&gt;b&lt;/string&gt;</Data>"
       "</EventData>",
       true},
      {"nested data", "<EventData><C Name='c'><A x='1'>v</A><B/><D y='2'></D></C></EventData>",
       true},
      {"user data",
       "<UserData><L xmlns='u' xmlns:q='r' k='v'> <S>t</S>\n<N><M>deep</M></N></L></UserData>",
       true},
      {"what could not be rendered",
       "<ProcessingErrorData><ErrorCode>15003</ErrorCode>"
       "</ProcessingErrorData>",
       true},
      {"a rendering",
       "<RenderingInfo Culture='en-US'><Message>a\r\nb</Message><Task> t </Task><Keywords>"
       "<Keyword>Classic</Keyword></Keywords></RenderingInfo>",
       true},
      {"letters of any language in names", "<UserData><\xc3\xa4>x</\xc3\xa4></UserData>", true},
      {"CDATA", "<EventData><Data><![CDATA[a<b]]></Data></EventData>", false},
      {"text between strings", "<EventData>x<Data>a</Data></EventData>", false},
      {"two kinds of data", "<EventData/><UserData><a>b</a></UserData>", false},
      {"two of one kind", "<EventData><Data>a</Data></EventData><EventData/>", false},
      {"two messages", "<RenderingInfo><Message>a</Message><Message>b</Message></RenderingInfo>",
       false},
      {"an element that we do not know", "<Other/>", false},
      {"an instruction", "<?x y?>", false},
      {"a line end in an attribute", "<EventData><Data Name='a\r\nb'>x</Data></EventData>", false},
      {"an entity of its own", "<EventData><Data>&own; &#0; &#xD800;</Data></EventData>", false},
      {"a blank in an end mark", "<EventData><Data>a</Data ></EventData>", false},
      {"an attribute without quotes", "<EventData><Data Name=a>x</Data></EventData>", false},
      {"unescaped marks", "<EventData><Data>a < b & c</Data></EventData>", false},
      {"an end mark of another element", "<EventData><Data>a</Date></EventData>", false},
      {"a second System", "<System/>", false},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const std::string xml = std::string(kSystem) + row.data;
    const Parsed event(xml + "</Event>");
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->plain, row.plain);
    const Parsed parsed(xml + "<!-- --></Event>");
    EXPECT_FALSE(parsed->plain);
    EXPECT_EQ(Shown(event), Shown(parsed));
    // Cut anywhere, it is no plain element any more, and still read.
    for (std::size_t size = 0; size < xml.size() + 7; ++size) {
      const Parsed cut((xml + "</Event>").substr(0, size));
      EXPECT_FALSE(cut.has_value() && cut->plain) << size;
    }
  }
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
