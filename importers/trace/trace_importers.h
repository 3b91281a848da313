// Importers of network traces.  They yield facts only: one `tpkt_frame` for each TPKT header found
// and one `tpkt_frame_listing` for the trace.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

// "pcap": libpcap files of both byte orders, micro- and nanoseconds.
std::unique_ptr<Importer> MakePcapImporter();
// "pcapng": all sections and interfaces of a file.
std::unique_ptr<Importer> MakePcapngImporter();
// "netmon": captures of Network Monitor 1.x to 3.x.
std::unique_ptr<Importer> MakeNetmonCaptureImporter();
// "netmon-text": frames printed or copied out of Network Monitor.
std::unique_ptr<Importer> MakeNetmonTextImporter();
// "hex-dump": frames as lines of offset, hex digits and, mostly, the text column.
std::unique_ptr<Importer> MakeHexDumpImporter();

}  // namespace exdiag
