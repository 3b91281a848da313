#include "importers/spool.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace exdiag
