// Incidents, what they explain, and their reasons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>

#include "engine/rule/regex.h"
#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

MemoryStore Logged(std::string_view log) {
  MemoryStore store;
  store.AddLog(log);
  return store;
}

std::vector<std::uint64_t> TriggerCounts(const std::vector<Signal>& signals) {
  std::vector<std::uint64_t> counts;
  for (const Signal& signal : signals) counts.push_back(signal.trigger_count);
  return counts;
}

Fact MakeFact(std::string host, std::string kind,
              std::map<std::string, std::string, std::less<>> attributes) {
  Fact fact;
  fact.host = std::move(host);
  fact.kind = std::move(kind);
  fact.attributes = std::move(attributes);
  fact.where = {"facts.txt", Place::Line(3)};
  return fact;
}

TEST(Incidents, QuietTimeParts) {
  const RuleSet rules = ParseRule(RuleText("quiet: 1h"));
  EXPECT_THAT(TriggerCounts(Evaluate(rules, Logged("10:00:00 A 100\n11:00:00 A 100"))),
              ElementsAre(2u));
  EXPECT_THAT(TriggerCounts(Evaluate(rules, Logged("10:00:00 A 100\n11:00:01 A 100"))),
              ElementsAre(1u, 1u));
}

TEST(Incidents, TheSamePairIsOneWhicheverHostLogged) {
  const RuleSet rules = ParseRule(RuleText("between: [bad.computer, bad.peer]"));
  const auto signals = Evaluate(rules, Logged("10:00:00 A 100 peer=B.corp.example code=1\n"
                                              "10:01:00 B 100 peer=A code=2\n"
                                              "10:02:00 A 100 peer=C code=3"));
  EXPECT_THAT(TriggerCounts(signals), ElementsAre(2u, 1u));
  EXPECT_THAT(signals[0].hosts, ElementsAre("A", "B"));
  EXPECT_THAT(signals[1].hosts, ElementsAre("A", "C"));
}

TEST(Incidents, EventsWithoutTimeAreOneIncidentOfTheirOwn) {
  const auto signals = Evaluate(ParseRule(RuleText("")),
                                Logged("- A 100 code=1\n- A 100 code=2\n10:00:00 A 100 code=3"));
  EXPECT_THAT(TriggerCounts(signals), ElementsAre(1u, 2u));
  EXPECT_FALSE(signals[1].first_seen.known());
  EXPECT_EQ(signals[1].triggers.front().summary, "P 100 on A");
}

TEST(Incidents, OneTriggerOfWhichAllIsKnownMakesTheWholeKnown) {
  MemoryStore store = Logged("10:00:00 A 100\n11:00:00 A 100");
  store.Cover("A 10:00:00 11:30:00");
  const auto signals = Evaluate(ParseRule(RuleText("when: [{no: {seen: {within: 10m}}}]")), store);
  ASSERT_THAT(signals, SizeIs(1));
  EXPECT_EQ(signals[0].trigger_count, 2u);
  EXPECT_EQ(signals[0].start_points, 3);
  EXPECT_THAT(signals[0].unknown_conditions, IsEmpty());
}

TEST(Incidents, WhatIsUnknownIsSaidWithItsReason) {
  const RuleSet rules = ParseRule(RuleText("when: [{no: {seen: {within: 10m, host: same}}}]"));
  const auto signals = Evaluate(rules, Logged("10:00:00 A 100"));
  ASSERT_THAT(signals, SizeIs(1));
  EXPECT_EQ(signals[0].start_points, 2);
  EXPECT_THAT(signals[0].unknown_conditions,
              ElementsAre("no P 101 on the same host within 10 min: the application log of "
                          "A was not read for the whole time"));
}

TEST(Incidents, CoverageRequiredDropsWhatIsNotKnown) {
  const char* const kWhen = "when: [{no: {seen: {within: 10m}}, coverage: required}]";
  EXPECT_THAT(Evaluate(ParseRule(RuleText(kWhen)), Logged("10:00:00 A 100")), IsEmpty());
  const char* const kUnless = "unless: [{seen: {within: 10m}, coverage: required}]";
  EXPECT_THAT(Evaluate(ParseRule(RuleText(kUnless)), Logged("10:00:00 A 100")), IsEmpty());
}

