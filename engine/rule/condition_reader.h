// Reads the conditions of `when`, `unless` and `evidence`.
#pragma once

#include <memory>
#include <optional>
#include <span>
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
  // A list, or a single condition; each stands for itself.
  std::vector<Condition> ReadList(const YamlNode& node);
  // The same for conditions that must all hold (`when`, `all`): `of` in one of them may name the
  // pattern of one before it, and, when this is `when`, so may all that is read later.
  std::vector<Condition> ReadAll(const YamlNode& node);

  // The tests of a condition; their texts may hold templates of the trigger.
  std::vector<FieldCondition> ReadTests(YamlMap& map);

 private:
  std::optional<Condition> ReadMap(const YamlNode& node);
  std::optional<Condition> ReadKind(YamlMap& map, const YamlEntry& kind);
  std::optional<Condition> ReadEvent(const YamlEntry& entry);
  void ReadEventKeys(YamlMap& map, EventCondition& event);
  void ReadWindow(YamlMap& map, EventCondition& event);
  std::optional<Duration> ReadSpan(YamlMap& map, std::string_view key);
  std::span<const YamlNode> ItemsOf(const YamlNode& node);
  void ReadOf(YamlMap& map, EventCondition& event);
  void ReadIn(YamlMap& map, EventCondition& event);
  void CheckLatest(YamlMap& map, const EventCondition& event);
  void ReadHost(YamlMap& map, EventCondition& event);
  void ReadCount(YamlMap& map, EventCondition& event);
  std::vector<FieldPair> ReadPairs(YamlMap& map, std::string_view key, const EventCondition& event);
  std::string ReadField(YamlMap& map, std::string_view key, std::size_t pattern);
  std::optional<Condition> ReadFact(const YamlNode& node);
  void ReadAnswer(YamlMap& map, FactCondition& fact);
  std::optional<Condition> ReadSequence(YamlMap& map, const YamlNode& node);
  Condition Make(decltype(Condition::kind) kind, const Place& place);
  // Conditions that hold wherever the one that is being read is looked at.
  std::shared_ptr<const EventCondition> Earlier(std::size_t pattern) const;
  std::vector<std::size_t> PatternsOfAnchor(const EventCondition& event) const;

  RuleScope& scope_;
  YamlProblems& problems_;
  std::vector<std::shared_ptr<const EventCondition>> earlier_;
};

}  // namespace exdiag
