#include "importers/evt/evt_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "tests/importers/evt/evt_builder.h"
#include "tests/importers/support/kept_evidence.h"

namespace exdiag::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

KeptEvidence Read(const std::string& file) {
  KeptEvidence kept;
  ImportInto(*MakeEvtImporter(), file, kept);
  return kept;
}

std::vector<std::uint64_t> Numbers(const KeptEvidence& kept) {
  std::vector<std::uint64_t> numbers;
  for (const KeptRecord& record : kept.records) numbers.push_back(record.view.record_id);
  return numbers;
}

std::vector<EvtEvent> Events(std::uint32_t count, std::uint32_t first_number = 1) {
  std::vector<EvtEvent> events;
  for (std::uint32_t i = 0; i < count; ++i) {
    events.push_back({.number = first_number + i, .strings = {"text"}});
  }
  return events;
}

std::string Hex(std::size_t number) {
  std::ostringstream text;
  text << "0x" << std::hex << number;
  return text.str();
}

// Of every record of Events().
std::size_t RecordSize() { return EvtRecord(Events(1)[0]).size(); }
std::size_t OffsetOf(std::size_t index) { return 48 + index * RecordSize(); }

TEST(EvtTest, WhatARecordCarries) {
  const std::string sid("\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0", 16);
  const KeptEvidence kept = Read(EvtFile({{.number = 7184,
                                           .sid = sid,
                                           .strings = {"5", "", "LYON", ""},
                                           .data = std::string("\x05\x00\x01", 3)}}));
  EXPECT_THAT(kept.complaints, IsEmpty());
  ASSERT_EQ(kept.records.size(), 1U);
  const KeptRecord& record = kept.records[0];
  EXPECT_EQ(record.provider, "MSExchangeMTA");
  EXPECT_EQ(record.computer, "BREST");
  EXPECT_EQ(record.channel, "");
  EXPECT_EQ(record.user, "S-1-5-32-544");
  EXPECT_EQ(record.view.event_id, 9322);
  EXPECT_EQ(record.view.qualifiers, 0xC000);
  EXPECT_EQ(record.view.level, Level::kWarning);
  EXPECT_EQ(record.view.keywords, 0U);
  EXPECT_EQ(record.view.category, 3);
  EXPECT_EQ(record.view.record_id, 7184U);
  EXPECT_EQ(FormatTime(record.view.time, record.view.time_basis), "1999-11-02T19:05:31Z");
  EXPECT_EQ(record.view.time_precision, TimePrecision::kSecond);
  EXPECT_TRUE(record.view.has_strings);
  EXPECT_THAT(record.strings, ElementsAre("5", "", "LYON", ""));
  EXPECT_THAT(record.names, IsEmpty());
  EXPECT_THAT(record.binary, ElementsAre(std::byte{5}, std::byte{0}, std::byte{1}));
  EXPECT_FALSE(record.view.recovered);
  EXPECT_EQ(record.view.place, Place::Offset(48));
}

TEST(EvtTest, LevelComesFromTheTypeNotFromTheEventId) {
  struct {
    std::uint16_t type;
    Level level;
    std::uint64_t keywords;
  } constexpr kCases[] = {
      {0, Level::kInformation, 0},
      {1, Level::kError, 0},
      {2, Level::kWarning, 0},
      {4, Level::kInformation, 0},
      {8, Level::kLogAlways, kKeywordAuditSuccess},
      {16, Level::kLogAlways, kKeywordAuditFailure},
  };
  for (const auto& row : kCases) {
    const KeptEvidence kept = Read(EvtFile({{.event_id = 0xC0000001, .type = row.type}}));
    ASSERT_EQ(kept.records.size(), 1U);
    EXPECT_EQ(kept.records[0].view.level, row.level) << row.type;
    EXPECT_EQ(kept.records[0].view.keywords, row.keywords) << row.type;
    EXPECT_TRUE(kept.records[0].view.has_strings);
  }
}

// A ring of every size that ends a record elsewhere: split in the strings, just behind the fixed
// part, at the very end of the file, and filled up.
TEST(EvtTest, WrappedLogs) {
  const std::vector<EvtEvent> events = Events(10, 100);
  const auto record = static_cast<std::uint32_t>(RecordSize());
  for (std::uint32_t rest = 0; rest <= record; rest += 4) {
    const std::uint32_t start = 48 + 20 * record;
    const KeptEvidence kept = Read(EvtRing(events, start + 4 * record + rest, start));
    EXPECT_THAT(Numbers(kept), ElementsAre(100, 101, 102, 103, 104, 105, 106, 107, 108, 109))
        << rest;
    EXPECT_THAT(kept.complaints, IsEmpty()) << rest;
    for (const KeptRecord& one : kept.records) EXPECT_THAT(one.strings, ElementsAre("text"));
  }
}

