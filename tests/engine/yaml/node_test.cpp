#include "engine/yaml/node.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Complaints(std::string_view text) {
  DiagnosticList list;
  YamlProblems problems("x.yaml", "file not used", list);
  (void)ParseYaml(text, problems);
  std::vector<std::string> out;
  for (const Diagnostic& item : list.items()) out.push_back(item.id + " | " + ToString(item));
  return out;
}

YamlNode Parse(std::string_view text) {
  DiagnosticList list;
  YamlProblems problems("x.yaml", "file not used", list);
  const auto node = ParseYaml(text, problems);
  EXPECT_TRUE(node.has_value());
  EXPECT_FALSE(problems.failed());
  return node.value_or(YamlNode{});
}

TEST(YamlNodeTest, KnowsWhereEverythingStands) {
  const YamlNode root = Parse("id: a\nlist:\n  - one\n  - {k: 'v'}\nblock: |\n  x\n  y\nnone:\n");
  EXPECT_EQ(root.kind, YamlNode::Kind::kMap);
  EXPECT_EQ(root.Find("id")->place, Place::Line(1, 5));
  const YamlNode& list = *root.Find("list");
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[0].place, Place::Line(3, 5));
  EXPECT_EQ(list.items[1].entries[0].key_place, Place::Line(4, 6));
  EXPECT_EQ(list.items[1].Find("k")->place, Place::Line(4, 9));
  EXPECT_TRUE(list.items[1].Find("k")->quoted);
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_EQ(root.Find("block")->text, "x\ny\n");
  EXPECT_EQ(root.Find("none")->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(root.Find("none")->place, Place::Line(8, 1));
  EXPECT_EQ(root.Find("nothing"), nullptr);
}

TEST(YamlNodeTest, ByteOrderMarkIsNoText) {
  EXPECT_EQ(Parse("\xef\xbb\xbfid: a").Find("id")->text, "a");
}

TEST(YamlNodeTest, Complaints) {
  const struct {
    const char* why;
    std::string text;
    std::string complaint;
  } kCases[] = {
      {"the first of two stays", "a: 1\nb: 2\na: 3\n",
       "yaml.duplicate_key | x.yaml: line 3, column 1: duplicate key \"a\"; it stands in line 1 "
       "already; file not used"},
      {"anchors are how bombs begin", "a: &x [1]\n",
       "yaml.alias | x.yaml: line 1, column 4: anchors (&name) are not used in these files; file "
       "not used"},
      {"a tag", "a: !!int 5\n",
       "yaml.tag | x.yaml: line 1, column 4: tags are not used in these files, here "
       "tag:yaml.org,2002:int; file not used"},
      {"a list as a key", "? [a]\n: b\n",
       "yaml.key | x.yaml: line 1, column 3: a key must be text, not a list; file not used"},
      {"unclosed", "a: [1, 2\nb: 3\n",
       "yaml.syntax | x.yaml: line 2, column 2: no YAML: end of sequence flow not found; file not "
       "used"},
      {"tabs", "a:\n\tb: 1\n",
       "yaml.syntax | x.yaml: line 2, column 3: no YAML: illegal map value; file not used"},
      {"nothing", "# only a remark\n",
       "yaml.empty | x.yaml: the file holds nothing; file not used"},
      {"not UTF-8", "a: caf\xe9\n", "yaml.encoding | x.yaml: not UTF-8 text; file not used"},
      {"UTF-16", std::string("a\0:\0", 4), "yaml.encoding | x.yaml: not UTF-8 text; file not used"},
      {"too large", std::string(kMaxYamlBytes + 1, ' '),
       "yaml.size | x.yaml: 2097153 bytes, more than the 2097152 that are read; file not used"},
      {"two documents", "a: 1\n---\nb: 2\n",
       "yaml.documents | x.yaml: line 3, column 1: a second document in one file; file not used"},
  };
  for (const auto& row : kCases)
    EXPECT_THAT(Complaints(row.text), ElementsAre(row.complaint)) << row.why;
}

TEST(YamlNodeTest, OneRunTellsAllDuplicates) {
  EXPECT_EQ(Complaints("a: 1\na: 2\nb: {c: 1, c: 2}\n").size(), 2u);
}

// Each level of this well-known text doubles what the one before it stands for.
TEST(YamlNodeTest, AliasBombIsRefusedAndStaysSmall) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_EQ(Complaints(bomb).size(), 60u + 2 * 59u);
}

TEST(YamlNodeTest, DeepNestingEnds) {
  const auto complaints = Complaints(std::string(100'000, '['));
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_TRUE(complaints[0].starts_with("yaml.syntax | x.yaml: line 1, column ")) << complaints[0];
}

TEST(YamlNodeTest, GoodTextHasNoComplaints) {
  EXPECT_THAT(Complaints("a: [1, {b: 'c'}]\nd: >\n  long\n  text\n"), IsEmpty());
}

}  // namespace
}  // namespace exdiag
