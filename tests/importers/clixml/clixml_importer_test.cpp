#include "importers/clixml/clixml_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/text/nested_elements.h"
#include "tests/importers/hostile_text.h"
#include "tests/importers/text/collect.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kOpen =
    "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n";
const std::string kClose = "</Objs>\n";

constexpr std::string_view kRecordType =
    "<TN RefId=\"0\"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>"
    "<T>System.Diagnostics.Eventing.Reader.EventRecord</T><T>System.Object</T></TN>"
    "<ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>";

// An object one level deep, indented as Export-Clixml does.
std::string Object(std::string_view type, std::string_view contents) {
  return "  <Obj RefId=\"0\">\n    " + std::string(type) + "\n    " + std::string(contents) +
         "\n  </Obj>\n";
}

std::string File(const std::string& objects) { return kOpen + objects + kClose; }

std::string Property(std::string_view value) {
  return "<Obj RefId=\"9\"><TNRef RefId=\"6\" />"
         "<ToString>System.Diagnostics.Eventing.Reader.EventProperty</ToString><Props>" +
         std::string(value) + "</Props></Obj>";
}

// What Get-WinEvent gives, with every type of property.
std::string WinEvent() {
  return Object(
      kRecordType,
      "<Props><I32 N=\"Id\">7004</I32><Nil N=\"Version\" /><I32 N=\"Qualifiers\">49156</I32>"
      "<By N=\"Level\">2</By><I32 N=\"Task\">3</I32><I64 N=\"Keywords\">36028797018963968</I64>"
      "<I64 N=\"RecordId\">5</I64><S N=\"ProviderName\">MSExchangeTransport</S>"
      "<S N=\"LogName\">Application</S><S N=\"MachineName\">EX1</S>"
      "<Obj N=\"UserId\" RefId=\"1\"><TN RefId=\"1\"><T>System.Security.Principal."
      "SecurityIdentifier</T></TN><ToString>S-1-5-18</ToString><Props>"
      "<I32 N=\"BinaryLength\">12</I32><Nil N=\"AccountDomainSid\" /><S N=\"Value\">S-1-5-18</S>"
      "</Props></Obj>"
      "<DT N=\"TimeCreated\">2006-08-22T05:15:41.5+02:00</DT>"
      "<Obj N=\"MatchedQueryIds\" RefId=\"2\"><TN RefId=\"2\"><T>System.UInt32[]</T></TN><LST />"
      "</Obj><S N=\"LevelDisplayName\">Error</S><S N=\"TaskDisplayName\">SMTP Protocol</S>"
      "<Obj N=\"KeywordsDisplayNames\" RefId=\"4\"><TN RefId=\"4\"><T>List</T></TN><LST>"
      "<S>Classic</S></LST></Obj>"
      "<Obj N=\"Properties\" RefId=\"5\"><TN RefId=\"5\"><T>List</T></TN><LST>" +
          Property("<S N=\"Value\">a &lt;b&gt; &amp; \"c\\\" _x005F_x0041_ \xc3\xa6</S>") +
          Property("<S N=\"Value\"></S>") + Property("<S N=\"Value\">\n        </S>") +
          Property("<S N=\"Value\"> </S>") + Property("<U32 N=\"Value\">535</U32>") +
          Property("<B N=\"Value\">true</B>") +
          Property("<U64 N=\"Value\">18446744073709551615</U64>") +
          Property("<DT N=\"Value\">2006-08-22T05:15:41.5+02:00</DT>") +
          Property("<G N=\"Value\">ba5c6bbb-5b9c-5dc4-0000-00107660a900</G>") +
          Property("<Nil N=\"Value\" />") + Property("<BA N=\"Value\">AP8=</BA>") +
          "</LST></Obj></Props>"
          "<MS><S N=\"Message\">Said no._x000D__x000A_\xc3\x86h _xD83D__xDE00_</S></MS>");
}

OwnedRecord WantWinEvent() {
  return {.line = 2,
          .channel = "Application",
          .provider = "MSExchangeTransport",
          .id = 7004,
          .qualifiers = 49156,
          .level = "error",
          .category = 3,
          .category_text = "SMTP Protocol",
          .keywords = kKeywordClassic,
          .time = "2006-08-22T03:15:41.5Z",
          .record_id = 5,
          .computer = "EX1",
          .user = "S-1-5-18",
          .has_strings = true,
          .strings = {"a <b> & \"c\\\" _x0041_ \xc3\xa6", "", "", " ", "535", "true",
                      "18446744073709551615", "2006-08-22T03:15:41.5000000Z",
                      "ba5c6bbb-5b9c-5dc4-0000-00107660a900", ""},
          .message = "Said no.\n\xc3\x86h \xf0\x9f\x98\x80",
          .binary = "00ff"};
}

