// Tests of one field that no value passes; whole rules are in rule_complaints_test.cpp.
#include "engine/rule/logic_check.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

FieldTest Range(std::optional<std::int64_t> min, std::optional<std::int64_t> max) {
  return {TestRange{min, max}};
}

TEST(LogicCheckTest, TestsOfOneField) {
  const struct {
    const char* what;
    std::vector<FieldTest> tests;
    const char* contradiction;
  } kCases[] = {
      {"one test never contradicts itself", {{TestExists{false}}}, ""},
      {"ranges that meet", {Range(1, 5), Range(5, 9)}, ""},
      {"ranges that do not",
       {Range(1, 5), Range(6, std::nullopt)},
       "no number is both at least 6 and at most 5"},
      {"one code is in both: 0x80070005 is negative as well",
       {Range(0x8000'0000, std::nullopt), Range(std::nullopt, -1)},
       ""},
      {"the two forms of one code",
       {{TestEquals{{"-2147024891"}}}, {TestEquals{{"0x80070005"}}}},
       ""},
      {"a code as events print it, and a range",
       {{TestEquals{{"00000BB8"}}}, Range(3000, 3000)},
       ""},
      {"such a code has other spellings",
       {{TestEquals{{"00000BB8"}}}, {TestText{TestText::Where::kStartsWith, {"0x"}}}},
       ""},
      {"lists that share nothing",
       {{TestEquals{{"5", "6"}}}, {TestEquals{{"7", "8"}}}},
       "\"5\", \"6\" does not pass the other tests"},
      {"lists that share a value", {{TestEquals{{"5", "6"}}}, {TestEquals{{"0x6"}}}}, ""},
      {"letter case does not count",
       {{TestEquals{{"LYON"}}}, {TestText{TestText::Where::kContains, {"yon"}}}},
       ""},
      {"a text without the part",
       {{TestEquals{{"LYON"}}}, {TestText{TestText::Where::kContains, {"brest"}}}},
       "\"LYON\" does not pass the other tests"},
      {"a template may be anything", {{TestEquals{{"LYON"}}}, {TestEquals{{"{a.b}"}}, true}}, ""},
      {"another field may be anything", {{TestEquals{{"5"}}}, {TestEqualsField{"other"}}}, ""},
      {"bits both set and clear",
       {{TestMask{0xff, 3, std::nullopt}}, {TestMask{0x0f, 4, std::nullopt}}},
       "the bits 0x7 would have to be both set and not set"},
      {"bits that agree",
       {{TestMask{0xff, 3, std::nullopt}}, {TestMask{0x0f, 3, std::nullopt}}},
       ""},
      {"an address and none",
       {{TestIp{true}}, {TestIp{false}}},
       "an IP address is wanted and excluded"},
  };
  for (const auto& row : kCases) EXPECT_EQ(Contradiction(row.tests), row.contradiction) << row.what;
}

}  // namespace
}  // namespace exdiag
