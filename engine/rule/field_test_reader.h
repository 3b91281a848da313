// Reads `where`: maps from field to test.
#pragma once

#include <functional>
#include <vector>

#include "engine/rule/rule.h"
#include "engine/yaml/map.h"

namespace exdiag {

// Checks a text of a test that may hold templates of the trigger and complains when it is none.
using TemplateCheck = std::function<void(const YamlNode& text)>;

// Without `check_template` (event patterns, attributes of shared files) texts are taken as they
// stand, and one that looks like a template is complained about.  Regexes are never templates.
// Complains about everything that is no test and leaves it out.
std::vector<FieldCondition> ReadWhere(const YamlNode& node, YamlProblems& problems,
                                      const TemplateCheck& check_template = nullptr);

// Names of all regex captures in these tests.
std::vector<std::string> CapturesOf(std::span<const FieldCondition> where);

}  // namespace exdiag
