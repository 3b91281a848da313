// Engine and reference evaluator agree on generated rules and logs, in every order of import.
//
// EXDIAG_SEMANTICS_CASES=1000000 makes a long run, EXDIAG_SEMANTICS_SEED=N begins at another seed.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>

#include "engine/base/text.h"
#include "tests/engine/signal/reference.h"
#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

using plain::Case;
using plain::Expected;

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kUsualCases = 800;
#else
constexpr std::uint64_t kUsualCases = 4'000;
#endif

std::uint64_t FromEnvironment(const char* name, std::uint64_t usual) {
  const char* value = std::getenv(name);
  return value == nullptr ? usual : std::strtoull(value, nullptr, 10);
}

// A case in a store.
struct Stored {
  MemoryStore store;
  std::vector<std::size_t> events;  // index in Case::log of the event with row i + 1
  std::vector<std::size_t> facts;   // and of the fact with row -1 - i; what is none of them: kNone

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t IndexOf(std::int64_t row) const {
    return row > 0 ? events[static_cast<std::size_t>(row - 1)]
                   : facts[static_cast<std::size_t>(-row - 1)];
  }
};

Fact FactOf(const plain::PlainFact& plain_fact) {
  Fact fact;
  fact.kind = plain_fact.kind;
  fact.host = CanonicalHost(plain_fact.host);
  fact.attributes = {plain_fact.attributes.begin(), plain_fact.attributes.end()};
  return fact;
}

Fact FrameOf(const plain::Entry& entry, std::size_t index) {
  Fact fact = FactOf({"tpkt_frame", entry.computer, entry.fields});
  if (entry.time) {
    fact.observed_at = At("00:00:00") + Duration::Seconds(*entry.time);
    fact.time_basis = entry.wall ? TimeBasis::kLocalUnknown : TimeBasis::kUtc;
  }
  fact.where = {"frames.pcap", Place::Line(index + 1)};
  return fact;
}

// `order`: in which the log is imported.
Stored StoreOf(const Case& one, const std::vector<std::size_t>& order) {
  Stored stored;
  std::vector<std::pair<Fact, std::size_t>> facts;
  for (const std::size_t index : order) {
    if (one.log[index].is_fact()) {
      facts.emplace_back(FrameOf(one.log[index], index), index);
    } else {
      stored.events.push_back(index);
      stored.store.AddLog(plain::LogLine(one.log[index]));
    }
  }
  for (const plain::Period& period : one.coverage) stored.store.Cover(plain::CoverageLine(period));
  for (const plain::PlainFact& fact : one.facts) facts.emplace_back(FactOf(fact), Stored::kNone);
  for (const auto& [fact, index] : facts) stored.store.AddFact(fact);
  // Facts are numbered in an order that does not depend on that of import.
  std::sort(facts.begin(), facts.end(), [](const auto& a, const auto& b) {
    const auto key = [](const Fact& fact) {
      return std::tie(fact.observed_at, fact.kind, fact.host, fact.attributes, fact.where.file,
                      fact.where.place.value);
    };
    return key(a.first) < key(b.first);
  });
  for (const auto& [fact, index] : facts) stored.facts.push_back(index);
  return stored;
}

std::string Word(plain::Value value) { return value == plain::Value::kHolds ? "holds" : "unknown"; }
std::string Word(Truth value) { return value == Truth::kHolds ? "holds" : "unknown"; }

// One finding as text, so that two can be compared and shown.
std::string Show(const Expected& expected) {
  std::string text =
      fmt::format("start {} triggers {}", expected.start_points, expected.triggers.size());
  for (const auto& [line, value] : expected.reasons) {
    text += fmt::format(", line {} {}", line, Word(value));
  }
  return text + fmt::format(", explains {}", fmt::join(expected.explained, " "));
}

