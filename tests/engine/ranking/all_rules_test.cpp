// Every test inside every rule that the project brings.
#include <gtest/gtest.h>

#include "engine/ranking/rule_tests.h"
#include "engine/signal/signal.h"

namespace exdiag {
namespace {

TEST(AllRules, PassTheirOwnTests) {
  DiagnosticList problems;
  const auto knowledge = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems);
  ASSERT_TRUE(knowledge.ok()) << knowledge.error().message;
  const auto rules = RuleSet::Load(EXDIAG_SOURCE_DIR "/rules", *knowledge, problems);
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  for (const Diagnostic& problem : problems.items()) {
    if (problem.severity == Severity::kError) ADD_FAILURE() << ToString(problem);
  }
  const std::vector<const Rule*> in_use = RulesInUse(*rules);
  EXPECT_FALSE(in_use.empty());
  for (const Rule* rule : in_use) {
    for (const RuleTestResult& result : RunRuleTests(*rule, in_use, *knowledge)) {
      EXPECT_TRUE(result.passed) << result.rule << ", test \"" << result.test << "\": expected "
                                 << result.expected << "; got " << result.got;
    }
  }
}

}  // namespace
}  // namespace exdiag
