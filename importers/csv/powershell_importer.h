// Export-Csv of what Get-WinEvent and Get-EventLog give, whole or with columns selected.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeWinEventCsvImporter();
std::unique_ptr<Importer> MakeEventLogCsvImporter();

}  // namespace exdiag
