// One rule, evaluated: triggers, incidents, reasons.
#pragma once

#include <vector>

#include "engine/signal/question.h"
#include "engine/signal/signal.h"

namespace exdiag {

// The events that open the rule, each once, in order of time, whatever its conditions say of them.
std::vector<Trigger> TriggersOf(const RuleContext& context);

// The signals of the context's rule, by time.
std::vector<Signal> EvaluateRule(const RuleContext& context);

}  // namespace exdiag
