// What comes out of sound records of every kind that Windows writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/evtx/evtx_builder.h"
#include "tests/importers/support/kept_evidence.h"

namespace exdiag::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The evidence of one sound chunk; complaints fail the test.
KeptEvidence ReadChunk(const ChunkBuilder& chunk, const ImportOptions& options = {}) {
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({chunk.Finish()}), kept, options);
  EXPECT_THAT(kept.complaints, IsEmpty());
  EXPECT_EQ(kept.error, "");
  return kept;
}

// System of an event without a template, as forwarded events carry it.
void ForwardedSystem(ChunkBuilder& chunk) {
  const auto leaf = [&](std::string_view name, std::string_view text) {
    chunk.Leaf(name, text, kOutsideTemplate);
  };
  chunk.Open("System", kOutsideTemplate);
  chunk.CloseStart();
  chunk.OpenWithAttributes(
      "Provider",
      [&] {
        chunk.Attribute("Name");
        chunk.Text("MSExchange CmdletLogs");
      },
      kOutsideTemplate);
  chunk.CloseEmpty();
  chunk.OpenWithAttributes(
      "EventID",
      [&] {
        chunk.Attribute("Qualifiers");
        chunk.Text("49152");
      },
      kOutsideTemplate);
  chunk.CloseStart();
  chunk.Text("6");
  chunk.Close();
  leaf("Level", "2");
  leaf("Task", "1");
  leaf("Keywords", "0x80000000000000");
  chunk.OpenWithAttributes(
      "TimeCreated",
      [&] {
        chunk.Attribute("SystemTime");
        chunk.Text("2021-06-04T08:41:47.982128000Z");
      },
      kOutsideTemplate);
  chunk.CloseEmpty();
  leaf("EventRecordID", "7184");
  leaf("Channel", "MSExchange Management");
  leaf("Computer", "EX1.corp.example");
  chunk.Close();
}

TEST(EvtxEventTest, ClassicEventWithEmptyStringsAndData) {
  ChunkBuilder chunk;
  chunk.Classic({.record_id = 7184,
                 .sid = Sid(5, {21, 1004336348, 500}),
                 .strings = {"first", "", "third", ""},
                 .binary = std::string("\x05\x00\x07\x80", 4)});
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  const KeptRecord& record = kept.records[0];
  EXPECT_EQ(record.provider, "MSExchangeTransport");
  EXPECT_EQ(record.computer, "EX1.corp.example");
  EXPECT_EQ(record.channel, "Application");
  EXPECT_EQ(record.user, "S-1-5-21-1004336348-500");
  EXPECT_EQ(record.view.event_id, 7010);
  EXPECT_EQ(record.view.qualifiers, 0xC004);
  EXPECT_EQ(record.view.level, Level::kError);
  EXPECT_EQ(record.view.category, 4);
  EXPECT_EQ(record.view.keywords, kKeywordClassic);
  EXPECT_EQ(record.view.record_id, 7184U);
  EXPECT_EQ(FormatTime(record.view.time, record.view.time_basis), "2021-06-04T08:41:47.982128Z");
  EXPECT_EQ(record.view.time_precision, TimePrecision::kTicks);
  EXPECT_TRUE(record.view.has_strings);
  EXPECT_THAT(record.strings, ElementsAre("first", "", "third", ""));
  EXPECT_THAT(record.names, IsEmpty());
  EXPECT_THAT(record.binary,
              ElementsAre(std::byte{5}, std::byte{0}, std::byte{7}, std::byte{0x80}));
  EXPECT_FALSE(record.view.recovered);
  EXPECT_EQ(record.view.place, Place::Offset(4096 + 512));
}

TEST(EvtxEventTest, NoStringsIsNotNotExported) {
  ChunkBuilder chunk;
  chunk.Classic({});
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_TRUE(kept.records[0].view.has_strings);
  EXPECT_THAT(kept.records[0].strings, IsEmpty());
  EXPECT_EQ(kept.records[0].user, "");
}