// What is left of the log behind its end-of-file record.
TEST(EvtTest, OlderRecordsAreRecoveredOnceAndCopiesLeftOut) {
  const std::string older = EvtRecord({.number = 3, .strings = {"older"}});
  const std::string copy = EvtRecord(Events(1, 10)[0]);
  const KeptEvidence kept = Read(EvtFile(Events(2, 10)) + older + copy + older);
  EXPECT_THAT(Numbers(kept), ElementsAre(10, 11, 3));
  EXPECT_FALSE(kept.records[1].view.recovered);
  EXPECT_TRUE(kept.records[2].view.recovered);
  EXPECT_THAT(
      kept.complaints,
      ElementsAre("test: 2 older copies of records, equal to the byte, lie outside the log; "
                  "left out [evt.copies]"));
}

TEST(EvtTest, RecordsInsideBinaryDataAreData) {
  std::vector<EvtEvent> events = Events(3);
  for (EvtEvent& event : events) event.data = EvtRecord({.number = 99});
  EXPECT_THAT(Numbers(Read(EvtFile(events))), ElementsAre(1, 2, 3));
}

struct Case {
  const char* why;
  std::function<void(std::string&)> damage;
  std::size_t records;
  std::vector<std::string> complaints;
  std::string error;
};

std::string U32(std::uint32_t value) {
  return {static_cast<char>(value), static_cast<char>(value >> 8), static_cast<char>(value >> 16),
          static_cast<char>(value >> 24)};
}

// Ten records, of which the third is damaged.
TEST(EvtTest, Damage) {
  const std::size_t third = OffsetOf(2);
  const std::string at_third = "test: offset " + Hex(third) + ": ";
  const std::string read_on = "; kept as a reject, read on at " + Hex(OffsetOf(3));
  const auto poke = [=](std::size_t offset, std::string bytes) {
    return [=](std::string& file) { file.replace(third + offset, bytes.size(), bytes); };
  };
  const auto lacks = [&](const std::string& part) {
    return std::vector<std::string>{at_third + "of the record cannot be read: " + part +
                                    "; it is kept with what can [evt.record.part]"};
  };
  const Case cases[] = {
      {"sound", [](std::string&) {}, 10, {}, ""},
      {"empty file",
       [](std::string& f) { f.clear(); },
       0,
       {},
       "test: the file is empty; nothing read"},
      {"cut inside the header",
       [](std::string& f) { f.resize(40); },
       0,
       {},
       "test: the file ends inside its header (40 bytes); nothing read"},
      {"signature lost",
       [](std::string& f) { f[4] = 'x'; },
       10,
       {"test: offset 0x0: no file signature (LfLe); records are looked for all the same "
        "[evt.file.signature]"},
       ""},
      {"header of a log copied in use: the end-of-file record is right",
       [](std::string& f) { f.replace(0, 48, EvtHeader(48, 48, 1, 0, 65536, kDirty)); },
       10,
       {},
       ""},
      {"header points nowhere",
       [](std::string& f) { f.replace(16, 8, std::string(8, '\xff')); },
       10,
       {},
       ""},
      {"no end-of-file record",
       [](std::string& f) { f.replace(f.size() - 40, 40, 40, '\0'); },
       10,
       {"test: no end-of-file record; records are read up to the end of the file [evt.file.eof]"},
       ""},
      {"cut inside a record",
       [](std::string& f) { f.resize(OffsetOf(5) + 100); },
       5,
       {"test: no end-of-file record; records are read up to the end of the file [evt.file.eof]",
        "test: offset " + Hex(OffsetOf(5)) + ": record size " + std::to_string(RecordSize()) +
            " is not confirmed at the record's end; kept as a reject, no more behind them "
            "[evt.record.size]"},
       ""},
      {"size 0",
       poke(0, U32(0)),
       9,
       {at_third + "record size 0 is not confirmed at the record's end" + read_on +
        " [evt.record.size]"},
       ""},
      {"size past everything",
       poke(0, U32(0x7ffffffc)),
       9,
       {at_third + "record size 2147483644 is not confirmed at the record's end" + read_on +
        " [evt.record.size]"},
       ""},
      {"signature of a record lost",
       poke(4, "x"),
       9,
       {at_third + std::to_string(RecordSize()) + " bytes that no record begins with" + read_on +
        " [evt.record.size]"},
       ""},
      {"copy of the size differs",
       poke(RecordSize() - 4, U32(1)),
       10,
       {at_third + "the size of the record and its copy differ; kept as recovered "
                   "[evt.record.copy]"},
       ""},
      {"zeroed",
       poke(0, std::string(RecordSize(), '\0')),
       9,
       {at_third + std::to_string(RecordSize()) +
        " zero bytes where a record should begin; read on at " + Hex(OffsetOf(3)) + " [evt.gap]"},
       ""},
      {"more strings than there are", poke(26, "\xff\xff"), 10, lacks("its strings"), ""},
      {"offset of the strings", poke(36, U32(0xfffffff0)), 10, lacks("its strings"), ""},
      {"size of the SID", poke(40, U32(0xffffffff)), 10, lacks("its user"), ""},
      {"size of the data", poke(48, U32(0xfffffff0)), 10, lacks("its data"), ""},
      {"offset of the SID that is not there", poke(44, U32(0xffffffff)), 10, {}, ""},
  };
  for (const Case& row : cases) {
    std::string file = EvtFile(Events(10));
    row.damage(file);
    const KeptEvidence kept = Read(file);
    EXPECT_EQ(kept.records.size(), row.records) << row.why;
    EXPECT_THAT(kept.complaints, ElementsAreArray(row.complaints)) << row.why;
    EXPECT_EQ(kept.error, row.error) << row.why;
  }
}

