// What stands in an export now, at the places that evidence came from.
#pragma once

#include <string>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/report/evidence_render.h"
#include "importers/importer.h"

namespace exdiag {

// Reads `file` once and fills in `records`, all of which came from it: the lines of a text export,
// the bytes of a binary one and what they say.  A record whose file is gone or that has another
// record at that place now gets a `why_not` instead.  `reading`: as for the import.
void ReadAgain(const std::string& file, const std::vector<EvidenceRecord*>& records,
               const Knowledge& knowledge, const ImportOptions& reading);

}  // namespace exdiag
