#include "importers/archive/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/archive/archive_builder.h"
#include "tests/importers/hostile_text.h"

namespace exdiag {
namespace {

using test::ArchiveFiles;
using test::ArchiveKind;
using test::BuildArchive;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

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
