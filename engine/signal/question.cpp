#include "engine/signal/question.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/sort_unique.h"

namespace exdiag {
namespace {

// Kleene's three-valued logic; the order of Truth makes "and" the smallest and "or" the largest.
class GroupQuestion final : public Question {
 public:
  GroupQuestion(const RuleContext& context, const std::vector<Condition>& conditions, bool all)
      : all_(all) {
    for (const Condition& condition : conditions)
      parts_.push_back(MakeQuestion(context, condition));
  }

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    const Truth decided = all_ ? Truth::kFails : Truth::kHolds;
    Outcome outcome{all_ ? Truth::kHolds : Truth::kFails, false};
    for (const auto& part : parts_) {
      const Outcome one = part->Ask(trigger, evidence);
      outcome.truth =
          all_ ? std::min(outcome.truth, one.truth) : std::max(outcome.truth, one.truth);
      outcome.required = outcome.required || one.required;
      // Without evidence to gather nothing that follows can change the answer.
      if (evidence == nullptr && outcome.truth == decided) break;
    }
    outcome.required = outcome.required && outcome.truth == Truth::kUnknown;
    return outcome;
  }

  void Forget() override {
    for (const auto& part : parts_) part->Forget();
  }

 private:
  bool all_;
  std::vector<std::unique_ptr<Question>> parts_;
};

class NotQuestion final : public Question {
 public:
  NotQuestion(const RuleContext& context, const Condition& condition)
      : inner_(MakeQuestion(context, condition)) {}

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    Evidence inside;  // what speaks against a condition is no evidence for its opposite
    Outcome outcome = inner_->Ask(trigger, evidence != nullptr ? &inside : nullptr);
    if (evidence != nullptr) {
      evidence->unknown.insert(evidence->unknown.end(), inside.unknown.begin(),
                               inside.unknown.end());
    }
    if (outcome.truth == Truth::kHolds) {
      outcome.truth = Truth::kFails;
    } else if (outcome.truth == Truth::kFails) {
      outcome.truth = Truth::kHolds;
    }
    return outcome;
  }

  void Forget() override { inner_->Forget(); }

 private:
  std::unique_ptr<Question> inner_;
};

class RequiredQuestion final : public Question {
 public:
  explicit RequiredQuestion(std::unique_ptr<Question> inner) : inner_(std::move(inner)) {}

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    Outcome outcome = inner_->Ask(trigger, evidence);
    outcome.required = outcome.truth == Truth::kUnknown;
    return outcome;
  }

  void Forget() override { inner_->Forget(); }

 private:
  std::unique_ptr<Question> inner_;
};

struct MakeVisitor {
  const RuleContext& context;

  std::unique_ptr<Question> operator()(const EventCondition& condition) const {
    return MakeEventQuestion(context, condition);
  }
  std::unique_ptr<Question> operator()(const FactCondition& condition) const {
    return MakeFactQuestion(context, condition);
  }
  std::unique_ptr<Question> operator()(const SequenceCondition& condition) const {
    return MakeSequenceQuestion(context, condition);
  }
  std::unique_ptr<Question> operator()(const NotCondition& condition) const {
    return std::make_unique<NotQuestion>(context, *condition.condition);
  }
  std::unique_ptr<Question> operator()(const AnyCondition& condition) const {
    return std::make_unique<GroupQuestion>(context, condition.conditions, false);
  }
  std::unique_ptr<Question> operator()(const AllCondition& condition) const {
    return std::make_unique<GroupQuestion>(context, condition.conditions, true);
  }
};

void Explain(std::vector<std::string>* why, std::string reason) {
  if (why != nullptr) why->push_back(std::move(reason));
}

std::string_view LevelWords(LoggedAt level) {
  switch (level) {
    case LoggedAt::kAlways:
      break;
    case LoggedAt::kMinimum:
      return "minimum";
    case LoggedAt::kMedium:
      return "medium";
    case LoggedAt::kMaximum:
      return "maximum";
  }
  return "none";
}

}  // namespace

std::unique_ptr<Question> MakeQuestion(const RuleContext& context, const Condition& condition) {
  auto question = std::visit(MakeVisitor{context}, condition.kind);
  if (!condition.coverage_required) return question;
  return std::make_unique<RequiredQuestion>(std::move(question));
}

bool WorkBudget::Spend(std::size_t steps) {
  if (steps > left_) {
    exhausted_ = true;
    return false;
  }
  left_ -= steps;
  return true;
}

bool RuleContext::IsTrigger(std::size_t pattern) const {
  return std::find(rule.triggers.begin(), rule.triggers.end(), pattern) != rule.triggers.end();
}

