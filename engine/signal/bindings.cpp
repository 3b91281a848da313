#include "engine/signal/bindings.h"

#include <algorithm>

namespace exdiag {
namespace {

// A whole message would bury the sentence it is put into.
constexpr std::size_t kLongestValue = 400;

std::string Cut(const std::string& value) {
  if (value.size() <= kLongestValue) return value;
  std::size_t end = kLongestValue;  // not inside a UTF-8 sequence
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xc0) == 0x80) --end;
  return value.substr(0, end) + "...";
}

// Looks through conditions for a test on `pattern` whose regular expression names `capture`.
struct FindCapture {
  std::size_t pattern;
  std::string_view capture;

  const FieldCondition* In(const std::vector<Condition>& conditions) const {
    for (const Condition& condition : conditions) {
      if (const FieldCondition* found = std::visit(*this, condition.kind)) return found;
    }
    return nullptr;
  }

  const FieldCondition* operator()(const EventCondition& condition) const {
    if (condition.pattern != pattern) return nullptr;
    for (const FieldCondition& field : condition.where_all) {
      for (const FieldTest& test : field.tests) {
        const auto* regex = std::get_if<TestRegex>(&test.test);
        if (regex == nullptr) continue;
        const auto& names = regex->captures;
        if (std::find(names.begin(), names.end(), capture) != names.end()) return &field;
      }
    }
    return nullptr;
  }
  const FieldCondition* operator()(const FactCondition&) const { return nullptr; }
  const FieldCondition* operator()(const SequenceCondition&) const { return nullptr; }
  const FieldCondition* operator()(const NotCondition& condition) const {
    return std::visit(*this, condition.condition->kind);
  }
  const FieldCondition* operator()(const AnyCondition& condition) const {
    return In(condition.conditions);
  }
  const FieldCondition* operator()(const AllCondition& condition) const {
    return In(condition.conditions);
  }
};

}  // namespace

void Bindings::BindHeld(const Evidence& evidence) {
  for (const Evidence::Hits& hits : evidence.events) {
    if (hits.held && hits.range.size() > 0) Bind(hits.pattern, (*hits.list)[hits.range.begin]);
  }
}

std::optional<ObservationId> Bindings::EventFor(std::size_t pattern) const {
  if (pattern == trigger_->pattern) return trigger_->id;
  const auto bound = events_.find(pattern);
  if (bound != events_.end()) return bound->second;
  if (context_->IsTrigger(pattern)) return trigger_->id;
  return std::nullopt;
}

std::optional<std::string> Bindings::Captured(std::size_t pattern, ObservationId id,
                                              std::string_view field) const {
  const FindCapture find{pattern, field};
  const FieldCondition* condition = find.In(context_->rule.when);
  for (const EvidenceLine& line : context_->rule.evidence) {
    if (condition == nullptr) condition = std::visit(find, line.condition.kind);
  }
  if (condition == nullptr) return std::nullopt;
  Captures captures;
  const FieldSource& fields = context_->world.FieldsOf(context_->numbers[pattern], id);
  TestsHold({*condition}, fields, &captures);
  for (const auto& [name, value] : captures) {
    if (name == field) return value;
  }
  return std::nullopt;
}

std::optional<std::string> Bindings::Value(std::string_view name, std::string_view field) const {
  const auto pattern = context_->rule.PatternIndex(name);
  const auto id = pattern ? EventFor(*pattern) : std::nullopt;
  if (!id) return std::nullopt;
  const Observations& world = context_->world;
  std::string value;
  if (field == "time") {
    value = context_->TimeOf(*id);
  } else {
    // A trigger of another pattern may stand for this one; its own pattern knows its captures.
    const std::size_t own = *id == trigger_->id ? trigger_->pattern : *pattern;
    const TextId text = world.Value(context_->numbers[own], *id, field);
    value =
        text != kNotShown ? world.texts().Text(text) : Captured(*pattern, *id, field).value_or("");
  }
  if (value.empty()) return std::nullopt;
  return Cut(value);
}

std::string Bindings::Render(std::string_view text) const {
  return RenderTemplate(
      text, [this](std::string_view name, std::string_view field) { return Value(name, field); });
}

}  // namespace exdiag
