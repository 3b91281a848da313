// The one list of formats.  Strict binary signatures come first, then text formats from the most to
// the least particular.
#include "importers/importer.h"

namespace exdiag {

const std::vector<std::unique_ptr<Importer>>& BuiltinImporters() {
  static const std::vector<std::unique_ptr<Importer>> kImporters = [] {
    std::vector<std::unique_ptr<Importer>> list;
    return list;
  }();
  return kImporters;
}

}  // namespace exdiag
