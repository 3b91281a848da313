// Tools that write events as JSON follow one of two plans.  Some turn the XML of the event into
// objects (json_tree.cpp), the others write a flat object whose members are properties of the event
// (json_flat.cpp).
#include "importers/json/json_event.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"
#include "importers/json/json_state.h"

namespace exdiag {
namespace {

using json::element;
using json::element_type;
using json::Names;
using json::object;
using json::ObjectIn;
using json::Text;

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

}  // namespace

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
    if (!text.empty() && text != "-" && !json::IsTypeName(text)) return text;
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

void JsonEventReader::State::PutStrings(Record& record) {
  const auto named = [](std::string_view name) { return !name.empty(); };
  record.strings = strings;
  if (std::any_of(names.begin(), names.end(), named)) record.names = names;
  record.binary = binary;
}

JsonEventReader::JsonEventReader() : state_(std::make_unique<State>()) {}
JsonEventReader::~JsonEventReader() = default;

void JsonEventReader::Clear() {
  state_->made.clear();
  state_->strings.clear();
  state_->names.clear();
  state_->binary.clear();
  state_->local_time = {};
  state_->time_is_utc = false;
  local_time_ = {};
  time_is_utc_ = false;
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
  time_is_utc_ = state.time_is_utc;
  if (done) return true;
  error_ = "an object without a provider or an event number";
  return false;
}

}  // namespace exdiag
