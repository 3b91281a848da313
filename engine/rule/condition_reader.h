// Reads the conditions of `when`, `unless` and `evidence`.
#pragma once

#include <optional>
#include <vector>

#include "engine/rule/rule_scope.h"
#include "engine/yaml/map.h"

namespace exdiag {

// `scope` and `problems` must outlive the reader.
class ConditionReader {
 public:
  ConditionReader(RuleScope& scope, YamlProblems& problems) : scope_(scope), problems_(problems) {}

  // nullopt when it cannot be read; the reasons have then been given.
  std::optional<Condition> Read(const YamlNode& node);
  // A list, or a single condition.
  std::vector<Condition> ReadList(const YamlNode& node);

  // The tests of a condition; their texts may hold templates of the trigger.
  std::vector<FieldCondition> ReadTests(YamlMap& map);

 private:
  std::optional<Condition> ReadMap(const YamlNode& node);
  std::optional<Condition> ReadKind(YamlMap& map, const YamlEntry& kind);
  std::optional<Condition> ReadEvent(const YamlEntry& entry);
  void ReadEventKeys(YamlMap& map, EventCondition& event);
  void ReadWindow(YamlMap& map, EventCondition& event);
  std::optional<Duration> ReadSpan(YamlMap& map, std::string_view key);
  void ReadOf(YamlMap& map);
  void ReadHost(YamlMap& map, EventCondition& event);
  void ReadCount(YamlMap& map, EventCondition& event);
  std::vector<FieldPair> ReadPairs(YamlMap& map, std::string_view key, std::size_t pattern);
  std::string ReadField(YamlMap& map, std::string_view key, std::size_t pattern);
  std::optional<Condition> ReadFact(const YamlNode& node);
  void ReadAnswer(YamlMap& map, FactCondition& fact);
  std::optional<Condition> ReadSequence(YamlMap& map, const YamlNode& node);
  Condition Make(decltype(Condition::kind) kind, const Place& place);

  RuleScope& scope_;
  YamlProblems& problems_;
};

}  // namespace exdiag
