#include "engine/signal/time_line.h"

#include <algorithm>

namespace exdiag {

void TimeLine::Append(Clock clock, Ticks time) {
  if (times_.size() % kStep == 0) each_step_.push_back(time.value);
  times_.push_back(time.value);
  ++sizes_[static_cast<std::size_t>(clock)];
}

ObservationRange TimeLine::OfClock(Clock clock) const {
  ObservationRange range;
  for (std::size_t i = 0; i < static_cast<std::size_t>(clock); ++i) range.begin += sizes_[i];
  range.end = range.begin + sizes_[static_cast<std::size_t>(clock)];
  return range;
}

template <typename IsBehind>
ObservationId TimeLine::First(ObservationRange range, const IsBehind& is_behind) const {
  const auto partition = [](std::size_t begin, std::size_t end, const auto& holds) {
    while (begin < end) {
      const std::size_t middle = begin + (end - begin) / 2;
      if (holds(middle)) {
        end = middle;
      } else {
        begin = middle + 1;
      }
    }
    return begin;
  };
  // The first step inside the range that is behind; it or one of those since the step before.
  const std::size_t step =
      partition((range.begin + kStep - 1) / kStep, (range.end + kStep - 1) / kStep,
                [&](std::size_t at) { return is_behind(each_step_[at]); });
  const std::size_t from = step == 0 ? 0 : (step - 1) * kStep;
  return static_cast<ObservationId>(partition(
      std::max<std::size_t>(range.begin, from), std::min<std::size_t>(range.end, step * kStep),
      [&](std::size_t at) { return is_behind(times_[at]); }));
}

ObservationRange TimeLine::Within(Clock clock, const Interval& interval) const {
  const ObservationRange all = OfClock(clock);
  if (interval.empty()) return {all.begin, all.begin};
  ObservationRange found;
  found.begin = First(all, [&](std::int64_t time) { return time >= interval.from; });
  found.end = First({found.begin, all.end}, [&](std::int64_t time) { return time > interval.to; });
  return found;
}

}  // namespace exdiag
