// What is read from one <Event> element, while it is read: what its parts mean, whoever takes them
// out of the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "importers/text/event_xml.h"

namespace exdiag {

struct EventXmlValues {
  // The names of real UserData nest two or three deep.
  static constexpr int kDeepest = 16;

  XmlEvent event;
  std::vector<std::string_view> strings;
  std::vector<std::string_view> names;
  std::deque<std::string> made;  // texts that stand nowhere in one piece
  std::vector<std::byte> binary;
  bool base64 = false;
  bool has_number = false;  // the System has an event number

  void Begin();

  // An element of the System.  `element` gives its text() and its attribute(name), "" when it has
  // none.
  template <typename Element>
  void TakeSystem(std::string_view name, const Element& element);
  bool is_event() const { return has_number && !event.provider.empty(); }

  // An element without others in it: of EventData, with its attribute "Name", or of UserData.
  // `gave_attributes`: its attributes are values already.
  void PutLeaf(std::string_view element, std::string_view name, std::string_view text,
               bool gave_attributes);
  void PutAttribute(std::string_view element, std::string_view name, std::string_view value) {
    Put(value, Keep(std::string(element).append("@").append(name)));
  }
  void ReadBinary(std::string_view text);
  // python-evtx prints the strings of a classic event as one: "<string>a</string>\n<string>b".
  void SplitStringArray();

  std::string_view Keep(std::string text) { return made.emplace_back(std::move(text)); }
  void Put(std::string_view text, std::string_view name) {
    strings.push_back(text);
    names.push_back(name);
  }
  // Gives the event what was put.
  void Publish();

 private:
  void TakeEventId(std::string_view text, std::string_view qualifiers);
  void TakeTime(std::string_view text);
};

// "<Data>", line break, blanks, "</Data>" is how an empty string is printed.
bool IsBlankLine(std::string_view text);
// 0 for what is no number of 16 bits.
std::uint16_t XmlNumber16(std::string_view text);

template <typename Element>
void EventXmlValues::TakeSystem(std::string_view name, const Element& element) {
  if (name == "Provider") {
    event.provider = element.attribute("Name");
    if (event.provider.empty()) event.provider = element.attribute("EventSourceName");
  } else if (name == "EventID") {
    TakeEventId(Trim(element.text()), element.attribute("Qualifiers"));
  } else if (name == "Level") {
    const auto level = ParseInteger(Trim(element.text()));
    if (level && *level >= 0 && *level <= 5) event.level = static_cast<Level>(*level);
  } else if (name == "Task") {
    event.task = XmlNumber16(element.text());
  } else if (name == "Keywords") {
    event.keywords = XmlNumber(element.text());
  } else if (name == "TimeCreated") {
    TakeTime(element.attribute("SystemTime"));
  } else if (name == "EventRecordID") {
    event.record_id = XmlNumber(element.text());
  } else if (name == "Channel") {
    event.channel = Trim(element.text());
  } else if (name == "Computer") {
    event.computer = Trim(element.text());
  } else if (name == "Security") {
    event.user = element.attribute("UserID");
  }
}

}  // namespace exdiag
