#include <fmt/format.h>

#include "engine/report/causes.h"
#include "engine/report/phrases.h"
#include "engine/report/rule_json.h"
#include "engine/report/rule_render.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

std::string NameOf(const EventKind& kind) {
  return fmt::format("{} {}", kind.provider, kind.event_id);
}

// ---- for people
// ---------------------------------------------------------------------------------------

void AddEntry(Document& out, const CatalogueEntry& entry, bool several) {
  Phrase meaning;
  if (several && !entry.generation.empty()) meaning.Add(entry.generation + ": ", Role::kStrong);
  meaning.Add(entry.meaning.empty() ? "No meaning is recorded for it." : entry.meaning);
  out.Add(Paragraph{meaning});
  if (!entry.logged_at.empty()) {
    out.Add(Paragraph{
        fmt::format("Logged only when diagnostics logging of its category is at {} or higher.",
                    entry.logged_at)});
  }
  // The preferred wording; the others differ by build.
  if (!entry.wordings.empty()) out.Add(Paragraph{{entry.wordings.front(), Role::kCode}});
  for (const Layout& layout : entry.layouts) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      names.push_back(fmt::format("%{} {}", i + 1, layout.fields[i].name));
    }
    const std::string since = layout.since.empty() ? "" : fmt::format(" ({})", layout.since);
    if (!names.empty()) out.Add(Paragraph{fmt::format("Fields{}: {}", since, Joined(names))});
  }
}

void AddSeen(Document& out, const EventMeaning& event) {
  if (event.seen.empty()) {
    out.Add(Paragraph{"The store holds no such event."});
    return;
  }
  Table table{{{"count", true}, {"level"}, {"host"}, {"first seen"}, {"last seen"}}, {}};
  for (const EventCount& count : event.seen) {
    table.rows.push_back({std::to_string(count.count), std::string(LevelName(count.level)),
                          count.host, FormatTimeForPeople(count.first),
                          FormatTimeForPeople(count.last)});
  }
  out.Add(std::move(table));
}

void AddCause(Document& out, std::size_t number, const PossibleCause& cause) {
  const Rule& rule = *cause.rule;
  out.Add(Heading{3, fmt::format("{}. {}", number, rule.title)});
  Phrase line(fmt::format("starts as {}", StrengthName(rule.strength)));
  if (rule.verdict == Verdict::kExpected) line.Add("; no action needed", Role::kGood);
  if (cause.relation == Relation::kExplained) line.Add("; opened by another event");
  if (!rule.articles.empty()) line.Add("; " + Joined(rule.articles));
  line.Add(fmt::format(" [{}]", rule.id), Role::kDim);
  out.Add(Paragraph{line});
  AddConditions(out, rule, cause.patterns);
}

void AddNeighbours(Document& out, const EventMeaning& event) {
  if (event.neighbours.empty()) return;
  out.Add(Heading{2, "Events of this source near it"});
  for (const CatalogueEntry* entry : event.neighbours) {
    Phrase text(NameOf({entry->provider, entry->event_id}), Role::kStrong);
    out.Add(Item{0, "-", text.Add(entry->meaning.empty() ? "" : ": " + entry->meaning)});
  }
}

void AddEvent(Document& out, const EventMeaning& event, bool with_store) {
  out.Add(Heading{1, NameOf(event.kind)});
  for (const CatalogueEntry* entry : event.entries) {
    AddEntry(out, *entry, event.entries.size() > 1);
  }
  if (event.entries.empty()) {
    out.Add(Paragraph{"The catalogue has no entry for this event; rules name it."});
  }
  if (with_store) AddSeen(out, event);
  std::vector<const PossibleCause*> direct;
  std::vector<const Rule*> rules, indirect;
  for (const PossibleCause& cause : event.causes) {
    const bool evidence = cause.relation == Relation::kEvidence;
    (evidence ? indirect : rules).push_back(cause.rule);
    if (!evidence) direct.push_back(&cause);
  }
  if (direct.empty()) {
    out.Add(Paragraph{"No rule names a cause of this event."});
  } else {
    out.Add(Heading{2, fmt::format("What it can mean ({})", Counted(direct.size(), "cause"))});
    for (std::size_t i = 0; i < direct.size(); ++i) AddCause(out, i + 1, *direct[i]);
    AddQuestions(out, QuestionsOf(rules));
  }
  if (!indirect.empty()) {
    out.Add(Heading{2, "Speaks for or against other causes"});
    for (const Rule* rule : indirect) {
      Phrase text(rule->title);
      out.Add(Item{0, "-", text.Add(fmt::format(" [{}]", rule->id), Role::kDim)});
    }
  }
  AddNeighbours(out, event);
}

