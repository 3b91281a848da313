// A report in the format that was asked for: what diagnose and report share.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/output.h"
#include "engine/knowledge/catalogue.h"
#include "engine/report/report.h"
#include "engine/store/store.h"

namespace exdiag {

// All formats of a report, for AddOutputOptions.
inline constexpr std::initializer_list<Format> kReportFormats = {
    Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown, Format::kCsv};

// `inputs` are files that must not be overwritten.
Result<void> WriteReport(const OutputOptions& options, const Report& report, const Store& store,
                         const Catalogue& catalogue, const std::vector<std::string>& inputs);

}  // namespace exdiag
