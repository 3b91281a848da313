// Which record numbers of a log are in no export, and where its times go back.
//
// The stretches of all exports are put together to numberings.  In each, numbers and times rise
// together; what does not fit belongs to another one: the log was cleared, or made anew, and began
// at 1 again.  Only where the very next number has an earlier time is that a change of the clock.
#pragma once

#include <vector>

#include "engine/report/completeness.h"

namespace exdiag {

// An event that says that a log was cleared.
struct ClearedLog {
  std::string host;
  std::string channel;
  Ticks time;
};

struct NumberFindings {
  LogNumbers numbers;
  std::vector<ClockChange> clock;  // by number
};

// `stretches` are all of one log, by first number, as Store::NumberStretches gives them.
NumberFindings FindMissingNumbers(const std::vector<NumberStretch>& stretches,
                                  const std::vector<ClearedLog>& cleared);

}  // namespace exdiag
