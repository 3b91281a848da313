// Groups of conditions that several rules share: `conditions` in the `_*.yaml` files.
//
// A group is put in the place where a rule names it, as if it had been written there, before the
// conditions are read; so it may say all that conditions may say, and is checked where it is used.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/yaml/map.h"

namespace exdiag {

struct SharedGroup {
  YamlNode conditions;  // a list
  Location where;
  bool used = false;  // by some rule
};

using SharedConditions = std::map<std::string, SharedGroup, std::less<>>;

// Reads the map `conditions` of a shared file into `shared`; a name that is there already is
// complained about.
void ReadSharedConditions(const YamlNode& node, SharedConditions& shared, YamlProblems& problems);

// True when some condition of `rule`, the map of a rule file, is {use: NAME}.
bool UsesSharedConditions(const YamlNode& rule);

// Replaces every {use: NAME} among the conditions of `rule` by the group.
// `{trigger.field}` in its texts becomes the field of the rule's trigger.  Gives the names with a
// full stop that the groups put into the rule: shared event patterns.  A group that is not there is
// complained about.
std::vector<std::string> PutInSharedConditions(YamlNode& rule, SharedConditions& shared,
                                               YamlProblems& problems);

}  // namespace exdiag
