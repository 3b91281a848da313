// A rule as JSON; only engine/report includes this.
#pragma once

#include "engine/report/report_json.h"
#include "engine/rule/rule.h"

namespace exdiag {

// {"cause": ID, "title": ..., "needs": [...], "excluded_by": [...], "evidence": [...], "fix":
// [...]}
Json RuleJson(const Rule& rule);

}  // namespace exdiag
