// When each observation was.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/spill_file.h"
#include "engine/signal/clock.h"

namespace exdiag {

// Number of an observation (event or fact); smaller numbers are earlier, clock by clock.
using ObservationId = std::uint32_t;

// A run of observations; `end` is not one of them.
struct ObservationRange {
  ObservationId begin = 0;
  ObservationId end = 0;
};

class TimeLine {
 public:
  // The next observation: of the same clock or a later one, and in that not earlier.
  void Append(Clock clock, Ticks time);

  std::int64_t TimeAt(ObservationId id) const { return times_[id]; }
  ObservationRange OfClock(Clock clock) const;
  // Those of one clock whose time lies in `interval`.
  ObservationRange Within(Clock clock, const Interval& interval) const;

  // False when what it gave cannot be relied upon: the temporary file could not be read.
  bool ok() const { return times_.ok(); }

 private:
  // The first of `range` whose time `is_behind`, as all of those behind it are; its end when none
  // is.
  template <typename IsBehind>
  ObservationId First(ObservationRange range, const IsBehind& is_behind) const;

  static constexpr std::size_t kStep = 64;

  SpilledList<std::int64_t> times_{std::size_t{1} << 20};
  std::vector<std::int64_t> each_step_;  // of these times, so that few others have to be read
  std::array<ObservationId, kClocks> sizes_{};
};

}  // namespace exdiag