// `unsure`: what a sequence may or may not have counted; told apart only by being one of these.
std::string Show(const Signal& signal, const Stored& stored, const std::set<std::size_t>& unsure,
                 const std::set<std::size_t>& explained) {
  std::string text = fmt::format("start {} triggers {}", signal.start_points, signal.trigger_count);
  for (const Reason& reason : signal.reasons) {
    text += fmt::format(", line {} {}", reason.line, Word(reason.state));
  }
  std::set<std::size_t> events;
  for (const std::int64_t row : signal.explained) {
    const std::size_t index = stored.IndexOf(row);
    if (!unsure.contains(index) || explained.contains(index)) events.insert(index);
  }
  return text + fmt::format(", explains {}", fmt::join(events, " "));
}

// The incident that explains one of these triggers; each trigger is in one incident only.
const Signal* SignalOf(const std::vector<Signal>& signals, const Expected& expected,
                       const Stored& stored) {
  for (const Signal& signal : signals) {
    for (const EvidenceReference& trigger : signal.triggers) {
      // A fact is known by its line.
      const std::size_t index =
          trigger.event_row > 0 ? stored.IndexOf(trigger.event_row) : trigger.where.place.value - 1;
      if (expected.triggers.contains(index)) return &signal;
    }
  }
  return nullptr;
}

struct Loaded {
  std::optional<RuleSet> rules;
  std::string complaints;
  bool can_never_fire = false;
};

Loaded Load(const Case& one) {
  DiagnosticList problems;
  Loaded loaded;
  RuleSet rules = RuleSet::Parse(RuleText(plain::RuleYaml(one.rule)), "rules/x.yaml",
                                 SmallKnowledge(), problems);
  for (const Diagnostic& problem : problems.items()) {
    if (problem.severity == Severity::kError) loaded.complaints += ToString(problem) + "\n";
    if (problem.reason.find("the rule never fires") != std::string::npos) {
      loaded.can_never_fire = true;
    }
  }
  if (rules.rules().size() == 1) loaded.rules = std::move(rules);
  return loaded;
}

// "" when engine and reference agree, else what they say.
std::string Difference(const Case& one, const std::vector<std::size_t>& order,
                       const RuleSet& rules) {
  const std::vector<Expected> expected = plain::Reference(one);
  const Stored stored = StoreOf(one, order);
  DiagnosticList problems;
  const auto result = EvaluateRules(rules, SmallKnowledge(), stored.store, problems);
  if (!result) return "the engine failed: " + result.error().message;
  const std::vector<Signal> signals(result->begin(), result->end());
  std::vector<std::string> wanted, got;
  for (const Expected& incident : expected) {
    wanted.push_back(Show(incident));
    if (const Signal* signal = SignalOf(signals, incident, stored)) {
      got.push_back(Show(*signal, stored, incident.maybe_explained, incident.explained));
    }
  }
  std::string text;
  if (signals.size() != expected.size()) {
    text += fmt::format("engine: {} incidents, reference: {}\n", signals.size(), expected.size());
  }
  if (wanted != got) {
    text += fmt::format("reference: {}\nengine:    {}\n", fmt::join(wanted, " | "),
                        fmt::join(got, " | "));
  }
  return text;
}

