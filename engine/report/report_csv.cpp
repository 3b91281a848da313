// A report as a table for spreadsheets: findings, then unexplained events, told apart by the first
// column.  Long things (reasons, evidence, coverage) are in the other formats.
#include <fmt/format.h>

#include "engine/report/phrases.h"
#include "engine/report/report.h"

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

std::string FindingLine(const Finding& finding) {
  const Signal& signal = finding.signal;
  return Line(
      {"finding", std::to_string(finding.rank), CsvText(finding.incident), CsvText(signal.rule->id),
       CsvText(signal.rule->title), std::string(VerdictName(signal.rule->verdict)),
       fmt::format("{:.4f}", finding.confidence), fmt::format("{:g}", finding.points),
       CsvText(Joined(signal.rule->articles)), CsvText(Joined(signal.hosts)),
       FormatTime(signal.first_seen, signal.time_basis),
       FormatTime(signal.last_seen, signal.time_basis), std::to_string(signal.explained.size()),
       CsvText(signal.cause), CsvText(Steps(signal.fix))});
}

std::string UnexplainedLine(const EventCount& count, TimeBasis basis) {
  const std::string title =
      fmt::format("{} {} {}", count.kind.provider, count.kind.event_id, LevelName(count.level));
  return Line({"unexplained", "", "", "", CsvText(title), "", "", "", "", CsvText(count.host),
               FormatTime(count.first, basis), FormatTime(count.last, basis),
               std::to_string(count.count), "", ""});
}

}  // namespace

std::string ReportCsv(const Report& report) {
  std::string out =
      Line({"row", "rank", "incident", "cause", "title", "verdict", "confidence", "points",
            "articles", "hosts", "first_seen", "last_seen", "events", "explanation", "fix"});
  for (const Finding& finding : report.ranking.findings) out += FindingLine(finding);
  for (const EventCount& count : report.unexplained) {
    out += UnexplainedLine(count, BasisOfHost(report, count.host));
  }
  return out;
}

}  // namespace exdiag
