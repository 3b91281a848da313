// The report's page, as far as its text tells; html_browser_test.py looks at it in a browser.
#include "engine/report/report_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "engine/base/text.h"
#include "engine/report/page/page_assets.h"
#include "tests/engine/report/sample_report.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void Replace(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at; (at = text.find(what)) != std::string::npos;)
    text.replace(at, what.size(), by);
}

// Without style and script, which have their own files.
std::string Bare(std::string page) {
  Replace(page, kPageStyle, "");
  Replace(page, kPageScript, "");
  Replace(page, kPageStyleHash, "HASH-OF-STYLE");
  Replace(page, kPageScriptHash, "HASH-OF-SCRIPT");
  return page;
}

std::string Page(const SampleReport& sample, const ReportPageOptions& options = {}) {
  return Bare(ReportHtml(sample.report, sample.detail, options));
}

std::string Golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(EXDIAG_SOURCE_DIR "/tests/engine/report/golden/") + name;
  if (std::getenv("EXDIAG_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t CountOf(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(ReportGoldenTest, Html) {
  const std::string page = Page(MakeSampleReport());
  EXPECT_EQ(Golden("report.html", page), page);
}

TEST(ReportHtmlTest, NothingFromALogIsMarkup) {
  const std::string page = Page(MakeSampleReport());
  EXPECT_TRUE(IsUtf8(page));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_EQ(CountOf(page, "<script>"), 1u);  // ours
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("style=\"")));
  // Every attribute is quoted and every quote in a text an entity, so a tag ends where it ends.
  const std::regex tag("<[^>]*>");
  for (auto it = std::sregex_iterator(page.begin(), page.end(), tag); it != std::sregex_iterator();
       ++it) {
    EXPECT_EQ(CountOf(it->str(), "\"") % 2, 0u) << it->str();
  }
}

TEST(ReportHtmlTest, NoLinkLeavesThePage) {
  const std::string page = Page(MakeSampleReport());
  const std::regex link("(href|src|action|data|poster|srcset)=\"([^\"]*)\"");
  for (auto it = std::sregex_iterator(page.begin(), page.end(), link); it != std::sregex_iterator();
       ++it) {
    EXPECT_EQ((*it)[1], "href") << it->str();
    EXPECT_EQ((*it)[2].str().front(), '#') << it->str();
  }
}

TEST(ReportHtmlTest, ElementsCloseInOrder) {
  const std::string page = Page(MakeSampleReport());
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>");
  const std::vector<std::string> kVoid = {"meta", "input", "br"};
  for (auto it = std::sregex_iterator(page.begin(), page.end(), tag); it != std::sregex_iterator();
       ++it) {
    const std::string name = (*it)[2];
    if ((*it)[3] == "/" || std::count(kVoid.begin(), kVoid.end(), name) > 0) continue;
    if ((*it)[1] != "/") {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << name;
    EXPECT_EQ(open.back(), name) << "at " << it->position();
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(ReportHtmlTest, DetailIsCappedAndSaysSo) {
  const SampleReport sample = MakeSampleReport();
  const std::string one = Page(sample, {.whole_bytes = 1});
  EXPECT_EQ(CountOf(one, "<article"), 0u);
  const std::string first = Page(sample, {.whole_bytes = 3000});
  EXPECT_EQ(CountOf(first, "<article"), 1u);
  EXPECT_THAT(first, HasSubstr("2 more incidents in short"));
  EXPECT_THAT(first, HasSubstr("only the first incident is written whole"));
  const std::string none = Page(sample, {.whole_bytes = 3000, .list_bytes = 1});
  EXPECT_THAT(none, HasSubstr("<strong>2 more incidents not listed at all.</strong>"));
}

TEST(ReportHtmlTest, LongTextsAreCutBetweenCharacters) {
  SampleReport sample = MakeSampleReport();
  std::string message;
  for (int i = 0; i < 10'000; ++i) message += "\u00e9";
  sample.detail.events.at(1).message = message;
  const std::string page = Page(sample);
  EXPECT_THAT(page, HasSubstr("\u00e9 [... 14,000 more bytes]"));
  EXPECT_THAT(page, Not(HasSubstr("\\xc3")));
}

TEST(ReportHtmlTest, WhatNeedsNoActionAndWhatIsAcknowledgedComeLast) {
  SampleReport sample = MakeSampleReport();
  const std::string page = Page(sample);
  EXPECT_LT(page.find("id=\"i1\""), page.find("id=\"i2\""));
  EXPECT_LT(page.find("id=\"i2\""), page.find("id=\"i3\""));  // i2 is "expected", i3 acknowledged
  sample.report.ranking.findings[2].acknowledged = false;
  const std::string open = Page(sample);
  EXPECT_LT(open.find("id=\"i3\""), open.find("id=\"i2\""));
}

TEST(ReportHtmlTest, ChangesAreShownWhenThereAreSome) {
  SampleReport sample = MakeSampleReport();
  EXPECT_THAT(Page(sample), Not(HasSubstr("Since the last report")));
  const Incident& first = sample.report.ranking.incidents[0];
  const Signal leader = sample.report.ranking.findings[first.findings.front()].signal.Read();
  sample.report.changes =
      ReportChanges{.since = At("1999-11-01T02:00:00Z"),
                    .list = {{"ongoing", "As before", leader.rule->id, leader.hosts, ""},
                             {"came back", "A <b>", "x400.not.here", {"BREST"}, "after 3 d"}}};
  const std::string page = Page(sample);
  EXPECT_THAT(page, HasSubstr("<p>Compared with the report of 1999-11-01 02:00:00 UTC.</p>"));
  // News first; a cause that is there leads to its incident.
  EXPECT_THAT(page, HasSubstr("<tr><td data-label=\"State\"><span class=\"nowrap\"><span "
                              "class=\"badge trouble\">came back"
                              "</span></span></td><td data-label=\"What\">A &lt;b&gt;</td>"
                              "<td data-label=\"Hosts\">BREST</td>"
                              "<td data-label=\"Remark\">after 3 d</td></tr>\n"
                              "<tr><td data-label=\"State\"><span class=\"nowrap\"><span "
                              "class=\"badge\">ongoing</span> "
                              "<a href=\"#i1\">i1</a></span></td>"));
  sample.report.changes->list.resize(1'000, sample.report.changes->list[0]);
  EXPECT_THAT(Page(sample), HasSubstr("700 more changes not listed"));
}

TEST(ReportHtmlTest, NothingFoundIsAPageToo) {
  SampleReport sample = MakeSampleReport();
  sample.report = {};
  sample.detail = {};
  const std::string page = Page(sample);
  EXPECT_THAT(page, HasSubstr("<span>Nothing found</span>"));
  EXPECT_THAT(page, HasSubstr("No rule matches what was read: 0 records in 0 files."));
  EXPECT_THAT(page, Not(HasSubstr("id=\"time\"")));
  EXPECT_THAT(page, Not(HasSubstr("id=\"matrix\"")));
}

}  // namespace
}  // namespace exdiag
