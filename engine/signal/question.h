// Conditions of a rule as questions that are asked of one trigger after the other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/rule/template.h"
#include "engine/signal/coverage_map.h"
#include "engine/signal/observations.h"
#include "engine/signal/pattern_table.h"
#include "engine/signal/signal.h"

namespace exdiag {

// An event (or fact) that may open an incident of a rule, with what its conditions need to know.
struct Trigger {
  ObservationId id = 0;
  std::size_t pattern = 0;    // index into Rule::events
  std::vector<TextId> hosts;  // of the incident: those of `between` in order, else its computer
  std::vector<TextId> peers;  // the other host of `between`, else the hosts that its fields name
};

// What one rule may cost.  Whatever a rule compares with whatever log, it comes to an end: when all
// is spent, what still has to be compared is not known.  The amount is in steps and not in seconds,
// so that two runs give one answer.
class WorkBudget {
 public:
  // False when there is not enough left; then nothing is spent, and the budget is `exhausted`.
  bool Spend(std::size_t steps);
  bool exhausted() const { return exhausted_; }

 private:
  static constexpr std::size_t kAll = 20'000'000;  // a second or two

  std::size_t left_ = kAll;
  bool exhausted_ = false;
};

// Reason for what a spent budget leaves unknown.
inline constexpr char kTooMuchWork[] = "too many events would have to be compared with each other";

// One rule and the world it is asked about; outlives the questions.
struct RuleContext {
  const Rule& rule;
  std::vector<PatternNumber> numbers;  // by index into Rule::events
  const Observations& world;
  const CoverageMap& coverage;
  RegexComplaints* complaints = nullptr;
  std::size_t shown_evidence = kShownEvidence;  // references that a reason carries at most
  mutable WorkBudget work = {};

  bool IsTrigger(std::size_t pattern) const;
  // Whether the field holds a host: `computer` does, and what the catalogue says of the events of
  // the pattern.
  bool IsHostField(std::size_t pattern, std::string_view field) const;
  // Field of the trigger event.  kNotShown also for a value that is empty.
  TextId TriggerValue(const Trigger& trigger, std::string_view field) const;
  // Of an incident between `hosts`, the other hosts than that of event `id`; without `between` the
  // other hosts that its fields name.  Sorted, each once.
  std::vector<TextId> PeersOf(const std::vector<TextId>& hosts, ObservationId id) const;
  // {name.field}, where `name` is one of the rule's triggers: the trigger, whichever of them it is.
  TemplateLookup LookupIn(const Trigger& trigger) const;
  // The time as it is shown, for {name.time}.
  std::string TimeOf(ObservationId id) const;
};

// What a question found while it was asked.
struct Evidence {
  struct Hits {
    std::size_t pattern = 0;  // index into Rule::events
    const MatchList* list = nullptr;
    PositionRange range;
    bool held = false;  // the condition that named the pattern held on them
  };
  std::vector<Hits> events;
  std::vector<const Fact*> facts;    // of conditions that held
  std::vector<std::string> unknown;  // why something is not known, in words
};

struct Outcome {
  Truth truth = Truth::kFails;
  // Something not known carries `coverage: required`.
  bool required = false;
};

class Question {
 public:
  virtual ~Question() = default;

  // `evidence`, when given, is added to.  Asking in order of time is fastest.
  virtual Outcome Ask(const Trigger& trigger, Evidence* evidence) = 0;

  // Other facts are known now: drops what was worked out from those.
  virtual void Forget() = 0;
};

// `context` and `condition` must outlive the question.
std::unique_ptr<Question> MakeQuestion(const RuleContext& context, const Condition& condition);
std::unique_ptr<Question> MakeEventQuestion(const RuleContext& context,
                                            const EventCondition& condition);
std::unique_ptr<Question> MakeFactQuestion(const RuleContext& context,
                                           const FactCondition& condition);
std::unique_ptr<Question> MakeSequenceQuestion(const RuleContext& context,
                                               const SequenceCondition& condition);

// The event that a condition with `of` lies around, in the form of a trigger: the first that `of`
// counted, which held with `found`.
Trigger AnchorFrom(const RuleContext& context, const EventCondition& of, const Trigger& trigger,
                   const Evidence& found);

// Whether events of `pattern` would be there had they been logged: on each of `hosts`, for the
// whole window around the trigger.  `why` gets the reason when it is not so.
class AbsenceJudge {
 public:
  AbsenceJudge(const RuleContext& context, std::size_t pattern);

  bool Known(const Trigger& trigger, const std::vector<TextId>& hosts, const Window& window,
             std::vector<std::string>* why) const;

 private:
  bool KnownFact(const std::vector<TextId>& hosts, std::vector<std::string>* why) const;
  bool KnownOn(TextId host, Clock clock, const Interval& window,
               std::vector<std::string>* why) const;

  struct KindToLog {
    std::string provider;
    KindLogging logging;
  };

  const RuleContext& context_;
  std::string fact_kind_;
  std::vector<KindToLog> kinds_;
};

// A key of several texts, for tables of what was worked out already.
struct TextsHash {
  std::size_t operator()(const std::vector<TextId>& texts) const;
};

}  // namespace exdiag
