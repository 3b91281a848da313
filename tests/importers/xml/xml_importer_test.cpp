#include "importers/xml/xml_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "importers/xml/event_elements.h"
#include "tests/importers/hostile_text.h"
#include "tests/importers/support/shared_files.h"
#include "tests/importers/text/collect.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// As wevtutil writes it: one line, single quotes.
std::string Line(int record, std::string_view data) {
  return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
         "Name='MSExchangeTransport'/><EventID Qualifiers='49156'>7004</EventID><Level>2</Level>"
         "<Task>3</Task><Keywords>0x80000000000000</Keywords><TimeCreated "
         "SystemTime='2006-08-22T03:15:41.000000000Z'/><EventRecordID>" +
         std::to_string(record) +
         "</EventRecordID><Channel>Application</Channel><Computer>EX1.corp.example</Computer>"
         "<Security/></System><EventData>" +
         std::string(data) + "</EventData></Event>";
}

OwnedRecord Want(int line, int record, std::vector<std::string> strings) {
  return {.line = static_cast<std::uint64_t>(line),
          .channel = "Application",
          .provider = "MSExchangeTransport",
          .id = 7004,
          .qualifiers = 49156,
          .level = "error",
          .category = 3,
          .keywords = kKeywordClassic,
          .time = "2006-08-22T03:15:41Z",
          .record_id = static_cast<std::uint64_t>(record),
          .computer = "EX1.corp.example",
          .has_strings = true,
          .strings = std::move(strings)};
}

TEST(XmlImporterTest, EachToolsWayOfWriting) {
  const std::string first = Line(1, "<Data>a</Data><Data></Data><Data/>");
  const std::string second = Line(2, "<Data>x &lt;y&gt; &amp; z</Data>");
  const std::string declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n";
  const struct {
    std::string_view why;
    std::string bytes;
    int first_line;
    int second_line;
  } kCases[] = {
      {"wevtutil: no root, one line an event", first + "\r\n" + second + "\r\n", 1, 2},
      {"wevtutil without line ends", first + second, 1, 1},
      {"wevtutil /e:Events", "<Events>" + first + second + "</Events>", 1, 1},
      {"Event Viewer",
       "\xef\xbb\xbf" + declaration + "<Events>" + first + "\r\n" + second + "</Events>\r\n", 2, 3},
      {"evtx_dump: a document an event",
       "Record 1\n" + declaration + first + "\nRecord 2\n" + declaration + second + "\n", 3, 6},
      {"joined files",
       declaration + "<Events>" + first + "</Events>\n\xef\xbb\xbf" + declaration +
           "<Events>\n<!-- two -->" + second + "\n</Events>",
       2, 5},
      {"UTF-16 of either order", "\xff\xfe" + Utf16(declaration + first + second, false), 2, 2},
      {"without a mark", Utf16(first + "\n" + second, true), 1, 2},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes);
    EXPECT_EQ(got.importer, "xml");
    EXPECT_THAT(got.notes, IsEmpty());
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.records, ElementsAre(Want(row.first_line, 1, {"a", "", ""}),
                                         Want(row.second_line, 2, {"x <y> & z"})));
  }
}

// As the Event Viewer shows it, an element a line, each behind the marks of a mail.
std::string Quoted(std::string xml, const std::string& marks) {
  for (std::size_t at = 0; (at = xml.find("><", at)) != std::string::npos;) {
    xml.insert(at + 1, "\n  ");
  }
  std::string quoted = marks;
  for (const char c : xml) quoted += c == '\n' ? c + marks : std::string(1, c);
  return quoted + "\n";
}

