// Rows of "Date, Time, Source, Type, Category, Event, User, Computer, Description", without a
// header.  Nothing promises that a description is quoted, and it may hold delimiters, quotes and
// line ends.  So a row is not what stands between two line ends: it begins where eight fields of
// the right kind begin, and its description runs until the next such place.  A quoted description
// runs until its closing quote, provided that there is one and a line end behind it.
#include "importers/csv/nt_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "engine/base/text.h"
#include "importers/text/csv_row.h"
#include "importers/text/fields.h"
#include "importers/text/find_bytes.h"
#include "importers/text/local_time.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

enum Column : std::size_t { kDate, kTime, kSource, kType, kCategory, kEvent, kUser, kComputer };
constexpr std::size_t kColumns = 8;

// Past this much text without a new row the description is cut: it is no description any more.
constexpr std::size_t kLongestRow = std::size_t{4} << 20;

struct RowHead {
  std::array<std::string_view, kColumns> field;
  std::array<std::string, kColumns> unquoted;
  std::size_t columns = 0;
  std::size_t description = 0;  // where it begins, counted from the beginning of the row
  bool has_description = false;
  WallClock when;
  std::optional<EventType> type;        // what the text says
  std::optional<std::uint32_t> number;  // of the event
};

// kDamaged looks like a row and cannot be one: the type or the event number is right, not both.
enum class HeadKind : std::uint8_t { kNone, kRow, kDamaged };

