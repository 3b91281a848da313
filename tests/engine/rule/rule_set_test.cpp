#include "engine/rule/rule_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rule/cross_check.h"
#include "engine/rule/rule_folder.h"
#include "engine/yaml/cache.h"
#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string WithId(const std::string& id, std::string yaml = SoundRule()) {
  return Replaced(std::move(yaml), "id: mta.rpc-denied.dras", "id: " + id);
}

class RuleSetTest : public ::testing::Test {
 protected:
  RuleSet Load() {
    Result<RuleSet> rules = RuleSet::Load(folder_.path(), TestKnowledge(), problems_);
    EXPECT_TRUE(rules.ok());
    return std::move(rules).value();
  }

  // Complaints without the folder, which differs from run to run.
  std::vector<std::string> Complaints() const {
    const std::string name = folder_.path() + "/";
    std::vector<std::string> out = Shown(problems_);
    for (std::string& text : out) {
      for (std::size_t at; (at = text.find(name)) != std::string::npos;)
        text.erase(at, name.size());
    }
    return out;
  }

  static std::vector<std::string> Ids(const RuleSet& rules) {
    std::vector<std::string> ids;
    for (const Rule& rule : rules.rules()) ids.push_back(rule.id);
    return ids;
  }

  TestFolder folder_;
  DiagnosticList problems_;
};

TEST_F(RuleSetTest, LeavesOutWhatIsWrongAndUsesTheRest) {
  folder_.Write("mta/b.yaml", WithId("mta.b.b"));
  folder_.Write("mta/a.yaml", Replaced(WithId("mta.a.a"), "nt_error: 5", "nt_error: 14"));
  folder_.Write("mta/bad.yaml", Replaced(SoundRule(), "verdict: fault\n", ""));
  folder_.Write("mta/torn.yaml", "id: [");
  const RuleSet rules = Load();
  EXPECT_THAT(Ids(rules), ElementsAre("mta.a.a", "mta.b.b"));
  EXPECT_THAT(Complaints(),
              ElementsAre("yaml.missing_key | mta/bad.yaml: line 1, column 1: a rule lacks the key "
                          "\"verdict\"; rule left out",
                          "yaml.syntax | mta/torn.yaml: line 1, column 1: no YAML: end of sequence "
                          "flow not found; rule left out"));
  EXPECT_NE(rules.Find("mta.a.a"), nullptr);
  EXPECT_EQ(rules.Find("mta.a"), nullptr);
}

TEST_F(RuleSetTest, AFolderThatIsNotThere) {
  const auto rules = RuleSet::Load("no/such/rules", TestKnowledge(), problems_);
  ASSERT_FALSE(rules.ok());
  EXPECT_EQ(rules.error().message,
            "no/such/rules: No such file or directory; nothing read from it");
}

TEST_F(RuleSetTest, SharedPatterns) {
  folder_.Write("mta/_shared.yaml",
                "events:\n  rpc.refused: {provider: mta, id: 9322, where: {nt_error: 5}}\n");
  folder_.Write("mta/a.yaml",
                Replaced(SoundRule(), "{provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}",
                         "{use: rpc.refused, level: warning, where: {remote_server: LYON}}"));
  const RuleSet rules = Load();
  EXPECT_THAT(Complaints(), IsEmpty());
  ASSERT_EQ(rules.rules().size(), 1u);
  const EventPattern& pattern = rules.rules()[0].events[0];
  EXPECT_EQ(pattern.name, "refused");
  EXPECT_THAT(pattern.providers, ElementsAre("MSExchangeMTA"));
  EXPECT_THAT(pattern.levels, ElementsAre(Level::kWarning));
  ASSERT_EQ(pattern.where_all.size(), 2u);
  EXPECT_EQ(pattern.where_all[1].field, "remote_server");
}

