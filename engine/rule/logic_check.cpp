// A condition is followed down to what it comes to for every trigger: never, always, or it depends.
// "Never" and "always" go up through `no`, `any` and `all` as truth does.
#include "engine/rule/logic_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/rule/cross_check.h"
#include "engine/rule/field_test.h"

namespace exdiag {
namespace {

// ---- tests of one field

template <typename T>
std::vector<const T*> AllOf(std::span<const FieldTest> tests) {
  std::vector<const T*> found;
  for (const FieldTest& test : tests) {
    const auto* one = std::get_if<T>(&test.test);
    if (one != nullptr && !test.has_template) found.push_back(one);
  }
  return found;
}

bool IsAbsence(const FieldTest& test) {
  const auto* exists = std::get_if<TestExists>(&test.test);
  return exists != nullptr && !exists->exists;
}

// True when it is certain that no spelling of `value` passes the test.
bool Refuses(const FieldTest& test, const std::string& value) {
  if (test.has_template || std::holds_alternative<TestEqualsField>(test.test)) return false;
  const bool of_text =
      std::holds_alternative<TestText>(test.test) || std::holds_alternative<TestRegex>(test.test);
  // 5 may be written 0x5 or 00000005, so tests are tried on two spellings.
  const std::string other = EqualityKey(value);
  if (of_text && ParseInteger(other)) return false;
  if (const auto* no = std::get_if<TestNot>(&test.test)) {
    // Sure to be refused only when every test inside is sure to hold.
    return std::all_of(no->tests.begin(), no->tests.end(), [&](const FieldTest& inner) {
      const bool equality = std::holds_alternative<TestEquals>(inner.test) ||
                            std::holds_alternative<TestRange>(inner.test) ||
                            std::holds_alternative<TestExists>(inner.test);
      return equality && !inner.has_template && Holds(inner, value) && Holds(inner, other);
    });
  }
  return !Holds(test, value) && !Holds(test, other);
}

std::string FromEquality(std::span<const FieldTest> tests) {
  for (const TestEquals* equals : AllOf<TestEquals>(tests)) {
    const bool possible =
        std::any_of(equals->values.begin(), equals->values.end(), [&](const std::string& value) {
          return std::none_of(tests.begin(), tests.end(),
                              [&](const FieldTest& test) { return Refuses(test, value); });
        });
    if (possible) continue;
    return fmt::format("\"{}\" does not pass the other tests", fmt::join(equals->values, "\", \""));
  }
  return {};
}

// Bounds that speak of one form of a number; those of codes can mean two.
bool IsPlain(const std::optional<std::int64_t>& bound) {
  return !bound || (*bound >= 0 && *bound <= std::numeric_limits<std::int32_t>::max());
}

std::string FromRanges(std::span<const FieldTest> tests) {
  TestRange all;
  for (const TestRange* range : AllOf<TestRange>(tests)) {
    if (!IsPlain(range->min) || !IsPlain(range->max)) continue;
    if (range->min) all.min = std::max(range->min, all.min);
    if (range->max) all.max = all.max ? std::min(range->max, all.max) : range->max;
  }
  if (!all.min || !all.max || *all.min <= *all.max) return {};
  return fmt::format("no number is both at least {} and at most {}", *all.min, *all.max);
}

std::string FromMasks(std::span<const FieldTest> tests) {
  std::uint64_t set = 0, clear = 0;
  for (const TestMask* test : AllOf<TestMask>(tests)) {
    if (test->is) {
      set |= *test->is;
      clear |= test->mask & ~*test->is;
    } else if (test->any == false) {
      clear |= test->mask;
    }
  }
  if ((set & clear) == 0) return {};
  return fmt::format("the bits {:#x} would have to be both set and not set", set & clear);
}

bool IsLower(TestVersion::Op op) {
  return op == TestVersion::Op::kGreater || op == TestVersion::Op::kGreaterEqual;
}

std::string FromVersions(std::span<const FieldTest> tests) {
  using Op = TestVersion::Op;
  std::vector<std::pair<Op, std::string>> bounds;
  for (const TestVersion* test : AllOf<TestVersion>(tests)) {
    bounds.insert(bounds.end(), test->bounds.begin(), test->bounds.end());
  }
  for (const auto& [op, version] : bounds) {
    if (op == Op::kLess || op == Op::kLessEqual) continue;
    for (const auto& [other, bound] : bounds) {
      if (op != Op::kEqual && other != Op::kLess && other != Op::kLessEqual) continue;
      // Nothing above a version is at most that version.
      const Op strict = op == Op::kGreater && !IsLower(other) ? Op::kLess : other;
      if (Holds({TestVersion{{{strict, bound}}}}, version)) continue;
      return fmt::format("no version passes the bounds with {} and {}", version, bound);
    }
  }
  return {};
}

// The same test with and without `not`.
std::string FromNegations(std::span<const FieldTest> tests) {
  std::set<std::string> held;
  for (const FieldTest& test : tests) held.insert(Fingerprint({&test, 1}));
  for (const FieldTest& test : tests) {
    const auto* no = std::get_if<TestNot>(&test.test);
    if (no == nullptr || no->tests.size() != 1) continue;
    if (held.contains(Fingerprint(no->tests)))
      return "a test stands there with and without \"not\"";
  }
  const auto ips = AllOf<TestIp>(tests);
  const bool both = std::any_of(ips.begin(), ips.end(), [&](const TestIp* test) {
    return test->is_ip != ips.front()->is_ip;
  });
  return both ? "an IP address is wanted and excluded" : "";
}

// ---- the rule

enum class Fixed : std::uint8_t { kDepends, kNever, kAlways };

Fixed Opposite(Fixed fixed) {
  if (fixed == Fixed::kDepends) return fixed;
  return fixed == Fixed::kNever ? Fixed::kAlways : Fixed::kNever;
}

using Tests = std::map<std::string, std::vector<FieldTest>>;  // by field

void AddTests(const std::vector<FieldCondition>& where, Tests& tests) {
  for (const FieldCondition& condition : where) {
    auto& of_field = tests[condition.field];
    of_field.insert(of_field.end(), condition.tests.begin(), condition.tests.end());
  }
}

class LogicCheck {
 public:
  LogicCheck(const Rule& rule, YamlProblems& problems) : rule_(rule), problems_(problems) {}

