// Damaged files: what is still read, and every word of what is said about the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/evtx/evtx_importer.h"
#include "tests/importers/evtx/evtx_builder.h"
#include "tests/importers/support/kept_evidence.h"
#include "tests/importers/support/shared_files.h"

namespace exdiag::test {
namespace {

using ::testing::ElementsAreArray;

// Two chunks of five equal records: 4096 + 512 is the first record, each chunk's end is zero.
struct Sound {
  std::string file;
  std::vector<std::size_t> records;  // offsets in the file
  std::size_t size = 0;              // of the second record of a chunk and those behind it
};

Sound SoundFile() {
  Sound sound;
  std::vector<std::string> chunks;
  for (std::size_t i = 0; i < 2; ++i) {
    ChunkBuilder chunk;
    for (std::uint64_t j = 0; j < 5; ++j) {
      sound.records.push_back(4096 + i * 65536 +
                              chunk.Classic({.record_id = i * 5 + j + 1, .strings = {"text"}}));
    }
    chunks.push_back(chunk.Finish());
  }
  sound.file = EvtxFile(chunks);
  sound.size = sound.records[2] - sound.records[1];
  return sound;
}

std::string Hex(std::size_t number) {
  std::ostringstream text;
  text << "0x" << std::hex << number;
  return text.str();
}

struct Case {
  const char* why;
  std::function<void(Sound&)> damage;
  std::size_t records;
  std::vector<std::string> complaints;
  std::string error;
};

void Expect(const Case& row) {
  Sound sound = SoundFile();
  row.damage(sound);
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), sound.file, kept);
  EXPECT_EQ(kept.records.size(), row.records) << row.why;
  EXPECT_THAT(kept.complaints, ElementsAreArray(row.complaints)) << row.why;
  EXPECT_EQ(kept.error, row.error) << row.why;
}

TEST(EvtxDamageTest, Headers) {
  const Case cases[] = {
      {"sound", [](Sound&) {}, 10, {}, ""},
      {"empty file",
       [](Sound& s) { s.file.clear(); },
       0,
       {},
       "test: the file is empty; nothing read"},
      {"cut inside the header",
       [](Sound& s) { s.file.resize(100); },
       0,
       {},
       "test: the file ends inside its header (100 bytes); nothing read"},
      {"header and nothing else", [](Sound& s) { s.file.resize(4096); }, 0, {}, ""},
      {"wrong file CRC",
       [](Sound& s) { s.file[124] ^= 1; },
       10,
       {"test: offset 0x0: wrong CRC of the file header; nothing in it is relied on "
        "[evtx.file.crc]"},
       ""},
      {"counts of a log copied in use",
       [](Sound& s) {
         Poke(s.file, 42, Bytes(std::uint16_t{0}));
         Poke(s.file, 120, Bytes(std::uint32_t{4}));  // no CRCs
       },
       10,
       {},
       ""},
      {"file signature lost",
       [](Sound& s) { s.file[3] = 'X'; },
       10,
       {"test: offset 0x0: no file signature (ElfFile); chunks are looked for all the same "
        "[evtx.file.signature]"},
       ""},
      {"file header cut away",
       [](Sound& s) { s.file.erase(0, 4096); },
       10,
       {"test: offset 0x0: the file begins with a chunk, its header is missing; read chunk by "
        "chunk [evtx.file.signature]"},
       ""},
      {"no event log at all",
       [](Sound& s) { s.file.assign(5000, 'x'); },
       0,
       {"test: offset 0x0: no file signature (ElfFile); chunks are looked for all the same "
        "[evtx.file.signature]",
        "test: offset 0x0: no chunk signature (ElfChnk) and no record; 5000 bytes skipped "
        "[evtx.chunk.signature]"},
       "test: no event log: neither its header nor any chunk is one; nothing read"},
      {"wrong CRC of a chunk header",
       [](Sound& s) { s.file[4096 + 124] ^= 1; },
       10,
       {"test: offset 0x1000: wrong CRC of the chunk header; its records are read all the same "
        "[evtx.chunk.header_crc]"},
       ""},
      {"wrong CRC of a chunk that has none",
       [](Sound& s) {
         s.file[4096 + 120] = 5;
         s.file[4096 + 124] ^= 1;
       },
       10,
       {},
       ""},
      {"chunk signature lost",
       [](Sound& s) { s.file[4096 + 65536] = 'x'; },
       10,
       {"test: offset 0x11000: no chunk signature (ElfChnk); 5 records were found in it by their "
        "own signatures [evtx.chunk.signature]"},
       ""},
      {"chunk zeroed: as an unused slot",
       [](Sound& s) { s.file.replace(4096, 65536, 65536, '\0'); },
       5,
       {},
       ""},
  };
  for (const Case& row : cases) Expect(row);
}

