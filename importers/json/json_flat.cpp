// A flat object whose members are properties of the event.  What those are called differs from tool
// to tool, but hardly any name means two things, so one table of names serves them all.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"
#include "importers/json/json_state.h"
#include "importers/text/fields.h"
#include "importers/text/local_time.h"

namespace exdiag {
namespace {

using json::array;
using json::element;
using json::element_type;
using json::key_value_pair;
using json::Names;
using json::object;
using json::ObjectIn;
using json::Text;

// The first name that has a value counts.
constexpr std::string_view kProvider[] = {"ProviderName",    "provider_name", "SourceName",
                                          "EventSourceName", "source_name",   "Provider",
                                          "Source"};
// 32-bit numbers before their low halves.
constexpr std::string_view kNumber[] = {"InstanceId", "EventIdentifier",  "message_identifier",
                                        "EventID",    "EventId",          "event_id",
                                        "Id",         "event_identifier", "EventCode"};
constexpr std::string_view kRecordId[] = {"EventRecordID", "EventRecordId", "RecordId", "record_id",
                                          "record_number", "RecordNumber",  "Index"};
constexpr std::string_view kComputer[] = {"MachineName",  "computer_name", "Hostname",
                                          "ComputerName", "Computer",      "PSComputerName"};
constexpr std::string_view kChannel[] = {"Channel",  "channel",  "LogName",
                                         "log_name", "EventLog", "Logfile"};
constexpr std::string_view kLevelText[] = {
    "LevelDisplayName", "EventLevelName", "EntryType", "EventType", "Type", "Level", "level"};
constexpr std::string_view kLevelNumber[] = {"Level", "EventLevel", "event_level"};
constexpr std::string_view kKeywords[] = {"Keywords", "keywords", "KeywordsDisplayNames"};
constexpr std::string_view kCategoryText[] = {"TaskDisplayName", "CategoryString", "Category",
                                              "task", "Task"};
constexpr std::string_view kCategoryNumber[] = {"Task", "CategoryNumber", "EventCategory",
                                                "event_category", "Category"};
constexpr std::string_view kUser[] = {"UserId", "UserID", "user_sid", "user", "UserName", "User"};
constexpr std::string_view kMessage[] = {"Message", "message", "RenderedDescription"};
// The portal of Log Analytics puts the zone in which it shows times behind the name.
constexpr std::string_view kUtcTime = "TimeGenerated [UTC]";
constexpr std::string_view kTime[] = {"TimeCreated", "EventTime", "TimeGenerated", kUtcTime,
                                      "datetime",    "timestamp", "@timestamp",    "TimeWritten"};

// NXLog's and EvtxECmd's words beside those of Windows.
std::optional<EventType> TypeOf(std::string_view word) {
  constexpr struct {
    std::string_view word;
    EventType type;
  } kWords[] = {{"AUDIT_SUCCESS", {Level::kLogAlways, kKeywordAuditSuccess}},
                {"AUDIT_FAILURE", {Level::kLogAlways, kKeywordAuditFailure}},
                {"INFO", {Level::kInformation}},
                {"LogAlways", {Level::kLogAlways}}};
  for (const auto& row : kWords) {
    if (EqualsIgnoreCase(row.word, word)) return row.type;
  }
  return FindEventType(word);
}

// "20131111095625.000000+060", the way in which WMI writes times; minutes from UTC at the end.
std::optional<Ticks> ReadCimTime(std::string_view text) {
  if (text.size() != 25 || text[14] != '.') return std::nullopt;
  const std::string iso =
      fmt::format("{}-{}-{}T{}:{}:{}.{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                  text.substr(8, 2), text.substr(10, 2), text.substr(12, 2), text.substr(15, 6));
  const auto time = ParseIsoTime(iso);
  int minutes = 0;
  const auto offset = std::from_chars(text.data() + 22, text.data() + 25, minutes);
  if (!time || offset.ptr != text.data() + 25) return std::nullopt;
  const Duration by = Duration::Seconds(std::int64_t{60} * minutes);
  return text[21] == '-' ? time->ticks + by : time->ticks - by;
}

// "/Date(1326441600000)/": milliseconds since 1970, UTC.
std::optional<Ticks> ReadJsonDate(std::string_view text) {
  constexpr std::string_view kStart = "/Date(";
  if (!text.starts_with(kStart) || !text.ends_with(")/")) return std::nullopt;
  std::int64_t milliseconds = 0;
  const char* const end = text.data() + text.size() - 2;
  const auto read = std::from_chars(text.data() + kStart.size(), end, milliseconds);
  const bool zone = read.ptr != end && (*read.ptr == '+' || *read.ptr == '-');
  if (read.ec != std::errc() || (read.ptr != end && !zone)) return std::nullopt;
  constexpr std::int64_t kFarthest = 253'402'300'800'000;  // the year 10000
  if (milliseconds > kFarthest || milliseconds < -kFarthest) return std::nullopt;
  const std::int64_t ticks = TicksFromUnix(0).value + milliseconds * 10'000;
  return ticks > 0 ? std::optional(Ticks{ticks}) : std::nullopt;
}

// What `Select-Object` leaves of an event may be without its provider.
bool IsProjection(const object& root) {
  const auto has = [&](std::string_view name) { return root[name].error() == simdjson::SUCCESS; };
  return (has("TimeCreated") && (has("LevelDisplayName") || has("Message"))) ||
         (has("TimeGenerated") && has("EntryType"));
}

}  // namespace

void JsonEventReader::State::ReadLevel(const object& root, Record& record) {
  const bool is_wmi = root["EventCode"].error() == simdjson::SUCCESS;
  for (const std::string_view name : kLevelText) {
    element value;
    if (root[name].get(value) != simdjson::SUCCESS) continue;
    if (const auto type = TypeOf(Text(value))) {
      record.level = type->level;
      record.keywords |= type->keywords;
      break;
    }
    std::uint64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS) continue;
    if (name == "EntryType" || (name == "EventType" && !is_wmi)) {
      record.level = LevelFromEventType(static_cast<std::uint16_t>(number));
      if (number == 8) record.keywords |= kKeywordAuditSuccess;
      if (number == 16) record.keywords |= kKeywordAuditFailure;
    }
    if (name == "EventType" && is_wmi && number <= 5) {
      constexpr Level kWmiLevels[] = {Level::kInformation, Level::kError,     Level::kWarning,
                                      Level::kInformation, Level::kLogAlways, Level::kLogAlways};
      record.level = kWmiLevels[number];
    }
  }
  if (record.level != Level::kUnknown) return;
  const std::string_view number = First(root, kLevelNumber);
  if (!number.empty() && number.find_first_not_of("012345") == std::string_view::npos &&
      number.size() == 1) {
    record.level = static_cast<Level>(number[0] - '0');
  }
}

void JsonEventReader::State::ReadKeywords(const object& root, Record& record) {
  const auto put = [&](std::string_view text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (StartsWithIgnoreCase(text, "0x")) {
      record.keywords |= XmlNumber(text);
    } else if (read.ec == std::errc() && read.ptr == text.data() + text.size()) {
      record.keywords |= static_cast<std::uint64_t>(number);
    } else {
      for (const std::string_view word : Split(text, ',')) {
        if (const auto type = TypeOf(Trim(word))) record.keywords |= type->keywords;
      }
    }
  };
  for (const std::string_view name : kKeywords) {
    element value;
    if (root[name].get(value) != simdjson::SUCCESS) continue;
    array list;
    if (value.get(list) == simdjson::SUCCESS) {
      for (const element member : list) put(Text(member));
    } else if (value.is_uint64()) {
      record.keywords |= std::uint64_t(value);
    } else {
      put(Scalar(value));
    }
  }
}

void JsonEventReader::State::ReadUser(const object& root, Record& record) {
  for (const std::string_view name : kUser) {
    element value;
    if (root[name].get(value) != simdjson::SUCCESS) continue;
    object inside;
    record.user = UserField(value.get(inside) == simdjson::SUCCESS
                                ? First(inside, Names{"Value", "identifier"})
                                : Scalar(value));
    if (!record.user.empty() && !json::IsTypeName(record.user)) return;
    record.user = {};
  }
  const std::string_view account = First(root, Names{"AccountName"});
  if (account.empty()) return;
  const std::string_view domain = First(root, Names{"Domain"});
  record.user = domain.empty() ? account : Keep(fmt::format("{}\\{}", domain, account));
}

bool JsonEventReader::State::PutTime(const element& value, std::string_view name, Record& record) {
  const auto utc = [&](Ticks time) {
    record.time = time;
    record.time_basis = TimeBasis::kUtc;
    return true;
  };
  object inside;
  if (value.get(inside) == simdjson::SUCCESS) {
    element date;
    return inside["value"].get(date) == simdjson::SUCCESS && date.is_string() &&
           PutTime(date, name, record);
  }
  std::int64_t number = 0;
  if (name == "timestamp" && value.get(number) == simdjson::SUCCESS) {
    // plaso: microseconds since 1970.
    constexpr std::int64_t kFarthest = 253'402'300'800'000'000;
    return number > 0 && number < kFarthest && utc({TicksFromUnix(0).value + number * 10});
  }
  const std::string_view text = Trim(Text(value));
  if (text.empty()) return false;
  if (const auto date = ReadJsonDate(text)) return utc(*date);
  if (const auto cim = ReadCimTime(text)) return utc(*cim);
  if (const auto iso = ParseIsoTime(text); iso && iso->has_offset) return utc(iso->ticks);
  local_time = text;
  time_is_utc = name == kUtcTime;
  return true;
}

void JsonEventReader::State::ReadTime(const object& root, Record& record) {
  // EvtxECmd's option for the format of times can paste an offset behind UTC.
  const bool evtxecmd = root["EventRecordId"].error() == simdjson::SUCCESS &&
                        root["ChunkNumber"].error() == simdjson::SUCCESS;
  for (const std::string_view name : kTime) {
    element value;
    if (root[name].get(value) != simdjson::SUCCESS) continue;
    std::string_view text = Text(value);
    if (evtxecmd && text.size() > 19) {
      text = text.substr(0, text.find_first_of("+-Z", 11));
      if (const auto time = ParseIsoTime(Trim(text))) {
        record.time = time->ticks;
        record.time_basis = TimeBasis::kUtc;
        return;
      }
    }
    if (PutTime(value, name, record)) return;
  }
}

// Bytes as a list of numbers, bare or as the "value" of an object.
bool JsonEventReader::State::ReadBytes(const element& value) {
  object inside;
  element list_value = value;
  if (value.get(inside) == simdjson::SUCCESS &&
      inside["value"].get(list_value) != simdjson::SUCCESS) {
    return false;
  }
  array list;
  if (list_value.get(list) != simdjson::SUCCESS) return false;
  std::vector<std::byte> bytes;
  for (const element member : list) {
    std::uint64_t number = 0;
    if (member.get(number) != simdjson::SUCCESS || number > 0xff) return false;
    bytes.push_back(static_cast<std::byte>(number));
  }
  binary = std::move(bytes);
  return true;
}

// Strings in a list: bare, or as {"Value": ...} each.  False when it is no such list.
bool JsonEventReader::State::ReadList(const element& value) {
  array list;
  if (value.get(list) != simdjson::SUCCESS) return false;
  std::size_t left = list.size();
  for (const element member : list) {
    --left;
    element item = member;
    object inside;
    if (member.get(inside) == simdjson::SUCCESS && inside["Value"].get(item) != simdjson::SUCCESS) {
      return false;
    }
    if (json::IsTypeName(Text(item))) return false;
    // Get-WinEvent shows the binary data of a classic event as its last property.
    if (left == 0 && item.is_array() && ReadBytes(item)) break;
    Put(Scalar(item), {});
  }
  return true;
}

// winlogbeat calls unnamed strings param1, param2 ... and leaves empty ones out.  "xml_name" is
// that of the element around all.
void JsonEventReader::State::ReadNamed(const object& data) {
  constexpr std::string_view kParam = "param";
  constexpr std::size_t kMost = 256;
  const auto number_of = [&](std::string_view name) -> std::size_t {
    std::size_t number = 0;
    if (!name.starts_with(kParam)) return 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + kParam.size(), end, number);
    return read.ec == std::errc() && read.ptr == end && number <= kMost ? number : 0;
  };
  bool all_params = true;
  for (const key_value_pair member : data) {
    all_params = all_params && (member.key == "Binary" || number_of(member.key) > 0);
  }
  for (const key_value_pair member : data) {
    object inside;
    if (member.key == "Binary") {
      BytesFromHex(Text(member.value), binary);
    } else if (!all_params && member.value.get(inside) == simdjson::SUCCESS) {
      ReadLeaves(inside, member.key, 0);
    } else if (!all_params) {
      if (member.key != "xml_name") Put(Scalar(member.value), member.key);
    } else {
      const std::size_t at = number_of(member.key);
      while (strings.size() < at) Put({}, {});
      strings[at - 1] = Scalar(member.value);
    }
  }
}

