#include "engine/signal/group_counter.h"

#include <algorithm>

namespace exdiag {
namespace {

// Calls `visit(begin, end)` for the parts of `ranges` that `without` does not cover.
template <typename Visit>
void ForEachDifference(const std::vector<PositionRange>& ranges,
                       const std::vector<PositionRange>& without, const Visit& visit) {
  std::size_t next = 0;
  for (const PositionRange& range : ranges) {
    std::size_t begin = range.begin;
    while (next < without.size() && without[next].end <= begin) ++next;
    for (std::size_t i = next; i < without.size() && without[i].begin < range.end; ++i) {
      if (begin < without[i].begin) visit(begin, without[i].begin);
      begin = std::max(begin, without[i].end);
    }
    if (begin < range.end) visit(begin, range.end);
  }
}

}  // namespace

std::size_t GroupCounter::MoveTo(const std::vector<PositionRange>& ranges) {
  std::size_t moved = 0;
  const auto change = [&](std::size_t begin, std::size_t end, bool add) {
    Change({begin, end}, add);
    moved += end - begin;
  };
  ForEachDifference(ranges_, ranges,
                    [&](std::size_t begin, std::size_t end) { change(begin, end, false); });
  ForEachDifference(ranges, ranges_,
                    [&](std::size_t begin, std::size_t end) { change(begin, end, true); });
  ranges_ = ranges;
  return moved;
}

void GroupCounter::Change(PositionRange range, bool add) {
  list_.ForEach(range, [&](ObservationId id) {
    const TextId key = key_of_(id);
    if (key != kNotShown) ChangeGroup(key, add);
  });
}

void GroupCounter::ChangeGroup(TextId key, bool add) {
  std::size_t& size = members_[key];
  if (size > 0) {
    const auto old = sizes_.find(size);
    if (--old->second == 0) sizes_.erase(old);
  }
  size = add ? size + 1 : size - 1;
  if (size == 0) {
    members_.erase(key);
  } else {
    ++sizes_[size];
  }
}

std::size_t GroupCounter::NearestSize(std::uint64_t min, std::optional<std::uint64_t> max) const {
  if (sizes_.empty()) return 0;
  const auto at_least = sizes_.lower_bound(min);
  if (at_least == sizes_.end()) return std::prev(at_least)->first;
  if (!max || at_least->first <= *max || at_least == sizes_.begin()) return at_least->first;
  return std::prev(at_least)->first;
}

}  // namespace exdiag
