// Removing old events, and all that says that they are there.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::At;
using ::testing::ElementsAre;
using testing::Import;
using ::testing::IsEmpty;
using testing::Made;
using testing::Temporary;

std::vector<std::string> Covered(const Store& store) {
  std::vector<std::string> rows;
  const auto coverage = store.CoverageRows();
  for (const Coverage& row : *coverage) {
    rows.push_back(row.host + " " + FormatTimeForPeople(row.from) + " to " +
                   FormatTimeForPeople(row.to));
  }
  return rows;
}

TEST(RemovalTest, WhatIsOldGoesAndTheStoreStaysSound) {
  const auto store = Temporary();
  Import(*store, {{.time = "2026-01-01T10:00:00Z"}, {.time = "2026-01-02T10:00:00Z"}}, "a.csv");
  Import(*store,
         {{.event_id = 9318, .time = "2026-01-02T09:00:00Z"},
          {.time = "2026-01-02T10:00:00Z"},
          {.time = "2026-01-03T10:00:00Z"},
          {.event_id = 17, .time = ""}},
         "b.csv");
  const std::int64_t stamp = store->ChangesSince(0)->stamp;
  const auto removed = store->RemoveEventsBefore(At("2026-01-02T10:00:00Z"));
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_EQ(*removed, 2u);
  std::vector<std::string> left;
  for (const Event& event : testing::AllEvents(*store)) {
    left.push_back(fmt::format("{} {}", event.event_id, FormatTimeForPeople(event.time)));
  }
  // An event without a time is never old.
  EXPECT_THAT(left,
              ElementsAre("17 no time", "9322 2026-01-02 10:00:00", "9322 2026-01-03 10:00:00"));
  EXPECT_THAT(*store->Verify(), IsEmpty());
  // The ledger tells what was fed, coverage what is there to be asked.
  EXPECT_EQ(store->Ledger()->at(0).stored, 2u);
  EXPECT_THAT(Covered(*store), ElementsAre("brest 2026-01-02 10:00:00 to 2026-01-02 10:00:00",
                                           "brest 2026-01-02 10:00:00 to 2026-01-03 10:00:00"));
  std::vector<std::string> changed;
  const auto changes = store->ChangesSince(stamp);
  for (const EventKind& kind : changes->kinds) {
    changed.push_back(std::to_string(kind.event_id));
  }
  EXPECT_THAT(changed, ElementsAre("9318", "9322"));
  EXPECT_EQ(store->CountEvents({})->size(), 2u);  // no line for what has none any more
  EXPECT_EQ(*store->RemoveEventsBefore(At("2026-01-02T10:00:00Z")), 0u);
}

TEST(RemovalTest, ALogOfWhichNothingIsLeftCoversNothing) {
  const auto store = Temporary();
  Import(*store, {{.time = "2026-01-01T10:00:00Z"}, {.host = "lyon", .time = "2026-02-01"}});
  EXPECT_EQ(*store->RemoveEventsBefore(At("2026-01-15")), 1u);
  EXPECT_THAT(Covered(*store), ElementsAre("lyon 2026-02-01 00:00:00 to 2026-02-01 00:00:00"));
  EXPECT_THAT(*store->Verify(), IsEmpty());
  // What was removed and is fed again is there again.
  const LedgerRow row = Import(*store, {{.time = "2026-01-01T10:00:00Z"}});
  EXPECT_EQ(row.stored, 1u);
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(RemovalTest, ManyGoInPortions) {
  const auto store = Temporary();
  constexpr int kEvents = 250'000;
  {
    const auto session = testing::Begin(*store);
    for (int i = 0; i < kEvents; ++i) {
      Made made;
      made.strings = {std::to_string(i)};
      made.time = FormatTime(At("2026-01-01") + Duration::Seconds(i), TimeBasis::kUtc);
      ASSERT_TRUE(testing::Add(*session, made));
    }
    ASSERT_TRUE(session->Commit().ok());
  }
  EXPECT_EQ(*store->RemoveEventsBefore(At("2026-01-01") + Duration::Seconds(240'000)), 240'000u);
  EXPECT_EQ(testing::AllEvents(*store).size(), 10'000u);
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

}  // namespace
}  // namespace exdiag
