// What one event says against what a rule looks for.
#include "engine/report/event_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::IsEmpty;

Event Refused(std::optional<std::string> error, std::optional<std::string> protocol = "ncacn:EX1") {
  Event event;
  event.provider = "MSExchangeMTA";
  event.event_id = 9322;
  event.level = Level::kWarning;
  event.computer = "BREST";
  event.strings = {std::move(error), "LYON", std::move(protocol), "BASE", "1", "2", "3"};
  return event;
}

Event AtLevel(Level level) {
  Event event = Refused("5");
  event.level = level;
  return event;
}

// A rule whose trigger is 9322 with such tests, and which demands such things.
RuleSet Rules(const std::string& pattern, const std::string& when = "") {
  const TestFolder folder;
  std::string rule =
      Replaced(SoundRule(), "{provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}",
               "{provider: MSExchangeMTA, id: 9322" + pattern + "}");
  rule = Replaced(rule, "\nwhen:\n  - dialled: {within: 10m, host: other}", when);
  folder.Write("rule.yaml", rule);
  DiagnosticList problems;
  auto rules = RuleSet::Load(folder.path(), TestKnowledge(), problems);
  EXPECT_THAT(Shown(problems), IsEmpty()) << rule;
  return std::move(*rules);
}

std::vector<std::string> FitInWords(const std::string& pattern, const std::string& when,
                                    const Event& event) {
  const RuleSet rules = Rules(pattern, when);
  const auto causes = PossibleCauses({"MSExchangeMTA", 9322}, rules);
  if (causes.size() != 1) return {"no cause"};
  const EventFit fit = FitOf(causes.front(), event, TestKnowledge().catalogue());
  std::vector<std::string> words = {std::string(FitName(fit.fit))};
  for (const FieldVerdict& verdict : fit.why) words.push_back(VerdictInWords(verdict));
  return words;
}

TEST(EventFitTest, ValuesDecide) {
  const struct {
    std::string_view why;
    std::string pattern, when;
    Event event;
    std::vector<std::string> words;
  } kCases[] = {
      {"nothing is asked of it", "", "", Refused("5"), {"fits"}},
      {"the value that is wanted", ", where: {nt_error: [5, 14]}", "", Refused("0x5"), {"fits"}},
      {"another value",
       ", where: {nt_error: [5, 14]}",
       "",
       Refused("1722"),
       {"ruled_out", "nt_error is 1722, not 5 or 14"}},
      {"a value that is not shown",
       ", where: {nt_error: 5}",
       "",
       Refused(std::nullopt),
       {"not_shown", "nt_error 5"}},
      {"what contradicts goes before what is not shown",
       ", where: {nt_error: 5, protocol_string: {contains: tcp}}",
       "",
       Refused(std::nullopt, "spx"),
       {"ruled_out", "protocol_string is spx, not containing \"tcp\""}},
      {"every contradiction is told",
       ", where: {nt_error: 5, protocol_string: {contains: tcp}}",
       "",
       Refused("6", ""),
       {"ruled_out", "nt_error is 6, not 5", "protocol_string is empty, not containing \"tcp\""}},
      {"another level",
       ", level: warning",
       "",
       AtLevel(Level::kError),
       {"ruled_out", "level is error, not warning"}},
      {"a level that is not shown", ", level: warning", "", AtLevel(Level::kUnknown), {"fits"}},
      {"demanded of the event besides",
       ", where: {nt_error: 5}",
       "\nwhen:\n  - refused: {where: {protocol_string: {contains: tcp}}}",
       Refused("5", "spx"),
       {"ruled_out", "protocol_string is spx, not containing \"tcp\""}},
      {"forbidden besides",
       ", where: {nt_error: 5}",
       "\nunless:\n  - refused: {where: {protocol_string: {contains: spx}}}",
       Refused("5", "spx"),
       {"ruled_out", "protocol_string is spx: containing \"spx\" excludes it"}},
      {"other events are not its matter",
       ", where: {nt_error: 5}",
       "\nwhen:\n  - dialled: {within: 10m, host: other}",
       Refused("5"),
       {"fits"}},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(FitInWords(row.pattern, row.when, row.event), row.words) << row.why;
  }
}

}  // namespace
}  // namespace exdiag
