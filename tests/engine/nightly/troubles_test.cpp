// What becomes of a trouble from run to run, case by case; whole nights are in simulation_test.py.
#include "engine/nightly/troubles.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Over when no P 100 was there for an hour.
RuleSet RuleCalled(const std::string& id) {
  std::string text = RuleText("between: [bad.computer, bad.peer]");
  text.replace(text.find("test.fault.cause"), 16, id);
  const std::size_t at = text.find("fix:");
  text.replace(at, text.find('\n', at) - at,
               "fix: [{do: \"Mend it.\", check: {no: bad, for: 1h}}]");
  return ParseRule(text);
}

const Rule& TheRule() {
  static const RuleSet rules = RuleCalled("test.fault.cause");
  return rules.rules().front();
}
const Rule& Rival() {
  static const RuleSet rules = RuleCalled("test.fault.rival");
  return rules.rules().front();
}

class TroublesTest : public ::testing::Test {
 protected:
  // An incident of A and B, led by the first of these rules.
  void AddIncident(const std::string& first, const std::string& last,
                   const std::vector<const Rule*>& rules = {&TheRule()}) {
    Incident incident;
    incident.first_seen = At(first);
    incident.last_seen = At(last);
    incident.time_basis = TimeBasis::kUtc;
    for (const Rule* rule : rules) {
      Signal signal;
      signal.rule = rule;
      signal.hosts = {"A", "B"};
      signal.first_seen = incident.first_seen;
      signal.last_seen = incident.last_seen;
      signal.time_basis = TimeBasis::kUtc;
      Finding finding;
      finding.signal = signal;
      finding.acknowledged = acknowledged_;
      incident.findings.push_back(ranking_.findings.size());
      ranking_.findings.push_back(std::move(finding));
    }
    ranking_.incidents.push_back(std::move(incident));
    store_.AddLog(first + " A 100 peer=B code=5\n");
    if (last != first) store_.AddLog(last + " A 100 peer=B code=5\n");
  }

  // "came back, present 10, since 12:00:00: remark", and what the next run compares with.
  std::vector<std::string> Compare(const std::string& at, const std::string& since = "",
                                   std::int64_t last_event = 0) {
    CoverageMap coverage;
    const auto rows = store_.CoverageRows();
    for (const Coverage& row : *rows) coverage.AddRow(row);
    coverage.Finish();
    const FixChecker checker(SmallKnowledge(), store_, coverage, Duration::Seconds(3600), At(at));
    CompareOptions options{At(at), since.empty() ? Ticks{} : At(since), last_event, {}};
    auto compared = CompareTroubles(ranking_, before_, checker, options);
    EXPECT_TRUE(compared.ok());
    std::string present;
    for (const bool shown : compared->present) present += shown ? '1' : '0';
    std::vector<std::string> words;
    for (const TroubleChange& change : compared->changes) {
      words.push_back(fmt::format("{}, present {}, since {}: {}", StateName(change.state), present,
                                  FormatTimeForPeople(change.since).substr(11), change.remark));
    }
    before_ = compared->troubles;
    return words;
  }

  MemoryStore store_;
  Ranking ranking_;
  std::vector<Trouble> before_;
  bool acknowledged_ = false;
};

TEST_F(TroublesTest, AnOldStoryIsNotNews) {
  AddIncident("08:00:00", "08:10:00");
  store_.Cover("A 08:00:00 12:00:00");
  EXPECT_THAT(Compare("12:00:00"), IsEmpty());
  ASSERT_EQ(before_.size(), 1u);
  EXPECT_FALSE(before_[0].open);
  EXPECT_THAT(Compare("13:00:00", "12:00:00", 2), IsEmpty());
  // But when it is there again it came back.
  AddIncident("12:30:00", "12:30:00");
  EXPECT_THAT(
      Compare("13:00:00", "12:00:00", 2),
      ElementsAre("came back, present 01, since 12:30:00: it had been away since 2000-01-10 "
                  "08:10:00"));
}

TEST_F(TroublesTest, WhatHappenedBetweenTwoRunsIsToldOnce) {
  AddIncident("10:00:00", "10:10:00");
  store_.Cover("A 08:00:00 12:00:00");
  const std::string fixed =
      "fixed since 2000-01-10 10:10:00: no P 100 for 1 h although the log is covered";
  EXPECT_THAT(Compare("12:00:00", "09:00:00", 0),
              ElementsAre("new, present 1, since 10:00:00: " + fixed));
  EXPECT_THAT(Compare("13:00:00", "12:00:00", 2),
              ElementsAre("cleared, present 0, since 10:00:00: " + fixed));
  EXPECT_THAT(Compare("14:00:00", "13:00:00", 2), IsEmpty());
}

TEST_F(TroublesTest, WhatWasOverAndBeganAnewSinceTheLastRunCameBack) {
  AddIncident("08:00:00", "08:10:00");
  store_.Cover("A 07:00:00 08:30:00");
  EXPECT_THAT(Compare("08:30:00"), ElementsAre("new, present 1, since 08:00:00: "));
  AddIncident("11:00:00", "11:00:00");
  store_.Cover("A 08:30:00 11:10:00");
  EXPECT_THAT(
      Compare("11:15:00", "08:30:00", 2),
      ElementsAre("came back, present 01, since 11:00:00: it had been away since 2000-01-10 "
                  "08:10:00"));
}

TEST_F(TroublesTest, WithoutAQuietHourBetweenItGoesOn) {
  AddIncident("08:00:00", "08:10:00");
  store_.Cover("A 07:00:00 08:30:00");
  Compare("08:30:00");
  AddIncident("11:00:00", "11:00:00");  // nobody read what was between
  store_.Cover("A 10:50:00 11:10:00");
  EXPECT_THAT(Compare("11:15:00", "08:30:00", 2),
              ElementsAre("ongoing, present 01, since 08:00:00: "));
}

TEST_F(TroublesTest, AnotherCauseMayTakeOver) {
  AddIncident("08:00:00", "08:10:00", {&TheRule(), &Rival()});
  Compare("09:00:00");
  ranking_ = {};
  store_ = MemoryStore();
  AddIncident("08:00:00", "08:10:00", {&Rival(), &TheRule()});
  EXPECT_THAT(Compare("10:00:00", "09:00:00", 2),
              ElementsAre(::testing::StartsWith("new, present 1, since 08:00:00: "),
                          "cleared, present 1, since 08:00:00: now taken for \"A cause\""));
  ranking_ = {};
  EXPECT_THAT(Compare("11:00:00", "10:00:00", 2),
              ElementsAre("cleared, present , since 08:00:00: the rules, the answers or the site "
                          "file say otherwise now"));
}

TEST_F(TroublesTest, AnAcknowledgementThatEndsIsTold) {
  acknowledged_ = true;
  AddIncident("08:00:00", "08:10:00");
  Compare("08:30:00");
  EXPECT_TRUE(before_[0].acknowledged);
  ranking_ = {};
  acknowledged_ = false;
  AddIncident("08:00:00", "08:10:00");
  store_.Cover("A 08:00:00 08:40:00");
  EXPECT_THAT(Compare("09:00:00", "08:30:00", 2),
              ElementsAre("ongoing, present 1, since 08:00:00: no longer acknowledged"));
}

}  // namespace
}  // namespace exdiag
