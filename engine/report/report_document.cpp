// The report for people.  Who reads it has a server down and little patience: per incident first
// what it is and how sure, then what to do, then why, then what speaks against it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/report/phrases.h"
#include "engine/report/report.h"
#include "engine/report/report_parts.h"

namespace exdiag {
namespace {

constexpr std::size_t kRivalsShown = 3;
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

std::string EvidenceText(const EvidenceReference& reference) {
  return ToString(reference.where) + ": " + reference.summary;
}

bool IsExpected(const Finding& finding) {
  return finding.signal.rule->verdict == Verdict::kExpected;
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

void AddReasons(Document& out, const Finding& finding, const ReportOptions& options) {
  const Signal& signal = finding.signal;
  out.Add(Heading{3, fmt::format("Why ({} points)", PointsText(finding.points))});
  std::string start =
      fmt::format("a {} cause whenever its events are seen", StrengthName(signal.rule->strength));
  if (!signal.unknown_conditions.empty()) start += ", less one for what is not known";
  out.Add(Item{0, PointsText(signal.start_points), start});
  AddEvidence(out, signal.triggers, signal.trigger_count, options.verbose ? 5 : 1, 1);
  for (const Reason& reason : signal.reasons) {
    if (reason.state != Truth::kHolds) continue;
    out.Add(Item{0, PointsText(reason.points), reason.because});
    AddEvidence(out, reason.evidence, reason.evidence_count, options.verbose ? 5 : 0, 1);
  }
}

void AddUnknown(Document& out, const Signal& signal) {
  std::vector<Item> items;
  for (const std::string& condition : signal.unknown_conditions) {
    items.push_back({0, "-", condition});
  }
  for (const Reason& reason : signal.reasons) {
    if (reason.state != Truth::kUnknown) continue;
    items.push_back(
        {0, "-", fmt::format("whether {} ({})", reason.because, PointsText(reason.points))});
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
    Phrase text(rival.signal.rule->title);
    if (IsExpected(rival)) text.Add(" (no action needed)");
    text.Add(fmt::format(" [{}]", rival.signal.rule->id), Role::kDim);
    out.Add(Item{0, Percent(rival.confidence), text});
  }
  out.Add(Item{0, Percent(incident.unknown_cause), "a cause that no rule knows"});
  AddHidden(out, rivals - shown, "other cause");
}

void AddAskNext(Document& out, const Incident& incident, const Ranking& ranking,
                const ReportOptions& options) {
  bool first = true;
  for (const AskNext& ask : ranking.ask_next) {
    if (ask.incident != incident.id) continue;
    if (!first && !options.verbose) return;
    if (first) out.Add(Heading{3, "What would settle it"});
    first = false;
    out.Add(Item{0, "-", ask.question});
    if (!ask.command.empty()) out.Add(Verbatim{ask.command});
    if (!ask.feed.empty() && ask.feed != ask.command) {
      out.Add(Item{1, "-", "then:"});
      out.Add(Verbatim{ask.feed});
    }
    for (const AskNext::Effect& effect : ask.effects) {
      if (Percent(effect.from) == Percent(effect.to)) continue;  // it would show nothing
      out.Add(Item{1, "-",
                   fmt::format("{}: {} goes from {} to {}", effect.if_answer, effect.cause,
                               Percent(effect.from), Percent(effect.to))});
    }
  }
}

void AddIncident(Document& out, std::size_t number, const Incident& incident,
                 const Ranking& ranking, const ReportOptions& options) {
  const Finding& leader = ranking.findings[incident.findings.front()];
  const Signal& signal = leader.signal;
  const bool quiet = IsExpected(leader) && leader.confidence >= 0.5;
  Phrase title(fmt::format("{}. ", number));
  if (quiet) title.Add("No action needed: ", Role::kGood);
  title.Add(signal.rule->title);
  out.Add(Heading{2, title});
  out.Add(HowSure(leader, incident));
  out.Add(Paragraph{signal.cause});
  out.Add(Paragraph{
      {fmt::format("{} [{}]", Joined(signal.rule->articles), signal.rule->id), Role::kDim}});
  if (quiet && !options.verbose) return;
  AddFix(out, signal.fix);
  AddReasons(out, leader, options);
  AddUnknown(out, signal);
  AddRivals(out, incident, ranking, options);
  AddAskNext(out, incident, ranking, options);
}

// ---- the whole
// ---------------------------------------------------------------------------------------

std::uint64_t Sum(const std::vector<LedgerRow>& rows, std::uint64_t LedgerRow::*member) {
  std::uint64_t sum = 0;
  for (const LedgerRow& row : rows) sum += row.*member;
  return sum;
}

std::string Title(const Report& report) {
  const std::vector<Incident>& incidents = report.ranking.incidents;
  const auto expected =
      std::count_if(incidents.begin(), incidents.end(), [&](const Incident& incident) {
        return IsExpected(report.ranking.findings[incident.findings.front()]);
      });
  const auto noise = static_cast<std::uint64_t>(expected);
  const std::uint64_t faults = incidents.size() - noise;
  if (incidents.empty()) return "Nothing found";
  if (faults == 0) return "Nothing that needs action";
  std::string title = Counted(faults, "incident");
  if (noise > 0) title += fmt::format(", and {} that needs no action", noise);
  return title;
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

void AddUnexplained(Document& out, const Report& report, const ReportOptions& options) {
  if (report.unexplained.empty()) return;
  out.Add(Heading{2, "Errors and warnings that no finding explains"});
  Table table{{{"count", true}, {"event"}, {"level"}, {"host"}, {"last seen"}}, {}};
  const std::size_t shown = Shown(report.unexplained.size(), kUnexplainedShown, options);
  for (std::size_t i = 0; i < shown; ++i) {
    const EventCount& count = report.unexplained[i];
    table.rows.push_back({std::to_string(count.count),
                          fmt::format("{} {}", count.kind.provider, count.kind.event_id),
                          std::string(LevelName(count.level)), count.host,
                          count.last.known() ? FormatTimeForPeople(count.last) : "no time"});
  }
  out.Add(std::move(table));
  AddHidden(out, report.unexplained.size() - shown, "kind");
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

bool AnyLocalTime(const Report& report) {
  const std::vector<Incident>& incidents = report.ranking.incidents;
  const auto local = [](const auto& thing) { return thing.time_basis == TimeBasis::kLocalUnknown; };
  return std::any_of(incidents.begin(), incidents.end(), local) ||
         std::any_of(report.coverage.begin(), report.coverage.end(), local);
}

}  // namespace

void AddIncidents(Document& out, const Report& report, const ReportOptions& options) {
  out.Add(Heading{1, Title(report)});
  if (report.ranking.incidents.empty()) AddNothingFound(out, report);
  std::size_t number = 0;
  for (const Incident& incident : report.ranking.incidents) {
    AddIncident(out, ++number, incident, report.ranking, options);
  }
}

std::string ReportTitle(const Report& report) { return Title(report); }

std::vector<Coverage> MergedCoverage(const std::vector<Coverage>& rows) { return Merged(rows); }

Document ReportDocument(const Report& report, const ReportOptions& options) {
  Document out;
  AddIncidents(out, report, options);
  AddUnexplained(out, report, options);
  out.Add(Heading{2, "What was read"});
  AddCoverage(out, report);
  AddInputs(out, report.inputs, options.verbose);
  if (AnyLocalTime(report)) {
    out.Add(
        Paragraph{"Some times are local and their zone is not known, so logs of hosts in "
                  "different zones do not line up. Give the zone with --timezone."});
  }
  return out;
}

Document ContentsDocument(const Report& report) {
  Document out;
  AddCoverage(out, report);
  AddInputs(out, report.inputs, true);
  return out;
}

Document LedgerDocument(const std::vector<LedgerRow>& rows) {
  Document out;
  AddInputs(out, rows, true);
  return out;
}

}  // namespace exdiag
