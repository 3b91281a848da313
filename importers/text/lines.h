// Text line by line, for formats whose unit is the line.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "importers/importer.h"

namespace exdiag {

// Calls `visit(line, number)` for each line without its line end, counting from 1.
template <typename Visit>
void ForEachLine(std::string_view text, Visit visit) {
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    visit(line, ++number);
  }
}

// The same for a whole export, decoded, in bounded memory: a line dies when `visit` returns.  What
// the encoding cost is reported.  An Error when the code page that the user named does not exist.
using VisitLine = std::function<void(std::string_view line, std::uint64_t number)>;
Result<void> ForEachLineOf(const Export& input, DiagnosticSink& problems, const VisitLine& visit);

}  // namespace exdiag
