#include "engine/base/location.h"

#include <fmt/format.h>

namespace exdiag {

std::string ToString(const Location& location) {
  switch (location.place.unit) {
    case Place::Unit::kNone:
      break;
    case Place::Unit::kOffset:
      return fmt::format("{}: offset {:#x}", location.file, location.place.value);
    case Place::Unit::kLine:
      if (location.place.column != 0) {
        return fmt::format("{}: line {}, column {}", location.file, location.place.value,
                           location.place.column);
      }
      return fmt::format("{}: line {}", location.file, location.place.value);
  }
  return location.file;
}

}  // namespace exdiag
