// From rules and a store to signals: all patterns of all rules are gathered first, so that the
// store is read once, then each rule is evaluated over what its patterns matched.
#include "engine/signal/signal.h"

#include <fmt/format.h>

#include "engine/base/memory.h"
#include "engine/signal/gather.h"
#include "engine/signal/rule_evaluation.h"
#include "engine/signal/rule_run.h"
#include "engine/signal/signal_list.h"
#include "engine/signal/test_templates.h"

namespace exdiag {
namespace {

// Adds a rule's patterns, and notes which field values its conditions will ask of them.
class PatternCollector {
 public:
  PatternCollector(const Rule& rule, PatternTable& table) : rule_(rule), table_(table) {
    for (const EventPattern& pattern : rule.events) numbers_.push_back(table.Add(pattern));
  }

  std::vector<PatternNumber> Collect() {
    for (const FieldReference& host : rule_.between) KeepOfTriggers(host.field);
    for (const Condition& condition : rule_.when) CollectFrom(condition);
    for (const Condition& condition : rule_.unless) CollectFrom(condition);
    for (const EvidenceLine& line : rule_.evidence) CollectFrom(line.condition);
    return numbers_;
  }

 private:
  void KeepOfTriggers(const std::string& field) {
    for (const std::size_t trigger : rule_.triggers) table_.KeepField(numbers_[trigger], field);
  }

  void KeepTemplates(const std::vector<TemplatePart>& references) {
    for (const TemplatePart& part : references) KeepOfTriggers(part.field);
  }

  void KeepTests(PatternNumber number, const std::vector<FieldCondition>& tests) {
    for (const FieldCondition& condition : tests) {
      table_.KeepField(number, condition.field);
      for (const FieldTest& test : condition.tests) {
        const auto* other = std::get_if<TestEqualsField>(&test.test);
        if (other != nullptr) table_.KeepField(number, other->field);
      }
    }
    KeepTemplates(ReferencesIn(tests));
  }

  void CollectFrom(const Condition& condition) {
    std::visit([this](const auto& kind) { Collect(kind); }, condition.kind);
  }

  void Collect(const EventCondition& condition) {
    const PatternNumber number = numbers_[condition.pattern];
    KeepTests(number, condition.where_all);
    if (!condition.per.empty()) table_.KeepField(number, condition.per);
    if (!condition.distinct.empty()) table_.KeepField(number, condition.distinct);
    for (const auto* pairs : {&condition.same, &condition.differ}) {
      for (const FieldPair& pair : *pairs) {
        table_.KeepField(number, pair.here);
        if (condition.of == nullptr) {
          KeepOfTriggers(pair.there);
        } else {
          table_.KeepField(numbers_[condition.of->pattern], pair.there);
        }
      }
    }
  }
  void Collect(const FactCondition& condition) {
    KeepTemplates(ReferencesIn(condition.host));
    KeepTemplates(ReferencesIn(condition.where_all));
  }
  void Collect(const SequenceCondition&) {}
  void Collect(const NotCondition& condition) { CollectFrom(*condition.condition); }
  void Collect(const AnyCondition& condition) {
    for (const Condition& part : condition.conditions) CollectFrom(part);
  }
  void Collect(const AllCondition& condition) {
    for (const Condition& part : condition.conditions) CollectFrom(part);
  }

