// Property names are not translated, so columns are found by name, in any order and number.  A
// property that is an object is written as the name of its type ("System.String[]"): such a value
// says nothing and is taken as not exported.
#include "importers/csv/powershell_importer.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "importers/csv/table_import.h"

namespace exdiag {
namespace {

enum Column : std::uint8_t {
  kMessage,
  kId,
  kQualifiers,
  kInstanceId,
  kLevel,
  kTypeText,
  kTask,
  kTaskText,
  kKeywords,
  kRecordId,
  kProvider,
  kLog,
  kMachine,
  kUser,
  kTime,
  kColumnCount,
  kOther = kColumnCount,
};

struct Name {
  std::string_view name;
  Column column;
};

// Where two names give one column the first one that the table has counts.
constexpr Name kWinEventNames[] = {
    {"Message", kMessage},
    {"Id", kId},
    {"Qualifiers", kQualifiers},
    {"Level", kLevel},
    {"LevelDisplayName", kTypeText},
    {"Task", kTask},
    {"TaskDisplayName", kTaskText},
    {"Keywords", kKeywords},
    {"RecordId", kRecordId},
    {"ProviderName", kProvider},
    {"LogName", kLog},
    {"MachineName", kMachine},
    {"UserId", kUser},
    {"TimeCreated", kTime},
};

constexpr Name kEventLogNames[] = {
    {"Message", kMessage},    {"EventID", kId},          {"InstanceId", kInstanceId},
    {"EntryType", kTypeText}, {"CategoryNumber", kTask}, {"Category", kTaskText},
    {"Index", kRecordId},     {"Source", kProvider},     {"MachineName", kMachine},
    {"UserName", kUser},      {"TimeGenerated", kTime},  {"TimeWritten", kTime},
};

// A table is only taken for an export of events when it has the number and two of these.
constexpr std::string_view kWinEventSigns[] = {"LevelDisplayName", "TimeCreated", "ProviderName",
                                               "RecordId",         "LogName",     "Message"};
constexpr std::string_view kEventLogSigns[] = {
    "EntryType",          "TimeGenerated", "TimeWritten", "Source",
    "ReplacementStrings", "Index",         "InstanceId",  "Message"};

struct Dialect {
  std::string_view name;
  std::span<const Name> names;
  std::span<const std::string_view> signs;
  std::array<Column, 2> number;  // either one will do
};

constexpr Dialect kWinEvent = {"winevent-csv", kWinEventNames, kWinEventSigns, {kId, kId}};
constexpr Dialect kEventLog = {"eventlog-csv", kEventLogNames, kEventLogSigns, {kId, kInstanceId}};

struct Layout {
  static constexpr std::size_t kAbsent = std::size_t(-1);

  std::array<std::size_t, kColumnCount> at;
  std::size_t fields = 0;

  Layout() { at.fill(kAbsent); }
  bool has(Column column) const { return at[column] != kAbsent; }

  // "" also for a value that is only the name of its type.
  std::string_view Get(const CsvRow& row, Column column) const {
    if (at[column] >= row.fields.size()) return {};
    const std::string_view value = row.fields[at[column]];
    return column != kMessage && value.starts_with("System.") ? std::string_view() : value;
  }
};

Layout LayoutOf(const CsvRow& header, const Dialect& dialect) {
  Layout layout;
  for (const Name& known : dialect.names) {
    if (layout.has(known.column)) continue;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      if (EqualsIgnoreCase(known.name, Trim(header.fields[i]))) layout.at[known.column] = i;
    }
  }
  layout.fields = header.fields.size();
  return layout;
}

bool IsHeader(const CsvRow& header, const Dialect& dialect) {
  const Layout layout = LayoutOf(header, dialect);
  if (!layout.has(dialect.number[0]) && !layout.has(dialect.number[1])) return false;
  const auto signs =
      std::count_if(dialect.signs.begin(), dialect.signs.end(), [&](std::string_view sign) {
        return std::any_of(header.fields.begin(), header.fields.end(), [&](std::string_view field) {
          return EqualsIgnoreCase(sign, Trim(field));
        });
      });
  return signs >= 2;
}

std::uint16_t Number16(std::string_view text) {
  const auto number = ParseInteger(Trim(text));
  return number && *number >= 0 && *number <= 0xffff ? static_cast<std::uint16_t>(*number) : 0;
}

// Signed decimal, as .NET prints Int64, or hexadecimal.
std::uint64_t Keywords(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  if (const auto number = ParseInteger(trimmed)) return static_cast<std::uint64_t>(*number);
  // The lowest number: its digits are past what a positive one may have.
  return trimmed == "-9223372036854775808" ? std::uint64_t{1} << 63 : 0;
}

class Reader final : public TableReader {
 public:
  explicit Reader(const Dialect& dialect) : dialect_(&dialect) {}

