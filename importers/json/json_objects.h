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

// Walks the outermost objects in bounded memory.
class JsonObjects {
 public:
  static constexpr std::size_t kLongest = std::size_t{4} << 20;

  explicit JsonObjects(TextWindow& window) : window_(&window) {}

  // False at the end of the text.  The object lives until the next call.
  bool Next(JsonObject& object);

  // Text that is no object, nor the array around objects.
  const OutsideText& outside() const { return outside_; }

 private:
  bool FindStart();

  TextWindow* window_;
  std::size_t pending_ = 0;  // what the last object takes of the window
  OutsideText outside_;
};

}  // namespace exdiag
