// What the store says for those who keep results beside its events: which kinds changed, and the
// totals that counting relies on.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using testing::Import;
using ::testing::IsEmpty;
using testing::Made;
using testing::Temporary;

std::vector<std::string> Kinds(const StoreChanges& changes) {
  std::vector<std::string> kinds;
  for (const EventKind& kind : changes.kinds) {
    kinds.push_back(kind.provider + "/" + std::to_string(kind.event_id));
  }
  return kinds;
}

// "9322 warning lyon 2 10:00:00 10:05:00" for each kind, level and host.
std::vector<std::string> Counts(const Store& store, const EventQuery& query = {}) {
  std::vector<std::string> counts;
  const auto counted = store.CountEvents(query);
  for (const EventCount& count : *counted) {
    counts.push_back(std::to_string(count.kind.event_id) + " " +
                     std::string(LevelName(count.level)) + " " + count.host + " " +
                     std::to_string(count.count) + " " +
                     FormatTimeForPeople(count.first).substr(11, 8) + " " +
                     FormatTimeForPeople(count.last).substr(11, 8));
  }
  return counts;
}

TEST(ChangesTest, TellsKindsThatAnImportAddedToOrRefined) {
  const auto store = Temporary();
  const auto since = [&](std::int64_t stamp) { return *store->ChangesSince(stamp); };
  EXPECT_THAT(Kinds(since(0)), IsEmpty());
  const Made refused{.event_id = 9322}, dialled{.event_id = 9318};
  Import(*store, {refused, dialled});
  const std::int64_t first = since(0).stamp;
  EXPECT_THAT(Kinds(since(0)), ElementsAre("MSExchangeMTA/9318", "MSExchangeMTA/9322"));
  EXPECT_THAT(Kinds(since(first)), IsEmpty());

  Import(*store, {dialled});  // the same event: nothing new
  EXPECT_THAT(Kinds(since(first)), IsEmpty());
  const std::int64_t second = since(0).stamp;
  Made finer = refused;
  finer.record_id = 17;
  Import(*store, {finer});
  EXPECT_THAT(Kinds(since(second)), ElementsAre("MSExchangeMTA/9322"));
  finer.level = Level::kWarning;
  finer.channel = "Application";
  Import(*store, {finer, {.provider = "Other", .event_id = 1}});
  EXPECT_THAT(Kinds(since(second)), ElementsAre("MSExchangeMTA/9322", "Other/1"));
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(ChangesTest, AnImportThatIsGivenUpChangesNothing) {
  const auto store = Temporary();
  Import(*store, {Made{}});
  const StoreChanges before = *store->ChangesSince(0);
  {
    const auto session = testing::Begin(*store);
    EXPECT_TRUE(testing::Add(*session, {.event_id = 1}));
  }
  EXPECT_EQ(store->ChangesSince(0)->stamp, before.stamp);
  EXPECT_THAT(Kinds(*store->ChangesSince(0)), ElementsAre("MSExchangeMTA/9322"));
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(CountsTest, TotalsFollowWhatImportsAddAndRefine) {
  const auto store = Temporary();
  Made early{.time = "1999-11-02T10:00:00Z"}, late{.time = "1999-11-02T10:05:00Z"};
  Import(*store, {early, late, {.event_id = 1, .time = ""}});
  EXPECT_THAT(Counts(*store, {.event_ids = {9322}}),
              ElementsAre("9322 error brest 2 10:00:00 10:05:00"));
  const auto timeless = store->CountEvents({.event_ids = {1}});
  EXPECT_FALSE(timeless->front().first.known());
  // A finer export moves one of them to another class and by a fraction of a second.
  early.record_id = 5;
  early.channel = "Application";
  early.time = "1999-11-02T10:00:00.75Z";
  early.precision = TimePrecision::kTicks;
  Import(*store, {early, {.time = "1999-11-02T10:09:00Z"}});
  const auto counts = *store->CountEvents({.event_ids = {9322}});
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].count, 3u);
  EXPECT_EQ(counts[0].first, ParseIsoTime("1999-11-02T10:00:00.75Z")->ticks);
  EXPECT_EQ(counts[0].last, ParseIsoTime("1999-11-02T10:09:00Z")->ticks);
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(KeptTest, IsATextUnderAName) {
  const testing::TestFolder folder;
  const std::string file = folder / "site.db";
  {
    const auto store = Store::Open(file);
    ASSERT_TRUE(store.ok());
    EXPECT_EQ((*store)->Kept("x"), "");
    EXPECT_TRUE((*store)->Keep("x", std::string("a\0b", 3)).ok());
    EXPECT_TRUE((*store)->Keep("y", "").ok());
    EXPECT_TRUE((*store)->Keep("x", std::string("c\0d", 3)).ok());
  }
  const auto store = Store::Open(file, {.read_only = true});
  ASSERT_TRUE(store.ok());
  EXPECT_EQ((*store)->Kept("x"), std::string("c\0d", 3));
  EXPECT_EQ((*store)->Kept("y"), "");
  EXPECT_FALSE((*store)->Keep("x", "z").ok());
}

// The text itself and its checksum: wherever one of its bytes is another, there is none.
TEST(KeptTest, WhatDoesNotFitItsChecksumIsNone) {
  const testing::TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Keep("x", "a text").ok());
  ASSERT_TRUE((*store)->Keep("y", "another").ok());
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  for (int at = 1; at <= 32 + 6; ++at) {
    const std::string part = std::to_string(at);
    const std::string damage = "UPDATE kept SET content = CAST(substr(content, 1, " + part +
                               " - 1) || char(unicode(CAST(substr(content, " + part +
                               ", 1) AS TEXT)) + 1) || substr(content, " + part +
                               " + 1) AS BLOB) WHERE name = 'x'";
    ASSERT_EQ(sqlite3_exec(database, damage.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_EQ((*store)->Kept("x"), "") << at;
    EXPECT_EQ((*store)->Kept("y"), "another");
    EXPECT_THAT(*(*store)->Verify(),
                ElementsAre("what the last diagnosis kept does not fit its checksum (x); the next "
                            "one works it out again"));
    ASSERT_TRUE((*store)->Keep("x", "a text").ok());
    EXPECT_EQ((*store)->Kept("x"), "a text");
  }
  for (const char* cut :
       {"''", "substr(content, 1, 31)", "substr(content, 1, 37)", "content || 'x'"}) {
    const std::string damage =
        std::string("UPDATE kept SET content = CAST(") + cut + " AS BLOB) WHERE name = 'x'";
    ASSERT_EQ(sqlite3_exec(database, damage.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_EQ((*store)->Kept("x"), "") << cut;
    ASSERT_TRUE((*store)->Keep("x", "a text").ok());
  }
  sqlite3_close(database);
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
}

}  // namespace
}  // namespace exdiag
