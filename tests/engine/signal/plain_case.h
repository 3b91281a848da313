// A rule and a log as plain data, for the reference evaluator: nothing of the engine is in it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace exdiag::plain {

inline constexpr std::int64_t kEver = -1;  // as a length of time: without limit
inline constexpr std::int64_t kHour = 3600;
inline constexpr std::int64_t kDay = 24 * kHour;

// An event, or a fact of a kind that a pattern stands for.  Times are seconds since 2000-01-10
// 00:00:00.
struct Entry {
  std::optional<std::int64_t> time;
  bool wall = false;     // a wall clock of unknown zone
  std::string computer;  // "" for none
  int id = 0;            // 0: a tpkt_frame fact, whose attributes are `fields`
  std::map<std::string, std::string> fields;

  bool is_fact() const { return id == 0; }
};

struct Period {
  std::string host;
  std::int64_t from = 0, to = 0;
  bool wall = false;
  std::string channel;  // "" for all
};

struct PlainFact {
  std::string kind, host;
  std::map<std::string, std::string> attributes;
};

struct Test {
  std::string field;
  // equals, list ("3,5"), contains, starts_with, ends_with, exists, min, max, regex, mask_is
  // ("MASK,BITS"), mask_any ("MASK,yes"), version, equals_field, host, ip
  std::string how = "equals";
  std::string value;  // may be "{bad.FIELD}"
  bool negated = false;
};

struct Pair {
  std::string here, there;
};

struct Cond {
  enum class Kind : std::uint8_t { kEvent, kTrigger, kFact, kAnswer, kSequence, kNo, kAny, kAll };
  Kind kind = Kind::kEvent;
  bool required = false;
  std::string pattern;
  std::optional<std::int64_t> within, before, after;
  std::string of;            // "" for the trigger
  std::string host = "any";  // of kFact: "" or a template
  bool latest = false;
  std::uint64_t min = 1;
  std::optional<std::uint64_t> max;
  std::optional<std::int64_t> in;
  std::string per, distinct;
  std::vector<Pair> same, differ;
  std::vector<Test> where;
  std::string fact_kind, answer_name, answer_value;
  std::vector<std::string> places;  // of kSequence
  std::vector<Cond> parts;          // of kNo (one), kAny, kAll
};

// The patterns are those of world.h, RuleText.
struct PlainRule {
  std::vector<Cond> when, unless, evidence;
  std::vector<std::string> triggers = {"bad"};
  std::vector<std::string> explains = {"bad"};

  bool IsTrigger(const std::string& pattern) const;
  bool between = false;  // [bad.computer, bad.peer]
  std::int64_t quiet = 6 * kHour;
};

struct Case {
  PlainRule rule;
  std::vector<Entry> log;
  std::vector<Period> coverage;
  std::vector<PlainFact> facts;
};

// A test's value as two: what stands before the comma and what behind it.
std::pair<std::string, std::string> TwoOf(const std::string& value);

// The case as rule files and the tests of this folder write it.
std::string RuleYaml(const PlainRule& rule);
std::string LogLine(const Entry& entry);
std::string CoverageLine(const Period& period);
std::string Print(const Case& one);

// The next case of a row that only `seed` decides.
Case Generate(std::uint64_t seed);

// Every case that is `one` less some part of it.
std::vector<Case> Smaller(const Case& one);

}  // namespace exdiag::plain
