// A rule said in words, for `causes`, `explain` and `rules show`.
#pragma once

#include <string>
#include <string_view>

#include "engine/rule/rule.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

// "MSExchangeMTA 9322 with nt_error 5".
std::string PatternInWords(const EventPattern& pattern);

// What it wants of the values, in brief: "nt_error 5, protocol_string of a certain form"; "" for
// any.
std::string ValuesInWords(const EventPattern& pattern);

// "MSExchangeMTA 289 on another host within 10 min", "no MSExchangeMTA 9301 ...".  `rule` names the
// patterns.  Without a verb, so that it can follow "needs:" and "not with:".
std::string ConditionInWords(const Rule& rule, const Condition& condition);

// "5 or 14", "from 1 to 9 and not 5": what a value must be.
std::string TestsInWords(const std::vector<FieldTest>& tests);

// A template with no event to fill it: "{refused.computer} refused" becomes "<computer> refused".
std::string TemplateInWords(std::string_view text);

// "there is no rule \"X\"", with the nearest there is.
std::string NoRuleWords(std::string_view id, const RuleSet& rules);

}  // namespace exdiag