  void Run() {
    for (const EventPattern& pattern : rule_.events) CheckPattern(pattern);
    CheckBetween();
    for (const Condition& condition : rule_.when) CheckWhen(condition);
    for (const Condition& condition : rule_.unless) CheckUnless(condition);
    CheckTogether();
    for (const EvidenceLine& line : rule_.evidence) CheckLine(line);
  }

 private:
  void Never(const Location& where, std::string_view reason) {
    problems_.Error("rule.never", where.place, reason);
  }

  void Always(const Location& where, std::string_view reason) {
    problems_.Warning("rule.always", where.place, fmt::format("{}; the rule is used", reason));
  }

  void CheckPattern(const EventPattern& pattern) {
    Tests tests;
    AddTests(pattern.where_all, tests);
    for (const auto& [field, of_field] : tests) {
      const std::string why = Contradiction(of_field);
      if (why.empty()) continue;
      Never(pattern.where,
            fmt::format("no event can match \"{}\": {}: {}", pattern.name, field, why));
    }
  }

  void CheckBetween() {
    if (rule_.between.size() != 2) return;
    const FieldReference &a = rule_.between[0], &b = rule_.between[1];
    if (a.pattern != b.pattern || a.field != b.field) return;
    problems_.Error(
        "rule.between", rule_.where.place,
        fmt::format("both hosts of \"between\" are {}.{}, so that there is no other one",
                    rule_.events[a.pattern].name, a.field));
  }

  void CheckWhen(const Condition& condition) {
    switch (Of(condition)) {
      case Fixed::kNever:
        return Never(condition.where,
                     "this condition of \"when\" can never hold, so the rule never fires");
      case Fixed::kAlways:
        return Always(condition.where, "this condition of \"when\" always holds and says nothing");
      case Fixed::kDepends:
        break;
    }
  }

  void CheckUnless(const Condition& condition) {
    switch (Of(condition)) {
      case Fixed::kNever:
        return Always(condition.where,
                      "this condition of \"unless\" can never hold and excludes nothing");
      case Fixed::kAlways:
        return Never(condition.where,
                     "this condition of \"unless\" always holds, so the rule never fires");
      case Fixed::kDepends:
        break;
    }
  }

  void CheckLine(const EvidenceLine& line) {
    switch (Of(line.condition)) {
      case Fixed::kNever:
        return Never(line.condition.where, "this line of evidence can never hold");
      case Fixed::kAlways:
        return Always(line.condition.where,
                      "this line of evidence always holds: its points belong to the strength");
      case Fixed::kDepends:
        break;
    }
  }

  // A condition and its opposite: side by side in `when`, or one in `when` and one in `unless`.
  void CheckTogether() {
    std::set<std::string> wanted, refused;
    const auto check = [&](const Condition& condition, auto& held, auto& excluded) {
      AddSides(condition, held, excluded);
      const bool both = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& print) {
        return refused.contains(print);
      });
      if (!both) return false;
      Never(condition.where,
            "this condition is the opposite of one before it, so the rule never fires");
      return true;
    };
    for (const Condition& condition : rule_.when) {
      if (check(condition, wanted, refused)) return;
    }
    for (const Condition& condition : rule_.unless) {
      if (check(condition, refused, wanted)) return;
    }
  }

  void AddSides(const Condition& condition, std::set<std::string>& held,
                std::set<std::string>& refused) const {
    if (const auto* no = std::get_if<NotCondition>(&condition.kind)) {
      refused.insert(Fingerprint(rule_, *no->condition));
    } else {
      held.insert(Fingerprint(rule_, condition));
    }
  }

