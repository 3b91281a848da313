// Tools that write events as JSON follow one of two plans.  Some turn the XML of the event into
// objects ("Event": {"System": ...}), each with its own idea of attributes and of repeated names.
// The others write a flat object whose members are properties of the event; what those are called
// differs, but hardly any name means two things, so one table of names serves them all.
#include "importers/json/json_event.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/text.h"
#include "importers/text/event_xml.h"
#include "importers/text/fields.h"
#include "importers/text/local_time.h"

namespace exdiag {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::key_value_pair;
using simdjson::dom::object;

using Names = std::initializer_list<std::string_view>;

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
constexpr std::string_view kComputer[] = {"MachineName", "computer_name", "Hostname",
                                          "ComputerName", "Computer"};
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
constexpr std::string_view kTime[] = {"TimeCreated", "EventTime",  "TimeGenerated", "datetime",
                                      "timestamp",   "@timestamp", "TimeWritten"};

std::string_view Text(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::optional<object> ObjectIn(const object& parent, std::string_view name) {
  object child;
  if (parent[name].get(child) != simdjson::SUCCESS) return std::nullopt;
  return child;
}

bool IsNull(const element& value) { return value.type() == element_type::NULL_VALUE; }

// The name of a type, where PowerShell's -Depth did not reach the value.
bool IsTypeName(std::string_view text) { return text.starts_with("System.Diagnostics."); }

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

// "Header_3" is the fourth "Header": evtx_dump must not repeat a name.
std::string_view WithoutOrdinal(std::string_view name, const object& siblings) {
  const std::size_t mark = name.rfind('_');
  if (mark == std::string_view::npos || mark + 1 == name.size() ||
      name.find_first_not_of("0123456789", mark + 1) != std::string_view::npos) {
    return name;
  }
  const std::string_view base = name.substr(0, mark);
  const bool repeated = siblings[base].error() == simdjson::SUCCESS ||
                        siblings[std::string(base) + "_attributes"].error() == simdjson::SUCCESS;
  return repeated ? base : name;
}

bool IsAttributes(std::string_view name) {
  return name == "#attributes" || name.starts_with('@') || name.ends_with("_attributes");
}

// Lone halves of surrogate pairs, which JSON has no place for, made U+FFFD.
std::string WithoutLoneSurrogates(std::string_view text) {
  const auto unit = [&](std::size_t at) -> unsigned {
    unsigned value = 0;
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
    std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
    return value;
  };
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 >= text.size()) {
      out += text[at++];
      continue;
    }
    const unsigned high = unit(at);
    if (high >= 0xd800 && high < 0xdc00 && unit(at + 6) >= 0xdc00 && unit(at + 6) < 0xe000) {
      out += text.substr(at, 12);
      at += 12;
    } else if (high >= 0xd800 && high < 0xe000) {
      out += "\\ufffd";
      at += 6;
    } else {
      out += text.substr(at, 2);
      at += 2;
    }
  }
  return out;
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

}  // namespace

struct JsonEventReader::State {
  simdjson::dom::parser parser;
  simdjson::dom::parser inner_parser;  // of JSON inside of strings
  EventXmlReader xml;
  std::deque<std::string> made;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> names;
  std::vector<std::byte> binary;
  std::string_view local_time;
  std::string padded;

  bool Parse(std::string_view text, element& root, std::string& error);
  bool ReadTree(const object& event, Record& record);
  void ReadTreeSystem(const object& system, Record& record);
  void ReadTreeData(const object& event, Record& record);
  void ReadEventData(const object& data);
  void ReadDataItem(const element& item, std::string_view name);
  void ReadLeaves(const object& parent, std::string_view own_name, int depth);
  bool ReadFlat(const object& root, Record& record);
  void ReadFlatData(const object& root, Record& record);
  void ReadNestedData(std::string_view text, Record& record);
  void ReadNamed(const object& data);
  bool ReadList(const element& list);
  void ReadLevel(const object& root, Record& record);
  void ReadKeywords(const object& root, Record& record);
  void ReadUser(const object& root, Record& record);
  void ReadTime(const object& root, Record& record);
  bool PutTime(const element& value, std::string_view name, Record& record);
  bool ReadBytes(const element& value);
  void PutStrings(Record& record);

