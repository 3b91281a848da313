#include "engine/report/event_fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/rule/field_test.h"
#include "engine/rule/rule_words.h"
#include "engine/signal/event_fields.h"

namespace exdiag {
namespace {

class EventFitter {
 public:
  EventFitter(const Event& event, const Catalogue& catalogue) : event_(event), fields_(catalogue) {
    fields_.Bind(event);
    context_.field = [this](std::string_view field) { return fields_.Find(field); };
  }

  EventFit Of(const EventPattern& pattern) const {
    EventFit fit;
    const std::vector<Level>& levels = pattern.levels;
    const bool level_known = event_.level != Level::kUnknown;
    if (!levels.empty() && level_known &&
        std::find(levels.begin(), levels.end(), event_.level) == levels.end()) {
      std::string wanted;
      for (const Level level : levels) {
        wanted += (wanted.empty() ? "" : " or ") + std::string(LevelName(level));
      }
      Add({"level", std::string(LevelName(event_.level)), wanted, false}, fit);
    }
    Demand(pattern.where_all, fit);
    return fit;
  }

  // All of these must hold.
  void Demand(const std::vector<FieldCondition>& conditions, EventFit& fit) const {
    for (const FieldCondition& condition : conditions) {
      if (!Decidable(condition)) continue;
      const auto value = fields_.Find(condition.field);
      if (HoldsAll(condition.tests, value, context_)) continue;
      Add({condition.field, value ? std::optional(std::string(*value)) : std::nullopt,
           TestsInWords(condition.tests), false},
          fit);
    }
  }

  // Not all of these may hold.
  void Forbid(const std::vector<FieldCondition>& conditions, EventFit& fit) const {
    const auto holds = [&](const FieldCondition& condition) {
      return Decidable(condition) &&
             HoldsAll(condition.tests, fields_.Find(condition.field), context_);
    };
    if (conditions.empty() || !std::all_of(conditions.begin(), conditions.end(), holds)) return;
    const FieldCondition& first = conditions.front();
    const auto value = fields_.Find(first.field);
    if (!value) return;
    Add({first.field, std::string(*value), TestsInWords(first.tests), true}, fit);
  }

 private:
  static bool Decidable(const FieldCondition& condition) {
    return std::none_of(condition.tests.begin(), condition.tests.end(),
                        [](const FieldTest& test) { return test.has_template; });
  }

  static void Add(FieldVerdict verdict, EventFit& fit) {
    fit.fit = std::max(fit.fit, verdict.value ? Fit::kRuledOut : Fit::kNotShown);
    fit.why.push_back(std::move(verdict));
  }

  const Event& event_;
  EventFields fields_;
  TestContext context_;
};

// The condition when it is about the event itself; nullptr otherwise.
const EventCondition* OfTheEvent(const Condition& condition) {
  const auto* event = std::get_if<EventCondition>(&condition.kind);
  return event != nullptr && event->on_trigger ? event : nullptr;
}

}  // namespace

EventFit FitOf(const PossibleCause& cause, const Event& event, const Catalogue& catalogue) {
  const EventFitter fitter(event, catalogue);
  std::optional<EventFit> best;
  for (const std::size_t pattern : cause.patterns) {
    EventFit fit = fitter.Of(cause.rule->events[pattern]);
    if (!best || fit.fit < best->fit) best = std::move(fit);
  }
  EventFit fit = best.value_or(EventFit{});
  if (cause.relation == Relation::kTriggers) {
    for (const Condition& condition : cause.rule->when) {
      if (const auto* of = OfTheEvent(condition)) fitter.Demand(of->where_all, fit);
    }
    for (const Condition& condition : cause.rule->unless) {
      if (const auto* of = OfTheEvent(condition)) fitter.Forbid(of->where_all, fit);
    }
  }
  // Where a value contradicts, it does not matter what else is not shown.
  if (fit.fit == Fit::kRuledOut) {
    std::erase_if(fit.why, [](const FieldVerdict& verdict) { return !verdict.value; });
  }
  return fit;
}

std::string_view FitName(Fit fit) {
  switch (fit) {
    case Fit::kFits:
      return "fits";
    case Fit::kNotShown:
      return "not_shown";
    case Fit::kRuledOut:
      return "ruled_out";
  }
  return "";
}

std::string VerdictInWords(const FieldVerdict& verdict) {
  if (!verdict.value) return fmt::format("{} {}", verdict.field, verdict.wanted);
  const std::string value = verdict.value->empty() ? "empty" : *verdict.value;
  return verdict.excludes
             ? fmt::format("{} is {}: {} excludes it", verdict.field, value, verdict.wanted)
             : fmt::format("{} is {}, not {}", verdict.field, value, verdict.wanted);
}

}  // namespace exdiag
