// The normalised record: one shape whatever export it came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/location.h"
#include "engine/evidence/record.h"
#include "engine/evidence/strings.h"

namespace exdiag {

// One event as the store gives it back; owns everything.
struct Event {
  std::int64_t id = 0;   // row in the store, unique there; 0 before it is stored
  std::string channel;   // "" when no export of this event said
  std::string provider;  // canonical spelling (kbdata knows the aliases)
  std::uint16_t event_id = 0;
  std::uint16_t qualifiers = 0;
  Level level = Level::kUnknown;
  std::uint16_t category = 0;
  std::string category_text;
  std::uint64_t keywords = 0;
  Ticks time;
  TimeBasis time_basis = TimeBasis::kNone;
  TimePrecision time_precision = TimePrecision::kTicks;
  std::uint64_t record_id = 0;
  std::string computer;  // as exported
  std::string host;      // CanonicalHost(computer)
  std::string user;
  InsertionStrings strings;
  std::vector<std::string> names;  // of manifest values; as many as `strings`, or empty
  std::string
      message;  // as exported; "" when the catalogue renders it exactly or none was exported
  std::vector<std::byte> binary;
  bool recovered = false;
  Location where;  // first export that gave it
};

// What normalisation hands to the store: the fields of Event as views into buffers that the
// normaliser reuses, plus the identity.  Valid until the normaliser is called again.
struct NormalisedEvent {
  // Much the same from record to record of one log; the store keeps them in dictionaries.
  std::string_view channel;
  std::string_view provider;
  std::uint16_t event_id = 0;
  std::uint16_t qualifiers = 0;
  Level level = Level::kUnknown;
  std::uint16_t category = 0;
  std::string_view category_text;
  std::uint64_t keywords = 0;
  std::string_view computer;
  std::string_view host;
  std::string_view user;
  std::string_view names;  // encoded as AppendEncodedString does; "" for unnamed strings

  Ticks time;
  TimeBasis time_basis = TimeBasis::kNone;
  TimePrecision time_precision = TimePrecision::kTicks;
  std::uint64_t record_id = 0;
  std::string_view strings;  // encoded as AppendEncodedString does
  std::string_view message;
  std::span<const std::byte> binary;
  Place place;
  bool recovered = false;

  // Equal for the same event whatever format it came in: a hash (XXH3, 64 bits) of host, provider,
  // id, time to the second and what all its formats show of the strings.  Equal events of one
  // export are told apart by their order, which is the store's business.
  std::uint64_t identity = 0;
  // False when other formats of the same event cannot be compared with this one: message without a
  // catalogue entry, strings without one, zone not known.  The ledger counts these.
  bool comparable = true;

  // As in Record.  What one normaliser makes of records with the same `source_number` has the same
  // host and the same canonical provider too.
  std::uint64_t source_number = 0;
  std::uint64_t user_number = 0;
};

}  // namespace exdiag
