#include "engine/report/causes.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kNeighbours = 6;

template <typename T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool Names(const EventPattern& pattern, const EventKind& kind) {
  const auto same = [&](const std::string& p) { return EqualsIgnoreCase(p, kind.provider); };
  const bool provider = std::any_of(pattern.providers.begin(), pattern.providers.end(), same);
  return provider && Contains(pattern.ids, kind.event_id);
}

std::optional<PossibleCause> CauseOf(const Rule& rule, const EventKind& kind) {
  std::optional<PossibleCause> cause;
  for (std::size_t i = 0; i < rule.events.size(); ++i) {
    if (!Names(rule.events[i], kind)) continue;
    const Relation relation = Contains(rule.triggers, i)   ? Relation::kTriggers
                              : Contains(rule.explains, i) ? Relation::kExplained
                                                           : Relation::kEvidence;
    if (!cause || relation < cause->relation) cause = PossibleCause{&rule, relation, {}};
    if (relation == cause->relation) cause->patterns.push_back(i);
  }
  return cause;
}

// Providers that have an event of this ID, in the catalogue or in a rule.
std::vector<EventKind> KindsOf(const EventName& name, const Knowledge& knowledge,
                               const RuleSet& rules) {
  std::set<std::string> seen;
  std::vector<EventKind> kinds;
  const auto add = [&](std::string_view provider) {
    if (!name.provider.empty() && !EqualsIgnoreCase(provider, name.provider)) return;
    if (seen.insert(ToLower(provider)).second) {
      kinds.push_back({std::string(provider), name.event_id});
    }
  };
  for (const CatalogueEntry* entry : knowledge.catalogue().FindId(name.event_id)) {
    add(entry->provider);
  }
  for (const Rule& rule : rules.rules()) {
    if (rule.status == Status::kRetired) continue;
    for (const EventPattern& pattern : rule.events) {
      if (!Contains(pattern.ids, name.event_id)) continue;
      for (const std::string& provider : pattern.providers) add(provider);
    }
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

// The known events with the nearest IDs, the ID itself not among them, one entry each, by provider
// and ID; of every provider when `provider` is "".
std::vector<const CatalogueEntry*> Nearby(std::string_view provider, std::uint16_t event_id,
                                          const Knowledge& knowledge) {
  std::map<std::tuple<int, std::string_view, std::uint16_t>, const CatalogueEntry*> by_distance;
  for (const auto& entry : knowledge.catalogue().entries()) {
    const int distance = std::abs(int{entry->event_id} - int{event_id});
    const bool fits = provider.empty() || EqualsIgnoreCase(entry->provider, provider);
    if (!fits || distance == 0) continue;
    by_distance.try_emplace({distance, entry->provider, entry->event_id}, entry.get());
  }
  std::vector<const CatalogueEntry*> near;
  for (const auto& [key, entry] : by_distance) {
    if (near.size() == kNeighbours) break;
    near.push_back(entry);
  }
  std::sort(near.begin(), near.end(), [](const CatalogueEntry* a, const CatalogueEntry* b) {
    return std::tie(a->provider, a->event_id) < std::tie(b->provider, b->event_id);
  });
  return near;
}

// The nearest IDs of the provider that was meant, or of the one whose name is nearest.
std::vector<EventKind> Near(const EventName& name, const Knowledge& knowledge) {
  std::set<std::string_view> providers;
  for (const auto& entry : knowledge.catalogue().entries()) providers.insert(entry->provider);
  const std::vector<std::string_view> names(providers.begin(), providers.end());
  std::string_view provider = name.provider;
  const bool known = std::any_of(names.begin(), names.end(),
                                 [&](std::string_view n) { return EqualsIgnoreCase(n, provider); });
  if (!provider.empty() && !known) provider = Nearest(provider, names);
  std::vector<EventKind> near;
  for (const CatalogueEntry* entry : Nearby(provider, name.event_id, knowledge)) {
    near.push_back({entry->provider, entry->event_id});
  }
  return near;
}

bool Within(const CausesScope& scope, const Signal& signal) {
  if (scope.since && signal.last_seen < *scope.since) return false;
  if (scope.hosts.empty()) return true;
  return std::any_of(signal.hosts.begin(), signal.hosts.end(), [&](const std::string& host) {
    return Contains(scope.hosts, CanonicalHost(host));
  });
}

void AddTo(CauseFound& found, const Finding& finding, bool leads) {
  const Signal signal = finding.signal.Read();
  ++found.incidents;
  found.events += finding.signal.explained().size();
  found.confidence = std::max(found.confidence, finding.confidence);
  if (leads) ++found.leads;
  if (!(signal.last_seen < found.last_seen)) {
    found.last_seen = signal.last_seen;
    found.time_basis = signal.time_basis;
  }
  for (const std::string& host : signal.hosts) {
    if (!Contains(found.hosts, host)) found.hosts.push_back(host);
  }
}

bool NamesACause(const EventMeaning& meaning) {
  return std::any_of(meaning.causes.begin(), meaning.causes.end(), [](const PossibleCause& cause) {
    return cause.relation != Relation::kEvidence;
  });
}

}  // namespace

std::optional<EventName> ParseEventName(std::string_view text) {
  text = Trim(text);
  const std::size_t split = text.find_last_of("/ ");
  const bool bare = split == std::string_view::npos;
  const auto id = ParseInteger(bare ? text : Trim(text.substr(split + 1)));
  if (!id || *id < 0 || *id > 0xffff) return std::nullopt;
  const std::string_view provider = bare ? "" : Trim(text.substr(0, split));
  if (!bare && provider.empty()) return std::nullopt;
  return EventName{std::string(provider), static_cast<std::uint16_t>(*id)};
}

std::vector<PossibleCause> PossibleCauses(const EventKind& kind, const RuleSet& rules) {
  std::vector<PossibleCause> causes;
  for (const Rule& rule : rules.rules()) {
    if (rule.status == Status::kRetired) continue;
    if (auto cause = CauseOf(rule, kind)) causes.push_back(std::move(*cause));
  }
  const auto key = [](const PossibleCause& cause) {
    return std::make_tuple(cause.relation, -static_cast<int>(cause.rule->strength),
                           cause.rule->verdict, std::string_view(cause.rule->id));
  };
  std::sort(causes.begin(), causes.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return causes;
}

CausesAnswer AnswerCauses(const std::string& asked, const EventName& name,
                          const Knowledge& knowledge, const RuleSet& rules) {
  CausesAnswer answer;
  answer.asked = asked;
  EventName canonical = name;
  if (!name.provider.empty()) {
    canonical.provider = knowledge.catalogue().CanonicalProvider(name.provider);
  }
  for (EventKind& kind : KindsOf(canonical, knowledge, rules)) {
    EventMeaning meaning;
    meaning.entries = knowledge.catalogue().Find(kind.provider, kind.event_id);
    meaning.causes = PossibleCauses(kind, rules);
    if (!NamesACause(meaning)) meaning.neighbours = Nearby(kind.provider, kind.event_id, knowledge);
    meaning.kind = std::move(kind);
    answer.events.push_back(std::move(meaning));
  }
  if (answer.events.empty()) answer.near = Near(canonical, knowledge);
  return answer;
}

Result<void> AddFound(const Ranking& ranking, const Store& store, const CausesScope& scope,
                      CausesAnswer& answer) {
  answer.with_store = true;
  answer.scope = scope;
  std::set<const Rule*> rules;
  for (EventMeaning& event : answer.events) {
    for (const PossibleCause& cause : event.causes) {
      if (cause.relation != Relation::kEvidence) rules.insert(cause.rule);
    }
    EventQuery query;
    query.kinds = {event.kind};
    query.hosts = scope.hosts;
    query.since = scope.since;
    auto counts = store.CountEvents(query);
    if (!counts) return counts.error();
    event.seen = std::move(*counts);
    std::sort(event.seen.begin(), event.seen.end(), [](const EventCount& a, const EventCount& b) {
      return std::tie(b.count, a.host, a.level) < std::tie(a.count, b.host, b.level);
    });
  }
  std::set<const Finding*> leaders;
  for (const Incident& incident : ranking.incidents) {
    leaders.insert(&ranking.findings[incident.findings.front()]);
  }
  for (const Finding& finding : ranking.findings) {
    if (!rules.contains(finding.signal.rule()) || !Within(scope, finding.signal.Read())) continue;
    AddTo(answer.found[finding.signal.rule()], finding, leaders.contains(&finding));
    answer.findings.push_back(finding);
  }
  return SetBlocks::Readable();
}

std::string_view RelationName(Relation relation) {
  switch (relation) {
    case Relation::kTriggers:
      return "trigger";
    case Relation::kExplained:
      return "explained";
    case Relation::kEvidence:
      return "evidence";
  }
  return "";
}

}  // namespace exdiag
