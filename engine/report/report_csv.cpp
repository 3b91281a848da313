// A report as a table for spreadsheets: findings, then unexplained events, told apart by the first
// column.  Long things (reasons, evidence, coverage) are in the other formats.
#include <fmt/format.h>

#include <map>

#include "engine/report/phrases.h"
#include "engine/report/report.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

std::string Line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + cells[i];
  return line + "\r\n";
}

std::string Steps(const std::vector<RenderedStep>& steps) {
  std::string text;
  for (const RenderedStep& step : steps) {
    if (!text.empty()) text += '\n';
    text += step.on.empty() ? step.do_what : fmt::format("On {}: {}", step.on, step.do_what);
  }
  return text;
}

std::string FindingLine(const Finding& finding, double unknown_cause) {
  const Signal signal = finding.signal.Read();
  return Line({"finding", std::to_string(finding.rank), CsvText(finding.incident),
               CsvText(signal.rule->id), CsvText(signal.rule->title),
               std::string(VerdictName(signal.rule->verdict)),
               fmt::format("{:.4f}", finding.confidence), fmt::format("{:g}", finding.points),
               CsvText(Joined(signal.rule->articles)), CsvText(Joined(signal.hosts)),
               FormatTime(signal.first_seen, signal.time_basis),
               FormatTime(signal.last_seen, signal.time_basis),
               std::to_string(finding.signal.explained().size()), CsvText(signal.cause),
               CsvText(Steps(signal.fix)), fmt::format("{:.4f}", unknown_cause),
               finding.acknowledged ? "yes" : "no"});
}

std::string AcknowledgementLine(const AcknowledgementUse& use, Ticks now) {
  const Acknowledgement& one = use.acknowledgement;
  const std::string text = fmt::format("{}{}, {}: {}", use.expired ? "expired; " : "",
                                       one.by.empty() ? "by nobody named" : "by " + one.by,
                                       AgeText(one.since, now), one.reason);
  return Line({"acknowledgement", "", "", CsvText(one.rule), "", "", "", "", "",
               CsvText(Joined(one.hosts)), FormatTime(one.since, TimeBasis::kUtc),
               FormatTime(one.until, TimeBasis::kUtc), std::to_string(use.findings.size()),
               CsvText(text), "", "", use.expired ? "no" : "yes"});
}

std::string OverrideLine(const OverrideUse& use, Ticks now) {
  const PointsOverride& one = use.change;
  const std::string place = one.line == 0 ? "start" : fmt::format("evidence line {}", one.line);
  const std::string text = fmt::format(
      "{} instead of {}, {}, {}: {}", place, PointsText(one.of_rule),
      one.by.empty() ? "by nobody named" : "by " + one.by, AgeText(one.since, now), one.reason);
  return Line({"override", "", "", CsvText(one.rule), "", "", "", fmt::format("{:g}", one.points),
               "", "", FormatTime(one.since, TimeBasis::kUtc), "",
               std::to_string(use.findings.size()), CsvText(text), "", "", ""});
}

std::string UnexplainedLine(const UnexplainedEvents& count, TimeBasis basis) {
  const std::string title =
      fmt::format("{} {} {}", count.kind.provider, count.kind.event_id, LevelName(count.level));
  return Line({"unexplained", "", "", "", CsvText(title), "", "", "", "", CsvText(count.host),
               FormatTime(count.first, basis), FormatTime(count.last, basis),
               std::to_string(count.count),
               CsvText(count.in_catalogue ? count.meaning : "not in the catalogue"), "", "", ""});
}

}  // namespace

void WriteReportCsv(const Report& report, const TextSink& out) {
  out(Line({"row", "rank", "incident", "cause", "title", "verdict", "confidence", "points",
            "articles", "hosts", "first_seen", "last_seen", "events", "explanation", "fix",
            "unknown_cause", "acknowledged"}));
  std::map<std::string_view, double> unknown_causes;
  for (const Incident& incident : report.ranking.incidents) {
    unknown_causes[incident.id] = incident.unknown_cause;
  }
  for (const Finding& finding : report.ranking.findings) {
    out(FindingLine(finding, unknown_causes[finding.incident]));
  }
  for (const AcknowledgementUse& use : report.site.acknowledgements) {
    out(AcknowledgementLine(use, report.made_at));
  }
  for (const OverrideUse& use : report.site.overrides) {
    out(OverrideLine(use, report.made_at));
  }
  for (const UnexplainedEvents& count : report.unexplained) {
    out(UnexplainedLine(count, BasisOfHost(report, count.host)));
  }
}

}  // namespace exdiag
