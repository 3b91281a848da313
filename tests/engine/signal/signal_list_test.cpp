#include "engine/signal/signal_list.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/signal/packed_signal.h"

namespace exdiag {
namespace {

Signal MadeSignal(const Rule& rule, std::int64_t number) {
  Signal signal;
  signal.rule = &rule;
  signal.start_points = static_cast<double>(number % 7);
  signal.explained = {-number, number, number + 10};
  signal.hosts = {fmt::format("HOST{}", number)};
  signal.cause = std::string(static_cast<std::size_t>(number * 37 % 5000), 'c');
  signal.first_seen = {number};
  signal.last_seen = {number + 1};
  Reason reason;
  reason.points = 2;
  reason.because = fmt::format("reason {}", number);
  if (number % 3 == 0) reason.site = SitePoints{4, "said", "anna", {number}};
  signal.reasons = {reason};
  if (number % 5 == 0) signal.site = SitePoints{-1, "", "", {}};
  if (number % 4 == 0) signal.host_groups = {{"A", "B"}, {fmt::format("HOST{}", number)}};
  return signal;
}

std::string Bytes(const Signal& signal) {
  PackedWriter out;
  PackWholeSignal(signal, out);
  return out.Take();
}

TEST(SignalListTest, GivesWhatWasPutIn) {
  Rule even, odd;
  std::vector<Signal> signals;
  for (std::int64_t i = 1; i <= 6000; ++i)
    signals.push_back(MadeSignal(i % 2 == 0 ? even : odd, i));
  SignalList list, more;
  for (std::size_t i = 0; i < 2500; ++i) list.Add(signals[i]);
  for (std::size_t i = 2500; i < signals.size(); ++i) more.Add(signals[i]);
  list.Append(std::move(more));
  SignalList moved = std::move(list);
  ASSERT_EQ(moved.size(), signals.size());
  std::size_t at = 0;
  for (const Signal& signal : moved) {
    const Signal& expected = signals[at];
    ASSERT_EQ(Bytes(signal), Bytes(expected)) << at;
    EXPECT_EQ(signal.rule, expected.rule);
    EXPECT_EQ(&moved.RuleOf(at), expected.rule);
    EXPECT_EQ(moved.ExplainedBy(at), expected.explained);
    EXPECT_EQ(moved.PointsAt(at), PointsOf(expected));
    EXPECT_EQ(moved.FirstSeenAt(at), expected.first_seen);
    EXPECT_EQ(moved.LastSeenAt(at), expected.last_seen);
    EXPECT_TRUE(moved.WithoutRows(at).explained.empty());
    ++at;
  }
  EXPECT_EQ(at, signals.size());
}

TEST(SignalListTest, OneOfAListIsReadWhenAskedFor) {
  Rule rule, other;
  auto list = std::make_shared<SignalList>();
  list->Add(MadeSignal(rule, 1));
  list->Add(MadeSignal(other, 60));
  const SignalInList second(std::move(list), 1);
  EXPECT_EQ(second.rule(), &other);
  EXPECT_THAT(second.explained(), ::testing::ElementsAre(-60, 60, 70));
  EXPECT_TRUE(second.Read().explained.empty());
  EXPECT_EQ(second.Read().hosts, MadeSignal(other, 60).hosts);
  EXPECT_EQ(Bytes(second.ReadWithRows()), Bytes(MadeSignal(other, 60)));
  const SignalInList alone = MadeSignal(rule, 20);
  EXPECT_EQ(Bytes(alone.ReadWithRows()), Bytes(MadeSignal(rule, 20)));
}

TEST(SignalListTest, AnAdjustedSignalIsSeenAdjusted) {
  Rule rule;
  SignalList list = {MadeSignal(rule, 3), MadeSignal(rule, 4)};
  EXPECT_EQ(list.PointsAt(0), 5);
  list.Adjust([](Signal& signal) {
    if (signal.hosts.front() == "HOST3") signal.reasons[0].points = -1;
  });
  EXPECT_EQ(list.PointsAt(0), 2);
  EXPECT_EQ(list[0].reasons[0].points, -1);
  EXPECT_EQ(list.PointsAt(1), 6);
}

// What is in no list any more takes no room.
TEST(SignalListTest, BlocksAreUsedAgain) {
  Rule rule;
  const auto fill = [&] {
    SignalList list;
    for (std::int64_t i = 1; i <= 500; ++i) list.Add(MadeSignal(rule, i));
    const std::uint32_t next = SetBlocks::OfThread().Make();
    SetBlocks::OfThread().Drop(next);
    return next;
  };
  const std::uint32_t first = fill();
  EXPECT_GT(first, 100u);
  for (int round = 0; round < 10; ++round) EXPECT_LE(fill(), first);
}

}  // namespace
}  // namespace exdiag
