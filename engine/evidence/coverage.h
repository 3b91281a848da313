// Which log of which host was seen for which period: what makes "not seen" mean something.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/time.h"

namespace exdiag {

struct Coverage {
  std::string host;     // canonical
  std::string channel;  // "" when the export does not name its log
  Ticks from;           // time of the first and of the last record read there, both included
  Ticks to;
  std::uint64_t events = 0;
  std::string file;  // which export gave it
};

}  // namespace exdiag
