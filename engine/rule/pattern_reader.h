// Reads the named event patterns of a rule, and those that several rules share.
#pragma once

#include <map>
#include <string>

#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule.h"
#include "engine/yaml/map.h"

namespace exdiag {

// Patterns of the `_*.yaml` files, by name.
using SharedPatterns = std::map<std::string, EventPattern, std::less<>>;

// Letters, digits, '_' and '-', a letter first, and none of the words that conditions begin with.
bool IsPatternName(std::string_view name);

// Reads the map `events`.  Providers get the catalogue's spelling.  What cannot be read is
// complained about and left out.
std::vector<EventPattern> ReadEventPatterns(const YamlNode& node, const Catalogue& catalogue,
                                            const SharedPatterns& shared, YamlProblems& problems);

// Reads the map `events` of a shared file into `shared`; a name that is there already is complained
// about.
void ReadSharedPatterns(const YamlNode& events, const Catalogue& catalogue, SharedPatterns& shared,
                        YamlProblems& problems);

}  // namespace exdiag
