// Telling of a run to those who were not there: by mail, and to Prometheus.
#pragma once

#include <optional>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/nightly/config.h"
#include "engine/nightly/run_summary.h"
#include "engine/nightly/unsent_mail.h"

namespace exdiag {

// The mail that the site wants of such a run; nullopt when it wants none.  `run` is not set.
std::optional<UnsentMail> MailOfRun(const RunSummary& summary, const SiteConfig& site);

// False when it could not be sent; `late`: a run sends it that is not the one it is about, and says
// so in it.  What goes wrong is a diagnostic "nightly.mail" each.
bool SendRunMail(const UnsentMail& mail, bool late, const SiteConfig& site,
                 const NightlyConfig& config, DiagnosticSink& problems);

// Writes the figures of the run.  What goes wrong is a diagnostic "nightly.metrics".
void WriteRunMetrics(const RunSummary& summary, const SiteConfig& site, const NightlyConfig& config,
                     DiagnosticSink& problems);

// The same of a run that came to no end: `reason` is one sentence.  A site that wants mail at all
// gets this one, since a job that nobody watches must not fail in silence.
void TellOfFailedRun(const std::string& reason, Ticks at, const SiteConfig& site,
                     const NightlyConfig& config, DiagnosticSink& problems);

// Sends a mail that says no more than that it arrived, to see whether the way is open.  An Error
// when it is not, or when the site wants no mail.
Result<MailReceipt> SendTestMail(const SiteConfig& site, Ticks at);

}  // namespace exdiag