  std::string_view Keep(std::string text) { return made.emplace_back(std::move(text)); }
  void Put(std::string_view text, std::string_view name) {
    strings.push_back(text);
    names.push_back(name);
  }
  // A value as Windows would print it; "" for null, for objects and for lists.
  std::string_view Scalar(const element& value);
  std::string_view First(const object& root, std::span<const std::string_view> among);
  std::string_view Attribute(const object& parent, std::string_view element_name,
                             std::string_view name);
  std::string_view ElementText(const object& parent, std::string_view name);
};

bool JsonEventReader::State::Parse(std::string_view text, element& root, std::string& error) {
  // The parser reads a few bytes past the end.
  const auto parse = [&] {
    const std::size_t size = padded.size();
    padded.resize(size + simdjson::SIMDJSON_PADDING);
    const auto result = parser.parse(padded.data(), size, false).get(root);
    return result;
  };
  padded.assign(text);
  auto result = parse();
  if (result == simdjson::STRING_ERROR) {
    padded = WithoutLoneSurrogates(text);
    result = parse();
  }
  if (result == simdjson::SUCCESS) return true;
  error = fmt::format("no JSON ({})", simdjson::error_message(result));
  return false;
}

std::string_view JsonEventReader::State::Scalar(const element& value) {
  switch (value.type()) {
    case element_type::STRING:
      return Text(value);
    case element_type::INT64:
      return Keep(fmt::to_string(std::int64_t(value)));
    case element_type::UINT64:
      return Keep(fmt::to_string(std::uint64_t(value)));
    case element_type::DOUBLE:
      return Keep(fmt::format("{}", double(value)));
    case element_type::BOOL:
      return bool(value) ? "true" : "false";
    default:
      return {};
  }
}

std::string_view JsonEventReader::State::First(const object& root,
                                               std::span<const std::string_view> among) {
  for (const std::string_view name : among) {
    element value;
    if (root[name].get(value) != simdjson::SUCCESS) continue;
    const std::string_view text = Scalar(value);
    if (!text.empty() && text != "-" && !IsTypeName(text)) return text;
  }
  return {};
}

// An attribute as each tool writes it: {"#attributes": {name}}, {"@name"}, {name}, or an object
// "..._attributes" beside the element.
std::string_view JsonEventReader::State::Attribute(const object& parent,
                                                   std::string_view element_name,
                                                   std::string_view name) {
  element value;
  if (const auto beside = ObjectIn(parent, std::string(element_name) + "_attributes")) {
    return (*beside)[name].get(value) == simdjson::SUCCESS ? Scalar(value) : std::string_view();
  }
  const auto own = ObjectIn(parent, element_name);
  if (!own) return {};
  const auto inside = ObjectIn(*own, "#attributes");
  if (inside && (*inside)[name].get(value) == simdjson::SUCCESS) return Scalar(value);
  if ((*own)["@" + std::string(name)].get(value) == simdjson::SUCCESS) return Scalar(value);
  return (*own)[name].get(value) == simdjson::SUCCESS ? Scalar(value) : std::string_view();
}

std::string_view JsonEventReader::State::ElementText(const object& parent, std::string_view name) {
  element value;
  if (parent[name].get(value) != simdjson::SUCCESS) return {};
  object inside;
  if (value.get(inside) != simdjson::SUCCESS) return Scalar(value);
  return First(inside, Names{"#text", "text"});
}

// ---- the XML as objects ---------------------------------------------------------------------

void JsonEventReader::State::ReadTreeSystem(const object& system, Record& record) {
  record.provider = Attribute(system, "Provider", "Name");
  if (record.provider.empty()) record.provider = Attribute(system, "Provider", "EventSourceName");
  PutEventId(ElementText(system, "EventID"), record);
  const std::string_view qualifiers = Attribute(system, "EventID", "Qualifiers");
  if (!qualifiers.empty()) record.qualifiers = static_cast<std::uint16_t>(XmlNumber(qualifiers));
  const std::string_view level = ElementText(system, "Level");
  if (!level.empty() && XmlNumber(level) <= 5) record.level = static_cast<Level>(XmlNumber(level));
  record.category = static_cast<std::uint16_t>(XmlNumber(ElementText(system, "Task")));
  record.keywords = XmlNumber(ElementText(system, "Keywords"));
  const auto time = ParseIsoTime(Trim(Attribute(system, "TimeCreated", "SystemTime")));
  if (time) {
    record.time = time->ticks;
    record.time_basis = TimeBasis::kUtc;
  }
  record.record_id = XmlNumber(ElementText(system, "EventRecordID"));
  record.channel = ElementText(system, "Channel");
  record.computer = ElementText(system, "Computer");
  record.user = Attribute(system, "Security", "UserID");
}

