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

}  // namespace
}  // namespace exdiag
