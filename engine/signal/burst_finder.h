// Whether enough events lie in some short span of a longer window (`in` of the rule language).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/spill_file.h"
#include "engine/signal/match_list.h"
#include "engine/signal/question.h"

namespace exdiag {

// `count` events of one group, the first and the last no further apart than `span`.  All bursts of
// the list are found once; then a window costs a look into a table.
class BurstFinder {
 public:
  // `list` must outlive the finder.  `groups`: the group of each position, kNotShown for none;
  // empty: all are one group.
  BurstFinder(const MatchList& list, SpilledList<TextId> groups, std::uint64_t count,
              Duration span);

  // How much of `groups` should be in memory.
  static constexpr std::size_t kMemory = std::size_t{256} << 10;

  // False when what it says cannot be relied upon: a temporary file could not be read.
  bool ok() const { return groups_.ok() && earliest_end_.ok(); }

  // True when one lies in `window`: ranges that ascend, are apart and leave out what does not
  // count. nullopt when it would be too much work to tell.
  std::optional<bool> Any(const std::vector<PositionRange>& window, WorkBudget& work) const;

 private:
  // Calls visit(first, last) for each burst of `count` neighbours of a group among the positions of
  // `ranges`, in order of the last; until it gives false.
  template <typename Visit>
  void ForEachBurst(const std::vector<PositionRange>& ranges, const Visit& visit) const;

  const MatchList& list_;
  SpilledList<TextId> groups_;
  std::uint64_t count_;
  Duration span_;
  // For each position, the earliest last position of a burst that begins there or later.
  SpilledList<std::size_t> earliest_end_{kMemory};
};

}  // namespace exdiag
