// Export-Csv of what Get-WinEvent and Get-EventLog give, whole or with columns selected.
#pragma once

#include <memory>

#include "importers/importer.h"

namespace exdiag {

std::unique_ptr<Importer> MakeWinEventCsvImporter();
std::unique_ptr<Importer> MakeEventLogCsvImporter();
// Log Parser 2.2 -i:EVT, as CSV or TSV.
std::unique_ptr<Importer> MakeLogParserCsvImporter();
// The same as XML, in each of its four structures; the second finds it behind other text.
std::unique_ptr<Importer> MakeLogParserXmlImporter();
std::unique_ptr<Importer> MakeLogParserXmlInTextImporter();
std::unique_ptr<Importer> MakeEvtxECmdCsvImporter();
// plaso's psort and Timesketch.
std::unique_ptr<Importer> MakePlasoCsvImporter();
std::unique_ptr<Importer> MakeLogAnalyticsCsvImporter();  // Sentinel, Azure Monitor
// eventquery.vbs /fo csv of XP and 2003.
std::unique_ptr<Importer> MakeEventQueryCsvImporter();

// What the same tools print for people: Format-List, eventquery.vbs as list and table, Log Parser's
// -o:NAT.
std::unique_ptr<Importer> MakeWinEventListImporter();
std::unique_ptr<Importer> MakeEventLogListImporter();
std::unique_ptr<Importer> MakeEventQueryTextImporter();
std::unique_ptr<Importer> MakeLogParserTextImporter();

}  // namespace exdiag
