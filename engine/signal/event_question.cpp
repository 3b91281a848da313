// How many events of a pattern lie in a window around the trigger.
//
// Which events can count at all (the right host, the right field values) does not depend on the
// trigger's time, only on its host and on the few values that the condition compares: its scope.
// So each scope gets a list of its events in order of time, and a window in it is two binary
// searches, however many equal triggers ask.  A scope's list is only made when looking through the
// windows one by one has cost as much as making it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "engine/signal/group_counter.h"
#include "engine/signal/question.h"
#include "engine/signal/test_templates.h"

namespace exdiag {
namespace {

// What one kind of trigger makes of the condition.
struct EventScope {
  std::string not_shown;  // not empty: the trigger does not show this, so nothing can be said
  const MatchList* candidates = nullptr;  // right host where one is named, right `same` values
  bool more_tests = false;                // not every candidate counts
  TextId host = kEmptyText;
  std::vector<TextId> peers;
  std::vector<TextId> differ;           // keys that the fields of `differ` must not have
  std::vector<FieldCondition> tests;    // without templates
  std::unique_ptr<MatchList> counting;  // candidates that pass, when it was worth making
  std::size_t looked_at = 0;            // candidates tried one by one so far
  std::unique_ptr<GroupCounter> groups;
};

// A pair of fields, and how they are compared.
struct ComparedFields {
  FieldPair pair;
  bool as_hosts = false;
};

// Events of a window: parts of a list.
struct WindowHits {
  const MatchList* list = nullptr;
  std::vector<PositionRange> certain;
  std::size_t count = 0;
  std::size_t possible = 0;  // more that may lie in the window, were their zone known
};

class EventQuestion final : public Question {
 public:
  EventQuestion(const RuleContext& context, const EventCondition& condition)
      : context_(context),
        world_(context.world),
        condition_(condition),
        number_(context.numbers[condition.pattern]),
        window_{condition.before, condition.latest ? Duration{} : condition.after},
        absence_(context, condition.pattern) {
    for (const FieldCondition& test : condition.where_all) {
      (ReferencesIn({test}).empty() ? static_tests_ : template_tests_).push_back(test);
    }
    for (const TemplatePart& part : ReferencesIn(template_tests_)) {
      template_fields_.push_back(part.field);
    }
    for (const FieldPair& pair : condition.same) same_.push_back({pair, AsHosts(pair)});
    for (const FieldPair& pair : condition.differ) differ_.push_back({pair, AsHosts(pair)});
  }

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    if (condition_.on_trigger) return AskTrigger(trigger, evidence);
    EventScope& scope = ScopeOf(trigger);
    if (!scope.not_shown.empty()) {
      if (evidence != nullptr) {
        evidence->unknown.push_back(fmt::format("the event does not show {}", scope.not_shown));
      }
      return {Truth::kUnknown, false};
    }
    WindowHits hits = HitsOf(scope, trigger);
    const Truth truth = condition_.latest ? JudgeLatest(scope, trigger, hits, evidence)
                                          : JudgeCount(scope, trigger, hits, evidence);
    if (evidence != nullptr) {
      for (const PositionRange& range : hits.certain) {
        evidence->events.push_back({condition_.pattern, hits.list, range, truth == Truth::kHolds});
      }
    }
    return {truth, false};
  }

 private:
  // ---- the trigger event itself

  Outcome AskTrigger(const Trigger& trigger, Evidence* evidence) {
    const MatchList& matches = world_.Matches(number_);
    const std::size_t position = matches.Find(trigger.id);
    if (position == matches.size()) return {Truth::kFails, false};
    const auto tests = InstantiateTests(condition_.where_all, context_.LookupIn(trigger));
    if (!tests) {
      if (evidence != nullptr) evidence->unknown.push_back("the event does not show a value");
      return {Truth::kUnknown, false};
    }
    if (!TestsHold(*tests, world_.FieldsOf(number_, trigger.id))) return {Truth::kFails, false};
    if (evidence != nullptr) {
      evidence->events.push_back({condition_.pattern, &matches, {position, position + 1}, true});
    }
    return {Truth::kHolds, false};
  }

  // ---- scopes

  // Two fields are compared as hosts when one of them is a host.
  bool AsHosts(const FieldPair& pair) const {
    const auto& triggers = context_.rule.triggers;
    return context_.IsHostField(condition_.pattern, pair.here) ||
           std::any_of(triggers.begin(), triggers.end(), [&](std::size_t trigger) {
             return context_.IsHostField(trigger, pair.there);
           });
  }