// Saved logs are renumbered, and their record headers carry the time of the next event.
TEST(EvtxEventTest, RecordHeadersDecideNothing) {
  ChunkBuilder chunk;
  const std::size_t at = chunk.Classic({.record_id = 7187});
  std::string bytes = chunk.Finish();
  Poke(bytes, at + 8, Bytes(std::uint64_t{1}) + Bytes(kSomeFileTime + 590'000));
  FixChunkCrcs(bytes);
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({bytes}), kept);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_EQ(kept.records[0].view.record_id, 7187U);
  EXPECT_EQ(kept.records[0].view.time.value, static_cast<std::int64_t>(kSomeFileTime));
  EXPECT_FALSE(kept.records[0].view.recovered);
}

TEST(EvtxEventTest, TemplatesOfOneChunkDoNotServeTheNext) {
  // The second chunk has other names in front of its template, so the same offsets mean others.
  ChunkBuilder first;
  first.Classic({.source = "A", .strings = {"one"}});
  first.Classic({.source = "B", .strings = {"two"}});
  first.Classic({.source = "A", .strings = {"three"}});
  ChunkBuilder second;
  second.Classic({.source = "B", .strings = {"four"}});
  second.Classic({.source = "A", .strings = {"five"}});
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({first.Finish(), second.Finish()}), kept);
  std::vector<std::string> seen;
  for (const KeptRecord& record : kept.records) {
    seen.push_back(record.provider + " " + record.strings.at(0));
  }
  EXPECT_THAT(seen, ElementsAre("A one", "B two", "A three", "B four", "A five"));
  EXPECT_THAT(kept.complaints, IsEmpty());
}

TEST(EvtxEventTest, SameGuidAndSizeButAnotherBody) {
  const auto record = [](ChunkBuilder& chunk, std::string_view name) {
    chunk.Record(1, 0, [&] {
      chunk.Fragment();
      chunk.Instance(Guid("same"),
                     [&] {
                       chunk.Open("Event");
                       chunk.CloseStart();
                       chunk.Open("EventData");
                       chunk.CloseStart();
                       chunk.OpenWithAttributes("Data", [&] {
                         chunk.Attribute("Name");
                         chunk.Text(name);
                       });
                       chunk.CloseStart();
                       chunk.Value(0, 0x01);
                       chunk.Close();
                       chunk.Close();
                       chunk.Close();
                       chunk.End();
                     },
                     {{0x01, Utf16("x")}});
      chunk.End();
    });
  };
  ChunkBuilder first;
  record(first, "First");
  ChunkBuilder second;
  record(second, "Other");
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({first.Finish(), second.Finish()}), kept);
  ASSERT_EQ(kept.records.size(), 2U);
  EXPECT_THAT(kept.records[0].names, ElementsAre("First"));
  EXPECT_THAT(kept.records[1].names, ElementsAre("Other"));
}

