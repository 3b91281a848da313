#include "engine/cli/write_report.h"

#include "engine/cli/operator.h"
#include "engine/report/report_html.h"

namespace exdiag {

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