TEST(ClixmlImporterTest, ReadsEveryProperty) {
  const std::string file = File(WinEvent());
  const struct {
    std::string_view why;
    std::string bytes;
    std::uint64_t line = 2;
  } kCases[] = {
      {"UTF-16, as Export-Clixml writes it", "\xff\xfe" + Utf16(file, false)},
      {"UTF-8", file},
      {"what powershell.exe writes to a file", "#< CLIXML\n" + file, 3},
      {"a list of events as one object",
       File("<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T><T>System.Array</T></TN>"
            "<LST>\n" +
            WinEvent() + "</LST></Obj>"),
       3},
      {"behind prose", "Here is the export:\n\n" + file, 4},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    OwnedRecord want = WantWinEvent();
    want.line = row.line;
    const auto got = ImportBytes(row.bytes);
    EXPECT_EQ(got.importer, "clixml");
    EXPECT_THAT(got.records, ElementsAre(want));
    EXPECT_THAT(got.rejects, IsEmpty());
    if (row.why != "behind prose") {
      EXPECT_THAT(got.notes, IsEmpty());
    }
  }
}

constexpr std::string_view kEntryType =
    "<TN RefId=\"0\"><T>System.Diagnostics.EventLogEntry#Application/P/7004</T>"
    "<T>System.Diagnostics.EventLogEntry</T></TN>"
    "<ToString>System.Diagnostics.EventLogEntry</ToString>";

const struct Shape {
  std::string_view why;
  std::string_view type;
  std::string_view contents;
  OwnedRecord record;
} kShapes[] = {
    {"Get-EventLog",
     kEntryType,
     "<Props><S N=\"MachineName\">EX1</S><BA N=\"Data\">AP8=</BA><I32 N=\"Index\">5</I32>"
     "<S N=\"Category\">SMTP Protocol</S><I16 N=\"CategoryNumber\">3</I16>"
     "<Obj N=\"EntryType\" RefId=\"1\"><TN RefId=\"1\"><T>System.Diagnostics.EventLogEntryType</T>"
     "<T>System.Enum</T></TN><ToString>Error</ToString><I32>1</I32></Obj>"
     "<S N=\"Message\">m</S><S N=\"Source\">P</S>"
     "<Obj N=\"ReplacementStrings\" RefId=\"2\"><TN RefId=\"2\"><T>System.String[]</T></TN><LST>"
     "<S>host</S><S></S><S>535</S></LST></Obj><I64 N=\"InstanceId\">3221494620</I64>"
     "<DT N=\"TimeGenerated\">2006-08-22T05:15:41+02:00</DT><Nil N=\"UserName\" /></Props>"
     "<MS><I32 N=\"EventID\">7004</I32></MS>",
     {.line = 2,
      .provider = "P",
      .id = 7004,
      .qualifiers = 0xc004,
      .level = "error",
      .category = 3,
      .category_text = "SMTP Protocol",
      .time = "2006-08-22T03:15:41Z",
      .record_id = 5,
      .computer = "EX1",
      .has_strings = true,
      .strings = {"host", "", "535"},
      .message = "m",
      .binary = "00ff"}},
    {"of another computer, through Invoke-Command; -Depth did not reach the strings",
     "<TN RefId=\"0\"><T>Deserialized.System.Diagnostics.Eventing.Reader.EventLogRecord</T></TN>"
     "<ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>",
     "<Props><I32 N=\"Id\">1</I32><S N=\"ProviderName\">P</S><By N=\"Level\">3</By>"
     "<DT N=\"TimeCreated\">2006-08-22T03:15:41Z</DT><Obj N=\"Properties\" RefId=\"5\"><LST>"
     "<S>System.Diagnostics.Eventing.Reader.EventProperty</S></LST></Obj></Props>"
     "<MS><S N=\"Message\">m</S><S N=\"PSComputerName\">EX2</S></MS>",
     {.line = 2,
      .provider = "P",
      .id = 1,
      .level = "warning",
      .time = "2006-08-22T03:15:41Z",
      .computer = "EX2",
      .message = "m"}},
    {"properties selected: a time that is local",
     "<TN RefId=\"0\"><T>Selected.System.Diagnostics.Eventing.Reader.EventLogRecord</T></TN>",
     "<MS><DT N=\"TimeCreated\">2006-08-22T03:15:41</DT><I32 N=\"Id\">1</I32>"
     "<S N=\"LevelDisplayName\">Error</S><S N=\"Message\">m</S></MS>",
     {.line = 2, .id = 1, .level = "error", .time = "2006-08-22T03:15:41", .message = "m"}},
    {"an object of one's own, with the date as text",
     "<TN RefId=\"0\"><T>System.Management.Automation.PSCustomObject</T></TN>",
     "<MS><S N=\"TimeCreated\">22.08.2006 03:15:41</S><I32 N=\"Id\">1</I32>"
     "<S N=\"ProviderName\">P</S></MS>",
     {.line = 2, .provider = "P", .id = 1, .time = "2006-08-22T03:15:41"}},
    {"WMI",
     "<TN RefId=\"0\"><T>System.Management.ManagementObject#root\\cimv2\\Win32_NTLogEvent</T></TN>",
     "<Props><U32 N=\"EventIdentifier\">3221494620</U32><U16 N=\"EventCode\">7004</U16>"
     "<By N=\"EventType\">1</By><S N=\"Logfile\">Application</S><S N=\"SourceName\">P</S>"
     "<S N=\"ComputerName\">EX1</S><U32 N=\"RecordNumber\">5</U32>"
     "<S N=\"TimeGenerated\">20060822051541.000000+120</S>"
     "<Obj N=\"InsertionStrings\" RefId=\"1\"><LST><S>host</S></LST></Obj></Props>",
     {.line = 2,
      .channel = "Application",
      .provider = "P",
      .id = 7004,
      .qualifiers = 0xc004,
      .level = "error",
      .time = "2006-08-22T03:15:41Z",
      .record_id = 5,
      .computer = "EX1",
      .has_strings = true,
      .strings = {"host"}}},
};

