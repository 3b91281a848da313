// A record reads the same whatever was read before it: what is remembered of values, templates and
// names is never seen in what comes out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <tuple>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/evtx/evtx_builder.h"
#include "tests/importers/support/kept_evidence.h"

namespace exdiag::test {
namespace {

using ::testing::ElementsAre;
using Value = ChunkBuilder::TypedValue;

KeptEvidence Read(const std::vector<std::string>& chunks) {
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile(chunks), kept);
  EXPECT_EQ(kept.error, "");
  return kept;
}

// A template in which everything is a value.
void EverythingIsAValue(ChunkBuilder& chunk) {
  const auto leaf = [&](std::string_view name, std::uint16_t index, int dependency) {
    chunk.Open(name, dependency);
    chunk.CloseStart();
    chunk.OptionalValue(index, 0x01);
    chunk.Close();
  };
  const auto attribute = [&](std::string_view element, std::string_view name, std::uint16_t index) {
    chunk.OpenWithAttributes(element, [&] {
      chunk.Attribute(name);
      chunk.OptionalValue(index, 0x01);
    });
    chunk.CloseEmpty();
  };
  chunk.Fragment();
  chunk.Open("Event");
  chunk.CloseStart();
  chunk.Open("System");
  chunk.CloseStart();
  attribute("Provider", "Name", 0);
  leaf("EventID", 1, 1);
  leaf("Level", 2, kNoDependency);
  leaf("Task", 3, 3);
  leaf("Keywords", 4, kNoDependency);
  attribute("TimeCreated", "SystemTime", 5);
  leaf("EventRecordID", 6, 6);
  leaf("Channel", 7, 7);
  leaf("Computer", 8, 8);
  attribute("Security", "UserID", 9);
  chunk.Close();
  chunk.Open("EventData");
  chunk.CloseStart();
  leaf("Data", 10, kNoDependency);
  leaf("Data", 11, 11);
  chunk.Open("Data");
  chunk.CloseStart();
  chunk.Text("between ");
  chunk.Value(10, 0x01);
  chunk.Close();
  leaf("Binary", 12, kNoDependency);
  leaf("Data", 13, kNoDependency);  // there is no such value
  chunk.Close();
  chunk.Close();
  chunk.End();
}

// What may stand at each place; one of them for each record.
std::vector<std::vector<Value>> Choices() {
  const Value null(0x00, std::string());
  const std::string text = Utf16("seventeen and more");
  return {
      {{0x01, Utf16("ESE")}, {0x01, Utf16("Userenv")}, {0x01, Utf16("")}, {0x02, "Ansi"}, null},
      {{0x06, Bytes(std::uint16_t{7010})},
       {0x08, Bytes(std::uint32_t{0xC0041B62})},
       {0x01, Utf16("1000")},
       {0x06, "\x05"},  // half of one
       null},
      {{0x04, "\x02"}, {0x04, "\x09"}, {0x08, Bytes(std::uint32_t{3})}, null},
      {{0x06, Bytes(std::uint16_t{4})}, {0x01, Utf16(" 5 ")}, null},
      {{0x15, Bytes(kKeywordClassic)}, {0x0a, Bytes(std::uint64_t{17})}, {0x01, Utf16("0x80")}},
      {{0x11, Bytes(kSomeFileTime)},
       {0x11, Bytes(~std::uint64_t{0})},
       {0x01, Utf16("2021-06-04T08:41:48Z")}},
      {{0x0a, Bytes(std::uint64_t{7184})}, {0x08, Bytes(std::uint32_t{7185})}},
      {{0x01, Utf16("System")}, {0x01, Utf16("Application")}},
      {{0x01, Utf16("EX1.corp.example")}, {0x01, Utf16("EX2.corp.example")}},
      {{0x13, Sid(5, {18})}, {0x13, Sid(5, {21, 1004336348, 500})}, {0x13, "\x01"}, null},
      {{0x01, text},
       {0x01, Utf16("x")},
       {0x01, text + Bytes(std::uint16_t{0})},
       {0x08, Bytes(std::uint32_t{42})},
       {0x14, Bytes(std::uint32_t{42})},
       {0x14, "\x2a"},
       null},
      {{0x81, Utf16Array({"one", "", "three"})},
       {0x81, Utf16Array({"one", "two"}) + Utf16("no NUL") + "\x01"},
       {0x81, ""},
       {0x86, Bytes(std::uint32_t{0x00020001})},
       {0x01, text},
       null},
      {{0x0e, "\x05\x07"}, {0x0e, "\x05"}, {0x01, Utf16("0A0b")}, null},
  };
}

using Everything =
    std::tuple<std::string, std::string, std::string, std::string, std::vector<std::string>,
               std::vector<std::string>, std::vector<std::byte>, std::uint16_t, std::uint16_t,
               Level, std::uint16_t, std::uint64_t, std::int64_t, std::uint64_t>;

Everything AllOf(const KeptRecord& record) {
  return {record.provider,        record.channel,       record.computer,      record.user,
          record.strings,         record.names,         record.binary,        record.view.event_id,
          record.view.qualifiers, record.view.level,    record.view.category, record.view.keywords,
          record.view.time.value, record.view.record_id};
}

void PutRecord(ChunkBuilder& chunk, std::uint64_t id, const std::vector<Value>& values) {
  chunk.Record(id, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Instance(
        Guid("everything"), [&] { EverythingIsAValue(chunk); }, values);
    chunk.End();
  });
}

