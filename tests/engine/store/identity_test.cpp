// "The same event, fed twice, is one event", and what that must not swallow.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/engine/store/old_store.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::Add;
using testing::AllEvents;
using ::testing::ElementsAre;
using testing::Import;
using testing::Made;
using testing::Temporary;

using File = std::vector<Made>;

// Equal events of one second, by their record ids; 0 for a format without.
File Numbered(std::initializer_list<std::uint64_t> record_ids,
              const std::string& channel = "Application") {
  File file;
  for (const std::uint64_t id : record_ids) {
    file.push_back({.record_id = id, .channel = id == 0 ? "" : channel});
  }
  return file;
}

std::vector<std::uint64_t> RecordIds(const Store& store) {
  std::vector<std::uint64_t> ids;
  for (const Event& event : AllEvents(store)) ids.push_back(event.record_id);
  return ids;
}

struct Case {
  std::string_view why;
  std::vector<File> files;
  std::size_t events;
};

std::vector<Case> Cases() {
  File different = Numbered({0});
  different[0].strings = {"LYON", "1722"};
  return {
      {"three equal events in one second stay three", {Numbered({0, 0, 0})}, 3},
      {"fed again they store nothing", {Numbered({0, 0, 0}), Numbered({0, 0, 0})}, 3},
      {"an export with four of them adds one", {Numbered({0, 0, 0}), Numbered({0, 0, 0, 0})}, 4},
      {"other strings are another event", {Numbered({0}), different}, 2},
      {"the same numbers in a binary log and its text export",
       {Numbered({7, 8, 9}), Numbered({0, 0, 0})},
       3},
      {"a text export that saw fewer", {Numbered({7, 8, 9}), Numbered({0})}, 3},
      {"a text export that saw more", {Numbered({7}), Numbered({0, 0})}, 2},
      {"exports that overlap in the middle of a second, by number",
       {Numbered({7, 8}), Numbered({8, 9})},
       3},
      {"exports that meet in the middle of a second", {Numbered({7, 8}), Numbered({9})}, 3},
      {"the same with a text export of part of it",
       {Numbered({7, 8}), Numbered({8, 9}), Numbered({0, 0})},
       3},
      {"a log that was cleared and numbers again, on other days",
       {{{.time = "1999-11-02T19:05:31Z", .record_id = 1, .channel = "Application"}},
        {{.time = "1999-11-03T19:05:31Z", .record_id = 1, .channel = "Application"}}},
       2},
      {"the same number in two logs is two events",
       {Numbered({7}, "Application"), Numbered({7}, "System")},
       2},
      {"a log without a name is the same log when the number agrees",
       {Numbered({7, 8}, "Application"), Numbered({7, 8}, "")},
       2},
      {"a converted log has numbers of its own",
       {Numbered({7, 8}, ""), Numbered({1, 2}, "Application")},
       2},
      {"one number twice in one file: the second is a stale copy", {Numbered({7, 7, 8})}, 2},
      {"with and without numbers in one file they are different events",
       {Numbered({7, 0}), Numbered({7, 0})},
       2},
      {"two hosts", {{{.host = "brest"}}, {{.host = "lyon"}}}, 2},
  };
}

