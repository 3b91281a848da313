// Which logs had to arrive and did not.
#pragma once

#include <vector>

#include "engine/evidence/coverage.h"
#include "engine/nightly/config.h"
#include "engine/nightly/run_summary.h"
#include "engine/store/run_log.h"

namespace exdiag {

struct ArrivalReport {
  std::vector<LogArrival> arrivals;  // to be kept for the next run
  std::vector<MissingLog> missing;   // in the order of the configuration
  std::vector<ReturnedLog> returned;
};

// `before`: what the last completed run kept; `shown`: what the imports since then showed.  A log
// is missed when none of it was read for as long as it has to arrive at least once.  Runs are not
// on the minute, so a twenty-fourth of that time is let pass.
ArrivalReport JudgeArrivals(const SiteConfig& site, const std::vector<LogArrival>& before,
                            const std::vector<LogArrival>& shown, Ticks at);

// What logs cover, for the question whether something stayed away.  An export begins with its first
// record, not where the one before it ended, so logs that are fed day by day look full of holes.
// What is shorter than a log has to arrive (at least a day) is no hole: had there been a record in
// it, one of the two exports would have held it.  `every` by host is taken from the configuration.
std::vector<Coverage> WithoutSeams(std::vector<Coverage> rows, const SiteConfig& site);

}  // namespace exdiag
