// The report for people.  Who reads it has a server down and little patience: per incident first
// what it is and how sure, then what to do, then why, then what speaks against it.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "engine/report/completeness.h"
#include "engine/report/phrases.h"
#include "engine/report/report.h"
#include "engine/report/report_parts.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

constexpr std::size_t kRivalsShown = 3;
constexpr std::size_t kAgainShown = 5;
constexpr std::size_t kUnexplainedShown = 10;
constexpr std::size_t kInputsShown = 8;

// How much of a list is shown: all of it when the reader asked for it.
std::size_t Shown(std::size_t size, std::size_t most, const ReportOptions& options) {
  return options.verbose ? size : std::min(size, most);
}

void AddHidden(Document& out, std::size_t hidden, std::string_view noun) {
  if (hidden == 0) return;
  out.Add(Item{0, "-", {fmt::format("{} more (--verbose)", Counted(hidden, noun)), Role::kDim}});
}

// "by anna, 12 days old: moving on Friday".
std::string WhoAndWhy(const std::string& by, Ticks since, Ticks now, const std::string& reason) {
  return fmt::format("{}{}: {}", by.empty() ? "" : "by " + by + ", ", AgeText(since, now), reason);
}

std::string EvidenceText(const EvidenceReference& reference) {
  return ToString(reference.where) + ": " + reference.summary;
}

bool IsExpected(const Finding& finding) {
  return finding.signal.rule()->verdict == Verdict::kExpected;
}

// ---- the parts of one incident, its leader first
// -----------------------------------------------------

Paragraph HowSure(const Finding& leader, const Incident& incident) {
  const bool settled = leader.confidence >= 0.5;
  const Role role = !settled ? Role::kDoubt : IsExpected(leader) ? Role::kGood : Role::kTrouble;
  Phrase line;
  if (!settled) line.Add("not settled, best guess: ", role);
  line.Add(fmt::format("{} ({})", SureInWords(leader.confidence), Percent(leader.confidence)),
           role);
  if (!incident.hosts.empty()) line.Add(" | " + Joined(incident.hosts, 6));
  line.Add(" | " + PeriodText(incident.first_seen, incident.last_seen, incident.time_basis));
  if (incident.events > 0) line.Add(" | " + Counted(incident.events, "event"));
  return {line};
}

void AddFix(Document& out, const std::vector<RenderedStep>& steps) {
  if (steps.empty()) return;
  out.Add(Heading{3, "What to do"});
  int number = 0;
  for (const RenderedStep& step : steps) {
    Phrase text;
    if (!step.on.empty()) text.Add(fmt::format("On {}: ", step.on), Role::kStrong);
    text.Add(step.do_what);
    if (!step.risk.empty() && step.risk != "none") text.Add(fmt::format(" (risk: {})", step.risk));
    if (step.ours) text.Add(" (our advice, not the article's)", Role::kDim);
    out.Add(Item{0, fmt::format("{}.", ++number), text});
  }
}

void AddEvidence(Document& out, const std::vector<EvidenceReference>& evidence, std::uint64_t count,
                 std::size_t most, int depth) {
  const std::size_t shown = std::min(evidence.size(), most);
  for (std::size_t i = 0; i < shown; ++i) {
    out.Add(Item{depth, "-", {EvidenceText(evidence[i]), Role::kDim}});
  }
  if (count > shown && shown > 0) {
    out.Add(Item{depth, "-", {fmt::format("and {} more", count - shown), Role::kDim}});
  }
}

void AddReasons(Document& out, const Finding& finding, Ticks now, const ReportOptions& options) {
  const Signal signal = finding.signal.Read();
  out.Add(Heading{3, fmt::format("Why ({} points)", PointsText(finding.points))});
  std::string start =
      fmt::format("a {} cause whenever its events are seen", StrengthName(signal.rule->strength));
  if (!signal.unknown_conditions.empty()) start += ", less one for what is not known";
  out.Add(Item{0, PointsText(signal.start_points), start + SitePointsText(signal.site, now)});
  AddEvidence(out, signal.triggers, signal.trigger_count, options.verbose ? 5 : 1, 1);
  for (const Reason& reason : signal.reasons) {
    if (reason.state != Truth::kHolds) continue;
    out.Add(Item{0, PointsText(reason.points), reason.because + SitePointsText(reason.site, now)});
    AddEvidence(out, reason.evidence, reason.evidence_count, options.verbose ? 5 : 0, 1);
  }
}

