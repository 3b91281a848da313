// Who sits at the keyboard.
#pragma once

#include <string>

namespace exdiag {

// The login name; "" when the system knows none.
std::string LoginName();

}  // namespace exdiag
