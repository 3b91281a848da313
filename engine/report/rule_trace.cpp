// Conditions are asked as the evaluation asks them, so that their outcome is never a second
// opinion.  The near misses are worked out apart from it: beside each pattern of the rule one
// without its tests is gathered, and each event of that is held against every single demand.
#include "engine/report/rule_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/sort_unique.h"
#include "engine/base/text.h"
#include "engine/report/phrases.h"
#include "engine/rule/rule_words.h"
#include "engine/signal/gather.h"
#include "engine/signal/question.h"
#include "engine/signal/rule_evaluation.h"
#include "engine/signal/test_templates.h"

namespace exdiag {
namespace {

constexpr std::size_t kShownFound = 3;
constexpr std::size_t kShownNearest = 3;
constexpr std::size_t kLongestValue = 80;
// Events that are held against every demand; of more, those nearest in time.
constexpr std::size_t kMostCandidates = 1000;

EventPattern WithoutTests(const EventPattern& pattern) {
  EventPattern loose = pattern;
  loose.levels.clear();
  loose.where_all.clear();
  return loose;
}

std::string Shown(std::optional<std::string_view> value) {
  if (!value) return "not shown";
  std::string text = Printable(CollapseSpace(*value));
  if (text.empty()) return "empty";
  if (text.size() > kLongestValue) text = text.substr(0, kLongestValue) + "...";
  return text;
}

std::int64_t Distance(std::int64_t time, const Interval& window) {
  if (window.empty()) return std::numeric_limits<std::int64_t>::max();
  if (time < window.from) return window.from - time;
  return time > window.to ? time - window.to : 0;
}

class Tracer {
 public:
  Tracer(const RuleContext& context, const std::vector<PatternNumber>& loose,
         const TraceOptions& options)
      : context_(context),
        rule_(context.rule),
        world_(context.world),
        loose_(loose),
        options_(options) {}

  RuleTrace Run() {
    RuleTrace trace;
    trace.rule = &rule_;
    for (const Trigger& trigger : MakeRuleEvaluation(context_)->Triggers()) {
      if (!IsAsked(trigger.id)) continue;
      ++trace.trigger_count;
      TriggerTrace traced = Trace(trigger);
      if (traced.fires) ++trace.firing_count;
      if (trace.triggers.size() < options_.most) trace.triggers.push_back(std::move(traced));
    }
    if (trace.trigger_count == 0) FindNearTriggers(trace);
    return trace;
  }

 private:
  bool IsAsked(ObservationId id) const {
    if (!options_.at) return true;
    const Observation& item = world_[id];
    if (options_.at->second) return item.time.seconds() == options_.at->second->seconds();
    const EvidenceReference reference = world_.Reference(id);
    const std::uint64_t number = *options_.at->number;
    return reference.where.place.value == number || item.record_id == number ||
           item.row == static_cast<std::int64_t>(number);
  }

  // ---- triggers

  TriggerTrace Trace(const Trigger& trigger) {
    TriggerTrace trace;
    trace.event = world_.Reference(trigger.id);
    trace.fires = true;
    for (const Condition& condition : rule_.when) {
      const auto& made = trace.conditions.emplace_back(Ask("needs", condition, trigger));
      Judge(made, condition, Truth::kFails, trace);
    }
    for (const Condition& condition : rule_.unless) {
      const auto& made = trace.conditions.emplace_back(Ask("not with", condition, trigger));
      Judge(made, condition, Truth::kHolds, trace);
    }
    trace.points = static_cast<double>(rule_.strength) - (trace.unknown ? 1 : 0);
    for (const EvidenceLine& line : rule_.evidence) {
      const auto& made =
          trace.evidence.emplace_back(Ask(PointsText(line.points), line.condition, trigger));
      if (made.truth == Truth::kHolds) trace.points += line.points;
    }
    return trace;
  }

  static void Judge(const ConditionTrace& made, const Condition& condition, Truth drops,
                    TriggerTrace& trace) {
    const bool unknown = made.truth == Truth::kUnknown;
    if (made.truth == drops || (unknown && NeedsCoverage(condition))) trace.fires = false;
    trace.unknown = trace.unknown || unknown;
  }