void AddUnknown(Document& out, const Signal& signal, Ticks now) {
  std::vector<Item> items;
  for (const std::string& condition : signal.unknown_conditions) {
    items.push_back({0, "-", condition});
  }
  for (const Reason& reason : signal.reasons) {
    if (reason.state != Truth::kUnknown) continue;
    items.push_back({0, "-",
                     fmt::format("whether {} ({}){}", reason.because, PointsText(reason.points),
                                 SitePointsText(reason.site, now))});
  }
  if (items.empty()) return;
  out.Add(Heading{3, "Not known"});
  for (Item& item : items) out.Add(std::move(item));
}

void AddRivals(Document& out, const Incident& incident, const Ranking& ranking,
               const ReportOptions& options) {
  const std::size_t rivals = incident.findings.size() - 1;
  out.Add(Heading{3, "Other causes of the same events"});
  const std::size_t shown = Shown(rivals, kRivalsShown, options);
  for (std::size_t i = 1; i <= shown; ++i) {
    const Finding& rival = ranking.findings[incident.findings[i]];
    Phrase text(rival.signal.rule()->title);
    if (IsExpected(rival)) text.Add(" (no action needed)");
    if (rival.acknowledged) text.Add(" (acknowledged)");
    text.Add(fmt::format(" [{}]", rival.signal.rule()->id), Role::kDim);
    out.Add(Item{0, Percent(rival.confidence), text});
  }
  out.Add(Item{0, Percent(incident.unknown_cause), "a cause that no rule knows"});
  AddHidden(out, rivals - shown, "other cause");
}

// A question to people has one command an answer, a listing one for its file.
void AddAsk(Document& out, const AskNext& ask) {
  out.Add(Item{0, "-", ask.question});
  const bool of_people = ask.command.empty();
  if (!of_people) {
    out.Add(Verbatim{ask.command});
    out.Add(Item{1, "-", "then:"});
    out.Add(Verbatim{ask.feed});
  }
  for (const AskNext::Effect& effect : ask.effects) {
    // Else it would show nothing.
    if (Percent(effect.from) != Percent(effect.to)) {
      out.Add(Item{1, "-",
                   fmt::format("{}: {} goes from {} to {}", effect.if_answer, effect.cause,
                               Percent(effect.from), Percent(effect.to))});
    } else if (of_people) {
      out.Add(Item{1, "-", fmt::format("{}: it stays as it is", effect.if_answer)});
    }
    if (!effect.feed.empty()) out.Add(Verbatim{effect.feed});
  }
}

// What to ask next, by incident.
using Asks = std::map<std::string_view, std::vector<const AskNext*>>;

Asks AsksOf(const Ranking& ranking) {
  Asks asks;
  for (const AskNext& ask : ranking.ask_next) asks[ask.incident].push_back(&ask);
  return asks;
}

void AddAskNext(Document& out, const Incident& incident, const Asks& asks,
                const ReportOptions& options) {
  const auto found = asks.find(incident.id);
  if (found == asks.end()) return;
  out.Add(Heading{3, "What would settle it"});
  const std::size_t shown = Shown(found->second.size(), 1, options);
  for (std::size_t i = 0; i < shown; ++i) AddAsk(out, *found->second[i]);
}

void AddAcknowledgements(Document& out, const Incident& incident, const Report& report,
                         bool expired) {
  for (const std::string& text : AcknowledgementTexts(incident, report, expired)) {
    out.Add(Paragraph{{text, expired ? Role::kDoubt : Role::kGood}});
  }
}

