// What a sound rule becomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RuleSet ParseSound(const std::string& yaml) {
  DiagnosticList problems;
  RuleSet rules = RuleSet::Parse(yaml, "rules/x.yaml", TestKnowledge(), problems);
  EXPECT_THAT(Shown(problems), IsEmpty());
  EXPECT_EQ(rules.rules().size(), 1u);
  return rules;
}

TEST(GoodRuleTest, EveryKeyArrives) {
  const RuleSet set = ParseSound(SoundRule());
  const Rule& rule = set.rules().at(0);
  EXPECT_EQ(rule.id, "mta.rpc-denied.dras");
  EXPECT_EQ(ToString(rule.where), "rules/x.yaml: line 1, column 5");
  EXPECT_EQ(rule.status, Status::kStable);
  EXPECT_EQ(rule.verdict, Verdict::kFault);
  EXPECT_THAT(rule.articles, ElementsAre("Q217142"));
  EXPECT_THAT(rule.triggers, ElementsAre(0u));
  ASSERT_EQ(rule.between.size(), 2u);
  EXPECT_EQ(rule.between[1].field, "remote_server");
  EXPECT_EQ(rule.quiet, Duration::Seconds(6 * 3600));
  EXPECT_EQ(rule.strength, Strength::kProbable);
  EXPECT_THAT(rule.explains, ElementsAre(0u, 1u));
  ASSERT_EQ(rule.when.size(), 1u);
  const auto& when = std::get<EventCondition>(rule.when[0].kind);
  EXPECT_EQ(when.pattern, 1u);
  EXPECT_EQ(when.before, Duration::Seconds(600));
  EXPECT_EQ(when.after, Duration::Seconds(600));
  EXPECT_EQ(when.host, HostScope::kOther);
  EXPECT_FALSE(when.on_trigger);
  ASSERT_EQ(rule.evidence.size(), 1u);
  EXPECT_EQ(rule.evidence[0].points, -2);
  EXPECT_EQ(rule.fix.at(0).risk, "low");
  ASSERT_EQ(rule.tests.size(), 2u);
  EXPECT_TRUE(rule.tests[0].finding);
  EXPECT_FALSE(rule.tests[1].finding);
}

// `condition` as an item of `when`, with the sound rule's patterns.
Condition ConditionOf(const std::string& condition) {
  static std::vector<RuleSet> keep;
  keep.push_back(ParseSound(
      Replaced(SoundRule(), "  - dialled: {within: 10m, host: other}", "  - " + condition)));
  return std::move(const_cast<Rule&>(keep.back().rules().at(0)).when.at(0));
}

TEST(GoodRuleTest, Conditions) {
  const Condition plain = ConditionOf("dialled");
  EXPECT_EQ(std::get<EventCondition>(plain.kind).before, Duration::Seconds(600));
  EXPECT_FALSE(plain.coverage_required);

  const Condition trigger = ConditionOf("refused: {where: {protocol_string: {contains: '['}}}");
  EXPECT_TRUE(std::get<EventCondition>(trigger.kind).on_trigger);

  const Condition others = ConditionOf("refused: {within: 1h, count: '3+'}");
  EXPECT_FALSE(std::get<EventCondition>(others.kind).on_trigger);
  EXPECT_EQ(std::get<EventCondition>(others.kind).count.min, 3u);
  EXPECT_EQ(std::get<EventCondition>(others.kind).count.max, std::nullopt);

  const Condition back = ConditionOf("dialled: {before: ever, latest: yes}");
  EXPECT_EQ(std::get<EventCondition>(back.kind).before, kEver);
  EXPECT_EQ(std::get<EventCondition>(back.kind).after, Duration{});
  EXPECT_TRUE(std::get<EventCondition>(back.kind).latest);

  const Condition range = ConditionOf("dialled: {count: 2-5}");
  EXPECT_EQ(std::get<EventCondition>(range.kind).count.max, 5u);

  const Condition fields = ConditionOf(
      "dialled: {after: 90s, of: refused, host: peer, per: remote_server, distinct: nt_error, "
      "same: [nt_error], differ: [remote_server=computer]}");
  const auto& event = std::get<EventCondition>(fields.kind);
  EXPECT_EQ(event.host, HostScope::kPeer);
  EXPECT_EQ(event.per, "remote_server");
  EXPECT_EQ(event.distinct, "nt_error");
  EXPECT_EQ(event.same.at(0).here, "nt_error");
  EXPECT_EQ(event.same.at(0).there, "nt_error");
  EXPECT_EQ(event.differ.at(0).there, "computer");

  const Condition no = ConditionOf("no: {dialled: {within: 10m}}\n    coverage: required");
  EXPECT_TRUE(no.coverage_required);
  EXPECT_EQ(std::get<EventCondition>(std::get<NotCondition>(no.kind).condition->kind).pattern, 1u);

  const Condition any = ConditionOf("any: [dialled, {all: [dialled, {no: dialled}]}]");
  ASSERT_EQ(std::get<AnyCondition>(any.kind).conditions.size(), 2u);

  const Condition sequence = ConditionOf("sequence: [dialled, refused]\n    within: 2m");
  EXPECT_THAT(std::get<SequenceCondition>(sequence.kind).patterns, ElementsAre(1u, 0u));
  EXPECT_EQ(std::get<SequenceCondition>(sequence.kind).within, Duration::Seconds(120));

  const Condition fact =
      ConditionOf("fact: {kind: spn, host: '{refused.remote_server}', where: {service: SMTPSVC}}");
  EXPECT_EQ(std::get<FactCondition>(fact.kind).host, "{refused.remote_server}");

  const Condition answer = ConditionOf("fact: {kind: answer, name: trust, is: 'no'}");
  const auto& tests = std::get<FactCondition>(answer.kind).where_all;
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_EQ(tests[0].field, "name");
  EXPECT_EQ(tests[1].field, "value");
}

