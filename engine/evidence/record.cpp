#include "engine/evidence/record.h"

#include "engine/base/text.h"

namespace exdiag {

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kUnknown:
      return "";
    case Level::kLogAlways:
      return "log_always";
    case Level::kCritical:
      return "critical";
    case Level::kError:
      return "error";
    case Level::kWarning:
      return "warning";
    case Level::kInformation:
      return "information";
    case Level::kVerbose:
      return "verbose";
  }
  return "";
}

Level LevelFromName(std::string_view name) {
  constexpr struct {
    std::string_view name;
    Level level;
  } kNames[] = {
      {"error", Level::kError},
      {"warning", Level::kWarning},
      {"information", Level::kInformation},
      {"info", Level::kInformation},
      {"informational", Level::kInformation},
      {"critical", Level::kCritical},
      {"verbose", Level::kVerbose},
      {"success", Level::kInformation},
      {"success audit", Level::kLogAlways},
      {"failure audit", Level::kLogAlways},
      {"audit success", Level::kLogAlways},
      {"audit failure", Level::kLogAlways},
      {"successaudit", Level::kLogAlways},
      {"failureaudit", Level::kLogAlways},
      {"log_always", Level::kLogAlways},
      {"logalways", Level::kLogAlways},
  };
  const std::string_view trimmed = Trim(name);
  for (const auto& row : kNames) {
    if (EqualsIgnoreCase(trimmed, row.name)) return row.level;
  }
  const auto number = ParseInteger(trimmed);
  if (number && *number >= 0 && *number <= 5) return static_cast<Level>(*number);
  return Level::kUnknown;
}

Level LevelFromEventType(std::uint16_t event_type) {
  switch (event_type) {
    case 1:
      return Level::kError;
    case 2:
      return Level::kWarning;
    case 8:
    case 16:
      return Level::kLogAlways;
    default:
      return Level::kInformation;
  }
}

}  // namespace exdiag