TEST(IdentityTest, WhateverTheOrderOfImports) {
  for (const Case& row : Cases()) {
    std::vector<std::size_t> order(row.files.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      const auto store = Temporary();
      for (const std::size_t i : order) Import(*store, row.files[i]);
      EXPECT_EQ(AllEvents(*store).size(), row.events) << row.why;
      // Once more, all of them: nothing new, and nothing left to refine.
      for (const std::size_t i : order) {
        const LedgerRow again = Import(*store, row.files[i]);
        EXPECT_EQ(again.stored, 0u) << row.why;
        EXPECT_EQ(again.refined, 0u) << row.why;
        EXPECT_EQ(again.duplicates, row.files[i].size()) << row.why;
      }
      EXPECT_EQ(AllEvents(*store).size(), row.events) << row.why;
      EXPECT_THAT(*store->Verify(), ElementsAre()) << row.why;
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST(IdentityTest, OrderInsideAFileDoesNotMatter) {
  const auto store = Temporary();
  Import(*store, Numbered({7, 8, 9}));
  EXPECT_EQ(Import(*store, Numbered({9, 10, 7, 8})).stored, 1u);
  EXPECT_THAT(RecordIds(*store), ElementsAre(7, 8, 9, 10));
}

TEST(IdentityTest, RecordIdsRefineRowsOfTextExports) {
  const auto store = Temporary();
  EXPECT_EQ(Import(*store, Numbered({0, 0})).stored, 2u);
  const LedgerRow finer = Import(*store, Numbered({7, 8, 9}));
  EXPECT_EQ(finer.records, 3u);
  EXPECT_EQ(finer.stored, 1u);
  EXPECT_EQ(finer.duplicates, 2u);
  EXPECT_EQ(finer.refined, 2u);
  EXPECT_THAT(RecordIds(*store), ElementsAre(7, 8, 9));
}

// What every refinable part becomes, with either export first.
TEST(IdentityTest, TheFinerExportWins) {
  const Made coarse = {.level = Level::kUnknown, .known_strings = false};
  const Made fine = {.time = "1999-11-02T19:05:31.25Z",
                     .record_id = 12,
                     .channel = "Application",
                     .precision = TimePrecision::kTicks,
                     .user = "S-1-5-18",
                     .category_text = "X.400 Service",
                     .message = "as exported",
                     .binary = "\x05",
                     .computer = "brest.example.com"};
  for (const bool fine_first : {false, true}) {
    const auto store = Temporary();
    Import(*store, {fine_first ? fine : coarse}, "first");
    const LedgerRow second = Import(*store, {fine_first ? coarse : fine}, "second");
    EXPECT_EQ(second.duplicates, 1u);
    EXPECT_EQ(second.refined, fine_first ? 0u : 1u);
    const std::vector<Event> events = AllEvents(*store);
    ASSERT_EQ(events.size(), 1u);
    const Event& event = events[0];
    EXPECT_EQ(FormatTime(event.time, event.time_basis), "1999-11-02T19:05:31.25Z");
    EXPECT_EQ(event.time_precision, TimePrecision::kTicks);
    EXPECT_EQ(event.record_id, 12u);
    EXPECT_EQ(event.channel, "Application");
    EXPECT_EQ(event.user, "S-1-5-18");
    EXPECT_EQ(event.category_text, "X.400 Service");
    EXPECT_EQ(event.message, "as exported");
    EXPECT_EQ(event.binary, std::vector<std::byte>{std::byte{5}});
    EXPECT_EQ(event.computer, "brest.example.com");
    EXPECT_EQ(event.level, Level::kError);
    EXPECT_THAT(event.strings, ElementsAre("LYON", "5"));
    EXPECT_EQ(event.where.file, "first");
  }
}

// Of two exports of one event, the one with more strings gives them, and their names with them.
TEST(IdentityTest, NamesFitTheStrings) {
  const Made three = {.strings = {"a", "", "c"}, .names = {"A", "B", "C"}, .identity = "a c"};
  const Made two = {.strings = {"a", "c"}, .names = {"A", "C"}, .identity = "a c"};
  const Made three_unnamed = {.strings = {"a", "", "c"}, .identity = "a c"};
  const Made four_unnamed = {.strings = {"a", "", "c", ""}, .identity = "a c"};
  const Made two_unnamed = {.strings = {"a", "c"}, .identity = "a c"};
  const struct {
    std::string_view why;
    Made one, other;
    std::vector<std::optional<std::string>> strings;
    std::vector<std::string> names;
  } kCases[] = {
      {"one leaves empty strings out", two, three, {"a", "", "c"}, {"A", "B", "C"}},
      {"one has no names", three_unnamed, three, {"a", "", "c"}, {"A", "B", "C"}},
      {"one has no names and fewer strings", two_unnamed, three, {"a", "", "c"}, {"A", "B", "C"}},
      {"one has no names and more strings", four_unnamed, three, {"a", "", "c", ""}, {}},
      {"neither has names", three_unnamed, two_unnamed, {"a", "", "c"}, {}},
  };
  for (const auto& row : kCases) {
    for (const bool turned : {false, true}) {
      const auto store = Temporary();
      Import(*store, {turned ? row.other : row.one}, "first");
      Import(*store, {turned ? row.one : row.other}, "second");
      const std::vector<Event> events = AllEvents(*store);
      ASSERT_EQ(events.size(), 1u) << row.why;
      EXPECT_EQ(events[0].strings, row.strings) << row.why << turned;
      EXPECT_EQ(events[0].names, row.names) << row.why << turned;
      EXPECT_THAT(*store->Verify(), ElementsAre()) << row.why;
    }
  }
}

TEST(IdentityTest, UtcIsSurerThanAConvertedLocalTime) {
  const auto store = Temporary();
  Import(*store, {{.basis = TimeBasis::kLocalWithOffset}});
  EXPECT_EQ(Import(*store, {Made{}}).refined, 1u);
  EXPECT_EQ(AllEvents(*store)[0].time_basis, TimeBasis::kUtc);
}

TEST(IdentityTest, ARecoveredCopyIsTheSameEventAndASoundOneReplacesTheMark) {
  Made carved = {.record_id = 7, .channel = "Application", .recovered = true};
  Made sound = carved;
  sound.recovered = false;
  const auto store = Temporary();
  EXPECT_EQ(Import(*store, {sound, carved}).stored, 1u);
  EXPECT_FALSE(AllEvents(*store)[0].recovered);
  const auto other = Temporary();
  EXPECT_EQ(Import(*other, {carved}).stored, 1u);
  EXPECT_TRUE(AllEvents(*other)[0].recovered);
  EXPECT_EQ(Import(*other, {sound}).refined, 1u);
  EXPECT_FALSE(AllEvents(*other)[0].recovered);
}

TEST(IdentityTest, EventsWithoutATime) {
  const auto store = Temporary();
  EXPECT_EQ(Import(*store, {{.time = ""}, {.time = ""}}).stored, 2u);
  EXPECT_EQ(Import(*store, {{.time = ""}}).stored, 0u);
  EXPECT_FALSE(AllEvents(*store)[0].time.known());
}

// Each of a category of its own, as where columns of an export are shifted.
File OwnCategories(int events, bool numbered) {
  File file;
  for (int i = 0; i < events; ++i) {
    Made made{.strings = {std::to_string(i)}, .category_text = "c" + std::to_string(i)};
    made.time = i % 2 == 0 ? "1999-11-02T19:05:31Z" : "1999-11-02T19:05:32Z";
    made.provider = i % 3 == 0 ? "MSExchangeMTA" : "msexchangemta";
    made.identity = made.strings[0];
    if (numbered) made.record_id = static_cast<std::uint64_t>(i) + 1;
    if (numbered) made.channel = "Application";
    file.push_back(made);
  }
  return file;
}

void ExpectNothingNew(Store& store, const File& file) {
  const LedgerRow again = Import(store, file);
  EXPECT_EQ(again.duplicates, file.size());
  EXPECT_EQ(again.refined, 0u);
  EXPECT_THAT(*store.Verify(), ElementsAre());
}

TEST(IdentityTest, AnEventIsFoundAmongManyClasses) {
  File plain = OwnCategories(60, false), numbered = OwnCategories(60, true);
  File of_one_class = numbered;
  for (Made& made : of_one_class) made.category_text.clear();
  // The class that two numbered events are of; it comes before the family is crowded.
  File first = {numbered[29], numbered[30]};
  first[0].strings = first[1].strings = {"another"};
  first[0].identity = first[1].identity = "another";
  first[0].record_id = 1001, first[1].record_id = 1002;
  for (std::vector<File> order : {std::vector<File>{first, plain, numbered},
                                  {first, numbered, plain},
                                  {of_one_class, plain, first},
                                  {plain, of_one_class, first, numbered}}) {
    const auto store = Temporary();
    for (const File& file : order) Import(*store, file);
    EXPECT_EQ(AllEvents(*store).size(), 62u);
    for (const File& file : order) ExpectNothingNew(*store, file);
    // What was removed and is fed again is there again.
    EXPECT_EQ(*store->RemoveEventsBefore(testing::At("1999-11-02T19:05:32Z")), 31u);
    EXPECT_THAT(*store->Verify(), ElementsAre());
    Import(*store, numbered);
    Import(*store, first);
    EXPECT_EQ(AllEvents(*store).size(), 62u);
    EXPECT_THAT(*store->Verify(), ElementsAre());
  }
}

// Asking each class about each event would take many minutes.
TEST(IdentityTest, VeryManyClasses) {
  const auto store = Temporary();
  const File file = OwnCategories(20'000, false);
  EXPECT_EQ(Import(*store, file).stored, 20'000u);
  ExpectNothingNew(*store, file);
}

TEST(IdentityTest, AnOlderStoreKnowsItsEventsAgain) {
  const testing::TestFolder folder;
  const std::string path = folder / "old.db";
  const File file = OwnCategories(60, false);
  Import(**Store::Open(path), file);
  testing::MakeVersion8(path);
  const auto store = Store::Open(path);
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_THAT(*(*store)->Verify(), ElementsAre());
  ExpectNothingNew(**store, file);
  EXPECT_EQ(Import(**store, OwnCategories(80, true)).stored, 20u);
  ExpectNothingNew(**store, file);
  ExpectNothingNew(**store, OwnCategories(80, true));
}

// More groups than the window holds, in an order in which each comes back after it fell out, and
// a few with more equal events than are counted quickly.
TEST(IdentityTest, AWindowOfIdentitiesIsEnough) {
  constexpr int kGroups = 45'000;
  const auto import = [](Store& store, int rounds) {
    auto session = store.BeginImport("big.csv", "test", Store::kUnknownSize);
    for (int round = 0; round < rounds; ++round) {
      for (int i = 0; i < kGroups; ++i) {
        const int times = i % 1000 == 0 ? 30 : 1;
        for (int k = 0; k < times; ++k) {
          EXPECT_TRUE(Add(**session, {.strings = {std::to_string(i)}}));
        }
      }
    }
    return *(*session)->Commit();
  };
  constexpr std::uint64_t kRound = kGroups + 45 * 29;
  const auto store = Temporary();
  EXPECT_EQ(import(*store, 2).stored, 2 * kRound);
  const LedgerRow again = import(*store, 3);
  EXPECT_EQ(again.duplicates, 2 * kRound);
  EXPECT_EQ(again.stored, kRound);
  EXPECT_THAT(*store->Verify(), ElementsAre());
}

}  // namespace
}  // namespace exdiag
