// The reference manual of all causes, made from the rules.
#pragma once

#include "engine/knowledge/knowledge.h"
#include "engine/report/document.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

// Contents by area and by event, then each cause: what one sees, why, what tells it from its
// rivals, what to do, where it is known from.  Drafts are marked, retired rules only named with
// their successor.
Document RuleManual(const RuleSet& rules, const Knowledge& knowledge);

}  // namespace exdiag
