#include "engine/signal/match_list.h"

#include <algorithm>
#include <cassert>

namespace exdiag {

void MatchList::Reserve(std::size_t size) {
  ids_.reserve(size);
  times_.reserve(size);
}

void MatchList::Append(ObservationId id, Clock clock, Ticks time) {
  assert(ids_.empty() || ids_.back() < id);
  ids_.push_back(id);
  times_.push_back(time.value);
  ++clock_sizes_[static_cast<std::size_t>(clock)];
}

PositionRange MatchList::OfClock(Clock clock) const {
  PositionRange range;
  for (std::size_t i = 0; i < static_cast<std::size_t>(clock); ++i) range.begin += clock_sizes_[i];
  range.end = range.begin + clock_sizes_[static_cast<std::size_t>(clock)];
  return range;
}

PositionRange MatchList::Within(Clock clock, const Interval& interval) const {
  const PositionRange all = OfClock(clock);
  if (interval.empty()) return {all.begin, all.begin};
  const auto begin = times_.begin() + static_cast<std::ptrdiff_t>(all.begin);
  const auto end = times_.begin() + static_cast<std::ptrdiff_t>(all.end);
  const auto first = std::lower_bound(begin, end, interval.from);
  const auto last = std::upper_bound(first, end, interval.to);
  return {static_cast<std::size_t>(first - times_.begin()),
          static_cast<std::size_t>(last - times_.begin())};
}

std::size_t MatchList::Find(ObservationId id) const {
  const auto found = std::lower_bound(ids_.begin(), ids_.end(), id);
  if (found == ids_.end() || *found != id) return ids_.size();
  return static_cast<std::size_t>(found - ids_.begin());
}

void RangeSet::Add(const MatchList& list, PositionRange range) {
  if (range.size() == 0) return;
  auto& known = ranges_[&list];
  if (!known.empty() && known.back().begin <= range.begin && range.begin <= known.back().end) {
    known.back().end = std::max(known.back().end, range.end);
    return;
  }
  known.push_back(range);
}

std::vector<ObservationId> RangeSet::Members() const {
  std::vector<ObservationId> members;
  for (const auto& [list, ranges] : ranges_) {
    std::vector<PositionRange> sorted = ranges;
    std::sort(sorted.begin(), sorted.end(),
              [](const PositionRange& a, const PositionRange& b) { return a.begin < b.begin; });
    std::size_t done = 0;
    for (const PositionRange& range : sorted) {
      for (std::size_t i = std::max(done, range.begin); i < range.end; ++i) {
        members.push_back((*list)[i]);
      }
      done = std::max(done, range.end);
    }
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

}  // namespace exdiag
