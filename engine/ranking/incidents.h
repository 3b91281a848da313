// Which signals are about the same trouble.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/signal/signal.h"

namespace exdiag {

// Points of a signal: its start points plus those of every reason that holds.
double PointsOf(const Signal& signal);

// Signals in groups whose explained events overlap, directly or through others, with the signals of
// one rule in one group made one.  The order of the groups and in them says nothing.
std::vector<std::vector<Signal>> GroupIntoIncidents(std::vector<Signal> signals);

// The signals of one rule in one incident as one: reasons and start points of the best, evidence
// and explained events of all.  At least one.
Signal MergeSignals(std::vector<Signal> signals);

// Confidence of each of some rivals, given their points; the last number is the share of "a cause
// we do not know", whose points are 0.  They add up to 1.
std::vector<double> Confidences(const std::vector<double>& points);

}  // namespace exdiag
