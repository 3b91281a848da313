// YAML files on disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/node.h"

namespace exdiag {

struct YamlFile {
  std::string path;  // to open it
  std::string name;  // the same below the folder's own name, with '/': "rules/smtp/spn.yaml"
};

// Every .yaml and .yml file below `folder`, by name.  Names that begin with '.' are passed over; a
// link to a folder is not followed.  An Error only when the folder cannot be read.
Result<std::vector<YamlFile>> ListYamlFiles(const std::string& folder);

// Bytes of a file, at most a little more than ParseYaml takes; nullopt, with errno, when it cannot
// be read.
std::optional<std::string> ReadYamlText(const std::string& path);
// ParseYaml of what ReadYamlText has just given; that it cannot be read goes to `problems` as well.
std::optional<YamlNode> ParseYamlText(const std::optional<std::string>& text,
                                      YamlProblems& problems);
// Both.
std::optional<YamlNode> LoadYamlFile(const std::string& path, YamlProblems& problems);

}  // namespace exdiag
