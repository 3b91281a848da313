// Sizes of groups in a window that slides along a list.
#pragma once

#include <cstdint>
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
  // The group of each position of the list; kNotShown: in none.
  explicit GroupCounter(std::vector<TextId> keys) : keys_(std::move(keys)) {}

  // Counts in these ranges: ascending, apart, in place of those before.  Gives how many positions
  // entered or left.
  std::size_t MoveTo(const std::vector<PositionRange>& ranges);

  std::size_t groups() const { return members_.size(); }
  // The size of a group that lies within both limits; without one, the nearest size there is; 0
  // without groups.
  std::size_t NearestSize(std::uint64_t min, std::optional<std::uint64_t> max) const;

 private:
  void Change(std::size_t begin, std::size_t end, bool add);
  void ChangeGroup(TextId key, bool add);

  std::vector<TextId> keys_;
  std::vector<PositionRange> ranges_;
  std::unordered_map<TextId, std::size_t> members_;  // group -> size
  std::map<std::size_t, std::size_t> sizes_;         // size -> groups of that size
};

}  // namespace exdiag
