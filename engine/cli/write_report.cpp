#include "engine/cli/write_report.h"

#include <chrono>

#include "engine/report/report_html.h"

namespace exdiag {
namespace {

Ticks Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return TicksFromUnix(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

Result<void> WriteReport(const OutputOptions& options, const Report& report, const Store& store,
                         const Catalogue& catalogue, const std::vector<std::string>& inputs) {
  switch (options.format) {
    case Format::kJson:
      return WriteOutput(options, ReportJson(report), inputs);
    case Format::kCsv:
      return WriteOutput(options, ReportCsv(report), inputs);
    case Format::kHtml: {
      const auto detail = MakeReportDetail(report, store, catalogue);
      if (!detail) return detail.error();
      return WriteOutput(options, ReportHtml(report, *detail, {.made_at = Now()}), inputs);
    }
    case Format::kText:
    case Format::kMarkdown:
      return WriteDocument(options, ReportDocument(report, {.verbose = options.verbose}), inputs);
  }
  return {};
}

}  // namespace exdiag