bool RuleContext::IsHostField(std::size_t pattern, std::string_view field) const {
  if (field == "computer") return true;
  const Catalogue& catalogue = world.knowledge().catalogue();
  const auto is_host_in = [field](const std::vector<Field>& fields) {
    return std::any_of(fields.begin(), fields.end(), [field](const Field& known) {
      return known.name == field && known.type == FieldType::kHost;
    });
  };
  const auto is_host = [&](const Layout& layout) {
    return is_host_in(layout.fields) ||
           std::any_of(layout.parts.begin(), layout.parts.end(),
                       [&](const Part& part) { return is_host_in(part.fields); });
  };
  for (const std::string& provider : rule.events[pattern].providers) {
    for (const std::uint16_t id : rule.events[pattern].ids) {
      for (const CatalogueEntry* entry : catalogue.Find(provider, id)) {
        if (std::any_of(entry->layouts.begin(), entry->layouts.end(), is_host)) return true;
      }
    }
  }
  return false;
}

TextId RuleContext::TriggerValue(const Trigger& trigger, std::string_view field) const {
  const TextId value = world.Value(numbers[trigger.pattern], trigger.id, field);
  return value == kEmptyText ? kNotShown : value;
}

std::vector<TextId> RuleContext::PeersOf(const std::vector<TextId>& hosts, ObservationId id) const {
  std::vector<TextId> peers = rule.between.empty() ? world.NamedHosts(id) : hosts;
  const TextId own = world.HostOf(id);
  std::erase_if(peers, [own](TextId host) { return host == own || host == kEmptyText; });
  SortUnique(peers);
  return peers;
}

std::string RuleContext::TimeOf(ObservationId id) const {
  return world[id].time.known() ? FormatTimeForPeople(world[id].time) : std::string();
}

TemplateLookup RuleContext::LookupIn(const Trigger& trigger) const {
  return [this, &trigger](std::string_view name,
                          std::string_view field) -> std::optional<std::string> {
    const auto pattern = rule.PatternIndex(name);
    if (!pattern || !IsTrigger(*pattern)) return std::nullopt;
    if (field == "time") {
      std::string time = TimeOf(trigger.id);
      if (time.empty()) return std::nullopt;
      return time;
    }
    const TextId value = TriggerValue(trigger, field);
    if (value == kNotShown) return std::nullopt;
    return std::string(world.texts().Text(value));
  };
}

AbsenceJudge::AbsenceJudge(const RuleContext& context, std::size_t pattern)
    : context_(context), fact_kind_(context.rule.events[pattern].fact_kind) {
  const EventPattern& events = context.rule.events[pattern];
  const Catalogue& catalogue = context.world.knowledge().catalogue();
  for (const std::string& provider : events.providers) {
    const std::string canonical(catalogue.CanonicalProvider(provider));
    for (const std::uint16_t id : events.ids) {
      kinds_.push_back({canonical, LoggingOf(catalogue, {canonical, id})});
    }
    if (events.ids.empty()) kinds_.push_back({canonical, LoggingOf(catalogue, {canonical, 0})});
  }
  if (events.providers.empty()) kinds_.push_back({"", LoggingOf(catalogue, {})});
}

bool AbsenceJudge::Known(const Trigger& trigger, const std::vector<TextId>& hosts,
                         const Window& window, std::vector<std::string>* why) const {
  if (!fact_kind_.empty()) return KnownFact(hosts, why);
  const Observation& event = context_.world[trigger.id];
  if (event.clock == Clock::kNone) {
    Explain(why, "the event carries no time");
    return false;
  }
  if (hosts.empty()) Explain(why, "the event does not say which other host is meant");
  const Interval period = ProjectWindow(window, event.clock, event.time, event.clock).certain;
  const auto known = [&](TextId host) { return KnownOn(host, event.clock, period, why); };
  return !hosts.empty() && std::all_of(hosts.begin(), hosts.end(), known);
}

bool AbsenceJudge::KnownFact(const std::vector<TextId>& hosts,
                             std::vector<std::string>* why) const {
  const auto listed = [&](TextId host) {
    return context_.coverage.HasListing(fact_kind_, std::string(context_.world.texts().Text(host)));
  };
  const bool known = !hosts.empty() && std::all_of(hosts.begin(), hosts.end(), listed);
  if (!known) Explain(why, fmt::format("no complete list of {} facts was fed", fact_kind_));
  return known;
}

bool AbsenceJudge::KnownOn(TextId host, Clock clock, const Interval& window,
                           std::vector<std::string>* why) const {
  const std::string name(context_.world.texts().Text(host));
  for (const KindToLog& kind : kinds_) {
    if (!context_.coverage.Covers(name, kind.logging.channel, clock, window)) {
      Explain(why, name.empty()
                       ? "the event does not say which host is meant"
                       : fmt::format("the {} log of {} was not read for the whole time",
                                     kind.logging.channel, context_.world.DisplayName(host)));
      return false;
    }
    const LoggedAt level = kind.logging.logged_at;
    if (!context_.coverage.LogsAt(name, kind.provider, level, clock, window)) {
      Explain(why, fmt::format("{} may not log this: {} needs diagnostics logging at {} for it",
                               context_.world.DisplayName(host), kind.provider, LevelWords(level)));
      return false;
    }
  }
  return true;
}

std::size_t TextsHash::operator()(const std::vector<TextId>& texts) const {
  std::size_t hash = texts.size();
  for (const TextId text : texts) hash = (hash ^ text) * 0x9e37'79b9'7f4a'7c15u;
  return hash ^ (hash >> 32);
}

}  // namespace exdiag
