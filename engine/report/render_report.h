// A report in one of its formats.
#pragma once

#include <string>

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

// The whole file.  An Error is the store's, which the page asks for the events that it quotes.
Result<std::string> RenderReport(Format format, const Report& report, const Store& store,
                                 const Catalogue& catalogue, const RenderReportOptions& options);

}  // namespace exdiag
