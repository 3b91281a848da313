// Real and hostile logs that lie beside the project.
#include <gtest/gtest.h>

#include "importers/evt/evt_importer.h"
#include "tests/importers/support/kept_evidence.h"
#include "tests/importers/support/shared_files.h"

namespace exdiag::test {
namespace {

struct Deviation {
  const char* file_ends;
  std::size_t records;
  const char* why;
};

constexpr Deviation kDeviations[] = {
    {"SysEvent.Evt", 6320,
     "6501 signatures: 6063 records of the log and 257 older ones; 180 are copies of those, equal "
     "to the byte, and one has lost its second half to a newer record"},
};

TEST(EvtRealFilesTest, RecordCounts) {
  const auto files = CorpusFiles(".evt");
  if (files.empty()) GTEST_SKIP() << "SKIPPED: no corpus in " << SharedDir();
  for (const CorpusFile& file : files) {
    std::size_t expected = file.best;
    for (const Deviation& row : kDeviations) {
      if (file.name.ends_with(row.file_ends)) expected = row.records;
    }
    KeptEvidence kept;
    ImportFile(*MakeEvtImporter(), file.path, kept);
    EXPECT_EQ(kept.records.size(), expected) << file.name;
    for (const KeptRecord& record : kept.records) {
      EXPECT_NE(record.provider, "") << file.name;
      EXPECT_NE(record.computer, "") << file.name;
      EXPECT_TRUE(record.view.time.known()) << file.name;
    }
  }
}

// What a good importer gets from each of the generated hostile files.
TEST(EvtRealFilesTest, HostileFiles) {
  struct Row {
    const char* file;
    std::size_t records;
    std::size_t rejects;
  };
  constexpr Row kRows[] = {
      {"e00_good", 400, 0},
      {"e01_empty", 0, 0},
      {"e02_short_header", 0, 0},
      {"e03_bad_magic", 400, 0},
      {"e04_header_size_0", 400, 0},
      {"e05_first_past_end", 400, 0},
      {"e06_first_unaligned", 400, 0},
      {"e07_eof_mid_record", 400, 0},
      {"e08_no_eof", 400, 0},
      {"e09_recsize_0", 399, 1},
      {"e10_recsize_ffffffff", 399, 1},
      {"e11_recsize_7fffffff", 399, 1},
      {"e12_copy_mismatch", 400, 0},
      {"e13_numstrings_65535", 400, 0},
      {"e14_stroff_past_end", 400, 0},
      {"e15_sid_overflow", 400, 0},
      {"e16_data_overflow", 400, 0},
      {"e17_unterminated_names", 400, 0},
      {"e18_record_magic", 399, 1},
      {"e19_zero_run", 390, 0},
      {"e20_trunc_mid", 200, 1},
      {"e21_fake_records_in_data", 20, 0},
      {"e22_fake_records_dirty", 20, 0},
      {"e23_filler_everywhere", 0, 0},
      {"e24_cycle_no_eof", 224, 0},
      {"e25_dirty_stale", 400, 0},
      {"e26_wrapped", 192, 0},
      {"e27_wrapped_dirty", 192, 0},
      {"e28_wrapped_other_size", 195, 0},
      {"e29_numstrings_huge_no_data", 400, 0},
      {"e30_trailing_junk", 400, 0},
      {"e31_random_2000", 353, 40},
  };
  const auto folder = MakeDamagedFiles("exdiag_evt_damaged");
  if (folder.empty()) GTEST_SKIP() << "SKIPPED: no make_damaged.py in " << SharedDir();
  for (const Row& row : kRows) {
    KeptEvidence kept;
    ImportFile(*MakeEvtImporter(), folder / (std::string(row.file) + ".evt"), kept);
    EXPECT_EQ(kept.records.size(), row.records) << row.file;
    EXPECT_EQ(kept.rejects, row.rejects) << row.file;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace exdiag::test
