// The header names the visible columns of the view, in the language of the user, and leaves the
// last field of every row, the description, without a name.  So the format is told by its shape;
// names that we know only say where a column stands that the user moved or added.
#include "importers/csv/eventviewer_importer.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/evidence/languages.h"
#include "importers/csv/table_import.h"

namespace exdiag {
namespace {

enum Column : std::uint8_t {
  kLevel,
  kKeywords,
  kDate,
  kSource,
  kEventId,
  kCategory,
  kUser,
  kComputer,
  kLog,
  kDescription,
  kColumnCount,
  kOther = kColumnCount,
};

constexpr struct {
  std::string_view name;
  Column column;
} kNames[] = {
    // English; other languages are in kbdata
    {"Level", kLevel},   {"Keywords", kKeywords},       {"Date and Time", kDate},
    {"Source", kSource}, {"Event ID", kEventId},        {"Task Category", kCategory},
    {"User", kUser},     {"Computer", kComputer},       {"Log", kLog},
    {"Log Name", kLog},  {"Description", kDescription},
};

Column ColumnOf(LogField field) {
  switch (field) {
    case LogField::kLog:
      return kLog;
    case LogField::kSource:
      return kSource;
    case LogField::kEventId:
      return kEventId;
    case LogField::kLevel:
      return kLevel;
    case LogField::kCategory:
      return kCategory;
    case LogField::kKeywords:
      return kKeywords;
    case LogField::kDate:
      return kDate;
    case LogField::kUser:
      return kUser;
    case LogField::kComputer:
      return kComputer;
    case LogField::kDescription:
      return kDescription;
    case LogField::kType:
    case LogField::kTime:
    case LogField::kOther:
      break;
  }
  return kOther;
}

Column ColumnOf(std::string_view name) {
  const std::string_view trimmed = Trim(name);
  for (const auto& row : kNames) {
    if (EqualsIgnoreCase(row.name, trimmed)) return row.column;
  }
  for (const FieldWord& row : KnownLanguages().columns) {
    if (EqualsIgnoreCase(row.word, trimmed)) return ColumnOf(row.field);
  }
  return kOther;
}

// Where each column stands.
struct Layout {
  static constexpr std::size_t kAbsent = std::size_t(-1);

  std::array<std::size_t, kColumnCount> at;
  std::size_t fields = 0;  // of a row, description included

  Layout() { at.fill(kAbsent); }
  bool has(Column column) const { return at[column] != kAbsent; }
  bool complete() const { return has(kDate) && has(kSource) && has(kEventId); }

  std::string_view Get(const CsvRow& row, Column column) const {
    const std::size_t index = at[column];
    return index < row.fields.size() ? row.fields[index] : std::string_view();
  }
};

// The five columns of a view that nobody changed, for a language that we do not know.
constexpr Column kUsualOrder[] = {kLevel, kDate, kSource, kEventId, kCategory};

Layout LayoutByOrder(const CsvRow& header) {
  Layout layout;
  for (std::size_t i = 0; i < std::min(std::size(kUsualOrder), header.fields.size()); ++i) {
    layout.at[kUsualOrder[i]] = i;
  }
  return layout;
}

Layout LayoutOf(const CsvRow& header) {
  Layout layout;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const Column column = ColumnOf(header.fields[i]);
    if (column != kOther && !layout.has(column)) layout.at[column] = i;
  }
  if (!layout.complete()) layout = LayoutByOrder(header);
  // A spreadsheet that saved the file again gives the last column an empty name.
  const bool named = layout.has(kDescription) || Trim(header.fields.back()).empty();
  layout.fields = header.fields.size() + (named ? 0 : 1);
  if (!layout.has(kDescription)) layout.at[kDescription] = layout.fields - 1;
  return layout;
}

bool IsHeaderByName(const CsvRow& header) {
  Layout layout;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const Column column = ColumnOf(header.fields[i]);
    if (column != kOther) layout.at[column] = i;
  }
  return layout.complete();
}

bool IsEventId(std::string_view text) {
  Record ignored;
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
         PutEventId(text, ignored);
}