TEST(ClixmlImporterTest, Shapes) {
  for (const Shape& row : kShapes) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(File(Object(row.type, row.contents)));
    EXPECT_EQ(got.importer, "clixml");
    EXPECT_THAT(got.records, ElementsAre(row.record));
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.notes, IsEmpty());
  }
}

TEST(ClixmlImporterTest, DamageCostsItsOwnObjectOnly) {
  const std::string whole = WinEvent();
  const std::string cut = "another event begins before this one ends; kept as a reject ";
  const struct {
    std::string_view why;
    std::string middle;
    std::vector<std::string> rejects;
    std::vector<std::string> notes;
  } kCases[] = {
      {"cut off among the properties", whole.substr(0, 700) + "\n", {cut}, {}},
      {"cut off in a list", whole.substr(0, whole.find("</LST></Obj></Props>")) + "\n", {cut}, {}},
      {"the next one begins on the same line", whole.substr(0, 700), {cut}, {}},
      {"of a type that is not told, below the mark of the other",
       "  <Obj RefId=\"3\"><TNRef RefId=\"0\" /><MS><I32 N=\"Id\">1</I32>\n",
       {cut},
       {}},
      {"no XML",
       Object(kRecordType, "<Props><I32 N=\"Id\">1</I32><S N=\"ProviderName\">P</Props>"),
       {"no well-formed XML (Start-end tags mismatch); kept as a reject "},
       {}},
      {"a character that is none",
       Object(kRecordType, "<Props><S N=\"Message\">&#xd800;</S></Props>"),
       {"a character that does not exist; kept as a reject "},
       {}},
      {"no event",
       Object("<TN><T>System.IO.FileInfo</T></TN>", "<Props><S N=\"Name\">a</S></Props>"),
       {"an object without a provider or an event number; kept as a reject "},
       {}},
      {"one that stands for one in front", "  <Ref RefId=\"0\" />\n", {}, {}},
      {"a value and text",
       "  <S>a</S>\nsome words\n",
       {},
       {"in: line 7: 2 lines from here on belong to no record; not used [text.outside-records]"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(File(whole + row.middle + whole));
    EXPECT_THAT(got.records, SizeIs(2));
    std::vector<std::string> rejects;
    for (const std::string& reason : row.rejects) {
      rejects.push_back("in: line 7, column 3: " + reason + "[clixml.event]");
    }
    EXPECT_EQ(got.rejects, rejects);
    EXPECT_EQ(got.notes, row.notes);
  }
}

// Objects of one's own do not say what they are, so that only their margin shows where they begin.
TEST(ClixmlImporterTest, TheMarginEndsAnObjectWithoutType) {
  const std::string whole =
      Object("<TNRef RefId=\"0\" />",
             "<MS><I32 N=\"Id\">1</I32><S N=\"ProviderName\">P</S><S N=\"LogName\">L</S></MS>");
  const auto got = ImportBytes(File(whole + whole.substr(0, 60) + "\n" + whole));
  EXPECT_EQ(got.importer, "clixml");
  EXPECT_THAT(got.records, SizeIs(2));
  EXPECT_THAT(got.rejects, ElementsAre("in: line 6, column 3: another event begins before this one "
                                       "ends; kept as a reject [clixml.event]"));
}

TEST(ClixmlImporterTest, CutOffAnywhere) {
  const std::string text = File(WinEvent() + WinEvent());
  const std::size_t first = text.find("</Obj>\n  <Obj ") + 6;
  const std::size_t second = text.rfind("</Obj>") + 6;
  for (std::size_t size = first; size < text.size(); ++size) {
    SCOPED_TRACE(size);
    const bool cuts_character = (text[size] & 0xc0) == 0x80;
    if (cuts_character) continue;
    const auto got = ImportBytes(text.substr(0, size));
    ASSERT_THAT(got.records, SizeIs(size >= second ? 2 : 1));
    // As long as nothing says that an event begins, the rest is text outside.
    ASSERT_LE(got.rejects.size() + got.notes.size(), 1u);
  }
  EXPECT_THAT(ImportBytes(text.substr(0, second - 1)).rejects,
              ElementsAre("in: line 7, column 3: the text ends before the event does; kept as a "
                          "reject [clixml.event]"));
}

TEST(ClixmlImporterTest, TheFrontMayBeLost) {
  const std::string text = File(WinEvent() + WinEvent() + WinEvent());
  const auto got = ImportBytes(text.substr(text.find("RecordId")));
  EXPECT_EQ(got.importer, "clixml");
  EXPECT_THAT(got.records, SizeIs(2));
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: 2 lines from here on belong to no record; not "
                                     "used [text.outside-records]"));
}