TEST_F(RuleSetTest, SharedPatternsThatAreWrong) {
  folder_.Write("_a.yaml", "events:\n  rpc.x: {provider: MSExchangeMTA, id: 9322}\n");
  folder_.Write("_b.yaml",
                "events:\n  rpc.x: {provider: MSExchangeMTA, id: 9318}\n  rpc.y: {id: 1}\n"
                "  rpc.w: {provider: MSExchangeMTA, id: 9318, where: {nt_eror: 5}}\n");
  folder_.Write("a.yaml",
                Replaced(SoundRule(), "{provider: MSExchangeMTA, id: 9318}", "{use: rpc.z}"));
  EXPECT_THAT(Ids(Load()), IsEmpty());
  EXPECT_THAT(Complaints(),
              ElementsAre("rule.duplicate_shared | _b.yaml: line 2, column 3: the shared pattern "
                          "\"rpc.x\" is in _a.yaml: line 2, column 3 already; pattern left out",
                          "yaml.missing_key | _b.yaml: line 3, column 10: the event pattern "
                          "\"rpc.y\" lacks the key \"provider\"; pattern left out",
                          "rule.unknown_field | _b.yaml: line 4, column 54: MSExchangeMTA 9318 has "
                          "no field \"nt_eror\"; did you mean \"nt_error\"? (pattern left out)",
                          "rule.unknown_name | a.yaml: line 10, column 18: no shared pattern "
                          "\"rpc.z\"; did you mean \"rpc.x\"? (rule left out)"));
}

TEST_F(RuleSetTest, SharedConditionsStandWhereTheyAreNamed) {
  folder_.Write(
      "_a.yaml",
      "events:\n  rpc.unopened: {provider: MSExchangeMTA, id: 289}\n"
      "conditions:\n"
      "  rpc.alone:\n"
      "    - no: {rpc.unopened: {within: 1h, where: {entity: \"{trigger.remote_server}\"}}}\n"
      "    - {dialled: {host: other}}\n"
      "  rpc.opened: {no: rpc.unopened}\n");
  folder_.Write("a.yaml", Replaced(Replaced(SoundRule(), "  - dialled: {within: 10m, host: other}",
                                            "  - {use: rpc.alone, coverage: required}"),
                                   "if: {dialled: {within: 10m, host: same}}",
                                   "if: {any: [use: rpc.opened]}"));
  const RuleSet rules = Load();
  EXPECT_THAT(Complaints(), IsEmpty());
  ASSERT_EQ(rules.rules().size(), 1u);
  const Rule& rule = rules.rules()[0];
  ASSERT_EQ(rule.events.size(), 3u);
  EXPECT_EQ(rule.events[2].name, "rpc.unopened");
  ASSERT_EQ(rule.when.size(), 1u);
  EXPECT_TRUE(rule.when[0].coverage_required);
  const auto& all = std::get<AllCondition>(rule.when[0].kind).conditions;
  ASSERT_EQ(all.size(), 2u);
  const Condition& absent = *std::get<NotCondition>(all[0].kind).condition;
  const auto& event = std::get<EventCondition>(absent.kind);
  EXPECT_EQ(event.pattern, 2u);
  const auto& test = std::get<TestEquals>(event.where_all[0].tests[0].test);
  EXPECT_THAT(test.values, ElementsAre("{refused.remote_server}"));
}

TEST_F(RuleSetTest, SharedConditionsThatAreWrong) {
  folder_.Write("_a.yaml",
                "conditions:\n"
                "  rpc.nested: [{use: rpc.loop}]\n"
                "  rpc.loop: [{nobody: {within: 1h}}, {rpc.none: {within: 1h}}]\n"
                "  rpc.idle: [dialled]\n");
  folder_.Write("_b.yaml", "conditions:\n  rpc.loop: [dialled]\n");
  folder_.Write("_c.yaml", "events: {}\ncondition: {}\n");
  folder_.Write("a.yaml", Replaced(SoundRule(), "  - dialled: {within: 10m, host: other}",
                                   "  - use: rpc.loop\n  - use: rpc.lop\n"));
  EXPECT_THAT(Ids(Load()), IsEmpty());
  EXPECT_THAT(
      Complaints(),
      ElementsAre(
          "rule.condition | _a.yaml: line 2, column 16: the shared conditions \"rpc.nested\" use "
          "others, which only rules may; pattern left out",
          "rule.duplicate_shared | _b.yaml: line 2, column 3: the shared conditions \"rpc.loop\" "
          "are in _a.yaml: line 3, column 3 already; pattern left out",
          "yaml.unknown_key | _c.yaml: line 2, column 1: unknown key \"condition\"; did you mean "
          "\"conditions\"? (pattern left out)",
          "rule.unknown_name | a.yaml: line 15, column 10: no shared conditions \"rpc.lop\"; did "
          "you mean \"rpc.loop\"? (rule left out)",
          "rule.unknown_name | a.yaml: line 14, column 10: no event pattern \"nobody\" in this "
          "rule; rule left out",
          "rule.unknown_name | a.yaml: line 14, column 10: no event pattern \"rpc.none\" in this "
          "rule; rule left out",
          "rule.unknown_name | a.yaml: line 15, column 5: no event pattern \"use\" in this rule; "
          "rule left out",
          "rule.unused_shared | _a.yaml: line 4, column 3: no rule uses the shared conditions "
          "\"rpc.idle\"; they are not checked"));
}

