// One rule, evaluated: triggers, incidents, reasons.
#pragma once

#include <memory>
#include <vector>

#include "engine/signal/question.h"
#include "engine/signal/signal_list.h"

namespace exdiag {

class RuleEvaluation {
 public:
  virtual ~RuleEvaluation() = default;

  // The events that open the rule, each once, in order of time, whatever its conditions say of
  // them.
  virtual std::vector<Trigger> Triggers() const = 0;

  // The signals of the rule, by time.
  virtual SignalList Run() = 0;

  // As though only those of its triggers were there that stand in `events`.
  virtual SignalList RunOn(const IdSet& events) = 0;

  // Call when Observations::Suppose or CoverageMap::SupposeListings changed what is known.
  virtual void Forget() = 0;
};

// The context must outlive it.
std::unique_ptr<RuleEvaluation> MakeRuleEvaluation(const RuleContext& context);

}  // namespace exdiag