  static bool NeedsCoverage(const Condition& condition) { return condition.coverage_required; }

  void FindNearTriggers(RuleTrace& trace) {
    std::vector<std::pair<std::size_t, NearMiss>> near;
    std::set<ObservationId> seen;
    for (const std::size_t pattern : rule_.triggers) {
      const MatchList& list = world_.Matches(loose_[pattern]);
      list.ForEach([&](ObservationId id) {
        if (!IsAsked(id) || !seen.insert(id).second) return;
        ++trace.candidates;
        if (near.size() >= kMostCandidates) return;
        std::vector<std::string> refused;
        RefusePattern(pattern, id, refused);
        near.emplace_back(refused.size(), NearMiss{world_.Reference(id), refused});
      });
    }
    std::stable_sort(near.begin(), near.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < std::min(near.size(), kShownNearest); ++i) {
      trace.nearest.push_back(std::move(near[i].second));
    }
  }

  // ---- conditions

  ConditionTrace Ask(std::string role, const Condition& condition, const Trigger& trigger) {
    ConditionTrace trace;
    trace.role = std::move(role);
    trace.words = ConditionInWords(rule_, condition);
    Evidence evidence;
    const auto question = MakeQuestion(context_, condition);  // what it found points into it
    const Outcome outcome = question->Ask(trigger, &evidence);
    trace.truth = outcome.truth;
    if (outcome.required) {
      trace.remarks.push_back("coverage is required, so not known counts against it");
    }
    SortUnique(evidence.unknown);
    trace.unknown = std::move(evidence.unknown);
    AddFound(evidence, trace);
    std::visit([&](const auto& kind) { Add(kind, trigger, trace); }, condition.kind);
    // What stands behind `no`, or in a group, says the rest.
    if (!trace.parts.empty()) {
      trace.found.clear();
      trace.found_count = 0;
      trace.unknown.clear();
    }
    return trace;
  }

  void AddFound(const Evidence& evidence, ConditionTrace& trace) const {
    RangeSet events;
    for (const Evidence::Hits& hits : evidence.events) events.Add(*hits.list, hits.range);
    const IdSet members = events.Take();
    trace.found_count = members.size() + evidence.facts.size();
    for (const ObservationId id : members) {
      if (trace.found.size() < kShownFound) trace.found.push_back(world_.Reference(id));
    }
    for (const Fact* fact : evidence.facts) {
      if (trace.found.size() < kShownFound) trace.found.push_back(ReferenceToFact(*fact));
    }
  }

  void Add(const NotCondition& no, const Trigger& trigger, ConditionTrace& trace) {
    trace.parts.push_back(Ask("", *no.condition, trigger));
  }
  void Add(const AnyCondition& any, const Trigger& trigger, ConditionTrace& trace) {
    for (const Condition& part : any.conditions) trace.parts.push_back(Ask("or", part, trigger));
  }
  void Add(const AllCondition& all, const Trigger& trigger, ConditionTrace& trace) {
    for (const Condition& part : all.conditions) trace.parts.push_back(Ask("and", part, trigger));
  }

  void Add(const EventCondition& event, const Trigger& trigger, ConditionTrace& trace) {
    if (trace.truth == Truth::kHolds) return;
    if (event.on_trigger) {
      NearMiss self{world_.Reference(trigger.id), {}};
      RefusePattern(event.pattern, trigger.id, self.refused);
      RefuseTests(event, trigger, trigger.id, self.refused);
      if (!self.refused.empty()) trace.nearest = std::move(self);
      return;
    }
    const std::optional<Trigger> of =
        event.of == nullptr ? trigger : AnchorOf(*event.of, trigger, trace);
    if (!of) return;
    const bool counts =
        event.count.min != 1 || event.count.max || !event.per.empty() || !event.distinct.empty();
    if (counts) {
      trace.remarks.push_back(fmt::format("{} in the window, wanted {}{}",
                                          Counted(trace.found_count, "such event"),
                                          WantedCount(event.count), GroupWords(event)));
    }
    AddNearest(event,
               {trigger, *of, event.of == nullptr ? "the trigger" : "the event it is counted from"},
               trace);
  }

