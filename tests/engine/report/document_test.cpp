#include "engine/report/document.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

std::string TextOf(std::initializer_list<Block> blocks, std::size_t width = 30) {
  return RenderText({blocks}, {.width = width});
}

TEST(TextTest, WrapsAtTheWidthAndHangsBehindTheMarker) {
  EXPECT_EQ(TextOf({Item{0, "-", "one two three four five six seven"}, Item{0, "10.", "short"}}),
            "-   one two three four five\n"
            "    six seven\n"
            "10. short\n");
}

TEST(TextTest, AWordLongerThanALineStaysWhole) {
  EXPECT_EQ(TextOf({Paragraph{"see aaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbb now"}}, 20),
            "see\naaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbb\nnow\n");
}

TEST(TextTest, SpansThatTouchAreOneWord) {
  EXPECT_EQ(TextOf({Paragraph{{{"on "}, {"BREST", Role::kStrong}, {": do it"}}}}, 9),
            "on BREST:\ndo it\n");
}

TEST(TextTest, TablesGiveWayInTheirWidestColumn) {
  EXPECT_EQ(TextOf({Table{{{"n", true}, {"what"}}, {{"7", "alpha beta gamma delta epsilon"}}}}, 20),
            "n  what\n"
            "7  alpha beta gamma\n"
            "   delta epsilon\n");
}

TEST(TextTest, VerbatimIsNeverWrapped) {
  EXPECT_EQ(TextOf({Verbatim{"setspn -L EX1 > spn.txt\n\nsecond line"}}, 10),
            "    setspn -L EX1 > spn.txt\n\n    second line\n");
}

TEST(MarkdownTest, TextIsNeverMarkup) {
  const struct {
    std::string_view why;
    std::string_view text;
    std::string_view escaped;
  } kCases[] = {
      {"emphasis", "*a* _b_", "\\*a\\* \\_b\\_"},
      {"HTML", "<b>", "\\<b\\>"},
      {"a link", "[x](y)", "\\[x\\](y)"},
      {"a code span", "`x`", "\\`x\\`"},
      {"a table cell's end", "a|b", "a\\|b"},
      {"what GitHub links by itself", "http://a www.b me@c", "http\\://a www\\.b me\\@c"},
      {"an entity", "&lt;", "\\&lt;"},
      {"an escape", "\x1b[0m", "\\\\x1b\\[0m"},
      {"names stay readable", "MSExchangeMTA 9322 (5.5)", "MSExchangeMTA 9322 (5.5)"},
  };
  for (const auto& row : kCases) EXPECT_EQ(EscapeMarkdown(row.text), row.escaped) << row.why;
}

TEST(MarkdownTest, LinesThatLookLikeListsAreNone) {
  EXPECT_EQ(RenderMarkdown({{Paragraph{"- a"}, Paragraph{"1. b"}, Paragraph{"+ c"}}}),
            "\\- a\n\n1\\. b\n\n\\+ c\n");
}

TEST(MarkdownTest, ListsNestAndCodeIsFencedBeyondItsContent) {
  EXPECT_EQ(RenderMarkdown({{Item{0, "1.", "do"}, Item{1, "-", "then"}, Item{0, "+3", "why"},
                             Verbatim{"a ``` b"}}}),
            "1. do\n   - then\n- **+3** why\n  ````text\n  a ``` b\n  ````\n");
}

TEST(CsvTest, Cells) {
  const struct {
    std::string_view why;
    std::string_view text;
    std::string_view cell;
  } kCases[] = {
      {"plain", "BREST", "BREST"},
      {"nothing", "", ""},
      {"a comma", "a,b", "\"a,b\""},
      {"quotes double", "a \"b\",", "\"a \"\"b\"\",\""},
      {"a line end", "a\nb", "\"a\nb\""},
      {"a formula", "=1+1", "'=1+1"},
      {"an older formula", "@SUM(A1)", "'@SUM(A1)"},
      {"a sign", "-1+1|x", "'-1+1|x"},
      {"blanks do not hide it", "  =1", "'  =1"},
      {"full width",
       "\xef\xbc\x9d"
       "1",
       "'\xef\xbc\x9d"
       "1"},
      {"another separator", "a;=1", "\"a;=1\""},
      {"an escape", "\x1b[0m", "\\x1b[0m"},
  };
  for (const auto& row : kCases) EXPECT_EQ(CsvText(row.text), row.cell) << row.why;
}

}  // namespace
}  // namespace exdiag
