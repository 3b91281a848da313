// Real logs: at least as many records as any other reader finds in allocated space.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

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
    {"RemoteDesktopServices-RdpCoreTS%4Operational.evtx", 2065,
     "two chunks are torn; sound records behind the torn ones are read on, and 90 in free space"},
    {"TerminalServices-RemoteConnectionManager%4Operational.evtx", 2042,
     "one chunk is torn; sound records behind the torn one are read on, and 246 in free space"},
    {"sample-with-zero-data-size-event.evtx", 449,
     "a record of size 0 ends the chunk for others; the older records behind it are read on"},
    {"sample_with_a_bad_chunk_magic.evtx", 432,
     "records of two chunks without signature, behind torn ones, and 50 in free space are read "
     "too"},
    {"HelloForBusiness%4Operational.evtx", 5,
     "the sixth is torn and zero inside: it names no provider, no time and no id, and is a reject"},
    {"2-vss_7-System.evtx", 1185, "25 in free space"},
    {"Application_no_crc32.evtx", 39, "22 in free space; of 12 more the templates are gone"},
    {"E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx", 473,
     "14 in free space"},
    {"LanguagePackSetup%4Operational.evtx", 32, "15 in free space"},
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

// Free space holds copies of records that stand in the log as well.
TEST(EvtxCorpusTest, NoRecordComesTwice) {
  const auto files = CorpusFiles(".evtx");
  if (files.empty()) GTEST_SKIP() << "SKIPPED: no corpus in " << SharedDir();
  for (const CorpusFile& file : files) {
    KeptEvidence kept;
    ImportFile(*MakeEvtxImporter(), file.path, kept);
    std::set<std::tuple<std::uint64_t, std::int64_t, std::string>> seen;
    for (const KeptRecord& record : kept.records) {
      EXPECT_TRUE(
          seen.emplace(record.view.record_id, record.view.time.value, record.computer).second)
          << file.name << " " << record.view.record_id;
    }
  }
}

}  // namespace
}  // namespace exdiag::test
