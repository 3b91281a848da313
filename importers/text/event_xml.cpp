#include "importers/text/event_xml.h"

#include <algorithm>
#include <cstring>
#include <pugixml.hpp>

#include "engine/base/text.h"
#include "importers/text/event_xml_values.h"
#include "importers/text/plain_event_xml.h"
#include "importers/text/xml_entity.h"

namespace exdiag {
namespace {

// White space that is all there is in an element is kept, since it may be a string.
constexpr unsigned kParse = pugi::parse_default | pugi::parse_ws_pcdata_single;

bool IsNamed(const pugi::xml_node& node, const char* name) {
  return std::strcmp(node.name(), name) == 0;
}

// Text with its entities replaced; what is none stays.
std::string Unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find('&'), text.size());
    out += text.substr(0, mark);
    text.remove_prefix(mark);
    if (text.empty()) break;
    const auto entity = XmlEntityAt(text);
    out += entity ? entity->text() : text.substr(0, 1);
    text.remove_prefix(entity ? entity->size : 1);
  }
  return out;
}

}  // namespace

// One element as the parser's tree has it.
class EventXmlReader::State final : public EventXmlValues {
 public:
  bool ReadPlain(std::string_view xml) { return plain_.Read(xml, *this); }
  const XmlEvent* Read(std::string_view xml);
  const XmlEvent* ReadData(std::string_view xml);

 private:
  // An element as TakeSystem() wants it.
  struct Element {
    State& state;
    const pugi::xml_node& node;

    std::string_view text() const { return state.TextOf(node); }
    std::string_view attribute(const char* name) const { return node.attribute(name).value(); }
  };

  pugi::xml_parse_result Parse(std::string_view xml);
  void ReadAllData(const pugi::xml_node& root, std::string_view xml, std::size_t good);
  void ReadEventData(const pugi::xml_node& data);
  void ReadItem(const pugi::xml_node& node, bool is_data_item, int depth);
  void ReadRawData(std::string_view data);
  std::string_view TextOf(const pugi::xml_node& node);

  PlainEventXml plain_;
  std::string buffer_;  // the element; the parser replaces entities in place
  pugi::xml_document document_;
};

pugi::xml_parse_result EventXmlReader::State::Parse(std::string_view xml) {
  Begin();
  buffer_.assign(xml);
  // The parser would take it for the end.
  for (std::size_t at = 0; (at = buffer_.find('\0', at)) != std::string::npos;) buffer_[at] = ' ';
  return document_.load_buffer_inplace(buffer_.data(), buffer_.size(), kParse, pugi::encoding_utf8);
}

// The text of an element, which stands in one piece unless a comment or CDATA parts it.
std::string_view EventXmlReader::State::TextOf(const pugi::xml_node& node) {
  const pugi::xml_node first = node.first_child();
  if (!first.next_sibling()) return first.value();
  std::string whole;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      whole += child.value();
    }
  }
  return Keep(std::move(whole));
}

// An element of EventData (`is_data_item`) or one inside of UserData: leaves and, of the latter,
// attributes are insertion strings, in their order.
void EventXmlReader::State::ReadItem(const pugi::xml_node& node, bool is_data_item, int depth) {
  const bool is_leaf = node.find_child([](const pugi::xml_node& child) {
    return child.type() == pugi::node_element;
  }) == pugi::xml_node();
  bool gave_attributes = false;
  for (const pugi::xml_attribute attribute : node.attributes()) {
    if (is_data_item || std::string_view(attribute.name()).starts_with("xmlns")) continue;
    PutAttribute(node.name(), attribute.name(), attribute.value());
    gave_attributes = true;
  }
  if (is_leaf) {
    PutLeaf(node.name(), is_data_item ? node.attribute("Name").value() : node.name(), TextOf(node),
            gave_attributes);
  } else if (depth < kDeepest) {
    for (const pugi::xml_node child : node.children()) {
      if (child.type() == pugi::node_element) ReadItem(child, false, depth + 1);
    }
  }
}

void EventXmlReader::State::ReadEventData(const pugi::xml_node& data) {
  for (const pugi::xml_node node : data.children()) {
    if (node.type() == pugi::node_element) {
      if (IsNamed(node, "Binary")) {
        ReadBinary(TextOf(node));
      } else {
        ReadItem(node, true, 0);
      }
    } else if (!Trim(node.value()).empty() && node.type() != pugi::node_comment) {
      Put(node.value(), {});
    }
  }
  SplitStringArray();
}

