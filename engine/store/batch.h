// What travels from the thread that reads to the thread that writes.
//
// The reader numbers classes and users as it meets them ("local" numbers, from 0, in the order of
// Batch::new_classes over the batches), so that the writer looks each up in the store only once.
// When the reader's table is full it starts again at 0 with a batch marked `restart`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/event.h"
#include "engine/evidence/fact.h"
#include "engine/store/store.h"

namespace exdiag {

// What is the same from event to event.
struct EventClass {
  std::string provider;
  std::string host;
  std::string computer;
  std::string channel;
  std::string category_text;
  std::string names;  // encoded
  std::uint64_t keywords = 0;
  std::uint16_t event_id = 0;
  std::uint16_t qualifiers = 0;
  std::uint16_t category = 0;
  Level level = Level::kUnknown;

  bool operator==(const EventClass&) const = default;
};

// Events, and the first and last known time among them.
struct Tally {
  std::uint64_t events = 0;
  Ticks first;  // not known() when no event had a time
  Ticks last;

  void Add(Ticks time) {
    ++events;
    if (!time.known()) return;
    if (!first.known() || time < first) first = time;
    if (time > last) last = time;
  }
  // Both with times, or without.
  void Add(const Tally& other) {
    if (other.events == 0) return;
    Add(other.first);
    Add(other.last);
    events += other.events - 2;
  }
};

struct ClassTally {
  std::uint32_t local_class = 0;
  bool kept = true;                    // false: these events are not in any batch and only counted
  TimeBasis basis = TimeBasis::kNone;  // kUtc, kLocalUnknown or kNone
  Tally tally;
};

// Bits of events.flags.
struct EventFlags {
  static constexpr std::uint32_t kRecovered = 1 << 4;
  static constexpr std::uint32_t kIncomparable = 1 << 5;

  static std::uint32_t Pack(TimeBasis basis, TimePrecision precision, bool recovered,
                            bool comparable) {
    return static_cast<std::uint32_t>(basis) | static_cast<std::uint32_t>(precision) << 2 |
           (recovered ? kRecovered : 0) | (comparable ? 0 : kIncomparable);
  }
  static TimeBasis Basis(std::uint32_t flags) { return static_cast<TimeBasis>(flags & 3); }
  static TimePrecision Precision(std::uint32_t flags) {
    return static_cast<TimePrecision>(flags >> 2 & 3);
  }
};

// One event; strings, message and binary follow one another in Batch::bytes.
struct QueuedEvent {
  std::uint64_t identity = 0;
  std::uint64_t record_id = 0;
  std::int64_t second = 0;  // since 1970
  std::uint64_t place = 0;  // PackPlace
  std::uint32_t place_column = 0;
  std::uint32_t fraction = 0;  // 100 ns
  std::uint32_t local_class = 0;
  std::uint32_t local_user = 0;  // kNoUser for none
  std::uint32_t flags = 0;
  std::uint32_t strings_size = 0;
  std::uint32_t message_size = 0;
  std::uint32_t binary_size = 0;
  std::uint64_t bytes_offset = 0;

  static constexpr std::uint32_t kNoUser = 0xffff'ffff;
};

struct Batch {
  bool restart = false;
  std::vector<EventClass> new_classes;
  std::vector<std::string> new_users;
  std::vector<QueuedEvent> events;
  std::string bytes;
  std::vector<Fact> facts;
  std::vector<StoredReject> rejects;
  std::size_t rejects_size = 0;  // raw bytes and words in `rejects`
  std::vector<ClassTally> tallies;

  std::string_view Strings(const QueuedEvent& event) const {
    return std::string_view(bytes).substr(event.bytes_offset, event.strings_size);
  }
  std::string_view Message(const QueuedEvent& event) const {
    return std::string_view(bytes).substr(event.bytes_offset + event.strings_size,
                                          event.message_size);
  }
  std::string_view Binary(const QueuedEvent& event) const {
    return std::string_view(bytes).substr(
        event.bytes_offset + event.strings_size + event.message_size, event.binary_size);
  }
  // Nothing is lost when it is not written, but for `restart`.
  bool empty() const {
    return new_classes.empty() && new_users.empty() && events.empty() && facts.empty() &&
           rejects.empty() && tallies.empty();
  }
  // Ready for the next use; keeps its memory.
  void Clear();
};

// Place without its column as one number, and back.
constexpr std::uint64_t PackPlace(const Place& place) {
  return place.value << 2 | static_cast<std::uint64_t>(place.unit);
}
constexpr Place UnpackPlace(std::uint64_t packed, std::uint32_t column) {
  return {static_cast<Place::Unit>(packed & 3), packed >> 2, column};
}

// Ticks as (second since 1970, fraction), and back.
inline constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;
inline constexpr std::int64_t kNoTime = -kSecondsTo1970;  // the second of events without a time
constexpr std::int64_t UnixSecond(Ticks time) {
  const std::int64_t floor = time.value >= 0 ? time.value / kTicksPerSecond
                                             : (time.value - kTicksPerSecond + 1) / kTicksPerSecond;
  return floor - kSecondsTo1970;
}
constexpr std::uint32_t Fraction(Ticks time) {
  return static_cast<std::uint32_t>(time.value -
                                    (UnixSecond(time) + kSecondsTo1970) * kTicksPerSecond);
}
constexpr Ticks TicksOf(std::int64_t second, std::int64_t fraction) {
  return {(second + kSecondsTo1970) * kTicksPerSecond + fraction};
}

}  // namespace exdiag
