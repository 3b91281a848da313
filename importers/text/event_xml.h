// One <Event> element as Windows prints it, understood as far as it goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/record.h"

namespace exdiag {

// What the element says.  Views into the reader that gave it.
struct XmlEvent {
  std::string_view provider;
  std::uint16_t event_id = 0;
  std::uint16_t qualifiers = 0;
  Level level = Level::kUnknown;
  std::uint16_t task = 0;
  std::uint64_t keywords = 0;
  Ticks time;  // UTC
  std::uint64_t record_id = 0;
  std::string_view channel;
  std::string_view computer;
  std::string_view user;  // SID

  bool has_strings = false;
  std::span<const std::string_view> strings;
  std::span<const std::string_view> names;  // as many, or empty when no value has a name
  std::span<const std::byte> binary;

  std::string_view message;    // of RenderingInfo
  std::string_view task_text;  // of RenderingInfo

  bool complete = false;     // the element was closed
  bool well_formed = false;  // and nothing in it had to be passed over
  bool plain = false;        // and all of it is as PlainEventXml wants it
};

// Reads elements one after the other, with buffers that are used again.
class EventXmlReader {
 public:
  EventXmlReader();
  EventXmlReader(const EventXmlReader&) = delete;
  EventXmlReader& operator=(const EventXmlReader&) = delete;
  ~EventXmlReader();

  // What stands between <Event> and </Event>, both included; namespaces do not matter.  nullptr
  // when there is no provider or no event number in it.  The event lives until the next call.
  //
  // Of an element that is cut off, what stands before the cut; its strings only when all of them
  // are there.  Unescaped < and & in Data are text, as Event Viewer shows them.
  const XmlEvent* Read(std::string_view xml);
  // Insertion strings of an <EventData> or <UserData> element alone, as some collectors keep it;
  // nullptr when there is none.
  const XmlEvent* ReadData(std::string_view xml);

  // python-evtx writes <Binary> as base64, all others as hexadecimal digits.
  void set_base64(bool base64);

 private:
  class State;

  std::unique_ptr<State> state_;
};

// Everything that the element says and the record does not know better: what an element leaves out
// stays as it was.
void PutXmlEvent(const XmlEvent& event, Record& record);

// A number as Windows prints them in XML: decimal, or 0x and up to 16 digits; 0 for anything else.
std::uint64_t XmlNumber(std::string_view text);

// Bytes of "0A0b" or "0a 0b"; stops at the first thing that is no hexadecimal digit.
void BytesFromHex(std::string_view hex, std::vector<std::byte>& bytes);
// False, and `bytes` as it was, when `text` is no base64.
bool BytesFromBase64(std::string_view text, std::vector<std::byte>& bytes);

}  // namespace exdiag
