// The event patterns of all rules in use, equal ones once.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/rule/rule.h"

namespace exdiag {

using PatternNumber = std::uint32_t;

// A text that is equal for tests with equal meaning, so that the work of one serves the other.
std::string KeyOf(const std::vector<FieldCondition>& conditions);

class PatternTable {
 public:
  struct Entry {
    const EventPattern* pattern = nullptr;  // the first of the equal ones
    std::vector<std::string> captures;      // names that its regular expressions give, in order
  };

  // `pattern` must outlive the table.
  PatternNumber Add(const EventPattern& pattern);

  // Values of this field will be asked for often; they are kept beside the matches.
  void KeepField(PatternNumber number, std::string_view field);

  const std::vector<Entry>& entries() const { return entries_; }
  const std::set<std::string, std::less<>>& kept_fields(PatternNumber number) const {
    return kept_fields_[number];
  }

 private:
  std::vector<Entry> entries_;
  std::vector<std::set<std::string, std::less<>>> kept_fields_;
  std::unordered_map<std::string, PatternNumber> numbers_;
};

}  // namespace exdiag
