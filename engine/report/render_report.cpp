#include "engine/report/render_report.h"

#include "engine/report/report_html.h"

namespace exdiag {
namespace {

Result<void> Render(Format format, const Report& report, const Store& store,
                    const Catalogue& catalogue, const RenderReportOptions& options,
                    const TextSink& out) {
  const ReportOptions shown{.verbose = options.verbose};
  const auto render = [&](const std::unique_ptr<DocumentRenderer>& renderer) {
    ReportParts(report, shown, [&](const Document& part) { renderer->Add(part); });
  };
  switch (format) {
    case Format::kJson:
      WriteReportJson(report, out);
      break;
    case Format::kCsv:
      WriteReportCsv(report, out);
      break;
    case Format::kHtml: {
      const auto detail = MakeReportDetail(report, store, catalogue);
      if (!detail) return detail.error();
      out(ReportHtml(report, *detail, {.made_at = options.made_at}));
      break;
    }
    case Format::kText:
      render(MakeTextRenderer({.width = 80, .colour = options.colour}, out));
      break;
    case Format::kMarkdown:
      render(MakeMarkdownRenderer(out));
      break;
  }
  return {};
}

}  // namespace

Result<void> RenderReport(Format format, const Report& report, const Store& store,
                          const Catalogue& catalogue, const RenderReportOptions& options,
                          const TextSink& out) {
  auto done = Render(format, report, store, catalogue, options, out);
  return done ? SetBlocks::Readable() : done;
}

}  // namespace exdiag
