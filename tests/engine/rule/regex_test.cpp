#include "engine/rule/regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace exdiag {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<const CompiledRegex> Compiled(std::string_view pattern) {
  auto compiled = CompileRegex(pattern);
  EXPECT_TRUE(compiled.ok()) << pattern;
  return *compiled;
}

TEST(RegexTest, SearchesAnywhereWithoutCase) {
  const auto regex = Compiled("status code is (?<code>0x[0-9a-f]+)(?: on (?<host>\\w+))?");
  std::vector<std::string_view> captures;
  EXPECT_EQ(SearchRegex(*regex, "The STATUS CODE is 0x8009030C on EX1.", &captures),
            RegexMatch::kYes);
  EXPECT_THAT(captures, ElementsAre("0x8009030C", "EX1"));
  EXPECT_EQ(SearchRegex(*regex, "status code is 0x5", &captures), RegexMatch::kYes);
  EXPECT_THAT(captures, ElementsAre("0x5", ""));
  EXPECT_EQ(SearchRegex(*regex, "", &captures), RegexMatch::kNo);
}

TEST(RegexTest, LineEndsAreOrdinaryText) {
  EXPECT_EQ(SearchRegex(*Compiled("first.*second"), "first\r\nsecond"), RegexMatch::kYes);
}

TEST(RegexTest, BadPatterns) {
  const struct {
    std::string pattern;
    std::string reason;
  } kCases[] = {
      {"", "the pattern is empty"},
      {std::string(1001, 'a'), "the pattern is longer than 1000 letters"},
      {"(unclosed",
       "Unmatched marking parenthesis ( or \\(.  The error occurred while parsing the regular "
       "expression: '(unclosed>>>HERE>>>'."},
      {"a[z-b]",
       "Invalid character class name, collating name, or character range.  The error occurred "
       "while parsing the regular expression: 'a[z-b]>>>HERE>>>'."},
  };
  for (const auto& row : kCases) {
    const auto compiled = CompileRegex(row.pattern);
    ASSERT_FALSE(compiled.ok()) << row.pattern;
    EXPECT_EQ(compiled.error().message, row.reason);
  }
}

TEST(RegexTest, CaptureNames) {
  EXPECT_THAT(CaptureNames("(?<a>x)(?:y)(?<b_2>z)(?<=w)\\(?<no>"), ElementsAre("a", "b_2"));
}

TEST(RegexTest, RequiredLiterals) {
  const struct {
    const char* why;
    std::string_view pattern;
    std::string_view literal;
  } kCases[] = {
      {"plain text", "Unable to relay", "unable to relay"},
      {"an escaped full stop is text", "550 5\\.7\\.1", "550 5.7.1"},
      {"the longest run wins", "ab.*longer", "longer"},
      {"a class ends a run", "ab[cd]ef1", "ef1"},
      {"so does an escape", "abc\\d+de", "abc"},
      {"an optional letter is not required", "abcd?ef", "abc"},
      {"a repeated one is there once", "abc+d", "abc"},
      {"nought times", "ab{0,3}cdef", "cdef"},
      {"at least twice", "ab{2}c", "ab"},
      {"a group is passed over", "abc(def|ghi)?jk", "abc"},
      {"anchors are no text", "^abc$", "abc"},
      {"alternatives at the top: none is required", "abc|def", ""},
      {"a bar inside a class is text of the class", "[|]abc", "abc"},
      {"a bracket inside a class", "[]a]bcd", "bcd"},
      {"a closing bracket inside a group's class", "([)]x)yz", "yz"},
      {"free spacing means something else", "(?x) a b c", ""},
      {"hexadecimal escapes end the search", "ab\\x41cdef", "ab"},
      {"nothing but a class", "\\d+", ""},
  };
  for (const auto& row : kCases) EXPECT_EQ(RequiredLiteral(row.pattern), row.literal) << row.why;
}

TEST(RegexTest, CatastrophesAreFound) {
  for (const std::string_view bad :
       {"(x+x+)+y", "(a|aa)+$", "(\\w+\\s?)+:", "^(([a-z])+.)+[A-Z]([a-z])+$", "server (.*)*=z"}) {
    EXPECT_TRUE(BacktracksBadly(*Compiled(bad))) << bad;
  }
  for (const std::string_view good :
       {"unable to relay", "^550 5\\.7\\.1", "status code is (?<c>0x[0-9a-f]{8})",
        "first.*second.*third", "\\b4\\d\\d\\b", "(?:a|b)+c", "[^ ]+ 535 "}) {
    EXPECT_FALSE(BacktracksBadly(*Compiled(good))) << good;
  }
}

TEST(RegexTest, AHostileValueEndsSoonAndIsSaid) {
  const auto regex = Compiled("(a|aa)+$");
  const std::string value = std::string(30'000, 'a') + "!";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(SearchRegex(*regex, value), RegexMatch::kTooComplex);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

// One that was tried on each of them would take an hour.
TEST(RegexTest, AHostileLogEndsSoonToo) {
  const auto regex = Compiled("(a|aa)+$");
  const std::string value = std::string(60, 'a') + "!";
  for (int event = 0; event < 200'000; ++event) {
    ASSERT_EQ(SearchRegex(*regex, value), RegexMatch::kTooComplex);
  }
  EXPECT_EQ(SearchRegex(*regex, "aaa"), RegexMatch::kTooComplex) << "it is tried no more";
}

TEST(RegexTest, LongOrdinaryValuesAreNoTrouble) {
  std::string value;
  while (value.size() < 32'000) value += "The quick brown fox jumps over server EX1. ";
  EXPECT_EQ(SearchRegex(*Compiled("fox.*server (?<name>\\w+)\\. $"), value), RegexMatch::kYes);
  EXPECT_EQ(SearchRegex(*Compiled("fox \\w+ under"), value), RegexMatch::kNo);
}

}  // namespace
}  // namespace exdiag
