#include "engine/signal/rule_evaluation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/base/sort_unique.h"
#include "engine/base/text.h"
#include "engine/rule/rule_words.h"
#include "engine/signal/asked_fact.h"
#include "engine/signal/bindings.h"
#include "engine/signal/example_fact.h"
#include "engine/signal/passing_triggers.h"
#include "engine/signal/test_templates.h"

namespace exdiag {
namespace {

// How far from a trigger an event of `explains` may lie that no condition names.
const Duration kExplainedNearby = Duration::Seconds(600);

// Triggers that make one incident.
struct Group {
  IdSet members;  // their positions in PassingTriggers
  Ticks last;
  std::optional<std::size_t> first_known;  // position of the first of which everything is known
};

struct GroupTriggers {
  const PassingTriggers& passing;
  const IdSet& members;

  ObservationId front() const { return passing.IdAt(members.front()); }
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    passing.ForEach(members, visit);
  }
};

// What one evidence line came to over all triggers of a group.
struct LineResult {
  Truth truth = Truth::kFails;
  Trigger first;  // for which it came to this
  Evidence first_evidence;
  RangeSet events;
  std::vector<const Fact*> facts;
};

// Patterns that conditions name where an event found speaks for the cause: not behind `no`.
struct NamedPatterns {
  std::set<std::size_t>& names;

  void In(const Condition& condition) const { std::visit(*this, condition.kind); }
  void operator()(const EventCondition& condition) const {
    if (!condition.on_trigger) names.insert(condition.pattern);
  }
  void operator()(const FactCondition&) const {}
  void operator()(const SequenceCondition& condition) const {
    names.insert(condition.patterns.begin(), condition.patterns.end());
  }
  void operator()(const NotCondition&) const {}
  void operator()(const AnyCondition& condition) const {
    for (const Condition& part : condition.conditions) In(part);
  }
  void operator()(const AllCondition& condition) const {
    for (const Condition& part : condition.conditions) In(part);
  }
};

std::string EqualsValue(const FactCondition& fact, std::string_view field) {
  for (const FieldCondition& condition : fact.where_all) {
    if (condition.field != field) continue;
    for (const FieldTest& test : condition.tests) {
      const auto* equals = std::get_if<TestEquals>(&test.test);
      if (equals != nullptr && !equals->values.empty()) return equals->values.front();
    }
  }
  return {};
}

class Evaluation final : public RuleEvaluation {
 public:
  explicit Evaluation(const RuleContext& context)
      : context_(context), rule_(context.rule), world_(context.world) {
    for (const Condition& condition : rule_.when) when_.push_back(MakeQuestion(context, condition));
    for (const Condition& condition : rule_.unless) {
      unless_.push_back(MakeQuestion(context, condition));
    }
    for (const EvidenceLine& line : rule_.evidence) {
      lines_.push_back(MakeQuestion(context, line.condition));
    }
    NamedPatterns named{named_};
    for (const Condition& condition : rule_.when) named.In(condition);
    for (const EvidenceLine& line : rule_.evidence) named.In(line.condition);
  }

  SignalList Run() override {
    PassingTriggers passing;
    ForEachMatch([&](const TriggerMatch& match) { AddPassing(match, passing); });
    return SignalsOf(passing);
  }

  SignalList RunOn(const IdSet& events) override {
    PassingTriggers passing;
    events.ForEach(0, events.size(), [&](ObservationId id) {
      const auto pattern =
          std::find_if(rule_.triggers.begin(), rule_.triggers.end(), [&](std::size_t trigger) {
            return world_.Matches(context_.numbers[trigger]).Contains(id);
          });
      if (pattern != rule_.triggers.end()) AddPassing({id, *pattern}, passing);
    });
    return SignalsOf(passing);
  }

  void Forget() override {
    for (auto* questions : {&when_, &unless_, &lines_}) {
      for (const auto& question : *questions) question->Forget();
    }
    std::erase_if(by_host_, [this](const auto& pattern) {
      return !rule_.events[pattern.first].fact_kind.empty();
    });
  }

  // Each event once, in order of time, for the first of the trigger patterns that it matches.
  std::vector<Trigger> Triggers() const override {
    std::vector<Trigger> triggers;
    ForEachMatch([&](const TriggerMatch& match) { triggers.push_back(TriggerOf(match)); });
    return triggers;
  }

