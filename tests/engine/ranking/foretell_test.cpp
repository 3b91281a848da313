// What a report says that an answer would do is what it does: over every test of every rule that
// the project brings, each question is answered in each way and all is diagnosed again.
#include "engine/ranking/foretell.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/ranking/rule_tests.h"
#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kStep = 6;  // one rule in so many: the sanitizer is slow
#else
constexpr std::size_t kStep = 1;
#endif

class Project {
 public:
  static const Project& Get() {
    static const Project project;
    return project;
  }

  std::vector<const Rule*> rules;
  const Knowledge& knowledge() const { return *knowledge_; }

 private:
  Project()
      : knowledge_(Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems_)),
        set_(RuleSet::Load(EXDIAG_SOURCE_DIR "/rules", *knowledge_, problems_)) {
    rules = RulesInUse(*set_);
  }

  DiagnosticList problems_;
  Result<Knowledge> knowledge_;
  Result<RuleSet> set_;
};

// A store, and the rules and knowledge that it is diagnosed with.
struct World {
  std::span<const Rule* const> rules;
  const Knowledge& knowledge;
};

SignalList Evaluated(const World& world, const Store& store) {
  DiagnosticList problems;
  auto signals = EvaluateRules(world.rules, world.knowledge, store, problems);
  EXPECT_TRUE(signals.ok());
  return std::move(*signals);
}

Ranking Foretold(const World& world, const Store& store) {
  const SignalList signals = Evaluated(world, store);
  Ranking ranking = RankCauses(signals);
  EXPECT_TRUE(ForetellEffects(signals, {world.rules, world.knowledge, store}, ranking).ok());
  return ranking;
}

// As exdiag answer and exdiag import do it.
void Feed(const std::vector<Fact>& facts, Store& store) {
  if (auto* memory = dynamic_cast<MemoryStore*>(&store)) {
    for (const Fact& fact : facts) memory->AddFact(fact);
    return;
  }
  for (const Fact& fact : facts) {
    if (fact.kind != "answer") continue;
    Note note;
    note.subject = fact.attributes.find("name")->second;
    note.text = fact.attributes.find("value")->second;
    note.host = fact.host;
    note.noted_at = Ticks{1};
    EXPECT_TRUE(store.AddNote(note).ok());
    return;
  }
  auto session = store.BeginImport("listing.txt", "test", Store::kUnknownSize);
  ASSERT_TRUE(session.ok());
  for (const Fact& fact : facts) (*session)->AddFact(fact);
  EXPECT_TRUE((*session)->Commit().ok());
}

Signal SignalOf(const Ranking& ranking, const std::string& incident, const std::string& cause) {
  for (const Finding& finding : ranking.findings) {
    if (finding.incident == incident && finding.signal.rule()->id == cause)
      return finding.signal.Read();
  }
  ADD_FAILURE() << cause << " is no finding of " << incident;
  return ranking.findings.front().signal.Read();
}

// The confidence of the finding that opens with the same event.
double ConfidenceOf(const Ranking& ranking, const Signal& before) {
  double confidence = 0;
  for (const Finding& finding : ranking.findings) {
    if (finding.signal.rule() != before.rule) continue;
    const Signal signal = finding.signal.Read();
    for (const EvidenceReference& trigger : signal.triggers) {
      if (trigger.summary == before.triggers.front().summary) {
        confidence = std::max(confidence, finding.confidence);
      }
    }
  }
  return confidence;
}

// The rules that an event of the store opens, or a fact may: no other can have a finding.
std::vector<const Rule*> RulesFor(const Store& store, std::span<const Rule* const> rules,
                                  const Catalogue& catalogue) {
  std::set<EventKind> kinds;
  const auto counts = store.CountEvents({});
  EXPECT_TRUE(counts.ok());
  for (const EventCount& count : *counts) kinds.insert(count.kind);
  const auto opens = [&](const EventPattern& pattern) {
    if (!pattern.fact_kind.empty() || pattern.ids.empty()) return true;
    for (const std::string& provider : pattern.providers) {
      for (const std::uint16_t id : pattern.ids) {
        if (kinds.contains({std::string(catalogue.CanonicalProvider(provider)), id})) return true;
      }
    }
    return false;
  };
  std::vector<const Rule*> some;
  for (const Rule* rule : rules) {
    const bool any = std::any_of(rule->triggers.begin(), rule->triggers.end(),
                                 [&](std::size_t trigger) { return opens(rule->events[trigger]); });
    if (any) some.push_back(rule);
  }
  return some;
}

