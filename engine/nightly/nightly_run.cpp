#include "engine/nightly/nightly_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/text.h"
#include "engine/intake/import_inputs.h"
#include "engine/nightly/expected_logs.h"
#include "engine/nightly/inbox.h"
#include "engine/nightly/present_report.h"
#include "engine/nightly/report_files.h"
#include "engine/nightly/run_lock.h"
#include "engine/nightly/tell.h"
#include "engine/nightly/troubles.h"
#include "engine/report/phrases.h"
#include "engine/report/render_report.h"
#include "engine/signal/fix_check.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

class Stopwatch {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> lap = now - last_;
    last_ = now;
    return lap.count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Result<void> MakeFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error && !fs::is_directory(folder)) {
    return Error{folder + ": " + error.message() + "; nothing done"};
  }
  return {};
}

class NightlyRun {
 public:
  NightlyRun(const SiteConfig& site, const NightlyTools& tools, const NightlyMoment& moment)
      : site_(site), tools_(tools), moment_(moment) {}

  Result<NightlyResult> Run() {
    Stopwatch all, part;
    if (auto begun = Begin(); !begun) return begun.error();
    if (auto read = ReadInboxes(); !read) return read.error();
    if (result_.cancelled) return std::move(result_);
    Summary().reading_seconds = part.Lap();
    if (auto removed = RemoveOldEvents(); !removed) return removed.error();
    auto diagnosis = tools_.diagnose(site_, *store_, moment_.at);
    if (!diagnosis) return diagnosis.error();
    if (tools_.cancelled && tools_.cancelled()) {
      result_.cancelled = true;
      return std::move(result_);
    }
    if (auto judged = Judge(*diagnosis); !judged) return judged.error();
    auto report = MakeReport(std::move(*diagnosis), *store_, &tools_.knowledge.catalogue());
    if (!report) return report.error();
    Present(*report);
    Summary().diagnosis_seconds = part.Lap();
    if (auto written = WriteReports(*report); !written) return written.error();
    const auto mail = MailOfRun(Summary(), site_);
    if (mail) NoteUnsent(*mail);
    if (auto done = Complete(); !done) return done.error();
    if (auto tidied = TidyUp(); !tidied) return tidied.error();
    SendMails();
    Summary().report_seconds = part.Lap();
    Summary().total_seconds = all.Lap();
    std::error_code ignored;
    const auto bytes = fs::file_size(site_.store, ignored);
    Summary().store_bytes = ignored ? 0 : bytes;
    return std::move(result_);
  }

 private:
  RunSummary& Summary() { return result_.summary; }
  RunLog& Log() { return *store_->runs(); }

  void Say(const std::string& line) {
    if (tools_.say) tools_.say(site_.name + ": " + line);
  }

  // ---- the beginning ----

  Result<void> Begin() {
    for (const std::string& file : {site_.store, site_.lock}) {
      if (auto made = MakeFolder(fs::path(file).parent_path().string()); !made) return made;
    }
    if (auto made = MakeFolder(site_.reports); !made) return made;
    const LockHolder self = ThisProcess(moment_.now);
    std::string taken_over;
    auto lock = RunLock::Take(site_.lock, self, &taken_over);
    if (!lock) return lock.error();
    lock_ = std::make_unique<RunLock>(std::move(*lock));
    if (!taken_over.empty()) Say(taken_over);
    auto store = Store::Open(site_.store);
    if (!store) return store.error();
    store_ = std::move(*store);
    auto last = Log().LastCompleted();
    if (!last) return last.error();
    if (*last) last_ = **last;
    unsent_ = ReadUnsentMails(*store_, last_.id);
    const auto cut_off = Log().CutOff();
    if (!cut_off) return cut_off.error();
    for (const RunRecord& run : *cut_off) {
      Say(fmt::format("the run of {} UTC ({}) was cut off; this one does its work as well",
                      FormatTimeForPeople(run.at), run.holder));
    }
    Summary().site = site_.name;
    Summary().store = site_.store;
    Summary().at = moment_.at;
    Summary().since = last_.at;
    Summary().took_over = !cut_off->empty();
    run_.at = moment_.at;
    run_.started = moment_.now;
    run_.holder = fmt::format("{}, process {}", self.host, self.process);
    const auto id = Log().Begin(run_);
    if (!id) return id.error();
    run_.id = *id;
    return {};
  }

