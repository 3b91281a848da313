// Values are proposed by the tests themselves, and a few that most negations let pass; the first
// that passes all tests of its attribute is taken.
#include "engine/signal/example_fact.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/rule/field_test.h"
#include "engine/signal/event_fields.h"

namespace exdiag {
namespace {

using Values = std::vector<std::string>;

struct ProposeVisitor {
  Values& values;

  void operator()(const TestEquals& test) const {
    values.insert(values.end(), test.values.begin(), test.values.end());
  }
  void operator()(const TestRange& test) const {
    for (const auto& bound : {test.min, test.max}) {
      if (bound) values.push_back(fmt::format("{}", *bound));
    }
  }
  void operator()(const TestText& test) const {
    values.insert(values.end(), test.parts.begin(), test.parts.end());
  }
  void operator()(const TestMask& test) const {
    values.push_back(fmt::format("{}", test.is.value_or(test.any.value_or(true) ? test.mask : 0)));
  }
  void operator()(const TestHost& test) const { values.push_back(test.name); }
  void operator()(const TestIp& test) const { values.emplace_back(test.is_ip ? "10.0.0.1" : "x"); }
  void operator()(const TestVersion& test) const {
    for (const auto& [op, bound] : test.bounds) {
      values.push_back(bound);
      values.push_back(bound + ".1");  // just above
    }
    values.emplace_back("0");
  }
  void operator()(const TestRegex&) const {}
  void operator()(const TestExists&) const {}
  void operator()(const TestEqualsField&) const {}
  void operator()(const TestNot&) const {}
};

// A text that begins, goes on and ends as the tests want.
std::string Joined(const std::vector<FieldTest>& tests) {
  using Where = TestText::Where;
  std::string joined;
  for (const Where where : {Where::kStartsWith, Where::kContains, Where::kEndsWith}) {
    for (const FieldTest& test : tests) {
      const auto* text = std::get_if<TestText>(&test.test);
      if (text != nullptr && text->where == where && !text->parts.empty()) {
        joined += text->parts.front();
      }
    }
  }
  return joined;
}

Values Proposed(const std::vector<FieldTest>& tests) {
  Values values;
  for (const FieldTest& test : tests) std::visit(ProposeVisitor{values}, test.test);
  if (const std::string joined = Joined(tests); !joined.empty()) {
    values.push_back(joined);
    values.push_back(joined + "x");
  }
  for (const char* usual : {"1", "0", "x", "other"}) values.emplace_back(usual);
  return values;
}

}  // namespace

std::optional<Fact> ExampleFact(const std::string& kind, const std::string& host,
                                const std::vector<FieldCondition>& tests) {
  Fact fact;
  fact.kind = kind;
  fact.host = host;
  std::map<std::string, std::vector<FieldTest>> by_attribute;
  for (const FieldCondition& condition : tests) {
    auto& of_attribute = by_attribute[condition.field];
    of_attribute.insert(of_attribute.end(), condition.tests.begin(), condition.tests.end());
  }
  for (const auto& [attribute, of_attribute] : by_attribute) {
    if (HoldsAll(of_attribute, std::nullopt)) continue;  // better not there
    const Values values = Proposed(of_attribute);
    const auto passes = [&tests = of_attribute](const std::string& value) {
      return HoldsAll(tests, value);
    };
    const auto value = std::find_if(values.begin(), values.end(), passes);
    if (value != values.end()) fact.attributes[attribute] = *value;
  }
  if (!TestsHold(tests, FactFields(fact))) return std::nullopt;
  return fact;
}

}  // namespace exdiag
