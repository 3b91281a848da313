// Rules, gathered and evaluated: what EvaluateRules and UpdateSignals are made of.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/signal/dependencies.h"
#include "engine/signal/gather.h"
#include "engine/signal/question.h"
#include "engine/signal/signal_list.h"

namespace exdiag {

struct RuleResult {
  bool triggered = false;  // there is an event or fact of one of its triggers
  Dependencies rests_on;
  SignalList signals;
};

class RuleRun {
 public:
  // All of `rules` can be evaluated; `more`, which cannot, are gathered for as well.  All must
  // outlive this, and so must what is given to Gather().
  explicit RuleRun(std::span<const Rule* const> rules, std::span<const Rule* const> more = {});

  Result<void> Gather(const Knowledge& knowledge, const Store& store, DiagnosticSink& problems,
                      const GatherOptions& options = {});

  // References that each reason carries at most from now on.
  void ShowEvidence(std::size_t most) { shown_evidence_ = most; }

  // The rule with this number in `rules`, after Gather().
  Result<RuleResult> Evaluate(std::size_t rule) const;

  // What a rule is evaluated on, after Gather(); borrows from this.
  RuleContext ContextOf(std::size_t rule) const;

  // Takes some of `facts`, which are GatherOptions::supposed, for known, in place of those that
  // were supposed before.  Returns their rows.
  std::vector<std::int64_t> Suppose(std::span<const Fact> facts,
                                    std::span<const std::size_t> which);

  const PatternTable& patterns() const { return patterns_; }
  const CoverageMap& coverage() const { return coverage_; }
  const Observations& world() const { return *world_; }

 private:
  void GiveBackIfLarge() const;

  std::span<const Rule* const> rules_;
  PatternTable patterns_;
  std::vector<std::vector<PatternNumber>> numbers_;  // by rule, then by index into Rule::events
  DiagnosticSink* problems_ = nullptr;
  std::unique_ptr<RegexComplaints> complaints_;
  std::unique_ptr<Observations> world_;
  CoverageMap coverage_;
  std::size_t shown_evidence_ = kShownEvidence;
};

}  // namespace exdiag
