// Events that somebody copied out of an Event Viewer and pasted: into a mail, a file, a web page.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeClipboardImporter();       // NT dialog, 2000, XP, 2003
std::unique_ptr<Importer> MakeVistaClipboardImporter();  // "Copy details as text"

}  // namespace exdiag
