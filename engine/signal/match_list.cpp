#include "engine/signal/match_list.h"

#include <algorithm>

namespace exdiag {

std::size_t MatchList::Find(ObservationId id) const {
  return Contains(id) ? CountBelow(id) : size();
}

std::size_t MatchList::InWhole(std::size_t position) const {
  // How many are left out before it.
  std::size_t from = 0, to = ids_.size();
  while (from < to) {
    const std::size_t middle = from + (to - from) / 2;
    if (CountBelow(ids_[middle]) > position) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return position + from;
}

void RangeSet::Add(const MatchList& list, PositionRange range) {
  if (range.size() == 0) return;
  auto& known = ranges_[&list];
  if (!known.empty() && known.back().begin <= range.begin && range.begin <= known.back().end) {
    known.back().end = std::max(known.back().end, range.end);
    return;
  }
  known.push_back(range);
  if (++count_ == kMostRanges) Fold();
}

void RangeSet::Fold() {
  for (auto& [list, ranges] : ranges_) {
    std::sort(ranges.begin(), ranges.end(),
              [](const PositionRange& a, const PositionRange& b) { return a.begin < b.begin; });
    std::size_t done = 0;
    for (const PositionRange& range : ranges) {
      list->ForEach({std::max(done, range.begin), range.end},
                    [this](ObservationId id) { members_.Add(id); });
      done = std::max(done, range.end);
    }
    any_folded_ = true;
  }
  ranges_.clear();
  count_ = 0;
}

IdSet RangeSet::Take() {
  Fold();
  any_folded_ = false;
  return members_.Take();
}

}  // namespace exdiag
