// One run of the nightly job for one site.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/intake/import_progress.h"
#include "engine/knowledge/knowledge.h"
#include "engine/nightly/config.h"
#include "engine/nightly/run_summary.h"
#include "engine/nightly/unsent_mail.h"
#include "engine/report/report.h"
#include "engine/store/store.h"

namespace exdiag {

// What the command lends to the run.  All of it must outlive the run.
struct NightlyTools {
  const Knowledge& knowledge;
  // From the store to ranked causes, with the site's word on them.
  std::function<Result<Diagnosis>(const SiteConfig& site, Store& store, Ticks at)> diagnose;
  // True: stop; what is done stays, and the next run does the rest.
  std::function<bool()> cancelled;
  // Told how far the inboxes of the site are read.
  WatchProgress progress;
  // Sends the mail about a run and says whether it went out; see SendRunMail.
  std::function<bool(const SiteConfig& site, const UnsentMail& mail, bool late)> send;
  // One line for whoever watches.
  std::function<void(const std::string& line)> say;
  DiagnosticSink& problems;
};

struct NightlyMoment {
  Ticks at;   // what the run is about: dates, acknowledgements, retention, logs that are late
  Ticks now;  // the clock, for files that are still being written, and the lock
};

struct NightlyResult {
  RunSummary summary;
  bool findings = false;  // the report shows what is not acknowledged, or a log is missing
  bool cancelled = false;
};

// Takes the lock, reads what is new, removes what is old, diagnoses, compares with the last
// completed run, writes the reports, and is then completed: killed at any moment before, the next
// run does all of it, with nothing twice.  Then it sends what mail it has to send; what does not go
// out, or not before the run is killed, the next run sends.  An Error when it could not be
// completed.
Result<NightlyResult> RunNightly(const SiteConfig& site, const NightlyTools& tools,
                                 const NightlyMoment& moment);

// For the report: what is different, and which logs are missing.
ReportChanges ChangesForReport(const RunSummary& summary);

}  // namespace exdiag
