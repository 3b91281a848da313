#include "importers/text/event_xml.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <deque>
#include <pugixml.hpp>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// White space that is all there is in an element is kept, since it may be a string.
constexpr unsigned kParse = pugi::parse_default | pugi::parse_ws_pcdata_single;

// The names of real UserData nest two or three deep.
constexpr int kDeepest = 16;

bool IsNamed(const pugi::xml_node& node, const char* name) {
  return std::strcmp(node.name(), name) == 0;
}

// "<Data>", line break, blanks, "</Data>" is how an empty string is printed.
bool IsBlankLine(std::string_view text) {
  return text.find('\n') != std::string_view::npos && Trim(text).empty();
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

std::uint16_t Number16(std::string_view text) {
  const std::uint64_t number = XmlNumber(text);
  return number <= 0xffff ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

void AppendUtf8(char32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// "#x41" and "#65" as a character; 0 for what no character is.
char32_t NumericReference(std::string_view name) {
  if (!name.starts_with('#')) return 0;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto end =
      std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  const bool whole = end.ec == std::errc() && end.ptr == name.data() + name.size();
  return whole && code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? code : 0;
}

// Text with its entities replaced; what is none stays.
std::string Unescaped(std::string_view text) {
  constexpr struct {
    std::string_view name;
    char value;
  } kEntities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  constexpr std::size_t kLongestName = 10;
  std::string out;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find('&'), text.size());
    out += text.substr(0, mark);
    text.remove_prefix(mark);
    if (text.empty()) break;
    const std::string_view name = text.substr(1, text.substr(0, kLongestName + 2).find(';') - 1);
    const auto* const known = std::find_if(std::begin(kEntities), std::end(kEntities),
                                           [&](const auto& entity) { return entity.name == name; });
    const char32_t code =
        known != std::end(kEntities) ? static_cast<char32_t>(known->value) : NumericReference(name);
    if (code == 0 || name.size() + 1 >= text.size()) {
      out += '&';
      text.remove_prefix(1);
    } else {
      AppendUtf8(code, out);
      text.remove_prefix(name.size() + 2);
    }
  }
  return out;
}

}  // namespace

struct EventXmlReader::State {
  XmlEvent event;
  std::string buffer;  // the element; the parser replaces entities in place
  pugi::xml_document document;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> names;
  std::deque<std::string> made;  // texts that stand nowhere in one piece
  std::vector<std::byte> binary;
  bool base64 = false;

  pugi::xml_parse_result Parse(std::string_view xml);
  void Begin();
  bool ReadSystem(const pugi::xml_node& system);
  void ReadAllData(const pugi::xml_node& root, std::string_view xml, std::size_t good);
  void ReadEventData(const pugi::xml_node& data);
  void ReadItem(const pugi::xml_node& node, bool is_data_item, int depth);
  void ReadRawData(std::string_view data);
  void SplitStringArray();
  void ReadBinary(std::string_view text);
  void Publish();

  std::string_view TextOf(const pugi::xml_node& node);
  std::string_view Keep(std::string text) { return made.emplace_back(std::move(text)); }
  void Put(std::string_view text, std::string_view name) {
    strings.push_back(text);
    names.push_back(name);
  }
};

pugi::xml_parse_result EventXmlReader::State::Parse(std::string_view xml) {
  Begin();
  buffer.assign(xml);
  // The parser would take it for the end.
  for (std::size_t at = 0; (at = buffer.find('\0', at)) != std::string::npos;) buffer[at] = ' ';
  return document.load_buffer_inplace(buffer.data(), buffer.size(), kParse, pugi::encoding_utf8);
}

