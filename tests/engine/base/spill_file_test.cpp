#include "engine/base/spill_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "tests/engine/base/temporary_files.h"

namespace exdiag {
namespace {

struct Item {
  std::uint64_t a = 0;
  std::uint32_t b = 0;
};

constexpr std::size_t kMany = 100'000;                       // 1.6 MB
constexpr std::size_t kMemory = 3 * SpillFile::kBlockBytes;  // of which so much is in memory

void ExpectAll(const SpilledList<Item>& list) {
  ASSERT_EQ(list.size(), kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(list[i].a, i * i);
    ASSERT_EQ(list[i].b, i);
  }
  for (std::size_t i = 0, at = 0; i < kMany; ++i, at = (at + 7919) % kMany) {
    ASSERT_EQ(list[at].a, at * at);
  }
  EXPECT_TRUE(list.ok());
}

void Fill(SpilledList<Item>& list) {
  for (std::size_t i = 0; i < kMany; ++i) {
    list.push_back({i * i, static_cast<std::uint32_t>(i)});
    ASSERT_EQ(list[i / 2].b, i / 2);  // also while it grows
  }
}

TEST(SpillFileTest, GivesWhatWasPutInWhereverItLies) {
  SpilledList<Item> list(kMemory);
  Fill(list);
  ExpectAll(list);
}

TEST(SpillFileTest, AllStaysInMemoryWhereNoFileCanBeMade) {
  ::setenv("TMPDIR", "/nowhere", 1);
  SpilledList<Item> list(kMemory);
  Fill(list);
  ExpectAll(list);
  ::unsetenv("TMPDIR");
}

TEST(SpillFileTest, SaysWhenItsFileCannotBeRead) {
  SpilledList<Item> list(kMemory);
  Fill(list);
  EXPECT_TRUE(list.ok());
  testing::CutOffTemporaryFiles();
  std::size_t lost = 0;
  for (std::size_t i = 1; i < kMany; ++i) lost += list[i].a == 0 ? 1u : 0u;
  EXPECT_GT(lost, kMany / 2);
  EXPECT_FALSE(list.ok());
}

TEST(SpillFileTest, WhatIsDroppedIsUsedAgain) {
  constexpr std::size_t kBytes = 256;
  SpillFile file(4, kBytes);
  const auto put = [&](std::size_t block, int value) {
    std::memset(file.ToChange(block), value, kBytes);
  };
  for (int i = 0; i < 20; ++i) put(file.Append(), i + 1);
  for (std::size_t block = 0; block < 20; block += 2) file.Drop(block);
  for (int i = 0; i < 10; ++i) {
    const std::size_t block = file.Append();
    EXPECT_LT(block, 20u);
    EXPECT_EQ(file.At(block)[kBytes - 1], std::byte{0});
    put(block, 100 + static_cast<int>(block));
  }
  EXPECT_EQ(file.Append(), 20u);
  for (std::size_t block = 0; block < 20; ++block) {
    const auto expected = static_cast<std::byte>(block % 2 == 0 ? 100 + block : block + 1);
    EXPECT_EQ(file.At(block)[0], expected) << block;
    EXPECT_EQ(file.At(block)[kBytes - 1], expected) << block;
  }
  EXPECT_TRUE(file.ok());
}

TEST(SpillFileTest, AListOfOneBlockAndOneOfOneMore) {
  constexpr std::size_t kBlock = SpillFile::kBlockBytes / sizeof(std::uint32_t);
  for (const std::size_t size : {kBlock - 1, kBlock, kBlock + 1}) {
    SpilledList<std::uint32_t> list(kMemory);
    for (std::uint32_t i = 0; i < size; ++i) list.push_back(i);
    ASSERT_EQ(list.size(), size);
    for (std::uint32_t i = 0; i < size; ++i) ASSERT_EQ(list[i], i);
    EXPECT_TRUE(list.ok());
  }
}

TEST(SpillFileTest, EmptyList) {
  const SpilledList<Item> list(kMemory);
  EXPECT_EQ(list.size(), 0U);
  EXPECT_TRUE(list.ok());
}

}  // namespace
}  // namespace exdiag
