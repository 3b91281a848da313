#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/explain.h"
#include "engine/report/phrases.h"
#include "engine/report/rule_json.h"
#include "engine/report/rule_render.h"
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

// Whether the text begins as a wording of the catalogue, whose values it does not show: a paste
// that is cut off, most of the time.
bool LacksItsEnd(const ExplainedEvent& explained) {
  if (explained.entry == nullptr || !explained.fields.empty()) return false;
  constexpr std::size_t kPeculiar = 12;  // bytes that do not begin alike by chance
  const std::string text = CollapseSpace(explained.message);
  const auto& wordings = explained.entry->wordings;
  return std::any_of(wordings.begin(), wordings.end(), [&](const std::string& wording) {
    const std::size_t value = wording.find('%');
    if (value == std::string::npos) return false;
    const std::string head = CollapseSpace(wording.substr(0, value));
    const std::size_t size = std::min(head.size(), text.size());
    return size >= kPeculiar && EqualsIgnoreCase(head.substr(0, size), text.substr(0, size));
  });
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
  if (LacksItsEnd(explained)) {
    out.Add(Paragraph{
        "Its text begins as the catalogue has it, but does not go on to its end, so no value could "
        "be taken from it. If it was cut off, paste the whole text."});
  }
  AddFields(out, explained.fields);
  AddCodes(out, explained.codes);
}

constexpr std::size_t kShown = 5;  // of each kind of rivals, unless all are asked for

// What would have to be seen beside the event.
void AddMissing(Document& out, const PossibleCause& cause) {
  const Rule& rule = *cause.rule;
  if (cause.relation == Relation::kExplained) {
    std::vector<std::string> triggers;
    for (const std::size_t trigger : rule.triggers) {
      triggers.push_back(PatternInWords(rule.events[trigger]));
    }
    out.Add(Item{1, "needs", Joined(triggers) + ", which opens it"});
  }
  for (const Condition& condition : rule.when) {
    out.Add(Item{1, "needs", ConditionInWords(rule, condition)});
  }
  for (const Condition& condition : rule.unless) {
    out.Add(Item{1, "not with", ConditionInWords(rule, condition)});
  }
}

void AddRival(Document& out, const Rival& rival) {
  const Rule& rule = *rival.cause.rule;
  Phrase text(rule.title);
  text.Add(fmt::format(" [{}]", rule.id), Role::kDim);
  if (rival.fit.fit == Fit::kRuledOut) {
    text.Add(": " + VerdictInWords(rival.fit.why.front()));
    out.Add(Item{0, "-", text});
    return;
  }
  out.Add(Item{0, "-", text});
  for (const FieldVerdict& verdict : rival.fit.why) {
    out.Add(Item{1, "if", VerdictInWords(verdict)});
  }
  AddMissing(out, rival.cause);
}

// The causes of one kind of fit, and what would settle those that are still possible.
void AddRivals(Document& out, const ExplainedEvent& explained, Fit fit, std::string_view heading,
               const ReportOptions& options) {
  std::vector<const Rival*> rivals;
  for (const Rival& rival : explained.others) {
    if (rival.fit.fit == fit) rivals.push_back(&rival);
  }
  if (rivals.empty()) return;
  out.Add(Heading{2, std::string(heading)});
  const std::size_t shown = options.verbose ? rivals.size() : std::min(rivals.size(), kShown);
  std::vector<const Rule*> rules;
  for (std::size_t i = 0; i < shown; ++i) {
    AddRival(out, *rivals[i]);
    rules.push_back(rivals[i]->cause.rule);
  }
  if (rivals.size() > shown) {
    out.Add(Item{0,
                 "-",
                 {fmt::format("{} more (--verbose, or exdiag causes {}/{})", rivals.size() - shown,
                              explained.event.provider, explained.event.event_id),
                  Role::kDim}});
  }
  if (fit == Fit::kFits) AddQuestions(out, QuestionsOf(rules));
}

void AddOthers(Document& out, const ExplainedEvent& explained, const ReportOptions& options) {
  if (explained.others.empty()) return;
  out.Add(Heading{1, fmt::format("What else this {} {} could be", explained.event.provider,
                                 explained.event.event_id)});
  AddRivals(out, explained, Fit::kFits, "Its values fit; this event alone does not show the rest",
            options);
  AddRivals(out, explained, Fit::kNotShown, "It does not show the value that decides", options);
  AddRivals(out, explained, Fit::kRuledOut, "Ruled out by its values", options);
}

// A pasted event is no log: that nothing was found in it says little.
void AddFound(Document& out, const ExplainAnswer& answer, const ReportOptions& options) {
  const bool rivals = std::any_of(answer.events.begin(), answer.events.end(),
                                  [](const auto& event) { return !event.others.empty(); });
  if (!answer.report.ranking.incidents.empty() || !rivals) {
    AddIncidents(out, answer.report, options);
  } else {
    out.Add(Heading{1, "Not settled by this alone"});
    out.Add(
        Paragraph{"No cause holds on what was given. Give the log around it to exdiag diagnose, "
                  "or look for what is named below."});
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
  for (const Rival& rival : explained.others) {
    Json json = RuleJson(*rival.cause.rule);
    json["fit"] = FitName(rival.fit.fit);
    json["why"] = Json::array();
    for (const FieldVerdict& verdict : rival.fit.why) {
      json["why"].push_back({{"field", verdict.field},
                             {"value", verdict.value ? Json(*verdict.value) : Json(nullptr)},
                             {"wanted", verdict.wanted},
                             {"excludes", verdict.excludes}});
    }
    others.push_back(std::move(json));
  }
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
  AddFound(out, answer, options);
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
