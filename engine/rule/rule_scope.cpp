#include "engine/rule/rule_scope.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"
#include "engine/rule/fact_kinds.h"
#include "engine/rule/field_test_reader.h"
#include "engine/rule/template.h"

namespace exdiag {
namespace {

// What every event has, whatever the catalogue knows of it.
constexpr std::string_view kEventFields[] = {"computer", "user", "channel",    "category",
                                             "level",    "time", "qualifiers", "record_id",
                                             "message",  "data", "provider",   "event_id"};
constexpr std::string_view kFactFields[] = {"computer", "time"};

// "MSExchangeMTA 9318, 9322"
std::string EventsOf(const EventPattern& pattern) {
  if (!pattern.fact_kind.empty()) return fmt::format("a {} fact", pattern.fact_kind);
  return fmt::format("{} {}", fmt::join(pattern.providers, "/"), fmt::join(pattern.ids, ", "));
}

using FieldNames = std::set<std::string, std::less<>>;

void ComplainNoField(const EventPattern& pattern, const FieldNames& known, std::string_view field,
                     const Place& place, YamlProblems& problems) {
  problems.Error("rule.unknown_field", place,
                 fmt::format("{} has no field \"{}\"{}", EventsOf(pattern), Printable(field),
                             DidYouMean(field, known)));
}

// Other fields that tests compare with, also behind `not`.
void AddComparedFields(std::span<const FieldTest> tests, std::vector<std::string>& fields) {
  for (const FieldTest& test : tests) {
    if (const auto* equals = std::get_if<TestEqualsField>(&test.test)) {
      fields.push_back(equals->field);
    } else if (const auto* no = std::get_if<TestNot>(&test.test)) {
      AddComparedFields(no->tests, fields);
    }
  }
}

std::vector<std::string> FieldsNamedIn(const FieldCondition& condition) {
  std::vector<std::string> fields = {condition.field};
  AddComparedFields(condition.tests, fields);
  return fields;
}

bool NamesHost(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const Field& field) { return field.type == FieldType::kHost; });
}

}  // namespace

std::optional<FieldNames> KnownFields(const EventPattern& pattern, const Catalogue& catalogue) {
  FieldNames fields;
  if (!pattern.fact_kind.empty()) {
    const FactKind* kind = FindFactKind(pattern.fact_kind);
    if (kind == nullptr || kind->attributes.empty()) return std::nullopt;
    fields.insert(kind->attributes.begin(), kind->attributes.end());
    fields.insert(std::begin(kFactFields), std::end(kFactFields));
    return fields;
  }
  fields.insert(std::begin(kEventFields), std::end(kEventFields));
  for (const std::string& provider : pattern.providers) {
    for (const std::uint16_t id : pattern.ids) {
      const auto entries = catalogue.Find(provider, id);
      if (entries.empty()) return std::nullopt;
      for (const CatalogueEntry* entry : entries) {
        for (const Layout& layout : entry->layouts) {
          for (const Field& field : layout.fields) fields.insert(field.name);
          for (const Part& part : layout.parts) {
            for (const Field& field : part.fields) fields.insert(field.name);
          }
        }
      }
    }
  }
  return fields;
}

void CheckOwnFields(const EventPattern& pattern, const Catalogue& catalogue,
                    YamlProblems& problems) {
  const auto known = KnownFields(pattern, catalogue);
  if (!known) return;
  const std::vector<std::string> captures = CapturesOf(pattern.where_all);
  for (const FieldCondition& condition : pattern.where_all) {
    if (condition.where.file != problems.file()) continue;
    for (const std::string& field : FieldsNamedIn(condition)) {
      if (known->contains(field)) continue;
      if (std::find(captures.begin(), captures.end(), field) != captures.end()) continue;
      ComplainNoField(pattern, *known, field, condition.where.place, problems);
    }
  }
}

RuleScope::RuleScope(const Rule& rule, const Catalogue& catalogue, YamlProblems& problems)
    : rule_(rule), catalogue_(catalogue), problems_(problems) {
  for (std::size_t i = 0; i < rule.events.size(); ++i) AddCaptures(i, rule.events[i].where_all);
}

std::optional<std::size_t> RuleScope::Use(const YamlNode& name) {
  return Use(name.text, name.place);
}

std::optional<std::size_t> RuleScope::Use(std::string_view name, const Place& place) {
  const std::optional<std::size_t> index = rule_.PatternIndex(name);
  if (index) {
    used_.insert(*index);
  } else {
    ComplainUnknown(name, place);
  }
  return index;
}

