// What the mail about a run says.
#pragma once

#include <string>

#include "engine/nightly/config.h"
#include "engine/nightly/run_summary.h"

namespace exdiag {

bool WantsMail(const RunSummary& summary, MailWhen when);

// "exdiag hq: 2 new, 1 cleared, 1 log missing".
std::string MailSubject(const RunSummary& summary);

// Counts first, then what is new, worse, back, cleared, and logs that did not arrive; ongoing
// trouble is only counted.  At most 20 of each are listed, and how many more there are.
std::string MailText(const RunSummary& summary, bool with_report);

}  // namespace exdiag