  // ---- the inboxes ----

  Result<void> ReadInboxes() {
    const auto entries = LookIntoInboxes(site_, &Log(), moment_.now);
    if (!entries) return entries.error();
    for (const InboxEntry& entry : *entries) {
      if (entry.state != InboxState::kNew) continue;
      ++progress_.files;
      progress_.bytes += entry.file.size;
    }
    for (const InboxEntry& entry : *entries) {
      if (tools_.cancelled && tools_.cancelled()) {
        result_.cancelled = true;
        return {};
      }
      if (entry.state == InboxState::kSame) ++Summary().files_same;
      if (entry.state == InboxState::kWriting) ++Summary().files_left;
      if (entry.state == InboxState::kMissing) {
        ++Summary().files_failed;
        Trouble(entry.file.path + ": " + entry.error);
        tools_.problems.Report(
            {Severity::kError, "input.open", {entry.file.path, {}}, entry.error});
      }
      if (entry.state != InboxState::kNew) continue;
      if (auto read = ReadOne(entry); !read) return read;
      if (result_.cancelled) return {};
    }
    return {};
  }

  void Trouble(const std::string& line) { Summary().problems.push_back(line); }

  Result<void> ReadOne(const InboxEntry& entry) {
    ImportInputsOptions how;
    how.reading = entry.reading.other;
    if (!entry.reading.timezone.empty()) how.zone = TimeZone::Find(entry.reading.timezone);
    how.cancelled = tools_.cancelled;
    how.changed = [&] {
      const auto now = StampOf(entry.file.path, entry.reading);
      return !now || !now->SameAs(entry.file);
    };
    ImportProgress all = progress_;
    how.progress = [&](const ImportProgress& one) {
      all.files_done = progress_.files_done + one.files_done;
      all.bytes_done = progress_.bytes_done + one.bytes_done;
      all.records = progress_.records + one.records;
      all.rejected = progress_.rejected + one.rejected;
      if (tools_.progress) tools_.progress(all);
    };
    const auto fed =
        ImportInputs({entry.file.path}, how, tools_.knowledge, *store_, tools_.problems);
    if (!fed) return fed.error();
    progress_ = all;
    result_.cancelled = fed->cancelled;
    if (!fed->not_imported.empty()) return {};
    if (!fed->changed.empty()) {
      ++Summary().files_left;
      return {};
    }
    ++Summary().files_read;
    bool whole = true;
    for (const LedgerRow& row : fed->rows) {
      Add(row);
      whole = whole && row.error.empty();
    }
    if (fed->failed > 0) ++Summary().files_failed;
    InboxFile done = entry.file;
    done.read_at = moment_.at;
    done.whole = whole && fed->failed == 0;
    return Log().NoteFile(done);
  }

  void Add(const LedgerRow& row) {
    if (!row.error.empty()) Trouble(row.file + ": " + row.error);
    Summary().records += row.records;
    Summary().stored += row.stored;
    Summary().duplicates += row.duplicates;
    Summary().rejected += row.rejected;
    Summary().facts += row.facts;
  }

  // ---- retention ----

  Ticks Before(Duration kept) const { return moment_.at - kept; }

  Result<void> RemoveOldEvents() {
    if (site_.retention.events.ticks == 0) return {};
    const auto removed = store_->RemoveEventsBefore(Before(site_.retention.events));
    if (!removed) return removed.error();
    Summary().events_removed = *removed;
    return {};
  }

  // What is left to remove when the run is completed; when it is cut off here the next run does it.
  Result<void> TidyUp() {
    if (auto removed = RemoveOldReports(); !removed) return removed;
    return ForgetOldFiles();
  }

