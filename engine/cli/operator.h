// Who sits at the keyboard, and when.
#pragma once

#include <string>

#include "engine/base/time.h"

namespace exdiag {

// The login name; "" when the system knows none.
std::string LoginName();

// UTC, to the second.
Ticks Now();

}  // namespace exdiag
