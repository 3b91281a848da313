// What is worked out from the events and kept beside them: the table of kept texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/store/sqlite.h"

namespace exdiag {

// Each text stands behind its checksum, since damage to it must never change what is found.
void WriteKept(sql::Database& database, std::string_view name, std::string_view text);

// "" when there is none, or when it does not fit its checksum.
std::string ReadKept(sql::Database& database, std::string_view name);

// Names of those that do not fit theirs.
std::vector<std::string> DamagedKept(sql::Database& database);

}  // namespace exdiag
