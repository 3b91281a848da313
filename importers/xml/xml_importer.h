// Events as XML: Event Viewer's "Save as", wevtutil, python-evtx, evtx_dump, evtxexport.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

// A file that begins with events.
std::unique_ptr<Importer> MakeXmlImporter();
// The same for events behind other text; asked after all formats whose messages or fields may hold
// such elements.
std::unique_ptr<Importer> MakeXmlInTextImporter();

}  // namespace exdiag
