// The causes of one event beside each other: what tells each from the others, and what would settle
// it.
#pragma once

#include <string>
#include <vector>

#include "engine/report/causes.h"

namespace exdiag {

struct RivalCause {
  std::size_t number = 0;  // from 1, in the order of EventMeaning::causes
  const PossibleCause* cause = nullptr;
  // The values that the event has with this cause, "nt_error 5"; where a rival has the same ones,
  // also what else it needs.  "any values" when it looks at none.
  std::string told_by;
  std::vector<std::string> settled_by;  // marks of what speaks for or against it
};

// Something to collect or to find out, and the causes that it is about.
struct Settling {
  std::string mark;  // "A", "B", ... "Z", "AA"
  std::string what;  // in words, or a command line
  bool is_command = false;
  std::vector<std::size_t> causes;  // their numbers
};

struct Rivals {
  std::vector<RivalCause> causes;  // those that can be behind the event, most likely first
  std::vector<Settling> settling;  // commands first, then questions; each once
};

// Borrows from `event`.
Rivals RivalsOf(const EventMeaning& event);

}  // namespace exdiag
