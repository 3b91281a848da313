#include "engine/rule/field_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rule/field_test_reader.h"
#include "engine/rule/regex.h"
#include "engine/rule/template.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// The tests in `yaml`, as an author writes them behind "field:".
std::vector<FieldTest> Tests(const std::string& yaml, bool templates = false) {
  DiagnosticList list;
  YamlProblems problems("x.yaml", "rule left out", list);
  const auto node = ParseYaml("f: " + yaml, problems);
  const TemplateCheck accept = [](const YamlNode&) {};
  auto where = ReadWhere(node.value(), problems, templates ? accept : nullptr);
  EXPECT_TRUE(list.items().empty()) << yaml << ": " << ToString(list.items().front());
  return where.empty() ? std::vector<FieldTest>() : where.front().tests;
}

struct Case {
  const char* why;
  std::string test;
  std::optional<std::string_view> value;
  bool holds;
};

TEST(FieldTestTest, Edges) {
  const Case kCases[] = {
      {"equal numbers", "5", "5", true},
      {"hexadecimal against decimal", "0x5", "5", true},
      {"hexadecimal without 0x, decimal digits only", "0x80004005", "80004005", true},
      {"hexadecimal without 0x, letters", "0x8004010f", "8004010F", true},
      {"hexadecimal without 0x, leading zeros", "0xbb8", "00000BB8", true},
      {"ten digits of a call stack", "0x80070057", "0080070057", true},
      {"as it stands", "80004005", "80004005", true},
      {"against decimal", "3000", "00000BB8", true},
      {"a rule may write it as the event does", "80004005", "0x80004005", true},
      {"eight digits are hexadecimal", "16", "00000010", true},
      {"and so are never those of a decimal number in another form", "0x4c4b9a5", "80004005",
       false},
      {"too few digits for bare hexadecimal", "0xbb8", "BB8", false},
      {"decimal against hexadecimal", "5", "0x00000005", true},
      {"quoted is no different", "\"5\"", "5", true},
      {"leading zeros of numbers", "5", "05", true},
      {"a code as signed number", "0x8009030c", "-2146893044", true},
      {"a code as unsigned number", "-2146893044", "2148074252", true},
      {"letter case of hexadecimal", "0x8009030c", "0x8009030C", true},
      {"past 32 bits is another number", "0x8009030c", "0x18009030c", false},
      {"-1 is 0xffffffff", "-1", "0xffffffff", true},
      {"no number: as text", "5", "5a", false},
      {"text without case", "Unable to Relay", "unable to relay", true},
      {"blanks around the value", "BREST", " BREST\r\n", true},
      {"text is equal as a whole", "BREST", "BREST2", false},
      {"one of a list", "[5, 14]", "14", true},
      {"none of a list", "[5, 14]", "15", false},
      {"the field is not shown", "5", std::nullopt, false},
      {"empty is not nought", "0", "", false},
      {"an empty value equals empty", "''", "", true},

      {"in the range, lower end", "{min: 1, max: 9}", "1", true},
      {"in the range, upper end", "{min: 1, max: 9}", "9", true},
      {"below", "{min: 1, max: 9}", "0", false},
      {"above", "{min: 1, max: 9}", "10", false},
      {"one bound", "{min: 400}", "452", true},
      {"-1 is not above 1", "{min: 1}", "-1", false},
      {"unsigned bounds, signed value", "{min: 0x80090300, max: 0x8009036f}", "-2146893044", true},
      {"signed bounds, unsigned value", "{min: -10, max: -1}", "0xffffffff", true},
      {"text is in no range", "{min: 1}", "many", false},

      {"contains", "{contains: RELAY}", "Unable to relay for x", true},
      {"contains one of", "{contains: [x, relay]}", "Unable to relay", true},
      {"contains none of", "{contains: [x, z]}", "Unable to relay", false},
      {"starts with", "{starts_with: '550 '}", "550 5.7.1", true},
      {"starts not with", "{starts_with: '50 '}", "550 5.7.1", false},
      {"ends with", "{ends_with: DRAS}", "/CN=dras", true},
      {"longer than the value", "{ends_with: abcdef}", "def", false},
      {"two keys must both hold", "{starts_with: a, ends_with: b}", "a-b", true},
      {"one of two does not", "{starts_with: a, ends_with: b}", "a-c", false},

      {"regex anywhere, any case", "{regex: 'x-EXPS.*535'}", "verb x-exps, reply 535 5.7.3", true},
      {"regex that does not match", "{regex: '^x-exps'}", "the x-exps", false},

      {"is there", "{exists: yes}", "x", true},
      {"there but empty", "{exists: yes}", "", false},
      {"empty is not there", "{exists: no}", "", true},
      {"not shown is not there", "{exists: no}", std::nullopt, true},
      {"not shown is not there either", "{exists: yes}", std::nullopt, false},
      {"there, though it should not", "{exists: no}", "x", false},

      {"a version byte and a reserved byte", "{mask: 0xff00, is: 0x0300}", "769", true},
      {"another version", "{mask: 0xff00, is: 0x0300}", "0x0201", false},
      {"some bit", "{mask: 0xff, any: yes}", "769", true},
      {"no bit", "{mask: 0xff, any: yes}", "768", false},
      {"no bit wanted", "{mask: 0xff, any: no}", "768", true},
      {"a negative number has the bits of its 32", "{mask: 0xffff0000, is: 0x80090000}",
       "-2146893044", true},
      {"text has no bits", "{mask: 1, any: no}", "x", false},

      {"one host, two forms", "{host: brest.example.com}", "BREST", true},
      {"backslashes", "{host: BREST}", "\\\\BREST", true},
      {"another host", "{host: BREST}", "LYON", false},
      {"addresses are compared whole", "{host: 10.0.0.1}", "10.0.0.2", false},
      {"no host", "{host: BREST}", "", false},

      {"IPv4", "{ip: yes}", "10.0.0.1", true},
      {"in brackets, as in SMTP", "{ip: yes}", "[10.0.0.1]", true},
      {"IPv6", "{ip: yes}", "fe80::1%3", true},
      {"too large", "{ip: yes}", "10.0.0.256", false},
      {"a name", "{ip: no}", "BREST", true},
      {"not shown is no name either", "{ip: no}", std::nullopt, false},

      {"older", "{version: '< 2651.75'}", "2650.24", true},
      {"not older than itself", "{version: '< 2651.75'}", "2651.75", false},
      {"at most", "{version: '<= 2651.75'}", "2651.75", true},
      {"part by part, not as a decimal", "{version: '> 5.5.9'}", "5.5.10", true},
      {"missing parts count as 0", "{version: '= 5.5'}", "5.5.0", true},
      {"between", "{version: ['>= 6.5.7226', '< 6.5.7638']}", "6.5.7226.0", true},
      {"outside", "{version: ['>= 6.5.7226', '< 6.5.7638']}", "6.5.7638.1", false},
      {"no version", "{version: '< 9'}", "SP1", false},

      {"not", "{not: 5}", "6", true},
      {"not, but it is", "{not: 5}", "0x5", false},
      {"not needs a value", "{not: 5}", std::nullopt, false},
      {"not one of", "{not: [5, 14]}", "5", false},
      {"not both", "{not: {starts_with: a, ends_with: b}}", "a-c", true},
  };
  for (const Case& row : kCases) {
    EXPECT_EQ(HoldsAll(Tests(row.test), row.value), row.holds) << row.why;
  }
}