  Result<void> RemoveOldReports() {
    if (site_.retention.reports.ticks == 0) return {};
    const auto old = Log().ReportsBefore(Before(site_.retention.reports));
    if (!old) return old.error();
    for (const RunRecord& run : *old) {
      const auto removed = RemoveReports(site_.reports, run.report);
      if (!removed) {
        Trouble(removed.error().message);
        continue;
      }
      if (*removed > 0) ++Summary().reports_removed;
      if (auto forgot = Log().ForgetReport(run.id); !forgot) return forgot;
    }
    return {};
  }

  // Files that are gone need not be known; those that were read whole and lay long enough go.
  Result<void> ForgetOldFiles() {
    const auto files = Log().Files();
    if (!files) return files.error();
    std::vector<std::string> gone;
    for (const InboxFile& file : *files) {
      std::error_code ignored;
      if (!fs::exists(file.path, ignored)) {
        gone.push_back(file.path);
      } else if (MayBeRemoved(file)) {
        if (fs::remove(file.path, ignored)) {
          ++Summary().inbox_files_removed;
          gone.push_back(file.path);
        } else {
          Trouble(file.path + ": " + ignored.message() + "; not removed");
        }
      }
    }
    return Log().ForgetFiles(gone);
  }

  bool MayBeRemoved(const InboxFile& file) const {
    if (site_.retention.inbox_files.ticks == 0 || !file.whole) return false;
    if (file.read_at >= Before(site_.retention.inbox_files)) return false;
    InboxFile now = file;
    const auto stamp = StampOf(file.path, {});
    if (!stamp) return false;
    now = *stamp;
    now.reading = file.reading;
    return now.SameAs(file);
  }

  // ---- what it means ----

  Result<void> Judge(const Diagnosis& diagnosis) {
    const auto rows = store_->CoverageRows();
    if (!rows) return rows.error();
    CoverageMap coverage;
    for (const Coverage& row : WithoutSeams(*rows, site_)) coverage.AddRow(row);
    coverage.Finish();
    const FixChecker checker(tools_.knowledge, *store_, coverage, site_.quiet, moment_.at);
    const auto before = Log().Troubles();
    if (!before) return before.error();
    CompareOptions options{moment_.at, last_.at, last_.last_event, {}};
    if (site_.retention.events.ticks != 0) options.kept_from = Before(site_.retention.events);
    auto compared = CompareTroubles(diagnosis.ranking, *before, checker, options);
    if (!compared) return compared.error();
    comparison_ = std::move(*compared);
    Summary().changes = comparison_.changes;
    return JudgeLogs();
  }

  Result<void> JudgeLogs() {
    const auto before = Log().Arrivals();
    if (!before) return before.error();
    const auto shown = Log().LogsSince(last_.stamp);
    if (!shown) return shown.error();
    ArrivalReport arrivals = JudgeArrivals(site_, *before, *shown, moment_.at);
    Summary().missing = std::move(arrivals.missing);
    Summary().returned = std::move(arrivals.returned);
    arrivals_ = std::move(arrivals.arrivals);
    return {};
  }

  void Present(Report& report) {
    run_.ledger = report.inputs.size();
    const auto& present = comparison_.present;
    Summary().over = static_cast<std::uint64_t>(std::count(present.begin(), present.end(), false));
    KeepPresent({comparison_.present, Before(site_.window), static_cast<std::size_t>(last_.ledger)},
                report);
    report.made_at = moment_.at;
    report.changes = ChangesForReport(Summary());
    for (const Incident& incident : report.ranking.incidents) {
      const Finding& leader = report.ranking.findings[incident.findings.front()];
      ++(leader.acknowledged                                   ? Summary().acknowledged
         : leader.signal.rule()->verdict == Verdict::kExpected ? Summary().no_action
                                                               : Summary().faults);
    }
    Summary().unexplained = report.unexplained.size();
    result_.findings = AnythingToReport(report.ranking) || !Summary().missing.empty();
  }

  // ---- the end ----

