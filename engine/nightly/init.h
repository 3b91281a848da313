// A configuration to begin with.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace exdiag {

// The text: every key with what it means, those that are not needed as remarks.
std::string_view InitialConfig();

// Writes it to `file` and reads it back; never over a file that is there.
Result<void> WriteInitialConfig(const std::string& file);

}  // namespace exdiag