  TextId KeyOfTrigger(const Trigger& trigger, const ComparedFields& fields) const {
    return world_.EqualityKey(context_.TriggerValue(trigger, fields.pair.there), fields.as_hosts);
  }

  EventScope& ScopeOf(const Trigger& trigger) {
    std::vector<TextId> signature;
    signature.push_back(condition_.host == HostScope::kAny ? kEmptyText : world_[trigger.id].host);
    if (condition_.host == HostScope::kPeer) {
      signature.insert(signature.end(), trigger.peers.begin(), trigger.peers.end());
      signature.push_back(kNotShown);
    }
    for (const auto* compared : {&same_, &differ_}) {
      for (const ComparedFields& fields : *compared) {
        signature.push_back(KeyOfTrigger(trigger, fields));
      }
    }
    if (!template_fields_.empty()) signature.push_back(static_cast<TextId>(trigger.pattern));
    for (const std::string& field : template_fields_) {
      signature.push_back(context_.TriggerValue(trigger, field));
    }
    const auto found = scopes_.find(signature);
    if (found != scopes_.end()) return found->second;
    return scopes_.emplace(std::move(signature), MakeScope(trigger)).first->second;
  }

  EventScope MakeScope(const Trigger& trigger) {
    EventScope scope;
    scope.host = world_[trigger.id].host;
    if (condition_.host == HostScope::kPeer) {
      scope.peers = trigger.peers;
      if (scope.peers.empty()) scope.not_shown = "which other host is meant";
    }
    std::vector<TextId> bucket;
    for (const ComparedFields& fields : same_) {
      bucket.push_back(KeyOfTrigger(trigger, fields));
      if (bucket.back() == kNotShown) scope.not_shown = fields.pair.there;
    }
    for (const ComparedFields& fields : differ_) {
      scope.differ.push_back(KeyOfTrigger(trigger, fields));
      if (scope.differ.back() == kNotShown) scope.not_shown = fields.pair.there;
    }
    auto tests = InstantiateTests(template_tests_, context_.LookupIn(trigger));
    if (!tests) scope.not_shown = NotShownAmong(trigger);
    if (!scope.not_shown.empty()) return scope;
    scope.tests = std::move(*tests);
    scope.candidates = &Candidates(scope, std::move(bucket));
    const bool several_peers = scope.peers.size() > 1;
    scope.more_tests = several_peers || condition_.host == HostScope::kOther ||
                       !scope.differ.empty() || (!scope.tests.empty() && !condition_.latest);
    return scope;
  }

  std::string NotShownAmong(const Trigger& trigger) const {
    for (const std::string& field : template_fields_) {
      if (context_.TriggerValue(trigger, field) == kNotShown) return field;
    }
    return "a value";
  }

  // Key of the host (when only one host's events count), then of the `same` fields.
  const MatchList& Candidates(const EventScope& scope, std::vector<TextId> key) {
    if (condition_.host == HostScope::kSame) key.push_back(scope.host);
    if (condition_.host == HostScope::kPeer && scope.peers.size() == 1) {
      key.push_back(scope.peers.front());
    }
    if (key.empty()) return Base();
    const bool by_host = key.size() > same_.size();
    auto& buckets = by_host ? host_buckets_ : buckets_;
    if (!buckets) buckets = MakeBuckets(by_host);
    return (*buckets)[key];
  }

  using Buckets = std::unordered_map<std::vector<TextId>, MatchList, TextsHash>;

  std::unique_ptr<Buckets> MakeBuckets(bool by_host) {
    auto buckets = std::make_unique<Buckets>();
    const MatchList& base = Base();
    for (std::size_t i = 0; i < base.size(); ++i) {
      const ObservationId id = base[i];
      std::vector<TextId> key;
      for (const ComparedFields& fields : same_) key.push_back(KeyOfEvent(id, fields));
      if (by_host) key.push_back(world_[id].host);
      (*buckets)[std::move(key)].Append(id, world_[id].clock, world_[id].time);
    }
    return buckets;
  }

  TextId KeyOfEvent(ObservationId id, const ComparedFields& fields) const {
    return world_.EqualityKey(world_.Value(number_, id, fields.pair.here), fields.as_hosts);
  }

  // The pattern's events that pass the tests that are the same for every trigger.
  const MatchList& Base() {
    const MatchList& all = world_.Matches(number_);
    if (static_tests_.empty() || condition_.latest) return all;
    if (base_) return *base_;
    base_ = std::make_unique<MatchList>();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (TestsHold(static_tests_, world_.FieldsOf(number_, all[i]))) {
        base_->Append(all[i], world_[all[i]].clock, world_[all[i]].time);
      }
    }
    return *base_;
  }

