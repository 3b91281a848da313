// A YAML text as a plain tree that knows where each of its parts stands.
//
// The subset is small on purpose: maps with text keys, lists, scalars.  Anchors, aliases and tags
// are refused, so that a small file cannot become a large tree; a file holds one document.
// yaml-cpp is met in node.cpp only, and its exceptions stop there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/location.h"
#include "engine/yaml/problems.h"

namespace exdiag {

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kText, kList, kMap };

  Kind kind = Kind::kNull;
  Place place;          // line and column of the first character
  std::string text;     // of kText; numbers and booleans are text until somebody asks for them
  bool quoted = false;  // "5" and a block of text, not 5
  std::vector<YamlNode> items;     // of kList
  std::vector<YamlEntry> entries;  // of kMap, in the order of the file, no key twice

  // Value of a key; nullptr when this is not a map or has no such key.
  const YamlNode* Find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  Place key_place;
  YamlNode value;
};

// "a map", "a list", "text", "nothing": what a node is, for complaints.
std::string_view KindName(const YamlNode& node);

inline constexpr std::size_t kMaxYamlBytes = std::size_t{2} << 20;

// nullopt when `text` is no YAML, is larger than kMaxYamlBytes, is not UTF-8 or holds nothing; the
// reason has then gone to `problems`.  Duplicate keys and the refused features are complained about
// and the rest is still given, so that one run tells everything: ask problems.failed().
std::optional<YamlNode> ParseYaml(std::string_view text, YamlProblems& problems);

}  // namespace exdiag
