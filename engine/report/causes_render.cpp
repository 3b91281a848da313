#include <fmt/format.h>

#include <algorithm>

#include "engine/report/causes.h"
#include "engine/report/phrases.h"
#include "engine/report/rivals.h"
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
  std::vector<std::string> facts;
  if (entry.level != Level::kUnknown) facts.emplace_back(LevelName(entry.level));
  if (!entry.category.empty()) facts.push_back("category " + entry.category);
  if (!entry.channel.empty()) facts.push_back(entry.channel + " log");
  if (!entry.articles.empty()) facts.push_back("shown in " + Joined(entry.articles));
  if (!facts.empty()) out.Add(Paragraph{{"Usually: " + Joined(facts), Role::kDim}});
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

// What of the store was asked for; "" for all of it.
std::string ScopeText(const CausesScope& scope) {
  std::string text;
  if (!scope.hosts.empty()) text += " on " + Joined(scope.hosts);
  if (scope.since) text += " since " + FormatTimeForPeople(*scope.since);
  return text;
}

void AddSeen(Document& out, const EventMeaning& event, const CausesScope& scope) {
  if (event.seen.empty()) {
    out.Add(Paragraph{fmt::format("The store holds no such event{}.", ScopeText(scope))});
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

// Found ones first, most likely first; then the others in their order.
std::vector<const RivalCause*> InOrder(const Rivals& rivals, const CausesAnswer& answer) {
  std::vector<const RivalCause*> order;
  for (const RivalCause& rival : rivals.causes) order.push_back(&rival);
  const auto confidence = [&](const RivalCause* rival) {
    const auto found = answer.found.find(rival->cause->rule);
    return found == answer.found.end() ? -1.0 : found->second.confidence;
  };
  std::stable_sort(order.begin(), order.end(), [&](const RivalCause* a, const RivalCause* b) {
    return confidence(a) > confidence(b);
  });
  return order;
}

void AddRivalsTable(Document& out, const Rivals& rivals, const CausesAnswer& answer) {
  Table table{{{"#", true}, {"cause"}, {"told by"}}, {}};
  const bool settled = !rivals.settling.empty();
  if (answer.with_store) {
    table.columns.insert(table.columns.end(), {{"incidents"}, {"last seen"}});
  }
  if (settled) table.columns.push_back({"collect"});
  for (const RivalCause* rival : InOrder(rivals, answer)) {
    std::vector<std::string> row = {std::to_string(rival->number), rival->cause->rule->title,
                                    rival->told_by};
    if (answer.with_store) {
      const auto found = answer.found.find(rival->cause->rule);
      if (found == answer.found.end()) {
        row.insert(row.end(), {"-", ""});
      } else {
        row.push_back(fmt::format("{} ({})", Digits(found->second.incidents),
                                  Percent(found->second.confidence)));
        row.push_back(FormatTimeForPeople(found->second.last_seen).substr(0, 10));
      }
    }
    if (settled) row.push_back(Joined(rival->settled_by));
    table.rows.push_back(std::move(row));
  }
  out.Add(std::move(table));
}

void AddSettling(Document& out, const std::vector<Settling>& settling) {
  if (settling.empty()) return;
  out.Add(Heading{2, "What to collect and to find out"});
  for (const Settling& one : settling) {
    std::vector<std::string> numbers;
    for (const std::size_t cause : one.causes) numbers.push_back(std::to_string(cause));
    const std::string about =
        fmt::format("{} {}", numbers.size() == 1 ? "cause" : "causes", Joined(numbers));
    out.Add(Item{0, one.mark,
                 one.is_command ? "for " + about + ":" : fmt::format("{} ({})", one.what, about)});
    if (one.is_command) out.Add(Verbatim{one.what});
  }
}

// "found here: 3 incidents, 87 % at most, on A, B; last seen ...".
std::string FoundText(const CauseFound& found) {
  return fmt::format("{}, {}{}; {} on {}; last seen {}", Counted(found.incidents, "incident"),
                     Percent(found.confidence), found.leads > 0 ? "" : " behind a likelier cause",
                     Counted(found.events, "event"), Joined(found.hosts, 4),
                     PeriodText(found.last_seen, found.last_seen, found.time_basis));
}

void AddCause(Document& out, const RivalCause& rival, const CausesAnswer& answer, bool verbose) {
  const Rule& rule = *rival.cause->rule;
  out.Add(Heading{3, fmt::format("{}. {}", rival.number, rule.title)});
  Phrase line(fmt::format("starts as {}", StrengthName(rule.strength)));
  if (rule.verdict == Verdict::kExpected) line.Add("; no action needed", Role::kGood);
  if (rival.cause->relation == Relation::kExplained) line.Add("; opened by another event");
  if (!rule.articles.empty()) line.Add("; " + Joined(rule.articles));
  line.Add(fmt::format(" [{}]", rule.id), Role::kDim);
  out.Add(Paragraph{line});
  const auto found = answer.found.find(&rule);
  const bool is_found = found != answer.found.end();
  if (is_found) out.Add(Paragraph{{"In the store: " + FoundText(found->second), Role::kTrouble}});
  if (verbose || is_found) out.Add(Paragraph{TemplateInWords(rule.cause)});
  AddConditions(out, rule, rival.cause->patterns);
  if ((verbose || is_found) && !rule.fix.empty()) {
    out.Add(Paragraph{{"What to do", Role::kStrong}});
    AddRuleFix(out, rule);
  }
}

void AddNeighbours(Document& out, const EventMeaning& event) {
  if (event.neighbours.empty()) return;
  out.Add(Heading{2, "Events of this source near it"});
  for (const CatalogueEntry* entry : event.neighbours) {
    Phrase text(NameOf({entry->provider, entry->event_id}), Role::kStrong);
    out.Add(Item{0, "-", text.Add(entry->meaning.empty() ? "" : ": " + entry->meaning)});
  }
}

void AddCauses(Document& out, const EventMeaning& event, const CausesAnswer& answer, bool verbose) {
  const Rivals rivals = RivalsOf(event);
  if (rivals.causes.empty()) {
    out.Add(Paragraph{"No rule names a cause of this event."});
    return;
  }
  out.Add(Heading{2, fmt::format("What it can mean ({})", Counted(rivals.causes.size(), "cause"))});
  AddRivalsTable(out, rivals, answer);
  for (const RivalCause& rival : rivals.causes) AddCause(out, rival, answer, verbose);
  AddSettling(out, rivals.settling);
  if (!verbose) {
    out.Add(Paragraph{{"What to do about each: --verbose, or exdiag rules show ID.", Role::kDim}});
  }
}

void AddEvent(Document& out, const EventMeaning& event, const CausesAnswer& answer, bool verbose) {
  out.Add(Heading{1, NameOf(event.kind)});
  for (const CatalogueEntry* entry : event.entries) {
    AddEntry(out, *entry, event.entries.size() > 1);
  }
  if (event.entries.empty()) {
    out.Add(Paragraph{"The catalogue has no entry for this event; rules name it."});
  }
  if (answer.with_store) AddSeen(out, event, answer.scope);
  AddCauses(out, event, answer, verbose);
  std::vector<const Rule*> indirect;
  for (const PossibleCause& cause : event.causes) {
    if (cause.relation == Relation::kEvidence) indirect.push_back(cause.rule);
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
  out.Add(Heading{1, "Found in the store" + ScopeText(answer.scope)});
  if (answer.findings.empty()) {
    out.Add(Paragraph{"None of these causes was found."});
    return;
  }
  Table table{{{"how sure", true}, {"cause"}, {"hosts"}, {"last seen"}}, {}};
  for (const Finding& finding : answer.findings) {
    const Signal signal = finding.signal.Read();
    table.rows.push_back({Percent(finding.confidence), signal.rule->title, Joined(signal.hosts, 4),
                          PeriodText(signal.last_seen, signal.last_seen, signal.time_basis)});
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

Json FoundJson(const CauseFound& found) {
  return {
      {"incidents", found.incidents}, {"leads", found.leads},
      {"events", found.events},       {"confidence", found.confidence},
      {"hosts", found.hosts},         {"last_seen", TimeJson(found.last_seen, found.time_basis)}};
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

// What the table shows beside the causes that can be behind the event.
void AddRivalsJson(const EventMeaning& event, const CausesAnswer& answer, Json& json) {
  const Rivals rivals = RivalsOf(event);
  for (const RivalCause& rival : rivals.causes) {
    // These stand before those that the event only speaks for or against.
    Json& cause = json["causes"][rival.number - 1];
    cause["told_by"] = rival.told_by;
    cause["settled_by"] = rival.settled_by;
    if (!answer.with_store) continue;
    const auto found = answer.found.find(rival.cause->rule);
    cause["found"] = found == answer.found.end() ? Json(nullptr) : FoundJson(found->second);
  }
  json["settling"] = Json::array();
  for (const Settling& one : rivals.settling) {
    json["settling"].push_back({{"mark", one.mark},
                                {one.is_command ? "collect" : "ask", one.what},
                                {"causes", one.causes}});
  }
}

Json MeaningJson(const EventMeaning& event, const CausesAnswer& answer) {
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
  AddRivalsJson(event, answer, json);
  if (!answer.with_store) return json;
  json["seen"] = Json::array();
  for (const EventCount& count : event.seen) json["seen"].push_back(SeenJson(count));
  return json;
}

}  // namespace

Document CausesDocument(const CausesAnswer& answer, const CausesOptions& options) {
  Document out;
  if (answer.events.empty()) AddUnknown(out, answer);
  for (const EventMeaning& event : answer.events) AddEvent(out, event, answer, options.verbose);
  if (answer.with_store && !answer.events.empty()) AddFindings(out, answer);
  return out;
}

std::string CausesJson(const CausesAnswer& answer) {
  Json json = {{"schema", 1}, {"asked", answer.asked}, {"known", !answer.events.empty()}};
  json["events"] = Json::array();
  for (const EventMeaning& event : answer.events) {
    json["events"].push_back(MeaningJson(event, answer));
  }
  json["near"] = Json::array();
  for (const EventKind& kind : answer.near) json["near"].push_back(KindJson(kind));
  if (answer.with_store) {
    json["scope"] = {
        {"hosts", answer.scope.hosts},
        {"since", answer.scope.since ? TimeJson(*answer.scope.since, TimeBasis::kLocalUnknown)
                                     : Json(nullptr)}};
    json["findings"] = Json::array();
    for (const Finding& finding : answer.findings) json["findings"].push_back(FindingJson(finding));
  }
  return Dump(json);
}

}  // namespace exdiag
