#include "engine/store/class_index.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "engine/store/class_events.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

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
      {-11'644'473'600, 7},      {-1, 3}, {0, 1}, {0, 2}, {1'700'000'000, 1},
      {1'700'000'000, 1'000'000}};
  EXPECT_EQ(RoundTrip(entries), entries);
  EXPECT_EQ(EncodeBlock(std::vector<ClassEntry>{{5, 9}}).size(), 3u);
}

TEST(ClassBlockTest, DamageGivesWhatCanBeRead) {
  const std::vector<ClassEntry> entries = {{100, 1}, {101, 2}, {102, 3}};
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
        "CREATE TABLE class_blocks (class, first, first_event, last, events, content, "
        "PRIMARY KEY (class, first, first_event)) WITHOUT ROWID");
    RegisterClassEvents(database_);
    index_ = std::make_unique<ClassIndex>(database_);
  }
  ~ClassIndexTest() override { EXPECT_TRUE(database_.ok()) << database_.error(); }

  void Add(std::int64_t class_row, std::int64_t second, std::int64_t event) {
    index_->Add(index_->Of(class_row), {second, event});
  }
  // "class/second/event" of all that a query finds.
  std::vector<std::string> Found(const std::string& where = "1") {
    index_->Flush();
    sql::Statement rows(database_,
                        "SELECT class || '/' || second || '/' || event FROM exdiag_class_events "
                        "WHERE " +
                            where + " ORDER BY class, second, event",
                        false);
    std::vector<std::string> found;
    while (rows.Next()) found.push_back(rows.Text(0));
    return found;
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
  EXPECT_THAT(Found("class = 1"), ElementsAre("1/10/10", "1/20/20", "1/20/21", "1/30/30"));
  EXPECT_THAT(Found("class IN (1, 2) AND second >= 20 AND second < 30"),
              ElementsAre("1/20/20", "1/20/21", "2/20/5"));
  EXPECT_THAT(Found("second > 20"), ElementsAre("1/30/30"));
  EXPECT_THAT(Found("class = 3"), IsEmpty());
  EXPECT_THAT(Found("class = 1 AND second BETWEEN 11 AND 19"), IsEmpty());
}

// As an import of a few records every night leaves them.
TEST_F(ClassIndexTest, ALastBlockTakesAFewMore) {
  for (int night = 0; night < 300; ++night) {
    for (int i = 0; i < 10; ++i) Add(1, night * 100 + i, night * 10 + i);
    index_->Flush();
  }
  EXPECT_EQ(Found().size(), 3000u);
  EXPECT_EQ(Blocks(), 34);
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
  std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> expected;
  for (std::int64_t event = 1; event <= 6000; ++event) {
    const std::int64_t class_row = 1 + below(3), second = event / 4 + below(50);
    Add(class_row, second, event);
    expected.emplace(class_row, second, event);
    if (below(4) == 0) {
      auto it = expected.begin();
      std::advance(it, below(static_cast<int>(std::min<std::size_t>(expected.size(), 300))));
      const auto [before, at, moved] = *it;
      const std::int64_t after = 1 + (before + below(2)) % 3;
      if (after != before) {
        index_->Move({at, moved}, before, after);
        expected.erase(it);
        expected.emplace(after, at, moved);
      }
    }
    if (below(500) == 0) index_->Flush();
    if (below(1000) == 0) {
      const std::int64_t class_of = 1 + below(3), first = below(1000), end = first + below(200);
      index_->Remove(class_of, first, end);
      std::erase_if(expected, [&](const auto& entry) {
        return std::get<0>(entry) == class_of && std::get<1>(entry) >= first &&
               std::get<1>(entry) < end;
      });
    }
  }
  std::vector<std::string> words;
  for (const auto& [class_row, second, event] : expected) {
    words.push_back(std::to_string(class_row) + "/" + std::to_string(second) + "/" +
                    std::to_string(event));
  }
  EXPECT_EQ(Found(), words);
}

TEST_F(ClassIndexTest, BothWaysOfReadingAgree) {
  for (int i = 0; i < 5000; ++i) Add(1 + i % 2, i / 3, i);
  index_->Flush();
  ClassEvents events(database_);
  std::size_t count = 0;
  events.ForEach(1, 100, 900, [&](std::span<const ClassEntry> part) {
    for (const ClassEntry& entry : part) EXPECT_TRUE(entry.second >= 100 && entry.second <= 900);
    count += part.size();
  });
  EXPECT_EQ(count, Found("class = 1 AND second >= 100 AND second <= 900").size());
  EXPECT_GT(count, 1000u);
}

}  // namespace
}  // namespace exdiag
