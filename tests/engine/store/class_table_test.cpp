// Which local number the class of an event gets.
#include "engine/store/class_table.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>
#include <tuple>

namespace exdiag {
namespace {

// Owns what its event points to.
struct Kind {
  std::string provider, computer, names;
  NormalisedEvent event;

  Kind(std::string provider_given, std::string computer_given, std::uint64_t source_number)
      : provider(std::move(provider_given)), computer(std::move(computer_given)) {
    event.source_number = source_number;
  }
  const NormalisedEvent& Get() {
    event.provider = provider;
    event.host = event.computer = computer;
    event.names = names;
    return event;
  }
};

// Each of 50 sources under two numbers, as of two decoders, and without one.
std::deque<Kind> ManyKinds() {
  std::deque<Kind> kinds;
  for (std::uint64_t i = 0; i < 6000; ++i) {
    const std::uint64_t source = i % 50;
    const std::uint64_t number = i % 3 == 0 ? 0 : (i % 3) << 45 | (source + 1);
    Kind& kind = kinds.emplace_back("Provider " + std::to_string(source / 5),
                                    "EX" + std::to_string(source % 5), number);
    kind.event.event_id = static_cast<std::uint16_t>(i / 150 % 10);
    kind.event.level = i / 1500 % 2 == 0 ? Level::kError : Level::kWarning;
    kind.event.category = static_cast<std::uint16_t>(i / 3000);
    if (i % 7 == 0) kind.names = "\x02" + std::string(1, static_cast<char>('a' + i % 2));
  }
  return kinds;
}

TEST(ClassTableTest, SourceNumbersMakeNoDifference) {
  ClassTable table(std::nullopt);
  Batch batch;
  std::deque<Kind> kinds = ManyKinds();
  std::mt19937 random(1);
  for (int i = 0; i < 50'000; ++i) {
    const NormalisedEvent& event = kinds[random() % kinds.size()].Get();
    const std::uint32_t number = table.ClassOf(event, batch);
    ASSERT_LT(number, batch.new_classes.size());
    const EventClass& key = batch.new_classes[number];
    EXPECT_EQ(std::tie(event.provider, event.computer, event.event_id, event.level, event.category,
                       event.names),
              std::tuple(std::string_view(key.provider), std::string_view(key.computer),
                         key.event_id, key.level, key.category, std::string_view(key.names)));
  }
  std::map<std::tuple<std::string, std::string, int, Level, int, std::string>, int> distinct;
  for (const EventClass& key : batch.new_classes) {
    ++distinct[{key.provider, key.computer, key.event_id, key.level, key.category, key.names}];
  }
  EXPECT_EQ(distinct.size(), batch.new_classes.size());
}

TEST(ClassTableTest, ForgetsNumbersWhenItStartsAgain) {
  ClassTable table(std::nullopt);
  Batch batch;
  Kind ese("ESE", "EX1", 1);
  Kind dns("DNS", "EX1", 2);
  ese.event.user = "S-1-5-18";
  ese.event.user_number = 1;
  dns.event.user = "S-1-5-20";
  dns.event.user_number = 2;
  EXPECT_EQ(table.ClassOf(ese.Get(), batch), 0U);
  EXPECT_EQ(table.ClassOf(dns.Get(), batch), 1U);
  EXPECT_EQ(table.UserOf(ese.Get(), batch), 0U);
  EXPECT_EQ(table.UserOf(dns.Get(), batch), 1U);
  table.Restart();
  EXPECT_EQ(table.ClassOf(dns.Get(), batch), 0U);
  EXPECT_EQ(table.ClassOf(ese.Get(), batch), 1U);
  EXPECT_EQ(table.UserOf(dns.Get(), batch), 0U);
  EXPECT_EQ(table.UserOf(ese.Get(), batch), 1U);
}

TEST(ClassTableTest, FindsUsersWithAndWithoutNumbers) {
  ClassTable table(std::nullopt);
  Batch batch;
  const std::string users[] = {"S-1-5-18", "S-1-5-19", "S-1-5-20"};
  NormalisedEvent event;
  EXPECT_EQ(table.UserOf(event, batch), QueuedEvent::kNoUser);
  for (std::uint64_t i = 0; i < 300; ++i) {
    event.user = users[i % 3];
    event.user_number = i % 2 == 0 ? 0 : (i % 4) << 17 | (i % 3 + 1);
    EXPECT_EQ(table.UserOf(event, batch), i % 3);
  }
  EXPECT_EQ(batch.new_users.size(), 3U);
}

}  // namespace
}  // namespace exdiag