TEST(ClixmlImporterTest, ManyEventsAreReadThroughAWindow) {
  std::string objects;
  for (int i = 0; i < 3000; ++i) objects += WinEvent();
  for (const bool lines : {true, false}) {
    SCOPED_TRACE(lines);
    if (!lines) std::erase(objects, '\n');
    const auto got = ImportBytes(File(objects));
    EXPECT_THAT(got.records, SizeIs(3000));
    EXPECT_THAT(got.rejects, IsEmpty());
    EXPECT_THAT(got.notes, IsEmpty());
  }
}

TEST(ClixmlImporterTest, AnObjectWithoutEndIsBounded) {
  std::string text = kOpen + WinEvent() + WinEvent().substr(0, 400);
  text.append(3 * NestedElements::kLongest, 'x');
  const auto got = ImportBytes(text);
  EXPECT_THAT(got.records, SizeIs(1));
  EXPECT_THAT(got.rejects, ElementsAre("in: line 7, column 3: an event of more than 4 MiB; kept as "
                                       "a reject [clixml.event]"));
}

TEST(ClixmlImporterTest, DepthIsBounded) {
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "<Obj N=\"a\"><LST>";
  nested = "<Props><I32 N=\"Id\">1</I32><S N=\"ProviderName\">P</S>" + nested;
  for (int i = 0; i < 100'000; ++i) nested += "</LST></Obj>";
  const auto got = ImportBytes(File(Object(kRecordType, nested + "</Props>")));
  EXPECT_THAT(got.records, SizeIs(1));
}

TEST(ClixmlImporterTest, WhatIsNoExportOfEvents) {
  EXPECT_EQ(ImportBytes(kOpen + kClose).importer, "");
  EXPECT_EQ(ImportBytes(File("<S>a</S>")).importer, "");
  EXPECT_EQ(ImportBytes(File(Object("<TN><T>System.IO.FileInfo</T></TN>",
                                    "<Props><S N=\"Name\">a</S></Props>")))
                .importer,
            "");
  EXPECT_EQ(ImportBytes("Use Export-Clixml for a <Obj RefId=\"0\"> of the type "
                        "System.Diagnostics.Eventing.Reader.EventLogRecord")
                .importer,
            "");
}

TEST(ClixmlImporterTest, HostileText) {
  const std::string text = File(WinEvent() + WinEvent());
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    static_cast<void>(ImportBytes(import_test::Damager(seed).Damage(text)));
  }
}

}  // namespace
}  // namespace exdiag
