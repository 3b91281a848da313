#include "engine/store/class_index.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "engine/store/class_events.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<ClassEntry> RoundTrip(const std::vector<ClassEntry>& entries) {
  std::vector<ClassEntry> read;
  DecodeBlock(EncodeBlock(entries), read);
  return read;
}

TEST(ClassBlockTest, HoldsWhatItWasGiven) {
  EXPECT_THAT(RoundTrip({}), IsEmpty());
  const std::vector<ClassEntry> entries = {
      {-11'644'473'600, 1, 7},      {-1, 2, 3}, {0, 0, 1}, {0, 0xffff, 2}, {1'700'000'000, 7, 1},
      {1'700'000'000, 8, 1'000'000}};
  EXPECT_EQ(RoundTrip(entries), entries);
  EXPECT_EQ(EncodeBlock(std::vector<ClassEntry>{{5, 1, 9}}).size(), 4u);
}

TEST(ClassBlockTest, DamageGivesWhatCanBeRead) {
  const std::vector<ClassEntry> entries = {{100, 5, 1}, {101, 6, 2}, {102, 7, 3}};
  const std::string block = EncodeBlock(entries);
  std::vector<ClassEntry> read;
  for (std::size_t size = 0; size < block.size(); ++size) {
    DecodeBlock(block.substr(0, size), read);
    EXPECT_LT(read.size(), entries.size()) << size;
    EXPECT_TRUE(std::equal(read.begin(), read.end(), entries.begin())) << size;
  }
  DecodeBlock(std::string(5000, '\xff'), read);
  EXPECT_THAT(read, IsEmpty());
  DecodeBlock("\xff\x7f" + std::string(1 << 14, '\1'), read);  // says 16,383 entries
  EXPECT_EQ(read.size(), kBlockEntries);
}

class ClassIndexTest : public ::testing::Test {
 protected:
  ClassIndexTest() {
    database_.Open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    database_.Execute(
        "CREATE TABLE class_blocks (class, first, first_mark, first_event, last, events, content, "
        "PRIMARY KEY (class, first, first_mark, first_event)) WITHOUT ROWID");
    index_ = std::make_unique<ClassIndex>(database_);
  }
  ~ClassIndexTest() override { EXPECT_TRUE(database_.ok()) << database_.error(); }

  static std::uint16_t Mark(std::int64_t event) { return static_cast<std::uint16_t>(event % 3); }
  void Add(std::int64_t class_row, std::int64_t second, std::int64_t event) {
    index_->Add(index_->At(class_row), {second, Mark(event), event});
  }
  // "class/second/event" of all that is in the table.
  std::vector<std::string> Found() {
    index_->Flush();
    std::vector<std::string> found;
    std::map<std::int64_t, ClassEntry> last;
    for (std::int64_t class_row = 1; class_row < 10; ++class_row) {
      ClassEvents(database_).ForEach(
          class_row, kFirstSecond, kLastSecond, [&](std::span<const ClassEntry> part) {
            for (const ClassEntry& entry : part) {
              EXPECT_EQ(entry.mark, Mark(entry.event));
              EXPECT_TRUE(!last.contains(class_row) || last[class_row] < entry);
              last[class_row] = entry;
              found.push_back(Word(class_row, entry.second, entry.event));
            }
          });
    }
    return found;
  }
  std::vector<std::int64_t> Like(std::int64_t class_row, std::int64_t second, std::int64_t event) {
    std::vector<std::int64_t> events;
    index_->Find(class_row, second, Mark(event), events);
    std::sort(events.begin(), events.end());
    events.erase(std::unique(events.begin(), events.end()), events.end());
    return events;
  }
  static std::string Word(std::int64_t class_row, std::int64_t second, std::int64_t event) {
    return std::to_string(class_row) + "/" + std::to_string(second) + "/" + std::to_string(event);
  }
  std::int64_t Blocks() { return database_.Number("SELECT count(*) FROM class_blocks"); }

  sql::Database database_;
  std::unique_ptr<ClassIndex> index_;
};

TEST_F(ClassIndexTest, FindsByClassAndPeriod) {
  for (const int second : {10, 30, 20}) Add(1, second, second);
  index_->Flush();
  Add(1, 20, 21);
  Add(2, 20, 5);
  EXPECT_THAT(Found(), ElementsAre("1/10/10", "1/20/21", "1/20/20", "1/30/30", "2/20/5"));
  std::vector<std::int64_t> within;
  ClassEvents(database_).ForEach(1, 11, 20, [&](std::span<const ClassEntry> part) {
    for (const ClassEntry& entry : part) within.push_back(entry.event);
  });
  EXPECT_THAT(within, ElementsAre(21, 20));
}

TEST_F(ClassIndexTest, FindsByMarkWhatWaitsToo) {
  Add(1, 20, 3);
  Add(1, 20, 4);
  EXPECT_THAT(Like(1, 20, 0), ElementsAre(3));
  index_->Flush();
  EXPECT_THAT(Like(1, 20, 0), ElementsAre(3));
  Add(1, 20, 6);
  EXPECT_THAT(Like(1, 20, 0), ElementsAre(3, 6));
  EXPECT_THAT(Like(1, 21, 0), IsEmpty());
  EXPECT_THAT(Like(2, 20, 0), IsEmpty());
}

// As an import of a few records every night leaves them.
TEST_F(ClassIndexTest, BlocksAreAtLeastHalfFull) {
  for (int night = 0; night < 300; ++night) {
    for (int i = 0; i < 10; ++i) Add(1, night * 100 + i, night * 10 + i);
    index_->Flush();
  }
  EXPECT_EQ(Found().size(), 3000u);
  EXPECT_LE(Blocks(), 3000 / 128 + 1);
}

TEST_F(ClassIndexTest, DropForgetsWhatWaits) {
  Add(1, 10, 1);
  index_->Drop();
  EXPECT_THAT(Found(), IsEmpty());
}

// Against a plain set, in many orders.
TEST_F(ClassIndexTest, IsWhatWasAddedMovedAndRemoved) {
  std::mt19937 random(7);
  const auto below = [&](int end) { return static_cast<std::int64_t>(random() % end); };
  std::set<std::pair<std::int64_t, ClassEntry>> expected;
  for (std::int64_t event = 1; event <= 6000; ++event) {
    const std::int64_t class_row = 1 + below(3), second = event / 4 + below(50);
    Add(class_row, second, event);
    expected.emplace(class_row, ClassEntry{second, Mark(event), event});
    if (below(4) == 0) {
      auto it = expected.begin();
      std::advance(it, below(static_cast<int>(std::min<std::size_t>(expected.size(), 300))));
      const auto [before, moved] = *it;
      const std::int64_t after = 1 + (before + below(2)) % 3;
      if (after != before) {
        index_->Move(moved, before, after);
        expected.erase(it);
        expected.emplace(after, moved);
      }
    }
    if (below(20) == 0) {
      const std::int64_t of = 1 + below(3), at = below(static_cast<int>(event) / 4 + 50);
      const std::vector<std::int64_t> found = Like(of, at, event);
      for (const auto& [row, entry] : expected) {
        if (row != of || entry.second != at || entry.mark != Mark(event)) continue;
        EXPECT_THAT(found, Contains(entry.event)) << Word(row, at, entry.event);
      }
    }
    if (below(500) == 0) index_->Flush();
    if (below(1000) == 0) {
      const std::int64_t of = 1 + below(3), first = below(1000), end = first + below(200);
      index_->Remove(of, first, end);
      std::erase_if(expected, [&](const auto& each) {
        return each.first == of && each.second.second >= first && each.second.second < end;
      });
    }
  }
  std::vector<std::string> words;
  for (const auto& [row, entry] : expected) words.push_back(Word(row, entry.second, entry.event));
  EXPECT_EQ(Found(), words);
}

}  // namespace
}  // namespace exdiag
