#include "importers/clixml/clixml_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time.h"
#include "importers/text/event_xml_values.h"
#include "importers/text/fields.h"

namespace exdiag {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// What stands in front of the contents of an object.
struct ObjectHead {
  bool whole = false;  // `contents` was reached
  bool named = false;  // a property of another object
  std::string_view types;
  std::string_view contents;
};

bool IsTag(std::string_view text, std::string_view name) {
  if (!text.starts_with('<') || !text.substr(1).starts_with(name)) return false;
  const std::string_view behind = text.substr(1 + name.size(), 1);
  return behind.empty() || behind == ">" || behind == "/" || IsBlankText(behind);
}

// Takes a mark of what stands in front of contents off the front, with the text that it opens.
bool TakeHeadMark(std::string_view& text) {
  constexpr std::string_view kNames[] = {"TN", "/TN", "T", "/T", "TNRef", "ToString", "/ToString"};
  const auto* const name = std::find_if(std::begin(kNames), std::end(kNames),
                                        [&](std::string_view known) { return IsTag(text, known); });
  const std::size_t end = name == std::end(kNames) ? kNone : text.find('>');
  if (end == kNone) return false;
  const bool opens_text = (*name == "T" || *name == "ToString") && text[end - 1] != '/';
  text.remove_prefix(opens_text ? std::min(text.find('<', end), text.size()) : end + 1);
  return true;
}

ObjectHead HeadOf(std::string_view object) {
  ObjectHead head;
  const std::size_t tag = object.find('>');
  if (tag == kNone) return head;
  head.named = object.substr(0, tag).find(" N=") != kNone;
  std::string_view rest = object.substr(tag + 1);
  const char* const begin = rest.data();
  do {
    rest = rest.substr(std::min(rest.find('<'), rest.size()));
  } while (TakeHeadMark(rest));
  constexpr std::size_t kLongestMark = 10;  // of those that are told apart here
  head.types = {begin, static_cast<std::size_t>(rest.data() - begin)};
  head.contents = rest;
  head.whole = rest.size() >= kLongestMark;
  return head;
}

bool IsOfEventType(std::string_view types) {
  constexpr std::string_view kTypes[] = {"System.Diagnostics.Eventing.Reader.EventLogRecord",
                                         "System.Diagnostics.EventLogEntry", "Win32_NTLogEvent"};
  return std::any_of(std::begin(kTypes), std::end(kTypes), [&](std::string_view type) {
    const std::size_t at = types.find(type);
    // "EventLogEntryType" is the type of a property.
    return at != kNone && !types.substr(at + type.size()).starts_with("Type");
  });
}

// XML has a name for each type of number, and for each kind of list.
bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
bool IsNumber(std::string_view name) {
  return IsOneOf(name, {"By", "SB", "U16", "I16", "U32", "I32", "U64", "I64"});
}
bool IsList(std::string_view name) { return IsOneOf(name, {"LST", "IE", "QUE", "STK"}); }
bool IsAboutType(std::string_view name) { return IsOneOf(name, {"TN", "TNRef", "ToString"}); }

// "_x000A_", a UTF-16 unit that the text could not hold as it is.
bool IsEscape(std::string_view text) {
  return text.size() >= 7 && text.starts_with("_x") && text[6] == '_' &&
         text.substr(2, 4).find_first_not_of("0123456789abcdefABCDEF") == kNone;
}

void AppendString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    if (IsEscape(text)) {
      out.append("\\u").append(text.substr(2, 4));
      text.remove_prefix(7);
      continue;
    }
    const char c = text.front();
    if (static_cast<unsigned char>(c) < ' ') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    text.remove_prefix(1);
  }
  out += '"';
}

// A time with its zone, as Windows prints it in event data; any other stays as it is.
std::string WindowsTime(std::string_view text) {
  const auto time = ParseIsoTime(text);
  if (!time || !time->has_offset) return std::string(text);
  const CivilTime civil = CivilFromTicks(time->ticks);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", civil.year, civil.month,
                     civil.day, civil.hour, civil.minute, civil.second, civil.ticks);
}

}  // namespace

bool IsTypedEvent(std::string_view object) {
  const ObjectHead head = HeadOf(object);
  return head.types.substr(0, head.types.find('<')).find_first_not_of(" \t\r\n") == kNone &&
         IsOfEventType(head.types);
}

ElementStart ClixmlObjects::Begins(std::string_view text, bool finished) const {
  constexpr std::size_t kLongestHead = std::size_t{64} << 10;
  const ObjectHead head = HeadOf(text.substr(0, kLongestHead));
  if (!head.whole && !finished && text.size() < kLongestHead) return ElementStart::kUnclear;
  const bool has_properties = IsTag(head.contents, "Props") || IsTag(head.contents, "MS");
  return has_properties ? ElementStart::kEvent : ElementStart::kOther;
}

bool ClixmlObjects::EndsBefore(std::string_view text, bool at_margin) const {
  const ObjectHead head = HeadOf(text.substr(0, 4096));
  return !head.named && (at_margin || IsOfEventType(head.types));
}

