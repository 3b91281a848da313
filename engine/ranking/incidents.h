// Which signals are about the same trouble.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/signal/signal_list.h"

namespace exdiag {

// Which of these sets of rows overlap, directly or through others: their indexes, ascending.  Each
// is in one group.
std::vector<std::vector<std::size_t>> GroupOverlapping(const std::vector<const RowSet*>& sets);

// Signals whose explained events overlap, directly or through others.
struct SignalGroup {
  std::vector<std::size_t> members;  // indexes into the signals that were grouped, ascending
  // The same, those of one rule made one, by rule id: indexes into SignalGroups::merged.
  std::vector<std::size_t> rivals;
};

struct SignalGroups {
  std::vector<SignalGroup> groups;  // their order says nothing
  SignalList merged;
};

// Every signal is in one group.
SignalGroups GroupIntoIncidents(const SignalList& signals);

// Some signals of one rule in one incident as one: reasons and start points of the best, evidence
// and explained events of all.  `which`: their indexes, at least one.  No reason gets more than
// `shown_evidence` references.
Signal MergeSignals(const SignalList& signals, std::vector<std::size_t> which,
                    std::size_t shown_evidence = kShownEvidence);

// Confidence of each of some rivals, given their points; the last number is the share of "a cause
// we do not know", whose points are 0.  They add up to 1.
std::vector<double> Confidences(const std::vector<double>& points);

}  // namespace exdiag