void EventXmlReader::State::Begin() {
  event = XmlEvent();
  strings.clear();
  names.clear();
  made.clear();
  binary.clear();
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

bool EventXmlReader::State::ReadSystem(const pugi::xml_node& system) {
  bool has_number = false;
  for (const pugi::xml_node node : system.children()) {
    const std::string_view name = node.name();
    if (name == "Provider") {
      event.provider = node.attribute("Name").value();
      if (event.provider.empty()) event.provider = node.attribute("EventSourceName").value();
    } else if (name == "EventID") {
      const std::string_view text = Trim(TextOf(node));
      has_number = !text.empty();
      const std::uint64_t number = XmlNumber(text);
      event.event_id = static_cast<std::uint16_t>(number & 0xffff);
      if (number <= 0xffff'ffff) event.qualifiers = static_cast<std::uint16_t>(number >> 16);
      const std::string_view qualifiers = node.attribute("Qualifiers").value();
      if (!qualifiers.empty()) event.qualifiers = Number16(qualifiers);
    } else if (name == "Level") {
      const auto level = ParseInteger(Trim(TextOf(node)));
      if (level && *level >= 0 && *level <= 5) event.level = static_cast<Level>(*level);
    } else if (name == "Task") {
      event.task = Number16(TextOf(node));
    } else if (name == "Keywords") {
      event.keywords = XmlNumber(TextOf(node));
    } else if (name == "TimeCreated") {
      // python-evtx leaves the Z out; it is UTC all the same.
      const auto time = ParseIsoTime(Trim(node.attribute("SystemTime").value()));
      if (time) event.time = time->ticks;
    } else if (name == "EventRecordID") {
      event.record_id = XmlNumber(TextOf(node));
    } else if (name == "Channel") {
      event.channel = Trim(TextOf(node));
    } else if (name == "Computer") {
      event.computer = Trim(TextOf(node));
    } else if (name == "Security") {
      event.user = node.attribute("UserID").value();
    }
  }
  return has_number && !event.provider.empty();
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
    Put(attribute.value(), Keep(std::string(node.name()) + "@" + attribute.name()));
    gave_attributes = true;
  }
  if (!is_leaf) {
    if (depth == kDeepest) return;
    for (const pugi::xml_node child : node.children()) {
      if (child.type() == pugi::node_element) ReadItem(child, false, depth + 1);
    }
    return;
  }
  std::string_view text = TextOf(node);
  if (IsBlankLine(text)) text = {};
  if (gave_attributes && text.empty()) return;
  std::string_view name = is_data_item ? node.attribute("Name").value() : node.name();
  if (name.empty() && !IsNamed(node, "Data")) name = node.name();
  Put(text, name);
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

// python-evtx prints the strings of a classic event as one: "<string>a</string>\n<string>b".
void EventXmlReader::State::SplitStringArray() {
  constexpr std::string_view kOpen = "<string>";
  constexpr std::string_view kClose = "</string>";
  if (strings.size() != 1 || !names[0].empty() || !strings[0].starts_with(kOpen)) return;
  std::string_view rest = Trim(strings[0]);
  if (!rest.ends_with(kClose)) return;
  rest.remove_prefix(kOpen.size());
  strings.clear();
  names.clear();
  constexpr std::string_view kBetween = "</string>\n<string>";
  for (std::size_t end = 0; (end = rest.find(kBetween)) != std::string_view::npos;) {
    Put(rest.substr(0, end), {});
    rest.remove_prefix(end + kBetween.size());
  }
  Put(rest.substr(0, rest.size() - kClose.size()), {});
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

void EventXmlReader::State::ReadBinary(std::string_view text) {
  binary.clear();
  if (base64 && BytesFromBase64(text, binary)) return;
  BytesFromHex(text, binary);
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

void EventXmlReader::State::Publish() {
  const auto named = [](std::string_view name) { return !name.empty(); };
  event.strings = strings;
  if (std::any_of(names.begin(), names.end(), named)) event.names = names;
  event.binary = binary;
}

EventXmlReader::EventXmlReader() : state_(std::make_unique<State>()) {}
EventXmlReader::~EventXmlReader() = default;

const XmlEvent* EventXmlReader::Read(std::string_view xml) {
  State& state = *state_;
  state.base64 = base64_;
  // Of an element that is cut off the parser keeps what it read; that is what we want.
  const pugi::xml_parse_result result = state.Parse(xml);
  const pugi::xml_node root = state.document.child("Event");
  if (!state.ReadSystem(root.child("System"))) return nullptr;
  state.event.complete = xml.rfind("</Event>") != std::string_view::npos;
  state.event.well_formed = state.event.complete && result.status == pugi::status_ok;
  const auto good =
      result.status == pugi::status_ok ? xml.size() : static_cast<std::size_t>(result.offset);
  state.ReadAllData(root, xml, good);
  if (const auto rendering = root.child("RenderingInfo")) {
    state.event.message = state.TextOf(rendering.child("Message"));
    state.event.task_text = Trim(state.TextOf(rendering.child("Task")));
  }
  state.Publish();
  return &state.event;
}

const XmlEvent* EventXmlReader::ReadData(std::string_view xml) {
  State& state = *state_;
  state.base64 = base64_;
  const pugi::xml_parse_result result = state.Parse(xml);
  if (result.status != pugi::status_ok) return nullptr;
  state.event.complete = true;
  state.event.well_formed = true;
  state.ReadAllData(state.document, xml, xml.size());
  if (!state.event.has_strings) return nullptr;
  state.Publish();
  return &state.event;
}

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

std::uint64_t XmlNumber(std::string_view text) {
  std::string_view digits = Trim(text);
  const bool hexadecimal = StartsWithIgnoreCase(digits, "0x");
  if (hexadecimal) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, hexadecimal ? 16 : 10);
  return read.ec == std::errc() && read.ptr == end ? value : 0;
}

void BytesFromHex(std::string_view hex, std::vector<std::byte>& bytes) {
  int high = -1;
  for (const char c : hex) {
    if (high < 0 && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
    const int digit = HexDigit(c);
    if (digit < 0) break;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::byte>(high << 4 | digit));
      high = -1;
    }
  }
}

bool BytesFromBase64(std::string_view text, std::vector<std::byte>& bytes) {
  const std::size_t before = bytes.size();
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const int digit = Base64Digit(c);
    padding += c == '=';
    if ((digit < 0 && c != '=') || (digit >= 0 && padding > 0)) {
      bytes.resize(before);
      return false;
    }
    if (digit < 0) continue;
    ++digits;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((count += 6) >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> count & 0xff));
    }
  }
  if ((digits + padding) % 4 == 0) return true;
  bytes.resize(before);
  return false;
}

}  // namespace exdiag
