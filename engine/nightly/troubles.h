// What became of each trouble since the last completed run.
//
// A trouble is the rule that leads an incident, with the hosts that it is about.  It is present
// from its first event until the checks of its rule hold (engine/signal/fix_check.h): until events
// stayed away for as long as the rule wants to see, in logs that were read.  A log that did not
// come never clears anything.  What happened since the last run is told once even when it is over
// already.
#pragma once

#include <vector>

#include "engine/nightly/run_summary.h"
#include "engine/ranking/ranking.h"
#include "engine/signal/fix_check.h"
#include "engine/store/run_log.h"

namespace exdiag {

struct CompareOptions {
  Ticks at;                     // moment of this run
  Ticks since;                  // of the last completed one; not known(): there was none
  std::int64_t last_event = 0;  // newest row that the last completed run saw
  Ticks kept_from;              // older events were removed; not known(): none were
};

struct Comparison {
  std::vector<TroubleChange> changes;  // in the order of RunSummary
  std::vector<Trouble> troubles;       // to be kept for the next run
  std::vector<bool> present;  // for each incident: whether a report of now shows it.  Of a trouble
                              // the last incident is, and all since the last run.
};

// `before` are the troubles of the last completed run.  An Error is the store's.
Result<Comparison> CompareTroubles(const Ranking& ranking, const std::vector<Trouble>& before,
                                   const FixChecker& checker, const CompareOptions& options);

}  // namespace exdiag
