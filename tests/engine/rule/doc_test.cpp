// Every example in docs/rule-language.md is put into a whole rule and loaded, so that the page
// stays true.  Which place an example takes is read off its first key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/text.h"
#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::IsEmpty;

std::string ReadDoc(const std::string& name) {
  std::ifstream stream(std::string(EXDIAG_SOURCE_DIR) + "/docs/" + name);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> YamlBlocks(const std::string& text) {
  std::vector<std::string> blocks;
  constexpr std::string_view kOpen = "```yaml\n";
  for (std::size_t at = text.find(kOpen); at != std::string::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = text.find("```", at);
    blocks.push_back(text.substr(at, end - at));
  }
  return blocks;
}

// The patterns that the page's examples speak of.
constexpr std::string_view kEvents = R"(events:
  refused:  {provider: MSExchangeMTA, id: 9322}
  dialled:  {provider: MSExchangeMTA, id: 9318}
  unopened: {provider: MSExchangeMTA, id: 289}
  mismatch: {provider: MSExchangeMTA, id: [9318, 9322]}
  denied:   {provider: X, id: 1706}
)";

// A rule of which `part` is one key; the others are there already, and every pattern is used.
std::string Around(std::string_view part) {
  const auto has = [&](std::string_view key) { return part.starts_with(key); };
  std::string rule = "id: a.b.c\nversion: 1\nstatus: draft\ntitle: T\nverdict: fault\n";
  rule += "articles: [Q217142]\nstrength: possible\ncause: C\n";
  if (!has("events:")) rule += std::string(kEvents) + "trigger: [refused, denied]\n";
  if (!has("events:")) rule += "explains: [refused, dialled, unopened, mismatch]\n";
  if (!has("fix:")) rule += "fix: [{do: D}]\n";
  if (has("- ")) rule += "when:\n";
  return rule + std::string(part);
}

TEST(DocTest, ExamplesLoad) {
  const std::vector<std::string> blocks = YamlBlocks(ReadDoc("rule-language.md"));
  ASSERT_GE(blocks.size(), 5u);
  for (const std::string& block : blocks) {
    TestFolder folder;
    const bool is_shared = block.starts_with("conditions:");
    folder.Write("_shared.yaml",
                 "events:\n  rpc.bind-failed: {provider: MSExchangeMTA, id: 9318}\n"
                 "  rpc.name-mismatch: {provider: MSExchangeMTA, id: 289}\n" +
                     (is_shared ? block : ""));
    std::string rule = block.starts_with("id:") ? block
                       : is_shared              ? Around("when: [{use: rpc.no-name-mismatch}]\n")
                                                : Around(block);
    if (block.starts_with("events:")) {
      rule += "trigger: [refused, denied, shared, narrow, frame]\nexplains: refused\n";
    }
    folder.Write("x.yaml", rule);
    DiagnosticList problems;
    const auto rules = RuleSet::Load(folder.path(), TestKnowledge(), problems);
    EXPECT_THAT(Shown(problems), IsEmpty()) << rule;
    EXPECT_EQ(rules->rules().size(), 1u);
  }
}

// Every `"rule.xxx"` and `"yaml.xxx"` that the sources complain with is in docs/diagnostics.md.
TEST(DocTest, EveryComplaintIsListed) {
  const std::string listed = ReadDoc("diagnostics.md");
  std::size_t found = 0;
  for (const char* folder : {"/engine/rule", "/engine/yaml", "/engine/knowledge"}) {
    for (const auto& file :
         std::filesystem::directory_iterator(EXDIAG_SOURCE_DIR + std::string(folder))) {
      std::ifstream stream(file.path());
      std::ostringstream text;
      text << stream.rdbuf();
      const std::string source = text.str();
      for (const std::string_view prefix : {"\"rule.", "\"yaml.", "\"kbdata."}) {
        for (std::size_t at = 0; (at = source.find(prefix, at)) != std::string::npos; ++at) {
          const std::size_t end = source.find('"', at + 1);
          const std::string id = source.substr(at + 1, end - at - 1);
          EXPECT_NE(listed.find("`" + id + "`"), std::string::npos) << id << " in " << file.path();
          ++found;
        }
      }
    }
  }
  EXPECT_GT(found, 50u);
}

// The page for rule authors shows one rule and then its tests.
TEST(DocTest, TheAuthorsExampleIsASoundRule) {
  const std::vector<std::string> blocks = YamlBlocks(ReadDoc("adding-a-rule.md"));
  ASSERT_EQ(blocks.size(), 2u);
  const std::string rule = Replaced(blocks[0] + blocks[1], "status: draft", "status: stable");
  EXPECT_THAT(ComplaintsAbout(rule), IsEmpty());
}

}  // namespace
}  // namespace exdiag
