// Logs that are not where a log should be: carved from a disk, cut in front, put together, and what
// is left in the free space of chunks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/evtx/evtx_builder.h"
#include "tests/importers/support/kept_evidence.h"

namespace exdiag::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// A chunk of five classic records, the first of which holds the template of all.
struct FiveRecords {
  std::string chunk;
  std::vector<std::size_t> offsets;  // in the chunk
  std::size_t end = 0;
};

FiveRecords Five(std::uint64_t first_id, const std::string& text) {
  ChunkBuilder builder;
  FiveRecords five;
  for (std::uint64_t i = 0; i < 5; ++i) {
    five.offsets.push_back(builder.Classic({.record_id = first_id + i, .strings = {text}}));
  }
  five.end = builder.size();
  five.chunk = builder.Finish();
  return five;
}

// Says that the records of `chunk` end in front of `offset`, where one of them begins.
void EndAt(std::string& chunk, std::size_t last_record, std::size_t offset) {
  Poke(chunk, 44, Bytes(static_cast<std::uint32_t>(last_record)));
  Poke(chunk, 48, Bytes(static_cast<std::uint32_t>(offset)));
  FixChunkCrcs(chunk);
}

std::string FileHeader() { return EvtxFile({}); }

std::string Junk(std::size_t size) {
  std::string junk;
  for (std::size_t i = 0; i < size; ++i) junk.push_back(static_cast<char>(i * 73 + 1));
  return junk;
}

std::vector<std::uint64_t> Ids(const KeptEvidence& kept, bool recovered) {
  std::vector<std::uint64_t> ids;
  for (const KeptRecord& record : kept.records) {
    if (record.view.recovered == recovered) ids.push_back(record.view.record_id);
  }
  return ids;
}

struct Case {
  const char* why;
  std::string file;
  std::vector<std::uint64_t> sound;
  std::vector<std::uint64_t> recovered;
  std::vector<std::string> complaints;
};

void Expect(const Case& row) {
  SCOPED_TRACE(row.why);
  const auto source = MemorySource(row.file);
  const Importer* const importer = FindImporter(*source);
  ASSERT_NE(importer, nullptr);
  EXPECT_EQ(importer->name(), "evtx");
  KeptEvidence kept;
  ImportInto(*importer, row.file, kept);
  EXPECT_EQ(Ids(kept, false), row.sound);
  EXPECT_EQ(Ids(kept, true), row.recovered);
  EXPECT_THAT(kept.complaints, ElementsAreArray(row.complaints));
  EXPECT_EQ(kept.error, "");
  for (const KeptRecord& record : kept.records) {
    EXPECT_EQ(record.provider, "MSExchangeTransport");
    EXPECT_THAT(record.strings, ElementsAre("text"));
  }
}

TEST(EvtxFreeSpaceTest, OlderRecordsAreKeptAndCopiesAreNot) {
  const FiveRecords first = Five(1, "text");
  FiveRecords older = Five(1, "text");
  EndAt(older.chunk, older.offsets[2], older.offsets[3]);
  // The writer's memory still held the end of the first chunk when it wrote the second.
  FiveRecords second = Five(6, "text");
  second.chunk.replace(second.offsets[3], second.end - second.offsets[3],
                       first.chunk.substr(second.offsets[3], second.end - second.offsets[3]));
  EndAt(second.chunk, second.offsets[2], second.offsets[3]);
  FiveRecords lost = Five(1, "text");
  EndAt(lost.chunk, lost.offsets[2], lost.offsets[3]);
  Poke(lost.chunk, lost.offsets[4] + 24 + 6, std::string(8, '\xff'));
  const std::string note = "test: 2 whole records lie in the free space of chunks: ";
  const Case cases[] = {
      {"older ones",
       EvtxFile({older.chunk}),
       {1, 2, 3},
       {4, 5},
       {note + "2 older ones are kept as recovered, 0 are copies of records of the log, 0 cannot "
               "be decoded any more [evtx.older]"}},
      {"copies of the chunk in front",
       EvtxFile({first.chunk, second.chunk}),
       {1, 2, 3, 4, 5, 6, 7, 8},
       {},
       {note + "0 older ones are kept as recovered, 2 are copies of records of the log, 0 cannot "
               "be decoded any more [evtx.older]"}},
      {"and of one behind",
       EvtxFile({second.chunk, first.chunk}),
       {6, 7, 8, 1, 2, 3, 4, 5},
       {},
       {note + "0 older ones are kept as recovered, 2 are copies of records of the log, 0 cannot "
               "be decoded any more [evtx.older]"}},
      {"one without its template",
       EvtxFile({lost.chunk}),
       {1, 2, 3},
       {4},
       {note + "1 older ones are kept as recovered, 0 are copies of records of the log, 1 cannot "
               "be decoded any more [evtx.older]"}},
  };
  for (const Case& row : cases) Expect(row);
}

// Without the header nothing says where the log ends but that its numbers go on.
TEST(EvtxFreeSpaceTest, WrongOffsetDoesNotMakeOlderRecordsPartOfTheLog) {
  FiveRecords five = Five(10, "text");
  const FiveRecords older = Five(1, "text");
  five.chunk.replace(five.offsets[3], five.end - five.offsets[3],
                     older.chunk.substr(five.offsets[3], five.end - five.offsets[3]));
  Poke(five.chunk, 48, Bytes(std::uint32_t{0}));
  FixChunkCrcs(five.chunk);
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({five.chunk}), kept);
  EXPECT_THAT(Ids(kept, false), ElementsAre(10, 11, 12));
  EXPECT_THAT(Ids(kept, true), ElementsAre(4, 5));
}

