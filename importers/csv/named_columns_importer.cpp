// Tables whose header names properties of events: PowerShell, Log Parser, EvtxECmd, plaso, Log
// Analytics, eventquery.vbs.  Such names are not translated, so columns are found by name, in any
// order and number.  A property that is an object is written by PowerShell as the name of its type
// ("System.String[]"): such a value says nothing and is taken as not exported.
#include "importers/csv/named_columns_importer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "importers/csv/table_import.h"
#include "importers/json/json_event.h"
#include "importers/text/event_xml.h"
#include "importers/text/lines.h"
#include "importers/text/printed_rows.h"

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
  kEventType,  // the number that ReportEvent was given
  kStrings,
  kPayload,  // event data as JSON or XML
  kParameters,
  kXml,  // the whole event
  kBinary,
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
    {"PSComputerName", kMachine},
};

constexpr Name kEventLogNames[] = {
    {"Message", kMessage},        {"EventID", kId},          {"InstanceId", kInstanceId},
    {"EntryType", kTypeText},     {"CategoryNumber", kTask}, {"Category", kTaskText},
    {"Index", kRecordId},         {"Source", kProvider},     {"MachineName", kMachine},
    {"UserName", kUser},          {"TimeGenerated", kTime},  {"TimeWritten", kTime},
    {"PSComputerName", kMachine},
};

constexpr Name kLogParserNames[] = {
    {"EventLog", kLog},
    {"RecordNumber", kRecordId},
    {"TimeGenerated", kTime},
    {"TimeWritten", kTime},
    {"EventID", kId},
    {"EventType", kEventType},
    {"EventTypeName", kTypeText},
    {"EventCategory", kTask},
    {"EventCategoryName", kTaskText},
    {"SourceName", kProvider},
    {"Strings", kStrings},
    {"ComputerName", kMachine},
    {"SID", kUser},
    {"Message", kMessage},
    {"Data", kBinary},
};

constexpr Name kEvtxECmdNames[] = {
    {"EventRecordId", kRecordId}, {"TimeCreated", kTime},  {"EventId", kId},
    {"Level", kTypeText},         {"Provider", kProvider}, {"Channel", kLog},
    {"Computer", kMachine},       {"UserId", kUser},       {"Payload", kPayload},
};

// The portal puts the zone in which it shows times behind the name.
constexpr Name kLogAnalyticsNames[] = {
    {"TimeGenerated [UTC]", kTime},
    {"TimeGenerated", kTime},
    {"TimeGenerated [Local Time]", kTime},
    {"EventID", kId},
    {"EventLevelName", kTypeText},
    {"EventCategory", kTask},
    {"Source", kProvider},
    {"EventSourceName", kProvider},
    {"Provider", kProvider},
    {"EventLog", kLog},
    {"Channel", kLog},
    {"Computer", kMachine},
    {"UserName", kUser},
    {"EventRecordId", kRecordId},
    {"RenderedDescription", kMessage},
    {"EventData", kPayload},
    {"ParameterXml", kParameters},
};

constexpr Name kPlasoNames[] = {
    {"datetime", kTime},          {"message_identifier", kInstanceId},
    {"event_identifier", kId},    {"event_level", kLevel},
    {"event_type", kEventType},   {"event_category", kTask},
    {"source_name", kProvider},   {"computer_name", kMachine},
    {"record_number", kRecordId}, {"user_sid", kUser},
    {"strings", kStrings},        {"message", kMessage},
    {"xml_string", kXml},
};

constexpr Name kEventQueryNames[] = {
    {"Type", kTypeText},
    {"Event", kId},
    {"Date Time", kTime},
    {"Source", kProvider},
    {"ComputerName", kMachine},
    {"Category", kTaskText},
    {"User", kUser},
    {"Description", kMessage},
};

// A table is only taken for an export of events when it has the number and two of these.
constexpr std::string_view kWinEventSigns[] = {"LevelDisplayName", "TimeCreated", "ProviderName",
                                               "RecordId",         "LogName",     "Message"};
constexpr std::string_view kEventLogSigns[] = {
    "EntryType",          "TimeGenerated", "TimeWritten", "Source",
    "ReplacementStrings", "Index",         "InstanceId",  "Message"};

constexpr std::string_view kLogParserSigns[] = {"EventTypeName", "EventCategoryName", "SourceName",
                                                "RecordNumber",  "ComputerName",      "EventLog"};
