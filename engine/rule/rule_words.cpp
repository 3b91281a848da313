#include "engine/rule/rule_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"

namespace exdiag {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

template <typename T, typename Say>
std::string Listed(const std::vector<T>& items, std::string_view between, const Say& say) {
  std::string out;
  for (const T& item : items) {
    if (!out.empty()) out += between;
    out += say(item);
  }
  return out;
}

std::string Quoted(const std::string& text) { return "\"" + TemplateInWords(text) + "\""; }

std::string AnyOf(const std::vector<std::string>& values) {
  return Listed(values, " or ", [](const std::string& v) {
    return v.empty() || v.find(' ') != std::string::npos ? Quoted(v) : TemplateInWords(v);
  });
}

std::string RangeInWords(const TestRange& range) {
  if (range.min && range.max) return fmt::format("from {} to {}", *range.min, *range.max);
  if (range.min) return fmt::format("of {} or more", *range.min);
  return fmt::format("of at most {}", range.max.value_or(0));
}

std::string TextTestInWords(const TestText& test) {
  const std::string_view verb = test.where == TestText::Where::kContains     ? "containing "
                                : test.where == TestText::Where::kStartsWith ? "beginning with "
                                                                             : "ending with ";
  return std::string(verb) + Listed(test.parts, " or ", Quoted);
}

std::string MaskInWords(const TestMask& test) {
  if (test.is) return fmt::format("whose bits under {:#x} are {:#x}", test.mask, *test.is);
  return fmt::format("with {} bit of {:#x} set", test.any.value_or(true) ? "a" : "no", test.mask);
}

std::string VersionInWords(const TestVersion& test) {
  constexpr std::string_view kSigns[] = {"<", "<=", "=", ">=", ">"};
  return "version " + Listed(test.bounds, " and ", [&](const auto& bound) {
           return fmt::format("{} {}", kSigns[static_cast<std::size_t>(bound.first)], bound.second);
         });
}

std::string TestInWords(const FieldTest& test);

std::string TestInWords(const FieldTest& test) {
  return std::visit(
      Overloaded{
          [](const TestEquals& t) { return AnyOf(t.values); },
          [](const TestRange& t) { return RangeInWords(t); },
          [](const TestText& t) { return TextTestInWords(t); },
          [](const TestRegex& t) { return fmt::format("matching /{}/", t.pattern); },
          [](const TestExists& t) { return std::string(t.exists ? "given" : "not given"); },
          [](const TestMask& t) { return MaskInWords(t); },
          [](const TestEqualsField& t) { return "equal to its " + t.field; },
          [](const TestHost& t) { return "naming the host " + TemplateInWords(t.name); },
          [](const TestIp& t) {
            return std::string(t.is_ip ? "being an IP address" : "not being an IP address");
          },
          [](const TestVersion& t) { return VersionInWords(t); },
          [](const TestNot& t) { return "not " + TestsInWords(t.tests); },
      },
      test.test);
}

std::string FieldsInWords(const std::vector<FieldCondition>& fields) {
  return Listed(fields, ", ", [](const FieldCondition& field) {
    return field.field + " " + TestsInWords(field.tests);
  });
}

std::string CountInWords(const CountRange& count) {
  if (count.max && *count.max == count.min) return fmt::format("exactly {} times ", count.min);
  if (count.max) return fmt::format("{} to {} times ", count.min, *count.max);
  return count.min > 1 ? fmt::format("at least {} times ", count.min) : "";
}

std::string PlainWindowInWords(const EventCondition& condition) {
  const bool back = condition.before.ticks > 0, forth = condition.after.ticks > 0;
  const auto limit = [](Duration d) {
    return d >= kEver ? std::string("at any time") : "within " + FormatDuration(d);
  };
  if (back && !forth) return limit(condition.before) + " before it";
  if (forth && !back) return limit(condition.after) + " after it";
  if (!back) return "at the same time";
  if (condition.before == condition.after) return limit(condition.before);
  return limit(condition.before) + " before it or " + limit(condition.after) + " after it";
}

std::string WindowInWords(const Rule& rule, const EventCondition& condition) {
  const std::string words = PlainWindowInWords(condition);
  if (condition.of == nullptr) return words;
  return words + " (counted from " + PatternInWords(rule.events[condition.of->pattern]) + ")";
}

std::string_view ScopeInWords(HostScope scope) {
  switch (scope) {
    case HostScope::kAny:
      return "";
    case HostScope::kSame:
      return " on the same host";
    case HostScope::kOther:
      return " on another host";
    case HostScope::kPeer:
      return " on the other host of the pair";
  }
  return "";
}

std::string PairsInWords(const std::vector<FieldPair>& pairs, std::string_view how) {
  return Listed(pairs, "", [&](const FieldPair& pair) {
    if (pair.here == pair.there) return fmt::format(", {} {}", how, pair.here);
    return fmt::format(", its {} being {} {}", pair.here, how, pair.there);
  });
}

std::string EventConditionInWords(const Rule& rule, const EventCondition& condition) {
  if (condition.on_trigger) return "the event itself with " + FieldsInWords(condition.where_all);
  std::string words = condition.latest ? "as the last one " : "";
  words += CountInWords(condition.count) + PatternInWords(rule.events[condition.pattern]);
  if (!condition.where_all.empty()) words += " with " + FieldsInWords(condition.where_all);
  words += std::string(ScopeInWords(condition.host)) + " " + WindowInWords(rule, condition);
  words += PairsInWords(condition.same, "the same");
  words += PairsInWords(condition.differ, "another");
  if (condition.in) words += ", so many in " + FormatDuration(*condition.in);
  if (!condition.per.empty()) words += ", counted for each " + condition.per;
  if (!condition.distinct.empty()) words += ", counting different values of " + condition.distinct;
  return words;
}

std::string FactInWords(const FactCondition& fact) {
  const FieldCondition* name = nullptr;
  const FieldCondition* value = nullptr;
  for (const FieldCondition& field : fact.where_all) {
    if (field.field == "name") name = &field;
    if (field.field == "value") value = &field;
  }
  if (fact.kind == "answer" && name != nullptr && value != nullptr) {
    return fmt::format("the operator's answer to {}: {}", TestsInWords(name->tests),
                       TestsInWords(value->tests));
  }
  std::string words = "the fact " + fact.kind;
  if (!fact.host.empty()) words += " of " + TemplateInWords(fact.host);
  if (!fact.where_all.empty()) words += " with " + FieldsInWords(fact.where_all);
  return words;
}

}  // namespace