// ---- explained events

TEST(Explained, TheTriggerTheConditionsEventsAndTheNearbyOnes) {
  const RuleSet rules = ParseRule(RuleText(R"(
when: [{seen: {within: 1h, host: other}}]
explains: [bad, seen, more]
)"));
  const auto signals = Evaluate(rules, Logged("10:00:00 A 100\n"     // 1 the trigger
                                              "10:50:00 B 101\n"     // 2 named, in its window
                                              "10:05:00 A 101\n"     // 3 named, wrong host
                                              "10:10:00 A 102\n"     // 4 not named, near
                                              "10:10:01 A 102\n"     // 5 too far
                                              "10:05:00 B 102\n"));  // 6 another host
  ASSERT_THAT(signals, SizeIs(1));
  EXPECT_THAT(signals[0].explained, ElementsAre(1, 2, 4));
  EXPECT_EQ(signals[0].first_seen, At("10:00:00"));
  EXPECT_EQ(signals[0].last_seen, At("10:50:00"));
  EXPECT_THAT(signals[0].explained_kinds,
              ElementsAre(EventKind{"P", 100}, EventKind{"P", 101}, EventKind{"P", 102}));
}

TEST(Explained, AnEventThatNamesAHostOfTheIncident) {
  const RuleSet rules = ParseRule(RuleText("explains: [bad, seen]"));
  const auto signals = Evaluate(
      rules, Logged("10:00:00 A 100\n10:01:00 C 101 peer=a.corp.example\n10:01:00 C 101 peer=D"));
  ASSERT_THAT(signals, SizeIs(1));
  EXPECT_THAT(signals[0].explained, ElementsAre(1, 2));
}

// ---- reasons

TEST(Reasons, HoldOnceWithTheirEvidenceAndFailedOnesAreLeftOut) {
  const RuleSet rules = ParseRule(RuleText(R"(
evidence:
  - {if: {seen: {within: 10m, host: other}}, points: +2, because: "{seen.computer} saw {seen.code} of {bad.code}"}
  - {if: {bad: {where: {code: 9}}}, points: -1, because: "code 9"}
  - {if: {no: {more: {within: 10m, host: same}}}, points: +1, because: "no more on {bad.computer}"}
)"));
  std::string log = "10:00:00 A 100 code=5 peer=B\n10:01:00 A 100 code=6 peer=B\n";
  for (int i = 0; i < 7; ++i) log += fmt::format("10:00:0{} B 101 code={}\n", i, i);
  const auto signals = Evaluate(rules, Logged(log));
  ASSERT_THAT(signals, SizeIs(1));
  const Signal& signal = signals[0];
  EXPECT_EQ(signal.cause, "A failed with 5");
  EXPECT_EQ(signal.fix[0].do_what, "Mend B.");
  EXPECT_EQ(signal.fix[0].on, "A");
  ASSERT_THAT(signal.reasons, SizeIs(2));
  EXPECT_EQ(signal.reasons[0].state, Truth::kHolds);
  EXPECT_EQ(signal.reasons[0].because, "B saw 0 of 5");
  EXPECT_EQ(signal.reasons[0].evidence_count, 7u);
  ASSERT_THAT(signal.reasons[0].evidence, SizeIs(5));
  EXPECT_EQ(signal.reasons[0].evidence[1].summary, "P 101 on B at 2000-01-10 10:00:01");
  EXPECT_EQ(ToString(signal.reasons[0].evidence[1].where), "app.csv: line 4");
  EXPECT_EQ(signal.reasons[1].state, Truth::kUnknown);
  EXPECT_EQ(signal.reasons[1].because, "no more on A");
}

constexpr std::string_view kSpnRule = R"(
evidence:
  - if: {no: {fact: {kind: spn, host: "{bad.computer}", where: {instance: "{bad.peer}"}}}}
    points: +6
    because: "no name for {bad.peer}"
    collect: "setspn -L {bad.computer} > spn.txt"
)";

TEST(Reasons, AFactThatWasNotFedIsAskedFor) {
  const auto signals =
      Evaluate(ParseRule(RuleText(kSpnRule)), Logged("10:00:00 EX1.corp.example 100 peer=mail"));
  ASSERT_THAT(signals, SizeIs(1));
  ASSERT_THAT(signals[0].reasons, SizeIs(1));
  const Reason& reason = signals[0].reasons[0];
  EXPECT_EQ(reason.state, Truth::kUnknown);
  EXPECT_EQ(reason.collect, "setspn -L EX1.corp.example > spn.txt");
  EXPECT_EQ(reason.question_key, "collect:setspn -L EX1.corp.example > spn.txt");
  EXPECT_TRUE(reason.negated);
}

TEST(Reasons, AListingWithoutTheFactHolds) {
  MemoryStore store = Logged("10:00:00 EX1 100 peer=mail");
  store.AddFact(MakeFact("ex1", "spn_listing", {{"count", "1"}}));
  store.AddFact(MakeFact("ex1", "spn", {{"instance", "other"}}));
  const auto signals = Evaluate(ParseRule(RuleText(kSpnRule)), store);
  ASSERT_THAT(signals[0].reasons, SizeIs(1));
  EXPECT_EQ(signals[0].reasons[0].state, Truth::kHolds);
}

TEST(Reasons, AListingOfAnotherHostSaysNothing) {
  MemoryStore store = Logged("10:00:00 EX1 100 peer=mail");
  store.AddFact(MakeFact("ex2", "spn_listing", {{"count", "1"}}));
  const auto signals = Evaluate(ParseRule(RuleText(kSpnRule)), store);
  EXPECT_EQ(signals[0].reasons[0].state, Truth::kUnknown);
}

TEST(Reasons, AFactThatIsThereFailsItsAbsence) {
  MemoryStore store = Logged("10:00:00 EX1 100 peer=mail");
  store.AddFact(MakeFact("ex1", "spn", {{"instance", "MAIL"}}));
  EXPECT_THAT(Evaluate(ParseRule(RuleText(kSpnRule)), store)[0].reasons, IsEmpty());
}

TEST(Reasons, AnswersCountForAHostOfTheIncidentOrForNone) {
  const RuleSet rules = ParseRule(RuleText(R"(
evidence:
  - if: {fact: {kind: answer, name: trust, is: "no"}}
    points: +3
    because: "no trust"
    ask: "Is there a trust at {bad.computer}?"
)"));
  const auto state = [&](const Fact& fact) {
    MemoryStore store = Logged("10:00:00 A 100");
    store.AddFact(fact);
    const auto signals = Evaluate(rules, store);
    return signals[0].reasons.empty() ? Truth::kFails : signals[0].reasons[0].state;
  };
  EXPECT_EQ(state(MakeFact("a", "answer", {{"name", "trust"}, {"value", "no"}})), Truth::kHolds);
  EXPECT_EQ(state(MakeFact("", "answer", {{"name", "trust"}, {"value", "no"}})), Truth::kHolds);
  EXPECT_EQ(state(MakeFact("a", "answer", {{"name", "trust"}, {"value", "yes"}})), Truth::kFails);
  EXPECT_EQ(state(MakeFact("b", "answer", {{"name", "trust"}, {"value", "no"}})), Truth::kUnknown);
  EXPECT_EQ(state(MakeFact("a", "answer", {{"name", "mail"}, {"value", "no"}})), Truth::kUnknown);

  const auto signals = Evaluate(rules, Logged("10:00:00 A 100"));
  EXPECT_EQ(signals[0].reasons[0].question_key, "answer:trust:a");
  EXPECT_EQ(signals[0].reasons[0].answer_value, "no");
  EXPECT_EQ(signals[0].reasons[0].ask, "Is there a trust at A?");
}

TEST(Facts, AreEventsOfAPattern) {
  std::string text = RuleText("explains: [frame]\nwhen: [{frame: {where: {reserved: 17}}}]");
  text.replace(text.find("trigger: bad"), 12, "trigger: frame");
  text.replace(text.find("  bad: {provider: P, id: 100}\n"), 30, "");
  text.replace(text.find("cause: "), text.find("events:") - text.find("cause: "),
               "cause: \"reserved {frame.reserved}\"\nfix: [{do: \"Mend.\"}]\n");
  MemoryStore store;
  store.AddFact(MakeFact("", "tpkt_frame", {{"reserved", "17"}, {"tpdu", "CC"}}));
  store.AddFact(MakeFact("", "tpkt_frame", {{"reserved", "0"}, {"tpdu", "CC"}}));
  const auto signals = Evaluate(ParseRule(text), store);
  ASSERT_THAT(signals, SizeIs(1));
  EXPECT_EQ(signals[0].cause, "reserved 17");
  ASSERT_THAT(signals[0].explained, SizeIs(1));
  EXPECT_LT(signals[0].explained[0], 0);
  EXPECT_EQ(signals[0].triggers[0].summary, "tpkt_frame: reserved=17, tpdu=CC");
}

// ---- size

// A hundred thousand triggers in ten minutes, each with all others in its window.  Quadratic work
// would be 10^10 steps for each of the conditions; the limit leaves room for slow machines.
// What else the machine does meanwhile does not count.
double ProcessorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST(Size, EqualTriggersAreNotQuadratic) {
  const RuleSet rules = ParseRule(RuleText(R"(
when:
  - seen: {within: 10m, host: other, count: "3+"}
  - bad: {within: 10m, host: same, same: [code], count: "2+"}
unless:
  - seen: {within: 10m, differ: [code], count: "900000+"}
evidence:
  - {if: {seen: {within: 10m, host: peer, count: "3+", per: code}}, points: +1, because: "x"}
  - {if: {seen: {within: 10m, where: {text: {contains: "{bad.text}"}}}}, points: +1, because: "y"}
explains: [bad, seen]
)"));
  MemoryStore store;
  constexpr int kEvents = 100'000;
  Event event;
  event.provider = "P";
  event.time_basis = TimeBasis::kUtc;
  for (int i = 0; i < kEvents; ++i) {
    event.time = At("10:00:00") + Duration{i * std::int64_t{60'000}};
    event.computer = "A";
    event.event_id = 100;
    event.strings = {"B", "5", "x"};
    store.AddEvent(event);
    event.computer = "B";
    event.event_id = 101;
    event.strings = {"A", "6", "x"};
    store.AddEvent(event);
  }
  const double begin = ProcessorSeconds();
  const auto signals = Evaluate(rules, store);
  const double took = ProcessorSeconds() - begin;
  ASSERT_THAT(signals, SizeIs(1));
  EXPECT_EQ(signals[0].trigger_count, 100'000u);
  EXPECT_EQ(signals[0].explained.size(), 200'000u);
  EXPECT_EQ(signals[0].reasons.size(), 2u);
  EXPECT_LT(took, 30.0);
  RecordProperty("seconds", std::to_string(took));
  EXPECT_EQ(store.events_visited(), 200'000u) << "the store is read once";
}

// ---- what a rule may cost

// 200,000 events in ten minutes, each with most others in its window, made to be as dear as can be:
// every value another one, many hosts, no sequence that fits.  Each of the conditions must end
// soon, however it ends.
TEST(Size, NoConditionExplodes) {
  const char* const kConditions[] = {
      "{sequence: [seen, seen, seen, seen, seen, seen, seen, seen, seen, more]}",
      "{sequence: [more, seen, seen, seen, seen, bad, seen, seen, seen, more]}",
      "{seen: {differ: [text]}}",
      "{seen: {where: {text: {contains: '{bad.text}'}}}}",
      "{seen: {host: other, count: '5+'}}",
      "{seen: {latest: yes, host: other, where: {code: 9}}}",
      "{bad: {within: 10m, count: '2000+', in: 1s, per: computer}}",
      "{seen: {host: same, count: '300000+', distinct: text}}",
      "{all: [seen, {bad: {within: 10m, of: seen, host: other, differ: [text]}}]}",
      "{fact: {kind: spn, where: {instance: {contains: '{bad.text}'}}}}",
  };
  // EXDIAG_SEMANTICS_CASES, which makes the long run of reference_test, makes this one large too.
  const bool is_long = std::getenv("EXDIAG_SEMANTICS_CASES") != nullptr;
#if defined(__SANITIZE_ADDRESS__)
  const int events = is_long ? 100'000 : 1'000;
#else
  const int events = is_long ? 100'000 : 4'000;
#endif
  MemoryStore store;
  Event event;
  event.provider = "P";
  event.time_basis = TimeBasis::kUtc;
  for (int i = 0; i < events; ++i) {
    event.time = At("10:00:00") + Duration{i / 10 * std::int64_t{60'000}};
    event.computer = fmt::format("H{}", i % 1000);
    event.event_id = 100;
    event.strings = {"B", "5", fmt::format("x{}", i)};
    store.AddEvent(event);
    event.event_id = 101;
    store.AddEvent(event);
    if (i % 10 == 0) store.AddFact(MakeFact("", "spn", {{"instance", fmt::format("x{}", i)}}));
  }
  for (const char* condition : kConditions) {
    const RuleSet rules = ParseRule(
        RuleText(fmt::format("evidence: [{{if: {}, points: 1, because: x}}]\n", condition)));
    DiagnosticList problems;
    const double begin = ProcessorSeconds();
    const auto signals = EvaluateRules(rules, SmallKnowledge(), store, problems);
    const double took = ProcessorSeconds() - begin;
    ASSERT_TRUE(signals.ok()) << condition;
    EXPECT_EQ(signals->size(), 1000u) << condition;
    EXPECT_LT(took, 60.0) << condition;
    for (const Diagnostic& problem : problems.items()) {
      EXPECT_EQ(ToString(problem),
                "rules/x.yaml: line 1, column 5: the rule \"test.fault.cause\" compares too many "
                "events of this log with each other; what was left when its share was used up "
                "counts as not known")
          << condition;
    }
    if (is_long) {
      fmt::print("{:6.2f} s {} {}\n", took, problems.items().empty() ? "     " : "spent",
                 condition);
    }
  }
}

TEST(Size, ATooComplexValueIsToldForEachRuleAndEvent) {
  MemoryStore store;
  const std::string bad_value(9'000, 'a');
  for (int i = 0; i < 7; ++i) {
    Event event;
    event.provider = "P";
    event.event_id = 100;
    event.computer = "A";
    event.record_id = static_cast<std::uint64_t>(i + 1);
    event.strings = {"B", "5", bad_value + "!"};
    store.AddEvent(std::move(event));
  }
  RuleSet rules = ParseRule(RuleText("when: [{bad: {where: {text: {regex: 'a+$'}}}}]"));
  // The loader refuses what backtracks without end, so such a pattern is put in behind its back.
  Rule rule = std::move(const_cast<Rule&>(rules.rules()[0]));
  auto& tests = std::get<EventCondition>(rule.when[0].kind).where_all[0].tests;
  auto& regex = std::get<TestRegex>(tests[0].test);
  regex.pattern = "(a|aa)+$";
  regex.compiled = *CompileRegex(regex.pattern);
  const Rule* const pointers[] = {&rule};
  DiagnosticList problems;
  const auto signals = EvaluateRules(pointers, SmallKnowledge(), store, problems);
  ASSERT_TRUE(signals.ok());
  EXPECT_THAT(*signals, IsEmpty());
  ASSERT_THAT(problems.items(), SizeIs(5));
  EXPECT_EQ(ToString(problems.items()[0]),
            "rules/x.yaml: line 12, column 23: the regex \"(a|aa)+$\" is too complex for the 9001 "
            "bytes of text of P 100 on A, record 1; the value counts as not matching");
  EXPECT_THAT(problems.items()[4].reason, ::testing::EndsWith("; more of them are not told"));
}

}  // namespace
}  // namespace exdiag