constexpr std::string_view kEvtxECmdSigns[] = {"EventRecordId", "Provider", "MapDescription",
                                               "ChunkNumber",   "Payload",  "PayloadData1"};
constexpr std::string_view kLogAnalyticsSigns[] = {
    "TimeGenerated [UTC]", "TimeGenerated [Local Time]",
    "SourceSystem",        "TenantId",
    "EventLevelName",      "ParameterXml",
    "RenderedDescription", "EventSourceName"};
constexpr std::string_view kPlasoSigns[] = {"record_number", "source_name", "timestamp_desc"};
constexpr std::string_view kEventQuerySigns[] = {"Date Time", "ComputerName"};

// How several strings are written in one field.
enum class Join : std::uint8_t { kNone, kBar, kPythonList };

struct Dialect {
  std::string_view name;
  std::span<const Name> names;
  std::span<const std::string_view> signs;
  std::array<Column, 2> number;  // either one will do
  Join join = Join::kNone;
  bool utc = false;  // times have no zone and are UTC, whatever is pasted behind them
};

constexpr Dialect kWinEvent = {"winevent-csv", kWinEventNames, kWinEventSigns, {kId, kId}};
constexpr Dialect kEventLog = {"eventlog-csv", kEventLogNames, kEventLogSigns, {kId, kInstanceId}};
constexpr Dialect kLogParser = {
    "logparser-csv", kLogParserNames, kLogParserSigns, {kId, kId}, Join::kBar};
constexpr Dialect kEvtxECmd = {"evtxecmd-csv", kEvtxECmdNames, kEvtxECmdSigns,
                               {kId, kId},     Join::kNone,    true};
constexpr Dialect kLogAnalytics = {
    "loganalytics-csv", kLogAnalyticsNames, kLogAnalyticsSigns, {kId, kId}};
constexpr Dialect kPlaso = {
    "plaso-csv", kPlasoNames, kPlasoSigns, {kId, kInstanceId}, Join::kPythonList};
constexpr Dialect kEventQuery = {"eventquery-csv", kEventQueryNames, kEventQuerySigns, {kId, kId}};

struct Layout {
  static constexpr std::size_t kAbsent = std::size_t(-1);