 private:
  // What a trigger is made from: of these there may be millions, of which few pass.
  struct TriggerMatch {
    ObservationId id = 0;
    std::size_t pattern = 0;  // index into Rule::events
  };

  // As Triggers().
  template <typename Visit>
  void ForEachMatch(const Visit& visit) const {
    struct Source {
      const MatchList* list;
      std::size_t pattern;
      std::size_t next = 0;
      ObservationId id = 0;
    };
    std::vector<Source> sources;
    for (const std::size_t pattern : rule_.triggers) {
      const MatchList& list = world_.Matches(context_.numbers[pattern]);
      if (list.size() == 0) continue;
      sources.push_back({&list, pattern, 0, list[0]});
    }
    while (!sources.empty()) {
      const auto first =
          std::min_element(sources.begin(), sources.end(),
                           [](const Source& a, const Source& b) { return a.id < b.id; });
      const ObservationId id = first->id;
      visit(TriggerMatch{id, first->pattern});
      for (Source& source : sources) {
        if (source.id == id && ++source.next < source.list->size()) {
          source.id = (*source.list)[source.next];
        }
      }
      std::erase_if(sources, [](const Source& one) { return one.next == one.list->size(); });
    }
  }

  Trigger TriggerOf(const TriggerMatch& match) const {
    Trigger trigger;
    trigger.id = match.id;
    trigger.pattern = match.pattern;
    NameHosts(trigger);
    return trigger;
  }

  void AddPassing(const TriggerMatch& match, PassingTriggers& passing) const {
    const Trigger trigger = TriggerOf(match);
    if (const auto unknown = Check(trigger)) passing.Add(trigger, *unknown);
  }

  SignalList SignalsOf(const PassingTriggers& passing) {
    SignalList signals;
    for (const Group& group : MakeGroups(passing)) signals.Add(MakeSignal(passing, group));
    if (!passing.ok()) world_.NoteUnreadable();
    return signals;
  }

  void NameHosts(Trigger& trigger) const {
    const TextId own = world_.HostOf(trigger.id);
    for (const FieldReference& reference : rule_.between) {
      const TextId host = world_.CanonicalHostOf(context_.TriggerValue(trigger, reference.field));
      trigger.hosts.push_back(host == kNotShown ? kEmptyText : host);
    }
    if (rule_.between.empty()) trigger.hosts = {own};
    trigger.peers = context_.PeersOf(trigger.hosts, trigger.id);
  }

  // nullopt when the conditions drop the trigger, else whether one of them is not known.
  std::optional<bool> Check(const Trigger& trigger) const {
    bool unknown = false;
    for (const auto& question : when_) {
      const Outcome outcome = question->Ask(trigger, nullptr);
      if (outcome.truth == Truth::kFails || outcome.required) return std::nullopt;
      unknown = unknown || outcome.truth == Truth::kUnknown;
    }
    for (const auto& question : unless_) {
      const Outcome outcome = question->Ask(trigger, nullptr);
      if (outcome.truth == Truth::kHolds || outcome.required) return std::nullopt;
      unknown = unknown || outcome.truth == Truth::kUnknown;
    }
    return unknown;
  }

  // ---- groups

  // Triggers of the same hosts and one clock, none further than `quiet` from the one before.
  std::vector<Group> MakeGroups(const PassingTriggers& passing) const {
    std::vector<Group> groups;
    std::map<std::pair<Clock, std::vector<TextId>>, std::size_t> open;
    for (std::size_t position = 0; position < passing.size(); ++position) {
      const Observation& event = world_[passing.IdAt(position)];
      std::vector<TextId> hosts = passing.At(position).hosts;
      SortUnique(hosts);
      const auto [found, is_new] = open.try_emplace({event.clock, std::move(hosts)}, groups.size());
      if (is_new || event.time - groups[found->second].last > rule_.quiet) {
        found->second = groups.size();
        groups.emplace_back();
      }
      Group& group = groups[found->second];
      group.members.Append(static_cast<std::uint32_t>(position));
      group.last = event.time;
      if (!group.first_known && !passing.IsUnknownAt(position)) group.first_known = position;
    }
    return groups;
  }