TEST(XmlImporterTest, QuotedInAMail) {
  const std::string first = Line(1, "<Data>a\n> b\nc | d</Data><Data>\n</Data><Data/>");
  const std::string second = Line(2, "<Data>x &lt;y&gt; &amp; z</Data>");
  const std::string declaration = "<?xml version=\"1.0\"?>";
  const struct {
    std::string_view why;
    std::string bytes;
    int first_line, second_line;
    std::vector<std::string> notes;
  } kCases[] = {
      {"alone", Quoted(first, "> ") + Quoted(second, "> "), 1, 23, {}},
      {"twice", Quoted(first, "> > ") + Quoted(second, ">> "), 1, 23, {}},
      {"with bars, or without blanks", Quoted(first, "| ") + Quoted(second, ">"), 1, 23, {}},
      {"declaration and root",
       Quoted(declaration + "<Events>" + first + second + "</Events>", "> "),
       3,
       25,
       {}},
      {"one quoted, one not", Quoted(first, "> ") + second + "\n", 1, 23, {}},
      {"in prose",
       "On Monday you wrote:\n> This is what I see:\n>\n" + Quoted(first, "> ") + "Thanks.\n" +
           Quoted(second, ">>"),
       4,
       27,
       {"in: line 1: 3 lines from here on belong to no record; not used "
        "[text.outside-records]"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(row.bytes);
    EXPECT_EQ(got.importer, "xml");
    EXPECT_EQ(got.notes, row.notes);
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.records, ElementsAre(Want(row.first_line, 1, {"a\n> b\nc | d", "", ""}),
                                         Want(row.second_line, 2, {"x <y> & z"})));
  }
}

TEST(XmlImporterTest, PrettyPrintedEmptyStringsAndStringsOfBlanks) {
  const auto got = ImportBytes(
      Line(1,
           "\r\n    <Data>\r\n    </Data>\r\n    <Data> </Data>\r\n    <Data>a\r\nb </Data>\r\n"
           "    <Binary>0D0a</Binary>\r\n  "));
  auto want = Want(1, 1, {"", " ", "a\nb "});
  want.binary = "0d0a";
  EXPECT_THAT(got.records, ElementsAre(want));
}

TEST(XmlImporterTest, RenderedEventsCarryMessageAndCategory) {
  std::string xml = Line(1, "<Data Name='host'>h</Data><Data Name='code'>535</Data>");
  xml.insert(xml.find("</Event>"),
             "<RenderingInfo Culture='en-US'><Message>The remote host\r\n\"h\" &amp; more. "
             "</Message><Level>Error</Level><Task>SMTP Protocol</Task><Keywords><Keyword>Classic"
             "</Keyword></Keywords></RenderingInfo>");
  const auto got = ImportBytes(xml);
  auto want = Want(1, 1, {"h", "535"});
  want.names = {"host", "code"};
  want.category_text = "SMTP Protocol";
  want.message = "The remote host\n\"h\" & more.";
  EXPECT_THAT(got.records, ElementsAre(want));
}

// Its strings come as one, its binary data as base64, its times without Z, and what an event lacks
// as empty attributes.
TEST(XmlImporterTest, PythonEvtx) {
  const auto got = ImportBytes(
      "<?xml version=\"1.1\" encoding=\"utf-8\" standalone=\"yes\" ?>\n\n<Events>\n"
      "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider "
      "Name=\"MSExchangeTransport\"></Provider>\n<EventID Qualifiers=\"49156\">7004</EventID>\n"
      "<Level>2</Level>\n<Task>3</Task>\n<Keywords>0x0080000000000000</Keywords>\n<TimeCreated "
      "SystemTime=\"2006-08-22 03:15:41.982128\"></TimeCreated>\n<EventRecordID>1</EventRecordID>\n"
      "<Channel>Application</Channel>\n<Computer>EX1.corp.example</Computer>\n"
      "<Security UserID=\"\"></Security>\n</System>\n<EventData><Data>"
      "&lt;string&gt;a\nb &lt;c&gt;&lt;/string&gt;\n&lt;string&gt;&lt;/string&gt;\n"
      "&lt;string&gt;d&lt;/string&gt;\n</Data>\n<Binary>AAEC/w==</Binary>\n</EventData>\n</"
      "Event>\n\n"
      "</Events>\n");
  auto want = Want(4, 1, {"a\nb <c>", "", "d"});
  want.time = "2006-08-22T03:15:41.982128Z";
  want.binary = "000102ff";
  EXPECT_THAT(got.records, ElementsAre(want));
  EXPECT_THAT(got.notes, IsEmpty());
}

// As from .evtx: leaves and attributes, with these names.
TEST(XmlImporterTest, UserData) {
  std::string xml = Line(1, "");
  xml.replace(
      xml.find("<EventData>"), std::string_view("<EventData></EventData>").size(),
      "<UserData><Outer xmlns='urn:x'><Path>C:\\a</Path><Error Code='5'/><Deep><More n='1'>t"
      "</More></Deep></Outer></UserData>");
  auto want = Want(1, 1, {"C:\\a", "5", "1", "t"});
  want.names = {"Path", "Error@Code", "More@n", "More"};
  EXPECT_THAT(ImportBytes(xml).records, ElementsAre(want));
}

TEST(XmlImporterTest, DamageCostsItsOwnEventOnly) {
  const std::string good = Line(1, "<Data>a</Data>");
  const std::string after = Line(3, "<Data>c</Data>");
  const std::string cut = Line(2, "<Data>b</Data>");
  const std::string kPlace = "in: line 2, column 1: ";
  const struct {
    std::string_view why;
    std::string middle;
    std::vector<OwnedRecord> record;
    std::vector<std::string> rejects;
    std::vector<std::string> notes;
  } kCases[] = {
      {"characters that XML forbids",
       Line(2, "<Data>b\x03\x1b</Data>"),
       {Want(2, 2, {"b\x03\x1b"})},
       {},
       {}},
      {"and as references",
       Line(2, "<Data>b&#x3;&#27;</Data>"),
       {Want(2, 2, {"b\x03\x1b"})},
       {},
       {}},
      {"unescaped text",
       Line(2, "<Data Name=\"e\">at <ProcessRecord>b__91 & c</Data><Data/>"),
       {[] {
         auto want = Want(2, 2, {"at <ProcessRecord>b__91 & c", ""});
         want.names = {"e", ""};
         return want;
       }()},
       {},
       {kPlace + "1 event from here on is no well-formed XML; read as far as possible, 0 of them "
                 "without event data [xml.malformed]"}},
      {"cut in its data",
       cut.substr(0, cut.find("b</Data>")),
       {[] {
         auto want = Want(2, 2, {});
         want.has_strings = false;
         return want;
       }()},
       {},
       {kPlace + "another event begins before this one ends; kept without its event data "
                 "[xml.cut]"}},
      {"cut behind its data",
       cut.substr(0, cut.find("</Event>")),
       {Want(2, 2, {"b"})},
       {},
       {kPlace + "another event begins before this one ends; kept as far as it goes [xml.cut]"}},
      {"cut in its System",
       cut.substr(0, cut.find("<Computer>")),
       {},
       {kPlace + "another event begins before this one ends; kept as a reject [xml.event]"},
       {}},
      {"no provider",
       "<Event><System><EventID>1</EventID></System></Event>",
       {},
       {kPlace + "an event without a provider or a number; kept as a reject [xml.event]"},
       {}},
      {"no number",
       "<Event><System><Provider Name='P'/><EventID/></System></Event>",
       {},
       {kPlace + "an event without a provider or a number; kept as a reject [xml.event]"},
       {}},
      {"System is not closed",
       "<Event><System><Provider Name='P'/><EventID>1</EventID></Event>",
       {},
       {kPlace + "an event whose System is not closed; kept as a reject [xml.event]"},
       {}},
      {"text between",
       "Some words <here>\n\n and <Event> without more",
       {},
       {},
       {"in: line 2: 2 lines from here on belong to no record; not used [text.outside-records]"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(good + "\n" + row.middle + "\n" + after);
    ASSERT_THAT(got.records, SizeIs(2 + row.record.size()));
    EXPECT_EQ(got.records.front(), Want(1, 1, {"a"}));
    EXPECT_EQ(got.records.back().record_id, 3u);
    EXPECT_EQ(std::vector(got.records.begin() + 1, got.records.end() - 1), row.record);
    EXPECT_EQ(got.rejects, row.rejects);
    EXPECT_EQ(got.notes, row.notes);
  }
}

// Cut off at every length: never more than was there, and always what was whole.
TEST(XmlImporterTest, CutOffAnywhere) {
  const std::string first = Line(1, "<Data>a</Data>");
  const std::string both = first + "\n" + Line(2, "<Data>b</Data>") + "\n";
  const std::size_t system_end = both.rfind("</System>") + 9;
  const std::size_t end = both.size() - 1;
  for (std::size_t size = first.size(); size <= both.size(); ++size) {
    SCOPED_TRACE(size);
    const auto got = ImportBytes(both.substr(0, size));
    EXPECT_EQ(got.records.at(0), Want(1, 1, {"a"}));
    EXPECT_EQ(got.records.size(), size >= system_end ? 2u : 1u);
    if (size >= system_end && size < end) {
      EXPECT_THAT(got.notes, SizeIs(1));
    } else if (size >= end) {
      EXPECT_THAT(got.notes, IsEmpty());
    }
  }
  const auto got = ImportBytes(both.substr(0, both.size() - 4));
  EXPECT_THAT(got.notes, ElementsAre("in: line 2, column 1: the text ends before the event does; "
                                     "kept as far as it goes [xml.cut]"));
}

TEST(XmlImporterTest, AnEventWithoutEndIsBounded) {
  const std::string good = Line(7, "<Data>a</Data>");
  const std::string endless = Line(1, std::string(3 * EventElements::kLongest, 'x'));
  const auto got = ImportBytes(endless + "\n" + good);
  EXPECT_THAT(got.records,
              ElementsAre(Field(&OwnedRecord::record_id, 1), Field(&OwnedRecord::record_id, 7)));
  EXPECT_THAT(got.notes,
              ElementsAre("in: line 1, column 1: an event of more than 4 MiB; kept without its "
                          "event data [xml.cut]",
                          "in: line 1: 1 line from here on belongs to no record; not used "
                          "[text.outside-records]"));
}

TEST(XmlImporterTest, OneLineOfManyMegabytes) {
  std::string bytes = "<Events>";
  const int count = 12'000;
  for (int i = 1; i <= count; ++i) bytes += Line(i, "<Data>some text of the event</Data>");
  bytes += "</Events>";
  const auto got = ImportBytes(bytes);
  ASSERT_THAT(got.records, SizeIs(count));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(got.records[static_cast<std::size_t>(i)].record_id,
              static_cast<std::uint64_t>(i + 1));
  }
  EXPECT_THAT(got.notes, IsEmpty());
}

TEST(XmlImporterTest, ItStopsWhenTheSinkSaysSo) {
  const std::string line = Line(1, "");
  EXPECT_THAT(ImportBytes(line + line + line, {}, 2).records, SizeIs(2));
}

TEST(XmlImporterTest, BehindProseAndInPastedEvents) {
  const std::string element = Line(5, "<Data>a</Data>");
  const auto prose = ImportBytes("Hello,\n\nthis is what we see:\n" + element);
  EXPECT_EQ(prose.importer, "xml");
  EXPECT_THAT(prose.records, ElementsAre(Want(4, 5, {"a"})));
  const auto pasted = ImportBytes(
      "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          8/22/2006 "
      "3:15:41 AM\nEvent ID:      7004\nLevel:         Error\nDescription:\nx\nEvent Xml:\n" +
      element);
  EXPECT_EQ(pasted.importer, "clipboard-vista");
  EXPECT_EQ(ImportBytes("<Events></Events>").importer, "");
  EXPECT_EQ(ImportBytes("<Event><Other/></Event>").importer, "");
}

TEST(XmlImporterTest, DamagedAtRandom) {
  const std::string text = Line(1, "<Data>a</Data><Data Name='n'>b</Data>") + "\n<Events>" +
                           Line(2, "<Binary>00ff</Binary>") + Line(3, "<Data>c &amp; d</Data>");
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    const auto got = ImportBytes(import_test::Damager(seed).Damage(text));
    EXPECT_LE(got.records.size() + got.rejects.size(), 8u) << seed;
  }
}

// What other readers made of real logs; the numbers are theirs.
TEST(XmlImporterTest, RealFiles) {
  const auto folder = test::SharedDir() / "formats/samples";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << folder << " is not there: real XML exports not read";
  }
  const struct {
    std::string_view file;
    std::size_t records;
    std::size_t strings;  // of the first
  } kFiles[] = {
      {"eventviewer-xml/ipban_EventViewerInput1.txt", 1, 14},
      {"eventviewer-xml/ipban_EventViewerInput4.txt", 1, 21},
      {"eventviewer-xml/zircolite_xml_events_sample.xml", 2, 5},
      {"evtx_dump/event_xml_sample_with_event_data_with_attributes_and_text.snap.txt", 1, 5},
      {"evtx_dump/event_xml_sample_with_user_data.snap.txt", 1, 3},
      {"evtx_dump/event_xml_sample_with_entity_ref.snap.txt", 1, 44},
      {"evtxexport/ID6-Exchange-CmdletLogs.xml", 4, 27},
      {"evtxexport/TestLogX.xml", 5, 1},
      {"python-evtx/ID6-Exchange-CmdletLogs.xml", 4, 27},
      {"python-evtx/TestLogX.xml", 5, 1},
  };
  for (const auto& row : kFiles) {
    SCOPED_TRACE(row.file);
    std::ifstream stream(folder / row.file, std::ios::binary);
    const auto got = ImportBytes({std::istreambuf_iterator<char>(stream), {}});
    EXPECT_EQ(got.importer, "xml");
    EXPECT_THAT(got.rejects, IsEmpty());
    ASSERT_EQ(got.records.size(), row.records);
    EXPECT_EQ(got.records[0].strings.size(), row.strings);
  }
}

}  // namespace
}  // namespace exdiag
