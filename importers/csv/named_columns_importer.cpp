// Tables whose header names properties of events: PowerShell, Log Parser, EvtxECmd, plaso, Log
// Analytics, eventquery.vbs.  Such names are not translated, so columns are found by name, in any
// order and number.  A property that is an object is written by PowerShell as the name of its type
// ("System.String[]"): such a value says nothing and is taken as not exported.
#include "importers/csv/named_columns_importer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/text.h"
#include "importers/csv/named_columns.h"
#include "importers/text/lines.h"
#include "importers/text/printed_rows.h"

namespace exdiag {
namespace {

using named_columns::Dialect;
using named_columns::IsHeader;
using named_columns::Reader;

// The delimiter with which `text` is an export in this dialect; '\0' when it is none.
char DelimiterOf(std::string_view text, const Dialect& dialect) {
  for (const char delimiter : {',', ';', '\t'}) {
    const TableHead head = ReadTableHead(text, delimiter);
    if (head.has_header && IsHeader(head.header, dialect)) return delimiter;
  }
  return '\0';
}

class NamedColumnsImporter final : public Importer {
 public:
  explicit NamedColumnsImporter(const Dialect& dialect) : dialect_(&dialect) {}

  std::string_view name() const override { return dialect_->name; }

  bool Recognises(const Head& head) const override {
    return DelimiterOf(head.text, *dialect_) != '\0';
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    const char delimiter = DelimiterOf(HeadText(input), *dialect_);
    if (delimiter == '\0') {
      return Error{input.name + ": no header of an Export-Csv of events; not read"};
    }
    return ImportTable(
        input, delimiter, [this] { return std::make_unique<Reader>(*dialect_); }, evidence,
        problems);
  }

 private:
  const Dialect* dialect_;
};

// The same properties printed as a list or a table: `Format-List`, `eventquery.vbs /fo list`.
class PrintedImporter final : public Importer {
 public:
  PrintedImporter(std::string_view name, const Dialect& dialect)
      : name_(name), dialect_(&dialect) {}

  std::string_view name() const override { return name_; }

  bool Recognises(const Head& head) const override {
    // Most text ends here.
    const auto has = [&](std::string_view sign) {
      return head.text.find(sign) != std::string_view::npos;
    };
    if (std::count_if(dialect_->signs.begin(), dialect_->signs.end(), has) < 2) return false;
    bool found = false;
    PrintedRows rows(
        PrintedRows::Shapes::kListsAndTables,
        [&](const PrintedRow& row) { found = found || IsRow(row); },
        [](std::string_view, std::uint64_t) {});
    ForEachLine(head.text,
                [&](std::string_view line, std::uint64_t number) { rows.Line(line, number); });
    rows.Finish();
    return found;
  }

  bool StandsInProse() const override { return true; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    LocalTimes times([&] { return FindDateOrder(input); });
    Reader reader(*dialect_);
    OutsideText outside;
    std::string scratch;
    bool wanted = true;
    const auto take = [&](const PrintedRow& printed, const CsvRow& row) {
      if (!wanted) return;
      const Place place = Place::Line(printed.line);
      if (const auto fault = reader.Check(row)) {
        evidence.OnReject({place, fault->id, fault->reason, std::as_bytes(std::span(row.raw))});
        return;
      }
      Record record;
      record.place = place;
      reader.Fill(row, record, scratch);
      const std::string_view time = reader.TimeOf(row);
      times.Put(ReadWallClock(time), time, printed.line, record);
      wanted = evidence.OnRecord(record);
    };
    const auto read = Visit(input, reader, take, outside, problems);
    if (!read) return read.error();
    outside.Report(input, problems);
    times.Report(input, problems);
    return {};
  }

 private:
  using Take = std::function<void(const PrintedRow&, const CsvRow&)>;

  static CsvRow RowOf(const std::vector<std::string>& fields) {
    CsvRow row;
    row.fields.assign(fields.begin(), fields.end());
    return row;
  }

  // PowerShell's tables are no good: what does not fit below its name is cut or stands elsewhere.
  bool IsRow(const PrintedRow& row) const {
    const bool of_powershell =
        dialect_ == &named_columns::kWinEvent || dialect_ == &named_columns::kEventLog;
    return !(row.in_table && of_powershell) && IsHeader(RowOf(row.names), *dialect_);
  }

  Result<void> Visit(const Export& input, Reader& reader, const Take& take, OutsideText& outside,
                     DiagnosticSink& problems) const {
    std::vector<std::string> names;
    const auto on_row = [&](const PrintedRow& printed) {
      if (!IsRow(printed)) {
        for (std::uint64_t i = 0; i < printed.lines; ++i) outside.Add("a line", printed.line + i);
        return;
      }
      if (printed.names != names) {
        names = printed.names;
        reader.SetColumns(RowOf(names));
      }
      CsvRow row = RowOf(printed.values);
      // What Log Parser prints for nothing.
      for (std::string_view& field : row.fields) field = field == "-" ? std::string_view() : field;
      const std::string raw = fmt::format("{}", fmt::join(printed.values, "\n"));
      row.raw = raw;
      take(printed, row);
    };
    const auto on_other = [&](std::string_view line, std::uint64_t number) {
      if (IsPreamble(line)) {
        reader.TakePreamble(Trim(line));
      } else {
        outside.Add(line, number);
      }
    };
    PrintedRows rows(PrintedRows::Shapes::kListsAndTables, on_row, on_other);
    const auto read = ForEachLineOf(
        input, problems,
        [&](std::string_view line, std::uint64_t number) { rows.Line(line, number); });
    rows.Finish();
    return read;
  }

  DateOrderFinder FindDateOrder(const Export& input) const {
    DateOrderFinder finder;
    Reader reader(*dialect_);
    OutsideText ignored;
    DiagnosticList told_again;
    const auto add = [&](const PrintedRow&, const CsvRow& row) {
      if (const auto clock = ReadWallClock(reader.TimeOf(row))) finder.Add(*clock);
    };
    const auto read = Visit(input, reader, add, ignored, told_again);
    if (!read) return DateOrderFinder();
    return finder;
  }

  std::string_view name_;
  const Dialect* dialect_;
};

}  // namespace

std::unique_ptr<Importer> MakeWinEventListImporter() {
  return std::make_unique<PrintedImporter>("winevent-text", named_columns::kWinEvent);
}

std::unique_ptr<Importer> MakeEventLogListImporter() {
  return std::make_unique<PrintedImporter>("eventlog-text", named_columns::kEventLog);
}

std::unique_ptr<Importer> MakeEventQueryTextImporter() {
  return std::make_unique<PrintedImporter>("eventquery-text", named_columns::kEventQuery);
}

std::unique_ptr<Importer> MakeLogParserTextImporter() {
  return std::make_unique<PrintedImporter>("logparser-text", named_columns::kLogParser);
}

std::unique_ptr<Importer> MakeWinEventCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kWinEvent);
}

std::unique_ptr<Importer> MakeEventLogCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kEventLog);
}

std::unique_ptr<Importer> MakeLogParserCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kLogParser);
}

std::unique_ptr<Importer> MakeEvtxECmdCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kEvtxECmd);
}

std::unique_ptr<Importer> MakeLogAnalyticsCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kLogAnalytics);
}

std::unique_ptr<Importer> MakePlasoCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kPlaso);
}

std::unique_ptr<Importer> MakeEventQueryCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(named_columns::kEventQuery);
}

}  // namespace exdiag
