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

#include "engine/signal/burst_finder.h"
#include "engine/signal/group_counter.h"
#include "engine/signal/question.h"
#include "engine/signal/test_templates.h"

namespace exdiag {
namespace {

// What a candidate of a scope has to pass.
struct CandidateTests {
  std::vector<TextId> peers;
  std::vector<TextId> differ;         // keys that the fields of `differ` must not have
  std::vector<FieldCondition> tests;  // without templates
};

// What one kind of trigger makes of the condition.  There may be one for each value that occurs.
struct EventScope {
  std::string_view not_shown;  // not empty: the trigger does not show this; nothing can be said
  const MatchList* candidates = nullptr;  // right host where one is named, right `same` values
  std::unique_ptr<const CandidateTests> tests;  // nullptr: none
  TextId host = kEmptyText;
  bool more_tests = false;              // not every candidate counts
  std::size_t looked_at = 0;            // candidates tried one by one so far
  std::unique_ptr<MatchList> counting;  // candidates that pass, when it was worth making
  std::unique_ptr<GroupCounter> groups;
  std::unique_ptr<BurstFinder> bursts;
};

// The trigger, and the event that the window lies around: the trigger again, or another that the
// condition names with `of`.
struct Asked {
  const Trigger& trigger;
  const Trigger& of;
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
  // Where the events stand in the list that never count: the trigger and the one in the middle.
  std::vector<std::size_t> left_out;
  bool too_much = false;  // to look at
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
    if (condition.of != nullptr) of_ = MakeEventQuestion(context, *condition.of);
    for (const FieldPair& pair : condition.same) same_.push_back({pair, AsHosts(pair)});
    for (const FieldPair& pair : condition.differ) differ_.push_back({pair, AsHosts(pair)});
  }

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    if (condition_.on_trigger) return AskTrigger(trigger, evidence);
    if (of_ == nullptr) return AskAround({trigger, trigger}, evidence);
    Evidence found;
    const Outcome outcome = of_->Ask(trigger, &found);
    if (outcome.truth != Truth::kHolds) {
      if (evidence != nullptr) evidence->unknown = std::move(found.unknown);
      return outcome;
    }
    const Trigger of = AnchorFrom(context_, *condition_.of, trigger, found);
    return AskAround({trigger, of}, evidence);
  }

  void Forget() override {
    if (of_ != nullptr) of_->Forget();
    if (context_.rule.events[condition_.pattern].fact_kind.empty()) return;
    base_.reset();
    buckets_.reset();
    host_buckets_.reset();
    scopes_.clear();
  }