TEST(EvtxDamageTest, FreeSpaceOffset) {
  const auto set = [](std::uint32_t free_space) {
    return [free_space](Sound& s) { Poke(s.file, 4096 + 48, Bytes(free_space)); };
  };
  const std::string crc =
      "test: offset 0x1000: wrong CRC of the chunk header; its records are read all the same "
      "[evtx.chunk.header_crc]";
  const Case cases[] = {
      {"past the chunk",
       set(0xffffffff),
       10,
       {"test: offset 0x1000: the chunk says that its records end at 0xffffffff, which is not in "
        "it; read as far as they follow each other, the rest as older ones "
        "[evtx.chunk.free_space]",
        crc},
       ""},
      {"in the middle of a record: the offset of the last record is believed",
       set(700),
       10,
       {crc,
        "test: offset 0x1000: wrong CRC of the chunk's records; they are read all the same "
        "[evtx.chunk.data_crc]"},
       ""},
  };
  for (const Case& row : cases) Expect(row);
}

TEST(EvtxDamageTest, Records) {
  const Sound sound = SoundFile();
  const std::string crc =
      "test: offset 0x1000: wrong CRC of the chunk's records; they are read all the same "
      "[evtx.chunk.data_crc]";
  const std::string third = "test: offset " + Hex(sound.records[2]) + ": ";
  const std::string onwards = "; kept as a reject, read on at " + Hex(sound.records[3]);
  const auto poke_third = [](std::size_t offset, std::string bytes) {
    return [=](Sound& s) { Poke(s.file, s.records[2] + offset, bytes); };
  };
  const Case cases[] = {
      {"size 0",
       poke_third(4, Bytes(std::uint32_t{0})),
       9,
       {crc, third + "record size 0 is less than any record has" + onwards + " [evtx.record.size]"},
       ""},
      {"size past the chunk",
       poke_third(4, Bytes(std::uint32_t{1048831})),
       9,
       {crc, third + "record size 1048831 exceeds its chunk" + onwards + " [evtx.record.size]"},
       ""},
      {"signature lost",
       poke_third(0, "x"),
       9,
       {crc, third + std::to_string(sound.size) + " bytes that no record begins with" + onwards +
                 " [evtx.record.signature]"},
       ""},
      {"zeroed",
       [](Sound& s) { s.file.replace(s.records[2], s.size, s.size, '\0'); },
       9,
       {crc, third + std::to_string(sound.size) +
                 " zero bytes where a record should begin; read on at " + Hex(sound.records[3]) +
                 " [evtx.chunk.gap]"},
       ""},
      {"copy of the size differs",
       [](Sound& s) { s.file[s.records[3] - 4] ^= 8; },
       10,
       {crc, third +
                 "the size of the record and its copy differ; the record was being written when "
                 "the log was copied, and is kept as recovered [evtx.record.copy]"},
       ""},
      {"offset of the template",
       poke_third(24 + 10, Bytes(std::uint32_t{0xffffffff})),
       10,
       {crc, third + "the record's template is lost; read with the one of the same id elsewhere in "
                     "the file, and kept as recovered [evtx.record.template]"},
       ""},
      {"offset and id of the template",
       poke_third(24 + 6, std::string(8, '\xff')),
       9,
       {crc, third +
                 "the record cannot be decoded: its template is not where the record says; kept "
                 "as a reject [evtx.record.binxml]"},
       ""},
      {"more values than fit",
       poke_third(24 + 14, Bytes(std::uint32_t{0xffffffff})),
       9,
       {crc, third +
                 "the record cannot be decoded: it claims more values than fit; kept as a reject "
                 "[evtx.record.binxml]"},
       ""},
      {"a value longer than the record",
       poke_third(24 + 18, Bytes(std::uint16_t{0xffff})),
       9,
       {crc, third + "the record cannot be decoded: its values end behind the record; kept as a "
                     "reject [evtx.record.binxml]"},
       ""},
      {"event data",
       // The nested fragment follows 14 descriptors and 57 bytes of values.
       poke_third(24 + 18 + 14 * 4 + 46, "\x1f"),
       10,
       {crc, third +
                 "the event data cannot be decoded: a fragment begins with an unknown token; the "
                 "record is kept without its strings [evtx.record.data]"},
       ""},
      {"file cut inside a record",
       [](Sound& s) { s.file.resize(s.records[7] + 100); },
       7,
       {"test: offset " + Hex(sound.records[7] + 100) + ": the file ends inside a chunk (" +
            std::to_string(sound.records[7] + 100 - 4096 - 65536) +
            " of 65536 bytes are there); its whole records are read [evtx.file.truncated]",
        "test: offset " + Hex(sound.records[7]) + ": record size " + std::to_string(sound.size) +
            " exceeds its chunk; kept as a reject, nothing more in this chunk "
            "[evtx.record.size]"},
       ""},
  };
  for (const Case& row : cases) Expect(row);
}

