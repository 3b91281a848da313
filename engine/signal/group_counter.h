// Sizes of groups in a window that slides along a list.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/signal/match_list.h"
#include "engine/signal/observations.h"

namespace exdiag {

// Moving the window costs what enters and leaves it, so that windows that overlap are cheap.
class GroupCounter {
 public:
  // The group of an observation; kNotShown: in none.
  using KeyOf = std::function<TextId(ObservationId)>;

  // `list` must outlive the counter.
  GroupCounter(const MatchList& list, KeyOf key_of) : list_(list), key_of_(std::move(key_of)) {}

  // Counts in these ranges: ascending, apart, in place of those before.  Gives how many positions
  // entered or left.
  std::size_t MoveTo(const std::vector<PositionRange>& ranges);

  std::size_t groups() const { return members_.size(); }
  // The size of a group that lies within both limits; without one, the nearest size there is; 0
  // without groups.
  std::size_t NearestSize(std::uint64_t min, std::optional<std::uint64_t> max) const;

 private:
  void Change(PositionRange range, bool add);
  void ChangeGroup(TextId key, bool add);

  const MatchList& list_;
  KeyOf key_of_;
  std::vector<PositionRange> ranges_;
  std::unordered_map<TextId, std::size_t> members_;  // group -> size
  std::map<std::size_t, std::size_t> sizes_;         // size -> groups of that size
};

}  // namespace exdiag
