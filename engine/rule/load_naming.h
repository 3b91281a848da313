// Loading no more rules than a question or a store asks for.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

// At least the rules that can tell something of events with these IDs, or that a fact triggers:
// over a store that holds no others they find what all rules find, to the names of hosts.  The
// others are left out when an earlier Load of the very same files, by the same program and with the
// same knowledge, had nothing to complain about; else this is RuleSet::Load.  The content hash is
// that of all files either way.
Result<RuleSet> LoadNaming(const std::set<std::uint16_t>& event_ids, const std::string& folder,
                           const Knowledge& knowledge, DiagnosticSink& problems, YamlCache& cache);

}  // namespace exdiag
