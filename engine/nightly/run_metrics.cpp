#include "engine/nightly/run_metrics.h"

#include <map>
#include <set>
#include <tuple>

#include "engine/report/phrases.h"

namespace exdiag {
namespace {

double UnixSeconds(Ticks time) {
  return static_cast<double>(time.seconds() - TicksFromUnix(0).seconds());
}

// All families, without samples, in the order of the file.
struct Families {
  MetricFamily findings{
      "exdiag_findings",
      "Causes found by the last run, by what became of them since the run before, "
      "how sure, and host; one on several hosts counts for each.",
      {}};
  MetricFamily changes{"exdiag_changes",
                       "Causes by what became of them since the run before, each counted once.",
                       {}};
  MetricFamily incidents{"exdiag_incidents", "Incidents in the last report.", {}};
  MetricFamily unexplained{"exdiag_unexplained_events",
                           "Kinds of errors and warnings that no finding explains, by host.",
                           {}};
  MetricFamily missing_logs{"exdiag_missing_logs", "Expected logs that did not arrive.", {}};
  MetricFamily missing_log{"exdiag_missing_log",
                           "1 for each expected log that did not arrive; no channel: no log of the "
                           "server at all.",
                           {}};
  MetricFamily arrival{"exdiag_missing_log_last_arrival_timestamp_seconds",
                       "When a log that did not arrive last came.",
                       {}};
  MetricFamily files{"exdiag_last_run_files", "Files in the inboxes, by what was done.", {}};
  MetricFamily records{"exdiag_last_run_records", "Records in the files read.", {}};
  MetricFamily problems{"exdiag_last_run_problems", "What went wrong in the last run.", {}};
  MetricFamily success{"exdiag_last_run_success", "1 when the last run came to its end.", {}};
  MetricFamily run_at{"exdiag_last_run_timestamp_seconds", "When the last run began.", {}};
  MetricFamily success_at{
      "exdiag_last_success_timestamp_seconds", "When the last run began that came to its end.", {}};
  MetricFamily duration{"exdiag_last_run_duration_seconds",
                        "How long the last run that came to its end took, by part and in total.",
                        {}};
  MetricFamily store{"exdiag_store_bytes", "Size of the store.", {}};

  std::vector<MetricFamily> List() && {
    return {findings, changes,  incidents, unexplained, missing_logs, missing_log, arrival, files,
            records,  problems, success,   run_at,      success_at,   duration,    store};
  }
};

void AddFindings(const RunSummary& summary, MetricFamily& family) {
  std::map<std::tuple<std::string, std::string, std::string, bool, bool>, double> counts;
  for (const TroubleChange& change : summary.changes) {
    std::set<std::string> hosts(change.hosts.begin(), change.hosts.end());
    if (hosts.empty()) hosts.insert("");
    for (const std::string& host : hosts) {
      counts[{std::string(StateName(change.state)), std::string(SureInWords(change.confidence)),
              host, change.fault, change.acknowledged}] += 1;
    }
  }
  for (const auto& [of, count] : counts) {
    const auto& [state, sure, host, fault, acknowledged] = of;
    family.samples.push_back({{{"state", state},
                               {"confidence", sure},
                               {"host", host},
                               {"verdict", fault ? "fault" : "expected"},
                               {"acknowledged", acknowledged ? "yes" : "no"}},
                              count});
  }
}

// One label, a value each.
void AddCounts(MetricFamily& family, std::string_view label,
               std::initializer_list<std::pair<std::string_view, double>> counts) {
  for (const auto& [value, count] : counts) {
    family.samples.push_back({{{label, std::string(value)}}, count});
  }
}

double Number(std::uint64_t count) { return static_cast<double>(count); }

void AddLogs(const RunSummary& summary, Families& families) {
  families.missing_logs.samples = {{{}, Number(summary.missing.size())}};
  for (const MissingLog& log : summary.missing) {
    const std::vector<MetricLabel> labels = {{"server", log.server}, {"channel", log.channel}};
    families.missing_log.samples.push_back({labels, 1});
    if (log.last_arrival.known()) {
      families.arrival.samples.push_back({labels, UnixSeconds(log.last_arrival)});
    }
  }
}

void AddRun(const RunSummary& summary, Families& families) {
  AddCounts(families.files, "outcome",
            {{"read", Number(summary.files_read)},
             {"same", Number(summary.files_same)},
             {"left", Number(summary.files_left)},
             {"failed", Number(summary.files_failed)}});
  AddCounts(families.records, "outcome",
            {{"stored", Number(summary.stored)},
             {"duplicate", Number(summary.duplicates)},
             {"rejected", Number(summary.rejected)}});
  AddCounts(families.duration, "part",
            {{"reading", summary.reading_seconds},
             {"diagnosis", summary.diagnosis_seconds},
             {"report", summary.report_seconds},
             {"total", summary.total_seconds}});
  families.problems.samples = {{{}, Number(summary.problems.size())}};
  families.success.samples = {{{}, 1}};
  families.run_at.samples = {{{}, UnixSeconds(summary.at)}};
  families.success_at.samples = {{{}, UnixSeconds(summary.at)}};
  families.store.samples = {{{}, Number(summary.store_bytes)}};
}

}  // namespace

SiteMetrics MetricsOfRun(const RunSummary& summary) {
  Families families;
  AddFindings(summary, families.findings);
  for (const TroubleState state : {TroubleState::kNew, TroubleState::kOngoing, TroubleState::kWorse,
                                   TroubleState::kCleared, TroubleState::kCameBack}) {
    AddCounts(families.changes, "state", {{StateName(state), Number(CountOf(summary, state))}});
  }
  AddCounts(families.incidents, "state",
            {{"fault", Number(summary.faults)},
             {"expected", Number(summary.no_action)},
             {"acknowledged", Number(summary.acknowledged)}});
  families.unexplained.samples = {{{}, Number(summary.unexplained)}};
  AddLogs(summary, families);
  AddRun(summary, families);
  return {.site = summary.site, .families = std::move(families).List()};
}

SiteMetrics MetricsOfFailedRun(const std::string& site, Ticks at) {
  Families families;
  families.success.samples = {{{}, 0}};
  families.run_at.samples = {{{}, UnixSeconds(at)}};
  return {.site = site, .families = std::move(families).List(), .complete = false};
}

}  // namespace exdiag
