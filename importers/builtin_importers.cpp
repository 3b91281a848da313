// The one list of formats.  Strict binary signatures come first, then text formats from the most to
// the least particular.
#include "importers/importer.h"

#include "importers/evtx/evtx_importer.h"

namespace exdiag {

const std::vector<std::unique_ptr<Importer>>& BuiltinImporters() {
  static const std::vector<std::unique_ptr<Importer>> kImporters = [] {
    std::vector<std::unique_ptr<Importer>> list;
    list.push_back(MakeEvtxImporter());
    return list;
  }();
  return kImporters;
}

}  // namespace exdiag
