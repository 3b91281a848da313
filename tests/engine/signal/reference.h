// What docs/rule-language.md says, written as plain loops over all events: slow, and without a line
// of the engine.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "tests/engine/signal/plain_case.h"

namespace exdiag::plain {

enum class Value : std::uint8_t { kFails, kUnknown, kHolds };

struct Expected {
  std::set<std::size_t> triggers;         // indexes into Case::log
  double start_points = 3;                // of `strength: probable`
  std::map<std::size_t, Value> reasons;   // evidence lines that hold or are unknown
  std::set<std::size_t> explained;        // without what only sequences counted
  std::set<std::size_t> maybe_explained;  // what a sequence might have counted
};

// In no particular order.
std::vector<Expected> Reference(const Case& one);

}  // namespace exdiag::plain
