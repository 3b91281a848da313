// What importers of tables with a header have in common: one pass for the date order, one for the
// records, rejects for rows that do not fit, the next row found again behind a broken one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "importers/importer.h"
#include "importers/text/csv_row.h"
#include "importers/text/fields.h"
#include "importers/text/local_time.h"

namespace exdiag {

// How one format understands its rows.  Kept for one pass over one file.
class TableReader {
 public:
  virtual ~TableReader() = default;

  // True when the row is a header (the first one, or one that joined files repeat); the reader has
  // then taken its columns.
  virtual bool TakeHeader(const CsvRow& row) = 0;

  // A line in front of a header that is no row (IsPreamble).
  virtual void TakePreamble(std::string_view) {}

  struct Fault {
    std::string id;
    std::string reason;
  };
  // Why the row is no record of this table; nullopt when it is one.
  virtual std::optional<Fault> Check(const CsvRow& row) const = 0;

  // The text of the row's time.
  virtual std::string_view TimeOf(const CsvRow& row) const = 0;
  // True when the head of the table says that times are UTC.
  virtual bool TimesAreUtc() const { return false; }

  // Fills everything but place and time.  `scratch` may back the message.
  virtual void Fill(const CsvRow& row, Record& record, std::string& scratch) = 0;
};

// `make` gives a fresh reader for each pass.
Result<void> ImportTable(const Export& input, char delimiter,
                         const std::function<std::unique_ptr<TableReader>()>& make,
                         EvidenceSink& evidence, DiagnosticSink& problems);

// The first two rows that are not blank and no "#TYPE" or "sep=" line, for recognition.  A row that
// the end of the head cuts is given as far as it goes.
struct TableHead {
  CsvRow header;
  CsvRow first;
  bool has_header = false;
  bool has_first = false;
};
TableHead ReadTableHead(std::string_view text, char delimiter);

// The same for the whole file when an import begins: its first 4 KiB decoded.
std::string HeadText(const Export& input);

// "14 columns, the header has 15; row kept as a reject"
TableReader::Fault ColumnsFault(std::size_t columns, std::size_t expected);

// "\"abc\" is not an event number; row kept as a reject"
TableReader::Fault EventIdFault(std::string_view id);

// "#TYPE System..." of Export-Csv, "sep=;" of Excel, what eventquery.vbs and its host say first.
bool IsPreamble(std::string_view row);

}  // namespace exdiag
