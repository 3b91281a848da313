#include "engine/base/diagnostic.h"

#include <algorithm>

namespace exdiag {

std::string ToString(const Diagnostic& diagnostic) {
  const std::string where = ToString(diagnostic.where);
  return where.empty() ? diagnostic.reason : where + ": " + diagnostic.reason;
}

bool DiagnosticList::Has(Severity at_least) const {
  return std::any_of(items_.begin(), items_.end(),
                     [&](const Diagnostic& item) { return item.severity >= at_least; });
}

}  // namespace exdiag
