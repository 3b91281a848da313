#include "importers/text/lines.h"

#include "importers/text/text_window.h"

namespace exdiag {

Result<void> ForEachLineOf(const Export& input, DiagnosticSink& problems, const VisitLine& visit) {
  auto window = TextWindow::Open(input);
  if (!window) return window.error();
  bool more = true;
  while (more) {
    more = window->Fill();
    const std::uint64_t before = window->line() - 1;
    ForEachLine(window->view(),
                [&](std::string_view line, std::uint64_t number) { visit(line, before + number); });
    window->Consume(window->view().size());
  }
  window->ReportLosses(problems);
  return {};
}

}  // namespace exdiag