// Event data in a string: as XML (Log Analytics, there also as bare parameters) or as JSON
// (EvtxECmd, Log Analytics).
void JsonEventReader::State::ReadNestedData(std::string_view text, Record& record) {
  if (text.starts_with("<Param>")) {
    ReadNestedData(Keep(fmt::format("<EventData>{}</EventData>", text)), record);
    std::fill(names.begin(), names.end(), std::string_view());
    return;
  }
  if (text.starts_with('<')) {
    const XmlEvent* const data = xml.ReadData(text);
    if (data == nullptr) return;
    record.has_strings = true;
    strings.assign(data->strings.begin(), data->strings.end());
    names.assign(strings.size(), {});
    std::copy(data->names.begin(), data->names.end(), names.begin());
    binary.assign(data->binary.begin(), data->binary.end());
    return;
  }
  object root;
  if (inner_parser.parse(std::string(text)).get(root) != simdjson::SUCCESS) return;
  const auto event_data = ObjectIn(root, "EventData");
  if (ObjectIn(root, "UserData")) {
    ReadTreeData(root, record);
  } else if (!event_data) {
    record.has_strings = true;
    ReadNamed(root);
  } else {
    element data;
    std::string_view joined;
    if ((*event_data)["Data"].get(data) == simdjson::SUCCESS &&
        data.get(joined) == simdjson::SUCCESS && joined.find(", ") != std::string_view::npos) {
      // EvtxECmd joins the strings of classic events.  They are handed on as the text that stands
      // for a missing message: normalisation takes it apart, knowing how many there are.
      BytesFromHex(First(*event_data, Names{"Binary"}), binary);
      record.message = Keep(fmt::format(
          "The description for Event ID ( {} ) in Source ( {} ) cannot be found. The following "
          "information is part of the event: {}.",
          record.event_id, record.provider, joined));
      return;
    }
    record.has_strings = true;
    ReadEventData(*event_data);
  }
}

