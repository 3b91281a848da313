// The commands below `exdiag rules` that have a file of their own, and what they share.
#pragma once

#include <memory>
#include <string>

#include "engine/cli/command.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

std::unique_ptr<Command> MakeRulesDocCommand();
std::unique_ptr<Command> MakeRulesNewCommand();
std::unique_ptr<Command> MakeRulesWhyCommand();

// Says that no rule has this id, with the nearest one.  Returns kUsage.
ExitCode NoSuchRule(const std::string& id, const RuleSet& rules);

}  // namespace exdiag