  bool TakeHeader(const CsvRow& row) override {
    // Every row is asked: a field that is named as a column tells most of them apart.
    if (has_layout_ && (!IsColumnName(row.fields[0]) || !IsHeader(row, *dialect_))) return false;
    layout_ = LayoutOf(row, *dialect_);
    has_layout_ = true;
    return true;
  }

  std::optional<Fault> Check(const CsvRow& row) const override {
    if (row.fields.size() != layout_.fields) {
      return ColumnsFault(row.fields.size(), layout_.fields);
    }
    Record ignored;
    const std::string_view id = NumberText(row);
    if (PutEventId(id, ignored)) return std::nullopt;
    return EventIdFault(id);
  }

  std::string_view TimeOf(const CsvRow& row) const override { return layout_.Get(row, kTime); }

  void Fill(const CsvRow& row, Record& record, std::string& scratch) override {
    PutEventId(NumberText(row), record);
    const std::string_view qualifiers = layout_.Get(row, kQualifiers);
    if (!qualifiers.empty()) record.qualifiers = Number16(qualifiers);
    record.channel = Trim(layout_.Get(row, kLog));
    record.provider = Trim(layout_.Get(row, kProvider));
    record.keywords = Keywords(layout_.Get(row, kKeywords));
    PutLevel(row, record);
    PutTask(row, record);
    const auto record_id = ParseInteger(Trim(layout_.Get(row, kRecordId)));
    if (record_id && *record_id > 0) record.record_id = static_cast<std::uint64_t>(*record_id);
    record.computer = Trim(layout_.Get(row, kMachine));
    record.user = UserField(layout_.Get(row, kUser));
    record.message = CleanMessage(layout_.Get(row, kMessage), scratch);
  }

 private:
  bool IsColumnName(std::string_view field) const {
    return field.size() <= 32 &&
           std::any_of(dialect_->names.begin(), dialect_->names.end(),
                       [&](const Name& known) { return EqualsIgnoreCase(known.name, field); });
  }

  // The 32-bit instance id says more than the event id that is its low half.
  std::string_view NumberText(const CsvRow& row) const {
    const std::string_view instance = layout_.Get(row, kInstanceId);
    return Trim(instance.empty() ? layout_.Get(row, kId) : instance);
  }

  void PutLevel(const CsvRow& row, Record& record) const {
    const std::string_view text = layout_.Get(row, kTypeText);
    if (text == "0") {  // an EntryType without a name: ReportEvent's "success"
      record.level = Level::kInformation;
    } else {
      PutEventType(text, record);
    }
    const auto number = ParseInteger(Trim(layout_.Get(row, kLevel)));
    if (number && *number >= 0 && *number <= 5) record.level = static_cast<Level>(*number);
  }

  // PowerShell 5.1 can give every row the TaskDisplayName of the first one.  A text that already
  // stood beside another number is not believed.
  void PutTask(const CsvRow& row, Record& record) {
    const std::string_view task = Trim(layout_.Get(row, kTask));
    const std::string_view text = Trim(layout_.Get(row, kTaskText));
    record.category = Number16(task);
    if (text.empty()) return;
    const auto known = task_of_text_.find(text);
    if (known == task_of_text_.end()) {
      // Hostile input must not fill the memory with names.
      if (task_of_text_.size() < 4096) task_of_text_.emplace(text, record.category);
    } else if (known->second != record.category && !task.empty()) {
      return;
    }
    const std::uint16_t number = record.category;
    PutCategory(text, record);
    if (!task.empty()) record.category = number;
  }

  const Dialect* dialect_;
  Layout layout_;
  bool has_layout_ = false;
  std::map<std::string, std::uint16_t, std::less<>> task_of_text_;
};

// The delimiter with which `text` is an export in this dialect; '\0' when it is none.
char DelimiterOf(std::string_view text, const Dialect& dialect) {
  for (const char delimiter : {',', ';', '\t'}) {
    const TableHead head = ReadTableHead(text, delimiter);
    if (head.has_header && IsHeader(head.header, dialect)) return delimiter;
  }
  return '\0';
}

class PowerShellImporter final : public Importer {
 public:
  explicit PowerShellImporter(const Dialect& dialect) : dialect_(&dialect) {}

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

}  // namespace

std::unique_ptr<Importer> MakeWinEventCsvImporter() {
  return std::make_unique<PowerShellImporter>(kWinEvent);
}

std::unique_ptr<Importer> MakeEventLogCsvImporter() {
  return std::make_unique<PowerShellImporter>(kEventLog);
}

}  // namespace exdiag
