// The system's clock.
#pragma once

#include "engine/base/time.h"

namespace exdiag {

// UTC.
Ticks Now();

// The same to the second: for what people read and note.
Ticks NowInSeconds();

}  // namespace exdiag
