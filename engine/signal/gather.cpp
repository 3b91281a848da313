#include "engine/signal/gather.h"

#include <xxhash.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "engine/base/spilled_sort.h"
#include "engine/base/text.h"

namespace exdiag {
namespace {

// Providers are compared without case.
std::string KindKey(std::string_view provider, std::uint16_t id) {
  std::string key = ToLower(provider);
  key.push_back('/');
  key.append(std::to_string(id));
  return key;
}

std::uint64_t ContentHashOf(const Event& event) {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  for (const auto& text : event.strings) {
    const std::uint64_t length = text ? text->size() + 1 : 0;
    XXH3_64bits_update(state, &length, sizeof length);
    if (text) XXH3_64bits_update(state, text->data(), text->size());
  }
  XXH3_64bits_update(state, event.message.data(), event.message.size());
  const std::uint64_t hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return hash;
}

bool LevelFits(const EventPattern& pattern, Level level) {
  return pattern.levels.empty() ||
         std::find(pattern.levels.begin(), pattern.levels.end(), level) != pattern.levels.end();
}

// Facts in an order that does not depend on that of import.
bool FactBefore(const Fact& a, const Fact& b) {
  return std::tie(a.observed_at, a.kind, a.host, a.attributes, a.where.file, a.where.place.value) <
         std::tie(b.observed_at, b.kind, b.host, b.attributes, b.where.file, b.where.place.value);
}

// Of two ways to write a host the shorter one is shown.
template <typename Host>
void KeepName(std::map<Host, std::string>& names, const Host& host, std::string_view written) {
  const auto [name, is_new] = names.try_emplace(host, written);
  if (is_new) return;
  const auto rank = [](std::string_view text) { return std::pair(text.size(), text); };
  if (rank(written) < rank(name->second)) name->second = written;
}

}  // namespace

namespace {

// CoverageMap::LogsAt asks for a time within a day of a window: a time between two others that are
// no further than two days apart never changes an answer.
constexpr std::int64_t kTwoDays = 2 * 86'400 * kTicksPerSecond;

// As Thinned() does at the end, as far as the times come in order.
void AddThinned(std::int64_t time, std::vector<std::int64_t>& times) {
  const std::size_t size = times.size();
  const bool drops_last = size >= 2 && times[size - 2] <= times[size - 1] &&
                          times[size - 1] <= time && time - times[size - 2] <= kTwoDays;
  if (drops_last) {
    times.back() = time;
  } else {
    times.push_back(time);
  }
}

std::vector<std::int64_t> Thinned(std::vector<std::int64_t> times) {
  std::sort(times.begin(), times.end());
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const bool between =
        !kept.empty() && i + 1 < times.size() && times[i + 1] - kept.back() <= kTwoDays;
    if (!between) kept.push_back(times[i]);
  }
  return kept;
}

void PackNames(const std::map<std::string, std::string>& names, PackedWriter& out) {
  out.Number(names.size());
  for (const auto& [host, written] : names) {
    out.Text(host);
    out.Text(written);
  }
}

std::map<std::string, std::string> UnpackNames(PackedReader& in) {
  std::map<std::string, std::string> names;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string host(in.Text());
    names.emplace(std::move(host), in.Text());
  }
  return names;
}

}  // namespace

std::string SummaryKey(const Knowledge& knowledge, const EventKind& kind) {
  return KindKey(knowledge.catalogue().CanonicalProvider(kind.provider), kind.event_id);
}

void PackSummaries(const KindSummaries& summaries, PackedWriter& out) {
  out.Number(summaries.size());
  for (const auto& [key, summary] : summaries) {
    const auto& [computers, mentions, raised] = summary;
    out.Text(key);
    PackNames(computers, out);
    PackNames(mentions, out);
    out.Number(raised.size());
    for (const auto& [level, times] : raised) {
      const auto& [host, provider, logged_at, clock] = level;
      out.Text(host);
      out.Text(provider);
      out.Number(static_cast<std::uint64_t>(logged_at));
      out.Number(static_cast<std::uint64_t>(clock));
      out.Number(times.size());
      for (const std::int64_t time : times) out.Signed(time);
    }
  }
}