TEST(EvtTest, TheSinkStopsTheReading) {
  KeptEvidence kept;
  kept.stop_after = 2;
  ImportInto(*MakeEvtImporter(), EvtFile(Events(5)), kept);
  EXPECT_EQ(kept.records.size(), 2U);
}

// What was carved from a disk, at any alignment.
TEST(EvtTest, ALogIsFoundBehindJunkAndWithoutItsHeader) {
  const std::string saved = EvtFile(Events(4));
  const std::string junk(331, 'x');
  // Of the ring below record 5 crosses the end of the file.
  const auto ring_size = static_cast<std::uint32_t>(OffsetOf(8));
  const std::string ring =
      EvtRing(Events(6), ring_size, static_cast<std::uint32_t>(ring_size - 4 * RecordSize() - 60));
  const std::string no_eof = saved.substr(0, OffsetOf(4));
  const std::string signature =
      "test: offset 0x0: no file signature (LfLe); records are looked for all the same "
      "[evt.file.signature]";
  const std::string front =
      "test: offset 0x0: 331 bytes in front of the log; skipped "
      "[evt.file.front]";
  const std::string eof =
      "test: no end-of-file record; records are read up to the end of the "
      "file [evt.file.eof]";
  const struct {
    const char* why;
    std::string file;
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> complaints;
  } kCases[] = {
      {"junk in front", junk + saved, {1, 2, 3, 4}, {front}},
      {"header cut off", saved.substr(48), {1, 2, 3, 4}, {signature}},
      {"header zeroed", std::string(48, '\0') + saved.substr(48), {1, 2, 3, 4}, {signature}},
      {"junk in the place of the header",
       junk + saved.substr(48),
       {1, 2, 3, 4},
       {"test: offset 0x0: 283 bytes in front of the log; skipped [evt.file.front]", signature}},
      {"ring without header: the split record too",
       ring.substr(48),
       {1, 2, 3, 4, 5, 6},
       {signature}},
      {"ring behind junk", junk + ring, {1, 2, 3, 4, 5, 6}, {front}},
      {"neither header nor end-of-file record",
       junk + no_eof.substr(48),
       {1, 2, 3, 4},
       {"test: offset 0x0: 283 bytes in front of the log; skipped [evt.file.front]", signature,
        eof}},
      {"garbage behind the end", saved + junk, {1, 2, 3, 4}, {}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto source = MemorySource(row.file);
    const Importer* const importer = FindImporter(*source);
    ASSERT_NE(importer, nullptr);
    EXPECT_EQ(importer->name(), "evt");
    const KeptEvidence kept = Read(row.file);
    EXPECT_EQ(Numbers(kept), row.numbers);
    EXPECT_THAT(kept.complaints, ElementsAreArray(row.complaints));
  }
}

TEST(EvtTest, PlacesAreThoseOfTheFile) {
  const std::string junk(331, 'x');
  const KeptEvidence behind = Read(junk + EvtFile(Events(2)));
  ASSERT_EQ(behind.records.size(), 2U);
  EXPECT_EQ(behind.records[0].view.place, Place::Offset(331 + 48));
  const KeptEvidence cut = Read(EvtFile(Events(2)).substr(48));
  ASSERT_EQ(cut.records.size(), 2U);
  EXPECT_EQ(cut.records[0].view.place, Place::Offset(0));
}

// The front of the log is gone with more than the header; the end-of-file record tells how much.
TEST(EvtTest, AFrontThatIsMissingCostsItsRecords) {
  EXPECT_THAT(Numbers(Read(EvtFile(Events(5)).substr(OffsetOf(1) + 10))), ElementsAre(3, 4, 5));
}

TEST(EvtTest, Recognised) {
  const auto recognises = [](const std::string& bytes) {
    return MakeEvtImporter()->Recognises({std::as_bytes(std::span(bytes)), {}});
  };
  std::string file = EvtFile(Events(1));
  EXPECT_TRUE(recognises(file));
  file[4] = 'x';
  EXPECT_TRUE(recognises(file));
  file[0] = 'x';
  EXPECT_FALSE(recognises(file));
  EXPECT_FALSE(recognises(""));
  EXPECT_FALSE(recognises("0\0\0\0"));
}

}  // namespace
}  // namespace exdiag::test
