// How often each log writes, and its pauses: what Store::Rhythms gives.
#pragma once

#include <vector>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace exdiag {

// Reads the blocks of all classes once, and no events.
std::vector<LogRhythm> ReadRhythms(sql::Database& database, const PauseRule& rule);

}  // namespace exdiag
