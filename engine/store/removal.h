// Events that a site no longer wants to keep.
#pragma once

#include <cstdint>

#include "engine/base/time.h"
#include "engine/store/sqlite.h"

namespace exdiag {

// Removes the oldest events with a time before `before`, some 100,000 of them, with all that says
// that they are there: the ledger counts them as removed, and what it says that logs cover ends
// where they ended.  Inside a transaction of the caller's.  Returns how many; 0: none are left.
std::uint64_t RemoveOldEvents(sql::Database& database, Ticks before);
// When none are left: logs cover nothing before `before` any more.
void CutCoverage(sql::Database& database, Ticks before);

}  // namespace exdiag