void AddUnknown(Document& out, const CausesAnswer& answer) {
  out.Add(Heading{1, fmt::format("Event {} is not known", answer.asked)});
  out.Add(Paragraph{"Neither the catalogue nor any rule names it."});
  if (answer.near.empty()) return;
  out.Add(Paragraph{"Known events near it:"});
  for (const EventKind& kind : answer.near) {
    out.Add(Item{0, "-", {fmt::format("{}/{}", kind.provider, kind.event_id), Role::kCode}});
  }
}

void AddFindings(Document& out, const CausesAnswer& answer) {
  out.Add(Heading{1, "Found in the store"});
  if (answer.findings.empty()) {
    out.Add(Paragraph{"None of these causes was found."});
    return;
  }
  Table table{{{"how sure", true}, {"cause"}, {"hosts"}, {"last seen"}}, {}};
  for (const Finding& finding : answer.findings) {
    table.rows.push_back({Percent(finding.confidence), finding.signal.rule->title,
                          Joined(finding.signal.hosts, 4),
                          PeriodText(finding.signal.last_seen, finding.signal.last_seen,
                                     finding.signal.time_basis)});
  }
  out.Add(std::move(table));
}

// ---- for programs
// -------------------------------------------------------------------------------------

Json EntryJson(const CatalogueEntry& entry) {
  Json layouts = Json::array();
  for (const Layout& layout : entry.layouts) {
    Json names = Json::array();
    for (const Field& field : layout.fields) names.push_back(field.name);
    layouts.push_back({{"since", layout.since}, {"fields", std::move(names)}});
  }
  return {{"generation", entry.generation},  {"meaning", entry.meaning},
          {"level", LevelName(entry.level)}, {"category", entry.category},
          {"channel", entry.channel},        {"logged_at", entry.logged_at},
          {"articles", entry.articles},      {"layouts", std::move(layouts)},
          {"wordings", entry.wordings}};
}

Json KindJson(const EventKind& kind) {
  return {{"provider", kind.provider}, {"event_id", kind.event_id}};
}

Json SeenJson(const EventCount& count) {
  return {{"host", count.host},
          {"level", LevelName(count.level)},
          {"count", count.count},
          {"first_seen", TimeJson(count.first, TimeBasis::kLocalUnknown)},
          {"last_seen", TimeJson(count.last, TimeBasis::kLocalUnknown)}};
}

Json CauseJson(std::size_t rank, const PossibleCause& cause) {
  Json json = {{"rank", rank}, {"relation", RelationName(cause.relation)}};
  Json matches = Json::array();
  for (const std::size_t pattern : cause.patterns) {
    matches.push_back(PatternInWords(cause.rule->events[pattern]));
  }
  json["matches"] = std::move(matches);
  json.update(RuleJson(*cause.rule));
  return json;
}

Json MeaningJson(const EventMeaning& event, bool with_store) {
  Json json = KindJson(event.kind);
  json["entries"] = Json::array();
  for (const CatalogueEntry* entry : event.entries) json["entries"].push_back(EntryJson(*entry));
  json["causes"] = Json::array();
  std::vector<const Rule*> rules;
  for (const PossibleCause& cause : event.causes) {
    json["causes"].push_back(CauseJson(json["causes"].size() + 1, cause));
    if (cause.relation != Relation::kEvidence) rules.push_back(cause.rule);
  }
  const Questions questions = QuestionsOf(rules);
  json["neighbours"] = Json::array();
  for (const CatalogueEntry* entry : event.neighbours) {
    Json near = KindJson({entry->provider, entry->event_id});
    near["meaning"] = entry->meaning;
    json["neighbours"].push_back(std::move(near));
  }
  json["ask"] = questions.ask;
  json["collect"] = questions.collect;
  if (!with_store) return json;
  json["seen"] = Json::array();
  for (const EventCount& count : event.seen) json["seen"].push_back(SeenJson(count));
  return json;
}

}  // namespace

Document CausesDocument(const CausesAnswer& answer) {
  Document out;
  if (answer.events.empty()) AddUnknown(out, answer);
  for (const EventMeaning& event : answer.events) AddEvent(out, event, answer.with_store);
  if (answer.with_store && !answer.events.empty()) AddFindings(out, answer);
  return out;
}

std::string CausesJson(const CausesAnswer& answer) {
  Json json = {{"schema", 1}, {"asked", answer.asked}, {"known", !answer.events.empty()}};
  json["events"] = Json::array();
  for (const EventMeaning& event : answer.events) {
    json["events"].push_back(MeaningJson(event, answer.with_store));
  }
  json["near"] = Json::array();
  for (const EventKind& kind : answer.near) json["near"].push_back(KindJson(kind));
  if (answer.with_store) {
    json["findings"] = Json::array();
    for (const Finding& finding : answer.findings) json["findings"].push_back(FindingJson(finding));
  }
  return Dump(json);
}

}  // namespace exdiag
