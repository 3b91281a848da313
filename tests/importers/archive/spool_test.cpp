#include "importers/spool.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include <vector>

namespace exdiag {
namespace {

TEST(SpoolTest, GivesBackWhatItTookInMemoryAndOnDisk) {
  for (const std::size_t blocks : {0U, 1U, 3U, 40U}) {
    SCOPED_TRACE(blocks);
    Spool spool;
    std::vector<std::byte> block(1 << 20);
    for (std::size_t i = 0; i < blocks; ++i) {
      block.front() = static_cast<std::byte>(i + 1);
      ASSERT_TRUE(spool.Append(block).ok());
    }
    EXPECT_EQ(spool.size(), blocks << 20);
    const auto source = spool.Take();
    ASSERT_TRUE(source.ok());
    ASSERT_EQ((*source)->size(), blocks << 20);
    for (std::size_t i = 0; i < blocks; ++i) {
      std::byte first{};
      EXPECT_EQ((*source)->ReadAt(i << 20, std::span(&first, 1)), 1u);
      EXPECT_EQ(first, static_cast<std::byte>(i + 1));
    }
    EXPECT_EQ(spool.size(), 0u);
  }
}

TEST(SpoolTest, ATemporaryFileHasNoName) {
  std::string folder = (std::filesystem::temp_directory_path() / "exdiag-test-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const char* const before = std::getenv("TMPDIR");
  const std::string old = before == nullptr ? "" : before;
  ::setenv("TMPDIR", folder.c_str(), 1);
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  Spool spool;
  for (int i = 0; i < 17; ++i) {
    const std::string part(kMiB, static_cast<char>('a' + i));
    ASSERT_TRUE(spool.Append(std::as_bytes(std::span(part))).ok());
  }
  before == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", old.c_str(), 1);
  EXPECT_TRUE(std::filesystem::remove(folder)) << "it is not empty";
  const auto source = spool.Take();
  ASSERT_TRUE(source.ok()) << source.error().message;
  EXPECT_EQ((*source)->size(), 17 * kMiB);
  std::byte around[2];
  EXPECT_EQ((*source)->ReadAt(16 * kMiB - 1, around), 2u);
  EXPECT_EQ(around[0], std::byte{'p'});
  EXPECT_EQ(around[1], std::byte{'q'});
}

}  // namespace
}  // namespace exdiag
