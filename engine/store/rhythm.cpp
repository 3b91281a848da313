// The seconds of a log's events are those of all its classes, each in the order of the index.  To
// sort them would need memory for every event; instead each minute in which something was written
// is one bit, and only at the ends of the few long pauses are the events asked for.
#include "engine/store/rhythm.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <utility>

#include "engine/store/batch.h"
#include "engine/store/class_events.h"

namespace exdiag {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kMinutesOfDay = 1440;

constexpr std::int64_t FloorDiv(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Minutes since 1970.
class Minutes {
 public:
  void Set(std::int64_t minute) {
    const std::int64_t day = FloorDiv(minute, kMinutesOfDay);
    if (last_ == nullptr || day != last_day_) {
      last_ = &days_[day];
      last_day_ = day;
    }
    last_->set(static_cast<std::size_t>(minute - day * kMinutesOfDay));
  }

  // Calls `visit` with each, in their order.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& [day, bits] : days_) {
      for (std::int64_t i = 0; i < kMinutesOfDay; ++i) {
        if (bits.test(static_cast<std::size_t>(i))) visit(day * kMinutesOfDay + i);
      }
    }
  }

 private:
  using Day = std::bitset<kMinutesOfDay>;
  std::map<std::int64_t, Day> days_;
  Day* last_ = nullptr;
  std::int64_t last_day_ = 0;
};

struct Interval {
  std::int64_t from, to;  // minutes
  std::int64_t length() const { return to - from; }
};

using Classes = std::vector<std::int64_t>;

Minutes MinutesOf(ClassEvents& events, const Classes& classes) {
  Minutes minutes;
  for (const std::int64_t row : classes) {
    events.ForEach(row, kNoTime + 1, kLastSecond, [&](std::span<const ClassEntry> part) {
      for (const ClassEntry& entry : part) minutes.Set(FloorDiv(entry.second, kMinute));
    });
  }
  return minutes;
}

// Between neighbouring minutes with events; none is shorter than one minute.
std::vector<Interval> IntervalsOf(const Minutes& minutes) {
  std::vector<Interval> intervals;
  std::int64_t before = 0;
  bool first = true;
  minutes.ForEach([&](std::int64_t minute) {
    if (!first) intervals.push_back({before, minute});
    before = minute;
    first = false;
  });
  return intervals;
}

// The 99th percentile of the intervals between `events` events, those within a minute as 0.
std::int64_t UsualMinutes(const std::vector<Interval>& intervals, std::uint64_t events) {
  if (events < 2 || intervals.empty()) return 0;
  const std::uint64_t all = events - 1;
  const std::uint64_t rank = all - all / 100;  // from 1
  const std::uint64_t within = all - intervals.size();
  if (rank <= within) return 0;
  std::vector<std::int64_t> lengths;
  for (const Interval& interval : intervals) lengths.push_back(interval.length());
  const auto place = lengths.begin() + static_cast<std::ptrdiff_t>(rank - within - 1);
  std::nth_element(lengths.begin(), place, lengths.end());
  return *place;
}

// The last or the first second with an event in this minute.
std::int64_t SecondIn(ClassEvents& events, const Classes& classes, std::int64_t minute, bool last) {
  const std::int64_t begin = minute * kMinute, end = begin + kMinute - 1;
  std::int64_t found = last ? begin : end;
  for (const std::int64_t row : classes) {
    events.ForEach(row, begin, end, [&](std::span<const ClassEntry> part) {
      if (part.empty()) return;
      found = last ? std::max(found, part.back().second) : std::min(found, part.front().second);
    });
  }
  return found;
}

}  // namespace

std::vector<LogRhythm> ReadRhythms(sql::Database& database, const PauseRule& rule) {
  std::map<std::pair<std::string, std::string>, Classes> logs;
  std::map<std::pair<std::string, std::string>, std::uint64_t> events;
  sql::Statement totals(database,
                        "SELECT h.name, ch.name, t.class, t.events FROM main.class_totals t "
                        "JOIN main.classes c ON c.id = t.class JOIN main.hosts h ON h.id = c.host "
                        "JOIN main.channels ch ON ch.id = c.channel "
                        "WHERE t.events > 0 AND t.last > 0 ORDER BY t.class",
                        false);
  while (totals.Next()) {
    const std::pair key(totals.Text(0), totals.Text(1));
    logs[key].push_back(totals.Int(2));
    events[key] += totals.Unsigned(3);
  }
  std::vector<LogRhythm> rhythms;
  ClassEvents events_of(database);
  for (const auto& [key, classes] : logs) {
    LogRhythm& log = rhythms.emplace_back();
    log.host = key.first;
    log.channel = key.second;
    log.events = events[key];
    const std::vector<Interval> intervals = IntervalsOf(MinutesOf(events_of, classes));
    const std::int64_t usual = UsualMinutes(intervals, log.events);
    log.usual = Duration::Seconds(usual * kMinute);
    const std::int64_t most = rule.longer_than.ticks / kTicksPerSecond / kMinute;
    for (const Interval& interval : intervals) {
      if (interval.length() <= std::max(most, usual * rule.times_usual)) continue;
      log.pauses.push_back({TicksOf(SecondIn(events_of, classes, interval.from, true), 0),
                            TicksOf(SecondIn(events_of, classes, interval.to, false), 0)});
    }
  }
  return rhythms;
}

}  // namespace exdiag
