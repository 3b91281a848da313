// Windows NT 3.1 to Server 2003: .evt, what Exchange 4.0 to 2003 servers wrote.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

// "evt".  Walks the ring from the oldest record to the end-of-file record, which is looked for when
// the header is stale, and then looks through the rest of the file for older records, which come
// out marked as recovered unless they are copies of records already read.  The format does not name
// its log, so `Record::channel` stays empty.
std::unique_ptr<Importer> MakeEvtImporter();

}  // namespace exdiag