  // ---- signals

  Signal MakeSignal(const PassingTriggers& passing, const Group& of_group) {
    const GroupTriggers group{passing, of_group.members};
    // A trigger of which everything is known speaks for the incident, so that one that lies at the
    // edge of what was read does not make the whole of it doubtful.
    const bool unknown = !of_group.first_known;
    const Trigger speaker = passing.At(of_group.first_known.value_or(of_group.members.front()));

    Signal signal;
    signal.rule = &rule_;
    signal.start_points = static_cast<double>(rule_.strength) - (unknown ? 1 : 0);
    if (unknown) signal.unknown_conditions = WhatIsUnknown(speaker);

    Bindings bindings(context_, speaker);
    RangeSet explained;
    AskConditions(group, speaker, bindings, explained);
    std::vector<LineResult> results(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      AskLine(group, i, results[i], explained);
      if (results[i].truth == Truth::kHolds) bindings.BindHeld(results[i].first_evidence);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (results[i].truth == Truth::kFails) continue;
      signal.reasons.push_back(MakeReason(i, results[i], bindings));
    }
    ExplainNearby(group, explained);
    FillExplained(group, explained, signal);
    FillTriggers(group, signal);
    signal.hosts = HostsOf(group);
    signal.cause = bindings.Render(rule_.cause);
    for (const FixStep& step : rule_.fix) {
      if (step.do_what.empty()) continue;
      signal.fix.push_back(
          {bindings.Render(step.do_what), bindings.Render(step.on), step.risk, step.ours});
    }
    return signal;
  }

  std::vector<std::string> WhatIsUnknown(const Trigger& trigger) const {
    std::vector<std::string> unknown;
    const auto add = [&](const auto& questions, const auto& conditions, std::string_view place) {
      for (std::size_t i = 0; i < questions.size(); ++i) {
        Evidence evidence;
        if (questions[i]->Ask(trigger, &evidence).truth != Truth::kUnknown) continue;
        auto& reasons = evidence.unknown;
        SortUnique(reasons);
        unknown.push_back(fmt::format("{}{}: {}", place, ConditionInWords(rule_, conditions[i]),
                                      fmt::join(reasons, "; ")));
      }
    };
    add(when_, rule_.when, "");
    add(unless_, rule_.unless, "no ");
    return unknown;
  }

  void AskConditions(const GroupTriggers& group, const Trigger& speaker, Bindings& bindings,
                     RangeSet& explained) const {
    group.ForEach([&](const Trigger& trigger) {
      for (const auto& question : when_) {
        Evidence evidence;
        question->Ask(trigger, &evidence);
        AddExplained(evidence, explained);
        if (trigger.id == speaker.id) bindings.BindHeld(evidence);
      }
    });
  }

  // A line holds when it holds for one trigger of the group, and is not known when it holds for
  // none and is not known for one.
  void AskLine(const GroupTriggers& group, std::size_t line, LineResult& result,
               RangeSet& explained) const {
    std::set<const Fact*> facts;
    group.ForEach([&](const Trigger& trigger) {
      Evidence evidence;
      const Truth truth = lines_[line]->Ask(trigger, &evidence).truth;
      AddExplained(evidence, explained);
      if (truth == Truth::kHolds) {
        for (const Evidence::Hits& hits : evidence.events) {
          if (hits.held) result.events.Add(*hits.list, hits.range);
        }
        facts.insert(evidence.facts.begin(), evidence.facts.end());
      }
      if (truth <= result.truth) return;
      result.truth = truth;
      result.first = trigger;
      result.first_evidence = std::move(evidence);
    });
    result.facts.assign(facts.begin(), facts.end());
  }

  void AddExplained(const Evidence& evidence, RangeSet& explained) const {
    for (const Evidence::Hits& hits : evidence.events) {
      if (Explains(hits.pattern)) explained.Add(*hits.list, hits.range);
    }
  }

  bool Explains(std::size_t pattern) const {
    return std::find(rule_.explains.begin(), rule_.explains.end(), pattern) != rule_.explains.end();
  }

  // ---- reasons

