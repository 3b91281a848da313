// When trouble counts as over; each case a log, what was read, and the moment.
#include "engine/signal/fix_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Hosts A and B; an hour without `bad` is what the rule wants to see.
RuleSet RuleWith(const std::string& fix, const std::string& lines = "") {
  std::string text = RuleText(lines);
  const std::size_t at = text.find("fix:");
  text.replace(at, text.find('\n', at) - at,
               "between: [bad.computer, bad.peer]\nfix:\n  - {do: \"Mend it.\"}\n" + fix);
  return ParseRule(text);
}

const RuleSet& CheckedRule() {
  static const RuleSet rules = RuleWith("  - {do: \"Wait.\", check: {no: bad, for: 1h}}");
  return rules;
}

std::string Words(const CheckOutcome& outcome) {
  static constexpr const char* kStates[] = {"fixed", "not yet", "not known"};
  std::string words = fmt::format("{} since {}", kStates[static_cast<int>(outcome.state)],
                                  FormatTimeForPeople(outcome.quiet_since).substr(11));
  if (outcome.covered_from.known()) {
    words += " read from " + FormatTimeForPeople(outcome.covered_from).substr(11);
  }
  return words;
}

struct World {
  std::string log;
  std::vector<std::string> covered;

  std::string Check(const RuleSet& rules, const std::string& at = "14:00:00",
                    TroubleEvents* found = nullptr,
                    Duration quiet = Duration::Seconds(7200)) const {
    MemoryStore store;
    store.AddLog(log);
    for (const std::string& row : covered) store.Cover(row);
    CoverageMap coverage;
    const auto rows = store.CoverageRows();
    for (const Coverage& row : *rows) coverage.AddRow(row);
    coverage.Finish();
    const FixChecker checker(SmallKnowledge(), store, coverage, quiet, At(at));
    CheckedTrouble trouble;
    trouble.rule = &rules.rules().front();
    trouble.hosts = {"a", "b"};
    trouble.from = At("09:00:00");
    trouble.last_seen = At("10:00:00");
    const auto events = checker.EventsOf(trouble, 0);
    EXPECT_TRUE(events.ok());
    if (found != nullptr) *found = *events;
    const auto outcome = checker.Check(trouble, *events);
    EXPECT_TRUE(outcome.ok());
    why = outcome->why;
    return Words(*outcome);
  }

  mutable std::string why;
};

constexpr const char* kOnce = "10:00:00 A 100 peer=B code=5\n";

TEST(FixCheckTest, AwayLongEnoughInALogThatWasRead) {
  const struct {
    const char* why;
    std::string log;
    std::vector<std::string> covered;
    const char* outcome;
  } kCases[] = {
      {"an hour was read", kOnce, {"A 09:00:00 11:00:00"}, "fixed since 10:00:00"},
      {"a second less", kOnce, {"A 09:00:00 10:59:59"}, "not yet since 10:00:00"},
      {"B's log has no such events, so it need not be read",
       kOnce,
       {"A 09:00:00 13:00:00"},
       "fixed since 10:00:00"},
      {"it goes on",
       std::string(kOnce) + "12:30:00 A 100 peer=B code=5",
       {"A 09:00:00 13:00:00"},
       "not yet since 12:30:00"},
      {"with somebody else it is another trouble",
       std::string(kOnce) + "12:30:00 A 100 peer=C code=5",
       {"A 09:00:00 13:00:00"},
       "fixed since 10:00:00"},
      {"on another host as well",
       std::string(kOnce) + "12:30:00 C 100 peer=B code=5",
       {"A 09:00:00 13:00:00"},
       "fixed since 10:00:00"},
      {"B says it too, and B's log must be read as well",
       std::string(kOnce) + "10:05:00 B 100 peer=A code=5",
       {"A 09:00:00 13:00:00"},
       "not known since 10:05:00"},
      {"both were read",
       std::string(kOnce) + "10:05:00 B 100 peer=A code=5",
       {"A 09:00:00 13:00:00", "B 10:00:00 13:00:00"},
       "fixed since 10:05:00"},
      {"a hole, and an hour behind it",
       kOnce,
       {"A 09:00:00 10:10:00", "A 11:00:00 12:00:00"},
       "fixed since 10:00:00 read from 11:00:00"},
      {"a hole, and less behind it",
       kOnce,
       {"A 09:00:00 10:10:00", "A 11:00:00 11:50:00"},
       "not yet since 10:00:00"},
      {"another log of the host says nothing",
       kOnce,
       {"A 09:00:00 13:00:00 System"},
       "not known since 10:00:00"},
      {"nothing was read", kOnce, {}, "not known since 10:00:00"},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ((World{one.log, one.covered, {}}.Check(CheckedRule())), one.outcome) << one.why;
  }
}