std::size_t SkipBlanks(std::string_view text, std::size_t at, char delimiter) {
  while (at < text.size() && text[at] != delimiter && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// Where the field that begins at `at` ends; npos for a quote that is not closed.
std::size_t TakeField(std::string_view text, std::size_t at, char delimiter, RowHead& head) {
  std::string_view& field = head.field[head.columns];
  if (at < text.size() && text[at] == '"') {
    const auto quoted = TakeQuoted(text.substr(at));
    if (!quoted) return std::string_view::npos;
    field = quoted->value;
    if (quoted->has_doubled) {
      Undouble(quoted->value, head.unquoted[head.columns]);
      field = head.unquoted[head.columns];
    }
    return SkipBlanks(text, at + quoted->size, delimiter);
  }
  const std::size_t end = FindEither(text, at, delimiter, '\n');
  field = TrimField(text.substr(at, end - at));
  return end;
}

// A mail or a page that re-wraps lines may break one behind a delimiter.
std::size_t SkipWrap(std::string_view text, std::size_t at, char delimiter) {
  at = SkipBlanks(text, at, delimiter);
  std::size_t next = at;
  while (next < text.size() && text[next] == '\r') ++next;
  if (next >= text.size() || text[next] != '\n') return at;
  return SkipBlanks(text, next + 1, delimiter);
}

std::optional<std::uint32_t> NumberOf(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::all_of(text.begin(), text.end(), digit) ? EventIdOf(text) : std::nullopt;
}

HeadKind Judge(RowHead& head) {
  head.type.reset();
  head.number.reset();
  if (head.columns > kType) head.type = FindEventType(head.field[kType]);
  if (head.columns > kEvent) head.number = NumberOf(head.field[kEvent]);
  if (head.type && head.number && head.columns == kColumns) return HeadKind::kRow;
  return head.type || head.number ? HeadKind::kDamaged : HeadKind::kNone;
}

// Reads the eight fields at the front of `text`, which is at the beginning of a line.
HeadKind ReadHead(std::string_view text, char delimiter, RowHead& head) {
  head.columns = 0;
  head.has_description = false;
  head.when = {};
  std::size_t at = SkipBlanks(text, 0, delimiter);
  if (at >= text.size() || (text[at] != '"' && (text[at] < '0' || text[at] > '9'))) {
    return HeadKind::kNone;
  }
  while (head.columns < kColumns) {
    at = head.columns < kSource ? SkipBlanks(text, at, delimiter) : SkipWrap(text, at, delimiter);
    const std::size_t end = TakeField(text, at, delimiter, head);
    if (end == std::string_view::npos) break;
    const std::size_t column = head.columns++;
    if (column == kDate && !ReadDate(head.field[kDate], head.when)) return HeadKind::kNone;
    if (column == kTime && !ReadTimeOfDay(head.field[kTime], head.when)) return HeadKind::kNone;
    at = end;
    if (at >= text.size() || text[at] != delimiter) break;
    ++at;
    if (head.columns == kColumns) head.has_description = true;
  }
  head.description = at;
  return Judge(head);
}

struct Row {
  HeadKind kind = HeadKind::kNone;  // kRow or kDamaged
  std::uint64_t line = 0;
  RowHead head;
  std::string_view description;  // as it stands, quotes undone
  std::string_view raw;
  std::string unquoted;
};

// The rows of one export in file order.
class Scanner {
 public:
  Scanner(TextWindow& window, char delimiter) : window_(&window), delimiter_(delimiter) {}

  // False at the end.  Views in `row` live until the next call.
  bool Next(Row& row) {
    window_->Consume(pending_);
    pending_ = 0;
    for (;;) {
      if (window_->view().empty() && !window_->Fill()) return false;
      const std::string_view text = window_->view();
      row.kind = ReadHead(text, delimiter_, row.head);
      if (row.kind == HeadKind::kNone) {
        PassOver(text);
        continue;
      }
      const bool finished = window_->finished() || text.size() > kLongestRow;
      const std::size_t end = EndOfRow(text, finished, row);
      if (end == kNeedMore) {
        window_->Fill();
        continue;
      }
      row.line = window_->line();
      row.raw = text.substr(0, end);
      pending_ = end;
      return true;
    }
  }

  const OutsideText& outside() const { return outside_; }

 private:
  static constexpr std::size_t kNeedMore = std::string_view::npos;

  static std::size_t NextLine(std::string_view text, std::size_t from) {
    const void* const found = std::memchr(text.data() + from, '\n', text.size() - from);
    if (found == nullptr) return text.size();
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
  }

  void PassOver(std::string_view text) {
    const std::size_t end = NextLine(text, 0);
    outside_.Add(text.substr(0, end), window_->line());
    window_->Consume(end);
  }

  // The beginning of the line behind the row, or kNeedMore; also takes the description.
  std::size_t EndOfRow(std::string_view text, bool finished, Row& row) {
    const std::size_t begin = row.head.description;
    if (row.kind == HeadKind::kRow && row.head.has_description) {
      const std::size_t quoted = EndOfQuoted(text, begin, finished, row);
      if (quoted != 0) return quoted;
    }
    std::size_t at = begin;
    for (;;) {
      at = NextLine(text, at);
      if (at >= text.size()) break;
      if (ReadHead(text.substr(at), delimiter_, probe_) != HeadKind::kNone) break;
    }
    if (at >= text.size() && !finished) return kNeedMore;
    row.description = row.head.has_description ? text.substr(begin, at - begin) : "";
    return at;
  }

  // As EndOfRow for a description in quotes; 0 when this is none.
  std::size_t EndOfQuoted(std::string_view text, std::size_t begin, bool finished, Row& row) {
    if (begin >= text.size() || text[begin] != '"') return 0;
    const auto quoted = TakeQuoted(text.substr(begin));
    if (!quoted) return finished ? 0 : kNeedMore;
    std::size_t end = begin + quoted->size;
    while (end < text.size() && (text[end] == '\r' || text[end] == ' ')) ++end;
    if (end >= text.size() && !finished) return kNeedMore;
    if (end < text.size() && text[end] != '\n') return 0;
    row.description = quoted->value;
    if (quoted->has_doubled) {
      Undouble(quoted->value, row.unquoted);
      row.description = row.unquoted;
    }
    return end < text.size() ? end + 1 : end;
  }

  TextWindow* window_;
  char delimiter_;
  std::size_t pending_ = 0;
  OutsideText outside_;
  RowHead probe_;
};

std::string ReasonOf(const RowHead& head) {
  if (head.columns > kType && !head.type) {
    return fmt::format("\"{}\" is not an event type; row kept as a reject",
                       Printable(head.field[kType]));
  }
  if (head.columns > kEvent && !head.number) {
    return fmt::format("\"{}\" is not an event number; row kept as a reject",
                       Printable(head.field[kEvent]));
  }
  return fmt::format("{} columns, a row has at least {}; row kept as a reject", head.columns,
                     kColumns);
}

class NtImporter final : public Importer {
 public:
  NtImporter(std::string_view name, char delimiter) : name_(name), delimiter_(delimiter) {}

  std::string_view name() const override { return name_; }

  bool Recognises(const Head& head) const override {
    RowHead row;
    for (std::size_t at = 0; at < head.text.size();) {
      if (ReadHead(head.text.substr(at), delimiter_, row) == HeadKind::kRow) return true;
      at = std::min(head.text.find('\n', at), head.text.size() - 1) + 1;
    }
    return false;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    Scanner scanner(*window, delimiter_);
    LocalTimes times([&] { return FindDateOrder(input); });
    Row row;
    while (scanner.Next(row)) {
      if (!PassOn(row, times, evidence)) break;
    }
    scanner.outside().Report(input, problems);
    times.Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  DateOrderFinder FindDateOrder(const Export& input) const {
    DateOrderFinder finder;
    auto window = TextWindow::Open(input);
    if (!window) return finder;
    Scanner scanner(*window, delimiter_);
    Row row;
    while (!finder.decided() && scanner.Next(row)) {
      if (row.kind == HeadKind::kRow) finder.Add(row.head.when);
    }
    return finder;
  }

  static bool PassOn(const Row& row, LocalTimes& times, EvidenceSink& evidence) {
    Record record;
    const auto& field = row.head.field;
    if (row.kind != HeadKind::kRow) {
      evidence.OnReject({Place::Line(row.line), "nt-csv.row", ReasonOf(row.head),
                         std::as_bytes(std::span(Trim(row.raw)))});
      return true;
    }
    record.place = Place::Line(row.line);
    record.provider = TrimField(field[kSource]);
    PutEventId(*row.head.number, record);
    record.level = row.head.type->level;
    record.keywords |= row.head.type->keywords;
    PutCategory(field[kCategory], record);
    record.user = UserField(field[kUser]);
    record.computer = TrimField(field[kComputer]);
    times.Put(row.head.when, field[kDate], row.line, record);
    std::string scratch;
    record.message = CleanMessage(row.description, scratch);
    return evidence.OnRecord(record);
  }

  std::string_view name_;
  char delimiter_;
};

}  // namespace

std::unique_ptr<Importer> MakeNtCsvImporter() {
  return std::make_unique<NtImporter>("nt-csv", ',');
}

std::unique_ptr<Importer> MakeNtSemicolonImporter() {
  return std::make_unique<NtImporter>("nt-csv", ';');
}

std::unique_ptr<Importer> MakeNtTxtImporter() {
  return std::make_unique<NtImporter>("nt-txt", '\t');
}

}  // namespace exdiag
