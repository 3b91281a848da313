// The text event log that the MTA of Exchange 4.0 to 5.5 writes itself: EV0.LOG, EV1.LOG ...
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeMtaLogImporter();

}  // namespace exdiag
