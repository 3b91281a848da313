// Which events the rules of a folder look at: told without making the rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "engine/knowledge/catalogue.h"
#include "engine/rule/rule.h"
#include "engine/yaml/files.h"

namespace exdiag {

using RuleIds = std::set<std::string, std::less<>>;

class RuleIndex {
 public:
  RuleIndex() = default;
  // Of rules without complaints, and the files that they were read from.
  RuleIndex(std::span<const Rule> rules, std::span<const YamlFile> files,
            const Catalogue& catalogue);

  // Rules that look at some event with one of these IDs, at all events, or are triggered by a fact.
  RuleIds Naming(const std::set<std::uint16_t>& event_ids) const;
  // Names (YamlFile::name) of the files that these rules stand in.
  std::set<std::string_view> FilesOf(const RuleIds& rules) const;

  // As bytes and back; nullopt when they are none.
  std::string Pack() const;
  static std::optional<RuleIndex> Unpack(std::string_view bytes);

 private:
  struct Row {
    std::string file;  // one rule a file
    std::set<std::uint64_t> event_ids;
  };
  std::map<std::string, Row, std::less<>> rows_;  // by rule id
};

}  // namespace exdiag
