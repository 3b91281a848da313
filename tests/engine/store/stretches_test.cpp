// Which record numbers the exports showed, as the store keeps it.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/engine/store/old_store.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using testing::Import;
using testing::Made;
using testing::TestFolder;

// "System@brest 1-3 10:00:00-10:02:00 (3)".
std::vector<std::string> Words(const Store& store) {
  std::vector<std::string> words;
  const auto stretches = store.NumberStretches();
  EXPECT_TRUE(stretches.ok()) << stretches.error().message;
  for (const NumberStretch& one : *stretches) {
    const auto time = [](Ticks at) { return FormatTimeForPeople(at).substr(11); };
    words.push_back(one.channel + "@" + one.host + " " + std::to_string(one.first_record) + "-" +
                    std::to_string(one.last_record) + " " + time(one.from) + "-" + time(one.to) +
                    " (" + std::to_string(one.events) + ")" + (one.recovered ? " recovered" : "") +
                    (one.time_basis == TimeBasis::kUtc ? "" : " of another clock"));
  }
  return words;
}

Made Record(std::uint64_t number, const char* time, const char* host = "brest") {
  return {.host = host,
          .time = std::string("1999-11-02T") + time + "Z",
          .strings = {std::to_string(number)},
          .record_id = number,
          .channel = "System"};
}

std::vector<Made> SomeRecords() {
  std::vector<Made> records = {Record(1, "10:00:00"), Record(2, "10:01:00"),
                               Record(3, "10:02:00"), Record(7, "10:07:00"),
                               Record(8, "09:08:00"), Record(1, "10:00:00", "lyon")};
  records.push_back(Record(5, "10:05:00"));
  records.back().recovered = true;
  records.push_back(Record(4, "10:05:00"));
  records.back().basis = TimeBasis::kLocalUnknown;
  return records;
}

const auto kSome = ElementsAre(
    "System@brest 1-3 10:00:00-10:02:00 (3)",
    "System@brest 4-4 10:05:00-10:05:00 (1) of another clock",
    "System@brest 5-5 10:05:00-10:05:00 (1) recovered", "System@brest 7-7 10:07:00-10:07:00 (1)",
    "System@brest 8-8 09:08:00-09:08:00 (1)", "System@lyon 1-1 10:00:00-10:00:00 (1)");

TEST(StretchesTest, WhatFollowsEachOtherIsOne) {
  const auto store = testing::Temporary();
  Import(*store, SomeRecords());
  EXPECT_THAT(Words(*store), kSome);
}

// A store that was made before says it by the events that are in it.
TEST(StretchesTest, AnOlderStoreLearnsThem) {
  const TestFolder folder;
  const std::string file = folder / "old.db";
  Import(**Store::Open(file), SomeRecords());
  testing::MakeVersion6(file, "DROP TABLE stretches; PRAGMA user_version = 5");
  EXPECT_THAT(Words(**Store::Open(file)), kSome);
}

TEST(StretchesTest, RemovedEventsAreNoLongerAmongThem) {
  const auto store = testing::Temporary();
  Import(*store, SomeRecords());
  ASSERT_TRUE(store->RemoveEventsBefore(ParseIsoTime("1999-11-02T10:01:30Z")->ticks).ok());
  EXPECT_THAT(Words(*store), ElementsAre("System@brest 1-3 10:01:30-10:02:00 (3)",
                                         "System@brest 4-4 10:05:00-10:05:00 (1) of another clock",
                                         "System@brest 5-5 10:05:00-10:05:00 (1) recovered",
                                         "System@brest 7-7 10:07:00-10:07:00 (1)"));
}

// More logs and classes of events than an import remembers; each comes again after it was
// forgotten.
TEST(StretchesTest, ManyLogsOfAnImport) {
  constexpr std::size_t kLogs = 20'000;
  std::vector<Made> plain, numbered;
  for (const std::uint64_t number : {1u, 2u}) {
    for (std::size_t i = 0; i < kLogs; ++i) {
      Made record = Record(number, number == 1 ? "10:00:00" : "10:01:00");
      record.host = "host" + std::to_string(i);
      numbered.push_back(record);
      record.record_id = 0;
      record.channel.clear();
      if (i % 2 == 0) plain.push_back(record);
    }
  }
  const auto store = testing::Temporary();
  EXPECT_EQ(Import(*store, plain).stored, kLogs);
  const LedgerRow finer = Import(*store, numbered);
  EXPECT_EQ(finer.stored, kLogs);
  EXPECT_EQ(finer.refined, kLogs);
  const LedgerRow again = Import(*store, numbered);
  EXPECT_EQ(again.stored, 0u);
  EXPECT_EQ(again.refined, 0u);
  EXPECT_EQ(again.duplicates, 2 * kLogs);
  EXPECT_THAT(*store->Verify(), ElementsAre());

  std::uint64_t events = 0;
  const auto stretches = store->NumberStretches();
  ASSERT_TRUE(stretches.ok());
  for (const NumberStretch& one : *stretches) {
    EXPECT_EQ(one.events, one.last_record - one.first_record + 1);
    events += one.events;
  }
  EXPECT_EQ(events, 2 * 2 * kLogs);  // of both imports that showed numbers
  std::uint64_t counted = 0;
  const auto counts = store->CountEvents({});
  ASSERT_TRUE(counts.ok());
  for (const EventCount& count : *counts) counted += count.count;
  EXPECT_EQ(counted, 2 * kLogs);
}

}  // namespace
}  // namespace exdiag