void AddIncident(Document& out, std::size_t number, const Incident& incident, const Report& report,
                 const Asks& asks, const ReportOptions& options) {
  const Ranking& ranking = report.ranking;
  const Finding& leader = ranking.findings[incident.findings.front()];
  const Signal signal = leader.signal.Read();
  const bool quiet = IsExpected(leader) && leader.confidence >= 0.5;
  Phrase title(fmt::format("{}. ", number));
  if (quiet) title.Add("No action needed: ", Role::kGood);
  title.Add(signal.rule->title);
  out.Add(Heading{2, title});
  out.Add(HowSure(leader, incident));
  out.Add(Paragraph{signal.cause});
  out.Add(Paragraph{
      {fmt::format("{} [{}]", Joined(signal.rule->articles), signal.rule->id), Role::kDim}});
  AddAcknowledgements(out, incident, report, true);
  if (leader.acknowledged) AddAcknowledgements(out, incident, report, false);
  if ((quiet || leader.acknowledged) && !options.verbose) return;
  AddFix(out, signal.fix);
  AddReasons(out, leader, report.made_at, options);
  AddUnknown(out, signal, report.made_at);
  AddRivals(out, incident, ranking, options);
  AddAskNext(out, incident, asks, options);
}

// Of incidents of one cause on the same hosts the first is told whole, and the others, which would
// say the same again, by a line each.  There are thousands where a log of years has a trouble of
// every day.
class Recurrences {
 public:
  Recurrences(const Report& report, const ReportOptions& options) {
    const std::vector<Incident>& incidents = report.ranking.incidents;
    std::map<std::tuple<bool, const Rule*, const std::vector<std::string>&>, std::size_t> first;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
      const Finding& leader = report.ranking.findings[incidents[i].findings.front()];
      const auto [found, is_new] =
          first.try_emplace({leader.acknowledged, leader.signal.rule(), incidents[i].hosts}, i);
      if (is_new || options.verbose) {
        behind_[i];
      } else {
        behind_[found->second].push_back(i);
      }
    }
  }

  // The others that the incident with this index is told for; nullptr when it is one of those.
  const std::vector<std::size_t>* Behind(std::size_t incident) const {
    const auto found = behind_.find(incident);
    return found == behind_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::size_t, std::vector<std::size_t>> behind_;
};

void AddAgain(Document& out, const std::vector<std::size_t>& others, const Report& report,
              const ReportOptions& options) {
  if (others.empty()) return;
  out.Add(Heading{3, fmt::format("The same again ({})", Counted(others.size(), "time"))});
  const std::size_t shown = Shown(others.size(), kAgainShown, options);
  for (std::size_t i = 0; i < shown; ++i) {
    const Incident& incident = report.ranking.incidents[others[i]];
    const Finding& leader = report.ranking.findings[incident.findings.front()];
    Phrase text(PeriodText(incident.first_seen, incident.last_seen, incident.time_basis));
    text.Add(
        fmt::format(", {}, {}", Counted(incident.events, "event"), Percent(leader.confidence)));
    text.Add(fmt::format(" [{}]", incident.id), Role::kDim);
    out.Add(Item{0, "-", text});
  }
  AddHidden(out, others.size() - shown, "time");
}

// ---- the whole
// ---------------------------------------------------------------------------------------

std::uint64_t Sum(const std::vector<LedgerRow>& rows, std::uint64_t LedgerRow::*member) {
  std::uint64_t sum = 0;
  for (const LedgerRow& row : rows) sum += row.*member;
  return sum;
}

std::string Title(const Report& report) {
  std::uint64_t acknowledged = 0, noise = 0, faults = 0;
  for (const Incident& incident : report.ranking.incidents) {
    const Finding& leader = report.ranking.findings[incident.findings.front()];
    ++(leader.acknowledged ? acknowledged : IsExpected(leader) ? noise : faults);
  }
  const std::string known = acknowledged == 0 ? "" : fmt::format(", {} acknowledged", acknowledged);
  if (faults + noise == 0) return acknowledged == 0 ? "Nothing found" : "Nothing new" + known;
  if (faults == 0) return "Nothing that needs action" + known;
  std::string title = Counted(faults, "incident");
  if (noise > 0) title += fmt::format(", and {} that needs no action", noise);
  return title + known;
}

