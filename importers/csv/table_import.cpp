#include "importers/csv/table_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/base/text.h"
#include "importers/text/encoding.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

// Walks the rows of one pass.
class Pass {
 public:
  Pass(TextWindow& window, char delimiter, TableReader& reader)
      : table_(window, delimiter), reader_(&reader) {}

  enum class Kind : std::uint8_t { kEnd, kRecord, kReject };

  Kind Next() {
    while (table_.Next(row_)) {
      if (IsPreamble(row_.raw)) {
        reader_->TakePreamble(Trim(row_.raw));
        continue;
      }
      if (reader_->TakeHeader(row_)) continue;
      fault_ = Judge(row_);
      if (!fault_) return Kind::kRecord;
      rejected_ = table_.Recover(row_, [this](const CsvRow& row) { return !Judge(row); });
      return Kind::kReject;
    }
    return Kind::kEnd;
  }

  const CsvRow& row() const { return row_; }
  std::uint64_t line() const { return table_.line(); }
  const TableReader::Fault& fault() const { return *fault_; }
  std::string_view rejected() const { return rejected_; }

 private:
  std::optional<TableReader::Fault> Judge(const CsvRow& row) const {
    if (row.bad_quotes) {
      return TableReader::Fault{"csv.quotes",
                                "a quote is not closed before a delimiter or a line end; row kept "
                                "as a reject"};
    }
    return reader_->Check(row);
  }

  CsvTable table_;
  TableReader* reader_;
  CsvRow row_;
  std::optional<TableReader::Fault> fault_;
  std::string_view rejected_;
};

DateOrderFinder FindDateOrder(const Export& input, char delimiter, TableReader& reader) {
  DateOrderFinder finder;
  auto window = TextWindow::Open(input);
  if (!window) return finder;
  Pass pass(*window, delimiter, reader);
  for (auto kind = pass.Next(); kind != Pass::Kind::kEnd && !finder.decided(); kind = pass.Next()) {
    if (kind != Pass::Kind::kRecord) continue;
    if (const auto clock = ReadWallClock(reader.TimeOf(pass.row()))) finder.Add(*clock);
  }
  return finder;
}

// False when the sink wants no more.
bool PassOn(const Pass& pass, TableReader& reader, LocalTimes& times, std::string& scratch,
            EvidenceSink& evidence) {
  Record record;
  record.place = Place::Line(pass.line());
  reader.Fill(pass.row(), record, scratch);
  const std::string_view time = reader.TimeOf(pass.row());
  times.Put(ReadWallClock(time), time, pass.line(), record);
  if (record.time.known() && reader.TimesAreUtc()) record.time_basis = TimeBasis::kUtc;
  return evidence.OnRecord(record);
}

}  // namespace

Result<void> ImportTable(const Export& input, char delimiter,
                         const std::function<std::unique_ptr<TableReader>()>& make,
                         EvidenceSink& evidence, DiagnosticSink& problems) {
  auto window = TextWindow::Open(input);
  if (!window) return window.error();
  const auto reader = make();
  Pass pass(*window, delimiter, *reader);
  LocalTimes times([&] { return FindDateOrder(input, delimiter, *make()); });
  std::string scratch;
  for (auto kind = pass.Next(); kind != Pass::Kind::kEnd; kind = pass.Next()) {
    if (kind == Pass::Kind::kReject) {
      evidence.OnReject({Place::Line(pass.line()), pass.fault().id, pass.fault().reason,
                         std::as_bytes(std::span(Trim(pass.rejected())))});
    } else if (!PassOn(pass, *reader, times, scratch, evidence)) {
      break;
    }
  }
  times.Report(input, problems);
  window->ReportLosses(problems);
  return {};
}

TableHead ReadTableHead(std::string_view text, char delimiter) {
  TableHead head;
  while (!text.empty()) {
    CsvRow& row = head.has_header ? head.first : head.header;
    ParseCsvRow(text, delimiter, true, row);
    text.remove_prefix(std::max<std::size_t>(row.size, 1));
    if (Trim(row.raw).empty() || IsPreamble(row.raw)) continue;
    if (head.has_header) {
      head.has_first = true;
      return head;
    }
    head.has_header = true;
  }
  return head;
}

std::string HeadText(const Export& input) {
  std::vector<std::byte> head(4096);
  head.resize(input.bytes.ReadAt(0, head));
  return DecodeHead(head, input.options.codepage);
}

TableReader::Fault ColumnsFault(std::size_t columns, std::size_t expected) {
  return {"csv.columns", fmt::format("{} column{}, the header has {}; row kept as a reject",
                                     columns, columns == 1 ? "" : "s", expected)};
}

TableReader::Fault EventIdFault(std::string_view id) {
  return {"csv.event-id",
          fmt::format("\"{}\" is not an event number; row kept as a reject", Printable(id))};
}

bool IsPreamble(std::string_view row) {
  constexpr std::string_view kStarts[] = {"#TYPE ",
                                          "sep=",
                                          "Listing the events in '",
                                          "Microsoft (R) Windows Script Host",
                                          "Copyright (C) Microsoft",
                                          "----------"};
  return std::any_of(std::begin(kStarts), std::end(kStarts),
                     [&](std::string_view start) { return StartsWithIgnoreCase(row, start); });
}

}  // namespace exdiag
