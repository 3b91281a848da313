// Field tests whose texts hold {name.field}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/rule/rule.h"
#include "engine/rule/template.h"

namespace exdiag {

// Copies of `conditions` with the templates replaced, so that they can be asked of many events;
// nullopt when a value is not known.
std::optional<std::vector<FieldCondition>> InstantiateTests(
    const std::vector<FieldCondition>& conditions, const TemplateLookup& lookup);

// Every {name.field} in a text, or in the texts of tests, in order.
std::vector<TemplatePart> ReferencesIn(std::string_view text);
std::vector<TemplatePart> ReferencesIn(const std::vector<FieldCondition>& conditions);

}  // namespace exdiag