void AddNothingFound(Document& out, const Report& report) {
  const std::uint64_t records = Sum(report.inputs, &LedgerRow::records);
  std::uint64_t unexplained = 0;
  for (const EventCount& count : report.unexplained) unexplained += count.count;
  out.Add(
      Paragraph{fmt::format("No rule matches what was read: {} in {}.", Counted(records, "record"),
                            Counted(report.inputs.size(), "file"))});
  if (unexplained > 0) {
    out.Add(Paragraph{fmt::format(
        "That is no clean bill: {} in it {} not explained.",
        unexplained == 1 ? "1 error or warning" : Counted(unexplained, "errors and warning"),
        unexplained == 1 ? "is" : "are")});
  }
}

std::string TimeText(Ticks time) { return time.known() ? FormatTimeForPeople(time) : "no time"; }

// What the catalogue says of the kinds that the table shows, each once.
void AddMeanings(Document& out, const Report& report, std::size_t shown) {
  std::set<EventKind> said;
  for (std::size_t i = 0; i < shown; ++i) {
    const UnexplainedEvents& events = report.unexplained[i];
    if (!said.insert(events.kind).second) continue;
    Phrase text(fmt::format("{} {}: ", events.kind.provider, events.kind.event_id), Role::kStrong);
    text.Add(!events.in_catalogue     ? "not in the catalogue"
             : events.meaning.empty() ? "in the catalogue, without a meaning"
                                      : events.meaning);
    out.Add(Item{0, "-", text});
  }
}

void AddUnexplained(Document& out, const Report& report, const ReportOptions& options) {
  if (report.unexplained.empty()) return;
  out.Add(Heading{2, "Errors and warnings that no finding explains"});
  Table table{{{"count", true}, {"event"}, {"level"}, {"host"}, {"first seen"}, {"last seen"}}, {}};
  const std::size_t shown = Shown(report.unexplained.size(), kUnexplainedShown, options);
  for (std::size_t i = 0; i < shown; ++i) {
    const EventCount& count = report.unexplained[i];
    table.rows.push_back({std::to_string(count.count),
                          fmt::format("{} {}", count.kind.provider, count.kind.event_id),
                          std::string(LevelName(count.level)), count.host, TimeText(count.first),
                          TimeText(count.last)});
  }
  out.Add(std::move(table));
  AddHidden(out, report.unexplained.size() - shown, "kind");
  AddMeanings(out, report, shown);
}

void AddSite(Document& out, const Report& report) {
  const std::vector<SiteLine> lines = SiteLines(report);
  if (lines.empty()) return;
  out.Add(Heading{2, "Acknowledged and changed by the site"});
  for (const SiteLine& line : lines) {
    Phrase text(line.rule, Role::kStrong);
    text.Add(line.said);
    if (line.expired) text.Add(" (expired)", Role::kDoubt);
    if (!line.used) text.Add(" (no such finding here)", Role::kDim);
    text.Add(fmt::format(" [{}]", line.where), Role::kDim);
    out.Add(Item{0, "-", text});
  }
}

void AddChanges(Document& out, const Report& report) {
  if (!report.changes) return;
  out.Add(Heading{2, "Since the last report"});
  out.Add(Paragraph{ComparedText(*report.changes)});
  if (report.changes->list.empty()) out.Add(Item{0, "-", "Nothing changed."});
  for (const ReportChange& change : report.changes->list) {
    Phrase text(change.state + ": ", Role::kStrong);
    text.Add(change.title);
    if (!change.hosts.empty()) text.Add(fmt::format(" ({})", Joined(change.hosts, 6)));
    if (!change.remark.empty()) text.Add("; " + change.remark, Role::kDim);
    out.Add(Item{0, "-", text});
  }
}