KindSummaries UnpackSummaries(PackedReader& in) {
  KindSummaries summaries;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    KindSummary& summary = summaries[std::string(in.Text())];
    summary.computers = UnpackNames(in);
    summary.mentions = UnpackNames(in);
    for (std::size_t levels = in.Count(); levels > 0 && in.ok(); --levels) {
      std::string host(in.Text());
      std::string provider(in.Text());
      const auto logged_at = static_cast<LoggedAt>(in.Number());
      const auto clock = static_cast<Clock>(in.Number());
      auto& times = summary.raised[{std::move(host), std::move(provider), logged_at, clock}];
      times.resize(in.Count());
      for (std::int64_t& time : times) time = in.Signed();
    }
  }
  return summaries;
}

// Builds Observations: events as they stream by, facts, then everything put in order.
class Gatherer {
 public:
  Gatherer(const PatternTable& patterns, const Knowledge& knowledge, RegexComplaints& complaints,
           Observations& out, CoverageMap& coverage, const GatherOptions& options)
      : patterns_(patterns),
        knowledge_(knowledge),
        complaints_(complaints),
        out_(out),
        coverage_(coverage),
        options_(options),
        fields_(knowledge.catalogue()) {
    out_.patterns_ = &patterns_;
    for (std::size_t i = 0; i < patterns_.entries().size(); ++i) {
      out_.matches_.emplace_back(out_.times_);
      out_.captures_.emplace_back();
    }
  }

  Result<void> Run(const Store& store) {
    if (const auto read = ReadEvents(store); !read) return read;
    TakeSummaries();
    if (const auto read = ReadFacts(store); !read) return read;
    const auto rows = store.CoverageRows();
    if (!rows) return rows.error();
    for (const Coverage& row : *rows) coverage_.AddRow(row);
    coverage_.Finish();
    return PutInOrder();
  }

 private:
  using HostNames = std::map<TextId, std::string>;

  // What to do with the events of one kind, and what they told.
  struct Plan {
    std::uint32_t kind = 0;
    std::vector<PatternNumber> patterns;
    LoggedAt logged_at = LoggedAt::kAlways;
    HostNames computers, mentions;
    std::map<KindSummary::Level, std::vector<std::int64_t>> raised;
  };
  // An observation whose place among the others is not known yet.
  struct Unplaced {
    Observation item;
    // Hash of strings and message, which orders what is otherwise equal.
    std::uint64_t content = 0;
    // Of its patterns in matches_: each with the texts that it captured.
    std::uint32_t first_match = 0;
    std::uint32_t matches = 0;
  };
  struct Before {
    const Gatherer& owner;
    bool operator()(const Unplaced& a, const Unplaced& b) const { return owner.IsBefore(a, b); }
  };

  Result<void> ReadEvents(const Store& store) {
    const std::vector<EventQuery> queries = Queries();
    may_repeat_ = queries.size() > 1;
    for (const EventQuery& query : queries) {
      const auto read = store.ForEachEvent(query, [this](const Event& event) {
        OnEvent(event);
        return true;
      });
      if (!read) return read;
    }
    return {};
  }

  // One query for all patterns with providers and IDs; patterns without one of the two need their
  // own.
  std::vector<EventQuery> Queries() const {
    std::vector<EventQuery> queries;
    EventQuery by_kind;
    by_kind.kinds = GatheredKinds(patterns_, knowledge_);
    by_kind.kinds.insert(by_kind.kinds.end(), options_.more_kinds.begin(),
                         options_.more_kinds.end());
    if (!by_kind.kinds.empty()) queries.push_back(std::move(by_kind));
    for (const auto& entry : patterns_.entries()) {
      const EventPattern& pattern = *entry.pattern;
      if (!pattern.fact_kind.empty()) continue;
      if (pattern.providers.empty() || pattern.ids.empty()) {
        EventQuery& query = queries.emplace_back();
        query.providers = pattern.providers;
        query.event_ids = pattern.ids;
      }
    }
    return queries;
  }

  Plan& PlanFor(const Event& event) {
    if (event.provider == last_provider_ && event.event_id == last_id_ && last_plan_ != nullptr) {
      return *last_plan_;
    }
    last_provider_ = event.provider;
    last_id_ = event.event_id;
    const std::string key = KindKey(event.provider, event.event_id);
    const auto found = plans_.find(key);
    last_plan_ = found != plans_.end() ? &found->second
                                       : &plans_.emplace(key, MakePlan(event)).first->second;
    return *last_plan_;
  }