  bool Passes(const EventScope& scope, ObservationId id) const {
    const TextId host = world_[id].host;
    // An event that names no computer is not known to come from another one.
    if (condition_.host == HostScope::kOther &&
        (host == scope.host || host == kEmptyText || scope.host == kEmptyText)) {
      return false;
    }
    if (condition_.host == HostScope::kPeer &&
        std::find(scope.peers.begin(), scope.peers.end(), host) == scope.peers.end()) {
      return false;
    }
    for (std::size_t i = 0; i < scope.differ.size(); ++i) {
      const TextId key = KeyOfEvent(id, differ_[i]);
      if (key == kNotShown || key == scope.differ[i]) return false;
    }
    return condition_.latest || TestsHold(scope.tests, world_.FieldsOf(number_, id));
  }

  // ---- windows

  const MatchList& CountingList(EventScope& scope) {
    if (!scope.more_tests) return *scope.candidates;
    if (scope.counting) return *scope.counting;
    scope.counting = std::make_unique<MatchList>();
    for (std::size_t i = 0; i < scope.candidates->size(); ++i) {
      const ObservationId id = (*scope.candidates)[i];
      if (Passes(scope, id)) scope.counting->Append(id, world_[id].clock, world_[id].time);
    }
    return *scope.counting;
  }