// A view without a known name is told by its first record: one field more than the header, a time
// in the second and a number in the fourth.
bool HasShape(const TableHead& head) {
  if (!head.has_first || head.header.fields.size() < 5) return false;
  const Layout layout = LayoutOf(head.header);
  return head.first.fields.size() == head.header.fields.size() + 1 &&
         IsEventId(layout.Get(head.first, kEventId)) &&
         ReadWallClock(layout.Get(head.first, kDate)).has_value();
}

class Reader final : public TableReader {
 public:
  bool TakeHeader(const CsvRow& row) override {
    // Every row is asked: the first field tells most of them apart.
    if (has_layout_ && (row.fields[0] != first_name_ || !IsHeaderByName(row))) return false;
    layout_ = LayoutOf(row);
    first_name_ = row.fields[0];
    has_layout_ = true;
    return true;
  }

  std::optional<Fault> Check(const CsvRow& row) const override {
    // The description is the last field and only quoted where it must be: a tool that leaves the
    // quotes out makes too many fields, never too few.
    const bool enough = row.fields.size() >= layout_.fields ||
                        // An empty description without its delimiter.
                        row.fields.size() + 1 == layout_.fields;
    if (!enough) return ColumnsFault(row.fields.size(), layout_.fields);
    const std::string_view id = Trim(layout_.Get(row, kEventId));
    if (!IsEventId(id)) return EventIdFault(id);
    if (row.fields.size() > layout_.fields && !ReadWallClock(layout_.Get(row, kDate))) {
      return ColumnsFault(row.fields.size(), layout_.fields);
    }
    return std::nullopt;
  }

  std::string_view TimeOf(const CsvRow& row) const override { return layout_.Get(row, kDate); }

  void Fill(const CsvRow& row, Record& record, std::string& scratch) override {
    PutEventId(layout_.Get(row, kEventId), record);
    record.channel = Trim(layout_.Get(row, kLog));
    record.provider = Trim(layout_.Get(row, kSource));
    PutEventType(layout_.Get(row, kLevel), record);
    PutKeywords(layout_.Get(row, kKeywords), record);
    PutCategory(layout_.Get(row, kCategory), record);
    record.user = UserField(layout_.Get(row, kUser));
    record.computer = Trim(layout_.Get(row, kComputer));
    record.message = CleanMessage(Description(row), scratch);
  }

 private:
  // "Audit Success", "Audit Success,Classic"; other keywords have no number here.  The Security log
  // shows them instead of the level.
  static void PutKeywords(std::string_view text, Record& record) {
    for (const std::string_view word : Split(text, ',')) {
      const auto type = FindEventType(word);
      if (!type || type->keywords == 0) continue;
      record.keywords |= type->keywords;
      if (record.level == Level::kUnknown) record.level = Level::kLogAlways;
    }
  }

  std::string_view Description(const CsvRow& row) const {
    if (row.fields.size() <= layout_.fields || layout_.at[kDescription] + 1 != layout_.fields) {
      return layout_.Get(row, kDescription);
    }
    // Not quoted: the rest of the row, as it stands.
    const std::string_view first = row.fields[layout_.fields - 1];
    const char* const begin = first.data();
    const char* const end = row.raw.data() + row.raw.size();
    const bool in_place = begin >= row.raw.data() && begin <= end;
    return in_place ? std::string_view(begin, static_cast<std::size_t>(end - begin)) : first;
  }

  Layout layout_;
  bool has_layout_ = false;
  std::string first_name_;
};

// The delimiter with which `text` is an export of this kind; '\0' when it is none.
char DelimiterOf(std::string_view text) {
  for (const char delimiter : {',', ';', '\t'}) {
    const TableHead head = ReadTableHead(text, delimiter);
    if (head.has_header && (IsHeaderByName(head.header) || HasShape(head))) return delimiter;
  }
  return '\0';
}

class EventViewerImporter final : public Importer {
 public:
  std::string_view name() const override { return "eventviewer-csv"; }

  bool Recognises(const Head& head) const override { return DelimiterOf(head.text) != '\0'; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    const char delimiter = DelimiterOf(HeadText(input));
    if (delimiter == '\0') {
      return Error{input.name + ": no header of an Event Viewer export; not read"};
    }
    return ImportTable(
        input, delimiter, [] { return std::make_unique<Reader>(); }, evidence, problems);
  }
};

}  // namespace

std::unique_ptr<Importer> MakeEventViewerImporter() {
  return std::make_unique<EventViewerImporter>();
}

}  // namespace exdiag
