// What several renderers of a report say in the same way.  Only engine/report includes this.
#pragma once

#include <string>
#include <vector>

#include "engine/report/report.h"

namespace exdiag {

// "2 incidents, and 1 that needs no action".
std::string ReportTitle(const Report& report);
// One row for each stretch of a host's log: files that overlap or touch to the second are one.
std::vector<Coverage> MergedCoverage(const std::vector<Coverage>& rows);

}  // namespace exdiag
