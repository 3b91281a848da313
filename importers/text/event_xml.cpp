#include "importers/text/event_xml.h"

#include <algorithm>
#include <cstring>
#include <pugixml.hpp>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// An empty string is printed as "<Data>", line break, blanks, "</Data>".
std::string ValueOf(const pugi::xml_node& node) {
  const std::string_view text = node.text().get();
  return Trim(text).empty() ? std::string() : std::string(text);
}

std::uint64_t Number(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  if (!StartsWithIgnoreCase(trimmed, "0x")) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(ParseInteger(trimmed).value_or(0), 0));
  }
  // Keywords use all 64 bits, which ParseInteger does not.
  std::uint64_t value = 0;
  for (const char c : trimmed.substr(2)) {
    const auto digit = ParseInteger(std::string("0x") + c);
    if (!digit) return 0;
    value = value << 4 | static_cast<std::uint64_t>(*digit);
  }
  return value;
}

template <typename T>
T Limited(std::uint64_t value) {
  return value <= T(-1) ? static_cast<T>(value) : T{0};
}

void ReadSystem(const pugi::xml_node& system, XmlEvent& event) {
  event.provider = system.child("Provider").attribute("Name").value();
  const pugi::xml_node id = system.child("EventID");
  const std::uint64_t number = Number(id.text().get());
  event.event_id = static_cast<std::uint16_t>(number & 0xffff);
  event.qualifiers = Limited<std::uint16_t>(number >> 16);
  if (const auto qualifiers = id.attribute("Qualifiers")) {
    event.qualifiers = Limited<std::uint16_t>(Number(qualifiers.value()));
  }
  const auto level = ParseInteger(Trim(system.child("Level").text().get()));
  if (level && *level >= 0 && *level <= 5) event.level = static_cast<Level>(*level);
  event.task = Limited<std::uint16_t>(Number(system.child("Task").text().get()));
  event.keywords = Number(system.child("Keywords").text().get());
  const auto time = ParseIsoTime(system.child("TimeCreated").attribute("SystemTime").value());
  if (time) event.time = time->ticks;
  event.record_id = Number(system.child("EventRecordID").text().get());
  event.channel = Trim(system.child("Channel").text().get());
  event.computer = Trim(system.child("Computer").text().get());
  event.user = system.child("Security").attribute("UserID").value();
}

void ReadEventData(const pugi::xml_node& data, XmlEvent& event) {
  event.has_strings = true;
  bool named = false;
  for (const pugi::xml_node node : data.children()) {
    if (std::strcmp(node.name(), "Binary") == 0) {
      event.binary = BytesFromHex(node.text().get());
      continue;
    }
    event.strings.push_back(ValueOf(node));
    event.names.emplace_back(node.attribute("Name").value());
    named = named || !event.names.back().empty();
  }
  if (!named) event.names.clear();
}

// UserData holds one element of the provider's own making; its leaves are the values.
// Real ones nest two or three deep.
constexpr int kDeepest = 16;

void ReadLeaves(const pugi::xml_node& parent, int depth, XmlEvent& event) {
  for (const pugi::xml_node node : parent.children()) {
    if (node.type() != pugi::node_element) continue;
    const bool is_leaf = node.find_child([](const pugi::xml_node& child) {
      return child.type() == pugi::node_element;
    }) == pugi::xml_node();
    if (is_leaf) {
      event.strings.push_back(ValueOf(node));
      event.names.emplace_back(node.name());
    } else if (depth < kDeepest) {
      ReadLeaves(node, depth + 1, event);
    }
  }
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<XmlEvent> ParseEventXml(std::string_view xml) {
  // Of an element that is cut off the parser keeps what it read; that is what we want.
  pugi::xml_document document;
  document.load_buffer(xml.data(), xml.size());
  const pugi::xml_node root = document.child("Event");
  XmlEvent event;
  ReadSystem(root.child("System"), event);
  if (event.provider.empty() || root.child("System").child("EventID").empty()) return std::nullopt;
  event.complete = xml.find("</Event>") != std::string_view::npos;
  if (const auto data = root.child("EventData")) {
    if (event.complete || xml.find("</EventData>") != std::string_view::npos) {
      ReadEventData(data, event);
    }
  } else if (const auto user_data = root.child("UserData")) {
    if (event.complete || xml.find("</UserData>") != std::string_view::npos) {
      event.has_strings = true;
      ReadLeaves(user_data, 0, event);
    }
  }
  event.message = root.child("RenderingInfo").child("Message").text().get();
  return event;
}

std::vector<std::byte> BytesFromHex(std::string_view hex) {
  std::vector<std::byte> bytes;
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
  return bytes;
}

}  // namespace exdiag
