// The one pass over the store: finds what matches the patterns of all rules in use.
#pragma once

#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/packed.h"
#include "engine/base/result.h"
#include "engine/signal/coverage_map.h"
#include "engine/signal/observations.h"
#include "engine/signal/pattern_table.h"

namespace exdiag {

// What the events of one kind tell besides what rules look for in them.
struct KindSummary {
  using Level = std::tuple<std::string, std::string, LoggedAt, Clock>;  // host, provider, ...

  // Canonical host -> as it is written as a computer, and inside messages.
  std::map<std::string, std::string> computers, mentions;
  // When a host logged what needs that level.
  std::map<Level, std::vector<std::int64_t>> raised;
};

// By SummaryKey.
using KindSummaries = std::map<std::string, KindSummary, std::less<>>;
std::string SummaryKey(const Knowledge& knowledge, const EventKind& kind);
void PackSummaries(const KindSummaries& summaries, PackedWriter& out);
KindSummaries UnpackSummaries(PackedReader& in);

struct GatherOptions {
  std::vector<EventKind> more_kinds = {};  // read although no pattern may name them
  // When given: holds kinds of which all is known, which stand in place of what is read of them
  // now, and gets all others that were read.
  KindSummaries* summaries = nullptr;
  // Facts that are not known, of which some will be supposed; see Observations::Suppose.
  std::span<const Fact> supposed = {};
};

// Fills `observations` and `coverage` from the store.  Events are read once, in order of time, each
// pattern is tried on the events of its providers and IDs only.  An Error is the store's.
Result<void> Gather(const PatternTable& patterns, const Knowledge& knowledge, const Store& store,
                    RegexComplaints& complaints, Observations& observations, CoverageMap& coverage,
                    const GatherOptions& options = {});

// Every event kind that Gather asks for: those of the patterns, and those that show which
// diagnostics level a host logs at.
std::vector<EventKind> GatheredKinds(const PatternTable& patterns, const Knowledge& knowledge);

}  // namespace exdiag
