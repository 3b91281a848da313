// kbdata/events/*.yaml -> catalogue entries.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/knowledge/catalogue.h"
#include "engine/knowledge/message_template.h"
#include "engine/yaml/node.h"

namespace exdiag {

// One wording of an entry, ready for use.
struct CompiledWording {
  MessageTemplate text;
  std::size_t layout = 0;  // in CatalogueEntry::layouts
};

struct ReadEntry {
  std::unique_ptr<CatalogueEntry> entry;
  std::vector<CompiledWording> wordings;  // as many as entry->wordings, in the same order
};

// What one file gives.
struct EventFile {
  std::string provider;  // "" in a file that only says what kinds of value fields have
  std::vector<std::string> aliases;
  std::vector<ReadEntry> entries;
};

// Kinds of fields by name; those that are not here are text.
using FieldTypes = std::map<std::string, FieldType, std::less<>>;

// Reads one file.  `types` is added to by the file's own `types` and used for its fields.  On any
// error the result is empty and `problems` says why.
EventFile ReadEventFile(const YamlNode& root, FieldTypes& types, YamlProblems& problems);

}  // namespace exdiag