void RuleScope::ComplainUnknown(std::string_view name, const Place& place) {
  std::set<std::string, std::less<>> known;
  for (const EventPattern& pattern : rule_.events) known.insert(pattern.name);
  problems_.Error("rule.unknown_name", place,
                  fmt::format("no event pattern \"{}\" in this rule{}", Printable(name),
                              DidYouMean(name, known)));
}

bool RuleScope::IsTrigger(std::size_t pattern) const {
  return std::find(rule_.triggers.begin(), rule_.triggers.end(), pattern) != rule_.triggers.end();
}

void RuleScope::CheckField(std::size_t pattern, std::string_view field, const Place& place) {
  if (captures_.contains({pattern, std::string(field)})) return;
  const auto fields = KnownFields(rule_.events[pattern], catalogue_);
  if (!fields || fields->contains(field)) return;
  ComplainNoField(rule_.events[pattern], *fields, field, place, problems_);
}

void RuleScope::CheckFields(std::size_t pattern, const std::vector<FieldCondition>& where) {
  for (const FieldCondition& condition : where) {
    for (const std::string& field : FieldsNamedIn(condition)) {
      CheckField(pattern, field, condition.where.place);
    }
  }
}

void RuleScope::CheckAttributes(std::string_view kind_name,
                                const std::vector<FieldCondition>& where) {
  const FactKind* kind = FindFactKind(kind_name);
  if (kind == nullptr || kind->attributes.empty()) return;
  const std::set<std::string, std::less<>> known(kind->attributes.begin(), kind->attributes.end());
  for (const FieldCondition& condition : where) {
    if (condition.where.file != problems_.file()) continue;  // checked in the shared file
    for (const std::string& field : FieldsNamedIn(condition)) {
      if (known.contains(field)) continue;
      problems_.Error("rule.unknown_field", condition.where.place,
                      fmt::format("a {} fact has no attribute \"{}\"{}", kind_name,
                                  Printable(field), DidYouMean(field, known)));
    }
  }
}

void RuleScope::AddCaptures(std::size_t pattern, const std::vector<FieldCondition>& where) {
  for (const std::string& name : CapturesOf(where)) captures_.insert({pattern, name});
}

void RuleScope::CheckTemplate(const std::string& text, const Place& place, bool triggers_only) {
  const auto parts = ParseTemplate(text);
  if (!parts) {
    problems_.Error("rule.template", place, parts.error().message);
    return;
  }
  for (const TemplatePart& part : *parts) {
    if (part.pattern.empty()) continue;
    const std::optional<std::size_t> index = rule_.PatternIndex(part.pattern);
    if (!index) {
      ComplainUnknown(part.pattern, place);
    } else if (triggers_only && !IsTrigger(*index)) {
      problems_.Error("rule.template", place,
                      fmt::format("{{{}.{}}} in a test: only fields of the trigger are known there",
                                  part.pattern, part.field));
    } else {
      CheckField(*index, part.field, place);
    }
  }
}

std::optional<FieldReference> RuleScope::Reference(const YamlNode& node) {
  const auto parts = ParseTemplate("{" + node.text + "}");
  if (!parts || parts->size() != 1 || parts->front().pattern.empty()) {
    problems_.Error("rule.reference", node.place,
                    fmt::format("\"{}\" is not of the form name.field", Printable(node.text)));
    return std::nullopt;
  }
  const std::optional<std::size_t> index = rule_.PatternIndex(parts->front().pattern);
  if (!index) {
    ComplainUnknown(parts->front().pattern, node.place);
    return std::nullopt;
  }
  CheckField(*index, parts->front().field, node.place);
  return FieldReference{*index, parts->front().field};
}

bool RuleScope::MayNameHost(std::size_t index) const {
  const EventPattern& pattern = rule_.events[index];
  if (!pattern.fact_kind.empty()) return false;
  for (const std::string& provider : pattern.providers) {
    for (const std::uint16_t id : pattern.ids) {
      const auto entries = catalogue_.Find(provider, id);
      if (entries.empty()) return true;
      for (const CatalogueEntry* entry : entries) {
        for (const Layout& layout : entry->layouts) {
          if (NamesHost(layout.fields)) return true;
          for (const Part& part : layout.parts) {
            if (NamesHost(part.fields)) return true;
          }
        }
      }
    }
  }
  return false;
}

void RuleScope::CheckAllUsed() {
  for (std::size_t i = 0; i < rule_.events.size(); ++i) {
    if (used_.contains(i)) continue;
    problems_.Error(
        "rule.unused_event", rule_.events[i].where.place,
        fmt::format("the event pattern \"{}\" is never used", Printable(rule_.events[i].name)));
  }
}

}  // namespace exdiag
