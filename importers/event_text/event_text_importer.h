// Text of event tools without a header line: wevtutil /f:text, psloglist, dumpel, EventCombMT.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeWevtutilTextImporter();
std::unique_ptr<Importer> MakePsloglistTextImporter();
// psloglist -s, with any delimiter.
std::unique_ptr<Importer> MakePsloglistLinesImporter();
// dumpel of the Resource Kits, with tabs or commas.
std::unique_ptr<Importer> MakeDumpelImporter();
std::unique_ptr<Importer> MakePastedDumpelImporter();  // with blanks for tabs
std::unique_ptr<Importer> MakeEventCombImporter();
std::unique_ptr<Importer> MakePastedRowImporter();  // rows of NT with blanks for tabs

}  // namespace exdiag
