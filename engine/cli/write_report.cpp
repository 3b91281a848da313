#include "engine/cli/write_report.h"

#include "engine/base/now.h"
#include "engine/report/render_report.h"

namespace exdiag {

Result<void> WriteReport(const OutputOptions& options, const Report& report, const Store& store,
                         const Catalogue& catalogue, const std::vector<std::string>& inputs) {
  auto output = Output::Open(options, inputs);
  if (!output) return output.error();
  const auto rendered = RenderReport(
      options.format, report, store, catalogue,
      {.made_at = NowInSeconds(), .verbose = options.verbose, .colour = output->colour()},
      [&output](std::string_view piece) { output->Write(piece); });
  if (!rendered) return rendered.error();
  return output->Close();
}

}  // namespace exdiag
