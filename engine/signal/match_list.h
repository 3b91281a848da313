// Observations in order of time, as lists in which windows are found by binary search.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "engine/signal/id_set.h"
#include "engine/signal/time_line.h"

namespace exdiag {

// A run of positions in a list, end not included.
struct PositionRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

// Observations that passed some tests, ascending.  Their times are looked up: there may be millions
// of them, in many lists.
class MatchList {
 public:
  // `times` must outlive the list, and have the times of all that is added.
  explicit MatchList(const TimeLine& times, IdSet ids = {})
      : times_(&times), ids_(std::move(ids)) {}

  // In ascending order.
  void Append(ObservationId id) { ids_.Append(id); }

  std::size_t size() const { return ids_.size(); }
  ObservationId operator[](std::size_t position) const { return ids_[position]; }
  std::int64_t TimeAt(std::size_t position) const { return times_->TimeAt(ids_[position]); }
  // Visits all in order; faster than one by one.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    ids_.ForEach(0, size(), visit);
  }
  template <typename Visit>
  void ForEach(PositionRange range, const Visit& visit) const {
    ids_.ForEach(range.begin, range.end, visit);
  }

  // Positions of one clock.
  PositionRange OfClock(Clock clock) const { return PositionsOf(times_->OfClock(clock)); }
  // Positions of one clock whose time lies in `interval`.
  PositionRange Within(Clock clock, const Interval& interval) const {
    return PositionsOf(times_->Within(clock, interval));
  }
  // Where `id` stands; size() when it is not in the list.
  std::size_t Find(ObservationId id) const;

 private:
  PositionRange PositionsOf(ObservationRange range) const {
    return {ids_.CountBelow(range.begin), ids_.CountBelow(range.end)};
  }

  const TimeLine* times_;
  IdSet ids_;
};

// A set of observations gathered as ranges of lists.  Adding ranges in order of time costs next to
// nothing however much they overlap.  The lists are borrowed until the set is taken apart.
class RangeSet {
 public:
  void Add(const MatchList& list, PositionRange range);
  bool empty() const { return ranges_.empty(); }

  // All members, ascending, each once.
  std::vector<ObservationId> Members() const;

 private:
  std::map<const MatchList*, std::vector<PositionRange>> ranges_;
};

}  // namespace exdiag
