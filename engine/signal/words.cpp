#include "engine/signal/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace exdiag {
namespace {

std::string CountWords(const CountRange& count) {
  if (count.min == 1 && !count.max) return "";
  if (!count.max) return fmt::format("{} or more of ", count.min);
  if (*count.max == count.min) return fmt::format("exactly {} of ", count.min);
  return fmt::format("{} to {} of ", count.min, *count.max);
}

std::string LimitWords(Duration limit) {
  return limit.ticks >= kEver.ticks ? std::string("at any time") : FormatDuration(limit);
}

std::string WindowWords(const EventCondition& condition) {
  if (condition.on_trigger) return "";
  if (condition.before == condition.after) {
    const bool ever = condition.before.ticks >= kEver.ticks;
    return (ever ? " " : " within ") + LimitWords(condition.before);
  }
  std::string words;
  if (condition.before.ticks > 0) {
    words += condition.before.ticks >= kEver.ticks
                 ? " at any time before"
                 : " in the " + LimitWords(condition.before) + " before";
  }
  if (condition.after.ticks > 0) {
    if (!words.empty()) words += " and";
    words += condition.after.ticks >= kEver.ticks
                 ? " at any time after"
                 : " in the " + LimitWords(condition.after) + " after";
  }
  return words.empty() ? std::string(" at the same time") : words;
}

std::string_view HostWords(const EventCondition& condition) {
  switch (condition.host) {
    case HostScope::kAny:
      return "";
    case HostScope::kSame:
      return " on the same host";
    case HostScope::kOther:
      return " on another host";
    case HostScope::kPeer:
      return " on the peer";
  }
  return "";
}

std::string FieldWords(const std::vector<FieldCondition>& tests) {
  if (tests.empty()) return "";
  std::vector<std::string> fields;
  for (const FieldCondition& test : tests) fields.push_back(test.field);
  return fmt::format(" with {} as given", fmt::join(fields, ", "));
}

struct DescribeVisitor {
  const Rule& rule;

  std::string operator()(const EventCondition& condition) const {
    return fmt::format("{}{}{}{}{}{}", condition.latest ? "the latest " : "",
                       CountWords(condition.count), DescribePattern(rule.events[condition.pattern]),
                       FieldWords(condition.where_all), WindowWords(condition),
                       HostWords(condition));
  }
  std::string operator()(const FactCondition& condition) const {
    return fmt::format("a {} fact{}", condition.kind, FieldWords(condition.where_all));
  }
  std::string operator()(const SequenceCondition& condition) const {
    std::vector<std::string> names;
    for (const std::size_t pattern : condition.patterns) names.push_back(rule.events[pattern].name);
    return fmt::format("{} in this order within {}", fmt::join(names, ", "),
                       LimitWords(condition.within));
  }
  std::string operator()(const NotCondition& condition) const {
    return "no " + DescribeCondition(rule, *condition.condition);
  }
  std::string operator()(const AnyCondition& condition) const {
    return "any of: " + List(condition.conditions);
  }
  std::string operator()(const AllCondition& condition) const {
    return "all of: " + List(condition.conditions);
  }

  std::string List(const std::vector<Condition>& conditions) const {
    std::vector<std::string> parts;
    for (const Condition& condition : conditions) {
      parts.push_back(DescribeCondition(rule, condition));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }
};

}  // namespace

std::string DescribeCondition(const Rule& rule, const Condition& condition) {
  return std::visit(DescribeVisitor{rule}, condition.kind);
}

std::string DescribePattern(const EventPattern& pattern) {
  if (!pattern.fact_kind.empty()) return fmt::format("{} ({})", pattern.fact_kind, pattern.name);
  return fmt::format("{} {} ({})", fmt::join(pattern.providers, "/"), fmt::join(pattern.ids, "/"),
                     pattern.name);
}

}  // namespace exdiag
