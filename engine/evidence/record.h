// What one format's reader yields, still in that format's terms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/location.h"
#include "engine/base/time.h"

namespace exdiag {

// As Event Viewer names them; numbers are those of System/Level in .evtx.
enum class Level : std::uint8_t {
  kUnknown = 255,  // the export does not say
  kLogAlways = 0,  // also audits, whose outcome is in the keywords
  kCritical = 1,
  kError = 2,
  kWarning = 3,
  kInformation = 4,
  kVerbose = 5,
};

// "error", "warning", ... as in the JSON report; "" for kUnknown.
std::string_view LevelName(Level level);
// Reads English names in any case ("Error", "Success Audit" -> kLogAlways ...) and digits.
Level LevelFromName(std::string_view name);

// Windows' EventType of ReportEvent (1 error, 2 warning, 4 information, 8/16 audits, 0 success) as
// a level.  [MS-EVEN] 3.1.1.2; audits and others become kLogAlways and kInformation.
Level LevelFromEventType(std::uint16_t event_type);

// Keywords of audits, the only ones that classic providers set (winmeta.xml).
inline constexpr std::uint64_t kKeywordClassic = 0x0080'0000'0000'0000;
inline constexpr std::uint64_t kKeywordAuditFailure = 0x0010'0000'0000'0000;
inline constexpr std::uint64_t kKeywordAuditSuccess = 0x0020'0000'0000'0000;

enum class TimePrecision : std::uint8_t { kTicks, kSecond, kMinute };

// One event as an export holds it.  All views are borrowed: they die when the call that hands the
// record over returns.  An export that lacks a thing leaves it at its default; nothing is invented.
struct Record {
  Place place;                // where the record begins in its export
  std::string_view channel;   // "Application"; legacy tools say "log"
  std::string_view provider;  // "MSExchangeTransport"; legacy tools say "source"
  std::uint16_t event_id = 0;
  std::uint16_t qualifiers = 0;  // high word of the 32-bit instance id
  Level level = Level::kUnknown;
  std::uint16_t category = 0;      // number (System/Task); 0 when only the text is known
  std::string_view category_text;  // trimmed; "" for none, also when the export says "None"
  std::uint64_t keywords = 0;

  Ticks time;  // the event's own time (TimeCreated, TimeGenerated), never a record header's
  TimeBasis time_basis = TimeBasis::kNone;
  TimePrecision time_precision = TimePrecision::kTicks;

  std::uint64_t record_id = 0;  // 0 when the export does not carry one
  std::string_view computer;    // as written there
  std::string_view user;        // SID, or DOMAIN\name; "" for none and for "N/A"

  // Insertion strings in order, empty ones included.  `has_strings` tells "none" from "not
  // exported".
  bool has_strings = false;
  std::span<const std::string_view> strings;
  // Names of manifest providers' values, as many as `strings`, or empty.
  std::span<const std::string_view> names;
  // The export holds named values in an order of its own and leaves empty ones out.
  bool any_order = false;

  std::string_view message;  // rendered text as exported; "" when not exported
  std::span<const std::byte> binary;

  bool recovered = false;  // carved from slack or from a damaged place

  // What whoever looks up the same names for each record may go by.  Records that have the same
  // `source_number` other than 0 have the same provider, channel and computer, to the byte, and
  // those with the same `user_number` other than 0 the same user, wherever in this run of the
  // program they come from.  Other numbers, or none, say nothing.  Views that are the same (pointer
  // and size) prove nothing: buffers are used again.
  std::uint64_t source_number = 0;
  std::uint64_t user_number = 0;
};

// Something that looked like a record and could not be read.  It counts as read and rejected.
struct Reject {
  Place place;
  std::string diagnostic_id;       // "csv.columns"
  std::string reason;              // with its consequence, as in Diagnostic::reason
  std::span<const std::byte> raw;  // borrowed; whoever keeps it may cut it (the store keeps 4 KiB)
};

}  // namespace exdiag
