// Why a rule fired or did not: `exdiag rules why`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/report/document.h"
#include "engine/signal/signal.h"
#include "engine/store/store.h"

namespace exdiag {

// An event that came close, and every test that refused it: "nt_error is 1722, wanted 5", "31 s
// outside the window".
struct NearMiss {
  EvidenceReference event;
  std::vector<std::string> refused;
};

struct ConditionTrace {
  std::string role;   // "needs", "not with", "+3"; of parts "any of", "all of", "no"
  std::string words;  // the condition
  Truth truth = Truth::kFails;
  std::vector<EvidenceReference> found;  // first 3
  std::uint64_t found_count = 0;
  std::vector<std::string> unknown;  // why it is not known
  std::vector<std::string> remarks;  // what else there is to say: "2 such events, wanted 3 or more"
  std::optional<NearMiss> nearest;   // of what was not found
  std::vector<ConditionTrace> parts;
};

// What an event that opens the rule came to.
struct TriggerTrace {
  EvidenceReference event;
  std::vector<ConditionTrace> conditions;  // `when`, then `unless`
  std::vector<ConditionTrace> evidence;    // looked at also when the conditions drop the event
  bool fires = false;
  bool unknown = false;  // fires, and something in the conditions is not known
  double points = 0;     // of this event alone
};

struct RuleTrace {
  const Rule* rule = nullptr;
  std::uint64_t trigger_count = 0;  // events that open the rule
  std::uint64_t firing_count = 0;   // those that its conditions do not drop
  std::vector<TriggerTrace> triggers;
  // Without a trigger: the events of its kind that came closest, and how many there are.
  std::vector<NearMiss> nearest;
  std::uint64_t candidates = 0;
};

// Which events `--at` means: those of a second, or of a line, record or row number.
struct AtEvent {
  std::optional<Ticks> second;
  std::optional<std::uint64_t> number;
};
// "1999-11-02 19:05:31" or a number; nullopt for anything else.
std::optional<AtEvent> ParseAtEvent(std::string_view text);

struct TraceOptions {
  std::optional<AtEvent> at;
  std::size_t most = 3;  // triggers looked into
};

// An Error is the store's.
Result<RuleTrace> TraceRule(const Rule& rule, const Knowledge& knowledge, const Store& store,
                            const TraceOptions& options, DiagnosticSink& problems);

Document RuleTraceDocument(const RuleTrace& trace);
std::string RuleTraceJson(const RuleTrace& trace);

}  // namespace exdiag
