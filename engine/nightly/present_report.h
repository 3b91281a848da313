// The report of a night: of all that a store shows, what is present.
#pragma once

#include <vector>

#include "engine/report/report.h"

namespace exdiag {

struct PresentOptions {
  std::vector<bool> incidents;  // of the report's; which are shown
  Ticks window_from;            // unexplained events and logs that ended before it are left out
  std::size_t ledger_from = 0;  // rows of the ledger before this one are left out
};

// Leaves out incidents that are over, with their findings and questions, numbers the others anew,
// and keeps of the rest what the window and the ledger say.
void KeepPresent(const PresentOptions& options, Report& report);

}  // namespace exdiag