  std::array<std::size_t, kColumnCount> at;
  std::size_t fields = 0;
  bool utc = false;

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
    if (layout.has(known.column) && known.name.ends_with(" [UTC]")) layout.utc = true;
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
    SetColumns(row);
    return true;
  }

  void SetColumns(const CsvRow& names) {
    layout_ = LayoutOf(names, *dialect_);
    has_layout_ = true;
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

  std::string_view TimeOf(const CsvRow& row) const override {
    const std::string_view text = layout_.Get(row, kTime);
    constexpr std::size_t kDateAndTime = 19;
    if (!dialect_->utc || text.size() < kDateAndTime) return text;
    utc_time_ = text.substr(0, text.find_first_of("+-Z", kDateAndTime));
    return utc_time_ += 'Z';
  }

  bool TimesAreUtc() const override { return layout_.utc; }

  // "Listing the events in 'Application' log of host 'EX1'"
  void TakePreamble(std::string_view line) override {
    if (!line.starts_with("Listing the events in '")) return;
    const auto parts = Split(line, '\'');
    if (parts.size() > 1) log_ = parts[1];
  }

  void Fill(const CsvRow& row, Record& record, std::string& scratch) override {
    PutEventId(NumberText(row), record);
    const std::string_view qualifiers = layout_.Get(row, kQualifiers);
    if (!qualifiers.empty()) record.qualifiers = Number16(qualifiers);
    record.channel = Log(row);
    record.provider = Trim(layout_.Get(row, kProvider));
    record.keywords = Keywords(layout_.Get(row, kKeywords));
    PutLevel(row, record);
    PutTask(row, record);
    const auto record_id = ParseInteger(Trim(layout_.Get(row, kRecordId)));
    if (record_id && *record_id > 0) record.record_id = static_cast<std::uint64_t>(*record_id);
    record.computer = Trim(layout_.Get(row, kMachine));
    record.user = UserField(layout_.Get(row, kUser));
    record.message = CleanMessage(layout_.Get(row, kMessage), scratch);
    binary_.clear();
    PutStrings(row, record);
    BytesFromHex(layout_.Get(row, kBinary), binary_);
    if (!binary_.empty()) record.binary = binary_;
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

  // Log Parser gives the path when it was given one.
  std::string_view Log(const CsvRow& row) const {
    const std::string_view log = Trim(layout_.Get(row, kLog));
    if (log.empty()) return log_;
    const bool is_path =
        dialect_->join == Join::kBar && log.find_first_of("\\:.") != std::string_view::npos;
    return is_path ? std::string_view() : log;
  }

  void PutStrings(const CsvRow& row, Record& record) {
    made_.clear();
    strings_.clear();
    const std::string_view joined = layout_.Get(row, kStrings);
    if (dialect_->join == Join::kBar && layout_.has(kStrings)) {
      record.has_strings = true;
      if (!joined.empty()) strings_ = Split(joined, '|');
    } else if (dialect_->join == Join::kPythonList && joined.starts_with('[')) {
      record.has_strings = true;
      PutPythonList(joined.substr(1));
    }
    record.strings = strings_;
    for (const Column column : {kPayload, kParameters}) {
      const std::string_view payload = layout_.Get(row, column);
      if (!payload.empty() && !record.has_strings) json_.ReadPayload(payload, record);
    }
    const std::string_view xml = layout_.Get(row, kXml);
    const XmlEvent* const event = xml.empty() ? nullptr : xml_.Read(xml);
    if (event != nullptr) PutXmlEvent(*event, record);
  }

  // "'a', \"b's\"]": what Python prints for a list of strings.
  void PutPythonList(std::string_view rest) {
    for (rest = Trim(rest); rest.starts_with('\'') || rest.starts_with('"'); rest = Trim(rest)) {
      std::string& item = made_.emplace_back();
      const char quote = rest.front();
      std::size_t at = 1;
      for (; at < rest.size() && rest[at] != quote; ++at) {
        if (rest[at] != '\\' || at + 1 >= rest.size()) {
          item += rest[at];
          continue;
        }
        ++at;
        item += rest[at] == 'n' ? '\n' : rest[at] == 'r' ? '\r' : rest[at] == 't' ? '\t' : rest[at];
      }
      strings_.push_back(item);
      rest = Trim(rest.substr(std::min(at + 1, rest.size())));
      if (rest.starts_with(',')) rest.remove_prefix(1);
    }
  }

  void PutLevel(const CsvRow& row, Record& record) const {
    std::string_view text = Trim(layout_.Get(row, kTypeText));
    constexpr std::string_view kEvent = " event";  // Log Parser's "Error event"
    if (text.ends_with(kEvent)) text.remove_suffix(kEvent.size());
    if (EqualsIgnoreCase(text, "Info")) text = "Information";
    const auto type = ParseInteger(Trim(layout_.Get(row, kEventType)));
    if (type && *type >= 0 && *type <= 16) {
      record.level = LevelFromEventType(static_cast<std::uint16_t>(*type));
    }
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
  std::string log_;
  mutable std::string utc_time_;
  std::vector<std::string_view> strings_;
  std::deque<std::string> made_;
  std::vector<std::byte> binary_;
  EventXmlReader xml_;
  JsonEventReader json_;
};

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
    const bool of_powershell = dialect_ == &kWinEvent || dialect_ == &kEventLog;
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
  return std::make_unique<PrintedImporter>("winevent-text", kWinEvent);
}

std::unique_ptr<Importer> MakeEventLogListImporter() {
  return std::make_unique<PrintedImporter>("eventlog-text", kEventLog);
}

std::unique_ptr<Importer> MakeEventQueryTextImporter() {
  return std::make_unique<PrintedImporter>("eventquery-text", kEventQuery);
}

std::unique_ptr<Importer> MakeLogParserTextImporter() {
  return std::make_unique<PrintedImporter>("logparser-text", kLogParser);
}

std::unique_ptr<Importer> MakeWinEventCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kWinEvent);
}

std::unique_ptr<Importer> MakeEventLogCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kEventLog);
}

std::unique_ptr<Importer> MakeLogParserCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kLogParser);
}

std::unique_ptr<Importer> MakeEvtxECmdCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kEvtxECmd);
}

std::unique_ptr<Importer> MakeLogAnalyticsCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kLogAnalytics);
}

std::unique_ptr<Importer> MakePlasoCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kPlaso);
}

std::unique_ptr<Importer> MakeEventQueryCsvImporter() {
  return std::make_unique<NamedColumnsImporter>(kEventQuery);
}

}  // namespace exdiag