TEST(FieldTestTest, AnotherFieldOfTheSameEvent) {
  TestContext context;
  context.field = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "other") return "0x5";
    return std::nullopt;
  };
  EXPECT_TRUE(HoldsAll(Tests("{equals_field: other}"), "5", context));
  EXPECT_FALSE(HoldsAll(Tests("{equals_field: other}"), "6", context));
  EXPECT_FALSE(HoldsAll(Tests("{equals_field: gone}"), "5", context));
  EXPECT_FALSE(HoldsAll(Tests("{equals_field: other}"), "5"));
}

TEST(FieldTestTest, TemplatesOfTheTrigger) {
  const TemplateLookup lookup = [](std::string_view,
                                   std::string_view field) -> std::optional<std::string> {
    if (field == "remote_server") return "LYON";
    return std::nullopt;
  };
  TestContext context;
  context.expand = [&](std::string_view text) { return ExpandTemplate(text, lookup); };
  EXPECT_TRUE(HoldsAll(Tests("'{t.remote_server}'", true), "lyon", context));
  EXPECT_TRUE(HoldsAll(Tests("{contains: '/CN={t.remote_server}/'}", true), "/CN=LYON/", context));
  EXPECT_TRUE(HoldsAll(Tests("{host: '{t.remote_server}'}", true), "lyon.example.com", context));
  EXPECT_TRUE(HoldsAll(Tests("'{{x}}'", true), "{x}", context));
  EXPECT_FALSE(HoldsAll(Tests("'{t.gone}'", true), "", context));  // not known is not equal
  EXPECT_FALSE(HoldsAll(Tests("'{t.remote_server}'", true), "lyon"));
  EXPECT_TRUE(HoldsAll(Tests("{not: '{t.remote_server}'}", true), "BREST", context));
}

TEST(FieldTestTest, CapturesComeOut) {
  std::vector<std::pair<std::string, std::string>> captures;
  TestContext context;
  context.captures = &captures;
  EXPECT_TRUE(
      HoldsAll(Tests("{regex: 'reply (?<code>\\d+) (?<text>.*)'}"), "reply 535 no", context));
  EXPECT_THAT(captures, ElementsAre(Pair("code", "535"), Pair("text", "no")));
}

TEST(FieldTestTest, ATooComplexValueDoesNotMatchAndIsTold) {
  TestRegex regex{"(a|aa)+$", "", {}, nullptr};
  regex.compiled = *CompileRegex(regex.pattern);
  std::vector<std::string> told;
  TestContext context;
  context.too_complex = [&](const TestRegex& test, std::size_t bytes) {
    told.push_back(test.pattern + " on " + std::to_string(bytes));
  };
  const std::string value = std::string(9'000, 'a') + "!";
  EXPECT_FALSE(Holds({regex}, value, context));
  EXPECT_THAT(told, ElementsAre("(a|aa)+$ on 9001"));
  EXPECT_FALSE(Holds({regex}, value)) << "nobody listens";
}

}  // namespace
}  // namespace exdiag