 private:
  Outcome AskAround(const Asked& asked, Evidence* evidence) {
    EventScope& scope = ScopeOf(asked);
    if (!scope.not_shown.empty()) {
      if (evidence != nullptr) {
        evidence->unknown.push_back(fmt::format("the event does not show {}", scope.not_shown));
      }
      return {Truth::kUnknown, false};
    }
    WindowHits hits = HitsOf(scope, asked);
    Truth truth = condition_.latest ? JudgeLatest(scope, asked, hits, evidence)
                                    : JudgeCount(scope, asked, hits, evidence);
    if (hits.too_much) {
      truth = Truth::kUnknown;
      if (evidence != nullptr) evidence->unknown.emplace_back(kTooMuchWork);
      return {truth, false};
    }
    if (evidence != nullptr) {
      for (const PositionRange& range : hits.certain) {
        evidence->events.push_back({condition_.pattern, hits.list, range, truth == Truth::kHolds});
      }
    }
    return {truth, false};
  }

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
    if (!Pass(*tests, trigger.id)) return {Truth::kFails, false};
    if (evidence != nullptr) {
      evidence->events.push_back({condition_.pattern, &matches, {position, position + 1}, true});
    }
    return {Truth::kHolds, false};
  }

  bool Pass(const std::vector<FieldCondition>& tests, ObservationId id) const {
    return TestsHold(tests, world_.FieldsOf(number_, id), nullptr, context_.complaints);
  }

  // ---- scopes

  // Two fields are compared as hosts when one of them is a host.
  bool AsHosts(const FieldPair& pair) const {
    std::vector<std::size_t> around = context_.rule.triggers;
    if (condition_.of != nullptr) around = {condition_.of->pattern};
    return context_.IsHostField(condition_.pattern, pair.here) ||
           std::any_of(around.begin(), around.end(), [&](std::size_t pattern) {
             return context_.IsHostField(pattern, pair.there);
           });
  }

  TextId KeyOfOther(const Trigger& of, const ComparedFields& fields) const {
    return world_.EqualityKey(context_.TriggerValue(of, fields.pair.there), fields.as_hosts);
  }

  EventScope& ScopeOf(const Asked& asked) {
    const auto& [trigger, of] = asked;
    std::vector<TextId> signature;
    signature.push_back(condition_.host == HostScope::kAny ? kEmptyText : world_.HostOf(of.id));
    if (condition_.host == HostScope::kPeer) {
      signature.insert(signature.end(), of.peers.begin(), of.peers.end());
      signature.push_back(kNotShown);
    }
    for (const auto* compared : {&same_, &differ_}) {
      for (const ComparedFields& fields : *compared) {
        signature.push_back(KeyOfOther(of, fields));
      }
    }
    if (!template_fields_.empty()) signature.push_back(static_cast<TextId>(trigger.pattern));
    for (const std::string& field : template_fields_) {
      signature.push_back(context_.TriggerValue(trigger, field));
    }
    const auto found = scopes_.find(signature);
    if (found != scopes_.end()) return found->second;
    return scopes_.emplace(std::move(signature), MakeScope(asked)).first->second;
  }

  EventScope MakeScope(const Asked& asked) {
    const auto& [trigger, of] = asked;
    EventScope scope;
    scope.host = world_.HostOf(of.id);
    CandidateTests tests;
    if (condition_.host == HostScope::kPeer) {
      tests.peers = of.peers;
      if (tests.peers.empty()) scope.not_shown = "which other host is meant";
    }
    std::vector<TextId> bucket;
    for (const ComparedFields& fields : same_) {
      bucket.push_back(KeyOfOther(of, fields));
      if (bucket.back() == kNotShown) scope.not_shown = fields.pair.there;
    }
    for (const ComparedFields& fields : differ_) {
      tests.differ.push_back(KeyOfOther(of, fields));
      if (tests.differ.back() == kNotShown) scope.not_shown = fields.pair.there;
    }
    auto field_tests = InstantiateTests(template_tests_, context_.LookupIn(trigger));
    if (!field_tests) scope.not_shown = NotShownAmong(trigger);
    if (!scope.not_shown.empty()) return scope;
    tests.tests = std::move(*field_tests);
    scope.candidates = &Candidates(scope.host, tests.peers, std::move(bucket));
    const bool several_peers = tests.peers.size() > 1;
    scope.more_tests = several_peers || condition_.host == HostScope::kOther ||
                       !tests.differ.empty() || (!tests.tests.empty() && !condition_.latest);
    if (scope.more_tests || !tests.tests.empty()) {
      scope.tests = std::make_unique<const CandidateTests>(std::move(tests));
    }
    return scope;
  }

  std::string_view NotShownAmong(const Trigger& trigger) const {
    for (const std::string& field : template_fields_) {
      if (context_.TriggerValue(trigger, field) == kNotShown) return field;
    }
    return "a value";
  }

  // Key of the host (when only one host's events count), then of the `same` fields.
  const MatchList& Candidates(TextId host, const std::vector<TextId>& peers,
                              std::vector<TextId> key) {
    if (condition_.host == HostScope::kSame) key.push_back(host);
    if (condition_.host == HostScope::kPeer && peers.size() == 1) key.push_back(peers.front());
    if (key.empty()) return Base();
    const bool by_host = key.size() > same_.size();
    auto& buckets = by_host ? host_buckets_ : buckets_;
    if (!buckets) buckets = MakeBuckets(by_host);
    return buckets->try_emplace(std::move(key), world_.times()).first->second;
  }

  using Buckets = std::unordered_map<std::vector<TextId>, MatchList, TextsHash>;

  std::unique_ptr<Buckets> MakeBuckets(bool by_host) {
    auto buckets = std::make_unique<Buckets>();
    const MatchList& base = Base();
    base.ForEach([&](ObservationId id) {
      std::vector<TextId> key;
      for (const ComparedFields& fields : same_) key.push_back(KeyOfEvent(id, fields));
      if (by_host) key.push_back(world_.HostOf(id));
      buckets->try_emplace(std::move(key), world_.times()).first->second.Append(id);
    });
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
    base_ = std::make_unique<MatchList>(world_.times());
    all.ForEach([&](ObservationId id) {
      if (Pass(static_tests_, id)) base_->Append(id);
    });
    return *base_;
  }

  // Of a scope with more tests.
  bool Passes(const EventScope& scope, ObservationId id) const {
    const TextId host = world_.HostOf(id);
    // An event that names no computer is not known to come from another one.
    if (condition_.host == HostScope::kOther &&
        (host == scope.host || host == kEmptyText || scope.host == kEmptyText)) {
      return false;
    }
    const auto& [peers, differ, tests] = *scope.tests;
    if (condition_.host == HostScope::kPeer &&
        std::find(peers.begin(), peers.end(), host) == peers.end()) {
      return false;
    }
    for (std::size_t i = 0; i < differ.size(); ++i) {
      const TextId key = KeyOfEvent(id, differ_[i]);
      if (key == kNotShown || key == differ[i]) return false;
    }
    return condition_.latest || Pass(tests, id);
  }

  // ---- windows

  // nullptr when it would be too much to make.
  const MatchList* CountingList(EventScope& scope) {
    if (!scope.more_tests) return scope.candidates;
    if (scope.counting) return scope.counting.get();
    if (!Spend(scope, scope.candidates->size())) return nullptr;
    // Often all but a few count, as with `differ`.
    IdSet counting, others;
    scope.candidates->ForEach(
        [&](ObservationId id) { (Passes(scope, id) ? counting : others).Append(id); });
    const bool few = counting.size() <= others.size();
    scope.counting = few ? std::make_unique<MatchList>(world_.times(), std::move(counting))
                         : std::make_unique<MatchList>(*scope.candidates, std::move(others));
    return scope.counting.get();
  }

  static bool HasFieldTests(const EventScope& scope) {
    return scope.tests != nullptr && !scope.tests->tests.empty();
  }

  // Steps for trying `events`; those with field tests cost more.
  bool Spend(const EventScope& scope, std::size_t events) {
    constexpr std::size_t kTest = 8;
    return context_.work.Spend(events * (HasFieldTests(scope) ? kTest : 1));
  }

  WindowHits HitsOf(EventScope& scope, const Asked& asked) {
    const bool needs_list = condition_.latest || condition_.in || !condition_.per.empty() ||
                            !condition_.distinct.empty();
    const bool one_by_one = scope.more_tests && !scope.counting && !needs_list &&
                            scope.looked_at <= scope.candidates->size();
    WindowHits hits;
    hits.list = one_by_one ? scope.candidates : CountingList(scope);
    if (hits.list == nullptr) {
      hits.too_much = true;
      return hits;
    }
    hits.left_out = LeftOut(*hits.list, asked);
    const Observation& event = world_[asked.of.id];
    for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
      const WindowOnClock window = ProjectWindow(window_, event.clock, event.time, clock);
      const PositionRange possible = hits.list->Within(clock, window.possible);
      PositionRange certain = hits.list->Within(clock, window.certain);
      if (certain.size() == 0) certain = {possible.end, possible.end};
      scope.looked_at += possible.size();
      if (one_by_one && !Spend(scope, possible.size())) {
        hits.too_much = true;
        return hits;
      }
      for (const PositionRange part : Parts(certain, hits.left_out)) {
        one_by_one ? AddPassing(scope, part, hits) : Add(part, hits);
      }
      for (const PositionRange side : {PositionRange{possible.begin, certain.begin},
                                       PositionRange{certain.end, possible.end}}) {
        for (const PositionRange part : Parts(side, hits.left_out)) {
          hits.possible += one_by_one ? CountPassing(scope, part) : part.size();
        }
      }
    }
    return hits;
  }

  static std::vector<std::size_t> LeftOut(const MatchList& list, const Asked& asked) {
    std::vector<std::size_t> positions;
    for (const ObservationId id :
         {std::min(asked.trigger.id, asked.of.id), std::max(asked.trigger.id, asked.of.id)}) {
      const std::size_t position = list.Find(id);
      if (position == list.size()) continue;
      if (positions.empty() || positions.back() != position) positions.push_back(position);
    }
    return positions;
  }

  // What is left of `range` without some positions.
  static std::vector<PositionRange> Parts(PositionRange range,
                                          const std::vector<std::size_t>& without) {
    std::vector<PositionRange> parts;
    for (const std::size_t position : without) {
      if (position < range.begin || position >= range.end) continue;
      if (position > range.begin) parts.push_back({range.begin, position});
      range.begin = position + 1;
    }
    if (range.size() > 0) parts.push_back(range);
    return parts;
  }

  static void Add(PositionRange part, WindowHits& hits) {
    hits.certain.push_back(part);
    hits.count += part.size();
  }

  void AddPassing(const EventScope& scope, PositionRange range, WindowHits& hits) const {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (!Passes(scope, (*hits.list)[i])) continue;
      ++hits.count;
      if (!hits.certain.empty() && hits.certain.back().end == i) {
        ++hits.certain.back().end;
      } else {
        hits.certain.push_back({i, i + 1});
      }
    }
  }

  std::size_t CountPassing(const EventScope& scope, PositionRange range) const {
    std::size_t count = 0;
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (Passes(scope, (*scope.candidates)[i])) ++count;
    }
    return count;
  }

  // ---- judging

  // The hosts whose logs must have been read before "not seen" means "not there".
  std::vector<TextId> HostsToCover(const Asked& asked) const {
    switch (condition_.host) {
      case HostScope::kSame:
        return {world_.HostOf(asked.of.id)};
      case HostScope::kPeer:
        return asked.of.peers;
      case HostScope::kOther:
      case HostScope::kAny:
        break;
    }
    return asked.trigger.hosts;
  }

  // True when nothing that counts can have happened unseen.
  bool SawAll(const Asked& asked, bool zones_matter, Evidence* evidence) const {
    auto* why = evidence != nullptr ? &evidence->unknown : nullptr;
    if (zones_matter) {
      if (why != nullptr) {
        why->push_back(
            "there are such events, but their time zone or that of the event is not known");
      }
      return false;
    }
    return absence_.Known(asked.of, HostsToCover(asked), window_, why);
  }

  Truth JudgeCount(EventScope& scope, const Asked& asked, WindowHits& hits, Evidence* evidence) {
    if (hits.too_much) return Truth::kUnknown;
    const CountRange& wanted = condition_.count;
    const std::uint64_t count = CountedFor(scope, hits);
    if (hits.too_much) return Truth::kUnknown;
    const bool enough = count >= wanted.min;
    // More events cannot change these; everything else rests on having seen all.
    if (enough && !wanted.max) return Truth::kHolds;
    if (wanted.max && condition_.per.empty() && count > *wanted.max) return Truth::kFails;
    // Any of the events of other clocks may belong to the group or the span that counts.  A group
    // that is too large already is nothing to build on.
    const bool too_large = wanted.max && count > *wanted.max;
    const std::uint64_t at_most = (condition_.in ? hits.count
                                   : too_large   ? 0
                                                 : count) +
                                  hits.possible;
    const bool may_be_too_many = enough && condition_.per.empty();
    const bool zones_matter =
        hits.possible > 0 && (may_be_too_many ? at_most > *wanted.max : at_most >= wanted.min);
    if (!SawAll(asked, zones_matter, evidence)) return Truth::kUnknown;
    return enough && count <= wanted.max.value_or(count) ? Truth::kHolds : Truth::kFails;
  }

  // Events, different values, or the events of the group that comes nearest to the wanted count.
  // With `in`, the wanted count when it is reached and else 0.
  std::uint64_t CountedFor(EventScope& scope, WindowHits& hits) {
    if (condition_.in) return CountedInSpan(scope, hits);
    if (condition_.per.empty() && condition_.distinct.empty()) return hits.count;
    const std::string& field = condition_.per.empty() ? condition_.distinct : condition_.per;
    if (!scope.groups) {
      scope.groups = std::make_unique<GroupCounter>(*hits.list, KeyReader(field));
    }
    if (!context_.work.Spend(scope.groups->MoveTo(hits.certain))) hits.too_much = true;
    if (condition_.per.empty()) return scope.groups->groups();
    return scope.groups->NearestSize(condition_.count.min, condition_.count.max);
  }

  GroupCounter::KeyOf KeyReader(const std::string& field) const {
    const ComparedFields fields{{field, field}, context_.IsHostField(condition_.pattern, field)};
    return [this, fields](ObservationId id) { return KeyOfEvent(id, fields); };
  }

  SpilledList<TextId> KeysOf(const MatchList& list, const std::string& field) const {
    const GroupCounter::KeyOf key_of = KeyReader(field);
    SpilledList<TextId> keys(BurstFinder::kMemory);
    list.ForEach([&](ObservationId id) { keys.push_back(key_of(id)); });
    return keys;
  }

  std::uint64_t CountedInSpan(EventScope& scope, WindowHits& hits) {
    if (!scope.bursts) {
      SpilledList<TextId> keys(BurstFinder::kMemory);
      if (!condition_.per.empty()) keys = KeysOf(*hits.list, condition_.per);
      scope.bursts = std::make_unique<BurstFinder>(*hits.list, std::move(keys),
                                                   condition_.count.min, *condition_.in);
    }
    const auto found = scope.bursts->Any(hits.certain, context_.work);
    if (!scope.bursts->ok()) world_.NoteUnreadable();
    if (!found) hits.too_much = true;
    return found.value_or(false) ? condition_.count.min : 0;
  }

  // Only the last event not after the one in the middle counts.
  Truth JudgeLatest(const EventScope& scope, const Asked& asked, WindowHits& hits,
                    Evidence* evidence) const {
    if (hits.too_much) return Truth::kUnknown;
    const auto position = LastOf(asked, hits);
    if (!position) {
      hits.certain.clear();
      const bool zones_matter = hits.count > 0 || hits.possible > 0;
      return SawAll(asked, zones_matter, evidence) ? Truth::kFails : Truth::kUnknown;
    }
    KeepPassingAt(*position, scope, hits);
    return hits.certain.empty() ? Truth::kFails : Truth::kHolds;
  }

  // Of the hits at the time of the one at `last`, those that pass the tests.
  void KeepPassingAt(std::size_t last, const EventScope& scope, WindowHits& hits) const {
    const Observation& event = world_[(*hits.list)[last]];
    const PositionRange at = hits.list->Within(event.clock, {event.time.value, event.time.value});
    hits.certain.clear();
    for (std::size_t i = at.begin; i < at.end; ++i) {
      const bool left_out =
          std::find(hits.left_out.begin(), hits.left_out.end(), i) != hits.left_out.end();
      const ObservationId id = (*hits.list)[i];
      if (left_out || !Pass(static_tests_, id)) continue;
      if (HasFieldTests(scope) && !Pass(scope.tests->tests, id)) continue;
      hits.certain.push_back({i, i + 1});
    }
  }

  // Where the last event of a window stands; nullopt when there is none, or when it depends on the
  // zone which one it is.
  std::optional<std::size_t> LastOf(const Asked& asked, const WindowHits& hits) const {
    std::array<std::optional<std::size_t>, kClocks> last;
    for (const PositionRange& range : hits.certain) {
      last[static_cast<std::size_t>(world_[(*hits.list)[range.begin]].clock)] = range.end - 1;
    }
    const auto of = [&last](Clock clock) { return last[static_cast<std::size_t>(clock)]; };
    const Observation& event = world_[asked.of.id];
    if (event.clock == Clock::kNone) {
      // Events without a time are simultaneous with this one.
      if (of(Clock::kNone)) return of(Clock::kNone);
      if (of(Clock::kUtc) && of(Clock::kWall)) {
        return LaterOf(*of(Clock::kUtc), *of(Clock::kWall), *hits.list);
      }
      return of(Clock::kUtc) ? of(Clock::kUtc) : of(Clock::kWall);
    }
    const auto own = of(event.clock);
    Window since = window_;
    if (own) since.before = Duration{event.time.value - hits.list->TimeAt(*own)};
    const Clock other = event.clock == Clock::kUtc ? Clock::kWall : Clock::kUtc;
    const WindowOnClock after_own = ProjectWindow(since, event.clock, event.time, other);
    const auto others = Parts(hits.list->Within(other, after_own.possible), hits.left_out);
    if (others.empty()) return own ? own : of(Clock::kNone);
    const std::size_t latest = others.back().end - 1;
    const std::int64_t time = hits.list->TimeAt(latest);
    const bool ties = own && time == after_own.certain.from;
    return after_own.certain.Contains(time) && !ties ? std::optional(latest) : std::nullopt;
  }

  // Of a UTC time and a wall clock, the one that is later in every zone.
  static std::optional<std::size_t> LaterOf(std::size_t utc, std::size_t wall,
                                            const MatchList& list) {
    const Interval around =
        ProjectWindow({}, Clock::kUtc, Ticks{list.TimeAt(utc)}, Clock::kWall).possible;
    if (list.TimeAt(wall) > around.to) return wall;
    if (list.TimeAt(wall) < around.from) return utc;
    return std::nullopt;
  }

  const RuleContext& context_;
  const Observations& world_;
  const EventCondition& condition_;
  PatternNumber number_;
  Window window_;
  AbsenceJudge absence_;
  std::unique_ptr<Question> of_;  // finds the event that the window lies around; none: the trigger
  std::vector<FieldCondition> static_tests_, template_tests_;
  std::vector<std::string> template_fields_;
  std::vector<ComparedFields> same_, differ_;
  std::unique_ptr<MatchList> base_;
  std::unique_ptr<Buckets> buckets_, host_buckets_;
  std::unordered_map<std::vector<TextId>, EventScope, TextsHash> scopes_;
};

}  // namespace

Trigger AnchorFrom(const RuleContext& context, const EventCondition& of, const Trigger& trigger,
                   const Evidence& found) {
  const Evidence::Hits& first = found.events.front();
  Trigger anchor;
  anchor.id = (*first.list)[first.range.begin];
  anchor.pattern = of.pattern;
  anchor.hosts = trigger.hosts;
  anchor.peers = context.PeersOf(trigger.hosts, anchor.id);
  return anchor;
}

std::unique_ptr<Question> MakeEventQuestion(const RuleContext& context,
                                            const EventCondition& condition) {
  return std::make_unique<EventQuestion>(context, condition);
}

}  // namespace exdiag
