// Rules for people and programs.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/report/document.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

// What makes the rule hold and what moves it, as list items: "if", "needs", "not with", "+3".
// `patterns` are the ones that the reader came by, shown as "if"; empty: the triggers.
void AddConditions(Document& out, const Rule& rule, const std::vector<std::size_t>& patterns = {});
void AddRuleFix(Document& out, const Rule& rule);
// What can be asked and collected to tell rules apart: each line once, in order.
struct Questions {
  std::vector<std::string> ask;
  std::vector<std::string> collect;
};
Questions QuestionsOf(const std::vector<const Rule*>& rules);
void AddQuestions(Document& out, const Questions& questions);

// One rule, whole.
Document RuleDocument(const Rule& rule);
std::string RuleJsonText(const Rule& rule);

// All rules, one line each.
Document RuleListDocument(const std::vector<Rule>& rules);
std::string RuleListJson(const std::vector<Rule>& rules);

}  // namespace exdiag