// One row for each stretch of a host's log: files that overlap or touch to the second are one.
std::vector<Coverage> Merged(const std::vector<Coverage>& rows) {
  std::vector<Coverage> merged;
  for (const Coverage& row : rows) {
    const bool joins = !merged.empty() && merged.back().host == row.host &&
                       merged.back().channel == row.channel &&
                       merged.back().time_basis == row.time_basis &&
                       row.from <= merged.back().to + Duration::Seconds(1);
    if (!joins) {
      merged.push_back(row);
      continue;
    }
    merged.back().to = std::max(merged.back().to, row.to);
    merged.back().events += row.events;
  }
  return merged;
}

void AddCoverage(Document& out, const Report& report) {
  if (report.coverage.empty()) return;
  Table table{{{"host"}, {"log"}, {"from"}, {"to"}, {"zone"}, {"events", true}}, {}};
  for (const Coverage& row : Merged(report.coverage)) {
    const bool timed = row.from.known();
    const bool local = row.time_basis == TimeBasis::kLocalUnknown;
    table.rows.push_back({row.host, row.channel.empty() ? "(not named)" : row.channel,
                          timed ? FormatTimeForPeople(row.from) : "no time",
                          timed ? FormatTimeForPeople(row.to) : "", local ? "local" : "UTC",
                          std::to_string(row.events)});
  }
  out.Add(std::move(table));
}

Table LedgerTable() {
  return {{{"file"},
           {"format"},
           {"read", true},
           {"stored", true},
           {"again", true},
           {"rejected", true},
           {"facts", true}},
          {}};
}

std::vector<std::string> LedgerCells(const LedgerRow& row) {
  const std::string format = row.error.empty() ? row.format : "not read: " + row.error;
  return {row.file,
          format,
          std::to_string(row.records),
          std::to_string(row.stored),
          std::to_string(row.duplicates),
          std::to_string(row.rejected),
          std::to_string(row.facts)};
}

void AddInputs(Document& out, const std::vector<LedgerRow>& rows, bool all) {
  Table table = LedgerTable();
  const bool cut = !all && rows.size() > kInputsShown;
  for (const LedgerRow& row : rows) {
    // Of many files only those are named that lost something.
    if (!cut || row.rejected > 0 || !row.error.empty()) table.rows.push_back(LedgerCells(row));
  }
  if (rows.size() > 1) {
    LedgerRow total;
    total.file = fmt::format("all {} files", rows.size());
    total.records = Sum(rows, &LedgerRow::records);
    total.stored = Sum(rows, &LedgerRow::stored);
    total.duplicates = Sum(rows, &LedgerRow::duplicates);
    total.rejected = Sum(rows, &LedgerRow::rejected);
    total.facts = Sum(rows, &LedgerRow::facts);
    table.rows.push_back(LedgerCells(total));
  }
  out.Add(std::move(table));
}

void Append(Document part, Document& out) {
  std::move(part.blocks.begin(), part.blocks.end(), std::back_inserter(out.blocks));
}

bool AnyLocalTime(const Report& report) {
  const std::vector<Incident>& incidents = report.ranking.incidents;
  const auto local = [](const auto& thing) { return thing.time_basis == TimeBasis::kLocalUnknown; };
  return std::any_of(incidents.begin(), incidents.end(), local) ||
         std::any_of(report.coverage.begin(), report.coverage.end(), local);
}

void IncidentParts(const Report& report, const ReportOptions& options, const PartSink& add) {
  Document title;
  title.Add(Heading{1, Title(report)});
  if (report.ranking.incidents.empty()) AddNothingFound(title, report);
  add(std::move(title));
  const Asks asks = AsksOf(report.ranking);
  const Recurrences recurrences(report, options);
  const std::vector<Incident>& incidents = report.ranking.incidents;
  for (const bool acknowledged : {false, true}) {
    bool first = true;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
      if (IsAcknowledged(incidents[i], report.ranking) != acknowledged) continue;
      const std::vector<std::size_t>* others = recurrences.Behind(i);
      if (others == nullptr) continue;
      Document part;
      if (acknowledged && first) part.Add(Heading{2, "Acknowledged"});
      first = false;
      AddIncident(part, i + 1, incidents[i], report, asks, options);
      AddAgain(part, *others, report, options);
      add(std::move(part));
    }
  }
}

}  // namespace

