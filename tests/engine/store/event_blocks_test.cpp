#include "engine/store/event_blocks.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <string>

namespace exdiag {
namespace {

using ::testing::ElementsAre;

// An event that owns its texts.
struct Owned {
  StoredEvent event;
  std::string strings, message, binary;

  StoredEvent View() const {
    StoredEvent view = event;
    view.strings = strings;
    view.message = message;
    view.binary = binary;
    return view;
  }
};

void ExpectSame(const StoredEvent& a, const StoredEvent& b) {
  EXPECT_EQ(a.class_row, b.class_row);
  EXPECT_EQ(a.second, b.second);
  EXPECT_EQ(a.fraction, b.fraction);
  EXPECT_EQ(a.flags, b.flags);
  EXPECT_EQ(a.record_id, b.record_id);
  EXPECT_EQ(a.identity, b.identity);
  EXPECT_EQ(a.user_row, b.user_row);
  EXPECT_EQ(a.import, b.import);
  EXPECT_EQ(a.place, b.place);
  EXPECT_EQ(a.place_column, b.place_column);
  EXPECT_EQ(a.strings, b.strings);
  EXPECT_EQ(a.message, b.message);
  EXPECT_EQ(a.binary, b.binary);
}

StoredEvent Extreme(std::int64_t second) {
  StoredEvent event;
  event.class_row = std::numeric_limits<std::int64_t>::max();
  event.second = second;
  event.fraction = 9'999'999;
  event.flags = 63;
  event.record_id = ~std::uint64_t{0};
  event.identity = ~std::uint64_t{0};
  event.user_row = std::numeric_limits<std::int64_t>::max();
  event.import = std::numeric_limits<std::int64_t>::max();
  event.place = ~std::uint64_t{0};
  event.place_column = ~std::uint32_t{0};
  event.strings = "s";
  event.message = "message";
  event.binary = std::string_view("\0b", 2);
  return event;
}

TEST(EventBlockTest, HoldsWhatItWasGiven) {
  EventBlock block(7);
  for (const std::int64_t second : {std::int64_t{0}, kNoTime, std::int64_t{1} << 40}) {
    ASSERT_TRUE(block.Add(Extreme(second)));
  }
  ASSERT_TRUE(block.Add({}));
  const EventBlock read(7, block.content());
  EXPECT_EQ(read.end(), 11);
  StoredEvent event;
  ASSERT_TRUE(read.Get(7, event));
  ExpectSame(event, Extreme(0));
  ASSERT_TRUE(read.Get(8, event));
  ExpectSame(event, Extreme(kNoTime));
  ASSERT_TRUE(read.Get(9, event));
  ExpectSame(event, Extreme(std::int64_t{1} << 40));
  ASSERT_TRUE(read.Get(10, event));
  ExpectSame(event, {});
  EXPECT_FALSE(read.Get(6, event));
  EXPECT_FALSE(read.Get(11, event));
}

TEST(EventBlockTest, IsFullBeforeItNeedsAnotherPage) {
  EventBlock block(1);
  StoredEvent event;
  const std::string text(150, 'x');
  event.strings = text;
  int count = 0;
  while (block.Add(event)) ++count;
  EXPECT_GT(count, 90);
  EXPECT_LE(block.content().size(), 16'300u);
  EXPECT_GT(block.content().size(), 16'000u);
  // One that is larger than any page has a block of its own.
  EventBlock large(1);
  const std::string much(100'000, 'x');
  event.message = much;
  EXPECT_TRUE(large.Add(event));
  EXPECT_FALSE(large.Add({}));
  const EventBlock read(1, large.content());
  ASSERT_TRUE(read.Get(1, event));
  EXPECT_EQ(event.message, much);
}

TEST(EventBlockTest, DamageGivesWhatCanBeRead) {
  EventBlock block(1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(block.Add(Extreme(i)));
  StoredEvent event;
  for (std::size_t size = 0; size < block.content().size(); ++size) {
    const EventBlock cut(1, std::string_view(block.content()).substr(0, size));
    ASSERT_LT(cut.end(), 4) << size;
    for (std::int64_t id = 1; id < cut.end(); ++id) {
      ASSERT_TRUE(cut.Get(id, event)) << size;
      ExpectSame(event, Extreme(id - 1));
    }
  }
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string content = block.content();
    for (int i = 0; i < 3; ++i) content[random() % content.size()] = static_cast<char>(random());
    const EventBlock damaged(1, content);
    for (std::int64_t id = 1; id < damaged.end(); ++id) damaged.Get(id, event);
  }
}

class EventBlocksTest : public ::testing::Test {
 protected:
  EventBlocksTest() {
    database_.Open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    database_.Execute(
        "PRAGMA page_size = 16384; CREATE TABLE event_blocks (first INTEGER PRIMARY KEY, ids, "
        "events, low, high, content)");
    blocks_ = std::make_unique<EventBlocks>(database_);
  }
  ~EventBlocksTest() override { EXPECT_TRUE(database_.ok()) << database_.error(); }

  void ExpectHolds(const std::map<std::int64_t, Owned>& expected) {
    auto at = expected.begin();
    blocks_->ForEach([&](std::int64_t id, const StoredEvent& event) {
      ASSERT_NE(at, expected.end());
      ASSERT_EQ(id, at->first);
      ExpectSame(event, at->second.View());
      ++at;
    });
    EXPECT_EQ(at, expected.end());
    sql::Statement rows(database_,
                        "SELECT first, ids, events, low, high, content FROM event_blocks", false);
    while (rows.Next()) {
      const EventBlock block(rows.Int(0), rows.Bytes(5));
      EXPECT_EQ(block.end() - block.first(), rows.Int(1));
      const EventBlock::Extent extent = block.Measure();
      EXPECT_EQ(extent.events, rows.Unsigned(2));
      EXPECT_EQ(extent.low, rows.Int(3));
      EXPECT_EQ(extent.high, rows.Int(4));
    }
  }

  sql::Database database_;
  std::unique_ptr<EventBlocks> blocks_;
};

// Against a plain map: events added, replaced by larger and smaller ones, and removed.
TEST_F(EventBlocksTest, AreWhatWasAddedReplacedAndRemoved) {
  std::mt19937 random(11);
  const auto below = [&](std::size_t end) { return random() % end; };
  std::map<std::int64_t, Owned> expected;
  const auto make = [&] {
    Owned made;
    made.event.second = below(50) == 0 ? kNoTime : static_cast<std::int64_t>(below(100'000));
    made.event.class_row = static_cast<std::int64_t>(below(5));
    made.event.identity = random();
    made.strings.assign(below(below(20) == 0 ? 40'000 : 200), 's');
    made.message.assign(below(20), 'm');
    made.binary.assign(below(20), 'b');
    return made;
  };
  StoredEvent event;
  for (int step = 0; step < 8000; ++step) {
    Owned made = make();
    const std::int64_t id = blocks_->Add(made.View());
    ASSERT_FALSE(expected.contains(id));
    expected[id] = std::move(made);
    const auto some =
        std::next(expected.begin(), static_cast<std::ptrdiff_t>(below(expected.size())));
    ASSERT_TRUE(blocks_->Get(some->first, event));
    ExpectSame(event, some->second.View());
    if (below(3) == 0) {
      Owned other = make();
      other.event.second = some->second.event.second;
      blocks_->Replace(some->first, other.View());
      some->second = std::move(other);
    }
    if (below(700) == 0) blocks_->Flush();
    if (below(2500) == 0) {
      const auto end = static_cast<std::int64_t>(below(50'000));
      std::size_t seen = 0;
      blocks_->RemoveBefore(end, [&](std::int64_t gone, const StoredEvent& removed) {
        ExpectSame(removed, expected.at(gone).View());
        ++seen;
      });
      EXPECT_EQ(std::erase_if(expected,
                              [&](const auto& each) {
                                const std::int64_t second = each.second.event.second;
                                return second < end && second != kNoTime;
                              }),
                seen);
    }
  }
  blocks_->Flush();
  ExpectHolds(expected);
}

TEST_F(EventBlocksTest, DropForgetsWhatIsNotFlushed) {
  blocks_->Add({});
  blocks_->Flush();
  blocks_->Add({});
  blocks_->Drop();
  StoredEvent event;
  EXPECT_TRUE(blocks_->Get(1, event));
  EXPECT_FALSE(blocks_->Get(2, event));
  EXPECT_EQ(blocks_->Add({}), 2);
}

TEST_F(EventBlocksTest, IdsMayHaveGaps) {
  for (const std::int64_t id : {3, 4, 9}) blocks_->AddAs(id, {});
  blocks_->Flush();
  std::vector<std::int64_t> ids;
  blocks_->ForEach([&](std::int64_t id, const StoredEvent&) { ids.push_back(id); });
  EXPECT_THAT(ids, ElementsAre(3, 4, 9));
  StoredEvent event;
  EXPECT_FALSE(blocks_->Get(5, event));
  EXPECT_EQ(blocks_->Add({}), 10);
}

TEST_F(EventBlocksTest, WhatIsAllRemovedLeavesNoRow) {
  blocks_->Add({});
  blocks_->RemoveBefore(1, [](std::int64_t, const StoredEvent&) {});
  EXPECT_EQ(database_.Number("SELECT count(*) FROM event_blocks"), 0);
}

}  // namespace
}  // namespace exdiag
