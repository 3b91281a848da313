#include "engine/signal/burst_finder.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <unordered_map>

namespace exdiag {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

}  // namespace

BurstFinder::BurstFinder(const MatchList& list, SpilledList<TextId> groups, std::uint64_t count,
                         Duration span)
    : list_(list), groups_(std::move(groups)), count_(count), span_(span) {
  earliest_end_.Append(list.size() + 1, kNever);
  for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
    ForEachBurst({list.OfClock(clock)}, [this](std::size_t first, std::size_t last) {
      earliest_end_.Set(first, std::min(earliest_end_[first], last));
      return true;
    });
  }
  for (std::size_t i = list.size(); i > 0; --i) {
    earliest_end_.Set(i - 1, std::min(earliest_end_[i - 1], earliest_end_[i]));
  }
}

std::optional<bool> BurstFinder::Any(const std::vector<PositionRange>& window,
                                     WorkBudget& work) const {
  // A burst inside one range is one whatever is left out elsewhere.
  for (const PositionRange& range : window) {
    if (earliest_end_[range.begin] < range.end) return true;
  }
  // What lies in no single range must lie around a position that does not count.
  for (std::size_t i = 0; i + 1 < window.size(); ++i) {
    const bool may = earliest_end_[window[i].begin] < window.back().end;
    if (!may) continue;
    std::size_t size = 0;
    for (const PositionRange& range : window) size += range.size();
    if (!work.Spend(size)) return std::nullopt;
    bool found = false;
    for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
      const PositionRange all = list_.OfClock(clock);
      std::vector<PositionRange> ranges;
      for (const PositionRange& range : window) {
        if (range.begin >= all.begin && range.end <= all.end) ranges.push_back(range);
      }
      ForEachBurst(ranges, [&found](std::size_t, std::size_t) {
        found = true;
        return false;
      });
    }
    return found;
  }
  return false;
}

template <typename Visit>
void BurstFinder::ForEachBurst(const std::vector<PositionRange>& ranges, const Visit& visit) const {
  std::unordered_map<TextId, std::deque<std::size_t>> recent;  // by group, the last `count_`
  for (const PositionRange& range : ranges) {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const TextId group = groups_.size() == 0 ? kEmptyText : groups_[i];
      if (group == kNotShown) continue;
      std::deque<std::size_t>& positions = recent[group];
      positions.push_back(i);
      if (positions.size() > count_) positions.pop_front();
      if (positions.size() < count_) continue;
      if (list_.TimeAt(i) - list_.TimeAt(positions.front()) > span_.ticks) continue;
      if (!visit(positions.front(), i)) return;
    }
  }
}

}  // namespace exdiag