  const Rule& rule_;
  PatternTable& table_;
  std::vector<PatternNumber> numbers_;
};

}  // namespace

RuleRun::RuleRun(std::span<const Rule* const> rules, std::span<const Rule* const> more)
    : rules_(rules) {
  for (const Rule* rule : rules) numbers_.push_back(PatternCollector(*rule, patterns_).Collect());
  for (const Rule* rule : more) PatternCollector(*rule, patterns_).Collect();
}

Result<void> RuleRun::Gather(const Knowledge& knowledge, const Store& store,
                             DiagnosticSink& problems, const GatherOptions& options) {
  problems_ = &problems;
  complaints_ = std::make_unique<RegexComplaints>(problems);
  world_ = std::make_unique<Observations>(store, knowledge);
  auto done =
      exdiag::Gather(patterns_, knowledge, store, *complaints_, *world_, coverage_, options);
  GiveBackIfLarge();
  return done;
}

// Not between rules that take less time than that would.
void RuleRun::GiveBackIfLarge() const {
  constexpr std::size_t kLarge = 200'000;
  if (world_->size() >= kLarge) GiveBackFreeMemory();
}

RuleContext RuleRun::ContextOf(std::size_t rule) const {
  return {*rules_[rule], numbers_[rule], *world_, coverage_, complaints_.get(), shown_evidence_};
}

std::vector<std::int64_t> RuleRun::Suppose(std::span<const Fact> facts,
                                           std::span<const std::size_t> which) {
  world_->Suppose(which);
  std::vector<const Fact*> listings;
  std::vector<std::int64_t> rows;
  for (const std::size_t one : which) {
    listings.push_back(&facts[one]);
    rows.push_back(world_->SupposedRow(one));
  }
  coverage_.SupposeListings(listings);
  return rows;
}

Result<RuleResult> RuleRun::Evaluate(std::size_t rule) const {
  RuleResult result;
  for (const std::size_t trigger : rules_[rule]->triggers) {
    result.triggered = result.triggered || world_->Matches(numbers_[rule][trigger]).size() > 0;
  }
  if (!result.triggered) return result;
  const RuleContext context = ContextOf(rule);
  world_->NoteIn(&result.rests_on);
  coverage_.NoteIn(&result.rests_on);
  result.signals = MakeRuleEvaluation(context)->Run();
  world_->NoteIn(nullptr);
  coverage_.NoteIn(nullptr);
  GiveBackIfLarge();
  if (world_->failure()) return *world_->failure();
  if (context.work.exhausted()) {
    problems_->Report({Severity::kWarning, "rule.too_much_work", rules_[rule]->where,
                       fmt::format("the rule \"{}\" compares too many events of this log with each "
                                   "other; what was left when its share was used up counts as not "
                                   "known",
                                   rules_[rule]->id)});
  }
  return result;
}

double PointsOf(const Signal& signal) {
  double points = signal.start_points;
  for (const Reason& reason : signal.reasons) {
    if (reason.state == Truth::kHolds) points += reason.points;
  }
  return points;
}

Result<SignalList> EvaluateRules(std::span<const Rule* const> rules, const Knowledge& knowledge,
                                 const Store& store, DiagnosticSink& problems,
                                 std::size_t shown_evidence) {
  RuleRun run(rules);
  run.ShowEvidence(shown_evidence);
  const auto gathered = run.Gather(knowledge, store, problems);
  if (!gathered) return gathered.error();
  SignalList signals;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto result = run.Evaluate(i);
    if (!result) return result.error();
    signals.Append(std::move(result->signals));
  }
  return signals;
}

Result<SignalList> EvaluateRules(const RuleSet& rules, const Knowledge& knowledge,
                                 const Store& store, DiagnosticSink& problems) {
  return EvaluateRules(RulesInUse(rules), knowledge, store, problems);
}

std::vector<const Rule*> RulesInUse(const RuleSet& rules) {
  std::vector<const Rule*> in_use;
  for (const Rule& rule : rules.rules()) {
    if (rule.status != Status::kRetired) in_use.push_back(&rule);
  }
  return in_use;
}

std::vector<EventKind> KindsToKeep(std::span<const Rule* const> rules, const Knowledge& knowledge) {
  PatternTable patterns;
  for (const Rule* rule : rules) {
    for (const EventPattern& pattern : rule->events) patterns.Add(pattern);
  }
  return GatheredKinds(patterns, knowledge);
}

}  // namespace exdiag
