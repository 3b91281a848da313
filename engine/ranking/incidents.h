// Which signals are about the same trouble.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/signal/signal.h"

namespace exdiag {

// Points of a signal: its start points plus those of every reason that holds.
double PointsOf(const Signal& signal);

// Signals whose explained events overlap, directly or through others.
struct SignalGroup {
  std::vector<std::size_t> members;  // indexes into the signals that were grouped, ascending
  std::vector<Signal> rivals;        // the same, those of one rule made one, by rule id
};

// Every signal is in one group.  The order of the groups says nothing.
std::vector<SignalGroup> GroupIntoIncidents(std::vector<Signal> signals);

// The signals of one rule in one incident as one: reasons and start points of the best, evidence
// and explained events of all.  At least one.  No reason gets more than `shown_evidence`
// references.
Signal MergeSignals(std::vector<Signal> signals, std::size_t shown_evidence = kShownEvidence);

// Confidence of each of some rivals, given their points; the last number is the share of "a cause
// we do not know", whose points are 0.  They add up to 1.
std::vector<double> Confidences(const std::vector<double>& points);

}  // namespace exdiag
