// A rule as loaded and checked; docs/rule-language.md is its reference.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/location.h"
#include "engine/base/time.h"
#include "engine/evidence/fact.h"
#include "engine/evidence/record.h"

namespace exdiag {

struct FieldTest;

// `ever`: longer than any log.
inline constexpr Duration kEver = Duration{0x3fff'ffff'ffff'ffff};

// ---- field tests
// ------------------------------------------------------------------------------------

struct TestEquals {
  std::vector<std::string> values;
};  // any of them
struct TestRange {
  std::optional<std::int64_t> min, max;
};
struct TestText {
  enum class Where : std::uint8_t { kContains, kStartsWith, kEndsWith } where;
  std::vector<std::string> parts;  // any of them
};
struct TestRegex {
  std::string pattern;
  std::string literal;                // every match contains it (lower case); "" when there is none
  std::vector<std::string> captures;  // names, in order
  std::shared_ptr<const struct CompiledRegex> compiled;
};
struct TestExists {
  bool exists = true;
};
struct TestMask {
  std::uint64_t mask = 0;
  std::optional<std::uint64_t> is;
  std::optional<bool> any;
};
struct TestEqualsField {
  std::string field;
};
struct TestHost {
  std::string name;
};
struct TestIp {
  bool is_ip = true;
};
struct TestVersion {
  enum class Op : std::uint8_t { kLess, kLessEqual, kEqual, kGreaterEqual, kGreater };
  std::vector<std::pair<Op, std::string>> bounds;  // all of them
};
struct TestNot {
  std::vector<FieldTest> tests;
};  // holds when not all of them hold

struct FieldTest {
  std::variant<TestEquals, TestRange, TestText, TestRegex, TestExists, TestMask, TestEqualsField,
               TestHost, TestIp, TestVersion, TestNot>
      test;
  bool has_template = false;  // some text in it holds {name.field}
};

struct FieldCondition {
  std::string field;
  std::vector<FieldTest> tests;  // all must hold
  Location where;
};

// ---- events and conditions
// --------------------------------------------------------------------------

struct EventPattern {
  std::string name;
  std::string
      fact_kind;  // not empty: stands for facts of this kind, and providers and ids are empty
  std::vector<std::string> providers;
  std::vector<std::uint16_t> ids;
  std::vector<Level> levels;  // empty: any
  std::vector<FieldCondition> where_all;
  Location where;
};

enum class HostScope : std::uint8_t { kAny, kSame, kOther, kPeer };

struct FieldPair {
  std::string here;   // field of the found event
  std::string there;  // field of the event that the window lies around
};

struct CountRange {
  std::uint64_t min = 1;
  std::optional<std::uint64_t> max;
};

struct Condition;

struct EventCondition {
  std::size_t pattern = 0;  // index into Rule::events
  bool on_trigger = false;  // tests the trigger event itself: no window
  // Whose first event the window lies around; nullptr: the trigger's.  A condition that stands
  // before this one and must hold with it.
  std::shared_ptr<const EventCondition> of;
  // How far back and forth from that event, both ends included; `within` sets both.
  Duration before;
  Duration after;
  bool latest = false;
  HostScope host = HostScope::kAny;
  CountRange count;
  std::optional<Duration> in;  // the count must be reached in some span of this length
  std::string per;             // "" for none
  std::string distinct;        // "" for none
  std::vector<FieldPair> same;
  std::vector<FieldPair> differ;
  std::vector<FieldCondition> where_all;
};

struct FactCondition {
  std::string kind;
  std::string host;                       // template; "" for any host
  std::vector<FieldCondition> where_all;  // on attributes
};

struct SequenceCondition {
  std::vector<std::size_t> patterns;
  Duration within;
};

struct NotCondition {
  std::unique_ptr<Condition> condition;
};
struct AnyCondition {
  std::vector<Condition> conditions;
};
struct AllCondition {
  std::vector<Condition> conditions;
};

struct Condition {
  std::variant<EventCondition, FactCondition, SequenceCondition, NotCondition, AnyCondition,
               AllCondition>
      kind;
  bool coverage_required = false;
  Location where;
};

// ---- the rule
// ---------------------------------------------------------------------------------------

enum class Verdict : std::uint8_t { kFault, kExpected };
enum class Status : std::uint8_t { kDraft, kStable, kRetired };
enum class Strength : std::int8_t { kSure = 6, kProbable = 3, kPossible = 1, kHint = -1 };

struct EvidenceLine {
  Condition condition;
  double points = 0;
  std::string because;  // templates
  std::string ask;
  std::string collect;
  Location where;
};

struct FixStep {
  std::string do_what;  // template
  std::string on;       // template; "" for no particular host
  std::string risk;     // "", "none", "low", "medium", "high"
  bool ours = false;
  std::optional<std::size_t> check_absent;  // pattern that must stay away ...
  Duration check_for;                       // ... for so long
};

// "{refused.computer}" taken apart.
struct FieldReference {
  std::size_t pattern = 0;
  std::string field;
};

struct RuleTest {
  std::string name;
  std::string log;
  std::vector<Fact> facts;
  std::vector<std::string> covered;
  bool finding = true;
  std::optional<bool> leads;
  std::optional<double> confidence_min, confidence_max;
  std::string first;
  Location where;
};

struct Rule {
  std::string id;
  int version = 1;
  Status status = Status::kDraft;
  std::string superseded_by;
  std::string title;
  Verdict verdict = Verdict::kFault;
  std::vector<std::string> applies_to;
  std::vector<std::string> articles;
  std::vector<EventPattern> events;
  std::vector<std::size_t> triggers;    // indexes into events
  std::vector<FieldReference> between;  // none or two
  Duration quiet = Duration::Seconds(6 * 3600);
  std::vector<Condition> when;
  std::vector<Condition> unless;
  Strength strength = Strength::kPossible;
  std::vector<EvidenceLine> evidence;
  std::vector<std::size_t> explains;  // triggers included
  std::string cause;
  std::vector<FixStep> fix;
  std::vector<RuleTest> tests;
  std::string notes;
  Location where;

  // Index into `events`; nullopt when there is no such name.
  std::optional<std::size_t> PatternIndex(std::string_view name) const;
};

}  // namespace exdiag
