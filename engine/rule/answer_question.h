// The questions that rules ask people: the names of their `answer` conditions.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rule/rule_set.h"

namespace exdiag {

struct AnswerQuestion {
  std::string name;
  std::string ask;               // in words, with templates; "" when no rule has any
  std::set<std::string> values;  // that some rule looks for; yes and no always come together
  bool only_values = true;       // nothing but equality with these is asked
};

// Of all rules in use, by name.
std::vector<AnswerQuestion> AnswerQuestions(const RuleSet& rules);

// "no rule asks \"X\"", with the nearest question there is.
std::string NoQuestionWords(std::string_view name, const std::vector<AnswerQuestion>& questions);

}  // namespace exdiag
