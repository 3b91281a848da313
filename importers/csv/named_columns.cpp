#include "importers/csv/named_columns.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag::named_columns {
namespace {

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

}  // namespace

const Dialect kWinEvent = {"winevent-csv", kWinEventNames, kWinEventSigns, {kId, kId}};
const Dialect kEventLog = {"eventlog-csv", kEventLogNames, kEventLogSigns, {kId, kInstanceId}};
const Dialect kLogParser = {
    "logparser-csv", kLogParserNames, kLogParserSigns, {kId, kId}, Join::kBar};
const Dialect kEvtxECmd = {"evtxecmd-csv", kEvtxECmdNames, kEvtxECmdSigns,
                           {kId, kId},     Join::kNone,    true};
const Dialect kLogAnalytics = {
    "loganalytics-csv", kLogAnalyticsNames, kLogAnalyticsSigns, {kId, kId}};
const Dialect kPlaso = {
    "plaso-csv", kPlasoNames, kPlasoSigns, {kId, kInstanceId}, Join::kPythonList};
const Dialect kEventQuery = {"eventquery-csv", kEventQueryNames, kEventQuerySigns, {kId, kId}};

namespace {

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

}  // namespace

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

bool Reader::TakeHeader(const CsvRow& row) {
  // Every row is asked: a field that is named as a column tells most of them apart.
  if (has_layout_ && (!IsColumnName(row.fields[0]) || !IsHeader(row, *dialect_))) return false;
  SetColumns(row);
  return true;
}

void Reader::SetColumns(const CsvRow& names) {
  layout_ = LayoutOf(names, *dialect_);
  has_layout_ = true;
}

std::optional<TableReader::Fault> Reader::Check(const CsvRow& row) const {
  if (row.fields.size() != layout_.fields) {
    return ColumnsFault(row.fields.size(), layout_.fields);
  }
  Record ignored;
  const std::string_view id = NumberText(row);
  if (PutEventId(id, ignored)) return std::nullopt;
  return EventIdFault(id);
}

std::string_view Reader::TimeOf(const CsvRow& row) const {
  const std::string_view text = layout_.Get(row, kTime);
  constexpr std::size_t kDateAndTime = 19;
  if (!dialect_->utc || text.size() < kDateAndTime) return text;
  utc_time_ = text.substr(0, text.find_first_of("+-Z", kDateAndTime));
  return utc_time_ += 'Z';
}

// "Listing the events in 'Application' log of host 'EX1'"
void Reader::TakePreamble(std::string_view line) {
  if (!line.starts_with("Listing the events in '")) return;
  const auto parts = Split(line, '\'');
  if (parts.size() > 1) log_ = parts[1];
}

void Reader::Fill(const CsvRow& row, Record& record, std::string& scratch) {
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

bool Reader::IsColumnName(std::string_view field) const {
  return field.size() <= 32 &&
         std::any_of(dialect_->names.begin(), dialect_->names.end(),
                     [&](const Name& known) { return EqualsIgnoreCase(known.name, field); });
}

// The 32-bit instance id says more than the event id that is its low half.
std::string_view Reader::NumberText(const CsvRow& row) const {
  const std::string_view instance = layout_.Get(row, kInstanceId);
  return Trim(instance.empty() ? layout_.Get(row, kId) : instance);
}

// Log Parser gives the path when it was given one.
std::string_view Reader::Log(const CsvRow& row) const {
  const std::string_view log = Trim(layout_.Get(row, kLog));
  if (log.empty()) return log_;
  const bool is_path =
      dialect_->join == Join::kBar && log.find_first_of("\\:.") != std::string_view::npos;
  return is_path ? std::string_view() : log;
}

void Reader::PutStrings(const CsvRow& row, Record& record) {
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
void Reader::PutPythonList(std::string_view rest) {
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

void Reader::PutLevel(const CsvRow& row, Record& record) const {
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
void Reader::PutTask(const CsvRow& row, Record& record) {
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

}  // namespace exdiag::named_columns
