// What a store's file looks like, and how an older one becomes a current one.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/store/sqlite.h"

namespace exdiag {

// "exdg": tells a store from any other SQLite database (PRAGMA application_id).
inline constexpr std::int64_t kApplicationId = 0x6578'6467;
// PRAGMA user_version of what this program writes.
std::int64_t CurrentStoreVersion();

// A store of ours, of an older version.
bool IsOutdated(sql::Database& database);

// Checks that the open database is a store of ours, or empty, and brings it to the current version
// in one transaction.  With `read_only` an older store is refused, since it cannot be migrated.
Result<void> PrepareSchema(sql::Database& database, const std::string& file, bool read_only);

}  // namespace exdiag