std::vector<std::size_t> InOrder(const Case& one) {
  std::vector<std::size_t> rows(one.log.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

std::string DifferenceInOrder(const Case& one) {
  const Loaded loaded = Load(one);
  return loaded.rules ? Difference(one, InOrder(one), *loaded.rules) : std::string();
}

// The smallest case that still differs.
Case Minimal(Case one) {
  for (bool changed = true; changed;) {
    changed = false;
    for (Case& less : plain::Smaller(one)) {
      if (DifferenceInOrder(less).empty()) continue;
      one = std::move(less);
      changed = true;
      break;
    }
  }
  return one;
}

// What of the language a case with findings exercises.
struct Features {
  std::map<std::string, std::uint64_t> seen;

  void Add(const Case& one) {
    std::set<std::string> features;
    const plain::PlainRule& rule = one.rule;
    for (const std::string& trigger : rule.triggers) features.insert("trigger " + trigger);
    for (const auto* list : {&rule.when, &rule.unless, &rule.evidence}) AddIn(*list, features);
    for (const std::string& feature : features) ++seen[feature];
  }

 private:
  static void AddIn(const std::vector<plain::Cond>& conds, std::set<std::string>& features) {
    for (const plain::Cond& cond : conds) {
      if (!cond.pattern.empty()) features.insert("pattern " + cond.pattern);
      for (const plain::Test& test : cond.where) features.insert("test " + test.how);
      for (const std::string& place : cond.places) features.insert("place " + place);
      for (const auto* pairs : {&cond.same, &cond.differ}) {
        for (const plain::Pair& pair : *pairs) features.insert("pair " + pair.here);
      }
      if (!cond.per.empty()) features.insert(cond.max ? "per, at most" : "per");
      if (!cond.distinct.empty()) features.insert("distinct");
      if (!cond.of.empty()) features.insert("of");
      if (cond.in) features.insert("in");
      if (cond.latest) features.insert("latest");
      AddIn(cond.parts, features);
    }
  }
};

constexpr const char* kFeatures[] = {"trigger worse",
                                     "trigger frame",
                                     "pattern frame",
                                     "pattern worse",
                                     "pattern caught",
                                     "test equals",
                                     "test list",
                                     "test contains",
                                     "test exists",
                                     "test starts_with",
                                     "test ends_with",
                                     "test min",
                                     "test max",
                                     "test regex",
                                     "test mask_is",
                                     "test mask_any",
                                     "test version",
                                     "test equals_field",
                                     "test host",
                                     "test ip",
                                     "place frame",
                                     "place worse",
                                     "pair code",
                                     "pair peer",
                                     "pair computer",
                                     "pair letter",
                                     "per",
                                     "per, at most",
                                     "distinct",
                                     "of",
                                     "in",
                                     "latest"};

TEST(Reference, AgreesWithTheEngineOnGeneratedCases) {
  const std::uint64_t cases = FromEnvironment("EXDIAG_SEMANTICS_CASES", kUsualCases);
  const std::uint64_t first = FromEnvironment("EXDIAG_SEMANTICS_SEED", 1);
  Features features;
  std::uint64_t refused = 0, with_findings = 0, findings = 0, unknown = 0, failures = 0;
  for (std::uint64_t seed = first; seed < first + cases && failures < 3; ++seed) {
    const Case one = plain::Generate(seed);
    const Loaded loaded = Load(one);
    if (!loaded.rules) {
      ++refused;
      ASSERT_NE(loaded.complaints, "");
      for (const Expected& incident : plain::Reference(one)) {
        EXPECT_FALSE(loaded.can_never_fire && incident.start_points == 3)
            << "said to fire never: " << loaded.complaints << plain::Print(one);
      }
      continue;
    }
    const std::string difference = Difference(one, InOrder(one), *loaded.rules);
    if (!difference.empty()) {
      ++failures;
      const Case minimal = Minimal(one);
      ADD_FAILURE() << "seed " << seed << "\n"
                    << DifferenceInOrder(minimal) << plain::Print(minimal);
      continue;
    }
    const auto expected = plain::Reference(one);
    with_findings += !expected.empty();
    findings += expected.size();
    if (!expected.empty()) features.Add(one);
    for (const Expected& incident : expected) unknown += incident.start_points < 3;
    std::vector<std::size_t> rows = InOrder(one);
    std::mt19937_64 random(seed);
    std::shuffle(rows.begin(), rows.end(), random);
    const std::string shuffled = Difference(one, rows, *loaded.rules);
    if (shuffled.empty()) continue;
    ++failures;
    ADD_FAILURE() << "seed " << seed << ", imported in the order "
                  << fmt::format("{}", fmt::join(rows, " ")) << "\n"
                  << shuffled << plain::Print(one);
  }
  fmt::print("{} cases: {} rules refused, {} with findings, {} findings, {} of them not certain\n",
             cases, refused, with_findings, findings, unknown);
  EXPECT_LT(refused, cases / 4 + 1);
  EXPECT_GT(with_findings, cases / 10);
  EXPECT_GT(findings - unknown, cases / 50);
  for (const char* feature : kFeatures) {
    EXPECT_GT(features.seen[feature], cases / 1000) << feature;
  }
}

}  // namespace
}  // namespace exdiag
