// The fact that an evidence line asks for.
#pragma once

#include <optional>
#include <vector>

#include "engine/signal/question.h"

namespace exdiag {

// A fact condition or one on a pattern of facts whenever they were seen, alone, behind `no`, or in
// a group the first that is not known.
struct AskedFact {
  const RuleContext& context;
  const Trigger& trigger;
  std::optional<FactCondition> fact = {};
  bool negated = false;
  bool alone = true;  // nothing else is in the condition
  bool is_unknown = false;

  void In(const Condition& condition, bool behind_no = false);

 private:
  void InGroup(const std::vector<Condition>& conditions, bool behind_no);
  std::optional<FactCondition> AsFact(const EventCondition& event) const;
  void Take(const FactCondition& condition, Question& question, bool behind_no);
};

}  // namespace exdiag