TEST_F(RuleSetTest, SharedConditionsDoNotGrowWithoutEnd) {
  const std::string shared =
      "conditions:\n  rpc.x: {dialled: {where: {computer: \"{trigger.computer}\"}}}\n";
  folder_.Write("_a.yaml", shared);
  // What is put in the place of "{trigger." is not looked at again.
  folder_.Write("a.yaml",
                Replaced(Replaced(SoundRule(), "trigger: refused", "trigger: \"{trigger.a\""),
                         "  - dialled: {within: 10m, host: other}", "  - use: rpc.x"));
  EXPECT_THAT(Ids(Load()), IsEmpty());
  EXPECT_THAT(Complaints(),
              ElementsAre("rule.unknown_name | a.yaml: line 11, column 10: no event pattern "
                          "\"{trigger.a\" in this rule; rule left out",
                          "rule.template | a.yaml: line 14, column 10: a \"}\" alone; a brace in "
                          "the text is written twice; rule left out"));
  problems_ = {};
  std::string uses;
  for (int i = 0; i < 102; ++i) uses += "  - use: rpc.x\n";
  folder_.Write("a.yaml", Replaced(SoundRule(), "  - dialled: {within: 10m, host: other}\n", uses));
  EXPECT_THAT(Ids(Load()), IsEmpty());
  EXPECT_THAT(Complaints(), ElementsAre("rule.condition | a.yaml: line 114, column 10: more than "
                                        "100 uses of shared conditions; rule left out",
                                        "rule.unknown_name | a.yaml: line 114, column 5: no event "
                                        "pattern \"use\" in this rule; rule left out",
                                        "rule.unknown_name | a.yaml: line 115, column 5: no event "
                                        "pattern \"use\" in this rule; rule left out"));
}

TEST_F(RuleSetTest, WhatRulesSayOfEachOther) {
  folder_.Write("a.yaml", WithId("mta.a.a"));
  folder_.Write("b.yaml", WithId("mta.a.a"));
  const std::string retired = "status: retired\nsuperseded_by: ";
  folder_.Write("c.yaml", Replaced(WithId("mta.c.c"), "status: stable", retired + "mta.a.aa"));
  folder_.Write("d.yaml", Replaced(WithId("mta.d.d"), "status: stable", retired + "mta.a.a"));
  folder_.Write("e.yaml", Replaced(WithId("mta.e.e"), "status: stable", retired + "mta.e.e"));
  folder_.Write("f.yaml", WithId("mta.f.f"));
  folder_.Write("g.yaml",
                Replaced(WithId("mta.g.g", Replaced(SoundRule(), "nt_error: 5", "nt_error: 6")),
                         "{finding: no}", "{finding: no, first: mta.h.h}"));
  folder_.Write("h.yaml",
                Replaced(WithId("mta.i.i", Replaced(SoundRule(), "nt_error: 5", "nt_error: 7")),
                         "{finding: no}", "{finding: no, first: mta.d.d}"));
  const RuleSet rules = Load();
  EXPECT_THAT(Ids(rules), ElementsAre("mta.a.a", "mta.d.d", "mta.f.f"));
  EXPECT_THAT(
      Complaints(),
      ElementsAre(
          "rule.duplicate_id | b.yaml: line 1, column 5: the id \"mta.a.a\" is in a.yaml: line 1, "
          "column 5 already; rule left out",
          "rule.unknown_rule | c.yaml: line 1, column 5: \"superseded_by\" names the rule "
          "\"mta.a.aa\", which is not there (did you mean \"mta.a.a\"?); rule left out",
          "rule.unknown_rule | e.yaml: line 1, column 5: \"superseded_by\" names the rule "
          "\"mta.e.e\", which is this one; rule left out",
          "rule.unknown_rule | g.yaml: line 29, column 5: \"first\" names the rule \"mta.h.h\", "
          "which is not there (did you mean \"mta.a.a\"?); rule left out",
          "rule.retired | h.yaml: line 29, column 5: \"first\" names the rule \"mta.d.d\", which "
          "is "
          "retired (superseded by \"mta.a.a\"); rule left out",
          "rule.twins | f.yaml: line 1, column 5: same trigger, conditions and evidence as "
          "\"mta.a.a\" in a.yaml: line 1, column 5: nothing can tell the two causes apart; both "
          "are used"));
}

