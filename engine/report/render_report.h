// A report in one of its formats.
#pragma once

#include "engine/base/result.h"
#include "engine/knowledge/catalogue.h"
#include "engine/report/format.h"
#include "engine/report/report.h"
#include "engine/store/store.h"

namespace exdiag {

struct RenderReportOptions {
  Ticks made_at;  // UTC, for the page
  bool verbose = false;
  bool colour = false;  // of text, for a terminal
};

// The whole file, in pieces.  An Error is the store's, which the page asks for the events that it
// quotes, or of a temporary file in which findings lie; what was written then is of no use.
Result<void> RenderReport(Format format, const Report& report, const Store& store,
                          const Catalogue& catalogue, const RenderReportOptions& options,
                          const TextSink& out);

}  // namespace exdiag
