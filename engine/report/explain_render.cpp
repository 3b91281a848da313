#include <fmt/format.h>

#include "engine/report/explain.h"
#include "engine/report/phrases.h"
#include "engine/report/rule_json.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

// "ERROR_ACCESS_DENIED", "SMTP 550 5.7.1": what it is called.
std::string NameOf(const ErrorCode& code) {
  if (!code.name.empty()) return code.name;
  return code.status.empty() ? code.component : fmt::format("{} {}", code.component, code.status);
}

std::string MeaningText(const ErrorCode& code) {
  return fmt::format("{} ({}): {}", NameOf(code), code.component, code.meaning);
}

std::string TitleOf(const CodeReading& reading, const std::string& asked) {
  if (!reading.code) return asked;
  return fmt::format("{:#x} ({})", *reading.code, static_cast<std::int32_t>(*reading.code));
}

void AddCodes(Document& out, const std::vector<DecodedCode>& codes) {
  if (codes.empty()) return;
  out.Add(Heading{2, "Error codes in it"});
  for (const DecodedCode& code : codes) {
    out.Add(Item{0, "-", {{code.field + " = "}, {code.value, Role::kStrong}}});
    for (const ErrorCode* meaning : code.meanings) out.Add(Item{1, "-", MeaningText(*meaning)});
  }
}

void AddFields(Document& out, const std::vector<FieldValue>& fields) {
  if (fields.empty()) return;
  out.Add(Heading{2, "Its values"});
  Table table{{{"field"}, {"value"}}, {}};
  for (const FieldValue& field : fields) table.rows.push_back({field.name, field.value});
  out.Add(std::move(table));
}

void AddEvent(Document& out, const ExplainedEvent& explained) {
  const Event& event = explained.event;
  const std::string host = event.computer.empty() ? "" : " on " + event.computer;
  out.Add(Heading{1, fmt::format("{} {}{}", event.provider, event.event_id, host)});
  if (explained.entry == nullptr) {
    out.Add(Paragraph{"The catalogue does not know this event."});
  } else if (!explained.entry->meaning.empty()) {
    out.Add(Paragraph{explained.entry->meaning});
  }
  if (!explained.message.empty()) out.Add(Paragraph{{explained.message, Role::kCode}});
  AddFields(out, explained.fields);
  AddCodes(out, explained.codes);
}

// What one would have to see beside the event for the causes that are not found.
void AddOthers(Document& out, const ExplainedEvent& explained, const ReportOptions& options) {
  if (explained.others.empty()) return;
  constexpr std::size_t kShown = 5;
  out.Add(Heading{1, fmt::format("What else {} {} can mean, with other values or events",
                                 explained.event.provider, explained.event.event_id)});
  const std::size_t count = explained.others.size();
  const std::size_t shown = options.verbose ? count : std::min(count, kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Rule& rule = *explained.others[i].rule;
    Phrase text(rule.title);
    out.Add(Item{0, "-", text.Add(fmt::format(" [{}]", rule.id), Role::kDim)});
    for (const std::size_t pattern : explained.others[i].patterns) {
      out.Add(Item{1, "if", PatternInWords(rule.events[pattern])});
    }
    for (const Condition& condition : rule.when) {
      out.Add(Item{1, "needs", ConditionInWords(rule, condition)});
    }
  }
  if (count > shown) {
    out.Add(Item{0,
                 "-",
                 {fmt::format("{} more (--verbose, or exdiag causes {}/{})", count - shown,
                              explained.event.provider, explained.event.event_id),
                  Role::kDim}});
  }
}

Json CodeMeaningJson(const ErrorCode& code) {
  return {{"code", code.code ? Json(fmt::format("{:#010x}", *code.code)) : Json(nullptr)},
          {"status", code.status},
          {"name", code.name},
          {"component", code.component},
          {"meaning", code.meaning},
          {"seen_in", code.seen_in}};
}

