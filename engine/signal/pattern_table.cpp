#include "engine/signal/pattern_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// Texts are written with their length before them, so that no text can pass for structure.
void Put(std::string_view text, std::string& out) {
  out.append(fmt::format("{}:", text.size())).append(text);
}

void Put(const std::vector<std::string>& texts, std::string& out) {
  for (const std::string& text : texts) Put(text, out);
  out.push_back(';');
}

template <typename Number>
void Put(const std::optional<Number>& number, std::string& out) {
  out.append(number ? fmt::format("{},", *number) : "-,");
}

void Put(const FieldTest& test, std::string& out);

struct PutVisitor {
  std::string& out;

  void operator()(const TestEquals& test) const { Put(test.values, out.append("=")); }
  void operator()(const TestRange& test) const {
    out.append("range");
    Put(test.min, out);
    Put(test.max, out);
  }
  void operator()(const TestText& test) const {
    out.append(fmt::format("text{}", static_cast<int>(test.where)));
    Put(test.parts, out);
  }
  void operator()(const TestRegex& test) const { Put(test.pattern, out.append("regex")); }
  void operator()(const TestExists& test) const { out.append(test.exists ? "exists" : "gone"); }
  void operator()(const TestMask& test) const {
    out.append(fmt::format("mask{},", test.mask));
    Put(test.is, out);
    Put(test.any ? std::optional<int>(*test.any) : std::nullopt, out);
  }
  void operator()(const TestEqualsField& test) const { Put(test.field, out.append("field")); }
  void operator()(const TestHost& test) const { Put(test.name, out.append("host")); }
  void operator()(const TestIp& test) const { out.append(test.is_ip ? "ip" : "name"); }
  void operator()(const TestVersion& test) const {
    out.append("version");
    for (const auto& [op, bound] : test.bounds) {
      Put(bound, out.append(fmt::format("{}", static_cast<int>(op))));
    }
    out.push_back(';');
  }
  void operator()(const TestNot& test) const {
    out.append("not(");
    for (const FieldTest& inner : test.tests) Put(inner, out);
    out.push_back(')');
  }
};

void Put(const FieldTest& test, std::string& out) {
  std::visit(PutVisitor{out}, test.test);
  out.push_back('&');
}

void AddCaptures(const FieldTest& test, std::vector<std::string>& captures) {
  if (const auto* regex = std::get_if<TestRegex>(&test.test)) {
    captures.insert(captures.end(), regex->captures.begin(), regex->captures.end());
  }
}

std::string KeyOf(const EventPattern& pattern) {
  std::vector<std::string> providers;
  for (const std::string& provider : pattern.providers) providers.push_back(ToLower(provider));
  std::sort(providers.begin(), providers.end());
  std::vector<std::uint16_t> ids = pattern.ids;
  std::sort(ids.begin(), ids.end());
  std::vector<Level> levels = pattern.levels;
  std::sort(levels.begin(), levels.end());

  std::string key;
  Put(pattern.fact_kind, key);
  Put(providers, key);
  for (const std::uint16_t id : ids) key.append(fmt::format("{},", id));
  for (const Level level : levels) key.append(fmt::format("l{},", static_cast<int>(level)));
  return key.append(KeyOf(pattern.where_all));
}

}  // namespace

std::string KeyOf(const std::vector<FieldCondition>& conditions) {
  std::vector<std::string> keys;
  for (const FieldCondition& condition : conditions) {
    std::string& key = keys.emplace_back();
    Put(condition.field, key);
    for (const FieldTest& test : condition.tests) Put(test, key);
  }
  std::sort(keys.begin(), keys.end());
  std::string joined;
  Put(keys, joined);
  return joined;
}

PatternNumber PatternTable::Add(const EventPattern& pattern) {
  const auto next = static_cast<PatternNumber>(entries_.size());
  const auto [found, is_new] = numbers_.try_emplace(KeyOf(pattern), next);
  if (!is_new) return found->second;
  Entry& entry = entries_.emplace_back();
  entry.pattern = &pattern;
  for (const FieldCondition& condition : pattern.where_all) {
    for (const FieldTest& test : condition.tests) AddCaptures(test, entry.captures);
  }
  kept_fields_.emplace_back();
  return next;
}

void PatternTable::KeepField(PatternNumber number, std::string_view field) {
  kept_fields_[number].emplace(field);
}

}  // namespace exdiag