TEST(EvtxDamageTest, RecoveredRecordsAreMarked) {
  Sound sound = SoundFile();
  sound.file[4096] = 'x';
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), sound.file, kept);
  ASSERT_EQ(kept.records.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(kept.records[i].view.recovered, i < 5) << i;
    EXPECT_EQ(kept.records[i].view.record_id, i + 1);
    EXPECT_THAT(kept.records[i].strings, ::testing::ElementsAre("text"));
  }
}

TEST(EvtxDamageTest, TheSameComplaintIsMadeEightTimesAndThenCounted) {
  std::vector<std::string> chunks;
  for (int i = 0; i < 10; ++i) {
    ChunkBuilder chunk;
    chunk.Classic({});
    chunks.push_back(chunk.Finish());
    chunks.back()[124] ^= 1;
  }
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile(chunks), kept);
  EXPECT_EQ(kept.records.size(), 10U);
  ASSERT_EQ(kept.complaints.size(), 9U);
  EXPECT_EQ(kept.complaints.back(),
            "test: 2 more of the same in this file, not listed; treated alike "
            "[evtx.chunk.header_crc]");
}

// Small inputs that ask for much.
TEST(EvtxDamageTest, ExpansionIsBounded) {
  ChunkBuilder chunk;
  chunk.Record(1, kSomeFileTime, [&] {
    chunk.Fragment();
    chunk.Instance(Guid("bomb"),
                   [&] {
                     chunk.Open("Event");
                     chunk.CloseStart();
                     chunk.Open("EventData");
                     chunk.CloseStart();
                     for (int i = 0; i < 1500; ++i) {
                       chunk.Open("Data");
                       chunk.CloseStart();
                       chunk.Value(0, 0x81);
                       chunk.Close();
                     }
                     chunk.Close();
                     chunk.Close();
                     chunk.End();
                   },
                   {{0x81, std::string(32000, '\0')}});
    chunk.End();
  });
  KeptEvidence kept;
  ImportInto(*MakeEvtxImporter(), EvtxFile({chunk.Finish()}), kept);
  ASSERT_EQ(kept.records.size(), 1U);
  EXPECT_LT(kept.records[0].strings.size(), 131'072U);
  EXPECT_THAT(kept.complaints,
              ::testing::ElementsAre(
                  "test: offset 0x1200: the record expands to more than any log writes; its first "
                  "part is kept [evtx.record.truncated]"));
}

// What a good importer gets from each of the generated hostile files.
TEST(EvtxDamageTest, HostileFiles) {
  struct Row {
    const char* file;
    std::size_t records;
    std::size_t rejects;
  };
  constexpr Row kRows[] = {
      {"00_good", 300, 0},
      {"01_empty", 0, 0},
      {"02_header_trunc_100", 0, 0},
      {"03_header_only", 0, 0},
      {"04_bad_file_magic", 300, 0},
      {"05_bad_file_crc", 300, 0},
      {"06_nchunks_0", 300, 0},
      {"07_nchunks_65535", 300, 0},
      {"08_blocksize_0", 300, 0},
      {"09_trunc_mid_chunk", 169, 1},
      {"10_trunc_in_record_header", 0, 1},
      {"11_trailing_junk", 300, 0},
      {"12_zero_chunk", 177, 0},
      {"13_zero_chunk_header", 300, 0},
      {"14_orphan_chunk", 300, 0},
      {"15_dup_chunks", 600, 0},  // the store tells duplicates
      {"16_shuffled", 300, 0},
      {"17_data_crc", 300, 0},
      {"18_header_crc", 300, 0},
      {"19_fso_ffffffff", 300, 0},
      {"20_fso_0", 300, 0},
      {"21_fso_mid_record", 300, 0},
      {"22_record_numbers_huge", 300, 0},
      {"23_strtab_garbage", 300, 0},
      {"24_strtab_selfloop", 300, 0},
      {"25_tpltab_selfloop", 300, 0},
      {"26_tpltab_garbage", 300, 0},
      {"27_recsize_0", 4, 1},
      {"28_recsize_ffffffff", 4, 1},
      {"29_recsize_27", 4, 1},
      {"30_recsize_past_chunk", 4, 1},
      {"31_copy_mismatch", 5, 0},
      {"32_record_magic", 4, 1},
      {"33_zero_run", 4, 0},
      {"34_id_time_max", 5, 0},
      {"35_tploff_0", 4, 1},
      {"36_tploff_ffffffff", 4, 1},
      {"37_tploff_end", 4, 1},
      {"38_tploff_header", 4, 1},
      {"39_tpl_size_ffffffff", 4, 1},
      {"40_tpl_size_0", 4, 1},
      {"41_values_ffffffff", 4, 1},
      {"42_values_1M", 4, 1},
      {"43_value_sizes_past_end", 4, 1},
      {"44_sub_index_65535", 5, 0},
      {"45_dep_id_out_of_range", 5, 0},
      {"46_template_selfref_60", 5, 0},  // without its data
      {"47_nesting_bomb_3000", 4, 1},
      {"48_element_depth_4500", 4, 1},
      {"49_attributes_6000", 5, 0},
      {"50_zipbomb_2000x10000", 5, 0},
      {"51_zipbomb_16_chunks", 352, 0},
      {"52_array_bomb", 5, 0},
      {"53_name_off_ffffffff", 4, 1},
      {"54_name_len_65535", 4, 1},
      {"55_name_back_into_header", 5, 0},  // no event in it either
      {"56_name_next_selfloop", 5, 0},
      {"57_name_illegal_chars", 5, 0},  // its root is not Event: kept with what its header says
      {"58_name_empty", 5, 0},          // the same
      {"59_token_1f", 4, 1},
      {"60_token_ff", 4, 1},
      {"61_end_without_open", 4, 1},
      {"62_more_flag_on_end", 4, 1},
      {"63_eof_inside_element", 4, 1},
      {"64_text_len_past_end", 4, 1},
      {"65_text_type_08", 4, 1},
      {"66_cdata_pi_refs", 5, 0},  // its PI target's offset points two bytes before the name
      {"67_entity_unknown", 5, 0},
      {"68_two_roots", 5, 0},
      {"69_sub_outside_template", 4, 1},
      {"70_no_template_fragment", 5, 0},
      {"71_value_size_mismatch", 21, 0},
      {"72_unknown_types", 12, 0},
      {"73_bad_values", 18, 0},
      {"74_null_with_size", 5, 0},
      {"75_template_forward_ref", 6, 0},
      {"76_template_in_slack", 3, 0},
      {"77_tiny_records", 2000, 0},
      {"78_fragment_eof_records", 1600, 0},
      {"79_eventid_text_twice", 5, 0},
      {"80_same_guid_other_body", 4, 0},
      {"81_random_3000_bytes", 4, 212},
      {"82_zero_sectors", 63, 93},
      {"83_shifted_pages", 182, 101},
      {"84_sparse_2g", 0, 0},
  };
  const auto folder = MakeDamagedFiles("exdiag_evtx_damaged");
  if (folder.empty()) GTEST_SKIP() << "SKIPPED: no make_damaged.py in " << SharedDir();
  for (const Row& row : kRows) {
    KeptEvidence kept;
    ImportFile(*MakeEvtxImporter(), folder / (std::string(row.file) + ".evtx"), kept);
    EXPECT_EQ(kept.records.size(), row.records) << row.file;
    EXPECT_EQ(kept.rejects, row.rejects) << row.file;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace exdiag::test
