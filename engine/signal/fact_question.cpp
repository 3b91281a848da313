// Facts do not depend on time, so each question is worked out once for each set of trigger values
// it depends on.  A test for equality, as most of them have, leads to the few facts that can pass.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/base/sort_unique.h"
#include "engine/base/text.h"
#include "engine/signal/question.h"
#include "engine/signal/test_templates.h"

namespace exdiag {
namespace {

struct FactAnswer {
  Truth truth = Truth::kUnknown;
  std::vector<const Fact*> facts;  // that made it hold
  std::string why;                 // it is not known
};

class FactQuestion final : public Question {
 public:
  FactQuestion(const RuleContext& context, const FactCondition& condition)
      : context_(context), condition_(condition) {
    std::vector<TemplatePart> parts = ReferencesIn(condition.host);
    const auto more = ReferencesIn(condition.where_all);
    parts.insert(parts.end(), more.begin(), more.end());
    for (const TemplatePart& part : parts) fields_.push_back(part.field);
    for (const FieldCondition& test : condition.where_all) {
      if (index_field_.empty() && EqualsTest(test) != nullptr) index_field_ = test.field;
    }
    TakeFacts();
  }

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    std::vector<TextId> signature;
    for (const std::string& field : fields_) {
      signature.push_back(context_.TriggerValue(trigger, field));
    }
    if (!fields_.empty()) signature.push_back(static_cast<TextId>(trigger.pattern));
    if (IsAnswer()) signature.insert(signature.end(), trigger.hosts.begin(), trigger.hosts.end());
    const auto [found, is_new] = answers_.try_emplace(std::move(signature));
    if (is_new) found->second = IsAnswer() ? Answered(trigger) : Listed(trigger);
    const FactAnswer& answer = found->second;
    if (evidence != nullptr) {
      evidence->facts.insert(evidence->facts.end(), answer.facts.begin(), answer.facts.end());
      if (!answer.why.empty()) evidence->unknown.push_back(answer.why);
    }
    return {answer.truth, false};
  }

  void Forget() override {
    answers_.clear();
    by_value_.clear();
    TakeFacts();
  }

 private:
  void TakeFacts() {
    facts_ = context_.world.FactsOf(condition_.kind);
    if (index_field_.empty()) return;
    for (const Fact* fact : facts_) {
      const auto value = FactFields(*fact).Find(index_field_);
      if (value) by_value_[KeyOf(*value)].push_back(fact);
    }
  }

  static const TestEquals* EqualsTest(const FieldCondition& condition) {
    for (const FieldTest& test : condition.tests) {
      if (const auto* equals = std::get_if<TestEquals>(&test.test)) return equals;
    }
    return nullptr;
  }

  TextId KeyOf(std::string_view value) const {
    return context_.world.EqualityKey(context_.world.texts().Intern(value), false);
  }

  // Facts that may pass: all, or those with a wanted value, in their order.
  std::vector<const Fact*> Candidates(const std::vector<FieldCondition>& tests) const {
    if (index_field_.empty()) return facts_;
    std::vector<const Fact*> candidates;
    std::vector<TextId> keys;
    for (const FieldCondition& test : tests) {
      if (test.field != index_field_ || EqualsTest(test) == nullptr) continue;
      for (const std::string& value : EqualsTest(test)->values) {
        keys.push_back(KeyOf(value));
      }
      break;
    }
    SortUnique(keys);
    for (const TextId key : keys) {
      const auto found = by_value_.find(key);
      if (found == by_value_.end()) continue;
      candidates.insert(candidates.end(), found->second.begin(), found->second.end());
    }
    std::sort(candidates.begin(), candidates.end());  // all of them stand in one array
    return candidates;
  }

  bool Spend(std::size_t facts) const { return context_.work.Spend(facts * kStepsOfAFact); }

  bool IsAnswer() const { return condition_.kind == "answer"; }

  // Without a host in the condition: facts of all hosts.
  FactAnswer Listed(const Trigger& trigger) const {
    const TemplateLookup lookup = context_.LookupIn(trigger);
    const auto host = ExpandTemplate(condition_.host, lookup);
    const auto tests = InstantiateTests(condition_.where_all, lookup);
    if (!host || !tests) return {Truth::kUnknown, {}, "the event does not show a value"};
    const std::string canonical = CanonicalHost(*host);
    FactAnswer answer;
    const std::vector<const Fact*> candidates = Candidates(*tests);
    if (!Spend(candidates.size())) return {Truth::kUnknown, {}, kTooMuchWork};
    for (const Fact* fact : candidates) {
      if (!canonical.empty() && fact->host != canonical) continue;
      if (TestsHold(*tests, FactFields(*fact), nullptr, context_.complaints)) {
        answer.facts.push_back(fact);
      }
    }
    const bool listed = canonical.empty()
                            ? context_.coverage.HasListing(condition_.kind)
                            : context_.coverage.HasListing(condition_.kind, canonical);
    if (!answer.facts.empty()) {
      answer.truth = Truth::kHolds;
    } else if (listed) {
      answer.truth = Truth::kFails;
    } else {
      answer.why = fmt::format("no complete list of {} facts {}was fed", condition_.kind,
                               host->empty() ? "" : fmt::format("of {} ", *host));
    }
    return answer;
  }

  // Answers about a host of the incident, and those about no host.
  FactAnswer Answered(const Trigger& trigger) const {
    const TemplateLookup lookup = context_.LookupIn(trigger);
    const auto tests = InstantiateTests(condition_.where_all, lookup);
    const auto host = ExpandTemplate(condition_.host, lookup);
    if (!host || !tests) return {Truth::kUnknown, {}, "the event does not show a value"};
    std::vector<FieldCondition> name_tests;
    for (const FieldCondition& test : *tests) {
      if (test.field == "name") name_tests.push_back(test);
    }
    FactAnswer answer;
    bool answered = false;
    if (!Spend(facts_.size())) return {Truth::kUnknown, {}, kTooMuchWork};
    for (const Fact* fact : facts_) {
      if (!IsAbout(*fact, trigger, CanonicalHost(*host))) continue;
      const FactFields fields(*fact);
      answered = answered || TestsHold(name_tests, fields);
      if (TestsHold(*tests, fields)) answer.facts.push_back(fact);
    }
    if (!answer.facts.empty()) {
      answer.truth = Truth::kHolds;
    } else if (answered) {
      answer.truth = Truth::kFails;
    } else {
      answer.why = "nobody answered this yet";
    }
    return answer;
  }

  bool IsAbout(const Fact& fact, const Trigger& trigger, const std::string& host) const {
    if (fact.host.empty()) return true;
    if (!host.empty()) return fact.host == host;
    return std::any_of(trigger.hosts.begin(), trigger.hosts.end(), [&](TextId of_incident) {
      return context_.world.texts().Text(of_incident) == fact.host;
    });
  }

  const RuleContext& context_;
  static constexpr std::size_t kStepsOfAFact = 8;

  const FactCondition& condition_;
  std::string index_field_;  // tested for equality; "" when there is none
  std::unordered_map<TextId, std::vector<const Fact*>> by_value_;  // of that field
  std::vector<std::string> fields_;  // of the trigger, that the condition needs
  std::vector<const Fact*> facts_;
  std::unordered_map<std::vector<TextId>, FactAnswer, TextsHash> answers_;
};

}  // namespace

std::unique_ptr<Question> MakeFactQuestion(const RuleContext& context,
                                           const FactCondition& condition) {
  return std::make_unique<FactQuestion>(context, condition);
}

}  // namespace exdiag
