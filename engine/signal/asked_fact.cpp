#include "engine/signal/asked_fact.h"

namespace exdiag {

void AskedFact::In(const Condition& condition, bool behind_no) {
  if (const auto* asked = std::get_if<FactCondition>(&condition.kind)) {
    Take(*asked, *MakeFactQuestion(context, *asked), behind_no);
  } else if (const auto* event = std::get_if<EventCondition>(&condition.kind)) {
    if (const auto seen = AsFact(*event)) {
      Take(*seen, *MakeEventQuestion(context, *event), behind_no);
    }
  } else if (const auto* no = std::get_if<NotCondition>(&condition.kind)) {
    In(*no->condition, !behind_no);
  } else if (const auto* any = std::get_if<AnyCondition>(&condition.kind)) {
    InGroup(any->conditions, behind_no);
  } else if (const auto* all = std::get_if<AllCondition>(&condition.kind)) {
    InGroup(all->conditions, behind_no);
  }
}

void AskedFact::InGroup(const std::vector<Condition>& conditions, bool behind_no) {
  alone = alone && conditions.size() == 1;
  for (const Condition& condition : conditions) In(condition, behind_no);
}

std::optional<FactCondition> AskedFact::AsFact(const EventCondition& event) const {
  const EventPattern& pattern = context.rule.events[event.pattern];
  const bool whenever = event.before >= kEver && event.after >= kEver;
  if (pattern.fact_kind.empty() || !whenever || event.host != HostScope::kAny) return {};
  FactCondition seen{pattern.fact_kind, "", pattern.where_all};
  seen.where_all.insert(seen.where_all.end(), event.where_all.begin(), event.where_all.end());
  return seen;
}

void AskedFact::Take(const FactCondition& condition, Question& question, bool behind_no) {
  if (fact && is_unknown) return;
  const bool unknown = question.Ask(trigger, nullptr).truth == Truth::kUnknown;
  if (fact && !unknown) return;
  fact = condition;
  negated = behind_no;
  is_unknown = unknown;
}

}  // namespace exdiag
