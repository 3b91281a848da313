// Events as JSON: ConvertTo-Json, evtx_dump, EvtxECmd, winlogbeat, NXLog, plaso, Log Analytics,
// WMI.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeJsonImporter();
// Objects with other text in front of them.
std::unique_ptr<Importer> MakeJsonInTextImporter();

}  // namespace exdiag
