// What can only be checked when all rules are known.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rule/rule.h"

namespace exdiag {

// Complains about what one rule says of others: ids that stand twice, successors and `first:` that
// name no rule or a retired one, and rules that nothing tells apart.  `ids` holds the ids of all
// rules that were met, left-out ones included.  Returns the indexes of the rules to leave out.
std::set<std::size_t> CrossCheck(std::span<const Rule> rules,
                                 const std::set<std::string, std::less<>>& ids,
                                 DiagnosticSink& problems);

// Trigger, `when`, `unless` and the conditions of the evidence in one text that does not depend on
// the names of the patterns: rules with equal texts can never be told apart.
std::string Fingerprint(const Rule& rule);
// The same of one condition of the rule, and of tests.
std::string Fingerprint(const Rule& rule, const Condition& condition);
std::string Fingerprint(std::span<const FieldTest> tests);

}  // namespace exdiag
