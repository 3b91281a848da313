// Events as PowerShell's Export-Clixml keeps them: what Get-WinEvent, Get-EventLog and WMI give,
// whole or with properties selected.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

// A file that begins with them.
std::unique_ptr<Importer> MakeClixmlImporter();
// The same behind other text, or with its beginning lost.
std::unique_ptr<Importer> MakeClixmlInTextImporter();

}  // namespace exdiag
