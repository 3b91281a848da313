// Finds the <Event> elements in a text, whatever stands around them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/location.h"
#include "importers/text/between_elements.h"
#include "importers/text/fields.h"
#include "importers/text/nested_elements.h"
#include "importers/text/text_window.h"

namespace exdiag {

using EventElement = NestedElement;

// Walks the elements in bounded memory.
class EventElements {
 public:
  static constexpr std::size_t kLongest = std::size_t{4} << 20;

  explicit EventElements(TextWindow& window) : window_(&window), between_(window) {}

  // False at the end of the text.  The element lives until the next call; of one that a mail
  // quotes ("> <Event>") the marks in front of its lines are left out.
  bool Next(EventElement& element);

  // Text that is neither an event nor what tools write between events.
  const OutsideText& outside() const { return between_.outside(); }

 private:
  bool FindStart();
  std::size_t DepthBefore(std::size_t at) const;
  std::string_view Unquoted(std::string_view xml);

  TextWindow* window_;
  BetweenElements between_;
  std::size_t pending_ = 0;  // what the last element takes of the window
  std::size_t quoted_ = 0;   // marks in front of the lines of the element
  std::string unquoted_;
};

// Where an <Event> with its <System> begins in `text`; npos when none does.
std::size_t FindEventElement(std::string_view text);

// True when the line, or the part of one, is what tools write around events: declarations, root
// elements, comments, "Record 7" of evtx_dump.
bool IsBetweenEvents(std::string_view line);

}  // namespace exdiag
