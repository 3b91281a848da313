// One rule, evaluated: triggers, incidents, reasons.
#pragma once

#include <vector>

#include "engine/signal/question.h"
#include "engine/signal/signal.h"

namespace exdiag {

// The signals of the context's rule, by time.
std::vector<Signal> EvaluateRule(const RuleContext& context);

}  // namespace exdiag
