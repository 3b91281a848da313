// The answer to "what can this event mean": no log is needed for it, the rules and the catalogue
// know.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/ranking/ranking.h"
#include "engine/report/document.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

// How a rule has to do with an event, nearest first.
enum class Relation : std::uint8_t {
  kTriggers,   // the event opens the incident
  kExplained,  // the cause accounts for it
  kEvidence,   // it only speaks for or against
};

struct PossibleCause {
  const Rule* rule = nullptr;
  Relation relation = Relation::kEvidence;
  std::vector<std::size_t> patterns;  // of the rule, that name this event at that relation
};

// One (provider, ID).
struct EventMeaning {
  EventKind kind;
  std::vector<const CatalogueEntry*> entries;  // one a generation; none when not in the catalogue
  std::vector<PossibleCause> causes;           // most likely first
  // Where no rule names a cause: the provider's events with the nearest IDs, by ID.
  std::vector<const CatalogueEntry*> neighbours;
  std::vector<EventCount> seen;  // in the store; most often first
};

// What a store shows of one cause.
struct CauseFound {
  std::size_t incidents = 0;
  std::uint64_t events = 0;  // that it explains there
  double confidence = 0;     // the highest
  std::size_t leads = 0;     // incidents in which no rival is more likely
  std::vector<std::string> hosts;
  Ticks last_seen;
  TimeBasis time_basis = TimeBasis::kNone;
};

// What of a store is asked for.  A finding belongs to it when it is about one of the hosts and was
// seen since then.
struct CausesScope {
  std::vector<std::string> hosts;  // canonical; none: all
  std::optional<Ticks> since;
};

// Borrows from the Knowledge and the RuleSet that it was made with.
struct CausesAnswer {
  std::string asked;
  std::vector<EventMeaning> events;  // by provider; empty when nothing is known of it
  std::vector<EventKind> near;       // known events like the one asked for, when that is not known
  bool with_store = false;
  CausesScope scope;
  std::vector<Finding> findings;            // in the store, of the causes above; best first
  std::map<const Rule*, CauseFound> found;  // the same by cause
};

// "9322", "MSExchangeMTA/9322" (also with a blank); nullopt for anything else.
struct EventName {
  std::string provider;  // "" for any
  std::uint16_t event_id = 0;
};
std::optional<EventName> ParseEventName(std::string_view text);

// What the rules and the catalogue know.
CausesAnswer AnswerCauses(const std::string& asked, const EventName& name,
                          const Knowledge& knowledge, const RuleSet& rules);
// Adds what a store holds of it.
Result<void> AddFound(const Ranking& ranking, const Store& store, const CausesScope& scope,
                      CausesAnswer& answer);

// The rules that have to do with an event: those it triggers first, then by strength, then faults
// before what is expected, then by id.
std::vector<PossibleCause> PossibleCauses(const EventKind& kind, const RuleSet& rules);

std::string_view RelationName(Relation relation);  // "trigger", "explained", "evidence"

struct CausesOptions {
  bool verbose = false;  // explanation and steps of every cause, not only of those found
};
Document CausesDocument(const CausesAnswer& answer, const CausesOptions& options = {});
std::string CausesJson(const CausesAnswer& answer);

}  // namespace exdiag
