#include "engine/report/rivals.h"

#include <algorithm>
#include <map>

#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

std::string MarkOf(std::size_t number) {
  std::string mark;
  for (++number; number > 0; number = (number - 1) / 26) {
    mark.insert(mark.begin(), static_cast<char>('A' + (number - 1) % 26));
  }
  return mark;
}

// What the event itself says with this cause; "" for anything.
std::string OwnValues(const PossibleCause& cause) {
  std::vector<std::string> each;
  for (const std::size_t pattern : cause.patterns) {
    std::string values = ValuesInWords(cause.rule->events[pattern]);
    if (values.empty()) return {};
    if (std::find(each.begin(), each.end(), values) == each.end()) {
      each.push_back(std::move(values));
    }
  }
  std::string words;
  for (const std::string& values : each) words += (words.empty() ? "" : "; or ") + values;
  return words;
}

// What an operator says tells any two causes apart; it stands among what to find out.
bool IsAnswer(const EvidenceLine& line) {
  const auto* fact = std::get_if<FactCondition>(&line.condition.kind);
  return fact != nullptr && fact->kind == "answer";
}

// What else the cause needs: its conditions, or the line of evidence that weighs most.
std::string WhatElse(const PossibleCause& cause) {
  const Rule& rule = *cause.rule;
  if (cause.relation == Relation::kExplained) {
    return "with " + PatternInWords(rule.events[rule.triggers.front()]);
  }
  if (!rule.when.empty()) return "with " + ConditionInWords(rule, rule.when.front());
  const EvidenceLine* heaviest = nullptr;
  for (const EvidenceLine& line : rule.evidence) {
    if (line.points <= 0 || IsAnswer(line)) continue;
    if (heaviest == nullptr || line.points > heaviest->points) heaviest = &line;
  }
  return heaviest == nullptr ? "" : TemplateInWords(heaviest->because);
}

class SettlingList {
 public:
  void Add(const std::string& text, bool is_command, std::size_t cause) {
    if (text.empty()) return;
    std::string what = TemplateInWords(text);
    auto found = std::find_if(list_.begin(), list_.end(),
                              [&](const Settling& one) { return one.what == what; });
    if (found == list_.end()) {
      list_.push_back({{}, std::move(what), is_command, {}});
      found = std::prev(list_.end());
    }
    if (found->causes.empty() || found->causes.back() != cause) found->causes.push_back(cause);
  }

  std::vector<Settling> Take() {
    std::stable_sort(list_.begin(), list_.end(), [](const Settling& a, const Settling& b) {
      return a.is_command > b.is_command;
    });
    for (std::size_t i = 0; i < list_.size(); ++i) list_[i].mark = MarkOf(i);
    return std::move(list_);
  }

 private:
  std::vector<Settling> list_;
};

}  // namespace

Rivals RivalsOf(const EventMeaning& event) {
  Rivals rivals;
  SettlingList settling;
  std::map<std::string, std::size_t> with_values;  // how many causes share them
  for (const PossibleCause& cause : event.causes) {
    if (cause.relation == Relation::kEvidence) continue;
    RivalCause rival{
        .number = rivals.causes.size() + 1, .cause = &cause, .told_by = {}, .settled_by = {}};
    rival.told_by = OwnValues(cause);
    ++with_values[rival.told_by];
    for (const EvidenceLine& line : cause.rule->evidence) {
      settling.Add(line.collect, true, rival.number);
      settling.Add(line.ask, false, rival.number);
    }
    rivals.causes.push_back(std::move(rival));
  }
  for (RivalCause& rival : rivals.causes) {
    const std::string else_needed =
        with_values[rival.told_by] > 1 || rival.told_by.empty() ? WhatElse(*rival.cause) : "";
    if (rival.told_by.empty()) rival.told_by = else_needed.empty() ? "any values" : "";
    if (!else_needed.empty()) rival.told_by += (rival.told_by.empty() ? "" : "; ") + else_needed;
  }
  rivals.settling = settling.Take();
  for (const Settling& one : rivals.settling) {
    for (const std::size_t cause : one.causes) {
      rivals.causes[cause - 1].settled_by.push_back(one.mark);
    }
  }
  return rivals;
}

}  // namespace exdiag
