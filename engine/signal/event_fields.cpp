#include "engine/signal/event_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace exdiag {
namespace {

std::optional<std::string_view> Shown(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::string Hex(const std::vector<std::byte>& bytes) {
  std::string hex;
  for (const std::byte byte : bytes) hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return hex;
}

bool MayComplain(const FieldCondition& condition) {
  return std::any_of(condition.tests.begin(), condition.tests.end(), [](const FieldTest& test) {
    return std::holds_alternative<TestRegex>(test.test) ||
           std::holds_alternative<TestNot>(test.test);
  });
}

}  // namespace

bool TestsHold(const std::vector<FieldCondition>& conditions, const FieldSource& source,
               Captures* captures, DiagnosticSink* problems) {
  TestContext context;
  context.field = [&source](std::string_view field) { return source.Find(field); };
  context.captures = captures;
  context.problems = problems;
  return std::all_of(conditions.begin(), conditions.end(), [&](const FieldCondition& condition) {
    if (problems != nullptr && MayComplain(condition)) context.where = condition.where;
    return HoldsAll(condition.tests, source.Find(condition.field), context);
  });
}

void EventFields::Bind(const Event& event) {
  event_ = &event;
  layout_known_ = false;
  message_.clear();
  scratch_.clear();
}

const Layout* EventFields::layout() const {
  if (!layout_known_) {
    layout_ = catalogue_.LayoutOf(*event_);
    layout_known_ = true;
  }
  return layout_;
}

std::optional<std::string_view> EventFields::Find(std::string_view field) const {
  if (layout() != nullptr && layout()->Names(field)) {
    return layout()->ValueOf(event_->strings, field);
  }
  for (std::size_t i = 0; i < event_->names.size() && i < event_->strings.size(); ++i) {
    if (event_->names[i] == field) {
      if (!event_->strings[i]) return std::nullopt;
      return *event_->strings[i];
    }
  }
  return FindCommon(field);
}

std::optional<std::string_view> EventFields::FindCommon(std::string_view field) const {
  if (field == "computer") return Shown(event_->computer);
  if (field == "provider") return Shown(event_->provider);
  if (field == "event_id") return scratch_.emplace_back(fmt::format("{}", event_->event_id));
  if (field == "user") return Shown(event_->user);
  if (field == "channel") return Shown(event_->channel);
  if (field == "category") return Shown(event_->category_text);
  if (field == "message") {
    if (!event_->message.empty()) return event_->message;
    if (message_.empty()) message_ = catalogue_.Render(*event_);
    return Shown(message_);
  }
  if (field == "level") return Shown(LevelName(event_->level));
  if (field == "qualifiers") return scratch_.emplace_back(fmt::format("{}", event_->qualifiers));
  if (field == "record_id" && event_->record_id != 0) {
    return scratch_.emplace_back(fmt::format("{}", event_->record_id));
  }
  if (field == "data") return Shown(scratch_.emplace_back(Hex(event_->binary)));
  return std::nullopt;
}

std::vector<std::string_view> EventFields::NamedHosts() const {
  std::vector<std::string_view> hosts;
  if (layout() == nullptr) return hosts;
  const std::size_t count = std::min(layout()->fields.size(), event_->strings.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto& value = event_->strings[i];
    if (layout()->fields[i].type == FieldType::kHost && value && !value->empty()) {
      hosts.push_back(*value);
    }
  }
  return hosts;
}

std::optional<std::string_view> FactFields::Find(std::string_view field) const {
  if (field == "computer") return Shown(fact_.host);
  const auto found = fact_.attributes.find(field);
  if (found == fact_.attributes.end()) return std::nullopt;
  return found->second;
}

}  // namespace exdiag
