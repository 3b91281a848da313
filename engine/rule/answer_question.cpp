#include "engine/rule/answer_question.h"

#include <map>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"

namespace exdiag {
namespace {

// Collects from every condition of a rule; `ask` is that of the evidence line at hand.
struct Collector {
  std::map<std::string, AnswerQuestion>& questions;
  std::string ask;

  void In(const Condition& condition) { std::visit(*this, condition.kind); }
  void operator()(const EventCondition&) {}
  void operator()(const SequenceCondition&) {}
  void operator()(const NotCondition& condition) { In(*condition.condition); }
  void operator()(const AnyCondition& condition) {
    for (const Condition& part : condition.conditions) In(part);
  }
  void operator()(const AllCondition& condition) {
    for (const Condition& part : condition.conditions) In(part);
  }
  void operator()(const FactCondition& condition) {
    if (condition.kind != "answer") return;
    for (const FieldCondition& field : condition.where_all) {
      if (field.field != "name") continue;
      for (const FieldTest& test : field.tests) {
        const auto* equals = std::get_if<TestEquals>(&test.test);
        if (equals == nullptr) continue;
        for (const std::string& name : equals->values) Add(name, condition);
      }
    }
  }

  void Add(const std::string& name, const FactCondition& condition) {
    AnswerQuestion& question = questions[name];
    question.name = name;
    if (question.ask.empty()) question.ask = ask;
    for (const FieldCondition& field : condition.where_all) {
      if (field.field != "value") continue;
      for (const FieldTest& test : field.tests) {
        const auto* equals = std::get_if<TestEquals>(&test.test);
        question.only_values = question.only_values && equals != nullptr;
        if (equals == nullptr) continue;
        for (const std::string& value : equals->values) question.values.insert(ToLower(value));
      }
    }
  }
};

}  // namespace

std::vector<AnswerQuestion> AnswerQuestions(const RuleSet& rules) {
  std::map<std::string, AnswerQuestion> questions;
  for (const Rule& rule : rules.rules()) {
    if (rule.status == Status::kRetired) continue;
    Collector collector{questions, {}};
    for (const Condition& condition : rule.when) collector.In(condition);
    for (const Condition& condition : rule.unless) collector.In(condition);
    for (const EvidenceLine& line : rule.evidence) {
      collector.ask = line.ask;
      collector.In(line.condition);
    }
  }
  std::vector<AnswerQuestion> list;
  for (auto& [name, question] : questions) {
    if (question.values.contains("yes") || question.values.contains("no")) {
      question.values.insert({"yes", "no"});
    }
    list.push_back(std::move(question));
  }
  return list;
}

std::string NoQuestionWords(std::string_view name, const std::vector<AnswerQuestion>& questions) {
  std::vector<std::string_view> known;
  for (const AnswerQuestion& question : questions) known.push_back(question.name);
  return "no rule asks \"" + std::string(name) + "\"" + DidYouMean(name, known);
}

}  // namespace exdiag