  Plan MakePlan(const Event& event) {
    Plan plan;
    plan.kind = static_cast<std::uint32_t>(out_.kinds_.size());
    const std::string_view provider = knowledge_.catalogue().CanonicalProvider(event.provider);
    ObservationKind kind;
    kind.event = {std::string(provider), event.event_id};
    std::set<std::string, std::less<>> columns;
    for (std::size_t i = 0; i < patterns_.entries().size(); ++i) {
      if (!Names(*patterns_.entries()[i].pattern, event.provider, event.event_id)) continue;
      const auto number = static_cast<PatternNumber>(i);
      plan.patterns.push_back(number);
      columns.insert(patterns_.kept_fields(number).begin(), patterns_.kept_fields(number).end());
    }
    kind.columns.assign(columns.begin(), columns.end());
    plan.logged_at = LoggingOf(knowledge_.catalogue(), kind.event).logged_at;
    out_.kinds_.push_back(std::move(kind));
    return plan;
  }

  bool Names(const EventPattern& pattern, std::string_view provider, std::uint16_t id) const {
    if (!pattern.fact_kind.empty()) return false;
    const bool id_fits = pattern.ids.empty() ||
                         std::find(pattern.ids.begin(), pattern.ids.end(), id) != pattern.ids.end();
    if (!id_fits) return false;
    const Catalogue& catalogue = knowledge_.catalogue();
    const std::string_view canonical = catalogue.CanonicalProvider(provider);
    return pattern.providers.empty() ||
           std::any_of(pattern.providers.begin(), pattern.providers.end(),
                       [&](const std::string& name) {
                         return EqualsIgnoreCase(catalogue.CanonicalProvider(name), canonical);
                       });
  }

  void OnEvent(const Event& event) {
    Plan& plan = PlanFor(event);
    if (may_repeat_ && !rows_.insert(event.id).second) return;
    if (plan.logged_at != LoggedAt::kAlways) {
      AddThinned(event.time.value, plan.raised[{event.host, event.provider, plan.logged_at,
                                                ClockOf(event.time, event.time_basis)}]);
    }
    fields_.Bind(event);
    Unplaced found = BeginMatches();
    for (const PatternNumber number : plan.patterns) {
      const EventPattern& pattern = *patterns_.entries()[number].pattern;
      if (LevelFits(pattern, event.level)) Match(number, fields_, found);
    }
    if (found.matches > 0) Keep(event, plan, found);
  }

  Unplaced BeginMatches() const {
    Unplaced found;
    found.first_match = static_cast<std::uint32_t>(matches_.size());
    return found;
  }

  // Notes that the pattern matches, and what it captures, when its tests hold.
  void Match(PatternNumber number, const FieldSource& fields, Unplaced& found) {
    const auto& [pattern, captures] = patterns_.entries()[number];
    captures_.clear();
    if (!TestsHold(pattern->where_all, fields, &captures_, &complaints_)) return;
    ++found.matches;
    matches_.push_back(number);
    for (const std::string& name : captures) {
      const auto captured =
          std::find_if(captures_.begin(), captures_.end(),
                       [&name](const auto& capture) { return capture.first == name; });
      matches_.push_back(captured != captures_.end() ? out_.texts_.Intern(captured->second)
                                                     : kNotShown);
    }
  }

  void Keep(const Event& event, Plan& plan, Unplaced& found) {
    Observation& item = found.item;
    item.row = event.id;
    item.time = event.time;
    item.time_basis = event.time_basis;
    item.clock = ClockOf(event.time, event.time_basis);
    item.record_id = event.record_id;
    item.host = out_.texts_.Intern(event.host);
    item.computer = out_.texts_.Intern(event.computer);
    found.content = ContentHashOf(event);
    if (!event.computer.empty()) KeepName(plan.computers, item.host, event.computer);
    Add(found, plan.kind, fields_, fields_.NamedHosts(), &plan.mentions);
  }

  void Add(Unplaced& found, std::uint32_t kind, const FieldSource& fields,
           const std::vector<std::string_view>& named_hosts, HostNames* mentions) {
    Observation& item = found.item;
    item.kind = kind;
    item.first_value = static_cast<std::uint32_t>(out_.values_.size());
    for (const std::string& column : out_.kinds_[kind].columns) {
      const auto value = fields.Find(column);
      out_.values_.push_back(value ? out_.texts_.Intern(*value) : kNotShown);
    }
    item.first_named_host = static_cast<std::uint32_t>(out_.named_hosts_.size());
    for (const std::string_view written : named_hosts) {
      const TextId host = out_.texts_.Intern(CanonicalHost(Trim(written)));
      if (host == kEmptyText) continue;
      if (mentions != nullptr) KeepName(*mentions, host, Trim(written));
      out_.named_hosts_.push_back(host);
      ++item.named_hosts;
    }
    unplaced_.Add(found);
  }

