#include "engine/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "engine/report/page/page_assets.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlTest, TextIsNeverMarkup) {
  const struct {
    std::string_view why;
    std::string_view text;
    std::string_view escaped;
  } kCases[] = {
      {"an element", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"the end of an attribute", "\" onload='x'", "&quot; onload=&#39;x&#39;"},
      {"an entity", "&lt;", "&amp;lt;"},
      {"a comment", "<!-- -->", "&lt;!-- --&gt;"},
      {"a terminal escape", "\x1b[2J", "\\x1b[2J"},
      {"a zero byte", std::string_view("a\0b", 3), "a\\x00b"},
      {"reading direction turned round", "a\u202eb", "a\\u202eb"},
      {"no UTF-8", "caf\xe9", "caf\\xe9"},
      {"a line end", "a\nb", "a\\x0ab"},
      {"other scripts stay", "\u05d0 caf\u00e9", "\u05d0 caf\u00e9"},
  };
  for (const auto& row : kCases) EXPECT_EQ(EscapeHtml(row.text), row.escaped) << row.why;
}

TEST(HtmlTest, LineEndsStayWhereTheyAreShown) {
  EXPECT_EQ(EscapeHtml("a\r\nb<\n", true), "a\nb&lt;\n");
}

TEST(HtmlTest, BlocksOfADocument) {
  EXPECT_EQ(HtmlBlocks({{Heading{2, "Steps & more"}, Paragraph{{{"on "}, {"EX1", Role::kStrong}}},
                         Verbatim{"a <b>\nc"}, Table{{{"n", true}, {"what"}}, {{"7", "<i>"}}}}}),
            "<h2>Steps &amp; more</h2>\n"
            "<p>on <strong>EX1</strong></p>\n"
            "<pre tabindex=\"0\"><code>a &lt;b&gt;\nc</code></pre>\n"
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Steps &amp; more\">"
            "<table class=\"stack\">\n"
            "<thead><tr><th scope=\"col\" class=\"number\">n</th><th scope=\"col\">what</th></tr>"
            "</thead>\n"
            "<tbody>\n<tr><td class=\"number\" data-label=\"n\">7</td><td "
            "data-label=\"what\">&lt;i&gt;</td></tr>\n</tbody></table>"
            "</div>\n");
}

TEST(HtmlTest, ListsNestAndKeepTheirMarkers) {
  EXPECT_EQ(HtmlBlocks({{Item{0, "1.", "do"}, Item{1, "-", "then"}, Item{0, "2.", "and"},
                         Item{0, "+3", "why"}}}),
            "<ol>\n<li value=\"1\">do<ul>\n<li>then</li>\n</ul>\n</li>\n<li value=\"2\">and</li>\n"
            "</ol>\n<ul class=\"marked\">\n<li><b class=\"mark\">+3</b> why</li>\n</ul>\n");
}

TEST(HtmlTest, AListThatBeginsDeepIsWellFormed) {
  EXPECT_EQ(HtmlBlocks({{Item{1, "-", "a"}, Item{0, "-", "b"}}}),
            "<ul>\n<li><ul>\n<li>a</li>\n</ul>\n</li>\n<li>b</li>\n</ul>\n");
}

TEST(HtmlTest, RolesHaveClassesNotColours) {
  EXPECT_EQ(HtmlPhrase({{"a ", Role::kDim}, {"b", Role::kTrouble}, {"c", Role::kCode}, {"\nd"}}),
            "<span class=\"dim\">a </span><span class=\"trouble\">b</span><code>c</code> d");
}

TEST(HtmlTest, APageAllowsItsOwnStyleAndNothingElse) {
  const std::string page = RenderHtml({{Heading{1, "Event <9322>"}, Paragraph{"text"}}});
  EXPECT_THAT(page, HasSubstr("<title>Event &lt;9322&gt; - exdiag</title>"));
  EXPECT_THAT(page,
              HasSubstr("content=\"default-src 'none'; style-src '" + std::string(kPageStyleHash) +
                        "'; base-uri 'none'; form-action 'none'\""));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("style=\"")));
}

TEST(HtmlTest, AScriptIsAllowedByItsHash) {
  const std::string page = RenderPage({.title = "t", .body = "", .with_script = true});
  EXPECT_THAT(page, HasSubstr("; script-src '" + std::string(kPageScriptHash) + "'; "));
  EXPECT_THAT(page, HasSubstr("<script>" + std::string(kPageScript) + "</script>"));
}

TEST(HtmlTest, StyleAndScriptCannotEndTheirElements) {
  for (const std::string_view asset : {kPageStyle, kPageScript}) {
    EXPECT_THAT(std::string(asset), Not(HasSubstr("</")));
    EXPECT_THAT(std::string(asset), Not(HasSubstr("<!--")));
  }
  for (const std::string_view hash : {kPageStyleHash, kPageScriptHash}) {
    EXPECT_TRUE(std::regex_match(std::string(hash), std::regex("sha256-[A-Za-z0-9+/]{43}=")))
        << hash;
  }
}

}  // namespace
}  // namespace exdiag