TEST(FixCheckTest, ALogThatWasNotReadOfLateSaysNothingOfNow) {
  const World world{kOnce, {"A 09:00:00 10:30:00"}, {}};
  EXPECT_EQ(world.Check(CheckedRule(), "2000-01-11T10:00:00Z"), "not yet since 10:00:00");
  EXPECT_EQ(world.Check(CheckedRule(), "2000-01-11T10:31:00Z"), "not known since 10:00:00");
  EXPECT_EQ(world.why, "the application log of a was not read for the whole time");
}

TEST(FixCheckTest, WithoutACheckTheTriggersStayAway) {
  const RuleSet rules = RuleWith("");
  const World world{kOnce, {"A 09:00:00 12:00:00"}, {}};
  EXPECT_EQ(world.Check(rules, "14:00:00", nullptr, Duration::Seconds(7200)),
            "fixed since 10:00:00");
  EXPECT_EQ(world.Check(rules, "14:00:00", nullptr, Duration::Seconds(7201)),
            "not yet since 10:00:00");
}

TEST(FixCheckTest, AllChecksMustHold) {
  const RuleSet rules = RuleWith(
      "  - {do: \"Wait.\", check: {no: bad, for: 1h}}\n"
      "  - {do: \"Wait.\", check: {no: seen, for: 3h}}",
      "explains: [bad, seen]");
  World world{kOnce, {"A 09:00:00 12:00:00"}, {}};
  EXPECT_EQ(world.Check(rules), "not yet since 10:00:00");
  world.covered = {"A 09:00:00 13:00:00"};
  EXPECT_EQ(world.Check(rules), "fixed since 10:00:00");
}

// 110 is logged at a raised diagnostics level only.
TEST(FixCheckTest, WhatMayNotBeLoggedIsNotAbsent) {
  const RuleSet rules =
      RuleWith("  - {do: \"Wait.\", check: {no: detail, for: 1h}}", "explains: [bad, detail]");
  World world{kOnce, {"A 09:00:00 13:00:00"}, {}};
  EXPECT_EQ(world.Check(rules), "not yet since 10:00:00");
  EXPECT_EQ(world.why, "a may not log it: P shows no sign of raised diagnostics logging");
  // Another event of that level shows that it is raised.
  world.log += "12:00:00 A 111 code=1\n";
  EXPECT_EQ(world.Check(rules), "fixed since 10:00:00");
}

TEST(FixCheckTest, CountsWhatIsNewOfTheTrouble) {
  const World world{
      std::string(kOnce) + "10:05:00 A 100 peer=B code=5\n10:06:00 A 100 peer=C code=5",
      {"A 09:00:00 13:00:00"},
      {}};
  TroubleEvents events;
  world.Check(CheckedRule(), "14:00:00", &events);
  EXPECT_EQ(events.count_new, 2u);
  EXPECT_THAT(events.logged_by, ElementsAre("a"));
  EXPECT_EQ(events.last, At("10:05:00"));
}

}  // namespace
}  // namespace exdiag
