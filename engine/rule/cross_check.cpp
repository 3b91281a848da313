#include "engine/rule/cross_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// ---- fingerprints
// ---------------------------------------------------------------------------------

std::string Number(const std::optional<std::int64_t>& value) {
  return value ? fmt::format("{}", *value) : "*";
}

std::string OfTests(std::span<const FieldTest> tests);

struct TestPrinter {
  std::string operator()(const TestEquals& test) const {
    return fmt::format("={}", fmt::join(test.values, "|"));
  }
  std::string operator()(const TestRange& test) const {
    return Number(test.min) + ".." + Number(test.max);
  }
  std::string operator()(const TestText& test) const {
    return fmt::format("text{} {}", static_cast<int>(test.where), fmt::join(test.parts, "|"));
  }
  std::string operator()(const TestRegex& test) const { return "~" + test.pattern; }
  std::string operator()(const TestExists& test) const { return test.exists ? "there" : "gone"; }
  std::string operator()(const TestMask& test) const {
    return fmt::format("&{}={}/{}", test.mask, test.is ? fmt::format("{}", *test.is) : "*",
                       test.any ? static_cast<int>(*test.any) : -1);
  }
  std::string operator()(const TestEqualsField& test) const { return "field " + test.field; }
  std::string operator()(const TestHost& test) const { return "host " + test.name; }
  std::string operator()(const TestIp& test) const { return test.is_ip ? "ip" : "no ip"; }
  std::string operator()(const TestVersion& test) const {
    std::string text = "version";
    for (const auto& [op, bound] : test.bounds) {
      text += fmt::format(" {}{}", static_cast<int>(op), bound);
    }
    return text;
  }
  std::string operator()(const TestNot& test) const { return "not(" + OfTests(test.tests) + ")"; }
};

std::string OfTests(std::span<const FieldTest> tests) {
  std::string text;
  for (const FieldTest& test : tests) text += std::visit(TestPrinter{}, test.test) + ";";
  return text;
}

std::string OfWhere(std::vector<FieldCondition> where) {
  std::sort(where.begin(), where.end(),
            [](const auto& a, const auto& b) { return a.field < b.field; });
  std::string text = "{";
  for (const FieldCondition& condition : where) {
    text += condition.field + ":" + OfTests(condition.tests) + ",";
  }
  return text + "}";
}

std::string OfPattern(const EventPattern& pattern) {
  std::vector<std::string> providers;
  for (const std::string& name : pattern.providers) providers.push_back(ToLower(name));
  std::vector<std::uint16_t> ids = pattern.ids;
  std::sort(providers.begin(), providers.end());
  std::sort(ids.begin(), ids.end());
  std::string levels;
  for (const Level level : pattern.levels) levels += fmt::format("{},", static_cast<int>(level));
  return fmt::format("{}{}/{}[{}]{}", pattern.fact_kind, fmt::join(providers, ","),
                     fmt::join(ids, ","), levels, OfWhere(pattern.where_all));
}

std::string OfPairs(std::span<const FieldPair> pairs) {
  std::string text;
  for (const FieldPair& pair : pairs) text += pair.here + "=" + pair.there + ",";
  return text;
}

class ConditionPrinter {
 public:
  explicit ConditionPrinter(const Rule& rule) : rule_(rule) {}

  std::string Print(const Condition& condition) const {
    return std::visit(*this, condition.kind) + (condition.coverage_required ? "!" : "");
  }
  std::string Print(std::span<const Condition> conditions) const {
    std::vector<std::string> parts;
    for (const Condition& condition : conditions) parts.push_back(Print(condition));
    std::sort(parts.begin(), parts.end());
    return fmt::format("({})", fmt::join(parts, " & "));
  }

  std::string operator()(const EventCondition& event) const {
    return fmt::format(
        "{} {}-{}+{} of ({}) latest{} host{} {}..{} in {} per {} distinct {} same {} differ {} {}",
        OfPattern(rule_.events[event.pattern]), event.on_trigger, event.before.ticks,
        event.after.ticks, event.of != nullptr ? (*this)(*event.of) : "", event.latest,
        static_cast<int>(event.host), event.count.min,
        event.count.max ? fmt::format("{}", *event.count.max) : "*",
        event.in ? fmt::format("{}", event.in->ticks) : "*", event.per, event.distinct,
        OfPairs(event.same), OfPairs(event.differ), OfWhere(event.where_all));
  }
  std::string operator()(const FactCondition& fact) const {
    return fmt::format("fact {} {} {}", fact.kind, fact.host, OfWhere(fact.where_all));
  }
  std::string operator()(const SequenceCondition& sequence) const {
    std::string text = fmt::format("sequence {}", sequence.within.ticks);
    for (const std::size_t pattern : sequence.patterns) {
      text += " > " + OfPattern(rule_.events[pattern]);
    }
    return text;
  }
  std::string operator()(const NotCondition& no) const { return "no " + Print(*no.condition); }
  std::string operator()(const AnyCondition& any) const { return "any" + Print(any.conditions); }
  std::string operator()(const AllCondition& all) const { return "all" + Print(all.conditions); }