std::string TestsInWords(const std::vector<FieldTest>& tests) {
  return Listed(tests, " and ", TestInWords);
}

std::string PatternInWords(const EventPattern& pattern) {
  std::string words;
  if (!pattern.fact_kind.empty()) {
    words = "the fact " + pattern.fact_kind;
  } else {
    words = Listed(pattern.providers, " or ", [](const std::string& p) { return p; });
    if (!pattern.ids.empty()) {
      words += " " + Listed(pattern.ids, "/", [](std::uint16_t id) { return std::to_string(id); });
    }
  }
  if (!pattern.levels.empty()) {
    words +=
        " (" +
        Listed(pattern.levels, " or ", [](Level level) { return std::string(LevelName(level)); }) +
        ")";
  }
  if (!pattern.where_all.empty()) words += " with " + FieldsInWords(pattern.where_all);
  return words;
}

std::string ValuesInWords(const EventPattern& pattern) {
  const auto is_regex = [](const FieldTest& test) {
    return std::holds_alternative<TestRegex>(test.test);
  };
  return Listed(pattern.where_all, ", ", [&](const FieldCondition& field) {
    const bool form = std::any_of(field.tests.begin(), field.tests.end(), is_regex);
    return field.field + " " + (form ? "of a certain form" : TestsInWords(field.tests));
  });
}

std::string ConditionInWords(const Rule& rule, const Condition& condition) {
  const auto say = [&](const Condition& c) { return ConditionInWords(rule, c); };
  return std::visit(
      Overloaded{
          [&](const EventCondition& c) { return EventConditionInWords(rule, c); },
          [&](const FactCondition& c) { return FactInWords(c); },
          [&](const SequenceCondition& c) {
            return Listed(c.patterns, ", then ",
                          [&](std::size_t p) { return PatternInWords(rule.events[p]); }) +
                   ", all within " + FormatDuration(c.within);
          },
          [&](const NotCondition& c) { return "no " + say(*c.condition); },
          [&](const AnyCondition& c) { return "either " + Listed(c.conditions, ", or ", say); },
          [&](const AllCondition& c) { return Listed(c.conditions, ", and ", say); },
      },
      condition.kind);
}

std::string TemplateInWords(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if ((text[i] == '{' || text[i] == '}') && doubled) {
      out += text[i++];
      continue;
    }
    const std::size_t end = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[i];
      continue;
    }
    const std::string_view inside = text.substr(i + 1, end - i - 1);
    const std::size_t dot = inside.rfind('.');
    out += fmt::format("<{}>", dot == std::string_view::npos ? inside : inside.substr(dot + 1));
    i = end;
  }
  return out;
}

std::string NoRuleWords(std::string_view id, const RuleSet& rules) {
  std::vector<std::string_view> known;
  for (const Rule& rule : rules.rules()) known.push_back(rule.id);
  return fmt::format("there is no rule \"{}\"{}", id, DidYouMean(id, known));
}

}  // namespace exdiag