  WindowHits HitsOf(EventScope& scope, const Trigger& trigger) {
    const bool needs_list =
        condition_.latest || !condition_.per.empty() || !condition_.distinct.empty();
    const bool one_by_one = scope.more_tests && !scope.counting && !needs_list &&
                            scope.looked_at <= scope.candidates->size();
    WindowHits hits;
    hits.list = one_by_one ? scope.candidates : &CountingList(scope);
    const Observation& event = world_[trigger.id];
    const std::size_t self = hits.list->Find(trigger.id);
    for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
      const WindowOnClock window = ProjectWindow(window_, event.clock, event.time, clock);
      const PositionRange certain = hits.list->Within(clock, window.certain);
      const PositionRange possible = hits.list->Within(clock, window.possible);
      if (one_by_one) {
        scope.looked_at += possible.size();
        AddPassing(scope, certain, self, hits);
        hits.possible +=
            CountPassing(scope, {possible.begin, std::max(possible.begin, certain.begin)}, self);
        hits.possible +=
            CountPassing(scope, {std::min(certain.end, possible.end), possible.end}, self);
        continue;
      }
      AddAround(certain, self, hits);
      hits.possible += possible.size() - certain.size();
    }
    return hits;
  }

  // `range` without the trigger itself.
  static void AddAround(PositionRange range, std::size_t self, WindowHits& hits) {
    const auto add = [&hits](PositionRange part) {
      if (part.size() > 0) hits.certain.push_back(part);
      hits.count += part.size();
    };
    if (self < range.begin || self >= range.end) {
      add(range);
      return;
    }
    add({range.begin, self});
    add({self + 1, range.end});
  }

  void AddPassing(const EventScope& scope, PositionRange range, std::size_t self,
                  WindowHits& hits) const {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (i == self || !Passes(scope, (*hits.list)[i])) continue;
      ++hits.count;
      if (!hits.certain.empty() && hits.certain.back().end == i) {
        ++hits.certain.back().end;
      } else {
        hits.certain.push_back({i, i + 1});
      }
    }
  }

  std::size_t CountPassing(const EventScope& scope, PositionRange range, std::size_t self) const {
    std::size_t count = 0;
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (i != self && Passes(scope, (*scope.candidates)[i])) ++count;
    }
    return count;
  }

  // ---- judging

  // The hosts whose logs must have been read before "not seen" means "not there".
  std::vector<TextId> HostsToCover(const Trigger& trigger) const {
    switch (condition_.host) {
      case HostScope::kSame:
        return {world_[trigger.id].host};
      case HostScope::kPeer:
        return trigger.peers;
      case HostScope::kOther:
      case HostScope::kAny:
        break;
    }
    return trigger.hosts;
  }

  // True when nothing that counts can have happened unseen.
  bool SawAll(const Trigger& trigger, bool zones_matter, Evidence* evidence) const {
    auto* why = evidence != nullptr ? &evidence->unknown : nullptr;
    if (zones_matter) {
      if (why != nullptr) {
        why->push_back(
            "there are such events, but their time zone or that of the event is not known");
      }
      return false;
    }
    return absence_.Known(trigger, HostsToCover(trigger), window_, why);
  }

  Truth JudgeCount(EventScope& scope, const Trigger& trigger, const WindowHits& hits,
                   Evidence* evidence) {
    const CountRange& wanted = condition_.count;
    const std::uint64_t count = CountedFor(scope, hits);
    const bool enough = count >= wanted.min;
    // More events cannot change these; everything else rests on having seen all.
    if (enough && !wanted.max) return Truth::kHolds;
    if (wanted.max && condition_.per.empty() && count > *wanted.max) return Truth::kFails;
    const bool zones_matter = hits.possible > 0 && count + hits.possible >= wanted.min;
    if (!SawAll(trigger, zones_matter, evidence)) return Truth::kUnknown;
    return enough && count <= wanted.max.value_or(count) ? Truth::kHolds : Truth::kFails;
  }

  // Events, different values, or the events of the group that comes nearest to the wanted count.
  std::uint64_t CountedFor(EventScope& scope, const WindowHits& hits) {
    if (condition_.per.empty() && condition_.distinct.empty()) return hits.count;
    const std::string& field = condition_.per.empty() ? condition_.distinct : condition_.per;
    if (!scope.groups) {
      const ComparedFields fields{{field, field}, context_.IsHostField(condition_.pattern, field)};
      std::vector<TextId> keys;
      for (std::size_t i = 0; i < hits.list->size(); ++i) {
        keys.push_back(KeyOfEvent((*hits.list)[i], fields));
      }
      scope.groups = std::make_unique<GroupCounter>(std::move(keys));
    }
    scope.groups->MoveTo(hits.certain);
    if (condition_.per.empty()) return scope.groups->groups();
    return scope.groups->NearestSize(condition_.count.min, condition_.count.max);
  }

  // Only the last event not after the trigger counts.
  Truth JudgeLatest(const EventScope& scope, const Trigger& trigger, WindowHits& hits,
                    Evidence* evidence) const {
    const auto position = LastOf(trigger, hits);
    hits.certain.clear();
    if (!position) {
      const bool zones_matter = hits.count > 0 || hits.possible > 0;
      return SawAll(trigger, zones_matter, evidence) ? Truth::kFails : Truth::kUnknown;
    }
    hits.certain.push_back({*position, *position + 1});
    const FieldSource& fields = world_.FieldsOf(number_, (*hits.list)[*position]);
    const bool passes = TestsHold(static_tests_, fields) && TestsHold(scope.tests, fields);
    return passes ? Truth::kHolds : Truth::kFails;
  }

  // Where the last event of a window stands.  Events of the trigger's own clock are later than
  // those without a time; one of the other clock must be certain to lie before the one that is
  // taken. nullopt when there is none or it cannot be told which is the last.
  std::optional<std::size_t> LastOf(const Trigger& trigger, const WindowHits& hits) const {
    const Observation& event = world_[trigger.id];
    std::array<std::optional<std::size_t>, kClocks> last;
    for (const PositionRange& range : hits.certain) {
      last[static_cast<std::size_t>(world_[(*hits.list)[range.begin]].clock)] = range.end - 1;
    }
    const auto of = [&last](Clock clock) { return last[static_cast<std::size_t>(clock)]; };
    const auto own = of(event.clock);
    if (own && event.clock == Clock::kNone) return own;
    if (own) return LaterOnOtherClock(event, *own, hits) ? std::nullopt : own;
    if (hits.possible > 0 || (of(Clock::kUtc) && of(Clock::kWall))) return std::nullopt;
    for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
      if (of(clock)) return of(clock);
    }
    return std::nullopt;
  }

  // True when an event of the other clock may lie between the one at `position` and the trigger.
  bool LaterOnOtherClock(const Observation& event, std::size_t position,
                         const WindowHits& hits) const {
    const Clock other = event.clock == Clock::kUtc ? Clock::kWall : Clock::kUtc;
    const Window since{event.time - world_[(*hits.list)[position]].time, Duration{}};
    const Interval possible = ProjectWindow(since, event.clock, event.time, other).possible;
    return hits.list->Within(other, possible).size() > 0;
  }

  const RuleContext& context_;
  const Observations& world_;
  const EventCondition& condition_;
  PatternNumber number_;
  Window window_;
  AbsenceJudge absence_;
  std::vector<FieldCondition> static_tests_, template_tests_;
  std::vector<std::string> template_fields_;
  std::vector<ComparedFields> same_, differ_;
  std::unique_ptr<MatchList> base_;
  std::unique_ptr<Buckets> buckets_, host_buckets_;
  std::unordered_map<std::vector<TextId>, EventScope, TextsHash> scopes_;
};

}  // namespace

std::unique_ptr<Question> MakeEventQuestion(const RuleContext& context,
                                            const EventCondition& condition) {
  return std::make_unique<EventQuestion>(context, condition);
}

}  // namespace exdiag
