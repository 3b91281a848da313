// Strict reading of our own YAML files: every complaint has a line and a column.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"

namespace exdiag {

// One file while it is read.  Values are asked for by key; what is wrong with them goes to the
// sink, and ok() tells at the end whether the file may be used.
class YamlFile {
 public:
  YamlFile(std::string name, DiagnosticSink& problems);

  // The document; an undefined node when the text is no YAML (which has been reported).
  YAML::Node Parse(std::string_view text);

  // Reports that `node` is wrong; the file will not be used.
  void Fail(const YAML::Node& node, const std::string& reason);
  bool ok() const { return ok_; }
  Location Where(const YAML::Node& node) const;

  // True when `map` is a map; unknown and repeated keys are reported.
  bool IsMap(const YAML::Node& map, std::string_view what,
             std::initializer_list<std::string_view> keys);
  bool IsList(const YAML::Node& list, std::string_view what);

  // "" when the key is not there.
  std::string Text(const YAML::Node& map, std::string_view key);
  // Reports when the key is not there or empty.
  std::string NeedText(const YAML::Node& map, std::string_view key, std::string_view what);
  // A list of texts, or one text alone.
  std::vector<std::string> Texts(const YAML::Node& map, std::string_view key);
  // A whole number from `low` to `high`.
  std::optional<std::int64_t> Number(const YAML::Node& value, std::string_view what,
                                     std::int64_t low, std::int64_t high);

 private:
  std::string name_;
  DiagnosticSink& problems_;
  bool ok_ = true;
};

}  // namespace exdiag
