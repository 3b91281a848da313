// What a run of the nightly job would do.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nightly/config.h"
#include "engine/nightly/nightly_run.h"

namespace exdiag {

// One line each for files that would be read, left, removed and written, and for what stands in the
// way; changes nothing.  An Error is the store's.
Result<std::vector<std::string>> PlanNightly(const SiteConfig& site, const NightlyMoment& moment);

}  // namespace exdiag