// A manifest provider: everything is a value, the data have names, NULLs keep their place.
TEST(EvtxEventTest, ManifestEventHasNamedValues) {
  ChunkBuilder chunk;
  const auto data = [&](std::string_view name, std::uint16_t index, std::uint8_t type) {
    chunk.OpenWithAttributes(
        "Data",
        [&] {
          chunk.Attribute("Name");
          chunk.Text(name);
        },
        index);
    chunk.CloseStart();
    chunk.OptionalValue(index, type);
    chunk.Close();
  };
  const auto event_data = [&] {
    chunk.Instance(Guid("Data"),
                   [&] {
                     chunk.Fragment();
                     chunk.OpenWithAttributes("EventData", [&] {
                       chunk.Attribute("Name");
                       chunk.Text("TaskName");
                     });
                     chunk.CloseStart();
                     data("Port", 0, 0x08);
                     data("Missing", 1, 0x01);
                     data("Peers", 2, 0x81);
                     chunk.Open("ComplexData");
                     chunk.CloseStart();
                     chunk.Value(3, 0x0e);
                     chunk.Close();
                     chunk.Close();
                     chunk.End();
                   },
                   {{0x08, Bytes(std::uint32_t{102})},
                    {0x00, std::string()},
                    {0x81, Utf16Array({"a", "", "b"})},
                    {0x0e, std::string("\x0a\xff")}});
  };
  chunk.Record(5, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Instance(Guid("System"),
                   [&] {
                     chunk.Fragment();
                     chunk.Open("Event");
                     chunk.CloseStart();
                     chunk.Open("System");
                     chunk.CloseStart();
                     chunk.OpenWithAttributes("Provider", [&] {
                       chunk.Raw("\x46");  // more attributes follow
                       chunk.Name("Name");
                       chunk.OptionalValue(0, 0x01);
                       chunk.Attribute("EventSourceName");
                       chunk.OptionalValue(1, 0x01);
                     });
                     chunk.CloseEmpty();
                     chunk.Open("EventID");
                     chunk.CloseStart();
                     chunk.Value(2, 0x06);
                     chunk.Close();
                     chunk.OpenWithAttributes("TimeCreated", [&] {
                       chunk.Attribute("SystemTime");
                       chunk.Value(3, 0x11);
                     });
                     chunk.CloseEmpty();
                     chunk.Close();
                     chunk.OptionalValue(4, 0x21);
                     chunk.Close();
                     chunk.End();
                   },
                   {{0x01, Utf16("Microsoft-Windows-Wininit") + std::string(2, '\0')},
                    {0x01, Utf16("Wininit")},
                    {0x06, Bytes(std::uint16_t{1001})},
                    {0x11, Bytes(kSomeFileTime)},
                    {0x21, event_data}});
    chunk.End();
  });
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  const KeptRecord& record = kept.records[0];
  EXPECT_EQ(record.provider, "Microsoft-Windows-Wininit");
  EXPECT_EQ(record.view.event_id, 1001);
  EXPECT_THAT(record.strings, ElementsAre("102", "", "a", "", "b", "0AFF"));
  EXPECT_THAT(record.names,
              ElementsAre("Port", "Missing", "Peers", "Peers", "Peers", "ComplexData"));
}

