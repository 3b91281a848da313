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

// "P 100 on A at ...": as much of it as the source shows.
std::string WhatIsTested(const FieldSource& source) {
  const auto provider = source.Find("provider");
  const auto id = source.Find("event_id");
  std::string text = provider && id ? fmt::format("{} {}", *provider, *id) : "a fact";
  if (const auto computer = source.Find("computer")) text += fmt::format(" on {}", *computer);
  if (const auto record = source.Find("record_id")) text += fmt::format(", record {}", *record);
  return text;
}

}  // namespace

void RegexComplaints::Report(const FieldCondition& condition, const TestRegex& test,
                             const FieldSource& source, std::size_t bytes) {
  std::size_t& told = told_[ToString(condition.where) + test.pattern];
  if (told == kMostTold) return;
  ++told;
  problems_.Report(
      {Severity::kWarning, "rule.regex_complexity", condition.where,
       fmt::format("the regex \"{}\" is too complex for the {} bytes of {} of {}; the value counts "
                   "as not matching{}",
                   test.pattern, bytes, condition.field, WhatIsTested(source),
                   told == kMostTold ? "; more of them are not told" : "")});
}

bool TestsHold(const std::vector<FieldCondition>& conditions, const FieldSource& source,
               Captures* captures, RegexComplaints* complaints) {
  TestContext context;
  context.field = [&source](std::string_view field) { return source.Find(field); };
  context.captures = captures;
  // One reference alone is kept without an allocation; this is called for every event.
  struct Tried {
    RegexComplaints* complaints;
    const FieldSource& source;
    const FieldCondition* condition = nullptr;
  } tried{complaints, source};
  if (complaints != nullptr) {
    context.too_complex = [&tried](const TestRegex& test, std::size_t bytes) {
      tried.complaints->Report(*tried.condition, test, tried.source, bytes);
    };
  }
  return std::all_of(conditions.begin(), conditions.end(), [&](const FieldCondition& condition) {
    tried.condition = &condition;
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
  const auto add = [&](const Field& field) {
    if (field.type != FieldType::kHost) return;
    const auto value = layout()->ValueOf(event_->strings, field.name);
    if (value && !value->empty()) hosts.push_back(*value);
  };
  for (const Field& field : layout()->fields) add(field);
  for (const Part& part : layout()->parts) {
    for (const Field& field : part.fields) add(field);
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