// "#< CLIXML" is what powershell.exe writes in front of its output.
bool ClixmlObjects::IsBetween(std::string_view line) const {
  std::string_view rest = Trim(line);
  if (rest == "#< CLIXML") return true;
  for (; !rest.empty(); rest = Trim(rest)) {
    if (TakeHeadMark(rest)) continue;
    constexpr std::string_view kNames[] = {"?xml", "Objs", "/Objs", "Obj", "/Obj",
                                           "LST",  "/LST", "IE",    "/IE", "Ref"};
    const std::size_t end = rest.find('>');
    const auto is_it = [&](std::string_view name) { return IsTag(rest, name); };
    if (end == kNone || std::none_of(std::begin(kNames), std::end(kNames), is_it)) return false;
    rest.remove_prefix(end + 1);
  }
  return true;
}

// One object as the parser's tree has it.
class ClixmlReader::State {
 public:
  bool Parse(std::string_view object, std::string& error);
  void PutObject(const pugi::xml_node& node, int depth);

  std::string json;

 private:
  static constexpr int kDeepest = 8;

  void PutValue(const pugi::xml_node& node, int depth);
  void PutMembers(const pugi::xml_node& holder, int depth, bool& first);
  void PutList(const pugi::xml_node& list, int depth);
  void PutBytes(std::string_view base64);

  std::string buffer_;  // the object; the parser replaces entities in place
  pugi::xml_document document_;
  std::vector<std::byte> bytes_;
};

bool ClixmlReader::State::Parse(std::string_view object, std::string& error) {
  json.clear();
  buffer_.assign(object);
  // The parser would take it for the end.
  std::replace(buffer_.begin(), buffer_.end(), '\0', ' ');
  const auto result = document_.load_buffer_inplace(
      buffer_.data(), buffer_.size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
      pugi::encoding_utf8);
  if (result.status != pugi::status_ok) {
    error = fmt::format("no well-formed XML ({})", result.description());
    return false;
  }
  PutObject(document_.child("Obj"), 0);
  // A reference to a character that is none.
  if (!IsUtf8(json)) error = "a character that does not exist";
  return error.empty();
}

void ClixmlReader::State::PutBytes(std::string_view base64) {
  bytes_.clear();
  json += '[';
  if (BytesFromBase64(base64, bytes_)) {
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      fmt::format_to(std::back_inserter(json), "{}{}", i == 0 ? "" : ",",
                     std::to_integer<unsigned>(bytes_[i]));
    }
  }
  json += ']';
}

void ClixmlReader::State::PutList(const pugi::xml_node& list, int depth) {
  json += '[';
  bool first = true;
  for (const pugi::xml_node item : list.children()) {
    if (item.type() != pugi::node_element) continue;
    if (!first) json += ',';
    first = false;
    PutValue(item, depth);
  }
  json += ']';
}

void ClixmlReader::State::PutMembers(const pugi::xml_node& holder, int depth, bool& first) {
  for (const pugi::xml_node member : holder.children()) {
    const pugi::xml_attribute name = member.attribute("N");
    if (!name) continue;
    if (!first) json += ',';
    first = false;
    AppendString(name.value(), json);
    json += ':';
    PutValue(member, depth);
  }
}

// A list, a value with a type of its own (an enumeration), properties, or, where -Depth ended,
// the object's text alone.
void ClixmlReader::State::PutObject(const pugi::xml_node& node, int depth) {
  if (depth > kDeepest) {
    json += "null";
    return;
  }
  for (const pugi::xml_node child : node.children()) {
    const std::string_view name = child.name();
    if (IsList(name)) return PutList(child, depth + 1);
    if (child.type() == pugi::node_element && !IsAboutType(name) &&
        !IsOneOf(name, {"Props", "MS", "DCT"})) {
      return PutValue(child, depth + 1);
    }
  }
  const pugi::xml_node properties = node.child("Props");
  const pugi::xml_node extended = node.child("MS");
  if (!properties && !extended) return AppendString(node.child_value("ToString"), json);
  json += '{';
  bool first = true;
  PutMembers(properties, depth + 1, first);
  PutMembers(extended, depth + 1, first);
  json += '}';
}

void ClixmlReader::State::PutValue(const pugi::xml_node& node, int depth) {
  const std::string_view name = node.name();
  const std::string_view text = node.child_value();
  const auto number = IsNumber(name) ? ParseInteger(Trim(text)) : std::nullopt;
  if (name == "Obj") {
    PutObject(node, depth);
  } else if (name == "Nil" || name == "Ref") {
    json += "null";
  } else if (name == "BA") {
    PutBytes(text);
  } else if (number) {
    json += fmt::to_string(*number);
  } else if (name == "B") {
    json += Trim(text) == "true" ? "true" : "false";
  } else if (name == "DT") {
    AppendString(WindowsTime(Trim(text)), json);
  } else {
    // A line end was put there by whoever indented the file: those of texts are escaped.
    AppendString(IsBlankLine(text) ? std::string_view() : text, json);
  }
}

ClixmlReader::ClixmlReader() : state_(std::make_unique<State>()) {}
ClixmlReader::~ClixmlReader() = default;

std::string_view ClixmlReader::ToJson(std::string_view object) {
  error_.clear();
  return state_->Parse(object, error_) ? std::string_view(state_->json) : std::string_view();
}

}  // namespace exdiag