  static std::string WantedCount(const CountRange& count) {
    if (!count.max) return fmt::format("{} or more", count.min);
    return *count.max == count.min ? fmt::format("exactly {}", count.min)
                                   : fmt::format("{} to {}", count.min, *count.max);
  }

  // What the window of a condition with `of` lies around, in the form of a trigger; nullopt when it
  // was not found.
  std::optional<Trigger> AnchorOf(const EventCondition& of, const Trigger& trigger,
                                  ConditionTrace& trace) const {
    Evidence found;
    const auto question = MakeEventQuestion(context_, of);  // what it found points into it
    const Truth truth = question->Ask(trigger, &found).truth;
    const std::string name = PatternInWords(rule_.events[of.pattern]);
    if (truth != Truth::kHolds) {
      trace.remarks.push_back(fmt::format("counted from {}, which was not found", name));
      return std::nullopt;
    }
    const Trigger anchor = AnchorFrom(context_, of, trigger, found);
    trace.remarks.push_back(fmt::format("counted from {}", world_.Reference(anchor.id).summary));
    return anchor;
  }

  static std::string GroupWords(const EventCondition& event) {
    if (!event.per.empty()) return fmt::format(" with one value of {}", event.per);
    if (!event.distinct.empty()) return fmt::format(" different values of {}", event.distinct);
    return {};
  }

  void Add(const SequenceCondition& sequence, const Trigger& trigger, ConditionTrace& trace) {
    if (trace.truth == Truth::kHolds) return;
    for (const std::size_t pattern : sequence.patterns) {
      const std::string name = PatternInWords(rule_.events[pattern]);
      const auto nearest = NearestInTime(world_.Matches(context_.numbers[pattern]), trigger);
      trace.remarks.push_back(
          nearest ? fmt::format("{}: nearest is {}", name, world_.Reference(*nearest).summary)
                  : fmt::format("{}: none was read", name));
    }
  }

  void Add(const FactCondition& fact, const Trigger& trigger, ConditionTrace& trace) const {
    if (trace.truth == Truth::kHolds || fact.kind == "answer") return;
    const TemplateLookup lookup = context_.LookupIn(trigger);
    const auto host = ExpandTemplate(fact.host, lookup);
    const auto tests = InstantiateTests(fact.where_all, lookup);
    if (!host || !tests) return;
    const std::vector<const Fact*> of_kind = world_.FactsOf(fact.kind);
    for (const Fact* candidate : of_kind) {
      NearMiss near{ReferenceToFact(*candidate), {}};
      if (!host->empty() && candidate->host != CanonicalHost(*host)) {
        near.refused.push_back(
            fmt::format("host is {}, wanted {}", Shown(candidate->host), Shown(*host)));
      }
      RefuseWhere(*tests, FactFields(*candidate), near.refused);
      if (!trace.nearest || near.refused.size() < trace.nearest->refused.size()) {
        trace.nearest = std::move(near);
      }
    }
    if (of_kind.empty()) {
      trace.remarks.push_back(fmt::format("no {} facts were read at all", fact.kind));
    }
  }

  // ---- near misses

  // What an event is held against: the trigger, for templates, and the event that the window lies
  // around.
  struct Around {
    const Trigger& trigger;
    const Trigger& of;
    std::string_view name;  // of the latter
  };

  std::optional<ObservationId> NearestInTime(const MatchList& list, const Trigger& trigger) const {
    std::optional<ObservationId> nearest;
    std::int64_t least = 0;
    const std::int64_t time = world_.times().TimeAt(trigger.id);
    list.ForEach([&](ObservationId id) {
      if (id == trigger.id) return;
      const std::int64_t apart = std::abs(world_.times().TimeAt(id) - time);
      if (nearest && apart >= least) return;
      nearest = id;
      least = apart;
    });
    return nearest;
  }

