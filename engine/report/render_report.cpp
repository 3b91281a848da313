#include "engine/report/render_report.h"

#include "engine/report/report_html.h"

namespace exdiag {

Result<std::string> RenderReport(Format format, const Report& report, const Store& store,
                                 const Catalogue& catalogue, const RenderReportOptions& options) {
  switch (format) {
    case Format::kJson:
      return ReportJson(report);
    case Format::kCsv:
      return ReportCsv(report);
    case Format::kHtml: {
      const auto detail = MakeReportDetail(report, store, catalogue);
      if (!detail) return detail.error();
      return ReportHtml(report, *detail, {.made_at = options.made_at});
    }
    case Format::kText:
      return RenderText(ReportDocument(report, {.verbose = options.verbose}),
                        {.width = 80, .colour = options.colour});
    case Format::kMarkdown:
      return RenderMarkdown(ReportDocument(report, {.verbose = options.verbose}));
  }
  return std::string();
}

}  // namespace exdiag
