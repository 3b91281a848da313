// The manual of a small set of rules against stored answers (EXDIAG_UPDATE_GOLDEN writes them
// anew), and the links of the manual of all rules.
#include "engine/report/rule_manual.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/report/html.h"
#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

RuleSet SmallSet() {
  const TestFolder folder;
  const std::string sound =
      Replaced(SoundRule(), "  - dialled: {within: 10m, host: other}",
               "  - dialled: {within: 10m, host: other}\nunless:\n  - dialled: {where: {nt_error: "
               "[1722, 1726]}}");
  folder.Write("a.yaml", sound);
  std::string rival = Replaced(SoundRule(), "mta.rpc-denied.dras", "rpc.denied.hostile");
  rival = Replaced(rival,
                   "title: Dynamic RAS connector between servers whose domains do not trust "
                   "each other",
                   "title: '<script>alert(1)</script> [x](http://evil.example) *b*'");
  rival = Replaced(rival, "strength: probable", "strength: possible");
  rival = Replaced(rival, "status: stable", "status: draft");
  rival = Replaced(rival, "articles: [Q217142]", "articles: []");
  rival = Replaced(rival, "points: -2", "points: +2.5");
  rival = Replaced(rival, "tests:", "notes: From the text of the event.\ntests:");
  folder.Write("b.yaml", rival);
  std::string other = Replaced(SoundRule(), "mta.rpc-denied.dras", "rpc.unavailable.peer-down");
  other = Replaced(other, "{nt_error: 5}", "{nt_error: 1722}");
  other = Replaced(other,
                   "title: Dynamic RAS connector between servers whose domains do not trust "
                   "each other",
                   "title: The peer is down");
  other = Replaced(other, "\nwhen:\n  - dialled: {within: 10m, host: other}", "");
  folder.Write("c.yaml", other);
  folder.Write("d.yaml",
               Replaced(Replaced(SoundRule(), "mta.rpc-denied.dras", "rpc.old.name"),
                        "status: stable", "status: retired\nsuperseded_by: mta.rpc-denied.dras"));
  DiagnosticList problems;
  auto rules = RuleSet::Load(folder.path(), TestKnowledge(), problems);
  EXPECT_THAT(Shown(problems), IsEmpty());
  return std::move(*rules);
}

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = EXDIAG_SOURCE_DIR "/tests/engine/report/golden/" + name;
  if (std::getenv("EXDIAG_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream stored;
  stored << stream.rdbuf();
  EXPECT_EQ(stored.str(), actual) << path;
}

TEST(RuleManualTest, Markdown) {
  ExpectGolden("manual.md", RenderMarkdown(RuleManual(SmallSet(), TestKnowledge())));
}

TEST(RuleManualTest, Html) {
  ExpectGolden("manual.html", HtmlBlocks(RuleManual(SmallSet(), TestKnowledge())));
}

TEST(RuleManualTest, TextOfRulesIsNeverMarkup) {
  const Document manual = RuleManual(SmallSet(), TestKnowledge());
  const std::string html = RenderHtml(manual);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("href=\"http")));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  // Each of its marks is escaped, one by one.
  EXPECT_THAT(RenderMarkdown(manual),
              HasSubstr("\\<script\\>alert(1)\\</script\\> \\[x\\](http\\://evil.example)"));
}

TEST(RuleManualTest, EveryLinkOfTheProjectsManualLeadsSomewhere) {
  DiagnosticList problems;
  const auto knowledge = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems);
  const auto rules = RuleSet::Load(EXDIAG_SOURCE_DIR "/rules", *knowledge, problems);
  ASSERT_TRUE(rules.ok());
  const Document manual = RuleManual(*rules, *knowledge);
  std::set<std::string> anchors;
  std::set<std::string> links;
  const auto add = [&](const std::string& anchor) {
    if (anchor.empty()) return;
    EXPECT_TRUE(anchors.insert(AnchorName(anchor)).second) << anchor << " stands twice";
  };
  for (const Block& block : manual.blocks) {
    const Phrase* phrase = nullptr;
    if (const auto* heading = std::get_if<Heading>(&block)) {
      add(heading->anchor);
      phrase = &heading->text;
    } else if (const auto* item = std::get_if<Item>(&block)) {
      phrase = &item->text;
    } else if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      phrase = &paragraph->text;
    }
    if (phrase == nullptr) continue;
    add(phrase->anchor);
    for (const Span& span : phrase->spans) {
      if (!span.link.empty()) links.insert(AnchorName(span.link));
    }
  }
  for (const Rule& rule : rules->rules()) {
    EXPECT_EQ(anchors.contains(rule.id), rule.status != Status::kRetired) << rule.id;
  }
  for (const std::string& link : links) EXPECT_TRUE(anchors.contains(link)) << link;
}

}  // namespace
}  // namespace exdiag