// One Data: a text, an object with its name, or several of either.
void JsonEventReader::State::ReadDataItem(const element& item, std::string_view name) {
  array list;
  if (item.get(list) == simdjson::SUCCESS) {
    for (const element member : list) ReadDataItem(member, name);
    return;
  }
  object inside;
  if (item.get(inside) != simdjson::SUCCESS) return Put(Scalar(item), name);
  const auto attributes = ObjectIn(inside, "#attributes");
  const std::string_view own =
      First(attributes ? *attributes : inside, attributes ? Names{"Name"} : Names{"@Name", "Name"});
  if (!own.empty()) name = own;
  for (const std::string_view text : {"#text", "text"}) {
    element value;
    if (inside[text].get(value) == simdjson::SUCCESS) return ReadDataItem(value, name);
  }
  Put({}, name);
}

void JsonEventReader::State::ReadEventData(const object& data) {
  for (const key_value_pair member : data) {
    if (IsAttributes(member.key)) continue;
    const std::string_view name = WithoutOrdinal(member.key, data);
    object inside;
    if (member.key == "Binary") {
      BytesFromHex(Text(member.value), binary);
    } else if (name == "Data") {
      ReadDataItem(member.value, {});
    } else if (member.value.get(inside) == simdjson::SUCCESS) {
      ReadLeaves(inside, name, 0);
    } else {
      ReadDataItem(member.value, name);
    }
  }
}

// UserData as from .evtx: attributes and leaves in their order.
void JsonEventReader::State::ReadLeaves(const object& parent, std::string_view own_name,
                                        int depth) {
  constexpr int kDeepest = 16;
  const auto put_attributes = [&](const object& attributes, std::string_view of) {
    for (const key_value_pair attribute : attributes) {
      if (attribute.key.starts_with("xmlns")) continue;
      Put(Scalar(attribute.value), Keep(fmt::format("{}@{}", of, attribute.key)));
    }
  };
  for (const key_value_pair member : parent) {
    object inside;
    const bool is_object = member.value.get(inside) == simdjson::SUCCESS;
    constexpr std::string_view kBeside = "_attributes";
    if (member.key == "#attributes" && is_object) {
      put_attributes(inside, own_name);
    } else if (member.key.ends_with(kBeside) && is_object) {
      const auto of = member.key.substr(0, member.key.size() - kBeside.size());
      put_attributes(inside, WithoutOrdinal(of, parent));
    } else if (member.key.starts_with('@')) {
      if (member.key.starts_with("@xmlns")) continue;
      Put(Scalar(member.value), Keep(fmt::format("{}{}", own_name, member.key)));
    } else if (member.key == "#text" || member.key == "text") {
      ReadDataItem(member.value, own_name);
    } else if (is_object) {
      if (depth < kDeepest) ReadLeaves(inside, WithoutOrdinal(member.key, parent), depth + 1);
    } else if (member.key != "xmlns") {
      ReadDataItem(member.value, WithoutOrdinal(member.key, parent));
    }
  }
}

void JsonEventReader::State::ReadTreeData(const object& event, Record& record) {
  element data;
  if (event["EventData"].get(data) == simdjson::SUCCESS) {
    object members;
    if (data.get(members) == simdjson::SUCCESS) ReadEventData(members);
    record.has_strings = IsNull(data) || data.is_object() || Text(data).empty();
  }
  for (const std::string_view name : {"UserData", "ProcessingErrorData", "DebugData"}) {
    const auto members = ObjectIn(event, name);
    if (!members) continue;
    record.has_strings = true;
    ReadLeaves(*members, {}, 0);
  }
  PutStrings(record);
}