  // What the kinds told, those that were read now and those that are known already.
  void TakeSummaries() {
    KindSummaries summaries;
    const KindSummaries none;
    const KindSummaries& known = options_.summaries == nullptr ? none : *options_.summaries;
    for (const auto& [key, plan] : plans_) {
      const std::string summary_key = SummaryKey(knowledge_, out_.kinds_[plan.kind].event);
      if (!known.contains(summary_key)) AddTo(summaries[summary_key], plan);
    }
    summaries.insert(known.begin(), known.end());
    for (const auto& [key, summary] : summaries) {
      for (const auto& [host, written] : summary.computers) {
        KeepName(out_.computers_, out_.texts_.Intern(host), written);
      }
      for (const auto& [host, written] : summary.mentions) {
        KeepName(out_.mentions_, out_.texts_.Intern(host), written);
      }
      for (const auto& [level, times] : summary.raised) {
        const auto& [host, provider, logged_at, clock] = level;
        for (const std::int64_t time : times) {
          coverage_.AddRaised(host, provider, logged_at, clock, {time});
        }
      }
    }
    if (options_.summaries != nullptr) *options_.summaries = std::move(summaries);
  }

  void AddTo(KindSummary& summary, const Plan& plan) const {
    for (const auto& [host, written] : plan.computers) {
      KeepName(summary.computers, std::string(out_.texts_.Text(host)), written);
    }
    for (const auto& [host, written] : plan.mentions) {
      KeepName(summary.mentions, std::string(out_.texts_.Text(host)), written);
    }
    for (const auto& [level, times] : plan.raised) {
      auto& all = summary.raised[level];
      all.insert(all.end(), times.begin(), times.end());
      all = Thinned(std::move(all));
    }
  }

  Result<void> ReadFacts(const Store& store) {
    auto facts = store.Facts();
    if (!facts) return facts.error();
    out_.facts_ = std::move(*facts);
    std::sort(out_.facts_.begin(), out_.facts_.end(), FactBefore);
    for (const Fact& fact : out_.facts_) coverage_.AddListing(fact);
    out_.known_facts_ = out_.facts_.size();
    out_.facts_.insert(out_.facts_.end(), options_.supposed.begin(), options_.supposed.end());
    for (std::size_t i = 0; i < out_.facts_.size(); ++i) OnFact(i);
    return {};
  }

  void OnFact(std::size_t index) {
    const Fact& fact = out_.facts_[index];
    const FactFields fields(fact);
    Unplaced found = BeginMatches();
    for (std::size_t i = 0; i < patterns_.entries().size(); ++i) {
      const EventPattern& pattern = *patterns_.entries()[i].pattern;
      if (pattern.fact_kind.empty() || !EqualsIgnoreCase(pattern.fact_kind, fact.kind)) continue;
      Match(static_cast<PatternNumber>(i), fields, found);
    }
    if (found.matches > 0) KeepFact(fact, index, found);
  }

  void KeepFact(const Fact& fact, std::size_t index, Unplaced& found) {
    const auto [kind, is_new] =
        fact_kinds_.try_emplace(fact.kind, static_cast<std::uint32_t>(out_.kinds_.size()));
    if (is_new) out_.kinds_.emplace_back().fact_kind = fact.kind;
    Observation& item = found.item;
    item.row = -static_cast<std::int64_t>(index) - 1;
    item.time = fact.observed_at;
    item.time_basis = fact.observed_at.known() ? fact.time_basis : TimeBasis::kNone;
    item.clock = ClockOf(fact.observed_at, fact.time_basis);
    item.host = out_.texts_.Intern(fact.host);
    item.computer = item.host;
    Add(found, kind->second, FactFields(fact), {}, nullptr);
  }

