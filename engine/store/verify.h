// Checks a whole store.
#pragma once

#include <string>
#include <vector>

#include "engine/store/sqlite.h"

namespace exdiag {

// One sentence for each promise that the store breaks; empty when it is sound.
std::vector<std::string> VerifyStore(sql::Database& database);

}  // namespace exdiag
