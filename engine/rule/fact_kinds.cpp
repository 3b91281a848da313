#include "engine/rule/fact_kinds.h"

#include <algorithm>

namespace exdiag {

const std::vector<FactKind>& FactKinds() {
  static const std::vector<FactKind> kinds = {
      {"spn", {"service", "instance", "port", "account"}},
      {"spn_listing", {"account", "count"}},
      {"file_version", {}},  // kbdata/files adds attributes of its own
      {"file_version_listing", {"path", "count"}},
      {"tpkt_frame",
       {"version", "reserved", "length", "tpdu", "source", "destination", "source_port",
        "destination_port", "disconnect_reason", "calling_tsap", "called_tsap", "tpdu_size"}},
      {"tpkt_frame_listing", {"frames", "source"}},
      {"hotfix", {}},
      {"hotfix_listing", {}},
      {"name_resolution", {}},
      {"name_resolution_listing", {}},
      {"answer", {"name", "value"}},
  };
  return kinds;
}

const FactKind* FindFactKind(std::string_view name) {
  const std::vector<FactKind>& kinds = FactKinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const FactKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace exdiag
