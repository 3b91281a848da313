// Telling of a run to those who were not there: by mail, and to Prometheus.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/nightly/config.h"
#include "engine/nightly/run_summary.h"

namespace exdiag {

// Sends the mail that the site wants of such a run and writes its figures.  Nothing that goes wrong
// here changes what the run was worth: it is one diagnostic each, "nightly.mail" or
// "nightly.metrics", and these are returned as lines too.
std::vector<std::string> TellOfRun(const RunSummary& summary, const SiteConfig& site,
                                   const NightlyConfig& config, DiagnosticSink& problems);

// The same of a run that came to no end: `reason` is one sentence.  A site that wants mail at all
// gets this one, since a job that nobody watches must not fail in silence.
void TellOfFailedRun(const std::string& reason, Ticks at, const SiteConfig& site,
                     const NightlyConfig& config, DiagnosticSink& problems);

// Sends a mail that says no more than that it arrived, to see whether the way is open.  An Error
// when it is not, or when the site wants no mail.
Result<MailReceipt> SendTestMail(const SiteConfig& site, Ticks at);

}  // namespace exdiag
