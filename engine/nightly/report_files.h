// The files that a run leaves: DATE.html and so on, and the same as latest.html.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/report/format.h"

namespace exdiag {

// "2026-11-21": the day on the system's clock.  A day that had a report already gives
// "2026-11-21-2" and so on; `last` is the name of the last run's.
std::string ReportName(Ticks at, const std::string& last);

// ".html".
std::string_view EndingOf(Format format);

// Replaces a file as a whole: whoever opens it sees the old one or the new one, also after a power
// cut.
Result<void> ReplaceFile(const std::string& file, const std::string& bytes);

// Removes NAME.html and so on, whichever are there.  An Error when one cannot be removed.
Result<std::uint64_t> RemoveReports(const std::string& folder, const std::string& name);

}  // namespace exdiag