// EventData that is no XML: each Data up to its end mark is text.
void EventXmlReader::State::ReadRawData(std::string_view data) {
  constexpr std::string_view kOpen = "<Data";
  constexpr std::string_view kClose = "</Data>";
  for (std::size_t at = data.find(kOpen); at != std::string_view::npos; at = data.find(kOpen)) {
    data.remove_prefix(at + kOpen.size());
    const std::size_t tag_end = data.find('>');
    if (tag_end == std::string_view::npos) return;
    const std::string_view tag = data.substr(0, tag_end);
    data.remove_prefix(tag_end + 1);
    std::string_view name;
    if (const std::size_t quote = tag.find_first_of("'\""); quote != std::string_view::npos) {
      name = tag.substr(quote + 1);
      name = name.substr(0, name.find(tag[quote]));
    }
    std::string_view text;
    if (!tag.ends_with('/')) {
      const std::size_t end = std::min(data.find(kClose), data.size());
      text = data.substr(0, end);
      data.remove_prefix(std::min(end + kClose.size(), data.size()));
    }
    Put(IsBlankLine(text) ? std::string_view() : Keep(Unescaped(text)), Keep(std::string(name)));
  }
}

// `good` is how far the parser came in `xml`.
void EventXmlReader::State::ReadAllData(const pugi::xml_node& root, std::string_view xml,
                                        std::size_t good) {
  if (const auto data = root.child("EventData")) {
    const std::size_t end = xml.rfind("</EventData>");
    const bool empty = !data.first_child();
    if (end == std::string_view::npos ? empty && event.complete : good > end) {
      event.has_strings = true;
      ReadEventData(data);
    } else if (end != std::string_view::npos) {
      event.has_strings = true;
      const std::size_t begin = std::min(xml.find("<EventData"), end);
      ReadRawData(xml.substr(begin + 1, end - begin - 1));
    }
    return;
  }
  for (const char* name : {"UserData", "ProcessingErrorData", "DebugData"}) {
    const auto data = root.child(name);
    if (!data) continue;
    const std::size_t end = xml.rfind(std::string("</") + name);
    if (end == std::string_view::npos ? !event.complete : good <= end) return;
    event.has_strings = true;
    for (const pugi::xml_node node : data.children()) {
      if (node.type() == pugi::node_element) ReadItem(node, false, 0);
    }
  }
}

const XmlEvent* EventXmlReader::State::Read(std::string_view xml) {
  // Of an element that is cut off the parser keeps what it read; that is what we want.
  const pugi::xml_parse_result result = Parse(xml);
  const pugi::xml_node root = document_.child("Event");
  for (const pugi::xml_node node : root.child("System").children()) {
    TakeSystem(node.name(), Element{*this, node});
  }
  if (!is_event()) return nullptr;
  event.complete = xml.rfind("</Event>") != std::string_view::npos;
  event.well_formed = event.complete && result.status == pugi::status_ok;
  const auto good =
      result.status == pugi::status_ok ? xml.size() : static_cast<std::size_t>(result.offset);
  ReadAllData(root, xml, good);
  if (const auto rendering = root.child("RenderingInfo")) {
    event.message = TextOf(rendering.child("Message"));
    event.task_text = Trim(TextOf(rendering.child("Task")));
  }
  Publish();
  return &event;
}

const XmlEvent* EventXmlReader::State::ReadData(std::string_view xml) {
  const pugi::xml_parse_result result = Parse(xml);
  if (result.status != pugi::status_ok) return nullptr;
  event.complete = true;
  event.well_formed = true;
  ReadAllData(document_, xml, xml.size());
  if (!event.has_strings) return nullptr;
  Publish();
  return &event;
}

EventXmlReader::EventXmlReader() : state_(std::make_unique<State>()) {}
EventXmlReader::~EventXmlReader() = default;

void EventXmlReader::set_base64(bool base64) { state_->base64 = base64; }

const XmlEvent* EventXmlReader::Read(std::string_view xml) {
  return state_->ReadPlain(xml) ? &state_->event : state_->Read(xml);
}

const XmlEvent* EventXmlReader::ReadData(std::string_view xml) { return state_->ReadData(xml); }

void PutXmlEvent(const XmlEvent& event, Record& record) {
  record.provider = event.provider;
  record.event_id = event.event_id;
  record.qualifiers = event.qualifiers;
  if (event.level != Level::kUnknown) record.level = event.level;
  record.category = event.task;
  if (!event.task_text.empty() && !EqualsIgnoreCase(event.task_text, "None")) {
    record.category_text = event.task_text;
  }
  if (event.keywords != 0) record.keywords = event.keywords;
  if (event.time.known()) {
    record.time = event.time;
    record.time_basis = TimeBasis::kUtc;
    record.time_precision = TimePrecision::kTicks;
  }
  record.record_id = event.record_id;
  if (!event.channel.empty()) record.channel = event.channel;
  if (!event.computer.empty()) record.computer = event.computer;
  if (!event.user.empty()) record.user = event.user;
  if (event.has_strings) {
    record.has_strings = true;
    record.strings = event.strings;
    record.names = event.names;
  }
  if (record.message.empty()) record.message = event.message;
  if (!event.binary.empty()) record.binary = event.binary;
}

}  // namespace exdiag