// How many effects were tried, by what the question is about.
using Tally = std::map<std::string, std::size_t>;

// `make` gives the same store each time.
template <typename Make>
void CheckPromises(const World& world, const Make& make, const std::string& what, Tally& tally) {
  const std::unique_ptr<Store> now = make();
  const Ranking ranking = Foretold(world, *now);
  for (const AskNext& ask : ranking.ask_next) {
    for (const AskNext::Effect& effect : ask.effects) {
      if (effect.facts == nullptr) {
        // A log to be collected: what else is in it nobody can tell.
        EXPECT_NE(ask.command.find(" log"), std::string::npos) << what << ": " << ask.command;
        ++tally["log"];
        continue;
      }
      const std::unique_ptr<Store> store = make();
      Feed(*effect.facts, *store);
      const Ranking then = RankCauses(Evaluated(world, *store));
      const Signal& before = SignalOf(ranking, ask.incident, effect.cause);
      ++tally[effect.facts->front().kind];
      EXPECT_NEAR(ConfidenceOf(then, before), effect.to, 1e-9)
          << what << ": " << ask.question << " " << effect.if_answer << ": " << effect.cause;
      for (const AskNext& still : then.ask_next) {
        EXPECT_FALSE(still.incident == ask.incident && still.question == ask.question &&
                     still.feed == ask.feed && ask.command.empty())
            << what << " asks again: " << ask.question;
      }
    }
  }
}

TEST(Foretell, EveryAnswerToEveryQuestionOfEveryRuleTest) {
  const Project& project = Project::Get();
  ASSERT_FALSE(project.rules.empty());
  const Catalogue& catalogue = project.knowledge().catalogue();
  Tally tally;
  for (std::size_t i = 0; i < project.rules.size(); i += kStep) {
    const Rule* const rule = project.rules[i];
    for (const RuleTest& test : rule->tests) {
      const auto make = [&] {
        auto store = MakeRuleTestStore(test, project.knowledge());
        EXPECT_TRUE(store.ok());
        return std::move(*store);
      };
      const auto rules = RulesFor(*make(), project.rules, catalogue);
      CheckPromises({rules, project.knowledge()}, make, rule->id + ", test \"" + test.name + "\"",
                    tally);
    }
  }
  for (const auto& [kind, count] : tally) fmt::print("{}: {} effects\n", kind, count);
  EXPECT_GT(tally["answer"], 500u / kStep);
  for (const char* listing : {"spn_listing", "file_version_listing", "tpkt_frame_listing"}) {
    EXPECT_GT(tally[listing], 10u / kStep) << listing;
  }
}

RuleSet Named(const std::string& id, const std::string& lines) {
  std::string text = RuleText(lines);
  const std::string_view usual = "test.fault.cause";
  return ParseRule(text.replace(text.find(usual), usual.size(), id));
}

constexpr char kAskTrust[] =
    "evidence: [{if: {fact: {kind: answer, name: trust, is: 'no'}}, points: 2, because: b, ask: "
    "'Trust?'}]\n";

constexpr char kAskFrame[] =
    "evidence: [{if: {frame: {within: ever}}, points: 2, because: b, collect: trace}]\n";

