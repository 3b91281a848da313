// Asks the store for what rules name and decides which of their conditions hold.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_set.h"
#include "engine/signal/number_set.h"
#include "engine/store/store.h"

namespace exdiag {

enum class Truth : std::uint8_t { kFails, kUnknown, kHolds };

// An event or a fact that a reason rests on.
struct EvidenceReference {
  Location where;
  std::int64_t event_row = 0;  // 0 for a fact
  std::uint64_t record_id = 0;
  std::string
      summary;  // "MSExchangeMTA 9322 on BREST at 1999-11-02 19:05:31", or the fact in words
};

// Points that a site gives in place of the rule's; engine/site puts them in after the evaluation.
struct SitePoints {
  double of_rule = 0;
  std::string reason;
  std::string by;
  Ticks since;  // not known() when the site does not say
};

// How many references a reason carries; the counts beside them say how many there are.
inline constexpr std::size_t kShownEvidence = 5;

struct Reason {
  std::size_t line = 0;  // which of Rule::evidence
  double points = 0;
  std::string because;  // rendered
  Truth state = Truth::kHolds;
  std::vector<EvidenceReference> evidence;  // the first of `evidence_count`
  std::uint64_t evidence_count = 0;
  std::string ask;      // rendered; only for unknown ones
  std::string collect;  // rendered
  // Key under which the same question of several rules is one: the answer fact's name and hosts, or
  // the collect command.  "" when nothing can be asked.
  std::string question_key;
  // What the line says of the world, in a form that is equal for lines of all rules that say the
  // same: "the SPN SMTPSVC/mail.example.com of EX1 is listed".  `negated`: the line holds when that
  // is not so.  Not for people.
  std::string proposition;
  bool negated = false;
  // A fact with which it would be so; of kind "" where none could be named.
  Fact proposed;
  // For an `answer` condition: the value that makes the line hold.
  std::string answer_name;
  std::string answer_value;
  std::string answer_host;  // canonical; an answer about it is one about this incident
  std::optional<SitePoints> site;
};

struct RenderedStep {
  std::string do_what, on, risk;
  bool ours = false;
};

// "This rule held, here, then, on this evidence": one rule's claim to explain one group of events.
struct Signal {
  const Rule* rule = nullptr;
  double start_points = 0;  // strength, less one when something is unknown
  std::optional<SitePoints> site;
  // Of `when` and `unless`, in words, with the reason why they are not known.
  std::vector<std::string> unknown_conditions;
  std::vector<Reason>
      reasons;       // held and unknown evidence lines, in the rule's order; failed ones left out
  RowSet explained;  // rows of the events explained (facts: negative)
  std::vector<EventKind> explained_kinds;  // of these events, sorted, each once
  std::vector<std::string> hosts;          // as written in the logs, sorted, without repetition
  // Of each signal that this one was made of, when it was made of several; see MergeSignals.
  std::vector<std::vector<std::string>> host_groups;
  std::vector<EvidenceReference> triggers;  // the first of `trigger_count`
  std::uint64_t trigger_count = 0;
  Ticks first_seen, last_seen;
  TimeBasis time_basis = TimeBasis::kNone;
  std::string cause;  // rendered
  std::vector<RenderedStep> fix;
};

// Points of a signal: its start points plus those of every reason that holds.
double PointsOf(const Signal& signal);

// The rules that are evaluated: all but retired ones.
std::vector<const Rule*> RulesInUse(const RuleSet& rules);

// Every event that EvaluateRules looks at: what the rules name, and the events that show at which
// diagnostics level a host logs.  For StoreOptions::keep_only.
std::vector<EventKind> KindsToKeep(std::span<const Rule* const> rules, const Knowledge& knowledge);

}  // namespace exdiag
