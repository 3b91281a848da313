#include "engine/signal/observation_list.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>

namespace exdiag {
namespace {

constexpr std::size_t kMemory = 3 * SpillFile::kBlockBytes;
constexpr std::uint32_t kMany = 60'000;  // some blocks, and an open one

struct ListCase {
  std::string name;
  std::function<Observation(std::uint64_t)> item;
};

std::uint64_t Mixed(std::uint64_t number) {
  std::mt19937_64 random(number);
  return random();
}

std::vector<ListCase> ListCases() {
  return {
      {"AllTheSame", [](std::uint64_t) { return Observation(); }},
      {"ALog",
       [](std::uint64_t i) {
         Observation item;
         item.row = static_cast<std::int64_t>(i + 1);
         item.time.value = 131'000'000'000'000'000 + static_cast<std::int64_t>(i / 3) * 10'000'000;
         item.record_id = 4'000'000'000 + i;
         item.host = static_cast<TextId>(7 + i % 3);
         item.computer = 9;
         item.kind = static_cast<std::uint32_t>(i % 5);
         item.first_value = static_cast<std::uint32_t>(4 * i);
         item.first_named_host = static_cast<std::uint32_t>(i / 2);
         item.named_hosts = static_cast<std::uint16_t>(i % 2);
         item.time_basis = TimeBasis::kUtc;
         item.clock = Clock::kUtc;
         return item;
       }},
      {"TheNewestFirstAndFacts",
       [](std::uint64_t i) {
         Observation item;
         item.row = 30'000 - static_cast<std::int64_t>(i);
         item.time.value = -static_cast<std::int64_t>(i);
         item.record_id = std::numeric_limits<std::uint64_t>::max() - i;
         item.first_value = static_cast<std::uint32_t>(2'000'000 - i);
         item.time_basis = TimeBasis::kLocalUnknown;
         item.clock = Clock::kWall;
         return item;
       }},
      {"NothingAlike",
       [](std::uint64_t i) {
         Observation item;
         item.row = static_cast<std::int64_t>(Mixed(i));
         item.time.value = static_cast<std::int64_t>(Mixed(2 * i));
         item.record_id = Mixed(3 * i);
         item.host = static_cast<TextId>(Mixed(5 * i));
         item.computer = static_cast<TextId>(Mixed(7 * i));
         item.kind = static_cast<std::uint32_t>(Mixed(11 * i));
         item.first_value = static_cast<std::uint32_t>(Mixed(13 * i));
         item.first_named_host = static_cast<std::uint32_t>(Mixed(17 * i));
         item.named_hosts = static_cast<std::uint16_t>(Mixed(19 * i));
         item.time_basis = static_cast<TimeBasis>(i % 3);
         item.clock = static_cast<Clock>(i % kClocks);
         return item;
       }},
      // 57 bits are the most that are packed, 58 the least that are not; 63 bits and a sign.
      {"OfManyBits",
       [](std::uint64_t i) {
         Observation item;
         item.row = static_cast<std::int64_t>(Mixed(i) >> 7);
         item.time.value = static_cast<std::int64_t>(Mixed(i) >> 6);
         item.record_id = Mixed(i) >> 8;
         item.first_value = static_cast<std::uint32_t>(i % 2 == 0 ? 0 : -1);
         return item;
       }},
      {"EachEnd",
       [](std::uint64_t i) {
         Observation item;
         const bool low = i % 2 == 0;
         constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
         constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
         item.row = low ? kLeast : kGreatest;
         item.time.value = low ? kGreatest : kLeast;
         item.record_id = low ? 0 : std::numeric_limits<std::uint64_t>::max();
         return item;
       }},
  };
}

class ObservationListTest : public testing::TestWithParam<ListCase> {};

TEST_P(ObservationListTest, GivesWhatWasPutIn) {
  const auto& item = GetParam().item;
  ObservationList list(kMemory);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(list.size(), i);
    list.push_back(item(i));
    ASSERT_EQ(list[i / 2], item(i / 2)) << i;  // also while it grows
  }
  for (std::uint32_t i = 0, at = 0; i < kMany; ++i, at = (at + 7919) % kMany) {
    ASSERT_EQ(list[at], item(at)) << at;
  }
  EXPECT_TRUE(list.ok());
}

INSTANTIATE_TEST_SUITE_P(All, ObservationListTest, testing::ValuesIn(ListCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace exdiag