void JsonEventReader::State::ReadFlatData(const object& root, Record& record) {
  element value;
  for (const std::string_view name :
       {"Properties", "ReplacementStrings", "InsertionStrings", "strings"}) {
    if (root[name].get(value) != simdjson::SUCCESS) continue;
    strings.clear();
    names.clear();
    record.has_strings = ReadList(value);
    if (record.has_strings) break;
    strings.clear();
    names.clear();
  }
  if (!record.has_strings) {
    for (const std::string_view name : {"event_data", "EventData", "user_data"}) {
      const auto data = ObjectIn(root, name);
      if (!data) continue;
      record.has_strings = true;
      record.any_order = name != "EventData";  // the others are winlogbeat's
      ReadNamed(*data);
    }
  }
  for (const std::string_view name : {"EventData", "Payload", "ParameterXml"}) {
    const std::string_view nested = First(root, std::span(&name, 1));
    if (!record.has_strings && !nested.empty()) ReadNestedData(nested, record);
  }
  if (binary.empty() && root["Data"].get(value) == simdjson::SUCCESS) ReadBytes(value);
  PutStrings(record);
}

bool JsonEventReader::State::ReadFlat(const object& root, Record& record) {
  const auto winlog = ObjectIn(root, "winlog");
  const object& main = winlog ? *winlog : root;
  record.provider = First(main, kProvider);
  if (record.provider.empty() && !IsProjection(main)) return false;
  if (!PutEventId(First(main, kNumber), record)) return false;
  const std::string_view qualifiers = First(main, Names{"Qualifiers", "qualifiers"});
  if (!qualifiers.empty()) record.qualifiers = static_cast<std::uint16_t>(XmlNumber(qualifiers));
  record.channel = First(main, kChannel);
  record.computer = First(main, kComputer);
  record.record_id = XmlNumber(First(main, kRecordId));
  ReadKeywords(main, record);
  ReadLevel(main, record);
  if (winlog && record.level == Level::kUnknown) {
    const auto log = ObjectIn(root, "log");
    if (log) record.level = LevelFromName(First(*log, Names{"level"}));
  }
  constexpr std::uint64_t kAudit = kKeywordAuditFailure | kKeywordAuditSuccess;
  if ((record.keywords & kAudit) != 0 && record.level == Level::kUnknown) {
    record.level = Level::kLogAlways;
  }
  for (const std::string_view name : kCategoryText) {
    const std::string_view text = First(main, std::span(&name, 1));
    if (text.empty() || text.find_first_not_of("0123456789") == std::string_view::npos) continue;
    PutCategory(text, record);
    break;
  }
  for (const std::string_view name : kCategoryNumber) {
    const std::string_view text = First(main, std::span(&name, 1));
    const std::uint64_t category = XmlNumber(text);
    if (category == 0 || category > 0xffff) continue;
    record.category = static_cast<std::uint16_t>(category);
    break;
  }
  ReadUser(main, record);
  record.message = First(root, kMessage);
  ReadTime(winlog ? root : main, record);
  ReadFlatData(main, record);
  return true;
}

}  // namespace exdiag
