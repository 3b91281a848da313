// "Save log file as" of the Event Viewers of NT, 2000, XP and 2003.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeNtCsvImporter();        // comma
std::unique_ptr<Importer> MakeNtSemicolonImporter();  // as spreadsheets of many countries save it
std::unique_ptr<Importer> MakeNtTxtImporter();        // tab

}  // namespace exdiag