TEST(EvtxCarvedTest, ChunksAreFoundWhereverTheyLie) {
  const FiveRecords one = Five(1, "text");
  const FiveRecords two = Five(6, "text");
  std::string no_magic = one.chunk;
  no_magic.replace(0, 512, 512, 'x');
  const std::string signature =
      "test: offset 0x0: no file signature (ElfFile); chunks are looked for all the same "
      "[evtx.file.signature]";
  const auto skipped = [](const std::string& place, std::size_t size) {
    return "test: offset " + place + ": no chunk signature (ElfChnk) and no record; " +
           std::to_string(size) + " bytes skipped [evtx.chunk.signature]";
  };
  const auto found = [](const std::string& place) {
    return "test: offset " + place +
           ": no chunk signature (ElfChnk); 5 records were found in it "
           "by their own signatures [evtx.chunk.signature]";
  };
  const Case cases[] = {
      {"file header zeroed", std::string(4096, '\0') + one.chunk, {1, 2, 3, 4, 5}, {}, {signature}},
      {"a little junk in front",
       Junk(1237) + one.chunk + two.chunk,
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
       {},
       {signature, skipped("0x0", 1237)}},
      {"much junk in front",
       Junk(100'001) + one.chunk,
       {1, 2, 3, 4, 5},
       {},
       {signature, skipped("0x0", 65536), skipped("0x10000", 100'001 - 65536)}},
      {"zeros in front, not by sectors",
       std::string(777, '\0') + one.chunk,
       {1, 2, 3, 4, 5},
       {},
       {signature}},
      {"junk in front of a chunk whose header is gone",
       Junk(1237) + no_magic + two.chunk,
       {6, 7, 8, 9, 10},
       {1, 2, 3, 4, 5},
       {signature, found("0x0")}},
      {"nothing but records, at an odd offset",
       Junk(333) + one.chunk.substr(512, one.end - 512),
       {},
       {1, 2, 3, 4, 5},
       {signature, found("0x0")}},
      {"two logs, one behind the other",
       EvtxFile({one.chunk}) + EvtxFile({two.chunk}),
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
       {},
       {}},
  };
  for (const Case& row : cases) Expect(row);
}

// The first records are missing, and with them the template; another chunk has it too.
TEST(EvtxCarvedTest, ATemplateThatComesLaterServesARecordInFront) {
  const FiveRecords one = Five(1, "text");
  const FiveRecords two = Five(6, "text");
  const std::string file =
      one.chunk.substr(one.offsets[2], one.end - one.offsets[2]) + Junk(100) + two.chunk;
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), file, kept);
  EXPECT_THAT(Ids(kept, false), ElementsAre(6, 7, 8, 9, 10));
  EXPECT_THAT(Ids(kept, true), ElementsAre(3, 4, 5)) << ::testing::PrintToString(kept.complaints);
  EXPECT_EQ(kept.rejects, 0U);
}

TEST(EvtxCarvedTest, AChunkThatIsCutShortDoesNotHideTheNextOne) {
  const FiveRecords one = Five(1, "text");
  const FiveRecords two = Five(6, "text");
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(),
             FileHeader() + one.chunk.substr(0, one.offsets[3] + 100) + two.chunk, kept);
  EXPECT_THAT(Ids(kept, false), ElementsAre(1, 2, 3, 6, 7, 8, 9, 10));
  EXPECT_THAT(kept.complaints, ElementsAre(::testing::StartsWith("test: offset 0x"), ::testing::_));
}

// A record's data may hold the beginning of a chunk.
TEST(EvtxCarvedTest, AChunkInTheDataOfARecordIsNone) {
  ChunkBuilder builder;
  std::string fake(1024, '\0');
  Poke(fake, 0, std::string("ElfChnk\0", 8));
  Poke(fake, 40, Bytes(std::uint32_t{128}));
  builder.Classic({.record_id = 1, .binary = fake});
  builder.Classic({.record_id = 2, .strings = {"text"}});
  std::string chunk = builder.Finish();
  Poke(chunk, 52, Bytes(std::uint32_t{0}));  // a wrong CRC, so that a chunk is looked for
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({chunk}), kept);
  EXPECT_THAT(Ids(kept, false), ElementsAre(1, 2));
}

TEST(EvtxCarvedTest, ATemplateRightHereIsUsedWhateverItsOffsetSays) {
  FiveRecords five = Five(1, "text");
  Poke(five.chunk, five.offsets[0] + 24 + 10, Bytes(std::uint32_t{0xffff0000}));
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({five.chunk}), kept);
  EXPECT_EQ(kept.records.size(), 5U);
  EXPECT_EQ(kept.rejects, 0U);
}

// Each of these says that it begins a chunk.
TEST(EvtxCarvedTest, RecordsThatTellOfManyChunksAreReadAllTheSame) {
  const FiveRecords one = Five(1, "text");
  std::string file = Junk(100);
  for (int i = 0; i < 60; ++i) {
    std::string record = one.chunk.substr(512, one.offsets[1] - 512);
    Poke(record, 8, Bytes(static_cast<std::uint64_t>(i + 1)));
    file += record;
  }
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), file, kept);
  EXPECT_EQ(kept.records.size(), 60U);
  EXPECT_EQ(kept.rejects, 0U);
}

TEST(EvtxCarvedTest, OtherFilesHoldNoLog) {
  for (const std::string& bytes :
       {Junk(200'000), std::string(200'000, '\0'), std::string("ElfChnk and no more"),
        std::string(5000, '\x01') + std::string("ElfChnk\0", 8) + std::string(100, '\x01')}) {
    EXPECT_EQ(FindImporter(*MemorySource(bytes)), nullptr);
  }
}

}  // namespace
}  // namespace exdiag::test
