// The one pass over the store: finds what matches the patterns of all rules in use.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/signal/coverage_map.h"
#include "engine/signal/observations.h"
#include "engine/signal/pattern_table.h"

namespace exdiag {

// Fills `observations` and `coverage` from the store.  Events are read once, in order of time, each
// pattern is tried on the events of its providers and IDs only.  An Error is the store's.
Result<void> Gather(const PatternTable& patterns, const Knowledge& knowledge, const Store& store,
                    DiagnosticSink& problems, Observations& observations, CoverageMap& coverage);

// Every event kind that Gather asks for: those of the patterns, and those that show which
// diagnostics level a host logs at.
std::vector<EventKind> GatheredKinds(const PatternTable& patterns, const Knowledge& knowledge);

}  // namespace exdiag
