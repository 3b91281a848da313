// The lines of the tests inside rules.
#include "engine/ranking/rule_log.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

TEST(RuleLogTest, ALineTakenApart) {
  const auto lines = ParseRuleLog(
      "\n1999-11-02 19:05:31 BREST \"POP3 Server/1000/warning\" text=\"a \\\"b\\\" c\" "
      "data=F30315000f030980 s2=\n");
  ASSERT_TRUE(lines.ok()) << lines.error().message;
  ASSERT_EQ(lines->size(), 1u);
  const RuleLogLine& line = lines->front();
  EXPECT_EQ(FormatTimeForPeople(line.time), "1999-11-02 19:05:31");
  EXPECT_EQ(line.computer, "BREST");
  EXPECT_EQ(line.provider, "POP3 Server");
  EXPECT_EQ(line.event_id, 1000);
  EXPECT_EQ(line.level, Level::kWarning);
  const std::vector<std::pair<std::string, std::string>> values = {{"text", "a \"b\" c"},
                                                                   {"s2", ""}};
  EXPECT_EQ(line.values, values);
  const std::vector<std::byte> data = {std::byte{0xf3}, std::byte{0x03}, std::byte{0x15},
                                       std::byte{0x00}, std::byte{0x0f}, std::byte{0x03},
                                       std::byte{0x09}, std::byte{0x80}};
  EXPECT_EQ(line.data, data);
}

TEST(RuleLogTest, WhatIsNoLine) {
  const struct {
    const char* line;
    const char* error;
  } kCases[] = {
      {"1999-11-02 19:05:31 BREST",
       "log line 1: a line is time, computer, provider/id and then field=value pairs"},
      {"1999-11-02 noon BREST X/1", "log line 1: \"1999-11-02 noon\" is no date and time"},
      {"1999-11-02 19:05:31 BREST X",
       "log line 1: \"X\" is not of the form provider/id or provider/id/level"},
      {"1999-11-02 19:05:31 BREST X/70000",
       "log line 1: \"X/70000\" is not of the form provider/id or provider/id/level"},
      {"\n1999-11-02 19:05:31 BREST X/1 nt_error",
       "log line 2: \"nt_error\" is not of the form field=value"},
      {"1999-11-02 19:05:31 BREST X/1 data=0f0",
       "log line 1: data=\"0f0\" is not a row of bytes, two hex digits each"},
      {"1999-11-02 19:05:31 BREST X/1 data=0x0f",
       "log line 1: data=\"0x0f\" is not a row of bytes, two hex digits each"},
      {"1999-11-02 19:05:31 BREST X/1 data=",
       "log line 1: data=\"\" is not a row of bytes, two hex digits each"},
  };
  for (const auto& test : kCases) {
    const auto lines = ParseRuleLog(test.line);
    ASSERT_FALSE(lines.ok()) << test.line;
    EXPECT_EQ(lines.error().message, test.error);
  }
}

}  // namespace
}  // namespace exdiag
