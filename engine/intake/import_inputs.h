// Feeds what the user named - files, folders, standard input - to a store.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/intake/import_progress.h"
#include "engine/knowledge/knowledge.h"
#include "engine/store/store.h"
#include "importers/importer.h"

namespace exdiag {

struct ImportInputsOptions {
  std::optional<TimeZone> zone;  // of exports that carry local time
  ImportOptions reading;         // of all inputs
  // Asked every few thousand records, mostly sooner, and whenever bytes are read.  True, and from
  // then on: stop; the file under way is as if it had never been fed, those before it stay.
  std::function<bool()> cancelled;
  // Asked of an input when all of it was read, before it is committed or found to be bad.  True: it
  // changed while it was read, and is as if it had never been fed (members of an archive that were
  // done before stay).
  std::function<bool()> changed = {};
  // Called every few thousand records, mostly sooner, and after each input; it has to limit what it
  // does itself.
  WatchProgress progress = {};
};

struct ImportSummary {
  // This run's rows of the ledger, in the order in which the files were read; those of files that
  // could not be read have `error`.
  std::vector<LedgerRow> rows;
  std::uint64_t failed = 0;  // inputs that yielded neither event nor fact
  // Files that were not done when it was cancelled.  What was not reached in an archive has no
  // names: "logs.zip!/app.evtx and what follows in the archive".
  std::vector<std::string> not_imported;
  std::vector<std::string> changed;  // files that changed while they were read
  bool cancelled = false;            // also when all files were done by then

  bool all_failed() const { return failed > 0 && failed == rows.size(); }
};

// Inputs are files, folders (read recursively, in the order of names), patterns with * ? [ ] that
// no file is called by, and "-" for standard input.  A file that is named twice is read once, and
// the store's own files are passed over.
// Formats are found by content.
//
// An input that cannot be read is one Diagnostic and one row of the ledger, and the others are
// still done.  Of each file's rejects the first 20 are reported, the rest in one line.  A file
// whose very bytes were imported before, with the same zone, code page and ports, is not read
// again: its records are counted as duplicates.
//
// An Error is the store's; files committed before it stay.
Result<ImportSummary> ImportInputs(const std::vector<std::string>& inputs,
                                   const ImportInputsOptions& options, const Knowledge& knowledge,
                                   Store& store, DiagnosticSink& problems);

}  // namespace exdiag
