#include "engine/report/rule_render.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/report/phrases.h"
#include "engine/report/rule_json.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

void AddOnce(std::vector<std::string>& list, const std::string& text) {
  if (text.empty()) return;
  const std::string words = TemplateInWords(text);
  if (std::find(list.begin(), list.end(), words) == list.end()) list.push_back(words);
}

Json WordsOf(const Rule& rule, const std::vector<Condition>& conditions) {
  Json list = Json::array();
  for (const Condition& condition : conditions) list.push_back(ConditionInWords(rule, condition));
  return list;
}

Json PatternsOf(const Rule& rule, const std::vector<std::size_t>& patterns) {
  Json list = Json::array();
  for (const std::size_t pattern : patterns) list.push_back(PatternInWords(rule.events[pattern]));
  return list;
}

Json EvidenceLinesOf(const Rule& rule) {
  Json list = Json::array();
  for (const EvidenceLine& line : rule.evidence) {
    Json json = {{"points", line.points},
                 {"because", TemplateInWords(line.because)},
                 {"if", ConditionInWords(rule, line.condition)}};
    if (!line.ask.empty()) json["ask"] = TemplateInWords(line.ask);
    if (!line.collect.empty()) json["collect"] = TemplateInWords(line.collect);
    list.push_back(std::move(json));
  }
  return list;
}

Json FixOf(const Rule& rule) {
  Json list = Json::array();
  for (const FixStep& step : rule.fix) {
    list.push_back({{"do", TemplateInWords(step.do_what)},
                    {"on", TemplateInWords(step.on)},
                    {"risk", step.risk},
                    {"ours", step.ours}});
  }
  return list;
}

}  // namespace

Json RuleJson(const Rule& rule) {
  return {{"cause", rule.id},
          {"title", rule.title},
          {"status", StatusName(rule.status)},
          {"version", rule.version},
          {"verdict", VerdictName(rule.verdict)},
          {"strength", StrengthName(rule.strength)},
          {"points", static_cast<int>(rule.strength)},
          {"articles", rule.articles},
          {"applies_to", rule.applies_to},
          {"explanation", TemplateInWords(rule.cause)},
          {"triggers", PatternsOf(rule, rule.triggers)},
          {"explains", PatternsOf(rule, rule.explains)},
          {"needs", WordsOf(rule, rule.when)},
          {"excluded_by", WordsOf(rule, rule.unless)},
          {"evidence", EvidenceLinesOf(rule)},
          {"fix", FixOf(rule)}};
}

void AddConditions(Document& out, const Rule& rule, const std::vector<std::size_t>& patterns) {
  for (const std::size_t pattern : patterns.empty() ? rule.triggers : patterns) {
    out.Add(Item{0, "if", PatternInWords(rule.events[pattern])});
  }
  for (const Condition& condition : rule.when) {
    out.Add(Item{0, "needs", ConditionInWords(rule, condition)});
  }
  for (const Condition& condition : rule.unless) {
    out.Add(Item{0, "not with", ConditionInWords(rule, condition)});
  }
  for (const EvidenceLine& line : rule.evidence) {
    Phrase text(TemplateInWords(line.because));
    text.Add(" (" + ConditionInWords(rule, line.condition) + ")", Role::kDim);
    out.Add(Item{0, PointsText(line.points), text});
  }
}

void AddRuleFix(Document& out, const Rule& rule) {
  int number = 0;
  for (const FixStep& step : rule.fix) {
    Phrase text;
    if (!step.on.empty()) text.Add(fmt::format("On {}: ", TemplateInWords(step.on)), Role::kStrong);
    text.Add(TemplateInWords(step.do_what));
    if (!step.risk.empty() && step.risk != "none") text.Add(fmt::format(" (risk: {})", step.risk));
    if (step.ours) text.Add(" (our advice, not the article's)", Role::kDim);
    out.Add(Item{0, fmt::format("{}.", ++number), text});
  }
}

Questions QuestionsOf(const std::vector<const Rule*>& rules) {
  Questions questions;
  for (const Rule* rule : rules) {
    for (const EvidenceLine& line : rule->evidence) {
      AddOnce(questions.ask, line.ask);
      AddOnce(questions.collect, line.collect);
    }
  }
  return questions;
}

void AddQuestions(Document& out, const Questions& questions) {
  if (questions.ask.empty() && questions.collect.empty()) return;
  out.Add(Heading{2, "What to collect and to find out"});
  for (const std::string& command : questions.collect) out.Add(Verbatim{command});
  for (const std::string& question : questions.ask) out.Add(Item{0, "-", question});
}

Document RuleDocument(const Rule& rule) {
  Document out;
  out.Add(Heading{1, rule.title});
  out.Add(Paragraph{{rule.id, Role::kCode}});
  Phrase facts(fmt::format(
      "version {}, {}; {}; starts as {} ({} points)", rule.version, StatusName(rule.status),
      rule.verdict == Verdict::kFault ? "a fault" : "expected: no action needed",
      StrengthName(rule.strength), PointsText(static_cast<double>(rule.strength))));
  if (!rule.superseded_by.empty()) facts.Add("; superseded by " + rule.superseded_by);
  out.Add(Paragraph{facts});
  if (!rule.articles.empty()) out.Add(Paragraph{"Articles: " + Joined(rule.articles)});
  if (!rule.applies_to.empty()) out.Add(Paragraph{"Applies to: " + Joined(rule.applies_to)});
  out.Add(Heading{2, "Cause"});
  out.Add(Paragraph{TemplateInWords(rule.cause)});
  out.Add(Heading{2, "When it holds"});
  AddConditions(out, rule);
  out.Add(Heading{2, "Explains"});
  for (const std::size_t pattern : rule.explains) {
    out.Add(Item{0, "-", PatternInWords(rule.events[pattern])});
  }
  out.Add(Heading{2, "What to do"});
  AddRuleFix(out, rule);
  AddQuestions(out, QuestionsOf({&rule}));
  if (!rule.notes.empty()) {
    out.Add(Heading{2, "Notes"});
    out.Add(Paragraph{rule.notes});
  }
  out.Add(Heading{2, "Tests"});
  for (const RuleTest& test : rule.tests) {
    out.Add(Item{0, "-", fmt::format("{}: {}", test.name, test.finding ? "a finding" : "none")});
  }
  out.Add(Paragraph{{ToString(rule.where), Role::kDim}});
  return out;
}

std::string RuleJsonText(const Rule& rule) { return Dump(RuleJson(rule)); }

Document RuleListDocument(const std::vector<Rule>& rules) {
  Document out;
  Table table{{{"rule"}, {"status"}, {"starts as"}, {"articles"}, {"title"}}, {}};
  for (const Rule& rule : rules) {
    table.rows.push_back({rule.id, std::string(StatusName(rule.status)),
                          std::string(StrengthName(rule.strength)), Joined(rule.articles),
                          rule.title});
  }
  out.Add(std::move(table));
  out.Add(Paragraph{Counted(rules.size(), "rule")});
  return out;
}

std::string RuleListJson(const std::vector<Rule>& rules) {
  Json list = Json::array();
  for (const Rule& rule : rules) list.push_back(RuleJson(rule));
  return Dump({{"schema", 1}, {"rules", std::move(list)}});
}

}  // namespace exdiag