  void AddNearest(const EventCondition& event, const Around& around, ConditionTrace& trace) const {
    const MatchList& list = world_.Matches(loose_[event.pattern]);
    std::vector<std::pair<std::int64_t, ObservationId>> candidates;
    list.ForEach([&](ObservationId id) {
      if (id != around.trigger.id && id != around.of.id)
        candidates.emplace_back(OutsideWindow(event, around.of, id), id);
    });
    if (candidates.empty()) {
      trace.remarks.push_back(
          fmt::format("no other {} was read at all",
                      PatternInWords(WithoutTests(rule_.events[event.pattern]))));
      return;
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    if (candidates.size() > kMostCandidates) candidates.resize(kMostCandidates);
    for (const auto& [outside, id] : candidates) {
      NearMiss near{{}, Refusals(event, around, id)};
      if (near.refused.empty()) continue;  // it counted, and others are missing
      if (trace.nearest && near.refused.size() >= trace.nearest->refused.size()) continue;
      near.event = world_.Reference(id);
      trace.nearest = std::move(near);
    }
  }

  std::int64_t OutsideWindow(const EventCondition& event, const Trigger& of,
                             ObservationId id) const {
    const Observation& own = world_[of.id];
    const Observation& other = world_[id];
    const Window window{event.before, event.latest ? Duration{} : event.after};
    const WindowOnClock seen = ProjectWindow(window, own.clock, own.time, other.clock);
    return Distance(other.time.value, seen.possible);
  }

  std::vector<std::string> Refusals(const EventCondition& event, const Around& around,
                                    ObservationId id) const {
    std::vector<std::string> refused;
    RefusePattern(event.pattern, id, refused);
    RefuseTests(event, around.trigger, id, refused);
    RefuseHost(event, around, id, refused);
    RefusePairs(event, around, id, refused);
    RefuseTime(event, around.of, id, refused);
    return refused;
  }

  void RefusePattern(std::size_t index, ObservationId id, std::vector<std::string>& refused) const {
    const EventPattern& pattern = rule_.events[index];
    const FieldSource& fields = world_.FieldsOf(loose_[index], id);
    if (!pattern.levels.empty()) {
      const auto level = fields.Find("level");
      const bool fits = std::any_of(
          pattern.levels.begin(), pattern.levels.end(),
          [&](Level wanted) { return level && EqualsIgnoreCase(LevelName(wanted), *level); });
      if (!fits) {
        std::vector<std::string> names;
        for (const Level wanted : pattern.levels) names.emplace_back(LevelName(wanted));
        refused.push_back(
            fmt::format("level is {}, wanted {}", Shown(level), fmt::join(names, " or ")));
      }
    }
    RefuseWhere(pattern.where_all, fields, refused);
  }

  void RefuseTests(const EventCondition& event, const Trigger& trigger, ObservationId id,
                   std::vector<std::string>& refused) const {
    const auto tests = InstantiateTests(event.where_all, context_.LookupIn(trigger));
    if (tests) RefuseWhere(*tests, world_.FieldsOf(loose_[event.pattern], id), refused);
  }

  static void RefuseWhere(const std::vector<FieldCondition>& where, const FieldSource& fields,
                          std::vector<std::string>& refused) {
    for (const FieldCondition& condition : where) {
      if (TestsHold({condition}, fields)) continue;
      refused.push_back(fmt::format("{} is {}, wanted {}", condition.field,
                                    Shown(fields.Find(condition.field)),
                                    TestsInWords(condition.tests)));
    }
  }

  void RefuseHost(const EventCondition& event, const Around& around, ObservationId id,
                  std::vector<std::string>& refused) const {
    const TextId own = world_.HostOf(around.of.id), host = world_.HostOf(id);
    const auto name = [&](TextId text) {
      return text == kEmptyText ? std::string("not shown") : world_.DisplayName(text);
    };
    switch (event.host) {
      case HostScope::kAny:
        return;
      case HostScope::kSame:
        if (host == own) return;
        refused.push_back(
            fmt::format("host is {}, wanted {}, that of {}", name(host), name(own), around.name));
        return;
      case HostScope::kOther:
        if (host != own && host != kEmptyText && own != kEmptyText) return;
        refused.push_back(host == own ? fmt::format("host same as {}, wanted other", around.name)
                                      : fmt::format("host is {}, so that it cannot be told whether "
                                                    "it is another",
                                                    name(host)));
        return;
      case HostScope::kPeer:
        const std::vector<TextId>& wanted = around.of.peers;
        if (std::find(wanted.begin(), wanted.end(), host) != wanted.end()) return;
        std::vector<std::string> peers;
        for (const TextId peer : wanted) peers.push_back(name(peer));
        refused.push_back(fmt::format("host is {}, wanted {}, the peer", name(host),
                                      peers.empty() ? fmt::format("one that {} names", around.name)
                                                    : fmt::format("{}", fmt::join(peers, " or "))));
        return;
    }
  }

  void RefusePairs(const EventCondition& event, const Around& around, ObservationId id,
                   std::vector<std::string>& refused) const {
    const auto compare = [&](const FieldPair& pair, bool wanted_equal) {
      const auto is_host = [&](std::size_t pattern) {
        return context_.IsHostField(pattern, pair.there);
      };
      std::vector<std::size_t> others = rule_.triggers;
      if (event.of != nullptr) others = {event.of->pattern};
      const bool as_host = context_.IsHostField(event.pattern, pair.here) ||
                           std::any_of(others.begin(), others.end(), is_host);
      const TextId there = context_.TriggerValue(around.of, pair.there);
      const TextId here = world_.Value(loose_[event.pattern], id, pair.here);
      const TextId a = world_.EqualityKey(here, as_host), b = world_.EqualityKey(there, as_host);
      if (b == kNotShown) return;  // unknown, and said so
      const bool fits = a != kNotShown && (a == b) == wanted_equal;
      if (fits) return;
      const auto text = [&](TextId value) {
        return value == kNotShown ? Shown(std::nullopt) : Shown(world_.texts().Text(value));
      };
      refused.push_back(fmt::format("{} is {}, wanted {}{}", pair.here, text(here),
                                    wanted_equal ? "" : "another than ",
                                    fmt::format("{} as in {}", text(there), around.name)));
    };
    for (const FieldPair& pair : event.same) compare(pair, true);
    for (const FieldPair& pair : event.differ) compare(pair, false);
  }

  void RefuseTime(const EventCondition& event, const Trigger& of, ObservationId id,
                  std::vector<std::string>& refused) const {
    const Observation& own = world_[of.id];
    const Observation& other = world_[id];
    const Window window{event.before, event.latest ? Duration{} : event.after};
    const WindowOnClock seen = ProjectWindow(window, own.clock, own.time, other.clock);
    if (seen.certain.Contains(other.time.value)) return;
    if (other.clock == Clock::kNone || own.clock == Clock::kNone) {
      refused.push_back("one of the two events carries no time");
      return;
    }
    if (seen.possible.Contains(other.time.value)) {
      refused.push_back("in the window only for some time zones, and the zone is not known");
      return;
    }
    refused.push_back(fmt::format("{} outside the window",
                                  FormatDuration({Distance(other.time.value, seen.possible)})));
  }

  const RuleContext& context_;
  const Rule& rule_;
  const Observations& world_;
  const std::vector<PatternNumber>& loose_;
  const TraceOptions& options_;
};

}  // namespace

std::optional<AtEvent> ParseAtEvent(std::string_view text) {
  if (const auto number = ParseInteger(text); number && *number >= 0) {
    return AtEvent{std::nullopt, static_cast<std::uint64_t>(*number)};
  }
  const auto time = ParseIsoTime(text);
  if (!time) return std::nullopt;
  return AtEvent{time->ticks, std::nullopt};
}

Result<RuleTrace> TraceRule(const Rule& rule, const Knowledge& knowledge, const Store& store,
                            const TraceOptions& options, DiagnosticSink& problems) {
  std::vector<EventPattern> without_tests;
  for (const EventPattern& pattern : rule.events) without_tests.push_back(WithoutTests(pattern));
  PatternTable patterns;
  std::vector<PatternNumber> numbers, loose;
  for (const EventPattern& pattern : rule.events) numbers.push_back(patterns.Add(pattern));
  for (const EventPattern& pattern : without_tests) loose.push_back(patterns.Add(pattern));
  Observations world(store, knowledge);
  CoverageMap coverage;
  RegexComplaints complaints(problems);
  const auto gathered = Gather(patterns, knowledge, store, complaints, world, coverage);
  if (!gathered) return gathered.error();
  const RuleContext context{rule, numbers, world, coverage, &complaints};
  RuleTrace trace = Tracer(context, loose, options).Run();
  if (world.failure()) return *world.failure();
  return trace;
}

}  // namespace exdiag
