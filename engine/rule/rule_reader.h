// Reads and checks one rule on its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/rule/pattern_reader.h"
#include "engine/rule/rule.h"
#include "engine/yaml/node.h"

namespace exdiag {

// area.fault.cause in lower-case letters, digits and '-'.
bool IsRuleId(std::string_view id);

// Everything that is wrong goes to `problems`; a rule with errors is still given when it has an
// `id`, so that other rules may refer to it: ask problems.failed().  `more_patterns` are shared
// ones that its conditions name without `use`; see PutInSharedConditions.
std::optional<Rule> ReadRule(const YamlNode& root, const Knowledge& knowledge,
                             const SharedPatterns& shared,
                             const std::vector<std::string>& more_patterns, YamlProblems& problems);

}  // namespace exdiag