  Reason MakeReason(std::size_t index, LineResult& result, const Bindings& of_group) const {
    const EvidenceLine& line = rule_.evidence[index];
    // Its own events come first, then those that the rest of the rule found.
    Bindings bindings = of_group;
    if (result.truth == Truth::kHolds) {
      bindings = Bindings(context_, result.first);
      bindings.BindHeld(result.first_evidence);
      bindings.BindRest(of_group);
    }
    Reason reason;
    reason.line = index;
    reason.points = line.points;
    reason.state = result.truth;
    reason.because = bindings.Render(line.because);
    if (result.truth == Truth::kHolds) {
      FillEvidence(result, reason);
    } else {
      FillQuestion(line, result.first, bindings, reason);
    }
    return reason;
  }

  void FillEvidence(LineResult& result, Reason& reason) const {
    const IdSet events = result.events.Take();
    reason.evidence_count = events.size() + result.facts.size();
    events.ForEach(0, std::min(events.size(), context_.shown_evidence),
                   [&](ObservationId id) { reason.evidence.push_back(world_.Reference(id)); });
    for (const Fact* fact : result.facts) {
      if (reason.evidence.size() == context_.shown_evidence) return;
      reason.evidence.push_back(ReferenceToFact(*fact));
    }
  }

  void FillQuestion(const EvidenceLine& line, const Trigger& trigger, const Bindings& bindings,
                    Reason& reason) const {
    AskedFact asked{context_, trigger, {}};
    asked.In(line.condition);
    reason.ask = bindings.Render(line.ask);
    reason.collect = bindings.Render(line.collect);
    reason.negated = asked.negated;
    const bool is_answer = asked.fact && asked.fact->kind == "answer";
    if (is_answer) {
      reason.answer_name = EqualsValue(*asked.fact, "name");
      reason.answer_value = EqualsValue(*asked.fact, "value");
      reason.answer_host = HostAsked(*asked.fact, trigger);
    }
    if (is_answer) {
      reason.question_key = fmt::format("answer:{}:{}", reason.answer_name, HostsKey(trigger));
    } else if (!reason.collect.empty()) {
      reason.question_key = "collect:" + reason.collect;
    }
    reason.proposition = Proposition(asked, trigger, reason);
    if (asked.fact && !is_answer) reason.proposed = Proposed(*asked.fact, trigger);
  }

  // About the host of the condition, else the first of the incident: from there comes a listing.
  Fact Proposed(const FactCondition& fact, const Trigger& trigger) const {
    const auto tests = InstantiateTests(fact.where_all, context_.LookupIn(trigger));
    if (!tests) return {};
    return ExampleFact(fact.kind, HostAsked(fact, trigger), *tests).value_or(Fact());
  }

  // The host of the condition, else the first of the incident: an answer may be about either.
  std::string HostAsked(const FactCondition& fact, const Trigger& trigger) const {
    const auto host = ExpandTemplate(fact.host, context_.LookupIn(trigger));
    if (host && !host->empty()) return CanonicalHost(*host);
    for (const TextId of_incident : trigger.hosts) {
      if (of_incident != kEmptyText) return std::string(world_.texts().Text(of_incident));
    }
    return {};
  }

  std::string HostsKey(const Trigger& trigger) const {
    std::vector<std::string> hosts;
    for (const TextId host : trigger.hosts) hosts.emplace_back(world_.texts().Text(host));
    std::sort(hosts.begin(), hosts.end());
    return fmt::format("{}", fmt::join(hosts, ","));
  }

  std::string Proposition(const AskedFact& asked, const Trigger& trigger,
                          const Reason& reason) const {
    if (asked.fact && asked.alone) {
      const TemplateLookup lookup = context_.LookupIn(trigger);
      const auto host = ExpandTemplate(asked.fact->host, lookup);
      const auto tests = InstantiateTests(asked.fact->where_all, lookup);
      if (host && tests) {
        return fmt::format("{}|{}|{}", asked.fact->kind, CanonicalHost(*host), KeyOf(*tests));
      }
    }
    return fmt::format("{}|{}|{}", rule_.id, reason.line, HostsKey(trigger));
  }

  // ---- what is explained