 private:
  const Rule& rule_;
};

// ---- the checks
// -----------------------------------------------------------------------------------

class CrossChecker {
 public:
  CrossChecker(std::span<const Rule> rules, const std::set<std::string, std::less<>>& ids,
               DiagnosticSink& problems)
      : rules_(rules), ids_(ids), problems_(problems) {}

  std::set<std::size_t> Run() {
    for (std::size_t i = 0; i < rules_.size(); ++i) CheckDuplicate(i);
    for (std::size_t i = 0; i < rules_.size(); ++i) CheckReferences(i);
    for (std::size_t i = 0; i < rules_.size(); ++i) CheckTwins(i);
    return left_out_;
  }

 private:
  void LeaveOut(std::size_t index, std::string id, const Location& where, std::string reason) {
    left_out_.insert(index);
    problems_.Report(
        {Severity::kError, std::move(id), where, std::move(reason) + "; rule left out"});
  }

  void CheckDuplicate(std::size_t index) {
    const Rule& rule = rules_[index];
    const auto [first, is_new] = first_with_id_.emplace(rule.id, index);
    if (is_new) return;
    LeaveOut(index, "rule.duplicate_id", rule.where,
             fmt::format("the id \"{}\" is in {} already", rule.id,
                         ToString(rules_[first->second].where)));
  }

  void CheckReferences(std::size_t index) {
    const Rule& rule = rules_[index];
    if (!rule.superseded_by.empty()) {
      CheckReference(index, rule.where, "superseded_by", rule.superseded_by);
    }
    for (const RuleTest& test : rule.tests) {
      if (!test.first.empty()) CheckReference(index, test.where, "first", test.first);
    }
  }

  void CheckReference(std::size_t index, const Location& where, std::string_view key,
                      std::string_view id) {
    if (const Rule* retired = Retired(id); retired != nullptr && id != rules_[index].id) {
      LeaveOut(index, "rule.retired", where,
               fmt::format("\"{}\" names the rule \"{}\", which is retired (superseded by \"{}\")",
                           key, id, Printable(retired->superseded_by)));
      return;
    }
    if (ids_.contains(id) && id != rules_[index].id) return;
    if (key == "first" && ids_.contains(id)) return;  // the rule itself
    const std::vector<std::string_view> known(ids_.begin(), ids_.end());
    const std::string_view nearest = Nearest(id, known);
    LeaveOut(index, "rule.unknown_rule", where,
             fmt::format("\"{}\" names the rule \"{}\", which {}{}", key, Printable(id),
                         ids_.contains(id) ? "is this one" : "is not there",
                         nearest.empty() || nearest == id
                             ? ""
                             : fmt::format(" (did you mean \"{}\"?)", nearest)));
  }

  const Rule* Retired(std::string_view id) const {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& rule) {
      return rule.id == id && rule.status == Status::kRetired;
    });
    return found == rules_.end() ? nullptr : &*found;
  }

  void CheckTwins(std::size_t index) {
    const Rule& rule = rules_[index];
    if (rule.status == Status::kRetired || left_out_.contains(index)) return;
    const auto [first, is_new] = first_with_print_.emplace(Fingerprint(rule), index);
    if (is_new) return;
    problems_.Report(
        {Severity::kWarning, "rule.twins", rule.where,
         fmt::format("same trigger, conditions and evidence as \"{}\" in {}: nothing "
                     "can tell the two causes apart; both are used",
                     rules_[first->second].id, ToString(rules_[first->second].where))});
  }

  std::span<const Rule> rules_;
  const std::set<std::string, std::less<>>& ids_;
  DiagnosticSink& problems_;
  std::set<std::size_t> left_out_;
  std::map<std::string, std::size_t> first_with_id_;
  std::map<std::string, std::size_t> first_with_print_;
};

}  // namespace

std::string Fingerprint(const Rule& rule) {
  const ConditionPrinter printer(rule);
  std::vector<std::string> triggers;
  for (const std::size_t trigger : rule.triggers) {
    triggers.push_back(OfPattern(rule.events[trigger]));
  }
  std::sort(triggers.begin(), triggers.end());
  std::vector<std::string> lines;
  for (const EvidenceLine& line : rule.evidence) {
    lines.push_back(fmt::format("{} {}", printer.Print(line.condition), line.points));
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("on {}\nwhen {}\nunless {}\nevidence {}", fmt::join(triggers, " or "),
                     printer.Print(rule.when), printer.Print(rule.unless), fmt::join(lines, "\n"));
}

std::string Fingerprint(const Rule& rule, const Condition& condition) {
  return ConditionPrinter(rule).Print(condition);
}

std::string Fingerprint(std::span<const FieldTest> tests) { return OfTests(tests); }

std::set<std::size_t> CrossCheck(std::span<const Rule> rules,
                                 const std::set<std::string, std::less<>>& ids,
                                 DiagnosticSink& problems) {
  return CrossChecker(rules, ids, problems).Run();
}

}  // namespace exdiag
