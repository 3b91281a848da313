#include "engine/signal/match_list.h"

#include <algorithm>

namespace exdiag {

std::size_t MatchList::Find(ObservationId id) const {
  const std::size_t position = ids_.CountBelow(id);
  return position < size() && ids_[position] == id ? position : size();
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
      list->ForEach({std::max(done, range.begin), range.end},
                    [&](ObservationId id) { members.push_back(id); });
      done = std::max(done, range.end);
    }
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

}  // namespace exdiag
