// Gathering so many events that part of what is kept of them lies in files.
#include "engine/signal/gather.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/signal/rule_run.h"
#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

constexpr std::size_t kMany = 70'000;

Event EventAt(std::size_t second, TimeBasis basis, const std::string& text) {
  Event event;
  event.time = At("2000-01-10T00:00:00") + Duration::Seconds(static_cast<std::int64_t>(second));
  event.time_basis = basis;
  event.computer = fmt::format("H{}", second % 3);
  event.provider = "P";
  event.event_id = 102;
  event.strings = {std::to_string(second), text};
  return event;
}

// `caught` captures a letter of two in three.
std::string TextOf(std::size_t number) {
  constexpr const char* kTexts[] = {"x", "y", "none"};
  return kTexts[number % 3];
}

struct World {
  const char* name;
  // The clocks of the events in turn: with several, they do not come in their order.
  std::vector<TimeBasis> clocks;
};

TEST(GatherTest, KnowsEachMatchOfMany) {
  const World worlds[] = {
      {"in order", {TimeBasis::kUtc}},
      {"of two clocks", {TimeBasis::kLocalUnknown, TimeBasis::kUtc}},
  };
  for (const World& one : worlds) {
    SCOPED_TRACE(one.name);
    MemoryStore store;
    for (std::size_t i = 0; i < kMany; ++i) {
      store.AddEvent(EventAt(i, one.clocks[i % one.clocks.size()], TextOf(i)));
    }
    const RuleSet rules =
        ParseRule(RuleText("when: [{caught: {same: [letter=text]}}, {more: {}}]"));
    const std::vector<const Rule*> in_use = RulesInUse(rules);
    RuleRun run(in_use);
    DiagnosticList problems;
    ASSERT_TRUE(run.Gather(SmallKnowledge(), store, problems).ok());
    const Observations& world = run.world();
    ASSERT_EQ(world.size(), kMany);

    const Rule& rule = *in_use.front();
    const auto numbers = run.ContextOf(0).numbers;
    const PatternNumber caught = numbers[*rule.PatternIndex("caught")];
    const MatchList& letters = world.Matches(caught);
    ASSERT_EQ(letters.size(), kMany - kMany / 3);
    EXPECT_EQ(world.Matches(numbers[*rule.PatternIndex("more")]).size(), kMany);
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const Observation item = world[letters[i]];
      const auto number = static_cast<std::size_t>(item.row - 1);
      ASSERT_TRUE(seen.insert(number).second);
      ASSERT_EQ(world.texts().Text(world.Value(caught, letters[i], "letter")), TextOf(number));
      ASSERT_EQ(letters.TimeAt(i), item.time.value);
      ASSERT_EQ(item.time, EventAt(number, {}, {}).time);
      ASSERT_EQ(world.texts().Text(item.host), fmt::format("h{}", number % 3));
    }
    EXPECT_FALSE(world.failure().has_value());
  }
}

TEST(GatherTest, KeepsFewOfTheTimesThatShowALevel) {
  MemoryStore store;
  for (std::size_t hours = 0; hours < 240; hours += 6) {
    Event event = EventAt(hours * 3600, TimeBasis::kUtc, {});
    event.event_id = 110;
    event.computer = "A";
    store.AddEvent(event);
  }
  const RuleSet rules = ParseRule(RuleText("when: [{detail: {}}]"));
  const std::vector<const Rule*> in_use = RulesInUse(rules);
  RuleRun run(in_use);
  DiagnosticList problems;
  KindSummaries summaries;
  GatherOptions options;
  options.summaries = &summaries;
  ASSERT_TRUE(run.Gather(SmallKnowledge(), store, problems, options).ok());
  ASSERT_EQ(summaries.at("p/110").raised.size(), 1U);
  std::vector<std::int64_t> hours;
  for (const std::int64_t time : summaries.at("p/110").raised.begin()->second) {
    hours.push_back((time - At("2000-01-10T00:00:00").value) / kTicksPerSecond / 3600);
  }
  EXPECT_EQ(hours, (std::vector<std::int64_t>{0, 48, 96, 144, 192, 234}));
}

}  // namespace
}  // namespace exdiag