TEST(EvtxRepetitionTest, ValuesOfOtherTypesAndSizes) {
  std::mt19937 random(7);
  const auto choices = Choices();
  std::vector<std::string> chunks;
  std::vector<Everything> expected;
  for (int number = 0; number < 6; ++number) {
    ChunkBuilder chunk;
    for (std::uint64_t id = 1; id <= 60; ++id) {
      std::vector<Value> values;
      // Most records are like others.
      const auto common = random() % 3;
      for (const auto& choice : choices) {
        values.push_back(choice[common != 0 ? 0 : random() % choice.size()]);
      }
      PutRecord(chunk, id, values);
      ChunkBuilder alone;
      PutRecord(alone, 1, values);
      const KeptEvidence kept = Read({alone.Finish()});
      ASSERT_EQ(kept.records.size(), 1U);
      expected.push_back(AllOf(kept.records[0]));
    }
    chunks.push_back(chunk.Finish());
  }
  const KeptEvidence kept = Read(chunks);
  ASSERT_EQ(kept.records.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(AllOf(kept.records[i]), expected[i]) << "record " << i;
  }
}

TEST(EvtxRepetitionTest, EveryFieldOfTheCommonRecord) {
  ChunkBuilder chunk;
  std::vector<Value> values;
  for (const auto& choice : Choices()) values.push_back(choice[0]);
  PutRecord(chunk, 1, values);
  PutRecord(chunk, 2, values);
  const KeptEvidence kept = Read({chunk.Finish()});
  ASSERT_EQ(kept.records.size(), 2U);
  for (const KeptRecord& record : kept.records) {
    EXPECT_EQ(record.provider, "ESE");
    EXPECT_EQ(record.channel, "System");
    EXPECT_EQ(record.computer, "EX1.corp.example");
    EXPECT_EQ(record.user, "S-1-5-18");
    EXPECT_EQ(record.view.event_id, 7010);
    EXPECT_EQ(record.view.level, Level::kError);
    EXPECT_EQ(record.view.category, 4);
    EXPECT_EQ(record.view.keywords, kKeywordClassic);
    EXPECT_EQ(record.view.time.value, static_cast<std::int64_t>(kSomeFileTime));
    EXPECT_EQ(record.view.record_id, 7184U);
    EXPECT_THAT(record.strings, ElementsAre("seventeen and more", "one", "", "three",
                                            "between seventeen and more", ""));
    EXPECT_THAT(record.binary, ElementsAre(std::byte{5}, std::byte{7}));
  }
}

// Damage can point a nested instance at the template around it.
TEST(EvtxRepetitionTest, TemplateInItself) {
  ChunkBuilder chunk;
  const auto definition = [&] {
    chunk.Fragment();
    chunk.Open("Event");
    chunk.CloseStart();
    chunk.Open("System");
    chunk.CloseStart();
    chunk.OpenWithAttributes("Provider", [&] {
      chunk.Attribute("Name");
      chunk.Value(0, 0x01);
    });
    chunk.CloseEmpty();
    chunk.Close();
    chunk.Open("EventData");
    chunk.CloseStart();
    chunk.Value(1, 0x21);
    chunk.Open("Data");
    chunk.CloseStart();
    chunk.Value(2, 0x01);
    chunk.Close();
    chunk.Close();
    chunk.Close();
    chunk.End();
  };
  chunk.Record(1, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Instance(
        Guid("nested"), definition,
        {{0x01, Utf16("outer")},
         {0x21,
          [&] {
            chunk.Fragment();
            chunk.Instance(
                Guid("nested"), definition,
                {{0x01, Utf16("a longer inner one")}, {0x00, ""}, {0x01, Utf16("inner data")}});
            chunk.End();
          }},
         {0x01, Utf16("outer data")}});
    chunk.End();
  });
  const KeptEvidence kept = Read({chunk.Finish()});
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_EQ(kept.records[0].provider, "outer");
  EXPECT_EQ(kept.records[0].strings.back(), "outer data");
}

std::vector<std::string> ChunksOfSources(const std::array<std::string, 2>& sources) {
  std::vector<std::string> chunks;
  for (int number = 0; number < 3; ++number) {
    ChunkBuilder chunk;
    for (std::uint64_t id = 1; id <= 30; ++id) {
      ClassicEvent event;
      event.record_id = id;
      event.source = sources[id % 2];
      event.computer = id % 3 == 0 ? "EX1" : "EX2";
      event.channel = id % 7 == 0 ? "System" : "Application";
      event.sid = id % 5 == 0 ? "" : Sid(5, {static_cast<std::uint32_t>(id % 4)});
      chunk.Classic(event);
    }
    chunks.push_back(chunk.Finish());
  }
  return chunks;
}

TEST(EvtxRepetitionTest, SameNumbersMeanSameNamesInAllFiles) {
  std::map<std::uint64_t, std::tuple<std::string, std::string, std::string>> sources;
  std::map<std::uint64_t, std::string> users;
  for (const auto& file : {ChunksOfSources({"ESE", "MSExchangeIS"}), ChunksOfSources({"A", "B"})}) {
    for (const KeptRecord& record : Read(file).records) {
      const std::tuple names(record.provider, record.channel, record.computer);
      const std::uint64_t user = record.view.user_number;
      EXPECT_NE(record.view.source_number, 0U);
      EXPECT_EQ(sources.try_emplace(record.view.source_number, names).first->second, names);
      EXPECT_EQ(user == 0, record.user.empty());
      EXPECT_EQ(users.try_emplace(user, record.user).first->second, record.user);
    }
  }
  EXPECT_EQ(sources.size(), 14U);
  EXPECT_EQ(users.size(), 9U);
}

}  // namespace
}  // namespace exdiag::test
