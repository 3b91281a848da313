// The report as one page that needs nothing else; docs/reports.md says what stands where.
#pragma once

#include <string>

#include "engine/report/detail.h"
#include "engine/report/report.h"

namespace exdiag {

struct ReportPageOptions {
  // What is written whole and what is written at all.  Incidents beyond the first limit get one row
  // of a table each, those beyond the second are counted: a page must open at once and fit a mail.
  std::size_t whole_bytes = 1'800'000;
  std::size_t list_bytes = 4'000'000;
  Ticks made_at = {};  // UTC; not known(): the page does not say
};

std::string ReportHtml(const Report& report, const ReportDetail& detail,
                       const ReportPageOptions& options = {});

}  // namespace exdiag
