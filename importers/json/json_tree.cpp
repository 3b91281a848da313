// The XML of an event as objects ("Event": {"System": ...}); each tool has its own idea of
// attributes and of repeated names.
#include <fmt/format.h>

#include "engine/base/text.h"
#include "importers/json/json_state.h"
#include "importers/text/fields.h"
#include "importers/text/local_time.h"

namespace exdiag {
namespace {

using json::array;
using json::element;
using json::key_value_pair;
using json::Names;
using json::object;
using json::ObjectIn;
using json::Text;

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

}  // namespace

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
    record.has_strings = json::IsNull(data) || data.is_object() || Text(data).empty();
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
  if (record.provider.empty()) return false;
  ReadTreeData(event, record);
  if (const auto rendering = ObjectIn(event, "RenderingInfo")) {
    record.message = ElementText(*rendering, "Message");
    const std::uint16_t number = record.category;
    PutCategory(ElementText(*rendering, "Task"), record);
    record.category = number;
  }
  return true;
}

}  // namespace exdiag
