// Something known about a host that is not an event: an SPN, a DLL, a TPKT header on the wire.
#pragma once

#include <map>
#include <string>

#include "engine/base/location.h"
#include "engine/base/time.h"

namespace exdiag {

// First kinds, with their attributes.  A kind K that comes as a complete list has beside it one
// fact of kind K_listing for the host, so that "not in the list" means something.
//
//   spn                service ("SMTPSVC"), instance ("mail.example.com"), port, account
//   spn_listing        account, count; shared_spn_listing: count
//   file_version       name ("Security.dll"), path, size, date ("1999-09-23"), version;
//                      normalisation adds crypto_strength ("56" or "128") where kbdata/files knows
//                      it
//   file_version_listing   path, count
//   tpkt_frame         version, reserved, length, tpdu ("CR" "CC" "DR" "DC" "DT" "ED" "AK" "EA"
//   "RJ"
//                      "ER"), source, destination ("10.0.0.1:102" or "1555"), source_port,
//                      destination_port, disconnect_reason, calling_tsap, called_tsap, tpdu_size
//   tpkt_frame_listing frames, source (what kind of trace)
//   answer             name, value
struct Fact {
  std::string host;  // CanonicalHost; "" when the export does not say whose fact it is
  std::string kind;
  std::map<std::string, std::string, std::less<>> attributes;
  Ticks observed_at;  // not known() when the export carries no time
  TimeBasis time_basis = TimeBasis::kNone;
  Location where;
};

}  // namespace exdiag
