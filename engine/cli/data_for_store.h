// The rules that a store asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "engine/cli/data.h"
#include "engine/rule/rule_folder.h"
#include "engine/store/store.h"

namespace exdiag {

// Says which rules are wanted, by id, as RuleFolder::Load takes them; nullopt for all.
using ChooseRules = std::function<std::optional<RuleIds>(const RuleFolder& rules)>;
Result<std::unique_ptr<Data>> LoadDataChosen(const ChooseRules& choose, const DataOptions& options,
                                             DiagnosticSink& problems);

// The rules that the events of a store ask for, and one more event, that of a question: a diagnosis
// of the store as it is finds with these what it finds with all.
std::optional<RuleIds> RulesForStore(const RuleFolder& rules, const Store& store,
                                     std::optional<std::uint16_t> event_id = {});

}  // namespace exdiag
