#include "engine/base/spilled_sort.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace exdiag {
namespace {

constexpr std::size_t kMemory = 3 * SpillFile::kBlockBytes;  // 18,432 items

struct Item {
  std::uint32_t key = 0;
  std::uint32_t number = 0;

  bool operator==(const Item&) const = default;
};
// By key, and by number where the keys are equal.
struct Before {
  bool operator()(const Item& a, const Item& b) const {
    return std::pair(a.key, a.number) < std::pair(b.key, b.number);
  }
};
using Sort = SpilledSort<Item, Before>;

std::vector<Item> Sorted(const std::vector<Item>& items) {
  Sort sort(kMemory, {});
  for (const Item& item : items) sort.Add(item);
  EXPECT_EQ(sort.size(), items.size());
  std::vector<Item> sorted;
  sort.TakeAll([&sorted](const Item& item) { sorted.push_back(item); });
  EXPECT_TRUE(sort.ok());
  return sorted;
}

// Keys by number, of 100,000 items.
template <typename Key>
std::vector<Item> Items(const Key& key, std::uint32_t count = 100'000) {
  std::vector<Item> items;
  for (std::uint32_t i = 0; i < count; ++i) items.push_back({key(i), i});
  return items;
}

void ExpectSorted(std::vector<Item> items) {
  const std::vector<Item> sorted = Sorted(items);
  std::sort(items.begin(), items.end(), Before());
  EXPECT_EQ(sorted, items);
}

TEST(SpilledSortTest, PutsInOrderWhateverOrderItComesIn) {
  std::mt19937 random(7);
  ExpectSorted(Items([](std::uint32_t i) { return i; }));
  ExpectSorted(Items([](std::uint32_t i) { return 1'000'000 - i; }));
  ExpectSorted(Items([](std::uint32_t) { return 1U; }));
  ExpectSorted(Items([](std::uint32_t i) { return i * 7919 % 100'003; }));
  ExpectSorted(
      Items([&random](std::uint32_t) { return static_cast<std::uint32_t>(random()) % 50; }));
}

TEST(SpilledSortTest, FewManyAndOneMore) {
  const auto key = [](std::uint32_t i) { return i * 7919 % 18'437; };
  const std::uint32_t run = kMemory / sizeof(Item);
  for (const std::uint32_t count : {0U, 1U, 2U, run - 1, run, run + 1, 2 * run, 2 * run + 1}) {
    SCOPED_TRACE(count);
    ExpectSorted(Items(key, count));
  }
}

TEST(SpilledSortTest, AllStaysInMemoryWhereNoFileCanBeMade) {
  ::setenv("TMPDIR", "/nowhere", 1);
  ExpectSorted(Items([](std::uint32_t i) { return i * 7919 % 100'003; }));
  ::unsetenv("TMPDIR");
}

}  // namespace
}  // namespace exdiag
