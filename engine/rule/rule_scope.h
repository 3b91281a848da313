// The names that the parts of one rule may use, and which of them are used.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule.h"
#include "engine/yaml/node.h"

namespace exdiag {

// Names of the fields that events (or facts) of the pattern have; nullopt when the catalogue does
// not know all of them, so that nothing can be said.
std::optional<std::set<std::string, std::less<>>> KnownFields(const EventPattern& pattern,
                                                              const Catalogue& catalogue);
// Complains about the pattern's own tests of fields that none of its events has.  Tests that come
// from another file (a shared pattern) have been checked there.
void CheckOwnFields(const EventPattern& pattern, const Catalogue& catalogue,
                    YamlProblems& problems);

class RuleScope {
 public:
  // `rule` has its events; its triggers may be added while the scope is in use.  All three must
  // outlive this.
  RuleScope(const Rule& rule, const Catalogue& catalogue, YamlProblems& problems);

  const Rule& rule() const { return rule_; }

  // Index of the event pattern of this name, which then counts as used; complains when there is
  // none.
  std::optional<std::size_t> Use(const YamlNode& name);
  std::optional<std::size_t> Use(std::string_view name, const Place& place);
  bool IsTrigger(std::size_t pattern) const;

  // Complains when the catalogue knows the pattern's events and none of them has the field.
  void CheckField(std::size_t pattern, std::string_view field, const Place& place);
  void CheckFields(std::size_t pattern, const std::vector<FieldCondition>& where);
  // Complains when facts of this kind do not tell the attribute.
  void CheckAttributes(std::string_view kind, const std::vector<FieldCondition>& where);
  // Regex captures in a condition's tests become fields of the pattern.
  void AddCaptures(std::size_t pattern, const std::vector<FieldCondition>& where);

  // Complains about braces and about references to what is not there.  A text in a test may refer
  // to triggers only.
  void CheckTemplate(const std::string& text, const Place& place, bool triggers_only = false);

  // "{refused.computer}" without its braces; complains and gives nullopt when it is none.
  std::optional<FieldReference> Reference(const YamlNode& node);

  // True when the catalogue says that one of the pattern's fields names a host, or does not know
  // the events.
  bool MayNameHost(std::size_t pattern) const;

  // Complains about event patterns that nothing used.
  void CheckAllUsed();

 private:
  void ComplainUnknown(std::string_view name, const Place& place);

  const Rule& rule_;
  const Catalogue& catalogue_;
  YamlProblems& problems_;
  std::set<std::size_t> used_;
  std::set<std::pair<std::size_t, std::string>> captures_;
};

}  // namespace exdiag