std::string ReportTitle(const Report& report) { return Title(report); }

std::vector<Coverage> MergedCoverage(const std::vector<Coverage>& rows) { return Merged(rows); }

std::vector<std::string> AcknowledgementTexts(const Incident& incident, const Report& report,
                                              bool expired) {
  std::vector<std::string> texts;
  for (const AcknowledgementUse& use : report.site.acknowledgements) {
    const auto& findings = use.findings;
    if (use.expired != expired ||
        std::find(findings.begin(), findings.end(), incident.findings.front()) == findings.end()) {
      continue;
    }
    const Acknowledgement& one = use.acknowledgement;
    const std::string who = WhoAndWhy(one.by, one.since, report.made_at, one.reason);
    const std::string until = FormatTimeForPeople(one.until);
    texts.push_back(
        expired ? fmt::format("Its acknowledgement expired on {} UTC; it was {}", until, who)
                : fmt::format("Acknowledged until {} UTC, {}", until, who));
  }
  return texts;
}

std::string SitePointsText(const std::optional<SitePoints>& site, Ticks now) {
  if (!site) return {};
  return fmt::format(" (the site's points, where the rule has {}; {})", PointsText(site->of_rule),
                     WhoAndWhy(site->by, site->since, now, site->reason));
}

std::vector<SiteLine> SiteLines(const Report& report) {
  std::vector<SiteLine> lines;
  for (const AcknowledgementUse& use : report.site.acknowledgements) {
    const Acknowledgement& one = use.acknowledgement;
    const std::string hosts = one.hosts.empty() ? " on all hosts" : " on " + Joined(one.hosts, 6);
    lines.push_back(
        {one.rule,
         fmt::format("{} acknowledged until {} UTC, {}", hosts, FormatTimeForPeople(one.until),
                     WhoAndWhy(one.by, one.since, report.made_at, one.reason)),
         use.expired, !use.findings.empty(), ToString(one.where)});
  }
  for (const OverrideUse& use : report.site.overrides) {
    const PointsOverride& one = use.change;
    const std::string what =
        one.line == 0 ? " starts with" : fmt::format(", evidence line {}, counts", one.line);
    lines.push_back({one.rule,
                     fmt::format("{} {} instead of {}, {}", what, PointsText(one.points),
                                 PointsText(one.of_rule),
                                 WhoAndWhy(one.by, one.since, report.made_at, one.reason)),
                     false, !use.findings.empty(), ToString(one.where)});
  }
  return lines;
}

std::string ComparedText(const ReportChanges& changes) {
  if (!changes.since.known()) return "There is no earlier report to compare with.";
  return fmt::format("Compared with the report of {} UTC.", FormatTimeForPeople(changes.since));
}

void AddIncidents(Document& out, const Report& report, const ReportOptions& options) {
  IncidentParts(report, options, [&out](Document part) { Append(std::move(part), out); });
}

void ReportParts(const Report& report, const ReportOptions& options, const PartSink& add) {
  IncidentParts(report, options, add);
  Document out;
  AddChanges(out, report);
  AddSite(out, report);
  AddUnexplained(out, report, options);
  out.Add(Heading{2, "What was read"});
  AddCoverage(out, report);
  AddInputs(out, report.inputs, options.verbose);
  if (AnyLocalTime(report)) {
    out.Add(
        Paragraph{"Some times are local and their zone is not known, so logs of hosts in "
                  "different zones do not line up. Give the zone with --timezone."});
  }
  add(std::move(out));
}

Document ContentsDocument(const Report& report, const Completeness& completeness) {
  Document out;
  AddCoverage(out, report);
  AddCompleteness(out, completeness);
  out.Add(Heading{2, "Files"});
  AddInputs(out, report.inputs, true);
  return out;
}

Document LedgerDocument(const std::vector<LedgerRow>& rows) {
  Document out;
  AddInputs(out, rows, true);
  return out;
}

}  // namespace exdiag
