// Lists of observations against plain vectors of their numbers and times.
#include "engine/signal/match_list.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

#include "engine/signal/number_set.h"
#include "engine/signal/time_line.h"
#include "tests/engine/base/temporary_files.h"

namespace exdiag {
namespace {

constexpr std::uint32_t kPart = 65'536;            // numbers that an IdSetBuilder keeps together
constexpr std::uint32_t kSpan = SetBlocks::kSpan;  // numbers that an IdSet may keep as bits
constexpr std::uint32_t kFew = SetBlocks::kFew;    // and so many as numbers

// Ascending numbers, each of `from` to `to` that is one of `every`.
struct Stretch {
  std::uint32_t from, to, every;
};
struct IdCase {
  std::string name;
  std::vector<Stretch> stretches;
};

const std::vector<IdCase>& IdCases() {
  static const std::vector<IdCase> cases = {
      {"none", {}},
      {"only the first number", {{0, 0, 1}}},
      {"only the last number of a part", {{kPart - 1, kPart - 1, 1}}},
      {"a part that is full", {{0, kPart - 1, 1}}},
      {"parts that are full", {{0, 3 * kPart - 1, 1}}},
      {"few in each part", {{5, 10 * kPart, 1009}}},
      {"as many as are a list", {{0, 100 * (kFew - 1), 100}}},
      {"one more", {{0, 100 * kFew, 100}}},
      {"as many as are two blocks, and one more", {{9, 9 + 100 * 2 * kFew, 100}}},
      {"as many as become bits", {{0, kFew, 1}}},
      {"bits that are full", {{1, kSpan, 1}}},
      {"one more than fits into bits", {{1, kSpan + 1, 1}}},
      {"bits, then a block of numbers, then bits",
       {{77, 77 + kSpan - 1, 2},
        {2 * kSpan, 2 * kSpan + 1000 * kFew, 1000},
        {100 * kSpan, 102 * kSpan, 1}}},
      {"many with gaps", {{1, 2 * kPart, 3}}},
      {"many, a gap of several parts, few, many",
       {{100, kPart, 2}, {5 * kPart + 77, 6 * kPart, 911}, {9 * kPart, 10 * kPart, 1}}},
      {"many that end early in their part", {{0, 9'000, 1}}},
      {"many that begin late in their part", {{kPart - 9'000, kPart + 9'000, 1}}},
      {"next to none in each part", {{7, 40 * kPart, 20'011}}},
      {"next to none in each part, then many",
       {{7, 40 * kPart, 20'011}, {41 * kPart, 42 * kPart, 1}}},
      {"many, then next to none in each part", {{0, kPart, 1}, {2 * kPart, 40 * kPart, 20'011}}},
      {"large numbers", {{0xffff'0000, 0xffff'fffe, 7}}},
  };
  return cases;
}

std::vector<std::uint32_t> NumbersOf(const IdCase& one) {
  std::vector<std::uint32_t> numbers;
  for (const Stretch& stretch : one.stretches) {
    for (std::uint64_t id = stretch.from; id <= stretch.to; id += stretch.every) {
      numbers.push_back(static_cast<std::uint32_t>(id));
    }
  }
  return numbers;
}

IdSet SetOf(const std::vector<std::uint32_t>& numbers) {
  IdSet set;
  for (const std::uint32_t number : numbers) set.Append(number);
  return set;
}

std::vector<std::uint32_t> Visited(const IdSet& set, std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> visited;
  set.ForEach(begin, end, [&](std::uint32_t id) { visited.push_back(id); });
  return visited;
}

TEST(IdSetTest, GivesEachNumberAtItsPosition) {
  for (const IdCase& one : IdCases()) {
    SCOPED_TRACE(one.name);
    const std::vector<std::uint32_t> numbers = NumbersOf(one);
    const IdSet set = SetOf(numbers);
    ASSERT_EQ(set.size(), numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(set[i], numbers[i]) << i;
    EXPECT_EQ(Visited(set, 0, numbers.size()), numbers);
  }
}

TEST(IdSetTest, VisitsAPartOfItsPositions) {
  for (const IdCase& one : IdCases()) {
    SCOPED_TRACE(one.name);
    const std::vector<std::uint32_t> numbers = NumbersOf(one);
    const IdSet set = SetOf(numbers);
    const std::size_t size = numbers.size();
    for (const std::size_t begin : {std::size_t{0}, size / 3, size / 2, size}) {
      for (const std::size_t end : {begin, size / 2, size - size / 7, size}) {
        if (end < begin) continue;
        const std::vector<std::uint32_t> expected(
            numbers.begin() + static_cast<std::ptrdiff_t>(begin),
            numbers.begin() + static_cast<std::ptrdiff_t>(end));
        EXPECT_EQ(Visited(set, begin, end), expected) << begin << " to " << end;
      }
    }
  }
}

TEST(IdSetTest, CountsThoseBelowAnyNumber) {
  for (const IdCase& one : IdCases()) {
    SCOPED_TRACE(one.name);
    const std::vector<std::uint32_t> numbers = NumbersOf(one);
    const IdSet set = SetOf(numbers);
    std::vector<std::uint32_t> asked = {0, 1, kPart - 1, kPart, 7 * kPart, 0xffff'ffff};
    for (const std::uint32_t number : numbers) asked.insert(asked.end(), {number, number + 1});
    for (const std::uint32_t number : asked) {
      const auto below = std::lower_bound(numbers.begin(), numbers.end(), number);
      ASSERT_EQ(set.CountBelow(number), static_cast<std::size_t>(below - numbers.begin()))
          << number;
    }
  }
}

TEST(NumberSetTest, IsAListOfItsNumbers) {
  for (const IdCase& one : IdCases()) {
    SCOPED_TRACE(one.name);
    const std::vector<std::uint32_t> numbers = NumbersOf(one);
    const IdSet set = SetOf(numbers);
    EXPECT_EQ(std::vector<std::uint32_t>(set.begin(), set.end()), numbers);
    EXPECT_EQ(set.empty(), numbers.empty());
    EXPECT_EQ(IdSet(set), set);
    for (const IdCase& other : IdCases()) {
      const std::vector<std::uint32_t> of_other = NumbersOf(other);
      EXPECT_EQ(set <=> SetOf(of_other), numbers <=> of_other) << other.name;
    }
  }
}

TEST(NumberSetTest, TakesNumbersInAnyOrderAndAgain) {
  for (const IdCase& one : IdCases()) {
    SCOPED_TRACE(one.name);
    const std::vector<std::uint32_t> numbers = NumbersOf(one);
    IdSetBuilder builder;
    for (std::size_t i = numbers.size(); i > 0; --i) builder.Add(numbers[i - 1]);
    for (std::size_t i = 0; i < numbers.size(); i += 3) builder.Add(numbers[i]);
    const IdSet set = builder.Take();
    EXPECT_EQ(Visited(set, 0, set.size()), numbers);
    EXPECT_TRUE(builder.Take().empty());
  }
}

TEST(NumberSetTest, KnowsWhatItContainsAndWithWhichItOverlaps) {
  for (const IdCase& one : IdCases()) {
    SCOPED_TRACE(one.name);
    const std::vector<std::uint32_t> numbers = NumbersOf(one);
    const IdSet set = SetOf(numbers);
    std::vector<std::uint32_t> asked = {0, 1, kPart - 1, kPart, 7 * kPart, 0xffff'ffff};
    for (const std::uint32_t number : numbers) asked.insert(asked.end(), {number, number + 1});
    for (const std::uint32_t number : asked) {
      ASSERT_EQ(set.Contains(number), std::binary_search(numbers.begin(), numbers.end(), number))
          << number;
    }
    for (const IdCase& other : IdCases()) {
      const std::vector<std::uint32_t> of_other = NumbersOf(other);
      const bool overlaps = std::any_of(numbers.begin(), numbers.end(), [&](std::uint32_t number) {
        return std::binary_search(of_other.begin(), of_other.end(), number);
      });
      EXPECT_EQ(set.Overlaps(SetOf(of_other)), overlaps) << other.name;
    }
  }
}

TEST(NumberSetTest, OrdersRowsOfFactsBeforeThoseOfEvents) {
  const RowSet rows = RowSet::Of({70'000, -1, 5, -70'000, 0, -2});
  EXPECT_EQ(std::vector<std::int64_t>(rows.begin(), rows.end()),
            (std::vector<std::int64_t>{-70'000, -2, -1, 0, 5, 70'000}));
  EXPECT_EQ(rows.front(), -70'000);
  EXPECT_EQ(rows.CountBelow(-1), 2u);
  EXPECT_TRUE(rows.Contains(-2));
  EXPECT_FALSE(rows.Contains(-3));
}

TEST(NumberSetTest, KeepsRowsThatLieFarApart) {
  std::vector<std::int64_t> rows = {-3, -1};
  for (std::int64_t i = 0; i < 2000; ++i) rows.push_back(i * i * i * 1'000'003);
  const RowSet set = RowSet::Of(rows);
  EXPECT_EQ(std::vector<std::int64_t>(set.begin(), set.end()), rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(set[i], rows[i]);
    ASSERT_EQ(set.CountBelow(rows[i]), i);
    ASSERT_TRUE(set.Contains(rows[i]));
    ASSERT_FALSE(set.Contains(rows[i] + 1) && rows[i] != -1);
  }
}

// Twice what is in memory of all sets.
std::vector<IdSet> ManySets() {
  std::vector<IdSet> sets(60);
  for (std::uint32_t i = 0; i < sets.size(); ++i) {
    for (std::uint32_t id = i; id < 7'000'000; id += 101) sets[i].Append(id);
  }
  return sets;
}

void ExpectManySets(const std::vector<IdSet>& sets) {
  for (std::uint32_t i = 0; i < sets.size(); ++i) {
    std::uint32_t expected = i;
    for (const std::uint32_t id : sets[i]) {
      ASSERT_EQ(id, expected) << i;
      expected += 101;
    }
    ASSERT_EQ(expected, i + 101 * sets[i].size());
    ASSERT_GE(expected, 7'000'000u);
  }
}

TEST(NumberSetTest, SetsTogetherAreLargerThanWhatIsInMemoryOfThem) {
  std::vector<IdSet> sets = ManySets();
  ExpectManySets(sets);
  ExpectManySets(std::vector<IdSet>(sets));  // copies
  sets = ManySets();                         // in the place of others
  ExpectManySets(sets);
  IdSet& one = sets[5];
  one = IdSet(sets[6]);
  EXPECT_EQ(one, sets[6]);
  EXPECT_TRUE(one.Overlaps(sets[6]));
  EXPECT_FALSE(one.Overlaps(sets[7]));
  // While one is walked through others are looked at.
  std::size_t also = 0;
  sets[0].ForEach(0, sets[0].size(), [&](std::uint32_t id) {
    also += sets[8].Contains(id + 8) ? 1u : 0u;
    also += sets[9][sets[9].CountBelow(id)] == id + 9 ? 1u : 0u;
  });
  EXPECT_EQ(also, sets[8].size() + sets[9].size());
  EXPECT_TRUE(SetBlocks::OfThread().ok());
}

// The file of sets of one thread says nothing of those of others.
TEST(NumberSetTest, SaysWhenItsFileCannotBeRead) {
  std::thread([] {
    const std::vector<IdSet> sets = ManySets();
    ExpectManySets(sets);  // after which all was written that is not in memory
    ASSERT_TRUE(SetBlocks::OfThread().ok());
    testing::CutOffTemporaryFiles();
    std::uint64_t sum = 0;
    for (const IdSet& set : sets) {
      set.ForEach(0, set.size(), [&](std::uint32_t id) { sum += id; });
      for (const std::uint32_t id : set) sum += id;
      sum += set[set.size() / 2];
    }
    EXPECT_GT(sum, 0u);
    EXPECT_FALSE(SetBlocks::OfThread().ok());
  }).join();
  EXPECT_TRUE(SetBlocks::OfThread().ok());
}

// Times of one clock after the other; each three times, so that a search has to find an end.
struct World {
  explicit World(const std::array<std::size_t, kClocks>& sizes) {
    for (std::size_t clock = 0; clock < kClocks; ++clock) {
      for (std::size_t i = 0; i < sizes[clock]; ++i) {
        const auto time = static_cast<std::int64_t>(100 + i / 3 * 10);
        clocks.push_back(static_cast<Clock>(clock));
        times.push_back(time);
        line.Append(clocks.back(), Ticks{time});
      }
    }
  }

  // How a plain search finds those of `ids` that lie within.
  PositionRange Within(const std::vector<ObservationId>& ids, Clock clock,
                       const Interval& interval) const {
    PositionRange range;
    const auto before = [&](ObservationId id) {
      return clocks[id] < clock || (clocks[id] == clock && times[id] < interval.from);
    };
    const auto not_behind = [&](ObservationId id) {
      return clocks[id] < clock || (clocks[id] == clock && times[id] <= interval.to);
    };
    const auto begin = std::partition_point(ids.begin(), ids.end(), before);
    const auto end = std::partition_point(begin, ids.end(), not_behind);
    return {static_cast<std::size_t>(begin - ids.begin()),
            static_cast<std::size_t>(end - ids.begin())};
  }

  std::vector<Clock> clocks;
  std::vector<std::int64_t> times;
  TimeLine line;
};

void ExpectSame(const PositionRange& found, const PositionRange& expected) {
  EXPECT_EQ(found.begin, expected.begin);
  EXPECT_EQ(found.end, expected.end);
}

struct ListCase {
  std::string name;
  std::array<std::size_t, kClocks> sizes;
  std::size_t every;
};

TEST(MatchListTest, FindsWindowsOfEachClock) {
  const ListCase cases[] = {
      {"nothing", {0, 0, 0}, 1},
      {"one event", {1, 0, 0}, 1},
      {"all of them, of one clock", {1000, 0, 0}, 1},
      {"a step exactly", {64, 64, 64}, 1},
      {"all of each clock", {100, 200, 300}, 1},
      {"every fifth", {333, 0, 777}, 5},
      {"every fiftieth", {0, 5000, 1}, 50},
  };
  for (const ListCase& one : cases) {
    SCOPED_TRACE(one.name);
    const World world(one.sizes);
    std::vector<ObservationId> ids;
    MatchList list(world.line);
    for (std::size_t i = 0; i < world.times.size(); i += one.every) {
      ids.push_back(static_cast<ObservationId>(i));
      list.Append(ids.back());
    }
    for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
      constexpr Interval kAll{std::numeric_limits<std::int64_t>::min(),
                              std::numeric_limits<std::int64_t>::max()};
      ExpectSame(list.OfClock(clock), world.Within(ids, clock, kAll));
      ExpectSame(list.Within(clock, kAll), world.Within(ids, clock, kAll));
      EXPECT_EQ(list.Within(clock, {}).size(), 0U);
      for (std::int64_t from = 90; from < 3000; from += 35) {
        for (const std::int64_t length : {0, 5, 10, 200, 100'000}) {
          const Interval interval{from, from + length};
          ExpectSame(list.Within(clock, interval), world.Within(ids, clock, interval));
        }
      }
    }
  }
}

TEST(MatchListTest, KnowsWhereEachStandsAndWhen) {
  const World world({5000, 3000, 10});
  MatchList list(world.line);
  std::vector<ObservationId> ids;
  for (ObservationId id = 7; id < world.times.size(); id += 7) {
    ids.push_back(id);
    list.Append(id);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(list.Find(ids[i]), i);
    EXPECT_EQ(list.Find(ids[i] + 1), list.size());
    EXPECT_EQ(list.TimeAt(i), world.times[ids[i]]);
  }
  EXPECT_EQ(list.Find(0), list.size());
}

TEST(MatchListTest, IsTheSameAsAllOfAnotherListWithoutSome) {
  const World world({5000, 3000, 10});
  MatchList whole(world.line);
  for (ObservationId id = 7; id < world.times.size(); id += 7) whole.Append(id);
  struct LeftOut {
    std::string name;
    std::size_t from, to, every;  // positions in `whole`
  };
  const LeftOut cases[] = {
      {"none", 0, 0, 1},      {"the first", 0, 1, 1},     {"the last", 1143, 1144, 1},
      {"a run", 100, 300, 1}, {"each third", 0, 1144, 3}, {"all but the last", 0, 1143, 1},
      {"all", 0, 1144, 1},
  };
  ASSERT_EQ(whole.size(), 1144u);
  for (const LeftOut& one : cases) {
    SCOPED_TRACE(one.name);
    IdSet left_out;
    for (std::size_t i = one.from; i < one.to; i += one.every) left_out.Append(whole[i]);
    MatchList plain(world.line);
    whole.ForEach([&](ObservationId id) {
      if (!left_out.Contains(id)) plain.Append(id);
    });
    const MatchList list(whole, left_out);
    ASSERT_EQ(list.size(), plain.size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
      ASSERT_EQ(list[i], plain[i]);
      ASSERT_EQ(list.TimeAt(i), plain.TimeAt(i));
    }
    for (ObservationId id = 0; id < world.times.size(); ++id) {
      ASSERT_EQ(list.Contains(id), plain.Contains(id));
      ASSERT_EQ(list.Find(id), plain.Find(id));
    }
    for (std::size_t begin = 0; begin <= plain.size(); begin += 97) {
      for (const std::size_t end : {begin, (begin + plain.size()) / 2, plain.size()}) {
        std::vector<ObservationId> visited, expected;
        list.ForEach({begin, end}, [&](ObservationId id) { visited.push_back(id); });
        plain.ForEach({begin, end}, [&](ObservationId id) { expected.push_back(id); });
        ASSERT_EQ(visited, expected) << begin << " to " << end;
      }
    }
    for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
      ExpectSame(list.OfClock(clock), plain.OfClock(clock));
      ExpectSame(list.Within(clock, {300, 5'000}), plain.Within(clock, {300, 5'000}));
    }
  }
}

TEST(RangeSetTest, GivesEachMemberOnce) {
  const World world({1000, 0, 0});
  MatchList even(world.line), third(world.line);
  for (ObservationId id = 0; id < 1000; id += 2) even.Append(id);
  for (ObservationId id = 0; id < 1000; id += 3) third.Append(id);
  RangeSet set;
  EXPECT_TRUE(set.empty());
  set.Add(even, {3, 6});  // 6 8 10
  set.Add(even, {4, 7});  // 8 10 12
  set.Add(even, {1, 2});  // 2
  set.Add(even, {9, 9});
  set.Add(third, {2, 5});  // 6 9 12
  EXPECT_FALSE(set.empty());
  EXPECT_EQ(set.Take(), (IdSet{2, 6, 8, 9, 10, 12}));
  EXPECT_TRUE(set.empty());
  EXPECT_TRUE(set.Take().empty());
}

TEST(RangeSetTest, TakesMoreRangesThanItKeeps) {
  const World world({30'000, 0, 0});
  MatchList even(world.line), all(world.line);
  for (ObservationId id = 0; id < 30'000; ++id) {
    if (id % 2 == 0) even.Append(id);
    all.Append(id);
  }
  RangeSet set;
  std::set<ObservationId> expected;
  for (std::size_t i = 0; i < 9'000; ++i) {
    const std::size_t at = i * 7'919 % 14'998;
    set.Add(even, {at, at + 1});
    expected.insert(even[at]);
    if (i % 5 == 0) {
      set.Add(all, {at, at + 2});
      expected.insert({all[at], all[at + 1]});
    }
  }
  const IdSet members = set.Take();
  EXPECT_TRUE(std::equal(members.begin(), members.end(), expected.begin(), expected.end()));
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace exdiag
