// A fact that passes tests: what a question about it would bring to light.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/evidence/fact.h"
#include "engine/rule/rule.h"

namespace exdiag {

// A fact of `kind` about `host` whose attributes pass `tests` (without templates), with no more
// attributes than these name.  nullopt when none was found: tests can contradict each other, and
// what matches a regex is not looked for.
std::optional<Fact> ExampleFact(const std::string& kind, const std::string& host,
                                const std::vector<FieldCondition>& tests);

}  // namespace exdiag
