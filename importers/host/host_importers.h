// Importers of what commands say about a host.  They yield facts only.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

// "setspn": output of `setspn -L`, several accounts in one file too.  Facts `spn` and, for each
// account, `spn_listing`.
std::unique_ptr<Importer> MakeSetspnImporter();
// "file-listing": `dir`, PowerShell tables and CSV, tables of files as in KB articles.  Facts
// `file_version` and, for each folder, `file_version_listing`.
std::unique_ptr<Importer> MakeFileListingImporter();

}  // namespace exdiag