  // ---- conditions

  Fixed Of(const Condition& condition) {
    return std::visit([&](const auto& kind) { return Of(kind, condition.where); }, condition.kind);
  }

  Fixed Of(const EventCondition& event, const Location& where) {
    if (event.on_trigger) return OfTrigger(event);
    if (event.count.min == 0 && !event.count.max) return Fixed::kAlways;
    if (event.count.min == 0) return Fixed::kDepends;
    if (Contradicts(event)) return Fixed::kNever;
    for (const FieldPair& pair : event.same) {
      const bool differs = std::any_of(
          event.differ.begin(), event.differ.end(),
          [&](const FieldPair& d) { return d.here == pair.here && d.there == pair.there; });
      if (!differs) continue;
      Never(where, fmt::format("\"same\" and \"differ\" both name {}", pair.here));
    }
    if (event.host == HostScope::kSame && NamesComputer(event.differ)) return Fixed::kNever;
    if (event.host == HostScope::kOther && NamesComputer(event.same)) return Fixed::kNever;
    return Fixed::kDepends;
  }

  static bool NamesComputer(const std::vector<FieldPair>& pairs) {
    return std::any_of(pairs.begin(), pairs.end(), [](const FieldPair& pair) {
      return pair.here == "computer" && pair.there == "computer";
    });
  }

  Fixed OfTrigger(const EventCondition& event) const {
    if (Contradicts(event)) return Fixed::kNever;
    if (rule_.triggers.size() != 1) return Fixed::kDepends;
    Tests of_pattern;
    AddTests(rule_.events[event.pattern].where_all, of_pattern);
    const auto is_said_already = [&](const FieldCondition& condition) {
      const std::vector<FieldTest>& known = of_pattern[condition.field];
      return std::all_of(
          condition.tests.begin(), condition.tests.end(), [&](const FieldTest& test) {
            return std::any_of(known.begin(), known.end(), [&](const FieldTest& other) {
              return Fingerprint({&test, 1}) == Fingerprint({&other, 1});
            });
          });
    };
    return std::all_of(event.where_all.begin(), event.where_all.end(), is_said_already)
               ? Fixed::kAlways
               : Fixed::kDepends;
  }

  // The tests of the pattern and those of the condition together.
  bool Contradicts(const EventCondition& event) const {
    Tests tests;
    AddTests(rule_.events[event.pattern].where_all, tests);
    AddTests(event.where_all, tests);
    return std::any_of(event.where_all.begin(), event.where_all.end(), [&](const auto& condition) {
      return !Contradiction(tests[condition.field]).empty();
    });
  }

  Fixed Of(const FactCondition& fact, const Location&) {
    Tests tests;
    AddTests(fact.where_all, tests);
    const bool never = std::any_of(tests.begin(), tests.end(), [](const auto& of_field) {
      return !Contradiction(of_field.second).empty();
    });
    return never ? Fixed::kNever : Fixed::kDepends;
  }

  // Equal times are in order, so that even `within: 0s` may hold.
  static Fixed Of(const SequenceCondition&, const Location&) { return Fixed::kDepends; }

  Fixed Of(const NotCondition& no, const Location&) { return Opposite(Of(*no.condition)); }
  Fixed Of(const AnyCondition& any, const Location&) {
    return OfGroup(any.conditions, Fixed::kAlways);
  }
  Fixed Of(const AllCondition& all, const Location&) {
    return OfGroup(all.conditions, Fixed::kNever);
  }

  // One `decisive` part settles it, and so do a part and its opposite; else all parts must agree.
  Fixed OfGroup(const std::vector<Condition>& conditions, Fixed decisive) {
    std::set<std::string> held, refused;
    std::size_t others = 0;
    for (const Condition& condition : conditions) {
      AddSides(condition, held, refused);
      const Fixed fixed = Of(condition);
      if (fixed == decisive) return decisive;
      if (fixed == Opposite(decisive)) ++others;
    }
    const bool both = std::any_of(held.begin(), held.end(), [&](const std::string& print) {
      return refused.contains(print);
    });
    if (both) return decisive;
    return others == conditions.size() && others > 0 ? Opposite(decisive) : Fixed::kDepends;
  }

  const Rule& rule_;
  YamlProblems& problems_;
};

}  // namespace

std::string Contradiction(std::span<const FieldTest> tests) {
  if (tests.size() < 2) return {};
  if (std::any_of(tests.begin(), tests.end(), IsAbsence)) {
    const bool alone = std::all_of(tests.begin(), tests.end(), IsAbsence);
    return alone ? "" : "a field that is not there passes no other test";
  }
  for (const auto from : {FromEquality, FromRanges, FromMasks, FromVersions, FromNegations}) {
    std::string why = from(tests);
    if (!why.empty()) return why;
  }
  return {};
}

void CheckLogic(const Rule& rule, YamlProblems& problems) { LogicCheck(rule, problems).Run(); }

}  // namespace exdiag
