// Events that several threads prepare are stored as those that are added one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <random>
#include <thread>

#include "engine/evidence/sink.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using ::testing::IsEmpty;
using namespace testing;

std::string ToLine(const Event& event) {
  std::string line = std::to_string(event.id) + " " + event.provider + " " +
                     std::to_string(event.event_id) + " " + event.host + " " + event.channel + " " +
                     event.user + " " + FormatTime(event.time, event.time_basis) + " " +
                     std::to_string(event.record_id) + (event.recovered ? " recovered" : "") + " " +
                     std::to_string(event.where.place.value) + " " + event.message;
  for (const auto& value : event.strings) line += "/" + value.value_or("(none)");
  return line + "/" + std::to_string(event.binary.size());
}

// All that can be asked of it, a line each.
std::vector<std::string> Told(const Store& store) {
  std::vector<std::string> lines;
  for (const Event& event : AllEvents(store)) lines.push_back(ToLine(event));
  const auto coverage = store.CoverageRows();
  for (const Coverage& row : *coverage) {
    lines.push_back(row.host + "/" + row.channel + " " + std::to_string(row.events) + " " +
                    FormatTime(row.from, row.time_basis) + " " +
                    FormatTime(row.to, row.time_basis));
  }
  const auto counts = store.CountEvents({});
  for (const EventCount& row : *counts) {
    lines.push_back(row.kind.provider + " " + std::to_string(row.kind.event_id) + " " +
                    std::to_string(row.count) + " " + FormatTime(row.first, TimeBasis::kUtc) + " " +
                    FormatTime(row.last, TimeBasis::kUtc));
  }
  const auto stretches = store.NumberStretches();
  for (const NumberStretch& row : *stretches) {
    lines.push_back(row.host + "/" + row.channel + " " + std::to_string(row.first_record) + "-" +
                    std::to_string(row.last_record) + " " + std::to_string(row.events));
  }
  const auto rejects = store.Rejects();
  for (const StoredReject& row : *rejects) lines.push_back(row.diagnostic_id + " " + row.reason);
  const auto ledger = store.Ledger();
  for (const LedgerRow& row : *ledger) {
    lines.push_back(std::to_string(row.records) + "=" + std::to_string(row.stored) + "+" +
                    std::to_string(row.duplicates) + "+" + std::to_string(row.rejected));
  }
  EXPECT_THAT(*store.Verify(), IsEmpty());
  return lines;
}

// A log of so many events, of `kinds` kinds and a few users.
std::vector<Made> Log(std::size_t events, std::size_t kinds, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  std::vector<Made> log;
  for (std::size_t i = 0; i < events; ++i) {
    Made made;
    const std::size_t kind = below(kinds);
    made.provider = "Provider" + std::to_string(kind % 50);
    made.event_id = static_cast<std::uint16_t>(kind / 50);
    made.host = kind % 3 == 0 ? "brest" : "lyon";
    made.channel = kind % 5 == 0 ? "System" : "Application";
    made.time =
        FormatTime(TicksFromUnix(941'500'000 + static_cast<std::int64_t>(i / 3)), TimeBasis::kUtc);
    made.strings = {std::to_string(below(4)), "text"};
    made.record_id = i + 1;
    made.user = below(4) == 0 ? "" : "user" + std::to_string(below(kinds / 2 + 2));
    made.message = below(9) == 0 ? "a message" : "";
    made.binary = below(9) == 0 ? "binary" : "";
    made.line = i + 1;
    log.push_back(made);
  }
  return log;
}

constexpr std::size_t kRejectEvery = 500;

void AddRejectAt(ImportSession& session, std::size_t at) {
  if (at % kRejectEvery == 0) session.AddReject({{}, "test.reject", std::to_string(at), {}});
}

std::vector<std::string> OneByOne(const std::vector<Made>& log) {
  const auto store = Temporary();
  const auto session = Begin(*store);
  for (std::size_t i = 0; i < log.size(); ++i) {
    AddRejectAt(*session, i);
    EXPECT_TRUE(Add(*session, log[i]));
  }
  EXPECT_TRUE(session->Commit());
  return Told(*store);
}