  Result<void> WriteReports(const Report& report) {
    run_.report = ReportName(moment_.at, last_.report);
    for (const Format format : site_.formats) {
      std::string text;
      const auto rendered =
          RenderReport(format, report, *store_, tools_.knowledge.catalogue(),
                       {.made_at = moment_.at}, [&text](std::string_view piece) { text += piece; });
      if (!rendered) return rendered.error();
      const std::string ending(EndingOf(format));
      const std::string file = site_.reports + "/" + run_.report + ending;
      if (auto written = ReplaceFile(file, text); !written) return written;
      if (auto written = ReplaceFile(site_.reports + "/latest" + ending, text); !written) {
        return written;
      }
      Summary().reports.push_back(file);
      if (format == Format::kHtml) Summary().html_report = file;
    }
    return {};
  }

  Result<void> Complete() {
    const auto changes = store_->ChangesSince(0);
    if (!changes) return changes.error();
    const auto newest = Log().NewestEvent();
    if (!newest) return newest.error();
    run_.stamp = changes->stamp;
    run_.last_event = *newest;
    run_.completed = moment_.now;
    return Log().Complete(run_, comparison_.troubles, arrivals_);
  }

  // ---- telling of it ----

  void NoteUnsent(UnsentMail mail) {
    mail.run = run_.id;
    std::erase_if(unsent_, [this](const UnsentMail& one) { return one.run == run_.id; });
    unsent_.push_back(std::move(mail));
    KeepUnsent();
  }

  void KeepUnsent() {
    const auto kept = KeepUnsentMails(unsent_, *store_);
    if (!kept) Trouble(kept.error().message);
  }

  void SendMails() {
    if (site_.mail.to.empty()) unsent_.clear();  // nobody wants them any more
    // Tidying up may have had something to complain of.
    const auto own = MailOfRun(Summary(), site_);
    std::vector<UnsentMail> left;
    for (UnsentMail& mail : unsent_) {
      const bool late = mail.run != run_.id;
      if (!late && own) {
        mail.text = own->text;
        mail.text_without_report = own->text_without_report;
      }
      if (!tools_.send || !tools_.send(site_, mail, late)) left.push_back(std::move(mail));
    }
    unsent_ = std::move(left);
    KeepUnsent();
  }

  const SiteConfig& site_;
  const NightlyTools& tools_;
  const NightlyMoment moment_;
  std::unique_ptr<RunLock> lock_;
  std::unique_ptr<Store> store_;
  RunRecord last_;  // completed; all empty when there was none
  RunRecord run_;
  ImportProgress progress_;  // of the inboxes
  Comparison comparison_;
  std::vector<LogArrival> arrivals_;
  std::vector<UnsentMail> unsent_;  // oldest first
  NightlyResult result_;
};

std::string LogWords(const std::string& server, const std::string& channel) {
  return channel.empty() ? "any log of " + server
                         : fmt::format("the {} log of {}", channel, server);
}

std::string Since(Ticks time) {
  return time.known() ? "since " + FormatTimeForPeople(time) + " UTC" : "so far";
}

}  // namespace

Result<NightlyResult> RunNightly(const SiteConfig& site, const NightlyTools& tools,
                                 const NightlyMoment& moment) {
  return NightlyRun(site, tools, moment).Run();
}

ReportChanges ChangesForReport(const RunSummary& summary) {
  ReportChanges changes;
  changes.since = summary.since;
  for (const TroubleChange& change : summary.changes) {
    changes.list.push_back({std::string(StateName(change.state)), change.title, change.rule,
                            change.hosts, change.remark});
  }
  for (const MissingLog& log : summary.missing) {
    std::string remark = fmt::format("expected every {}", FormatDuration(log.every));
    if (log.last_event.known()) {
      remark += "; its last event is of " + FormatTimeForPeople(log.last_event);
    }
    changes.list.push_back({log.is_new ? "missing" : "still missing",
                            fmt::format("Nothing of {} {}", LogWords(log.server, log.channel),
                                        Since(log.last_arrival)),
                            "",
                            {log.server},
                            remark});
  }
  for (const ReturnedLog& log : summary.returned) {
    changes.list.push_back({"arrived again",
                            fmt::format("{} had not come {}", LogWords(log.server, log.channel),
                                        Since(log.missing_since)),
                            "",
                            {log.server},
                            ""});
  }
  return changes;
}

}  // namespace exdiag
