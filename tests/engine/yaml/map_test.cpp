#include "engine/yaml/map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::pair<std::string_view, int> kColours[] = {{"red", 1}, {"green", 2}};

// Reads the map `text` with `read` and gives the complaints.
std::vector<std::string> Complaints(std::string_view text,
                                    const std::function<void(YamlMap&)>& read) {
  DiagnosticList list;
  YamlProblems problems("rules/x.yaml", "rule left out", list);
  const auto node = ParseYaml(text, problems);
  YamlMap map(node.value(), "a rule", problems);
  read(map);
  std::vector<std::string> out;
  for (const Diagnostic& item : list.items()) out.push_back(item.id + " | " + ToString(item));
  return out;
}

TEST(YamlMapTest, Values) {
  EXPECT_THAT(
      Complaints("t: x\ni: 0x10\nn: -1.5\nb: yes\nd: 10m\nl: [a, b]\none: a\nids: [1, 2]\nc: red",
                 [](YamlMap& map) {
                   EXPECT_EQ(map.NeedText("t"), "x");
                   EXPECT_EQ(map.Integer("i", 0, 100), 16);
                   EXPECT_EQ(map.Number("n", -8, 8), -1.5);
                   EXPECT_EQ(map.Bool("b"), true);
                   EXPECT_EQ(map.Time("d"), Duration::Seconds(600));
                   EXPECT_THAT(map.NeedTexts("l"), ElementsAre("a", "b"));
                   EXPECT_THAT(map.Texts("one"), ElementsAre("a"));
                   EXPECT_THAT(map.NeedIntegers("ids", 0, 9), ElementsAre(1, 2));
                   EXPECT_EQ(map.Choice("c", kColours), 1);
                   EXPECT_EQ(map.Text("not_there"), "");
                   EXPECT_EQ(map.Integer("nor_this", 0, 1), std::nullopt);
                   map.Finish();
                 }),
      IsEmpty());
}

TEST(YamlMapTest, Complaints) {
  const struct {
    const char* why;
    std::string_view text;
    std::function<void(YamlMap&)> read;
    std::string complaint;
  } kCases[] = {
      {"a near miss is offered", "event-id: 5",
       [](YamlMap& map) {
         map.Text("event_id");
         map.Finish();
       },
       "yaml.unknown_key | rules/x.yaml: line 1, column 1: unknown key \"event-id\"; did you mean "
       "\"event_id\"? (rule left out)"},
      {"a word of it is a key", "event-id: 5",
       [](YamlMap& map) {
         map.Text("id");
         map.Finish();
       },
       "yaml.unknown_key | rules/x.yaml: line 1, column 1: unknown key \"event-id\"; did you mean "
       "\"id\"? (rule left out)"},
      {"nothing is near", "colour: 5", [](YamlMap& map) { map.Finish(); },
       "yaml.unknown_key | rules/x.yaml: line 1, column 1: unknown key \"colour\"; rule left out"},
      {"a key that is not there", "a: 1", [](YamlMap& map) { map.NeedText("id"); },
       "yaml.missing_key | rules/x.yaml: line 1, column 1: a rule lacks the key \"id\"; rule left "
       "out"},
      {"a key without a value", "id:", [](YamlMap& map) { map.NeedText("id"); },
       "yaml.type | rules/x.yaml: line 1, column 1: \"id\" must be text, not nothing; rule left "
       "out"},
      {"blanks are no value", "id: ' '", [](YamlMap& map) { map.NeedText("id"); },
       "yaml.value | rules/x.yaml: line 1, column 5: \"id\" is empty; rule left out"},
      {"a list for a text", "id: [a]", [](YamlMap& map) { map.NeedText("id"); },
       "yaml.type | rules/x.yaml: line 1, column 5: \"id\" must be text, not a list; rule left "
       "out"},
      {"no number", "v: one", [](YamlMap& map) { map.Integer("v", 1, 99); },
       "yaml.type | rules/x.yaml: line 1, column 4: \"v\" must be a whole number from 1 to 99, not "
       "\"one\"; rule left out"},
      {"out of range", "v: 100", [](YamlMap& map) { map.Integer("v", 1, 99); },
       "yaml.type | rules/x.yaml: line 1, column 4: \"v\" must be a whole number from 1 to 99, not "
       "\"100\"; rule left out"},
      {"one bad item", "v: [1, x]", [](YamlMap& map) { map.Integers("v", 0, 65535); },
       "yaml.type | rules/x.yaml: line 1, column 8: \"v\" must be a whole number from 0 to 65535, "
       "not \"x\"; rule left out"},
      {"points out of range", "p: +9", [](YamlMap& map) { map.Number("p", -8, 8); },
       "yaml.type | rules/x.yaml: line 1, column 4: \"p\" must be a number from -8 to 8, not "
       "\"+9\"; rule left out"},
      {"infinity is no number", "p: inf", [](YamlMap& map) { map.Number("p", -8, 8); },
       "yaml.type | rules/x.yaml: line 1, column 4: \"p\" must be a number from -8 to 8, not "
       "\"inf\"; rule left out"},
      {"neither yes nor no", "b: maybe", [](YamlMap& map) { map.Bool("b"); },
       "yaml.type | rules/x.yaml: line 1, column 4: \"b\" must be yes or no, not \"maybe\"; rule "
       "left out"},
      {"a duration without a unit", "d: 10", [](YamlMap& map) { map.Time("d"); },
       "yaml.type | rules/x.yaml: line 1, column 4: \"d\" must be a duration such as 90s, 10m, 1h "
       "or 7d, not \"10\"; rule left out"},
      {"a word out of a set", "c: gren", [](YamlMap& map) { map.Choice("c", kColours); },
       "yaml.value | rules/x.yaml: line 1, column 4: \"c\" cannot be \"gren\"; did you mean "
       "\"green\"? (rule left out)"},
      {"a word far from all", "c: violet", [](YamlMap& map) { map.Choice("c", kColours); },
       "yaml.value | rules/x.yaml: line 1, column 4: \"c\" cannot be \"violet\", only one of: red, "
       "green; rule left out"},
      {"no map at all", "[1]",
       [](YamlMap& map) {
         map.NeedText("id");
         map.Finish();
       },
       "yaml.type | rules/x.yaml: line 1, column 1: a rule must be a map, not a list; rule left "
       "out"},
  };
  for (const auto& row : kCases) {
    EXPECT_THAT(Complaints(row.text, row.read), ElementsAre(row.complaint)) << row.why;
  }
}

TEST(YamlProblemsTest, WarningsNameTheirOwnConsequenceAndAreNoErrors) {
  DiagnosticList list;
  YamlProblems problems("x.yaml", "rule left out", list);
  problems.Warning("rule.window", Place::Line(3, 1), "a window of 2 d; the rule is used");
  EXPECT_FALSE(problems.failed());
  EXPECT_EQ(ToString(list.items()[0]),
            "x.yaml: line 3, column 1: a window of 2 d; the rule is used");
  problems.Error("a.b", {}, "bad");
  EXPECT_EQ(problems.errors(), 1u);
}

}  // namespace
}  // namespace exdiag