// Parts of all sizes: added one by one, by one preparer or another, cut off at the end (what is cut
// off is in the next part), or lost altogether and prepared once more.
std::vector<std::string> InParts(const std::vector<Made>& log, unsigned seed,
                                 std::size_t preparer_count = 3) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  const auto store = Temporary();
  const auto session = Begin(*store);
  std::vector<std::unique_ptr<EventPreparer>> preparers;
  while (preparers.size() < preparer_count) preparers.push_back(session->NewPreparer());
  std::vector<std::unique_ptr<PreparedRecords>> slots(4);
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t most = kRejectEvery - at % kRejectEvery;
    const std::size_t end = std::min(log.size(), at + 1 + below(most));
    const bool one_by_one = below(4) == 0;
    EventPreparer& preparer = *preparers[below(preparers.size())];
    auto& slot = slots[below(slots.size())];
    if (!one_by_one) {
      preparer.Begin(slot);
      EXPECT_EQ(slot->count(), 0U);
      for (std::size_t i = at; i < end; ++i) EXPECT_TRUE(Add(preparer, log[i]));
      EXPECT_EQ(slot->count(), end - at);
      if (below(6) == 0) continue;
      if (below(3) == 0) slot->CutTo(below(end - at + 1));
    }
    if (one_by_one || slot->count() > 0) AddRejectAt(*session, at);
    if (one_by_one) {
      for (; at < end; ++at) EXPECT_TRUE(Add(*session, log[at]));
    } else {
      at += slot->count();
      EXPECT_TRUE(session->AddPrepared(*slot));
      EXPECT_EQ(slot->count(), 0U);
    }
  }
  EXPECT_TRUE(session->Commit());
  return Told(*store);
}

TEST(PreparedTest, InPartsAsOneByOne) {
  for (const std::size_t kinds : {1U, 20U, 700U}) {
    const std::vector<Made> log = Log(3000, kinds, static_cast<unsigned>(kinds));
    const std::vector<std::string> expected = OneByOne(log);
    EXPECT_GT(expected.size(), log.size());
    for (unsigned seed = 0; seed < 6; ++seed) {
      EXPECT_EQ(InParts(log, seed), expected) << kinds << " kinds, seed " << seed;
    }
  }
}

// More than a table of numbers holds, the session's as well as a preparer's.
TEST(PreparedTest, MoreKindsThanATableHolds) {
  const std::vector<Made> log = Log(24'000, 20'000, 1);
  EXPECT_EQ(InParts(log, 1, 1), OneByOne(log));
}

TEST(PreparedTest, SeveralThreads) {
  constexpr std::size_t kParts = 40, kPart = 500;
  const std::vector<Made> log = Log(kParts * kPart, 300, 7);
  const auto store = Temporary();
  const auto session = Begin(*store);
  std::vector<std::unique_ptr<PreparedRecords>> slots(kParts);
  std::vector<std::promise<void>> done(kParts);
  const auto prepare = [&](std::size_t from, std::size_t step) {
    const auto preparer = session->NewPreparer();
    for (std::size_t part = from; part < kParts; part += step) {
      preparer->Begin(slots[part]);
      for (std::size_t i = 0; i < kPart; ++i) EXPECT_TRUE(Add(*preparer, log[part * kPart + i]));
      done[part].set_value();
    }
  };
  std::thread first(prepare, 0, 2), second(prepare, 1, 2);
  for (std::size_t part = 0; part < kParts; ++part) {
    done[part].get_future().wait();
    AddRejectAt(*session, part * kPart);
    EXPECT_TRUE(session->AddPrepared(*slots[part]));
  }
  first.join();
  second.join();
  EXPECT_TRUE(session->Commit());
  EXPECT_EQ(Told(*store), OneByOne(log));
}

TEST(PreparedTest, NoPartGrowsLarge) {
  const auto store = Temporary();
  const auto session = Begin(*store);
  const auto preparer = session->NewPreparer();
  std::unique_ptr<PreparedRecords> part;
  preparer->Begin(part);
  const Made large = {.message = std::string(600'000, 'x')};
  int added = 0;
  while (Add(*preparer, large)) ++added;
  EXPECT_EQ(added, 3);
  EXPECT_EQ(part->count(), 3U);
  preparer->Begin(part);
  EXPECT_TRUE(Add(*preparer, large));
}

// Another table takes the names of the next part.
TEST(PreparedTest, NoTableOfNamesGrowsLarge) {
  const auto store = Temporary();
  const auto session = Begin(*store);
  const auto preparer = session->NewPreparer();
  Made named;
  std::unique_ptr<PreparedRecords> part;
  for (int i = 0; i < 3; ++i) {
    preparer->Begin(part);
    for (int added = 0; added < 5; ++added) {
      named.channel = std::to_string(i * 10 + added) + std::string(std::size_t{1} << 20, 'x');
      ASSERT_EQ(Add(*preparer, named), added < 4) << i << ", " << added;
    }
    EXPECT_TRUE(session->AddPrepared(*part));
  }
  EXPECT_EQ(session->Commit()->stored, 12U);
}

TEST(PreparedTest, WhereSomeKindsAreOnlyCountedNothingIsPrepared) {
  StoreOptions options;
  options.keep_only.emplace();
  const auto store = Temporary(options);
  EXPECT_EQ(Begin(*store)->NewPreparer(), nullptr);
}

}  // namespace
}  // namespace exdiag