TEST(GoodRuleTest, ProvidersGetTheCataloguesSpelling) {
  const RuleSet set =
      ParseSound(Replaced(SoundRule(), "{provider: MSExchangeMTA, id: 9318}",
                          "{provider: [msexchangemta, MTA, Other], id: [9318, 9322]}"));
  EXPECT_THAT(set.rules()[0].events[1].providers,
              ElementsAre("MSExchangeMTA", "MSExchangeMTA", "Other"));
}

TEST(GoodRuleTest, CapturesAreFieldsOfTheirPattern) {
  ParseSound(Replaced(
      Replaced(SoundRule(), "where: {nt_error: 5}", "where: {message: {regex: 'x (?<who>.)'}}"),
      "Windows error {refused.nt_error}", "Windows error {refused.who}"));
}

TEST(GoodRuleTest, AFactMayBeTheTrigger) {
  std::string yaml =
      Replaced(SoundRule(), "{provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}",
               "{fact: tpkt_frame, where: {tpdu: [CC, CR], reserved: {not: 0}}}");
  yaml = Replaced(yaml, "between: [refused.computer, refused.remote_server]\n", "");
  yaml = Replaced(yaml, "{refused.nt_error}", "{refused.reserved}");
  yaml = Replaced(yaml, "{refused.remote_server}", "{refused.destination}");
  const RuleSet set = ParseSound(yaml);
  EXPECT_EQ(set.rules()[0].events[0].fact_kind, "tpkt_frame");
}

TEST(GoodRuleTest, TestsOfARule) {
  const std::string yaml = Replaced(SoundRule(), "    expect: {finding: yes}\n",
                                    R"(    facts:
      - {kind: spn, host: EX1.example.com, service: SMTPSVC, instance: mail.example.com, at: 2003-01-02 03:04}
    covered: [BREST, LYON]
    expect: {finding: yes, not_first: yes, first: a.b.c, confidence: {min: 0.5, max: 0.9}}
)");
  const RuleSet set = ParseSound(yaml);
  const RuleTest& test = set.rules()[0].tests[0];
  ASSERT_EQ(test.facts.size(), 1u);
  EXPECT_EQ(test.facts[0].host, "ex1");
  EXPECT_EQ(test.facts[0].attributes.at("instance"), "mail.example.com");
  EXPECT_EQ(FormatTime(test.facts[0].observed_at, TimeBasis::kUtc), "2003-01-02T03:04:00Z");
  EXPECT_THAT(test.covered, ElementsAre("BREST", "LYON"));
  EXPECT_EQ(test.leads, false);
  EXPECT_EQ(test.first, "a.b.c");
  EXPECT_EQ(test.confidence_max, 0.9);
}

}  // namespace
}  // namespace exdiag
