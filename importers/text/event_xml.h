// One <Event> element as Windows prints it, understood as far as it goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/record.h"

namespace exdiag {

struct XmlEvent {
  std::string provider;
  std::uint16_t event_id = 0;
  std::uint16_t qualifiers = 0;
  Level level = Level::kUnknown;
  std::uint16_t task = 0;
  std::uint64_t keywords = 0;
  Ticks time;  // UTC
  std::uint64_t record_id = 0;
  std::string channel;
  std::string computer;
  std::string user;  // SID

  bool has_strings = false;
  std::vector<std::string> strings;
  std::vector<std::string> names;  // as many, or empty when no value has a name
  std::vector<std::byte> binary;

  std::string message;    // of RenderingInfo
  bool complete = false;  // the element was closed
};

// nullopt when there is no provider and no event number in it.  Of an element that is cut off, what
// stands before the cut; its strings only when all of them are there.
std::optional<XmlEvent> ParseEventXml(std::string_view xml);

// Bytes of "0A0b" or "0a 0b"; stops at the first thing that is no hexadecimal digit.
std::vector<std::byte> BytesFromHex(std::string_view hex);

}  // namespace exdiag