  // Events of `explains` that no condition names: near a trigger, on a host of the incident or
  // naming one.
  void ExplainNearby(const GroupTriggers& group, RangeSet& explained) {
    for (const std::size_t pattern : rule_.explains) {
      if (named_.contains(pattern) || context_.IsTrigger(pattern)) continue;
      group.ForEach([&](const Trigger& trigger) {
        const Observation& event = world_[trigger.id];
        const Interval near = ProjectWindow({kExplainedNearby, kExplainedNearby}, event.clock,
                                            event.time, event.clock)
                                  .certain;
        for (const TextId host : HostsAround(trigger)) {
          const MatchList& list = OnOrNaming(pattern, host);
          explained.Add(list, list.Within(event.clock, near));
        }
      });
    }
  }

  std::vector<TextId> HostsAround(const Trigger& trigger) const {
    std::vector<TextId> hosts = trigger.hosts;
    hosts.push_back(world_.HostOf(trigger.id));
    SortUnique(hosts);
    // Events without a computer belong together only when the trigger has none either.
    if (world_.HostOf(trigger.id) != kEmptyText) std::erase(hosts, kEmptyText);
    return hosts;
  }

  const MatchList& OnOrNaming(std::size_t pattern, TextId host) {
    auto [found, is_new] = by_host_.try_emplace(pattern);
    if (is_new) {
      const MatchList& all = world_.Matches(context_.numbers[pattern]);
      all.ForEach([&](ObservationId id) {
        std::set<TextId> hosts = {world_.HostOf(id)};
        for (const TextId named : world_.NamedHosts(id)) hosts.insert(named);
        for (const TextId one : hosts) {
          found->second.try_emplace(one, world_.times()).first->second.Append(id);
        }
      });
    }
    return found->second.try_emplace(host, world_.times()).first->second;
  }

  void FillExplained(const GroupTriggers& group, RangeSet& explained, Signal& signal) const {
    const Observation first_trigger = world_[group.front()];
    signal.time_basis = first_trigger.time_basis;
    signal.first_seen = first_trigger.time;
    signal.last_seen = first_trigger.time;
    RowSetBuilder rows;
    std::map<std::uint32_t, ObservationId> of_kind;
    const auto add = [&](ObservationId id) {
      const Observation event = world_[id];
      rows.Add(event.row);
      of_kind.emplace(event.kind, id);
      if (event.clock != first_trigger.clock) return;
      signal.first_seen = std::min(signal.first_seen, event.time);
      signal.last_seen = std::max(signal.last_seen, event.time);
    };
    const IdSet events = explained.Take();
    events.ForEach(0, events.size(), add);
    group.ForEach([&](const Trigger& trigger) { add(trigger.id); });
    signal.explained = rows.Take();
    std::set<EventKind> kinds;
    for (const auto& [kind, id] : of_kind) {
      if (!world_.IsFact(id)) kinds.insert(world_.KindOf(id).event);
    }
    signal.explained_kinds.assign(kinds.begin(), kinds.end());
  }

  void FillTriggers(const GroupTriggers& group, Signal& signal) const {
    signal.trigger_count = group.members.size();
    group.members.ForEach(
        0, std::min(group.members.size(), context_.shown_evidence), [&](std::uint32_t position) {
          signal.triggers.push_back(world_.Reference(group.passing.IdAt(position)));
        });
  }

  std::vector<std::string> HostsOf(const GroupTriggers& group) const {
    std::set<TextId> hosts;
    group.ForEach([&](const Trigger& trigger) {
      hosts.insert(trigger.hosts.begin(), trigger.hosts.end());
      hosts.insert(world_.HostOf(trigger.id));
    });
    hosts.erase(kEmptyText);
    std::vector<std::string> names;
    for (const TextId host : hosts) names.push_back(world_.DisplayName(host));
    std::sort(names.begin(), names.end());
    return names;
  }

  const RuleContext& context_;
  const Rule& rule_;
  const Observations& world_;
  std::vector<std::unique_ptr<Question>> when_, unless_, lines_;
  std::set<std::size_t> named_;
  std::map<std::size_t, std::map<TextId, MatchList>> by_host_;  // of patterns in `explains`
};

}  // namespace

std::unique_ptr<RuleEvaluation> MakeRuleEvaluation(const RuleContext& context) {
  return std::make_unique<Evaluation>(context);
}

}  // namespace exdiag
