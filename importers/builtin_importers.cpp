// The one list of formats.  Strict binary signatures come first, then text formats from the most to
// the least particular.
#include "importers/clipboard/clipboard_importer.h"
#include "importers/clixml/clixml_importer.h"
#include "importers/csv/eventviewer_importer.h"
#include "importers/csv/named_columns_importer.h"
#include "importers/csv/nt_importer.h"
#include "importers/event_text/event_text_importer.h"
#include "importers/evt/evt_importer.h"
#include "importers/evtx/evtx_importer.h"
#include "importers/host/host_importers.h"
#include "importers/importer.h"
#include "importers/json/json_importer.h"
#include "importers/mta_log/mta_log_importer.h"
#include "importers/trace/trace_importers.h"
#include "importers/xml/xml_importer.h"

namespace exdiag {

const std::vector<std::unique_ptr<Importer>>& BuiltinImporters() {
  static const std::vector<std::unique_ptr<Importer>> kImporters = [] {
    std::vector<std::unique_ptr<Importer>> list;
    list.push_back(MakeEvtxImporter());
    list.push_back(MakeEvtImporter());
    list.push_back(MakePcapngImporter());
    list.push_back(MakePcapImporter());
    list.push_back(MakeNetmonCaptureImporter());
    list.push_back(MakeXmlImporter());
    list.push_back(MakeJsonImporter());
    list.push_back(MakeClixmlImporter());
    list.push_back(MakeLogParserXmlImporter());
    list.push_back(MakeSetspnImporter());
    list.push_back(MakeSystemInfoImporter());
    list.push_back(MakeHotfixTableImporter());
    list.push_back(MakeIpconfigImporter());
    list.push_back(MakeNltestImporter());
    list.push_back(MakeNetUseImporter());
    list.push_back(MakeNetmonTextImporter());
    list.push_back(MakeFileListingImporter());
    list.push_back(MakeWevtutilTextImporter());
    list.push_back(MakePsloglistTextImporter());
    list.push_back(MakePsloglistLinesImporter());
    list.push_back(MakeDumpelImporter());
    list.push_back(MakeEventCombImporter());
    list.push_back(MakeEvtxECmdCsvImporter());
    list.push_back(MakePlasoCsvImporter());
    list.push_back(MakeLogAnalyticsCsvImporter());
    list.push_back(MakeLogParserCsvImporter());
    list.push_back(MakeWinEventCsvImporter());
    list.push_back(MakeEventLogCsvImporter());
    list.push_back(MakeEventQueryCsvImporter());
    list.push_back(MakeNtCsvImporter());
    list.push_back(MakeNtSemicolonImporter());
    list.push_back(MakeNtTxtImporter());
    list.push_back(MakeEventViewerImporter());
    list.push_back(MakeEventQueryTextImporter());
    list.push_back(MakeLogParserTextImporter());
    list.push_back(MakeWinEventListImporter());
    list.push_back(MakeEventLogListImporter());
    list.push_back(MakeMtaLogImporter());
    list.push_back(MakeVistaClipboardImporter());
    list.push_back(MakeClipboardImporter());
    list.push_back(MakeXmlInTextImporter());
    list.push_back(MakeJsonInTextImporter());
    list.push_back(MakeClixmlInTextImporter());
    list.push_back(MakeLogParserXmlInTextImporter());
    list.push_back(MakePastedRowImporter());
    list.push_back(MakePastedDumpelImporter());
    // Behind all formats of events: their data may be hex dumps too.
    list.push_back(MakeHexDumpImporter());
    return list;
  }();
  return kImporters;
}

}  // namespace exdiag