TEST_F(RuleSetTest, FingerprintsIgnoreNamesAndOrder) {
  const auto print = [&](const std::string& yaml) {
    DiagnosticList problems;
    const RuleSet rules = RuleSet::Parse(yaml, "x.yaml", TestKnowledge(), problems);
    EXPECT_EQ(rules.rules().size(), 1u);
    return Fingerprint(rules.rules().at(0));
  };
  std::string renamed = SoundRule();
  for (std::size_t at; (at = renamed.find("dialled")) != std::string::npos;) {
    renamed.replace(at, 7, "outward");
  }
  EXPECT_EQ(print(SoundRule()), print(renamed));
  EXPECT_NE(print(SoundRule()), print(Replaced(SoundRule(), "nt_error: 5", "nt_error: 6")));
  EXPECT_NE(print(SoundRule()), print(Replaced(SoundRule(), "points: -2", "points: -3")));
  EXPECT_NE(print(SoundRule()), print(Replaced(SoundRule(), "host: other", "host: any")));
}

// Rules are passed over only while an earlier run's "no complaints" is about these very files.
class RuleFolderTest : public RuleSetTest {
 protected:
  void SetUp() override {
    for (const char* name : {"errors", "builds", "files", "events"}) {
      kbdata_.Write(std::string(name) + "/.keep", "");
    }
    kbdata_.Write("articles/a.yaml", kArticles);
    folder_.Write("mta/a.yaml", WithId("mta.a.a"));
    folder_.Write("mta/b.yaml", Other("mta.b.b", 9318));
    folder_.Write("mta/c.yaml", Other("mta.c.c", 9411));
  }

  // Of no event but this one.
  static std::string Other(const std::string& id, int event) {
    return fmt::format(
        "id: {}\nversion: 1\nstatus: draft\ntitle: t\nverdict: fault\narticles: [Q217142]\n"
        "events:\n  seen: {{provider: {}, id: {}}}\ntrigger: seen\nstrength: hint\n"
        "explains: [seen]\ncause: c\nfix:\n  - {{do: d, risk: none}}\n",
        id, id, event);
  }

  // One run of the program: ids of what was loaded.
  std::vector<std::string> Naming(const std::set<std::uint16_t>& event_ids) {
    problems_ = {};
    YamlCache kbdata_cache(folder_.path() + "/.kbdata.trees", "build");
    const auto knowledge = Knowledge::Load(kbdata_.path(), problems_, kbdata_cache);
    EXPECT_TRUE(knowledge.ok());
    kbdata_cache.Save();
    YamlCache cache(folder_.path() + "/.rules.trees", "build");
    const auto folder = RuleFolder::Open(folder_.path(), *knowledge, cache);
    EXPECT_TRUE(folder.ok());
    auto wanted = folder->Naming(event_ids);
    if (wanted) wanted->insert(also_.begin(), also_.end());
    const RuleSet rules = folder->Load(wanted, problems_);
    hash_ = rules.content_hash();
    EXPECT_EQ(hash_, folder->content_hash());
    cache.Save();
    return Ids(rules);
  }

  static constexpr const char* kArticles =
      "articles:\n  Q217142: {title: t}\n  Q257679: {title: t}\n";
  TestFolder kbdata_;
  RuleIds also_;      // wanted beside those that name an event
  std::string hash_;  // of the last run
};

TEST_F(RuleFolderTest, TheSecondRunLoadsOnlyWhatNamesTheEvent) {
  EXPECT_THAT(Naming({9322}), ElementsAre("mta.a.a", "mta.b.b", "mta.c.c"));
  EXPECT_THAT(Complaints(), IsEmpty());
  const std::string hash = hash_;
  EXPECT_THAT(hash, Not(IsEmpty()));
  EXPECT_THAT(Naming({9322}), ElementsAre("mta.a.a"));
  EXPECT_EQ(hash_, hash);
  EXPECT_THAT(Naming({9318}), ElementsAre("mta.a.a", "mta.b.b"));
  EXPECT_THAT(Naming({1, 9322, 9411}), ElementsAre("mta.a.a", "mta.c.c"));
  EXPECT_THAT(Naming({1}), IsEmpty());
  EXPECT_THAT(Naming({}), IsEmpty());
  EXPECT_EQ(hash_, hash);
}

