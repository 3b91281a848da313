// Windows Vista and later: .evtx, as Event Viewer, wevtutil and the event log service write it.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

// "evtx".  Reads every record of every readable chunk, wherever it lies and whatever the counts in
// the headers say, and then the older records in the chunks' free space that are no copies; CRCs
// are checked and reported, and keep no record back.  A record that cannot be decoded is a reject,
// one whose event data alone cannot be decoded is kept without strings.  Memory does not depend on
// the size of the file.
std::unique_ptr<Importer> MakeEvtxImporter();

}  // namespace exdiag
