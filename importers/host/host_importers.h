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
// "systeminfo", in any language: `system_info`, `hotfix` and `hotfix_listing`.
std::unique_ptr<Importer> MakeSystemInfoImporter();
// "hotfix-table": `wmic qfe`, Get-HotFix, both as CSV too: `hotfix` and `hotfix_listing`.
std::unique_ptr<Importer> MakeHotfixTableImporter();
// "ipconfig": `ip_configuration`, and `ip_address`, `dns_server`, `wins_server`, `default_gateway`
// with their listings.
std::unique_ptr<Importer> MakeIpconfigImporter();
// "nltest": `trusted_domain` with its listing (/domain_trusts), `secure_channel` (/sc_query),
// `domain_controller` (/dsgetdc).
std::unique_ptr<Importer> MakeNltestImporter();
// "net-use": `network_connection` with its listing.
std::unique_ptr<Importer> MakeNetUseImporter();

}  // namespace exdiag
