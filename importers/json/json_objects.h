// Finds the objects in a JSON text, whatever holds them: one a line, an array, one behind the
// other.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/location.h"
#include "importers/text/fields.h"
#include "importers/text/text_window.h"

namespace exdiag {

struct JsonObject {
  std::string_view text;
  Place place;
  enum class End : std::uint8_t {
    kClosed,
    kCutByNext,  // another object begins at the margin before this one ends
    kCutByText,
    kTooLong,  // no end within kLongest
  };
  End end = End::kClosed;
};

// True when an object begins at the margin of the line.
bool BeginsObject(std::string_view line);

// True when the line is "Record 7", which evtx_dump puts in front of an event.
bool IsRecordLine(std::string_view line);

// Walks the outermost objects in bounded memory.
class JsonObjects {
 public:
  static constexpr std::size_t kLongest = std::size_t{4} << 20;

  // Where anything begins an object, or, of a text with other things in it, only a brace at the
  // margin of a line with a name or nothing behind it.
  enum class Start : std::uint8_t { kAnyBrace, kBraceAtMargin };

  JsonObjects(TextWindow& window, Start start) : window_(&window), start_(start) {}

  // False at the end of the text.  The object lives until the next call.
  bool Next(JsonObject& object);

  // Text that is no object, nor the array around objects.
  const OutsideText& outside() const { return outside_; }

 private:
  bool FindStart();
  std::size_t BraceIn(std::string_view line) const;

  TextWindow* window_;
  Start start_;
  std::size_t pending_ = 0;  // what the last object takes of the window
  OutsideText outside_;
};

}  // namespace exdiag
