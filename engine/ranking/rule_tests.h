// Runs the tests inside a rule: the lines become events of a temporary store, by the way that real
// exports take, and what comes out is compared with what the test expects.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule.h"
#include "engine/store/store.h"

namespace exdiag {

struct RuleTestResult {
  std::string rule;  // id
  std::string test;  // name
  Location where;
  bool passed = false;
  std::string expected;  // "a finding, ranked first"
  std::string got;       // "a finding at rank 2 behind mta.other.cause, confidence 0.31"
};

// Results in the order of the rule's tests.  `rules` are its rivals, itself among them; a test that
// expects nothing of its rank or confidence is run against the rule alone.
std::vector<RuleTestResult> RunRuleTests(const Rule& rule, std::span<const Rule* const> rules,
                                         const Knowledge& knowledge);

// The store that a test describes.  The Error is what is wrong with the test.
Result<std::unique_ptr<Store>> MakeRuleTestStore(const RuleTest& test, const Knowledge& knowledge);

}  // namespace exdiag
