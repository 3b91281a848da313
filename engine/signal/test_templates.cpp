#include "engine/signal/test_templates.h"

#include <functional>

namespace exdiag {
namespace {

// Changes one text of a test; false: stop.
using Change = std::function<bool(std::string&)>;

bool ChangeTexts(FieldTest& test, const Change& change);

bool ChangeTexts(std::vector<std::string>& texts, const Change& change) {
  for (std::string& text : texts) {
    if (!change(text)) return false;
  }
  return true;
}

struct ChangeVisitor {
  const Change& change;

  bool operator()(TestEquals& test) const { return ChangeTexts(test.values, change); }
  bool operator()(TestText& test) const { return ChangeTexts(test.parts, change); }
  bool operator()(TestHost& test) const { return change(test.name); }
  bool operator()(TestVersion& test) const {
    for (auto& bound : test.bounds) {
      if (!change(bound.second)) return false;
    }
    return true;
  }
  bool operator()(TestNot& test) const {
    for (FieldTest& inner : test.tests) {
      if (!ChangeTexts(inner, change)) return false;
    }
    return true;
  }
  // Numbers, field names and compiled expressions hold no templates.
  bool operator()(TestRange&) const { return true; }
  bool operator()(TestRegex&) const { return true; }
  bool operator()(TestExists&) const { return true; }
  bool operator()(TestMask&) const { return true; }
  bool operator()(TestEqualsField&) const { return true; }
  bool operator()(TestIp&) const { return true; }
};

bool ChangeTexts(FieldTest& test, const Change& change) {
  const bool is_group = std::holds_alternative<TestNot>(test.test);
  return !(test.has_template || is_group) || std::visit(ChangeVisitor{change}, test.test);
}

bool ChangeTexts(std::vector<FieldCondition>& conditions, const Change& change) {
  for (FieldCondition& condition : conditions) {
    for (FieldTest& test : condition.tests) {
      if (!ChangeTexts(test, change)) return false;
    }
  }
  return true;
}

void ClearTemplateMark(FieldTest& test) {
  test.has_template = false;
  if (auto* negated = std::get_if<TestNot>(&test.test)) {
    for (FieldTest& inner : negated->tests) ClearTemplateMark(inner);
  }
}

}  // namespace

std::optional<std::vector<FieldCondition>> InstantiateTests(
    const std::vector<FieldCondition>& conditions, const TemplateLookup& lookup) {
  std::vector<FieldCondition> copies = conditions;
  const bool all_known = ChangeTexts(copies, [&lookup](std::string& text) {
    auto expanded = ExpandTemplate(text, lookup);
    if (!expanded) return false;
    text = std::move(*expanded);
    return true;
  });
  if (!all_known) return std::nullopt;
  for (FieldCondition& condition : copies) {
    for (FieldTest& test : condition.tests) ClearTemplateMark(test);
  }
  return copies;
}

std::vector<TemplatePart> ReferencesIn(std::string_view text) {
  const auto parts = ParseTemplate(text);
  if (!parts) return {};
  std::vector<TemplatePart> references;
  for (const TemplatePart& part : *parts) {
    if (!part.pattern.empty()) references.push_back(part);
  }
  return references;
}

std::vector<TemplatePart> ReferencesIn(const std::vector<FieldCondition>& conditions) {
  std::vector<TemplatePart> references;
  std::vector<FieldCondition> copies = conditions;
  ChangeTexts(copies, [&references](std::string& text) {
    const auto found = ReferencesIn(text);
    references.insert(references.end(), found.begin(), found.end());
    return true;
  });
  return references;
}

}  // namespace exdiag
