// Which log of which host was seen for which period: what makes "not seen" mean something.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/time.h"

namespace exdiag {

struct Coverage {
  std::string host;     // canonical
  std::string channel;  // "" when the export does not name its log
  Ticks from;           // time of the first and of the last record read there, both included;
  Ticks to;             // recovered ones do not count, since others around them may be lost
  // Of `from` and `to`: kUtc (also for local times whose zone is known) or kLocalUnknown.  A log
  // read both with and without its zone gives two rows: wall clocks of different basis do not
  // compare, and events without any time cover nothing.
  TimeBasis time_basis = TimeBasis::kUtc;
  std::uint64_t events = 0;
  std::string file;  // which export gave it
};

}  // namespace exdiag