// What an answer does beside adding points.
TEST(Foretell, ConditionsGroupsAndOtherHosts) {
  const struct {
    const char* why;
    std::string rule, rival;  // lines of RuleText
    const char* log;
    std::size_t effects;
  } kCases[] = {
      {"when looks for it",
       std::string(kAskTrust) + "when: [{fact: {kind: answer, name: trust, is: 'no'}}]\n", "",
       "10:00:00 A 100", 2},
      {"unless of a rival looks for it", kAskTrust,
       "unless: [{fact: {kind: answer, name: trust, is: 'yes'}}]\n", "10:00:00 A 100", 2},
      {"coverage is required", kAskTrust,
       "when: [{fact: {kind: answer, name: trust, is: 'no'}, coverage: required}]\n",
       "10:00:00 A 100", 2},
      {"all of two",
       "evidence: [{if: {all: [{fact: {kind: answer, name: trust, is: 'no'}}, {fact: {kind: "
       "answer, "
       "name: mail, is: 'no'}}]}, points: 3, because: b, ask: 'Trust or mail?'}]\n",
       kAskTrust, "10:00:00 A 100", 2},
      {"any of an answer and an event that is there",
       "evidence: [{if: {any: [{fact: {kind: answer, name: trust, is: 'yes'}}, seen]}, points: 3, "
       "because: b, ask: 'Trust?'}]\n",
       kAskTrust, "10:00:00 A 100\n10:00:00 A 101", 2},
      {"a rival about two hosts asks for both", kAskTrust,
       "between: [bad.computer, bad.peer]\n" + std::string(kAskTrust), "10:00:00 A 100 peer=B", 4},
      {"two pairs of hosts that one event joins",
       "explains: [bad, seen]\nbetween: [bad.computer, bad.peer]\n" + std::string(kAskTrust),
       "explains: [bad, seen]\n",
       "10:00:00 A 100 peer=B\n10:01:00 C 101 peer=A\n"
       "10:02:00 C 100 peer=A",
       2},
      {"one of three answers", kAskTrust,
       "evidence: [{if: {fact: {kind: answer, name: trust, is: partly}}, points: 2, because: b, "
       "ask: "
       "'Trust?'}]\n",
       "10:00:00 A 100", 3},
      {"a listing that settles two things",
       "evidence: [{if: {fact: {kind: spn, where: {service: SMTPSVC}}}, points: 2, because: b, "
       "collect: setspn}]\n",
       "evidence: [{if: {no: {fact: {kind: spn, where: {service: SMTPSVC, instance: x}}}}, points: "
       "2, "
       "because: c, collect: setspn}]\n",
       "10:00:00 A 100", 3},
      {"a listing of which unless looks for something",
       "evidence: [{if: {fact: {kind: spn, where: {service: {starts_with: SMTP, not: SMTP}}}}, "
       "points: 2, because: b, collect: setspn}]\n",
       "unless: [{fact: {kind: spn, where: {service: {exists: yes}}}}]\n", "10:00:00 A 100", 2},
      {"a trace with the frame that opens a rival", kAskFrame,
       "trigger: frame\nexplains: [frame, bad]\nwhen: [{bad: {within: ever}}]\n", "10:00:00 A 100",
       2},
      {"a rival that wants no such frame", kAskFrame, "when: [{no: {frame: {within: ever}}}]\n",
       "10:00:00 A 100", 2},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const RuleSet rule = Named("test.fault.rule", row.rule);
    const RuleSet rival = Named("test.fault.rival", row.rival);
    const Rule* const rules[] = {&rule.rules().front(), &rival.rules().front()};
    const auto make = [&] {
      auto store = std::make_unique<MemoryStore>();
      store->AddLog(row.log);
      return store;
    };
    Tally tally;
    CheckPromises({rules, SmallKnowledge()}, make, row.why, tally);
    EXPECT_EQ(tally["answer"] + tally["spn_listing"] + tally["tpkt_frame_listing"], row.effects);
  }
}

// A report on a large site asks about thousands of incidents.
TEST(Foretell, ReadsTheStoreOnceForAllIncidents) {
  const RuleSet rule =
      Named("test.fault.rule",
            std::string(kAskTrust) + "when: [{fact: {kind: answer, name: trust, is: 'no'}}]\n");
  const RuleSet rival = Named("test.fault.rival", "");
  const Rule* const rules[] = {&rule.rules().front(), &rival.rules().front()};
  const auto make = [&] {
    auto store = std::make_unique<MemoryStore>();
    for (int host = 0; host < 20; ++host) {
      store->AddLog(fmt::format("10:00:00 HOST{} 100\n10:00:01 HOST{} 100", host, host));
    }
    return store;
  };
  Tally tally;
  CheckPromises({rules, SmallKnowledge()}, make, "twenty incidents", tally);
  EXPECT_EQ(tally["answer"], 40u);

  const auto store = make();
  DiagnosticList problems;
  const auto signals = EvaluateRules(rules, SmallKnowledge(), *store, problems);
  ASSERT_TRUE(signals.ok());
  Ranking ranking = RankCauses(*signals);
  const std::uint64_t before = store->events_visited();
  ASSERT_TRUE(ForetellEffects(*signals, {rules, SmallKnowledge(), *store}, ranking).ok());
  EXPECT_EQ(store->events_visited() - before, 40u);
}

}  // namespace
}  // namespace exdiag