  // Equal times are ordered by what the events say, never by when they were imported.
  bool IsBefore(const Unplaced& first, const Unplaced& second) const {
    const Observation &a = first.item, &b = second.item;
    if (a.clock != b.clock) return a.clock < b.clock;
    if (a.time != b.time) return a.time < b.time;
    if (a.host != b.host) return out_.texts_.Text(a.host) < out_.texts_.Text(b.host);
    if (a.record_id != b.record_id) return a.record_id < b.record_id;
    if (a.kind != b.kind) {
      const auto key = [this](const Observation& item) {
        const ObservationKind& kind = out_.kinds_[item.kind];
        return std::tie(kind.event.provider, kind.event.event_id, kind.fact_kind);
      };
      return key(a) < key(b);
    }
    return std::pair(first.content, a.row) < std::pair(second.content, b.row);
  }

  Result<void> PutInOrder() {
    for (std::size_t i = 0; i < patterns_.entries().size(); ++i) {
      const auto pattern = static_cast<PatternNumber>(i);
      if (IsSupposable(pattern)) out_.with_supposed_[pattern];
    }
    unplaced_.TakeAll([this](const Unplaced& next) { Place(next); });
    if (!unplaced_.ok() || !matches_.ok()) return Error{kTemporaryUnreadable};
    out_.Suppose({});
    return {};
  }

  // Some of its matches may be facts that are only supposed.
  bool IsSupposable(PatternNumber pattern) const {
    return !options_.supposed.empty() && !patterns_.entries()[pattern].pattern->fact_kind.empty();
  }

  void Place(const Unplaced& next) {
    const auto id = static_cast<ObservationId>(out_.items_.size());
    out_.items_.push_back(next.item);
    out_.times_.Append(next.item.clock, next.item.time);
    std::size_t at = next.first_match;
    for (std::uint32_t i = 0; i < next.matches; ++i) {
      const PatternNumber pattern = matches_[at++];
      const auto facts = out_.with_supposed_.find(pattern);
      const bool known = facts == out_.with_supposed_.end();
      known ? out_.matches_[pattern].Append(id) : facts->second.ids.Append(id);
      auto& captures = known ? out_.captures_[pattern] : facts->second.captures;
      for (std::size_t left = patterns_.entries()[pattern].captures.size(); left > 0; --left) {
        captures.push_back(matches_[at++]);
      }
    }
  }

  const PatternTable& patterns_;
  const Knowledge& knowledge_;
  RegexComplaints& complaints_;
  Observations& out_;
  CoverageMap& coverage_;
  const GatherOptions& options_;
  EventFields fields_;
  Captures captures_;
  std::unordered_map<std::string, Plan> plans_;
  std::map<std::string, std::uint32_t> fact_kinds_;
  SpilledList<std::uint32_t> matches_{std::size_t{1} << 20};
  SpilledSort<Unplaced, Before> unplaced_{std::size_t{8} << 20, Before{*this}};
  bool may_repeat_ = false;  // several queries may give the same event
  std::unordered_set<std::int64_t> rows_;
  std::string last_provider_;
  std::uint16_t last_id_ = 0;
  Plan* last_plan_ = nullptr;
};

Result<void> Gather(const PatternTable& patterns, const Knowledge& knowledge, const Store& store,
                    RegexComplaints& complaints, Observations& observations, CoverageMap& coverage,
                    const GatherOptions& options) {
  return Gatherer(patterns, knowledge, complaints, observations, coverage, options).Run(store);
}

std::vector<EventKind> GatheredKinds(const PatternTable& patterns, const Knowledge& knowledge) {
  const Catalogue& catalogue = knowledge.catalogue();
  std::set<EventKind> kinds;
  std::set<std::string> raised;  // providers with an event that only raised diagnostics log
  for (const auto& entry : patterns.entries()) {
    for (const std::string& provider : entry.pattern->providers) {
      const std::string canonical(catalogue.CanonicalProvider(provider));
      for (const std::uint16_t id : entry.pattern->ids) {
        kinds.insert({canonical, id});
        const bool always = LoggingOf(catalogue, {canonical, id}).logged_at == LoggedAt::kAlways;
        if (!always) raised.insert(ToLower(canonical));
      }
    }
  }
  for (const auto& entry : catalogue.entries()) {
    if (LoggedAtFromName(entry->logged_at) == LoggedAt::kAlways) continue;
    if (!raised.contains(ToLower(entry->provider))) continue;
    kinds.insert({entry->provider, entry->event_id});
  }
  return {kinds.begin(), kinds.end()};
}

}  // namespace exdiag