TEST_F(RuleFolderTest, RulesCanBeAskedForById) {
  also_ = {"mta.c.c", "mta.unknown.x"};
  EXPECT_EQ(Naming({9318}).size(), 3u);
  EXPECT_THAT(Naming({9318}), ElementsAre("mta.a.a", "mta.b.b", "mta.c.c"));
  EXPECT_THAT(Naming({}), ElementsAre("mta.c.c"));
}

TEST_F(RuleFolderTest, ARuleThatAFactTriggersNamesEveryEvent) {
  std::string rule = Other("mta.f.f", 9411);
  rule.replace(rule.find("{provider"), rule.find('}') + 1 - rule.find("{provider"),
               "{fact: tpkt_frame}");
  folder_.Write("mta/f.yaml", rule);
  EXPECT_EQ(Naming({}).size(), 4u);
  EXPECT_THAT(Complaints(), IsEmpty());
  EXPECT_THAT(Naming({}), ElementsAre("mta.f.f"));
  EXPECT_THAT(Naming({9411}), ElementsAre("mta.c.c", "mta.f.f"));
}

// All events of a provider that only raised diagnostics log tell at which level a host logs.
TEST_F(RuleFolderTest, ARuleLooksAtRaisedEventsOfItsProviders) {
  kbdata_.Write("events/c.yaml",
                "provider: mta.c.c\nevents:\n"
                "  9411: {meaning: m}\n"
                "  9412: {meaning: m}\n"
                "  9413: {meaning: m, logged_at: medium}\n");
  EXPECT_EQ(Naming({}).size(), 3u);
  EXPECT_THAT(Complaints(), IsEmpty());
  EXPECT_THAT(Naming({9412}), IsEmpty());
  EXPECT_THAT(Naming({9413}), ElementsAre("mta.c.c"));
}

TEST_F(RuleFolderTest, AnyChangeLoadsAllAgain) {
  Naming({9411});
  folder_.Write("mta/d.yaml", Other("mta.d.d", 9411));
  EXPECT_THAT(Naming({9411}), ElementsAre("mta.a.a", "mta.b.b", "mta.c.c", "mta.d.d"));
  EXPECT_THAT(Naming({9411}), ElementsAre("mta.c.c", "mta.d.d"));
  folder_.Write("mta/b.yaml", Other("mta.b.b", 9411));
  EXPECT_EQ(Naming({9411}).size(), 4u);
  EXPECT_THAT(Naming({9411}), ElementsAre("mta.b.b", "mta.c.c", "mta.d.d"));
  kbdata_.Write("articles/a.yaml", std::string(kArticles) + "# more\n");
  EXPECT_EQ(Naming({9411}).size(), 4u);
  EXPECT_THAT(Complaints(), IsEmpty());
}

TEST_F(RuleFolderTest, ComplaintsAreGivenInEveryRunWhateverIsAsked) {
  Naming({9411});
  kbdata_.Write("articles/a.yaml", "articles: {}\n");
  for (int run = 0; run < 3; ++run) {
    Naming({9411});
    EXPECT_EQ(Complaints().size(), 3u) << run;
  }
  kbdata_.Write("articles/a.yaml", kArticles);
  folder_.Write("mta/bad.yaml", "id: mta.x.x\nid: mta.y.y\n");
  Naming({9411});
  const std::vector<std::string> first = Complaints();
  EXPECT_FALSE(first.empty());
  Naming({9411});
  EXPECT_EQ(Complaints(), first);
}

// The rules of the project itself, against the knowledge of the project itself.
TEST(ProjectRulesTest, LoadWithoutAComplaint) {
  DiagnosticList problems;
  const std::string root = EXDIAG_SOURCE_DIR;
  const auto knowledge = Knowledge::Load(root + "/kbdata", problems);
  ASSERT_TRUE(knowledge.ok());
  const auto rules = RuleSet::Load(root + "/rules", *knowledge, problems);
  ASSERT_TRUE(rules.ok());
  EXPECT_THAT(Shown(problems), IsEmpty());
}

}  // namespace
}  // namespace exdiag