bool JsonEventReader::State::ReadTree(const object& event, Record& record) {
  const auto system = ObjectIn(event, "System");
  if (!system) return false;
  ReadTreeSystem(*system, record);
  ReadTreeData(event, record);
  if (const auto rendering = ObjectIn(event, "RenderingInfo")) {
    record.message = ElementText(*rendering, "Message");
    const std::uint16_t number = record.category;
    PutCategory(ElementText(*rendering, "Task"), record);
    record.category = number;
  }
  return true;
}

void JsonEventReader::State::PutStrings(Record& record) {
  const auto named = [](std::string_view name) { return !name.empty(); };
  record.strings = strings;
  if (std::any_of(names.begin(), names.end(), named)) record.names = names;
  record.binary = binary;
}

// ---- properties as members ------------------------------------------------------------------

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
    if (!record.user.empty() && !IsTypeName(record.user)) return;
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
    if (IsTypeName(Text(item))) return false;
    // Get-WinEvent shows the binary data of a classic event as its last property.
    if (left == 0 && item.is_array() && ReadBytes(item)) break;
    Put(Scalar(item), {});
  }
  return true;
}

// winlogbeat calls unnamed strings param1, param2 ... and leaves empty ones out.
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
      Put(Scalar(member.value), member.key == "xml_name" ? std::string_view() : member.key);
    } else {
      const std::size_t at = number_of(member.key);
      while (strings.size() < at) Put({}, {});
      strings[at - 1] = Scalar(member.value);
    }
  }
}

// Event data in a string: as XML (Log Analytics) or as JSON (EvtxECmd, Log Analytics).
void JsonEventReader::State::ReadNestedData(std::string_view text, Record& record) {
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
      ReadNamed(*data);
    }
  }
  if (!record.has_strings) {
    const std::string_view nested = First(root, Names{"EventData", "Payload"});
    if (!nested.empty()) ReadNestedData(nested, record);
  }
  const std::string_view params = First(root, Names{"ParameterXml"});
  if (!record.has_strings && params.starts_with("<Param>")) {
    ReadNestedData(Keep(fmt::format("<EventData>{}</EventData>", params)), record);
    std::fill(names.begin(), names.end(), std::string_view());
  }
  if (binary.empty() && root["Data"].get(value) == simdjson::SUCCESS) ReadBytes(value);
  PutStrings(record);
}

bool JsonEventReader::State::ReadFlat(const object& root, Record& record) {
  const auto winlog = ObjectIn(root, "winlog");
  const object& main = winlog ? *winlog : root;
  record.provider = First(main, kProvider);
  const std::string_view number = First(main, kNumber);
  if (record.provider.empty() || !PutEventId(number, record)) return false;
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

// ---------------------------------------------------------------------------------------------

JsonEventReader::JsonEventReader() : state_(std::make_unique<State>()) {}
JsonEventReader::~JsonEventReader() = default;

void JsonEventReader::Clear() {
  state_->made.clear();
  state_->strings.clear();
  state_->names.clear();
  state_->binary.clear();
  state_->local_time = {};
  local_time_ = {};
  error_.clear();
}

void JsonEventReader::ReadPayload(std::string_view json, Record& record) {
  Clear();
  state_->ReadNestedData(json, record);
  state_->PutStrings(record);
}

bool JsonEventReader::Read(std::string_view text, Record& record) {
  Clear();
  State& state = *state_;
  element parsed;
  object root;
  if (!state.Parse(text, parsed, error_)) return false;
  if (parsed.get(root) != simdjson::SUCCESS) return false;
  // Elasticsearch wraps what it was given.
  if (const auto source = ObjectIn(root, "_source")) root = *source;
  const auto event = ObjectIn(root, "Event");
  bool done = event && state.ReadTree(*event, record);
  if (!done) {
    std::string_view xml;
    for (const std::string_view name : {"xml_string", "EventXml"}) {
      if (root[name].get(xml) != simdjson::SUCCESS) continue;
      const XmlEvent* const whole = state.xml.Read(xml);
      if (whole == nullptr) continue;
      PutXmlEvent(*whole, record);
      record.message = whole->message;
      return true;
    }
    done = state.ReadFlat(root, record);
  }
  local_time_ = state.local_time;
  if (done && !record.provider.empty()) return true;
  error_ = "an object without a provider or an event number";
  return false;
}

}  // namespace exdiag
