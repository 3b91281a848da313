#include "engine/store/period_counter.h"

namespace exdiag {

Tally PeriodCounter::Count(std::int64_t class_row, std::optional<Ticks> since,
                           std::optional<Ticks> until) {
  Tally tally;
  if (!since) {
    classes_.ForEach(class_row, kNoTime, kNoTime,
                     [&](std::span<const ClassEntry> part) { tally.events += part.size(); });
  }
  first_ = last_ = {};
  between_ = 0;
  classes_.ForEach(class_row, since ? UnixSecond(*since) : kNoTime + 1,
                   until ? UnixSecond(*until) : kLastSecond,
                   [&](std::span<const ClassEntry> part) { Gather(part); });
  AddEvents(first_, since, until, tally);
  AddEvents(last_, since, until, tally);
  tally.events += between_;
  return tally;
}

void PeriodCounter::Gather(std::span<const ClassEntry> part) {
  for (const ClassEntry& entry : part) {
    if (first_.events.empty()) first_.second = entry.second;
    if (entry.second == first_.second) {
      first_.events.push_back(entry.event);
      continue;
    }
    if (entry.second != last_.second) {
      between_ += last_.events.size();
      last_.second = entry.second;
      last_.events.clear();
    }
    last_.events.push_back(entry.event);
  }
}

void PeriodCounter::AddEvents(const Second& of, std::optional<Ticks> since,
                              std::optional<Ticks> until, Tally& tally) {
  StoredEvent event;
  for (const std::int64_t id : of.events) {
    if (!events_.Get(id, event)) continue;
    const Ticks time = TicksOf(event.second, event.fraction);
    if ((!since || time >= *since) && (!until || time <= *until)) tally.Add(time);
  }
}

}  // namespace exdiag
