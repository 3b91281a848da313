#include "engine/rule/fact_kinds.h"

#include <algorithm>

namespace exdiag {

const std::vector<FactKind>& FactKinds() {
  static const std::vector<FactKind> kinds = {
      {"spn", {"service", "instance", "port", "account"}},
      {"spn_listing", {"account", "count"}},
      {"shared_spn_listing", {"count"}},
      {"file_version", {}},  // kbdata/files adds attributes of its own
      {"file_version_listing", {"path", "count"}},
      {"tpkt_frame",
       {"version", "reserved", "length", "tpdu", "source", "destination", "source_port",
        "destination_port", "disconnect_reason", "calling_tsap", "called_tsap", "tpdu_size"}},
      {"tpkt_frame_listing", {"frames", "source"}},
      {"hotfix", {"id", "article", "description", "service_pack", "installed_on"}},
      {"hotfix_listing", {"source", "count"}},
      {"system_info", {"os", "version", "service_pack", "configuration", "domain", "time_zone"}},
      {"ip_configuration", {"dns_suffix", "node_type"}},
      {"ip_address", {"address", "adapter"}},
      {"ip_address_listing", {"count"}},
      {"dns_server", {"address", "adapter"}},
      {"dns_server_listing", {"count"}},
      {"wins_server", {"address", "adapter"}},
      {"wins_server_listing", {"count"}},
      {"default_gateway", {"address", "adapter"}},
      {"default_gateway_listing", {"count"}},
      {"trusted_domain", {"domain", "dns_name", "outbound", "inbound", "primary"}},
      {"trusted_domain_listing", {"count"}},
      {"secure_channel", {"controller", "status", "name"}},
      {"domain_controller",
       {"controller", "address", "domain", "forest", "dc_site", "own_site", "flags", "status",
        "name"}},
      {"network_connection", {"status", "local", "remote", "server"}},
      {"network_connection_listing", {"count"}},
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
