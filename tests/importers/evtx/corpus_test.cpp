// Real logs: at least as many records as any other reader finds in allocated space.
#include <gtest/gtest.h>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/support/shared_files.h"

namespace exdiag::test {
namespace {

// Files in which we find another number than the best of the readers that were asked, and why.
struct Deviation {
  const char* file_ends;
  std::size_t records;
  const char* why;
};

constexpr Deviation kDeviations[] = {
    {"RemoteDesktopServices-RdpCoreTS%4Operational.evtx", 1975,
     "two chunks are torn; sound records behind the torn ones are read on"},
    {"TerminalServices-RemoteConnectionManager%4Operational.evtx", 1796,
     "one chunk is torn; sound records behind the torn one are read on"},
    {"sample-with-zero-data-size-event.evtx", 449,
     "a record of size 0 ends the chunk for others; the older records behind it are read on"},
    {"sample_with_a_bad_chunk_magic.evtx", 382,
     "records of two chunks without signature, and behind torn ones, are read too"},
    {"HelloForBusiness%4Operational.evtx", 5,
     "the sixth is torn and zero inside: it names no provider, no time and no id, and is a reject"},
};

TEST(EvtxCorpusTest, RecordCounts) {
  const auto files = CorpusFiles(".evtx");
  if (files.empty()) GTEST_SKIP() << "SKIPPED: no corpus in " << SharedDir();
  for (const CorpusFile& file : files) {
    std::size_t expected = file.best;
    for (const Deviation& row : kDeviations) {
      if (file.name.ends_with(row.file_ends)) expected = row.records;
    }
    KeptEvidence kept;
    ImportFile(*MakeEvtxImporter(), file.path, kept);
    EXPECT_EQ(kept.records.size(), expected) << file.name;
    EXPECT_GE(kept.records.size() + kept.rejects, file.best) << file.name;
    EXPECT_EQ(kept.error, "") << file.name;
  }
}

// Every event of a real log has what makes it an event.
TEST(EvtxCorpusTest, EveryRecordHasItsIdentity) {
  const auto files = CorpusFiles(".evtx");
  if (files.empty()) GTEST_SKIP() << "SKIPPED: no corpus in " << SharedDir();
  for (const CorpusFile& file : files) {
    KeptEvidence kept;
    ImportFile(*MakeEvtxImporter(), file.path, kept);
    for (const KeptRecord& record : kept.records) {
      const std::string where = file.name + " " + ToString(Location{"", record.view.place});
      EXPECT_NE(record.provider, "") << where;
      EXPECT_TRUE(record.view.time.known()) << where;
      EXPECT_NE(record.view.record_id, 0U) << where;
      EXPECT_TRUE(record.names.empty() || record.names.size() == record.strings.size()) << where;
    }
  }
}

}  // namespace
}  // namespace exdiag::test
