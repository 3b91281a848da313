// What the parts of JsonEventReader share.  Only json_*.cpp includes this.
#pragma once

#include <simdjson.h>

#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "importers/json/json_event.h"
#include "importers/text/event_xml.h"

namespace exdiag::json {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::key_value_pair;
using simdjson::dom::object;

using Names = std::initializer_list<std::string_view>;

// "" when it is none.
inline std::string_view Text(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

inline std::optional<object> ObjectIn(const object& parent, std::string_view name) {
  object child;
  if (parent[name].get(child) != simdjson::SUCCESS) return std::nullopt;
  return child;
}

inline bool IsNull(const element& value) { return value.type() == element_type::NULL_VALUE; }

// The name of a type, where PowerShell's -Depth did not reach the value.
inline bool IsTypeName(std::string_view text) { return text.starts_with("System.Diagnostics."); }

}  // namespace exdiag::json

namespace exdiag {

struct JsonEventReader::State {
  simdjson::dom::parser parser;
  simdjson::dom::parser inner_parser;  // of JSON inside of strings
  EventXmlReader xml;
  std::deque<std::string> made;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> names;
  std::vector<std::byte> binary;
  std::string_view local_time;
  bool time_is_utc = false;
  std::string padded;

  bool Parse(std::string_view text, json::element& root, std::string& error);
  // The XML as objects: json_tree.cpp.
  bool ReadTree(const json::object& event, Record& record);
  void ReadTreeSystem(const json::object& system, Record& record);
  void ReadTreeData(const json::object& event, Record& record);
  void ReadEventData(const json::object& data);
  void ReadDataItem(const json::element& item, std::string_view name);
  void ReadLeaves(const json::object& parent, std::string_view own_name, int depth);
  // Properties as members: json_flat.cpp.
  bool ReadFlat(const json::object& root, Record& record);
  void ReadFlatData(const json::object& root, Record& record);
  void ReadNestedData(std::string_view text, Record& record);
  void ReadNamed(const json::object& data);
  bool ReadList(const json::element& list);
  void ReadLevel(const json::object& root, Record& record);
  void ReadKeywords(const json::object& root, Record& record);
  void ReadUser(const json::object& root, Record& record);
  void ReadTime(const json::object& root, Record& record);
  bool PutTime(const json::element& value, std::string_view name, Record& record);
  bool ReadBytes(const json::element& value);

  void PutStrings(Record& record);

  std::string_view Keep(std::string text) { return made.emplace_back(std::move(text)); }
  void Put(std::string_view text, std::string_view name) {
    strings.push_back(text);
    names.push_back(name);
  }
  // A value as Windows would print it; "" for null, for objects and for lists.
  std::string_view Scalar(const json::element& value);
  std::string_view First(const json::object& root, std::span<const std::string_view> among);
  std::string_view Attribute(const json::object& parent, std::string_view element_name,
                             std::string_view name);
  std::string_view ElementText(const json::object& parent, std::string_view name);
};

}  // namespace exdiag
