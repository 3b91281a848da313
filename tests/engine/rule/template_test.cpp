#include "engine/rule/template.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

std::optional<std::string> Lookup(std::string_view pattern, std::string_view field) {
  if (pattern == "refused" && field == "computer") return "BREST";
  if (pattern == "refused" && field == "hostile") return "{refused.computer}";
  return std::nullopt;
}

TEST(TemplateTest, Renders) {
  const struct {
    const char* why;
    std::string_view text;
    std::string_view rendered;
  } kCases[] = {
      {"no template", "plain text", "plain text"},
      {"a reference", "on {refused.computer}.", "on BREST."},
      {"two beside each other", "{refused.computer}{refused.computer}", "BRESTBREST"},
      {"not known", "peer {refused.remote_server}", "peer (remote_server not known)"},
      {"braces", "Where-Object {{ $_.Size }}", "Where-Object { $_.Size }"},
      {"values are not templates themselves", "{refused.hostile}", "{refused.computer}"},
      {"nothing", "", ""},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(RenderTemplate(row.text, Lookup), row.rendered) << row.why;
  }
}

TEST(TemplateTest, ExpandsAllOrNothing) {
  EXPECT_EQ(ExpandTemplate("/CN={refused.computer}", Lookup), "/CN=BREST");
  EXPECT_EQ(ExpandTemplate("{refused.computer}{refused.gone}", Lookup), std::nullopt);
}

TEST(TemplateTest, Errors) {
  const struct {
    std::string_view text;
    std::string_view reason;
  } kCases[] = {
      {"a { b", "a \"{\" that no \"}\" follows"},
      {"a } b", "a \"}\" alone; a brace in the text is written twice"},
      {"{x}", "\"{x}\" is not of the form {name.field}; a brace in the text is written twice"},
      {"{ $_.Size }",
       "\"{ $_.Size }\" is not of the form {name.field}; a brace in the text is written twice"},
  };
  for (const auto& row : kCases) {
    const auto parts = ParseTemplate(row.text);
    ASSERT_FALSE(parts.ok()) << row.text;
    EXPECT_EQ(parts.error().message, row.reason);
  }
}

}  // namespace
}  // namespace exdiag
