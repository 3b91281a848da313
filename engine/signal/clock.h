// Windows on event time, also between times that cannot quite be compared.
#pragma once

#include <cstdint>
#include <limits>

#include "engine/base/time.h"

namespace exdiag {

// What a time can be compared with.  Events of one clock are ordered among each other; the wall
// clocks of all exports whose zone is not known are taken for one clock.
enum class Clock : std::uint8_t { kUtc, kWall, kNone };
inline constexpr std::size_t kClocks = 3;

Clock ClockOf(Ticks time, TimeBasis basis);

// Both ends included; `from` > `to`: nothing lies in it.
struct Interval {
  std::int64_t from = std::numeric_limits<std::int64_t>::max();
  std::int64_t to = std::numeric_limits<std::int64_t>::min();

  bool empty() const { return from > to; }
  bool Contains(std::int64_t ticks) const { return from <= ticks && ticks <= to; }
};

// How far back and forth from an event, both ends included; kEver on a side: no limit there.
struct Window {
  Duration before;
  Duration after;

  bool unlimited() const;  // on at least one side
};

// Where in the times of another clock the events of a window can lie.
struct WindowOnClock {
  Interval certain;   // inside, whatever the unknown zone is
  Interval possible;  // inside for some zone; never smaller than `certain`
};

// The window around an event at `time` of clock `of`, seen on clock `on`.  Wall clocks are between
// 12 hours behind and 14 hours before UTC.  Events without a time are simultaneous with each other,
// and outside every window around an event with one that is limited on both sides.
WindowOnClock ProjectWindow(const Window& window, Clock of, Ticks time, Clock on);

}  // namespace exdiag
