#include "engine/signal/clock.h"

#include "engine/rule/rule.h"

namespace exdiag {
namespace {

// UTC-12 and UTC+14 are the ends of the zones in use: wall clock = UTC + offset.
constexpr std::int64_t kLeastOffset = -12 * 3600 * kTicksPerSecond;
constexpr std::int64_t kGreatestOffset = 14 * 3600 * kTicksPerSecond;

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
constexpr Interval kAlways = {kLowest, kHighest};

bool IsEver(Duration duration) { return duration.ticks >= kEver.ticks; }

// The window in ticks, moved by `shift_from` and `shift_to` at its limited ends.
Interval Around(const Window& window, Ticks time, std::int64_t shift_from, std::int64_t shift_to) {
  return {IsEver(window.before) ? kLowest : time.value - window.before.ticks + shift_from,
          IsEver(window.after) ? kHighest : time.value + window.after.ticks + shift_to};
}

}  // namespace

Clock ClockOf(Ticks time, TimeBasis basis) {
  if (!time.known() || basis == TimeBasis::kNone) return Clock::kNone;
  return basis == TimeBasis::kLocalUnknown ? Clock::kWall : Clock::kUtc;
}

bool Window::unlimited() const { return IsEver(before) || IsEver(after); }

WindowOnClock ProjectWindow(const Window& window, Clock of, Ticks time, Clock on) {
  if (of == Clock::kNone && on == Clock::kNone) return {kAlways, kAlways};
  if (of == Clock::kNone || on == Clock::kNone) {
    return window.unlimited() ? WindowOnClock{kAlways, kAlways} : WindowOnClock{};
  }
  if (of == on) {
    const Interval same = Around(window, time, 0, 0);
    return {same, same};
  }
  // An event at UTC u shows the wall clock u + offset; seen the other way round the signs turn.
  const std::int64_t least = on == Clock::kWall ? kLeastOffset : -kGreatestOffset;
  const std::int64_t greatest = on == Clock::kWall ? kGreatestOffset : -kLeastOffset;
  return {Around(window, time, greatest, least), Around(window, time, least, greatest)};
}

}  // namespace exdiag