Json CodesJson(const std::vector<DecodedCode>& codes) {
  Json list = Json::array();
  for (const DecodedCode& code : codes) {
    Json meanings = Json::array();
    for (const ErrorCode* meaning : code.meanings) meanings.push_back(CodeMeaningJson(*meaning));
    list.push_back(
        {{"field", code.field}, {"value", code.value}, {"meanings", std::move(meanings)}});
  }
  return list;
}

Json ExplainedJson(const ExplainedEvent& explained, const Catalogue& catalogue) {
  Json others = Json::array();
  for (const PossibleCause& cause : explained.others) others.push_back(RuleJson(*cause.rule));
  return {{"event", EventJson(explained.event, catalogue)},
          {"known", explained.entry != nullptr},
          {"meaning", explained.entry == nullptr ? "" : explained.entry->meaning},
          {"codes", CodesJson(explained.codes)},
          {"other_causes", std::move(others)}};
}

}  // namespace

Document CodeDocument(const CodeAnswer& answer) {
  Document out;
  if (answer.readings.empty()) {
    out.Add(Heading{1, fmt::format("Error code {} is not known", answer.asked)});
  }
  for (const CodeReading& reading : answer.readings) {
    out.Add(Heading{1, TitleOf(reading, answer.asked)});
    for (const ErrorCode* meaning : reading.meanings) {
      out.Add(Item{0,
                   "-",
                   {{NameOf(*meaning), Role::kStrong},
                    {fmt::format(" ({}): {}", meaning->component, meaning->meaning)}}});
    }
  }
  if (!answer.events.empty()) {
    out.Add(Heading{2, "Events that carry it"});
    for (const EventKind& kind : answer.events) {
      out.Add(Item{0, "-", {fmt::format("{}/{}", kind.provider, kind.event_id), Role::kCode}});
    }
  }
  if (!answer.uses.empty()) out.Add(Heading{2, "Causes that it speaks of"});
  for (const CodeUse& use : answer.uses) {
    Phrase text(use.rule->title);
    text.Add(fmt::format(" [{}] {}", Joined(use.rule->articles), use.rule->id), Role::kDim);
    out.Add(Item{0, "-", text});
    out.Add(Item{1, "if", use.pattern});
  }
  return out;
}

std::string CodeJson(const CodeAnswer& answer) {
  Json readings = Json::array(), events = Json::array(), rules = Json::array();
  for (const CodeReading& reading : answer.readings) {
    Json meanings = Json::array();
    for (const ErrorCode* meaning : reading.meanings) meanings.push_back(CodeMeaningJson(*meaning));
    readings.push_back({{"code", reading.code ? Json(*reading.code) : Json(nullptr)},
                        {"meanings", std::move(meanings)}});
  }
  for (const EventKind& kind : answer.events) {
    events.push_back({{"provider", kind.provider}, {"event_id", kind.event_id}});
  }
  for (const CodeUse& use : answer.uses) {
    rules.push_back({{"cause", use.rule->id},
                     {"title", use.rule->title},
                     {"articles", use.rule->articles},
                     {"if", use.pattern}});
  }
  return Dump({{"schema", 1},
               {"asked", answer.asked},
               {"known", !answer.readings.empty()},
               {"readings", std::move(readings)},
               {"events", std::move(events)},
               {"rules", std::move(rules)}});
}

Document ExplainDocument(const ExplainAnswer& answer, const ReportOptions& options) {
  Document out;
  for (const ExplainedEvent& explained : answer.events) AddEvent(out, explained);
  if (answer.more > 0) {
    out.Add(Paragraph{
        fmt::format("{} more fed; exdiag diagnose looks at logs.", Counted(answer.more, "event"))});
  }
  AddIncidents(out, answer.report, options);
  for (const ExplainedEvent& explained : answer.events) AddOthers(out, explained, options);
  return out;
}

std::string ExplainJson(const ExplainAnswer& answer, const Catalogue& catalogue) {
  Json events = Json::array();
  for (const ExplainedEvent& explained : answer.events) {
    events.push_back(ExplainedJson(explained, catalogue));
  }
  return Dump({{"schema", 1},
               {"events", std::move(events)},
               {"more_events", answer.more},
               {"report", ReportJsonValue(answer.report)}});
}

}  // namespace exdiag
