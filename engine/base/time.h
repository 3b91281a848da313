// Points in time as Windows counts them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exdiag {

inline constexpr std::int64_t kTicksPerSecond = 10'000'000;

// Intervals of 100 ns since 1601-01-01T00:00:00 (FILETIME, [MS-DTYP] 2.3.3).  Whether that is UTC
// is said beside it (TimeBasis).  0 means "no time": some pasted events carry none.
struct Ticks {
  std::int64_t value = 0;

  auto operator<=>(const Ticks&) const = default;

  bool known() const { return value != 0; }
  // Seconds since 1601, cut off, not rounded: what the formats with whole seconds show.
  std::int64_t seconds() const { return value / kTicksPerSecond; }
};

struct Duration {
  std::int64_t ticks = 0;

  auto operator<=>(const Duration&) const = default;

  static Duration Seconds(std::int64_t seconds) { return {seconds * kTicksPerSecond}; }
};

inline Ticks operator+(Ticks time, Duration by) { return {time.value + by.ticks}; }
inline Ticks operator-(Ticks time, Duration by) { return {time.value - by.ticks}; }
inline Duration operator-(Ticks later, Ticks earlier) { return {later.value - earlier.value}; }

// What is known about the zone of a time.
enum class TimeBasis : std::uint8_t {
  kUtc,              // the export said UTC
  kLocalWithOffset,  // it was local; the zone was given or found, and the ticks are UTC
  kLocalUnknown,     // the ticks are the wall clock of an unknown zone
  kNone,             // the export carries no time at all
};

struct CivilTime {
  int year = 1601;
  int month = 1;   // 1..12
  int day = 1;     // 1..31
  int hour = 0;    // 0..23
  int minute = 0;  // 0..59
  int second = 0;  // 0..59
  int ticks = 0;   // 0..9'999'999
};

// nullopt when a part is out of its range (31 February) or the year is not in 1601..9999.
std::optional<Ticks> TicksFromCivil(const CivilTime& civil);
CivilTime CivilFromTicks(Ticks time);

// Converts a FILETIME.  nullopt for 0 ("never") and for values past the year 9999, which occur in
// damaged records but in no log that Windows wrote.
std::optional<Ticks> TicksFromFileTime(std::uint64_t filetime);

// Seconds since 1970-01-01T00:00:00Z, as .evt and pcap files count.
Ticks TicksFromUnix(std::int64_t seconds);

// "2021-06-04T08:41:47.982128Z"; the fraction is left out when it is 0 and otherwise printed
// without trailing zeros; the Z stands for kUtc and kLocalWithOffset only; "" for no time.
std::string FormatTime(Ticks time, TimeBasis basis);
// The same to the second and with a blank in the middle, for people: "2021-06-04 08:41:47".
std::string FormatTimeForPeople(Ticks time);

struct ParsedTime {
  Ticks ticks;              // UTC when there was a Z or an offset, else the wall clock
  bool has_offset = false;  // a Z or +hh:mm was there
};

// ISO 8601: "2021-06-04T08:41:47", blank or T, 0..9 digits of fraction (past the seventh cut off),
// nothing, Z or +hh:mm behind, the time of day optional.  nullopt for anything else.
std::optional<ParsedTime> ParseIsoTime(std::string_view text);

// "90s", "10m", "1h", "7d"; a bare number is refused, so that nobody guesses a unit.
std::optional<Duration> ParseDuration(std::string_view text);
// "90 s", "10 min", "2 h", "7 d": the largest unit that divides it.
std::string FormatDuration(Duration duration);

// A zone by IANA name ("Europe/Paris") or fixed offset ("+01:00", "-0530", "UTC").
class TimeZone {
 public:
  // nullopt when the system's zone database has no such name and it is no offset.
  static std::optional<TimeZone> Find(std::string_view name);

  // UTC of a wall-clock time.  A time that occurs twice in autumn gives the earlier one; one that
  // is skipped in spring is read with the offset before the change.
  Ticks ToUtc(Ticks wall_clock) const;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::optional<std::int64_t> fixed_offset_seconds_;  // else name_ is looked up in the database
};

}  // namespace exdiag
