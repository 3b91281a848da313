// Facts that would answer a question.
#include "engine/signal/example_fact.h"

#include <gtest/gtest.h>

#include "engine/rule/field_test_reader.h"
#include "engine/signal/event_fields.h"

namespace exdiag {
namespace {

std::vector<FieldCondition> Tests(const std::string& yaml) {
  DiagnosticList list;
  YamlProblems problems("x.yaml", "rule left out", list);
  const auto node = ParseYaml(yaml, problems);
  auto where = ReadWhere(node.value(), problems, nullptr);
  EXPECT_TRUE(list.items().empty()) << yaml;
  return where;
}

TEST(ExampleFact, PassesTheTests) {
  const struct {
    const char* why;
    const char* tests;
    const char* attributes;  // "name=value ..."; "none": there is no such fact
  } kCases[] = {
      {"no tests, no attributes", "{}", ""},
      {"equality", "{service: SMTPSVC, instance: ex1}", "instance=ex1 service=SMTPSVC "},
      {"one of a list", "{tpdu: [CC, CR]}", "tpdu=CC "},
      {"not one value", "{reserved: {not: 0}}", "reserved=1 "},
      {"the first of a list is excluded", "{tpdu: {not: CC}, size: [1, 2]}", "size=1 tpdu=1 "},
      {"a range", "{size: {min: 7, max: 9}}", "size=7 "},
      {"a range without a lower end", "{size: {max: 9}}", "size=9 "},
      {"texts that meet", "{name: {starts_with: a, contains: b, ends_with: c}}", "name=abc "},
      {"a text, but not as a whole", "{name: {starts_with: ab, not: ab}}", "name=abx "},
      {"bits", "{flags: {mask: 0xff00, is: 0x300}}", "flags=768 "},
      {"a version above", "{version: {version: '> 5.5'}}", "version=5.5.1 "},
      {"a version below", "{version: {version: '< 5.5'}}", "version=0 "},
      {"better not there", "{port: {exists: no}, service: x}", "service=x "},
      {"there", "{port: {exists: yes}}", "port=1 "},
      {"nothing passes", "{size: {contains: a, not: {contains: a}}}", "none"},
      {"a regex is not looked into", "{name: {regex: '^[0-9]{7}$'}}", "none"},
  };
  for (const auto& row : kCases) {
    const auto tests = Tests(row.tests);
    const auto fact = ExampleFact("k", "h", tests);
    std::string attributes = fact ? "" : "none";
    if (fact) {
      for (const auto& [name, value] : fact->attributes) attributes += name + "=" + value + " ";
      EXPECT_TRUE(TestsHold(tests, FactFields(*fact))) << row.why;
      EXPECT_EQ(fact->kind + fact->host, "kh");
    }
    EXPECT_EQ(attributes, row.attributes) << row.why;
  }
}

}  // namespace
}  // namespace exdiag
