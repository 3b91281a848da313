// "Save as" CSV and text of the Event Viewer of Vista and later.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeEventViewerImporter();

}  // namespace exdiag
