#include "engine/rule/rule_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/rule/condition_reader.h"
#include "engine/rule/fact_kinds.h"
#include "engine/rule/logic_check.h"
#include "engine/rule/rule_scope.h"

namespace exdiag {
namespace {

constexpr std::pair<std::string_view, Status> kStatuses[] = {
    {"draft", Status::kDraft}, {"stable", Status::kStable}, {"retired", Status::kRetired}};
constexpr std::pair<std::string_view, Verdict> kVerdicts[] = {{"fault", Verdict::kFault},
                                                              {"expected", Verdict::kExpected}};
constexpr std::pair<std::string_view, Strength> kStrengths[] = {{"sure", Strength::kSure},
                                                                {"probable", Strength::kProbable},
                                                                {"possible", Strength::kPossible},
                                                                {"hint", Strength::kHint}};
constexpr std::pair<std::string_view, std::string_view> kRisks[] = {
    {"none", "none"}, {"low", "low"}, {"medium", "medium"}, {"high", "high"}};

constexpr double kMostPoints = 8;

bool IsArticleNumber(std::string_view text) {
  return text.size() > 1 && text.size() <= 8 && text[0] == 'Q' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// True when the condition, or one inside it, asks for an operator's answer.
bool AsksOperator(const Condition& condition) {
  const auto any = [](const std::vector<Condition>& conditions) {
    return std::any_of(conditions.begin(), conditions.end(), AsksOperator);
  };
  if (const auto* fact = std::get_if<FactCondition>(&condition.kind)) return fact->kind == "answer";
  if (const auto* no = std::get_if<NotCondition>(&condition.kind)) {
    return AsksOperator(*no->condition);
  }
  if (const auto* one = std::get_if<AnyCondition>(&condition.kind)) return any(one->conditions);
  if (const auto* every = std::get_if<AllCondition>(&condition.kind)) return any(every->conditions);
  return false;
}

class RuleReader {
 public:
  RuleReader(const YamlNode& root, const Knowledge& knowledge, const SharedPatterns& shared,
             const std::vector<std::string>& more_patterns, YamlProblems& problems)
      : root_(root),
        map_(root, "a rule", problems),
        knowledge_(knowledge),
        shared_(shared),
        more_patterns_(more_patterns),
        problems_(problems),
        scope_(rule_, knowledge.catalogue(), problems),
        conditions_(scope_, problems) {}

  std::optional<Rule> Read() {
    if (!map_.ok()) return std::nullopt;
    ReadHead();
    ReadEvents();
    ReadTriggers();
    ReadBetween();
    if (const auto quiet = map_.Time("quiet")) rule_.quiet = *quiet;
    if (const YamlNode* when = map_.Get("when")) rule_.when = conditions_.ReadAll(*when);
    if (const YamlNode* unless = map_.Get("unless")) rule_.unless = conditions_.ReadList(*unless);
    if (map_.Need("strength") != nullptr) {
      rule_.strength = map_.Choice("strength", kStrengths).value_or(Strength::kPossible);
    }
    ReadEvidence();
    ReadExplains();
    rule_.cause = NeedTemplate(map_, "cause");
    ReadFix();
    ReadTests();
    rule_.notes = map_.Text("notes");
    map_.Finish();
    scope_.CheckAllUsed();
    if (!problems_.failed()) CheckLogic(rule_, problems_);
    return rule_.id.empty() ? std::nullopt : std::optional(std::move(rule_));
  }

 private:
  // ---- what the rule is
  void ReadHead() {
    rule_.where = problems_.At(root_.place);
    rule_.id = map_.NeedText("id");
    if (!rule_.id.empty()) rule_.where = problems_.At(map_.Get("id")->place);
    if (!rule_.id.empty() && !IsRuleId(rule_.id)) {
      problems_.Error("rule.bad_id", rule_.where.place,
                      fmt::format("\"{}\" is no rule id: area.fault.cause in lower-case letters, "
                                  "digits and '-'",
                                  Printable(rule_.id)));
    }
    if (map_.Need("version") != nullptr) {
      rule_.version = static_cast<int>(map_.Integer("version", 1, 100'000).value_or(1));
    }
    if (map_.Need("status") != nullptr) {
      rule_.status = map_.Choice("status", kStatuses).value_or(Status::kDraft);
    }
    ReadSuperseded();
    rule_.title = map_.NeedText("title");
    if (map_.Need("verdict") != nullptr) {
      rule_.verdict = map_.Choice("verdict", kVerdicts).value_or(Verdict::kFault);
    }
    rule_.applies_to = map_.Texts("applies_to");
    ReadArticles();
  }

  void ReadSuperseded() {
    rule_.superseded_by = map_.Text("superseded_by");
    const bool retired = rule_.status == Status::kRetired;
    if (retired && rule_.superseded_by.empty()) {
      problems_.Error("rule.superseded_by", map_.Get("status")->place,
                      "a retired rule names its successor with \"superseded_by\"");
    }
    if (!retired && map_.Has("superseded_by")) {
      problems_.Error("rule.superseded_by", map_.Get("superseded_by")->place,
                      "\"superseded_by\" in a rule that is not retired");
    }
  }

  void ReadArticles() {
    rule_.articles = map_.NeedTexts("articles");
    const YamlNode* node = map_.Get("articles");
    for (std::size_t i = 0; i < rule_.articles.size(); ++i) {
      const std::string& number = rule_.articles[i];
      const bool each = node->items.size() == rule_.articles.size();
      const Place& place = each ? node->items[i].place : node->place;
      if (!IsArticleNumber(number)) {
        problems_.Error(
            "rule.article", place,
            fmt::format("\"{}\" is no article number such as Q217142", Printable(number)));
      } else if (knowledge_.FindArticle(number) == nullptr) {
        problems_.Error("rule.article", place,
                        fmt::format("the article {} is not in kbdata/articles", number));
      }
    }
  }

  // ---- what it looks at
  void ReadEvents() {
    const YamlNode* events = map_.Need("events");
    if (events == nullptr) return;
    rule_.events = ReadEventPatterns(*events, knowledge_.catalogue(), shared_, problems_);
    for (const std::string& name : more_patterns_) AddShared(name, events->place);
    for (std::size_t i = 0; i < rule_.events.size(); ++i) {
      scope_.AddCaptures(i, rule_.events[i].where_all);
      if (rule_.events[i].fact_kind.empty()) {
        CheckOwnFields(rule_.events[i], knowledge_.catalogue(), problems_);
      } else {
        scope_.CheckAttributes(rule_.events[i].fact_kind, rule_.events[i].where_all);
      }
    }
  }

  // A pattern that a group of shared conditions names; nothing is complained about when it is not
  // there, since the condition is.
  void AddShared(const std::string& name, const Place& place) {
    const auto found = shared_.find(name);
    if (found == shared_.end() || rule_.PatternIndex(name)) return;
    EventPattern& pattern = rule_.events.emplace_back(found->second);
    pattern.name = name;
    pattern.where = problems_.At(place);
  }

  void ReadTriggers() {
    const YamlNode* node = map_.Need("trigger");
    if (node == nullptr) return;
    rule_.triggers = ReadNames(*node, "trigger");
    if (rule_.triggers.empty() && !problems_.failed()) {
      problems_.Error("yaml.value", node->place, "\"trigger\" names no event pattern");
    }
  }

  std::vector<std::size_t> ReadNames(const YamlNode& node, std::string_view what) {
    std::vector<std::size_t> indexes;
    for (const std::string& name : ReadTexts(node, what, problems_)) {
      const auto index = scope_.Use(name, node.place);
      if (index && std::find(indexes.begin(), indexes.end(), *index) == indexes.end()) {
        indexes.push_back(*index);
      }
    }
    return indexes;
  }

  void ReadBetween() {
    const YamlNode* node = map_.Get("between");
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::kList || node->items.size() != 2) {
      problems_.Error("rule.between", node->place,
                      "\"between\" must be a list of two references such as refused.computer");
      return;
    }
    for (const YamlNode& item : node->items) {
      const std::optional<FieldReference> reference = scope_.Reference(item);
      if (!reference) continue;
      if (!rule_.triggers.empty() && !scope_.IsTrigger(reference->pattern)) {
        problems_.Error("rule.between", item.place,
                        fmt::format("\"between\" speaks of the trigger, and \"{}\" is not of it",
                                    Printable(item.text)));
      }
      rule_.between.push_back(*reference);
    }
  }

  // ---- what moves it
  void ReadEvidence() {
    const YamlNode* node = map_.Get("evidence");
    if (node == nullptr) return;
    for (const YamlNode& item : ItemsOf(*node, "evidence")) {
      if (auto line = ReadLine(item)) rule_.evidence.push_back(std::move(*line));
    }
  }

  std::optional<EvidenceLine> ReadLine(const YamlNode& node) {
    YamlMap map(node, "a line of evidence", problems_);
    if (!map.ok()) return std::nullopt;
    EvidenceLine line;
    line.where = problems_.At(node.place);
    std::optional<Condition> condition;
    if (const YamlNode* test = map.Need("if")) condition = conditions_.Read(*test);
    ReadPoints(map, line);
    line.because = NeedTemplate(map, "because");
    line.ask = Template(map, "ask");
    line.collect = Template(map, "collect");
    map.Finish();
    if (!condition) return std::nullopt;
    if (!line.ask.empty() && !AsksOperator(*condition)) {
      problems_.Error("rule.ask", map.Get("ask")->place,
                      "\"ask\" without a condition on an answer: nobody could use the answer");
    }
    line.condition = std::move(*condition);
    return line;
  }

  void ReadPoints(YamlMap& map, EvidenceLine& line) {
    const YamlNode* node = map.Need("points");
    if (node == nullptr) return;
    const auto points = map.Number("points", -kMostPoints, kMostPoints);
    if (points && *points == 0) {
      problems_.Error("rule.points", node->place, "\"points\" of 0 move nothing");
    }
    line.points = points.value_or(0);
  }

  void ReadExplains() {
    const YamlNode* node = map_.Need("explains");
    if (node == nullptr) return;
    rule_.explains = ReadNames(*node, "explains");
    for (const std::size_t trigger : rule_.triggers) {
      if (std::find(rule_.explains.begin(), rule_.explains.end(), trigger) ==
          rule_.explains.end()) {
        rule_.explains.push_back(trigger);
      }
    }
  }

  // ---- what to do
  void ReadFix() {
    const YamlNode* node = map_.Need("fix");
    if (node == nullptr) return;
    for (const YamlNode& item : ItemsOf(*node, "fix")) {
      if (auto step = ReadStep(item)) rule_.fix.push_back(std::move(*step));
    }
  }

  std::optional<FixStep> ReadStep(const YamlNode& node) {
    YamlMap map(node, "a fix step", problems_);
    if (!map.ok()) return std::nullopt;
    FixStep step;
    step.do_what = NeedTemplate(map, "do");
    step.on = Template(map, "on");
    step.risk = map.Choice("risk", kRisks).value_or("");
    step.ours = map.Bool("ours").value_or(false);
    if (const YamlNode* check = map.Get("check")) ReadCheck(*check, step);
    map.Finish();
    return step;
  }

  void ReadCheck(const YamlNode& node, FixStep& step) {
    YamlMap map(node, "a check", problems_);
    if (const YamlNode* no = map.Need("no")) step.check_absent = scope_.Use(*no);
    if (map.Need("for") != nullptr) step.check_for = map.Time("for").value_or(Duration{});
    map.Finish();
  }

  // ---- its own proof
  void ReadTests() {
    const YamlNode* node = map_.Get("tests");
    if (node != nullptr) {
      for (const YamlNode& item : ItemsOf(*node, "tests")) {
        if (auto test = ReadTest(item)) rule_.tests.push_back(std::move(*test));
      }
    }
    if (rule_.status != Status::kStable) return;
    const auto has = [&](bool finding) {
      return std::any_of(rule_.tests.begin(), rule_.tests.end(),
                         [&](const RuleTest& test) { return test.finding == finding; });
    };
    const Place& place = node != nullptr ? node->place : root_.place;
    if (!has(true)) {
      problems_.Error("rule.tests", place,
                      "a stable rule needs a test that fires (expect: {finding: yes})");
    }
    if (!has(false)) {
      problems_.Error("rule.tests", place,
                      "a stable rule needs a test that must not fire (expect: {finding: no})");
    }
  }

  std::optional<RuleTest> ReadTest(const YamlNode& node) {
    YamlMap map(node, "a test", problems_);
    if (!map.ok()) return std::nullopt;
    RuleTest test;
    test.where = problems_.At(node.place);
    test.name = map.NeedText("name");
    test.log = map.Text("log");
    test.covered = map.Texts("covered");
    if (const YamlNode* facts = map.Get("facts")) {
      for (const YamlNode& item : ItemsOf(*facts, "facts")) ReadTestFact(item, test);
    }
    if (!map.Has("log") && test.facts.empty()) {
      problems_.Error("rule.tests", node.place, "a test needs \"log\" or \"facts\"");
    }
    if (const YamlNode* expect = map.Need("expect")) ReadExpect(*expect, test);
    map.Finish();
    return test;
  }

  void ReadTestFact(const YamlNode& node, RuleTest& test) {
    YamlMap map(node, "a fact of a test", problems_);
    if (!map.ok()) return;
    Fact fact;
    fact.kind = map.NeedText("kind");
    fact.host = CanonicalHost(map.Text("host"));
    fact.where = problems_.At(node.place);
    ReadFactTime(map, fact);
    for (const YamlEntry& entry : node.entries) {
      if (entry.key == "kind" || entry.key == "host" || entry.key == "at") continue;
      fact.attributes[entry.key] = map.Text(entry.key);
    }
    if (const YamlNode* kind = map.Get("kind")) CheckTestFact(*kind, fact);
    test.facts.push_back(std::move(fact));
  }

  void ReadFactTime(YamlMap& map, Fact& fact) {
    const std::string text = map.Text("at");
    if (text.empty()) return;
    const std::optional<ParsedTime> time = ParseIsoTime(text);
    if (!time) {
      problems_.Error("yaml.type", map.Get("at")->place,
                      fmt::format("\"at\" must be a time such as 1999-11-02 19:05:31, not \"{}\"",
                                  Printable(text)));
      return;
    }
    fact.observed_at = time->ticks;
    fact.time_basis = TimeBasis::kUtc;
  }

  void CheckTestFact(const YamlNode& node, const Fact& fact) {
    const FactKind* kind = FindFactKind(fact.kind);
    if (kind == nullptr) {
      problems_.Error("rule.fact_kind", node.place,
                      fmt::format("no facts of the kind \"{}\"", Printable(fact.kind)));
      return;
    }
    for (const auto& [name, value] : fact.attributes) {
      const auto& known = kind->attributes;
      if (known.empty() || std::find(known.begin(), known.end(), name) != known.end()) continue;
      problems_.Error("rule.unknown_field", fact.where.place,
                      fmt::format("a {} fact has no attribute \"{}\"", fact.kind, Printable(name)));
    }
  }

  void ReadExpect(const YamlNode& node, RuleTest& test) {
    YamlMap map(node, "\"expect\"", problems_);
    if (map.Need("finding") != nullptr) test.finding = map.Bool("finding").value_or(true);
    test.leads = map.Bool("leads");
    const std::optional<bool> not_first = map.Bool("not_first");
    if (not_first) test.leads = !*not_first;
    test.first = map.Text("first");
    if (const YamlNode* confidence = map.Get("confidence")) {
      YamlMap range(*confidence, "\"confidence\"", problems_);
      test.confidence_min = range.Number("min", 0, 1);
      test.confidence_max = range.Number("max", 0, 1);
      range.Finish();
      if (test.confidence_min && test.confidence_max &&
          *test.confidence_min > *test.confidence_max) {
        problems_.Error("rule.empty_range", confidence->place,
                        fmt::format("no confidence is from {} to {}", *test.confidence_min,
                                    *test.confidence_max));
      }
    }
    for (const std::string_view key : {"leads", "confidence"}) {
      if (test.finding || !map.Has(key)) continue;
      problems_.Error("rule.tests", map.Get(key)->place,
                      fmt::format("\"{}\" of a rule that is expected to have no finding", key));
    }
    map.Finish();
  }

  // ---- small things
  const std::vector<YamlNode>& ItemsOf(const YamlNode& node, std::string_view what) {
    if (node.kind != YamlNode::Kind::kList) {
      problems_.Error("yaml.type", node.place,
                      fmt::format("\"{}\" must be a list, not {}", what, KindName(node)));
    }
    return node.items;
  }

  std::string Template(YamlMap& map, std::string_view key) {
    const YamlNode* node = map.Get(key);
    const std::string text(Trim(map.Text(key)));
    if (node != nullptr && !text.empty()) scope_.CheckTemplate(text, node->place);
    return text;
  }

  std::string NeedTemplate(YamlMap& map, std::string_view key) {
    (void)map.NeedText(key);
    return map.Has(key) ? Template(map, key) : "";
  }

  const YamlNode& root_;
  YamlMap map_;
  const Knowledge& knowledge_;
  const SharedPatterns& shared_;
  const std::vector<std::string>& more_patterns_;
  YamlProblems& problems_;
  Rule rule_;
  RuleScope scope_;
  ConditionReader conditions_;
};

}  // namespace

bool IsRuleId(std::string_view id) {
  const std::vector<std::string_view> parts = Split(id, '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() &&
                  part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                      std::string_view::npos;
         });
}

std::optional<Rule> ReadRule(const YamlNode& root, const Knowledge& knowledge,
                             const SharedPatterns& shared,
                             const std::vector<std::string>& more_patterns,
                             YamlProblems& problems) {
  return RuleReader(root, knowledge, shared, more_patterns, problems).Read();
}

}  // namespace exdiag