// Forwarded events: no template, no dependency ids, numbers as text, the rendered message inside.
TEST(EvtxEventTest, ForwardedEventWithRenderingInfo) {
  ChunkBuilder chunk;
  chunk.Record(1, kSomeFileTime + 36'000'000'000, [&] {
    chunk.Fragment();
    chunk.Open("Event", kOutsideTemplate);
    chunk.CloseStart();
    ForwardedSystem(chunk);
    chunk.Open("EventData", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Leaf("Data", "Get-Mailbox", kOutsideTemplate);
    chunk.Open("Data", kOutsideTemplate);
    chunk.CloseEmpty();
    chunk.Open("Data", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Text("a ");
    chunk.Raw("\x09");
    chunk.Name("amp");
    chunk.Raw(std::string("\x08\x20\x00", 3));
    chunk.Raw(std::string("\x07\x03\x00", 3) + Utf16("<b>"));
    chunk.Close();
    chunk.Leaf("Binary", "0A0B", kOutsideTemplate);
    chunk.Close();
    chunk.Open("RenderingInfo", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Leaf("Message", "Cmdlet failed.", kOutsideTemplate);
    chunk.Leaf("Level", "Error", kOutsideTemplate);
    chunk.Leaf("Task", "General ", kOutsideTemplate);
    chunk.Close();
    chunk.Open("SubscriptionBookmarkEvent", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Leaf("SubscriptionId", "7", kOutsideTemplate);
    chunk.Close();
    chunk.Close();
    chunk.End();
  });
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  const KeptRecord& record = kept.records[0];
  EXPECT_EQ(record.provider, "MSExchange CmdletLogs");
  EXPECT_EQ(record.view.event_id, 6);
  EXPECT_EQ(record.view.qualifiers, 49152);
  EXPECT_EQ(record.view.level, Level::kError);
  EXPECT_EQ(record.view.category, 1);
  EXPECT_EQ(record.view.keywords, kKeywordClassic);
  EXPECT_EQ(record.view.record_id, 7184U);
  EXPECT_EQ(FormatTime(record.view.time, record.view.time_basis), "2021-06-04T08:41:47.982128Z");
  EXPECT_EQ(record.channel, "MSExchange Management");
  EXPECT_THAT(record.strings, ElementsAre("Get-Mailbox", "", "a & <b>"));
  EXPECT_THAT(record.binary, ElementsAre(std::byte{10}, std::byte{11}));
  EXPECT_EQ(record.message, "Cmdlet failed.");
  EXPECT_EQ(record.category_text, "General");
}

// UserData: leaf elements and attributes count as strings, in the order of the template.
TEST(EvtxEventTest, UserDataBecomesNamedValues) {
  ChunkBuilder chunk;
  chunk.Record(1, 0, [&] {
    chunk.Fragment();
    chunk.Open("Event", kOutsideTemplate);
    chunk.CloseStart();
    ForwardedSystem(chunk);
    chunk.Open("UserData", kOutsideTemplate);
    chunk.CloseStart();
    chunk.OpenWithAttributes(
        "EventXML",
        [&] {
          chunk.Attribute("xmlns:auto-ns2");
          chunk.Text("x");
        },
        kOutsideTemplate);
    chunk.CloseStart();
    chunk.OpenWithAttributes(
        "Error",
        [&] {
          chunk.Attribute("Code");
          chunk.Text("15007");
        },
        kOutsideTemplate);
    chunk.CloseEmpty();
    chunk.Leaf("Path", "C:\\exchsrvr", kOutsideTemplate);
    chunk.Open("Inner", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Leaf("Path", "D:\\", kOutsideTemplate);
    chunk.Close();
    chunk.Close();
    chunk.Close();
    chunk.Close();
    chunk.End();
  });
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_THAT(kept.records[0].strings, ElementsAre("15007", "C:\\exchsrvr", "D:\\"));
  EXPECT_THAT(kept.records[0].names, ElementsAre("Error@Code", "Path", "Path"));
}

TEST(EvtxEventTest, NullDependencyLeavesAnElementOutButKeepsItsPlace) {
  ChunkBuilder chunk;
  chunk.Record(1, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Instance(Guid("dependent"),
                   [&] {
                     chunk.Open("Event");
                     chunk.CloseStart();
                     chunk.Open("EventData");
                     chunk.CloseStart();
                     chunk.Open("Data", 1);  // depends on another value than it shows
                     chunk.CloseStart();
                     chunk.Text("code ");
                     chunk.Value(0, 0x01);
                     chunk.Close();
                     chunk.Open("Data");
                     chunk.CloseStart();
                     chunk.Text("code ");
                     chunk.Value(0, 0x01);
                     chunk.Close();
                     chunk.Close();
                     chunk.Close();
                     chunk.End();
                   },
                   {{0x01, Utf16("5")}, {0x00, std::string("gone")}});
    chunk.End();
  });
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_THAT(kept.records[0].strings, ElementsAre("", "code 5"));
}

// Without TimeCreated there is only the header's time, which may be another event's.
TEST(EvtxEventTest, HeaderTimeIsTheLastResort) {
  ChunkBuilder chunk;
  chunk.Record(1, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Leaf("Event", "", kOutsideTemplate);
    chunk.End();
  });
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_EQ(kept.records[0].view.time.value, static_cast<std::int64_t>(kSomeFileTime));
  EXPECT_TRUE(kept.records[0].view.recovered);
}

TEST(EvtxEventTest, InstanceIdInPlaceOfTheEventId) {
  ChunkBuilder chunk;
  chunk.Record(1, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Open("Event", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Open("System", kOutsideTemplate);
    chunk.CloseStart();
    chunk.Leaf("EventID", "1073748860", kOutsideTemplate);
    chunk.Close();
    chunk.Close();
    chunk.End();
  });
  const KeptEvidence kept = ReadChunk(chunk);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_EQ(kept.records[0].view.event_id, 7036);
  EXPECT_EQ(kept.records[0].view.qualifiers, 0x4000);
}

TEST(EvtxEventTest, TheSinkStopsTheReading) {
  ChunkBuilder chunk;
  for (int i = 0; i < 5; ++i) chunk.Classic({});
  KeptEvidence kept;
  kept.stop_after = 2;
  ImportInto(*MakeEvtxImporter(), EvtxFile({chunk.Finish()}), kept);
  EXPECT_EQ(kept.records.size(), 2U);
}

}  // namespace
}  // namespace exdiag::test
