#include "importers/archive/archive.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/archive/archive_builder.h"
#include "tests/importers/hostile_text.h"
#include "tests/importers/trace/trace_bytes.h"

namespace exdiag {
namespace {

using test::ArchiveFiles;
using test::ArchiveKind;
using test::BuildArchive;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using trace_test::Little;

struct Walked {
  bool is_archive = false;
  std::vector<std::string> members;  // "name: content" or "name! problem"
  std::string error;
};

Walked WalkThrough(std::string bytes, const std::string& name = "logs.zip",
                   const ArchiveLimits& limits = {}, std::size_t stop_after = 1000) {
  Walked walked;
  const auto source = MemorySource(std::move(bytes));
  walked.is_archive = IsArchive(*source);
  const auto done = WalkArchive(*source, name, limits, [&](ArchiveMember member) {
    std::string shown = member.name;
    if (member.bytes != nullptr) {
      std::string content(member.bytes->size(), '\0');
      member.bytes->ReadAt(0, std::as_writable_bytes(std::span(content)));
      shown += ": " + content.substr(0, 20);
    }
    if (!member.problem.empty()) shown += "! " + member.problem;
    walked.members.push_back(shown);
    return walked.members.size() < stop_after;
  });
  if (!done) walked.error = done.error().message;
  return walked;
}

const ArchiveFiles kFiles = {{"logs/", ""},
                             {"logs/app.csv", "one"},
                             {"b\xc3\xbc"
                              "ro.txt",
                              "two"},
                             {"empty", ""}};

TEST(ArchiveTest, CancellingEndsTheMemberUnderWay) {
  const auto source = MemorySource(
      BuildArchive({ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
                   {{"a", "one"}, {"large", std::string(4 << 20, 'x')}, {"c", "three"}}));
  std::vector<std::string> members;
  int asked_in_large = 0;
  const auto cancelled = [&] { return members.size() == 1 && ++asked_in_large > 3; };
  const auto walked = WalkArchive(
      *source, "logs.zip", {},
      [&](const ArchiveMember& member) {
        members.push_back(member.name + (member.bytes == nullptr ? " without bytes" : ""));
        return members.size() < 2;
      },
      cancelled);
  EXPECT_TRUE(walked.ok());
  EXPECT_THAT(members, ElementsAre("a", "large without bytes"));
}

TEST(ArchiveTest, EachKind) {
  const struct {
    std::string_view why;
    ArchiveKind kind;
  } kKinds[] = {
      {"zip", {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE}},
      {"7z", {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE}},
      {"tar", {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE}},
      {"tar.gz", {ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP}},
      {"tar.bz2", {ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_BZIP2}},
      {"tar.xz", {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ}},
      {"tar.zst", {ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD}},
  };
  for (const auto& row : kKinds) {
    SCOPED_TRACE(row.why);
    ArchiveFiles files = kFiles;
    // Writing such a name needs a locale; reading it does not.
    files[2].first = "buero.txt";
    const std::string bytes = BuildArchive(row.kind, files);
    ASSERT_FALSE(bytes.empty());
    const auto walked = WalkThrough(bytes);
    EXPECT_TRUE(walked.is_archive);
    EXPECT_EQ(walked.error, "");
    EXPECT_THAT(walked.members,
                ::testing::UnorderedElementsAre("logs/app.csv: one", "buero.txt: two", "empty: "));
  }
}

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// Written by 7-Zip itself.
const struct OfSevenZip {
  std::string_view why;
  std::string_view hex;
  std::vector<std::string> members;
  std::string_view error;
} kOfSevenZip[] = {
    {"solid, BCJ and LZMA, a packed directory",
     "377abcaf271c0004b9c4060060000000000000002000000000000000d6494ae200379b88d4aae964"
     "698edb0000813307ae0fce85ae92f77aee9aeeca35820e81a2c1ff3089101af73571ae30d0f19ba9"
     "d12873a47df24a11fc8604f348f6cb187798aec12369c4b18b1007ac3fc12cf9b456174274fa7b27"
     "dc9ec1bd54f04c0017060b01095500070b01000123030101055d001000000c660a01adc43dee0000",
     {"a.csv: one", "b.csv: two"},
     ""},
    {"solid, BZip2, a plain directory",
     "377abcaf271c00042915d3002a0000000000000056000000000000007c76063f425a683931415926"
     "53590d57d653000001018002018480200021834181a54638bb9229c284806abeb298010406000109"
     "2a00070b010001030402020c0600080d0209030a01f1866c7a668aca110000050219040000000011"
     "190061002e00630073007600000062002e006300730076000000150a01002080a4812080a4810000",
     {"a.csv: one", "b.csv: two"},
     ""},
    {"Deflate64",
     "377abcaf271c0004c4dbbfa008000000000000004600000000000000774971b3010300fcff6f6e65"
     "0104060001090800070b010001030401090c0300080a01f1866c7a00000501190c00000000000000"
     "0000000000110d0061002e006300730076000000150601002080a4810000",
     {"a.csv! packed by a method that is not known (Unknown codec ID: 40109); not read"},
     ""},
    {"encrypted",
     "377abcaf271c0004ede117d5760000000000000020000000000000001b137ab88e32d8a2474998d4"
     "a0a52df237603db20000813307ae0fcef2b20c07b0c3daf75f458a98484af843a1f21b3438092ad2"
     "295cc96b7f171dad91d139e97cbfa52e52115755618426a9eebde43ff60f3bb6857f282dea1ed925"
     "57a3590d97254bfd5d2700764c939179ee069a64c2ab3f5cb847c038c00017061001096600070b01"
     "000123030101055d001000000c760a01542a51a70000",
     {"a.csv! encrypted; not read", "b.csv! encrypted; not read"},
     ""},
    {"encrypted with its directory",
     "377abcaf271c00041eb0b8d070000000000000002e00000000000000adfb91dcaff7f4d4c1b2ec57"
     "f3bcb450ba55c0985b9296acb76db9b69171b4006113b50c0cb3b38c8445dce80d242e8947948912"
     "bc3ecc12cb3435c72a6511a03110b446e983a7996c6257e22f5bfd7d66281ae9dcdad36a9525065c"
     "ee872e1cddeb524b8e479d7cdfa188148b81fbbf28f4624517061001096000070b0100012406f107"
     "0112530f22e582b19a7f700e670c5ffd3224bc1f0c560a0140c03c530000",
     {},
     "encrypted, and the names of its files with them; not read"},
};

TEST(ArchiveTest, WhatSevenZipWrites) {
  for (const OfSevenZip& row : kOfSevenZip) {
    SCOPED_TRACE(row.why);
    const auto walked = WalkThrough(FromHex(row.hex), "logs.7z");
    EXPECT_TRUE(walked.is_archive);
    EXPECT_EQ(walked.members, row.members);
    EXPECT_EQ(walked.error, row.error);
  }
}

TEST(ArchiveTest, ASevenZipThatIsCutOffHasNoDirectory) {
  const std::string whole = FromHex(kOfSevenZip[0].hex);
  for (std::size_t size = 32; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const auto walked = WalkThrough(whole.substr(0, size), "logs.7z");
    EXPECT_THAT(walked.members, IsEmpty());
    EXPECT_EQ(walked.error,
              "ends before its directory at offset 0x80 does, without which no file in it can be "
              "found; not read");
  }
  std::string far = whole;
  for (std::size_t i = 12; i < 28; ++i) far[i] = '\xff';
  EXPECT_THAT(WalkThrough(far).members, IsEmpty());
}

TEST(ArchiveTest, ACompressedFileHasTheNameOfItsArchive) {
  const std::string bytes =
      BuildArchive({ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP}, {{"x", "content"}});
  EXPECT_THAT(WalkThrough(bytes, "in/app.csv.gz").members, ElementsAre("app.csv: content"));
  EXPECT_THAT(WalkThrough(bytes, "-").members, ElementsAre("data: content"));
}

TEST(ArchiveTest, OtherBytesAreNone) {
  for (const std::string_view text : {"", "PK", "BZ", "Date,Time,Source", "ElfFile"}) {
    EXPECT_FALSE(IsArchive(*MemorySource(std::string(text)))) << text;
  }
}

TEST(ArchiveTest, BombsAreRefused) {
  const std::string zeros(8 << 20, '\0');
  const std::string bomb = BuildArchive({}, {{"first", "one"}, {"zeros", zeros}, {"last", "two"}});
  const auto by_ratio =
      WalkThrough(bomb, "bomb.zip", {.ratio = 100, .free_bytes = std::uint64_t{1} << 20});
  EXPECT_THAT(by_ratio.members,
              ElementsAre("first: one",
                          "zeros! unpacks to more than 1048576 bytes and 100 times "
                          "its size; the rest is not read"));
  EXPECT_EQ(by_ratio.error,
            "unpacks to more than 1048576 bytes and 100 times its size; the rest is not read");
  const auto by_size = WalkThrough(bomb, "bomb.zip", {.bytes = std::uint64_t{4} << 20});
  EXPECT_EQ(by_size.error, "unpacks to more than 4194304 bytes; the rest is not read");
  const auto by_count = WalkThrough(bomb, "bomb.zip", {.members = 1});
  EXPECT_THAT(by_count.members, ElementsAre("first: one"));
  EXPECT_EQ(by_count.error, "holds more than 1 files; the rest is not read");
}

// A zip with the member "x" and what is said to be packed by this method; APPNOTE.TXT 6.3.
std::string ZipOf(std::uint64_t method, const std::string& packed, bool with_directory = true) {
  const std::string sizes = Little(packed.size(), 4) + Little(packed.size(), 4) + Little(1, 2);
  const std::string common =
      Little(20, 2) + Little(0, 2) + Little(method, 2) + Little(0, 4) + Little(0, 4) + sizes;
  std::string zip = "PK\x03\x04" + common + Little(0, 2) + "x" + packed;
  if (!with_directory) return zip;
  const std::string directory = "PK\x01\x02" + Little(20, 2) + common + std::string(16, '\0') + "x";
  const std::string place = Little(directory.size(), 4) + Little(zip.size(), 4) + Little(0, 2);
  return zip + directory + "PK\x05\x06" + Little(0, 4) + Little(1, 2) + Little(1, 2) + place;
}

// The first was found by fuzzing: 47 bytes had 176 MiB allocated.
TEST(ArchiveTest, AMemberThatAsksForMuchMemoryIsNotUnpacked) {
  using namespace std::string_literals;
  const std::string ppmd = "\xf5\x0a, packed"s;
  const struct {
    std::string_view why;
    std::uint64_t method;
    std::string packed;
    bool read;  // or tried to be
    std::string_view said;
  } kRows[] = {
      {"PPMd", 98, ppmd, false, "asks for 176 MiB"},
      {"PPMd, little", 98, "\xf5\x00, packed"s, true, ""},
      {"PPMd, the most", 98, "\xff\xff, packed"s, false, "asks for 256 MiB"},
      {"LZMA", 14, "\x09\x04\x05\x00\x5d\x00\x00\x10\x04, packed"s, false, "asks for 65 MiB"},
      {"LZMA, the most", 14, "\x09\x04\x05\x00\x5d\x00\x00\x00\x04, packed"s, true, ""},
      {"xz", 95, "\xfd\x37zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x1d, packed"s, false,
       "asks for 96 MiB"},
      {"xz, sizes and another filter in front", 95,
       "\xfd\x37zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x04\xc1\x80\x01\x05\x03\x01\x00\x21\x01\x28"s,
       false, "asks for 4095 MiB"},
      {"stored", 0, ppmd, true, ""},
  };
  for (const auto& row : kRows) {
    for (const bool whole : {true, false}) {
      const std::string bytes = ZipOf(row.method, row.packed, whole);
      const Walked walked = WalkThrough(bytes);
      ASSERT_THAT(walked.members, ::testing::Not(IsEmpty())) << row.why << whole;
      EXPECT_EQ(walked.members[0].find("asks for") == std::string::npos, row.read)
          << row.why << whole << walked.members[0];
      if (row.read) continue;
      EXPECT_EQ(walked.members[0], fmt::format("x! {} of memory to be unpacked, which is more than "
                                               "64; not read: unpack it first",
                                               row.said))
          << row.why << whole;
    }
  }
}

TEST(ArchiveTest, AnXzFileThatAsksForMuchMemoryIsNotUnpacked) {
  const std::string bytes = BuildArchive({ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_XZ}, {{"x", "one"}});
  EXPECT_THAT(WalkThrough(bytes, "a.xz").members, ElementsAre("a: one"));
  const Walked walked = WalkThrough(bytes, "a.xz", {.dictionary = std::uint64_t{4} << 20});
  EXPECT_THAT(walked.members, IsEmpty());
  EXPECT_EQ(walked.error,
            "asks for 8 MiB of memory to be unpacked, which is more than 4; not read: unpack it "
            "first");
}

TEST(ArchiveTest, AZipInsideOfAnotherCompression) {
  const auto walk = [](const std::string& zip) {
    return WalkThrough(BuildArchive({ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP}, {{"y", zip}}),
                       "a.zip.gz");
  };
  EXPECT_THAT(walk(BuildArchive({}, {{"x", "one"}})).members, ElementsAre("x: one"));
  // The reason of the library, not ours.
  EXPECT_THAT(walk(ZipOf(9, "one")).members,
              ElementsAre("x! Unsupported ZIP compression method (9: deflation-64-bit); not read"));
  EXPECT_THAT(walk(ZipOf(98, "\xf5\x0a, packed")).members,
              ElementsAre("x! asks for memory to be unpacked, and inside of another compression it "
                          "is not known how much; not read: unpack it first"));
}

TEST(ArchiveTest, AnEncryptedMemberIsNamed) {
  std::string bytes = BuildArchive({}, {{"a", "one"}, {"b", "two"}});
  // Bit 0 of the general purpose flags, in the local header and in the directory.
  bytes[6] |= 1;
  const std::size_t directory = bytes.find("PK\x01\x02");
  bytes[directory + 8] |= 1;
  EXPECT_THAT(WalkThrough(bytes).members, ElementsAre("a! encrypted; not read", "b: two"));
}

TEST(ArchiveTest, ACutFileIsReadAsFarAsItGoes) {
  std::string content;
  for (int i = 0; i < 200'000; ++i) content += std::to_string(i * 7919 % 100'003) + "\n";
  const std::string bytes =
      BuildArchive({ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP}, {{"x", content}});
  const auto walked = WalkThrough(bytes.substr(0, bytes.size() / 2), "a.gz");
  ASSERT_THAT(walked.members, SizeIs(1));
  EXPECT_THAT(walked.members[0],
              StartsWith("a: " + content.substr(0, 20) + "! truncated gzip input after "));
  EXPECT_THAT(walked.members[0], ::testing::EndsWith(" bytes; read as far as it goes"));
}

TEST(ArchiveTest, StopsWhenAsked) {
  EXPECT_THAT(WalkThrough(BuildArchive({}, kFiles), "x", {}, 1).members, SizeIs(1));
}

TEST(ArchiveTest, DamagedAtRandom) {
  for (const ArchiveKind kind : {ArchiveKind{}, ArchiveKind{ARCHIVE_FORMAT_7ZIP},
                                 ArchiveKind{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP}}) {
    const std::string bytes =
        BuildArchive(kind, {{"a", std::string(5000, 'x')}, {"b", "two"}, {"c", "three"}});
    for (std::uint32_t seed = 0; seed < 150; ++seed) {
      const auto walked = WalkThrough(import_test::Damager(seed).Damage(bytes));
      EXPECT_LE(walked.members.size(), 20u) << seed;
    }
  }
}

}  // namespace
}  // namespace exdiag
